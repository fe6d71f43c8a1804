"""Random scenarios within what the sliders offer, the same for the same seed."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import Scenario

SPECS = specs_of(Scenario)

NO_FIGURE = frozenset(
    {
        "name",
        "notes",
        "start_month",
        "measured.runs",
        "labour.engineers",
        *(path for path in SPECS if path.startswith("report.")),
    }
)
"""Inputs that change no figure (`ranges` is not a described field: it only matters to draws).

Engineers set when the first release is live, which the advisor says.
"""

_TABLES: dict[str, tuple[Any, ...]] = {
    "base.model": ("llama-3.1-70b", "llama-3.1-8b", "qwen3-32b", "llama-3.1-405b", "mixtral-8x7b"),
    "student.model": ("llama-3.1-8b", "llama-3.2-1b", "llama-3.2-3b", "qwen3-4b"),
    "api.assumed_model": (None, "llama-3.1-8b", "mixtral-8x7b"),
    "training.hardware": ("nvidia-h100-sxm", "nvidia-a100-sxm-80gb", "nvidia-h200-sxm"),
    "serving.hardware": ("nvidia-h100-sxm", "nvidia-a100-sxm-80gb", "nvidia-h200-sxm", "nvidia-l40s"),
    "serving.edge_hardware": (None,),
    "site.grid": ("usa", "fra", "deu", "ind", "wor"),
    "finetune.provider_row": ("google-vertex-tuned-gemini-2.5-flash", "fireworks-lora-sft-16.1b-80b"),
}
_WHOLE = {"training.accelerators": (None, 1, 2, 4, 8), "serving.accelerators_per_replica": (None, 1, 2, 4, 8)}
_LEFT = frozenset({"base.params", "student.params", "limits.goal", "api.provider", "api.model", "strategies"})


def _number(random: Random, spec: FieldSpec) -> float:
    low, high = spec.slider or (0.0, 1.0)
    share = random.random()
    value = (
        math.exp(math.log(low) + share * math.log(high / low))
        if spec.scale == "log"
        else low + share * (high - low)
    )
    return float(f"{value:.4g}")


def value_for(random: Random, path: str) -> Any:
    """Return a value that the field takes, null among them where it may be."""
    spec = SPECS[path]
    if path in _TABLES or path in _WHOLE:
        return random.choice((_TABLES | _WHOLE)[path])
    if spec.nullable and random.random() < 0.5:
        return None
    if spec.kind == "flag":
        return random.random() < 0.5
    if spec.kind == "choice":
        return random.choice(spec.choices)
    if spec.kind == "interval":
        return random.choice((1, 2, 3, 4, 6, 9, 12, 24, "optimal"))
    if spec.kind == "catalog":
        return None
    value = _number(random, spec)
    return max(round(value), math.ceil(spec.low or 0)) if spec.kind == "integer" else value


def changes(random: Random, share: float = 0.25) -> dict[str, Any]:
    """Return values for about a share of all inputs that change figures."""
    return {
        path: value_for(random, path)
        for path in SPECS
        if path not in NO_FIGURE | _LEFT and random.random() < share
    }


def plan(random: Random, share: float = 0.25, **fixed: Any) -> Scenario:
    """Return a scenario with a share of its inputs changed; `fixed` holds more, with ``__`` for the dot."""
    held = {path.replace("__", "."): value for path, value in fixed.items()}
    return Scenario().with_(changes(random, share) | held)
