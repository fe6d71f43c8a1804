"""Letters of the report: faces in points, and texts measured, wrapped and shortened to a width."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from planner.export.palette import INK
from planner.ui.lettering import plain
from planner.ui.theme import DISPLAY_FAMILY, FAMILY

DOTS: Final = 20
"""Dots per point: fonts are set in whole pixels, and these are a twentieth of a point."""


@dataclass(frozen=True, slots=True)
class Face:
    """How text is set: size in points, weight, colour, cut."""

    size: float = 8.5
    weight: int = 400
    colour: str = INK
    display: bool = False

    def toned(self, colour: str) -> Face:
        """Return the same in another colour."""
        return replace(self, colour=colour)


class Letters:
    """Fonts and their lengths. One for each report: what Qt keeps in a font belongs to one thread."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[float, int, bool], QFont] = {}
        self._metrics: dict[tuple[float, int, bool], QFontMetricsF] = {}
        self._widths: dict[tuple[str, float, int, bool], float] = {}
        self._colours: dict[tuple[str, float], QColor] = {}

    def font(self, face: Face) -> QFont:
        """Return the font of a face, in dots."""
        key = (face.size, face.weight, face.display)
        if key not in self._fonts:
            made = QFont(DISPLAY_FAMILY if face.display else FAMILY)
            made.setPixelSize(max(1, round(face.size * DOTS)))
            made.setWeight(QFont.Weight(face.weight))
            made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[key] = made
        return self._fonts[key]

    def metrics(self, face: Face) -> QFontMetricsF:
        """Return the metrics of a face, in dots."""
        key = (face.size, face.weight, face.display)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(face))
        return self._metrics[key]

    def colour(self, value: str, alpha: float = 1.0) -> QColor:
        """Return a colour with an opacity."""
        key = (value, alpha)
        if key not in self._colours:
            made = QColor(value)
            made.setAlphaF(alpha)
            self._colours[key] = made
        return self._colours[key]

    def width(self, text: str, face: Face) -> float:
        """Return the width of one line. [pt]."""
        key = (text, face.size, face.weight, face.display)
        if key not in self._widths:
            self._widths[key] = self.metrics(face).horizontalAdvance(text) / DOTS
        return self._widths[key]

    def elided(self, text: str, face: Face, width: float) -> str:
        """Return one line that fits a width, shortened with an ellipsis where it must be. [pt]."""
        text = plain(text)
        if self.width(text, face) <= width:
            return text
        dots = max(0.0, width) * DOTS
        return self.metrics(face).elidedText(text, Qt.TextElideMode.ElideRight, dots)

    def wrapped(self, text: str, face: Face, width: float, most: int = 1000) -> list[str]:
        """Return lines that fit a width; the last of at most so many is shortened. [pt]."""
        words = plain(text).split(" ")
        lines: list[str] = []
        now = ""
        while words:
            word = words.pop(0)
            longer = f"{now} {word}" if now else word
            if self.width(longer, face) <= width:
                now = longer
                continue
            if not now:
                head, rest = self._cut(word, face, width)
                now, words = head, [rest, *words]
            else:
                words.insert(0, word)
            if len(lines) + 1 == most:
                return [*lines, self.elided(" ".join([now, *words]), face, width)]
            lines.append(now)
            now = ""
        return [*lines, now] if now or not lines else lines

    def _cut(self, word: str, face: Face, width: float) -> tuple[str, str]:
        """Return what of a word fits a line, and the rest: long addresses end somewhere."""
        low, high = 1, len(word) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width(word[:middle], face) <= width else (low, middle - 1)
        return word[:low], word[low:]
