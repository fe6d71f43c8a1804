"""Rows and columns in one call, and a scroll area with a slim bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from planner.ui.kit.paint import Edge, fill, rounded
from planner.ui.theme import mix, px, theme, token

Item = QWidget | QBoxLayout | int | tuple[QWidget, int] | None
Margins = tuple[int, int, int, int]
NONE: Margins = (0, 0, 0, 0)
_TITLE_BAR = 40  # what a desktop draws above a window; it is not known before the window is shown


def fit_screen(size: QSize, screen: QScreen) -> QSize:
    """What of a size a screen has room for, with the title bar that the desktop puts above it."""
    room = screen.availableSize()
    return size.boundedTo(QSize(room.width(), room.height() - _TITLE_BAR))


def _box(direction: QBoxLayout.Direction, items: tuple[Item, ...], gap: int, margins: Margins) -> QWidget:
    holder = QWidget()
    layout = QBoxLayout(direction, holder)
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    add_all(layout, items)
    return holder


def add_all(layout: QBoxLayout, items: tuple[Item, ...]) -> None:
    """Add to a layout: widgets, (widget, stretch), numbers as space, None as stretch."""
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, tuple):
            layout.addWidget(item[0], item[1])
        elif isinstance(item, QBoxLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


def hbox(*items: Item, gap: int = 8, margins: Margins = NONE) -> QWidget:
    """A row: widgets, (widget, stretch), numbers as space, None as stretch."""
    return _box(QBoxLayout.Direction.LeftToRight, items, gap, margins)


def vbox(*items: Item, gap: int = 8, margins: Margins = NONE) -> QWidget:
    """A column: widgets, (widget, stretch), numbers as space, None as stretch."""
    return _box(QBoxLayout.Direction.TopToBottom, items, gap, margins)


class Ground(QWidget):
    """A plain area filled with a token, optionally with a hairline on one side (left right top bottom)."""

    def __init__(self, tone: str = "app", *, rule: str = "") -> None:
        super().__init__()
        self._tone, self._rule = tone, rule
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        fill(painter, self.rect(), token(self._tone))
        sides = {
            "left": QRectF(0, 0, 1, self.height()),
            "right": QRectF(self.width() - 1, 0, 1, self.height()),
            "top": QRectF(0, 0, self.width(), 1),
            "bottom": QRectF(0, self.height() - 1, self.width(), 1),
        }
        if self._rule:
            fill(painter, sides[self._rule], theme().hairline)


class SlimBar(QScrollBar):
    """A scroll bar of ten pixels with a rounded handle and no arrows."""

    def sizeHint(self) -> QSize:
        """Thin."""
        hint = super().sizeHint()
        thick = px(10)
        return QSize(thick, hint.height()) if self._upright else QSize(hint.width(), thick)

    @property
    def _upright(self) -> bool:
        return self.orientation() == Qt.Orientation.Vertical

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the handle where Qt's own geometry has it."""
        if self.maximum() <= self.minimum():
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ScrollBarSlider
        place = self.style().subControlRect(QStyle.ComplexControl.CC_ScrollBar, option, part, self)
        thick = px(6) if self.underMouse() or self.isSliderDown() else px(4)
        box = QRectF(place)
        if self._upright:
            box = QRectF(self.width() - thick - 2, box.top() + 2, thick, max(0.0, box.height() - 4))
        else:
            box = QRectF(box.left() + 2, self.height() - thick - 2, max(0.0, box.width() - 4), thick)
        t = theme()
        value = t.strong if self.underMouse() or self.isSliderDown() else mix(t.surface, t.strong, 0.55)
        rounded(QPainter(self), box, thick / 2, value)


def use_slim_bars(area: QScrollArea | QFrame) -> None:
    """Replace both scroll bars of a Qt view."""
    for set_bar, orientation in (
        ("setVerticalScrollBar", Qt.Orientation.Vertical),
        ("setHorizontalScrollBar", Qt.Orientation.Horizontal),
    ):
        getattr(area, set_bar)(SlimBar(orientation))


class ScrollArea(QScrollArea):
    """Scrolls one widget up and down; focus brings what has it into view."""

    def __init__(self, content: QWidget, name: str, *, tone: str = "surface") -> None:
        super().__init__()
        self._tone = tone
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        use_slim_bars(self)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground under the content."""
        fill(QPainter(self.viewport()), self.viewport().rect(), token(self._tone))


def frame(painter: QPainter, rect: QRectF, *, raised: bool = False) -> None:
    """The surface of a card or popover."""
    t = theme()
    rounded(painter, rect, px(8), t.raised if raised else t.surface, Edge(t.border if raised else t.hairline))
