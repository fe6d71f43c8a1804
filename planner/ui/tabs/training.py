"""How the models are made: compute, hours, memory, releases and refreshes, every run."""

from __future__ import annotations

from planner.ui.plots.figures.training import ReleaseCompute, Releases, Runs, TrainingHours, TrainingMemory
from planner.ui.tabs.page import Page, Row


class TrainingTab(Page):
    """Compute and hours by run, memory needed against usable, what a release and a refresh take."""

    title = "Training"

    def __init__(self) -> None:
        super().__init__()
        self.compute, self.hours, self.memory = ReleaseCompute(), TrainingHours(), TrainingMemory()
        self.releases, self.runs = Releases(), Runs()
        self.lay_out(
            (self.compute, self.hours, self.memory, self.releases, self.runs),
            (
                Row(((self.compute.card, 46), (self.hours.card, 54)), least=180),
                Row(((self.memory.card, 46), (self.releases.card, 54)), least=180),
                Row(((self.runs.card, 100),), least=250),
            ),
        )
