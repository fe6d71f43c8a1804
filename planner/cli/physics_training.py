"""Speed and memory of one training job: a plan's own way to train, or tensor and pipeline ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from planner.cli.physics import ROLE, Estimate, costed, not_costed, spread, world_of
from planner.engine.architecture import Architecture, architecture_of
from planner.engine.constants import TrainingConstants
from planner.engine.fleet import peak_rate
from planner.engine.flops import full_flop_per_token
from planner.engine.jobs import Training, kept_frac, train, training_kw
from planner.engine.trained import MEMORY, SPEED, Course, Layout, memory_job
from planner.engine.world import World
from planner.errors import PlannerError
from planner.evidence.asked import training_power_interval
from planner.evidence.intervals import Interval
from planner.evidence.names import Declined
from planner.evidence.query import Ranks, interval_for, keys_of, ranks_peak_gb, ranks_tokens_per_s
from planner.units import BYTES_PER_GB, SECONDS_PER_HOUR, WATTS_PER_KILOWATT

_METHODS: Final = {"full": "full", "lora": "LoRA", "qlora": "QLoRA"}
"""As measured runs name them."""
_NEW: Final = {
    "R": "such a run is among those that were measured",
    "C": "model and card were measured, this configuration of them was not",
    "M": "the model was not measured",
    "H": "the generation of the card was not measured",
    "S": "the software was not measured",
}


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What ``planner estimate training`` is asked."""

    model: str | None
    params: float | None
    method: str
    tokens: float
    seq_len: float
    hardware: str
    accelerators: int
    micro_batch: int | None = None
    global_batch: int | None = None
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    recompute: str | None = None
    precision: str = "bf16"
    teacher: str | None = None
    lora_rank: float = 16.0
    grid: str = "usa"
    pue: float | None = None

    @property
    def in_ranks(self) -> bool:
        """Whether tensor or pipeline ranks are asked for."""
        return self.tensor_parallel * self.pipeline_parallel > 1


@dataclass(frozen=True, slots=True)
class _Found:
    """What either law says: tokens by second and accelerator, bytes, FLOP, and how sure that is."""

    tokens_per_s: float
    model_flop: float
    peak_flop_s: float
    peak_bytes: float
    fits: bool
    power_kw: float
    speed: Interval
    memory: Interval
    power: Interval
    notes: tuple[str, ...]


def estimate_training(job: TrainingJob) -> Estimate:
    """Return how long a job takes and what it holds and draws.

    All weights in ranks, or with a stated batch, follow the law of pre-training; all else that of tuning.

    Raises
    ------
    PlannerError
        If it asks for what no law speaks of.
    """
    return costed(lambda: _training(job))


def _training(job: TrainingJob) -> Estimate:
    world = world_of(
        {
            "base.model": job.model,
            "base.params": job.params,
            "training.hardware": job.hardware,
            "training.accelerators": job.accelerators,
            "training.seq_len": job.seq_len,
            "training.packing_frac": 1.0,
            "site.grid": job.grid,
            "site.pue": job.pue,
        }
    )
    if job.precision == "fp8" and world.training_card.fp8_flop_s is None:
        raise not_costed("--precision fp8", f"{world.training_card.name} has no FP8 rate", "Leave it out.")
    if job.method == "full" and (job.in_ranks or job.global_batch is not None):
        found = _in_ranks(world, job)
    else:
        found = _tuned(world, job)
    caveats = world.caveats.union(found.speed.caveats, found.memory.caveats)
    return Estimate(_figures(world, job, found), found.notes, tuple(sorted(caveats)))


def _figures(world: World, job: TrainingJob, found: _Found) -> dict[str, Any]:
    speed, power = found.speed.ln_half_width, found.power.ln_half_width
    rate = found.tokens_per_s * job.accelerators
    hours = job.tokens / rate / SECONDS_PER_HOUR
    accelerator_h = hours * job.accelerators
    place = world.footprint("rented")
    it_kwh = accelerator_h * found.power_kw
    step_s = None if job.global_batch is None else job.global_batch * job.seq_len / rate
    return {
        "model_flop": found.model_flop,
        "mfu": found.model_flop / (accelerator_h * SECONDS_PER_HOUR * found.peak_flop_s),
        "tokens_per_s_per_accelerator": spread(found.tokens_per_s, speed),
        "hours": spread(hours, speed),
        "accelerator_h": spread(accelerator_h, speed),
        "step_s": None if step_s is None else spread(step_s, speed),
        "peak_memory_gb": spread(found.peak_bytes / BYTES_PER_GB, found.memory.ln_half_width),
        "fits": found.fits,
        "power_w_per_accelerator": spread(found.power_kw * WATTS_PER_KILOWATT, power),
        "energy_kwh": spread(it_kwh * float(place.pue), speed, power),
        "carbon_kgco2e": spread(it_kwh * float(place.carbon_kgco2e_per_it_kwh), speed, power),
    }


def _ends(speed: Interval, memory: Interval) -> Iterable[str]:
    """Say how sure speed and memory are."""
    yield f"90 % of the speed: {_NEW[speed.novelty]}; of the memory: {_NEW[memory.novelty]}."
    yield "Hours are those of the tokens; a plan adds 1 h of setting up to each run."
    yield "Power counts the accelerator and its share of the host; energy is at the meter, cooling included."


