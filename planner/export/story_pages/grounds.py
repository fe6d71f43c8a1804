"""What the answer rests on: the assumptions that move it most, then those that were changed."""

from __future__ import annotations

from typing import Final

from planner.engine.crossing import VOLUME
from planner.evidence.asked import physics_ranges
from planner.export.assumptions import YOU, Assumption, assumptions
from planner.export.differences import input_title
from planner.export.story import Grid, Page
from planner.export.story_pages.told import Told, elided
from planner.scenario.model import spec_for
from planner.scenario.parse import value_text
from planner.scenario.ranges import Range
from planner.units import EN_DASH, MISSING, format_edit, format_quantity, format_range

MOST: Final = 11
_MOVING: Final = 8
"""Of them by how far they move the plan; the rest were changed."""
_LEFT: Final = ("name", "notes", "ranges", "strategies", "start_month")
_SOURCE, _TEXT = 96, 28
_DEFAULTS: Final = (
    VOLUME,
    "horizon_months",
    "workload.input_tokens",
    "workload.output_tokens",
    "base.model",
    "student.model",
    "serving.hardware",
    "labour.usd_per_hour",
)
"""What is shown where nothing has a range and nothing was changed."""


def grounds(told: Told) -> Page:
    """Return the page of assumptions."""
    rows = {row.path: row for row in assumptions(told.scenario, told.plan)}
    moving = [swing.path for swing in told.swings if swing.path in rows][:_MOVING]
    changed = [path for path, row in rows.items() if row.changed and path not in _LEFT]
    paths = list(dict.fromkeys((*moving, *changed, *_DEFAULTS)))[:MOST]
    spans = physics_ranges(told.results)
    used = {swing.path: swing.base_input for swing in told.swings}
    shown = tuple(_row(rows[path], spans.get(path), used.get(path)) for path in paths)
    every = len(rows.keys() - {"name"})
    return Page(
        key="assumptions",
        headline="What the answer rests on.",
        subline=_subline(_moved(told), len(moving), len(changed)),
        table=Grid(("Assumption", "Value", "Range", "Source", "As of"), shown),
        caveat=f"{len(paths)} of {every} assumptions. The workbook lists all, each with its source.",
        notes=_notes(told),
        inputs=told.inputs(),
    )


def _moved(told: Told) -> str:
    """Return which figure the inputs move: what is saved against the baseline, or the total."""
    return "the total" if told.baseline is None or told.baseline is told.chosen else "the saving"


def _subline(what: str, moving: int, changed: int) -> str:
    first = f"What moves {what} most comes first" if moving else f"No range moves {what}"
    if not changed:
        return f"{first}; nothing was changed from the preset."
    return f"{first}; {changed} {'was' if changed == 1 else 'were'} changed from the preset."


def _row(row: Assumption, physics: Range | None, used: float | None) -> tuple[str, ...]:
    """Return a row of the table; of a value that the catalogue decides the one that is used."""
    value = elided(row.text, _TEXT)
    if row.value is None and used is not None:
        value = value_text(used, spec_for(row.path))
    span = MISSING
    if row.low is not None and row.high is not None:
        span = _span_text(row.path, row.low, row.high)
    elif physics is not None:
        span = format_range(physics.low, physics.high, row.unit)
    source = "you" if row.source == YOU else elided(row.source.partition("; default")[0], _SOURCE)
    return (input_title(row.path), value, span, source, row.date or MISSING)


def _span_text(path: str, low: float, high: float) -> str:
    spec = spec_for(path)
    return f"{format_edit(low, spec.unit)}{EN_DASH}{value_text(high, spec)}"


def _notes(told: Told) -> tuple[str, ...]:
    """Return from what to what each range moves the plan."""
    what = _moved(told)
    return tuple(
        f"{input_title(swing.path)}: from {format_quantity(swing.low_input, spec_for(swing.path).unit)} to "
        f"{format_quantity(swing.high_input, spec_for(swing.path).unit)} it moves {what} by "
        f"{told.amount(swing.width)}."
        for swing in told.swings[:_MOVING]
    )
