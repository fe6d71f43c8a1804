"""Rows of the scenarios panel: a scenario, an input that differs, a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.ui.kit import (
    CENTRE,
    RIGHT,
    Edge,
    Editor,
    Ink,
    advance,
    dotted_line,
    draw_marker,
    draw_text,
    rounded,
)
from planner.ui.kit.buttons import ButtonBase
from planner.ui.panels.scenario_facts import Change, LimitFacts, ScenarioFacts
from planner.ui.theme import DIM_OPACITY, draw_icon, px, theme, token

INSET: Final = 8
_LONGEST_NAME: Final = 120
_ARROW: Final = "\u2002\u2192\u2002"


class _NameEdit(Editor):
    """The name of a scenario while it is being typed."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__("Name of the scenario")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(_LONGEST_NAME)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Escape also end."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.ended.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving takes the name and ends; a menu of the field itself does not."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.ended.emit()


class _Wide(ButtonBase):
    """A row as wide as the panel; it paints itself anew only when it says something else."""

    height_at_100 = 34

    def __init__(self) -> None:
        super().__init__("")
        self.stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(px(40), px(self.height_at_100))

    def set_stale(self, stale: bool) -> None:
        """Dim figures that are out of date."""
        if stale != self.stale:
            self.stale = stale
            self.setAccessibleDescription("out of date" if stale else "")
            self.update()

    def show_ring(self) -> None:
        """Take the focus as the keyboard brings it."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def edge(self, painter: QPainter, box: QRectF) -> None:
        """The focus ring."""
        if self.ring_shown:
            rounded(painter, box, px(6), None, Edge(theme().focus, 1.5))


class ScenarioRow(_Wide):
    """One scenario: badge, name, total, winner; in the rail the badge alone.

    A click or Return switches, F2 and a double click rename, Delete deletes, arrows walk.
    """

    switched = Signal(str)
    renamed = Signal(str, str)
    deleted = Signal(str)
    walked = Signal(int)
    menu_asked = Signal(object, QPoint)

    height_at_100 = 46

    def __init__(self) -> None:
        super().__init__()
        self.facts: ScenarioFacts | None = None
        self.folded = False
        self.editor: _NameEdit | None = None
        self.clicked.connect(lambda: self.facts and self.switched.emit(self.facts.name))

    def show_facts(self, facts: ScenarioFacts) -> None:
        """Show a scenario."""
        if facts == self.facts:
            return
        if self.facts is not None and facts.name != self.facts.name:
            self._end_rename()
        self.facts = facts
        self.setAccessibleName(facts.spoken + (", active" if facts.active else ""))
        self._tell()
        # One stop in the tab order: the active scenario. Arrows lead to the others.
        wanted = Qt.FocusPolicy.StrongFocus if facts.active else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(wanted)
        self.update()

    def set_folded(self, folded: bool) -> None:
        """Show the badge alone."""
        self.folded = folded
        self._end_rename()
        self._tell()
        self.update()

    def _tell(self) -> None:
        facts = self.facts
        if facts is not None:
            cut = advance(facts.name, Ink(13, 600)) > self._name_room()
            self.setToolTip(facts.spoken if self.folded or cut else "")

    def _name_room(self) -> float:
        total = advance(self.facts.total, Ink(13, 500)) if self.facts is not None else 0.0
        return self.width() - px(40) - px(8) - total - px(8)

    # -- renaming
    def rename(self) -> None:
        """Type another name in place."""
        if self.facts is None or self.folded:
            return
        if self.editor is None:
            self.editor = _NameEdit()
            self.editor.setParent(self)
            self.editor.committed.connect(self._take)
            self.editor.ended.connect(self._end_rename)
        self.editor.set_value(self.facts.name)
        self.editor.revert()
        self._place()
        self.editor.show()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.selectAll()

    def _take(self, text: str) -> None:
        name = text.strip()
        if self.facts is not None and name and name != self.facts.name:
            self.renamed.emit(self.facts.name, name)

    def _end_rename(self) -> None:
        if self.editor is not None and not self.editor.isHidden():
            held = self.editor.hasFocus()
            self.editor.setModified(False)
            self.editor.hide()
            if held:
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        if self.editor is not None:
            self.editor.setGeometry(px(34), px(3), self.width() - px(40), px(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The editor follows."""
        super().resizeEvent(event)
        self._place()
        self._tell()

    # -- mouse and keys
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.rename()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2, Delete, arrows."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_F2:
            self.rename()
        elif key == Qt.Key.Key_Delete and self.facts is not None:
            self.deleted.emit(self.facts.name)
        elif key in steps:
            self.walked.emit(steps[key])
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse where it is, by key below the badge."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_asked.emit(self, self.mapToGlobal(QPoint(px(20), px(30))) if by_key else event.globalPos())
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        facts = self.facts
        if facts is None:
            return
        painter = QPainter(self)
        t = theme()
        box = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        if facts.active or self.underMouse():
            rounded(painter, box, px(6), t.hover if facts.active else t.sunken)
        self.edge(painter, box)
        side = float(px(20))
        left = (self.width() - side) / 2 if self.folded else float(px(9))
        self._paint_badge(painter, QRectF(left, (self.height() - side) / 2, side, side), facts)
        if self.folded:
            return
        left, right = float(px(40)), float(self.width() - px(8))
        line = QRectF(left, px(4), right - left, px(21))
        if self.stale and facts.active:
            painter.setOpacity(DIM_OPACITY)
        if self.editor is None or self.editor.isHidden():
            total = Ink(13, 500, align=RIGHT)
            draw_text(painter, line, facts.total, total)
            name = QRectF(left, line.top(), self._name_room(), line.height())
            draw_text(painter, name, facts.name, Ink(13, 600 if facts.active else 500), elide=True)
        under = QRectF(left, px(24), right - left, px(17))
        if facts.strategy:
            middle = QPointF(left + px(4), under.center().y() + 0.5)
            draw_marker(painter, facts.strategy, middle, px(36) / 10)
            under.setLeft(left + px(13))
        draw_text(painter, under, facts.winner, Ink(11, 400, t.muted), elide=True)

    def _paint_badge(self, painter: QPainter, box: QRectF, facts: ScenarioFacts) -> None:
        t = theme()
        if facts.active:
            rounded(painter, box, px(5), t.accent)
        else:
            rounded(painter, box, px(5), t.surface, Edge(t.border))
        size = 11 if len(facts.letter) < 3 else 9
        tone = t.on_accent if facts.active else t.ink2
        draw_text(painter, box, facts.letter, Ink(size, 600, tone, align=CENTRE))


