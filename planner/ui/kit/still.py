"""Whether a picture for a file or the clipboard is being painted: it shows no focus and no tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_depth: list[None] = []


@contextmanager
def still() -> Iterator[None]:
    """Paint inside the block as for a picture."""
    _depth.append(None)
    try:
        yield
    finally:
        _depth.pop()


def is_still() -> bool:
    """Return whether a picture is being painted."""
    return bool(_depth)
