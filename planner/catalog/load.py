"""The catalogue: tables that are read when they are first asked for, and look-ups that help."""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from planner.catalog import build
from planner.catalog.records import (
    Alias,
    CarbonPrice,
    CloudPrice,
    CostFigure,
    Facility,
    FineTuningPrice,
    Grid,
    Hardware,
    ModelShape,
)
from planner.catalog.rows import read_table
from planner.errors import CatalogError
from planner.paths import resource

Record = TypeVar("Record")

_SUGGESTIONS = 3
_LIKENESS = 0.5


@dataclass(frozen=True)
class Catalog:
    """Rows by id, read table by table on first use; equal when folder and version are.

    Parameters
    ----------
    folder : Path
        Where the tables are.
    version : str
        Version of the data, such as ``2026-11``.
    date : str
        Day the data was closed, such as ``2026-11-24``.
    """

    folder: Path
    version: str
    date: str

    @cached_property
    def day(self) -> datetime.date:
        """Day the data was closed."""
        return datetime.date.fromisoformat(self.date)

    @cached_property
    def hardware(self) -> Mapping[str, Hardware]:
        """Accelerators, cards, boards and chips by id."""
        return read_table(self.folder / "hardware.csv", build.HARDWARE_COLUMNS, build.hardware)

    @cached_property
    def models(self) -> Mapping[str, ModelShape]:
        """Model architectures by id."""
        return read_table(self.folder / "models.csv", build.MODEL_COLUMNS, build.model)

    @cached_property
    def grids(self) -> Mapping[str, Grid]:
        """Electricity of countries, states and cloud regions by id."""
        return read_table(self.folder / "grids.csv", build.GRID_COLUMNS, build.grid)

    @cached_property
    def facilities(self) -> Mapping[str, Facility]:
        """Overheads of data centres by id."""
        return read_table(self.folder / "facilities.csv", build.FACILITY_COLUMNS, build.facility)

    @cached_property
    def cloud_prices(self) -> Mapping[str, CloudPrice]:
        """Prices of rented machines by id."""
        table = read_table(self.folder / "cloud_prices.csv", build.CLOUD_PRICE_COLUMNS, build.cloud_price)
        for price in table.values():
            _check_link("cloud_prices.csv", price.id, "accelerator_id", price.accelerator_id, self.hardware)
        return table

    @cached_property
    def cloud_prices_by_hardware(self) -> Mapping[str, tuple[CloudPrice, ...]]:
        """The same prices, grouped by id of the accelerator."""
        groups: dict[str, list[CloudPrice]] = {}
        for price in self.cloud_prices.values():
            groups.setdefault(price.accelerator_id, []).append(price)
        return MappingProxyType({key: tuple(group) for key, group in groups.items()})

    @cached_property
    def fine_tuning_prices(self) -> Mapping[str, FineTuningPrice]:
        """Prices of providers that train and serve a tuned model, by id."""
        path = self.folder / "fine_tuning_prices.csv"
        return read_table(path, build.FINE_TUNING_COLUMNS, build.fine_tuning_price)

    @cached_property
    def labour(self) -> Mapping[str, CostFigure]:
        """Costs of annotation, wages and evaluation by id."""
        return read_table(self.folder / "labour_and_data.csv", build.LABOUR_COLUMNS, build.cost_figure)

    @cached_property
    def carbon_prices(self) -> Mapping[str, CarbonPrice]:
        """Prices of a tonne of CO2 equivalent by id."""
        return read_table(self.folder / "carbon_price.csv", build.CARBON_PRICE_COLUMNS, build.carbon_price)

    @cached_property
    def aliases(self) -> Mapping[str, Alias]:
        """Other names of models and hardware, by ``kind:name``."""
        path = self.folder / "aliases.csv"
        table = read_table(path, build.ALIAS_COLUMNS, build.alias, build.alias_key)
        for key, alias in table.items():
            if alias.catalog_id is not None:
                rows: Mapping[str, object] = self.models if alias.kind == "model" else self.hardware
                _check_link("aliases.csv", key, "catalog_id", alias.catalog_id, rows)
        return table

    def find_hardware(self, name: str) -> Hardware:
        """Device of an id, an alias or a name."""
        return self._find_named("hardware", self.hardware, self._hardware_names, name)

    def find_model(self, name: str) -> ModelShape:
        """Model of an id, an alias or a name."""
        return self._find_named("model", self.models, self._model_names, name)

    def find_grid(self, id: str) -> Grid:
        """Grid of an id."""
        return _find("grid", self.grids, id)

    def find_facility(self, id: str) -> Facility:
        """Facility of an id."""
        return _find("facility", self.facilities, id)

    def find_cloud_price(self, id: str) -> CloudPrice:
        """Price of a rented machine of an id."""
        return _find("cloud price", self.cloud_prices, id)

    def find_fine_tuning_price(self, id: str) -> FineTuningPrice:
        """Fine-tuning price of an id."""
        return _find("fine-tuning price", self.fine_tuning_prices, id)

    def find_labour(self, id: str) -> CostFigure:
        """Cost of labour, data or evaluation of an id."""
        return _find("cost", self.labour, id)

    def find_carbon_price(self, id: str) -> CarbonPrice:
        """Carbon price of an id."""
        return _find("carbon price", self.carbon_prices, id)

    def resolve_alias(self, kind: str, name: str) -> Alias | None:
        """Alias of a name, exact first and then whatever its case; None for an unknown name.

        Parameters
        ----------
        kind : str
            ``model`` or ``hardware``.
        name : str
            The name as found.
        """
        return self.aliases.get(f"{kind}:{name}") or self._folded_aliases.get(f"{kind}:{name}".casefold())

    def check(self, *tables: str) -> None:
        """Read the tables named, or all of them, so that a broken one is found now."""
        for table in tables or TABLES:
            getattr(self, table)

    @cached_property
    def _folded_aliases(self) -> Mapping[str, Alias]:
        return {key.casefold(): alias for key, alias in self.aliases.items()}

    @cached_property
    def _hardware_names(self) -> Mapping[str, str]:
        return {card.name.casefold(): card.id for card in self.hardware.values()}

    @cached_property
    def _model_names(self) -> Mapping[str, str]:
        return {shape.name.casefold(): shape.id for shape in self.models.values()}

    def _find_named(
        self, kind: str, table: Mapping[str, Record], names: Mapping[str, str], name: str
    ) -> Record:
        record = table.get(name)
        if record is not None:
            return record
        alias = self.resolve_alias(kind, name)
        if alias is not None and alias.catalog_id is not None:
            return table[alias.catalog_id]
        if alias is not None:
            raise CatalogError(
                "no_such_row", f'"{name}" is no {kind} of the catalogue: {alias.note}.', _see(kind)
            )
        by_name = names.get(name.casefold())
        return _find(kind, table, name if by_name is None else by_name)


