"""Fine-tune the base on labelled domain data, by ourselves or at a provider, and serve it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from planner.catalog.prices import cloud_providers, rent_usd_per_accelerator_h
from planner.catalog.records import FineTuningPrice
from planner.engine.architecture import lora_params
from planner.engine.arrays import Numeric
from planner.engine.choices import StrategyChoices
from planner.engine.fleet import Load
from planner.engine.jobs import api_accelerators, smallest_that_fits, train
from planner.engine.prices import labels_usd
from planner.engine.problems import CannotCostError, Problem, Remedy
from planner.engine.strategies import parts, split, tuning
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem
from planner.engine.trained import Course
from planner.engine.world import HALF_PRICE, TokenPrices, World
from planner.units import BYTES_PER_GB, GIGA, TOKENS_PER_MTOK, format_edit

ROLE = "base, tuned"
_SPAN = re.compile(
    r"(?:(?P<low>[\d.]+)B?-(?P<high>[\d.]+)B|up to (?P<most>[\d.]+)B|above (?P<least>[\d.]+)B)"
)


def labels(world: World) -> ReleaseItem:
    """Return the labelled data of a release (X8)."""
    data = world.inputs.data
    usd = labels_usd(data.examples, data.usd_per_example, data.llm_label_frac, data.llm_label_saving_frac)
    return ReleaseItem("labels", "labels", usd=usd)


def stored_base_gb(world: World) -> Numeric:
    """Return data, weights and checkpoints that fine-tuning keeps (decision 7, strategy ledger). [GB]."""
    data, tune = world.inputs.data, world.inputs.finetune
    text = parts.text_gb(world, data.examples * data.tokens_per_example)
    if tune.method == "full":
        return text + parts.checkpoints_gb(world, world.base.params)
    adapters = (
        world.physics.storage.kept_checkpoints
        * parts.WEIGHT_BYTES_STORED
        * lora_params(world.base, tune.lora_rank)
    )
    return text + (parts.WEIGHT_BYTES_STORED * world.base.params + adapters) / BYTES_PER_GB


def sharing_tasks(world: World) -> Numeric:
    """Return how many tasks share the base's replicas: adapters only, a fully tuned model is served alone."""
    return 1.0 if world.inputs.finetune.method == "full" else 1.0 * world.inputs.finetune.tasks


def choose(world: World) -> StrategyChoices:
    """Return accelerators of training and serving, or the provider's price row."""
    if world.inputs.finetune.host == "provider":
        row = provider_row(world)
        return StrategyChoices(
            provider_row=row.id,
            training_accelerators={"provider_training": smallest_that_fits(world, _provider_course(world))},
            api_accelerators=api_accelerators(world, world.base, world.tuned_tokens),
            accelerators_per_replica=0 if _sold_by_token(row) else split.for_serving(world, _endpoint(world)),
        )
    typed, load = (
        world.inputs.training.accelerators,
        parts.base_load(world, ROLE, world.tuned_tokens, sharing_tasks(world)),
    )
    return StrategyChoices(
        training_accelerators={
            "base_training": typed or smallest_that_fits(world, tuning.base_course(world))
        },
        accelerators_per_replica=split.for_serving(world, load),
    )


def points(world: World, choices: StrategyChoices) -> Any:
    """Return the score at release: as typed, as a provider serves it, or in our number format. [points]."""
    found, typed = tuning.tuned_points(world), world.inputs.quality.finetune_points is not None
    by_token = world.inputs.finetune.host == "provider" and not choices.accelerators_per_replica
    if typed or by_token:
        return found
    return parts.score_after_precision(world, found, world.inputs.serving.precision)


def build(world: World, choices: StrategyChoices) -> Blueprint:
    """Return the strategy's items: labels, runs, evaluation, labour, and replicas of the tuned base."""
    labour, provider = world.inputs.labour, world.inputs.finetune.host == "provider"
    blueprint = Blueprint(
        quality=points(world, choices),
        general_quality=tuning.tuned_general_points(world),
        depends_on_base=True,
        outside=provider,
    )
    blueprint.release.append(labels(world))
    blueprint.release += parts.evaluation(world)
    running = labour.run_api_hours_per_month if provider else labour.run_own_hours_per_month
    parts.labour(world, labour.finetune_hours, running, blueprint)
    if provider:
        _at_provider(world, choices, blueprint)
        return blueprint
    course = tuning.base_course(world)
    parts.training_items(
        world,
        "base_training",
        train(world, course, choices.training_accelerators["base_training"]),
        blueprint,
    )
    parts.storage(world, parts.evaluation_gb(world) + stored_base_gb(world), blueprint)
    load = parts.base_load(world, ROLE, world.tuned_tokens, sharing_tasks(world))
    place = parts.cloud_place(world)
    blueprint.answer_by(parts.fleet_serving(world, load, choices.accelerators_per_replica, place, blueprint))
    return blueprint


