"""What the Compare page says of two scenarios, worked out before anything is painted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.choice import choose
from planner.engine.compare import RANGE, STRATEGY, Bridge, Step, differences
from planner.engine.results import Results, StrategyResult
from planner.engine.scores import ScoreRange
from planner.errors import PlannerError
from planner.export.differences import input_text, input_title
from planner.export.words import letter_of
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario, spec_for
from planner.ui.fields.options import name_of
from planner.ui.kit.table import Cell
from planner.ui.plots.figures.common import common_step
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import Doubted
from planner.units import MISSING, format_quantity, format_range

if TYPE_CHECKING:
    from planner.engine.risk import StrategyRisk

TOTAL: Final = "total_usd"
WAITING: Final = "\u2026"
SAME_FRAC: Final = 5e-4
"""Of the larger one: amounts that differ by less are the same."""
_P10, _P90 = 10, 90


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One scenario of the comparison.

    Attributes
    ----------
    strategy : str
        Whose figures are shown.
    scores : mapping
        Ranges of the scores by strategy.
    doubted : Doubted or None
        What draws say of it, once all are counted.
    """

    letter: str
    scenario: Scenario
    results: Results
    strategy: str
    scores: Mapping[str, ScoreRange]
    doubted: Doubted | None = None

    @property
    def result(self) -> StrategyResult:
        """The strategy's."""
        return self.results.strategies[self.strategy]

    @property
    def fits(self) -> bool:
        """Whether it has figures."""
        return bool(np.all(self.result.fits))

    @property
    def drawn(self) -> StrategyRisk | None:
        """What draws say of the strategy."""
        return None if self.doubted is None else self.doubted.risk.strategies.get(self.strategy)

    def figure(self, name: str) -> float:
        """A figure of the strategy; not a number where it does not fit."""
        return float(np.asarray(self.result[name])) if self.fits else math.nan


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two scenarios, and the bridge between them: None while it is counted."""

    first: Side
    second: Side
    bridge: Bridge | PlannerError | None
    catalog: Catalog

    @property
    def same_strategy(self) -> bool:
        """Whether both sides show one strategy."""
        return self.first.strategy == self.second.strategy

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both."""
        return self.first, self.second


# ---------------------------------------------------------------- inputs
def value_of(path: str, scenario: Scenario, catalog: Catalog) -> str:
    """Return the value of an input in words; a row of the catalogue by its name."""
    if not path.startswith(RANGE):
        spec, value = spec_for(path), scenario.get(path)
        if spec.table is not None and value is not None:
            return name_of(spec, str(value), scenario, catalog)
    return input_text(path, scenario)


def step_words(step: Step, pair: Comparison) -> str:
    """Return both values of the input of a step: ``8B to 3B``."""
    if step.paths == (STRATEGY,):
        return " to ".join(STRATEGY_SHORT[side.strategy] for side in pair.sides)
    if len(step.paths) > 1:
        return "; ".join(input_title(path) for path in step.paths)
    return " to ".join(value_of(step.paths[0], side.scenario, pair.catalog) for side in pair.sides)


def input_rows(pair: Comparison, *, every: bool) -> list[list[Cell]]:
    """Return inputs with both values and what they add to the total: all, or those that differ."""
    found = pair.bridge if isinstance(pair.bridge, Bridge) else None
    paths = [path for path in _ordered(pair, found) if path != STRATEGY]
    rows, steps = [], set[int]()
    for path in (*([STRATEGY] if not pair.same_strategy else []), *paths):
        step = None if found is None else found.step_of(path)
        again = step is not None and id(step) in steps
        steps.add(id(step))
        rows.append(_row(path, pair, _effect(pair, step, again=again), differs=True))
    if every:
        rows += [
            _row(path, pair, Cell(""), differs=False)
            for path in specs_of(Scenario)
            if path not in paths and path not in ("name", "notes")
        ]
    return rows


