"""scipy's differential evolution, turned inside out: it is asked for plans and told what they are worth.

It runs in a thread of its own that waits while the plans are costed, so the caller keeps the pace: a window
costs a few in each turn of its event loop.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.optimise_space import Rows

_PLANS_OF_A_VARIABLE: Final = 12
_FEWEST_PLANS: Final = 48
GENERATIONS: Final = 60


class _StoppedError(Exception):
    """The search was given up."""


class Evolution:
    """A heuristic search of a grid.

    Parameters
    ----------
    counts : sequence of int
        Options of each variable.
    start : sequence of int
        Options to begin at; -1 where any will do.
    seed : int
        Same seed, same plans.
    """

    def __init__(self, counts: Sequence[int], start: Sequence[int], seed: int) -> None:
        self._counts = np.array(counts, dtype=np.intp)
        self._moving = np.flatnonzero(self._counts > 1)
        self._start = np.maximum(np.array(start, dtype=np.intp), 0)
        self._seed = seed
        self.plans = max(_FEWEST_PLANS, _PLANS_OF_A_VARIABLE * len(self._moving))
        self._asked: queue.Queue[Rows | BaseException | None] = queue.Queue()
        self._told: queue.Queue[Array | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    @property
    def most(self) -> int:
        """Plans that it asks for at most, the same ones many times among them."""
        return self.plans * (GENERATIONS + 1)

    def ask(self, *, wait: bool = True) -> tuple[bool, Rows | None]:
        """Return whether it goes on, and the next plans; None while it thinks and nobody waits."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="optimise", daemon=True)
            self._thread.start()
        try:
            rows = self._asked.get(block=wait)
        except queue.Empty:
            return True, None
        if isinstance(rows, BaseException):
            raise rows
        return rows is not None, rows

    def tell(self, values: Array) -> None:
        """Say what the plans asked for last are worth: less is better."""
        self._told.put(values)

    def stop(self) -> None:
        """Leave nothing running."""
        if self._thread is not None and self._thread.is_alive():
            self._told.put(None)
            self._thread.join()

    # ------------------------------------------------------------------ in the thread
    def _run(self) -> None:
        try:
            self._minimise()
            self._asked.put(None)
        except _StoppedError:
            self._asked.put(None)
        except Exception as error:  # noqa: BLE001 - it is raised again where the plans are asked for
            self._asked.put(error)

    def _minimise(self) -> None:
        from scipy.optimize import differential_evolution  # half a second of start-up, and rarely needed

        minimise: Any = differential_evolution  # its stubs know no function of many plans at once
        minimise(
            self._worth,
            [(0, int(self._counts[number]) - 1) for number in self._moving],
            x0=self._start[self._moving].astype(np.float64),
            integrality=True,
            vectorized=True,
            updating="deferred",
            popsize=-(-self.plans // len(self._moving)),
            maxiter=GENERATIONS,
            tol=0.0,
            polish=False,
            init="sobol",
            rng=np.random.default_rng(self._seed),
        )

    def _worth(self, given: Any) -> Array:
        rows = np.tile(self._start, (given.shape[1], 1))
        rows[:, self._moving] = np.rint(given.T).astype(np.intp)
        self._asked.put(rows)
        values = self._told.get()
        if values is None:
            raise _StoppedError
        return values
