"""Inputs of a plan as quantities: what is null with the value that it resolved to, and where that is from."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, cast

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Source
from planner.engine.constants import load_physics
from planner.engine.equations.expressions import Quantity, operation
from planner.engine.problems import CannotCostError
from planner.engine.world import (
    DEFAULT_CARBON_PRICE,
    DEFAULT_GRID_WATER_L_PER_KWH,
    HALF_PRICE,
    WORLD_GRID,
    Inputs,
    World,
    api_fall_factor,
    build_world,
)
from planner.errors import CatalogError
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario, spec_for

SIZE: Final = "Another size is another shape of the model: it needs a new simulation."
CHOICE: Final = "Decided when the plan was simulated; it stays as it was."
COMPUTED: Final = "Computed here; a score of your own takes its place in the plan, not in this file."
HELD: Final[dict[str, str]] = {
    "horizon_months": "The months of this file are fixed.",
    "base.params": SIZE,
    "student.params": SIZE,
    "training.accelerators": CHOICE,
    "serving.accelerators_per_replica": CHOICE,
}
"""Numeric inputs that never are quantities, with the reason."""
_WITHOUT: Final[dict[str, str]] = {
    "quality.finetune_points": COMPUTED,
    "quality.distil_points": COMPUTED,
    "quality.both_points": COMPUTED,
    "workload.tpot_limit_s": "There is no limit in this plan; one would bound the batch.",
    "refresh.drift_most_points": "Drift has no end in this plan; one would change its curve.",
}
"""Those that are none where they are null."""
_NONE_PASSED: Final = "Nothing is passed on in this plan; a large model behind the student is new rows."
NEVER_MONTHS: Final = float(spec_for("refresh.api_migration_months").high or 0)
"""Stands for never: longer than any plan. [months]."""

Found = tuple[float, Source]
_SET: Final = Source("set in this plan", "")


class InputQuantities:
    """The numeric inputs of a scenario as quantities."""

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self.scenario, self.catalog = scenario, catalog
        self.plain: World = build_world(scenario, catalog, load_physics(), None)
        self.held = dict(HELD)
        self.by_path: dict[str, Quantity] = {}
        for path, spec in specs_of(Scenario).items():
            if spec.numeric and spec.section in Inputs.__slots__ and path not in HELD:
                self._add(path)

    def _add(self, path: str) -> None:
        spec, value = spec_for(path), self.scenario.get(path)
        if path == "distil.escalated_frac" and value == 0.0:
            self.held[path] = _NONE_PASSED
            return
        if isinstance(value, str):  # "optimal": what was decided, by strategy
            self.held[path] = "The best interval of each strategy was looked for; see its own row."
            return
        if value is None:
            found = self._resolved(path)
            if found is None:
                if path in _WITHOUT:
                    self.held[path] = _WITHOUT[path]
                return
            number, source = found
        else:
            typed = value != spec.default
            number, source = float(value), _SET if typed else Source(spec.source, self.catalog.date)
        self.by_path[path] = Quantity(
            path, spec.title, spec.unit, number, source=source.title, date=source.as_of
        )

    # ------------------------------------------------------------------ null
    def _resolved(self, path: str) -> Found | None:
        find = _NULLS.get(path)
        try:
            return None if find is None else find(self.plain)
        except (CannotCostError, CatalogError):
            return None

    def sections(self) -> Inputs:
        """Return the sections of the scenario with quantities in place of numbers."""
        sections: dict[str, Any] = {}
        for name in Inputs.__slots__:
            held = getattr(self.scenario, name)
            copy = SimpleNamespace(**held.__dict__)
            for path, quantity in self.by_path.items():
                section, _, field = path.rpartition(".")
                if section == name:
                    setattr(copy, field, quantity)
            sections[name] = copy
        self._cached_price(sections["api"])
        return Inputs(**sections)

    def _cached_price(self, api: SimpleNamespace) -> None:
        """Let the cached price follow the prompt price while it stands as it was.

        The list's goes with the list's prompt price; it is half of a typed one, as in the plan.
        """
        given, path = self.scenario.api, "api.cached_input_usd_per_mtok"
        cached, prompt = self.by_path.get(path), self.by_path.get("api.input_usd_per_mtok")
        if given.cached_input_usd_per_mtok is not None or cached is None or prompt is None:
            return
        follows = prompt * HALF_PRICE
        listed = _listed_cached(self.plain)
        if listed is not None:
            usd, source = listed
            row = Quantity(
                "list/cached_input_usd_per_mtok", "Cached input price of the list", "usd_per_mtok", usd,
                source=source.title, date=source.as_of,
            )  # fmt: skip
            follows = operation("if", prompt.equals(prompt.value), row, follows)
        api.cached_input_usd_per_mtok = unless_moved(cached, follows)


def unless_moved(path: Quantity, value: Any) -> Any:
    """Return a value that holds while an input stands as it was; else the input itself."""
    return operation("if", path.equals(path.value), value, path)


def _rent(section: str) -> Callable[[World], Found | None]:
    def find(world: World) -> Found | None:
        card = world.training_card if section == "training" else world.serving_card
        purchase = "on_demand" if section == "training" else world.inputs.serving.purchase
        point = rent_usd_per_accelerator_h(
            world.catalog, card.id, world.inputs.prices.cloud_provider, cast(Any, purchase)
        )
        return None if point.usd is None else (point.usd, point.source)

    return find


def _token_price(name: str) -> Callable[[World], Found | None]:
    def find(world: World) -> Found | None:
        listed = api_price(world.inputs.api.provider, world.inputs.api.model)
        return getattr(listed, name), listed.source

    return find


def _listed_cached(world: World) -> Found | None:
    """Return the list's cached price, where it is the one that holds."""
    if world.inputs.api.input_usd_per_mtok is not None:
        return None
    listed = api_price(world.inputs.api.provider, world.inputs.api.model)
    usd = listed.cached_input_usd_per_mtok
    return None if usd is None else (usd, listed.source)


