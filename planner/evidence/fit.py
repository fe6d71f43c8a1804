"""Fit the constants of a law to measured rows: priors, effects by level, errors that count less when large.

The cost is the sum over rows of ``weight * noise-scaled soft-L1`` of ln(predicted / measured), plus a normal
prior on the logarithm of every constant and of every effect. A law is elementwise, so the derivative by a
constant needs one more evaluation, and the one by an effect is that of its constant on the rows of its level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.engine.calibration import Constants
from planner.evidence.study import Array, Described, Study

_STEP = 1e-6
_TOLERANCE = 1e-9
GAIN = 1e-10
"""Relative fall of the cost below which a fit is done."""
_MOST_STEPS = 200
_DAMPING = 1e-3
_LEAST_DAMPING, _MOST_DAMPING = 1e-12, 1e12
_EASE, _STIFFEN = 0.2, 5.0


@dataclass(frozen=True)
class _Pool:
    """Effects of one constant by one kind of level; `rows` holds the index of the level of each row or -1."""

    constant: int
    kind: str
    levels: tuple[str, ...]
    rows: NDArray[np.int64]
    spread: float


class _Problem:
    """Parameters in one vector: free constants first (ln), then the effects pool by pool."""

    def __init__(self, study: Study, job: Any, log_measured: Array, rows: Sequence[Described]) -> None:
        self.study, self.job, self.log_measured = study, job, log_measured
        self.weights = np.array([row.weight for row in rows])
        self.names = [item.name for item in study.priors]
        self.priors = np.log([item.prior for item in study.priors])
        spreads = np.array([item.spread for item in study.priors])
        self.free = np.flatnonzero(spreads > 0.0)
        self.pools = [
            _pool(study, effect.constant, effect.level, effect.spread, rows) for effect in study.effects
        ]
        self.centre = np.concatenate(
            [self.priors[self.free], np.zeros(sum(len(p.levels) for p in self.pools))]
        )
        widths = [np.full(len(p.levels), p.spread) for p in self.pools]
        self.precision = 1.0 / np.concatenate([spreads[self.free], *widths]) ** 2

    def log_constants(self, theta: Array) -> Array:
        """Logarithm of each constant on each row, (constants, rows)."""
        logs = np.repeat(self.priors[:, None], len(self.log_measured), axis=1)
        logs[self.free] = theta[: len(self.free), None]
        at = len(self.free)
        for pool in self.pools:
            effects = np.append(theta[at : at + len(pool.levels)], 0.0)  # index -1 is no level
            logs[pool.constant] += effects[pool.rows]
            at += len(pool.levels)
        return logs

    def residuals(self, logs: Array) -> Array:
        """ln(predicted / measured) on each row."""
        values = dict(zip(self.names, np.exp(logs), strict=True))
        law = np.log(self.study.law(self.job, self.study.constants(**values)))
        return np.asarray(law - self.log_measured, float)

    def softened(self, residuals: Array) -> Array:
        """sqrt(1 + z) of soft-L1, z the squared residual in units of the noise."""
        return np.asarray(np.sqrt(1.0 + (residuals / self.study.noise) ** 2))

    def cost(self, theta: Array, residuals: Array) -> float:
        loss = self.weights @ (self.softened(residuals) - 1.0)
        return float(loss + 0.5 * self.precision @ (theta - self.centre) ** 2)

    def slopes(self, logs: Array, residuals: Array) -> Array:
        """Derivative of the residuals by every parameter, (rows, parameters)."""
        by_constant: dict[int, Array] = {}
        for index in sorted({*self.free.tolist(), *(pool.constant for pool in self.pools)}):
            moved = logs.copy()
            moved[index] += _STEP
            by_constant[index] = (self.residuals(moved) - residuals) / _STEP
        columns = [by_constant[index][:, None] for index in self.free.tolist()]
        for pool in self.pools:
            hot = pool.rows[:, None] == np.arange(len(pool.levels))
            columns.append(hot * by_constant[pool.constant][:, None])
        return np.hstack(columns) if columns else np.empty((len(residuals), 0))

    def start(self, constants: Constants | None) -> Array:
        if constants is None:
            return self.centre.copy()
        theta = [np.log([constants.values[self.names[index]] for index in self.free])]
        for pool in self.pools:
            table = constants.effects.get(self.names[pool.constant], {}).get(pool.kind, {})
            theta.append(np.array([table.get(level, 0.0) for level in pool.levels]))
        return np.concatenate(theta)

    def constants(self, theta: Array) -> Constants:
        logs = self.priors.copy()
        logs[self.free] = theta[: len(self.free)]
        effects: dict[str, dict[str, dict[str, float]]] = {}
        at = len(self.free)
        for pool in self.pools:
            found = theta[at : at + len(pool.levels)]
            table = dict(zip(pool.levels, map(float, found), strict=True))
            effects.setdefault(self.names[pool.constant], {})[pool.kind] = table
            at += len(pool.levels)
        values = dict(zip(self.names, map(float, np.exp(logs)), strict=True))
        return Constants(values, effects)


def _pool(study: Study, constant: str, kind: str, spread: float, rows: Sequence[Described]) -> _Pool:
    given = [row.levels.get(kind, "") for row in rows]
    levels = tuple(sorted({level for level in given if level}))
    index = {level: number for number, level in enumerate(levels)}
    names = [item.name for item in study.priors]
    return _Pool(
        names.index(constant), kind, levels, np.array([index.get(level, -1) for level in given], int), spread
    )


def fit(
    study: Study,
    job: Any,
    measured: Array,
    rows: Sequence[Described],
    start: Constants | None = None,
    gain: float = GAIN,
) -> Constants:
    """Return the constants of a study that fit measured rows best; the same answer for the same rows.

    Parameters
    ----------
    study : Study
        Law, priors and effects.
    job : dataclass
        Inputs of the law, arrays (rows,).
    measured : array (rows,)
        In the unit of the study.
    rows : sequence of Described
        Levels and weights.
    start : Constants, optional
        Where to start; the priors unless given. The answer hardly depends on it.
    gain : float
        Relative fall of the cost by which a step must improve it to go on. [1]
    """
    problem = _Problem(study, job, np.log(measured), rows)
    theta = problem.start(start)
    logs = problem.log_constants(theta)
    residuals = problem.residuals(logs)
    cost, damping = problem.cost(theta, residuals), _DAMPING
    for _ in range(_MOST_STEPS):
        slopes = problem.slopes(logs, residuals)
        # Soft-L1 by reweighting: a large residual pulls with its sign only.
        pull = problem.weights / problem.softened(residuals) / study.noise**2
        gradient = slopes.T @ (pull * residuals) + problem.precision * (theta - problem.centre)
        curvature = slopes.T @ (pull[:, None] * slopes) + np.diag(problem.precision)
        step, damping, better = _step(problem, theta, (gradient, curvature), cost, damping)
        if better is None:
            break
        before, theta = cost, theta + step
        logs, residuals, cost = better
        if before - cost <= gain * cost or float(np.max(np.abs(step), initial=0.0)) < _TOLERANCE:
            break
    return problem.constants(theta)


def _step(
    problem: _Problem, theta: Array, local: tuple[Array, Array], cost: float, damping: float
) -> tuple[Array, float, tuple[Array, Array, float] | None]:
    """Return a step that lowers the cost, the next damping, and what holds there; None at the end."""
    gradient, curvature = local
    while damping < _MOST_DAMPING:
        stiff = curvature + damping * np.diag(np.diag(curvature))
        step: Array = np.asarray(-np.linalg.solve(stiff, gradient), float)
        logs = problem.log_constants(theta + step)
        residuals = problem.residuals(logs)
        lower = problem.cost(theta + step, residuals)
        if np.isfinite(lower) and lower <= cost:
            return step, max(damping * _EASE, _LEAST_DAMPING), (logs, residuals, lower)
        damping *= _STIFFEN
    return np.zeros_like(theta), damping, None
