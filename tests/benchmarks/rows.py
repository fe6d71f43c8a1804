"""A row of the table of timings."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One timing: its samples against a budget, in milliseconds; `by` says which figure the budget holds."""

    name: str
    samples_ms: tuple[float, ...]
    budget_ms: float
    by: str = "median"
    note: str = ""

    @property
    def median_ms(self) -> float:
        """Half of the samples take longer."""
        return statistics.median(self.samples_ms)

    @property
    def p95_ms(self) -> float:
        """One in twenty takes longer."""
        ordered = sorted(self.samples_ms)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    def text(self) -> str:
        """The row as a line."""
        held = self.median_ms if self.by == "median" else self.p95_ms
        return (
            f"{self.name:52s}{self.median_ms:10.2f}{self.p95_ms:10.2f}{self.budget_ms:10.2f}"
            f"{held / self.budget_ms:9.2f}  {self.by:7s}{self.note}"
        )


def timed(run: Callable[[int], object], count: int, warm: int = 5) -> tuple[float, ...]:
    """Return how long each of `count` runs takes, after some that are not counted. [ms]."""
    for number in range(warm):
        run(number)
    samples = []
    for number in range(count):
        started = time.perf_counter()
        run(number)
        samples.append((time.perf_counter() - started) * 1e3)
    return tuple(samples)
