"""The five cards: name, total, its place among the others, six facts; and the strip they fold to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPixmap,
    QTextOption,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from planner.ui.kit import (
    CENTRE,
    RIGHT,
    Edge,
    Ink,
    advance,
    dotted_line,
    draw_marker,
    draw_text,
    fill,
    pill_colours,
    rounded,
)
from planner.ui.panels.facts import CardFacts, Fact, card_name
from planner.ui.theme import DIM_OPACITY, colour, draw_icon, font, mix, px, theme, token

TOP = 9
HEIGHT = 216
PITCH = 15.4
STRIP = 46


@dataclass(frozen=True)
class _Spot:
    """A place on the card that opens line items."""

    figure: str
    box: QRectF


class Card(QWidget):
    """One strategy. Space or a click selects it; arrows walk its figures, Return opens one."""

    selected = Signal(str)
    opened = Signal(str, str)

    def __init__(self, strategy: str) -> None:
        super().__init__()
        self.strategy = strategy
        self.facts: CardFacts | None = None
        self._selected = self._stale = self._ring = False
        self._hovered = ""
        self._at = -1
        self._picture = QPixmap()
        self._picture_key: tuple[object, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(HEIGHT))

    def sizeHint(self) -> QSize:
        """The design's card."""
        return QSize(px(160), px(HEIGHT))

    def show_facts(self, facts: CardFacts, selected: bool, stale: bool) -> None:
        """Show other figures."""
        if (facts, selected, stale) == (self.facts, self._selected, self._stale):
            return
        self.facts, self._selected, self._stale = facts, selected, stale
        self.setAccessibleName(facts.name + (", selected" if selected else ""))
        self._tell()
        self.update()

    def _tell(self) -> None:
        """Tell a screen reader the figure that the keyboard is on, else the whole card."""
        if self.facts is None:
            return
        row = self._at - 1  # the total comes first
        if self._at == 0 and self.facts.total:
            words = f"Total {self.facts.total}"
        elif 0 <= row < len(self.facts.rows):
            words = f"{self.facts.rows[row].label} {self.facts.rows[row].value}"
        else:
            words = self.facts.spoken
        self.setAccessibleDescription(("out of date. " if self._stale else "") + words)

    # -- places
    def spots(self) -> list[_Spot]:
        """The figures that open line items, from top to bottom."""
        if self.facts is None or self.facts.problem:
            return []
        left, right = px(14), self.width() - px(14)
        width = advance(self.facts.total, Ink(26, 600, display=True))
        found = [_Spot("total_usd", QRectF(left, px(TOP + 38), width, px(32)))]
        for number, fact in enumerate(self.facts.rows):
            wide = advance(fact.value, Ink(12, 500))
            found.append(_Spot(fact.figure, QRectF(right - wide, self._row_top(number), wide, px(16))))
        return found

    def _spot_at(self, where: QPointF) -> str:
        for spot in self.spots():
            if spot.box.adjusted(-3, 0, 3, 0).contains(where):
                return spot.figure
        return ""

    # -- mouse and keys
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Underline the figure under the pointer."""
        figure = self._spot_at(event.position())
        if figure != self._hovered:
            self._hovered = figure
            shape = Qt.CursorShape.PointingHandCursor if figure else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._hovered = ""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A figure opens, the rest selects."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._ring = False
        figure = self._spot_at(event.position())
        if figure:
            self.opened.emit(self.strategy, figure)
        else:
            self.selected.emit(self.strategy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space selects, Up and Down walk the figures, Return opens."""
        spots = self.spots()
        key = event.key()
        self._ring = True
        if key == Qt.Key.Key_Space:
            self.selected.emit(self.strategy)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and spots:
            step = 1 if key == Qt.Key.Key_Down else -1
            self._at = min(max(self._at + step, 0), len(spots) - 1)
            self._tell()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and spots:
            self.opened.emit(self.strategy, spots[max(self._at, 0)].figure)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        self._at = -1
        self._tell()
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    # -- paint
    def paintEvent(self, event: QPaintEvent) -> None:
        """What stays from a picture made once, then what moves."""
        facts = self.facts
        if facts is None:
            return
        painter = QPainter(self)
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:
            painter.drawPixmap(0, 0, self._still(facts))
        else:  # a drawing for export keeps its lines and text
            self._paint_still(painter, facts)
            painter.setOpacity(1.0)
        if self.hasFocus() and self._ring:
            box = QRectF(4, px(TOP) + 4, self.width() - 8, self.height() - px(TOP) - 8)
            rounded(painter, box, px(5), None, Edge(theme().focus, 1.5))
        if self._stale:
            painter.setOpacity(DIM_OPACITY)
        if facts.problem:
            self._paint_problem(painter, facts)
        else:
            self._paint_total(painter, facts)
            self._paint_place(painter, facts)
            self._paint_rows(painter, facts.rows)
            self._paint_links(painter)

    def _still(self, facts: CardFacts) -> QPixmap:
        """Return ground, frame, pill, name, track and labels; the same while a slider moves."""
        t, ratio = theme(), self.devicePixelRatioF()
        labels = tuple(fact.label for fact in facts.rows)
        key = (t.name, t.high_contrast, px(100), ratio, self.size().toTuple(), facts.pill, labels,
               self._selected, self._stale)  # fmt: skip
        if key != self._picture_key:
            self._picture_key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(colour(t.app))
            painter = QPainter(self._picture)
            self._paint_still(painter, facts)
            painter.end()
        return self._picture

    def _paint_still(self, painter: QPainter, facts: CardFacts) -> None:
        t, top = theme(), px(TOP)
        box = QRectF(0, top, self.width(), self.height() - top)
        edge = Edge(t.strategy[self.strategy], 2) if self._selected else Edge(t.hairline)
        rounded(painter, box, px(8), t.surface, edge)
        if facts.pill[0]:
            self._paint_pill(painter, *facts.pill)
        if self._stale:
            painter.setOpacity(DIM_OPACITY)
        self._paint_head(painter, facts)
        if facts.problem:
            return
        left, right = px(14), self.width() - px(14)
        track = t.hairline if t.dark or t.high_contrast else t.sunken
        rounded(painter, QRectF(left, px(TOP + 80) - px(2), right - left, px(4)), px(2), track)
        for number, fact in enumerate(facts.rows):
            room = QRectF(left, self._row_top(number), right - left, px(16))
            draw_text(painter, room, fact.label, Ink(11, 400, t.muted))

    @staticmethod
    def _row_top(number: int) -> float:
        return px(TOP + 108) + number * px(PITCH * 10) / 10

    def _paint_pill(self, painter: QPainter, words: str, kind: str) -> None:
        ink, ground, edge = pill_colours(self.strategy if kind == "choice" else kind)
        width = advance(words, Ink(11, 600)) + px(14)
        box = QRectF(px(12), 0, width, px(18))
        rounded(painter, box, px(9), ground, edge)
        draw_text(painter, box, words, Ink(11, 600, ink, align=CENTRE))

    def _paint_head(self, painter: QPainter, facts: CardFacts) -> None:
        t = theme()
        top, left = px(TOP), px(14)
        dim = bool(facts.problem)
        if dim:
            painter.setOpacity(0.55)
        draw_marker(painter, self.strategy, QPointF(left + px(5), top + px(24)), px(48) / 10)
        painter.setOpacity(DIM_OPACITY if self._stale else 1.0)
        room = self.width() - left - px(17) - px(10)
        name = card_name(self.strategy, room)
        tone = t.muted if dim else t.ink
        draw_text(painter, QRectF(left + px(17), top + px(13), room, px(22)), name, Ink(13, 600, tone))

    def _paint_total(self, painter: QPainter, facts: CardFacts) -> None:
        tone = theme().bad if facts.total_missed else theme().ink
        line = QRectF(px(14), px(TOP + 37), self.width() - px(28), px(34))
        draw_text(painter, line, facts.total, Ink(26, 600, tone, True))

    def _paint_problem(self, painter: QPainter, facts: CardFacts) -> None:
        left = px(14)
        box = QRectF(left, px(TOP + 42), self.width() - 2 * left, self.height() - px(TOP + 52))
        painter.setFont(font(12))
        painter.setPen(colour(theme().ink2))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.drawText(box, facts.problem, option)

    def _paint_place(self, painter: QPainter, facts: CardFacts) -> None:
        """The total and its range on the axis that all cards share; before draws, the gap to the baseline."""
        t = theme()
        left, right, y = px(14), self.width() - px(14), px(TOP + 80)
        if facts.ends:
            low, high = (left + (right - left) * end for end in facts.ends)
            tone = mix(t.surface, t.strategy[self.strategy], 0.38)
            rounded(painter, QRectF(low, y - px(3), max(2.0, high - low), px(6)), px(3), tone)
        x = left + (right - left) * facts.share
        mark = QRectF(min(x, right) - 1.5, y - px(6), 3, px(12))
        rounded(painter, mark, 1.5, t.strategy[self.strategy])
        line = QRectF(left, px(TOP + 87), right - left, px(18))
        draw_text(painter, line, facts.reach or facts.against, Ink(11, 400, t.muted), elide=True)

    def _paint_rows(self, painter: QPainter, rows: tuple[Fact, ...]) -> None:
        t = theme()
        left, right = px(14), self.width() - px(14)
        for number, fact in enumerate(rows):
            top = self._row_top(number)
            room = QRectF(left, top, right - left, px(16))
            ink = Ink(12, 500, token(fact.tone), align=RIGHT)
            draw_text(painter, room, fact.value, ink)
            if fact.tone == "bad":
                side = px(12)
                where = QPointF(right - advance(fact.value, ink) - side - px(4), top + px(2))
                draw_icon(painter, "triangle-alert", where, side, t.bad)

    def _paint_links(self, painter: QPainter) -> None:
        if not self._hovered and not self._ring:
            return
        for number, spot in enumerate(self.spots()):
            if spot.figure == self._hovered:
                dotted_line(painter, spot.box.left(), spot.box.right(), spot.box.bottom() - 1, theme().ink)
            if self.hasFocus() and self._ring and number == self._at:
                rounded(painter, spot.box.adjusted(-3, -1, 3, 1), px(3), None, Edge(theme().focus, 1.5))


