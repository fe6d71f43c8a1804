"""Replicas that serve a model month by month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from planner.catalog.load import Catalog
from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture
from planner.engine.arrays import Numeric, larger, rounded_down, select, smaller
from planner.engine.capacity import replicas_for_peak, replicas_on_average, request_rate_per_s
from planner.engine.constants import Physics
from planner.engine.energy import rest_power_w, work_power_w
from planner.engine.inference import (
    capacity_per_s,
    latency_batch,
    mean_context_tokens,
    queue_wait,
    steady_batch,
    time_per_token,
    wait_percentile,
)
from planner.engine.laws import serving as law
from planner.engine.laws.power import (
    PowerConstants,
    PowerJob,
    board_power_w,
    compute_use_at,
    memory_use_at,
)
from planner.engine.laws.serving import ServingConstants, ServingJob
from planner.engine.problems import CannotCostError, Problem
from planner.engine.served import (
    is_measured,
    kind_of,
    serving_constants,
    serving_job,
)
from planner.engine.world import World
from planner.units import HOURS_PER_MONTH, WATTS_PER_KILOWATT

TAIL = 0.95


@dataclass(frozen=True, slots=True)
class Load:
    """What is served, and how: model, card, number format, prompt, how many tasks share the replicas.

    Who owns them.

    `role` names it within one simulation: strategies that serve the same model the same way share a fleet.
    `own` says whether the user runs it, so that own measurements tell of it; `share` of the requests reaches
    it.
    """

    role: str
    arch: Architecture
    card: Hardware
    precision: str
    prompt_tokens: Numeric
    tasks: Numeric = 1.0
    owned: bool = False
    own: bool = True
    share: Numeric = 1.0


@dataclass(frozen=True, slots=True)
class Replica:
    """One model on its accelerators: what it holds and how fast it is, by the calibrated laws of serving."""

    load: Load
    job: ServingJob
    constants: ServingConstants
    power_constants: PowerConstants
    accelerators: Numeric
    weight_bytes: Numeric
    cache_bytes_per_sequence: Numeric
    batch_limit: Any
    context_tokens: Numeric
    computed_tokens: Numeric
    prefill_s: Any
    sequence_s: Any
    overhead_s: Any
    peak_flop_s: float
    bytes_per_weight: float
    speed_factor: Numeric
    power_factor: Numeric

    @property
    def fits(self) -> Any:
        """Whether weights and at least one sequence fit."""
        return self.batch_limit >= 1.0

    @property
    def usable_bytes(self) -> Any:
        """What weights and cache may take, over all accelerators. [bytes]."""
        return law.free_bytes(self.job, self.constants) + self.weight_bytes

    @property
    def batch_cap(self) -> Any:
        """Memory limit of the batch, at least 1 so that what does not fit still computes."""
        return larger(self.batch_limit, 1.0)

    def fixed_s(self, batch: Numeric) -> Any:
        """Return the part of a decode step that no sequence adds to, while `batch` run. [s].

        Reading the weights that they touch, and the overhead of a step.
        """
        return self.overhead_s + law.weights_s(self.job, self.constants, batch) / self.speed_factor


def peak_rate(card: Hardware, precision: str) -> float:
    """Return the card's dense peak for a number format. [FLOP/s].

    Raises
    ------
    CannotCostError
        If the catalogue does not know it.
    """
    peak = card.peak_flop_s(precision)
    if peak is None:
        peak = card.fp32_flop_s
    if peak is None:
        raise CannotCostError(
            Problem(
                "rate_unknown",
                f"The catalogue knows no computing rate of {card.name}.",
                "Choose another device.",
            )
        )
    return peak


def rated_power_w(card: Hardware) -> float:
    """Return the card's rated power. [W].

    Raises
    ------
    CannotCostError
        If the catalogue does not know it.
    """
    if card.tdp_w is None:
        raise CannotCostError(
            Problem(
                "power_unknown",
                f"The catalogue knows no rated power of {card.name}.",
                "Choose another device.",
            )
        )
    return card.tdp_w


class _Asked(NamedTuple):
    """All that a replica follows from, beside its accelerators."""

    catalog: Catalog
    physics: Physics
    load: Load
    output_tokens: Numeric
    output_tokens_cv: Numeric
    prefix_cache_hit_frac: Numeric
    speed_factor: Numeric
    power_factor: Numeric


def build_replica(world: World, load: Load, accelerators: Numeric) -> Replica:
    """Return a replica on `accelerators`, a number or candidates on a leading axis.

    Volume, prices, sites and months have no part in it, so one simulation finds what the last one built.
    """
    workload, measured = world.inputs.workload, world.inputs.measured
    if not is_measured(load.card):
        world.caveats.add("card_not_fitted")
    asked = _Asked(
        world.catalog,
        world.physics,
        load,
        workload.output_tokens,
        workload.output_tokens_cv,
        workload.prefix_cache_hit_frac,
        measured.serving_speed_factor if load.own else 1.0,
        measured.serving_power_factor if load.own else 1.0,
    )
    if world.draws is not None:
        return _make_replica(asked, accelerators)
    if isinstance(accelerators, np.ndarray):
        return _kept_candidates(asked, tuple(accelerators.ravel().tolist()), accelerators.ndim)
    return _kept_replica(asked, accelerators)


def _make_replica(asked: _Asked, accelerators: Numeric) -> Replica:
    load, serving = asked.load, asked.physics.serving
    card, arch = load.card, load.arch
    shape = asked.catalog.models[arch.model_id]
    constants, power = serving_constants(card, load.precision, kind_of(shape), serving.engine, serving.stack)
    bytes_per_weight = serving.weight_bytes[load.precision]
    peak = peak_rate(card, load.precision)
    job = serving_job(
        arch,
        shape,
        card,
        tensor=accelerators,
        peak_flop_s=peak,
        weight_bytes=bytes_per_weight,
        cache_bytes=serving.cache_value_bytes,
        reference_joule_per_flop=constants.reference_joule_per_flop,
        prompt_tokens=load.prompt_tokens,
        output_tokens=asked.output_tokens,
        output_cv=asked.output_tokens_cv,
    )
    about = f"{arch.name} on {card.name} in {load.precision}"
    named = asked.physics.named
    job, constants, power = named(job, about, card.name), named(constants, about), named(power, about)
    uncached, speed = 1.0 - asked.prefix_cache_hit_frac, asked.speed_factor
    each = law.cache_bytes_per_request(job, constants)
    return Replica(
        load=load,
        job=job,
        constants=constants,
        power_constants=power,
        accelerators=accelerators,
        weight_bytes=law.weight_bytes(job),
        cache_bytes_per_sequence=each,
        batch_limit=rounded_down(law.free_bytes(job, constants) / each),
        context_tokens=mean_context_tokens(load.prompt_tokens, asked.output_tokens, asked.output_tokens_cv),
        computed_tokens=load.prompt_tokens * uncached,
        prefill_s=law.prefill_s(job, constants) * uncached / speed,
        sequence_s=law.sequence_s(job, constants) / speed,
        overhead_s=law.overhead_s(job, constants) / speed,
        peak_flop_s=peak,
        bytes_per_weight=bytes_per_weight,
        speed_factor=speed,
        power_factor=asked.power_factor,
    )


_kept_replica = lru_cache(maxsize=64)(_make_replica)


@lru_cache(maxsize=64)
def _kept_candidates(asked: _Asked, counts: tuple[float, ...], dimensions: int) -> Replica:
    """Return candidates, one above the other."""
    return _make_replica(asked, np.array(counts).reshape(-1, *(1,) * (dimensions - 1)))


class Sizing(NamedTuple):
    """Replicas by month and what sized them (S2, S3, decision 27). Shape (..., month).

    `first_replicas` are those of the first pass. They rise with volume; while they stay, so do the replicas.
    """

    rate_per_s: Any
    peak_per_s: Any
    batch: Any
    capacity_per_s: Any
    replicas: Any
    paid_replicas: Any
    keeps_token_limit: Any
    fixed_s: Any
    first_replicas: Any = 0.0


def size_fleet(world: World, replica: Replica) -> Sizing:
    """Return the replicas of months 1 to the horizon.

    Two passes, since replicas set the load that bounds the batch.
    """
    serving, workload, constants = world.inputs.serving, world.inputs.workload, world.physics.serving
    rate = request_rate_per_s(world.traffic * (replica.load.tasks * replica.load.share))
    peak = rate * workload.peak_to_mean
    limit = np.inf if workload.tpot_limit_s is None else workload.tpot_limit_s
    cap = smaller(replica.batch_cap, constants.largest_batch)
    fixed = replica.fixed_s(cap)

    def at(rate_per_replica: Numeric) -> tuple[Any, Any, Any, Any]:
        within = latency_batch(limit, rate_per_replica, fixed, replica.sequence_s, replica.prefill_s)
        keeps = within >= 1.0
        batch = select(keeps, smaller(cap, within), cap)
        capacity = capacity_per_s(batch, workload.output_tokens, fixed, replica.sequence_s, replica.prefill_s)
        return (
            batch,
            capacity,
            replicas_for_peak(peak, capacity, serving.target_load_frac, serving.min_replicas),
            keeps,
        )

    first = at(0.0)[2]
    batch, capacity, replicas, keeps = at(peak / first)
    paid = replicas
    if replica.load.owned:
        paid = np.broadcast_to(replicas.max(axis=-1, keepdims=True), replicas.shape)
    elif serving.autoscale:
        mean = replicas_on_average(
            rate, capacity, serving.target_load_frac, serving.min_replicas, constants.headroom_frac
        )
        paid = np.minimum(replicas, mean)
    return Sizing(rate, peak, batch, capacity, replicas, paid, keeps, fixed, first)


@dataclass(frozen=True, slots=True)
class BusyHour:
    """Time per token, and 95th percentiles of the first token and of the whole answer. [s]."""

    tpot_s: Any
    ttft_p95_s: Any
    latency_p95_s: Any


@dataclass(frozen=True)
class Fleet:
    """A served model over months 1 to the horizon. Arrays have shape (..., month) unless said otherwise.

    Attributes
    ----------
    accelerator_h : array
        Reserved hours per month. [h]
    busy_it_energy_kwh, idle_it_energy_kwh : array
        Energy that requests draw, and that waiting for them draws, per month. [kWh]
    power_w : array
        Mean power of a replica. [W]
    load_frac : array
        Mean load of a replica over its capacity. [1]
    """

    world: World
    replica: Replica
    sizing: Sizing
    load_frac: Any
    accelerator_h: Any
    busy_it_energy_kwh: Any
    idle_it_energy_kwh: Any
    power_w: Any
    batch_mean: Any

    @property
    def it_energy_kwh(self) -> Any:
        """IT energy of all replicas per month. [kWh]."""
        return self.busy_it_energy_kwh + self.idle_it_energy_kwh

    @cached_property
    def busy_hours(self) -> BusyHour:
        """Latency in the busy hour of each month, computed when somebody looks at the months."""
        return busy_hour(self.world, self.replica, self.sizing)

    @cached_property
    def busiest(self) -> BusyHour:
        """Latency in the busy hour of the busiest month (decision 29), shape () or (draw, 1)."""
        sizing, world = self.sizing, self.world
        picked = {
            name: at_busiest(world, getattr(sizing, name))
            for name in ("peak_per_s", "batch", "replicas", "capacity_per_s")
        }
        return busy_hour(world, self.replica, sizing._replace(**picked))


def run_fleet(world: World, load: Load, accelerators: Numeric) -> Fleet:
    """Return a model served on replicas of a number of accelerators."""
    replica = build_replica(world, load, accelerators)
    sizing = size_fleet(world, replica)
    used = sizing.rate_per_s / (sizing.paid_replicas * sizing.capacity_per_s)
    batch, added, rest = mean_power(world, replica, sizing)
    # Replicas that nothing reaches in a draw are not there: no least number of them is kept for nobody.
    there = select(load.share > 0.0, 1.0, 0.0)
    hours = HOURS_PER_MONTH / WATTS_PER_KILOWATT * sizing.paid_replicas / load.tasks * there
    # Power at rest is split by load, and what work adds to it is all serving.
    busy = hours * (added + rest * used)
    idle = hours * rest * (1.0 - used)
    return Fleet(
        world=world,
        replica=replica,
        sizing=sizing,
        load_frac=used,
        accelerator_h=HOURS_PER_MONTH * sizing.paid_replicas * accelerators / load.tasks * there,
        busy_it_energy_kwh=busy,
        idle_it_energy_kwh=idle,
        power_w=added + rest,
        batch_mean=batch,
    )


def settled(world: World, replica: Replica, rate_per_replica: Any, fixed_s: Any) -> tuple[Any, Any]:
    """Return running sequences and time per token in the steady state (I4). [1], [s].

    A mixture of experts reads fewer weights in a small batch, so it is settled twice.
    """
    output = world.inputs.workload.output_tokens
    batch = steady_batch(rate_per_replica, output, fixed_s, replica.sequence_s, replica.prefill_s)
    if replica.load.arch.is_moe:
        fixed_s = replica.fixed_s(larger(smaller(batch, replica.batch_cap), 1.0))
        batch = steady_batch(rate_per_replica, output, fixed_s, replica.sequence_s, replica.prefill_s)
    return batch, time_per_token(batch, rate_per_replica, fixed_s, replica.sequence_s, replica.prefill_s)


def idle_power_frac(world: World, card: Hardware) -> float:
    """Return power at rest over TDP: the catalogue's, else the default. [1]."""
    if card.idle_w is None or card.tdp_w is None:
        world.caveats.add("idle_power_default")
        return world.physics.power.idle_frac
    return card.idle_w / card.tdp_w


