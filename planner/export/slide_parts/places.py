"""Where things stand on a slide, in inches: the template is made from it, and slides are filled by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 13.333
HEIGHT: Final = 7.5
MARGIN: Final = 0.62
_WIDE: Final = WIDTH - 2 * MARGIN
TOP: Final = 2.08
"""Of what a slide shows, below its headline."""
RULE: Final = 6.36
_TALL: Final = RULE - 0.14 - TOP

COVER: Final = "Cover"
FIGURES: Final = "Figures and chart"
BESIDE: Final = "Chart and table"
TABLE: Final = "Table"
WORDS: Final = "Words"


@dataclass(frozen=True, slots=True)
class Place:
    """A placeholder: its number in the layouts, left upper corner and size [inches], where text stands."""

    idx: int
    x: float
    y: float
    width: float
    height: float
    anchor: str = "t"


TITLE: Final = Place(0, MARGIN, 0.74, _WIDE, 0.62, "ctr")
PLAN: Final = Place(10, MARGIN, 0.38, 8.4, 0.26, "ctr")
PAGE: Final = Place(11, MARGIN + 8.6, 0.38, _WIDE - 8.6, 0.26, "ctr")
SUBTITLE: Final = Place(12, MARGIN, 1.38, _WIDE, 0.4, "ctr")
CAVEAT: Final = Place(14, MARGIN, RULE + 0.08, _WIDE, 0.44, "ctr")
FOOTER: Final = Place(17, MARGIN, 6.98, 10.8, 0.24, "ctr")
NUMBER: Final = Place(18, WIDTH - MARGIN - 1.2, 6.98, 1.2, 0.24, "ctr")

_FACT_HEIGHT: Final = _TALL / 4
FACTS: Final = tuple(
    Place(20 + number, MARGIN, TOP + number * _FACT_HEIGHT, 2.9, _FACT_HEIGHT, "ctr") for number in range(4)
)
CHART: Final = Place(13, 3.85, TOP, WIDTH - MARGIN - 3.85, _TALL)
LEFT_CHART: Final = Place(13, MARGIN, TOP, 7.0, _TALL)
RIGHT_TABLE: Final = Place(15, 7.95, TOP, WIDTH - MARGIN - 7.95, _TALL)
WIDE_TABLE: Final = Place(15, MARGIN, TOP, _WIDE, _TALL)

COVER_TITLE: Final = Place(0, MARGIN, 2.2, _WIDE, 1.5, "b")
COVER_TEXT: Final = Place(1, MARGIN, 3.9, _WIDE, 0.95)
