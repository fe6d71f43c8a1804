"""The card around a plot: title, tools, and the table that says the same in figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from planner.ui.kit.buttons import IconButton
from planner.ui.kit.panels import CARD_LOOK, Panel, PanelLook
from planner.ui.kit.states import ProgressLine
from planner.ui.kit.table import Cell, Row, Table
from planner.ui.kit.text import Text
from planner.ui.theme import px

Figures = tuple[Sequence[str], Sequence[Row]]


@dataclass(frozen=True)
class Hooks:
    """Where a card gets its table and its description from; None asks the plot itself."""

    table: Callable[[], Figures] | None = None
    describe: Callable[[], str] | None = None


NO_HOOKS = Hooks()


class PlotCard(Panel):
    """A panel with a plot, its table twin, and the tools table (T), copy picture (C), full size (F).

    The keys work while focus is inside the card. Call `refresh` after new data.
    """

    full_size_asked = Signal()
    copied = Signal()

    def __init__(
        self,
        title: str,
        subtitle: str,
        body: QWidget,
        *,
        hooks: Hooks = NO_HOOKS,
        tools: Sequence[QWidget] = (),
        look: PanelLook = CARD_LOOK,
    ) -> None:
        super().__init__(title, subtitle, look=look)
        self._note = Text("", "caption")
        self._note.hide()
        self.head.addWidget(self._note)
        for tool in tools:
            self.add_tool(tool)
        self.plot = body
        self._hooks = hooks
        self._pages = QStackedLayout()
        self._pages.addWidget(body)
        self.body.addLayout(self._pages, 1)
        self._twin: Table | None = None
        self._empty: QWidget | None = None
        self._line = ProgressLine(f"{title}, draws counted")
        policy = self._line.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the plot keeps its size when counting begins and ends
        self._line.setSizePolicy(policy)
        self.body.addWidget(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._table_button = self._tool("table-2", "Show as table", "T")
        self._table_button.setCheckable(True)
        self._table_button.toggled.connect(self.show_table)
        self._tool("copy", "Copy picture", "C").clicked.connect(self.copy_picture)
        self._full_button = self._tool("expand", "Full size", "F")
        self._full_button.clicked.connect(self.full_size_asked.emit)
        self.refresh()

    def sizeHint(self) -> QSize:
        """The same for all cards, so that stretch factors alone share out the room."""
        return QSize(px(320), px(220))

    def _tool(self, icon: str, name: str, key: str) -> IconButton:
        button = IconButton(icon, f"{name}: {self.title}" if self.title else name, key, size=16, quiet=True)
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        self.add_tool(button)
        return button

    # -- what the plot says

    def table(self) -> Figures:
        """Headers and rows of the table twin; override, give a hook, or let the plot answer."""
        if self._hooks.table is not None:
            return self._hooks.table()
        own = getattr(self.plot, "table", None)
        return own() if callable(own) else ((), ())

    def describe(self) -> str:
        """The plot in words; override, give a hook, or let the plot answer."""
        if self._hooks.describe is not None:
            return self._hooks.describe()
        own = getattr(self.plot, "describe", None)
        return str(own()) if callable(own) else ""

    def refresh(self) -> None:
        """Tell screen readers, and the table if it is shown, about new data."""
        words = self.describe()
        self.plot.setAccessibleDescription(words)
        self.setAccessibleDescription(words)
        if self._twin is not None and self.is_table_shown:
            self._twin.set_data(*self.table())

    # -- states

    def set_counting(self, share: float | None, text: str = "") -> None:
        """Say how many draws are counted ("4,000 of 10,000 draws"); None when done."""
        self._line.set_share(share)
        self._note.setText(text)
        self._note.setVisible(bool(text) and share is not None)

    def set_dimmed(self, reason: str = "") -> None:
        """Dim the figures as out of date, with the reason at the head; empty for fresh ones."""
        dim = getattr(self.plot, "set_dimmed", None)
        if callable(dim):
            dim(bool(reason))
        self._note.setText(reason)
        self._note.setVisible(bool(reason))

    def show_empty(self, empty: QWidget | None) -> None:
        """Show something instead of the plot (`kit.Empty`), or the plot again."""
        if self._empty is not None and self._empty is not empty:
            self._pages.removeWidget(self._empty)
            self._empty.deleteLater()
        self._empty = empty
        if empty is not None and self._pages.indexOf(empty) < 0:
            self._pages.addWidget(empty)
        self._pages.setCurrentWidget(empty or (self._twin if self.is_table_shown else None) or self.plot)

    # -- table twin

    @property
    def is_table_shown(self) -> bool:
        """Whether the table stands in for the plot."""
        return self._twin is not None and self._pages.currentWidget() is self._twin

    @property
    def twin(self) -> Table | None:
        """The table, once it was shown."""
        return self._twin

    def show_table(self, on: bool) -> None:
        """Show figures instead of the plot, or the plot again."""
        if on and self._twin is None:
            self._twin = Table(f"{self.title}, figures")
            self._pages.addWidget(self._twin)
        if self._twin is None:
            return
        had_focus = self.plot.hasFocus() or self._twin.hasFocus()
        if on:
            self._twin.set_data(*self.table())
        self._pages.setCurrentWidget(self._twin if on else self.plot)
        self._table_button.set_icon("chart-no-axes-combined" if on else "table-2")
        self._table_button.setChecked(on)
        if had_focus:
            (self._twin if on else self.plot).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- picture

    def picture(self, ratio: float = 2.0) -> QPixmap:
        """The card without tools as a picture, at a pixel ratio of its own."""
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        self.render(pixmap)
        return pixmap

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.picture())
        self.copied.emit()


__all__ = ["Cell", "Figures", "Hooks", "PlotCard"]
