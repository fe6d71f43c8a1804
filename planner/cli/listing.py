"""``planner list``: the catalogue, each row with its source and date."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.catalog.prices import list_api_prices
from planner.catalog.records import Source
from planner.cli.text import fitted, say, say_json, table
from planner.scenario.files import SUFFIX
from planner.scenario.presets import presets
from planner.units import MISSING, format_quantity

HELP: Final = "List the catalogue with source and date."


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: cells for people, values for programs, and where they come from."""

    cells: tuple[str, ...]
    values: Mapping[str, Any]
    source: Source


@dataclass(frozen=True, slots=True)
class _Table:
    header: tuple[str, ...]
    right: tuple[int, ...]
    rows: Sequence[_Row] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the table to list."""
    parser.add_argument("table", choices=tuple(_TABLES), metavar="|".join(_TABLES), help="what to list")
    parser.add_argument("--json", action="store_true", help="print every value of every row as JSON")


def act(chosen: argparse.Namespace) -> int:
    """Print the table."""
    found = _TABLES[chosen.table]()
    if chosen.json:
        say_json([_as_json(row) for row in found.rows])
        return 0
    rows = [[*row.cells, row.source.as_of, row.source.title] for row in found.rows]
    for line in fitted(table([[*found.header, "date", "source"], *rows], found.right)):
        say(line)
    return 0


def _as_json(row: _Row) -> dict[str, Any]:
    values = {key: value for key, value in row.values.items() if key != "source"}
    return {**values, "source": row.source.title, "date": row.source.as_of, "note": row.source.note}


def _record(record: Any, *cells: str) -> _Row:
    return _Row(cells, asdict(record), record.source)


def _models() -> _Table:
    rows = [
        _record(
            model,
            model.id,
            model.name,
            format_quantity(model.total_params, "params"),
            format_quantity(model.active_params, "params"),
            format_quantity(model.context_length, "tokens"),
            model.licence,
        )
        for model in load_catalog().models.values()
    ]
    return _Table(("id", "name", "params", "active", "context", "licence"), (2, 3, 4), rows)


def _hardware() -> _Table:
    rows = [
        _record(
            card,
            card.id,
            card.name,
            card.device_class,
            format_quantity(card.memory_gb, "gb"),
            format_quantity(card.memory_bandwidth_bytes_s, "bytes_s"),
            format_quantity(card.bf16_flop_s, "flop_s"),
            format_quantity(card.tdp_w, "w"),
        )
        for card in load_catalog().hardware.values()
    ]
    return _Table(("id", "name", "class", "memory", "bandwidth", "bf16", "power"), (3, 4, 5, 6), rows)


def _grids() -> _Table:
    rows = [
        _record(
            grid,
            grid.id,
            grid.name,
            format_quantity(grid.carbon_kgco2e_per_kwh, "kgco2e_per_kwh"),
            format_quantity(grid.electricity_usd_per_kwh, "usd_per_kwh"),
            format_quantity(grid.water_l_per_kwh, "l_per_kwh"),
        )
        for grid in load_catalog().grids.values()
    ]
    return _Table(("id", "name", "carbon", "price", "water"), (2, 3, 4), rows)


def _prices() -> _Table:
    rows = [*_rents(), *_tuning(), *_tokens()]
    return _Table(("kind", "provider", "item", "price"), (), rows)


def _rents() -> list[_Row]:
    return [
        _Row(
            ("rent", row.provider, f"{row.accelerators} x {row.accelerator_id}, {row.instance}, {row.region}",
             f"{format_quantity(row.on_demand_usd_per_accelerator_h, 'usd_per_h')} an accelerator"),
            {"kind": "rent", **asdict(row)},
            row.source,
        )
        for row in load_catalog().cloud_prices.values()
    ]  # fmt: skip


def _tuning() -> list[_Row]:
    return [
        _Row(
            ("fine-tuning", row.provider, row.name,
             _tuning_text(row.training_usd_per_mtok, row.training_usd_per_h)),
            {"kind": "fine-tuning", **asdict(row)},
            row.source,
        )
        for row in load_catalog().fine_tuning_prices.values()
    ]  # fmt: skip


def _tuning_text(per_mtok: float | None, per_h: float | None) -> str:
    if per_mtok is not None:
        return f"training {format_quantity(per_mtok, 'usd_per_mtok')}"
    return MISSING if per_h is None else f"training {format_quantity(per_h, 'usd_per_h')}"


def _tokens() -> list[_Row]:
    return [
        _Row(
            ("API", row.provider, row.model,
             f"{format_quantity(row.input_usd_per_mtok, 'usd_per_mtok')} in, "
             f"{format_quantity(row.output_usd_per_mtok, 'usd_per_mtok')} out"),
            {"kind": "API", "id": f"{row.provider}/{row.model}", **asdict(row)},
            row.source,
        )
        for row in list_api_prices()
    ]  # fmt: skip


def _presets() -> _Table:
    rows = []
    for preset in presets():
        source = Source(
            f"planner {__version__}, {preset.id}{SUFFIX}", load_catalog().date, "sources are in its notes"
        )
        values = {"id": preset.id, "title": preset.title, "line": preset.line}
        rows.append(_Row((preset.id, preset.title, preset.line), values, source))
    return _Table(("id", "title", "what it is about"), (), rows)


_TABLES: Final[Mapping[str, Callable[[], _Table]]] = {
    "models": _models,
    "hardware": _hardware,
    "grids": _grids,
    "prices": _prices,
    "presets": _presets,
}
