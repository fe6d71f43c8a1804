"""Leave out whole groups of rows, fit without them, predict them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.engine.calibration import Constants
from planner.evidence.cases import Cases, group_of, predicted, prepared
from planner.evidence.fit import fit
from planner.evidence.reference import Run
from planner.evidence.study import Array, Study

MOST_FOLDS = 200
_RANDOM_FOLDS = 10
_GAIN = 1e-7
"""Fits without some rows start from the fit to all of them and need not be as exact."""


@dataclass(frozen=True)
class Fits:
    """Constants of some studies, and what is needed to fit them again without some rows."""

    studies: Mapping[str, Study]
    cases: Mapping[str, Cases]
    constants: Mapping[str, Constants]
    _made: dict[tuple[str, str, frozenset[str]], Constants] = field(default_factory=dict, repr=False)

    def without(self, name: str, novelty: str, groups: frozenset[str]) -> Mapping[str, Constants]:
        """Fit a study, and those it builds on, without the rows of some groups."""
        study = self.studies[name]
        fitted: dict[str, Constants] = {}
        for needed in (*study.upstream, name):
            made = (needed, novelty, groups)
            if made not in self._made:
                cases = self.cases[needed]
                kept = [i for i, row in enumerate(cases.described) if group_of(row, novelty) not in groups]
                self._made.update({made: self.refitted(needed, cases.chosen(kept), fitted)[needed]})
            fitted[needed] = self._made[made]
        return fitted

    def without_runs(self, name: str, runs: frozenset[tuple[str, str]]) -> Mapping[str, Constants]:
        """Fit a study, and those it builds on, without some rows, named by file and id."""
        fitted: dict[str, Constants] = {}
        for needed in (*self.studies[name].upstream, name):
            cases = self.cases[needed]
            kept = [i for i, run in enumerate(cases.runs) if _key(run) not in runs]
            fitted.update(self.refitted(needed, cases.chosen(kept), fitted))
        return fitted

    def refitted(self, name: str, cases: Cases, upstream: Mapping[str, Constants]) -> Mapping[str, Constants]:
        """Fit one study to some of its rows, starting from the fit to all of them."""
        job = prepared(cases, upstream, self.studies)
        start = self.constants.get(name)
        found = fit(self.studies[name], job, cases.measured, cases.described, start, _GAIN)
        return {name: found}


def fit_all(studies: Mapping[str, Study], cases: Mapping[str, Cases]) -> Fits:
    """Fit every study to all of its rows; studies come after those they build on."""
    constants: dict[str, Constants] = {}
    for name, study in studies.items():
        if len(cases[name]):
            job = prepared(cases[name], constants, studies)
            constants[name] = fit(study, job, cases[name].measured, cases[name].described)
    return Fits(studies, cases, constants)


def partition(groups: Sequence[str], most: int = MOST_FOLDS) -> list[frozenset[str]]:
    """Return the groups dealt into at most `most` folds of like size, whole groups only."""
    sizes = Counter(groups)
    ordered = sorted(sizes, key=lambda group: (-sizes[group], group))
    folds: list[set[str]] = [set() for _ in range(min(most, len(ordered)))]
    load = [0] * len(folds)
    for group in ordered:
        lightest = load.index(min(load))
        folds[lightest].add(group)
        load[lightest] += sizes[group]
    return [frozenset(fold) for fold in folds]


def left_out(fits: Fits, name: str, novelty: str) -> Array:
    """Return ln(predicted / measured) of each row of a study, fitted without it, (rows,).

    With it its configuration (C), model (M), hardware (H) or source (S) is left out; R leaves out each tenth.
    A row whose group is all there is has no figure: nan.
    """
    cases = fits.cases[name]
    ratios = np.full(len(cases), np.nan)
    if novelty == "R":
        for fold in range(min(_RANDOM_FOLDS, len(cases))):
            rows = [i for i in range(len(cases)) if i % _RANDOM_FOLDS == fold]
            without = fits.without_runs(name, frozenset(_key(cases.runs[i]) for i in rows))
            ratios[rows] = _log_ratio(cases.chosen(rows), without, fits.studies)
        return ratios
    groups = cases.groups(novelty)
    # Studies that build on the same one leave out the same folds, so that it is fitted once for all of them.
    root = fits.cases[cases.study.upstream[0]] if cases.study.upstream else cases
    shared = root.groups(novelty)
    folds = partition(shared) + partition([group for group in groups if group not in set(shared)])
    for left in folds if len(set(groups)) > 1 else ():
        rows = [i for i, group in enumerate(groups) if group in left]
        if rows:
            without = fits.without(name, novelty, left)
            ratios[rows] = _log_ratio(cases.chosen(rows), without, fits.studies)
    return ratios


def _key(run: Run) -> tuple[str, str]:
    return run.settings.file, run.settings.id


def _log_ratio(cases: Cases, fitted: Mapping[str, Constants], studies: Mapping[str, Study]) -> Array:
    return np.asarray(np.log(predicted(cases, fitted, studies) / cases.measured), float)
