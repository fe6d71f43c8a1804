"""What the program remembers of its user, in one small JSON file; a broken one never stops the start."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from PySide6.QtCore import QObject, Signal

from planner.errors import PlanFileError
from planner.scenario.files import write_whole

FOLDER_VARIABLE: Final = "PLANNER_DATA_DIR"
"""Environment variable that names another folder for settings and recovery copies."""

_APP: Final = "llm-planner"
_LOG = logging.getLogger(__name__)


def data_folder() -> Path:
    """Return the folder of settings and recovery copies of this user."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path(_APP, appauthor=False)


def settings_file() -> Path:
    """Return the file that settings are kept in."""
    return data_folder() / "settings.json"


def recovery_folder() -> Path:
    """Return the folder that recovery copies are kept in."""
    return data_folder() / "recovery"


class ImportedLayout(BaseModel):
    """How a kind of file was read the last time: its columns, the months side by side left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    roles: tuple[str, ...] = ()
    first: Literal["day", "month"] | None = None
    decimal: Literal[".", ","] | None = None
    currency: str = Field("", max_length=3)
    currency_per_usd: float | None = Field(None, gt=0.0, allow_inf_nan=False)


class Settings(BaseModel):
    """Everything that is remembered. Unknown entries of a newer version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")

    theme: Literal["system", "light", "dark"] = "system"
    high_contrast: bool = False
    zoom: float = Field(1.0, ge=0.8, le=2.0, allow_inf_nan=False)
    geometry: bytes = b""
    window_state: bytes = b""
    layout_version: int = 0
    open_sections: tuple[str, ...] = ("workload",)
    picture_scale: int = Field(2, ge=1, le=4)
    recent: tuple[str, ...] = ()
    import_layouts: dict[str, ImportedLayout] = Field(default_factory=dict)
    import_categories: dict[str, str] = Field(default_factory=dict)
    stage_sliders: bool = False


class SettingsStore(QObject):
    """Holds the settings and writes every change of them.

    Signals
    -------
    changed : Settings
        The settings are others now.
    failed : PlanFileError
        They could not be written; they hold until the program ends.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path or settings_file()
        self.problem = ""
        """What to tell the user about the file that was found; empty when it was fine."""
        self._values = self._read()
        if self.problem:
            self._write()

    @property
    def values(self) -> Settings:
        """The settings as they are now."""
        return self._values

    def change(self, **values: Any) -> None:
        """Change settings by name and write them.

        Raises
        ------
        pydantic.ValidationError
            For a value that a setting does not take: an error of ours.
        """
        wanted = Settings.model_validate({**self._values.__dict__, **values})
        if wanted == self._values:
            return
        self._values = wanted
        self._write()
        self.changed.emit(wanted)

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, (self._values.model_dump_json(indent=2) + "\n").encode())
        except OSError as error:
            self.failed.emit(PlanFileError("not_written", f"Settings were not saved: {error.strerror}."))
        except PlanFileError as error:
            self.failed.emit(error)

    def _read(self) -> Settings:
        """Return the settings of the file; what is broken in it takes its default, the file is kept aside."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Settings()
        except (OSError, UnicodeDecodeError) as error:
            return self._set_aside(Settings(), str(error))
        try:
            return Settings.model_validate_json(text)
        except ValidationError as error:
            bad = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
            return self._set_aside(_without(text, bad), str(error))

    def _set_aside(self, values: Settings, reason: str) -> Settings:
        _LOG.warning("settings: %s", reason)
        aside = set_aside(self._path)
        where = f" The old file is kept as {aside.name}." if aside else ""
        self.problem = f"Settings could not be read and are partly back to their defaults.{where}"
        return values


def _without(text: str, bad: set[str]) -> Settings:
    """Return the settings that a file still holds without its bad entries."""
    try:
        found = json.loads(text)
        good = {name: value for name, value in found.items() if name not in bad}
        return Settings.model_validate_json(json.dumps(good))
    except (ValueError, AttributeError, RecursionError):
        return Settings()


def set_aside(path: Path) -> Path | None:
    """Rename a broken file so that nobody reads it again and nothing is lost; None where that fails."""
    for number in range(1, 1000):
        target = path.with_name(f"{path.name}.broken-{number}")
        if target.exists():
            continue
        try:
            return path.rename(target)
        except OSError as error:
            _LOG.warning("%s cannot be set aside: %s", path.name, error)
            return None
    return None
