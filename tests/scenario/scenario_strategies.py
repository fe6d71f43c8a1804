"""Random scenarios made from the fields themselves, for the property tests."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from planner.scenario.actuals import ACTUAL_CATEGORIES, LARGEST_USD, QUANTITIES, Actual
from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import NOT_DRAWN, STRATEGY_IDS, Plan, Scenario

SPECS = specs_of(Scenario)
NAMES = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable())
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1, 9999), st.integers(1, 12))


def numbers(spec: FieldSpec) -> st.SearchStrategy[float]:
    """Numbers a field takes."""
    low = spec.low if spec.low is not None else spec.above
    return st.floats(
        min_value=low,
        max_value=spec.high,
        exclude_min=spec.low is None and spec.above is not None,
        allow_nan=False,
        allow_infinity=False,
        allow_subnormal=False,
    )


def whole_numbers(spec: FieldSpec) -> st.SearchStrategy[int]:
    """Whole numbers a field takes."""
    return st.integers(math.ceil(spec.low or 0), math.floor(spec.high or 10_000))


def values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Values a field takes, null among them where it may be."""
    choices = st.sampled_from(spec.choices or ("",))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "number": numbers(spec),
        "integer": whole_numbers(spec),
        "interval": whole_numbers(spec) | st.just("optimal"),
        "choice": choices,
        "choices": st.lists(choices, min_size=1, unique=True).map(tuple),
        "flag": st.booleans(),
        "month": MONTHS,
        "catalog": st.sampled_from(("llama-3.1-8b", "nvidia-h100-sxm", "deu")),
        "text": NAMES if spec.name == "name" else TEXTS,
    }
    found = kinds[spec.kind]
    return found | st.none() if spec.nullable else found


@st.composite
def scenarios(draw: st.DrawFn, name: str | None = None) -> Scenario:
    """Any scenario: some fields changed, some of them uncertain."""
    paths = draw(st.lists(st.sampled_from(sorted(SPECS)), unique=True, max_size=25))
    changes = {path: draw(values(SPECS[path])) for path in paths}
    for part in ("base", "student"):
        if changes.get(f"{part}.model", "") is None and changes.get(f"{part}.params") is None:
            del changes[f"{part}.model"]
    if name is not None:
        changes["name"] = name
    uncertain = [
        path for path in paths if SPECS[path].kind in ("number", "integer") and path not in NOT_DRAWN
    ]
    changes["ranges"] = {path: draw(ranges(SPECS[path])) for path in uncertain[:3]}
    return Scenario().with_(changes)


@st.composite
def ranges(draw: st.DrawFn, spec: FieldSpec) -> dict[str, Any]:
    """Any range of a field."""
    low, mode, high = sorted(draw(st.lists(numbers(spec), min_size=3, max_size=3)))
    shape = draw(st.sampled_from(("pert", "triangular", "uniform") + (("lognormal",) if low > 0 else ())))
    return {"low": low, "mode": mode, "high": high, "shape": shape}


def amounts(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers between two ends."""
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


@st.composite
def actuals(draw: st.DrawFn) -> Actual:
    """Any amount or usage of a month."""
    usage = draw(st.dictionaries(st.sampled_from(QUANTITIES), amounts(0.0, 1e12), max_size=4))
    money = amounts(-LARGEST_USD, LARGEST_USD)
    return Actual(
        month=draw(MONTHS),
        strategy=draw(st.sampled_from(STRATEGY_IDS)),
        category=draw(st.sampled_from(ACTUAL_CATEGORIES)),
        usd=draw(money | st.none() if usage else money),
        source=draw(TEXTS),
        imported_on=draw(st.sampled_from(("", "2027-04-02"))),
        currency=draw(st.sampled_from(("USD", "EUR"))),
        currency_per_usd=draw(st.floats(1e-3, 1e3)),
        **usage,
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan of one to three scenarios."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    found = tuple(draw(scenarios(name)) for name in names)
    preset = draw(st.none() | st.sampled_from(("customer-support", "gone")))
    plan = Plan(title=draw(TEXTS), preset=preset, active=draw(st.sampled_from(names)), scenarios=found)
    return plan.with_actuals(draw(st.lists(actuals(), max_size=4)))
