"""The four figures of the Overview: cumulative cost, cost and quality, where the money goes, carbon."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from planner.engine.results import StrategyResult
from planner.ui.kit.table import Cell
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.base import (
    Band,
    Cross,
    Crosses,
    LimitLine,
    LimitLook,
    Mark,
    Marks,
    Note,
    Notes,
    Plot,
)
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    CATEGORY_SHORT,
    DOES_NOT_FIT,
    Figure,
    drawn_ends,
    energy_text,
    figure,
    fits,
    fitting,
    has_range,
    held_axis,
    in_categories,
    in_order,
    labeller,
    limit_text,
    main_categories,
    misfits,
    money_parts,
    months_of,
    range_of,
    short,
    span_of,
    span_words,
    writer,
)
from planner.ui.plots.figures.lines import LinesOf, MonthLines
from planner.ui.plots.frame import Floats, floats
from planner.ui.plots.places import Rect, free_place, overlap
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.theme import metrics, px, text_width
from planner.ui.view import View
from planner.units import Step, format_quantity, step_for

_USD = writer("usd")


_P10, _P90 = 10, 90
_REACH = 1.8
"""Whiskers end at the frame beyond so many times the largest total: the points have the room."""


def cumulative_band(view: View, strategy: str, low: int = _P10, high: int = _P90) -> tuple[Floats, Floats]:
    """Two percentiles of cost up to each month over draws; empty before there are any."""
    risk = view.risk
    if risk is None or strategy not in risk.strategies:
        return floats(()), floats(())
    from planner.engine.risk import PERCENTILES

    bands = risk.strategies[strategy].cumulative_usd
    return floats(bands[PERCENTILES.index(low)]), floats(bands[PERCENTILES.index(high)])


def _by_month(view: View) -> str:
    if view.risk is None:
        return "by month"
    return f"by month, with the P10–P90 band of {short(view.selected)}"


class CumulativeCost(MonthLines):
    """Cost up to each month, what draws make of it, and where the selected strategy pays back."""

    follows_draws = True

    def __init__(self) -> None:
        about = LinesOf("Cumulative cost", _by_month, "usd", lambda r: r.cumulative_usd, opens="total_usd")
        super().__init__(about)
        self._marks, self._notes = Marks(), Notes()
        self.fans: dict[str, Band] = {}
        self.plot.add(self._marks)
        self.plot.add(self._notes)
        self.payback: tuple[float, float] | None = None

    def take(self, view: View) -> None:
        """Lines, band, and the ring of the payback."""
        super().take(view)
        self._show_band(view)
        self.payback = payback_point(view)
        if self.payback is None:
            self._marks.set([])
            self._notes.set([])
            return
        x, y = self.payback
        month = figure(view.results.strategies[view.selected], "payback_month")
        self._marks.set([Mark(x, y, ring=True, radius=4.6)])
        low, high = self.plot.y_spec.ends
        above = (y - low) / (high - low) < 0.6
        dy = -min(60.0, 0.3 * self.plot.height()) if above else 40.0
        text = f"pays back in month {month:.0f}"
        late = x > 0.6 * view.scenario.horizon_months
        self._notes.set(
            [
                Note(
                    x,
                    y,
                    text,
                    6 if late else -6,
                    dy,
                    "r" if late else "l",
                    "ink",
                    500,
                    leader=True,
                    ground=True,
                )
            ]
        )

    def further(self, view: View) -> list[Floats]:
        """The band's upper edge."""
        return [cumulative_band(view, view.selected)[1]]

    def _show_band(self, view: View) -> None:
        low, high = cumulative_band(view, view.selected)
        for strategy, band in self.fans.items():
            if strategy != view.selected or not low.size:
                band.set((), (), ())
        if low.size:
            if view.selected not in self.fans:
                self.fans[view.selected] = Band(view.selected, 0.16)
                self.plot.add(self.fans[view.selected])
            self.fans[view.selected].set(months_of(view), low, high)


