"""Plan and actual: variances against the ledger's own rows, and a re-forecast that knows its limits."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from random_plans import plan as random_plan

from planner.catalog.load import load_catalog
from planner.engine import actuals_words as words
from planner.engine.actuals import UNASSIGNED, compare, month_number, recorded_strategies
from planner.engine.lineitems import CATEGORIES
from planner.engine.reforecast import band, re_estimated, reforecast
from planner.engine.run import simulate
from planner.errors import InputError
from planner.scenario.actuals import Actual
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range

CATALOG = load_catalog()
SCENARIO = Scenario().with_({"horizon_months": 12, "refresh.interval_months": 4})
RESULTS = simulate(SCENARIO, CATALOG)
DISTIL = "distil"
quick = settings(derandomize=True, database=None, deadline=None, max_examples=20, phases=[Phase.generate])


def month_of(start: str, number: int) -> str:
    whole = int(start[:4]) * 12 + int(start[5:7]) - 1 + number
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def by_rows(results, strategy=DISTIL):
    """Planned cost by category, phase and month, from the ledger's rows one by one."""
    found = {}
    for owner, month, _, category, phase, usd, *_ in results.ledger_rows():
        if owner == strategy:
            found[category, phase, month] = found.get((category, phase, month), 0.0) + usd
    return found


def planned_of(
    results, month, categories=CATEGORIES, phases=("first release", "serving", "refresh"), strategy=DISTIL
):
    rows = by_rows(results, strategy)
    return sum(rows.get((c, phase, month), 0.0) for c in categories for phase in phases)


def invoices(results, months, factor=1.0, *, categories=CATEGORIES, strategy=DISTIL, requests=None):
    """What it would cost if the plan came true, times a factor."""
    start, found = results.scenario.start_month, []
    for month in months:
        for category in categories:
            usd = planned_of(results, month, (category,), strategy=strategy)
            if usd:
                found.append(
                    Actual(
                        month=month_of(start, month), strategy=strategy, category=category, usd=usd * factor
                    )
                )
        if requests is not None and month:
            volume = float(results.requests_by_month[month]) * requests
            found.append(Actual(month=month_of(start, month), strategy=strategy, requests=volume))
    return found


def compared_of(rows, results=RESULTS, strategy=DISTIL):
    return compare(results, CATALOG, rows, strategy)


# ---------------------------------------------------------------- variances
def test_months_are_counted_from_the_first_release():
    assert [month_number(m, "2027-11") for m in ("2027-11", "2027-12", "2028-01", "2027-10", "2028-11")] == [
        0,
        1,
        2,
        -1,
        12,
    ]


def test_a_variance_is_actual_less_the_rows_of_the_ledger():
    rows = [
        Actual(month="2027-02", strategy=DISTIL, category="labour", usd=1000.0),
        Actual(month="2027-02", strategy=DISTIL, category="labour", usd=500.0),
        Actual(month="2027-03", strategy=DISTIL, category="labour", usd=700.0),
        Actual(month="2027-03", strategy=DISTIL, category="storage", usd=3.0),
    ]
    found = compared_of(rows)
    assert [group.key for group in found.groups] == ["labour", "storage"]
    assert list(found.months) == [1, 2]
    assert found.actual_usd[0, 1] == 1500.0
    assert found.variance_usd[0, 1] == pytest.approx(1500.0 - planned_of(RESULTS, 1, ("labour",)))
    assert found.variance_usd[0, 2] == pytest.approx(700.0 - planned_of(RESULTS, 2, ("labour",)))
    assert found.variance_usd[1, 2] == pytest.approx(3.0 - planned_of(RESULTS, 2, ("storage",)))
    by_hand = 2203.0 - planned_of(RESULTS, 1, ("labour",)) - planned_of(RESULTS, 2, ("labour", "storage"))
    assert found.total_variance_usd == pytest.approx(by_hand)
    assert found.by_group(found.variance_usd).sum() == pytest.approx(found.total_variance_usd)
    assert np.nansum(found.by_month(found.variance_usd)) == pytest.approx(found.total_variance_usd)


def test_volume_and_price_split_the_variance():
    volume, month = float(RESULTS.requests_by_month[2]), 2
    labour = planned_of(RESULTS, month, ("labour",), ("serving",))
    rows = [
        Actual(month="2027-03", strategy=DISTIL, category="labour", usd=1.5 * labour),
        Actual(month="2027-03", strategy=DISTIL, requests=1.2 * volume),
    ]
    found = compared_of(rows)
    by_volume = (1.2 * volume - volume) * labour / volume
    assert found.volume_variance_usd[0, month] == pytest.approx(by_volume)
    assert found.variance_usd[0, month] - found.volume_variance_usd[0, month] == pytest.approx(0.3 * labour)
    assert "by volume" in words.volume_text(found)


