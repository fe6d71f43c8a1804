"""Names for training runs: operations, speed, hours."""

from __future__ import annotations

from planner.engine.equations.graph import Graph
from planner.engine.equations.machines import Names
from planner.engine.jobs import Training
from planner.engine.world import World


def name_training(graph: Graph, world: World, runs: Training) -> None:
    """Name the runs of a release of one model: tokens, micro-batch, speed, hours."""
    course = runs.course
    words = course.role
    graph.open(f"training {words}", f"Training: {words}")
    name = Names(graph, f"training/{words}", words)
    name(course.tokens, "tokens", "Tokens of a pass", "tokens", "F4")
    step = runs.memory.step
    name(step.full_recompute, "recompute", "Layers are computed again", "1", "M5")
    name(step.tokens, "micro_tokens", "Tokens of a micro-batch", "tokens", "M5")
    name(runs.speed.product_flop, "product_flop", "Operations of a token, products", "flop", "F2", "F3")
    name(runs.mfu, "mfu", "Share of the peak reached", "frac", "T2")
    name(runs.variable_h, "variable_h", "Accelerator-hours that follow the tokens", "accelerator_h", "T1")
    name(runs.fixed_h, "fixed_h", "Accelerator-hours whatever the tokens", "accelerator_h", "T1")
    name(runs.teacher_h, "teacher_h", "Accelerator-hours of the teacher beside it", "accelerator_h", "K2")
