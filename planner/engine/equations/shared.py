"""Names for what strategies share: replicas, runs, teachers, devices that one simulation finds once."""

from __future__ import annotations

from planner.engine.choices import StrategyChoices
from planner.engine.equations.jobs import name_training
from planner.engine.equations.machines import (
    name_api,
    name_device,
    name_fleet,
    name_latency,
    name_teacher,
)
from planner.engine.equations.scores import name_scores
from planner.engine.equations.traced import Traced
from planner.engine.fleet import Fleet
from planner.engine.jobs import Generation, Training
from planner.engine.strategies.blueprint import Blueprint
from planner.engine.strategies.parts import assumed_api_model


def name_shared(traced: Traced, blueprint: Blueprint, choices: StrategyChoices) -> None:
    """Name whatever is new since the last strategy, inner parts first."""
    graph, world = traced.graph, traced.world
    if traced.first("scores"):
        name_scores(graph, world)
    for key, found in list(world.memo.items()):
        if not isinstance(found, Fleet | Training | Generation) or not traced.first(key):
            continue
        if isinstance(found, Fleet):
            name_fleet(graph, world, found, key[1])
            name_latency(graph, world, found, key[1])
        elif isinstance(found, Training):
            name_training(graph, world, found)
        else:
            name_teacher(graph, world, found)
    if blueprint.generation is not None and traced.first("teacher"):
        name_teacher(graph, world, blueprint.generation)
    if blueprint.device is not None and traced.first("device"):
        name_device(graph, world, blueprint.device)
    if choices.api_accelerators and "provider_energy_unknown" in blueprint.caveats:
        asked = [(assumed_api_model(world), world.prompted_tokens)]
        if choices.provider_row:
            asked = [(world.base, world.tuned_tokens)]
        for arch, prompt in asked:
            if traced.first(("api", arch.model_id, id(prompt), choices.api_accelerators)):
                name_api(graph, world, prompt, arch, choices.api_accelerators)
