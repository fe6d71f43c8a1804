"""Read a folder of measured runs: what a prediction may see apart from what was measured."""

from __future__ import annotations

import csv
import fnmatch
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from planner.errors import InputError

MEASURED: Final = (
    *("tokens_per_s*", "*_tok_s*", "samples_per_s", "tflops*", "mfu_pct", "*_hours", "time_min"),
    *("step_time_s", "ttft_ms", "tpot_ms", "latency_ms", "j_per_*", "wh_per_*", "energy_*", "*power*"),
    *("peak_mem*", "cost_*", "tco2e", "value"),
)
"""Patterns of the columns that hold what a run came to. No prediction reads them."""

_TEXT = {
    *("id", "kind", "model", "family", "arch", "hardware", "hw_family", "precision", "parallelism"),
    *("activation_ckpt", "tflops_kind", "energy_basis", "source", "provenance", "notes", "method"),
    *("time_scope", "student", "teacher", "reference_run", "value_unit", "benchmark", "scenario", "counts"),
    *("set", "task", "boundary"),
}
_COLUMNS: Final[Mapping[str, str]] = {
    "training": "id kind model family params_total_b params_active_b arch tokens_b hardware hw_family "
    "accelerators precision seq_len global_batch_seqs micro_batch_seqs parallelism activation_ckpt "
    "accel_hours wall_hours step_time_s tokens_per_s_per_accel tflops_per_accel tflops_kind mfu_pct "
    "peak_mem_gib energy_mwh energy_basis avg_power_w_per_accel pue tco2e grid_kgco2_per_kwh cost_usd "
    "source provenance notes",
    "finetune": "id kind model family params_total_b params_active_b method hardware hw_family accelerators "
    "precision seq_len micro_batch_seqs global_batch_seqs samples tokens_m tokens_per_s_total "
    "tokens_per_s_per_accel tflops_per_accel peak_mem_gb peak_mem_gib time_min time_scope step_time_s "
    "energy_kwh energy_basis avg_power_w_per_accel cost_usd parallelism source provenance notes",
    "distill": "id kind method student family student_params_b teacher teacher_params_b tokens_b samples "
    "hardware hw_family accelerators accel_hours wall_hours teacher_gen_accel_hours cost_train_usd "
    "cost_data_usd avg_power_w_per_accel tco2e reference_run reference_accel_hours reference_tokens_b "
    "value value_unit source provenance notes",
    "inference": "id benchmark model family params_total_b params_active_b arch precision hardware "
    "hw_family accelerators tp pp scenario isl osl batch prefill_tok_s decode_tok_s output_tok_s "
    "output_tok_s_per_accel input_tok_s_per_accel samples_per_s ttft_ms tpot_ms latency_ms peak_mem_gb "
    "mem_bw_gb_s counts source provenance notes",
    "energy": "id set model family params_total_b params_active_b arch hardware hw_family accelerators tp "
    "pp precision task batch_mean batch_max in_tokens out_tokens output_tok_s tpot_ms avg_power_w_total "
    "j_per_output_token j_per_request wh_per_request energy_kwh_total boundary source provenance notes",
}
FILES: Final = tuple(_COLUMNS)
"""Names of the files of a reference folder, without ``.csv``."""
_NEEDED: Final = ("id", "hardware")
_SIGNED: Final = ("value",)  # coefficients of scaling laws may be negative


@cache
def is_measured(column: str) -> bool:
    """Whether a column holds what a run came to."""
    return any(fnmatch.fnmatchcase(column, pattern) for pattern in MEASURED)


@dataclass(frozen=True, slots=True)
class Settings:
    """What was known of a run before it started; empty cells are left out.

    Parameters
    ----------
    file, id : str
        Name of the file without its ending; key of the row.
    cells : mapping of str to str or float
        Value by column, in the unit of the column's name.
    """

    file: str
    id: str
    cells: Mapping[str, str | float]

    def text(self, column: str) -> str:
        """Text of a column; empty where nothing is given."""
        return str(self.cells.get(column, ""))

    def number(self, column: str) -> float | None:
        """Number of a column; None where nothing is given."""
        value = self.cells.get(column)
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class Run:
    """One row: what was known before, and what came out."""

    settings: Settings
    measured: Mapping[str, str | float]

    def figure(self, column: str) -> float | None:
        """Measured number of a column; None where nothing was published."""
        value = self.measured.get(column)
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class Reference:
    """All runs of a folder, in the order of the files."""

    folder: Path
    runs: tuple[Run, ...]


