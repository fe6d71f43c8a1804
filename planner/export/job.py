"""What a writer is given beside results and plan: the draws, and whom to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.engine.risk import Risk, risk
from planner.evidence.asked import physics_ranges

DRAWS: Final = 10_000
SEED: Final = 0
Progress = Callable[[float, str], None]
"""Is told the share that is done, and of what; raises `Cancelled` to stop the writer."""


class Cancelled(Exception):
    """The user wants the file no longer."""


def _nobody(_share: float, _words: str) -> None:
    pass


class Job:
    """One file being written.

    Parameters
    ----------
    results : Results
        What is written.
    drawn : Risk, optional
        Draws of these results that somebody has counted; counted on first use if not given.
    progress : callable, optional
        See `Progress`. Called in the writer's thread.
    """

    def __init__(self, results: Results, drawn: Risk | None = None, progress: Progress | None = None) -> None:
        self._results, self._drawn = results, drawn
        self.progress: Progress = progress or _nobody

    @property
    def drawn(self) -> Risk:
        """The draws, counted once a file; the intervals of the physics are among them."""
        if self._drawn is None or self._drawn.draws < self._drawn.planned:
            self._drawn = risk(
                self._results.scenario,
                load_catalog(),
                count=DRAWS,
                seed=SEED,
                choices=self._results.choices,
                further=physics_ranges(self._results),
            )
        return self._drawn
