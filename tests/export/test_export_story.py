"""The story of a plan: the engine's figures, in words that fit a slide, for all presets and odd plans."""

from __future__ import annotations

import re

import numpy as np
import pytest
from export_plans import IDS, made
from story_plans import DRAWS, ODD, drawn, named, odd

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.compare import bridge
from planner.engine.crossing import VOLUME, nearest
from planner.engine.equations.derivations import figure_lines
from planner.engine.results import FIGURES
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.engine.sensitivity import swings
from planner.evidence.asked import physics_ranges
from planner.export.currency import Currency, currency_of
from planner.export.storyteller import Teller, page_keys
from planner.scenario.model import spec_for
from planner.units import MISSING, format_quantity

KEYS = ("answer", "cost", "categories", "breakeven", "risk", "energy", "updates", "scenarios", "assumptions")
HEADLINE, SUBLINE, CAVEAT = 40, 90, 140
ALL = [*IDS, *ODD]


def plan_of(name):
    return odd(name) if name in ODD else made(name)


def told(name, *, counted=True):
    results, plan = plan_of(name)
    return Teller(results, plan, drawn(name) if counted else None, currency=currency_of(results.scenario))


def pages_of(name, *, counted=True):
    teller = told(name, counted=counted)
    return {key: teller.page(key) for key in teller.keys}


# ---------------------------------------------------------------- the pages
def test_the_pages_in_their_order():
    assert page_keys(named()[1]) == KEYS
    assert page_keys(made()[1]) == tuple(key for key in KEYS if key != "scenarios")


@pytest.mark.parametrize("counted", [True, False], ids=["drawn", "before draws"])
@pytest.mark.parametrize("name", ALL)
def test_words_fit_and_are_whole(name, counted):
    for key, found in pages_of(name, counted=counted).items():
        assert found.key == key
        assert found.heading
        assert 0 < len(found.headline) <= HEADLINE, found.headline
        assert len(found.subline) <= SUBLINE, found.subline
        assert len(found.caveat) <= CAVEAT, found.caveat
        assert found.headline.endswith(".")
        assert len(found.facts) <= 4
        texts = [found.headline, found.subline, found.caveat, found.sources, *found.notes]
        texts += [text for fact in found.facts for text in (fact.value, fact.caption, fact.detail)]
        texts += [cell for row in (found.table.rows if found.table else ()) for cell in row]
        for text in texts:
            assert not re.search(r"\bnan\b|\binf\b|None|Traceback|!|  ", text), text


@pytest.mark.parametrize("name", ALL)
def test_charts_are_whole(name):
    for found in pages_of(name).values():
        chart = found.chart
        if chart is None:
            continue
        assert chart.series
        for series in chart.series:
            assert len(series.values) == len(chart.points)
            assert len(series.low) == len(series.high)
            assert len(series.low) in (0, len(chart.points))
            assert all(value is None or np.isfinite(value) for value in series.values)
            assert all(low <= high for low, high in zip(series.low, series.high, strict=True))
        if chart.x_values:
            assert len(chart.x_values) == len(chart.points)
            assert list(chart.x_values) == sorted(chart.x_values)
        if chart.kind in ("stacked", "bars", "bridge"):
            assert len(chart.strategies) == len(chart.points)


@pytest.mark.parametrize("name", ALL)
def test_inputs_are_numbers_that_a_slider_moves(name):
    for found in pages_of(name).values():
        assert len(found.inputs) == len(set(found.inputs)) <= 5
        assert all(spec_for(path).numeric for path in found.inputs)


def test_inputs_follow_the_tornado():
    results, plan = made()
    chosen = choose(results).strategy
    found = swings(
        results.scenario, load_catalog(), choices=results.choices, further=physics_ranges(results)
    ).tornado(chosen, results.baseline)
    widest = [row.path for row in found.rows if not row.path.startswith("measured.")][:4]
    assert set(widest) <= set(Teller(results, plan).page("answer").inputs)
    assert VOLUME in Teller(results, plan).page("energy").inputs


# ---------------------------------------------------------------- one verdict
@pytest.mark.parametrize("name", ALL)
def test_the_answer_is_the_verdicts(name):
    results, _ = plan_of(name)
    risk = drawn(name)
    choice, found = choose(results, risk), pages_of(name)["answer"]
    assert found.strategy == (choice.strategy or "")
    if choice.case == "too_close":
        assert found.headline == "Too close to call."
    if choice.case == "nothing":
        assert found.headline == "No strategy keeps every limit."
    if choice.case == "impossible":
        assert found.headline == "No strategy fits on this hardware."
        assert [row[0] for row in found.table.rows] == ["Prompt, self-hosted", "Fine-tune"]