def _ordered(pair: Comparison, found: Bridge | None) -> list[str]:
    """Return what differs in the order of the waterfall, what has no effect last; as filed before that."""
    differ = list(differences(pair.first.scenario, pair.second.scenario))
    if found is None:
        return differ
    order = [path for step in found.ordered() for path in step.paths]
    return [*order, *(path for path in differ if path not in order)]


def _row(path: str, pair: Comparison, effect: Cell, *, differs: bool) -> list[Cell]:
    if path == STRATEGY:
        values = [STRATEGY_SHORT[side.strategy] for side in pair.sides]
        return [
            Cell(input_title(path)),
            Cell(values[0], tone="muted"),
            _after(values[1], differs=True),
            effect,
        ]
    before, after = (value_of(path, side.scenario, pair.catalog) for side in pair.sides)
    link = path.removeprefix(RANGE)
    title = Cell(input_title(path), link=link, weight=0 if differs else 400)
    return [title, Cell(before, tone="muted"), _after(after, differs=differs), effect]


def _after(text: str, *, differs: bool) -> Cell:
    return Cell(text, tone="ink" if differs else "muted", weight=500 if differs else 400)


def _effect(pair: Comparison, step: Step | None, *, again: bool) -> Cell:
    if pair.bridge is None:
        return Cell(WAITING, math.nan, tone="muted")
    if step is None:
        return Cell(MISSING, math.nan, tone="muted")
    if again:
        return Cell("together", math.nan, tone="muted", weight=400)
    value = step.effects[TOTAL]
    if value == 0.0:
        return Cell("none", 0.0, tone="muted", weight=400)
    text = format_quantity(value, "usd", sign=True)
    return Cell(text, value, tone="good" if value < 0 else "bad", weight=600)


# ---------------------------------------------------------------- results
def money_rows(pair: Comparison) -> list[list[Cell]]:
    """Return total, its range, the first release, payback and the price of requests, with differences."""
    first, second = pair.sides
    months = [side.scenario.horizon_months for side in pair.sides]
    span = f"{months[0]} months" if months[0] == months[1] else f"{months[0]} and {months[1]} mo"
    per = "usd_per_1k_requests"
    rows = [
        _money_row(f"Total, {span}", pair, TOTAL),
        [Cell("P10 to P90"), Cell(_reach(first)), Cell(_reach(second)), Cell("")],
        _money_row("First release", pair, "first_release_usd"),
        [Cell(_payback_title(pair)), *(Cell(_payback(side)) for side in pair.sides), _payback_gap(pair)],
    ]
    texts = [format_quantity(side.figure(per), per) for side in pair.sides]
    return [
        *rows,
        [
            Cell("Per 1k requests"),
            *map(_figure, texts, (first.figure(per), second.figure(per))),
            _share(first.figure(per), second.figure(per)),
        ],
    ]


def _money_row(title: str, pair: Comparison, figure: str) -> list[Cell]:
    values = [side.figure(figure) for side in pair.sides]
    texts = [format_quantity(value, "usd") for value in values]
    return [Cell(title), *map(_figure, texts, values), _gap(values, "usd")]


def _figure(text: str, value: float) -> Cell:
    """Return a figure of a scenario; the number behind it goes with a copy of the table."""
    return Cell(text, value if math.isfinite(value) else None)


def _gap(values: Sequence[float], unit: str, *, figures: int = 3, less_is_good: bool = True) -> Cell:
    """Return a difference with its sign; green where it is for the better."""
    gap = values[1] - values[0]
    if not math.isfinite(gap):
        return Cell(MISSING, math.nan, tone="muted")
    if abs(gap) <= SAME_FRAC * max(abs(value) for value in values):
        return Cell("same", 0.0, tone="muted", weight=400)
    tone = "good" if (gap < 0) == less_is_good else "bad"
    return Cell(format_quantity(gap, unit, figures=figures, sign=True), gap, tone=tone, weight=600)


def _share(first: float, second: float) -> Cell:
    if not (math.isfinite(first) and math.isfinite(second)) or first == 0.0:
        return Cell(MISSING, math.nan, tone="muted")
    share = second / first - 1.0
    if abs(share) <= SAME_FRAC:
        return Cell("same", 0.0, tone="muted", weight=400)
    tone = "good" if share < 0 else "bad"
    return Cell(format_quantity(share, "frac", figures=2, sign=True), share, tone=tone, weight=600)


