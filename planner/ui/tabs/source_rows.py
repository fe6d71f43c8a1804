"""What the Sources page lists: inputs, catalogue rows in use, physics constants, credits. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Grid, Hardware, ModelShape, Source
from planner.engine.constants import load_physics
from planner.engine.world import DEFAULT_CARBON_PRICE, DEFAULT_DEVICE, DEFAULT_WORKSTATION
from planner.errors import PlannerError
from planner.export.assumptions import assumptions
from planner.paths import resource
from planner.ui.kit.table import Cell
from planner.ui.view import View
from planner.units import format_edit, format_quantity, format_range

INPUT_HEADERS = ("Input", "Value", "Changed", "Source", "Date")
PHYSICS_HEADERS = ("Constant", "Value", "Source")
CREDIT_HEADERS = ("Origin", "Terms")
DEFAULT_FACILITY = "azure-global--conservative-2025"
DEFAULT_WAGE = "loaded-ml-engineer"
_FONTS_AND_ICONS = (
    ("Inter, the letters on the screen (rsms and the Inter project)", "SIL Open Font License 1.1"),
    ("Lucide, the icons", "ISC"),
)
_WORDS = {
    "api": "API", "gpu": "GPU", "kv": "KV", "lora": "LoRA", "mfu": "MFU", "mtbf": "MTBF of an",
    "pue": "PUE", "qlora": "QLoRA", "scv": "squared variation", "seq": "sequence",
}  # fmt: skip
_SUFFIXES = {
    "_bytes_s": "bytes_s",
    "_kgco2e": "kgco2e",
    "_s": "s",
    "_h": "h",
    "_w": "w",
}


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue in use: what for, its name, what it says, where that is from."""

    kind: str
    name: str
    says: str
    source: Source
    caveats: tuple[str, ...] = ()

    def holds(self, word: str) -> bool:
        """Whether a search finds it."""
        text = (
            f"{self.kind} {self.name} {self.says} {self.source.title} {self.source.note} {self.source.as_of}"
        )
        return word in text.casefold()


def input_rows(view: View) -> list[list[Cell]]:
    """Every input: title, value, whether it was changed, source, date; links are paths."""
    rows = []
    for row in assumptions(view.scenario, view.plan):
        title = f"{row.section}: {row.title}" if row.section != "Scenario" else row.title
        was = f"was {row.before}" if row.changed else ""
        weight = 600 if row.changed else 0
        rows.append(
            [
                Cell(title, link=row.path),
                Cell(row.text, weight=weight, tone="ink"),
                Cell(was, tone="ink" if was else ""),
                Cell(row.source, tone="ink" if row.changed else ""),
                Cell(row.date),
            ]
        )
    return rows


# ---- the catalogue


def catalogue_entries(view: View) -> list[Entry]:
    """Rows of the catalogue that this plan uses, each once."""
    found: dict[tuple[str, str], Entry] = {}
    for make in (_models, _api, _hardware, _rents, _places, _people):
        for entry in _safely(make, view):
            found.setdefault((entry.name, entry.source.title), entry)
    return list(found.values())


def _safely(make: Callable[[View], Iterator[Entry]], view: View) -> list[Entry]:
    """Entries up to the first row that is not there: a plan may name what the catalogue lacks."""
    found = []
    try:
        for entry in make(view):
            found.append(entry)  # noqa: PERF402 - keeps what came before an error
    except PlannerError:
        pass
    return found


def _models(view: View) -> Iterator[Entry]:
    scenario = view.scenario
    named = (("Base model", scenario.base.model), ("Student model", scenario.student.model))
    for kind, model in (*named, ("Stands for the API", scenario.api.assumed_model)):
        if model is not None:
            yield _model(kind, view.catalog.find_model(model))


def _model(kind: str, row: ModelShape) -> Entry:
    size = format_quantity(row.total_params, "params")
    says = f"{size} parameters, {row.layers} layers of {row.hidden_size:,}, licence {row.licence}"
    return Entry(kind, row.name, says, row.source)


def _api(view: View) -> Iterator[Entry]:
    api = view.scenario.api
    price = api_price(api.provider, api.model)
    asked = (
        (price.input_usd_per_mtok, "in"),
        (price.output_usd_per_mtok, "out"),
        (price.cached_input_usd_per_mtok, "from cache"),
    )
    says = [f"{format_quantity(usd, 'usd_per_mtok')} {word}" for usd, word in asked if usd is not None]
    yield Entry("API price", f"{price.provider} {price.name}", ", ".join(says), price.source, price.caveats)


def _hardware(view: View) -> Iterator[Entry]:
    scenario, catalog = view.scenario, view.catalog
    target = scenario.serving.student_target
    yield _card("Serving accelerator", catalog.find_hardware(scenario.serving.hardware))
    yield _card("Training accelerator", catalog.find_hardware(scenario.training.hardware))
    if target != "cloud":
        default = DEFAULT_WORKSTATION if target == "workstation" else DEFAULT_DEVICE
        yield _card("Student's device", catalog.find_hardware(scenario.serving.edge_hardware or default))
    yield _card("Stands for the API's", catalog.find_hardware(load_physics().serving.api_hardware))


