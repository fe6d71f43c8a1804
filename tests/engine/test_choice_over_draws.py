"""What draws make of the verdict: "cheapest" is claimed from 60 % of them on, where medians lie apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.results import Results
from planner.engine.risk import Risk, risk
from planner.engine.run import simulate
from planner.engine.verdict import LONGEST_SENTENCE, verdict
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def drawn() -> tuple[Results, Risk]:
    results = simulate(load_preset().scenario, CATALOG)
    return results, risk(results.scenario, CATALOG, count=256, seed=0, choices=results.choices)


def _with(found: Risk, **strategies: dict[str, object]) -> Risk:
    held = {name: replace(each, **strategies.get(name, {})) for name, each in found.strategies.items()}
    return replace(found, strategies=held)


def _median(usd: float) -> dict[int, float]:
    return dict.fromkeys((5, 10, 25, 50, 75, 90, 95), usd)


def test_sixty_percent_of_draws_make_it_clear(drawn) -> None:
    results, found = drawn
    apart = {"total_usd": _median(1e6)}
    others = {name: apart for name in found.strategies if name != "distil"}
    for share, case in ((0.6, "clear"), (0.599, "too_close")):
        distil = {"cheapest_frac": share, "total_usd": _median(5e5)}
        assert choose(results, _with(found, distil=distil, **others)).case == case


def test_medians_within_five_percent_are_too_close_whatever_the_share(drawn) -> None:
    results, found = drawn
    far = {name: {"total_usd": _median(9e9)} for name in found.strategies if name not in ("distil", "api")}
    for other, case in ((1.049e6, "too_close"), (0.951e6, "too_close"), (1.051e6, "clear")):
        held = _with(
            found,
            distil={"cheapest_frac": 0.95, "total_usd": _median(1e6)},
            api={"total_usd": _median(other), "competes_frac": 1.0},
            **far,
        )
        assert choose(results, held).case == case


def test_one_that_never_competes_does_not_make_it_close(drawn) -> None:
    results, found = drawn
    far = {name: {"total_usd": _median(9e9)} for name in found.strategies if name not in ("distil", "api")}
    held = _with(
        found,
        distil={"cheapest_frac": 0.95, "total_usd": _median(1e6)},
        api={"total_usd": _median(1e6), "competes_frac": 0.0},
        **far,
    )
    assert choose(results, held).case == "clear"


def test_a_plan_that_nothing_contests_is_not_too_close_however_seldom_it_keeps_its_limits() -> None:
    scenario = load_preset().scenario
    alone = scenario.with_({"strategies": ("distil",), "limits.max_total_usd": 280e3})
    results = simulate(alone, CATALOG)
    found = risk(alone, CATALOG, count=256, seed=0, choices=results.choices)
    assert 0.0 < found.strategies["distil"].cheapest_frac < 0.6
    assert choose(results, found).case == "baseline"
    assert not verdict(results, choose(results, found), None, found).sentence.startswith("Too close")


@pytest.mark.parametrize("goal", ["carbon", "quality"])
def test_the_only_one_that_keeps_every_limit_is_called_so(goal: str) -> None:
    scenario = load_preset().scenario.with_({"limits.goal": goal, "limits.min_quality": 81.0})
    results = simulate(scenario, CATALOG)
    assert [name for name, each in results.strategies.items() if each.keeps_limits] == ["finetune"]
    said = verdict(results, choose(results)).sentence
    assert "the only one that keeps every limit" in said
    assert "of one" not in said
    assert len(said) <= LONGEST_SENTENCE


def test_the_answer_limit_has_its_article() -> None:
    scenario = load_preset().scenario.with_({"limits.max_latency_p95_s": 0.01})
    results = simulate(scenario, CATALOG)
    assert " against an answer limit of " in verdict(results, choose(results)).sentence


def test_the_sentence_names_who_contests_it_and_both_shares(drawn) -> None:
    results, found = drawn
    shares = {"api": 0.02, "distil": 0.45, "both": 0.5}
    held = _with(found, **{name: {"cheapest_frac": share} for name, share in shares.items()})
    said = verdict(results, choose(results, held), None, held)
    assert said.strategy == "distil"
    assert said.sentence.startswith("Too close to call: Distil $")
    assert "Fine-tune, then distil $" in said.sentence
    assert "45%" in said.sentence
    assert "50%" in said.sentence
    assert len(said.sentence) <= LONGEST_SENTENCE


def test_what_the_limits_contest_is_not_called_too_close_to_another(drawn) -> None:
    results, found = drawn
    held = replace(_with(found, distil={"cheapest_frac": 0.55}, api={"cheapest_frac": 0.05}), none_frac=0.4)
    said = verdict(results, choose(results, held), None, held).sentence
    assert said.startswith("Not settled: Distil $")
    assert "55%" in said
    assert "in 40% none keeps every limit" in said
    assert len(said) <= LONGEST_SENTENCE


@pytest.mark.parametrize("preset", [each.id for each in presets()])
def test_the_choice_stays_that_of_the_most_likely_values(preset: str) -> None:
    results = simulate(load_preset(preset).scenario, CATALOG)
    found = risk(results.scenario, CATALOG, count=256, seed=0, choices=results.choices)
    before, after = choose(results), choose(results, found)
    assert (before.strategy, before.runner_up) == (after.strategy, after.runner_up)
    said = verdict(results, after, None, found)
    assert len(said.sentence) <= LONGEST_SENTENCE
