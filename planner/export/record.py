"""Results as JSON: what ``planner run --json`` prints, and the record with inputs, versions and sources."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.constants import load_physics
from planner.engine.crossing import nearest
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.risk import Risk, StrategyRisk
from planner.engine.verdict import verdict
from planner.export import foundations
from planner.export.assumptions import assumptions
from planner.export.job import SEED, Job
from planner.export.sources import sources
from planner.export.table import LEDGER_COLUMNS
from planner.scenario.model import SCHEMA_VERSION, Plan

CONTRACT_FIGURES: Final = (
    *("total_usd", "npv_usd", "first_release_usd", "usd_per_1k_requests", "energy_kwh", "carbon_kgco2e"),
    *("carbon_operational_kgco2e", "carbon_embodied_kgco2e", "water_l", "training_accelerator_h"),
    *("serving_accelerator_h", "replicas_peak", "accelerators_per_replica", "ttft_p95_s", "tpot_s"),
    *(
        "latency_p95_s",
        "quality",
        "lost_value_usd",
        "keeps_limits",
        "refreshes",
        "refresh_usd",
        "payback_month",
    ),
)
"""Keys of a strategy in ``planner run --json`` behind fits and problems, in their order."""

RECORD_KEY: Final = "record"
RECORD_VERSION: Final = 1
"""First key of a record, and of what version it is."""

_WHOLE: Final = ("count", "months")
_LIBRARIES: Final = ("numpy", "pydantic", "genai-prices")


def document(results: Results, *, seed: int = SEED, drawn: Risk | None = None) -> dict[str, Any]:
    """Return results as ``planner run --json`` prints them; unknown figures are null.

    Parameters
    ----------
    results : Results
        A scenario, simulated at its most likely values.
    seed : int
        Of the draws; without draws nothing depends on it.
    drawn : Risk, optional
        What the draws say.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "planner_version": __version__,
        "catalog_version": results.catalog_version,
        "seed": seed,
        "scenario": results.scenario.model_dump(mode="json"),
        "strategies": {name: _strategy(result) for name, result in results.strategies.items()},
        "ledger": [dict(zip(LEDGER_COLUMNS, row, strict=True)) for row in results.ledger_rows()],
        "risk": {"draws": 0, "cheapest_frac": {}, "total_usd": {}} if drawn is None else _risk(drawn),
    }


def _risk(drawn: Risk) -> dict[str, Any]:
    """Return shares, percentiles and what knowing more is worth; unknown figures are null."""
    held = drawn.strategies

    def each(take: Callable[[StrategyRisk], float], unit: str = "frac") -> dict[str, Any]:
        return {name: plain(take(found), unit) for name, found in held.items()}

    def spread(take: Callable[[StrategyRisk], dict[int, float]], unit: str) -> dict[str, Any]:
        return {
            name: {f"p{percent}": plain(value, unit) for percent, value in take(found).items()}
            for name, found in held.items()
        }

    return {
        "draws": drawn.draws,
        "inputs": list(drawn.inputs),
        "cheapest_frac": each(lambda found: found.cheapest_frac),
        "none_frac": plain(drawn.none_frac, "frac"),
        "greenest_frac": each(lambda found: found.greenest_frac),
        "fits_frac": each(lambda found: found.fits_frac),
        "keeps_limits_frac": each(lambda found: found.competes_frac),
        "within_budget_frac": each(lambda found: found.within_budget_frac),
        "within_carbon_frac": each(lambda found: found.within_carbon_frac),
        "pays_back_frac": each(lambda found: found.pays_back_frac),
        "total_usd": spread(lambda found: found.total_usd, "usd"),
        "carbon_kgco2e": spread(lambda found: found.carbon_kgco2e, "kgco2e"),
        "regret_usd": each(lambda found: found.regret_usd, "usd"),
        "perfect_information_usd": plain(drawn.perfect_information_usd, "usd"),
    }


