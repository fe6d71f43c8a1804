"""The first page: what the plan is, the verdict, the figures of each strategy, cost over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from planner.engine.results import StrategyResult
from planner.engine.verdict import gap_usd_text
from planner.export import palette
from planner.export.story import Page
from planner.export.story_pages.told import LABELS, Told, capitalised
from planner.export.words import figure_text, month_words
from planner.scenario.model import STRATEGY_WORDS, spec_for
from planner.ui.report.canvas import RIGHT, Box
from planner.ui.report.charts import draw_chart
from planner.ui.report.flow import (
    BODY,
    CELL,
    OVER,
    QUIET,
    SMALL,
    TITLE,
    VERDICT,
    Flow,
    line_of,
)
from planner.ui.report.letters import Face
from planner.ui.report.tables import Column, Row, Table
from planner.ui.theme import LIGHT
from planner.units import MINUS, MISSING, format_quantity, format_range, money_in

_NAMES: Final = 92.0
_TOTAL: Final = Face(15.0, 600, display=True)
_FACT: Final = Face(8.0, 500)
_GOALS: Final = {"cost": "the lowest cost", "carbon": "the least carbon", "quality": "the best score"}
_MONEY: Final = {
    "first_release_usd": "First release",
    "refresh_usd": "Refreshes",
    "npv_usd": "Present value",
    "usd_per_1k_requests": "Per 1,000 requests",
}
_PHYSICAL: Final = {
    "latency_p95_s": "Whole answer, p95",
    "energy_kwh": "Energy",
    "carbon_kgco2e": "Carbon, CO\u2082e",
}
"""Rows of figures by name, above and below the score."""
_LEAST_CHART: Final = 150.0
_MOST_CHART: Final = 290.0
_P10, _P90 = 10, 90
_Said = Callable[[Told, StrategyResult], str]


def put_front(flow: Flow, told: Told, page: Page) -> None:
    """Fill the first page."""
    _put_title(flow, told)
    _put_verdict(flow, told)
    _put_figures(flow, told)
    if page.chart is None:
        return
    flow.gap(16.0)
    flow.subhead(f"{page.chart.title}, {told.months}", _band_words(told), after=_LEAST_CHART)
    height = min(max(flow.room, _LEAST_CHART), _MOST_CHART)
    draw_chart(flow.canvas, flow.take(height), page.chart)


def _put_title(flow: Flow, told: Told) -> None:
    canvas, scenario = flow.canvas, told.scenario
    flow.y = 40.0
    box = flow.take(12.0)
    canvas.text(box.inset(right=200.0), "Report of a plan", OVER)
    canvas.text(box.inset(left=200.0), told.dated, QUIET, RIGHT)
    flow.y += 6.0
    for line in flow.letters.wrapped(told.plan.title, TITLE, flow.width, 2):
        canvas.text(flow.take(line_of(TITLE)), line, TITLE)
    start = f"{told.months} from {month_words(scenario.start_month)}"
    volume = format_quantity(scenario.workload.requests_per_month, "count")
    tail = f"{start} \u00b7 {volume} requests a month \u00b7 the goal is {_GOALS[scenario.limits.goal]}"
    width = flow.width - flow.letters.width(f" \u00b7 {tail}", BODY) - 2.0
    name = flow.letters.elided(scenario.name, BODY, width)
    canvas.text(flow.take(14.0), f"{name} \u00b7 {tail}" if name else tail, BODY)
    flow.y += 12.0


# ---------------------------------------------------------------- verdict
def _put_verdict(flow: Flow, told: Told) -> None:
    """Set the sentence in large type on a ground of its own, and the chance beside it."""
    canvas, letters, said = flow.canvas, flow.letters, told.verdict
    inside = flow.width - 28.0
    indent = 20.0 if said.strategy else 0.0
    lines = letters.wrapped(said.sentence, VERDICT, inside - indent, 4)
    below = letters.wrapped(said.second, BODY, inside - indent, 3) if said.second else []
    chances = _chances(told)
    height = 24.0 + line_of(VERDICT) * len(lines) + line_of(BODY) * len(below) + (2.0 if below else 0.0)
    box = flow.take(height + (22.0 if chances else 0.0))
    canvas.fill(box, palette.SUNKEN, radius=6.0)
    if said.strategy:
        tone = LIGHT.strategy[said.strategy]
        canvas.marker(said.strategy, box.left + 20.0, box.top + 12.0 + line_of(VERDICT) / 2, 6.0, tone)
    y = box.top + 12.0
    for face, texts in ((VERDICT, lines), (BODY, below)):
        for text in texts:
            canvas.text(Box(box.left + 14.0 + indent, y, inside - indent, line_of(face)), text, face)
            y += line_of(face)
        y += 2.0
    if chances:
        _put_chances(flow, told, Box(box.left + 14.0 + indent, y + 3.0, inside - indent, 14.0), chances)
    flow.y += 14.0


def _chances(told: Told) -> list[tuple[str, float]]:
    """Return how often each strategy is the cheapest of those that keep all limits, the most often first."""
    if told.drawn is None or not told.uncertain or told.chosen is None:
        return []
    found = [(name, each.cheapest_frac) for name, each in told.drawn.strategies.items()]
    shares = sorted((pair for pair in found if pair[1] > 0.0), key=lambda pair: -pair[1])
    return sorted(shares, key=lambda pair: pair[0] != told.verdict.strategy)


def _put_chances(flow: Flow, told: Told, box: Box, chances: Sequence[tuple[str, float]]) -> None:
    """Draw a bar of chances, the choice first, and what it means."""
    canvas, drawn = flow.canvas, told.drawn
    if drawn is None:
        return
    first, share = chances[0]
    words = f"cheapest in {format_quantity(share, 'chance')} of {drawn.draws:,} draws"
    words = capitalised(words) if first == told.verdict.strategy else f"{STRATEGY_WORDS[first]} is {words}"
    width = 170.0
    x = box.left
    for name, part in chances:
        length = width * part
        canvas.fill(Box(x, box.top + 4.0, max(length - 1.0, 0.4), 5.0), LIGHT.strategy[name], radius=0.0)
        x += length
    if drawn.none_frac > 0.0:
        canvas.fill(Box(x, box.top + 4.0, width * drawn.none_frac, 5.0), palette.BORDER)
        words += f"; nothing keeps every limit in {format_quantity(drawn.none_frac, 'chance')}"
    canvas.text(box.inset(left=width + 10.0), words, SMALL)


# ---------------------------------------------------------------- figures
def _put_figures(flow: Flow, told: Told) -> None:
    """Set the figures of each strategy below each other; the choice stands on a tint."""
    order = told.order
    if not told.fitting:
        _put_misfits(flow, told)
        return
    width = (flow.width - _NAMES) / max(3, len(order))
    columns = (
        Column("Over the whole horizon", _NAMES),
        *(Column(LABELS[r.strategy], width, RIGHT, 2, _FACT) for r in order),
    )
    heads = ("", *(result.strategy for result in order))
    table = Table(flow.canvas, columns, pad=3.0, heads=heads)
    head, rows = table.head, table.pieces(_rows(told))
    top = 46.0
    height = head.height + top + sum(piece.height for piece in rows)
    flow.need(height)
    _put_tint(flow, told, width, height)
    head.draw(Box(flow.left, flow.y, flow.width, head.height))
    _put_totals(flow, told, width, flow.y + head.height)
    flow.y += head.height + top
    for piece in rows:
        piece.draw(flow.take(piece.height))
    _put_misfits(flow, told)


def _put_misfits(flow: Flow, told: Told) -> None:
    """Say of each strategy that does not fit why, and what would help."""
    for result in told.order:
        if result not in told.fitting:
            reason = " ".join(f"{each.message} {each.hint}".strip() for each in result.problems[:1])
            flow.gap(4.0)
            flow.paragraph(f"{STRATEGY_WORDS[result.strategy]} does not fit: {reason}", SMALL, most=2)


def _put_tint(flow: Flow, told: Told, width: float, height: float) -> None:
    chosen = told.chosen
    if chosen is None:
        return
    number = told.order.index(chosen)
    box = Box(flow.left + _NAMES + number * width + 4.0, flow.y - 3.0, width - 6.0, height + 5.0)
    last = number == len(told.order) - 1
    tint = palette.lighter(LIGHT.strategy[chosen.strategy], 0.08)
    flow.canvas.fill(box.inset(right=-4.0) if last else box, tint, radius=4.0)


def _put_totals(flow: Flow, told: Told, width: float, top: float) -> None:
    """Set totals in large type, and their P10 to P90 on one axis."""
    canvas = flow.canvas
    drawn = told.drawn.strategies if told.drawn is not None and told.uncertain else {}
    totals = [float(result["total_usd"]) for result in told.fitting]
    ends = [each.total_usd[_P90] for each in drawn.values() if math.isfinite(each.total_usd[_P90])]
    most = max([*totals, *ends, 1e-9])
    canvas.text(Box(flow.left, top + 3.0, _NAMES - 8.0, 22.0), "Total", Face(8.0, 600))
    if drawn:
        canvas.text(Box(flow.left, top + 32.0, _NAMES - 8.0, 11.0), "P10\u2013P90", CELL)
    for number, result in enumerate(told.order):
        last = number == len(told.order) - 1
        box = Box(flow.left + _NAMES + number * width, top + 3.0, width - (0.0 if last else 8.0), 22.0)
        if result not in told.fitting:
            canvas.text(box, "does not fit", _FACT.toned(LIGHT.bad), RIGHT)
            continue
        text = format_quantity(float(result["total_usd"]), "usd")
        face = _TOTAL if flow.letters.width(text, _TOTAL) <= box.width else Face(11.0, 600, display=True)
        canvas.text(box, text, face, RIGHT)
        track = Box(box.left + 10.0, top + 27.5, box.width - 10.0, 3.0)
        canvas.fill(track, palette.HAIRLINE, radius=1.5)
        tone = LIGHT.strategy[result.strategy]
        found = drawn.get(result.strategy)
        if found is not None and math.isfinite(found.total_usd[_P90]):
            low, high = found.total_usd[_P10], found.total_usd[_P90]
            left, right = (track.left + track.width * max(0.0, end) / most for end in (low, high))
            canvas.fill(Box(left, track.top - 0.5, max(right - left, 1.0), 4.0), palette.lighter(tone, 0.45))
            span = Box(box.left, top + 32.0, box.width, 11.0)
            canvas.text(span, _range_words(flow, told, (low, high), span.width), QUIET, RIGHT)
        at = track.left + track.width * max(0.0, float(result["total_usd"])) / most
        canvas.fill(Box(at - 0.9, track.top - 2.5, 1.8, 8.0), tone)


def _range_words(flow: Flow, told: Told, ends: tuple[float, float], width: float) -> str:
    """Return P10 to P90; without the sign of a currency that has no room, which the total shows."""
    words = format_range(*ends, "usd")
    if flow.letters.width(words, QUIET) <= width:
        return words
    with money_in("", told.per_usd):
        return format_range(*ends, "usd")


def _rows(told: Told) -> list[Row]:
    rows = [_row("Against the baseline", told, _against)]
    rows += [_row("Pays back", told, _payback)]
    rows += [_row(title, told, _figure(name)) for name, title in _MONEY.items()]
    rows.append(_row("Score", told, lambda _told, result: f"{float(result['quality']):.0f}"))
    rows += [_row(title, told, _figure(name)) for name, title in _PHYSICAL.items()]
    if told.uncertain:
        rows.append(_row("Cheapest in draws", told, _cheapest))
    rows.append(_row("Limits", told, _limits))
    return rows


def _figure(name: str) -> _Said:
    return lambda _told, result: figure_text(result, name)


def _row(title: str, told: Told, text: _Said) -> Row:
    cells = [title]
    faces: list[Face | None] = [None]
    for result in told.order:
        fits = result in told.fitting
        said = text(told, result) if fits else MISSING
        cells.append(said)
        missed = said.startswith("misses")
        faces.append(Face(7.5, 500, LIGHT.bad) if missed else None if fits else QUIET)
    return Row(tuple(cells), faces=tuple(faces))


def _against(told: Told, result: StrategyResult) -> str:
    base = told.baseline
    if base is None:
        return MISSING
    if result is base:
        return "baseline"
    gap = float(result["total_usd"]) - float(base["total_usd"])
    return f"{'+' if gap > 0 else MINUS}{gap_usd_text(abs(gap))}"


def _payback(told: Told, result: StrategyResult) -> str:
    if told.baseline is None or result is told.baseline:
        return MISSING
    month = float(result["payback_month"])
    return f"in month {month:.0f}" if np.isfinite(month) else f"not in {told.months}"


def _cheapest(told: Told, result: StrategyResult) -> str:
    return (
        MISSING if told.drawn is None else told.chance(told.drawn.strategies[result.strategy].cheapest_frac)
    )


def _limits(told: Told, result: StrategyResult) -> str:
    if not result.misses:
        return "kept"
    first = spec_for(result.misses[0]).title
    more = len(result.misses) - 1
    return f"misses {first.lower()}" + (f" and {more} more" if more else "")


def _band_words(told: Told) -> str:
    if told.chosen is None or not told.uncertain:
        return "at the most likely values"
    return f"band: P10 to P90 of {told.draws}"
