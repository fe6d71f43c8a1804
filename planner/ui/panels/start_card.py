"""The card of one preset on the start page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QSizePolicy

from planner.scenario.presets import Preset
from planner.ui.kit import (
    CENTRE,
    RIGHT,
    Edge,
    Ink,
    LinkButton,
    advance,
    draw_marker,
    draw_text,
    fill,
    pill_colours,
    rounded,
)
from planner.ui.kit.buttons import ButtonBase
from planner.ui.panels.start_facts import StartFacts
from planner.ui.theme import colour, draw_icon, font, px, theme, token

HEIGHT = 236
LEAST_WIDTH = 264
_INSET = 16
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -2, Qt.Key.Key_Down: 2}


class PresetCard(ButtonBase):
    """Name, one line, what the engine says of it. A click opens it; arrows walk to its neighbours.

    Signals
    -------
    walked(int)
        An arrow: -1 and 1 within the row, -2 and 2 to the row above and below.
    sources_asked(str)
        Show where the figures of this preset come from.
    """

    walked = Signal(int)
    sources_asked = Signal(str)

    def __init__(self, preset: Preset) -> None:
        super().__init__(preset.title.replace("&", "&&"))
        self.preset = preset
        self.facts: StartFacts | None = None
        self.problem = ""
        self._in_use = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sources = LinkButton("Sources", icon="info")
        self.sources.setParent(self)
        self.sources.setAccessibleName(f"Sources of {preset.title}")
        self.sources.setToolTip("Where the figures of this preset come from")
        self.sources.clicked.connect(lambda: self.sources_asked.emit(preset.id))
        self._describe()
        self.retheme()

    def retheme(self) -> None:
        """Sizes follow zoom."""
        self.setFixedHeight(px(HEIGHT))
        self.setMinimumWidth(px(LEAST_WIDTH))
        self._place()

    def sizeHint(self) -> QSize:
        """The least width that holds every row."""
        return QSize(px(LEAST_WIDTH), px(HEIGHT))

    def set_in_use(self, on: bool) -> None:
        """Mark the preset that the plan on screen started from."""
        if on != self._in_use:
            self._in_use = on
            self._describe()
            self.update()

    def show_facts(self, facts: StartFacts) -> None:
        """Show what the engine says."""
        if facts != self.facts or self.problem:
            self.facts, self.problem = facts, ""
            self._describe()
            self.update()

    def show_problem(self, words: str) -> None:
        """Say why there are no figures."""
        self.facts, self.problem = None, words
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self.preset.title}{', in use' if self._in_use else ''}")
        said = self.facts.spoken if self.facts is not None else self.problem or "Figures are being computed."
        self.setAccessibleDescription(f"{self.preset.line} {said}")
        tip = self.facts.sentence if self.facts is not None else self.problem
        self.setToolTip(f"{self.preset.line}\n{tip}".strip())

    # -- places
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the link at the right."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self.sources.resize(self.sources.sizeHint())
        top = px(109) - self.sources.height() // 2
        self.sources.move(self.width() - px(_INSET) - self.sources.width(), top)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Return and Space open."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.walked.emit(step)
        event.accept()

    # -- paint
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter, t = QPainter(self), theme()
        hot = self.underMouse() or self.isDown()
        edge = Edge(t.focus, 2) if self.ring_shown else Edge(t.strong if hot else t.hairline)
        rounded(painter, QRectF(self.rect()), px(8), t.surface, edge)
        left, room = px(_INSET), self.width() - 2 * px(_INSET)
        self._paint_head(painter, left, room)
        fill(painter, QRectF(left, px(91), room, 1), t.hairline)
        if self.facts is not None:
            self._paint_choice(painter, self.facts, left, room)
            self._paint_rows(painter, self.facts, left, room)
        else:
            words = self.problem or "Figures are being computed"
            self._paint_words(painter, QRectF(left, px(104), room - px(64), px(120)), words, t.muted)

    def _paint_head(self, painter: QPainter, left: float, room: float) -> None:
        t = theme()
        if self._in_use:
            ink, ground, edge = pill_colours("plain")
            width = advance("In use", Ink(11, 600)) + px(16)
            box = QRectF(left + room - width, px(14), width, px(20))
            rounded(painter, box, box.height() / 2, ground, edge)
            draw_text(painter, box, "In use", Ink(11, 600, ink, align=CENTRE))
            room_of_title = room - width - px(8)
        else:
            room_of_title = room
        title = QRectF(left, px(13), room_of_title, px(22))
        draw_text(painter, title, self.preset.title, Ink(14, 600, t.ink), elide=True)
        self._paint_words(painter, QRectF(left, px(38), room, px(50)), self.preset.line, t.ink2)

    @staticmethod
    def _paint_words(painter: QPainter, box: QRectF, words: str, tone: str) -> None:
        painter.setFont(font(12))
        painter.setPen(colour(tone))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.drawText(box, words, option)

    def _paint_choice(self, painter: QPainter, facts: StartFacts, left: float, room: float) -> None:
        t, middle = theme(), px(109)
        if facts.strategy is not None:
            draw_marker(painter, facts.strategy, QPointF(left + px(5), middle), px(48) / 10)
        else:
            draw_icon(painter, "circle-alert", QPointF(left - 1, middle - px(6)), px(13), t.bad)
        line = QRectF(left + px(18), middle - px(10), room - px(18) - self.sources.width() - px(8), px(20))
        draw_text(painter, line, facts.name, Ink(13, 600, t.ink), elide=True)
        ink = Ink(26, 600, t.ink, True)
        draw_text(painter, QRectF(left, px(121), room, px(34)), facts.total, ink)
        beside = advance(facts.total, ink) + px(8)
        line = QRectF(left + beside, px(129), room - beside, px(22))
        draw_text(painter, line, facts.over, Ink(11, 400, t.muted))

    @staticmethod
    def _paint_rows(painter: QPainter, facts: StartFacts, left: float, room: float) -> None:
        t = theme()
        for number, row in enumerate(facts.rows):
            line = QRectF(left, px(159 + 17 * number), room, px(17))
            label = Ink(11, 400, t.muted)
            draw_text(painter, line, row.label, label)
            line.setLeft(left + advance(row.label, label) + px(8))
            draw_text(painter, line, row.value, Ink(12, 500, token(row.tone), align=RIGHT), elide=True)
