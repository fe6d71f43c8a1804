"""Operations of a release: every run, and every answer of a teacher of our own."""

from __future__ import annotations

import math

import pytest

from planner.catalog.load import load_catalog
from planner.engine.architecture import architecture_of
from planner.engine.flops import answer_flop, forward_flop_per_token
from planner.engine.inference import mean_context_tokens
from planner.engine.run import simulate
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset

CATALOG = load_catalog()


def flop_of(strategy: str, **changes: object) -> dict[str, float]:
    values = {path.replace("__", "."): value for path, value in changes.items()}
    return simulate(load_preset().scenario.with_(values), CATALOG).strategies[strategy].release_flop


def test_an_answer_is_the_sum_of_its_tokens():
    arch, prompt, answer = architecture_of(CATALOG, "llama-3.1-8b", None), 400, 64
    reading = sum(forward_flop_per_token(arch, place + 0.5) for place in range(prompt))
    writing = sum(forward_flop_per_token(arch, prompt + place + 0.5) for place in range(answer))
    context = mean_context_tokens(prompt, answer, 0.0)
    assert answer_flop(arch, prompt, prompt, answer, context) == pytest.approx(reading + writing, rel=1e-12)


def test_most_of_a_long_answer_s_work_is_two_operations_a_parameter_and_token():
    arch = architecture_of(CATALOG, "llama-3.1-8b", None)
    found = answer_flop(arch, 0.0, 0.0, 100.0, 50.0)
    assert found == pytest.approx(2.0 * arch.matmul_params * 100.0, rel=0.01)


def test_a_teacher_of_our_own_is_among_the_operations_of_a_release():
    plan = Scenario()
    own = flop_of("distil")
    assert set(own) == {"student_training", "answers"}
    requests = plan.distil.examples / plan.distil.accept_frac
    tokens = plan.workload.output_tokens + 0.5 * (
        plan.workload.input_tokens + plan.workload.instruction_tokens
    )
    least = 2.0 * 70e9 * requests * tokens * 0.95
    assert least < own["answers"] < 1.3 * least
    assert set(flop_of("distil", distil__teacher="api")) == {"student_training"}
    assert set(flop_of("finetune")) == {"base_training"}
    assert flop_of("api") == {}


def test_operations_of_answers_follow_what_is_asked_and_written():
    one = flop_of("distil")["answers"]
    assert flop_of("distil", distil__examples=60_000)["answers"] == pytest.approx(2.0 * one)
    assert flop_of("distil", workload__output_tokens=900)["answers"] > one
    assert flop_of("distil", workload__prefix_cache_hit_frac=0.9)["answers"] < one


def test_students_share_what_is_made_once_for_their_teacher():
    alone, shared = flop_of("both"), flop_of("both", distil__students=4)
    for item in ("base_training", "answers"):
        assert shared[item] == pytest.approx(alone[item] / 4.0)
    assert math.isclose(shared["student_training"], alone["student_training"])
