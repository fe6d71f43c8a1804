"""What both ways of teaching a student share: prompts, answers, runs, and where the student answers."""

from __future__ import annotations

import numpy as np

from planner.engine.arrays import Numeric
from planner.engine.choices import StrategyChoices
from planner.engine.fleet import Load
from planner.engine.jobs import generate_answers, smallest_that_fits, train
from planner.engine.problems import CannotCostError
from planner.engine.strategies import advice, parts, split, tuning
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem
from planner.engine.world import World
from planner.units import BYTES_PER_GB

ROLE = "student"


def share(world: World) -> Numeric:
    """Return what falls on this student of all that is made once for its teacher (K7). [1]."""
    return 1.0 / world.inputs.distil.students


def load(world: World) -> Load:
    """Return the student as it is served from the cloud or from a workstation."""
    serving = world.inputs.serving
    if serving.student_target == "workstation":
        return Load(ROLE, world.student, world.device, serving.edge_precision, world.tuned_tokens, owned=True)
    owned = world.inputs.hardware.ownership == "own"
    return Load(ROLE, world.student, world.serving_card, serving.precision, world.tuned_tokens, owned=owned)


def served_precision(world: World) -> str:
    """Return the number format the student answers in."""
    serving = world.inputs.serving
    return serving.precision if serving.student_target == "cloud" else serving.edge_precision


def choose_replicas(world: World) -> int:
    """Return over how many accelerators a replica of the student is split; 0 on users' devices."""
    return 0 if world.inputs.serving.student_target == "edge" else split.for_serving(world, load(world))


def choose_training(world: World) -> int:
    """Return the accelerators of the student's runs."""
    return world.inputs.training.accelerators or smallest_that_fits(world, tuning.student_course(world))


def choose_teacher(world: World) -> int:
    """Return over how many accelerators a self-hosted teacher is split; 0 where it answers nothing."""
    return split.for_teacher(world, world.base) if world.inputs.distil.method == "sequence" else 0


def lessons(world: World, choices: StrategyChoices, blueprint: Blueprint, *, by_api: bool) -> None:
    """Add prompts, the teacher's answers and their judging.

    And the student's runs (K1 to K5, decisions 18 to 20).
    """
    distil = world.inputs.distil
    requests: Numeric = distil.examples / tuning.kept_of_generated(world)
    blueprint.release.append(
        ReleaseItem("prompts", "prompts", usd=requests * distil.usd_per_prompt * share(world))
    )
    if distil.method == "logits":
        if by_api:
            raise CannotCostError(advice.logits_from_api())
        if world.base.family != world.student.family or np.any(world.base.vocab != world.student.vocab):
            raise CannotCostError(advice.vocabularies_differ(world))
    else:
        if by_api:
            parts.api_answers(world, requests, share(world), choices.api_accelerators, blueprint)
        else:
            generation = generate_answers(world, world.base, choices.generation_accelerators)
            parts.own_answers(world, generation, requests, share(world), blueprint)
        judging = requests * world.inputs.data.judge_usd_per_answer * share(world)
        blueprint.release.append(ReleaseItem("judge", "answers", usd=judging, path="api"))
    runs = train(world, tuning.student_course(world), choices.training_accelerators["student_training"])
    parts.training_items(world, "student_training", runs, blueprint)


def stored_gb(world: World) -> Numeric:
    """Return the answers and the student's checkpoints. [GB]."""
    text = parts.text_gb(world, world.inputs.distil.examples * world.inputs.data.tokens_per_example)
    return text + parts.checkpoints_gb(world, world.student.params)


def teacher_gb(world: World) -> Numeric:
    """Return the weights of a self-hosted teacher. [GB]."""
    return parts.WEIGHT_BYTES_STORED * world.base.params / BYTES_PER_GB


def answering(world: World, choices: StrategyChoices, blueprint: Blueprint) -> None:
    """Add what answers the requests: replicas in the cloud or on a desk, or users' devices."""
    target = world.inputs.serving.student_target
    if target == "edge":
        parts.device_serving(world, world.student, world.tuned_tokens, blueprint)
        return
    place = "desk" if target == "workstation" else parts.cloud_place(world)
    parts.fleet_serving(world, load(world), choices.accelerators_per_replica, place, blueprint)


def running_hours(world: World) -> Numeric:
    """Return the hours a month to run the student. [h]."""
    labour = world.inputs.labour
    edge = world.inputs.serving.student_target == "edge"
    return labour.run_edge_hours_per_month if edge else labour.run_own_hours_per_month
