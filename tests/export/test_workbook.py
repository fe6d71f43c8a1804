"""The budget workbook, read back with another library, and recalculated where LibreOffice is here."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile

import numpy as np
import openpyxl
import pytest

from planner.export import palette
from planner.export.book import BUDGET, INPUTS, ITEMS, SOURCES, SUMMARY, category_title, strategy_title
from planner.export.workbook import workbook_bytes
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.ui.theme import LIGHT
from tests.export.conftest import HOSTILE

OFFICE = shutil.which("soffice")


class Read:
    """A workbook read back, once as formulas and once as values."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.formulas = openpyxl.load_workbook(io.BytesIO(data))
        self.values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)

    def cells(self):
        for sheet in self.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        yield sheet.title, cell

    def value(self, sheet: str, row: int, column: int):
        return self.values[sheet].cell(row, column).value


@pytest.fixture(scope="module")
def book(case) -> Read:
    return Read(workbook_bytes(case.results, case.plan))


def fitting(case):
    return {name: result for name, result in case.results.strategies.items() if result.fits}


def rate_of(case) -> float:
    return case.results.scenario.report.currency_per_usd


def blocks(book, case):
    """Row of each strategy's band on the budget."""
    column = {cell.value: cell.row for cell in book.values[BUDGET]["A"] if cell.value}
    return {name: column[strategy_title(name)] for name in case.results.strategies}


def row_below(book, band, text):
    sheet = book.values[BUDGET]
    return next(row for row in range(band, sheet.max_row + 1) if sheet.cell(row, 1).value == text)


def month_columns(book, case):
    sheet = book.values[BUDGET]
    months = [cell.column for cell in sheet[3] if isinstance(cell.value, int)]
    assert len(months) == case.results.scenario.horizon_months + 1
    return months


# ---------------------------------------------------------------- figures
def test_the_sheets_stand_in_order(book):
    assert book.formulas.sheetnames == [SUMMARY, BUDGET, ITEMS, INPUTS, SOURCES]
    assert book.formulas.active.title == SUMMARY


def test_every_formula_carries_a_value(book):
    for sheet, cell in book.cells():
        if cell.data_type == "f":
            assert isinstance(book.values[sheet][cell.coordinate].value, int | float), (
                sheet,
                cell.coordinate,
            )


def test_monthly_totals_are_those_of_the_results(book, case):
    months, bands = month_columns(book, case), blocks(book, case)
    for name, result in fitting(case).items():
        row = row_below(book, bands[name], "Total")
        cells = [book.value(BUDGET, row, column) for column in months]
        assert np.allclose(cells, np.asarray(result.usd_by_month) * rate_of(case), rtol=1e-9)
        assert book.value(BUDGET, row, 2) == pytest.approx(result["total_usd"] * rate_of(case), rel=1e-9)
        cumulative = [book.value(BUDGET, row + 1, column) for column in months]
        assert np.allclose(cumulative, np.asarray(result.cumulative_usd) * rate_of(case), rtol=1e-9)
        refreshes = book.value(BUDGET, row + 2, 2)
        assert refreshes == pytest.approx(result["refresh_usd"] * rate_of(case), rel=1e-9)


def test_categories_by_month_sum_up_in_every_direction(book, case):
    months, bands = month_columns(book, case), blocks(book, case)
    years = range(3, months[0])
    for name, result in fitting(case).items():
        total = row_below(book, bands[name], "Total")
        rows = range(bands[name] + 1, total)
        spent = {category_title(key): value for key, value in result.by_category(refresh_apart=False).items()}
        for row in rows:
            by_month = sum(book.value(BUDGET, row, column) for column in months)
            assert by_month == pytest.approx(spent[book.value(BUDGET, row, 1)] * rate_of(case), rel=1e-9)
            assert by_month == pytest.approx(book.value(BUDGET, row, 2), rel=1e-9)
            by_year = sum(book.value(BUDGET, row, column) for column in years)
            assert by_year == pytest.approx(by_month, rel=1e-9)
        for column in (2, *years, *months):
            parts = sum(book.value(BUDGET, row, column) for row in rows)
            assert parts == pytest.approx(book.value(BUDGET, total, column), rel=1e-9, abs=1e-9)


