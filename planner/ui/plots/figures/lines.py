"""Lines by month, one a strategy; what is only known as a range is a hatched band without a centre."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.engine.results import StrategyResult
from planner.ui.kit.table import Cell
from planner.ui.plots.axes import GutterRow
from planner.ui.plots.base import (
    AxisSpec,
    CurveLook,
    LimitLine,
    LimitLook,
    LinePlot,
    Mark,
    Marks,
    Series,
    month_axis,
)
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    Figure,
    fitting,
    flat,
    has_range,
    held_axis,
    labeller,
    misfits,
    month_namer,
    months_of,
    span_of,
    with_misfits,
    writer,
)
from planner.ui.plots.frame import Floats, Frame, Item, finite_runs, floats, same_length
from planner.ui.plots.items import tone_of
from planner.ui.theme import colour, px
from planner.ui.view import IN_MONTH, View
from planner.units import format_range

HATCH_GAP = 8.5
"""Between diagonals, along the axis; 6 pixels across. [pixels]."""


class HatchedBand(Item):
    """The area between a low and a high line, hatched: somewhere in there, we do not know where."""

    def __init__(self, strategy: str) -> None:
        super().__init__(-50)
        self.strategy = strategy
        self.xs: Floats = floats(())
        self.low: Floats = floats(())
        self.high: Floats = floats(())

    def set(self, x: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Other data."""
        self.xs, self.low, self.high = same_length(x, low, high)
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return self.xs.size < 2

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint each stretch."""
        tone = tone_of(self.strategy)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for run in finite_runs(self.xs, self.low, self.high):
            x = self.xs[run]
            up = np.concatenate((self.high[run], self.low[run][::-1]))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(tone, 0.10))
            painter.drawPolygon(frame.polygon(np.concatenate((x, x[::-1])), up))
            painter.setPen(QPen(colour(tone, 0.55), 1.2))
            painter.drawLines(self._diagonals(frame, run))

    def _diagonals(self, frame: Frame, run: slice) -> list[QLineF]:
        """The hatching inside the band, cut by hand: drawings in SVG know no clipping."""
        places = [frame.point(float(x), 0.0).x() for x in self.xs[run]]
        tops, bottoms = ([frame.y(float(v)) for v in ends[run]] for ends in (self.high, self.low))
        across = np.arange(places[0], places[-1] + 1.0, 1.0)
        upper, lower = np.interp(across, places, tops), np.interp(across, places, bottoms)
        lines = []
        starts = np.arange(across[0] + upper.min(), across[-1] + lower.max(), HATCH_GAP)
        for start in starts:
            down = start - across
            inside = np.concatenate(([False], (down >= upper) & (down <= lower), [False]))
            edges = np.flatnonzero(inside[1:] != inside[:-1])
            for a, b in zip(edges[::2], edges[1::2] - 1, strict=True):
                lines.append(QLineF(across[a], down[a], across[b], down[b]))
        return lines


class RangeLines(LinePlot):
    """Lines, some known only within factors of their middle: those say a range and have no line."""

    def __init__(self, name: str, unit: str) -> None:
        self.factors: dict[str, tuple[float, float]] = {}
        self.unit = unit
        self._bands: dict[str, HatchedBand] = {}
        super().__init__(name, writer(unit))

    def set_series(self, series: Sequence[Series]) -> None:
        """Other lines; bands where there are factors."""
        for key in [k for k in self._bands if k not in self.factors]:
            self.remove(self._bands.pop(key))
        for s in series:
            if s.strategy in self.factors:
                self._band(s.strategy).set(s.x, *(s.y * f for f in self.factors[s.strategy]))
        super().set_series(series)

    def band(self, strategy: str) -> HatchedBand | None:
        """The hatched area of a strategy."""
        return self._bands.get(strategy)

    def _band(self, strategy: str) -> HatchedBand:
        band = self._bands.get(strategy)
        if band is None:
            band = self._bands[strategy] = HatchedBand(strategy)
            self.add(band)
        return band

    def _says(self, strategy: str, value: float) -> str:
        low, high = (value * f for f in self.factors[strategy])
        return format_range(low, high, self.unit) if value > 0 else self._value_text(value)

    def _row(self, s: Series, y: float, text: str | None) -> GutterRow:
        if s.strategy in self.factors and math.isfinite(y):
            return GutterRow(s.strategy, y, s.title, self._says(s.strategy, y), s.look.selected)
        return super()._row(s, y, text)

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """No marker where there is no line."""
        points = super().crosshair_points(x)
        return [(s, math.nan if s in self.factors else y) for s, y in points]

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Ranges stand as ranges."""
        headers, rows = super().table()
        columns = [i + 1 for i, s in enumerate(self._series) if s.strategy in self.factors]
        for row in rows:
            for i in columns:
                value = row[i].value
                if value is not None:
                    row[i] = Cell(self._says(self._series[i - 1].strategy, value), value)
        return headers, rows

    def describe(self) -> str:
        """Ends of each line in words."""
        parts = []
        for s in self._series:
            good = s.y[np.isfinite(s.y)]
            if good.size and s.strategy in self.factors:
                parts.append(f"{s.title} up to {self._says(s.strategy, float(good[-1]))}")
            elif good.size:
                first, last = self._value_text(float(good[0])), self._value_text(float(good[-1]))
                parts.append(f"{s.title} from {first} to {last}")
        return "; ".join(parts) + "." if parts else "No data."


