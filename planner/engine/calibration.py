"""The fitted constants of physics and the widths of their intervals, read once from one resource file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from planner.errors import InputError
from planner.paths import resource

NOVELTY: Final = ("R", "C", "M", "H", "S")
"""How new a query is to the fit: a row beside others of its configuration, a new configuration of a known
model and card, a new model, a new generation of cards, new software."""


@dataclass(frozen=True)
class Constants:
    """Constants of one law, moved by what a run is made of.

    Parameters
    ----------
    values : mapping of str to float
        Value by name, in the unit that the law's dataclass states.
    effects : mapping
        Constant, then kind of level (such as ``generation``), then level: ln of a factor. [1]
    """

    values: Mapping[str, float]
    effects: Mapping[str, Mapping[str, Mapping[str, float]]]

    def at(self, levels: Mapping[str, str]) -> dict[str, float]:
        """Return the constants of one run. An unseen level changes nothing."""
        return {
            name: value
            * math.exp(
                sum(
                    table.get(levels.get(kind, ""), 0.0) for kind, table in self.effects.get(name, {}).items()
                )
            )
            for name, value in self.values.items()
        }


@dataclass(frozen=True)
class Widths:
    """90 % half-widths of ln(measured / predicted), by novelty.

    Parameters
    ----------
    pooled : mapping of str to float
        By novelty, over all sources. [1]
    sources : mapping
        Source, then novelty. [1]
    ranges : mapping of str to (float, float)
        Least and greatest of each input among the rows of the fit, in the input's unit.
    """

    pooled: Mapping[str, float]
    sources: Mapping[str, Mapping[str, float]]
    ranges: Mapping[str, tuple[float, float]]

    def at(self, novelty: str, source: str) -> float:
        """Return the half-width for a query; an unknown source takes the pooled one. [1]."""
        return self.sources.get(source, self.pooled)[novelty]


@dataclass(frozen=True)
class StudyFit:
    """What the calibration holds of one study."""

    constants: Constants
    widths: Widths
    seen: Mapping[str, frozenset[str]]
    """Models, generations of hardware and sources of the rows of the fit."""


@dataclass(frozen=True)
class Calibration:
    """All studies by name, with where the figures came from."""

    source: str
    studies: Mapping[str, StudyFit]

    def study(self, name: str) -> StudyFit:
        """Return a study of the file.

        Raises
        ------
        InputError
            If the file has none of that name.
        """
        try:
            return self.studies[name]
        except KeyError:
            raise InputError(
                "not_calibrated",
                f'The calibration holds no study "{name}".',
                'Write it anew with "planner calibrate".',
                path=name,
                value=name,
                allowed=", ".join(self.studies),
            ) from None


def read_calibration(path: Path) -> Calibration:
    """Read a file that ``planner calibrate`` wrote.

    Raises
    ------
    InputError
        If it is missing, or is no such file.
    """
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        studies = {name: _study(entry) for name, entry in raw["studies"].items()}
        return Calibration(str(raw["source"]), studies)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "unreadable_calibration",
            f"{path.name} cannot be read: {error!r}.",
            'Write it anew with "planner calibrate".',
            path=str(path),
            allowed="a file written by planner calibrate",
        ) from error


def _study(entry: dict[str, Any]) -> StudyFit:
    values = {name: float(item["value"]) for name, item in entry["constants"].items()}
    effects = {name: item["effects"] for name, item in entry["constants"].items() if "effects" in item}
    widths = entry["ln_half_width_90"]
    ranges = {name: (float(low), float(high)) for name, (low, high) in entry["ranges"].items()}
    seen = {kind: frozenset(names) for kind, names in entry["seen"].items()}
    return StudyFit(Constants(values, effects), Widths(widths["pooled"], widths["sources"], ranges), seen)


@cache
def load_calibration() -> Calibration:
    """Return the calibration that travels with the program."""
    return read_calibration(resource("physics", "calibration.json"))
