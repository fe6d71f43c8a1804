"""The parts that strategies share: evaluation, labour, storage, training, answers, replicas, API, devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture, architecture_of
from planner.engine.arrays import Numeric
from planner.engine.devices import run_device
from planner.engine.fleet import BusyHour, Fleet, Load, run_fleet
from planner.engine.footprint import embodied_kgco2e
from planner.engine.jobs import Generation, Training, api_request_energy
from planner.engine.prices import api_request_usd, labour_usd, owned_usd_per_year, storage_and_egress_usd
from planner.engine.problems import CannotCostError, Problem, Remedy
from planner.engine.quality import quantised_score
from planner.engine.strategies import advice
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem, RunningItem
from planner.engine.world import TokenPrices, World
from planner.units import BYTES_PER_GB, HOURS_PER_MONTH, MONTHS_PER_YEAR, SECONDS_PER_HOUR

WEIGHT_BYTES_STORED = 2.0
"""Weights are kept in 16 bits, whatever they are served in. [bytes/parameter]."""


def embodied_per_h(world: World, card: Hardware) -> Numeric:
    """Return the carbon of making an accelerator and its share of the host, per reserved hour (C2).

    [kgCO2e/h].
    """
    constants = world.physics.embodied
    if card.embodied_kgco2e is None:
        world.caveats.add("embodied_default")
    own = constants.accelerator_kgco2e if card.embodied_kgco2e is None else card.embodied_kgco2e
    return embodied_kgco2e(
        1.0,
        life_years=world.inputs.hardware.life_years,
        accelerator_kgco2e=own,
        host_kgco2e=constants.host_kgco2e,
    )


def evaluation(world: World, models: int = 1) -> list[ReleaseItem]:
    """Return what judging each model of a release costs (decision 17)."""
    data = world.inputs.data
    answers = data.eval_examples * models
    return [
        ReleaseItem("evaluation_people", "evaluation", usd=answers * data.eval_usd_per_example),
        ReleaseItem("evaluation_judge", "evaluation", usd=answers * data.judge_usd_per_answer, path="api"),
    ]


def labour(world: World, release_hours: Numeric, running_hours: Numeric, blueprint: Blueprint) -> None:
    """Add people's time of a release and of each month (X6, decision 6)."""
    rate = world.inputs.labour
    release = labour_usd(release_hours, rate.usd_per_hour, rate.overhead_factor)
    blueprint.release.append(ReleaseItem("release_labour", "labour", usd=release))
    running = labour_usd(running_hours, rate.usd_per_hour, rate.overhead_factor)
    blueprint.running.append(RunningItem("running_labour", usd=running))


def storage(world: World, stored_gb: Numeric, blueprint: Blueprint, *, answers_leave: bool = True) -> None:
    """Add storage of data and checkpoints, and answers sent out (X9, decision 7)."""
    prices, workload = world.inputs.prices, world.inputs.workload
    blueprint.running.append(
        RunningItem(
            "stored", usd=storage_and_egress_usd(stored_gb, prices.storage_usd_per_gb_month, 0.0, 0.0)
        )
    )
    if answers_leave:
        usd = world.once(
            ("egress",),
            lambda: storage_and_egress_usd(
                0.0, 0.0, text_gb(world, world.traffic * workload.output_tokens), prices.egress_usd_per_gb
            ),
        )
        blueprint.running.append(RunningItem("egress", usd=usd))


def text_gb(world: World, tokens: Numeric) -> Numeric:
    """Return the size of text. [GB]."""
    return tokens * world.physics.storage.bytes_per_token / BYTES_PER_GB


def evaluation_gb(world: World) -> Numeric:
    """Return the size of the evaluation set and its answers. [GB]."""
    return text_gb(
        world, world.inputs.data.eval_examples * (world.prompted_tokens + world.inputs.workload.output_tokens)
    )


def checkpoints_gb(world: World, trained_params: Numeric) -> Numeric:
    """Return the size of the kept checkpoints of trained parameters. [GB]."""
    constants = world.physics.storage
    return constants.kept_checkpoints * constants.checkpoint_bytes_per_param * trained_params / BYTES_PER_GB


def training_items(world: World, item: str, training: Training, blueprint: Blueprint) -> None:
    """Add the runs of a release, and a teacher beside the student (T1, P5)."""
    shared: dict[str, Any] = {
        "driver": "training",
        "path": "rent",
        "usd_per_h": world.training_rent_usd_h,
        "it_kwh_per_h": training.power_kw,
        "embodied_kgco2e_per_h": embodied_per_h(world, training.card),
        "footprint": world.footprint("rented"),
    }
    blueprint.trainings[item] = training
    blueprint.release.append(
        ReleaseItem(item, accelerator_h=training.variable_h, fixed_h=training.fixed_h, **shared)
    )
    if training.course.teacher is not None:
        blueprint.release.append(ReleaseItem("teacher_forward", accelerator_h=training.teacher_h, **shared))
    blueprint.require(training.memory.fits, lambda: advice.training_memory_problem(world, training, item))


