"""Names for what strategies share: replicas, runs, teachers, devices that one simulation finds once."""

from __future__ import annotations

from planner.engine.devices import Device
from planner.engine.equations.jobs import name_training
from planner.engine.equations.machines import name_device, name_fleet, name_latency, name_teacher
from planner.engine.equations.traced import Traced
from planner.engine.fleet import Fleet
from planner.engine.jobs import Generation, Training
from planner.engine.strategies.blueprint import Blueprint


def name_shared(traced: Traced, blueprint: Blueprint) -> None:
    """Name whatever is new since the last strategy, inner parts first."""
    graph, world = traced.graph, traced.world
    for key, found in list(world.memo.items()):
        if key in traced.named:
            continue
        traced.named.add(key)
        if isinstance(found, Fleet):
            name_fleet(graph, world, found, key[1])
            name_latency(graph, found, key[1])
        elif isinstance(found, Training):
            name_training(graph, world, found)
        elif isinstance(found, Generation):
            name_teacher(graph, world, found)
    if isinstance(blueprint.device, Device) and "device" not in traced.named:
        traced.named.add("device")
        name_device(graph, world, blueprint.device)
