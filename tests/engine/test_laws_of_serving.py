"""Laws of serving, devices, latency and power against numbers by hand, and at their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.engine.laws import device, latency, power, serving

INF, NAN = float("inf"), float("nan")
JOB = serving.ServingJob(
    matmul_params=8e9,
    shared_params=8e9,
    lookup_params=1e9,
    expert_params=0.0,
    active_expert_frac=1.0,
    expert_width=INF,
    layers=10.0,
    hidden=1000.0,
    attention_width=1000.0,
    kv_heads=4.0,
    cache_values=5e4,
    window_tokens=INF,
    windowed_frac=0.0,
    weight_bytes=2.0,
    expert_weight_bytes=2.0,
    cache_bytes=2.0,
    peak_flop_s=1e15,
    peak_16bit_flop_s=1e15,
    bandwidth_bytes_s=1e12,
    memory_bytes=1e11,
    link_bytes_s=1e11,
    tdp_w=1000.0,
    tensor=1.0,
    pipeline=1.0,
    attention_replicas=1.0,
    prompt_tokens=1000.0,
    output_tokens=1000.0,
    is_prompt_stated=1.0,
    batch=100.0,
    tpot_limit_s=NAN,
)
PLAIN = serving.ServingConstants(
    prefill_efficiency=0.5,
    decode_efficiency=0.4,
    power_exponent=0.0,
    reference_joule_per_flop=1e-12,
    most_supply=2.0,
    half_width=0.0,
    half_expert_width=0.0,
    half_read_width=0.0,
    bandwidth_efficiency=0.8,
    cache_efficiency=0.5,
    attention_efficiency=0.25,
    link_efficiency=0.5,
    exchange_factor=1.0,
    layer_s=1e-4,
    step_s=1e-3,
    sequence_s=1e-5,
    allreduce_s=1e-5,
    prompt_token_s=0.0,
    prompt_s=0.0,
    usable_memory_frac=0.9,
    reserved_bytes=2e9,
    held_output_frac=0.5,
    most_sequences=1e9,
    pipeline_efficiency=0.9,
    prompt_factor=2.0,
    limit_use_frac=1.0,
    limit_speed_frac=0.8,
)


def mixture(**changes):
    """Return a mixture of 64 experts, 4 of them used, 1e9 parameters beside them."""
    sparse = replace(
        JOB,
        shared_params=1e9,
        lookup_params=0.0,
        expert_params=64e9,
        active_expert_frac=4.0 / 64.0,
        expert_width=1000.0,
        expert_weight_bytes=1.0,
    )
    return replace(sparse, **changes)


def test_prefill_by_hand():
    # products 2 x 8e9 / 5e14 = 32 us, attention 2 x 1000 x 10 x 1000 / 2.5e14 = 0.08 us, for 1000 tokens
    assert serving.prefill_s(JOB, PLAIN) == pytest.approx(1000.0 * (32e-6 + 0.08e-6))
    slow = replace(PLAIN, prompt_token_s=1e-6, prompt_s=2e-3)
    assert serving.prefill_s(JOB, slow) == pytest.approx(serving.prefill_s(JOB, PLAIN) + 3e-3)


def test_step_by_hand():
    # weights 16e9 / 8e11 = 20 ms, overhead 10 x 0.1 + 1 = 2 ms; by sequence cache 1e5 x 1500 / 5e11 = 0.3 ms,
    # products 16e9 / 4e14 = 0.04 ms and 0.01 ms
    assert serving.step_s(JOB, PLAIN, 100.0) == pytest.approx(22e-3 + 100.0 * 0.35e-3)


def test_throughput_by_hand():
    request = 32.08e-3 + 1000.0 * 57e-3 / 100.0
    assert serving.output_tokens_per_s(JOB, PLAIN) == pytest.approx(1000.0 / request)


def test_memory_by_hand():
    # 90 GB less 18 of weights and 2 held back, over 1e5 bytes x (1000 + 500) tokens
    assert serving.memory_batch(JOB, PLAIN) == pytest.approx(70e9 / 1.5e8)
    split = replace(JOB, tensor=8.0)  # four heads cannot be split eight ways: each is held twice
    assert serving.memory_batch(split, PLAIN) == pytest.approx((8 * 90e9 - 18e9 - 8 * 2e9) / 3e8)


def test_experts_touched_from_one_sequence_to_many():
    rate = 8e11
    assert serving.weights_s(mixture(), PLAIN, 1.0) == pytest.approx((2e9 + 64e9 / 16.0) / rate)
    assert serving.weights_s(mixture(), PLAIN, 1e4) == pytest.approx((2e9 + 64e9) / rate)
    two = 64e9 * (1.0 - (60.0 / 64.0) ** 2)
    assert serving.weights_s(mixture(), PLAIN, 2.0) == pytest.approx((2e9 + two) / rate)


def test_copies_of_attention_are_read_by_every_rank_and_split_the_cache():
    whole = mixture(tensor=8.0, kv_heads=1.0)
    copied = replace(whole, attention_replicas=8.0)
    assert serving.weights_s(copied, PLAIN, 1.0) == pytest.approx((8 * 2e9 + 4e9) / (8 * 8e11))
    assert serving.sequence_s(copied, PLAIN) < serving.sequence_s(whole, PLAIN)
    assert serving.memory_batch(copied, PLAIN) > serving.memory_batch(whole, PLAIN)


def test_windows_bound_the_cache():
    near = replace(JOB, window_tokens=500.0, windowed_frac=0.5)
    assert serving.reached_tokens(near, 1500.0) == pytest.approx(0.5 * 500.0 + 0.5 * 1500.0)
    assert serving.reached_tokens(near, 400.0) == pytest.approx(400.0)
    assert serving.memory_batch(near, PLAIN) > serving.memory_batch(JOB, PLAIN)


def test_pipeline_keeps_part_of_the_speed():
    deep = replace(JOB, pipeline=4.0, batch=400.0)
    lossless = serving.output_tokens_per_s(deep, replace(PLAIN, pipeline_efficiency=1.0))
    # Four cards of a quarter of the layers keep four groups of 100 going: by card as fast as one with 100.
    assert lossless == pytest.approx(serving.output_tokens_per_s(JOB, PLAIN))
    assert serving.output_tokens_per_s(deep, PLAIN) == pytest.approx(lossless * 0.9**2)


def test_traffic_between_ranks_by_hand():
    split = replace(JOB, tensor=4.0)
    # two all-reduces, each moved twice, three quarters of 1000 x 2 bytes x 10 layers at 5e10
    assert serving.exchange_s_per_token(split, PLAIN) == pytest.approx(4 * 0.75 * 2e4 / 5e10)
    assert serving.exchange_s_per_token(JOB, PLAIN) == 0.0
    assert serving.overhead_s(split, PLAIN) == pytest.approx(2e-3 + 10 * 2e-5 * np.sqrt(2.0))


def test_the_batch_is_the_smallest_of_memory_setting_and_latency():
    free = replace(JOB, batch=NAN)
    held = serving.memory_batch(free, PLAIN)
    assert serving.running_batch(free, PLAIN) == pytest.approx(held)
    capped = serving.running_batch(free, replace(PLAIN, most_sequences=10.0))
    assert capped == pytest.approx(10.0, rel=1e-3)
    limited = replace(free, tpot_limit_s=0.03)
    batch = serving.running_batch(limited, PLAIN)
    shown = serving.step_s(limited, PLAIN, batch) + serving.prefill_s(limited, PLAIN) * batch / 1000.0
    assert shown == pytest.approx(0.03, rel=1e-3)


def test_a_limit_that_cannot_be_kept_leaves_a_small_batch():
    tight = replace(JOB, batch=NAN, tpot_limit_s=1e-6)
    assert 0.0 < serving.running_batch(tight, PLAIN) < 5.0


@pytest.mark.parametrize("limit_s", [0.03, 0.05, 0.2])
def test_more_time_allowed_gives_more_tokens(limit_s):
    tight = replace(JOB, batch=NAN, tpot_limit_s=limit_s)
    loose = replace(tight, tpot_limit_s=1.5 * limit_s)
    assert serving.output_tokens_per_s(loose, PLAIN) > serving.output_tokens_per_s(tight, PLAIN)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"bandwidth_bytes_s": 2e12}, {}),
        ({"peak_flop_s": 2e15}, {}),
        ({"batch": 200.0}, {}),
        ({}, {"prompt_tokens": 4000.0}),
        ({}, {"cache_values": 1e5}),
        ({"weight_bytes": 1.0}, {}),
    ],
)
def test_throughput_rises_and_falls_as_it_should(better, worse):
    faster, slower = replace(JOB, **better), replace(JOB, **worse)
    assert serving.output_tokens_per_s(faster, PLAIN) > serving.output_tokens_per_s(slower, PLAIN)


def test_a_guessed_prompt_is_corrected_and_a_stated_one_is_not():
    assert serving.prompt_length(JOB, PLAIN) == 1000.0
    assert serving.prompt_length(replace(JOB, is_prompt_stated=0.0), PLAIN) == 2000.0


def test_power_that_is_plentiful_no_longer_helps():
    strong = replace(PLAIN, power_exponent=0.5)
    rate = serving.product_flop_s(JOB, strong, 0.5)
    poor = serving.product_flop_s(replace(JOB, tdp_w=250.0), strong, 0.5)
    rich = serving.product_flop_s(replace(JOB, tdp_w=4000.0), strong, 0.5)
    assert poor == pytest.approx(rate / 2.0)
    assert rich == pytest.approx(rate * np.sqrt(2.0))


def test_arrays_are_rows_of_numbers():
    batches = np.array([1.0, 10.0, NAN, 300.0])
    jobs = mixture(batch=batches, tpot_limit_s=np.array([NAN, NAN, 0.05, NAN]))
    together = serving.output_tokens_per_s(jobs, PLAIN)
    for row, batch in enumerate(batches):
        alone = replace(jobs, batch=float(batch), tpot_limit_s=float(jobs.tpot_limit_s[row]))
        assert float(serving.output_tokens_per_s(alone, PLAIN)) == pytest.approx(together[row], rel=1e-12)


DEVICE = device.DeviceJob(
    matmul_params=7e9,
    params=7e9,
    layers=30.0,
    hidden=1000.0,
    attention_width=1000.0,
    cache_values=1e5,
    weight_bytes=0.5,
    is_quantised=1.0,
    peak_flop_s=1e13,
    bandwidth_bytes_s=1e11,
    memory_bytes=8e9,
    tensor=1.0,
    devices=1.0,
    is_unified=1.0,
    prompt_tokens=1024.0,
    context_tokens=500.0,
)
DECODE = device.DeviceDecodeConstants(
    bandwidth_efficiency=0.7,
    half_width=0.0,
    cache_efficiency=0.5,
    unpack_factor=1.0,
    layer_s=1e-4,
    token_s=1e-3,
    hop_s=1e-3,
    allreduce_s=1e-5,
    paging_factor=3.0,
    room_frac=0.75,
)
PREFILL = device.DevicePrefillConstants(
    compute_efficiency=0.5,
    half_width=0.0,
    attention_efficiency=0.2,
    quantised_factor=0.8,
    block_tokens=512.0,
    read_factor=0.5,
    layer_s=1e-4,
    split_gain=1.0,
    paging_factor=3.0,
    room_frac=0.75,
)


def test_decode_of_a_device_by_hand():
    # weights 3.5e9 / 7e10 = 50 ms, cache 1e8 / 5e10 = 2 ms, unpacking 1.4 ms, 30 x 0.1 + 1 = 4 ms
    assert device.decode_tokens_per_s(DEVICE, DECODE) == pytest.approx(1.0 / 57.4e-3)


def test_more_devices_hold_more_but_decode_no_faster():
    alone = device.decode_tokens_per_s(DEVICE, DECODE)
    split = device.decode_tokens_per_s(replace(DEVICE, devices=4.0), DECODE)
    assert 1.0 / split - 1.0 / alone == pytest.approx(3e-3)
    assert device.decode_tokens_per_s(replace(DEVICE, tensor=4.0), DECODE) > alone


def test_weights_that_fill_unified_memory_are_paged():
    full = replace(DEVICE, memory_bytes=4e9)
    assert device.decode_tokens_per_s(full, DECODE) == pytest.approx(
        device.decode_tokens_per_s(DEVICE, DECODE) / 3.0
    )
    own = replace(full, is_unified=0.0)
    assert device.decode_tokens_per_s(own, DECODE) == device.decode_tokens_per_s(DEVICE, DECODE)


def test_prefill_of_a_device_by_hand():
    # by token 14e9 / 4e12 + 2 x 1024 x 30 x 1000 / 2e12; twice 0.5 x 35 ms + 3 ms
    seconds = 1024.0 * (3.5e-3 + 3.072e-5) + 2.0 * 20.5e-3
    assert device.prefill_tokens_per_s(DEVICE, PREFILL) == pytest.approx(1024.0 / seconds)


def test_devices_in_turn_help_long_prompts_only():
    short, long = replace(DEVICE, prompt_tokens=512.0), replace(DEVICE, prompt_tokens=8192.0)

    def gain(job):
        split = device.prefill_tokens_per_s(replace(job, devices=4.0), PREFILL)
        return split / device.prefill_tokens_per_s(job, PREFILL)

    assert gain(short) == pytest.approx(1.0)
    assert gain(long) == pytest.approx(16.0 * 4.0 / 19.0)


def test_latency_from_the_throughput_law():
    met = latency.latency_job(JOB, PLAIN)
    assert met.step_s == pytest.approx(56e-3)
    assert met.sequences_s == pytest.approx(1e-3)
    assert met.prompts_s == pytest.approx(32.08e-3 * 100.0 / 1000.0)
    whole = latency.TokenTimeConstants(stall_share=1.0, sequences_share=1.0, load_factor=1.0)
    cards = JOB.tensor * JOB.pipeline
    busy = JOB.batch / (serving.output_tokens_per_s(JOB, PLAIN) * cards)
    assert latency.time_per_output_token_s(met, whole) == pytest.approx(busy)
    first = latency.FirstTokenConstants(prefill_factor=2.0, steps=3.0, queue_s=0.1)
    assert latency.time_to_first_token_s(met, first) == pytest.approx(2 * 32.08e-3 + 3 * 57e-3 + 0.1)


POWER = power.PowerConstants(
    awake_frac=0.2,
    memory_frac=0.5,
    compute_frac=2.0,
    most_frac=1.0,
    memory_exponent=1.0,
    compute_exponent=1.0,
)


def test_use_of_memory_and_arithmetic_by_hand():
    round_s = 100.0 / float(serving.output_tokens_per_s(JOB, PLAIN))
    moved = 16e9 + 100.0 * 1e5 * 1500.0
    assert power.memory_use(JOB, PLAIN) == pytest.approx(moved / (round_s * 1e12))
    assert power.compute_use(JOB, PLAIN) == pytest.approx(16e9 * 200.0 / (round_s * 1e15))
    assert 0.0 < power.memory_use(JOB, PLAIN) < 1.0


def test_power_starts_awake_rises_and_never_passes_its_limit():
    rest = power.PowerJob(tdp_w=700.0, memory_use=0.0, compute_use=0.0)
    assert power.board_power_w(rest, POWER) == pytest.approx(140.0, rel=1e-4)
    uses = np.linspace(0.0, 1.0, 21)
    drawn = power.board_power_w(power.PowerJob(tdp_w=700.0, memory_use=uses, compute_use=uses), POWER)
    assert np.all(np.diff(drawn) > 0.0)
    assert np.all(drawn < 700.0)


def test_energy_of_a_token_by_hand():
    constants = power.EnergyConstants(host_w=250.0, setting_factor=1.0)
    alone = power.EnergyJob(board_w=600.0, tokens_per_s=300.0, at_wall=0.0)
    assert power.joule_per_token(alone, constants) == pytest.approx(2.0)
    assert power.joule_per_token(replace(alone, at_wall=1.0), constants) == pytest.approx(850.0 / 300.0)
    lowered = power.joule_per_token(alone, replace(constants, setting_factor=0.8))
    assert lowered == pytest.approx(1.6)


def test_energy_in_eager_mode_by_hand():
    job = power.EagerJob(
        matmul_params=7e9, weight_bytes=2.0, layers=32.0, bandwidth_bytes_s=1.4e12, tdp_w=400.0
    )
    constants = power.EagerConstants(
        layer_s=1e-3, bandwidth_efficiency=1.0, awake_frac=0.25, reading_frac=0.5
    )
    assert power.eager_joule_per_token(job, constants) == pytest.approx(400 * (0.25 * 42e-3 + 0.5 * 10e-3))


def test_power_of_a_training_node_falls_where_links_make_it_wait():
    constants = power.TrainingPowerConstants(card_frac=0.9, host_w=210.0, scale_exponent=0.1)
    node = power.TrainingPowerJob(tdp_w=700.0, accelerators=8.0)
    assert power.training_node_w(node, constants) == pytest.approx(840.0)
    assert power.training_node_w(replace(node, accelerators=1.0), constants) == pytest.approx(840.0)
    many = power.training_node_w(replace(node, accelerators=512.0), constants)
    assert many == pytest.approx(840.0 * 64.0**-0.1)