def _reach(side: Side) -> str:
    if side.drawn is None or not math.isfinite(side.drawn.total_usd[_P90]):
        return MISSING
    return format_range(side.drawn.total_usd[_P10], side.drawn.total_usd[_P90], "usd")


def _payback_title(pair: Comparison) -> str:
    names = {side.results.baseline for side in pair.sides}
    return f"Payback against {STRATEGY_SHORT[names.pop()]}" if len(names) == 1 else "Payback"


def _payback(side: Side) -> str:
    if not side.fits:
        return MISSING
    if side.strategy == side.results.baseline:
        return "baseline"
    month = side.figure("payback_month")
    return "never" if math.isnan(month) else f"month {month:.0f}"


def _payback_gap(pair: Comparison) -> Cell:
    texts = [_payback(side) for side in pair.sides]
    months = [side.figure("payback_month") for side in pair.sides]
    if texts[0] == texts[1] and MISSING not in texts:
        return Cell("same", 0.0, tone="muted", weight=400)
    if not all(map(math.isfinite, months)):
        return Cell("", math.nan)
    gap = months[1] - months[0]
    text = format_quantity(gap, "months", sign=True)
    return Cell(text, gap, tone="bad" if gap > 0 else "good", weight=600)


def other_rows(pair: Comparison) -> list[list[Cell]]:
    """Return score, latency, energy, carbon and the chance to be cheapest, with differences."""
    scores = [side.figure("quality") for side in pair.sides]
    delays = [side.figure("latency_p95_s") for side in pair.sides]
    chances = [side.drawn.cheapest_frac if side.drawn is not None else math.nan for side in pair.sides]
    return [
        [Cell("Score"), *(Cell(_score(side)) for side in pair.sides), _points(scores)],
        [
            Cell("Latency p95"),
            *(_figure(format_quantity(value, "s", figures=2), value) for value in delays),
            _gap(delays, "s", figures=2),
        ],
        _ranged_row("Energy", pair, "energy_kwh", "kwh"),
        _ranged_row("Carbon", pair, "carbon_kgco2e", "kgco2e"),
        [
            Cell("Cheapest in draws"),
            *(_figure(format_quantity(chance, "chance"), chance) for chance in chances),
            _chance_gap(chances),
        ],
    ]


def _score(side: Side) -> str:
    value = side.figure("quality")
    if not math.isfinite(value):
        return MISSING
    text = format_quantity(value, "points", figures=2).partition("\u00a0")[0]
    reach = side.scores.get(side.strategy)
    return text if reach is None else f"{text} ({format_range(reach.low, reach.high, '1')})"


def _points(scores: Sequence[float]) -> Cell:
    gap = scores[1] - scores[0]
    if not math.isfinite(gap):
        return Cell(MISSING, math.nan, tone="muted")
    if abs(gap) < 0.05:
        return Cell("same", 0.0, tone="muted", weight=400)
    text = f"{format_quantity(gap, 'points', figures=2, sign=True)} points"
    return Cell(text, gap, tone="good" if gap > 0 else "bad", weight=600)


def _ends(side: Side, figure: str) -> tuple[float, float]:
    low, high = side.result.energy_range_frac
    return side.figure(figure) * low, side.figure(figure) * high


def _ranged_row(title: str, pair: Comparison, figure: str, unit: str) -> list[Cell]:
    """Return a figure that is a range alone where the provider's energy is not known."""
    ends = [_ends(side, figure) for side in pair.sides]
    step = common_step([end for span in ends for end in span], unit)
    texts = [
        format_range(*span, unit)
        if span[1] > span[0]
        else format_quantity(span[0], unit, figures=2, step=step)
        for span in ends
    ]
    if ends[0] == ends[1]:
        gap = Cell("same", 0.0, tone="muted", weight=400)
    elif all(span[0] == span[1] for span in ends):
        gap = _gap([span[0] for span in ends], unit, figures=2)
    elif not all(math.isfinite(end) for span in ends for end in span):
        gap = Cell(MISSING, math.nan, tone="muted")
    elif ends[1][1] < ends[0][0]:
        gap = Cell("lower", -1.0, tone="good", weight=600)
    elif ends[1][0] > ends[0][1]:
        gap = Cell("higher", 1.0, tone="bad", weight=600)
    else:
        gap = Cell("overlap", 0.0, tone="muted", weight=400)
    return [Cell(title), *map(Cell, texts), gap]


