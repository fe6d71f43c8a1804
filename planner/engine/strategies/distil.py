"""Distil a smaller student from an untuned teacher: the base, or an API."""

from __future__ import annotations

from typing import Any

from planner.engine.choices import StrategyChoices
from planner.engine.strategies import parts, student, tuning
from planner.engine.strategies.blueprint import Blueprint
from planner.engine.world import World


def choose(world: World) -> StrategyChoices:
    """Return accelerators of teacher, training and serving."""
    by_api = world.inputs.distil.teacher == "api"
    return StrategyChoices(
        training_accelerators={"student_training": student.choose_training(world)},
        generation_accelerators=0 if by_api else student.choose_teacher(world),
        api_accelerators=student.choose_api(world, teaches=by_api),
        accelerators_per_replica=student.choose_replicas(world),
        escalation_accelerators=student.choose_escalation(world),
    )


def points(world: World, choices: StrategyChoices) -> Any:
    """Return the score at release, with what a large model answers instead. [points]."""
    quality = world.inputs.quality
    teacher = quality.api_points if world.inputs.distil.teacher == "api" else quality.prompt_points
    return student.points(world, teacher, quality.distil_points)


def build(world: World, choices: StrategyChoices) -> Blueprint:
    """Return the strategy's items.

    Prompts, answers, the student's runs, evaluation, labour, and what answers.
    """
    quality, by_api = world.inputs.quality, world.inputs.distil.teacher == "api"
    blueprint = Blueprint(
        quality=points(world, choices),
        general_quality=tuning.student_general_points(world, quality.general_points),
        depends_on_base=True,
        outside=by_api,
    )
    student.lessons(world, choices, blueprint, by_api=by_api)
    blueprint.release += parts.evaluation(world)
    parts.labour(world, world.inputs.labour.distil_hours, student.running_hours(world), blueprint)
    teacher = 0.0 if by_api else student.teacher_gb(world)
    on_device = world.inputs.serving.student_target == "edge"
    parts.storage(
        world,
        parts.evaluation_gb(world) + teacher + student.stored_gb(world),
        blueprint,
        answers_leave=not on_device,
    )
    student.answering(world, choices, blueprint)
    student.escalation(world, choices, blueprint)
    return blueprint
