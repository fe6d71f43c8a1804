"""The third line of a row: low, likely and high, each of them a number that can be typed over."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from planner.ui.fields.range_text import ENDS, End
from planner.ui.kit import Edge, Editor, Ink, advance, dotted_line, draw_text, rounded
from planner.ui.kit.buttons import ButtonBase
from planner.ui.theme import px, theme

_GAP = 5
_EDITOR_WIDTH, _EDITOR_HEIGHT = 84, 22


class EndButton(ButtonBase):
    """One of the three numbers; a press opens an editor in its place."""

    def __init__(self, title: str, end: End) -> None:
        super().__init__()
        self.end: End = end
        self._title, self._value, self._bare = title, "", False
        self.setToolTip("Press to type another one")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def value(self) -> str:
        """The number, as written."""
        return self._value

    def show_value(self, value: str, *, bare: bool) -> None:
        """Show a number, with its name before it or, where there is no room, bare."""
        if (value, bare) != (self._value, self._bare):
            self._value, self._bare = value, bare
            name = {"low": "Low", "likely": "Likely value", "high": "High"}[self.end]
            self.setAccessibleName(f"{name} of {self._title}, {value}")
            self.update()

    def width_of(self, value: str, *, bare: bool) -> int:
        """Width that a number takes."""
        width = advance(value, self._ink(500)) + 2
        return math.ceil(width if bare else width + advance(self.end, self._ink(400)) + px(_GAP))

    @staticmethod
    def _ink(weight: int) -> Ink:
        return Ink(11, weight, theme().ink if weight > 400 else theme().muted)

    def sizeHint(self) -> QSize:
        """Name and number."""
        return QSize(self.width_of(self._value, bare=self._bare), px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        box, left = QRectF(self.rect()), 1.0
        if not self._bare:
            draw_text(painter, box.adjusted(left, 0, 0, 0), self.end, self._ink(400))
            left += advance(self.end, self._ink(400)) + px(_GAP)
        draw_text(painter, box.adjusted(left, 0, 0, 0), self._value, self._ink(500))
        if self.underMouse() or self.hasFocus():
            width = advance(self._value, self._ink(500))
            dotted_line(painter, left, left + width, self.height() - px(2), theme().ink2)
        if self.ring_shown:
            rounded(painter, box, px(3), None, Edge(theme().focus, 1.5))


class _EndEditor(Editor):
    """An editor that says when it is left."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed, then go."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class RangeLine(QWidget):
    """Low, likely and high; or, for a range that nobody can change here, words.

    Signals
    -------
    typed(str, str)
        End and text. The owner answers with `close_editor` or `refuse`.
    stepped(str, str, int)
        End, kind and sign of a step by the arrow keys of the editor.
    left()
        The editor closed without a text.
    """

    typed = Signal(str, str)
    stepped = Signal(str, str, int)
    left = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._words = title, ""
        self._values: tuple[str, ...] = ("", "", "")
        self.editor: Editor | None = None
        self._editing: End = "low"
        self._refused = False
        self.ends: dict[End, EndButton] = {}
        for end in ENDS:
            button = EndButton(title, end)
            button.setParent(self)
            button.clicked.connect(lambda _checked=False, end=end: self.edit(end))
            self.ends[end] = button

    # -- showing
    def show_values(self, values: tuple[str, ...]) -> None:
        """Show three numbers."""
        self._words = ""
        self.setAccessibleName("")
        if values != self._values:
            self._values = values
            self._place()
        for button in self.ends.values():
            button.setVisible(self.editor is None or button.end != self._editing)
        if self.editor is not None and not self._refused:
            self.editor.set_value(values[ENDS.index(self._editing)])

    def show_words(self, words: str) -> None:
        """Show words in place of the numbers."""
        for button in self.ends.values():
            button.hide()
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.setToolTip(words)
            self.update()

    @property
    def words(self) -> str:
        """What is said in place of the numbers."""
        return self._words

    @property
    def is_refused(self) -> bool:
        """Whether an editor holds a text that was refused."""
        return self.editor is not None and self._refused

    def retheme(self) -> None:
        """Widths follow zoom."""
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Low at the left, high at the right, the likely value between them."""
        wide = [self.ends[e].width_of(v, bare=False) for e, v in zip(ENDS, self._values, strict=True)]
        bare = sum(wide) + 2 * px(8) > self.width()
        widths = []
        for end, value in zip(ENDS, self._values, strict=True):
            self.ends[end].show_value(value, bare=bare)
            widths.append(self.ends[end].sizeHint().width())
        free = self.width() - sum(widths)
        lefts = (0, widths[0] + free // 2, self.width() - widths[2])
        for end, left, width in zip(ENDS, lefts, widths, strict=True):
            self.ends[end].setGeometry(left, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, if there are any."""
        if self._words:
            ink = Ink(11, 400, theme().muted)
            draw_text(QPainter(self), QRectF(self.rect()), self._words, ink, elide=True)

    # -- typing
    def edit(self, end: End) -> None:
        """Open an editor in the place of a number."""
        self.close_editor()
        editor = _EndEditor(self.ends[end].accessibleName().rpartition(",")[0], width=_EDITOR_WIDTH)
        editor.setParent(self.parentWidget())
        self.editor, self._editing, self._refused = editor, end, False
        editor.set_value(self._values[ENDS.index(end)])
        editor.committed.connect(lambda text: self.typed.emit(end, text))
        editor.cancelled.connect(self._cancel)
        editor.left.connect(self._leave)
        editor.stepped.connect(lambda kind, sign: self.stepped.emit(end, kind, sign))
        width, height = px(_EDITOR_WIDTH), px(_EDITOR_HEIGHT)
        share = ENDS.index(end) / 2.0
        left = self.x() + round(share * (self.width() - width))
        editor.setGeometry(left, self.y() + (self.height() - height) // 2, width, height)
        editor.show()
        editor.raise_()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        editor.selectAll()
        self.ends[end].hide()

    def close_editor(self) -> None:
        """Show the number again; the keyboard goes to it where it was in the editor."""
        editor, self.editor = self.editor, None
        if editor is None:
            return
        had_focus = editor.hasFocus()
        self.ends[self._editing].show()
        if had_focus:
            self.ends[self._editing].setFocus(Qt.FocusReason.OtherFocusReason)
        editor.hide()
        editor.deleteLater()
        self._refused = False

    def refuse(self) -> None:
        """Keep the text, marked as refused."""
        if self.editor is not None:
            self._refused = True
            self.editor.set_bad(True)

    def _cancel(self) -> None:
        self.close_editor()
        self.left.emit()

    def _leave(self) -> None:
        if not self._refused:
            self.close_editor()
