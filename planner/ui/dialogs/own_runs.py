"""Own runs beside what the planner says of them, and what they would change in this plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.evidence.own import Recalibration
from planner.evidence.reference import Reference
from planner.evidence.validate import Report
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, Cell, Empty, Table, Text
from planner.ui.kit.table import Row
from planner.ui.kit.wide_table import WideTable
from planner.ui.tabs import evidence_rows as lists
from planner.units import format_quantity

FACTOR_HEADERS: Final = ("Input", "Runs", "Measured / said", "Error now", "Error then", "Next run, 90%")
RUN_HEADERS: Final = ("Run", "Measured", "We say", "Off", "Why not")


def factor_rows(found: Sequence[Recalibration]) -> list[Row]:
    """Return a row for each input that own runs would change."""
    return [
        [
            Cell(each.title),
            Cell(f"{each.runs}", each.runs),
            Cell(f"{each.factor:.2f}", each.factor),
            Cell(format_quantity(each.median_before, "frac"), each.median_before),
            Cell(format_quantity(each.median_after, "frac"), each.median_after),
            Cell(f"{_within(each.width_before)} → {_within(each.width_after)}", each.width_after),
        ]
        for each in found
    ]


def _within(ln_half_width: float) -> str:
    return f"±{format_quantity(math.expm1(ln_half_width), 'frac')}"


def run_rows(reference: Reference, report: Report) -> list[Row]:
    """Return own runs with what is said of them; those that are not predicted with the reason."""
    settings = lists.settings_by_row(reference)
    rows: list[Row] = [
        [
            Cell(lists.run_words(settings[row.file, row.id])),
            Cell(lists.amount(row.measured, row.unit), row.measured),
            Cell(lists.amount(row.predicted, row.unit), row.predicted),
            Cell(format_quantity(math.expm1(row.log_ratio), "frac", sign=True), math.expm1(row.log_ratio)),
            Cell(""),
        ]
        for row in report.rows
    ]
    for refusals in report.declined.values():
        for refusal in refusals:
            words = lists.run_words(settings[refusal.file, refusal.id])
            rows.append([Cell(words), Cell(""), Cell(""), Cell(""), Cell(refusal.reason)])
    return rows


class OwnRunsDialog(Sheet):
    """What own runs say, and the button that lets the plan follow them.

    Signals
    -------
    accepted_runs()
        The plan is to follow the runs.
    """

    accepted_runs = Signal()

    def __init__(
        self,
        name: str,
        reference: Reference,
        report: Report,
        found: Sequence[Recalibration],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, "Own runs", size=(820, 520))
        self.body.addWidget(Text("Own runs", "section"))
        count = len(reference.runs)
        said = (
            f"{count} {'run' if count == 1 else 'runs'} of {name}. The plan can follow them: measured over "
            "said becomes a factor, with the range in which the next run is expected. Every export names "
            "the runs."
        )
        self.body.addWidget(Text(said, "muted", wrap=True))
        self.factors = Table("What the runs would change")
        self.runs = WideTable("Own runs", 0, {1: 100, 2: 100, 3: 70, 4: 220})
        if found:
            self.factors.set_data(FACTOR_HEADERS, factor_rows(found))
            self.factors.setMaximumHeight(40 + 30 * len(found))
            self.body.addWidget(self.factors)
        else:
            self.factors.hide()
            self.body.addWidget(
                Empty("circle-alert", "No run tells of an input", "Speed, memory or power must be measured.")
            )
        self.runs.set_data(RUN_HEADERS, run_rows(reference, report))
        self.body.addWidget(self.runs, 1)
        leave = Button("Leave the plan as it is")
        leave.clicked.connect(self.reject)
        self.use = Button("Use for this plan", "primary")
        self.use.setEnabled(bool(found))
        self.use.clicked.connect(self._use)
        self.add_foot(leave, self.use)

    def _use(self) -> None:
        self.accepted_runs.emit()
        self.accept()
