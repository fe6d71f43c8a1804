"""Power of cards and energy of a token: under load, alone in eager mode, in training, at the wall.

Energy is power over throughput, so most of its error is that of the throughput left out. Errors of the two
cancel in part: a card that is believed faster than it is is believed busier too.

What limits the tail, configurations left out: vLLM of 2026 misses by 48 % on H100 and 36 % on B200 (P90 of
158 and 163 rows), where small batches are slow for reasons that no row tells; the P90 of all other rows under
load is 23 %. Power under load was measured on three cards: with one left out, two have to tell the third.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from planner.engine.arrays import Numeric
from planner.engine.laws.power import (
    EagerConstants,
    EagerJob,
    EnergyConstants,
    EnergyJob,
    PowerConstants,
    PowerJob,
    TrainingPowerConstants,
    TrainingPowerJob,
    board_power_w,
    compute_use,
    eager_joule_per_token,
    joule_per_token,
    memory_use,
    training_node_w,
)
from planner.engine.laws.serving import output_tokens_per_s
from planner.engine.served import kind_of
from planner.evidence.families import serving
from planner.evidence.formats import format_of, serving_software
from planner.evidence.names import Card, Declined, Names
from planner.evidence.reference import Run, Settings
from planner.evidence.served import model_of
from planner.evidence.study import Constant, Described, Effect, Keys, Study

POWER: Final = "board_power"
_WALL: Final = "server"
_NOT_MEASURED = ("tdp_x_hours", "estimated", "not stated", "assumed")

_FIRST = "first study of the same tables"
POWER_PRIORS: Final = (
    Constant("awake_frac", 0.22, 0.3, "1", _FIRST),
    Constant("memory_frac", 0.5, 0.3, "1", _FIRST),
    Constant("compute_frac", 2.2, 0.4, "1", _FIRST),
    Constant("most_frac", 0.98, 0.04, "1", "boards hold their rated power"),
    Constant("memory_exponent", 0.72, 0.15, "1", _FIRST),
    Constant("compute_exponent", 0.95, 0.15, "1", _FIRST),
)
POWER_EFFECTS: Final = (
    Effect("awake_frac", "generation", 0.3),
    Effect("awake_frac", "stack", 0.15),
    Effect("memory_frac", "generation", 0.3),
    Effect("memory_frac", "kind", 0.2),
    Effect("memory_frac", "stack", 0.15),
    Effect("compute_frac", "generation", 0.3),
    Effect("compute_frac", "kind", 0.2),
    Effect("compute_frac", "format", 0.2),
    Effect("most_frac", "generation", 0.04),
)
ENERGY_PRIORS: Final = (
    Constant("host_w", 250.0, 0.3, "W", "2 kW for the host of eight cards"),
    Constant("setting_factor", 1.0, 0.0, "1", "the usual limit"),
)
ENERGY_EFFECTS: Final = (Effect("setting_factor", "setting", 0.3),)
EAGER_PRIORS: Final = (
    Constant("layer_s", 9e-4, 0.3, "s", _FIRST),
    Constant("bandwidth_efficiency", 0.8, 0.1, "1", _FIRST),
    Constant("awake_frac", 0.22, 0.3, "1", "as under load"),
    Constant("reading_frac", 0.5, 0.3, "1", "as under load"),
)
EAGER_EFFECTS: Final = (
    Effect("layer_s", "generation", 0.2),
    Effect("layer_s", "lineage", 0.2),
    Effect("awake_frac", "generation", 0.3),
    Effect("reading_frac", "generation", 0.3),
)
TRAINING_PRIORS: Final = (
    Constant("card_frac", 0.95, 0.1, "1", "Newkirk, Latif: a node of eight H100 in training"),
    Constant("host_w", 250.0, 0.3, "W", "2 kW for the host of eight cards"),
    Constant("scale_exponent", 0.05, 0.5, "1", "links make cards wait"),
)
TRAINING_EFFECTS: Final = (Effect("card_frac", "generation", 0.3), Effect("card_frac", "kind", 0.2))


@dataclass(frozen=True, slots=True)
class EnergyRow(EnergyJob):
    """The inputs of the law, and what the plain rules need instead. Each field is a number or an array.

    Attributes
    ----------
    tdp_w, roofline_tokens_per_s : float or array
        Rated power of one card; tokens it would generate by the plain roofline. [W], [token/s]
    """

    tdp_w: Numeric
    roofline_tokens_per_s: Numeric


def _is_measured(settings: Settings) -> bool:
    return not any(word in settings.text("boundary") for word in _NOT_MEASURED)


def power_column(run: Run) -> str | None:
    """Return the column of the power of cards under load."""
    settings = run.settings
    cards_alone = settings.file == "energy" and settings.text("boundary") == "gpu_only"
    busy = cards_alone and serving.is_shared(settings)
    return "avg_power_w_total" if busy and run.figure("avg_power_w_total") is not None else None


def power_row(settings: Settings, names: Names) -> Described:
    """Return a row of power under load."""
    row = serving.describe(settings, names)
    job = PowerJob(tdp_w=row.job.tdp_w, memory_use=0.0, compute_use=0.0)
    return replace(row, job=job, upstream={serving.NAME: row}, family="")


def power_value(run: Run, column: str, job: PowerJob) -> float:
    """Return the power of one card. [W]."""
    return (run.figure(column) or 0.0) / (run.settings.number("accelerators") or 1.0)


def power_join(job: PowerJob, upstream: Mapping[str, tuple[Any, Any]]) -> PowerJob:
    """Return the job with the uses that the fitted throughput gives."""
    served, constants = upstream[serving.NAME]
    return replace(job, memory_use=memory_use(served, constants), compute_use=compute_use(served, constants))


def is_eager(settings: Settings) -> bool:
    """Whether a row is of one sequence in a framework without graphs."""
    return serving_software(settings).engine == "Transformers"


def energy_column(run: Run) -> str | None:
    """Return the column of the energy of a token; of a request where its lengths are known."""
    if run.settings.file != "energy" or is_eager(run.settings):
        return None
    columns = ("j_per_output_token", "j_per_request", "energy_kwh_total")
    return next((name for name in columns if run.figure(name) is not None), None)


def energy_row(settings: Settings, names: Names) -> Described:
    """Return a row of energy under load.

    Raises
    ------
    Declined
        If it was not measured, or does not say enough.
    """
    if settings.text("task") in ("pre-training", "fine-tuning") or not _is_measured(settings):
        raise Declined("not measured: rated power times hours, or a statement without a method")
    if "gpu_cpu_ram" in settings.text("boundary") or "codecarbon" in settings.text("boundary"):
        raise Declined("software meter: processor and memory modelled")
    if settings.number("batch_max") == 1.0 or settings.number("batch_mean") == 1.0:
        raise Declined("one sequence with software or lengths not given")
    if "at 1 req/s" in settings.text("task"):
        raise Declined("mostly idle: arrivals far below capacity")
    power = power_row(settings, names)
    wall = settings.text("boundary").startswith(_WALL)
    maxq = "MaxQ" in settings.text("hardware")
    job = EnergyRow(
        board_w=0.0,
        tokens_per_s=0.0,
        at_wall=float(wall),
        tdp_w=power.job.tdp_w,
        roofline_tokens_per_s=0.0,
    )
    levels = {**power.levels, "setting": "MaxQ" if maxq else ""}
    served = power.upstream[serving.NAME]
    return replace(power, job=job, levels=levels, upstream={serving.NAME: served, POWER: power})


def energy_value(run: Run, column: str, job: EnergyRow) -> float:
    """Return the energy of a generated token. [J/token]."""
    return run.figure(column) or 0.0


def energy_join(job: EnergyRow, upstream: Mapping[str, tuple[Any, Any]]) -> EnergyRow:
    """Return the job with power and throughput as fitted."""
    power, constants = upstream[POWER]
    served, speed = upstream[serving.NAME]
    return replace(
        job,
        board_w=board_power_w(power_join(power, upstream), constants),
        tokens_per_s=output_tokens_per_s(served, speed),
        roofline_tokens_per_s=serving.roofline(served),
    )


def eager_column(run: Run) -> str | None:
    """Return the column of the energy of a token in eager mode."""
    mine = run.settings.file == "energy" and is_eager(run.settings)
    return "j_per_output_token" if mine and run.figure("j_per_output_token") is not None else None


def eager_row(settings: Settings, names: Names) -> Described:
    """Return a row of one sequence in eager mode."""
    model = model_of(settings, names)
    card = names.card(settings.text("hardware"), settings.text("hw_family"))
    job = EagerJob(
        matmul_params=model.arch.matmul_params,
        weight_bytes=format_of(settings.text("precision")).weight_bytes,
        layers=model.arch.layers,
        bandwidth_bytes_s=card.hardware.memory_bandwidth_bytes_s,
        tdp_w=_rated_w(card),
    )
    generation = card.generation.name
    levels = {"generation": generation, "lineage": model.shape.family, "kind": kind_of(model.shape)}
    software = serving_software(settings)
    keys = Keys(model.key, generation, software.stack, settings.text("task"), card.hardware.id)
    return Described(job, levels, keys)


def _rated_w(card: Card) -> float:
    if card.hardware.tdp_w is None:
        raise Declined("rated power of the hardware not known")
    return card.hardware.tdp_w


def training_column(run: Run) -> str | None:
    """Return the column of the power of a training machine."""
    if run.figure("avg_power_w_per_accel") is None:
        return None
    basis = str(run.measured.get("energy_basis", ""))
    # A row that says nothing of it is taken at its word; a rated power passed off as drawn is not.
    return "avg_power_w_per_accel" if not basis or basis.startswith("measured") else None


def training_row(settings: Settings, names: Names) -> Described:
    """Return a row of a training machine's power, measured with its hosts.

    Raises
    ------
    Declined
        If the figure is of many runs and holds the facility's overhead.
    """
    if settings.text("kind") == "development_runs":
        raise Declined("total of many runs with the facility's overhead")
    card = names.card(settings.text("hardware"), settings.text("hw_family"))
    cards = settings.number("accelerators")
    if cards is None:
        raise Declined("number of accelerators not given")
    job = TrainingPowerJob(tdp_w=_rated_w(card), accelerators=cards)
    generation, kind = card.generation.name, settings.text("kind")
    return Described(
        job, {"generation": generation, "kind": kind}, Keys(settings.text("model"), generation, kind)
    )


def watts(run: Run, column: str, job: Any) -> float:
    """Return a power as published. [W]."""
    return run.figure(column) or 0.0


def rated_power(job: PowerJob | TrainingPowerJob) -> Any:
    """Return rated power. [W]."""
    return job.tdp_w


def rated_joule_per_token(job: EnergyRow) -> Any:
    """Return rated power at the throughput that we say. [J/token]."""
    return job.tdp_w / job.tokens_per_s


def rated_joule_per_roofline_token(job: EnergyRow) -> Any:
    """Return rated power at the throughput of the plain roofline. [J/token]."""
    return job.tdp_w / job.roofline_tokens_per_s


def rated_energy(job: EagerJob) -> Any:
    """Return rated power for as long as the weights take to be read at the whole bandwidth. [J/token]."""
    return job.tdp_w * job.matmul_params * job.weight_bytes / job.bandwidth_bytes_s


STUDIES: Final = (
    Study(
        name=POWER,
        family=POWER,
        quantity="board_power_w",
        unit="W",
        law=board_power_w,
        job=PowerJob,
        constants=PowerConstants,
        priors=POWER_PRIORS,
        effects=POWER_EFFECTS,
        column=power_column,
        describe=power_row,
        value=power_value,
        baselines={"rated power": rated_power},
        noise=0.08,
        upstream=(serving.NAME,),
        join=power_join,
    ),
    Study(
        name="joule_per_output_token",
        family="energy",
        quantity="j_per_output_token",
        unit="J",
        law=joule_per_token,
        job=EnergyRow,
        constants=EnergyConstants,
        priors=ENERGY_PRIORS,
        effects=ENERGY_EFFECTS,
        column=energy_column,
        describe=energy_row,
        value=energy_value,
        baselines={
            "rated power": rated_joule_per_token,
            "rated power, plain roofline": rated_joule_per_roofline_token,
        },
        noise=0.08,
        upstream=(serving.NAME, POWER),
        join=energy_join,
    ),
    Study(
        name="eager_joule_per_token",
        family="energy",
        quantity="j_per_output_token",
        unit="J",
        law=eager_joule_per_token,
        job=EagerJob,
        constants=EagerConstants,
        priors=EAGER_PRIORS,
        effects=EAGER_EFFECTS,
        column=eager_column,
        describe=eager_row,
        value=energy_value,
        baselines={"rated power, plain roofline": rated_energy},
        noise=0.08,
    ),
    Study(
        name="training_power",
        family="energy",
        quantity="avg_power_w_per_accel",
        unit="W",
        law=training_node_w,
        job=TrainingPowerJob,
        constants=TrainingPowerConstants,
        priors=TRAINING_PRIORS,
        effects=TRAINING_EFFECTS,
        column=training_column,
        describe=training_row,
        value=watts,
        baselines={"rated power": rated_power},
        noise=0.1,
        ranges=("accelerators",),
    ),
)
