"""Where an error of ours is written down, so that a user can send it."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import platformdirs

from planner import __version__

_APP: Final = "llm-planner"
_FOLDER_VARIABLE: Final = "PLANNER_DATA_DIR"  # the same as for settings and recovery copies
_LARGEST_BYTES: Final = 1_000_000


def log_file() -> Path:
    """Return the file that errors of the command line are written to."""
    named = os.environ.get(_FOLDER_VARIABLE)
    folder = Path(named) if named else platformdirs.user_log_path(_APP, appauthor=False)
    return folder / "command-line.log"


def write_down(error: BaseException) -> Path | None:
    """Append an error with its trace to the log; return the file, or None if it cannot be written."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_LARGEST_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return None
    logger = logging.getLogger("planner.cli")
    handler.setFormatter(logging.Formatter("%(asctime)s planner %(version)s %(message)s"))
    logger.addHandler(handler)
    try:
        logger.error("%s", error, exc_info=error, extra={"version": __version__})
    finally:
        logger.removeHandler(handler)
        handler.close()
    return path
