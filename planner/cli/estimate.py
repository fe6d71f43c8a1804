"""``planner estimate``: physics alone, of one training job or one served model."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from planner.catalog.caveats import CAVEATS
from planner.catalog.records import PRECISIONS
from planner.cli.physics import Estimate, ServingJob, estimate_serving
from planner.cli.physics_training import TrainingJob, estimate_training
from planner.cli.text import paragraph, say, say_json, table
from planner.errors import PlannerError
from planner.scenario.model import spec_for
from planner.scenario.parse import parse_value
from planner.units import MISSING, format_quantity, format_range

HELP: Final = "Estimate speed, memory and power alone, of a training job or of a served model."
_MOST_TOKENS: Final = 1e18

_TITLES: Final = {
    "model_flop": ("Model operations", "flop"),
    "mfu": ("Utilisation (MFU)", "frac"),
    "tokens_per_s_per_accelerator": ("Tokens a second and accelerator", "tokens_per_s"),
    "hours": ("Duration", "h"),
    "accelerator_h": ("Accelerator-hours", "accelerator_h"),
    "step_s": ("A step", "s"),
    "peak_memory_gb": ("Peak memory of an accelerator", "gb"),
    "power_w_per_accelerator": ("Power of an accelerator", "w"),
    "energy_kwh": ("Energy", "kwh"),
    "carbon_kgco2e": ("Carbon", "kgco2e"),
    "max_concurrency": ("Most requests at once", "count"),
    "output_tokens_per_s_per_accelerator": ("Answer tokens a second and accelerator", "tokens_per_s"),
    "ttft_s": ("First token", "s"),
    "tpot_s": ("Each further token", "s"),
    "joule_per_output_token": ("Energy of an answer token", "j"),
    "memory_gb": ("Memory of the replica", "gb"),
}


def _number(path: str, option: str, **limits: Any) -> Callable[[str], Any]:
    """Return a reader of an option that takes what the field at a path takes."""
    spec = replace(spec_for(path), path=option, nullable=False, **limits)
    return lambda text: parse_value(text, spec).value


def _tokens(option: str) -> Callable[[str], Any]:
    return _number("data.examples", option, title="Tokens", unit="tokens", high=_MOST_TOKENS)


def _count(option: str) -> Callable[[str], Any]:
    return _number("training.accelerators", option, title="Number")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to estimate, and of what."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="training|serving")
    training = kinds.add_parser(
        "training", allow_abbrev=False, help="hours, memory and energy of a training job"
    )
    _add_model(training)
    _add_training(training)
    serving = kinds.add_parser("serving", allow_abbrev=False, help="speed and memory of one replica")
    _add_model(serving)
    _add_serving(serving)
    for command in (training, serving):
        command.add_argument("--json", action="store_true", help="print the figures as JSON")


def _add_model(parser: argparse.ArgumentParser) -> None:
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", metavar="ID", help='catalogue id ("planner list models")')
    model.add_argument(
        "--params", type=_number("base.params", "--params"), metavar="N", help="size, such as 8B"
    )
    parser.add_argument(
        "--hardware", required=True, metavar="ID", help='catalogue id ("planner list hardware")'
    )


def _add_training(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--method", required=True, choices=("full", "lora", "qlora", "logits"))
    add("--tokens", required=True, type=_tokens("--tokens"), metavar="N", help="tokens that are processed")
    add("--seq-len", required=True, type=_number("training.seq_len", "--seq-len"), metavar="N")
    add("--accelerators", required=True, type=_count("--accelerators"), metavar="N")
    add("--micro-batch", type=_count("--micro-batch"), metavar="N", help="sequences on one accelerator")
    add("--global-batch", type=_tokens("--global-batch"), metavar="N", help="sequences a step; gives step_s")
    for option in ("--tensor-parallel", "--pipeline-parallel"):
        add(option, type=_count(option), metavar="N", default=1, help="ranks, with --method full")
    add("--recompute", choices=("none", "selective", "full"))
    add("--precision", choices=("bf16", "fp8"), default="bf16", help="of the matrix products")
    add("--teacher", metavar="ID", help="the model whose logits are learned, with --method logits")
    add("--lora-rank", type=_number("finetune.lora_rank", "--lora-rank"), metavar="R", default=16.0)
    add("--grid", metavar="ID", default="usa", help='of the carbon ("planner list grids")')
    add("--pue", type=_number("site.pue", "--pue"), metavar="X", help="of energy and carbon; 1.20 if absent")
    parser.set_defaults(estimate=_training)


def _add_serving(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    split = _number("serving.accelerators_per_replica", "--tensor-parallel")
    add("--tensor-parallel", required=True, type=split, metavar="N", help="accelerators of the replica")
    add("--precision", required=True, choices=PRECISIONS)
    add("--input-tokens", required=True, type=_number("workload.input_tokens", "--input-tokens"), metavar="N")
    add(
        "--output-tokens",
        required=True,
        type=_number("workload.output_tokens", "--output-tokens"),
        metavar="N",
    )
    add(
        "--concurrency",
        type=_tokens("--concurrency"),
        metavar="N",
        help="requests at once; the most if absent",
    )
    limit = _number("workload.ttft_limit_s", "--ttft-limit-s")
    add("--ttft-limit-s", type=limit, metavar="S", help="fewer at once, so that the first token keeps it")
    parser.set_defaults(estimate=_serving)


def act(chosen: argparse.Namespace) -> int:
    """Estimate and print."""
    found: Estimate = chosen.estimate(chosen)
    if chosen.json:
        say_json(found.figures)
        return 0
    for line in table(_rows(found.figures), right=(1, 2)):
        say(line)
    say()
    notes = [*found.notes, *(CAVEATS[code].text + "." for code in found.caveats if code in CAVEATS)]
    for note in notes:
        say(paragraph(note))
    return 0


def _rows(figures: dict[str, Any]) -> list[list[str]]:
    rows = [["", "most likely", "90 % interval"]]
    for key, value in figures.items():
        if key == "fits":
            continue
        title, unit = _TITLES[key]
        if isinstance(value, dict):
            span = format_range(value["low"], value["high"], unit)
            rows.append([title, format_quantity(value["mode"], unit), span])
        else:
            rows.append([title, format_quantity(value, unit) if value is not None else MISSING, ""])
    return [*rows, ["Fits", "yes" if figures["fits"] else "no", ""]]


def _training(chosen: argparse.Namespace) -> Estimate:
    if (chosen.method == "logits") != (chosen.teacher is not None):
        raise PlannerError(
            "teacher", "--teacher and --method logits go together.", "Give both, or neither; --teacher ID."
        )
    batch = None if chosen.global_batch is None else _whole(chosen.global_batch, "--global-batch")
    replicas = -(-chosen.accelerators // (chosen.tensor_parallel * chosen.pipeline_parallel))
    if batch is not None and batch < replicas:
        raise PlannerError(
            "global_batch",
            f"--global-batch {batch} leaves some of {chosen.accelerators} accelerators without a sequence.",
            f"Give at least {replicas}.",
        )
    return estimate_training(
        TrainingJob(
            model=chosen.model,
            params=chosen.params,
            method=chosen.method,
            tokens=chosen.tokens,
            seq_len=chosen.seq_len,
            hardware=chosen.hardware,
            accelerators=chosen.accelerators,
            micro_batch=chosen.micro_batch,
            global_batch=batch,
            tensor_parallel=chosen.tensor_parallel,
            pipeline_parallel=chosen.pipeline_parallel,
            recompute=chosen.recompute,
            precision=chosen.precision,
            teacher=chosen.teacher,
            lora_rank=chosen.lora_rank,
            grid=chosen.grid,
            pue=chosen.pue,
        )
    )


def _serving(chosen: argparse.Namespace) -> Estimate:
    concurrency = None if chosen.concurrency is None else _whole(chosen.concurrency, "--concurrency")
    return estimate_serving(
        ServingJob(
            model=chosen.model,
            params=chosen.params,
            hardware=chosen.hardware,
            accelerators=chosen.tensor_parallel,
            precision=chosen.precision,
            input_tokens=chosen.input_tokens,
            output_tokens=chosen.output_tokens,
            concurrency=concurrency,
            ttft_limit_s=chosen.ttft_limit_s,
        )
    )


def _whole(value: float, option: str) -> int:
    if value != int(value):
        raise PlannerError("not_allowed", f"{option} is {value:g}; allowed is a whole number.")
    return int(value)
