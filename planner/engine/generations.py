"""Which generation a card is of, and the network that joins such cards."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from planner.catalog.records import Hardware
from planner.paths import resource
from planner.units import GIGA

_OTHER = "other"
_OTHER_NETWORK_GB_S = 12.5


@dataclass(frozen=True, slots=True)
class Generation:
    """Cards that behave alike.

    Parameters
    ----------
    name : str
        Such as ``H100``; ``other`` for a card of no known generation.
    architecture : str
        Such as ``Hopper``: generations that share a design; empty for a card of no known generation.
    network_bytes_s : float
        Network of one card out of its fabric, one direction. [bytes/s]
    fabric_accelerators : float
        Cards that the fast links join: a node, a rack or a pod. [1]
    """

    name: str
    architecture: str
    network_bytes_s: float
    fabric_accelerators: float


@cache
def _table() -> tuple[tuple[str, Generation], ...]:
    with resource("physics", "generations.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            (
                row["prefix"],
                Generation(
                    row["generation"],
                    row["architecture"],
                    float(row["network_gb_s"]) * GIGA,
                    float(row["fabric"]),
                ),
            )
            for row in csv.DictReader(stream)
        ]
    return tuple(sorted(rows, key=lambda entry: -len(entry[0])))


@cache
def generation_of(hardware_id: str) -> Generation:
    """Return the generation of a card: the longest prefix of its id that the table knows."""
    for prefix, generation in _table():
        if hardware_id.startswith(prefix):
            return generation
    return Generation(_OTHER, "", _OTHER_NETWORK_GB_S * GIGA, 1.0)


def link_bytes_s(card: Hardware) -> float:
    """Return one direction of the link between cards; the network's rate where there is none. [bytes/s]."""
    both = card.interconnect_bytes_s
    return generation_of(card.id).network_bytes_s if both is None else both / 2.0