def test_a_clear_answer_reads_as_designed():
    results, plan = made("chat-assistant")
    found = told("chat-assistant").page("answer")
    assert found.headline == "Distil the model."
    saved = results.strategies["api"]["total_usd"] - results.strategies["distil"]["total_usd"]
    month = results.strategies["distil"]["payback_month"]
    said = format_quantity(saved, "usd", figures=2)
    assert found.subline == f"It saves {said} in 24 months and pays for itself in month {month:.0f}."
    crossing = nearest(results, load_catalog())
    at = format_quantity(crossing.requests_per_month, "count", figures=2)
    assert f"Below {at} requests a month the API is cheapest. This plan has 20M." in found.caveat
    total, chance, score, carbon = found.facts
    assert total.value == format_quantity(results.strategies["distil"]["total_usd"], "usd")
    assert chance.value == format_quantity(
        drawn("chat-assistant").strategies["distil"].cheapest_frac, "chance"
    )
    assert chance.detail == f"of five ways, {DRAWS} draws"
    assert score.caption == "points of 100"
    assert carbon.value == format_quantity(results.strategies["distil"]["carbon_kgco2e"], "kgco2e")
    assert plan.title  # pages carry no name: whoever shows them does


def test_before_draws_no_chance_is_told():
    found = pages_of("chat-assistant", counted=False)
    assert found["answer"].facts[1].value == MISSING
    assert found["answer"].facts[1].detail == "draws not counted yet"
    assert found["risk"].headline == "No chance to tell yet."
    assert not any(series.low for series in found["cost"].chart.series)


def test_where_nothing_is_uncertain_no_chance_is_told():
    results, plan = odd("nothing uncertain")
    fixed = risk(results.scenario, load_catalog(), count=8, seed=0, choices=results.choices)
    assert not fixed.inputs
    teller = Teller(results, plan, fixed)
    found = teller.page("risk")
    assert (found.headline, found.subline) == ("Nothing is uncertain.", "No input has a range.")
    assert teller.page("answer").facts[1].value == MISSING
    assert not any(series.low for series in teller.page("cost").chart.series)


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize("name", IDS)
def test_costs_are_the_engines(name):
    results, _ = made(name)
    found = pages_of(name)
    for series in found["cost"].chart.series:
        expected = results.strategies[series.strategy].cumulative_usd
        np.testing.assert_allclose(series.values, np.ravel(expected), rtol=1e-12)
    chosen = choose(results, drawn(name)).strategy
    banded = [series for series in found["cost"].chart.series if series.low]
    assert [series.strategy for series in banded] == [chosen]
    bands = drawn(name).strategies[chosen].cumulative_usd
    np.testing.assert_allclose(banded[0].low, bands[1])
    np.testing.assert_allclose(banded[0].high, bands[5])
    stacked = found["categories"].chart
    for number, strategy in enumerate(stacked.strategies):
        total = sum(series.values[number] for series in stacked.series)
        assert total == pytest.approx(float(results.strategies[strategy]["total_usd"]), rel=1e-9)