def test_sums_are_formulas(book, case):
    sheet, months, bands = book.formulas[BUDGET], month_columns(book, case), blocks(book, case)
    for name in fitting(case):
        total = row_below(book, bands[name], "Total")
        assert re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)", sheet.cell(total, months[0]).value)
        assert sheet.cell(total, 2).value.startswith("=SUM(")
        assert sheet.cell(total, 3).value.startswith("=SUMIF(")
        assert sheet.cell(bands[name] + 1, months[0]).value.startswith("=SUMIFS(items_amount,")
        summary = [cell.value for cell in book.formulas[SUMMARY][8]]
        assert f"='{BUDGET}'!$B${total}" in summary


def test_months_and_years_are_those_of_the_calendar(other):
    book = Read(workbook_bytes(other.results, other.plan))
    sheet = book.values[BUDGET]
    months = month_columns(book, other)
    labels = [sheet.cell(4, column).value.strftime("%Y-%m") for column in months]
    assert labels[:3] == ["2027-11", "2027-12", "2028-01"]
    assert labels[-1] == "2030-05"
    assert sheet.cell(4, months[0]).number_format == "mmm yyyy"
    years = [sheet.cell(2, column).value for column in months]
    assert years[0] == "FY 2027/28"
    assert years[labels.index("2028-03")] == "FY 2027/28"
    assert years[labels.index("2028-04")] == "FY 2028/29"
    heads = [sheet.cell(4, column).value for column in range(3, months[0])]
    assert heads == list(dict.fromkeys(years))


def test_line_items_are_the_ledger(book, case):
    sheet = book.values[ITEMS]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    expected = case.results.ledger_rows()
    assert len(rows) == len(expected)
    heads = [cell.value for cell in sheet[4]]
    amount = next(at for at, head in enumerate(heads) if head.startswith("Amount"))
    for row, wanted in zip(rows, expected, strict=True):
        assert row[0] == strategy_title(wanted[0])
        assert row[1] == wanted[1]
        assert row[5] == wanted[4]
        assert row[amount] == pytest.approx(wanted[5] * rate_of(case))
        assert row[amount + 1 : amount + 5] == pytest.approx(wanted[6:])


def test_amounts_follow_the_exchange_rate(other):
    book = Read(workbook_bytes(other.results, other.plan))
    assert book.formulas[ITEMS]["H5"].value == "=G5*currency_per_usd"
    sheet, cell = next(iter(book.formulas.defined_names["currency_per_usd"].destinations))
    assert book.value(INPUTS, book.values[sheet][cell].row, 4) == 0.92
    assert '"€"' in book.formulas[ITEMS]["H5"].number_format
    assert '"€"' in book.formulas[SUMMARY]["B8"].number_format


def test_names_lead_to_the_totals(book, case):
    for name, result in fitting(case).items():
        sheet, cell = next(iter(book.formulas.defined_names[f"total_{name}"].destinations))
        found = book.values[sheet][cell].value
        assert found == pytest.approx(result["total_usd"] * rate_of(case), rel=1e-9)


def test_the_summary_has_figures_for_what_fits_and_words_for_the_rest(book, case):
    for column, result in enumerate(case.results.strategies.values(), start=2):
        cell = book.value(SUMMARY, 8, column)
        if result.fits:
            assert cell == pytest.approx(result["total_usd"] * rate_of(case), rel=1e-9)
        else:
            assert cell == "does not fit"
            words = [each.value for each in book.values[SUMMARY]["A"] if isinstance(each.value, str)]
            assert any(result.problems[0].message in text for text in words)


def test_the_providers_energy_is_a_range(support):
    book = Read(workbook_bytes(support.results, support.plan))
    row = next(cell.row for cell in book.values[SUMMARY]["A"] if cell.value == "Energy, kWh")
    assert re.fullmatch(r"[\d,]+–[\d,]+", book.value(SUMMARY, row, 2))
    assert isinstance(book.value(SUMMARY, row, 3), float)


