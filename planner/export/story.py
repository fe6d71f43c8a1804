"""What is said of a plan in a meeting, one idea a page: slides, report and presentation show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from planner.units import format_quantity, format_range

Kind = Literal["lines", "stacked", "bars", "bridge"]
MarkKind = Literal["point", "gap", "vertical", "horizontal"]
HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer": "The answer",
        "cost": "Cost over time",
        "categories": "Where the money goes",
        "breakeven": "Break-even",
        "risk": "How sure it is",
        "energy": "Energy and carbon",
        "updates": "Updates",
        "scenarios": "Scenarios",
        "assumptions": "Assumptions",
    }
)
"""Names of the pages by key."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure in large type: ``$412k`` / ``total over 24 months`` / ``P10–P90 $330k–$520k``.

    `strategy` colours it; empty for ink. `figure` names it in `planner.engine.results.FIGURES` and `of` the
    strategy it is of, so that it can open its derivation; empty where there is none.
    """

    value: str
    caption: str
    detail: str = ""
    strategy: str = ""
    figure: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one step of stacked bars.

    `strategy` colours it; for stacked bars the series are categories and the points are strategies. `low` and
    `high` are a band, empty without one. Values are numbers in the chart's unit; None leaves a gap.
    """

    name: str
    values: tuple[float | None, ...]
    strategy: str = ""
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def last(self) -> float | None:
        """The last value that is known."""
        return next((value for value in reversed(self.values) if value is not None and isfinite(value)), None)


class Step(NamedTuple):
    """A row of a bridge: where it begins, where it ends, and whether it is a total."""

    start: float
    end: float
    total: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something pointed at in a chart.

    ``point``: a ring at `x`, `y` ("paid back, month 4"). ``gap``: a double arrow at `x` from `y` to `y_to`
    ("$1.1M"). ``vertical``: a line across at `x` ("this plan"). ``horizontal``: one at `y` ("budget 20 t").
    `x` is of the chart's `x_values`.
    """

    kind: MarkKind
    words: str
    x: float = 0.0
    y: float = 0.0
    y_to: float = 0.0
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its numbers.

    ``lines`` run over `points`; ``stacked`` are bars of strategies, or of scenarios, by what
    makes them up; ``bars`` one bar a strategy (`strategies`), a span where only `low` and `high` of it are
    known; ``bridge`` is one series: a total, what each step adds, a total (`totals` says which are totals).

    Attributes
    ----------
    points : tuple of str
        Names along the x axis, as many as each series has values.
    unit : str
        Of the values, as `planner.units` knows it. Money is in the currency of `symbol` already: its text is
        made inside ``planner.units.money_in(chart.symbol, 1.0)``.
    symbol : str
        What stands before an amount of money.
    x_values : tuple of float
        Where the points of lines lie: months, or a volume where `x_log`; empty for bars.
    strategies : tuple of str
        For bars: the strategy of each point, empty where it is none.
    selected : str
        The strategy whose series or bar is drawn heavy.
    marks : tuple of Mark
        What is pointed at.
    totals : tuple of bool
        For a bridge: which points are totals; the others are steps.
    from_zero : bool
        Whether the y axis starts at 0; else near the lowest value, as scores do.
    """

    kind: Kind
    title: str
    points: tuple[str, ...]
    unit: str
    series: tuple[Series, ...]
    x_title: str = ""
    x_values: tuple[float, ...] = ()
    x_log: bool = False
    y_log: bool = False
    strategies: tuple[str, ...] = ()
    selected: str = ""
    marks: tuple[Mark, ...] = ()
    totals: tuple[bool, ...] = ()
    from_zero: bool = True
    symbol: str = "$"

    def runs(self, series: Series) -> list[tuple[list[float], list[float]]]:
        """Return x and y of the stretches of a line without gaps."""
        runs: list[tuple[list[float], list[float]]] = [([], [])]
        for x, value in zip(self.x_values, series.values, strict=True):
            if value is None or not isfinite(value) or (self.y_log and value <= 0.0):
                runs.append(([], []))
                continue
            xs, ys = runs[-1]
            xs.append(x)
            ys.append(float(value))
        return [run for run in runs if run[0]]

    def text(self, series: Series, point: int) -> str:
        """Return a value in words; its range where no more is known. Inside `planner.units.money_in`."""
        value = series.values[point]
        if value is None and point < len(series.low):
            return format_range(series.low[point], series.high[point], self.unit)
        return format_quantity(value, self.unit)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rows of a bridge, each step from where the row before it ends."""
        level, found = 0.0, []
        for value, total in zip(self.series[0].values, self.totals, strict=True):
            amount = value if value is not None and isfinite(value) else 0.0
            start, level = (0.0, amount) if total else (level, level + amount)
            found.append(Step(start, level, total))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words; numbers are formatted, columns from the second on end at the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strategies: tuple[str, ...] = ()
    """Which strategy each row is of, to mark it; empty where rows are none."""


@dataclass(frozen=True, slots=True)
class Page:
    """One idea: its headline, at most four figures, a chart, a table, or a chart with a table beside it.

    Attributes
    ----------
    key : str
        One of `HEADINGS`.
    headline, subline : str
        What it says: "Distil the model." / "It saves $1.1M in 24 months and pays for itself in month 4."
    strategy : str
        Whose marker stands before the headline; empty for none.
    facts : tuple of Fact
        At most four.
    caveat : str
        One sentence that qualifies it.
    sources : str
        "Prices as of October 2026. Engine 1.0, catalogue 2026-10, seed 0."
    notes : tuple of str
        What the speaker may be asked: numbers, equations with them put in, sources.
    inputs : tuple of str
        Paths of the inputs that move this page most, for sliders at hand.
    """

    key: str
    headline: str
    subline: str = ""
    strategy: str = ""
    facts: tuple[Fact, ...] = ()
    chart: Chart | None = None
    table: Grid | None = None
    caveat: str = ""
    sources: str = ""
    notes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Names the page: "The answer"."""
        return HEADINGS[self.key]