class Cards(QWidget):
    """The row of cards; made anew only when other strategies take part."""

    selected = Signal(str)
    opened = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Strategies")
        self.cards: list[Card] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cards(self, facts: tuple[CardFacts, ...], selected: str, stale: bool = False) -> None:
        """Show the cards."""
        if [card.strategy for card in self.cards] != [fact.strategy for fact in facts]:
            self._make([fact.strategy for fact in facts])
        for card, fact in zip(self.cards, facts, strict=True):
            card.show_facts(fact, fact.strategy == selected, stale)

    def _make(self, strategies: list[str]) -> None:
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        for strategy in strategies:
            card = Card(strategy)
            card.selected.connect(self.selected)
            card.opened.connect(self.opened)
            self._row.addWidget(card, 1)
            self.cards.append(card)


class Strip(QWidget):
    """The cards folded to one line; a click or Space selects, arrows walk, Return opens the total."""

    selected = Signal(str)
    opened = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[CardFacts, ...] = ()
        self._selected = ""
        self._stale = self._ring = False
        self._at = 0
        self.setAccessibleName("Strategies")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(STRIP))

    def show_cards(self, facts: tuple[CardFacts, ...], selected: str, stale: bool = False) -> None:
        """Show the same figures as the cards, in short."""
        if (facts, selected, stale) == (self._facts, self._selected, self._stale):
            return
        self._facts, self._selected, self._stale = facts, selected, stale
        self._at = min(self._at, max(0, len(facts) - 1))
        spoken = [f"{fact.short} {fact.total or 'does not fit'}" for fact in facts]
        self.setAccessibleDescription("; ".join(spoken))
        self.update()

    def _cell(self, number: int) -> QRectF:
        width = self.width() / max(1, len(self._facts))
        return QRectF(number * width, 0, width, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; on the total, open it."""
        if event.button() != Qt.MouseButton.LeftButton or not self._facts:
            return
        self._ring = False
        self._at = min(int(event.position().x() // self._cell(0).width()), len(self._facts) - 1)
        fact = self._facts[self._at]
        cell = self._cell(self._at)
        total = QRectF(cell.left() + px(28), px(23), advance(fact.total, Ink(13, 600)), px(20))
        if fact.total and total.contains(event.position()):
            self.opened.emit(fact.strategy, "total_usd")
        else:
            self.selected.emit(fact.strategy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Space selects, Return opens."""
        if not self._facts:
            super().keyPressEvent(event)
            return
        key = event.key()
        self._ring = True
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self._at = min(max(self._at + step, 0), len(self._facts) - 1)
            self.update()
        elif key == Qt.Key.Key_Space:
            self.selected.emit(self._facts[self._at].strategy)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._facts[self._at].total:
            self.opened.emit(self._facts[self._at].strategy, "total_usd")
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        rounded(painter, QRectF(self.rect()), px(8), t.surface, Edge(t.hairline))
        for number, fact in enumerate(self._facts):
            cell = self._cell(number)
            if number:
                fill(painter, QRectF(round(cell.left()), px(10), 1, self.height() - px(20)), t.hairline)
            if fact.strategy == self._selected:
                line = QRectF(round(cell.left()) + 1, self.height() - 2, round(cell.width()) - 1, 2)
                fill(painter, line, t.strategy[fact.strategy])
            if self._stale:
                painter.setOpacity(DIM_OPACITY)
            self._paint_cell(painter, fact, cell)
            painter.setOpacity(1.0)
            if self.hasFocus() and self._ring and number == self._at:
                rounded(painter, cell.adjusted(4, 4, -4, -5), px(5), None, Edge(t.focus, 1.5))

    def _paint_cell(self, painter: QPainter, fact: CardFacts, cell: QRectF) -> None:
        t = theme()
        left, right = cell.left() + px(14), cell.right() - px(12)
        draw_marker(painter, fact.strategy, QPointF(left + px(4), px(16)), px(42) / 10)
        room = QRectF(left + px(14), px(6), right - left - px(14), px(20))
        draw_text(painter, room, fact.short, Ink(12, 500, t.ink2))
        line = QRectF(left + px(14), px(23), right - left - px(14), px(18))
        if fact.problem:
            draw_text(painter, line, "does not fit", Ink(12, 500, t.bad))
            return
        ink = Ink(13, 600, t.bad if fact.total_missed else t.ink)
        draw_text(painter, line, fact.total, ink)
        words, tone, weight = (fact.missed, t.bad, 500) if fact.missed else (fact.against_short, t.muted, 400)
        line.setLeft(line.left() + advance(fact.total, ink) + px(8))
        beside = Ink(11, weight, tone, align=RIGHT)
        if fact.missed and advance(words, beside) > line.width():
            words = words.partition(" > ")[0].partition(" < ")[0]  # the limit stands in the panel at the side
        if advance(words, beside) <= line.width() or fact.missed:  # half a difference says nothing
            draw_text(painter, line, words, beside, elide=True)
