"""Claims about money, data and machines."""

from __future__ import annotations

from planner.engine.claims.compare import MODEL, against, listed, lower, ratio, together
from planner.engine.claims.facts import Facts
from planner.engine.claims.records import Claim, Figure, Finding, UntestedError
from planner.engine.claims.rows import Rows
from planner.units import format_quantity

_DATA = Rows("usd", ("first release",), ("data", "teacher"))
_BUILDING = Rows("accelerator_h", ("first release",))
_SERVING = Rows("usd", ("serving",))


def _needs_more_data(facts: Facts) -> Finding:
    inputs = facts.scenario
    examples = [
        facts.say("Examples", inputs.data.examples, "count", "finetune", "data.examples"),
        facts.say("Examples", inputs.distil.examples, "count", "distil", "distil.examples"),
    ]
    costs = [facts.added("Data and teacher", each, _DATA) for each in ("finetune", "distil")]
    verdicts = [lower(distil.value, tuned.value) for tuned, distil in (examples, costs)]
    count, price = ([figure.value for figure in pair] for pair in (examples, costs))
    words = f"It takes {against(*count)} distilling in examples; they cost {ratio(*price)}."
    return Finding(together(verdicts), words, (*examples, *costs))


def _needs_more_compute(facts: Facts) -> Finding:
    if facts.scenario.finetune.host == "provider":
        raise UntestedError("A provider trains the tuned model: its accelerator-hours are not known.")
    tuned, small = (facts.added("Accelerator time", each, _BUILDING) for each in ("finetune", "distil"))
    words = f"To build, it takes {against(tuned.value, small.value)} distilling."
    if facts.teacher == "api":
        words += " The API's own are not counted."
    return Finding(lower(small.value, tuned.value), words, (tuned, small))


def _is_cheaper(facts: Facts) -> Finding:
    small, tuned = facts.figure("distil", "total_usd"), facts.figure("finetune", "total_usd")
    words = f"Distilling costs {against(small.value, tuned.value)} fine-tuning over {facts.horizon} months."
    return Finding(lower(small.value, tuned.value), words, (small, tuned))


def _running(facts: Facts, strategy: str) -> Figure:
    return facts.added("Running", strategy, _SERVING)


def _is_cheaper_to_run(facts: Facts) -> Finding:
    small = _running(facts, "distil")
    own = [_running(facts, each) for each in ("finetune", "prompt") if facts.has(each)]
    large = [*own, _running(facts, "api")]
    words = [f"{against(small.value, each.value)} {MODEL[each.strategy]}" for each in large]
    verdicts = [lower(small.value, each.value) for each in large]
    return Finding(together(verdicts), f"It costs {listed(words)}.", (small, *large))


def _weights(facts: Facts, strategy: str) -> Figure:
    result = facts.result(strategy)
    if result.device is not None:
        held = result.device.weight_bytes
    elif result.fleet is not None:
        held = result.fleet.replica.weight_bytes
    else:
        raise UntestedError("A provider serves the tuned model by the token: what it runs on is not known.")
    model = "student.model" if strategy == "distil" else "base.model"
    return facts.say("Weights", held, "bytes", strategy, model)


def _is_lighter(facts: Facts) -> Finding:
    weights = [_weights(facts, each) for each in ("distil", "finetune")]
    reserved = [
        facts.say(
            "Accelerators at the peak",
            facts.result(each)["replicas_peak"] * facts.result(each)["accelerators_per_replica"],
            "accelerators",
            each,
            "replicas_peak",
        )
        for each in ("distil", "finetune")
    ]
    sizes, counts = ([figure.value for figure in pair] for pair in (weights, reserved))
    small, large = (format_quantity(count, "accelerators") for count in counts)
    words = f"Its weights take {ratio(*sizes)} memory; it runs on {small} accelerators against {large}."
    return Finding(together([lower(*sizes), lower(*counts)]), words, (*weights, *reserved))


def _both_are_efficient(facts: Facts) -> Finding:
    pair = [_running(facts, each) for each in ("both", "finetune")]
    totals = [facts.figure(each, "total_usd") for each in ("both", "finetune")]
    run, total = ([figure.value for figure in figures] for figures in (pair, totals))
    words = f"To run it costs {against(*run)} the tuned model, in all {ratio(*total)}."
    return Finding(together([lower(*run), lower(*total)]), words, (*pair, *totals))


CLAIMS = (
    Claim(
        "more_data",
        "Cost",
        "Fine-tuning needs more data than distilling",
        "Labelled examples against answers of the teacher; what either costs in the first release.",
        _needs_more_data,
    ),
    Claim(
        "more_compute",
        "Cost",
        "Fine-tuning needs more compute than distilling",
        "Accelerator-hours of the first release, the teacher's with the student's.",
        _needs_more_compute,
    ),
    Claim(
        "cheaper",
        "Cost",
        "Distilling is cheaper than fine-tuning",
        "Total over the horizon, building and refreshes included.",
        _is_cheaper,
    ),
    Claim(
        "cheaper_to_run",
        "Cost",
        "A distilled model is cheaper to run",
        "Cost of serving over the horizon, against the tuned model, the prompted one and the API.",
        _is_cheaper_to_run,
    ),
    Claim(
        "lighter",
        "Cost",
        "A distilled model is lighter to run",
        "Bytes of weights served, and accelerators in the busiest month, against the tuned model.",
        _is_lighter,
    ),
    Claim(
        "both_efficient",
        "Cost",
        "Tuning, then distilling, gives efficiency",
        "Cost of serving over the horizon, and total, against the tuned model.",
        _both_are_efficient,
    ),
)
