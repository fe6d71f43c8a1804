"""Colours of strategies in documents: the light marks of the window, and lighter steps of them."""

from __future__ import annotations

from typing import Final

STRATEGY: Final = {
    "api": "#5B616E",
    "prompt": "#C67608",
    "finetune": "#1A53EA",
    "distil": "#159AA5",
    "both": "#7A1C82",
}
ON_STRATEGY: Final = {
    "api": "#FFFFFF",
    "prompt": "#12151B",
    "finetune": "#FFFFFF",
    "distil": "#12151B",
    "both": "#FFFFFF",
}
"""Text inside a fill of the strategy's colour: whichever of white and ink reads better."""

INK: Final = "#12151B"
INK2: Final = "#424957"
MUTED: Final = "#5F6778"
GREY: Final = "#424957"
"""Hue of the legend where hue is the strategy."""

HAIRLINE: Final = "#E3E6EB"
BORDER: Final = "#CFD4DC"
GRID: Final = "#E9ECF0"
SUNKEN: Final = "#F0F2F5"
CHANGED: Final = "#FDF0DB"
INPUT: Final = "#EAF1FE"
INPUT_INK: Final = "#1B3FA8"
"""Cells to type into: blue digits on a pale blue, as finance marks them."""

HELD: Final = "#F4F5F7"
WHITE: Final = "#FFFFFF"

_DARKEST, _LIGHTEST = 1.0, 0.14


def lighter(colour: str, strength: float) -> str:
    """Return a colour mixed with white; strength 1 is the colour itself."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02X}" for part in parts)


def steps(count: int) -> list[float]:
    """Return strengths from dark to light for the parts of a stack, largest first; their ratio is even."""
    if count < 2:
        return [_DARKEST] * count
    ratio = (_LIGHTEST / _DARKEST) ** (1.0 / (count - 1))
    return [_DARKEST * ratio**number for number in range(count)]
