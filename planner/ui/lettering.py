"""Text that people gave, as one line that can be painted: names must not break a page of report or stage."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_LONGEST: Final = 2000
"""Characters that are looked at; nothing longer fits on a page."""
_DIRECTIONS: Final = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
"""Marks that turn the direction of what follows, beyond their own text."""


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Return a text on one line that can be set: no control characters, no marks that turn others round."""
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text[:_LONGEST]
        if ord(sign) not in _DIRECTIONS and unicodedata.category(sign) not in ("Cs", "Co", "Cn")
    )
    return " ".join(part for part in "".join(kept).split(" ") if part)
