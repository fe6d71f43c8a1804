"""Own runs for the evidence page: a table read, predicted, shown, and taken into the plan when accepted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.app.background import Background
from planner.engine.calibration import Calibration
from planner.errors import PlannerError
from planner.evidence.nearest import Near
from planner.evidence.own import FACTORS, Recalibration, changes_of, recalibrations
from planner.evidence.reference import Reference, read_own_runs
from planner.evidence.validate import Report, validate
from planner.scenario.files import write_whole
from planner.scenario.model import Scenario
from planner.ui.dialogs.own_runs import OwnRunsDialog

_TABLES: Final = "Tables (*.csv);;All files (*)"
_EXAMPLE: Final[dict[str, tuple[str, ...]]] = {
    "inference": (
        *("id", "model", "hardware", "hw_family", "accelerators", "tp", "precision", "isl", "osl"),
        *("output_tok_s_per_accel", "source"),
    ),
    "finetune": (
        *("id", "model", "method", "hardware", "hw_family", "accelerators", "precision", "seq_len"),
        *("micro_batch_seqs", "global_batch_seqs", "tokens_per_s_per_accel", "peak_mem_gb", "source"),
    ),
}


class OwnRuns(QObject):
    """Reads, predicts and shows own runs.

    Signals
    -------
    accepted(object, str)
        Changes of the scenario, and the words of the undo step.
    failed(PlannerError)
        The table cannot be used; nothing was changed.
    """

    accepted = Signal(object, str)
    failed = Signal(object)

    def __init__(self, owner: QWidget, scenario: Callable[[], Scenario], calibration: Calibration) -> None:
        super().__init__(owner)
        self._owner, self._scenario, self._calibration = owner, scenario, calibration
        self.dialog: OwnRunsDialog | None = None
        self._work = Background(self)
        self._work.done.connect(self._show)
        self._work.failed.connect(self.failed)

    def ask(self) -> None:
        """Let the user choose a table."""
        name, _ = QFileDialog.getOpenFileName(self._owner, "Import own runs", str(Path.home()), _TABLES)
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Read and predict a table, away from the window's thread."""

        def run() -> tuple[Path, Reference, Report]:
            reference = read_own_runs(path)
            return path, reference, validate(reference)

        self._work.start(run)

    def stop(self) -> None:
        """Leave nothing running."""
        self._work.stop()

    def _show(self, answer: tuple[Path, Reference, Report]) -> None:
        path, reference, report = answer
        now = {input: float(self._scenario().get(input)) for input in FACTORS.values()}
        found = recalibrations(report, self._calibration, now)
        self.dialog = OwnRunsDialog(path.name, reference, report, found, self._owner)
        self.dialog.accepted_runs.connect(lambda: self._accept(found, path.name))
        self.dialog.open()

    def _accept(self, found: Sequence[Recalibration], name: str) -> None:
        self.accepted.emit(changes_of(found, name), "Follow own runs")

    def save_example(self, near: Sequence[Near], reference: Reference) -> None:
        """Write a table to start from: the columns, filled with the runs closest to the plan."""
        for kind, columns in _EXAMPLE.items():
            rows = [each.row for each in near if each.row.file == kind]
            if rows:
                start = str(Path.home() / "own-runs.csv")
                name, _ = QFileDialog.getSaveFileName(self._owner, "Save an example", start, _TABLES)
                if name:
                    keys = {(row.file, row.id) for row in rows}
                    self._write(Path(name), columns, keys, reference)
                return

    def _write(
        self, path: Path, columns: Sequence[str], keys: set[tuple[str, str]], reference: Reference
    ) -> None:
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        for run in reference.runs:
            if (run.settings.file, run.settings.id) in keys:
                cells: dict[str, Any] = {**run.settings.cells, **run.measured}
                table.writerow([cells.get(column, "") for column in columns])
        try:
            write_whole(path, text.getvalue().encode())
        except PlannerError as problem:
            self.failed.emit(problem)
