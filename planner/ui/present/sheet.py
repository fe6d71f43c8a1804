"""A page of the story as it stands on the stage: headline, figures, one chart, one caveat, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from planner.export.story import Fact, Page
from planner.ui.lettering import plain
from planner.ui.present.area import Held
from planner.ui.present.bars import paint_bars, paint_bridge, paint_stacked
from planner.ui.present.canvas import Canvas, Type, Written, fitted, wrapped
from planner.ui.present.grid import grid_width, paint_grid, twin_of
from planner.ui.present.lines import paint_lines
from planner.ui.theme import DIM_OPACITY, Theme, painted_as, theme
from planner.units import money_in

MARGIN: Final = 72.0
_TOP: Final = Type(17, 500, "muted")
_HEADLINES: Final = tuple(Type(size, 600, display=True) for size in (54, 48, 42, 36))
_SUBLINES: Final = tuple(Type(size, 500, "ink2", display=True) for size in (32, 28, 25, 22))
_CAVEAT: Final = (Type(18, 500, "ink2"), Type(16, 500, "ink2"))
_SOURCES: Final = (Type(14, 400, "muted"), Type(12, 400, "muted"))
_CAPTION, _DETAIL = Type(18, 500), Type(15, 400, "muted")
_FIGURES: Final = (48, 42, 36, 30, 26)
_FACTS = 372.0
_VALUE_ROOM = 156.0
_SIDE = 168.0
_FOOT = 118.0
_PITCH = 118.0


@dataclass(frozen=True)
class Sheet:
    """What is on show.

    Attributes
    ----------
    title : str
        Of the plan.
    number, count : int
        Which page of how many, from 0.
    baseline : str
        The strategy that the others are measured against.
    numbers : bool
        Show the table in the place of the chart.
    problem : str
        Why the figures are out of date; empty where they are not.
    hint : str
        What stands at the top for a while.
    dragging : bool
        A slider is held: axes stay.
    """

    page: Page
    title: str = ""
    number: int = 0
    count: int = 1
    baseline: str = ""
    numbers: bool = False
    problem: str = ""
    hint: str = ""
    dragging: bool = False

    def with_hint(self, hint: str) -> Sheet:
        """The same with a hint at the top."""
        return replace(self, hint=hint) if hint else self


@dataclass
class SheetPainter:
    """Paints sheets with one look; keeps the ranges of axes from one to the next."""

    held: Held = field(default_factory=Held)

    def paint(self, painter: QPainter, box: QRectF, sheet: Sheet, look: Theme) -> list[Written]:
        """Paint a sheet into a box; return every text with its place, in units of the design."""
        with painted_as(look):
            painter.save()
            painter.fillRect(box, look.app)
            canvas = Canvas.on(painter, box)
            _paint(canvas, sheet, self.held)
            painter.restore()
        return canvas.written


def _paint(canvas: Canvas, sheet: Sheet, held: Held) -> None:
    page = sheet.page
    _head(canvas, sheet)
    canvas.painter.setOpacity(DIM_OPACITY if sheet.problem else 1.0)
    top = _headline(canvas, page)
    bottom = canvas.height - _FOOT
    area = QRectF(MARGIN, top, canvas.width - 2 * MARGIN, bottom - 26 - top)
    area = _beside_the_chart(canvas, area, sheet)
    table = twin_of(page) if sheet.numbers else page.table if page.chart is None else None
    if table is not None:
        paint_grid(canvas, area, table)
    elif page.chart is not None:
        with money_in(page.chart.symbol, 1.0):
            _chart(canvas, area, sheet, held)
    canvas.painter.setOpacity(1.0)
    _foot(canvas, sheet, bottom)


def _beside_the_chart(canvas: Canvas, area: QRectF, sheet: Sheet) -> QRectF:
    """Paint figures, or a small table, at the left; return what is left for the chart."""
    page, alone = sheet.page, sheet.page.chart is None
    if page.facts:
        _facts(canvas, area if alone and page.table is None else _left(area, _FACTS), page.facts)
        return area.adjusted(_FACTS + 46, 0, 0, 0)
    if page.table is not None and not alone and not sheet.numbers:
        width = min(grid_width(page.table), area.width() * 0.42)
        paint_grid(canvas, _left(area, width), page.table)
        return area.adjusted(width + 56, 0, 0, 0)
    return area


def _left(area: QRectF, width: float) -> QRectF:
    return QRectF(area.left(), area.top(), width, area.height())


def _chart(canvas: Canvas, area: QRectF, sheet: Sheet, held: Held) -> None:
    chart = sheet.page.chart
    assert chart is not None
    if not chart.series or not chart.points:
        return
    if chart.kind == "lines":
        paint_lines(canvas, area, chart, sheet.baseline, (held, sheet.dragging))
    elif chart.kind == "stacked":
        paint_stacked(canvas, area, chart)
    elif chart.kind == "bridge":
        paint_bridge(canvas, area, chart)
    else:
        paint_bars(canvas, area, chart)


def _head(canvas: Canvas, sheet: Sheet) -> None:
    left = canvas.text_right(canvas.width - MARGIN, 46, sheet.page.heading, _TOP, room=canvas.width * 0.3)
    if not sheet.hint:
        canvas.text(MARGIN, 46, sheet.title, _TOP, room=left - MARGIN - 40)
        return
    style = Type(15, 400, "muted")
    middle = canvas.width / 2
    half = style.width(sheet.hint) / 2
    canvas.text(MARGIN, 46, sheet.title, _TOP, room=middle - half - MARGIN - 40)
    canvas.rounded(QRectF(middle - half - 18, 30, 2 * half + 36, 32), 16, "raised")
    canvas.text_centre(middle, 46, sheet.hint, style)


def _headline(canvas: Canvas, page: Page) -> float:
    """Paint both lines of words; return where the figures begin."""
    left = MARGIN + (48 if page.strategy in theme().strategy else 0)
    style, lines = fitted(page.headline, _HEADLINES, canvas.width - MARGIN - left)
    middle = 119.0
    if left > MARGIN:
        canvas.marker(page.strategy, MARGIN + 15, middle, 14.0)
    middle = canvas.lines(left, middle, lines, style) - style.line + style.size / 2
    if page.subline:
        style, lines = fitted(page.subline, _SUBLINES, canvas.width - 2 * MARGIN)
        middle = canvas.lines(MARGIN, middle + 33, lines, style) - style.line + 14
    return max(238.0, middle + 46)


def _foot(canvas: Canvas, sheet: Sheet, y: float) -> None:
    page, width = sheet.page, canvas.width - 2 * MARGIN
    canvas.rule(MARGIN, y, width)
    words, tone = (sheet.problem, "bad") if sheet.problem else (page.caveat, "ink2")
    styles = tuple(Type(style.size, style.weight, tone) for style in _CAVEAT)
    style, lines = fitted(words, styles, width) if words else (styles[0], [])
    canvas.lines(MARGIN, y + (27 if len(lines) < 2 else 20), lines, style)
    dots = min(sheet.count, 40)
    right = canvas.width - MARGIN
    style, lines = fitted(page.sources, _SOURCES, width - dots * 22 - 40)
    canvas.lines(MARGIN, canvas.height - (35 if len(lines) < 2 else 42), lines, style)
    for i in range(dots):
        box = QRectF(right - (dots - i) * 22 + 8, canvas.height - 38, 14, 4)
        canvas.rounded(box, 2, "ink" if i == sheet.number else "border")


# ---- figures


def _facts(canvas: Canvas, box: QRectF, facts: Sequence[Fact]) -> None:
    """Figures below each other, captions beside them; below them where figures are long."""
    pitch = min(_PITCH, box.height() / max(1, len(facts)))
    widest = max(Type(_FIGURES[0], 600, display=True).width(plain(f.value)) for f in facts)
    beside = widest <= _VALUE_ROOM
    for number, fact in enumerate(facts):
        top = box.top() + number * pitch
        if number:
            canvas.rule(box.left(), top - 2, box.width())
        if beside:
            _beside(canvas, QRectF(box.left(), top, box.width(), pitch), fact)
        else:
            _below(canvas, QRectF(box.left(), top, box.width(), pitch), fact)


def _value(fact: Fact, width: float) -> tuple[Type, list[str]]:
    tone = theme().strategy_text.get(fact.strategy, "ink")
    return fitted(fact.value, [Type(size, 600, tone, display=True) for size in _FIGURES], width)


def _beside(canvas: Canvas, box: QRectF, fact: Fact) -> None:
    style, lines = _value(fact, _VALUE_ROOM)
    room = box.width() - _SIDE
    captions = wrapped(fact.caption, _CAPTION, room, 2)
    details = wrapped(fact.detail, _DETAIL, room, 3 - len(captions) if len(captions) < 2 else 2)
    height = len(captions) * _CAPTION.line + len(details) * _DETAIL.line
    first = box.top() + max(25.0, 40 - height / 2 + 9)
    canvas.lines(box.left(), box.top() + 40, lines[:1], style)
    middle = canvas.lines(box.left() + _SIDE, first, captions, _CAPTION)
    canvas.lines(box.left() + _SIDE, middle + (1 if details else 0), details, _DETAIL)


def _below(canvas: Canvas, box: QRectF, fact: Fact) -> None:
    style, lines = _value(fact, box.width())
    if style.size > 42:
        style = Type(42, style.weight, style.tone, style.display)
    canvas.lines(box.left(), box.top() + 30, lines[:1], style)
    middle = canvas.lines(
        box.left(), box.top() + 66, wrapped(fact.caption, _CAPTION, box.width(), 1), _CAPTION
    )
    canvas.lines(box.left(), middle, wrapped(fact.detail, _DETAIL, box.width(), 1), _DETAIL)


def in_words(page: Page) -> str:
    """All that a page says, for who cannot see it."""
    parts = [page.headline, page.subline]
    parts += [f"{f.value} {f.caption}{f' ({f.detail})' if f.detail else ''}." for f in page.facts]
    if page.chart is not None:
        names = ", ".join(s.name for s in page.chart.series)
        parts.append(f"Chart: {page.chart.title}. {names}.")
    if page.table is not None:
        parts += ["; ".join(row) + "." for row in page.table.rows[:40]]
    parts += [page.caveat, page.sources]
    return " ".join(part for part in parts if part)
