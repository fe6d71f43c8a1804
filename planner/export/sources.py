"""What the figures of a plan rest on: the rows of the catalogue that were used, each with source and date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog, load_catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Hardware, ModelShape, Source
from planner.engine import served, trained
from planner.engine.calibration import load_calibration
from planner.engine.constants import Physics, load_physics
from planner.engine.results import Results
from planner.engine.world import DEFAULT_CARBON_PRICE, build_world
from planner.errors import PlannerError
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.units import format_quantity, format_range

_NOT_MEASURED = "This card was not measured; it takes the constants of all cards on its own peak rates."


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One thing that was looked up.

    Attributes
    ----------
    used_for : str
        Which part of the plan rests on it.
    kind, id, name : str
        Table of the catalogue, id and name in it.
    figure : str
        The figures that matter, in words.
    source, date, note : str
        Where they come from, of what date, and what to know beside them.
    """

    used_for: str
    kind: str
    id: str
    name: str
    figure: str
    source: str
    date: str
    note: str = ""


def sources(results: Results) -> list[SourceRow]:
    """Return the rows that a simulated scenario used, without repetition."""
    catalog, scenario = load_catalog(), results.scenario
    found = [
        *_models(catalog, scenario),
        *_cards(catalog, results),
        *_rents(catalog, results),
        *_tokens(results),
        *_tuning(catalog, results),
        *_place(catalog, scenario),
        *_labour(catalog, scenario),
        *_constants(load_physics(), results),
    ]
    return list(dict.fromkeys(found))


def _of(used_for: str, kind: str, row: Any, figure: str, name: str = "") -> SourceRow:
    source: Source = row.source
    return SourceRow(
        used_for, kind, row.id, name or row.name, figure, source.title, source.as_of, source.note
    )


# ---------------------------------------------------------------- models and hardware
def _models(catalog: Catalog, scenario: Scenario) -> Iterator[SourceRow]:
    for used_for, id in (
        ("Base model", scenario.base.model),
        ("Student model", scenario.student.model),
        ("Model assumed behind the API", scenario.api.assumed_model),
    ):
        if id is not None:
            model = catalog.find_model(id)
            yield _of(used_for, "models", model, _shape_text(model))


def _shape_text(model: ModelShape) -> str:
    size = format_quantity(model.total_params, "params")
    active = f", {format_quantity(model.active_params, 'params')} active" if model.is_moe else ""
    return f"{size} parameters{active}, {model.layers} layers, width {model.hidden_size}"


def _cards(catalog: Catalog, results: Results) -> Iterator[SourceRow]:
    scenario = results.scenario
    wanted = [("Training", scenario.training.hardware), ("Serving", scenario.serving.hardware)]
    if scenario.serving.student_target != "cloud":
        device = build_world(scenario, catalog, load_physics(), None).device
        wanted.append((f"Student, {scenario.serving.student_target}", device.id))
    if _buys_tokens(results):
        wanted.append(("Energy of the API, assumed", load_physics().serving.api_hardware))
    for used_for, id in wanted:
        card = catalog.find_hardware(id)
        yield _of(used_for, "hardware", card, _card_text(card))
        if card.embodied_kgco2e is not None:
            yield SourceRow(
                f"{used_for}: making it", "hardware", card.id, card.name,
                format_quantity(card.embodied_kgco2e, "kgco2e"), card.embodied_source, card.source.as_of,
            )  # fmt: skip


def _card_text(card: Hardware) -> str:
    parts = [f"{card.memory_gb:g} GB", format_quantity(card.memory_bandwidth_bytes_s, "bytes_s")]
    if card.bf16_flop_s is not None:
        parts.append(f"bf16 {format_quantity(card.bf16_flop_s, 'flop_s')}")
    if card.tdp_w is not None:
        parts.append(format_quantity(card.tdp_w, "w"))
    return ", ".join(parts)


# ---------------------------------------------------------------- prices
def _rents(catalog: Catalog, results: Results) -> Iterator[SourceRow]:
    scenario = results.scenario
    provider = scenario.prices.cloud_provider
    wanted = [("training", scenario.training.hardware, scenario.training.usd_per_accelerator_h, "on_demand")]
    if scenario.hardware.ownership == "rent":
        serving = scenario.serving
        wanted.append(("serving", serving.hardware, serving.usd_per_accelerator_h, serving.purchase))
    for used_for, id, typed, purchase in wanted:
        card = catalog.find_hardware(id)
        if typed is not None:
            figure = format_quantity(typed, "usd_per_h")
            yield SourceRow(f"Rent, {used_for}", "typed", card.id, card.name, figure, "you", "")
            continue
        point = rent_usd_per_accelerator_h(catalog, card.id, provider, cast(Any, purchase))
        figure = format_quantity(point.usd, "usd_per_h")
        if point.low_usd is not None and point.low_usd != point.high_usd:
            figure += f", range {format_range(point.low_usd, point.high_usd, 'usd_per_h')}"
        source = point.source
        yield SourceRow(
            f"Rent, {used_for}",
            "cloud prices",
            card.id,
            card.name,
            figure,
            source.title,
            source.as_of,
            source.note,
        )