def record(results: Results, plan: Plan, drawn: Risk | None = None) -> dict[str, Any]:
    """Return all that is needed to make the same figures again, and to say what moved where they are others.

    Parameters
    ----------
    results : Results
        The plan's active scenario, simulated.
    plan : Plan
        The plan, with all its scenarios.
    drawn : Risk, optional
        What draws say of the same results.
    """
    choice = choose(results, drawn)  # with the draws, as window, report and slides have it
    crossing = nearest(results, load_catalog())
    said = verdict(results, choice, crossing, drawn)
    strategies = {
        name: {
            **_strategy(result),
            **{figure: plain(value, FIGURES[figure].unit) for figure, value in result.figures.items()},
            "misses": list(result.misses),
            "caveats": list(result.caveats),
            "energy_range_frac": list(result.energy_range_frac),
            "release_flop": {item: plain(flop) for item, flop in result.release_flop.items()},
            "choices": results.choices[name]._asdict() if name in results.choices else None,
        }
        for name, result in results.strategies.items()
    }
    found = {
        RECORD_KEY: RECORD_VERSION,
        **document(results, seed=SEED if drawn is None else drawn.seed, drawn=drawn),
        "strategies": strategies,
        "title": plan.title,
        "preset": plan.preset,
        "baseline": results.baseline,
        "verdict": {
            "strategy": choice.strategy,
            "case": choice.case,
            "sentence": said.sentence,
            "second": said.second,
            "crossing": None if crossing is None else asdict(crossing),
        },
        "requests_by_month": [float(value) for value in np.asarray(results.requests_by_month)],
        "caveats": [asdict(CAVEATS[code]) for code in results.caveats if code in CAVEATS],
        "inputs": [asdict(row) for row in assumptions(results.scenario, plan)],
        "sources": [asdict(row) for row in sources(results)],
        "versions": versions(),
        "plan": plan.model_dump(mode="json"),
        "rows": foundations.rows(results),
        "constants": foundations.constants(),
    }
    return {**found, "digest": digest(found)}


def record_bytes(results: Results, plan: Plan, job: Job | None = None) -> bytes:
    """Return the record as a JSON file's bytes, with what draws say where there is a job."""
    drawn = None
    if job is not None:
        job.progress(0.1, "Draws")
        drawn = job.drawn
        job.progress(0.7, "Record")
    return json_text(record(results, plan, drawn)).encode()


def digest(values: Mapping[str, Any]) -> str:
    """Return a sum over all that a record holds but the sum itself: another one if anything is another."""
    held = {name: value for name, value in values.items() if name != "digest"}
    text = json.dumps(_finite(held), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def json_values(value: object) -> Any:
    """Return a value as it is after writing and reading it: lists, objects, null for what is not known."""
    return json.loads(json_text(value))


def json_text(value: object) -> str:
    """Return a value as JSON that reads and compares well: indented, rows of a table one a line."""
    return _written(_finite(value), "") + "\n"


def plain(value: Any, unit: str = "") -> Any:
    """Return a figure as JSON takes it: not known is null, counts are whole."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if unit in _WHOLE and number.is_integer() else number


def _strategy(result: StrategyResult) -> dict[str, Any]:
    fits = bool(result.fits)
    problems = [{"code": each.code, "message": each.message, "hint": each.hint} for each in result.problems]
    figures: dict[str, Any] = {"fits": fits, "problems": problems}
    for name in CONTRACT_FIGURES:
        if name == "keeps_limits":
            figures[name] = bool(result.keeps_limits) and fits
        else:
            figures[name] = plain(result.figures[name], FIGURES[name].unit) if fits else None
    return figures


def versions() -> dict[str, str]:
    """Return the versions of all that figures depend on."""
    physics = load_physics()
    return {
        "planner": __version__,
        "schema": str(SCHEMA_VERSION),
        "catalog": load_catalog().version,
        "catalog_date": load_catalog().date,
        "physics": physics.version,
        "physics_source": physics.source,
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _finite(value: object) -> object:
    """Return a value with everything that JSON has no word for replaced by null."""
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, np.generic):
        return _finite(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _written(value: object, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        inner = [
            f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_written(each, deeper)}"
            for key, each in value.items()
        ]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        rows = [f"{deeper}{json.dumps(each, ensure_ascii=False, allow_nan=False)}" for each in value]
        return "[\n" + ",\n".join(rows) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
