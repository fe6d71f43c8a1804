"""Everything a simulation reads.

The scenario with its draws, catalogue rows, architectures, prices by month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Grid, Hardware
from planner.engine.architecture import Architecture, architecture_of
from planner.engine.arrays import Array, Numeric, select
from planner.engine.constants import Physics
from planner.engine.footprint import operational_kgco2e, water_l
from planner.engine.prices import changing_path, falling_path
from planner.engine.problems import CannotCostError, Problem, Remedy
from planner.errors import InputError
from planner.scenario.assumptions import Labour, Limits, Measured, Ownership, Prices, Quality, Refresh, Site
from planner.scenario.model import NOT_DRAWN, Scenario, spec_for
from planner.scenario.sections import Api, Base, Data, Distil, Finetune, Serving, Student, Training, Workload

DEFAULT_WORKSTATION = "nvidia-rtx-4090"
DEFAULT_DEVICE = "qualcomm-snapdragon-8-elite"
DEFAULT_CARBON_PRICE = "eu-ets-2025"
WORLD_GRID = "wor"
RENTED_PUE, OWNED_PUE, OWN_DESK_PUE = 1.20, 1.54, 1.0
DEFAULT_GRID_WATER_L_PER_KWH = 3.91
KEPT_MODEL_FALL, RESELECTED_FALL = 1.2, 3.0
HALF_PRICE = 0.5


@dataclass(frozen=True, slots=True)
class Inputs:
    """The sections of a scenario.

    Where there are draws, a field holds an array ``(draw, 1)`` instead of a number.
    """

    workload: Workload
    base: Base
    student: Student
    api: Api
    data: Data
    finetune: Finetune
    distil: Distil
    training: Training
    serving: Serving
    site: Site
    limits: Limits
    refresh: Refresh
    quality: Quality
    labour: Labour
    prices: Prices
    hardware: Ownership
    measured: Measured


def inputs_of(scenario: Scenario, draws: Mapping[str, Array] | None) -> tuple[Inputs, int | None]:
    """Return the sections with draws put in, and how many draws there are.

    Raises
    ------
    InputError
        If a path is unknown or takes no draws, or the arrays differ in length.
    """
    sections: dict[str, Any] = {name: getattr(scenario, name) for name in Inputs.__slots__}
    if not draws:
        return Inputs(**sections), None
    lengths = {len(values) for values in draws.values()}
    if len(lengths) != 1:
        raise InputError(
            "draws_differ", f"Draws have lengths {sorted(lengths)}; they must be equal.", path="draws"
        )
    for path, values in draws.items():
        spec = spec_for(path)
        if not spec.numeric or spec.section not in sections or path in NOT_DRAWN:
            raise InputError("not_drawn", f"{path} takes no draws.", path=path)
        held = sections[spec.section]
        copy = held if isinstance(held, SimpleNamespace) else SimpleNamespace(**held.__dict__)
        setattr(copy, spec.name, np.asarray(values, dtype=np.float64).reshape(-1, 1))
        sections[spec.section] = copy
    return Inputs(**sections), lengths.pop()


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """What a kWh of IT energy draws at one place: meter [kWh], carbon [kgCO2e], water [L].

    One object a place and simulation, so identity tells them apart.
    """

    pue: Numeric
    carbon_kgco2e_per_it_kwh: Numeric
    water_l_per_it_kwh: Numeric


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Prices of an API at month 0. [USD/1e6 tokens]."""

    input_usd_per_mtok: Numeric
    output_usd_per_mtok: Numeric
    cached_input_usd_per_mtok: Numeric

    @property
    def cache_discount_frac(self) -> Any:
        """What a cached prompt token costs less. [1]; 0 where the prompt is free."""
        price = self.input_usd_per_mtok
        safe = select(price > 0.0, price, 1.0)
        return select(price > 0.0, 1.0 - self.cached_input_usd_per_mtok / safe, 0.0)