# ---------------------------------------------------------------------- at a provider
def _sold_by_token(row: FineTuningPrice) -> bool:
    return row.input_usd_per_mtok is not None and row.output_usd_per_mtok is not None


def _provider_course(world: World) -> Course:
    """Return the same tuning on the card that stands for a provider's, for its energy."""
    card = world.catalog.find_hardware(world.physics.serving.api_hardware)
    return replace(tuning.base_course(world), role="base, at a provider", card=card, own=False)


def _endpoint(world: World) -> Load:
    """Return the tuned base on a provider's dedicated replicas: rented, whatever we own."""
    return replace(parts.base_load(world, "base, tuned, at a provider", world.tuned_tokens), owned=False)


def _holds(row: FineTuningPrice, params: float, method: str) -> bool:
    """Whether a price row is for supervised tuning of a model of this size by this method."""
    name = row.name
    full, lora = "full" in name and "LoRA" not in name, "LoRA" in name
    if row.training_usd_per_mtok is None or "DPO" in name.replace("full or DPO", "full"):
        return False
    if (method == "full" and not full) or (method != "full" and not lora):
        return False
    span = _SPAN.search(name)
    if span is None:
        return False
    low = float(span["low"] or span["least"] or 0.0)
    high = float(span["high"] or span["most"] or "inf")
    return low * GIGA <= params <= high * GIGA


def provider_row(world: World) -> FineTuningPrice:
    """Return the typed price row, else the cheapest for a model of this size and method.

    Raises
    ------
    CannotCostError
        If no row of the catalogue is for such a model, or the typed one is not sold by the token of training.
    """
    typed, tune = world.inputs.finetune.provider_row, world.inputs.finetune
    size = float(np.asarray(world.base.params).ravel()[0])
    rows = (
        [world.catalog.find_fine_tuning_price(typed)]
        if typed is not None
        else [row for row in world.catalog.fine_tuning_prices.values() if _holds(row, size, tune.method)]
    )
    priced = [row for row in rows if row.training_usd_per_mtok is not None]
    if not priced:
        raise CannotCostError(
            Problem(
                "provider_price_unknown",
                f"No provider of the catalogue prices {tune.method} tuning of "
                f"{format_edit(size, 'params')} parameters.",
                "Choose a price row, or train it yourself.",
                (Remedy("Train it ourselves", {"finetune.host": "own"}),),
            )
        )
    return min(priced, key=lambda row: row.training_usd_per_mtok or 0.0)


def _at_provider(world: World, choices: StrategyChoices, blueprint: Blueprint) -> None:
    """Add training and serving at a provider's prices: by the token, else on a dedicated endpoint."""
    row = world.catalog.find_fine_tuning_price(choices.provider_row)
    data, tune = world.inputs.data, world.inputs.finetune
    tokens = data.examples * data.tokens_per_example * tune.epochs * tune.runs_per_release
    runs = train(world, _provider_course(world), choices.training_accelerators["provider_training"])
    making = parts.embodied_per_h(world, runs.card)
    blueprint.caveats.update(row.caveats)
    blueprint.release.append(
        ReleaseItem(
            "provider_training",
            "training",
            usd=tokens * (row.training_usd_per_mtok or 0.0) / TOKENS_PER_MTOK,
            path="api",
            it_kwh=runs.variable_h * runs.power_kw,
            embodied_kgco2e=runs.variable_h * making,
            footprint=world.footprint("provider"),
        )
    )
    parts.storage(
        world,
        parts.evaluation_gb(world) + parts.text_gb(world, data.examples * data.tokens_per_example),
        blueprint,
    )
    if choices.accelerators_per_replica == 0:
        cached = row.cached_input_usd_per_mtok
        price = row.input_usd_per_mtok or 0.0
        prices = TokenPrices(
            price, row.output_usd_per_mtok or 0.0, price * HALF_PRICE if cached is None else cached
        )
        times = parts.api_serving(
            world, prices, world.tuned_tokens, world.base, choices.api_accelerators, blueprint
        )
        blueprint.answers_within(times)
        return
    load = _endpoint(world)
    rents = row.provider in cloud_providers(world.catalog)
    offered = rent_usd_per_accelerator_h(world.catalog, load.card.id, row.provider).usd if rents else None
    fleet = parts.fleet_serving(
        world,
        load,
        choices.accelerators_per_replica,
        "provider",
        blueprint,
        rent_usd_h=offered or world.serving_rent_usd_h,
    )
    blueprint.answer_by(fleet)
