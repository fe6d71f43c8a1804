"""Which line items stand behind a figure, and what they are made from. No widgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.engine.claims.rows import parsed
from planner.engine.lineitems import (
    CARBON,
    CATEGORIES,
    CATEGORY_TITLES,
    ENERGY,
    HOURS,
    ITEMS,
    PHASES,
    QUANTITIES,
    USD,
    WATER,
    Phase,
    category_of,
)
from planner.engine.results import FIGURES, StrategyResult
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text
from planner.ui.fields.facts import auto_of, provenance_of
from planner.ui.fields.options import name_of
from planner.ui.view import View
from planner.units import UNITS, unit_suffix

UNIT_OF: Final[Mapping[int, str]] = dict(
    enumerate(("usd", "kwh", "kgco2e", "l", "accelerator_h"))
)  # in the order of QUANTITIES
PHASE_TITLES: Final = {"first release": "First release", "serving": "Serving", "refresh": "Refresh"}
APART: Final = "Refreshes are apart, as in the plots."
Take = Callable[[str, Phase], bool]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line item in one phase, by month of the plan, in one quantity."""

    item: str
    phase: str
    by_month: tuple[float, ...]

    @property
    def key(self) -> str:
        """Names the row."""
        return f"{self.item}|{self.phase}"

    @property
    def total(self) -> float:
        """Over the months."""
        return math.fsum(self.by_month)

    @property
    def title(self) -> str:
        """Title of the item."""
        return ITEMS[self.item].title if self.item in ITEMS else self.item

    @property
    def category(self) -> str:
        """Title of its category."""
        return CATEGORY_TITLES[category_of(self.item)]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure that is no sum of line items depends on.

    Attributes
    ----------
    note : str
        How it comes about.
    quantity : int or None
        Column of the ledger whose items help to read it; None where none does.
    """

    note: str
    equations: tuple[str, ...]
    inputs: tuple[str, ...]
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure of one strategy.

    Attributes
    ----------
    rows : tuple of ItemRow
        Largest first; they add up to `value` where `basis` is None.
    problem : str
        Why there is nothing; empty otherwise.
    """

    title: str
    value: float
    unit: str
    quantity: int
    rows: tuple[ItemRow, ...] = ()
    note: str = ""
    basis: Basis | None = None
    problem: str = ""

    @property
    def total(self) -> float:
        """Of the rows."""
        return math.fsum(row.total for row in self.rows)


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input: title, value in use, where that is from."""

    path: str
    title: str
    value: str
    source: str
    date: str


# ---------------------------------------------------------------- sums
_EVERYTHING: Final[Take] = lambda item, phase: True  # noqa: E731 - one of a table of such
_SUMS: Final[Mapping[str, tuple[int, Take]]] = {
    "total_usd": (USD, _EVERYTHING),
    "first_release_usd": (USD, _EVERYTHING),
    "refresh_usd": (USD, lambda item, phase: phase == "refresh"),
    "energy_kwh": (ENERGY, _EVERYTHING),
    "carbon_kgco2e": (CARBON, _EVERYTHING),
    "carbon_operational_kgco2e": (CARBON, lambda item, phase: category_of(item) != "hardware"),
    "carbon_embodied_kgco2e": (CARBON, lambda item, phase: category_of(item) == "hardware"),
    "water_l": (WATER, _EVERYTHING),
    "training_accelerator_h": (HOURS, lambda item, phase: phase != "serving"),
    "serving_accelerator_h": (HOURS, lambda item, phase: phase == "serving"),
}
_FIRST_MONTH_ONLY: Final = frozenset({"first_release_usd"})
_TEACHER_TOO: Final = {"training": ("training", "teacher")}

_VOLUME: Final = ("workload.requests_per_month", "workload.growth_frac_per_month", "horizon_months")
_TOKENS: Final = ("workload.input_tokens", "workload.output_tokens", "workload.output_tokens_cv")
_MACHINE: Final = ("serving.hardware", "serving.precision", "serving.accelerators_per_replica")
_LOAD: Final = ("workload.peak_to_mean", "serving.target_load_frac", "serving.min_replicas")
_AGE: Final = ("refresh.drift_points_per_month", "refresh.interval_months", "refresh.lag_months")
_QUALITY: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "api": ((), ("quality.api_points",)),
    "prompt": (("Q9",), ("quality.prompt_points", "quality.quantised_drop_frac", "serving.precision")),
    "finetune": (
        ("Q2", "Q6", "Q7", "Q9"),
        (
            "quality.finetune_points",
            "quality.prompt_points",
            "quality.tuned_points_at_10k",
            "data.examples",
            "quality.data_exponent",
            "quality.data_half_examples",
            "finetune.method",
            "serving.precision",
        ),
    ),
}
_STUDENT: Final = ("student.model", "student.params", "base.model", "distil.examples", "distil.teacher")

_BASES: Final[Mapping[str, Basis]] = {
    "npv_usd": Basis(
        "The months below, each discounted to the first release.",
        ("X1",),
        ("prices.discount_frac_per_year", "horizon_months"),
        USD,
    ),
    "usd_per_1k_requests": Basis(
        "The total below over all requests of the horizon, in thousands.", (), _VOLUME, USD
    ),
    "usd_per_1k_acceptable": Basis(
        "The total below over the acceptable answers of the horizon, in thousands.",
        ("U1",),
        (*_VOLUME, *_AGE, "quality.handover_frac", "quality.usd_per_handover"),
        USD,
    ),
    "battery_frac_per_day": Basis(
        "Energy of an answer times the requests of a device and day, over what its battery holds.",
        ("I10",),
        (
            *("workload.battery_wh", "workload.active_devices", "workload.requests_per_month"),
            *("serving.edge_hardware", "serving.edge_precision"),
        ),
    ),
    "payback_month": Basis(
        "The first month from which the cumulative cost stays at or below the baseline's.", (), _VOLUME, USD
    ),
    "carbon_price_usd": Basis(
        "The carbon below times the price of a tonne; beside the total, never in it.",
        ("C1", "C2"),
        ("site.usd_per_tco2e",),
        CARBON,
    ),
    "lost_value_usd": Basis(
        "Answers that are not acceptable, month by month, times what one costs; beside the total.",
        ("U1",),
        ("quality.usd_per_failed_answer", *_VOLUME, *_AGE),
    ),
    "replicas_peak": Basis(
        "The busy hour of the busiest month over what one replica carries.",
        ("S1", "S2", "I5", "M5"),
        (*_VOLUME[:2], *_TOKENS[:2], *_LOAD, *_MACHINE),
    ),
    "accelerators_per_replica": Basis(
        "As many as hold weights and cache; of those, what takes the fewest accelerator-hours.",
        ("M5", "S2"),
        ("serving.accelerators_per_replica", "base.model", *_MACHINE[:2], *_TOKENS[:2]),
    ),
    "ttft_p95_s": Basis(
        "Wait for a slot, reading the prompt and one step, in the busy hour of the busiest month.",
        ("I1", "I6", "I7"),
        ("workload.input_tokens", "workload.instruction_tokens", "workload.network_s", *_LOAD, *_MACHINE),
    ),
    "tpot_s": Basis(
        "One step of the running batch, in the busy hour of the busiest month.",
        ("I2", "I3", "I4", "I5"),
        (*_TOKENS, *_LOAD, *_MACHINE),
    ),
    "latency_p95_s": Basis(
        "First token, each further one and the network, in the busy hour of the busiest month.",
        ("I1", "I2", "I6", "I7"),
        (*_TOKENS, "workload.network_s", *_LOAD, *_MACHINE),
    ),
    "general_quality": Basis(
        "The base's ability outside the domain, less what tuning makes it forget.",
        ("Q8", "Q10"),
        (
            "quality.general_points",
            "quality.forgetting_full_points",
            "quality.forgetting_lora_points",
            "refresh.replay_frac",
            "finetune.method",
        ),
    ),
    "refreshes": Basis(
        "Refreshes, migrations and replacements that fall due within the horizon.",
        ("U2",),
        (
            "refresh.interval_months",
            "refresh.api_migration_months",
            "refresh.teacher_update_months",
            "horizon_months",
        ),
    ),
}
_API_TIMES: Final = {
    "ttft_p95_s": ("api.ttft_p95_s", "workload.network_s"),
    "tpot_s": ("api.tpot_s",),
    "latency_p95_s": ("api.ttft_p95_s", "api.tpot_s", "workload.output_tokens", "workload.network_s"),
}


def basis_of(figure: str, strategy: str) -> Basis | None:
    """Return what a figure depends on; None where it is a sum of line items."""
    if figure in ("quality", "quality_lowest"):
        return _quality_basis(figure, strategy)
    if strategy == "api" and figure in _API_TIMES:
        return Basis("What the provider is assumed to take.", (), _API_TIMES[figure])
    return _BASES.get(figure)


def _quality_basis(figure: str, strategy: str) -> Basis:
    if strategy in _QUALITY:
        equations, inputs = _QUALITY[strategy]
    else:
        tuned = _QUALITY["finetune"][1][1:6] if strategy == "both" else ("quality.prompt_points",)
        equations = ("Q2", "Q6", "Q8", "Q9") if strategy == "both" else ("Q2", "Q8", "Q9")
        measured = f"quality.{strategy}_points"
        inputs = (measured, *_STUDENT, "quality.distil_loss_frac", *tuned, "serving.precision")
    note = "Percent of acceptable answers at release, assumed until it is measured."
    if figure == "quality_lowest":
        note = "The score at release, less the drift until the next release is live."
        equations, inputs = (*equations, "U1"), (*_AGE, *inputs)
    return Basis(note, equations, inputs)


# ---------------------------------------------------------------- behind a figure
def title_of(what: str) -> str:
    """Return the title of a figure, a category or a phase."""
    if what in FIGURES:
        return FIGURES[what].title
    if what in CATEGORY_TITLES:
        return CATEGORY_TITLES[what]
    chosen = parsed(what)
    if chosen is not None:
        return chosen.title
    return PHASE_TITLES.get(what, "Total")


def choices_of(result: StrategyResult | None) -> list[tuple[str, str]]:
    """Return what can be asked for: figures, then categories and phases with money in them."""
    found = [(name, column.title) for name, column in FIGURES.items()]
    parts = result.by_category() if result is not None else {}
    found += [(name, CATEGORY_TITLES[name]) for name in (*CATEGORIES, "refresh") if parts.get(name)]
    found += [(phase, PHASE_TITLES[phase]) for phase in PHASES if phase not in CATEGORY_TITLES]
    return found


def behind(view: View, strategy: str, what: str) -> Behind:
    """Return what stands behind a figure, a category or a phase; "" is all line items."""
    result = view.results.strategies.get(strategy)
    title, unit = title_of(what), FIGURES[what].unit if what in FIGURES else "usd"
    nothing = Behind(title, math.nan, unit, USD)
    if result is None:
        return replace(nothing, problem="It does not take part in this scenario.")
    if not np.all(result.fits) or result.ledger is None:
        words = result.problems[0].message if result.problems else "It cannot be built."
        return replace(nothing, problem=words)
    if what in FIGURES:
        return _behind_figure(result, what)
    chosen = parsed(what)
    if chosen is not None:
        rows = _rows(result, chosen.column, chosen.takes)
        added = math.fsum(row.total for row in rows)
        return Behind(title, added, chosen.unit, chosen.column, rows)
    take, note = _take_of(what, result)
    rows = _rows(result, USD, take)
    return Behind(title, math.fsum(row.total for row in rows), unit, USD, rows, note)


def _behind_figure(result: StrategyResult, what: str) -> Behind:
    column, value = FIGURES[what], float(result.figures.get(what, math.nan))
    basis = basis_of(what, result.strategy)
    if basis is None:
        quantity, take = _SUMS[what]
        rows = _rows(result, quantity, take, first_only=what in _FIRST_MONTH_ONLY)
        return Behind(column.title, value, column.unit, quantity, rows, f"{column.help}.")
    quantity = USD if basis.quantity is None else basis.quantity
    rows = () if basis.quantity is None else _rows(result, quantity, _EVERYTHING)
    return Behind(column.title, value, column.unit, quantity, rows, basis.note, basis)


def _take_of(what: str, result: StrategyResult) -> tuple[Take, str]:
    if what in CATEGORIES:
        wanted = _TEACHER_TOO.get(what, (what,))
        refreshed = any(
            phase == "refresh" and category_of(item) in wanted and values[USD].any()
            for (item, phase), values in (result.ledger.rows.items() if result.ledger else ())
        )
        note = "With the teacher. " if what in _TEACHER_TOO else ""
        take: Take = lambda item, phase: category_of(item) in wanted and phase != "refresh"  # noqa: E731
        return take, (note + (APART if refreshed else "")).strip()
    if what in PHASES:
        return lambda item, phase: phase == what, ""
    return _EVERYTHING, "All line items over the horizon."


def _rows(
    result: StrategyResult, quantity: int, take: Take, *, first_only: bool = False
) -> tuple[ItemRow, ...]:
    if result.ledger is None:
        return ()
    found = []
    for (item, phase), values in result.ledger.rows.items():
        by_month = values[quantity][:1] if first_only else values[quantity]
        if take(item, phase) and np.any(by_month):
            found.append(ItemRow(item, phase, tuple(map(float, by_month))))
    return tuple(sorted(found, key=lambda row: -row.total))


# ---------------------------------------------------------------- inputs
def input_lines(paths: tuple[str, ...], view: View) -> list[InputLine]:
    """Return inputs with the values in use and their sources, each once."""
    return [_input_line(path, view) for path in dict.fromkeys(paths)]


def _input_line(path: str, view: View) -> InputLine:
    spec, scenario = spec_for(path), view.scenario
    value = scenario.get(path)
    if value is None:
        auto = auto_of(path, scenario, view.catalog, view.results)
        text = auto.text if auto.value is not None else spec.unset or "none"
        suffix = unit_suffix(spec.unit) if spec.unit in UNITS and auto.value is not None else ""
        text += suffix if suffix.startswith("/") or not suffix else f" {suffix}"
    elif spec.table is not None:
        text = name_of(spec, str(value), scenario, view.catalog)
    else:
        text = value_text(value, spec)
    source = provenance_of(path, scenario, view.preset or Scenario(), view.catalog)
    return InputLine(path, spec.title, text, source.title, source.as_of)


def as_text(found: Behind) -> str:
    """Return the line items as tab-separated text with plain numbers, for a spreadsheet."""
    lines = [f"Item\tCategory\tPhase\t{QUANTITIES[found.quantity]}"]
    lines += [
        f"{row.title}\t{row.category}\t{PHASE_TITLES[row.phase]}\t{row.total:.12g}" for row in found.rows
    ]
    lines.append(f"Sum\t\t\t{found.total:.12g}")
    return "\n".join(lines)
