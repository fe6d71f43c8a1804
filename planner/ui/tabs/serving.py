"""How the traffic is answered: replicas, load, latency against limits, memory, what idles."""

from __future__ import annotations

from planner.ui.plots.figures.serving import (
    LATENCIES,
    HowServed,
    Latency,
    ServingMemory,
    load_figure,
    replicas_figure,
)
from planner.ui.tabs.page import Page, Row


class ServingTab(Page):
    """Replicas and load by month, latency of the busy hour, memory, how each strategy is served."""

    title = "Serving"

    def __init__(self) -> None:
        super().__init__()
        self.replicas, self.load = replicas_figure(), load_figure()
        self.latencies = [Latency(about) for about in LATENCIES]
        self.memory, self.served = ServingMemory(), HowServed()
        self.lay_out(
            (self.replicas, self.load, *self.latencies, self.memory, self.served),
            (
                Row(((self.replicas.card, 50), (self.load.card, 50)), least=170),
                Row(tuple((figure.card, 33) for figure in self.latencies), least=170),
                Row(((self.memory.card, 28), (self.served.card, 72)), least=236),
            ),
        )
