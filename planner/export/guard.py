"""Texts that no spreadsheet runs as formulas."""

from __future__ import annotations

from typing import Final

_GUARD: Final = "'"
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r", _GUARD)


def guarded(text: str) -> str:
    """Return a text so that a spreadsheet shows it and never runs it."""
    return _GUARD + text if text.startswith(_GUARDED) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text.removeprefix(_GUARD)
