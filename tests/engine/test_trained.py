"""Training by the calibrated laws: what the engine asks them, and what they answer for one plan."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.load import load_catalog
from planner.engine.architecture import architecture_of
from planner.engine.constants import load_physics
from planner.engine.fleet import peak_rate
from planner.engine.jobs import train, training_fits, training_memory
from planner.engine.laws.memory import bytes_per_token, tokens_that_fit, training_peak_gb
from planner.engine.trained import Course, Layout, Step, kept_by, memory_constants, memory_job, speed_job
from planner.engine.world import build_world
from planner.evidence.families import finetuning, memory
from planner.evidence.names import Names
from planner.evidence.reference import Settings
from planner.scenario.model import Scenario

CATALOG = load_catalog()
CONSTANTS = load_physics().training
MODELS = st.sampled_from(sorted(m.id for m in CATALOG.models.values() if m.architecture == "decoder-dense"))
METHODS = ("full", "lora", "qlora")
many = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def course(model, method="lora", *, rank=16.0, **more):
    return Course(
        "test", architecture_of(CATALOG, model, None), method, 1e8, 1.0, 1.0, lora_rank=rank, **more
    )


def world(**changes):
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return build_world(Scenario().with_(named), CATALOG, load_physics(), None)


# ---------------------------------------------------------------- memory
@given(MODELS, st.sampled_from(METHODS), st.sampled_from((1.0, 8.0)), st.floats(0.1, 50.0))
@many
def test_tokens_that_fit_are_those_at_which_the_peak_is_what_is_usable(model, method, cards, more_gb):
    asked = course(model, method)
    law = memory_constants(CONSTANTS.software, method)
    empty = memory_job(asked, CONSTANTS, cards, Step(0.0, 1.0, 0.0))
    usable_gb = training_peak_gb(empty, law) + more_gb
    tokens = tokens_that_fit(empty, law, law.full_recompute, usable_gb * 1e9)
    assert tokens > 0.0
    assert training_peak_gb(replace(empty, micro_tokens=tokens), law) == pytest.approx(usable_gb)
    assert tokens_that_fit(empty, law, law.full_recompute, (usable_gb - 1.01 * more_gb) * 1e9) < 0.0


@given(MODELS, st.sampled_from(METHODS))
@many
def test_a_token_takes_least_with_full_recompute_and_most_with_none(model, method):
    law = memory_constants(CONSTANTS.software, method)
    job = memory_job(course(model, method), CONSTANTS, 1.0, Step(1.0, 0.0, 0.0))
    taken = [bytes_per_token(job, law, kept_by(law, kind)) for kind in ("full", "selective", "none")]
    assert taken == sorted(taken)
    assert taken[0] < taken[1]


@given(MODELS, st.sampled_from((1.0, 2.0, 64.0)))
@many
def test_adapters_hold_less_than_full_tuning(model, cards):
    held = []
    for method in ("qlora", "lora", "full"):
        job = memory_job(course(model, method, rank=8.0), CONSTANTS, cards, Step(0.0, 1.0, 0.0))
        held.append(training_peak_gb(job, memory_constants(CONSTANTS.software, method)))
    assert held == sorted(held)


def test_a_teacher_beside_the_student_takes_memory():
    alone = course("llama-3.1-8b", "full")
    taught = replace(alone, teacher=architecture_of(CATALOG, "llama-3.1-70b", None))
    step = Step(4096.0, 1.0, 0.0)
    law = memory_constants(CONSTANTS.software, "full")
    peaks = [training_peak_gb(memory_job(each, CONSTANTS, 8.0, step), law) for each in (alone, taught)]
    weights_gb = 2 * taught.teacher.params / 8 / 1e9
    assert peaks[1] - peaks[0] > 0.9 * weights_gb


def test_short_sequences_fill_a_micro_batch_and_long_ones_are_one():
    for seq_len, tokens in ((512, CONSTANTS.micro_batch_tokens), (16384, 16384)):
        memory = training_memory(world(training__seq_len=seq_len), course("llama-3.2-1b", "full"), 8.0)
        assert memory.step.tokens == tokens
        assert memory.fits


def test_a_micro_batch_shrinks_to_what_fits_and_never_below_one_sequence():
    small = {"training__hardware": "nvidia-rtx-4090", "training__seq_len": 512}
    small["measured__training_memory_factor"] = 1.25
    memory = training_memory(world(**small), course("llama-3.1-8b", "lora"), 1.0)
    assert memory.recompute
    assert 512 < memory.step.tokens < CONSTANTS.micro_batch_tokens
    assert memory.needed_bytes == pytest.approx(memory.usable_bytes)
    none = training_memory(world(**small), course("llama-3.1-70b", "lora"), 1.0)
    assert not none.fits
    assert none.step.tokens == 512
    assert none.needed_bytes > none.usable_bytes


@pytest.mark.parametrize(("method", "size"), [("full", "70b"), ("lora", "405b"), ("qlora", "405b")])
def test_the_counts_that_fit_are_those_whose_memory_fits(method, size):
    place, asked = world(), course(f"llama-3.1-{size}", method)
    counts = np.array(CONSTANTS.accelerator_counts, dtype=float)
    fits = training_fits(place, asked, counts)
    assert fits.any()
    assert not fits.all()
    assert [bool(training_memory(place, asked, count).fits) for count in counts] == fits.tolist()


def test_a_given_layout_is_kept():
    for kind in ("none", "selective", "full"):
        layout = Layout(micro_batch=2.0, recompute=kind)
        memory = training_memory(world(), course("llama-3.2-1b", "full", layout=layout), 8.0)
        assert memory.step == Step(2.0 * 2048, float(kind == "full"), float(kind == "selective"))


# ---------------------------------------------------------------- speed
def test_more_memory_never_slows_a_run():
    speeds = []
    for factor in np.geomspace(3.0, 0.2, 40):
        runs = train(world(measured__training_memory_factor=factor), course("llama-3.1-8b", "full"), 4)
        if runs.memory.fits:
            speeds.append(runs.tokens_per_s_per_accelerator)
    assert len(speeds) > 10
    assert np.all(np.diff(speeds) >= -1e-9)
    assert speeds[-1] > 1.2 * speeds[0]


def test_utilisation_is_work_over_what_the_cards_could_do():
    runs = train(world(), course("llama-3.1-70b", "lora"), 8)
    seconds = runs.variable_h * 3600.0
    waste = 1.0 - runs.model_flop / (runs.mfu * runs.speed.peak_flop_s * seconds)
    assert 0.0 < waste < 0.02
    assert 0.1 < runs.mfu < 0.6


def test_fp8_is_faster_where_the_card_has_it():
    both = [
        train(
            world(), course("llama-3.1-70b", "lora", layout=Layout(fp8=fp8)), 8
        ).tokens_per_s_per_accelerator
        for fp8 in (False, True)
    ]
    assert both[1] > 1.2 * both[0]


def test_a_card_without_measured_runs_says_so():
    for hardware, codes in (("nvidia-h100-sxm", set()), ("nvidia-v100-sxm2-32gb", {"hardware_not_measured"})):
        place = world(training__hardware=hardware)
        train(place, course("llama-3.2-1b", "lora"), 1)
        assert place.caveats == codes


# ---------------------------------------------------------------- one description
@pytest.mark.parametrize(
    ("method", "row", "precision"), [("lora", "LoRA", "bf16"), ("qlora", "QLoRA", "nf4 dq")]
)
@pytest.mark.parametrize("hardware", ["nvidia-a100-sxm-80gb", "nvidia-rtx-4090"])
@pytest.mark.parametrize("cards", [1, 8])
def test_the_engine_asks_what_measured_runs_were_described_by(method, row, precision, hardware, cards):
    cells = {
        "model": "llama-3.1-8b",
        "method": row,
        "precision": precision,
        "hardware": hardware,
        "accelerators": float(cards),
        "seq_len": 2048.0,
        "micro_batch_seqs": 2.0,
        "source": CONSTANTS.software,
    }
    told = Settings("finetune", "told", cells)
    card, step = CATALOG.find_hardware(hardware), Step(4096.0, 1.0, 0.0)
    asked = speed_job(
        course("llama-3.1-8b", method),
        CONSTANTS,
        card,
        peak_flop_s=peak_rate(card, "bf16"),
        seq_len=2048.0,
        accelerators=float(cards),
        step=step,
    )
    held = memory_job(course("llama-3.1-8b", method, rank=8.0), CONSTANTS, float(cards), step)
    found = finetuning.describe(told, Names(CATALOG))
    assert found.levels["software"] == CONSTANTS.software
    same(asked, found.job)
    same(held, memory.describe(told, Names(CATALOG)).job, but=("limit_bytes",))


def same(one, other, but=()):
    for item in fields(one):
        if item.name not in but:
            assert getattr(one, item.name) == pytest.approx(getattr(other, item.name)), item.name
