"""The workbook, recalculated by LibreOffice, says what the planner says: as exported, and after changes.

The planner's figures are those of ``planner run --json`` (`document`); after a change those of the same
change, with what was decided held as the file holds it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from export_plans import IDS, book_of, cells_with_formulas, data_of, made
from office import OFFICE, Sheets, number, recalculated
from openpyxl.utils.cell import coordinate_to_tuple

from planner.catalog.load import load_catalog
from planner.engine.lineitems import CATEGORY_TITLES
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.export.book import (
    BREAK_EVEN,
    BUDGET,
    CARBON,
    CASH,
    NOTES,
    QUARTERS,
    RISK,
    SOURCES,
    SUMMARY,
)
from planner.export.record import document
from planner.export.timeline import NUMBER_ROW
from planner.export.words import figure_title
from planner.scenario.model import STRATEGY_WORDS

pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")

EURO = (("report.currency", "EUR"), ("report.currency_per_usd", 0.92), ("report.fiscal_year_start_month", 4))
DANGEROUS = '=HYPERLINK("x")&1/0'
MISFIT = (("training.accelerators", 1), ("finetune.method", "full"))
FEW = (("horizon_months", 9),)
"""Files that are changed have few months, for speed: enough for two refreshes."""

OWNED = (("hardware.ownership", "own"), ("horizon_months", 50))
PLANS = {
    **{preset: (preset, ()) for preset in IDS},
    "euro": ("customer-support", (*FEW, *EURO)),
    "misfit": ("customer-support", (*FEW, *MISFIT)),
    "owned": ("customer-support", OWNED),
    "dangerous": ("customer-support", (*FEW, ("strategies", ("api",)), ("name", DANGEROUS))),
}
DAY = r"\d\d/\d\d/\d{4}|[\d.]+%"
"""A day and a share come out formatted."""

REFRESH = "refresh.interval_months"
CHANGES = {
    "workload.requests_per_month": 1.4,
    "workload.growth_frac_per_month": 1.5,
    "workload.input_tokens": 1.3,
    "workload.output_tokens": 0.8,
    "data.usd_per_example": 2.5,
    "data.eval_examples": 1.5,
    "training.usd_per_accelerator_h": 0.7,
    "serving.usd_per_accelerator_h": 0.6,
    "serving.target_load_frac": 0.8,
    "site.carbon_kgco2e_per_kwh": 0.4,
    "site.usd_per_tco2e": 2.0,
    REFRESH: 0.5,
    "prices.discount_frac_per_year": 0.5,
    "labour.usd_per_hour": 1.25,
    "api.input_usd_per_mtok": 0.5,
    "api.output_usd_per_mtok": 1.5,
    "report.currency_per_usd": 0.9,
}
"""Assumptions by path, each times a factor."""

NOT_LIVE = {
    ("healthcare-reports", "serving.usd_per_accelerator_h"): "It serves on hardware of its own.",
}
"""Changes that cannot be made in the file of a preset, each with the reason; all others have to be live."""

WHOLE = ("workload.requests_per_month", REFRESH)
"""Changes that are tried in the whole file; the others, for speed, without the sheets that no other reads."""

NOT_READ = (SUMMARY, QUARTERS, CASH, BREAK_EVEN, RISK, SOURCES, NOTES)

CHANGED = ("customer-support", "on-device-mobile")
"""Presets on which every change is tried; the others with ``--slow``."""

TITLES = {title: category for category, title in CATEGORY_TITLES.items()}
STRATEGIES = {title: strategy for strategy, title in STRATEGY_WORDS.items()}


@dataclass(frozen=True)
class Figures:
    """What a workbook or the planner says: months and total by strategy and row, months 0 to the horizon."""

    months: dict[tuple[str, str], list[float]]
    totals: dict[tuple[str, str], float]


# ---------------------------------------------------------------- what the workbook says
def figures_of(book: Sheets) -> Figures:
    months, totals = {}, {}
    for name, column in ((BUDGET, 1), (CARBON, 2)):
        rows = book.rows[name]
        first = rows[NUMBER_ROW].index("Month") + 1
        strategy = None
        for row in rows[NUMBER_ROW + 1 :]:
            strategy = STRATEGIES.get(row[0], strategy)
            if strategy is None or not row[0] or row[0] in STRATEGIES:
                continue
            key = (strategy, TITLES.get(row[0], row[0]))
            cells = [number(cell) for cell in row[first:] if cell]
            if len(cells) > 1:
                months[key] = cells
            if number(row[column]) is not None:
                totals[key] = number(row[column])
    return Figures(months, totals)


# ---------------------------------------------------------------- what the planner says
def expected(results) -> Figures:
    scenario, said = results.scenario, document(results)
    rate, length = scenario.report.currency_per_usd, scenario.horizon_months + 1
    months, totals = {}, {}

    def add(key, month, amount):
        months.setdefault(key, [0.0] * length)[month] += amount

    for row in said["ledger"]:
        strategy, month, usd = row["strategy"], row["month"], row["usd"] * rate
        add((strategy, row["category"]), month, usd)
        add((strategy, "Total"), month, usd)
        if row["phase"] == "refresh":
            add((strategy, "of the total, refreshes"), month, usd)
        add((strategy, "Energy at the meter"), month, row["energy_kwh"])
        kind = "Embodied carbon" if row["category"] == "hardware" else "Operational carbon"
        add((strategy, kind), month, row["carbon_kgco2e"])
        add((strategy, "Carbon"), month, row["carbon_kgco2e"])
        add((strategy, "Water"), month, row["water_l"])
    for key in list(months):
        totals[key] = sum(months[key])
        if key[1] == "Total":
            months[key[0], "Cumulative"] = list(np.cumsum(months[key]))
    for strategy, figures in said["strategies"].items():
        if figures["fits"]:
            totals[strategy, "Discounted to month 0"] = figures["npv_usd"] * rate
            totals[strategy, "Total"] = figures["total_usd"] * rate
            totals[strategy, "Energy at the meter"] = figures["energy_kwh"]
            totals[strategy, "Carbon"] = figures["carbon_kgco2e"]
            if figures["usd_per_1k_requests"] is not None:
                totals[strategy, "Per 1,000 requests"] = figures["usd_per_1k_requests"] * rate
            price = float(results.strategies[strategy]["carbon_price_usd"]) * rate
            totals[strategy, "Carbon at the internal price"] = price
            if figures["payback_month"] is not None and strategy != results.baseline:
                totals[strategy, "Payback against the baseline"] = figures["payback_month"]
    return Figures(months, totals)


def assert_summary(book: Sheets, results) -> None:
    """Every figure that the planner knows stands on the sheet that is seen first."""
    rows = {row[0].rsplit(", ", 1)[0]: row[1:] for row in book.rows[SUMMARY][8:40]}
    rows |= {row[0]: row[1:] for row in book.rows[SUMMARY][8:40]}
    count = 0
    for name, column in FIGURES.items():
        rate = results.scenario.report.currency_per_usd if column.unit.startswith("usd") else 1.0
        for result, text in zip(results.strategies.values(), rows[figure_title(name)], strict=False):
            if result.fits and number(text) is not None:
                assert number(text) == pytest.approx(float(result[name]) * rate, rel=1e-6, abs=1e-9), name
                count += 1
    assert count >= 15


def assert_same(found: Figures, wanted: Figures) -> None:
    for key, values in wanted.months.items():
        if any(values):
            assert found.months[key] == pytest.approx(values, rel=1e-6, abs=1e-7), key
    for key, value in wanted.totals.items():
        if value:
            assert found.totals[key] == pytest.approx(value, rel=1e-6, abs=1e-7), key
    amounts = {key for key in found.months if key[1] in TITLES.values()}
    assert amounts <= {key for key, values in wanted.months.items()} | {
        key for key in amounts if not any(found.months[key])
    }


# ---------------------------------------------------------------- changes in the file, and in the planner
def cell_of(book, name):
    """Return the cell that a name stands for."""
    sheet, _, place = book.defined_names[name].attr_text.rpartition("!")
    return book[sheet.strip("'")][place.replace("$", "")]


def names_of(book, path) -> list[str]:
    """Return the names of the cells that hold an assumption, none where it is not live."""
    if path == REFRESH:  # of each strategy where it was looked for
        return [name for name in book.defined_names if name.endswith("_interval_months")]
    return [name for name in [path.replace(".", "_")] if name in book.defined_names]


class Edited:
    """A workbook in which one assumption at a time is changed."""

    def __init__(self, preset: str, changes) -> None:
        self.results, _ = made(preset, changes)
        self.whole, self.short = (openpyxl.load_workbook(io.BytesIO(data_of(preset, changes))) for _ in "ab")
        for name in NOT_READ:
            del self.short[name]

    def changed(self, path: str, factor: float, *, whole: bool) -> tuple[bytes, object]:
        """Return the file with a change, and the results of the same change in the planner."""
        book = self.whole if whole else self.short
        cells = [cell_of(book, name) for name in names_of(book, path)]
        assert cells, f"{path} is not live"
        held = [cell.value for cell in cells]
        new = round(held[0] * factor) if path == REFRESH else held[0] * factor
        for cell in cells:
            cell.value = new
        stream = io.BytesIO()
        book.save(stream)
        for cell, value in zip(cells, held, strict=True):
            cell.value = value
        return stream.getvalue(), self._planned(path, new)

    def _planned(self, path, value):
        choices, scenario = self.results.choices, self.results.scenario
        if path == REFRESH:
            choices = {name: each._replace(interval_months=value) for name, each in choices.items()}
        return simulate(scenario.with_({path: value}), load_catalog(), choices=choices)


def changed_files(presets, changes, *, whole=WHOLE) -> dict[str, tuple[bytes, object]]:
    """Return the workbooks with each change in turn, by preset and path, and the planner's results."""
    found = {}
    for preset in presets:
        edited = Edited(preset, changes)
        for path, factor in CHANGES.items():
            if (preset, path) not in NOT_LIVE:
                found[f"{preset}--{path}"] = edited.changed(path, factor, whole=path in whole)
    return found


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, tuple[Sheets, object]]:
    """What LibreOffice makes of all files of this module, and the planner's results of each."""
    files = {name: (data_of(*plan), made(*plan)[0]) for name, plan in PLANS.items()}
    files |= changed_files(CHANGED, FEW)
    folder = tmp_path_factory.mktemp("office")
    shown = recalculated({name: data for name, (data, _) in files.items()}, folder)
    return {name: (book, files[name][1]) for name, book in shown.items()}