def _buys_tokens(results: Results) -> bool:
    teaches = results.scenario.distil.teacher == "api" and "distil" in results.strategies
    return "api" in results.strategies or teaches


def _tokens(results: Results) -> Iterator[SourceRow]:
    api = results.scenario.api
    typed = api.input_usd_per_mtok is not None and api.output_usd_per_mtok is not None
    if not _buys_tokens(results):
        return
    if typed:
        figure = _token_text(api.input_usd_per_mtok, api.output_usd_per_mtok)
        yield SourceRow("Price of the API", "typed", api.model, api.model, figure, "you", "")
        return
    try:
        price = api_price(api.provider, api.model)
    except PlannerError:  # without a price the strategy does not fit, and says so
        return
    figure = _token_text(price.input_usd_per_mtok, price.output_usd_per_mtok)
    source = price.source
    yield SourceRow(
        "Price of the API", "API prices", f"{price.provider}/{price.model}", price.name, figure, source.title,
        source.as_of, source.note,
    )  # fmt: skip


def _token_text(prompt: float | None, answer: float | None) -> str:
    return (
        f"prompt {format_quantity(prompt, 'usd_per_mtok')}, answer {format_quantity(answer, 'usd_per_mtok')}"
    )


def _tuning(catalog: Catalog, results: Results) -> Iterator[SourceRow]:
    for choices in results.choices.values():
        if choices.provider_row:
            row = catalog.find_fine_tuning_price(choices.provider_row)
            training = row.training_usd_per_mtok
            figure = "" if training is None else f"training {format_quantity(training, 'usd_per_mtok')}"
            yield _of(
                "Fine-tuning at a provider", "fine-tuning prices", row, figure, f"{row.provider}, {row.name}"
            )


# ---------------------------------------------------------------- place, people, physics
def _place(catalog: Catalog, scenario: Scenario) -> Iterator[SourceRow]:
    grid = catalog.find_grid(scenario.site.grid)
    yield _of("Electricity", "grids", grid, format_quantity(grid.carbon_kgco2e_per_kwh, "kgco2e_per_kwh"))
    if scenario.site.usd_per_tco2e is None:
        price = catalog.find_carbon_price(DEFAULT_CARBON_PRICE)
        yield _of(
            "Carbon price, beside the totals",
            "carbon prices",
            price,
            format_quantity(price.usd_per_tco2e, "usd_per_tco2e"),
        )


def _labour(catalog: Catalog, scenario: Scenario) -> Iterator[SourceRow]:
    """Rows that a field names as the source of its default, where the default is in use."""
    for spec in specs_of(Scenario).values():
        named = re.search(r"catalogue: ([a-z0-9-]+)", spec.source)
        row = catalog.labour.get(named[1]) if named else None
        if row is not None and scenario.get(spec.path) == spec.default:
            ends = [f"{end:g}" for end in (row.low, row.high) if end is not None]
            figure = f"{' to '.join(ends)} {row.unit.replace('usd_per_', 'USD/').replace('_', ' ')}"
            yield _of(spec.title, "labour and data", row, figure, row.item)


def _constants(physics: Physics, results: Results) -> Iterator[SourceRow]:
    scenario, catalog = results.scenario, load_catalog()
    yield SourceRow(
        "Equations",
        "physics",
        "constants",
        "Constants of the model",
        physics.version,
        physics.source,
        catalog.date,
    )
    training = catalog.find_hardware(scenario.training.hardware)
    note = "" if trained.is_measured(training) else _NOT_MEASURED
    source = f"{load_calibration().source}, in {physics.training.software}"
    yield SourceRow(
        "Speed of training", "physics", training.id, training.name, "", source, catalog.date, note
    )
    serving = catalog.find_hardware(scenario.serving.hardware)
    note = "" if served.is_measured(serving) else _NOT_MEASURED
    source = load_calibration().source
    yield SourceRow("Speed of serving", "physics", serving.id, serving.name, "", source, catalog.date, note)
