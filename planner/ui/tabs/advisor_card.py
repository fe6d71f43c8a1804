"""The advice above the table: what to do, why, what speaks against it, and when to choose differently."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.engine.advisor.recommend import Recommendation
from planner.ui.kit.buttons import ButtonBase, dotted_line
from planner.ui.kit.layout import ScrollArea
from planner.ui.kit.paint import Edge, Ink, advance, draw_marker, draw_text, rounded
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.text import Marker, Text, VLine
from planner.ui.theme import STRATEGY_NAMES, draw_icon, px, theme
from planner.ui.view import View

REASONS, OBJECTIONS = 3, 2


class FlipLine(ButtonBase):
    """One condition under which another strategy wins; a click brings its input into view."""

    def __init__(self, strategy: str, words: str, path: str) -> None:
        super().__init__(words.replace("&", "&&"))
        self.strategy, self.path = strategy, path
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{STRATEGY_NAMES[strategy]} if {words}")
        self.setToolTip(f"{STRATEGY_NAMES[strategy]} wins if {words}. A click shows this input.")

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(200), px(21))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marker and words."""
        painter, t = QPainter(self), theme()
        draw_marker(painter, self.strategy, QPointF(px(6), self.height() / 2), px(42) / 10)
        box, ink = QRectF(px(20), 0, self.width() - px(22), self.height()), Ink(12, 400, t.ink2)
        draw_text(painter, box, self.shown_text, ink, elide=True)
        if self.underMouse():
            right = box.left() + min(box.width(), advance(self.shown_text, ink))
            dotted_line(painter, box.left(), right, box.center().y() + px(8), t.ink2)
        if self.ring_shown:
            rounded(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), px(4), None, Edge(t.focus, 1.5))


class Sentence(QWidget):
    """A small icon and a wrapped sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._tone = "", ""
        self.words = Text("", "label", wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(px(22), 0, 0, 0)
        line.addWidget(self.words, 1)
        self.hide()

    def say(self, icon: str, tone: str, text: str) -> None:
        """Show a sentence, or nothing."""
        self._icon, self._tone = icon, tone
        self.words.setText(text)
        self.setVisible(bool(text))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon beside the first line."""
        if self._icon:
            side = px(13)
            draw_icon(QPainter(self), self._icon, QPointF(px(2), px(2)), side, getattr(theme(), self._tone))


class AdviceCard(Panel):
    """Headline, reasons, objections; at the right when to choose differently.

    Signals
    -------
    input_requested(str)
        Path of the input behind a condition.
    """

    input_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__(look=PanelLook(pad=(16, 12, 16, 10), gap=0))
        self.marker = Marker("api", 6.5)
        self.headline = Text("", "section", elide=True)
        self.sentences = [Sentence() for _ in range(REASONS + OBJECTIONS)]
        self.flips_title = Text("Choose differently if", "heading")
        self.flips_note = Text("", "muted", wrap=True)
        self.flips: list[FlipLine] = []
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, px(8), 0)
        self._lines.setSpacing(0)
        self._lines.addStretch(1)
        self._build()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.marker)
        head.addWidget(self.headline, 1)
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addLayout(head)
        left.addSpacing(2)
        for sentence in self.sentences:
            left.addWidget(sentence)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addWidget(self.flips_title)
        right.addWidget(self.flips_note)
        right.addWidget(ScrollArea(self._list, "Choose differently if"), 1)
        whole = QHBoxLayout()
        whole.setSpacing(16)
        whole.addLayout(left, 58)
        whole.addWidget(VLine())
        whole.addLayout(right, 42)
        self.body.addLayout(whole)

    def show_advice(self, advice: Recommendation, view: View) -> None:
        """Say what to do and why."""
        self.marker.setVisible(advice.strategy is not None)
        if advice.strategy is not None:
            self.marker.set_strategy(advice.strategy)
        self.headline.setText(advice.headline)
        reasons, against = advice.reasons[:REASONS], advice.against[:OBJECTIONS]
        said = [("check", "good", each.text) for each in reasons]
        said += [("triangle-alert", "warn", each.text) for each in against]
        if advice.strategy is None:
            said = [
                ("triangle-alert", "bad", problem.message)
                for result in view.results.strategies.values()
                for problem in result.problems[:1]
            ][: len(self.sentences)]
        for number, sentence in enumerate(self.sentences):
            sentence.say(*(said[number] if number < len(said) else ("", "", "")))
        self.setAccessibleName(advice.headline)
