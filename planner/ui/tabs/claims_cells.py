"""How a claim, what the engine found, and a verdict are set in a cell of the claims table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.engine.claims.records import Claim, Figure, Finding
from planner.ui.kit.buttons import dotted_line
from planner.ui.kit.paint import CENTRE, Ink, advance, draw_marker, draw_text
from planner.ui.tabs.advisor_table import lines_of
from planner.ui.theme import STRATEGY_NAMES, colour, draw_icon, metrics, px, theme, token
from planner.units import format_quantity

WORDS: Final = {"holds": "holds", "partly": "partly", "fails": "fails", "not tested": "no test"}
SPOKEN: Final = {
    "holds": "holds",
    "partly": "holds in part",
    "fails": "fails",
    "not tested": "not tested here",
}
TONES: Final = {"holds": "good", "partly": "warn", "fails": "bad", "not tested": "muted"}
PAD_X, PAD_Y, GAP = 10, 8, 3
_ICONS: Final = {"holds": "circle-check", "fails": "circle-x"}
_TOPIC, _CLAIM, _SAID, _NAME, _VALUE = (11, 600), (13, 500), (12, 400), (11, 400), (12, 500)
_MARKER, _BETWEEN = 14, 12


def value_of(figure: Figure) -> str:
    """A figure as it is written."""
    return format_quantity(figure.value, figure.unit)


def figure_words(figure: Figure) -> str:
    """A figure with its name and owner: "Score, Fine-tune: 84"."""
    return f"{figure.name}, {STRATEGY_NAMES[figure.strategy]}: {value_of(figure)}"


def spoken(finding: Finding | None) -> str:
    """A finding in words: verdict, sentence, figures."""
    if finding is None:
        return "being counted"
    return " ".join((f"{SPOKEN[finding.verdict]}. {finding.sentence}", *map(figure_words, finding.figures)))


def counts(findings: Sequence[Finding]) -> str:
    """How many claims hold, hold in part, fail: "13 hold, 4 partly, 4 fail"."""
    number = {verdict: sum(each.verdict == verdict for each in findings) for verdict in WORDS}
    return f"{number['holds']} hold, {number['partly']} partly, {number['fails']} fail"


def wrapped(text: str, face: tuple[int, int], width: float) -> tuple[str, ...]:
    """Lines no wider than a width."""
    return lines_of(text, *face, int(width), px(100))


def _line_height(face: tuple[int, int]) -> float:
    return metrics(*face).height()


# ---------------------------------------------------------------- the claim
def claim_height(claim: Claim, topic: str, width: float) -> float:
    """Height that a claim needs, with its topic over it where it is the first of it."""
    lines = wrapped(claim.sentence, _CLAIM, width - 2 * px(PAD_X))
    head = _line_height(_TOPIC) + px(GAP) if topic else 0.0
    return head + len(lines) * _line_height(_CLAIM) + 2 * px(PAD_Y)


def paint_claim(painter: QPainter, box: QRectF, claim: Claim, topic: str) -> None:
    """Topic, and the sentence as it is heard."""
    left, top, width = box.left() + px(PAD_X), box.top() + px(PAD_Y), box.width() - 2 * px(PAD_X)
    if topic:
        high = _line_height(_TOPIC)
        draw_text(painter, QRectF(left, top, width, high), topic, Ink(*_TOPIC, theme().muted))
        top += high + px(GAP)
    high = _line_height(_CLAIM)
    for line in wrapped(claim.sentence, _CLAIM, width):
        draw_text(painter, QRectF(left, top, width, high), line, Ink(*_CLAIM))
        top += high


# ---------------------------------------------------------------- what was found
@dataclass(frozen=True, slots=True)
class Placed:
    """A word or a figure at its place; `figure` is None for the name of what is compared."""

    box: QRectF
    text: str
    figure: Figure | None = None


def placed(finding: Finding, box: QRectF) -> list[Placed]:
    """Where the figures stand: those of one name on a line, broken where the room ends."""
    width = box.width() - 2 * px(PAD_X)
    top = box.top() + px(PAD_Y)
    top += len(wrapped(finding.sentence, _SAID, width)) * _line_height(_SAID)
    left, end = box.left() + px(PAD_X), box.right() - px(PAD_X)
    high, found, name, x = _line_height(_VALUE) + px(GAP), list[Placed](), "", left
    if finding.figures:
        top += px(GAP)
    for figure in finding.figures:
        text = value_of(figure)
        wide = px(_MARKER) + advance(text, Ink(*_VALUE))
        if figure.name != name:
            top += high if name else 0.0
            name, x = figure.name, left
            words = advance(name, Ink(*_NAME))
            found.append(Placed(QRectF(x, top, words, high), name))
            x += words + px(_BETWEEN)
        if x + wide > end and x > left:
            top, x = top + high, left
        found.append(Placed(QRectF(x, top, wide, high), text, figure))
        x += wide + px(_BETWEEN)
    return found


def finding_height(finding: Finding | None, width: float) -> float:
    """Height that a finding needs."""
    if finding is None:
        return 0.0
    spots = placed(finding, QRectF(0, 0, width, 0))
    if spots:
        return spots[-1].box.bottom() + px(PAD_Y)
    lines = wrapped(finding.sentence, _SAID, width - 2 * px(PAD_X))
    return len(lines) * _line_height(_SAID) + 2 * px(PAD_Y)


def paint_finding(
    painter: QPainter, box: QRectF, finding: Finding, *, traced: bool, pointed: Figure | None
) -> None:
    """The sentence, and the figures compared with the markers of their strategies; `traced` ones open."""
    t, left, top = theme(), box.left() + px(PAD_X), box.top() + px(PAD_Y)
    width, high = box.width() - 2 * px(PAD_X), _line_height(_SAID)
    for line in wrapped(finding.sentence, _SAID, width):
        draw_text(painter, QRectF(left, top, width, high), line, Ink(*_SAID, t.ink))
        top += high
    for spot in placed(finding, box):
        if spot.figure is None:
            draw_text(painter, spot.box, spot.text, Ink(*_NAME, t.muted))
            continue
        where = QPointF(spot.box.left() + px(5), spot.box.center().y())
        draw_marker(painter, spot.figure.strategy, where, px(4))
        room = spot.box.adjusted(px(_MARKER), 0, 0, 0)
        draw_text(painter, room, spot.text, Ink(*_VALUE, t.ink))
        if traced and spot.figure.what:
            line = t.ink if spot.figure is pointed else t.faint
            dotted_line(painter, room.left(), room.right(), room.center().y() + px(8), line)


# ---------------------------------------------------------------- the verdict
def paint_mark(painter: QPainter, box: QRectF, finding: Finding | None) -> None:
    """The sign of a verdict over its word; the sign alone where the word has no room."""
    if finding is None:
        side = px(14)
        where = QPointF(box.center().x() - side / 2, box.top() + px(PAD_Y))
        draw_icon(painter, "clock", where, side, theme().faint)
        return
    tone, side = token(TONES[finding.verdict]), px(16)
    spot = QRectF(box.center().x() - side / 2, box.top() + px(PAD_Y), side, side)
    _paint_sign(painter, spot, finding.verdict, tone)
    if advance(WORDS["not tested"], Ink(10, 500)) > box.width():  # all words or none
        return
    below = QRectF(box.left(), spot.bottom() + 1, box.width(), metrics(10, 500).height())
    draw_text(painter, below, WORDS[finding.verdict], Ink(10, 500, tone, align=CENTRE))


def _paint_sign(painter: QPainter, spot: QRectF, verdict: str, tone: str) -> None:
    """Check, cross, a half disc, or a dash: told apart without colour."""
    if verdict in _ICONS:
        draw_icon(painter, _ICONS[verdict], spot.topLeft(), px(16), tone)
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour(tone), px(12) / 10))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if verdict == "not tested":
        middle, reach = spot.center(), px(4)
        painter.drawLine(QPointF(middle.x() - reach, middle.y()), QPointF(middle.x() + reach, middle.y()))
        return
    inset = px(17) / 10
    disc = spot.adjusted(inset, inset, -inset, -inset)
    painter.drawEllipse(disc)
    painter.setBrush(colour(tone))
    painter.drawChord(disc, 90 * 16, 180 * 16)  # Qt counts sixteenths of a degree
