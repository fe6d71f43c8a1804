"""Why the system refused a file, in words, and what would help."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

_BY_NUMBER: Final[Mapping[int, str]] = MappingProxyType(
    {
        errno.ENOSPC: "the disk is full",
        getattr(errno, "EDQUOT", -1): "your share of the disk is used up",
        errno.EROFS: "the disk may only be read",
        errno.EBUSY: "another program has it open",
        getattr(errno, "ETXTBSY", -2): "another program has it open",
        errno.ENAMETOOLONG: "its name is too long",
        errno.EIO: "the disk reports an error",
    }
)
_BY_TYPE: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        IsADirectoryError: "it is a folder",
        PermissionError: "you have no permission",
        FileNotFoundError: "the folder does not exist",
        NotADirectoryError: "its folder is a file",
    }
)
_HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _BY_NUMBER[errno.ENOSPC]: "Make room on it, or take another disk.",
        "your share of the disk is used up": "Make room, or take another disk.",
        _BY_NUMBER[errno.EBUSY]: "Close it there and try again, or take another name.",
        _BY_NUMBER[errno.ENAMETOOLONG]: "Take a shorter one.",
        _BY_TYPE[IsADirectoryError]: "Take another name.",
    }
)
_HELD_OPEN: Final = (32, 33)  # what Windows calls a file that another program holds, or a part of it
_DENIED: Final = 5  # what Windows says to the new name of a file that is open, and to one that is locked away


def cause_of(error: OSError | ValueError) -> str:
    """Return the system's reason in its own words, without its number and the path."""
    windows = getattr(error, "winerror", None)
    if windows in _HELD_OPEN:
        return _BY_NUMBER[errno.EBUSY]
    if windows == _DENIED:
        return "another program has it open, or you have no permission"
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if type(error) in _BY_TYPE:
        return _BY_TYPE[type(error)]
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:].rstrip(".")


def refusal(path: Path, error: OSError | ValueError) -> tuple[str, str]:
    """Return why a file was not written, and what would help.

    Parameters
    ----------
    path : Path
        The file.
    error : OSError or ValueError
        What the system said.
    """
    opener = opener_of(path)
    if opener and isinstance(error, PermissionError):
        return f"{opener} has it open", f"Close it in {opener} and try again, or take another name."
    cause = cause_of(error)
    return cause, _HINTS.get(cause, "Save it under another name or place.")


def opener_of(path: Path) -> str:
    """Return which office program has a file open, as the small file beside it says; empty for none."""
    beside = {"LibreOffice": f".~lock.{path.name}#", "Microsoft Office": f"~${path.name}"}
    for program, name in beside.items():
        try:
            if os.path.lexists(path.with_name(name)):
                return program
        except (OSError, ValueError):  # a name that no system takes
            continue
    return ""
