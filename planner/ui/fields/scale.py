"""Where a value lies on a slider, and where steps lead; plain arithmetic, no widget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.scenario.fields import FieldSpec

_SNAP = 0.012  # of the track, to either side of a size of the catalogue
_STEPS_OF_A_SPAN = 100.0
_STEP_FACTORS = {"fine": 10 ** (1 / 100), "step": 10 ** (1 / 20), "coarse": 10 ** (1 / 4), "page": 10.0}
_STEP_COUNTS = {"fine": 0.1, "step": 1.0, "coarse": 5.0, "page": 10.0}
_FIGURES = {"fine": 4, "step": 3, "coarse": 2, "page": 2}


@dataclass(frozen=True)
class Scale:
    """Maps the values of a field to fractions of its slider and back.

    Attributes
    ----------
    low, high : float
        Ends of the slider.
    log : bool
        Whether equal ways on the track are equal factors.
    step : float
        What values are rounded to while dragging; 0 on a log scale.
    whole : bool
        Whether the field takes whole numbers only.
    snaps : tuple of float
        Values that a drag catches, such as the sizes of the catalogue's models.
    """

    low: float
    high: float
    log: bool = False
    step: float = 0.0
    whole: bool = False
    snaps: tuple[float, ...] = field(default=())

    def fraction(self, value: float | None) -> float:
        """Return where a value lies, at an end when it is beyond."""
        if value is None or math.isnan(value):
            return 0.0
        if self.log:
            if value <= self.low:
                return 0.0
            return min(1.0, math.log(value / self.low) / math.log(self.high / self.low))
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def value(self, fraction: float) -> float:
        """Return the value of a place on the track, rounded to what a person would type."""
        for snap in self.snaps:
            if abs(self.fraction(snap) - fraction) < _SNAP:
                return snap
        if self.log:
            return self._tidy(_nice(self.low * (self.high / self.low) ** fraction))
        return self._tidy(self._rounded(self.low + fraction * (self.high - self.low), self.step))

    def stepped(self, value: float, kind: str, sign: int) -> float:
        """Return where a key leads from a value: ``fine``, ``step``, ``coarse`` or ``page``."""
        if self.log:
            inside = min(max(value, self.low), self.high)
            wanted = inside * _STEP_FACTORS[kind] ** sign
            new = float(f"{wanted:.{_FIGURES[kind]}g}")
        else:
            size = self.step * _STEP_COUNTS[kind]
            new = self._rounded(value + sign * size, size if kind == "fine" else self.step)
        if self.whole and round(new) == round(value):
            new = round(value) + sign
        return self._tidy(min(max(new, self.low), self.high))

    def _rounded(self, value: float, step: float) -> float:
        if not step:
            return value
        new = round(value / step) * step
        return float(f"{min(max(new, self.low), self.high):.10g}")

    def _tidy(self, value: float) -> float:
        return float(round(value)) if self.whole else value


def _nice(value: float) -> float:
    """Round to 2 to 5 % : 1.05, 2.1, 5.2."""
    if value <= 0:
        return value
    power = 10.0 ** math.floor(math.log10(value))
    mantissa = value / power
    grain = 0.05 if mantissa < 2 else 0.1 if mantissa < 5 else 0.2
    return float(f"{round(mantissa / grain) * grain * power:.4g}")


def scale_of(spec: FieldSpec, snaps: Sequence[float] = ()) -> Scale | None:
    """Return the scale of a field's slider; None for a field without one."""
    if not spec.numeric or spec.slider is None:
        return None
    low, high = spec.slider
    whole = spec.kind in ("integer", "interval")
    log = spec.scale == "log" and low > 0
    step = 0.0 if log else spec.step or (high - low) / _STEPS_OF_A_SPAN
    return Scale(low, high, log, step, whole, tuple(s for s in snaps if low <= s <= high))
