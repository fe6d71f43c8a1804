"""A file of a sweep, opened again: what it is of, and figures of the points that are asked for.

Only the row groups that hold these points are read, so that a file larger than memory opens as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.engine.arrays import Array, least_of
from planner.errors import PlannerError
from planner.export.sweeps.blocks import FORMAT, META_KEY
from planner.export.sweeps.grid import Axis, Grid
from planner.scenario.causes import cause_of
from planner.scenario.files import plan_from_text
from planner.scenario.model import STRATEGY_IDS, Plan, Scenario

Numbers = NDArray[np.int64]

_HINT: Final = 'Open a file that "planner sweep ... --to FILE.parquet" has written.'
_GOLDEN: Final = 0.6180339887498949
_FLAGS: Final = ("fits", "keeps_limits")


@dataclass(frozen=True)
class SweepFile:
    """What a file of a sweep says about itself.

    Attributes
    ----------
    plan : Plan
        With the scenario that the points change.
    grid : Grid
        The points.
    strategies : tuple of str
        The rows of a point.
    block : int
        Points of a row group.
    versions : dict
        Of what the figures come from.
    """

    path: Path
    plan: Plan
    grid: Grid
    strategies: tuple[str, ...]
    block: int
    versions: dict[str, str]

    def scenario_at(self, number: int) -> Scenario:
        """Return the scenario of a point.

        Raises
        ------
        InputError, PlanFileError
            If the values of the point contradict each other.
        """
        return self.plan.scenario.with_(self.grid.point(number))

    def figures(self, points: Numbers, names: Sequence[str]) -> dict[str, Array]:
        """Return figures, ``fits`` and ``keeps_limits`` of points, shape (strategy, point).

        Parameters
        ----------
        points : array of int
            Numbers of points, in any order.
        names : sequence of str
            Of `results.FIGURES`.

        Raises
        ------
        PlannerError
            If the file cannot be read any more.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        wanted = [*dict.fromkeys((*names, *_FLAGS))]
        found = {name: np.full((len(self.strategies), len(points)), np.nan) for name in wanted}
        try:
            with pq.ParquetFile(self.path) as file:
                for group in np.unique(points // self.block).tolist():
                    here = np.flatnonzero(points // self.block == group)
                    table = file.read_row_group(group, columns=wanted, use_threads=False)
                    place = points[here] % self.block
                    for name in wanted:
                        values = table[name].to_numpy().astype(float).reshape(-1, len(self.strategies))
                        found[name][:, here] = values[place].T
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise _unreadable(self.path, error) from error
        return found


def open_sweep(path: Path) -> SweepFile:
    """Return a file of a sweep.

    Raises
    ------
    PlannerError
        If it is none, or cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as stream:
            held = pq.read_metadata(stream)
    except FileNotFoundError:
        raise PlannerError(
            "missing_file", f"There is no file {path}.", "Check the name and folder."
        ) from None
    except pa.ArrowInvalid as error:
        raise PlannerError(
            "not_a_sweep", f"{path.name} is no Parquet file, or was cut off.", _HINT
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error
    text = (held.metadata or {}).get(META_KEY)
    if text is None:
        raise PlannerError("not_a_sweep", f"{path.name} holds no sweep of this program.", _HINT)
    about = _about(path, text)
    try:
        found = _file_of(path, about)
    except PlannerError as error:
        message = f"{path.name} cannot be read: its plan is not one of this version. {error.message}"
        raise PlannerError("other_version", message, error.hint) from error
    except (KeyError, TypeError, ValueError) as error:
        raise PlannerError(
            "not_a_sweep", f"{path.name} lacks a part of what it should say.", _HINT
        ) from error
    whole = found.grid.size * len(found.strategies) == held.num_rows
    if not whole or held.num_row_groups != -(-found.grid.size // found.block):
        raise PlannerError("not_a_sweep", f"{path.name} does not hold the rows that it should.", _HINT)
    return found


def cheapest_at(total_usd: Array, keeps_limits: Array) -> NDArray[np.intp]:
    """Return the row of the lowest total among those that keep all limits (decision 13); -1 where none does.

    Parameters
    ----------
    total_usd, keeps_limits : array
        Shape (strategy, point).
    """
    return least_of(total_usd, (keeps_limits == 1.0) & ~np.isnan(total_usd))


def spread(count: int, most: int) -> Numbers:
    """Return so many numbers of points, at equal distances; all of them where they are few."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))


def sample(count: int, most: int) -> Numbers:
    """Return about so many numbers of points, evenly spread, the first and the last among them.

    Multiples of the golden section and no steps of one length, which may meet one value of an axis only.
    """
    if count <= most:
        return np.arange(count)
    found = (np.arange(1, max(most - 1, 1)) * _GOLDEN % 1.0 * count).astype(np.int64)
    return np.unique(np.array([0, *found, count - 1]))


def _about(path: Path, text: bytes) -> dict[str, Any]:
    try:
        about = json.loads(text)
    except ValueError:
        about = None
    if not isinstance(about, dict) or "format" not in about:
        raise PlannerError("not_a_sweep", f"{path.name} holds no sweep of this program.", _HINT)
    if about["format"] != FORMAT:
        message = f"{path.name} was written by another version (format {about['format']}, not {FORMAT})."
        raise PlannerError("other_version", message, "Compute it again with this one.")
    return about


def _file_of(path: Path, about: dict[str, Any]) -> SweepFile:
    axes = [Axis(each["path"], _values(each["values"])) for each in about["axes"]]
    for axis in axes:
        axis.spec  # noqa: B018 - raises where this version knows no such input
    plan = plan_from_text(json.dumps(about["plan"]), "its plan")
    strategies = tuple(word for word in STRATEGY_IDS if word in about["strategies"])
    block = int(about["block"])
    if not axes or not strategies or block < 1 or not all(axis.values for axis in axes):
        raise ValueError
    return SweepFile(path, plan, Grid(tuple(axes)), strategies, block, dict(about["versions"]))


def _values(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def _unreadable(path: Path, error: Exception) -> PlannerError:
    cause = cause_of(error) if isinstance(error, OSError | ValueError) else str(error).partition("\n")[0]
    return PlannerError("unreadable_file", f"{path.name} cannot be read: {cause}.", _HINT)
