"""Fine-tune the base first; that domain expert then teaches the student."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.engine.choices import StrategyChoices
from planner.engine.jobs import smallest_that_fits, train
from planner.engine.strategies import finetune, parts, student, tuning
from planner.engine.strategies.blueprint import Blueprint
from planner.engine.world import World


def choose(world: World) -> StrategyChoices:
    """Return accelerators of both trainings, the teacher and serving."""
    base = world.inputs.training.accelerators or smallest_that_fits(world, tuning.base_course(world))
    return StrategyChoices(
        training_accelerators={"base_training": base, "student_training": student.choose_training(world)},
        generation_accelerators=student.choose_teacher(world),
        api_accelerators=student.choose_api(world, teaches=False),
        accelerators_per_replica=student.choose_replicas(world),
        escalation_accelerators=student.choose_escalation(world),
    )


def points(world: World, choices: StrategyChoices) -> Any:
    """Return the score at release, with what a large model answers instead. [points]."""
    return student.points(world, tuning.tuned_points(world), world.inputs.quality.both_points)


def build(world: World, choices: StrategyChoices) -> Blueprint:
    """Return the strategy's items.

    Labels and the teacher's tuning, its answers, the student's runs, two evaluations (K6).
    """
    labour = world.inputs.labour
    blueprint = Blueprint(
        quality=points(world, choices),
        general_quality=tuning.student_general_points(world, tuning.tuned_general_points(world)),
        depends_on_base=True,
        lag_factor=world.physics.updates.both_lag_factor,
    )
    shared = student.share(world)
    labels = finetune.labels(world)
    blueprint.release.append(labels._replace(usd=labels.usd * shared))
    course = tuning.base_course(world)
    tuned = train(world, course, choices.training_accelerators["base_training"])
    tuned = replace(
        tuned,
        variable_h=tuned.variable_h * shared,
        fixed_h=tuned.fixed_h * shared,
        model_flop=tuned.model_flop * shared,
    )
    parts.training_items(world, "base_training", tuned, blueprint)
    student.lessons(world, choices, blueprint, by_api=False)
    blueprint.release += parts.evaluation(world, models=2)
    parts.labour(world, labour.both_hours, student.running_hours(world), blueprint)
    on_device = world.inputs.serving.student_target == "edge"
    stored = parts.evaluation_gb(world) + finetune.stored_base_gb(world) + student.stored_gb(world)
    parts.storage(world, stored, blueprint, answers_leave=not on_device)
    student.answering(world, choices, blueprint)
    student.escalation(world, choices, blueprint)
    return blueprint
