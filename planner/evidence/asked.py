"""How sure the laws are of what a plan, or a question on the command line, runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture
from planner.engine.calibration import load_calibration
from planner.engine.constants import load_physics
from planner.engine.devices import Device
from planner.engine.fleet import Replica, rated_power_w
from planner.engine.generations import generation_of
from planner.engine.jobs import Training
from planner.engine.laws.power import TrainingPowerJob
from planner.engine.results import Results, StrategyResult
from planner.engine.trained import POWER, POWER_RUNS
from planner.evidence.intervals import Interval, interval
from planner.evidence.query import keys_of
from planner.evidence.study import Keys
from planner.scenario.model import spec_for
from planner.scenario.ranges import Range

_Z_90: Final = 1.6448536269514722
_Z_80: Final = 1.2815515655446004


def served_interval(study: str, replica: Replica) -> Interval:
    """Return how sure a law of serving is of a replica: of its speed, latency, power or energy."""
    return _interval(study, replica.load.arch, replica.load.card, load_physics().serving.stack, replica.job)


def device_interval(study: str, device: Device) -> Interval:
    """Return how sure a law of devices is of a model on a device."""
    return _interval(study, device.arch, device.card, load_physics().serving.device_engine, device.job)


def _interval(study: str, arch: Architecture, card: Hardware, source: str, job: Any) -> Interval:
    keys = Keys(arch.model_id, generation_of(card.id).name, source, card=card.id)
    return interval(load_calibration().study(study), keys, _first(job), known=False)


def _first(job: Any) -> Any:
    """Return a job of plain numbers, the first of each array."""
    return type(job)(
        **{item.name: float(np.asarray(getattr(job, item.name)).ravel()[0]) for item in fields(job)}
    )


def trained_interval(training: Training) -> Interval:
    """Return how sure the law of tuning is of the speed of a run."""
    software = load_physics().training.software
    keys = keys_of(training.course.arch, training.card, software, "")
    return interval(load_calibration().study("fine_tuning"), keys, _first(training.speed), known=False)


def training_power_interval(card: Hardware, accelerators: int) -> Interval:
    """Return how sure the law of power in training is; it does not ask what is trained."""
    fitted = load_calibration().study(POWER)
    job = TrainingPowerJob(tdp_w=rated_power_w(card), accelerators=accelerators)
    return interval(fitted, Keys("", generation_of(card.id).name, POWER_RUNS), job, known=False)


def physics_ranges(results: Results) -> Mapping[str, Range]:
    """Return the 90 % intervals of the laws as ranges of the inputs ``measured.*``, P10 to P90.

    The widest of what the strategies run; an input that already has a range, or was moved by own runs, keeps
    what the user said.
    """
    widths: dict[str, float] = {}
    for result in results.strategies.values():
        for path, found in _of(result):
            widths[path] = max(found.ln_half_width, widths.get(path, 0.0))
    scenario = results.scenario
    free = {
        path: width
        for path, width in widths.items()
        if path not in scenario.ranges and scenario.get(path) == spec_for(path).default
    }
    return {path: _range(path, width) for path, width in free.items()}


def interval_of(span: Range) -> tuple[float, float]:
    """Return the 90 % interval that a range of `physics_ranges` stands for, P5 to P95. [1]."""
    power = _Z_90 / _Z_80
    low, high = (span.mode * (end / span.mode) ** power for end in (span.low, span.high))
    return low, high


def _of(result: StrategyResult) -> Iterator[tuple[str, Interval]]:
    for training in result.trainings.values():
        if training.course.own:
            yield "measured.training_speed_factor", trained_interval(training)
    if result.fleet is not None:
        yield "measured.serving_speed_factor", served_interval("serving", result.fleet.replica)
        yield "measured.serving_power_factor", served_interval("board_power", result.fleet.replica)
    if result.device is not None:
        yield "measured.device_speed_factor", device_interval("edge_decode", result.device)


def _range(path: str, ln_half_width_90: float) -> Range:
    spec, factor = spec_for(path), math.exp(ln_half_width_90 * _Z_80 / _Z_90)
    low, high = max(1.0 / factor, spec.low or 0.0), min(factor, spec.high or factor)
    return Range(low=low, mode=1.0, high=high, shape="lognormal")