def test_volume_splits_nothing_where_requests_are_not_known():
    found = compared_of([Actual(month="2027-03", strategy=DISTIL, category="labour", usd=5000.0)])
    assert np.isnan(found.volume_variance_usd[0, 2])
    assert words.volume_text(found) == ""


def test_one_bill_for_busy_and_idle_is_compared_with_both():
    rows = [Actual(month="2027-03", strategy=DISTIL, category="serving", usd=9000.0)]
    found = compared_of(rows)
    (group,) = found.groups
    assert group.parts == ("serving", "idle")
    assert group.title == "Serving and idle capacity"
    assert found.total_planned_usd == pytest.approx(planned_of(RESULTS, 2, ("serving", "idle")))
    apart = compared_of([*rows, Actual(month="2027-03", strategy=DISTIL, category="idle", usd=1.0)])
    assert [each.parts for each in apart.groups] == [("serving",), ("idle",)]


def test_what_nobody_assigned_stands_against_all_that_is_not_recorded():
    rows = [
        Actual(month="2027-03", strategy=DISTIL, usd=9000.0),
        Actual(month="2027-03", strategy=DISTIL, category="labour", usd=100.0),
    ]
    found = compared_of(rows)
    assert [group.key for group in found.groups] == ["labour", UNASSIGNED]
    assert found.total_planned_usd == pytest.approx(planned_of(RESULTS, 2))
    assert found.left_out == {}


def test_categories_without_any_record_are_left_out_on_both_sides_and_named():
    found = compared_of([Actual(month="2027-03", strategy=DISTIL, category="labour", usd=100.0)])
    assert found.total_planned_usd == pytest.approx(planned_of(RESULTS, 2, ("labour",)))
    by_category = {c: sum(planned_of(RESULTS, m, (c,)) for m in range(13)) for c in CATEGORIES}
    assert found.left_out == pytest.approx(
        {c: usd for c, usd in by_category.items() if usd and c != "labour"}
    )
    assert any("Not recorded" in note for note in words.notes(found))


def test_a_group_without_a_figure_in_a_recorded_month_is_missing_and_not_zero():
    rows = invoices(RESULTS, (1, 2), categories=("labour", "storage"))
    rows = [row for row in rows if (row.category, row.month) != ("labour", "2027-03")]
    found = compared_of(rows)
    assert found.missing == (("labour", 2),)
    assert found.total_variance_usd == pytest.approx(0.0, abs=1e-6)
    assert any("not taken as 0" in note for note in words.notes(found))


def test_months_outside_of_the_plan_are_named_and_left_out():
    rows = [
        Actual(month=m, strategy=DISTIL, category="labour", usd=1.0)
        for m in ("2026-12", "2027-02", "2029-01")
    ]
    found = compared_of(rows)
    assert found.outside == ("2026-12", "2029-01")
    assert list(found.months) == [1]


def test_rows_of_another_strategy_do_not_count():
    rows = invoices(RESULTS, (1,), strategy="api")
    assert recorded_strategies(rows) == ("api",)
    assert not compared_of(rows).groups


def test_a_strategy_that_no_longer_takes_part_is_still_compared():
    rows = invoices(RESULTS, (0, 1, 2))
    other = simulate(SCENARIO.with_({"strategies": ("api",)}), CATALOG)
    found = compared_of(rows, other)
    assert found.total_variance_usd == pytest.approx(0.0, abs=1e-6)
    assert reforecast(other, CATALOG, found).total_usd == pytest.approx(
        RESULTS.strategies[DISTIL]["total_usd"]
    )