@dataclass(frozen=True)
class LinesOf:
    """What a figure of lines shows: words, unit, and what gives the numbers by month.

    ``first``: the month of the first number. ``ranged``: energy or carbon, a range for an API.
    ``reach``: the axis goes at least so far. ``none``: what to say where there are no lines.
    ``zero``: what to say where all lines are zero throughout.
    ``narrow``: what does not fit is only said in the description; another figure of the page shows it.
    ``opens``: the figure that the lines are of, opened for the selected strategy.
    """

    title: str
    subtitle: Callable[[View], str]
    unit: str
    numbers: Callable[[StrategyResult], ArrayLike | None]
    first: int = 0
    stepped: bool = False
    ranged: bool = False
    from_zero: bool = True
    limit: Callable[[View], tuple[float, str]] | None = None
    forbid: str = ""
    reach: float = math.nan
    none: str = ""
    zero: str = ""
    narrow: bool = False
    opens: str = ""


class MonthLines(Figure):
    """Lines by month with labels at their ends."""

    def __init__(self, about: LinesOf) -> None:
        self.about = about
        self.plot = RangeLines(about.title, about.unit)
        self._missing = ""
        super().__init__(about.title, "", self.plot, Hooks(describe=self.describe))
        self.limit = LimitLine(
            LimitLook(forbid=about.forbid, tone="bad" if about.forbid else "ink2", align="l")
        )
        self.plot.add(self.limit)
        self._months = 0
        self.plot.view_box.geometryChanged.connect(self._spread_months)
        self._dots = Marks()
        self.plot.add(self._dots)
        self._strategy = ""
        self.plot.opened.connect(self._open)

    def take(self, view: View) -> None:
        """Lines, axes, limit."""
        about, months = self.about, months_of(view)
        self._strategy = view.selected
        series, factors = [], {}
        shown: list[Floats] = []
        for result in fitting(view):
            numbers = about.numbers(result)
            if numbers is None:
                continue
            y = flat(numbers)
            x = months[about.first : about.first + y.size]
            ranged = about.ranged and has_range(result)
            look = CurveLook(selected=result.strategy == view.selected, stepped=about.stepped)
            if ranged:
                factors[result.strategy] = result.energy_range_frac
                look = CurveLook(alpha=0.0, selected=look.selected)
            shown.append(y * (result.energy_range_frac[1] if ranged else 1.0))
            if ranged:
                shown.append(y * result.energy_range_frac[0])
            series.append(Series(result.strategy, x, y, look))
        still = about.zero if shown and not any(y.any() for y in shown) else ""
        self.blank(still or ("" if series else about.none))
        self._frame(view, [*shown, *self.further(view)])
        self.plot.factors = factors
        self.plot.set_series(series)
        self._dots.set([Mark(s.x[0], s.y[0], s.strategy, radius=4.5) for s in series if s.x.size == 1])
        self._missing = misfits(view)
        said = about.subtitle(view)
        self.say(about.title, said if about.narrow else with_misfits(said, view))

    def _open(self, month: float) -> None:
        """Open the figure of the selected strategy, with the numbers of the month read out."""
        if self.about.opens and self._strategy:
            self.asked.emit(self._strategy, f"{self.about.opens}{IN_MONTH}{month:.0f}")

    def further(self, view: View) -> list[Floats]:
        """What else the axis has to hold."""
        return []

    def describe(self) -> str:
        """The lines in words, and what has none."""
        return f"{self.plot.describe()} {self._missing}".strip()

    def _frame(self, view: View, shown: list[Floats]) -> None:
        about = self.about
        at, name = about.limit(view) if about.limit is not None else (math.nan, "")
        span = span_of(shown, at, about.reach, from_zero=about.from_zero)
        self._months = view.scenario.horizon_months
        self.plot.set_axes(self._month_axis(), held_axis(self.plot.y_spec, span, labeller(about.unit), view))
        self.limit.set(at, name)
        self.plot.set_crosshair(months_of(view)[about.first :], month_namer(view.scenario.start_month))

    def _month_axis(self) -> AxisSpec:
        """As many months named as there is room for."""
        room = self.plot.view_box.sceneBoundingRect().width()
        return month_axis(self._months, width=min(7, max(2, int(room / px(34)))))

    def _spread_months(self) -> None:
        if self._months:
            self.plot.set_axes(self._month_axis(), None)