def payback_point(view: View) -> tuple[float, float] | None:
    """Where the selected strategy's line meets the baseline's for good."""
    result = view.results.strategies.get(view.selected)
    base = view.results.strategies[view.results.baseline]
    if result is None or result is base or not (fits(result) and fits(base)):
        return None
    month = figure(result, "payback_month")
    if not math.isfinite(month):
        return None
    at = int(month)
    own, other = (np.asarray(r.cumulative_usd, dtype=float) for r in (result, base))
    before, after = own[at - 1] - other[at - 1], own[at] - other[at]
    share = before / (before - after) if before > 0 >= after else 1.0
    return at - 1 + share, float(own[at - 1] + share * (own[at] - own[at - 1]))


class ScatterPlot(Plot):
    """A plot of the points of strategies, which can be pressed."""

    pressed = Signal(QPointF)

    def __init__(self, name: str) -> None:
        self.points: list[tuple[str, float, float]] = []
        super().__init__(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell where."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position())

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """The point at this x."""
        return [(s, q) for s, c, q in self.points if c == x]

    def pixels(self) -> list[tuple[str, QPointF]]:
        """Where the points are in the viewport."""
        return [(s, self.pixel_of(c, q)) for s, c, q in self.points]


class CostQuality(Figure):
    """Total against score at release.

    Whiskers: P10 to P90 of the total, and down to the lowest score within the horizon.
    """

    follows_draws = True

    def __init__(self) -> None:
        self.plot = ScatterPlot("Cost and quality")
        self._crosses, self._marks, self._notes, self._corner = Crosses(), Marks(), Notes(), Notes()
        self._ends: list[tuple[float, float]] = []
        self.floor = LimitLine(LimitLook(forbid="below", tone="bad"))
        self.points: list[tuple[str, float, float]] = []
        self._results: list[StrategyResult] = []
        self._selected = ""
        self._least = math.nan
        for item in (self.floor, self._crosses, self._marks, self._notes, self._corner):
            self.plot.add(item)
        super().__init__("Cost and quality", "", self.plot, Hooks(self.table, self.describe))
        self.plot.pressed.connect(self.press)
        self.plot.opened.connect(self._open)
        self.plot.view_box.geometryChanged.connect(self.place)

    def _open(self, total_usd: float) -> None:
        """Open the score of the point read out."""
        nearest = min(self.points, key=lambda point: abs(point[1] - total_usd), default=None)
        if nearest is not None:
            self.asked.emit(nearest[0], "quality")

    def take(self, view: View) -> None:
        """Points, whiskers, floor, axes."""
        good = [
            r
            for r in fitting(view)
            if math.isfinite(figure(r, "total_usd")) and math.isfinite(figure(r, "quality"))
        ]
        self.points = [(r.strategy, figure(r, "total_usd"), figure(r, "quality")) for r in good]
        self.plot.points = self.points
        self._selected = view.selected
        lows = [figure(r, "quality_lowest") for r in good]
        least = view.scenario.limits.min_quality
        floor = math.nan if least is None else float(least)
        self._ends = ends = [drawn_ends(view, s) for s, *_ in self.points]
        x = span_of([np.array([c for _, c, _ in self.points])])
        reach = span_of([np.array([high for _, high in ends])], x[1])[1]
        x = (x[0], min(reach, _REACH * x[1]))
        y = span_of([np.array([q for *_, q in self.points]), np.array(lows)], floor, from_zero=False)
        pad = max(2.0, 0.18 * (y[1] - y[0]))
        self.plot.set_axes(
            held_axis(self.plot.x_spec, (0.0, x[1] * 1.06), labeller("usd"), view, count=3),
            held_axis(
                self.plot.y_spec, (max(0.0, y[0] - pad), min(100.0, y[1] + pad)), labeller("points"), view
            ),
        )
        self._least = floor
        self.floor.set(floor, f"floor {floor:.0f}" if math.isfinite(floor) else "")
        self._crosses.set(
            [
                Cross(s, _around(c, *end), (low, q, q))
                for (s, c, q), low, end in zip(self.points, lows, ends, strict=True)
            ]
        )
        self._marks.set([Mark(c, q, s, radius=5.4) for s, c, q in self.points])
        self.plot.set_crosshair([c for _, c, _ in self.points], self._name)
        self._results = in_order(view)
        missing = misfits(view)
        self._corner.set(
            [Note(self.plot.x_spec.lo, self.plot.y_spec.hi, missing, 4, 8, "l", "muted", size=11)]
            if missing
            else []
        )
        self.say("Cost and quality", "total against score")
        self.place()

    @staticmethod
    def _row(result: StrategyResult) -> list[Cell]:
        name = Cell(short(result.strategy), marker=result.strategy)
        if not fits(result):
            return [name, Cell(DOES_NOT_FIT), Cell(""), Cell("")]
        total = figure(result, "total_usd")
        scores = [figure(result, key) for key in ("quality", "quality_lowest")]
        return [name, Cell(_USD(total), total), *[Cell(format_quantity(q, "points"), q) for q in scores]]

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The figures."""
        return ["Strategy", "Total", "Score at release", "Lowest score"], [
            self._row(r) for r in self._results
        ]

    def describe(self) -> str:
        """Every point in words."""
        parts = [f"{short(s)} {_USD(c)}, score {q:.0f}" for s, c, q in self.points]
        return "; ".join(parts) + "." if parts else "No strategy fits."

    def _name(self, x: float) -> str:
        strategy, cost, score = min(self.points, key=lambda p: abs(p[1] - x))
        return f"{short(strategy)}: {_USD(cost)}, score {format_quantity(score, 'points')}"

    def press(self, where: QPointF) -> None:
        """Point at the strategy near a pixel."""
        for strategy, place in self.plot.pixels():
            if (place - where).manhattanLength() < px(16):
                self.pointed.emit(strategy)
                return

    def place(self) -> None:
        """Give each label a free place beside its point."""
        pixels = self.plot.pixels()
        area = self.plot.view_box.sceneBoundingRect()
        limits = (area.left(), area.top(), area.right(), area.bottom())
        taken = [(p.x() - 8, p.y() - 8, p.x() + 8, p.y() + 8) for _, p in pixels]
        taken += self._whiskers(pixels)
        floor = self._floor_pixel(area)
        if floor is not None:
            name = self._place_floor_name(area, floor, taken)
            taken += [(area.left(), floor - 1, area.right(), floor + 1), name]
        notes, height, gap = [], metrics(12).height(), float(px(11))
        order = sorted(range(len(pixels)), key=lambda i: pixels[i][0] != self._selected)
        for i in order:
            strategy, at = pixels[i]
            tone, weight = ("ink", 600) if strategy == self._selected else ("ink2", 400)
            size = (text_width(short(strategy), 12, weight) + 2, height)
            place = free_place((at.x(), at.y()), size, taken, limits, gap)
            taken.append(place.box)
            _, cost, score = self.points[i]
            notes.append(Note(cost, score, short(strategy), place.dx, place.dy, place.align, tone, weight))
        self._notes.set(notes)

    def _whiskers(self, pixels: list[tuple[str, QPointF]]) -> list[Rect]:
        """Where whiskers run: no label on them."""
        low, high = self.plot.x_spec.ends
        scale = self.plot.view_box.sceneBoundingRect().width() / (high - low)
        found = []
        for (_, at), (_, cost, _), (start, end) in zip(pixels, self.points, self._ends, strict=True):
            if math.isfinite(start) and math.isfinite(end):
                left, right = (at.x() + (value - cost) * scale for value in (start, end))
                found.append((left, at.y() - 1, right, at.y() + 1))
        return found

    def _place_floor_name(self, area: QRectF, floor: float, marks: list[Rect]) -> Rect:
        """Put the floor's name at the end of its line that is free of points; the right one if both are."""
        width = text_width(f"floor {self._least:.0f}", 12, 500) + 8
        top, bottom = floor, floor + metrics(12).height() + 4
        right, left = area.right() - 6, area.left() + 6
        boxes: dict[str, Rect] = {
            "r": (right - width, top, right, bottom),
            "l": (left, top, left + width, bottom),
        }
        side = min(boxes, key=lambda end: sum(overlap(boxes[end], mark) for mark in marks))
        if side != self.floor.look.align:
            self.floor.look = replace(self.floor.look, align=side)
            self.floor.update()
        return boxes[side]

    def _floor_pixel(self, limits: QRectF) -> float | None:
        low, high = self.plot.y_spec.ends
        if not math.isfinite(self._least):
            return None
        return limits.bottom() - limits.height() * (self._least - low) / (high - low)


def _around(value: float, low: float, high: float) -> tuple[float, float, float]:
    """A value with its ends, or alone where it has none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return value, value, value
    return low, value, high


class MoneySplit(Figure):
    """Total of each strategy by category."""

    def __init__(self, title: str = "Where the money goes") -> None:
        self.bars = StackedBars(title, _USD)
        self.categories: list[str] = []
        self._strategies: list[str] = []
        super().__init__(title, "", self.bars)
        self.bars.opened.connect(self._open)

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        parts = {r.strategy: money_parts(r) for r in results if fits(r)}
        order = main_categories(list(parts.values()))
        if not (view.dragging and sorted(order) == sorted(self.categories)):
            self.categories = order
        self._strategies = [r.strategy for r in results]
        rows = []
        for r in results:
            chosen, name = r.strategy == view.selected, short(r.strategy)
            if fits(r):
                values = in_categories(parts[r.strategy], self.categories)
                rows.append(StackRow(r.strategy, name, values, _USD(figure(r, "total_usd")), selected=chosen))
            else:
                rows.append(StackRow(r.strategy, name, (), DOES_NOT_FIT, selected=chosen))
        top = self.bars._top if view.dragging else None
        longest = max((sum(row.values) for row in rows), default=0.0)
        self.bars.set_data(
            [CATEGORY_SHORT[c] for c in self.categories],
            rows,
            top if top and 0.4 * top < longest <= top else None,
        )
        self.say(self.card.title, span_words(view))

    def _open(self, row: int, part: int) -> None:
        category = self.categories[part] if part < len(self.categories) else "total_usd"
        self.asked.emit(self._strategies[row], "total_usd" if category == "other" else category)


class CarbonBars(Figure):
    """Carbon of each strategy against the budget."""

    follows_draws = True

    def __init__(self) -> None:
        self.bars = HBars("Carbon")
        self._strategies: list[str] = []
        super().__init__("Carbon", "", self.bars)
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "carbon_kgco2e"))

    def take(self, view: View) -> None:
        """A bar a strategy; a hatched span for an API."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        values = [figure(r, "carbon_kgco2e") for r in results]
        step = step_for(values, "kgco2e")
        close = [v for v in values if math.isfinite(v) and v > 0]
        rows = []
        for r, value in zip(results, values, strict=True):
            rows.append(
                carbon_row(r, value, view, step if close and min(close) > 0.05 * max(close) else None)
            )
        budget = view.scenario.limits.max_carbon_kgco2e
        text = "" if budget is None else f"budget {limit_text(float(budget), 'kgco2e')}"
        self.bars.set_rows(rows, RowsLook(reference=budget, reference_text=text))
        drawn = "" if view.risk is None else ", P10–P90"
        self.say("Carbon", f"CO₂e, {span_words(view)}{drawn}")


def carbon_row(result: StrategyResult, value: float, view: View, step: Step | None = None) -> RowItem:
    """Carbon of one strategy as a bar, a hatched span, or the words that it does not fit."""
    name, chosen = short(result.strategy), result.strategy == view.selected
    if not fits(result) or not math.isfinite(value):
        return RowItem(result.strategy, name, math.nan, DOES_NOT_FIT, selected=chosen)
    if has_range(result):
        low, high = range_of(result, value)
        text = energy_text(result, value, "kgco2e")
        return RowItem(result.strategy, name, math.nan, text, low, high, selected=chosen, unknown=True)
    text = format_quantity(value, "kgco2e", step=step)
    low, high = drawn_ends(view, result.strategy, "carbon_kgco2e")
    return RowItem(result.strategy, name, value, text, low, high, selected=chosen)


__all__ = ["CarbonBars", "CostQuality", "CumulativeCost", "MoneySplit", "payback_point"]
