"""Figures of the Training page: compute, hours, memory, what a release and a refresh take, every run."""

from __future__ import annotations

import math

import numpy as np

from planner.engine.claims.rows import Rows
from planner.engine.jobs import Generation, Training
from planner.engine.lineitems import ENERGY, HOURS, USD, Phase
from planner.engine.results import StrategyResult
from planner.ui.kit.table import Cell
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    MISSING,
    Figure,
    TablePart,
    event_rows,
    figure,
    first_refresh,
    fits,
    fitting,
    in_order,
    item_total,
    one,
    short,
    span_words,
    writer,
)
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.view import View
from planner.units import BYTES_PER_GIB_SOLD, SECONDS_PER_HOUR, format_quantity

RUN_NAMES = {"base_training": "base", "student_training": "student"}
RUN_TITLES = {"base_training": "Base tuning", "student_training": "Student training"}
TEACHER_ITEMS = ("teacher_forward", "answers")
WORK_TITLES = {**RUN_TITLES, "answers": "Teacher"}
METHODS = {"full": "All weights", "lora": "LoRA", "qlora": "QLoRA"}
NOTHING_TRAINED = "No strategy of this plan trains a model on accelerators of its own"


def trains(result: StrategyResult) -> bool:
    """Whether a strategy runs trainings of its own."""
    return bool(result.trainings)


def no_training(result: StrategyResult) -> str:
    """What stands in place of a bar."""
    if result.strategy == "finetune" and fits(result):
        return "at the provider"
    return "no training" if fits(result) or not result.problems else DOES_NOT_FIT


class ReleaseCompute(Figure):
    """Operations of the first release: all runs, and the answers of a teacher of our own."""

    def __init__(self) -> None:
        self.bars = StackedBars("Compute of a release", writer("flop"))
        super().__init__("Compute of a release", "runs and teacher's answers", self.bars)
        self._strategies: list[str] = []
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "training"))

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        rows = []
        for r in results:
            values = tuple(one(r.release_flop.get(item, 0.0)) for item in WORK_TITLES)
            shown = fits(r) and trains(r)
            total = format_quantity(sum(values), "flop") if shown else no_training(r)
            name, chosen = short(r.strategy), r.strategy == view.selected
            rows.append(StackRow(r.strategy, name, values if shown else (), total, selected=chosen))
        self.bars.set_data(list(WORK_TITLES.values()), rows)
        self.blank("" if any(map(trains, results)) else NOTHING_TRAINED)


class TrainingHours(Figure):
    """Accelerator-hours by run, refreshes apart."""

    categories = ("Base tuning", "Student training", "Teacher", "Refreshes")

    def __init__(self) -> None:
        self.bars = StackedBars("Accelerator-hours", writer("accelerator_h"))
        super().__init__("Accelerator-hours", "", self.bars)
        self._strategies: list[str] = []
        self.bars.opened.connect(
            lambda row, _: self.asked.emit(self._strategies[row], "training_accelerator_h")
        )

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        rows = []
        for r in results:
            values = hours_by_run(r) if fits(r) else ()
            total = figure(r, "training_accelerator_h")
            text = format_quantity(total, "accelerator_h") if sum(values) > 0 else no_training(r)
            chosen = r.strategy == view.selected
            rows.append(StackRow(r.strategy, short(r.strategy), values, text, selected=chosen))
        self.bars.set_data(list(self.categories), rows)
        self.say("Accelerator-hours", f"training and teacher, {span_words(view)}")
        self.blank("" if any(sum(row.values) > 0 for row in rows) else NOTHING_TRAINED)


def hours_by_run(result: StrategyResult) -> tuple[float, float, float, float]:
    """Hours of the first release by run, and of all refreshes."""
    release = [item_total(result, [item], HOURS, "first release") for item in RUN_TITLES]
    teacher = item_total(result, TEACHER_ITEMS, HOURS, "first release")
    refresh = item_total(result, (*RUN_TITLES, *TEACHER_ITEMS), HOURS, "refresh")
    return release[0], release[1], teacher, refresh


class TrainingMemory(Figure):
    """What one accelerator must hold against what it can: why so many are used."""

    def __init__(self) -> None:
        self.bars = HBars("Training memory")
        super().__init__("Training memory", "", self.bars)
        self._strategies: list[str] = []
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "training"))

    def take(self, view: View) -> None:
        """A bar a run; the dashed line is what may be used."""
        rows, usable, card = [], math.nan, ""
        self._strategies = []
        for result in in_order(view):
            for item, training in result.trainings.items():
                needed = one(training.memory.needed_bytes) / BYTES_PER_GIB_SOLD
                usable = training.memory.usable_bytes / BYTES_PER_GIB_SOLD
                card = training.card.name
                text = f"{format_quantity(needed, 'gb', figures=2)} on each of {training.accelerators}"
                if not np.all(training.memory.fits):
                    text = f"{format_quantity(needed, 'gb', figures=3)}, {DOES_NOT_FIT}"
                name = short(result.strategy)
                if len(result.trainings) > 1:
                    name = f"{name}, {RUN_NAMES[item]}"
                chosen = result.strategy == view.selected
                rows.append(RowItem(result.strategy, name, needed, text, selected=chosen))
                self._strategies.append(result.strategy)
        words = f"usable {format_quantity(usable, 'gb', figures=2)}" if rows else ""
        self.bars.set_rows(rows, RowsLook(reference=usable if rows else None, reference_text=words))
        self.say("Training memory", f"of one {card}" if card else "")
        self.blank("" if rows else NOTHING_TRAINED)


