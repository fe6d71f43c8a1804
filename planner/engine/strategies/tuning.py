"""What fine-tuning and teaching are made of: courses, scores, shares. Used by several strategies."""

from __future__ import annotations

from typing import Any

from planner.engine.architecture import lora_params
from planner.engine.arrays import Numeric, larger, smaller
from planner.engine.quality import (
    effective_tokens,
    forgetting_left_frac,
    kept_score_frac,
    lora_capacity_tokens,
    score_link,
    tuned_loss,
)
from planner.engine.trained import Course
from planner.engine.world import World
from planner.units import POINTS_PER_FRACTION


def base_course(world: World) -> Course:
    """Return how the base model is fine-tuned."""
    data, tune = world.inputs.data, world.inputs.finetune
    return Course(
        "base",
        world.base,
        tune.method,
        data.examples * data.tokens_per_example,
        tune.epochs,
        tune.runs_per_release,
        lora_rank=tune.lora_rank,
    )


def student_course(world: World) -> Course:
    """Return how the student is trained.

    All weights, on answers or beside the teacher (decisions 18 to 21).
    """
    distil = world.inputs.distil
    tokens = distil.examples * world.inputs.data.tokens_per_example
    teacher = world.base if distil.method == "logits" else None
    return Course(
        "student", world.student, "full", tokens, distil.epochs, distil.runs_per_release, teacher=teacher
    )


def kept_of_generated(world: World) -> Numeric:
    """Return the share of answers that are kept (K4).

    [1]; all of them with logits, where none is generated.
    """
    return 1.0 if world.inputs.distil.method == "logits" else world.inputs.distil.accept_frac


def score_at(world: World, examples: Numeric) -> Any:
    """Return the score of the base model tuned on `examples` (Q2, Q6). [points]."""
    quality, constants = world.inputs.quality, world.physics.quality

    def loss(count: Numeric) -> Numeric:
        return tuned_loss(
            count,
            floor=constants.loss_floor_nats,
            start=constants.loss_start_nats,
            half_examples=quality.data_half_examples,
            exponent=quality.data_exponent,
        )

    return POINTS_PER_FRACTION * score_link(
        loss(examples),
        (constants.loss_start_nats, quality.prompt_points / POINTS_PER_FRACTION),
        (loss(constants.anchor_examples), quality.tuned_points_at_10k / POINTS_PER_FRACTION),
        low=constants.low,
        high=constants.high,
    )


def tuned_points(world: World) -> Any:
    """Return the score of the fine-tuned base before its number format (decisions 38 and 39). [points]."""
    quality, data, tune = world.inputs.quality, world.inputs.data, world.inputs.finetune
    if quality.finetune_points is not None:
        return quality.finetune_points
    examples: Numeric = data.examples
    if tune.method != "full":
        capacity = lora_capacity_tokens(lora_params(world.base, tune.lora_rank))
        examples = (
            effective_tokens(data.examples * data.tokens_per_example, capacity) / data.tokens_per_example
        )
    points = score_at(world, examples)
    return points * (1.0 - quality.qlora_drop_frac) if tune.method == "qlora" else points


def student_points(world: World, teacher_points: Numeric) -> Any:
    """Return the student's score before its number format (Q8, decision 38). [points]."""
    quality = world.inputs.quality
    kept = kept_score_frac(world.base.params, world.student.params, quality.distil_loss_frac)
    enough = score_at(world, world.inputs.distil.examples) / score_at(
        world, world.physics.quality.enough_examples
    )
    return teacher_points * kept * smaller(1.0, enough)


def tuned_general_points(world: World) -> Any:
    """Return the fine-tuned base's ability outside the domain (Q10, decision 40). [points]."""
    quality = world.inputs.quality
    lost = (
        quality.forgetting_full_points
        if world.inputs.finetune.method == "full"
        else quality.forgetting_lora_points
    )
    return larger(0.0, quality.general_points - lost * forgetting_left_frac(world.inputs.refresh.replay_frac))


def student_general_points(world: World, teacher_points: Numeric) -> Any:
    """Return the student's ability outside the domain (decision 40). [points]."""
    return teacher_points * kept_score_frac(
        world.base.params, world.student.params, world.inputs.quality.distil_loss_frac
    )
