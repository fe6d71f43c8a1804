"""Ranges: what a user does not know, as low, most likely and high."""

from __future__ import annotations

import math
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from planner.scenario.section import Section

Shape = Literal["pert", "triangular", "lognormal", "uniform"]
SHAPES: tuple[Shape, ...] = ("pert", "triangular", "lognormal", "uniform")
_WITHOUT_PEAK: Final = ("lognormal", "uniform")
_FIGURES: Final = 4  # of an end that was moved: nobody typed it


class Range(Section):
    """One uncertain input.

    ``pert`` and ``triangular`` lie between low and high with their peak at mode; ``uniform`` ignores mode;
    ``lognormal`` reads low and high as P10 and P90 (equations N1 to N3 of the model).
    """

    low: float = Field(title="Low")
    mode: float = Field(title="Most likely")
    high: float = Field(title="High")
    shape: Shape = Field("pert", title="Shape")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(
                f"low is {self.low:g}, mode {self.mode:g}, high {self.high:g}; "
                "from low to high they must not decrease"
            )
        if self.shape == "lognormal" and self.low <= 0:
            raise ValueError(f"low is {self.low:g}; allowed is a number above 0 for a lognormal range")
        return self

    def with_mode(self, value: float, lowest: float = -math.inf, highest: float = math.inf) -> Range:
        """Return the range around another most likely value.

        Of a range with a peak, the ends stay while the value lies between them. Beyond them the whole range
        moves along, in proportion where it is positive and by the difference where not: who says 20M where
        the range was 1M to 5M does not mean that 1M is still as low as it may be. A lognormal or a uniform
        range has no peak that could move alone, so it always moves as a whole: else draws would not follow
        the value.

        Parameters
        ----------
        value : float
            The new most likely value. A lognormal range, which cannot hold 0 or less, then stays as it is.
        lowest, highest : float
            Limits of the input.
        """
        if self.shape == "lognormal" and value <= 0:
            return self
        low, high = self.low, self.high
        if value != self.mode and (self.shape in _WITHOUT_PEAK or not low <= value <= high):
            if self.low >= 0 and self.mode > 0 and value > 0:
                low, high = low * value / self.mode, high * value / self.mode
            else:
                low, high = low + value - self.mode, high + value - self.mode
            low = min(value, max(lowest, _tidy(low)))
            high = max(value, min(highest, _tidy(high)))
            if self.shape == "lognormal" and low <= 0:  # too small for a float
                low = value
        return Range(low=low, mode=value, high=high, shape=self.shape)


def _tidy(value: float) -> float:
    return float(f"{value:.{_FIGURES}g}")


def is_number(value: object) -> bool:
    """Return whether a value of a field is a finite number: one that a range may stand around."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
