"""The plot widget and the line plot most figures are; re-exports all primitives.

A plot has explicit ranges, no mouse zoom and no menu. With `Plot.set_crosshair` the mouse and the arrow keys
move a crosshair over given x values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from planner.ui.kit.paint import Edge, rounded
from planner.ui.kit.still import is_still
from planner.ui.kit.table import Cell
from planner.ui.plots.axes import Grid, GutterAxis, GutterRow, TextAxis
from planner.ui.plots.chart import brought_by_key
from planner.ui.plots.frame import Box, Floats, Frame, Item, floats
from planner.ui.plots.items import (
    Band,
    Crosshair,
    Curve,
    CurveLook,
    Mark,
    Marks,
    Note,
    Notes,
    tone_of,
)
from planner.ui.plots.pg import PlotWidget
from planner.ui.plots.shapes import Columns, Cross, Crosses, LimitLine, LimitLook, Span, Spans
from planner.ui.plots.ticks import (
    AxisSpec,
    held_range,
    linear_axis,
    log_axis,
    log_range,
    log_ticks,
    month_axis,
    nice_range,
    nice_step,
    nice_ticks,
    spread,
)
from planner.ui.theme import DIM_OPACITY, STRATEGY_SHORT, colour, px, theme, token

Namer = Callable[[float], str]


@dataclass(frozen=True)
class PlotLook:
    """Gutter (None for none, 0 for as wide as its labels), ground token, sizes of letters."""

    gutter: int | None = None
    ground: str = "surface"
    tick_size: float = 11
    label_size: float = 12


class Plot(PlotWidget):
    """A plot of fixed ranges with text-only axes; ``crosshair_moved`` carries the x under the crosshair.

    ``opened`` carries it when Return or a double click asks for what is read out.
    """

    crosshair_moved = Signal(float)
    opened = Signal(float)
    crosshair_left = Signal()

    def __init__(self, name: str, look: PlotLook | None = None) -> None:
        self._look = look or PlotLook()
        self.view_box = Box()
        self._left, self._bottom = TextAxis("left"), TextAxis("bottom")
        axes: dict[str, object] = {"left": self._left, "bottom": self._bottom}
        self.gutter: GutterAxis | None = None
        if self._look.gutter is not None:
            self.gutter = GutterAxis(self._look.gutter, self._look.label_size)
            axes["right"] = self.gutter
        super().__init__(viewBox=self.view_box, axisItems=axes)
        self._items: list[Item] = []
        self._stops: Floats = floats(())
        self._namer: Namer = str
        self._by_key = False
        self.x_spec, self.y_spec = AxisSpec(), AxisSpec()
        self._set_up(name)
        self.crosshair = Crosshair()
        self.grid = Grid()
        self.add(self.grid)
        self.add(self.crosshair)
        self.retheme()

    def _set_up(self, name: str) -> None:
        self.setAccessibleName(name)
        item = self.getPlotItem()
        assert item is not None
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        if self.gutter is not None:
            item.showAxis("right")
        self.view_box.setDefaultPadding(0.0)
        self.view_box.disableAutoRange()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setMinimumSize(px(120), px(72))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setMouseTracking(True)

    # -- content

    def add(self, item: Item) -> None:
        """Put an item into the data area."""
        plot = self.getPlotItem()
        if plot is not None:
            self._items.append(item)
            plot.addItem(item, ignoreBounds=True)

    def remove(self, item: Item) -> None:
        """Take an item out."""
        plot = self.getPlotItem()
        if item in self._items and plot is not None:
            self._items.remove(item)
            plot.removeItem(item)

    def set_axes(self, x: AxisSpec | None = None, y: AxisSpec | None = None) -> None:
        """Set ranges and ticks; None leaves an axis as it is."""
        if (x is None or x == self.x_spec) and (y is None or y == self.y_spec):
            return
        self.x_spec, self.y_spec = x or self.x_spec, y or self.y_spec
        self.view_box.log_x, self.view_box.log_y = self.x_spec.log, self.y_spec.log
        self.view_box.setRange(xRange=self.x_spec.ends, yRange=self.y_spec.ends, padding=0)
        self._bottom.set_spec(self.x_spec)
        self._left.set_spec(self.y_spec)
        if self.gutter is not None:
            self.gutter.set_spec(self.y_spec)
        self.grid.set_specs(self.x_spec, self.y_spec)
        self.viewport().update()

    def set_dimmed(self, on: bool) -> None:
        """Show the last good figures weakly while newer ones cannot be computed."""
        self.view_box.opacity_shown = DIM_OPACITY if on else 1.0
        self.viewport().update()

    def retheme(self) -> None:
        """Colours of the ground, sizes of axes; items read theirs when they paint."""
        item = self.getPlotItem()
        if item is None:  # closed: pyqtgraph has taken the scene apart
            return
        self.setBackground(colour(token(self._look.ground)))
        self._left.set_size(self._look.tick_size)
        self._bottom.set_size(self._look.tick_size)
        if self.gutter is not None:
            self.gutter.set_size(self._look.label_size)
        margin = px(2) if self.gutter is not None else px(12)
        item.layout.setContentsMargins(0, px(8), margin, 0)
        for own in self._items:
            own.retheme()

    # -- crosshair

    def set_crosshair(self, stops: ArrayLike, namer: Namer) -> None:
        """Let mouse and arrow keys visit these x values; ``namer`` gives the text of the chip."""
        self._stops = np.sort(floats(stops))
        self._stops = self._stops[np.isfinite(self._stops)]
        self._namer = namer
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._stops.size else Qt.FocusPolicy.NoFocus)
        if self.crosshair.x_shown is not None:
            self._go_to(self._nearest(self.crosshair.x_shown))

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """Strategy and height of each curve at x; subclasses answer."""
        return []

    def show_crosshair(self, x: float | None) -> None:
        """Stand at the stop nearest to x, or go away."""
        if x is None or not self._stops.size:
            self._leave()
        else:
            self._go_to(self._nearest(x))

    def _nearest(self, x: float) -> int:
        return int(np.argmin(np.abs(self._stops - x)))

    def _go_to(self, index: int) -> None:
        if not self._stops.size:
            return
        x = float(self._stops[min(max(index, 0), self._stops.size - 1)])
        moved = x != self.crosshair.x_shown
        self.crosshair.set(x, self._namer(x), self.crosshair_points(x))
        self.viewport().update()
        if moved:
            self.crosshair_moved.emit(x)

    def _leave(self) -> None:
        if self.crosshair.x_shown is not None:
            self.crosshair.clear()
            self.viewport().update()
            self.crosshair_left.emit()

    def x_at(self, pixel: float) -> float | None:
        """The data x under a pixel of the viewport; None outside the data area."""
        rect = self.view_box.sceneBoundingRect()
        if rect.width() <= 0 or not rect.left() - 6 <= pixel <= rect.right() + 6:
            return None
        lo, hi = self.x_spec.ends
        where = lo + (hi - lo) * (pixel - rect.left()) / rect.width()
        return 10.0**where if self.x_spec.log else where

    def pixel_of(self, x: float, y: float) -> QPointF:
        """Where data are in the viewport."""
        box, (x0, x1), (y0, y1) = self.view_box.sceneBoundingRect(), self.x_spec.ends, self.y_spec.ends
        return QPointF(
            box.left() + box.width() * (self.x_spec.view(x) - x0) / (x1 - x0),
            box.bottom() - box.height() * (self.y_spec.view(y) - y0) / (y1 - y0),
        )

    # -- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the crosshair."""
        x = self.x_at(event.position().x()) if self._stops.size else None
        if x is None:
            self._leave()
        else:
            self._go_to(self._nearest_seen(x))

    def _nearest_seen(self, x: float) -> int:
        if not self.x_spec.log or x <= 0:
            return self._nearest(x)
        with np.errstate(all="ignore"):
            return int(np.nanargmin(np.abs(np.log10(np.maximum(self._stops, 1e-300)) - math.log10(x))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the focus; nothing can be dragged."""
        self._by_key = False
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing can be dragged."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what is read out."""
        if self.crosshair.x_shown is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.crosshair.x_shown)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls what holds the plot."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """The crosshair goes with the pointer, unless the keyboard holds it."""
        if not (self.hasFocus() and self._by_key):
            self._leave()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the crosshair, Shift by five, Home and End to the ends, Return opens, Escape away."""
        size = self._stops.size
        here = self.crosshair.x_shown
        now = size - 1 if here is None else self._nearest(here)
        step = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        goals = {
            Qt.Key.Key_Left: now - step if here is not None else now,
            Qt.Key.Key_Right: now + step if here is not None else now,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: size - 1,
        }
        key = Qt.Key(event.key())
        if size and key in goals:
            self._by_key = True
            self._go_to(goals[key])
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here is not None:
            self.opened.emit(here)
            event.accept()
        elif key == Qt.Key.Key_Escape and here is not None:
            self._leave()
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus when the keyboard brought it."""
        self._by_key = brought_by_key(event, before=self._by_key)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The crosshair of the keyboard goes."""
        super().focusOutEvent(event)
        self._leave()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and an edge while the keyboard is here."""
        super().paintEvent(event)
        if self.hasFocus() and self._by_key and not is_still():
            painter = QPainter(self.viewport())
            rounded(painter, QRectF(self.viewport().rect()), px(5), None, Edge(theme().focus, 1.5))
            painter.end()


def make_plot(name: str, x: AxisSpec, y: AxisSpec, look: PlotLook | None = None) -> Plot:
    """A plot with its axes set."""
    plot = Plot(name, look)
    plot.set_axes(x, y)
    return plot


PLAIN = CurveLook()


@dataclass(frozen=True)
class Series:
    """One line: strategy, data, how it is drawn, and what its label says (name and value at the end)."""

    strategy: str
    x: Floats
    y: Floats
    look: CurveLook = PLAIN
    name: str = ""
    end_text: str | None = None

    @property
    def title(self) -> str:
        """What the label says."""
        return self.name or STRATEGY_SHORT.get(self.strategy, self.strategy)


class LinePlot(Plot):
    """Lines of strategies with labels at their ends, which become the read-out of the crosshair."""

    def __init__(self, name: str, value_text: Namer, look: PlotLook | None = None) -> None:
        self._curves: dict[str, Curve] = {}
        self._series: list[Series] = []
        self._value_text = value_text
        super().__init__(name, look or PlotLook(gutter=0))
        self.crosshair_left.connect(self._show_ends)

    def set_value_text(self, value_text: Namer) -> None:
        """Write values otherwise."""
        self._value_text = value_text
        self._label()

    def set_series(self, series: Sequence[Series]) -> None:
        """Other lines; curves of the same strategy are kept and given new data."""
        self._series = list(series)
        wanted = {s.strategy for s in self._series}
        for key in [k for k in self._curves if k not in wanted]:
            self.remove(self._curves.pop(key))
        for s in self._series:
            curve = self._curves.get(s.strategy)
            if curve is None:
                curve = self._curves[s.strategy] = Curve(s.strategy, s.look)
                self.add(curve)
            elif curve.look != s.look:
                curve.set_look(s.look)
            curve.set(s.x, s.y)
        self._label()

    def curve(self, strategy: str) -> Curve | None:
        """The line of a strategy."""
        return self._curves.get(strategy)

    @property
    def series(self) -> list[Series]:
        """What is shown."""
        return list(self._series)

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """Where the curves are; the gutter shows the same."""
        points = [(s.strategy, self._curves[s.strategy].at(x)) for s in self._series]
        if self.gutter is not None:
            rows = [self._row(s, y, None) for s, (_, y) in zip(self._series, points, strict=True)]
            self.gutter.set_rows(rows, leaders=False)
        return points

    def _row(self, s: Series, y: float, text: str | None) -> GutterRow:
        value = text if text is not None else self._value_text(y) if math.isfinite(y) else ""
        return GutterRow(s.strategy, y, s.title, value, s.look.selected)

    def _label(self) -> None:
        if self.crosshair.x_shown is not None:
            self.show_crosshair(self.crosshair.x_shown)
        else:
            self._show_ends()

    def _show_ends(self) -> None:
        if self.gutter is None:
            return
        rows = []
        for s in self._series:
            good = np.flatnonzero(np.isfinite(s.y))
            if good.size:
                rows.append(self._row(s, float(s.y[good[-1]]), s.end_text))
        self.gutter.set_rows(rows)

    def _cell(self, value: float) -> Cell:
        return Cell(self._value_text(value), value) if math.isfinite(value) else Cell("")

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The figures of the plot: x, then one column a line."""
        if not self._series:
            return ["x"], []
        stops = self._stops if self._stops.size else self._series[0].x
        headers = ["", *[s.title for s in self._series]]
        rows = []
        for x in stops.tolist():
            values = [self._curves[s.strategy].at(x) for s in self._series]
            rows.append([Cell(self._namer(x)), *[self._cell(v) for v in values]])
        return headers, rows

    def describe(self) -> str:
        """One sentence a line for who cannot see the plot."""
        parts = []
        for s in self._series:
            good = s.y[np.isfinite(s.y)]
            if good.size:
                first, last = self._value_text(float(good[0])), self._value_text(float(good[-1]))
                parts.append(f"{s.title} from {first} to {last}")
        return "; ".join(parts) + "." if parts else "No data."


__all__ = [
    "AxisSpec",
    "Band",
    "Columns",
    "Cross",
    "Crosses",
    "Crosshair",
    "Curve",
    "CurveLook",
    "Frame",
    "Grid",
    "GutterAxis",
    "GutterRow",
    "Item",
    "LimitLine",
    "LimitLook",
    "LinePlot",
    "Mark",
    "Marks",
    "Note",
    "Notes",
    "Plot",
    "PlotLook",
    "Series",
    "Span",
    "Spans",
    "TextAxis",
    "held_range",
    "linear_axis",
    "log_axis",
    "log_range",
    "log_ticks",
    "make_plot",
    "month_axis",
    "nice_range",
    "nice_step",
    "nice_ticks",
    "spread",
    "tone_of",
]
