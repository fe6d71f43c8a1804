"""Leads a sweep: which blocks are missing, who computes them, what is told meanwhile, the file at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from planner.errors import PlannerError
from planner.export.sweeps.blocks import Sweep, unpacked
from planner.export.sweeps.store import CSV, ENDINGS, PARQUET, PartStore
from planner.scenario.files import SUFFIX

if TYPE_CHECKING:
    import pyarrow as pa

Source = Callable[[Sweep, Sequence[int]], Iterator[tuple[int, bytes]]]
"""Computes blocks: yields numbers and bytes, in any order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is.

    Attributes
    ----------
    points, total : int
        Done, those of an earlier run among them; and all.
    computed : int
        Points of this run.
    seconds : float
        That this run has taken. [s]
    """

    points: int
    total: int
    computed: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Points of this run a second."""
        return self.computed / self.seconds if self.seconds > 0.0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Estimate of the time that is left, at the speed so far. [s]; infinite before the first block."""
        return (self.total - self.points) / self.per_second if self.per_second else float("inf")


Teller = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sweep took: blocks that were there before, and those computed now."""

    kept: int
    computed: int


def check_target(target: Path) -> None:
    """Look at the file's name before anything is computed.

    Raises
    ------
    PlannerError
        If nothing writes such files, or there is no such folder.
    """
    if target.suffix.casefold() not in ENDINGS or target.name.casefold().endswith(SUFFIX):
        raise PlannerError(
            "unknown_ending",
            f'A sweep is not written to "{target.name}".',
            f"Take {PARQUET}, which opens in the planner, or {CSV}.",
        )
    if target.is_dir():
        raise PlannerError("not_written", f"{target.name} is a folder.", "Name another file.")
    if not target.resolve().parent.is_dir():
        message = f"{target.name} was not written: the folder does not exist."
        raise PlannerError("not_written", message, "Make the folder, or name another.")


def sweep_to(
    target: Path,
    sweep: Sweep,
    source: Source,
    *,
    restart: bool = False,
    tell: Teller = lambda _progress: None,
    watch: Callable[[pa.Table], None] = lambda _table: None,
) -> Outcome:
    """Compute the blocks that are missing and make the file of all of them.

    Parameters
    ----------
    target : Path
        The file; one that is there is replaced at the end.
    sweep : Sweep
        What to compute.
    source : callable
        Who computes it.
    restart : bool
        Whether to throw away what another sweep left there.
    tell, watch : callable
        Told after each block; shown every table at the end, in order.

    Raises
    ------
    PlannerError
        If the file cannot be written, or the source fails; what is done is kept.
    """
    with PartStore(target, sweep, restart=restart) as store:
        done = set(store.done())
        missing = [number for number in range(sweep.blocks) if number not in done]
        clock = _Clock(sweep, done, tell)
        with closing(cast(Generator[tuple[int, bytes]], source(sweep, missing))) as blocks:
            for number, data in blocks:
                store.put(number, data)
                clock.count(number)
        store.assemble(watch)
    return Outcome(len(done), len(missing))


def sweep_through(
    sweep: Sweep, source: Source, watch: Callable[[pa.Table], None], tell: Teller = lambda _progress: None
) -> None:
    """Compute all blocks and show every table, in order; nothing is written.

    Raises
    ------
    PlannerError
        If the source fails.
    """
    clock = _Clock(sweep, set(), tell)
    waiting: dict[int, bytes] = {}
    following = 0
    with closing(cast(Generator[tuple[int, bytes]], source(sweep, range(sweep.blocks)))) as blocks:
        for number, data in blocks:
            waiting[number] = data
            clock.count(number)
            while following in waiting:
                watch(unpacked(waiting.pop(following), sweep, following))
                following += 1


class _Clock:
    """Counts points and time."""

    def __init__(self, sweep: Sweep, done: set[int], tell: Teller) -> None:
        self._sweep, self._tell = sweep, tell
        self._before = sum(len(sweep.points_of(number)) for number in done)
        self._computed = 0
        self._start = time.perf_counter()
        self._say()

    def count(self, number: int) -> None:
        """A block is there."""
        self._computed += len(self._sweep.points_of(number))
        self._say()

    def _say(self) -> None:
        points = self._before + self._computed
        seconds = time.perf_counter() - self._start
        self._tell(Progress(points, self._sweep.grid.size, self._computed, seconds))
