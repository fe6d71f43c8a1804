"""Rows of the ledger as quantities: releases, events and running, from hours and kWh to money and carbon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.booking import DRIVERS, PATHS, RUNS, Part, bears_overhead, event_scales
from planner.engine.equations.expressions import Expression, Number, Quantity, call, of
from planner.engine.equations.plan import LedgerKey
from planner.engine.equations.traced import Traced, months_of
from planner.engine.lineitems import ITEMS, Phase
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem, RunningItem
from planner.engine.updates import Calendar

PHASE_KEYS: Final[dict[Phase, str]] = {
    "first release": "release", "refresh": "refresh", "serving": "serving",
}  # fmt: skip
_UNITS: Final = {
    "usd": "usd",
    "it_kwh": "kwh",
    "energy_kwh": "kwh",
    "carbon_kgco2e": "kgco2e",
    "water_l": "l",
    "accelerator_h": "accelerator_h",
}
_WORDS: Final = {
    "usd": "cost",
    "it_kwh": "IT energy",
    "energy_kwh": "energy at the meter",
    "carbon_kgco2e": "carbon",
    "water_l": "water",
    "accelerator_h": "accelerator-hours",
}
_DRIVER_WORDS: Final = {
    "labels": "labels",
    "prompts": "prompts",
    "answers": "answers",
    "training": "training",
    "labour": "labour",
    "evaluation": "evaluation",
    "delivery": "delivery",
}


@dataclass(frozen=True, slots=True)
class Events:
    """Months of a refresh, migration, replacement: 1, else 0; age of the release. [months]."""

    refresh: Expression
    migration: Any
    replacement: Any
    any_event: Expression
    age_months: Expression

    @property
    def calendar(self) -> Calendar:
        """The same as the books take it."""
        return Calendar(self.refresh, self.migration, self.replacement, self.age_months, 1)  # type: ignore[arg-type]


def events(traced: Traced, strategy: str, blueprint: Blueprint, interval: Quantity) -> Events:
    """Return the events of a strategy: a larger one takes the place of a smaller one of the same month."""
    graph, months = traced.graph, [interval]
    nothing = np.zeros(traced.inputs.plain.horizon + 1, dtype=np.bool_)
    replacement: Any = nothing
    migration: Any = nothing
    whole: Any = 0.0
    if blueprint.depends_on_base:
        every = traced.of("refresh.teacher_update_months")
        months.append(every)
        whole = replacement = graph.add(
            months_of(traced, every), f"{strategy}/replacement", "New base or teacher in this month", "1",
            equations=("U1",),
        )  # fmt: skip
    if blueprint.withdrawn:
        every = traced.of("refresh.api_migration_months")
        months.append(every)
        found = months_of(traced, every) * (1.0 - whole)
        migration = graph.add(found, f"{strategy}/migration", "API withdrawn in this month", "1")
        whole = whole + migration
    refresh = graph.add(
        months_of(traced, interval) * (1.0 - whole), f"{strategy}/refresh", "Refresh in this month", "1"
    )
    whole = graph.name(whole + refresh, f"{strategy}/event", "Any of these in this month", "1")
    before = call("max", traced.month - 1.0, 0.0)
    ages = [call("mod", before, every) for every in months]
    age: Expression = ages[0]
    for each in ages[1:]:
        age = call("min", age, each)
    age = graph.add(age, f"{strategy}/age_months", "Age of the release", "months")
    return Events(refresh, migration, replacement, whole, age)


class Rows:
    """The rows of one strategy, as they are written down."""

    def __init__(self, traced: Traced, strategy: str) -> None:
        self.traced, self.graph, self.strategy = traced, traced.graph, strategy
        self.ledger: dict[LedgerKey, dict[str, Quantity]] = {}
        self.carbon: Any = traced.world.inputs.site.carbon_kgco2e_per_kwh

    # ------------------------------------------------------------------ one row
    def row(self, item: str, phase: Phase, name: str, value: Any, equations: tuple[str, ...] = ()) -> None:
        """Write down a quantity of a row, unless it is nothing whatever the inputs."""
        quantity = self._add((item, phase, name), value, equations or ITEMS[item].equations)
        if quantity is not None:
            self.ledger.setdefault((self.strategy, item, phase), {})[name] = quantity

    def _add(self, what: tuple[str, Phase, str], value: Any, equations: tuple[str, ...]) -> Quantity | None:
        """Write down something of an item in a phase, of traffic in months of it; None if it is nothing."""
        item, phase, name = what
        written = self.graph.written(value)
        if _is_nothing(written):
            return None
        if phase == "serving" and not self.graph.is_of_traffic(written):
            written = self.graph.written(self.traced.serves * written)
        title = f"{ITEMS[item].title}, {_WORDS[name]}" + ("" if phase == "serving" else f", {phase}")
        key = f"{self.strategy}/{item}/{PHASE_KEYS[phase]}/{name}"
        return self.graph.add(written, key, title, _UNITS[name], equations=equations)

    def get(self, item: str, phase: Phase, name: str) -> Any:
        """Return a quantity of a row; 0 where there is none."""
        return self.ledger.get((self.strategy, item, phase), {}).get(name, 0.0)

    def _draws(self, item: str, phase: Phase, it_kwh: Any, place: Any) -> None:
        """Write down energy at the meter, carbon and water of IT energy."""
        if place is None:
            return
        drawn: Any = self._add((item, phase, "it_kwh"), it_kwh, ("P4",))
        if drawn is None:
            return
        self.row(item, phase, "energy_kwh", drawn * place.pue, ("P4",))
        self.row(item, phase, "carbon_kgco2e", self.get(item, phase, "energy_kwh") * self.carbon, ("C1",))
        self.row(item, phase, "water_l", drawn * place.water_l_per_it_kwh, ())

    # ------------------------------------------------------------------ releases
    def release(self, blueprint: Blueprint, happens: Events) -> None:
        """Write down month 0 and all later events."""
        shapes = [self._amounts(item) for item in blueprint.release]
        first = [(shape, self.traced.released, self.traced.released) for shape in shapes]
        self._phase("first release", blueprint, first)
        self.graph.open("events", "When it is refreshed", self.strategy)
        scales = self._scales(blueprint, happens)
        self.graph.open("refreshes", "Refreshes and replacements", self.strategy)
        later = [(shape, scales[DRIVERS[shape.item.driver]], scales[RUNS]) for shape in shapes]
        self._phase("refresh", blueprint, later)

    def _amounts(self, item: ReleaseItem) -> _Shape:
        """Name what one release of an item takes."""
        base, title = f"{self.strategy}/{item.item}", ITEMS[item.item].title
        name = self.graph.name
        return _Shape(
            item,
            name(
                item.usd, f"{base}/usd", f"{title}, one release", "usd", equations=ITEMS[item.item].equations
            ),
            name(item.accelerator_h, f"{base}/hours", f"{title}, hours of a release", "accelerator_h"),
            name(item.fixed_h, f"{base}/fixed_hours", f"{title}, fixed hours of a release", "accelerator_h"),
            name(item.it_kwh, f"{base}/it_kwh", f"{title}, IT energy of a release", "kwh"),
            name(
                item.embodied_kgco2e, f"{base}/making", f"{title}, making the hardware, a release", "kgco2e"
            ),
        )

    def _scales(self, blueprint: Blueprint, happens: Events) -> list[Expression]:
        """Return what events take of a first release in each month, by driver and for runs."""
        part = Part(self.strategy, blueprint, happens.calendar)
        found: list[Any] = [0.0] * (RUNS + 1)
        for months, scales in event_scales(self.traced.world, part):
            if isinstance(months, Expression):
                found = [sum_ + months * scale for sum_, scale in zip(found, scales, strict=True)]
        wanted = {item.driver for item in blueprint.release}
        named = []
        for driver, number in DRIVERS.items():
            title = f"Share of a release's {_DRIVER_WORDS[driver]} taken again"
            kept = found[number] if driver in wanted else 0.0
            named.append(self.graph.twin(kept, f"{self.strategy}/taken/{driver}", title, "frac"))
        runs = found[RUNS] if any(not _is_nothing(item.fixed_h) for item in blueprint.release) else 0.0
        named.append(self.graph.twin(runs, f"{self.strategy}/taken/runs", "Runs taken again", "1"))
        return named

    def _phase(
        self, phase: Phase, blueprint: Blueprint, lines: Sequence[tuple[_Shape, Expression, Expression]]
    ) -> None:
        making: Any = 0.0
        rents: Any = 0.0
        for shape, scale, runs in lines:
            item = shape.item
            self.row(item.item, phase, "accelerator_h", shape.hours * scale + shape.fixed * runs)
            hours = self.get(item.item, phase, "accelerator_h")
            path = self._path(item, phase)
            rent = hours * item.usd_per_h * path if not _is_nothing(hours) else 0.0
            self.row(item.item, phase, "usd", shape.usd * scale * path + rent)
            self._draws(item.item, phase, hours * item.it_kwh_per_h + shape.it_kwh * scale, item.footprint)
            making = making + hours * item.embodied_kgco2e_per_h + shape.making * scale
            rents = rents + rent
        self.row("embodied", phase, "carbon_kgco2e", making)
        if bears_overhead(blueprint):
            self.row("cloud_overhead", phase, "usd", rents * self._overhead)

    @property
    def _overhead(self) -> Any:
        return self.traced.world.inputs.prices.cloud_overhead_frac

    def _path(self, item: ReleaseItem, phase: Phase) -> Any:
        """Return the price of an item over that of month 0."""
        world = self.traced.world
        paths: list[Any] = [1.0, world.rent_path, world.api_path]
        return 1.0 if phase == "first release" else paths[PATHS[item.path]]

    # ------------------------------------------------------------------ running
    def running(self, items: list[RunningItem]) -> None:
        """Write down what each month of traffic takes."""
        making: Any = 0.0
        merged = list(_merged(items))
        for item in merged:
            if item.footprint is not None:
                self.row(item.item, "serving", "accelerator_h", item.accelerator_h)
        for item in merged:
            self._draws(item.item, "serving", item.it_kwh, item.footprint)
        for item in merged:
            self.row(item.item, "serving", "usd", item.usd)
            making = making + item.embodied_kgco2e
        self.row("embodied", "serving", "carbon_kgco2e", making)


@dataclass(frozen=True, slots=True)
class _Shape:
    """An item, and what one release of it takes."""

    item: ReleaseItem
    usd: Expression
    hours: Expression
    fixed: Expression
    it_kwh: Expression
    making: Expression


def _is_nothing(value: Any) -> bool:
    found = of(value)
    return isinstance(found, Number) and found.value == 0.0


def _merged(items: list[RunningItem]) -> Iterator[RunningItem]:
    """Give the items, those of one name added up: of a student and the large model behind it, both owned."""
    by_name: dict[str, RunningItem] = {}
    for item in items:
        held = by_name.get(item.item)
        if held is None:
            by_name[item.item] = item
            continue
        by_name[item.item] = held._replace(
            usd=held.usd + item.usd,
            it_kwh=held.it_kwh + item.it_kwh,
            accelerator_h=held.accelerator_h + item.accelerator_h,
            embodied_kgco2e=held.embodied_kgco2e + item.embodied_kgco2e,
        )
    yield from by_name.values()
