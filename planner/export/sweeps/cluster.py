"""Blocks computed on a Dask cluster: the same blocks, by Dask's own distributed scheduler.

Dask hands a block to another worker when one dies; what comes back is bytes, so that the workers need no disk
in common. Numbers are the same to the last bit where the workers have the same processors and versions; other
versions are refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from planner.errors import PlannerError
from planner.export.sweeps.blocks import Sweep, compute

CONNECT_S: Final = 5
"""Time after which a scheduler that does not answer is given up. [s]"""

_AHEAD: Final = 4  # blocks handed out for each thread of the cluster
_LEAST_AHEAD: Final = 32
_KEPT: Final = "What is done is kept with --to: run the same command again to go on."


def compute_there(
    sweep: Sweep, numbers: Sequence[int], address: str, note: Callable[[str], None] = lambda _text: None
) -> Iterator[tuple[int, bytes]]:
    """Yield numbers and bytes of blocks as they come from the cluster, in any order.

    Parameters
    ----------
    sweep, numbers : Sweep, sequence of int
        What to compute.
    address : str
        Of Dask's scheduler, such as ``tcp://10.0.0.5:8786``.
    note : callable
        Told in words what the user should know meanwhile.

    Raises
    ------
    PlannerError
        If Dask is not installed, the scheduler does not answer or goes away, or the workers cannot compute.
    """
    distributed = _distributed()
    with _connected(distributed, address) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            note("The scheduler has no workers yet; waiting for the first.")
        left = iter(numbers)
        number_of: dict[str, int] = {}

        def submit(number: int) -> Any:
            key = f"planner-{sweep.fingerprint}-{number}"
            number_of[key] = number
            return client.submit(compute, sweep, number, key=key, pure=False)

        pending = distributed.as_completed(loop=client.loop)
        pending.update(map(submit, islice(left, max(_LEAST_AHEAD, threads * _AHEAD))))
        for future in pending:
            data = _result(distributed, future)
            pending.update(map(submit, islice(left, 1)))
            yield number_of.pop(future.key), data
            future.release()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise PlannerError(
            "no_dask",
            "--scheduler needs Dask, which is not installed here.",
            'Install it with: pip install "planner[cluster]".',
        ) from error
    return distributed


@contextlib.contextmanager
def _connected(distributed: Any, address: str) -> Iterator[Any]:
    # Dask writes lines of its own about lost connections: what matters of them is said here.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    client = _client(distributed, address)
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=1)


def _client(distributed: Any, address: str) -> Any:
    """Return a client of a scheduler that has answered a greeting.

    Dask's own limit of time does not hold while it looks a name up, nor for one who listens and is silent.
    """
    answers: queue.Queue[Exception | None] = queue.Queue()

    async def greet() -> None:
        comm = await distributed.comm.connect(address, timeout=CONNECT_S)
        await comm.close()

    def try_it() -> None:
        try:
            asyncio.run(greet())
        except Exception as error:  # noqa: BLE001  # whatever answers there, it is no scheduler
            answers.put(error)
        else:
            answers.put(None)

    threading.Thread(target=try_it, daemon=True).start()
    try:
        error = answers.get(timeout=CONNECT_S)
    except queue.Empty:
        error = TimeoutError()
    if error is None:
        return distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    raise PlannerError(
        "no_scheduler",
        f"No Dask scheduler answers at {address}.",
        "Is it running, and is this its address, such as tcp://10.0.0.5:8786?",
    ) from error


def _result(distributed: Any, future: Any) -> bytes:
    """Return a block's bytes; an error of the cluster in words."""
    try:
        data: bytes = future.result()
    except distributed.KilledWorker as error:
        message = "Several workers ended while they computed the same block; is there enough memory?"
        raise PlannerError("worker_lost", message, _KEPT) from error
    except distributed.CancelledError as error:
        raise PlannerError("scheduler_lost", "The scheduler has gone away.", _KEPT) from error
    except ModuleNotFoundError as error:
        raise PlannerError(
            "workers_without_planner",
            f'The workers lack "{error.name}".',
            'Install on them what is here: pip install "planner[cluster]".',
        ) from error
    return data
