"""A student on users' devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture, kv_bytes_per_token
from planner.engine.arrays import Numeric, larger
from planner.engine.fleet import peak_rate, rated_power_w
from planner.engine.inference import mean_context_tokens
from planner.engine.laws.device import DeviceJob, decode_tokens_per_s, prefill_tokens_per_s
from planner.engine.memory import peak_sequence_tokens
from planner.engine.served import device_constants, device_job, device_peak_flop_s
from planner.engine.world import World
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH, JOULES_PER_KWH, WATTS_PER_KILOWATT

_FULL_PRECISION = ("bf16",)


@dataclass(frozen=True, slots=True)
class Device:
    """A student on users' devices: every request is answered there (decision 32).

    Attributes
    ----------
    battery_frac_per_day : float or array
        Share of a charge that an active device's mean requests of a day take. [1]
    """

    arch: Architecture
    card: Hardware
    job: DeviceJob
    fits: Any
    needed_bytes: Numeric
    usable_bytes: float
    weight_bytes: Numeric
    prefill_s: Numeric
    tpot_s: Numeric
    power_w: float
    energy_kwh_per_request: Numeric
    battery_frac_per_day: Numeric


def run_device(world: World, arch: Architecture, prompt_tokens: Numeric) -> Device:
    """Return speed, memory and energy of a model on the users' devices, by the calibrated laws of devices."""
    serving, workload, card = world.physics.serving, world.inputs.workload, world.device
    precision = world.inputs.serving.edge_precision
    bytes_per_weight = serving.weight_bytes[precision]
    quantised = precision not in _FULL_PRECISION
    named, about = world.physics.named, f"{arch.name} on {card.name} in {precision}"
    decode, prefill = device_constants(card, "quantised" if quantised else "16-bit", serving.device_engine)
    decode, prefill = named(decode, about), named(prefill, about)
    job = device_job(
        arch,
        card,
        peak_flop_s=device_peak_flop_s(card) or peak_rate(card, precision),
        weight_bytes=bytes_per_weight,
        is_quantised=quantised,
        prompt_tokens=larger(prompt_tokens, 1.0),
        context_tokens=mean_context_tokens(prompt_tokens, workload.output_tokens, workload.output_tokens_cv),
    )
    job = named(job, about, card.name)
    faster = world.inputs.measured.device_speed_factor
    computed = prompt_tokens * (1.0 - workload.prefix_cache_hit_frac)
    reading = computed / (prefill_tokens_per_s(job, prefill) * faster)
    token = 1.0 / (decode_tokens_per_s(job, decode) * faster)
    power = world.physics.power.mobile_w if card.device_class == "mobile" else rated_power_w(card)
    weight_bytes = bytes_per_weight * arch.params
    longest = peak_sequence_tokens(prompt_tokens, workload.output_tokens, workload.output_tokens_cv)
    needed = weight_bytes + kv_bytes_per_token(arch, serving.cache_value_bytes) * longest
    usable = card.memory_bytes * serving.device_usable_memory_frac
    energy = power * (reading + workload.output_tokens * token) / JOULES_PER_KWH
    days = world.horizon * HOURS_PER_MONTH / HOURS_PER_DAY
    requests = world.traffic.sum(axis=-1, keepdims=world.draws is not None)
    each = requests / larger(1.0 * workload.active_devices, 1.0) / days
    return Device(
        arch=arch,
        card=card,
        job=job,
        fits=needed <= usable,
        needed_bytes=needed,
        usable_bytes=usable,
        weight_bytes=weight_bytes,
        prefill_s=reading,
        tpot_s=token,
        power_w=power,
        energy_kwh_per_request=energy,
        battery_frac_per_day=energy * WATTS_PER_KILOWATT * each / workload.battery_wh,
    )
