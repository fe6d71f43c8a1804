"""What a strategy hands to costing: items of a release, items of running, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from planner.engine.arrays import Numeric
from planner.engine.devices import Device
from planner.engine.fleet import BusyHour, Fleet
from planner.engine.jobs import Generation, Training
from planner.engine.problems import Problem
from planner.engine.world import Footprint

Driver = Literal["labels", "prompts", "answers", "training", "labour", "evaluation", "delivery"]
PricePath = Literal["flat", "rent", "api"]


class ReleaseItem(NamedTuple):
    """One thing that a release buys. Amounts hold for a driver of 1; an event scales them.

    A tuple, as a running item: a slider's event makes fifty of them, and a frozen class takes thrice as long.

    Attributes
    ----------
    usd : float or array
        Money beside accelerator-hours. [USD]
    accelerator_h, fixed_h : float or array
        Hours that follow the driver, and hours of each event. [h]
    usd_per_h : float or array
        Rent of such an hour. [USD/h]
    it_kwh_per_h, it_kwh : float or array
        IT energy of an hour, and energy without hours of ours. [kWh]
    embodied_kgco2e_per_h, embodied_kgco2e : float or array
        Likewise for making the hardware. [kgCO2e]
    """

    item: str
    driver: Driver
    path: PricePath = "flat"
    footprint: Footprint | None = None
    usd: Numeric = 0.0
    accelerator_h: Numeric = 0.0
    fixed_h: Numeric = 0.0
    usd_per_h: Numeric = 0.0
    it_kwh_per_h: Numeric = 0.0
    it_kwh: Numeric = 0.0
    embodied_kgco2e_per_h: Numeric = 0.0
    embodied_kgco2e: Numeric = 0.0


class RunningItem(NamedTuple):
    """One thing that each month of traffic costs.

    Arrays of shape (..., month), or numbers for every month.
    """

    item: str
    usd: Numeric = 0.0
    it_kwh: Numeric = 0.0
    accelerator_h: Numeric = 0.0
    embodied_kgco2e: Numeric = 0.0
    footprint: Footprint | None = None


@dataclass(slots=True)
class Blueprint:
    """A strategy before its months are added up.

    Attributes
    ----------
    quality, general_quality : float or array
        Scores at release. [points]
    fits : bool or array
        Whether everything holds in memory.
    lag_factor : float
        How much longer from data to live than the plan's lag. [1]
    outside : bool
        Whether data leave the house.
    withdrawn, depends_on_base : bool
        Whether an API's withdrawal, or a new base or teacher, forces an event.
    generation, answers : Generation or None, float or array
        A self-hosted teacher, and the requests of a release that it answers for this strategy. [1]
    device : Device or None
        Where users' devices answer.
    busy_hours : callable
        Gives the latencies of each month's busy hour, when somebody looks.
    energy_range_frac, ranged_item : tuple of float, str
        Low and high of energy over its middle, and the running item that they hold for; all of them if empty.
    """

    release: list[ReleaseItem] = field(default_factory=list)
    running: list[RunningItem] = field(default_factory=list)
    quality: Any = 0.0
    general_quality: Any = 0.0
    fits: Any = True
    problems: list[Problem] = field(default_factory=list)
    lag_factor: float = 1.0
    outside: bool = False
    withdrawn: bool = False
    depends_on_base: bool = False
    reselects: bool = False
    trainings: dict[str, Training] = field(default_factory=dict)
    generation: Generation | None = None
    answers: Numeric = 0.0
    fleet: Fleet | None = None
    device: Device | None = None
    ttft_p95_s: Any = 0.0
    tpot_s: Any = 0.0
    latency_p95_s: Any = 0.0
    busy_hours: Callable[[], BusyHour] | None = None
    energy_range_frac: tuple[float, float] = (1.0, 1.0)
    ranged_item: str = ""
    caveats: set[str] = field(default_factory=set)

    def answers_within(self, times: BusyHour, by_month: Callable[[], BusyHour] | None = None) -> None:
        """Take note of how fast the answers are, in the busiest month and in each: the same if not given."""
        self.tpot_s, self.ttft_p95_s, self.latency_p95_s = times.tpot_s, times.ttft_p95_s, times.latency_p95_s
        self.busy_hours = by_month or (lambda: times)

    def answer_by(self, fleet: Fleet) -> None:
        """Take note of the replicas that answer first."""
        self.fleet = fleet
        self.answers_within(fleet.busiest, lambda: fleet.busy_hours)

    def require(self, holds: Any, problem: Any) -> None:
        """Take note of a condition; `problem` explains it where it fails at the most likely values."""
        self.fits = self.fits & holds
        if not getattr(holds, "ndim", 0) and not holds:
            self.problems.append(problem())