def read_reference(folder: Path) -> Reference:
    """Read the CSV files of a folder that have the names in `FILES`; any of them may be absent.

    Raises
    ------
    InputError
        If the folder has none of them, or a file cannot be read: with file, row, column and what is allowed.
    """
    if not folder.is_dir():
        raise InputError(
            "missing_folder",
            f"There is no folder {folder}.",
            "Give a folder of measured runs as CSV files.",
            path=str(folder),
            value=str(folder),
            allowed="an existing folder",
        )
    paths = [folder / f"{name}.csv" for name in FILES]
    runs = [run for path in paths if path.exists() for run in _read_file(path)]
    if not any(path.exists() for path in paths):
        names = ", ".join(path.name for path in paths)
        raise InputError(
            "no_reference",
            f"{folder} holds no measured runs.",
            f"Name at least one file as one of {names}.",
            path=str(folder),
            value=str(folder),
            allowed=names,
        )
    return Reference(folder, tuple(runs))


def read_own_runs(path: Path) -> Reference:
    """Read one file of own runs: the columns of one of `FILES`, under any name.

    Raises
    ------
    InputError
        If it cannot be read, or is none of them: with file, row, column and what is allowed.
    """
    return Reference(path.parent, tuple(_read_file(path)))


def _kind_of(path: Path, header: list[str]) -> str:
    """Return which of `FILES` a table is: by its name, else by the columns that only one of them has."""
    if path.stem in _COLUMNS:
        return path.stem
    own = set(header)
    fitting = [name for name, columns in _COLUMNS.items() if own <= set(columns.split())]
    if not fitting:  # the most likely one: its check names the column that is wrong
        return max(_COLUMNS, key=lambda name: len(own & set(_COLUMNS[name].split())))
    if len(fitting) > 1:
        raise _bad(
            path.name,
            "header",
            "",
            ", ".join(header),
            f"a file named as one of {', '.join(f'{name}.csv' for name in fitting)}",
            "could be more than one kind of run",
        )
    return fitting[0]


def _read_file(path: Path) -> list[Run]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            name = _kind_of(path, header)
            _check_header(path.name, name, header)
            return _runs(path.name, name, header, [row for row in reader if any(row)])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            "unreadable_file",
            f"{path.name} cannot be read: {error}.",
            "Save it as comma-separated values in UTF-8.",
            path=path.name,
            allowed="a CSV file in UTF-8",
        ) from error


def _check_header(file: str, name: str, header: list[str]) -> None:
    known = _COLUMNS[name].split()
    for column in header:
        if column not in known:
            raise _bad(file, "header", column, column, f"one of {', '.join(known)}", "is not a known column")
        if header.count(column) > 1:
            raise _bad(file, "header", column, column, "each column once", "is there twice")
    subject = "student" if name == "distill" else "model"
    for column in (*_NEEDED, subject):
        if column not in header:
            raise _bad(file, "header", column, "", f"the column {column}", "is missing")


def _runs(file: str, name: str, header: list[str], rows: list[list[str]]) -> list[Run]:
    runs: dict[str, Run] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            allowed = f"{len(header)} cells"
            raise _bad(file, f"line {number}", "", len(row), allowed, f"has {len(row)} cells")
        cells = dict(zip(header, map(str.strip, row), strict=True))
        id = cells["id"]
        if not id:
            raise _bad(file, f"line {number}", "id", "", "a name of its own", "is empty")
        if id in runs:
            raise _bad(file, id, "id", id, "a name of its own", "is there twice")
        values = {column: _value(file, id, column, text) for column, text in cells.items() if text}
        known = {column: value for column, value in values.items() if not is_measured(column)}
        came_out = {column: value for column, value in values.items() if is_measured(column)}
        settings = Settings(name, id, MappingProxyType(known))
        runs[id] = Run(settings, MappingProxyType(came_out))
    return list(runs.values())


def _value(file: str, id: str, column: str, text: str) -> str | float:
    if column in _TEXT:
        return text
    try:
        number = float(text)
    except ValueError:
        raise _bad(file, id, column, text, "a number", f'"{text}" is not a number') from None
    if not math.isfinite(number):
        raise _bad(file, id, column, text, "a finite number", f"{text} is not finite")
    if column not in _SIGNED and number <= 0:
        raise _bad(file, id, column, text, "a number above 0", f"{text} is not above 0")
    return number


def _bad(file: str, row: str, column: str, value: object, allowed: str, problem: str) -> InputError:
    where = f'row "{row}"' if row != "header" else "header"
    place = f'{file}, {where}, column "{column}"' if column else f"{file}, {where}"
    return InputError(
        "bad_reference",
        f"{place}: {problem}.",
        f"Allowed: {allowed}. Leave a cell empty where nothing is known.",
        path=f"{file}:{row}:{column}",
        value=value,
        allowed=allowed,
    )
