"""Prompt a large open-weight model on own or rented accelerators."""

from __future__ import annotations

from typing import Any

from planner.engine.choices import StrategyChoices
from planner.engine.strategies import parts, split
from planner.engine.strategies.blueprint import Blueprint
from planner.engine.world import World
from planner.units import BYTES_PER_GB


def choose(world: World) -> StrategyChoices:
    """Return over how many accelerators a replica is split."""
    load = parts.base_load(world, "base, prompted", world.prompted_tokens)
    return StrategyChoices(accelerators_per_replica=split.for_serving(world, load))


def points(world: World, choices: StrategyChoices) -> Any:
    """Return the score at release. [points]."""
    precision = world.inputs.serving.precision
    return parts.score_after_precision(world, world.inputs.quality.prompt_points, precision)


def build(world: World, choices: StrategyChoices) -> Blueprint:
    """Return the strategy's items: replicas of the base, evaluation, labour."""
    labour, quality = world.inputs.labour, world.inputs.quality
    blueprint = Blueprint(
        quality=points(world, choices),
        general_quality=quality.general_points,
        depends_on_base=True,
    )
    blueprint.release += parts.evaluation(world)
    parts.labour(world, labour.prompt_hours, labour.run_own_hours_per_month, blueprint)
    parts.storage(
        world,
        parts.evaluation_gb(world) + parts.WEIGHT_BYTES_STORED * world.base.params / BYTES_PER_GB,
        blueprint,
    )
    load = parts.base_load(world, "base, prompted", world.prompted_tokens)
    place = parts.cloud_place(world)
    blueprint.answer_by(parts.fleet_serving(world, load, choices.accelerators_per_replica, place, blueprint))
    return blueprint
