"""The card around a plot: title, tools, and the table that says the same in figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from planner.ui.drawing import SCALES, image_of, svg_bytes
from planner.ui.kit.buttons import IconButton
from planner.ui.kit.clip import Grid, Shown, copy_grids
from planner.ui.kit.panels import CARD_LOOK, Panel, PanelLook
from planner.ui.kit.states import Menu, ProgressLine
from planner.ui.kit.table import Cell, Row, Table
from planner.ui.kit.text import Text
from planner.ui.theme import px, theme

Figures = tuple[Sequence[str], Sequence[Row]]


@dataclass(frozen=True)
class Hooks:
    """Where a card gets its table and its description from; None asks the plot itself."""

    table: Callable[[], Figures] | None = None
    describe: Callable[[], str] | None = None


NO_HOOKS = Hooks()


COPIED_SCALE = 2.0
"""Pixels of a copied picture per pixel of the screen: sharp on paper too."""
_TICK_MS = 1500


@runtime_checkable
class TakesPictures(Protocol):
    """A window that writes pictures of its parts to files."""

    def save_picture(self, card: PlotCard, ending: str, scale: float) -> object:
        """Ask for a file's name and write it."""


class PlotCard(Panel):
    """A panel with a plot, its table twin, and the tools table (T), copy (C, Ctrl+C), full size (F).

    The keys work while focus is inside the card; its menu copies picture or table, and saves the picture.
    Call `refresh` after new data.
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
        self._copy_button = self._tool("copy", "Copy picture", "C")
        self._copy_button.clicked.connect(self.copy)
        key = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self.copy)
        self._ticked = QTimer(self, singleShot=True)
        self._ticked.timeout.connect(lambda: self._tick(on=False))
        self._full_button = self._tool("expand", "Full size", "F")
        self._full_button.clicked.connect(self.full_size_asked.emit)
        self.refresh()

    def sizeHint(self) -> QSize:
        """The same for all cards, so that stretch factors alone share out the room."""
        return QSize(px(320), px(220))

    def _name_copy(self) -> None:
        what = "Copy table" if self.is_table_shown else "Copy picture"
        self._copy_button.set_name(f"{what}: {self.title}" if self.title else what)

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
        self._name_copy()
        if had_focus:
            (self._twin if on else self.plot).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- copies and files

    def copy(self) -> None:
        """Put what is seen on the clipboard: the picture, or the cells of the table."""
        if self._twin is not None and self.is_table_shown:
            self._twin.copy(selected_only=True)
        else:
            self.copy_picture()
        self._tick(on=True)
        self._ticked.start(_TICK_MS)

    def _tick(self, *, on: bool) -> None:
        """Show at the button that something was copied: nothing else on the screen tells."""
        self._copy_button.set_icon(*(("check", "good") if on else ("copy", "")))
        self._copy_button.setAccessibleDescription("Copied" if on else "")

    def copy_picture(self) -> None:
        """Put the picture on the clipboard, as pixels and as lines; its reader takes what it can."""
        mime = QMimeData()
        mime.setImageData(image_of(self, COPIED_SCALE, theme().app))
        mime.setData("image/svg+xml", QByteArray(svg_bytes(self, self.title)))
        QGuiApplication.clipboard().setMimeData(mime)
        self.copied.emit()

    def copy_table(self) -> None:
        """Put the figures on the clipboard as cells."""
        heads, rows = self.table()
        cells = tuple(
            tuple(Shown(c.text, c.value) if isinstance(c, Cell) else Shown(c) for c in row) for row in rows
        )
        copy_grids([Grid(tuple(heads), tuple(row + (Shown(""),) * (len(heads) - len(row)) for row in cells))])

    def menu(self) -> Menu:
        """Return what can be done with the plot."""
        menu = Menu("", self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy picture").triggered.connect(self.copy_picture)
        menu.addAction("Copy table").triggered.connect(self.copy_table)
        menu.addSeparator()
        sizes = menu.submenu("Save as PNG")
        for scale in SCALES:
            words = f"{scale}x, {self.width() * scale:,} by {self.height() * scale:,} pixels"
            sizes.addAction(words).triggered.connect(partial(self._ask_file, ".png", scale))
        menu.addAction("Save as SVG...").triggered.connect(partial(self._ask_file, ".svg", SCALES[0]))
        return menu

    def _ask_file(self, ending: str, scale: int, _checked: bool = False) -> None:
        """Ask the window, of this card or behind its dialog, to write a file of it."""
        owner = self.parentWidget()
        while owner is not None and not isinstance(owner, TakesPictures):
            owner = owner.parentWidget()
        if owner is not None:
            owner.save_picture(self, ending, scale)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy and to save."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        where = self.mapToGlobal(QPoint(px(20), px(30))) if by_key else event.globalPos()
        self.menu().popup(where)
        event.accept()


__all__ = ["Cell", "Figures", "Hooks", "PlotCard"]
