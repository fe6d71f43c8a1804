"""Names for what scores follow from: losses by examples, and the scores that they mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.architecture import lora_params
from planner.engine.equations.graph import Graph
from planner.engine.quality import effective_tokens, kept_score_frac, lora_capacity_tokens, tuned_loss
from planner.engine.strategies import finetune, parts, student, tuning
from planner.engine.world import World
from planner.units import POINTS_PER_FRACTION


def name_scores(graph: Graph, world: World) -> None:
    """Name the scores of tuned base and student at release, before their number formats."""
    graph.open("tuned scores", "Scores of tuning and teaching")
    quality, constants, data = world.inputs.quality, world.physics.quality, world.inputs.data

    def loss(examples: Any, key: str, title: str) -> None:
        found = tuned_loss(
            examples,
            floor=constants.loss_floor_nats,
            start=constants.loss_start_nats,
            half_examples=quality.data_half_examples,
            exponent=quality.data_exponent,
        )
        graph.name(found, f"scores/{key}", title, "1", equations=("Q2",))

    tokens = data.tokens_per_example
    graph.name(data.examples * tokens, "training/base/tokens", "Tokens of the labelled data", "tokens")
    kept_tokens = world.inputs.distil.examples * tokens
    graph.name(kept_tokens, "training/student/tokens", "Tokens of the kept answers", "tokens")
    for points, key, title in (
        (quality.prompt_points, "prompted_logit", "Logit of the prompted score"),
        (quality.tuned_points_at_10k, "known_logit", "Logit of the score on 10k"),
    ):
        share: Any = points / POINTS_PER_FRACTION
        logit = np.log((share - constants.low) / (constants.high - share))
        graph.name(logit, f"scores/{key}", title, "1", equations=("Q6",))
    loss(constants.anchor_examples, "anchor_loss", "Loss at the known score")
    loss(constants.enough_examples, "enough_loss", "Loss at enough examples")
    loss(world.inputs.distil.examples, "student_loss", "Loss at the kept answers")
    if world.inputs.finetune.method != "full":
        capacity = lora_capacity_tokens(lora_params(world.base, world.inputs.finetune.lora_rank))
        graph.name(capacity, "scores/capacity", "Tokens that an adapter holds", "tokens", equations=("Q7",))
        counted = effective_tokens(data.examples * tokens, capacity)
        graph.name(counted, "scores/counted", "Tokens that count", "tokens", equations=("Q7",))
        loss(counted / tokens, "tuned_loss", "Loss at the examples that count")
    else:
        loss(data.examples, "tuned_loss", "Loss at the labelled examples")
    graph.name(
        tuning.tuned_points(world), "scores/tuned", "Score of the tuned base", "points",
        equations=("Q2", "Q6", "Q7"),
    )  # fmt: skip
    for examples, key, title in (
        (world.inputs.distil.examples, "at_answers", "Score at the kept answers"),
        (constants.enough_examples, "at_enough", "Score at enough examples"),
    ):
        points = tuning.score_at(world, examples)
        graph.name(points, f"scores/{key}", title, "points", equations=("Q2", "Q6"))
    kept = kept_score_frac(world.base.params, world.student.params, quality.distil_loss_frac)
    graph.name(kept, "scores/kept", "Share of a teacher's score kept", "frac", equations=("Q8",))
    graph.name(
        tuning.tuned_general_points(world), "scores/tuned_general", "General score of the tuned base",
        "points", equations=("Q10",),
    )  # fmt: skip
    _stored(graph, world)


def _stored(graph: Graph, world: World) -> None:
    """Name what is kept of data and checkpoints."""
    graph.open("stored", "What is stored")
    method = world.inputs.finetune.method
    for value, key, title in (
        (parts.evaluation_gb(world), "evaluation", "Evaluation set"),
        (finetune.stored_base_gb(world), "base", f"Data and checkpoints of tuning, {method}"),
        (student.stored_gb(world), "student", "Answers and checkpoints of the student"),
        (student.teacher_gb(world), "teacher", "Weights of the base"),
    ):
        graph.name(value, f"stored/{key}", title, "gb", equations=("X9",))
