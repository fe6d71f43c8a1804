"""What only the catalogue can tell: whether the ids of a scenario exist and can be costed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog, suggest
from planner.catalog.prices import cloud_providers
from planner.catalog.records import Hardware, ModelShape
from planner.errors import CatalogError, InputError, PlanFileError
from planner.scenario.fields import specs_of
from planner.scenario.files import load_plan
from planner.scenario.model import Scenario, spec_for

COSTED_KINDS: Final = ("decoder-dense", "decoder-moe", "decoder-moe-mla")
"""Architectures that the equations of memory and speed hold for."""

_PRICED_BY_LIST: Final = ("api.input_usd_per_mtok", "api.output_usd_per_mtok")


def problems(scenario: Scenario, catalog: Catalog) -> list[InputError]:
    """Return every value of a scenario that the catalogue refuses; empty when all is well.

    Parameters
    ----------
    scenario : Scenario
        A scenario whose values are within their limits.
    catalog : Catalog
        Where its ids are looked up.
    """
    return [*_unknown_ids(scenario, catalog), *_unknown_api(scenario)]


def check_plan(path: Path, catalog: Catalog) -> list[InputError]:
    """Return every problem of a plan file: of the file, of its values, of its ids.

    Parameters
    ----------
    path : Path
        The file.
    catalog : Catalog
        Where its ids are looked up.
    """
    try:
        plan = load_plan(path)
    except PlanFileError as error:
        return list(error.problems) or [InputError(error.code, error.message, error.hint)]
    return [
        _placed(problem, number)
        for number, scenario in enumerate(plan.scenarios)
        for problem in problems(scenario, catalog)
    ]


def _placed(problem: InputError, number: int) -> InputError:
    """Return a problem with its path as the file has it."""
    path = f"scenarios.{number}.{problem.path}"
    message = problem.message.replace(f"({problem.path})", f"({path})")
    return InputError(
        problem.code, message, problem.hint, path=path, value=problem.value, allowed=problem.allowed
    )


def _problem(path: str, value: object, reason: str, hint: str = "", code: str = "unknown_id") -> InputError:
    spec = spec_for(path)
    message = f"{spec.title} ({path}): {reason}"
    return InputError(code, message, hint, path=path, value=value, allowed=spec.allowed)


# ---------------------------------------------------------------- ids
def _unknown_ids(scenario: Scenario, catalog: Catalog) -> Iterator[InputError]:
    checks: Mapping[str, Callable[[str], None]] = {
        "models": lambda id: _check_model(catalog.find_model(id)),
        "hardware": lambda id: _check_hardware(catalog.find_hardware(id)),
        "grids": lambda id: _ignore(catalog.find_grid(id)),
        "fine_tuning_prices": lambda id: _ignore(catalog.find_fine_tuning_price(id)),
        "cloud_providers": lambda id: _check_cloud(id, catalog),
    }
    for path, spec in specs_of(Scenario).items():
        value = scenario.get(path)
        check = checks.get(spec.table or "")
        if check is not None and value is not None:
            try:
                check(value)
            except CatalogError as error:
                yield _problem(path, value, error.message, error.hint, error.code)


def _ignore(row: object) -> None:
    """Finding the row was the check."""


def _check_model(model: ModelShape) -> None:
    if model.architecture not in COSTED_KINDS:
        message = f"{model.name} is of kind {model.architecture} and cannot be costed yet."
        raise CatalogError("not_costed", message, f"Models of kind {', '.join(COSTED_KINDS)} can.")


def _check_hardware(card: Hardware) -> None:
    if card.bf16_flop_s is None:
        message = f"the speed of {card.name} is not known, so it cannot be costed."
        raise CatalogError("not_costed", message, "Take another one.")


def _check_cloud(provider: str, catalog: Catalog) -> None:
    known = cloud_providers(catalog)
    if provider not in known:
        hint = suggest(provider, known) or f"Known are {', '.join(known)}."
        raise CatalogError("unknown_provider", f'there is no cloud provider "{provider}".', hint)


def _unknown_api(scenario: Scenario) -> Iterator[InputError]:
    """The list must know the model, unless both prices are typed."""
    if all(scenario.get(path) is not None for path in _PRICED_BY_LIST):
        return
    try:
        api_price(scenario.api.provider, scenario.api.model)
    except CatalogError as error:
        path = "api.provider" if error.code == "unknown_provider" else "api.model"
        hint = f"{error.hint} Or type the input and output price.".strip()
        yield _problem(path, scenario.get(path), error.message, hint, error.code)
