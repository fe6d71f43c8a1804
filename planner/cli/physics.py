"""Speed, memory and power alone: the engine's own functions, called for one job instead of a plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.constants import load_physics
from planner.engine.fleet import (
    Load,
    Replica,
    Sizing,
    build_replica,
    busy_frac,
    busy_hour,
    rated_power_w,
)
from planner.engine.inference import capacity_per_s
from planner.engine.problems import CannotCostError
from planner.engine.world import World, build_world
from planner.errors import PlannerError
from planner.evidence.asked import served_interval
from planner.scenario.model import Scenario
from planner.units import BYTES_PER_GB

Interval = dict[str, float]
ROLE: Final = "estimate"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Figures under the keys of the contract, how they came about in words, and caveat codes."""

    figures: dict[str, Any]
    notes: tuple[str, ...]
    caveats: tuple[str, ...]


def spread(mode: float, *ln_half_widths: float) -> Interval:
    """Return a figure with the ends of its 90 % interval; errors of several widths are independent."""
    factor = math.exp(math.hypot(*ln_half_widths))
    return {"low": mode / factor, "mode": mode, "high": mode * factor}


def costed(make: Callable[[], Estimate]) -> Estimate:
    """Return an estimate; what cannot be costed is an error of the command.

    Raises
    ------
    PlannerError
        With the words of the problem.
    """
    try:
        return make()
    except CannotCostError as error:
        problem = error.problem
        raise PlannerError(problem.code, problem.message, problem.hint) from None


def world_of(changes: Mapping[str, Any]) -> World:
    """Return a world of the default plan with some inputs changed."""
    return build_world(Scenario().with_(changes), load_catalog(), load_physics(), None)


# ---------------------------------------------------------------- serving
@dataclass(frozen=True, slots=True)
class ServingJob:
    """What ``planner estimate serving`` is asked."""

    model: str | None
    params: float | None
    hardware: str
    accelerators: int
    precision: str
    input_tokens: float
    output_tokens: float
    concurrency: int | None = None
    ttft_limit_s: float | None = None


def estimate_serving(job: ServingJob) -> Estimate:
    """Return how fast one replica answers and what it holds and draws (equations M5, I1 to I5, P1).

    Raises
    ------
    PlannerError
        If it asks for what the engine does not cost.
    """
    return costed(lambda: _serving(job))


def _serving(job: ServingJob) -> Estimate:
    world = world_of(
        {
            "base.model": job.model,
            "base.params": job.params,
            "serving.hardware": job.hardware,
            "workload.input_tokens": job.input_tokens,
            "workload.instruction_tokens": 0,
            "workload.output_tokens": job.output_tokens,
            "workload.output_tokens_cv": 0,
            "workload.prefix_cache_hit_frac": 0,
        }
    )
    load = Load(ROLE, world.base, world.serving_card, job.precision, job.input_tokens)
    replica = build_replica(world, load, job.accelerators)
    held = max(0, int(replica.batch_limit))
    most = _most_within(world, replica, held, job.ttft_limit_s)
    batch = min(most, job.concurrency or world.physics.serving.largest_batch)
    memory = float(replica.weight_bytes + max(batch, 1) * replica.cache_bytes_per_sequence)
    figures = {
        "max_concurrency": most,
        **_speeds(world, replica, batch),
        "memory_gb": memory / BYTES_PER_GB,
        "fits": most >= 1,
    }
    codes = {*_caveats(world), *served_interval("serving", replica).caveats}
    return Estimate(figures, _serving_notes(job, held, most, batch), tuple(sorted(codes)))


def _most_within(world: World, replica: Replica, held: int, limit_s: float | None) -> int:
    """Return how many sequences run at once: as many as memory holds, fewer where the first token is late."""
    if limit_s is None or held == 0:
        return held
    tried = np.arange(1.0, min(held, world.physics.serving.largest_batch) + 1.0)
    _, first = _latency(world, replica, tried)
    kept = tried[np.broadcast_to(first, tried.shape) <= limit_s]
    return int(kept.max()) if kept.size else 0


def _rate(world: World, replica: Replica, batch: Any) -> Any:
    return capacity_per_s(
        batch,
        world.inputs.workload.output_tokens,
        replica.fixed_s(batch),
        replica.sequence_s,
        replica.prefill_s,
    )


def _latency(world: World, replica: Replica, batch: Any) -> tuple[Any, Any]:
    """Return time per token and to the first one while `batch` sequences run without a break. [s], [s].

    The engine's busy hour of a replica at its capacity, with slots without end: nobody waits for one.
    """
    rate = _rate(world, replica, batch)
    busy = Sizing(
        rate_per_s=rate,
        peak_per_s=rate,
        batch=np.inf,
        capacity_per_s=rate,
        replicas=1.0,
        paid_replicas=1.0,
        keeps_token_limit=True,
        fixed_s=replica.fixed_s(batch),
    )
    latency = busy_hour(world, replica, busy)
    return latency.tpot_s, latency.ttft_p95_s


def _speeds(world: World, replica: Replica, batch: int) -> dict[str, Any]:
    if batch < 1:
        names = ("output_tokens_per_s_per_accelerator", "ttft_s", "tpot_s", "power_w_per_accelerator")
        return dict.fromkeys((*names, "joule_per_output_token"))
    token, first = _latency(world, replica, float(batch))

    def sure(mode: float, study: str) -> Interval:
        return spread(mode, served_interval(study, replica).ln_half_width)

    count = float(np.asarray(replica.accelerators))
    tokens_per_s = float(_rate(world, replica, float(batch)) * world.inputs.workload.output_tokens) / count
    power_w = float(rated_power_w(replica.load.card) * busy_frac(world, replica, float(batch), token))
    return {
        "output_tokens_per_s_per_accelerator": sure(tokens_per_s, "serving"),
        "ttft_s": sure(float(first), "time_to_first_token"),
        "tpot_s": sure(float(token), "time_per_output_token"),
        "power_w_per_accelerator": sure(power_w, "board_power"),
        "joule_per_output_token": sure(power_w / tokens_per_s, "joule_per_output_token"),
    }


def _serving_notes(job: ServingJob, held: int, most: int, batch: int) -> tuple[str, ...]:
    if held == 0:
        return ("The weights and one request do not fit; more accelerators or a smaller format would help.",)
    if most == 0:
        return (f"No batch keeps the first token within {job.ttft_limit_s:g} s.",)
    asked = job.concurrency or batch
    queue = f"; the other {asked - batch} of {asked} wait" if asked > batch else ""
    return (
        f"Speeds are those of {batch} requests at once{queue}.",
        "Power is the accelerator's own, without its host.",
    )


def not_costed(option: str, reason: str, hint: str) -> PlannerError:
    """Return the error for an option that the engine has no equation for yet."""
    return PlannerError("not_costed_yet", f"{option} is not costed yet: {reason}.", hint)


def _caveats(world: World) -> tuple[str, ...]:
    return tuple(sorted(world.caveats))
