"""Blocks computed on this machine: one after another, or in a process for each core.

Processes and not threads, because a point is resolved in Python; started anew and not forked, which is the
same on every system. Starting one costs as long as about 2,000 points take.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from planner.errors import PlannerError
from planner.export.sweeps.blocks import Sweep, packed, table_of

WORTH_PROCESSES: Final = 10_000
"""Points from which on more than one process is quicker."""

_AHEAD: Final = 2  # blocks handed out for each process: one in work, one waiting
_held: list[Sweep] = []


def workers_for(points: int, blocks: int) -> int:
    """Return how many processes to take for so many points in so many blocks."""
    return 1 if points < WORTH_PROCESSES else max(1, min(_cores(), blocks))


def _cores() -> int:
    """Return the cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def compute_here(sweep: Sweep, numbers: Sequence[int], workers: int = 1) -> Iterator[tuple[int, bytes]]:
    """Yield numbers and bytes of blocks as they are computed, in any order.

    Raises
    ------
    PlannerError
        If a process is ended from outside.
    """
    if workers > 1:
        yield from _in_processes(sweep, numbers, workers)
        return
    for number in numbers:
        yield number, packed(table_of(sweep, number), sweep)


def _in_processes(sweep: Sweep, numbers: Sequence[int], workers: int) -> Iterator[tuple[int, bytes]]:
    import multiprocessing  # 20 ms, which the start of every command would pay
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(sweep,))
    try:
        left = iter(numbers)
        pending = {pool.submit(_work, number) for number in islice(left, workers * _AHEAD)}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(_work, number) for number in islice(left, len(done))}
            yield from map(Future.result, done)
    except BrokenProcessPool as error:
        raise PlannerError(
            "worker_lost",
            "A process that computed blocks was ended from outside; is there enough memory?",
            "What is done is kept with --to: run the same command again, perhaps with --workers 1.",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start(sweep: Sweep) -> None:
    """Begin a process: the first one alone hears Ctrl+C, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _held[:] = [sweep]


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed: nobody waits for what is in work here


def _work(number: int) -> tuple[int, bytes]:
    return number, packed(table_of(_held[0], number), _held[0])
