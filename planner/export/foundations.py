"""What figures rest on, as numbers: rows of the catalogue and constants, so that what moved can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog, load_catalog
from planner.engine.calibration import load_calibration
from planner.engine.constants import load_physics
from planner.engine.results import Results
from planner.errors import PlannerError
from planner.export.sources import SourceRow, sources


def rows(results: Results) -> dict[str, Any]:
    """Return the rows of the catalogue that a simulated scenario used, whole, by kind and id."""
    catalog = load_catalog()
    found: dict[str, Any] = {}
    for source in sources(results):
        for id, row in _rows_of(source, catalog):
            found[f"{source.kind}/{id}"] = _plain(asdict(row))
    return dict(sorted(found.items()))


def constants() -> dict[str, Any]:
    """Return all constants of the physics: those that are set, and those that were fitted, with widths."""
    fitted = {
        name: {
            "values": study.constants.values,
            "effects": study.constants.effects,
            "widths": {"pooled": study.widths.pooled, "sources": study.widths.sources},
        }
        for name, study in load_calibration().studies.items()
    }
    stated = {
        name: asdict(part)
        for name, part in _parts(load_physics())
        if is_dataclass(part) and not isinstance(part, type)
    }
    return {"stated": _plain(stated), "fitted": _plain(fitted)}


def _parts(physics: Any) -> Iterator[tuple[str, Any]]:
    for name in physics.__dataclass_fields__:
        yield name, getattr(physics, name)


def _rows_of(source: SourceRow, catalog: Catalog) -> Iterator[tuple[str, Any]]:
    """Yield id and record of the rows behind a source; nothing for what was typed or is a constant."""
    if source.kind == "cloud prices":
        for row in catalog.cloud_prices_by_hardware.get(source.id, ()):
            yield row.id, row
        return
    finders: Mapping[str, Callable[[str], Any]] = {
        "models": catalog.find_model,
        "hardware": catalog.find_hardware,
        "grids": catalog.find_grid,
        "carbon prices": catalog.find_carbon_price,
        "fine-tuning prices": catalog.find_fine_tuning_price,
        "labour and data": catalog.find_labour,
        "API prices": _priced,
    }
    find = finders.get(source.kind)
    if find is not None:
        try:
            yield source.id, find(source.id)
        except PlannerError:  # a price that the list no longer has stopped the strategy, which says so
            return


def _priced(id: str) -> Any:
    provider, _, model = id.partition("/")
    return api_price(provider, model)


def _plain(value: Any) -> Any:
    """Return records as JSON has them: mappings, lists, numbers, texts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
