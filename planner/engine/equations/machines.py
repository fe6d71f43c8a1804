"""Names for what serves: replicas by month, a teacher, an API as if a model ran there, users' devices.

A part that the engine does not hand out is made once more by the engine's own function: the same expression
is the same quantity, wherever it comes up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.architecture import Architecture
from planner.engine.arrays import larger, select, smaller
from planner.engine.capacity import replicas_for_peak
from planner.engine.devices import Device
from planner.engine.equations.expressions import Expression, Operation
from planner.engine.equations.graph import Graph
from planner.engine.fleet import (
    TAIL,
    Fleet,
    Load,
    Replica,
    build_replica,
    busy_frac,
    settled,
)
from planner.engine.inference import (
    capacity_per_s,
    latency_batch,
    queue_wait,
    steady_batch,
    wait_percentile,
)
from planner.engine.jobs import Generation, api_request_energy
from planner.engine.laws import device as device_law
from planner.engine.laws import serving as law
from planner.engine.laws.power import PowerJob, board_power_w, compute_use_at, memory_use_at
from planner.engine.served import device_constants
from planner.engine.world import World
from planner.units import WATTS_PER_KILOWATT


class Names:
    """Gives names with a common beginning of keys and end of titles."""

    def __init__(self, graph: Graph, prefix: str, of_what: str) -> None:
        self.graph, self.prefix, self.of_what = graph, prefix, of_what

    def __call__(self, value: Any, key: str, title: str, unit: str, *ids: str) -> Expression:
        """Return the quantity of an expression."""
        whole = f"{title}, {self.of_what}"
        return self.graph.name(value, f"{self.prefix}/{key}", whole, unit, equations=ids)


# ---------------------------------------------------------------- one replica
def name_replica(name: Names, replica: Replica) -> None:
    """Name what one replica holds and how fast it is."""
    job, constants, load = replica.job, replica.constants, replica.load
    words = f"{load.arch.name} in {load.precision}"
    of_model = Names(name.graph, f"model/{words} on {load.card.name}", words)
    prefill = law.product_flop_s(job, constants, constants.prefill_efficiency)
    of_model(prefill, "prefill_flop_s", "Rate in prefill", "flop_s", "I1")
    decode = law.product_flop_s(job, constants, constants.decode_efficiency)
    of_model(decode, "decode_flop_s", "Rate in decoding", "flop_s", "I2")
    exchange = law.exchange_s_per_token(job, constants)
    of_model(exchange, "exchange_s", "Traffic between cards, a token", "s", "I2")
    of_model(law.cache_shards(job), "cache_shards", "Cards that share the cache", "count", "I2")
    of_model(replica.weight_bytes, "weight_bytes", "Weights", "bytes", "M5")
    of_model(law.free_bytes(job, constants), "free_bytes", "Memory left for the cache", "bytes", "M5")
    of_model(replica.overhead_s, "overhead_s", "Overhead of a step", "s", "I2")
    name(law.context_tokens(job, constants), "context_tokens", "Tokens attended to", "tokens", "I3")
    name(replica.cache_bytes_per_sequence, "cache_bytes", "Cache of a request", "bytes", "M5")
    name(replica.batch_limit, "batch_limit", "Requests that memory holds", "count", "M5")
    name(replica.computed_tokens, "computed_tokens", "Tokens of a prompt that are read", "tokens")
    name(law.prefill_s(job, constants), "prompt_s", "Time to read a whole prompt", "s", "I1")
    name(replica.prefill_s, "prefill_s", "Time to read a prompt", "s", "I1")
    name(replica.sequence_s, "sequence_s", "Time that a request adds to a step", "s", "I2")


def _power(name: Names, world: World, replica: Replica, batch: Any, step_s: Any) -> None:
    """Name how busy memory and arithmetic are, and what a card then draws."""
    job, constants = replica.job, replica.constants
    running = larger(batch, 1.0)
    name(running, "at_work", "Running requests while at work", "count", "I4")
    name(law.touched_bytes(job, running), "touched_bytes", "Weights that a step reads", "bytes", "I2")
    memory = memory_use_at(job, constants, running, step_s)
    name(memory, "memory_use", "Share of the bandwidth in use", "frac", "P3")
    computing = compute_use_at(job, replica.computed_tokens, running, step_s)
    name(computing, "compute_use", "Share of the peak in use", "frac", "P3")
    power = board_power_w(PowerJob(1.0, memory, computing), replica.power_constants)
    name(power, "board_frac", "Power of a board over rated power", "frac", "P3")
    name(
        busy_frac(world, replica, batch, step_s), "busy_frac", "Power at work over rated power", "frac", "P3"
    )


# ---------------------------------------------------------------- replicas by month
def name_fleet(graph: Graph, world: World, fleet: Fleet, of_what: str) -> None:
    """Name the replicas of a model: rates, batch, capacity, replicas by month, power, hours and energy."""
    graph.open(f"replicas {of_what}", f"Replicas: {of_what}")
    name = Names(graph, f"replicas/{of_what}", of_what)
    replica, sizing = fleet.replica, fleet.sizing
    name_replica(name, replica)
    name(sizing.rate_per_s, "rate_per_s", "Mean request rate", "requests_per_s", "S1")
    name(sizing.peak_per_s, "peak_per_s", "Request rate of the busy hour", "requests_per_s", "S1")
    _sizing(name, world, fleet)
    name(fleet.load_frac, "load_frac", "Mean load", "frac", "S2")
    each = sizing.rate_per_s / sizing.paid_replicas
    name(each, "rate_each_per_s", "Mean request rate of a replica", "requests_per_s", "S1")
    batch, step_s = _settling(name, world, fleet, each, "")
    _power(name, world, replica, batch, step_s)
    added, rest = _parts_of(fleet.power_w)
    name(added, "added_w", "Power that work adds to a replica", "w", "P3")
    name(rest, "rest_w", "Power of a replica at rest", "w", "P3")
    name(fleet.busy_it_energy_kwh, "busy_it_kwh", "IT energy of work", "kwh", "P3", "P4")
    name(fleet.idle_it_energy_kwh, "idle_it_kwh", "IT energy of waiting", "kwh", "P3", "P4")
    name(fleet.accelerator_h, "hours", "Accelerator-hours of a month", "accelerator_h", "S2")


def _sizing(name: Names, world: World, fleet: Fleet) -> None:
    """Name batch, capacity and replicas, in the two passes that find them (decision 27)."""
    replica, sizing, workload = fleet.replica, fleet.sizing, world.inputs.workload
    serving, constants = world.inputs.serving, world.physics.serving
    limit = np.inf if workload.tpot_limit_s is None else workload.tpot_limit_s
    cap = smaller(replica.batch_cap, constants.largest_batch)
    name(cap, "batch_cap", "Largest batch that memory and engine allow", "count", "M5")
    name(law.touched_bytes(replica.job, cap), "read_bytes", "Weights that a step reads", "bytes", "I2")
    name(sizing.fixed_s, "fixed_s", "Time of a step whatever it holds", "s", "I2")
    timing = sizing.fixed_s, replica.sequence_s, replica.prefill_s
    for number, rate in (("first_", 0.0), ("", sizing.peak_per_s / sizing.first_replicas)):
        note = ", first pass" if number else ""
        name(rate, "peak_each_per_s", "Busy rate of a replica, first pass", "requests_per_s", "S1")
        within = latency_batch(limit, rate, *timing)
        name(within, f"{number}within", f"Batch that keeps the token limit{note}", "count", "I5")
        batch = select(within >= 1.0, smaller(cap, within), cap)
        name(batch, f"{number}batch", f"Largest batch{note}", "count", "I5")
        capacity = capacity_per_s(batch, workload.output_tokens, *timing)
        name(capacity, f"{number}capacity_per_s", f"Capacity of a replica{note}", "requests_per_s", "I5")
        replicas = replicas_for_peak(
            sizing.peak_per_s, capacity, serving.target_load_frac, serving.min_replicas
        )
        name(replicas, f"{number}replicas", f"Replicas for the busy hour{note}", "count", "S2")
    name(sizing.paid_replicas, "paid_replicas", "Replicas paid", "count", "S2", "S3")


def _settling(name: Names, world: World, fleet: Fleet, each: Any, key: str) -> tuple[Any, Any]:
    """Name running requests and time of a step in the steady state; a mixture of experts is settled twice."""
    replica, sizing = fleet.replica, fleet.sizing
    output = world.inputs.workload.output_tokens
    note = ", busy hour" if key else ""
    spare = 1.0 - each * replica.prefill_s - each * output * replica.sequence_s
    name(spare, f"{key}spare", f"Share of time to spare{note}", "frac", "I4")
    if replica.load.arch.is_moe:
        first = steady_batch(each, output, sizing.fixed_s, replica.sequence_s, replica.prefill_s)
        name(first, f"{key}first_running", f"Running requests, first settling{note}", "count", "I4")
        fixed = replica.fixed_s(larger(smaller(first, replica.batch_cap), 1.0))
        name(fixed, f"{key}settled_fixed_s", f"Time of a step whatever it holds, settled{note}", "s", "I2")
    batch, step_s = settled(world, replica, each, sizing.fixed_s)
    name(batch, f"{key}running", f"Running requests{note}", "count", "I4")
    name(step_s, f"{key}tpot_s", f"Time of a step{note}", "s", "I4")
    return batch, step_s


def _parts_of(total: Any) -> tuple[Any, Any]:
    """Return the two terms of a sum."""
    if isinstance(total, Operation) and total.name == "+":
        return total.of[0], total.of[1]
    return total, 0.0


def name_latency(graph: Graph, world: World, fleet: Fleet, of_what: str) -> None:
    """Name latency in the busy hour of each month (I4, I6, I7)."""
    graph.open(f"latency {of_what}", f"Latency: {of_what}")
    name = Names(graph, f"latency/{of_what}", of_what)
    replica, sizing, workload = fleet.replica, fleet.sizing, world.inputs.workload
    each = sizing.peak_per_s / sizing.replicas
    name(each, "rate_each_per_s", "Busy rate of a replica", "requests_per_s", "S1")
    _, step_s = _settling(name, world, fleet, each, "busy_")
    service = replica.prefill_s + workload.output_tokens * step_s
    name(service, "service_s", "Time of a request, busy hour", "s", "I6")
    slots = sizing.replicas * sizing.batch
    name(slots, "slots", "Slots of all replicas", "count", "I6")
    carried = sizing.peak_per_s / (sizing.replicas * sizing.capacity_per_s)
    name(carried, "carried", "Load of the busy hour", "frac", "I6")
    taken = sizing.peak_per_s * service / slots
    name(taken, "taken", "Share of slots taken", "frac", "I6")
    name(select(taken < 1.0, taken, carried), "load", "Load that waits are counted at", "frac", "I6")
    wait, waiting = queue_wait(
        sizing.peak_per_s,
        slots,
        service,
        arrival_scv=world.physics.serving.arrival_scv,
        service_scv=workload.output_tokens_cv**2,
        carried_load=carried,
    )
    name(waiting, "waiting", "Chance of waiting", "frac", "I6")
    name(wait, "wait_s", "Mean wait", "s", "I6")
    name(wait_percentile(TAIL, wait, waiting), "wait_p95_s", "Wait, 95th percentile", "s", "I7")
    hour = fleet.busiest
    name(hour.ttft_p95_s, "ttft_p95_s", "First token, busy hour", "s", "I6", "I7")
    name(hour.latency_p95_s, "latency_p95_s", "Whole answer, busy hour", "s", "I7")


def watts_of(power_kw: Any) -> Any:
    """Return what a power in kW was made of. [W]."""
    return power_kw.of[0] if isinstance(power_kw, Operation) else power_kw * WATTS_PER_KILOWATT


# ---------------------------------------------------------------- busy all the time
def _request(name: Names, world: World, replica: Replica, batch: Any) -> None:
    """Name time and power of a request of a replica that is always busy."""
    output = world.inputs.workload.output_tokens
    name_replica(name, replica)
    name(law.touched_bytes(replica.job, batch), "read_bytes", "Weights that a step reads", "bytes", "I2")
    step = replica.fixed_s(batch) + replica.sequence_s * batch
    name(step, "step_s", "Time of a step", "s", "I2")
    request_s = replica.prefill_s + output * step / batch
    name(request_s, "request_s", "Time of a request", "s", "K5")
    token_s = request_s * batch / output
    name(token_s, "token_s", "Time of a token, its share of the prompt included", "s", "K5")
    _power(name, world, replica, batch, token_s)


def name_teacher(graph: Graph, world: World, generation: Generation) -> None:
    """Name a self-hosted teacher: its time and power for a request."""
    graph.open("teacher", "Teacher, hosted")
    name = Names(graph, "teacher", "teacher")
    name(generation.batch, "batch", "Batch", "count", "K5")
    _request(name, world, generation.replica, generation.batch)
    name(generation.accelerator_s_per_request, "accelerator_s", "Accelerator time of a request", "s", "K5")
    name(watts_of(generation.power_kw), "power_w", "Power of an accelerator", "w", "P3")


def name_api(graph: Graph, world: World, prompt_tokens: Any, arch: Architecture, accelerators: int) -> None:
    """Name energy and accelerator time of an API's request, as if a model ran there (decision 35)."""
    graph.open(f"api as {arch.name}", f"API as if {arch.name} ran there")
    name = Names(graph, f"api as {arch.name}", f"API as if {arch.name}")
    constants = world.physics.serving
    card = world.catalog.find_hardware(constants.api_hardware)
    load = Load("api", arch, card, constants.api_precision, prompt_tokens, own=False)
    replica = build_replica(world, load, accelerators)
    _request(name, world, replica, float(constants.api_batch))
    energy, hours = api_request_energy(world, prompt_tokens, arch, accelerators)
    name(hours, "hours", "Accelerator time of a request", "h", "I1", "I2")
    name(energy, "it_kwh", "IT energy of a request", "kwh", "P3")


