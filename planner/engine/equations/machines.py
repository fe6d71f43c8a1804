"""Names for what serves: replicas by month, a teacher, an API as if a model ran there, users' devices."""

from __future__ import annotations

from typing import Any

from planner.engine.arrays import larger
from planner.engine.devices import Device
from planner.engine.equations.expressions import Expression, Operation
from planner.engine.equations.graph import Graph
from planner.engine.fleet import Fleet, Replica, busy_frac, settled
from planner.engine.jobs import Generation, api_request_energy
from planner.engine.laws import serving as law
from planner.engine.laws.power import compute_use_at, memory_use_at
from planner.engine.world import World


class Names:
    """Gives names with a common beginning of keys and end of titles."""

    def __init__(self, graph: Graph, prefix: str, of_what: str) -> None:
        self.graph, self.prefix, self.of_what = graph, prefix, of_what

    def __call__(self, value: Any, key: str, title: str, unit: str, *ids: str) -> Expression:
        """Return the quantity of an expression."""
        whole = f"{title}, {self.of_what}"
        return self.graph.name(value, f"{self.prefix}/{key}", whole, unit, equations=ids)


def name_replica(name: Names, replica: Replica) -> None:
    """Name what one replica holds and how fast it is."""
    job, constants = replica.job, replica.constants
    name(job.matmul_params, "matmul_params", "Parameters that multiply", "params")
    name(job.attention_width, "attention_width", "Width of attention", "count")
    rate = law.product_flop_s
    name(
        rate(job, constants, constants.prefill_efficiency),
        "prefill_flop_s",
        "Rate in prefill",
        "flop_s",
        "I1",
    )
    name(
        rate(job, constants, constants.decode_efficiency), "decode_flop_s", "Rate in decoding", "flop_s", "I2"
    )
    name(law.exchange_s_per_token(job, constants), "exchange_s", "Traffic between cards, a token", "s", "I2")
    name(law.context_tokens(job, constants), "context_tokens", "Tokens attended to", "tokens", "I3")
    name(replica.weight_bytes, "weight_bytes", "Weights", "bytes", "M5")
    name(law.free_bytes(job, constants), "free_bytes", "Memory left for the cache", "bytes", "M5")
    name(replica.cache_bytes_per_sequence, "cache_bytes", "Cache of a request", "bytes", "M5")
    name(replica.batch_limit, "batch_limit", "Requests that memory holds", "count", "M5")
    name(replica.computed_tokens, "computed_tokens", "Tokens of a prompt that are read", "tokens")
    name(law.prefill_s(job, constants), "prompt_s", "Time to read a whole prompt", "s", "I1")
    name(replica.prefill_s, "prefill_s", "Time to read a prompt", "s", "I1")
    name(replica.sequence_s, "sequence_s", "Time that a request adds to a step", "s", "I2")
    name(replica.overhead_s, "overhead_s", "Overhead of a step", "s", "I2")


def _power(name: Names, world: World, replica: Replica, batch: Any, step_s: Any) -> None:
    """Name how busy memory and arithmetic are, and what a card then draws."""
    running = larger(batch, 1.0)
    job, constants = replica.job, replica.constants
    name(running, "at_work", "Running requests while at work", "count", "I4")
    name(law.touched_bytes(job, running), "touched_bytes", "Weights that a step reads", "bytes", "I2")
    memory = memory_use_at(job, constants, running, step_s)
    name(memory, "memory_use", "Share of the bandwidth in use", "frac", "P3")
    computing = compute_use_at(job, replica.computed_tokens, running, step_s)
    name(computing, "compute_use", "Share of the peak in use", "frac", "P3")
    power = busy_frac(world, replica, batch, step_s)
    name(power, "busy_frac", "Power at work over rated power", "frac", "P3")


