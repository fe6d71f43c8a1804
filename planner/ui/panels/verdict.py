"""The answer in one sentence, under it what would change it, and how often draws say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.engine.verdict import Verdict
from planner.ui.kit import RIGHT, Edge, Ink, advance, draw_marker, draw_text, rounded
from planner.ui.theme import DIM_OPACITY, STRATEGY_NAMES, STRATEGY_ORDER, draw_icon, px, theme
from planner.ui.view import View
from planner.units import format_quantity

_HEIGHT = 56
_LARGEST, _SMALLEST = 21, 15
_SHARES_WIDTH, _SHARES_ROOM = 232, 900
_DOING = {"cost": "Cheapest", "carbon": "Least carbon", "quality": "Cheapest"}


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each strategy is best in draws: words before and after the share of one, and all shares."""

    before: str = ""
    share: str = ""
    after: str = ""
    parts: tuple[tuple[str, float], ...] = ()
    none_frac: float = 0.0

    @property
    def spoken(self) -> str:
        """The line, and all shares, for a screen reader."""
        if not self.parts:
            return ""
        listed = (f"{STRATEGY_NAMES[name]} {format_quantity(part, 'chance')}" for name, part in self.parts)
        none = f", none keeps all limits {format_quantity(self.none_frac, 'chance')}"
        return f"{self.before}{self.share}{self.after}: {', '.join(listed)}{none if self.none_frac else ''}"


def shares_of(view: View) -> Shares:
    """Return what draws say of the choice; nothing before there are any."""
    risk, goal = view.risk, view.scenario.limits.goal
    if risk is None or view.choice.strategy is None:
        return Shares()
    found = {
        name: each.greenest_frac if goal == "carbon" else each.cheapest_frac
        for name, each in risk.strategies.items()
    }
    first = view.choice.strategy
    order = [first, *(name for name in STRATEGY_ORDER if name in found and name != first)]
    order[1:] = sorted(order[1:], key=lambda name: -found[name])
    count = f"{risk.draws:,}" if risk.draws >= risk.planned else f"{risk.draws:,} so far"
    return Shares(
        f"{_DOING[goal]} in ",
        format_quantity(found[first], "chance"),
        f" of {count} draws" if risk.draws >= risk.planned else f" of draws, {count}",
        tuple((name, found[name]) for name in order if found[name] > 0.0),
        risk.none_frac,
    )


_NO_SHARES = Shares()


class VerdictBar(QWidget):
    """Marker, sentence, second line. A sentence too long for the width is set smaller, never cut.

    Signals
    -------
    opened(str)
        A click or Return asks for the figure that the choice of this strategy goes by.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._verdict = Verdict(None, "", "")
        self._shares = Shares()
        self._stale = self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(_HEIGHT))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(px(600), px(_HEIGHT))

    def show_verdict(self, verdict: Verdict, shares: Shares = _NO_SHARES, *, stale: bool = False) -> None:
        """Say something else; dimmed while it is out of date."""
        if (verdict, shares, stale) == (self._verdict, self._shares, self._stale):
            return
        self._verdict, self._shares, self._stale = verdict, shares, stale
        hand = Qt.CursorShape.PointingHandCursor
        self.setCursor(hand if verdict.strategy is not None else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(f"{'Out of date. ' if stale else ''}{verdict.sentence}")
        self.setAccessibleDescription(f"{verdict.second} {shares.spoken}".strip())
        self.setToolTip(f"{verdict.sentence}\n{verdict.second}".strip())
        self.update()

    # -- opening
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the figure behind the sentence."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the figure behind the sentence."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self._verdict.strategy is not None:
            self.opened.emit(self._verdict.strategy)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard came here."""
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    # -- paint
    def _ink(self, room: float) -> Ink:
        return _fitting(self._verdict.sentence, room, (_LARGEST, _SMALLEST), weight=600)

    def _second_ink(self, room: float) -> Ink:
        return replace(_fitting(self._verdict.second, room, (13, 11)), colour=theme().ink2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter, left = QPainter(self), px(25)
        if self.hasFocus() and self._ring:
            rounded(painter, QRectF(self.rect()), px(5), None, Edge(theme().focus, 1.5))
        room = float(self.width() - left)
        if self._stale:
            painter.setOpacity(DIM_OPACITY)
        if self._verdict.strategy is not None:
            draw_marker(painter, self._verdict.strategy, QPointF(px(9), px(15)), px(65) / 10)
        elif self._verdict.sentence:
            draw_icon(painter, "circle-alert", QPointF(px(1), px(7)), px(16), theme().bad)
        draw_text(painter, QRectF(left, 0, room, px(30)), self._verdict.sentence, self._ink(room), elide=True)
        width = self._shares_width()
        room -= width + px(16) if width else 0.0
        second = QRectF(left, px(32), room, px(20))
        draw_text(painter, second, self._verdict.second, self._second_ink(room), elide=True)
        if width:
            self._paint_shares(painter, QRectF(self.width() - width, px(30), width, px(24)))

    def _shares_width(self) -> float:
        """Room of the shares; none where the second line needs it."""
        if not self._shares.parts:
            return 0.0
        words = advance(f"{self._shares.before}{self._shares.share}{self._shares.after}", Ink(12, 600))
        width = max(float(px(_SHARES_WIDTH)), words)
        return width if self.width() >= width + px(_SHARES_ROOM - _SHARES_WIDTH) * 0.75 else 0.0

    def _paint_shares(self, painter: QPainter, box: QRectF) -> None:
        """The share of the choice in words, and all of them as one bar: winner first."""
        t, shares = theme(), self._shares
        quiet, strong = Ink(12, 400, t.muted), Ink(12, 600, t.ink)
        right = box.right()
        for words, ink in ((shares.after, quiet), (shares.share, strong), (shares.before, quiet)):
            wide = advance(words, ink)
            line = QRectF(right - wide - 1, box.top(), wide + 1, px(15))
            draw_text(painter, line, words, replace(ink, align=RIGHT))
            right -= wide
        left, top, high = box.left(), box.top() + px(17), px(7)
        gaps = 2.0 * (len(shares.parts) + bool(shares.none_frac) - 1)
        for name, share in (*shares.parts, ("", shares.none_frac)):
            if share > 0.0:
                wide = max(2.0, (box.width() - gaps) * share)
                tone = t.strategy[name] if name else t.border
                rounded(
                    painter, QRectF(left, top, min(wide, box.right() - left), high), min(2.0, wide / 2), tone
                )
                left += wide + 2.0


def _fitting(text: str, room: float, sizes: tuple[int, int], *, weight: int = 400) -> Ink:
    """Return the largest size in which a line has room; the smallest where none has."""
    for size in range(sizes[0], sizes[1] - 1, -1):
        ink = Ink(size, weight, theme().ink, weight > 500)
        if advance(text, ink) <= room:
            break
    return ink