def test_a_strategy_that_does_not_fit_has_nothing_to_compare_with():
    changes = {
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    unfit = simulate(SCENARIO.with_({**changes, "strategies": ("prompt",)}), CATALOG)
    rows = [Actual(month="2027-03", strategy="prompt", usd=1.0)]
    with pytest.raises(InputError, match="does not fit"):
        compared_of(rows, unfit, "prompt")


# ---------------------------------------------------------------- re-forecast
@given(st.integers(0, 10**6), st.integers(1, 9), st.booleans())
@quick
def test_a_plan_that_comes_true_is_re_forecast_as_planned(seed, months, with_requests):
    scenario = random_plan(Random(seed))
    results = simulate(scenario, CATALOG)
    fit = [name for name, result in results.strategies.items() if result.fits]
    assume(fit and scenario.horizon_months >= months and results.requests_by_month[1:].all())
    strategy = fit[seed % len(fit)]
    rows = invoices(results, range(months + 1), strategy=strategy, requests=1.0 if with_requests else None)
    assume(any(row.usd for row in rows))
    compared = compare(results, CATALOG, rows, strategy)
    found = reforecast(results, CATALOG, compared)
    plan = results.strategies[strategy]
    assert compared.total_variance_usd == pytest.approx(0.0, abs=1e-9 * plan["total_usd"] + 1e-9)
    np.testing.assert_allclose(found.by_month, plan.usd_by_month, rtol=1e-9, atol=1e-9)
    assert found.scatter_frac == pytest.approx(0.0, abs=1e-9)
    assert all(factor.used == pytest.approx(1.0) for factor in found.factors)


@pytest.mark.parametrize("months", [1, 3, 5, 11])
def test_everything_twice_moves_a_factor_by_months_over_months_and_three(months):
    compared = compared_of(invoices(RESULTS, range(1, months + 1), 2.0))
    found = reforecast(RESULTS, CATALOG, compared)
    for factor, group in zip(found.factors, compared.groups, strict=True):
        if not factor.months:
            continue
        assert factor.raw == pytest.approx(2.0)
        assert factor.used == pytest.approx(1.0 + factor.months / (factor.months + 3.0)), group.key
    by_hand = 2.0 * sum(planned_of(RESULTS, m) for m in range(1, months + 1)) + planned_of(RESULTS, 0)
    used = {group.key: factor.used for factor, group in zip(found.factors, compared.groups, strict=True)}
    for month in range(months + 1, 13):
        for category in CATEGORIES:
            running = planned_of(RESULTS, month, (category,), ("serving",))
            by_hand += planned_of(RESULTS, month, (category,)) - running + running * used.get(category, 1.0)
    assert found.total_usd == pytest.approx(by_hand)


def test_the_more_months_the_nearer_a_factor_is_to_what_they_say():
    long = simulate(SCENARIO.with_({"horizon_months": 60, "refresh.interval_months": 60}), CATALOG)
    used = [
        reforecast(long, CATALOG, compared_of(invoices(long, range(1, n + 1), 2.0), long)).factors[0].used
        for n in (1, 6, 24, 59)
    ]
    assert used == sorted(used)
    assert 1.9 < used[-1] < 2.0


def test_releases_and_refreshes_stand_as_planned_unless_they_happened():
    compared = compared_of(invoices(RESULTS, (1, 2), 3.0))
    found = reforecast(RESULTS, CATALOG, compared)
    used = {factor.key: factor.used for factor in found.factors}
    once = planned_of(RESULTS, 4, phases=("refresh",))
    running = sum(planned_of(RESULTS, 4, (c,), ("serving",)) * used.get(c, 1.0) for c in CATEGORIES)
    assert once > 0.0
    assert found.by_month[4] == pytest.approx(once + running)
    happened = compared_of(invoices(RESULTS, (1, 2, 4), 3.0))
    assert reforecast(RESULTS, CATALOG, happened).by_month[4] == pytest.approx(3.0 * planned_of(RESULTS, 4))


def test_a_month_with_a_refresh_tells_no_factor_where_others_do():
    with_refresh = reforecast(RESULTS, CATALOG, compared_of(invoices(RESULTS, (1, 2, 3, 4), 2.0)))
    assert {f.key: f.months for f in with_refresh.factors}["labour"] == 3


def test_missing_months_are_estimated_and_not_zero():
    gap = reforecast(RESULTS, CATALOG, compared_of(invoices(RESULTS, (1, 2, 5))))
    np.testing.assert_allclose(gap.by_month, RESULTS.strategies[DISTIL].usd_by_month, rtol=1e-9)
    assert list(np.flatnonzero(gap.known)) == [1, 2, 5]
    assert "After 3 months" in words.variance_text(compared_of(invoices(RESULTS, (1, 2, 5))))


def test_credits_beyond_all_costs_leave_a_factor_of_no_less_than_the_plans_own_share():
    rows = [Actual(month="2027-02", strategy=DISTIL, category="labour", usd=-1e6)]
    (factor,) = reforecast(RESULTS, CATALOG, compared_of(rows)).factors
    assert factor.raw == 0.0
    assert factor.used == pytest.approx(0.75)


def test_recorded_volume_is_simulated_by_the_one_engine():
    choices = RESULTS.choices
    twice = simulate(SCENARIO.with_({"workload.requests_per_month": 4e6}), CATALOG, choices=choices)
    rows = invoices(twice, range(7), requests=1.0)
    found = reforecast(RESULTS, CATALOG, compared_of(rows))
    assert found.volume.requests_per_month == pytest.approx(4e6)
    assert found.volume.growth_frac_per_month == pytest.approx(SCENARIO.workload.growth_frac_per_month)
    np.testing.assert_allclose(found.by_month, twice.strategies[DISTIL].usd_by_month, rtol=1e-9)


def test_level_and_growth_follow_a_line_drawn_towards_the_plan():
    months = np.arange(13.0)
    recorded = np.full(13, np.nan)
    recorded[1:6] = 1000.0 * 1.03 ** (months[1:6] - 1.0) * 1.5 * np.exp(0.1 * (months[1:6] - 3.0))
    level, growth = re_estimated(1000.0, 0.03, recorded)
    slope = 0.1 * 10.0 / (10.0 + 25.0)
    assert growth == pytest.approx(1.03 * np.exp(slope) - 1.0)
    assert level == pytest.approx(1500.0 * np.exp(-2.0 * slope))
    assert re_estimated(1000.0, 0.03, np.full(13, np.nan)) == (1000.0, 0.03)
    assert re_estimated(0.0, 0.03, recorded) == (0.0, 0.03)
    none = np.zeros(13)
    assert re_estimated(1000.0, 0.03, none) == (1000.0, 0.03), "a month without any has no logarithm"


def test_draws_are_re_estimated_one_by_one():
    recorded = np.full(13, np.nan)
    recorded[1:4] = (900.0, 1100.0, 1000.0)
    levels, growths = re_estimated(np.array([500.0, 2000.0]), np.array([0.0, 0.05]), recorded)
    for number, (level, growth) in enumerate(((500.0, 0.0), (2000.0, 0.05))):
        alone = re_estimated(level, growth, recorded)
        assert (levels[number], growths[number]) == pytest.approx((float(alone[0]), float(alone[1])))


def test_a_volume_beyond_what_a_plan_takes_is_its_highest():
    rows = [*invoices(RESULTS, (1,)), Actual(month="2027-02", strategy=DISTIL, requests=1e15)]
    found = reforecast(RESULTS, CATALOG, compared_of(rows))
    assert found.volume.requests_per_month == found.scenario.workload.requests_per_month == 1e11


def test_a_plan_in_which_it_does_not_fit_is_said():
    changes = {
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    unfit = simulate(SCENARIO.with_({**changes, "strategies": ("prompt",)}), CATALOG)
    compared = compared_of(invoices(RESULTS, (1,), strategy="prompt"), strategy="prompt")
    with pytest.raises(InputError, match="does not fit"):
        reforecast(unfit, CATALOG, compared)


def test_a_range_without_any_draw_that_fits_is_none():
    compared = compared_of(invoices(RESULTS, (1,)))
    found = reforecast(RESULTS, CATALOG, compared)
    tiny = replace(found, scenario=found.scenario.with_({"student.params": 3e12}))
    span = band(tiny, CATALOG, compared, RANGES, seed=0, count=64)
    assert span.draws == 0
    assert np.isnan(span.total_usd).all()


# ---------------------------------------------------------------- range
RANGES = {"labour.usd_per_hour": Range(low=60.0, mode=96.0, high=160.0)}


def band_of(rows, ranges=RANGES, seed=0):
    compared = compared_of(rows)
    found = reforecast(RESULTS, CATALOG, compared)
    return found, band(found, CATALOG, compared, ranges, seed=seed, count=1024)


def test_a_certain_plan_that_came_true_has_no_range():
    found, span = band_of(invoices(RESULTS, (0, 1, 2, 3)), {})
    assert span.total_usd == pytest.approx((found.total_usd, found.total_usd))
    np.testing.assert_allclose(span.cumulative[0], np.cumsum(found.by_month), rtol=1e-9)


def test_the_range_holds_the_re_forecast_and_narrows_with_months():
    widths = []
    for months in (1, 4, 8):
        found, span = band_of(invoices(RESULTS, range(months + 1)))
        low, high = span.total_usd
        assert low < found.total_usd < high
        assert (span.by_month[0] <= span.by_month[1] + 1e-9).all()
        np.testing.assert_allclose(
            span.by_month[:, : months + 1], np.stack([found.by_month[: months + 1]] * 2)
        )
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


def test_scatter_between_months_widens_the_range():
    rows = invoices(RESULTS, (1, 2, 3), categories=("labour",))
    rows += [replace_usd(row, 1.4) for row in invoices(RESULTS, (5, 6, 7), categories=("labour",))]
    found, span = band_of(rows, {})
    ratios = np.array([1.0, 1.0, 1.0, 1.4, 1.4, 1.4]) / 1.2
    assert found.scatter_frac == pytest.approx(ratios.std(ddof=1), rel=0.02)
    assert span.total_usd[0] < found.total_usd < span.total_usd[1]


def replace_usd(row, factor):
    return row.model_copy(update={"usd": row.usd * factor})


def test_the_same_seed_gives_the_same_range():
    rows = invoices(RESULTS, (1, 2))
    assert band_of(rows)[1].total_usd == band_of(rows)[1].total_usd
    assert band_of(rows)[1].total_usd != band_of(rows, seed=1)[1].total_usd


def test_recorded_volume_takes_the_doubt_out_of_drawn_volume():
    drawn = {"workload.requests_per_month": Range(low=5e5, mode=2e6, high=8e6)}
    without = band_of(invoices(RESULTS, range(7), strategy=DISTIL), drawn)[1]
    with_requests = band_of(invoices(RESULTS, range(7), requests=1.0), drawn)[1]
    assert np.ptp(with_requests.total_usd) <= np.ptp(without.total_usd)
    assert with_requests.total_usd == pytest.approx([RESULTS.strategies[DISTIL]["total_usd"]] * 2)


# ---------------------------------------------------------------- words
def test_the_sentence_says_how_far_and_what_of():
    rows = invoices(RESULTS, range(6))
    assert words.variance_text(compared_of(rows)) == "After 6 months: on plan (0%)."
    dearer = [replace_usd(row, 2.0) if row.category == "labour" else row for row in rows]
    text = words.variance_text(compared_of(dearer))
    assert text.startswith("After 6 months: $")
    assert " over plan (+" in text
    assert text.endswith("mostly labour.")
    cheaper = words.variance_text(compared_of([replace_usd(row, 0.5) for row in rows]))
    assert "under plan (−50%)" in cheaper
    found = reforecast(RESULTS, CATALOG, compared_of(rows))
    assert words.reforecast_text(found).startswith("Re-forecast for 12 months: $")
    assert words.reforecast_text(found).count("$") == 2
    span = band(found, CATALOG, compared_of(rows), RANGES, seed=0, count=256)
    assert "(" in words.reforecast_text(found, span)
    assert words.reforecast_text(found, replace(span, draws=0)) == words.reforecast_text(found)


def test_notes_say_what_volume_was_re_estimated_from():
    rows = invoices(RESULTS, range(4), requests=2.0)
    compared = compared_of(rows)
    said = " ".join(words.notes(compared, reforecast(RESULTS, CATALOG, compared)))
    assert "Volume by 3 months of requests: 4.00M/mo growing" in said


def test_what_is_not_planned_has_no_share():
    rows = [Actual(month="2027-02", strategy=DISTIL, category="electricity", usd=50.0)]
    compared = compared_of(rows)
    assert compared.total_planned_usd == 0.0
    assert words.variance_text(compared) == "After 1 month: $50.0 over plan in what is recorded."
    assert words.main_group(compared) is compared.groups[0]
    assert words.main_group(compared_of([])) is None


def test_amounts_that_nobody_assigned_are_called_so():
    found = compared_of([Actual(month="2026-01", strategy=DISTIL, usd=1.0), *invoices(RESULTS, (1,))])
    assert any("Recorded outside of the plan and left out: 2026-01" in note for note in words.notes(found))
    (group,) = compared_of([Actual(month="2027-02", strategy=DISTIL, usd=1.0)]).groups
    assert group.title == "Not assigned"


def test_a_volume_at_which_it_does_not_fit_is_said(monkeypatch):
    compared = compared_of(invoices(RESULTS, (1,), requests=2.0))

    def unfit(*arguments, **choices):
        found = simulate(*arguments, **choices)
        found.strategies[DISTIL].fits = False
        return found

    monkeypatch.setattr("planner.engine.reforecast.simulate", unfit)
    with pytest.raises(InputError, match="At 4,000,000 requests a month"):
        reforecast(RESULTS, CATALOG, compared)
