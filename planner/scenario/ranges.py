"""Ranges: what a user does not know, as low, most likely and high."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from planner.scenario.section import Section

Shape = Literal["pert", "triangular", "lognormal", "uniform"]


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
            raise ValueError(f"low {self.low:g}, mode {self.mode:g} and high {self.high:g} must not decrease")
        if self.shape == "lognormal" and self.low <= 0:
            raise ValueError(f"low {self.low:g} of a lognormal range must be above 0")
        return self
