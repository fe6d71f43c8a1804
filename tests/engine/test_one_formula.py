"""A worked value proves nothing about the engine if the engine computes the quantity elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import planner.engine
from planner.engine.lineitems import ITEMS
from planner.scenario.fields import specs_of
from planner.scenario.model import STRATEGY_IDS, Scenario

FOLDER = Path(planner.engine.__file__).parent
PHYSICS = (
    "capacity", "energy", "flops", "footprint", "inference", "memory", "prices", "quality", "throughput",
    "updates", "laws/training", "laws/finetuning", "laws/memory", "laws/distillation",
    "laws/serving", "laws/device", "laws/latency", "laws/power",
)  # fmt: skip

NOT_IN_ITS_PATH = {
    "dequantisation_factor": "F5: the flat factor of decision 22 is taken; this is its lower bound",
    "speculative_speedup": "I8: no strategy decodes speculatively",
    "ecologits_wh": "C3: a cross-check of I2 and P1, by decision 35 not used",
    "owned_usd_per_h": "X2: the ledger keeps annuity and electricity in rows of their own",
    "break_even_volumes": "X4: comes with the break-even page",
    "cloud_bill_usd": "X7: would count storage and egress twice, decision 7",
    "base_loss": "Q1: only compares sizes",
    "resized_loss": "Q3: scores come from Q6 and Q8, decision 38",
    "distilled_loss": "Q5: scores come from Q6 and Q8, decision 38",
    "training_peak_gb": "the law of memory as measured runs ask it: peak_gb at their own micro-batch",
    "tokens_per_s_per_accelerator": "fitted law of ranks: only planner estimate asks it, no plan trains so",
    "distillation_accelerator_h": "fitted law: judged by planner validate before it replaces K2",
    "latency_job": "fitted law: judged by planner validate before it replaces I4 and I7",
    "time_per_output_token_s": "fitted law: judged by planner validate before it replaces I4",
    "time_to_first_token_s": "fitted law: judged by planner validate before it replaces I7",
    "joule_per_token": "fitted law on those of serving: judged by planner validate before it replaces P3",
    "eager_joule_per_token": "one sequence without an engine: no strategy serves so",
    "memory_use": "at the batch of the law of throughput: the engine asks at its own batch",
    "compute_use": "at the batch of the law of throughput: the engine asks at its own batch",
    "best_interval_months": "U2: the interval is found by trying all, decision 42; this checks it",
    "best_saturating_interval_months": "U3: likewise",
}
"""Equations of the model with a worked value that no figure is made from, and why."""


def _public_functions(module: str) -> set[str]:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}


def _called() -> set[str]:
    names: set[str] = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names.add(node.func.id)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whole = node.func.value
                if isinstance(whole, ast.Name) and whole.id == "law":  # a module of laws
                    names.add(node.func.attr)
    return names


def test_every_physics_function_is_what_the_engine_calls():
    functions = set().union(*(_public_functions(module) for module in PHYSICS))
    assert functions - _called() == set(NOT_IN_ITS_PATH)


def test_inputs_of_every_item_are_inputs():
    known = specs_of(Scenario)
    for name, info in ITEMS.items():
        for strategy in STRATEGY_IDS:
            assert set(info.inputs_of(strategy)) <= set(known), name