@dataclass(slots=True)
class World:
    """What all strategies share in one simulation.

    Attributes
    ----------
    months, volume : array
        Month numbers 0 to the horizon; requests of each. [1], shape (..., month)
    prompted_tokens, tuned_tokens : float or array
        Prompt of an untuned model or a teacher; of a tuned model or a student. [tokens]
    rent_path, api_path : array
        Prices over those of month 0. [1], shape (..., month)
    caveats : set of str
        Codes of what was left to a default, gathered on the way.
    """

    scenario: Scenario
    catalog: Catalog
    physics: Physics
    inputs: Inputs
    draws: int | None
    months: Array
    volume: Array
    base: Architecture
    student: Architecture
    training_card: Hardware
    serving_card: Hardware
    prompted_tokens: Numeric
    tuned_tokens: Numeric
    rent_path: Array
    api_path: Array
    caveats: set[str] = field(default_factory=set)
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def horizon(self) -> int:
        """Months of traffic."""
        return self.scenario.horizon_months

    @property
    def traffic(self) -> Array:
        """Requests in months 1 to the horizon. [1/month], shape (..., month)."""
        return self.volume[..., 1:]

    @property
    def total_requests(self) -> Any:
        """Requests over the horizon. [1]."""
        return self.once("total requests", lambda: self.traffic.sum(axis=-1))

    @property
    def busiest_month(self) -> Any:
        """Index into the months of traffic of the busiest one, draw by draw."""
        return self.once("busiest month", lambda: np.argmax(self.traffic, axis=-1))

    def once(self, key: Any, make: Any) -> Any:
        """Return what `make` gives, computed once a simulation: strategies share models and prices."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def column(self, values: Sequence[Numeric]) -> Array:
        """Return numbers, or arrays ``(draw, 1)``, one above the other: shape (value, 1) or (value, draw, 1).

        They then meet rows of months in a single product.
        """
        if self.draws is None:
            return np.array(values, dtype=np.float64)[:, np.newaxis]
        return np.stack(np.broadcast_arrays(*values, np.zeros((self.draws, 1)))[:-1])

    # ------------------------------------------------------------------ catalogue rows
    @property
    def device(self) -> Hardware:
        """The workstation's card or the users' device."""
        serving = self.inputs.serving
        default = DEFAULT_WORKSTATION if serving.student_target == "workstation" else DEFAULT_DEVICE
        return self.catalog.find_hardware(serving.edge_hardware or default)

    @property
    def grid(self) -> Grid:
        """The chosen grid."""
        return self.catalog.find_grid(self.inputs.site.grid)

    # ------------------------------------------------------------------ prices at month 0
    @property
    def training_rent_usd_h(self) -> Numeric:
        """Rent of a training accelerator. [USD/h]."""
        return self._rent(
            self.inputs.training.usd_per_accelerator_h, self.training_card, "on_demand", "training"
        )

    @property
    def serving_rent_usd_h(self) -> Numeric:
        """Rent of a serving accelerator. [USD/h]."""
        serving = self.inputs.serving
        return self._rent(serving.usd_per_accelerator_h, self.serving_card, serving.purchase, "serving")

    def _rent(self, typed: Numeric | None, card: Hardware, purchase: str, section: str) -> Numeric:
        if typed is not None:
            return typed
        point = rent_usd_per_accelerator_h(
            self.catalog, card.id, self.inputs.prices.cloud_provider, cast(Any, purchase)
        )
        if point.usd is None:
            where = self.inputs.prices.cloud_provider or "any provider of the catalogue"
            raise CannotCostError(
                Problem(
                    "price_unknown",
                    f"No rent is known for {card.name} at {where}.",
                    f"Type a price in {section}.usd_per_accelerator_h, or choose another accelerator.",
                    (
                        Remedy(
                            "Use H100 SXM",
                            {f"{section}.hardware": "nvidia-h100-sxm", "prices.cloud_provider": None},
                        ),
                    ),
                )
            )
        self.caveats.update(point.caveats)
        return point.usd

    def token_prices(self) -> TokenPrices:
        """Return the API's prices, typed or from the list. [USD/1e6 tokens]."""
        api = self.inputs.api
        typed_in, typed_out, typed_cached = (
            api.input_usd_per_mtok,
            api.output_usd_per_mtok,
            api.cached_input_usd_per_mtok,
        )
        if typed_in is not None and typed_out is not None:
            return TokenPrices(
                typed_in, typed_out, typed_in * HALF_PRICE if typed_cached is None else typed_cached
            )
        listed = api_price(api.provider, api.model)
        self.caveats.update(listed.caveats)
        price = listed.input_usd_per_mtok if typed_in is None else typed_in
        cached: Numeric | None = typed_cached
        if cached is None and typed_in is None:
            cached = listed.cached_input_usd_per_mtok
        return TokenPrices(
            price,
            listed.output_usd_per_mtok if typed_out is None else typed_out,
            price * HALF_PRICE if cached is None else cached,
        )

    # ------------------------------------------------------------------ site
    def footprint(self, place: str) -> Footprint:
        """Return what a kWh of IT energy draws.

        ``rented``, ``owned``, ``desk``, ``device`` or ``provider``.
        """
        return cast(Footprint, self.once(("footprint", place), lambda: self._footprint(place)))

    def _footprint(self, place: str) -> Footprint:
        site = self.inputs.site
        carbon = site.carbon_kgco2e_per_kwh
        carbon = self.grid.carbon_kgco2e_per_kwh if carbon is None else carbon
        grid_water = site.grid_water_l_per_kwh
        if grid_water is None:
            grid_water = self.grid.water_l_per_kwh
        if grid_water is None:
            self.caveats.add("grid_water_default")
            grid_water = DEFAULT_GRID_WATER_L_PER_KWH
        fixed: dict[str, Numeric] = {
            "desk": OWN_DESK_PUE,
            "device": OWN_DESK_PUE,
            "provider": self.physics.serving.api_pue,
        }
        default = OWNED_PUE if place == "owned" else RENTED_PUE
        pue = fixed.get(place, default if site.pue is None else site.pue)
        on_site = 0.0 if place in ("desk", "device") else site.wue_l_per_kwh
        return Footprint(
            pue,
            operational_kgco2e(1.0, pue, carbon),
            water_l(1.0, site_l_per_kwh=on_site, pue=pue, grid_l_per_kwh=grid_water),
        )

    @property
    def electricity_usd_per_kwh(self) -> Numeric:
        """Price of electricity where the hardware is our own. [USD/kWh]."""
        if self.inputs.site.usd_per_kwh is not None:
            return self.inputs.site.usd_per_kwh
        price = self.grid.electricity_usd_per_kwh
        if price is None:
            self.caveats.add("grid_price_unknown")
            price = self.catalog.find_grid(WORLD_GRID).electricity_usd_per_kwh
        return cast(float, price)

    @property
    def carbon_price_usd_per_tco2e(self) -> Numeric:
        """Internal carbon price, shown beside the totals. [USD/t]."""
        typed = self.inputs.site.usd_per_tco2e
        return self.catalog.find_carbon_price(DEFAULT_CARBON_PRICE).usd_per_tco2e if typed is None else typed