def _cached(world: World) -> Found:
    half = Source("half of the prompt price", world.catalog.date)
    return float(world.token_prices().cached_input_usd_per_mtok), (_listed_cached(world) or (0.0, half))[1]


def _grid_water(world: World) -> Found:
    litres = world.grid.water_l_per_kwh
    if litres is None:
        return DEFAULT_GRID_WATER_L_PER_KWH, Source("EcoLogits, world", world.catalog.date)
    return litres, world.grid.source


def _electricity(world: World) -> Found:
    own = world.grid.electricity_usd_per_kwh is not None
    source = world.grid.source if own else world.catalog.find_grid(WORLD_GRID).source
    return float(world.electricity_usd_per_kwh), source


def _carbon_price(world: World) -> Found:
    row = world.catalog.find_carbon_price(DEFAULT_CARBON_PRICE)
    return row.usd_per_tco2e, row.source


def _from_field(path: str, value: Callable[[World], Any]) -> Callable[[World], Found]:
    def find(world: World) -> Found:
        return float(value(world)), Source(spec_for(path).source, world.catalog.date)

    return find


def _capex(world: World) -> Found | None:
    serving = world.inputs.serving
    at_desk = serving.student_target == "workstation" and world.inputs.hardware.ownership == "rent"
    card = world.device if at_desk else world.serving_card
    if card.purchase_price_usd is None:
        return None
    usd = card.purchase_price_usd + world.inputs.hardware.host_usd_per_accelerator
    return float(usd), Source(f"{card.source.title}, and a share of the host", card.source.as_of)


def _never(world: World) -> Found:
    return NEVER_MONTHS, Source("never in this plan: longer than its months", "")


_NULLS: Final[dict[str, Callable[[World], Found | None]]] = {
    "training.usd_per_accelerator_h": _rent("training"),
    "serving.usd_per_accelerator_h": _rent("serving"),
    "api.input_usd_per_mtok": _token_price("input_usd_per_mtok"),
    "api.output_usd_per_mtok": _token_price("output_usd_per_mtok"),
    "api.cached_input_usd_per_mtok": _cached,
    "site.carbon_kgco2e_per_kwh": lambda world: (world.grid.carbon_kgco2e_per_kwh, world.grid.source),
    "site.grid_water_l_per_kwh": _grid_water,
    "site.usd_per_kwh": _electricity,
    "site.usd_per_tco2e": _carbon_price,
    "site.pue": _from_field(
        "site.pue",
        lambda world: world.footprint("owned" if world.inputs.hardware.ownership == "own" else "rented").pue,
    ),
    "prices.api_fall_factor_per_year": _from_field(
        "prices.api_fall_factor_per_year", lambda world: api_fall_factor(world.inputs.prices)
    ),
    "hardware.capex_usd_per_accelerator": _capex,
    "refresh.api_migration_months": _never,
    "refresh.teacher_update_months": _never,
}