# ---------------------------------------------------------------- as a plan trains
def _tuned(world: World, job: TrainingJob) -> _Found:
    if job.in_ranks:
        raise not_costed(
            f"--method {job.method} in tensor or pipeline ranks",
            "adapters and students are sharded over all accelerators instead",
            "Leave out --tensor-parallel and --pipeline-parallel, or give --method full.",
        )
    course = Course(
        role=ROLE,
        arch=world.base,
        method="full" if job.method == "logits" else job.method,
        tokens=job.tokens,
        epochs=1.0,
        runs=1.0,
        lora_rank=job.lora_rank,
        teacher=_teacher(world, job),
        layout=Layout(
            micro_batch=None if job.micro_batch is None else float(job.micro_batch),
            recompute=job.recompute,
            fp8=job.precision == "fp8",
        ),
    )
    runs = train(world, course, job.accelerators)
    speed, memory = _intervals(world.physics.training, course, job, runs)
    return _Found(
        tokens_per_s=float(runs.tokens_per_s_per_accelerator),
        model_flop=float(runs.model_flop),
        peak_flop_s=float(runs.speed.peak_flop_s),
        peak_bytes=float(runs.memory.needed_bytes),
        fits=bool(runs.memory.fits),
        power_kw=runs.power_kw,
        speed=speed,
        memory=memory,
        power=training_power_interval(runs.card, job.accelerators),
        notes=(_way(world, job, runs), *_ends(speed, memory)),
    )


def _teacher(world: World, job: TrainingJob) -> Architecture | None:
    if job.method != "logits":
        return None
    teacher = architecture_of(world.catalog, job.teacher, None)
    if teacher.vocab != world.base.vocab:
        raise PlannerError(
            "vocabularies_differ",
            f"{teacher.name} and {world.base.name} have different vocabularies; "
            "logits of one mean nothing to the other.",
            "Choose a teacher of the same family.",
        )
    return teacher


def _intervals(
    constants: TrainingConstants, course: Course, job: TrainingJob, runs: Training
) -> tuple[Interval, Interval]:
    """Return how sure speed and memory are, by how new the job is to their fits."""
    method, step = _METHODS[course.method], runs.memory.step
    micro = float(step.tokens) / job.seq_len
    layout = f"{job.accelerators:g} {micro:g}"
    arch, card, software = course.arch, runs.card, constants.software
    speed = keys_of(arch, card, software, f"{method} {job.precision} {layout}")
    memory = keys_of(arch, card, software, f"{method} {job.precision}  {layout} {job.seq_len:g}")
    held = memory_job(course, constants, float(job.accelerators), step)
    return interval_for(SPEED, speed, runs.speed), interval_for(MEMORY, memory, held)


def _way(world: World, job: TrainingJob, runs: Training) -> str:
    tokens = float(runs.memory.step.tokens)
    kind = job.recompute or ("full" if bool(runs.memory.recompute) else "selective")
    sharded = "sharded over all accelerators" if job.accelerators > 1 else "on one accelerator"
    return (
        f"As {world.physics.training.software} trains: micro-batches of {tokens:,.0f} "
        f"tokens, weights and states {sharded}, {kind} recompute, {job.precision}."
    )


# ---------------------------------------------------------------- in ranks
def _in_ranks(world: World, job: TrainingJob) -> _Found:
    ranks = job.tensor_parallel * job.pipeline_parallel
    if job.accelerators % ranks:
        raise PlannerError(
            "layout",
            f"{job.tensor_parallel} tensor x {job.pipeline_parallel} pipeline ranks do not divide "
            f"{job.accelerators} accelerators.",
            f"Give a multiple of {ranks} accelerators.",
        )
    constants, card = world.physics.training, world.training_card
    software = constants.layout_software
    micro = job.micro_batch or _micro_batch(constants, job)
    kinds = ("selective", "full") if job.recompute is None else (job.recompute,)
    usable = constants.usable_memory_frac * card.memory_bytes
    try:
        for kind in kinds:
            layout = Ranks(
                arch=world.base,
                card=card,
                seq_len=job.seq_len,
                accelerators=job.accelerators,
                tensor=job.tensor_parallel,
                pipeline=job.pipeline_parallel,
                micro_batch=micro,
                global_batch=job.global_batch,
                recompute=kind,
                precision=job.precision,
            )
            peak_gb, memory = ranks_peak_gb(layout, software["memory"])
            if peak_gb * BYTES_PER_GB <= usable:
                break
        rate, speed = ranks_tokens_per_s(layout, software["speed"])
    except Declined as refused:
        raise not_costed(f"--method {job.method}", refused.reason, "Choose another model or card.") from None
    return _Found(
        tokens_per_s=rate * float(kept_frac(constants, job.accelerators)),
        model_flop=float(full_flop_per_token(world.base, job.seq_len)) * job.tokens,
        peak_flop_s=peak_rate(card, job.precision),
        peak_bytes=peak_gb * BYTES_PER_GB,
        fits=peak_gb * BYTES_PER_GB <= usable,
        power_kw=training_kw(card, job.accelerators),
        speed=speed,
        memory=memory,
        power=training_power_interval(card, job.accelerators),
        notes=(
            f"As {software['speed']} trains, memory as {software['memory']}: {layout.parallelism}, "
            f"micro-batch {micro}, {kind} recompute, {job.precision}.",
            *_ends(speed, memory),
        ),
    )


def _micro_batch(constants: TrainingConstants, job: TrainingJob) -> int:
    """Return the sequences that fill a micro-batch, no more than a step has for one replica."""
    most = max(1, int(constants.micro_batch_tokens // job.seq_len))
    if job.global_batch is None:
        return most
    replicas = job.accelerators // (job.tensor_parallel * job.pipeline_parallel)
    return max(1, min(most, job.global_batch // replicas))