@pytest.mark.parametrize("name", IDS)
def test_break_even_is_what_a_plan_at_that_volume_costs(name):
    results, _ = made(name)
    chart = pages_of(name)["breakeven"].chart
    for number in (0, len(chart.points) // 2, -1):
        volume = chart.x_values[number]
        there = simulate(results.scenario.with_({VOLUME: volume}), load_catalog())
        for series in chart.series:
            expected = float(there.strategies[series.strategy]["total_usd"])
            if series.values[number] is None:
                assert np.isnan(expected)
            else:
                assert series.values[number] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", IDS)
def test_chances_percentiles_and_carbon(name):
    results, _ = made(name)
    found, risk = pages_of(name), drawn(name)
    chart = found["risk"].chart
    for strategy, share in zip(chart.strategies, chart.series[0].values, strict=True):
        assert share == risk.strategies[strategy].cheapest_frac
    for strategy, row in zip(found["risk"].table.strategies, found["risk"].table.rows, strict=True):
        spread = risk.strategies[strategy].total_usd
        assert row[1:] == tuple(format_quantity(spread[at], "usd") for at in (10, 50, 90))
    chart = found["energy"].chart
    (series,) = chart.series
    for number, strategy in enumerate(chart.strategies):
        carbon = float(results.strategies[strategy]["carbon_kgco2e"])
        low, high = results.strategies[strategy].energy_range_frac
        assert series.low[number] == pytest.approx(carbon * low)
        assert series.high[number] == pytest.approx(carbon * high)
        assert (series.values[number] is None) == (low != high)


@pytest.mark.parametrize("name", IDS)
def test_updates(name):
    results, _ = made(name)
    found = pages_of(name)["updates"]
    for series in found.chart.series:
        np.testing.assert_allclose(
            series.values, np.ravel(results.strategies[series.strategy].quality_by_month)
        )
    for strategy, row in zip(found.table.strategies, found.table.rows, strict=True):
        result = results.strategies[strategy]
        if not result.fits:
            assert row[1] == "does not fit"
            continue
        assert row[1] == str(round(float(result["refreshes"])))
        assert row[2] == format_quantity(float(result["refresh_usd"]), "usd")


def test_scenarios_are_bridged():
    results, plan = made("bank-compliance")
    found = Teller(results, plan).page("scenarios")
    first, second = plan.scenarios
    other = simulate(second, load_catalog())
    expected = bridge(first, second, load_catalog(), (choose(results).strategy, choose(other).strategy))
    chart = found.chart
    assert chart.series[0].values[0] == pytest.approx(expected.before["total_usd"])
    assert chart.series[0].values[-1] == pytest.approx(expected.after["total_usd"])
    assert sum(chart.series[0].values[:-1]) == pytest.approx(expected.after["total_usd"])
    assert chart.totals == (True, *(False,) * (len(chart.points) - 2), True)
    totals = {row[0]: row[1:] for row in found.table.rows}
    for column, each in enumerate((results, other)):
        for name, label in (("api", "Prompt via API"), ("distil", "Distil")):
            assert totals[label][column] == format_quantity(float(each.strategies[name]["total_usd"]), "usd")
    assert found.notes


def test_scenarios_that_cannot_be_bridged_say_why():
    results, plan = made("bank-compliance")
    broken = plan.scenarios[1].with_({"strategies": ("prompt",), "serving.hardware": "nvidia-l4"})
    broken = broken.with_({"serving.accelerators_per_replica": 1, "serving.student_target": "cloud"})
    both = plan.model_copy(update={"scenarios": (plan.scenarios[0], broken)})
    found = Teller(results, both).page("scenarios")
    assert found.chart is None
    assert "cannot be priced" in found.caveat
    assert found.table.rows


def test_assumptions_are_those_that_move_the_plan_and_those_changed():
    results, plan = made(changes=(("labour.usd_per_hour", 123.0),))
    found = Teller(results, plan).page("assumptions")
    rows = {row[0]: row for row in found.table.rows}
    assert next(iter(rows)) == "Requests per month"
    assert rows["Engineer"][1] == "$123/h"
    assert rows["Engineer"][3] == "you"
    assert rows["Serving rent"][1] == "$4.50/h"
    assert "1 was changed" in found.subline


# ---------------------------------------------------------------- currency, names, notes
def test_another_currency_holds_throughout():
    teller = told("other currency")
    results = teller.told.results
    for key in teller.keys:
        found = teller.page(key, noted=True)
        texts = [found.headline, found.subline, found.caveat, *found.notes]
        texts += [fact.value + fact.detail for fact in found.facts]
        texts += [cell for row in (found.table.rows if found.table else ()) for cell in row]
        assert not any("$" in text for text in texts), key
        assert found.chart is None or found.chart.unit != "usd" or found.chart.symbol == "€"
    answer = teller.page("answer")
    total = float(results.strategies["distil"]["total_usd"]) * 0.92
    assert answer.facts[0].value == format_quantity(total, "usd").replace("$", "€")
    ends = {series.strategy: series.values[-1] for series in answer.chart.series}
    assert ends["distil"] == pytest.approx(total)


def test_currencies():
    scenario = made()[0].scenario
    assert currency_of(scenario) == Currency()
    assert not Currency().converts
    francs = currency_of(scenario.with_({"report.currency": 'CHF"[x];', "report.currency_per_usd": 0.9}))
    assert francs.symbol == "CHFx\u00a0"
    assert francs.converts
    assert currency_of(scenario.with_({"report.currency": "\x07"})).word == "USD"


def test_names_of_all_kinds_are_told_on_one_line():
    results, plan = named()
    found = Teller(results, plan).page("scenarios")
    assert len(found.headline) <= HEADLINE
    assert found.table.headers[1].startswith("A =HYPERLINK")
    assert all("\n" not in cell for cell in found.table.headers)
    assert len(found.table.headers) <= 5
    assert "more scenarios" in found.caveat


@pytest.mark.parametrize("name", ["customer-support", "one strategy", "nothing fits", "other currency"])
def test_notes_hold_numbers_and_derivations(name):
    results, plan = plan_of(name)
    teller = Teller(results, plan, drawn(name))
    found = {key: teller.page(key, noted=True) for key in teller.keys}
    if name == "nothing fits":
        assert not found["answer"].notes
        return
    notes = found["answer"].notes
    assert any(line.startswith("Cumulative cost, month") for line in notes)
    assert any(line.startswith(FIGURES["total_usd"].title) for line in notes)
    assert found["categories"].notes
    assert found["assumptions"].notes


# ---------------------------------------------------------------- what would be said wrongly
@pytest.mark.parametrize(
    ("name", "title"),
    [("every limit missed", "Chance to keep every limit"), ("score", "Chance to keep every limit"),
     ("carbon", "Chance to emit least"), ("customer-support", "Chance to be cheapest")],
)  # fmt: skip
def test_the_chart_of_chances_is_of_what_the_headline_says(name, title):
    found = pages_of(name)["risk"]
    assert found.chart.title == title
    at = found.chart.strategies.index(found.strategy)
    assert found.facts[0].value == format_quantity(found.chart.series[0].values[at], "chance")


def test_what_comes_nearest_is_no_answer_beside_other_scenarios():
    plan = odd("every limit missed")[1].with_duplicate()
    found = Teller(simulate(plan.scenario, load_catalog()), plan).page("scenarios")
    assert found.table.rows[-1] == ("Answer", "none", "none")


def test_scenarios_that_are_alike_need_no_method_and_one_more_is_one():
    plan = made()[1].with_duplicate()
    found = Teller(simulate(plan.scenario, load_catalog()), plan).page("scenarios")
    assert found.caveat == ""
    for count, words in ((5, "1 more scenario is in the plan."), (6, "2 more scenarios are in the plan.")):
        while len(plan.scenarios) < count:
            plan = plan.with_duplicate()
        found = Teller(simulate(plan.scenario, load_catalog()), plan).page("scenarios")
        assert found.caveat == words


def test_a_score_that_falls_below_its_floor_is_said_as_the_lowest():
    results, plan = made("customer-support", (("strategies", ("distil",)), ("limits.min_quality", 69.5)))
    chosen = results.strategies["distil"]
    assert chosen["quality_lowest"] < 69.5 < chosen["quality"]
    fact = Teller(results, plan).page("answer").facts[2]
    assert fact.value == "70"
    assert fact.detail.startswith("falls to 69.4, floor 69.5, missed"), fact.detail


def test_nothing_is_worth_nothing_to_know():
    facts = pages_of("one strategy")["risk"].facts
    assert all(fact.value != "$0" for fact in facts)


def test_a_baseline_says_when_what_misses_a_limit_would_pay_back():
    results, plan = made("customer-support", (("limits.min_quality", 80.0), ("limits.max_total_usd", 350e3)))
    found = Teller(results, plan).page("cost")
    month = results.strategies["distil"]["payback_month"]
    assert found.headline == f"Distil would pay back in month {month:.0f}."


def test_notes_put_this_plans_numbers_into_the_equations_of_the_choice():
    results, plan = made()
    said = " ".join(Teller(results, plan).page("answer", noted=True).notes)
    lines = figure_lines(results, "distil", "total_usd", most=6)
    assert "\N{MULTIPLICATION SIGN}" in " ".join(lines) or "+" in " ".join(lines)
    assert all(line in said for line in lines)


def test_amounts_of_the_verdict_are_in_the_currency_told_whoever_asks_first():
    results, plan = odd("other currency")
    found = Teller(results, plan, currency=currency_of(results.scenario))
    assert "\N{EURO SIGN}" in found.told.verdict.sentence
    assert "$" not in found.told.verdict.sentence + found.told.verdict.second