def _chance_gap(chances: Sequence[float]) -> Cell:
    gap = chances[1] - chances[0]
    if not math.isfinite(gap):
        return Cell(MISSING, math.nan, tone="muted")
    points = round(100 * gap)
    if points == 0:
        return Cell("same", 0.0, tone="muted", weight=400)
    text = f"{format_quantity(float(points), 'points', figures=3, sign=True)} points"
    return Cell(text, gap, tone="good" if gap > 0 else "bad", weight=600)


MONEY_FIGURES: Final = (TOTAL, "", "first_release_usd", "payback_month", "usd_per_1k_requests")
OTHER_FIGURES: Final = ("quality", "latency_p95_s", "energy_kwh", "carbon_kgco2e", "")


def linked(rows: list[list[Cell]], figures: Sequence[str], pair: Comparison) -> list[list[Cell]]:
    """Return rows whose figures open: ``0|total_usd`` is the total of the first side."""
    return [
        [
            row[0],
            *(
                replace(cell, link=f"{number}|{figure}") if figure and side.fits else cell
                for number, (cell, side) in enumerate(zip(row[1:3], pair.sides, strict=True))
            ),
            *row[3:],
        ]
        for row, figure in zip(rows, figures, strict=True)
    ]


# ---------------------------------------------------------------- all scenarios
ALL_HEADERS: Final = ("Scenario", "Choice", "Limits", "Total", "Against {}", "Carbon", "Score", "Latency p95")


def scenario_rows(
    names: Sequence[str], found: Sequence[Results | PlannerError | None]
) -> tuple[list[str], list[list[Cell]]]:
    """Return every scenario with the figures of its choice; the first is what the others stand against."""
    base = _chosen(found[0]) if found else None
    rows = []
    for number, (name, results) in enumerate(zip(names, found, strict=True)):
        head = Cell(f"{letter_of(number)}  {name}", link=name)
        if results is None:
            rows.append([head, Cell(WAITING, tone="muted")])
            continue
        chosen = _chosen(results)
        if chosen is None:
            why = results.message if isinstance(results, PlannerError) else "no strategy fits"
            rows.append([head, Cell(why, tone="bad")])
            continue
        rows.append([head, *_chosen_cells(chosen, base if number else None)])
    return [text.format("A") for text in ALL_HEADERS], rows


def _chosen(results: Results | PlannerError | None) -> StrategyResult | None:
    if not isinstance(results, Results):
        return None
    name = choose(results).strategy
    return None if name is None else results.strategies[name]


def _chosen_cells(result: StrategyResult, base: StrategyResult | None) -> list[Cell]:
    total, carbon = float(result[TOTAL]), float(result["carbon_kgco2e"])
    low, high = result.energy_range_frac
    against = Cell("", math.nan) if base is None else _gap((float(base[TOTAL]), total), "usd")
    reach = format_range(carbon * low, carbon * high, "kgco2e")
    count = len(result.misses)
    limits = Cell("keeps all", tone="good") if not count else Cell(f"misses {count}", tone="bad")
    return [
        Cell(STRATEGY_SHORT[result.strategy], marker=result.strategy),
        limits,
        Cell(format_quantity(total, "usd"), total, weight=600),
        against,
        Cell(reach if high > low else format_quantity(carbon, "kgco2e", figures=2), carbon),
        Cell(f"{float(result['quality']):.0f}", float(result["quality"])),
        Cell(format_quantity(float(result["latency_p95_s"]), "s", figures=2), float(result["latency_p95_s"])),
    ]