def busy_frac(world: World, replica: Replica, batch: Any, step_s: Any) -> Any:
    """Return board power over TDP while a batch runs, by the calibrated law of power. [1]."""
    card, job = replica.load.card, replica.job
    running = larger(batch, 1.0)
    use = PowerJob(
        tdp_w=1.0,
        memory_use=memory_use_at(job, replica.constants, running, step_s),
        compute_use=compute_use_at(job, replica.computed_tokens, running, step_s),
    )
    busy = smaller(1.0, board_power_w(use, replica.power_constants))  # a board holds its rated power
    return larger(busy * replica.power_factor, idle_power_frac(world, card))


def mean_power(world: World, replica: Replica, sizing: Sizing) -> tuple[Any, Any, Any]:
    """Return mean running sequences, what they add to a replica's power, and its power at rest (P3).

    [1], [W], [W].
    """
    batch, tpot = settled(world, replica, sizing.rate_per_s / sizing.paid_replicas, sizing.fixed_s)
    card, count = replica.load.card, replica.accelerators
    tdp_w, idle = rated_power_w(card), idle_power_frac(world, card)
    added = work_power_w(busy_frac(world, replica, batch, tpot), batch, count, tdp_w=tdp_w, idle_frac=idle)
    rest = rest_power_w(count, tdp_w=tdp_w, idle_frac=idle, host_w=world.physics.power.host_w)
    return batch, added, rest