class ChangeRow(_Wide):
    """An input that differs, and what that adds to the total; a click reveals it."""

    asked = Signal(str)

    height_at_100 = 38

    def __init__(self) -> None:
        super().__init__()
        self.change: Change | None = None
        self.effect: tuple[str, str] = ("", "")
        self.clicked.connect(lambda: self.change and self.asked.emit(self.change.path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_change(self, change: Change) -> None:
        """Show another one."""
        if change != self.change:
            self.change = change
            self.effect = ("", "")
            self._tell()

    def show_effect(self, text: str, tone: str) -> None:
        """Say what it adds to the total; empty while that is not known."""
        if (text, tone) != self.effect:
            self.effect = (text, tone)
            self._tell()

    def _tell(self) -> None:
        if self.change is not None:
            words = f"{self.change.title}: {self.change.before} to {self.change.after}"
            words = f"{words}, {self.effect[0]}" if self.effect[0] else words
            self.setAccessibleName(words)
            self.setToolTip(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        change = self.change
        if change is None:
            return
        painter = QPainter(self)
        t = theme()
        left, width = INSET, self.width() - 2 * INSET
        title = Ink(12, 400, t.ink2)
        effect, tone = self.effect
        value = Ink(12, 600 if tone in ("good", "bad") else 400, token(tone or "muted"), align=RIGHT)
        draw_text(painter, QRectF(left, px(2), width, px(18)), effect, value)
        room = width - advance(effect, value) - (px(8) if effect else 0)
        draw_text(painter, QRectF(left, px(2), room, px(18)), change.title, title, elide=True)
        if self.underMouse() or self.ring_shown:
            end = left + min(room, advance(change.title, title))
            dotted_line(painter, left, end, px(18), t.ink2)
        muted, arrow = Ink(11, 400, t.muted), advance(_ARROW, Ink(11))
        half = (width - arrow) / 2
        before, after = advance(change.before, muted), advance(change.after, muted)
        before = min(before, max(half, width - arrow - after))
        line = QRectF(left, px(19), before + 1, px(16))
        draw_text(painter, line, change.before, muted, elide=True)
        draw_text(painter, QRectF(left + before, line.top(), arrow + 1, line.height()), _ARROW, muted)
        rest = QRectF(left + before + arrow, line.top(), width - before - arrow, line.height())
        draw_text(painter, rest, change.after, Ink(11, 400, t.ink2), elide=True)
        self.edge(painter, QRectF(self.rect()))


class LimitRow(_Wide):
    """One limit, kept or missed; a click reveals its input."""

    asked = Signal(str)

    height_at_100 = 26
    _signs: Final = {
        True: ("circle-check", "good", "ink", "kept"),
        False: ("triangle-alert", "bad", "bad", "missed"),
        None: ("circle-x", "muted", "muted", "not known"),
    }

    def __init__(self) -> None:
        super().__init__()
        self.facts: LimitFacts | None = None
        self.clicked.connect(lambda: self.facts and self.asked.emit(self.facts.path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_facts(self, facts: LimitFacts) -> None:
        """Show another one."""
        if facts != self.facts:
            self.facts = facts
            words = f"{facts.words}: {self._signs[facts.kept][3]}, {facts.value}"
            self.setAccessibleName(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        facts = self.facts
        if facts is None:
            return
        painter = QPainter(self)
        if self.stale:
            painter.setOpacity(DIM_OPACITY)
        icon, tone, value_tone, _ = self._signs[facts.kept]
        side, left, right = px(14), INSET, self.width() - INSET
        draw_icon(painter, icon, QPointF(left, (self.height() - side) / 2), side, token(tone))
        value = Ink(12, 500, token(value_tone), align=RIGHT)
        room = QRectF(left, 0, right - left, self.height())
        draw_text(painter, room, facts.value, value)
        ink = Ink(12, 400, theme().ink2)
        room.setLeft(left + px(22))
        room.setRight(right - advance(facts.value, value) - px(8))
        draw_text(painter, room, facts.words, ink, elide=True)
        if self.underMouse() or self.ring_shown:
            end = room.left() + min(room.width(), advance(facts.words, ink))
            dotted_line(painter, room.left(), end, self.height() / 2 + px(8), ink.value)
        self.edge(painter, QRectF(self.rect()))


R = TypeVar("R", bound=_Wide)


class Rows(QWidget, Generic[R]):
    """As many rows as are needed, one below the other; made once and used again."""

    def __init__(self, make: Callable[[], R]) -> None:
        super().__init__()
        self._make = make
        self._made: list[R] = []
        self._count = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def take(self, count: int) -> list[R]:
        """Return this many rows, all of them shown."""
        while len(self._made) < count:
            row = self._make()
            self._made.append(row)
            self._column.addWidget(row)
        if count != self._count:
            self._count = count
            for number, row in enumerate(self._made):
                row.setVisible(number < count)
        return self._made[:count]

    @property
    def made(self) -> list[R]:
        """All rows, in use or not."""
        return list(self._made)

    @property
    def shown(self) -> list[R]:
        """The rows in use."""
        return self._made[: self._count]
