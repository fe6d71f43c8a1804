"""Draws in blocks, on a few threads: what is kept of each, and the same numbers on any number of threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array, running_sum
from planner.engine.choices import Choices
from planner.engine.run import simulate
from planner.engine.sampling import Sampler
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range

Truths = NDArray[np.bool_]
T = TypeVar("T")

BLOCK: Final = 2**11
"""Most draws simulated at once: enough to leave no overhead, few enough for a core's cache."""
LEAST: Final = 2**10
"""Fewest, but where fewer are asked for: a thread of small arrays would keep the window from its own work."""
MOST_WORKERS: Final = 2
"""Threads at work unless more are asked for: arrays wait for memory rather than for a third core."""
_AHEAD: Final = 2
"""Blocks by thread that may be done before they are asked for."""
_SURE: Final = "workload.requests_per_month"
"""Stands in for an uncertain input where there is none."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is kept of some draws.

    Attributes
    ----------
    drawn : dict
        Values of the inputs by path, each of shape (draw,).
    total_usd, carbon_kgco2e, payback_month : array
        Figures, NaN where a strategy does not fit, shape (strategy, draw). [USD], [kgCO2e], [months]
    fits, competes : array of bool
        Whether a strategy fits; whether it keeps all limits too. Shape (strategy, draw).
    cumulative_usd : array or None
        Cost up to each month, shape (strategy, month 0 to the horizon, draw); None where nobody asked. [USD]
    """

    drawn: dict[str, Array]
    total_usd: Array
    carbon_kgco2e: Array
    payback_month: Array
    fits: Truths
    competes: Truths
    cumulative_usd: Array | None


def simulate_block(
    scenario: Scenario, catalog: Catalog, drawn: dict[str, Array], choices: Choices, *, by_month: bool
) -> Block:
    """Return what is kept of draws of a plan; `by_month` says whether costs by month are."""
    count = len(next(iter(drawn.values())))
    results = simulate(scenario, catalog, draws=drawn, choices=choices)
    held = results.strategies.values()

    def rows(values: Sequence[Any]) -> Any:
        return np.stack([np.broadcast_to(value, (count,)) for value in values])

    fits = rows([result.fits for result in held]).astype(np.bool_)
    return Block(
        drawn=drawn,
        total_usd=rows([result["total_usd"] for result in held]),
        carbon_kgco2e=rows([result["carbon_kgco2e"] for result in held]),
        payback_month=rows([result["payback_month"] for result in held]),
        fits=fits,
        competes=fits & rows([result.keeps_limits for result in held]).astype(np.bool_),
        cumulative_usd=np.stack([_cumulative(result.usd_by_month, count) for result in held])
        if by_month
        else None,
    )


def _cumulative(usd_by_month: Array, count: int) -> Array:
    """Return cost up to each month, shape (month, draw)."""
    by_month: Array = running_sum(np.broadcast_to(usd_by_month, (count, usd_by_month.shape[-1]))).T
    return by_month


def blocks(
    scenario: Scenario,
    catalog: Catalog,
    *,
    ranges: Mapping[str, Range],
    ends: Sequence[int],
    seed: int,
    choices: Choices,
    by_month: int,
    alone: bool = False,
    workers: int | None = None,
) -> Generator[Block, None, None]:
    """Yield draws block by block, in order; no further block begins once nobody asks for one.

    Parameters
    ----------
    ends : sequence of int
        Where blocks end, in draws from the first.
    alone : bool
        Whether nothing else is begun before somebody has the first block.
    by_month : int
        Of the first so many draws costs by month are kept, as far as whole blocks lie within them.
    workers : int, optional
        Threads; `MOST_WORKERS` at most if not given, and no more than cores.

    Raises
    ------
    CatalogError, InputError
        As `simulate`.
    """
    sampler = Sampler(ranges, seed)

    def work(shares: Array, size: int, end: int) -> Block:
        drawn = sampler.values(shares) or {_SURE: np.full(size, float(scenario.workload.requests_per_month))}
        return simulate_block(scenario, catalog, drawn, choices, by_month=end <= by_month)

    tasks = (
        partial(work, sampler.shares(end - start), end - start, end)
        for start, end in zip((0, *ends), ends, strict=False)
    )
    if alone or len(ends) == 1:
        yield next(tasks)()
    yield from in_threads(tasks, workers)


def in_threads(tasks: Iterable[Callable[[], T]], workers: int | None) -> Generator[T, None, None]:
    """Yield answers in the order of their tasks, a few of them done ahead; `workers` as in `blocks`."""
    workers = workers or min(MOST_WORKERS, os.cpu_count() or 1)
    if workers == 1:
        yield from (task() for task in tasks)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="draws") as pool:
        waiting: deque[Future[T]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(task))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def ends_of(marks: Iterable[int]) -> tuple[int, ...]:
    """Return where blocks end: at each mark, and between two marks after equal parts, for two threads alike.

    [draw]. They follow from the marks alone, so that numbers are the same on any number of threads.
    """
    found, start = [], 0
    for mark in sorted(marks):
        size = mark - start
        parts = -(-size // BLOCK)
        parts += parts % 2 if size >= (parts + 1) * LEAST else 0
        found += [start + size * (part + 1) // parts for part in range(parts)]
        start = mark
    return tuple(found)
