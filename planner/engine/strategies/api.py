"""Prompt a large model through a paid API."""

from __future__ import annotations

from typing import Any

from planner.engine.choices import StrategyChoices
from planner.engine.jobs import api_accelerators
from planner.engine.strategies import parts
from planner.engine.strategies.blueprint import Blueprint
from planner.engine.world import World


def choose(world: World) -> StrategyChoices:
    """Return the split of the model that stands for the API's energy."""
    return StrategyChoices(
        api_accelerators=api_accelerators(world, parts.assumed_api_model(world), world.prompted_tokens)
    )


def points(world: World, choices: StrategyChoices) -> Any:
    """Return the score at release. [points]."""
    return world.inputs.quality.api_points


def build(world: World, choices: StrategyChoices) -> Blueprint:
    """Return the strategy's items: tokens, evaluation, labour, and the migrations that a provider forces."""
    labour, quality = world.inputs.labour, world.inputs.quality
    blueprint = Blueprint(
        quality=points(world, choices),
        general_quality=quality.general_points,
        outside=True,
        withdrawn=True,
        reselects=world.inputs.prices.api_reselect,
    )
    blueprint.release += parts.evaluation(world)
    parts.labour(world, labour.api_hours, labour.run_api_hours_per_month, blueprint)
    parts.storage(world, parts.evaluation_gb(world), blueprint)
    times = parts.api_serving(
        world,
        world.token_prices(),
        world.prompted_tokens,
        parts.assumed_api_model(world),
        choices.api_accelerators,
        blueprint,
    )
    blueprint.answers_within(times)
    return blueprint
