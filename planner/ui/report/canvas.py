"""What stands on the pages of a report, as data; and its way into a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter, QPen, QPolygonF

from planner.errors import PlannerError
from planner.export import palette
from planner.ui.kit.paint import marker_path
from planner.ui.report.letters import DOTS, Face, Letters
from planner.ui.theme import STRATEGY_MARKERS

_DOTS_PER_INCH: Final = 72 * DOTS
WIDTH: Final = 595.28
HEIGHT: Final = 841.89
"""A4. [pt]"""
LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0
Points = Sequence[tuple[float, float]]


class Box(NamedTuple):
    """A rectangle on a page. [pt]."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def meets(self, other: Box) -> bool:
        """Return whether the two share some area."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.0 and down > 0.0

    def inset(self, left: float = 0.0, top: float = 0.0, right: float = 0.0, bottom: float = 0.0) -> Box:
        """Return what is left without these margins."""
        return Box(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text: where its ink is, and the face."""

    box: Box
    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon; with a radius, a rectangle of two corners that is rounded."""

    points: tuple[tuple[float, float], ...]
    colour: str
    alpha: float = 1.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 0.5
    alpha: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """The marker of a strategy; with an edge, a ring."""

    strategy: str
    x: float
    y: float
    radius: float
    colour: str
    edge: str = ""


Mark = Words | Shape | Stroke | Marker


@dataclass(slots=True)
class Page:
    """One page; `marks` are painted in their order."""

    marks: list[Mark] = field(default_factory=list)

    @property
    def words(self) -> list[Words]:
        """Its texts."""
        return [mark for mark in self.marks if isinstance(mark, Words)]


class Canvas:
    """Takes what is to be drawn; everything goes to the page that is open."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.pages: list[Page] = [Page()]
        self.bookmarks: list[tuple[str, int]] = []

    @property
    def page(self) -> Page:
        """The open page."""
        return self.pages[-1]

    def text(self, box: Box, text: str, face: Face, align: float = LEFT, page: Page | None = None) -> float:
        """Set one line in the middle of a box, shortened to fit; return its width. [pt]."""
        short = self.letters.elided(text, face, box.width)
        if not short:
            return 0.0
        width = self.letters.width(short, face)
        metrics = self.letters.metrics(face)
        height = (metrics.ascent() + metrics.descent()) / DOTS
        left = box.left + (box.width - width) * align
        place = Box(left, box.top + (box.height - height) / 2, width, height)
        (page or self.page).marks.append(Words(place, short, face))
        return width

    def fill(self, box: Box, colour: str, *, alpha: float = 1.0, radius: float = 0.0) -> None:
        """Fill a rectangle."""
        if box.width <= 0 or box.height <= 0:
            return
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        points = (corners[0], corners[2]) if radius else corners
        self.page.marks.append(Shape(points, colour, alpha, radius))

    def area(self, points: Points, colour: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        if len(points) > 2:
            self.page.marks.append(Shape(tuple(points), colour, alpha))

    def line(
        self,
        points: Points,
        colour: str,
        width: float = 0.5,
        *,
        alpha: float = 1.0,
        dash: tuple[float, ...] = (),
        page: Page | None = None,
    ) -> None:
        """Draw a line through points."""
        if len(points) > 1:
            (page or self.page).marks.append(Stroke(tuple(points), colour, width, alpha, dash))

    def rule(self, left: float, right: float, y: float, colour: str, width: float = 0.5) -> None:
        """Draw a level line."""
        self.line(((left, y), (right, y)), colour, width)

    def marker(self, strategy: str, x: float, y: float, radius: float, colour: str) -> None:
        """Draw the marker of a strategy around a point."""
        self.page.marks.append(Marker(strategy, x, y, radius, colour))

    def ring(self, x: float, y: float, radius: float) -> None:
        """Draw the sign of a crossing."""
        self.page.marks.append(Marker("", x, y, radius, palette.WHITE, palette.INK))

    def new_page(self) -> None:
        """Open another page."""
        self.pages.append(Page())

    def bookmark(self, title: str) -> None:
        """Name the open page in the outline."""
        self.bookmarks.append((title, len(self.pages) - 1))


# ---------------------------------------------------------------- painting
def pdf_bytes(canvas: Canvas, title: str, creator: str, told: Callable[[float], None]) -> bytes:
    """Return the pages as a PDF.

    Parameters
    ----------
    canvas : Canvas
        What stands on them.
    title, creator : str
        Of the document.
    told : callable
        Is told the share of the pages that are painted.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    writer.setTitle(title)
    writer.setCreator(creator)
    painter = QPainter(writer)
    if not painter.isActive():
        raise PlannerError("not_drawn", "The report could not be drawn.", "Write .xlsx or .pptx instead.")
    try:  # a painter that is left open ends the process
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for number, page in enumerate(canvas.pages):
            told(number / len(canvas.pages))
            if number:
                writer.newPage()
            _Brush(painter, canvas.letters).paint(page)
    finally:
        painter.end()
    data: QByteArray = buffer.data()
    return bytes(data.data())


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(x * DOTS, y * DOTS) for x, y in points])


class _Brush:
    """Puts marks on a page."""

    def __init__(self, painter: QPainter, letters: Letters) -> None:
        self._painter, self._letters = painter, letters

    def paint(self, page: Page) -> None:
        for mark in page.marks:
            if isinstance(mark, Words):
                self._words(mark)
            elif isinstance(mark, Shape):
                self._shape(mark)
            elif isinstance(mark, Stroke):
                self._stroke(mark)
            else:
                self._marker(mark)

    def _words(self, words: Words) -> None:
        face = words.face
        self._painter.setFont(self._letters.font(face))
        self._painter.setPen(self._letters.colour(face.colour))
        ascent = self._letters.metrics(face).ascent()
        self._painter.drawText(QPointF(words.box.left * DOTS, words.box.top * DOTS + ascent), words.text)

    def _shape(self, shape: Shape) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._letters.colour(shape.colour, shape.alpha))
        if shape.radius:
            (left, top), (right, bottom) = shape.points
            box = QRectF(left * DOTS, top * DOTS, (right - left) * DOTS, (bottom - top) * DOTS)
            self._painter.drawRoundedRect(box, shape.radius * DOTS, shape.radius * DOTS)
        else:
            self._painter.drawPolygon(_polygon(shape.points))

    def _stroke(self, stroke: Stroke) -> None:
        pen = QPen(self._letters.colour(stroke.colour, stroke.alpha), stroke.width * DOTS)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if stroke.dash:
            pen.setDashPattern(list(stroke.dash))
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPolyline(_polygon(stroke.points))

    def _marker(self, marker: Marker) -> None:
        edge = QPen(self._letters.colour(marker.edge), DOTS) if marker.edge else QPen(Qt.PenStyle.NoPen)
        self._painter.setPen(edge)
        self._painter.setBrush(self._letters.colour(marker.colour))
        path = marker_path(STRATEGY_MARKERS.get(marker.strategy, "circle"), marker.radius * DOTS)
        self._painter.drawPath(path.translated(marker.x * DOTS, marker.y * DOTS))
