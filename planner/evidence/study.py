"""What a family of predictions declares: its law, its constants with priors, and how a row reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.evidence.names import Names
from planner.evidence.reference import Run, Settings

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant of a law; positive, so it is fitted as its logarithm.

    Parameters
    ----------
    name : str
        Field of the law's dataclass of constants.
    prior : float
        What the specification, a paper or judgement says. [`unit`]
    spread : float
        How sure that is: standard deviation of its logarithm; 0 keeps it fixed. [1]
    unit, source : str
        Unit, and where the prior comes from.
    """

    name: str
    prior: float
    spread: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How much a constant may differ by level: ln factors drawn to 0 with standard deviation `spread`.

    Parameters
    ----------
    constant : str
        Which constant.
    level : str
        Which kind of level: ``generation``, ``stack``, or another that `Described.levels` gives.
    spread : float
        Standard deviation of the ln factors over the levels. [1]
    """

    constant: str
    level: str
    spread: float


@dataclass(frozen=True, slots=True)
class Keys:
    """What a row belongs to, for leaving groups out.

    Parameters
    ----------
    model, hardware, source : str
        Model, generation of the card, software or table it comes from.
    fine : str
        What else sets one configuration apart: task, layout, precision. Chooses the interval only.
    card : str
        The card itself, where its generation has several that differ; empty: the generation stands for it.
    """

    model: str
    hardware: str
    source: str
    fine: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A row as its study sees it, made from its settings alone.

    Parameters
    ----------
    job : dataclass
        Inputs of the law, one number each.
    levels : mapping of str to str
        Level by kind, for the effects.
    keys : Keys
        Groups of the row.
    weight : float
        Weight in the fit. [1]
    upstream : mapping of str to Described
        The same row as the studies named in `Study.upstream` see it.
    family : str
        Family of the report, where the rows of a study belong to several; empty for that of the study.
    """

    job: Any
    levels: Mapping[str, str]
    keys: Keys
    weight: float = 1.0
    upstream: Mapping[str, Described] = field(default_factory=dict)
    family: str = ""


@dataclass(frozen=True)
class Study:
    """One fitted law and the rows that test it.

    Parameters
    ----------
    name, family : str
        Key in the calibration; family of the report (several studies may share one).
    quantity, unit : str
        What the law returns, named as a column, and its unit.
    law : callable
        ``law(job, constants)``, elementwise on numbers or arrays.
    job, constants : type
        The frozen dataclasses of the law's inputs and constants.
    priors : tuple of Constant
        One for each field of `constants`.
    effects : tuple of Effect
        Partial pooling by level.
    column : callable
        ``column(run)``: the measured column that a run offers to this study; None when it offers none.
    describe : callable
        ``describe(settings, names)`` returns a `Described` or raises `Declined`.
    value : callable
        ``value(run, column, job)``: the measured figure in the law's unit.
    baselines : mapping of str to callable
        Plain rules by name: ``rule(job)`` in the law's unit.
    noise : float
        Scatter of ln(measured / predicted) below which errors count squared, above which they count once. [1]
    ranges : tuple of str
        Inputs outside whose range among the rows the interval widens.
    upstream : tuple of str
        Studies whose constants the inputs need.
    join : callable
        ``join(job, upstream)``: the job completed by a mapping of name to (job, constants) of those.
    """

    name: str
    family: str
    quantity: str
    unit: str
    law: Callable[[Any, Any], Any]
    job: type
    constants: type
    priors: tuple[Constant, ...]
    effects: tuple[Effect, ...]
    column: Callable[[Run], str | None]
    describe: Callable[[Settings, Names], Described]
    value: Callable[[Run, str, Any], float]
    baselines: Mapping[str, Callable[[Any], Any]]
    noise: float = 0.1
    ranges: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    join: Callable[[Any, Mapping[str, tuple[Any, Any]]], Any] | None = None


def stacked(kind: type, jobs: list[Any]) -> Any:
    """Return the inputs of many rows as one job of arrays (rows,)."""
    return kind(
        **{item.name: np.array([getattr(job, item.name) for job in jobs], float) for item in fields(kind)}
    )


def picked(job: Any, rows: Any) -> Any:
    """Return some rows of a job of arrays."""
    return type(job)(**{item.name: getattr(job, item.name)[rows] for item in fields(job)})