def test_libreoffice_does_recalculate(tmp_path):
    """A file with a wrong value beside its formula comes back right: stale values would prove nothing."""
    book = xlsxwriter.Workbook(path := tmp_path / "wrong.xlsx")
    sheet = book.add_worksheet("One")
    sheet.write_number(0, 0, 20)
    sheet.write_formula(0, 1, "=A1*2+2", None, 13)
    book.close()
    assert openpyxl.load_workbook(path, data_only=True)["One"]["B1"].value == 13
    back = recalculated({"wrong": path.read_bytes()}, tmp_path / "office")["wrong"]
    assert back.rows["One"][0] == ["20", "42"]


@pytest.mark.parametrize("name", PLANS)
def test_recalculated_it_says_what_the_planner_says(said, name):
    book, results = said[name]
    assert not book.errors()
    assert_same(figures_of(book), expected(results))
    assert_summary(book, results)
    assert book.rows[SUMMARY][6][0] == "Totals are as exported."


def test_texts_that_would_run_are_shown_as_they_are(said):
    book, _ = said["dangerous"]
    assert book.rows[SUMMARY][0][0] == "Customer support"
    assert any(DANGEROUS in row for row in book.rows[NOTES])
    assert not book.errors()


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("preset", CHANGED)
def test_a_change_in_the_file_is_the_change_in_the_planner(said, preset, path):
    book, results = said[f"{preset}--{path}"]
    assert not book.errors()
    assert_same(figures_of(book), expected(results))
    if path in WHOLE:
        assert_summary(book, results)
        assert book.rows[SUMMARY][6][0].startswith("Totals have changed since the export")