def _card(kind: str, row: Hardware) -> Entry:
    parts = [f"{format_quantity(row.memory_gb, 'gb')} memory"]
    parts.append(f"{format_quantity(row.memory_bandwidth_bytes_s, 'bytes_s')} bandwidth")
    if row.bf16_flop_s is not None:
        parts.append(f"{format_quantity(row.bf16_flop_s, 'flop_s')} bf16")
    if row.tdp_w is not None:
        parts.append(f"{format_quantity(row.tdp_w, 'w')} rated")
    return Entry(kind, row.name, ", ".join(parts), row.source, row.caveats)


def _rents(view: View) -> Iterator[Entry]:
    scenario, catalog = view.scenario, view.catalog
    provider = scenario.prices.cloud_provider
    asked = (
        (
            "Rent, serving",
            scenario.serving.hardware,
            scenario.serving.usd_per_accelerator_h,
            scenario.serving.purchase,
        ),
        ("Rent, training", scenario.training.hardware, scenario.training.usd_per_accelerator_h, "on_demand"),
    )
    for kind, card, typed, purchase in asked:
        if typed is not None:
            continue
        point = rent_usd_per_accelerator_h(catalog, card, provider, purchase)
        if point.usd is None:
            continue
        says = format_quantity(point.usd, "usd_per_h")
        if point.low_usd is not None and point.high_usd is not None:
            says += f", range {format_range(point.low_usd, point.high_usd, 'usd_per_h')}"
        yield Entry(kind, catalog.find_hardware(card).name, says, point.source, point.caveats)
    row = scenario.finetune.provider_row
    if scenario.finetune.host == "provider" and row is not None:
        price = catalog.find_fine_tuning_price(row)
        yield Entry("Fine-tuning price", f"{price.provider} {price.name}", "", price.source, price.caveats)


def _places(view: View) -> Iterator[Entry]:
    site, catalog = view.scenario.site, view.catalog
    yield _grid(catalog.find_grid(site.grid))
    if site.pue is None:
        row = catalog.find_facility(DEFAULT_FACILITY)
        pue = format_quantity(row.pue, "1")
        yield Entry("Data centre", f"{row.provider} {row.region}", f"PUE {pue}", row.source)
    if site.usd_per_tco2e is None:
        price = catalog.find_carbon_price(DEFAULT_CARBON_PRICE)
        says = format_quantity(price.usd_per_tco2e, "usd_per_tco2e")
        yield Entry("Carbon price", price.name, says, price.source)


def _grid(row: Grid) -> Entry:
    parts = [format_quantity(row.carbon_kgco2e_per_kwh, "kgco2e_per_kwh")]
    if row.electricity_usd_per_kwh is not None:
        parts.append(format_quantity(row.electricity_usd_per_kwh, "usd_per_kwh", figures=2))
    if row.water_l_per_kwh is not None:
        parts.append(format_quantity(row.water_l_per_kwh, "l_per_kwh"))
    return Entry("Grid", row.name, f"{', '.join(parts)}; {row.carbon_basis}", row.source, row.caveats)


def _people(view: View) -> Iterator[Entry]:
    catalog: Catalog = view.catalog
    row = catalog.find_labour(DEFAULT_WAGE)
    says = format_quantity(row.typical, "usd_per_h")
    if row.low is not None and row.high is not None:
        says += f", range {format_range(row.low, row.high, 'usd_per_h')}"
    yield Entry("Wage", row.item, says, row.source)


# ---- constants and credits


@cache
def physics_rows() -> tuple[tuple[Cell, ...], ...]:
    """Every physics constant with its source."""
    physics = load_physics()
    rows: list[tuple[Cell, ...]] = []
    for part in fields(physics):
        record = getattr(physics, part.name)
        if is_dataclass(record):
            rows += _constants(part.name.capitalize(), record, physics.sources.get(part.name, {}))
    return tuple(rows)


def _constants(title: str, record: Any, sources: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for field in fields(record):
        value, name = getattr(record, field.name), field.name
        if name in ("source", "cards"):
            continue
        own = sources.get(name, record.source)
        if isinstance(value, dict):
            for key, inner in value.items():
                if is_dataclass(inner):
                    rows += _constants(f"{title}, {key.upper()}", inner, {})
                else:
                    rows.append(
                        (Cell(f"{title}: {_words(name)}, {key}"), Cell(_constant(name, inner)), Cell(own))
                    )
        else:
            rows.append((Cell(f"{title}: {_words(name)}"), Cell(_constant(name, value)), Cell(own)))
    return rows


def _words(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    return " ".join(_WORDS.get(word, word) for word in name.removesuffix("_frac").split("_"))


def _constant(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_constant("", v) for v in value)
    if not isinstance(value, int | float):
        return str(value)
    unit = next((u for suffix, u in _SUFFIXES.items() if name.endswith(suffix)), "")
    return format_quantity(value, unit) if unit else format_edit(value, "1")


@cache
def credit_rows() -> tuple[tuple[Cell, ...], ...]:
    """Origins of the catalogue's data and their terms, from its own description; letters and icons."""
    text = resource("catalog", "README.md").read_text(encoding="utf-8")
    lines = text.partition("## Credits")[2].splitlines()
    cells = [
        [part.strip() for part in line.strip().strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    found = [(row[0], row[1]) for row in cells[2:] if len(row) >= 2]
    return tuple((Cell(origin), Cell(terms)) for origin, terms in (*found, *_FONTS_AND_ICONS))