def busy_hour(world: World, replica: Replica, sizing: Sizing) -> BusyHour:
    """Return latency in the busy hour of the months of a sizing (I4, I6, I7)."""
    workload = world.inputs.workload
    per_replica = sizing.peak_per_s / sizing.replicas
    _, tpot = settled(world, replica, per_replica, sizing.fixed_s)
    wait, waiting = queue_wait(
        sizing.peak_per_s,
        sizing.replicas * sizing.batch,
        replica.prefill_s + workload.output_tokens * tpot,
        arrival_scv=world.physics.serving.arrival_scv,
        service_scv=workload.output_tokens_cv**2,
        carried_load=sizing.peak_per_s / (sizing.replicas * sizing.capacity_per_s),
    )
    prefill = replica.prefill_s / (1.0 - per_replica * replica.prefill_s)
    first = wait_percentile(TAIL, wait, waiting) + prefill + tpot
    return BusyHour(tpot, first, first + (workload.output_tokens - 1.0) * tpot + workload.network_s)


def at_busiest(world: World, by_month: Any) -> Any:
    """Return the entry of the month of most traffic, draw by draw. Same unit, shape () or (draw, 1)."""
    values = np.asarray(by_month)
    if values.ndim == 0 or (values.ndim == 2 and values.shape[-1] == 1):
        return by_month  # the same in all months
    if world.draws is None:
        return float(values[world.busiest_month])
    values = np.broadcast_to(values, (world.draws, world.horizon))
    return values[np.arange(world.draws), world.busiest_month][:, np.newaxis]
