"""The fan: cost up to each month over draws."""

from __future__ import annotations

from typing import Final

from planner.engine.risk import PERCENTILES, Risk
from planner.ui.kit.choice import Segmented
from planner.ui.kit.table import Cell
from planner.ui.plots.base import (
    Band,
    CurveLook,
    LinePlot,
    PlotLook,
    Series,
    month_axis,
)
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    held_axis,
    labeller,
    month_namer,
    months_of,
    short,
    span_of,
    writer,
)
from planner.ui.plots.figures.drawn import (
    COUNTING,
    DrawnFigure,
    pair_of,
)
from planner.ui.plots.figures.overview import cumulative_band
from planner.ui.plots.frame import Floats
from planner.ui.theme import STRATEGY_ORDER
from planner.ui.view import View

_USD = writer("usd")
BANDS: Final = ((5, 95, 0.08), (10, 90, 0.10), (25, 75, 0.13))
"""Percentiles of each band of the fan, and its opacity."""


class Fan(DrawnFigure):
    """Cost up to each month: median and bands of the selected strategy and the baseline, or of all."""

    def __init__(self) -> None:
        self.plot = LinePlot("Cumulative cost over draws", _USD, PlotLook(gutter=0))
        self.bands: dict[tuple[str, int], Band] = {}
        self._view: View | None = None
        self.which = Segmented("Strategies shown", (("two", "Two"), ("all", "All")), "two")
        super().__init__("Cumulative cost", self.plot, Hooks(self.table, self.describe), [self.which])
        self.which.chosen.connect(lambda _key: self._again())
        self.plot.view_box.geometryChanged.connect(self._spread)

    def _again(self) -> None:
        if self._view is not None:
            self.show(self._view)

    def _spread(self) -> None:
        if self._view is not None:
            months = self._view.scenario.horizon_months
            self.plot.set_axes(month_axis(months, width=7), None)

    def _shown(self, view: View) -> list[str]:
        if view.risk is None:
            return []
        fit = [name for name, each in view.risk.strategies.items() if each.fits_frac > 0.0]
        if self.which.current == "all":
            return [name for name in STRATEGY_ORDER if name in fit]
        pair = pair_of(view)
        wanted = (view.selected,) if pair is None else (pair.mine, pair.other)
        return [name for name in STRATEGY_ORDER if name in wanted and name in fit]

    def take_draws(self, view: View, risk: Risk) -> None:
        """Medians, bands, axes."""
        self._view = view
        shown = self._shown(view)
        self.blank("" if shown else "It fits in no draw")
        if not shown:
            return
        months = months_of(view)
        bands = BANDS[1:2] if self.which.current == "all" else BANDS
        tops: list[Floats] = []
        series = []
        for (strategy, low), band in self.bands.items():
            if strategy not in shown or low not in [band_low for band_low, *_ in bands]:
                band.set((), (), ())
        for name in shown:
            for low, high, alpha in bands:
                bottom, top = cumulative_band(view, name, low, high)
                tops.append(top)
                self._band(name, low, alpha).set(months, bottom, top)
            middle, _ = cumulative_band(view, name, 50, 50)
            look = CurveLook(selected=name == view.selected)
            end = f"P50 {_USD(float(middle[-1]))}"
            series.append(Series(name, months, middle, look, end_text=end))
        self.plot.set_axes(
            month_axis(view.scenario.horizon_months, width=7),
            held_axis(self.plot.y_spec, span_of(tops), labeller("usd"), view),
        )
        self.plot.set_crosshair(months, month_namer(view.scenario.start_month))
        self.plot.set_series(series)
        words = ", ".join(f"P{low}–P{high}" for low, high, _ in reversed(bands))
        self.say("Cumulative cost", f"median, {words}")

    def _band(self, strategy: str, low: int, alpha: float) -> Band:
        key = (strategy, low)
        if key not in self.bands:
            self.bands[key] = Band(strategy, alpha)
            self.plot.add(self.bands[key])
        return self.bands[key]

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Percentiles by month of every strategy shown."""
        view = self._view
        if view is None or view.risk is None:
            return ["Month", "P50"], []
        shown = self._shown(view)
        headers = ["Month", *(f"{short(name)} P{percent}" for name in shown for percent in PERCENTILES)]
        rows = []
        for month in range(view.scenario.horizon_months + 1):
            values = [
                float(view.risk.strategies[name].cumulative_usd[row, month])
                for name in shown
                for row in range(len(PERCENTILES))
            ]
            label = "start" if month == 0 else str(month)
            rows.append([Cell(label, month), *(Cell(_USD(value), value) for value in values)])
        return headers, rows

    def describe(self) -> str:
        """The totals at the end in words."""
        view = self._view
        if view is None or view.risk is None:
            return f"{COUNTING}."
        parts = []
        for name in self._shown(view):
            found = view.risk.strategies[name].total_usd
            parts.append(f"{short(name)} {_USD(found[50])}, P10 {_USD(found[10])}, P90 {_USD(found[90])}")
        return "; ".join(parts) + "." if parts else "No strategy fits in any draw."