TABLES = (
    *("hardware", "models", "grids", "facilities", "cloud_prices"),
    *("fine_tuning_prices", "labour", "carbon_prices", "aliases"),
)
"""Names of the tables of a `Catalog`."""


def read_catalog(folder: Path) -> Catalog:
    """Open the catalogue of a folder; tables are read on first use.

    Parameters
    ----------
    folder : Path
        Holds ``version.json`` and the CSV tables.
    """
    path = folder / "version.json"
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
        catalog = Catalog(folder, str(stamp["version"]), str(stamp["date"]))
        datetime.date.fromisoformat(catalog.date)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogError("unreadable_table", f"{path.name} cannot be read: {error}.") from error
    return catalog


@cache
def load_catalog() -> Catalog:
    """Open the catalogue that travels with the program; always the same object."""
    return read_catalog(resource("catalog"))


def suggest(name: str, known: Iterable[str], ids: Mapping[str, str] | None = None) -> str:
    """Write "Did you mean ...?" for a name that is not known; empty when nothing is like it.

    Names that contain the asked one, or else those that are spelled alike.

    Parameters
    ----------
    name : str
        What was asked for.
    known : iterable of str
        What there is.
    ids : mapping of str to str, optional
        What to show in place of a known name.
    """
    folded = {word.casefold(): (ids or {}).get(word, word) for word in known}
    asked = name.casefold()
    inside = sorted((word for word in folded if asked and asked in word), key=len)
    close = difflib.get_close_matches(asked, folded, n=_SUGGESTIONS, cutoff=_LIKENESS)
    best = list(dict.fromkeys(folded[word] for word in inside or close))[:_SUGGESTIONS]
    return f"Did you mean {' or '.join(best)}?" if best else ""


def _see(kind: str) -> str:
    lists = {"hardware": "hardware", "model": "models", "grid": "grids", "cloud price": "prices"}
    return f'"planner list {lists[kind]}" shows them all.' if kind in lists else ""


def _find(kind: str, table: Mapping[str, Record], name: str) -> Record:
    record = table.get(name)
    if record is None:
        names = {str(getattr(row, "name", key)): key for key, row in table.items()}
        hint = suggest(name, [*table, *names], names) or _see(kind)
        raise CatalogError("unknown_id", f'There is no {kind} "{name}" in the catalogue.', hint)
    return record


def _check_link(file: str, row: str, column: str, target: str, table: Mapping[str, object]) -> None:
    if target not in table:
        raise CatalogError(
            "bad_row",
            f'{file}, row "{row}", column "{column}": there is no "{target}".',
            suggest(target, table),
        )
