"""What both ways of teaching a student share: prompts, answers, runs, and where the student answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, larger, select
from planner.engine.choices import StrategyChoices
from planner.engine.fleet import TAIL, BusyHour, Load
from planner.engine.jobs import api_accelerators, generate_answers, smallest_that_fits, train
from planner.engine.problems import CannotCostError
from planner.engine.quality import cascaded_score
from planner.engine.strategies import advice, parts, split, tuning
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem
from planner.engine.world import World
from planner.units import BYTES_PER_GB, POINTS_PER_FRACTION

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


def choose_replicas(world: World) -> Any:
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
    fleet = parts.fleet_serving(world, load(world), choices.accelerators_per_replica, place, blueprint)
    blueprint.answer_by(fleet)


# ---------------------------------------------------------------------- what the student passes on
def passes_on(world: World) -> bool:
    """Return whether a large model answers some of the requests after the student, in any draw."""
    return bool(np.any(np.asarray(world.inputs.distil.escalated_frac) > 0.0))


def passes_to_api(world: World) -> bool:
    """Return whether that large model is the API's."""
    return passes_on(world) and world.inputs.distil.escalate_to == "api"


def large_load(world: World) -> Load:
    """Return what a large model of ours takes over from the student."""
    share = world.inputs.distil.escalated_frac
    return parts.base_load(world, "base, passed on to", world.prompted_tokens, share=share)


def choose_escalation(world: World) -> Any:
    """Return the split of a large model of ours; 0 where none of ours can take what is passed on.

    Draws may pass something on where the most likely plan passes on nothing.
    """
    if world.inputs.distil.escalate_to != "base":
        return 0
    return split.for_serving(world, large_load(world))


def choose_api(world: World, *, teaches: bool) -> int:
    """Return the split of the model that stands for an API's energy; 0 where no API can take part."""
    if not teaches and world.inputs.distil.escalate_to != "api":
        return 0
    return api_accelerators(world, parts.assumed_api_model(world), world.prompted_tokens)


def points(world: World, teacher: Numeric, typed: Numeric | None) -> Any:
    """Return the score of a student of a teacher, with what a large model answers instead. [points].

    A typed score is the student's own.
    """
    own = typed
    if own is None:
        own = parts.score_after_precision(
            world, tuning.student_points(world, teacher), served_precision(world)
        )
    if not passes_on(world):
        return own
    quality, distil = world.inputs.quality, world.inputs.distil
    large: Numeric = quality.api_points
    if not passes_to_api(world):
        large = parts.score_after_precision(world, quality.prompt_points, world.inputs.serving.precision)
    shares = own / POINTS_PER_FRACTION, large / POINTS_PER_FRACTION
    return POINTS_PER_FRACTION * cascaded_score(*shares, distil.escalated_frac, distil.escalation_aim_frac)


def escalation(world: World, choices: StrategyChoices, blueprint: Blueprint) -> None:
    """Add the large model behind the student: its rows, its general ability, its delay.

    The student has answered, and the answer was judged, before a request goes on. More than one request in
    twenty passed on is the 95th percentile.
    """
    if not passes_on(world):
        return
    frac, quality = world.inputs.distil.escalated_frac, world.inputs.quality
    if passes_to_api(world):
        blueprint.outside = blueprint.withdrawn = True
        times = parts.api_serving(
            world,
            world.token_prices(),
            world.prompted_tokens,
            parts.assumed_api_model(world),
            choices.api_accelerators,
            blueprint,
            escalated_frac=frac,
        )

        def by_month() -> BusyHour:
            return times
    else:
        accelerators, place = choices.escalation_accelerators, parts.cloud_place(world)
        load_ = large_load(world)
        fleet = parts.fleet_serving(world, load_, accelerators, place, blueprint, escalated=True)
        times, by_month = fleet.busiest, lambda: fleet.busy_hours
    general = blueprint.general_quality
    blueprint.general_quality = general + (quality.general_points - general) * frac
    first = BusyHour(blueprint.tpot_s, blueprint.ttft_p95_s, blueprint.latency_p95_s)
    first_by_month = blueprint.busy_hours or (lambda: first)
    blueprint.answers_within(
        _one_after_the_other(world, first, times),
        lambda: _one_after_the_other(world, first_by_month(), by_month()),
    )


def _one_after_the_other(world: World, first: BusyHour, large: BusyHour) -> BusyHour:
    """Return the latencies of a student with a large model behind it."""
    workload, passed = world.inputs.workload, world.inputs.distil.escalated_frac > 1.0 - TAIL
    on_device = world.inputs.serving.student_target == "edge"
    before = first.latency_p95_s - (0.0 if on_device else workload.network_s)
    return BusyHour(
        select(passed, larger(first.tpot_s, large.tpot_s), first.tpot_s),
        select(passed, before + large.ttft_p95_s, first.ttft_p95_s),
        select(passed, before + large.latency_p95_s, first.latency_p95_s),
    )


def running_hours(world: World) -> Numeric:
    """Return the hours a month to run the student. [h]."""
    labour = world.inputs.labour
    edge = world.inputs.serving.student_target == "edge"
    return labour.run_edge_hours_per_month if edge else labour.run_own_hours_per_month
