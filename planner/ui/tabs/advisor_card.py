"""The advice above the table: what to do, why, what speaks against it, and when to choose differently."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.engine.advisor.flips import Findings
from planner.engine.advisor.recommend import Recommendation
from planner.ui.kit.buttons import ButtonBase, dotted_line
from planner.ui.kit.layout import ScrollArea
from planner.ui.kit.paint import RIGHT, Edge, Ink, advance, draw_marker, draw_text, rounded
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.text import Marker, Text, VLine
from planner.ui.theme import DIM_OPACITY, STRATEGY_NAMES, STRATEGY_SHORT, draw_icon, px, theme
from planner.ui.view import View

REASONS, FEW_REASONS, OBJECTIONS = 3, 2, 2
_TITLE, _HELP_TITLE = "Choose differently if", "A strategy would keep every limit if"


class FlipLine(ButtonBase):
    """One condition under which another strategy wins; a click brings its input into view."""

    def __init__(self, strategy: str, words: str, path: str) -> None:
        super().__init__(words.replace("&", "&&"))
        self.strategy, self.path = strategy, path
        self.stale = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{STRATEGY_NAMES[strategy]} if {words}")
        self.setToolTip(f"{STRATEGY_NAMES[strategy]} wins if {words}. A click shows this input.")

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(200), px(21))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marker, condition, name."""
        painter, t = QPainter(self), theme()
        if self.stale:
            painter.setOpacity(DIM_OPACITY)
        draw_marker(painter, self.strategy, QPointF(px(6), self.height() / 2), px(42) / 10)
        name, who = STRATEGY_SHORT[self.strategy], Ink(11, 400, t.muted, align=RIGHT)
        box, ink = QRectF(px(20), 0, self.width() - px(22), self.height()), Ink(12, 400, t.ink2)
        beside = advance(name, who) + px(10)
        if advance(self.shown_text, ink) + beside <= box.width():  # else the marker alone says who
            draw_text(painter, box, name, who)
            box = box.adjusted(0, 0, -beside, 0)
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
        self.headline = Text("", "section", wrap=True)
        self.sentences = [Sentence() for _ in range(REASONS + OBJECTIONS)]
        self.flips_title = Text(_TITLE, "heading")
        self.flips_note = Text("", "caption", wrap=True)
        self._compact = False
        self._advice = Recommendation(None, "", (), ())
        self._problems: list[str] = []
        self.flips: list[FlipLine] = []
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, px(8), 0)
        self._lines.setSpacing(0)
        self._lines.addWidget(self.flips_note)
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
        right.addWidget(ScrollArea(self._list, _TITLE), 1)
        whole = QHBoxLayout()
        whole.setSpacing(16)
        whole.addLayout(left, 54)
        whole.addWidget(VLine())
        whole.addLayout(right, 46)
        self.body.addLayout(whole)

    def set_compact(self, on: bool) -> None:
        """Show fewer reasons where the page is low."""
        if on != self._compact:
            self._compact = on
            self._say()

    def show_advice(self, advice: Recommendation, view: View) -> None:
        """Say what to do and why."""
        self.marker.setVisible(advice.strategy is not None)
        if advice.strategy is not None:
            self.marker.set_strategy(advice.strategy)
        self.headline.setText(advice.headline)
        self._advice = advice
        self._problems = [
            problem.message for result in view.results.strategies.values() for problem in result.problems[:1]
        ]
        self._say()
        self.setAccessibleName(advice.headline)
        self.flips_title.setText(_HELP_TITLE if view.choice.case in ("nothing", "impossible") else _TITLE)

    def _say(self) -> None:
        advice = self._advice
        reasons = advice.reasons[: FEW_REASONS if self._compact else REASONS]
        said = [("check", "good", each.text) for each in reasons]
        said += [("triangle-alert", "warn", each.text) for each in advice.against[:OBJECTIONS]]
        if advice.strategy is None:
            said = [("triangle-alert", "bad", words) for words in self._problems[: len(self.sentences)]]
        for number, sentence in enumerate(self.sentences):
            sentence.say(*(said[number] if number < len(said) else ("", "", "")))

    def show_flips(self, findings: Findings | None, view: View) -> None:
        """List the conditions; None while they are counted, which dims those of before."""
        if findings is None:
            for line in self.flips:
                line.stale = True
                line.update()
            self.flips_note.setText("" if self.flips else "Counting what would change the advice.")
            return
        had_focus = next((n for n, line in enumerate(self.flips) if line.hasFocus()), None)
        for line in self.flips:
            self._lines.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.flips = [FlipLine(flip.strategy, flip.text, flip.path) for flip in findings.flips]
        for number, line in enumerate(self.flips):
            line.clicked.connect(lambda _checked=False, path=line.path: self.input_requested.emit(path))
            self._lines.insertWidget(number, line)
        if had_focus is not None and self.flips:
            self.flips[min(had_focus, len(self.flips) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        self.flips_note.setText(_never(findings, view))


def _never(findings: Findings, view: View) -> str:
    """Say what the list cannot: whom no single change lets win, or why it is empty."""
    if view.choice.case == "impossible":
        return "The notice above says what would make one fit."
    if len(view.results.strategies) == 1:
        return "No other strategy takes part."
    winners = {flip.strategy for flip in findings.flips} | {view.choice.strategy}
    names = [STRATEGY_SHORT[name] for name in view.results.strategies if name not in winners]
    if not names:
        return ""
    listed = " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"No single change makes {listed} win."
