"""What the pages share: rows of cards that scroll when the window is low, one card at full size, signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from planner.ui.kit.choice import Segmented
from planner.ui.kit.layout import ScrollArea
from planner.ui.plots.card import PlotCard
from planner.ui.plots.figures.common import Figure, Part
from planner.ui.tabs.base import Tab
from planner.ui.theme import px
from planner.ui.view import View

GAP = 12


@dataclass(frozen=True)
class Row:
    """Cards beside each other with their shares of the width; least height, share of what is spare."""

    cards: tuple[tuple[QWidget, int], ...]
    least: int = 160
    stretch: int = 1


class Switched(QStackedWidget):
    """Figures that share one place; each has the switch at its head.

    One that is not seen takes no data before it is.
    """

    figure_shown = Signal(object)

    def __init__(self, name: str, figures: Sequence[tuple[str, Figure]]) -> None:
        super().__init__()
        self.switches: list[Segmented] = []
        self.figures = [figure for _, figure in figures]
        words = [(str(i), word) for i, (word, _) in enumerate(figures)]
        for _, figure in figures:
            switch = Segmented(name, words, "0")
            switch.chosen.connect(lambda key: self.show_figure(int(key)))
            figure.card.add_tool(switch)
            self.switches.append(switch)
            self.addWidget(figure.card)

    @property
    def current(self) -> Figure:
        """The figure seen."""
        return self.figures[self.currentIndex()]

    def show_figure(self, index: int) -> None:
        """Show one of them; focus stays on the switch."""
        had_focus = self.switches[self.currentIndex()].hasFocus()
        for switch in self.switches:
            switch.set_current(str(index))
        self.setCurrentIndex(index)
        self.figure_shown.emit(self.figures[index])
        if had_focus:
            self.switches[index].setFocus(Qt.FocusReason.OtherFocusReason)


class Page(Tab):
    """A tab of figures in rows."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[Part] = []
        self.view: View | None = None
        self._rows: list[tuple[QWidget, Row]] = []
        self._switched: list[Switched] = []
        self._due: set[Part] = set()
        self._full: PlotCard | None = None
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollArea(self._content, self.title, tone="app")
        outer.addWidget(self._scroll)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.activated.connect(self.leave_full_size)
        self._escape.setEnabled(False)

    def lay_out(self, figures: Sequence[Part], rows: Sequence[Row]) -> None:
        """Put rows under each other and listen to the figures."""
        self.figures = list(figures)
        for figure in figures:
            figure.asked.connect(self.items_requested)
            figure.pointed.connect(self.strategy_selected)
            card = figure.card
            if isinstance(card, PlotCard):
                card.full_size_asked.connect(lambda card=card: self.toggle_full_size(card))
        for row in rows:
            holder = QWidget()
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(GAP)
            for widget, share in row.cards:
                policy = widget.sizePolicy()
                policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
                widget.setSizePolicy(policy)
                line.addWidget(widget, share)
                if isinstance(widget, Switched):
                    self._switched.append(widget)
                    widget.figure_shown.connect(self._catch_up)
            self._column.addWidget(holder, row.stretch)
            self._rows.append((holder, row))
        self.retheme()

    @property
    def whole(self) -> QWidget:
        """The rows, without the scroll bar."""
        return self._content

    def retheme(self) -> None:
        """Least heights follow zoom."""
        for holder, row in self._rows:
            holder.setMinimumHeight(px(row.least))
            if not row.stretch:
                holder.setMaximumHeight(px(row.least))

    def show_view(self, view: View) -> None:
        """Hand the view to every figure."""
        self.view = view
        self._due = {f for holder in self._switched for f in holder.figures if f is not holder.current}
        for figure in self.figures:
            if figure not in self._due:
                figure.show(view)

    def show_doubt(self, view: View) -> None:
        """Hand the view to the figures that show draws."""
        self.view = view
        for figure in self.figures:
            if figure.follows_draws and figure not in self._due:
                figure.show(view)

    def _catch_up(self, figure: Figure) -> None:
        if self.view is not None and figure in self._due:
            self._due.discard(figure)
            figure.show(self.view)

    # -- one card alone

    @property
    def full_size(self) -> PlotCard | None:
        """The card that fills the page."""
        return self._full

    def toggle_full_size(self, card: PlotCard) -> None:
        """Let a card fill the page, or all of them share it again."""
        if self._full is card:
            self.leave_full_size()
            return
        self._full = card
        self._arrange()

    def leave_full_size(self) -> None:
        """Show all cards again."""
        self._full = None
        self._arrange()

    def _arrange(self) -> None:
        self._escape.setEnabled(self._full is not None)
        for holder, row in self._rows:
            mine = False
            for widget, _ in row.cards:
                shown = self._full is None or _holds(widget, self._full)
                widget.setVisible(shown)
                mine = mine or (shown and self._full is not None)
            holder.setVisible(self._full is None or mine)
            holder.setMaximumHeight(16_777_215 if mine or row.stretch else px(row.least))


def _holds(widget: QWidget, card: QWidget) -> bool:
    return widget is card or widget.isAncestorOf(card)
