"""How wide a text is in Arial, so that nothing on a slide is cut or runs into something else."""

from __future__ import annotations

import unicodedata
from typing import Final

_FIRST: Final = 32
_WIDTHS: Final = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
"""Of the printable signs of ASCII, from the font's published metrics. [1/1000 em]"""
_BOLD: Final = 1.07
"""Bold letters are wider by about so much."""
_OTHER, _WIDE, _EM = 600, 1000, 1000.0
_POINTS_PER_INCH: Final = 72.0


def text_inches(text: str, points: float, *, bold: bool = False) -> float:
    """Return the width of a line of text. [inches].

    Parameters
    ----------
    text : str
        On one line.
    points : float
        Size of the letters.
    bold : bool
        Whether it is written bold.
    """
    width = sum(map(_width, text)) / _EM * points / _POINTS_PER_INCH
    return width * _BOLD if bold else width


def fitted(text: str, inches: float, points: float, *, bold: bool = False) -> str:
    """Return a text, or as much of its start as fits a width, with an ellipsis."""
    if text_inches(text, points, bold=bold) <= inches:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_inches(text[:middle].rstrip() + "…", points, bold=bold) <= inches:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _width(sign: str) -> int:
    number = ord(sign) - _FIRST
    if 0 <= number < len(_WIDTHS):
        return _WIDTHS[number]
    if sign == "…" or unicodedata.east_asian_width(sign) in ("W", "F"):
        return _WIDE
    return 0 if unicodedata.combining(sign) else _OTHER
