"""``planner estimate``: the keys of the contract, the engine's own figures, and what is refused."""

from __future__ import annotations

import math

import pytest

from planner.catalog.caveats import CAVEATS
from planner.engine.calibration import load_calibration

TRAINING = ("estimate", "training", "--model", "llama-3.1-8b", "--method", "full", "--tokens", "1B")
JOB = (*TRAINING, "--seq-len", "4096", "--hardware", "nvidia-h100-sxm", "--accelerators", "8")
SERVING = ("estimate", "serving", "--model", "llama-3.1-70b", "--hardware", "nvidia-h100-sxm")
REPLICA = (*SERVING, "--precision", "fp8", "--input-tokens", "1024", "--output-tokens", "256")

TRAINING_KEYS = [
    *("model_flop", "mfu", "tokens_per_s_per_accelerator", "hours", "accelerator_h", "step_s"),
    *("peak_memory_gb", "fits", "power_w_per_accelerator", "energy_kwh", "carbon_kgco2e"),
]
SERVING_KEYS = {
    *("max_concurrency", "output_tokens_per_s_per_accelerator", "ttft_s", "tpot_s"),
    *("power_w_per_accelerator", "joule_per_output_token", "memory_gb", "fits"),
}


def width_of(study, novelty, software="torchtune"):
    return load_calibration().study(study).widths.at(novelty, software)


def half_width(found):
    assert list(found) == ["low", "mode", "high"]
    assert found["mode"] / found["low"] == pytest.approx(found["high"] / found["mode"])
    return math.log(found["high"] / found["mode"])


def test_training_has_the_keys_of_the_contract(call):
    found = call(*JOB, "--json").json
    assert list(found) == TRAINING_KEYS
    assert found["step_s"] is None
    assert found["fits"] is True
    speed, memory = width_of("fine_tuning", "C"), width_of("training_memory", "C")
    widths = {"tokens_per_s_per_accelerator": speed, "hours": speed, "peak_memory_gb": memory}
    power = width_of("training_power", "M", "mlperf_power")
    for key, width in {**widths, "power_w_per_accelerator": power}.items():
        assert half_width(found[key]) == pytest.approx(width)
    assert half_width(found["energy_kwh"]) == pytest.approx(math.hypot(speed, power))


def test_serving_has_the_keys_of_the_contract(call):
    found = call(*REPLICA, "--tensor-parallel", "4", "--json").json
    assert set(found) == SERVING_KEYS
    studies = {
        "output_tokens_per_s_per_accelerator": "serving",
        "ttft_s": "time_to_first_token",
        "tpot_s": "time_per_output_token",
        "power_w_per_accelerator": "board_power",
        "joule_per_output_token": "joule_per_output_token",
    }
    for (
        key,
        study,
    ) in studies.items():  # known model and card: a new configuration, where the software is known
        fitted = load_calibration().study(study)
        novelty = "C" if "vLLM 2026" in fitted.seen["source"] else "S"
        assert half_width(found[key]) == pytest.approx(fitted.widths.at(novelty, "vLLM 2026"))


def test_training_figures_agree_with_each_other(call):
    found = call(*JOB, "--global-batch", "64", "--json").json
    rate, hours = found["tokens_per_s_per_accelerator"]["mode"], found["hours"]["mode"]
    assert rate * 8 * hours * 3600 == pytest.approx(1e9)
    assert found["accelerator_h"]["mode"] == pytest.approx(8 * hours)
    assert found["step_s"]["mode"] == pytest.approx(64 * 4096 / (8 * rate))
    assert found["model_flop"] == pytest.approx(found["mfu"] * 8 * hours * 3600 * 989e12, rel=1e-2)
    assert 5e9 * 1e9 * 6 < found["model_flop"] < 10e9 * 1e9 * 6


def test_carbon_follows_grid_and_pue(call):
    usa = call(*JOB, "--json").json
    france = call(*JOB, "--grid", "fra", "--json").json
    plain = call(*JOB, "--pue", "1", "--json").json
    assert france["carbon_kgco2e"]["mode"] < 0.5 * usa["carbon_kgco2e"]["mode"]
    assert france["energy_kwh"] == usa["energy_kwh"]
    assert usa["energy_kwh"]["mode"] == pytest.approx(1.2 * plain["energy_kwh"]["mode"])
    it_kwh = plain["accelerator_h"]["mode"] * plain["power_w_per_accelerator"]["mode"] / 1000
    assert plain["energy_kwh"]["mode"] == pytest.approx(it_kwh)