class Releases(TablePart):
    """What the first release and a later refresh cost and draw."""

    headers = ("Strategy", "Release", "Its energy", "Refresh", "Its energy ")

    def __init__(self) -> None:
        super().__init__("A release, a refresh", "money and energy, each")

    def show(self, view: View) -> None:
        """A row a strategy."""
        self.table.set_data(self.headers, [self._row(r) for r in in_order(view)])

    @staticmethod
    def _row(result: StrategyResult) -> list[Cell]:
        name = Cell(short(result.strategy), marker=result.strategy)
        if not fits(result):
            return [name, Cell(DOES_NOT_FIT)]
        cells = [name]
        phases: tuple[tuple[Phase, int | None], ...] = (
            ("first release", 0),
            ("refresh", first_refresh(result)),
        )
        for phase, month in phases:
            if month is None:
                cells += [Cell(MISSING), Cell(MISSING)]
                continue
            rows = event_rows(result, month, phase)
            usd, energy = (sum(float(v[q]) for v in rows.values()) for q in (USD, ENERGY))
            cells.append(Cell(format_quantity(usd, "usd"), usd, link=f"{result.strategy}|{phase}"))
            rows_of = f"{result.strategy}|{Rows('energy_kwh', (phase,)).key}"
            drawn = Cell(format_quantity(energy, "kwh"), energy, link=rows_of)
            cells.append(drawn if energy else Cell(MISSING, 0.0))
        return cells


class Runs(TablePart):
    """Every training run and every teacher at work: model, method, accelerators, time, speed."""

    headers = ("Run", "Model", "Method", "Accelerators", "Time", "MFU", "Tokens/s each")

    def __init__(self) -> None:
        super().__init__("Runs of a release")

    def show(self, view: View) -> None:
        """A row a run."""
        rows: list[list[Cell]] = []
        for result in fitting(view):
            rows += [self._run(result, item, training) for item, training in result.trainings.items()]
            if result.generation is not None:
                rows.append(self._answers(result, result.generation))
        typed = view.scenario.training.accelerators is not None
        why = (
            "the number of accelerators was typed" if typed else "the fewest accelerators that hold each run"
        )
        self.say("Runs of a release", why if rows else NOTHING_TRAINED)
        self.table.set_data(self.headers, rows)

    @staticmethod
    def _run(result: StrategyResult, item: str, training: Training) -> list[Cell]:
        course = training.course
        name = f"{short(result.strategy)}, {RUN_NAMES[item]}"
        method = METHODS.get(course.method, course.method)
        if np.any(training.memory.recompute):
            method += ", recomputing"
        hours, mfu, speed = one(training.run_h), one(training.mfu), one(training.tokens_per_s_per_accelerator)
        return [
            Cell(name, marker=result.strategy, link=f"{result.strategy}|training"),
            Cell(course.arch.name),
            Cell(method),
            Cell(f"{training.accelerators} × {training.card.name}"),
            Cell(
                f"{one(course.runs):.0f} × {format_quantity(hours, 'h')}",
                hours,
                link=f"{result.strategy}|training_accelerator_h",
            ),
            Cell(format_quantity(mfu, "frac", figures=2), mfu),
            Cell(format_quantity(speed, "count", figures=3), speed),
        ]

    @staticmethod
    def _answers(result: StrategyResult, generation: Generation) -> list[Cell]:
        replica = generation.replica
        count = one(replica.accelerators)
        busy = item_total(result, ["answers"], HOURS, "first release")
        seconds = one(generation.accelerator_s_per_request) / SECONDS_PER_HOUR
        requests = busy / seconds if seconds > 0 else math.nan
        hours = busy / count if count else math.nan
        return [
            Cell(
                f"{short(result.strategy)}, teacher",
                marker=result.strategy,
                link=f"{result.strategy}|teacher",
            ),
            Cell(replica.load.arch.name),
            Cell(f"{format_quantity(requests, 'count', figures=2)} answers"),
            Cell(f"{count:.0f} × {replica.load.card.name}"),
            Cell(format_quantity(hours, "h"), hours, link=f"{result.strategy}|training_accelerator_h"),
            Cell(MISSING),
            Cell(MISSING),
        ]