def own_answers(
    world: World, generation: Generation, requests: Numeric, share: Numeric, blueprint: Blueprint
) -> None:
    """Add answers by a self-hosted teacher (K5). `share` is what falls on one of several students."""
    hours = requests * generation.accelerator_s_per_request / SECONDS_PER_HOUR * share
    card = generation.replica.load.card
    blueprint.generation, blueprint.answers = generation, requests * share
    blueprint.release.append(
        ReleaseItem(
            "answers",
            "answers",
            path="rent",
            accelerator_h=hours,
            usd_per_h=world.training_rent_usd_h,
            it_kwh_per_h=generation.power_kw,
            embodied_kgco2e_per_h=embodied_per_h(world, card),
            footprint=world.footprint("rented"),
        )
    )
    blueprint.require(
        generation.replica.fits,
        lambda: advice.teacher_memory(
            world, generation, api_can_teach="base_training" not in blueprint.trainings
        ),
    )


def api_answers(
    world: World, requests: Numeric, share: Numeric, accelerators: int, blueprint: Blueprint
) -> None:
    """Add answers bought from an API by batch (K4, S4, decision 35)."""
    prices, workload = world.token_prices(), world.inputs.workload
    price = api_request_usd(
        world.prompted_tokens,
        workload.output_tokens,
        input_usd_per_mtok=prices.input_usd_per_mtok,
        output_usd_per_mtok=prices.output_usd_per_mtok,
        cached_frac=workload.prefix_cache_hit_frac,
        cache_discount_frac=prices.cache_discount_frac,
        batch_discount_frac=world.inputs.api.batch_discount_frac,
    )
    energy, hours = api_request_energy(world, world.prompted_tokens, assumed_api_model(world), accelerators)
    making = embodied_per_h(world, world.catalog.find_hardware(world.physics.serving.api_hardware))
    blueprint.caveats.update(("provider_energy_unknown", "licence_teacher_outputs"))
    blueprint.release.append(
        ReleaseItem(
            "answers_api",
            "answers",
            usd=requests * price * share,
            path="api",
            it_kwh=requests * energy * share,
            embodied_kgco2e=requests * hours * making * share,
            footprint=world.footprint("provider"),
        )
    )


def assumed_api_model(world: World) -> Architecture:
    """Return the model whose energy stands for the API's (decision 35)."""
    typed = world.inputs.api.assumed_model
    return world.base if typed is None else architecture_of(world.catalog, typed, None)


def api_serving(
    world: World,
    prices: TokenPrices,
    prompt_tokens: Numeric,
    arch: Architecture,
    accelerators: int,
    blueprint: Blueprint,
    *,
    escalated_frac: Numeric | None = None,
) -> BusyHour:
    """Add traffic paid by the token (S4, X5), with the energy it is assumed to draw (decision 35).

    All of it, or what a student passes on. Returns how fast it answers.
    """
    workload, api, path = world.inputs.workload, world.inputs.api, world.api_path[..., 1:]
    traffic = world.traffic if escalated_frac is None else world.traffic * escalated_frac
    items = ("api_input", "api_output") if escalated_frac is None else ("escalated_input", "escalated_output")
    hit = workload.prefix_cache_hit_frac
    prompt = api_request_usd(
        prompt_tokens,
        0.0,
        input_usd_per_mtok=prices.input_usd_per_mtok,
        output_usd_per_mtok=0.0,
        cached_frac=hit,
        cache_discount_frac=prices.cache_discount_frac,
    )
    answer = api_request_usd(
        0.0, workload.output_tokens, input_usd_per_mtok=0.0, output_usd_per_mtok=prices.output_usd_per_mtok
    )
    energy, hours = api_request_energy(world, prompt_tokens, arch, accelerators)
    making = embodied_per_h(world, world.catalog.find_hardware(world.physics.serving.api_hardware))
    blueprint.running += [
        RunningItem(items[0], usd=traffic * prompt * path),
        RunningItem(
            items[1],
            usd=traffic * answer * path,
            it_kwh=traffic * energy,
            embodied_kgco2e=traffic * hours * making,
            footprint=world.footprint("provider"),
        ),
    ]
    constants = world.physics.serving
    blueprint.energy_range_frac = (constants.api_low_factor, constants.api_high_factor)
    blueprint.ranged_item = "" if escalated_frac is None else items[1]
    blueprint.caveats.add("provider_energy_unknown")
    whole = api.ttft_p95_s + (workload.output_tokens - 1.0) * api.tpot_s + workload.network_s
    return BusyHour(api.tpot_s, api.ttft_p95_s, whole)