def turned(values: Any) -> Any:
    """Return a column by draw as a row, to meet a column of months: draws then are next to each other.

    Arrays of (draw, month) have few months: passes along the draws are the quicker ones.
    """
    return values.T if isinstance(values, np.ndarray) else values


def by_draw_and_month(draws: int, months: int, *leading: int) -> Array:
    """Return room for figures of shape (..., draw, month), draws next to each other in memory."""
    return np.empty((*leading, months, draws)).swapaxes(-1, -2)


def _months_beside(yearly: Numeric, months: Array) -> Array:
    """Return months as they meet a turned yearly change: below each other where there is one by draw."""
    return months[:, np.newaxis] if isinstance(yearly, np.ndarray) else months


def _volume(workload: Workload, months: Array, draws: int | None) -> Any:
    """Return requests by month; with draws of full shape, since all that runs follows from them."""
    requests, growth = workload.requests_per_month, workload.growth_frac_per_month
    if draws is None:
        return volume_by_month(requests, growth, months)
    volume = by_draw_and_month(draws, len(months))
    volume.T[...] = volume_by_month(turned(requests), turned(growth), months[:, np.newaxis])
    return volume


def volume_by_month(requests_per_month: Numeric, growth_frac: Numeric, months: Array) -> Any:
    """Return requests in months 0 to the horizon; none in month 0, growth from month 1 on. [1/month]."""
    return requests_per_month * np.power(1.0 + growth_frac, months - 1.0) * (months > 0)


def api_fall_factor(prices: Prices) -> Numeric:
    """Return the factor by which a year lowers API prices (decision 4). [1/year]."""
    if prices.api_fall_factor_per_year is not None:
        return prices.api_fall_factor_per_year
    return RESELECTED_FALL if prices.api_reselect else KEPT_MODEL_FALL


def build_world(
    scenario: Scenario, catalog: Catalog, physics: Physics, draws: Mapping[str, Array] | None
) -> World:
    """Return the world of one simulation.

    Raises
    ------
    CatalogError, InputError
        If an id is unknown, or a model cannot be costed.
    """
    inputs, count = inputs_of(scenario, draws)
    months = np.arange(scenario.horizon_months + 1, dtype=np.float64)
    workload = inputs.workload
    rent_change, api_fall = inputs.prices.rent_change_frac_per_year, api_fall_factor(inputs.prices)
    return World(
        scenario=scenario,
        catalog=catalog,
        physics=physics,
        inputs=inputs,
        draws=count,
        months=months,
        volume=_volume(workload, months, count),
        base=architecture_of(catalog, inputs.base.model, inputs.base.params),
        student=architecture_of(catalog, inputs.student.model, inputs.student.params),
        training_card=catalog.find_hardware(inputs.training.hardware),
        serving_card=catalog.find_hardware(inputs.serving.hardware),
        prompted_tokens=workload.input_tokens + workload.instruction_tokens,
        tuned_tokens=workload.input_tokens + workload.tuned_instruction_tokens,
        rent_path=changing_path(turned(rent_change), _months_beside(rent_change, months)).T,
        api_path=falling_path(turned(api_fall), _months_beside(api_fall, months)).T,
    )
