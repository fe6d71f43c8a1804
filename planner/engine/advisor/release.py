"""When the first release is live, what training takes beside use, and what serves where."""

from __future__ import annotations

from planner.engine.lineitems import CARBON, ENERGY, USD, category_of
from planner.engine.results import Results, StrategyResult
from planner.units import HOURS_PER_WEEK, SECONDS_PER_HOUR

HOURS_OF_ENGINEER_PER_WEEK = 30.0
"""What is left of a working week for one project. Judgement."""


def training_h(results: Results, result: StrategyResult) -> float:
    """Return how long the runs of the first release and a hosted teacher's answers take by the clock. [h].

    One after another; what a provider trains or answers is not known.
    """
    hours = sum(float(runs.run_h) * float(runs.course.runs) for runs in result.trainings.values())
    choices = results.choices.get(result.strategy)
    if result.generation is not None and choices is not None and choices.generation_accelerators:
        seconds = float(result.answers) * float(result.generation.accelerator_s_per_request)
        hours += seconds / SECONDS_PER_HOUR / choices.generation_accelerators
    return hours


def weeks_to_release(results: Results, result: StrategyResult) -> float:
    """Return the time to the first release: engineering, then training by the clock. [weeks]."""
    labour = results.scenario.labour
    engineering_h = float(results.scenario.get(f"labour.{result.strategy}_hours"))
    engineering = engineering_h / (labour.engineers * HOURS_OF_ENGINEER_PER_WEEK)
    return engineering + training_h(results, result) / HOURS_PER_WEEK


def data_usd(result: StrategyResult) -> float:
    """Return what the data of the first release cost: labels, prompts, a teacher's answers and their judging.

    [USD].
    """
    if result.ledger is None:
        return 0.0
    return sum(
        amount
        for (item, phase), amount in result.ledger.totals(USD).items()
        if phase == "first release" and category_of(item) in ("data", "teacher")
    )


def trained_and_used(result: StrategyResult, quantity: int) -> tuple[float, float]:
    """Return a quantity of all releases, and of use: a column of the ledger, such as `ENERGY`, its unit."""
    phases = result.by_phase(quantity)
    return phases["first release"] + phases["refresh"], phases["serving"]


def energy_kwh(result: StrategyResult) -> tuple[float, float]:
    """Return energy of training and of use. [kWh]."""
    return trained_and_used(result, ENERGY)


def carbon_kgco2e(result: StrategyResult) -> tuple[float, float]:
    """Return carbon of training and of use. [kgCO2e]."""
    return trained_and_used(result, CARBON)