def test_adapters_take_less_memory(call):
    full = call(*JOB, "--json").json
    lora = call(*changed(JOB, full="lora"), "--json").json
    assert lora["peak_memory_gb"]["mode"] < full["peak_memory_gb"]["mode"]


def changed(words, **others):
    """The words of a command with some replaced; a word stands as a name, dashes and dots as underscores."""
    return [others.get(word.replace("-", "_").replace(".", "_"), word) for word in words]


def test_a_teacher_beside_the_student_takes_time(call):
    alone = call(*JOB, "--json").json
    words = [word if word != "full" else "logits" for word in JOB]
    taught = call(*words, "--teacher", "llama-3.1-70b", "--json").json
    assert taught["hours"]["mode"] > 1.5 * alone["hours"]["mode"]
    assert taught["model_flop"] > 1.5 * alone["model_flop"]
    assert call(*words, "--teacher", "qwen3-32b", "--json").code == 2
    assert call(*words, "--json").code == 2
    assert call(*JOB, "--teacher", "llama-3.1-70b").code == 2


def test_serving_figures_agree_with_each_other(call):
    found = call(*REPLICA, "--tensor-parallel", "4", "--concurrency", "32", "--json").json
    rate = found["output_tokens_per_s_per_accelerator"]["mode"]
    assert rate * 4 * found["tpot_s"]["mode"] == pytest.approx(32)
    assert found["joule_per_output_token"]["mode"] == pytest.approx(
        found["power_w_per_accelerator"]["mode"] / rate
    )
    assert 70.5 < found["memory_gb"] < 320


def test_more_at_once_is_faster_in_all_and_slower_for_each(call):
    few = call(*REPLICA, "--tensor-parallel", "4", "--concurrency", "4", "--json").json
    many = call(*REPLICA, "--tensor-parallel", "4", "--concurrency", "128", "--json").json
    key = "output_tokens_per_s_per_accelerator"
    assert many[key]["mode"] > 4 * few[key]["mode"]
    assert many["tpot_s"]["mode"] > few["tpot_s"]["mode"]
    assert many["ttft_s"]["mode"] > few["ttft_s"]["mode"]
    assert many["joule_per_output_token"]["mode"] < few["joule_per_output_token"]["mode"]


def test_a_limit_of_the_first_token_lowers_the_concurrency(call):
    free = call(*REPLICA, "--tensor-parallel", "4", "--json").json
    kept = call(*REPLICA, "--tensor-parallel", "4", "--ttft-limit-s", "150 ms", "--json").json
    assert kept["max_concurrency"] < free["max_concurrency"]
    assert kept["ttft_s"]["mode"] <= 0.15
    late = call(*REPLICA, "--tensor-parallel", "4", "--ttft-limit-s", "0.001", "--json").json
    assert late["max_concurrency"] == 0
    assert late["fits"] is False


def test_what_does_not_fit_has_no_speed(call):
    words = [word if word != "fp8" else "bf16" for word in REPLICA]
    found = call(*words, "--tensor-parallel", "1", "--json").json
    assert found["fits"] is False
    assert found["max_concurrency"] == 0
    assert found["memory_gb"] > 141
    assert all(found[key] is None for key in SERVING_KEYS - {"fits", "max_concurrency", "memory_gb"})
    assert "no" in call(*words, "--tensor-parallel", "1").out


def test_a_size_stands_for_the_llama_series(call):
    by_size = [word for word in JOB if word not in ("--model", "llama-3.1-8b")] + ["--params", "8.030261248B"]
    assert call(*by_size, "--json").json["model_flop"] == pytest.approx(
        call(*JOB, "--json").json["model_flop"]
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--tensor-parallel", "2"),
        ("--pipeline-parallel", "2"),
    ],
)
def test_adapters_in_ranks_are_refused(call, option, value):
    answer = call(*changed(JOB, full="lora"), option, value)
    assert answer.code == 2
    assert "in tensor or pipeline ranks is not costed yet" in answer.err
    assert option in answer.err