def name_device(graph: Graph, world: World, device: Device) -> None:
    """Name speed and energy of users' devices."""
    graph.open("devices", "Users' devices")
    name = Names(graph, "devices", device.card.name)
    job, serving = device.job, world.physics.serving
    precision = world.inputs.serving.edge_precision
    width = "16-bit" if job.is_quantised == 0.0 else "quantised"
    about = f"{device.arch.name} on {device.card.name} in {precision}"
    decode, prefill = device_constants(device.card, width, serving.device_engine)
    decode, prefill = world.physics.named(decode, about), world.physics.named(prefill, about)
    name(job.prompt_tokens, "prompt_tokens", "Tokens of a prompt", "tokens", "I10")
    name(job.context_tokens, "context_tokens", "Tokens attended to", "tokens", "I3")
    reading = device_law.prefill_tokens_per_s(job, prefill)
    name(reading, "prefill_tokens_per_s", "Tokens read a second", "tokens_per_s", "I10")
    writing = device_law.decode_tokens_per_s(job, decode)
    name(writing, "decode_tokens_per_s", "Tokens written a second", "tokens_per_s", "I10")
    name(device.prefill_s, "prefill_s", "Time to read a prompt", "s", "I10")
    name(device.tpot_s, "tpot_s", "Time of a token", "s", "I10")
    name(device.energy_kwh_per_request, "request_kwh", "Energy of a request", "kwh", "I10")
    name(device.weight_bytes, "weight_bytes", "Weights", "bytes", "I10")
