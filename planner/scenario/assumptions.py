"""The inputs of site, limits, upkeep and quality; those of money are handed on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from planner.scenario.economy import Labour, Ownership, Prices, Report
from planner.scenario.fields import Tolerant, described
from planner.scenario.section import Section

__all__ = ["Labour", "Limits", "Measured", "Ownership", "Prices", "Quality", "Refresh", "Report", "Site"]


class Site(Section):
    """Where the machines stand."""

    grid: str = described(
        "usa",
        title="Grid",
        table="grids",
        help="Location-based carbon of electricity.",
        source="catalogue: grids",
    )
    carbon_kgco2e_per_kwh: float | None = described(
        None,
        title="Carbon of electricity",
        unit="kgco2e_per_kwh",
        low=0,
        high=3,
        slider=(0, 1.2),
        step=0.001,
        unset="the grid's figure",
        help="Lifecycle carbon per kWh at the meter.",
        source="catalogue: grids",
    )
    pue: float | None = described(
        None,
        title="PUE",
        unit="1",
        low=1,
        high=4,
        slider=(1, 2),
        step=0.01,
        unset="1.20 rented, 1.54 owned, 1.0 on desks and devices",
        help="Facility energy over IT energy. A site cannot draw less than its computers do.",
        source="catalogue: facilities; 1.20 rented, Uptime Institute 2025 mean 1.54 owned",
    )
    wue_l_per_kwh: float = described(
        0.57,
        title="Water on site",
        unit="l_per_kwh",
        low=0,
        high=20,
        slider=(0, 3),
        step=0.01,
        doubt=(0.09, 1.8),
        help="Litres evaporated on site per kWh of IT energy.",
        source="EcoLogits, table of providers: 0.09 to 0.99",
    )
    grid_water_l_per_kwh: float | None = described(
        None,
        title="Water of electricity",
        unit="l_per_kwh",
        low=0,
        high=100,
        slider=(0, 20),
        step=0.01,
        unset="the grid's figure, else 3.91",
        help="Litres used by power plants per kWh.",
        source="catalogue: grids; 3.91 where a grid has none (EcoLogits, world)",
    )
    usd_per_kwh: float | None = described(
        None,
        title="Electricity price",
        unit="usd_per_kwh",
        low=0,
        high=10,
        slider=(0.01, 0.6),
        step=0.001,
        unset="the grid's price, else the world's",
        help="Paid only where the hardware is our own.",
        source="catalogue: grids",
    )
    usd_per_tco2e: float | None = described(
        None,
        title="Carbon price",
        unit="usd_per_tco2e",
        low=0,
        high=10_000,
        slider=(0, 400),
        step=1,
        unset="EU ETS 2025, 84 USD",
        help="Internal price; shown beside the totals, never in them.",
        source="catalogue: carbon prices, EU ETS 2025",
    )


class Limits(Section):
    """What a strategy must keep to be chosen, and what is best among those that do."""

    goal: Literal["cost", "carbon", "quality"] = described(
        "cost",
        title="Choose by",
        words={"cost": "Lowest cost", "carbon": "Lowest carbon", "quality": "Best score"},
        help="What decides among the strategies that keep all limits.",
        source="our choice",
    )
    max_total_usd: float | None = described(
        None,
        title="Budget",
        unit="usd",
        low=0,
        high=1e12,
        slider=(1e3, 1e8),
        scale="log",
        unset="no limit",
        help="Largest total over the horizon.",
        source="you",
    )
    max_carbon_kgco2e: float | None = described(
        None,
        title="Carbon budget",
        unit="kgco2e",
        low=0,
        high=1e11,
        slider=(10, 1e7),
        scale="log",
        unset="no limit",
        help="Most carbon over the horizon, operational and embodied.",
        source="you",
    )
    min_quality: float | None = described(
        None,
        title="Score floor",
        unit="points",
        low=0,
        high=100,
        slider=(40, 100),
        step=1,
        unset="no limit",
        help="Lowest acceptable score in any month.",
        source="you",
    )
    max_latency_p95_s: float | None = described(
        None,
        title="Limit, whole answer",
        unit="s",
        above=0,
        high=3600,
        slider=(0.1, 60),
        scale="log",
        unset="no limit",
        help="Longest time to the whole answer, 95th percentile in the busy hour of the busiest month.",
        source="you",
    )
    self_hosted_only: bool = described(
        False,
        title="Data stays in the house",
        help="Marks API, provider fine-tuning and an API teacher as missing a limit.",
        source="you",
    )


class Refresh(Section):
    """How the release is kept current."""

    interval_months: Annotated[Annotated[int, Field(ge=1, le=60)] | Literal["optimal"], Tolerant] = described(
        4,
        title="Refresh every",
        unit="months",
        low=1,
        high=60,
        slider=(1, 24),
        step=1,
        or_word=True,
        help='Months between refreshes, or "optimal": the least cost of refreshes and staleness.',
        source="our judgement, no published source",
    )
    new_data_frac: float = described(
        0.20,
        title="New data per refresh",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        help="Share of the first release's data that each refresh adds.",
        source="our judgement, no published source",
    )
    replay_frac: float = described(
        0.05,
        title="Replayed old data",
        unit="frac",
        low=0,
        high=0.9,
        slider=(0, 0.5),
        step=0.01,
        doubt=(0.01, 0.25),
        help="Share of old text in refresh training, against forgetting.",
        source="our judgement within Bethune et al. 2025 and Ibrahim et al. 2024: 0.01 to 0.25",
    )
    drift_points_per_month: float = described(
        0.25,
        title="Drift",
        unit="points_per_month",
        low=0,
        high=20,
        slider=(0, 2),
        step=0.05,
        doubt=(0, 0.8),
        help="Points of score lost per month of age.",
        source="our judgement (0 to 0.8) from Agarwal and Nenkova 2022 and Vela et al. 2022",
    )
    drift_most_points: float | None = described(
        None,
        title="Drift ends at",
        unit="points",
        above=0,
        high=100,
        slider=(1, 40),
        step=0.5,
        unset="no end: linear",
        help="Most that age can cost: drift slows down towards it. Empty: it goes on month by month.",
        source="our choice: linear, after Vela et al. 2022; some fields level off",
    )
    lag_months: float = described(
        0.5,
        title="Lag, data to live",
        unit="months",
        low=0,
        high=12,
        slider=(0, 3),
        step=0.1,
        doubt=(0.1, 1.5),
        help="Months from collecting data to serving the release; half as much again for tune, then distil.",
        source="our judgement (0.1 to 1.5), no published source",
    )
    api_migration_months: Annotated[int | None, Tolerant] = described(
        18,
        title="API withdrawn every",
        unit="months",
        low=1,
        high=120,
        slider=(6, 48),
        step=1,
        unset="never",
        help="The provider withdraws the model: evaluation and labour of a refresh.",
        source="our judgement (12 to 36), from providers' deprecation notices as remembered",
    )
    teacher_update_months: Annotated[int | None, Tolerant] = described(
        None,
        title="Base replaced every",
        unit="months",
        low=1,
        high=120,
        slider=(6, 48),
        step=1,
        unset="never",
        help="A new base or teacher: the first release is repeated without the labels already owned.",
        source="our choice: never",
    )


class Quality(Section):
    """Expected scores, read as percent of acceptable answers."""

    api_points: float = described(
        81,
        title="Score, API",
        unit="points",
        low=0,
        high=100,
        step=0.5,
        help="Prompted API model. Assumed: measure yours.",
        source="assumed, give or take 6 points; our judgement, measure yours",
    )
    prompt_points: float = described(
        76,
        title="Score, prompted base",
        unit="points",
        low=25.5,
        high=94.5,
        step=0.5,
        help="Prompted base model. Assumed: measure yours.",
        source="assumed, give or take 6 points; our judgement, measure yours",
    )
    tuned_points_at_10k: float = described(
        84,
        title="Score, tuned on 10k",
        unit="points",
        low=25.5,
        high=94.5,
        step=0.5,
        help="Base model tuned on 10,000 examples; with the prompted score it fixes the curve.",
        source="assumed, give or take 6 points; our judgement, measure yours",
    )
    finetune_points: float | None = described(
        None,
        title="Measured, tuned",
        unit="points",
        low=0,
        high=100,
        step=0.5,
        unset="computed",
        help="Your own score at release; it replaces the computed one.",
        source="you",
    )
    distil_points: float | None = described(
        None,
        title="Measured, distil",
        unit="points",
        low=0,
        high=100,
        step=0.5,
        unset="computed",
        help="Your own score at release; it replaces the computed one.",
        source="you",
    )
    both_points: float | None = described(
        None,
        title="Measured, both",
        unit="points",
        low=0,
        high=100,
        step=0.5,
        unset="computed",
        help="Your own score at release; it replaces the computed one.",
        source="you",
    )
    data_exponent: float = described(
        0.23,
        title="Data exponent",
        unit="1",
        above=0,
        high=2,
        slider=(0.05, 0.8),
        step=0.01,
        doubt=(0.13, 0.44),
        help="How steeply the loss falls with fine-tuning examples: the exponent of the law.",
        source="Lin et al. 2024 (ICML), law fitted again to its runs above 1B, instructions: 0.13 to 0.44",
    )
    data_half_examples: float = described(
        4.8e4,
        title="Half-way examples",
        unit="count",
        above=0,
        high=1e9,
        slider=(100, 1e7),
        scale="log",
        doubt=(4e3, 4e5),
        help="Fine-tuning examples at which half of the possible fall of the loss is reached.",
        source="Lin et al. 2024 (ICML), law fitted again to its runs above 1B, instructions: 4e3 to 4e5",
    )
    distil_loss_frac: float = described(
        0.03,
        title="Distillation loss",
        unit="1",
        low=0,
        high=0.3,
        step=0.005,
        doubt=(0.01, 0.08),
        help="Share of the teacher's score lost for each shrinking by a factor of e, 2.72.",
        source="between Sanh et al. 2019 (DistilBERT) and Jiao et al. 2020 (TinyBERT): 0.01 to 0.08",
    )
    quantised_drop_frac: float = described(
        0.02,
        title="Drop at INT8, INT4",
        unit="frac",
        low=0,
        high=0.5,
        step=0.005,
        doubt=(0.01, 0.03),
        help="Share of the score lost by integer weights; FP8 loses none.",
        source="Kurtic et al. 2024: 1 to 3 %",
    )
    qlora_drop_frac: float = described(
        0.005,
        title="Drop by QLoRA",
        unit="frac",
        low=0,
        high=0.2,
        step=0.001,
        doubt=(0, 0.02),
        help="Share of the score lost by QLoRA.",
        source="our judgement (0 to 2 %) after Dettmers et al. 2023, QLoRA",
    )
    general_points: float = described(
        70,
        title="General score of the base",
        unit="points",
        low=0,
        high=100,
        step=0.5,
        help="Ability outside the domain, before any tuning.",
        source="our judgement, no published source",
    )
    forgetting_full_points: float = described(
        8,
        title="Forgetting, all weights",
        unit="points",
        low=0,
        high=100,
        slider=(0, 30),
        step=0.5,
        help="General points lost by tuning all weights without replay.",
        source="our judgement, no published source",
    )
    forgetting_lora_points: float = described(
        3,
        title="Forgetting, LoRA",
        unit="points",
        low=0,
        high=100,
        slider=(0, 30),
        step=0.5,
        help="General points lost by LoRA without replay.",
        source="our judgement after Biderman et al. 2024, LoRA Learns Less and Forgets Less",
    )
    usd_per_failed_answer: float = described(
        0.0,
        title="Cost of a failed answer",
        unit="usd",
        low=0,
        high=1e6,
        slider=(0, 5),
        step=0.01,
        help="Value lost per unacceptable answer; shown beside the totals, never in them.",
        source="you: from what a wrong answer costs you",
    )
    handover_frac: float = described(
        0.0,
        title="Handed to a person",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        help="Share of unacceptable answers that a person takes over; the others are lost value.",
        source="our choice: none",
    )
    usd_per_handover: float = described(
        8.0,
        title="Cost of a hand-over",
        unit="usd",
        low=0,
        high=1e6,
        slider=(0.5, 100),
        scale="log",
        doubt=(3, 25),
        help="What a person's answer costs; paid, and in the totals.",
        source="Gartner 2019: 8.01 USD a contact by phone, chat or mail, as remembered; 3 to 25",
    )


def _factor(title: str, help: str) -> Any:
    """Return a field: what was measured over what the planner says of it."""
    return described(
        1.0,
        title=title,
        unit="1",
        low=0.1,
        high=10,
        slider=(0.25, 4),
        scale="log",
        help=help,
        source="1 is the planner's own calibration, see Sources, Evidence; import own runs to move it",
    )


class Measured(Section):
    """How own measurements differ from what the planner says."""

    training_speed_factor: float = _factor(
        "Training speed", "Tokens by second of own training runs over what the planner says of them."
    )
    training_memory_factor: float = _factor(
        "Training memory", "Peak memory of own training runs over what the planner says of them."
    )
    serving_speed_factor: float = _factor(
        "Serving speed", "Tokens by second of own replicas over what the planner says of them."
    )
    device_speed_factor: float = _factor(
        "Device speed", "Tokens by second on own devices over what the planner says of them."
    )
    serving_power_factor: float = _factor(
        "Serving power", "Power of own accelerators at work over what the planner says of it."
    )
    runs: str = described(
        "", title="Own runs", help="Which measured runs the factors above come from.", source="you"
    )