def test_every_input_is_there_and_changes_are_marked(book, case):
    rows = list(book.values[INPUTS].iter_rows(min_row=5, values_only=True))
    assert [row[2] for row in rows] == list(specs_of(Scenario))
    by_path = {row[2]: row for row in rows}
    assert by_path["workload.requests_per_month"][3] == case.plan.scenario.workload.requests_per_month
    changed = by_path["report.currency"][11] == "yes"
    assert changed == (case.plan.scenario.report.currency != "USD")


def test_sources_have_dates(book):
    rows = list(book.values[SOURCES].iter_rows(min_row=5, values_only=True))
    assert rows
    assert all(row[5] and row[6] for row in rows)


# ---------------------------------------------------------------- texts
def test_no_text_of_the_user_is_a_formula(other):
    book = Read(workbook_bytes(other.results, other.plan))
    assert book.formulas[SUMMARY]["A1"].value == "+1 & @cmd"
    assert book.formulas[SUMMARY]["A1"].data_type == "s"
    texts = [cell.value for _, cell in book.cells() if cell.data_type == "s"]
    assert HOSTILE in texts
    for line in ('=HYPERLINK("x")', "+1", '@cmd "quoted", comma', "-2"):
        assert line in texts
    assert not book.formulas[SUMMARY]._hyperlinks
    allowed = re.compile(r"=(SUM|SUMIFS?|SUBTOTAL)\(|='?[A-Z]|=[A-Z]+\d+")
    for sheet, cell in book.cells():
        if cell.data_type == "f":
            assert allowed.match(cell.value), (sheet, cell.coordinate, cell.value)
            assert "HYPERLINK" not in cell.value


def test_a_text_longer_than_a_cell_is_cut(support):
    plan = support.plan.with_scenario(support.plan.scenario.with_({"notes": "x" * 40_000}))
    results = support.results
    results = type(results)(
        **{**{name: getattr(results, name) for name in results.__slots__}, "scenario": plan.scenario}
    )
    book = Read(workbook_bytes(results, plan))
    assert max(len(cell.value) for _, cell in book.cells() if isinstance(cell.value, str)) == 32_767


# ---------------------------------------------------------------- dress
def test_tables_filter_and_heads_stay(book):
    for name in (ITEMS, INPUTS, SOURCES):
        assert book.formulas[name].auto_filter.ref
    for name in book.formulas.sheetnames:
        assert book.formulas[name].freeze_panes


def test_every_sheet_prints_across_a_landscape_page(book):
    for sheet in book.formulas.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0


def test_charts_are_native_and_in_the_colours_of_the_strategies(book, case):
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
    assert len(charts) == (2 if fitting(case) else 0)
    for chart in charts:
        for name in fitting(case):
            assert palette.STRATEGY[name].removeprefix("#") in chart


def test_the_colours_are_those_of_the_window():
    assert dict(LIGHT.strategy) == palette.STRATEGY


def test_steps_of_a_stack_go_from_dark_to_light():
    assert palette.steps(1) == [1.0]
    strengths = palette.steps(8)
    assert strengths == sorted(strengths, reverse=True)
    assert palette.lighter("#000000", 0.0) == "#FFFFFF"
    assert palette.lighter("#1A53EA", 1.0) == "#1A53EA"


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here to recalculate")
@pytest.mark.parametrize("which", ["customer-support", "other currency"])
def test_libreoffice_calculates_the_same(which, tmp_path):
    from tests.export.conftest import CASES

    case = CASES[which]
    # Without the values, so that nothing but LibreOffice can have put them there.
    stripped = io.BytesIO()
    original = workbook_bytes(case.results, case.plan)
    openpyxl.load_workbook(io.BytesIO(original)).save(stripped)
    (tmp_path / "in.xlsx").write_bytes(stripped.getvalue())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run(
        [*command, tmp_path / "out", tmp_path / "in.xlsx"],
        check=True,
        capture_output=True,
        timeout=180,
        env=os.environ,
    )
    ours, theirs = Read(original), Read((tmp_path / "out" / "in.xlsx").read_bytes())
    compared = 0
    for sheet, cell in ours.cells():
        if cell.data_type == "f":
            found = theirs.values[sheet][cell.coordinate].value
            assert found == pytest.approx(ours.values[sheet][cell.coordinate].value, rel=1e-9, abs=1e-9)
            compared += 1
    assert compared > 500
