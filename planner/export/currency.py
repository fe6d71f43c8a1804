"""The currency that documents are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from planner.scenario.model import Scenario

_LONGEST: Final = 12
_SYMBOLS: Final = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CNY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
}


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its word, what stands before an amount, its units per USD."""

    word: str = "USD"
    symbol: str = "$"
    per_usd: float = 1.0

    @property
    def converts(self) -> bool:
        """Whether amounts are in another currency than the engine's."""
        return self.word != "USD" or self.per_usd != 1.0


def currency_of(scenario: Scenario) -> Currency:
    """Return the report's currency of a scenario, its word without what a number format cannot hold."""
    word = re.sub(r'["\x00-\x1f\[\];\\]', "", scenario.report.currency).strip()[:_LONGEST] or "USD"
    symbol = _SYMBOLS.get(word.upper(), f"{word}\N{NO-BREAK SPACE}")
    return Currency(word, symbol, scenario.report.currency_per_usd)