def fleet_serving(
    world: World,
    load: Load,
    accelerators: int,
    place: str,
    blueprint: Blueprint,
    *,
    rent_usd_h: Numeric | None = None,
    escalated: bool = False,
) -> Fleet:
    """Add replicas: busy and idle hours, rent or annuity and electricity, energy.

    Making the hardware (P3, X2, C2). For all requests, or for those that a student passes on.
    """
    items = ("escalated_serving", "escalated_idle") if escalated else ("serving", "idle")
    fleet: Fleet = world.once(
        ("fleet", load.role, accelerators), lambda: run_fleet(world, load, accelerators)
    )
    where, used = world.footprint(place), fleet.load_frac
    hours = fleet.accelerator_h
    making, busy_h = embodied_per_h(world, load.card) * hours, hours * used
    rent: Numeric = 0.0
    if not load.owned:
        rent = (world.serving_rent_usd_h if rent_usd_h is None else rent_usd_h) * world.rent_path[..., 1:]
    idle_h = hours - busy_h
    blueprint.running += [
        RunningItem(
            items[0],
            usd=rent * busy_h,
            it_kwh=fleet.busy_it_energy_kwh,
            accelerator_h=busy_h,
            embodied_kgco2e=making,
            footprint=where,
        ),
        RunningItem(
            items[1],
            usd=rent * idle_h,
            it_kwh=fleet.idle_it_energy_kwh,
            accelerator_h=idle_h,
            footprint=where,
        ),
    ]
    if load.owned:
        per_year = _owned_usd_per_year(world, load.card)
        blueprint.running += [
            RunningItem(
                "owned_hardware", usd=per_year / MONTHS_PER_YEAR * fleet.accelerator_h / HOURS_PER_MONTH
            ),
            RunningItem("electricity", usd=fleet.it_energy_kwh * where.pue * world.electricity_usd_per_kwh),
        ]
    elif not isinstance(cloud := world.inputs.prices.cloud_overhead_frac, float | int) or cloud > 0.0:
        overhead = rent * hours * cloud
        blueprint.running.append(RunningItem("cloud_overhead", usd=overhead))
    blueprint.require(fleet.replica.fits, lambda: advice.serving_memory(world, fleet.replica))
    return fleet


def _rented_instead(world: World, card: Hardware) -> Remedy:
    """Return how to do without owned hardware; a workstation is always owned."""
    if world.inputs.serving.student_target == "workstation" and card.id == world.device.id:
        return Remedy("Serve from the cloud", {"serving.student_target": "cloud"})
    return Remedy("Rent instead", {"hardware.ownership": "rent"})


def _owned_usd_per_year(world: World, card: Hardware) -> Any:
    own, capex = world.inputs.hardware, world.inputs.hardware.capex_usd_per_accelerator
    if capex is None:
        if card.purchase_price_usd is None:
            raise CannotCostError(
                Problem(
                    "price_unknown",
                    f"No purchase price is known for {card.name}.",
                    "Type a price in hardware.capex_usd_per_accelerator, or take what is rented.",
                    (_rented_instead(world, card),),
                )
            )
        capex = card.purchase_price_usd + own.host_usd_per_accelerator
    return owned_usd_per_year(
        capex,
        own.residual_frac,
        own.upkeep_frac_per_year,
        world.inputs.prices.discount_frac_per_year,
        own.life_years,
    )


def device_serving(world: World, arch: Architecture, prompt_tokens: Numeric, blueprint: Blueprint) -> None:
    """Add answers on users' devices.

    Their energy is counted, and the weights are sent to them (I10, decision 32).
    """
    device = run_device(world, arch, prompt_tokens)
    workload, prices = world.inputs.workload, world.inputs.prices
    blueprint.device = device
    sent_gb = device.weight_bytes * workload.active_devices / BYTES_PER_GB
    blueprint.release.append(ReleaseItem("delivery", "delivery", usd=sent_gb * prices.egress_usd_per_gb))
    blueprint.running.append(
        RunningItem(
            "devices",
            it_kwh=world.traffic * device.energy_kwh_per_request,
            footprint=world.footprint("device"),
        )
    )
    first = device.prefill_s + device.tpot_s
    blueprint.answers_within(
        BusyHour(device.tpot_s, first, first + (workload.output_tokens - 1.0) * device.tpot_s)
    )
    blueprint.require(device.fits, lambda: advice.device_memory(world, device))


def base_load(
    world: World, role: str, prompt_tokens: Numeric, tasks: Numeric = 1.0, share: Numeric = 1.0
) -> Load:
    """Return the load of the base model, served from the cloud, rented or owned."""
    owned, precision = world.inputs.hardware.ownership == "own", world.inputs.serving.precision
    return Load(role, world.base, world.serving_card, precision, prompt_tokens, tasks, owned, share=share)


def cloud_place(world: World) -> str:
    """Return where the replicas of the cloud stand: rented or owned."""
    return "owned" if world.inputs.hardware.ownership == "own" else "rented"


def score_after_precision(world: World, points: Numeric, precision: str) -> Any:
    """Return the score served in a number format (Q9, decision 31). [points]."""
    drops: Mapping[str, Numeric] = {
        "int8": world.inputs.quality.quantised_drop_frac,
        "int4": world.inputs.quality.quantised_drop_frac,
    }
    return quantised_score(points, drops.get(precision, 0.0))
