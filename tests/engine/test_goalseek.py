"""Goal seek against trying every value."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.goalseek import Bound, Seek, seek
from planner.engine.run import simulate
from planner.engine.sweep import evaluate
from planner.errors import InputError
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()
VOLUME, LABELS = "workload.requests_per_month", "data.examples"
SUPPORT = load_preset("customer-support").scenario


def holds(scenario, path, bounds, strategy, values):
    """Where a strategy that fits keeps every bound, value by value, without the goal seek."""
    points = evaluate(scenario, CATALOG, [{path: value} for value in values])
    kept = points.fits.copy()
    for bound in bounds:
        figures = points[bound.figure]
        kept &= figures <= bound.value if bound.sign == "<=" else figures >= bound.value
    rows = [strategy in (None, name) for name in points.strategies]
    return kept[rows].any(axis=0)


@pytest.mark.parametrize("preset", [each.id for each in presets()][:3])
@pytest.mark.parametrize("strategy", ["distil", "finetune", None])
def test_the_largest_volume_within_a_budget(preset, strategy):
    scenario = load_preset(preset).scenario
    chosen = strategy or "distil"
    budget = 1.7 * float(simulate(scenario, CATALOG).strategies[chosen]["total_usd"])
    bound = Bound("total_usd", "<=", budget)
    found = seek(scenario, CATALOG, VOLUME, "max", (bound,), strategy=strategy)
    assert found.last is not None
    assert found.steady is not None
    near = np.arange(found.last - 40.0, found.last + 41.0)
    kept = holds(scenario, VOLUME, (bound,), strategy, near.tolist())
    assert kept[near == found.last].all()
    assert not kept[near > found.last].any()
    random = Random(preset)
    far = [10.0 ** random.uniform(np.log10(found.last), np.log10(found.high)) for _ in range(60)]
    assert not holds(scenario, VOLUME, (bound,), strategy, [max(v, found.last + 1.0) for v in far]).any()
    steady = [random.uniform(found.low, found.steady) for _ in range(60)]
    assert holds(scenario, VOLUME, (bound,), strategy, steady).all()
    assert found.figures["total_usd"] <= budget
    alone = simulate(scenario.with_({VOLUME: found.last}), CATALOG).strategies[found.winner]
    assert float(alone["total_usd"]) == pytest.approx(found.figures["total_usd"], rel=1e-9)


@pytest.mark.parametrize(("direction", "pick"), [("max", max), ("min", min)])
@pytest.mark.parametrize(
    ("path", "span", "bound"),
    [
        ("refresh.interval_months", (1, 24), Bound("quality_lowest", ">=", 68.0)),
        ("refresh.interval_months", (1, 24), Bound("total_usd", "<=", 271_000.0)),
        ("serving.min_replicas", (1, 20), Bound("total_usd", "<=", 600_000.0)),
        (LABELS, (2000, 2600), Bound("quality", ">=", 82.68)),
        (VOLUME, (1_000_000, 1_000_500), Bound("carbon_kgco2e", "<=", 10_543.5)),
    ],
)
def test_every_whole_number_of_a_span(path, span, bound, direction, pick):
    spec_whole = [int(value) for value in np.arange(span[0], span[1] + 1)]
    typed = (
        spec_whole if path in ("refresh.interval_months", "serving.min_replicas") else map(float, spec_whole)
    )
    strategy = "finetune" if path == LABELS else "distil"
    kept = holds(SUPPORT, path, (bound,), strategy, list(typed))
    wanted = [value for value, held in zip(spec_whole, kept, strict=True) if held]
    assert wanted
    found = Seek(SUPPORT, CATALOG, path, direction, (bound,), strategy=strategy, span=span).run()
    assert found.last == pick(wanted)
    order = spec_whole if direction == "max" else spec_whole[::-1]
    stretch = []
    for value in order:
        if value not in wanted:
            break
        stretch.append(value)
    assert found.steady == (stretch[-1] if stretch else None)


def test_what_does_not_hold_at_the_near_end_is_said():
    """Frequent refreshes cost too much, rare ones age too far: it holds in the middle alone."""
    bounds = (Bound("total_usd", "<=", 271_000.0), Bound("quality_lowest", ">=", 66.0))
    months = list(range(1, 25))
    kept = holds(SUPPORT, "refresh.interval_months", bounds, "distil", months).tolist()
    found = Seek(
        SUPPORT, CATALOG, "refresh.interval_months", "max", bounds, strategy="distil", span=(1, 24)
    ).run()
    wanted = [month for month, held in zip(months, kept, strict=True) if held]
    assert found.last == max(wanted)
    assert found.steady is None
    assert kept[0] is False


def test_a_fraction_is_found_to_a_millionth():
    bound = Bound("total_usd", "<=", 400_000.0)
    found = seek(SUPPORT, CATALOG, "data.usd_per_example", "max", (bound,), strategy="finetune")
    assert found.resolution <= 1e-6 * found.last
    assert found.figures["total_usd"] == pytest.approx(400_000.0, rel=1e-5)
    assert holds(SUPPORT, "data.usd_per_example", (bound,), "finetune", [found.last])[0]


def test_where_nothing_holds_there_is_no_answer():
    found = seek(SUPPORT, CATALOG, VOLUME, "max", (Bound("total_usd", "<=", 1.0),))
    assert (found.last, found.steady, found.winner, found.figures) == (None, None, None, {})


def test_where_all_holds_the_end_is_said():
    found = seek(SUPPORT, CATALOG, VOLUME, "max", (Bound("quality", ">=", 10.0),))
    assert found.at_edge
    assert found.last == found.high


def test_the_cheapest_of_several_wins():
    found = seek(SUPPORT, CATALOG, VOLUME, "max", (Bound("quality", ">=", 10.0),))
    totals = {
        name: float(result["total_usd"])
        for name, result in simulate(SUPPORT.with_({VOLUME: found.last}), CATALOG).strategies.items()
        if result.fits
    }
    assert found.winner == min(totals, key=totals.__getitem__)


@pytest.mark.parametrize(
    ("path", "bounds", "strategy", "span", "word"),
    [
        ("serving.hardware", (Bound("total_usd", "<=", 1.0),), None, None, "not a number"),
        ("serving.hardwear", (Bound("total_usd", "<=", 1.0),), None, None, "no input"),
        (VOLUME, (), None, None, "bound"),
        (VOLUME, (Bound("total_eur", "<=", 1.0),), None, None, "no figure"),
        (VOLUME, (Bound("total_usd", "<=", 1.0),), "teach", None, "allowed are"),
        (VOLUME, (Bound("total_usd", "<=", 1.0),), None, (5.0, 5.0), "cannot be sought"),
        (VOLUME, (Bound("total_usd", "<=", 1.0),), None, (-1.0, 5.0), "cannot be sought"),
    ],
)
def test_what_cannot_be_sought_is_refused(path, bounds, strategy, span, word):
    with pytest.raises(InputError, match=word):
        Seek(SUPPORT, CATALOG, path, "max", bounds, strategy=strategy, span=span)