def test_fp8_needs_a_card_with_it(call):
    answer = call(*changed(JOB, nvidia_h100_sxm="nvidia-a100-sxm-80gb"), "--precision", "fp8")
    assert answer.code == 2
    assert "--precision fp8 is not costed yet" in answer.err
    assert call(*JOB, "--precision", "fp8", "--json").json["hours"]["mode"] < hours(call, *JOB)


def hours(call, *words):
    return call(*words, "--json").json["hours"]["mode"]


def test_what_the_engine_chooses_may_be_named(call):
    named = ("--micro-batch", "2", "--tensor-parallel", "1", "--precision", "bf16")
    assert call(*JOB, *named, "--recompute", "selective", "--json").json == call(*JOB, "--json").json


def test_a_smaller_micro_batch_and_recompute_take_time_and_save_memory(call):
    small = call(*JOB, "--micro-batch", "1", "--recompute", "full", "--json").json
    chosen, none = call(*JOB, "--json").json, call(*JOB, "--recompute", "none", "--json").json
    assert small["hours"]["mode"] > 1.1 * chosen["hours"]["mode"]
    memory = [found["peak_memory_gb"]["mode"] for found in (small, chosen, none)]
    assert memory == sorted(memory)
    assert memory[0] < memory[2]


RANKS = ("--tensor-parallel", "2", "--pipeline-parallel", "2", "--global-batch", "64")


def test_ranks_and_a_batch_follow_the_law_of_pre_training(call):
    found, plain = call(*JOB, *RANKS, "--json").json, call(*JOB, "--json").json
    assert list(found) == TRAINING_KEYS
    assert half_width(found["hours"]) == pytest.approx(width_of("training_throughput", "C", "NeMo"))
    assert half_width(found["peak_memory_gb"]) == pytest.approx(
        width_of("training_memory", "C", "torchtitan")
    )
    assert found["model_flop"] == pytest.approx(plain["model_flop"])
    assert found["hours"]["mode"] == pytest.approx(plain["hours"]["mode"], rel=0.5)
    assert hours(call, *JOB, *RANKS, "--precision", "fp8") < found["hours"]["mode"]
    assert hours(call, *JOB, *RANKS, "--recompute", "full") > found["hours"]["mode"]


def test_a_longer_pipeline_waits_longer(call):
    words = [*changed(JOB, **{"8": "64"}), "--tensor-parallel", "1", "--global-batch", "64"]
    assert hours(call, *words, "--pipeline-parallel", "16") > hours(call, *words, "--pipeline-parallel", "2")


def test_ranks_must_divide_the_accelerators(call):
    answer = call(*JOB, "--tensor-parallel", "3")
    assert answer.code == 2
    assert "do not divide 8 accelerators" in answer.err


def test_the_interval_says_how_new_the_job_is(call):
    measured = (*TRAINING, "--seq-len", "2048", "--hardware", "nvidia-a100-sxm-80gb", "--accelerators", "8")
    measured = [*changed(measured, llama_3_1_8b="llama-3.1-70b", full="lora"), "--micro-batch", "2"]
    again = call(*measured, "--json").json
    assert half_width(again["hours"]) == pytest.approx(width_of("fine_tuning", "R"))
    other = changed(measured, llama_3_1_70b="qwen3-32b")
    assert "the model was not measured" in " ".join(call(*other).out.split())
    assert CAVEATS["model_not_measured"].text in call(*other).out
    card = changed(measured, nvidia_a100_sxm_80gb="nvidia-v100-sxm2-32gb")
    assert half_width(call(*card, "--json").json["hours"]) > 2 * half_width(again["hours"])


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--seq-len", "1", "--seq-len"),
        ("--accelerators", "2.5", "--accelerators"),
        ("--hardware", "h1000", "h1000"),
        ("--global-batch", "4", "without a sequence"),
        ("--grid", "nowhere", "nowhere"),
        ("--tokens", "many", "--tokens"),
    ],
)
def test_bad_options_are_named(call, option, value, message):
    answer = call(*JOB, option, value)
    assert answer.code == 2
    assert message in answer.err


def test_a_card_without_a_fit_says_so(call):
    words = [word if word != "nvidia-h100-sxm" else "intel-gaudi3" for word in REPLICA]
    assert "not measured" in call(*words, "--tensor-parallel", "4").out