def name_fleet(graph: Graph, world: World, fleet: Fleet, of_what: str) -> None:
    """Name the replicas of a model: rates, batch, capacity, replicas by month, power, hours and energy."""
    graph.open(f"fleet {of_what}", f"Replicas: {of_what}")
    name = Names(graph, f"replicas/{of_what}", of_what)
    replica, sizing = fleet.replica, fleet.sizing
    name_replica(name, replica)
    name(sizing.rate_per_s, "rate_per_s", "Mean request rate", "requests_per_s", "S1")
    name(sizing.peak_per_s, "peak_per_s", "Request rate of the busy hour", "requests_per_s", "S1")
    name(replica.fixed_s(1.0), "least_step_s", "Time of an empty step", "s", "I2")
    name(sizing.fixed_s, "fixed_s", "Time of a step whatever it holds", "s", "I2")
    name(sizing.first_replicas, "first_replicas", "Replicas, first pass", "count", "S2")
    name(sizing.batch, "batch", "Largest batch", "count", "I5")
    name(sizing.capacity_per_s, "capacity_per_s", "Capacity of a replica", "requests_per_s", "I5")
    name(sizing.replicas, "replicas", "Replicas for the busy hour", "count", "S2")
    name(sizing.paid_replicas, "paid_replicas", "Replicas paid", "count", "S2", "S3")
    name(fleet.load_frac, "load_frac", "Mean load", "frac", "S2")
    each = sizing.rate_per_s / sizing.paid_replicas
    name(each, "rate_each_per_s", "Mean request rate of a replica", "requests_per_s", "S1")
    if replica.load.arch.is_moe:
        _first_settling(name, world, fleet, each)
    batch, step_s = settled(world, replica, each, sizing.fixed_s)
    name(batch, "batch_mean", "Running requests on average", "count", "I4")
    name(step_s, "tpot_s", "Time of a step on average", "s", "I4")
    _power(name, world, replica, batch, step_s)
    added, rest = _parts_of(fleet.power_w)
    name(added, "added_w", "Power that work adds to a replica", "w", "P3")
    name(rest, "rest_w", "Power of a replica at rest", "w", "P3")
    name(fleet.busy_it_energy_kwh, "busy_it_kwh", "IT energy of work", "kwh", "P3", "P4")
    name(fleet.idle_it_energy_kwh, "idle_it_kwh", "IT energy of waiting", "kwh", "P3", "P4")
    hours = graph.written(fleet.accelerator_h)
    name(hours, "hours", "Accelerator-hours of a month", "accelerator_h", "S2")


def _first_settling(name: Names, world: World, fleet: Fleet, each: Any) -> None:
    """Name the first of two settlings of a mixture of experts, and the step that it leads to."""
    from planner.engine.arrays import smaller
    from planner.engine.inference import steady_batch

    replica, sizing = fleet.replica, fleet.sizing
    output = world.inputs.workload.output_tokens
    first = steady_batch(each, output, sizing.fixed_s, replica.sequence_s, replica.prefill_s)
    name(first, "first_batch_mean", "Running requests, first settling", "count", "I4")
    fixed = replica.fixed_s(larger(smaller(first, replica.batch_cap), 1.0))
    name(fixed, "settled_fixed_s", "Time of a step whatever it holds, settled", "s", "I2")


def _parts_of(total: Any) -> tuple[Any, Any]:
    """Return the two terms of a sum."""
    if isinstance(total, Operation) and total.name == "+":
        return total.of[0], total.of[1]
    return total, 0.0


def name_latency(graph: Graph, fleet: Fleet, of_what: str) -> None:
    """Name latency in the busy hour of each month."""
    name = Names(graph, f"replicas/{of_what}", of_what)
    hour = fleet.busiest
    name(hour.tpot_s, "tpot_peak_s", "Time of a step in the busy hour", "s", "I4")
    name(hour.ttft_p95_s, "ttft_p95_s", "First token, busy hour", "s", "I6", "I7")
    name(hour.latency_p95_s, "latency_p95_s", "Whole answer, busy hour", "s", "I7")


def name_teacher(graph: Graph, world: World, generation: Generation) -> None:
    """Name a self-hosted teacher: its time and power for a request."""
    graph.open("teacher", "Teacher, hosted")
    name = Names(graph, "teacher", "teacher")
    replica, batch = generation.replica, generation.batch
    name_replica(name, replica)
    name(batch, "batch", "Batch", "count", "K5")
    output = world.inputs.workload.output_tokens
    step = replica.fixed_s(batch) + replica.sequence_s * batch
    name(step, "step_s", "Time of a step", "s", "I2")
    request_s = replica.prefill_s + output * step / batch
    name(request_s, "request_s", "Time of a request", "s", "K5")
    _power(name, world, replica, batch, request_s * batch / output)
    name(generation.accelerator_s_per_request, "accelerator_s", "Accelerator time of a request", "s", "K5")
    name(generation.power_kw, "power_kw", "Power of an accelerator, kW", "1", "P3")


def name_api(graph: Graph, world: World, prompt_tokens: Any, arch: Any, accelerators: int) -> None:
    """Name energy and accelerator time of an API's request, as if a model ran there."""
    graph.open("api energy", "API, as if a model ran there")
    name = Names(graph, "as if", "API as if hosted")
    energy, hours = api_request_energy(world, prompt_tokens, arch, accelerators)
    name(hours, "hours", "Accelerator time of a request", "h", "I1", "I2")
    name(energy, "it_kwh", "IT energy of a request", "kwh", "P3")


def name_device(graph: Graph, world: World, device: Device) -> None:
    """Name speed and energy of users' devices."""
    graph.open("devices", "Users' devices")
    name = Names(graph, "devices", device.card.name)
    name(device.prefill_s, "prefill_s", "Time to read a prompt", "s", "I10")
    name(device.tpot_s, "tpot_s", "Time of a token", "s", "I10")
    name(device.energy_kwh_per_request, "request_kwh", "Energy of a request", "kwh", "I10")
