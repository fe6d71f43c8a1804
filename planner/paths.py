"""Where the files that travel with the program are: in a checkout, in a wheel, in a bundle."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _data_root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen)
    in_wheel = _PACKAGE / "_data"
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """Path of a file or folder under ``resources/``."""
    return _data_root().joinpath("resources", *parts)


def presets_folder() -> Path:
    """The folder of the plans that travel with the program."""
    return _data_root() / "presets"
