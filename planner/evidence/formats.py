"""Number formats and serving software, from the words that rows use for them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from planner.catalog.records import Hardware
from planner.evidence.names import Declined
from planner.evidence.reference import Settings
from planner.paths import resource
from planner.units import BITS_PER_BYTE

_FULL = "16-bit"
_BYTES_16BIT = 2.0
_IGNORE_CASE = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Format:
    """A number format of weights.

    Parameters
    ----------
    name : str
        ``16-bit``, ``fp8``, ``fp4``, ``int8``, ``w8`` (8-bit weights, 16-bit products) or ``int4``.
    weight_bytes : float
        Mean bytes of a weight with its scales. [bytes]
    experts_only : bool
        Whether only experts are held in it.
    """

    name: str
    weight_bytes: float
    experts_only: bool = False

    @property
    def is_quantised(self) -> bool:
        """Whether weights take less than 16 bits."""
        return self.weight_bytes < _BYTES_16BIT

    def peak_flop_s(self, card: Hardware) -> float:
        """Return the rate of products in this format; that of 16 bits where a card lacks it. [FLOP/s].

        Raises
        ------
        Declined
            If the 16-bit rate of the card is not known.
        """
        if card.bf16_flop_s is None:
            raise Declined("rate of the hardware not known")
        own = {"fp8": card.fp8_flop_s, "fp4": card.fp4_flop_s, "int8": card.int8_flop_s}.get(self.name)
        return card.bf16_flop_s if own is None else own


@dataclass(frozen=True, slots=True)
class Software:
    """A serving engine: version as reported, and what kind of engine it is."""

    stack: str
    engine: str


@cache
def _formats() -> tuple[tuple[re.Pattern[str], str, float | None, bool], ...]:
    with resource("physics", "formats.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            (
                re.compile(row["pattern"], _IGNORE_CASE),
                row["format"],
                float(row["bits_per_weight"]) if row["bits_per_weight"] else None,
                "experts only" in row["note"],
            )
            for row in csv.DictReader(stream)
        )


@cache
def format_of(text: str) -> Format:
    """Read a label such as ``fp8``, ``Q4_K_M`` or ``exl2 4.0 bpw``; no label is 16 bits.

    Raises
    ------
    Declined
        If the label is not known.
    """
    if not text:
        return Format(_FULL, _BYTES_16BIT)
    for pattern, name, bits, experts_only in _formats():
        found = pattern.search(text)
        if found:
            return Format(name, (bits or float(found[1])) / BITS_PER_BYTE, experts_only)
    raise Declined("number format not known")


@cache
def _stacks(file: str) -> tuple[tuple[re.Pattern[str], Software], ...]:
    with resource("physics", "serving_stacks.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"] == file]
    return tuple(
        (re.compile(row["pattern"], _IGNORE_CASE), Software(row["stack"], row["engine"])) for row in rows
    )


def table_of(settings: Settings) -> str:
    """Return the table a row belongs to: its benchmark or set."""
    return settings.text("benchmark") or settings.text("set")


def serving_software(settings: Settings) -> Software:
    """Return the engine that a row ran on; its table or source where that is none that is known."""
    words = f"{table_of(settings)} {settings.text('source')}"
    for pattern, software in _stacks(settings.file):
        if pattern.search(words):
            return software
    own = table_of(settings) or settings.text("source")
    return Software(own, own)
