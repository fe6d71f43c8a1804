"""One block of a sweep: so many points of the grid, each as if run alone, as rows of a table.

A block depends on nothing but the sweep and its number, so that it is the same to the last bit in whatever
process, on whatever worker and in whatever order it is computed.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner import __version__
from planner.catalog.load import load_catalog
from planner.engine.constants import load_physics
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.engine.sweep import Points, evaluate
from planner.errors import InputError, PlannerError
from planner.export.sweeps.grid import Axis, Grid
from planner.scenario.files import plan_from_text, plan_to_text
from planner.scenario.model import STRATEGY_IDS, Plan, Scenario

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = 1
BLOCK: Final = 2_000
"""Points of a block: a second's work, which is all that an interruption costs."""
MOST_IN_A_BLOCK: Final = 65_536

FIXED_COLUMNS: Final = ("point", "strategy", "fits", "keeps_limits", "problem")
NOT_CHOSEN: Final = "not_chosen"
"""Problem of a strategy that takes no part in a point, where the strategies themselves are swept."""
META_KEY: Final = b"planner"

_FINGERPRINT_KEY: Final = b"fingerprint"
_FLOAT_KINDS: Final = ("number",)


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes
    ----------
    plan : Plan
        With one scenario, the one that the points change.
    grid : Grid
        The points.
    block : int
        Points of a block.
    versions : dict
        Of all that the figures come from.
    """

    plan: Plan
    grid: Grid
    block: int
    versions: Mapping[str, str]

    @property
    def scenario(self) -> Scenario:
        """What the points change."""
        return self.plan.scenario

    @property
    def blocks(self) -> int:
        """Number of blocks; the last may be shorter."""
        return -(-self.grid.size // self.block)

    def points_of(self, number: int) -> range:
        """Return the numbers of the points of a block."""
        start = number * self.block
        return range(start, min(start + self.block, self.grid.size))

    @cached_property
    def strategies(self) -> tuple[str, ...]:
        """All that take part in any point, in their fixed order: the rows of a point."""
        chosen: set[str] = set(self.scenario.strategies)
        for axis in self.grid.axes:
            if axis.path == "strategies":
                chosen = {word for value in axis.values for word in value}
        return tuple(word for word in STRATEGY_IDS if word in chosen)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Digests of what the blocks depend on, by its name in words."""
        return {
            "plan": _digest(plan_to_text(self.plan)),
            "axes": _digest([[axis.path, axis.values] for axis in self.grid.axes]),
            "versions": _digest(dict(sorted(self.versions.items()))),
            "block size": str(self.block),
        }

    @cached_property
    def fingerprint(self) -> str:
        """One digest of all that the blocks depend on."""
        return _digest([FORMAT, self.parts])

    @property
    def description(self) -> dict[str, Any]:
        """What a file of this sweep says about itself."""
        return {
            "kind": "planner sweep",
            "format": FORMAT,
            "versions": dict(self.versions),
            "points": self.grid.size,
            "block": self.block,
            "strategies": list(self.strategies),
            "axes": [
                {
                    "path": axis.path,
                    "title": axis.spec.title,
                    "unit": axis.spec.unit,
                    "values": list(axis.values),
                }
                for axis in self.grid.axes
            ],
            "plan": json.loads(plan_to_text(self.plan)),
        }

    def __getstate__(self) -> dict[str, Any]:
        """Travel as text: what a process or a worker far away is sent is the plan file and plain values."""
        axes = [(axis.path, axis.values) for axis in self.grid.axes]
        return {
            "plan": plan_to_text(self.plan),
            "axes": axes,
            "block": self.block,
            "versions": dict(self.versions),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive."""
        held = {
            "plan": plan_from_text(state["plan"]),
            "grid": Grid(tuple(Axis(*axis) for axis in state["axes"])),
            "block": state["block"],
            "versions": state["versions"],
        }
        self.__dict__.update(held)


def make_sweep(plan: Plan, grid: Grid, block: int = BLOCK) -> Sweep:
    """Return the sweep of a plan's active scenario over a grid, by the versions that are here.

    Raises
    ------
    InputError
        If a block cannot be of that size.
    """
    if not 1 <= block <= MOST_IN_A_BLOCK:
        allowed = f"a whole number from 1 to {MOST_IN_A_BLOCK:,}"
        raise InputError("block", f"--block is {block:,}; allowed is {allowed}.", path="block")
    alone = Plan(title=plan.title, preset=plan.preset, active=plan.active, scenarios=(plan.scenario,))
    return Sweep(alone, grid, block, versions())


def versions() -> dict[str, str]:
    """Return the versions of all that the figures come from."""
    return {
        "planner": __version__,
        "catalog": load_catalog().version,
        "physics": load_physics().version,
        "numpy": version("numpy"),
    }


def compute(sweep: Sweep, number: int) -> bytes:
    """Return a block as the bytes of a Parquet file; for workers, whose versions are checked first.

    Raises
    ------
    PlannerError
        If other versions are here than where the sweep was made.
    """
    here = versions()
    if here != sweep.versions:
        apart = [name for name, each in sweep.versions.items() if here.get(name) != each]
        words = ", ".join(f"{name} {here.get(name)} there, {sweep.versions[name]} here" for name in apart)
        raise PlannerError(
            "other_versions", f"The workers have other versions: {words}.", "Install the same everywhere."
        )
    return packed(table_of(sweep, number), sweep)


def packed(table: pa.Table, sweep: Sweep) -> bytes:
    """Return a block's table as the bytes of a Parquet file that knows which sweep it is of."""
    import pyarrow.parquet as pq  # a tenth of a second, which no other command needs

    stream = io.BytesIO()
    kept = table.replace_schema_metadata({_FINGERPRINT_KEY: sweep.fingerprint.encode()})
    pq.write_table(kept, stream, compression="zstd", row_group_size=max(1, len(table)))
    return stream.getvalue()


def unpacked(data: bytes, sweep: Sweep, number: int) -> pa.Table | None:
    """Return the table of a block's bytes; None where they are not a whole block of this sweep."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError):
        return None
    rows = len(sweep.points_of(number)) * len(sweep.strategies)
    whole = (table.schema.metadata or {}).get(_FINGERPRINT_KEY) == sweep.fingerprint.encode()
    return table if whole and len(table) == rows else None


def is_block(path: Path, sweep: Sweep, number: int) -> bool:
    """Return whether a file is a block of this sweep, by what its end says."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        held = pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return False
    same = (held.metadata or {}).get(_FINGERPRINT_KEY) == sweep.fingerprint.encode()
    return same and held.num_rows == len(sweep.points_of(number)) * len(sweep.strategies)


def schema_of(sweep: Sweep) -> pa.Schema:
    """Return names, types, titles and units of the columns, without what the file says about itself."""
    import pyarrow as pa

    def about(title: str, unit: str) -> dict[str, str]:
        return {"title": title, "unit": unit}

    axes = [
        pa.field(axis.path, _type_of(axis), metadata=about(axis.spec.title, axis.spec.unit))
        for axis in sweep.grid.axes
    ]
    figures = [
        pa.field(name, pa.float64(), metadata=about(column.title, column.unit))
        for name, column in FIGURES.items()
    ]
    return pa.schema(
        [
            pa.field("point", pa.int64(), nullable=False),
            *axes,
            pa.field("strategy", pa.string(), nullable=False),
            pa.field("fits", pa.bool_(), nullable=False),
            pa.field("keeps_limits", pa.bool_(), nullable=False),
            pa.field("problem", pa.string(), metadata=about("Why it does not fit", "")),
            *figures,
        ]
    )


def table_of(sweep: Sweep, number: int) -> pa.Table:
    """Return the rows of a block: each point, and in it each strategy."""
    import pyarrow as pa

    numbers = sweep.points_of(number)
    points = [sweep.grid.point(each) for each in numbers]
    found = evaluate(sweep.scenario, load_catalog(), points)
    count, each = len(numbers), len(sweep.strategies)
    columns: list[Any] = [np.repeat(np.arange(numbers.start, numbers.stop), each)]
    for axis in sweep.grid.axes:
        values = [cell(point[axis.path], axis) for point in points]
        columns.append([value for value in values for _ in range(each)])
    columns.append(list(sweep.strategies) * count)
    columns += [_by_row(sweep, found, found.fits, False), _by_row(sweep, found, found.keeps_limits, False)]
    columns.append(_problems(sweep, found, points))
    columns += [_by_row(sweep, found, found.figures[name], np.nan) for name in FIGURES]
    schema = schema_of(sweep)
    # A figure that is not known is null, as everywhere outside the engine.
    arrays = [
        pa.array(column, field.type, from_pandas=True) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def cell(value: Any, axis: Axis) -> Any:
    """Return a value of an axis as its column holds it."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return ",".join(value)
    return value if _is_plain(axis) else str(value)


def _is_plain(axis: Axis) -> bool:
    """Return whether all values of an axis are numbers, or all of them flags."""
    kinds = {bool if isinstance(value, bool) else type(value) for value in axis.values if value is not None}
    return bool(kinds) and (kinds <= {int, float} or kinds == {bool})


def _type_of(axis: Axis) -> pa.DataType:
    import pyarrow as pa

    if not _is_plain(axis):
        return pa.string()
    if axis.spec.kind == "flag":
        return pa.bool_()
    return pa.float64() if axis.spec.kind in _FLOAT_KINDS else pa.int64()


def _by_row(sweep: Sweep, found: Points, values: Any, missing: Any) -> Any:
    """Return values of shape (strategy, point) in the order of the rows."""
    whole = np.full((len(sweep.strategies), values.shape[1]), missing, dtype=values.dtype)
    for row, strategy in enumerate(sweep.strategies):
        if strategy in found.strategies:
            whole[row] = values[found.strategies.index(strategy)]
    return whole.T.ravel()


def _problems(sweep: Sweep, found: Points, points: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Return why a strategy has no figures at a point, as a code, in the order of the rows.

    The arrays know that one does not fit but not why, so that those points are run once more, alone and with
    these strategies only.
    """
    fits = _by_row(sweep, found, found.fits, False).reshape(len(points), -1)
    codes: list[str | None] = []
    for number, changes in enumerate(points):
        if fits[number].all():
            codes += [None] * len(sweep.strategies)
        elif number in found.invalid:
            codes += [found.invalid[number].code] * len(sweep.strategies)
        else:
            codes += _codes(sweep, changes, fits[number])
    return codes


def _codes(sweep: Sweep, changes: Mapping[str, Any], fits: Any) -> list[str | None]:
    scenario = sweep.scenario.with_(changes)
    lacking = tuple(name for name, fit in zip(sweep.strategies, fits, strict=True) if not fit)
    asked = tuple(name for name in lacking if name in scenario.strategies)
    results = simulate(scenario.with_({"strategies": asked}), load_catalog()).strategies if asked else {}
    return [
        None
        if name not in lacking
        else next((problem.code for problem in results[name].problems), "")
        if name in results
        else NOT_CHOSEN
        for name in sweep.strategies
    ]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