@pytest.mark.parametrize("preset", IDS)
def test_what_is_changed_is_live_in_every_preset(preset):
    """But for what is known not to be: a path that silently stops being live fails here."""
    book = book_of(preset, values=False)
    assert {path for path in CHANGES if not names_of(book, path)} == {
        path for known, path in NOT_LIVE if known == preset
    }


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("preset", CHANGED)
def test_a_change_changes_something(said, preset, path):
    """Else the comparison above would hold of a file that nothing moves."""
    before = expected(made(preset, FEW)[0])
    with pytest.raises(AssertionError):
        assert_same(figures_of(said[f"{preset}--{path}"][0]), before)


@pytest.mark.parametrize("name", PLANS)
def test_libreoffice_finds_the_values_that_we_wrote(said, name):
    """Of every formula of every sheet: a reader that does not calculate sees the same."""
    book, data = said[name][0], data_of(*PLANS[name])
    sheets, count = openpyxl.load_workbook(io.BytesIO(data), read_only=True).sheetnames, 0
    for place, cell, formula, value in cells_with_formulas(data):
        sheet = sheets[int(re.search(r"(\d+)\.xml", place)[1]) - 1]
        row, column = coordinate_to_tuple(cell)
        shown = book.rows[sheet][row - 1][column - 1]
        if number(shown) is None:
            assert shown == value or re.fullmatch(DAY, shown), (sheet, cell, formula)
        else:
            assert number(shown) == pytest.approx(float(value), rel=1e-9, abs=1e-9), (sheet, cell, formula)
            count += 1
    assert count > 500


@pytest.mark.slow
def test_every_change_in_every_preset(tmp_path):
    files = changed_files(IDS, (), whole=CHANGES)
    shown = recalculated({name: data for name, (data, _) in files.items()}, tmp_path)
    for name, book in shown.items():
        assert not book.errors(), name
        assert_same(figures_of(book), expected(files[name][1]))
        assert_summary(book, files[name][1])
