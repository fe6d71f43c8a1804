"""What is said of a plan in a meeting, one idea a page: slides, report and presentation show the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["lines", "stacked", "bars", "steps"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure in large type: ``$412k`` / ``total over 24 months`` / ``P10–P90 $330k–$520k``.

    `strategy` colours it; empty for ink. `figure` names it in `planner.engine.results.FIGURES`, so that it
    can open its derivation; empty where it is none.
    """

    value: str
    caption: str
    detail: str = ""
    strategy: str = ""
    figure: str = ""


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


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its numbers.

    Attributes
    ----------
    points : tuple of str
        Names along the x axis, as many as each series has values.
    unit : str
        Of the values, as `planner.units` knows it.
    x_values : tuple of float
        Where the x axis is a number (months, volume): its numbers; empty for categories.
    selected : str
        The series that is drawn heavy.
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
    selected: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words; numbers are formatted, columns from the second on end at the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strategies: tuple[str, ...] = ()
    """Which strategy each row is of, to mark it; empty where rows are none."""


@dataclass(frozen=True, slots=True)
class Page:
    """One idea.

    Attributes
    ----------
    key : str
        ``answer cost categories breakeven risk energy updates scenarios assumptions``.
    heading : str
        Names the page: "The answer".
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
    heading: str
    headline: str
    subline: str = ""
    strategy: str = ""
    facts: tuple[Fact, ...] = ()
    chart: Chart | None = None
    table: Grid | None = None
    caveat: str = ""
    sources: str = ""
    notes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = field(default=())
