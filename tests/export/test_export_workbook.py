"""The budget workbook, read back: sums, formulas, what stays text, what does not fit."""

from __future__ import annotations

import datetime
import math
import re
import zipfile
from io import BytesIO

import pytest
from export_plans import book_of, made, opened

from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES, QUANTITIES
from planner.engine.results import FIGURES
from planner.export.book import BUDGET, INPUTS, ITEMS, SOURCES, SUMMARY
from planner.export.words import figure_title, fiscal_year
from planner.export.workbook import workbook_bytes
from planner.scenario.fields import specs_of
from planner.scenario.model import STRATEGY_WORDS, Scenario

EURO = (
    ("report.currency", "EUR"),
    ("report.currency_per_usd", 0.92),
    ("report.fiscal_year_start_month", 4),
)
MISFIT = (("training.accelerators", 1), ("finetune.method", "full"))
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\tx", "'x", "=cmd|' /C calc'!A0"]
SHORT = (("horizon_months", 1),)
PLANS = {"plain": (), "euro": EURO, "misfit": MISFIT, "short": SHORT}


def rows_of(sheet, first, last=None):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=last)]


def items(book):
    """Line items by the names of their columns."""
    head, *rows = rows_of(book[ITEMS], 4)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0]]


def blocks(book):
    """Rows of the budget by strategy and label, and the columns of its months."""
    sheet = book[BUDGET]
    months = [cell.column for cell in sheet[3] if isinstance(cell.value, int)]
    names = set(STRATEGY_WORDS.values())
    found, strategy = {}, None
    for row in sheet.iter_rows(min_row=5):
        label = row[0].value
        if label in names:
            strategy = label
        elif label and strategy:
            found[strategy, label] = row
    return found, months


def test_sheets_and_what_is_seen_first(preset):
    book = book_of(preset)
    assert book.sheetnames == [SUMMARY, BUDGET, ITEMS, INPUTS, SOURCES]
    assert book.active.title == SUMMARY
    assert book[SUMMARY]["A1"].value == made(preset)[1].title
    assert len(book_of(preset, values=False)[SUMMARY]._charts) == 2


def test_line_items_are_the_ledger(preset):
    results, _ = made(preset)
    listed, ledger = items(book_of(preset)), results.ledger_rows()
    assert len(listed) == len(ledger)
    heads = ("Amount, USD", "Energy, kWh", "Carbon, kgCO₂e", "Water, L", "Accelerator-hours")
    for row, (strategy, month, _, category, phase, *amounts) in zip(listed, ledger, strict=True):
        assert row["Strategy"] == STRATEGY_WORDS[strategy]
        assert (row["Month"], row["Category"], row["Phase"]) == (month, CATEGORY_TITLES[category], phase)
        assert [row[head] for head in heads] == pytest.approx(amounts, rel=1e-14)
    assert len(heads) == len(QUANTITIES)


@pytest.mark.parametrize("changes", PLANS.values(), ids=PLANS)
def test_the_budget_sums_the_items(preset, changes):
    """Every cached value is what its formula gives: sums of the rows of the other sheet."""
    book = book_of(preset, changes)
    results, _ = made(preset, changes)
    rate, currency = results.scenario.report.currency_per_usd, results.scenario.report.currency
    listed, (found, months) = items(book), blocks(book)
    for result in results.strategies.values():
        name = STRATEGY_WORDS[result.strategy]
        if not result.fits:
            assert not [row for row in listed if row["Strategy"] == name]
            continue
        mine = [row for row in listed if row["Strategy"] == name]
        for category in CATEGORIES:
            title = CATEGORY_TITLES[category]
            rows = [row for row in mine if row["Category"] == title and row[f"Amount, {currency}"]]
            line = found.get((name, title))
            assert (line is None) == (not rows)
            if line is None:
                continue
            for month, column in enumerate(months):
                amount = math.fsum(row[f"Amount, {currency}"] for row in rows if row["Month"] == month)
                assert line[column - 1].value == pytest.approx(amount, rel=1e-12, abs=1e-9)
            assert line[1].value == pytest.approx(
                math.fsum(line[column - 1].value for column in months), rel=1e-12
            )
        total = found[name, "Total"]
        assert total[1].value == pytest.approx(float(result["total_usd"]) * rate, rel=1e-9)
        years = [cell.value for cell in total[2 : months[0] - 1]]
        assert math.fsum(years) == pytest.approx(total[1].value, rel=1e-12)
        cumulative = [found[name, "Cumulative"][column - 1].value for column in months]
        assert cumulative == pytest.approx(list(result.cumulative_usd * rate), rel=1e-9)
        assert found[name, "of the total, refreshes"][1].value == pytest.approx(
            float(result["refresh_usd"]) * rate, rel=1e-9, abs=1e-9
        )


def test_the_budget_is_formulas(preset):
    found, months = blocks(book_of(preset, values=False))
    for (_, label), row in found.items():
        cells = [row[column - 1].value for column in months]
        assert all(isinstance(value, str) and value.startswith("=") for value in cells)
        if label == "Total":
            assert all(value.startswith("=SUM(") for value in cells)
        elif label != "Cumulative":
            assert all(value.startswith("=SUMIFS(items_amount,") for value in cells)
        if label != "Cumulative":
            assert row[1].value.startswith("=SUM(")


def test_every_formula_has_its_value(preset):
    formulas, values = book_of(preset, EURO, values=False), book_of(preset, EURO)
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = values[sheet.title][cell.coordinate].value
                    assert isinstance(value, int | float), (sheet.title, cell.coordinate)


def test_names_cover_the_items(preset):
    book = book_of(preset, values=False)
    last = len(made(preset)[0].ledger_rows()) + 4
    for name in ("items_strategy", "items_month", "items_category", "items_phase", "items_amount"):
        assert re.fullmatch(rf"'Line items'!\$([A-Z])\$5:\$\1\${last}", book.defined_names[name].attr_text)
    assert "currency_per_usd" in book.defined_names


def test_a_formula_points_at_its_own_row_and_month():
    found, months = blocks(book_of(values=False))
    row = found["Fine-tune", "Labour"]
    column = months[3]
    letter = row[column - 1].column_letter
    text = row[column - 1].value
    assert f"items_month,{letter}$3" in text
    assert f"items_category,$A{row[0].row}" in text
    strategy = re.search(r"items_strategy,\$A\$(\d+)", text)
    assert strategy is not None
    assert book_of()[BUDGET][f"A{strategy[1]}"].value == "Fine-tune"


def test_calendar_and_fiscal_years():
    book = book_of(changes=EURO)
    results, _ = made(changes=EURO)
    _, months = blocks(book)
    sheet = book[BUDGET]
    days = [sheet.cell(4, column).value for column in months]
    assert days[0] == datetime.datetime(2027, 1, 1)
    assert len(days) == results.scenario.horizon_months + 1
    years = [sheet.cell(2, column).value for column in months]
    assert years == [fiscal_year(day.date(), 4) for day in days]
    assert years[2:4] == ["FY 2026/27", "FY 2027/28"]


# ---------------------------------------------------------------- summary
def test_the_summary_has_every_figure(preset):
    results, _ = made(preset)
    cells = rows_of(book_of(preset)[SUMMARY], 8)
    for at, name in enumerate(FIGURES):
        title, *shown = cells[at]
        assert title.startswith(figure_title(name))
        for result, value in zip(results.strategies.values(), shown, strict=False):
            if isinstance(value, int | float):
                assert value == pytest.approx(float(result[name]), rel=1e-12)
            elif name == "battery_frac_per_day":
                assert value == "–"
                assert result.device is None
            else:
                assert name == "payback_month" or result.energy_range_frac != (1.0, 1.0)


def test_the_providers_energy_is_shown_as_a_range_alone():
    rows = {row[0]: row[1] for row in rows_of(book_of()[SUMMARY], 8, 30)}
    assert "–" in rows["Energy, kWh"]
    assert "–" in rows["Carbon, kgCO₂e"]


def test_what_does_not_fit_says_why_and_has_no_figure():
    book = book_of(changes=MISFIT)
    summary = rows_of(book[SUMMARY], 1)
    total = next(row for row in summary if row[0] == "Total")
    assert total[3] == "does not fit"
    assert any("Fine-tune does not fit:" in str(row[0]) and "Use 16" in str(row[0]) for row in summary)
    assert any(str(row[0]).startswith("Does not fit.") for row in rows_of(book[BUDGET], 5))


def test_a_plan_of_which_nothing_fits_still_has_a_workbook():
    changes = (*MISFIT, ("strategies", ("finetune",)))
    book = book_of(changes=changes)
    assert book.sheetnames[0] == SUMMARY
    assert not items(book)
    assert not book_of(changes=changes, values=False)[SUMMARY]._charts


# ---------------------------------------------------------------- assumptions and sources
def test_every_input_is_listed_with_source():
    head, *rows = rows_of(book_of()[INPUTS], 4)
    listed = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["Path"] for row in listed} == set(specs_of(Scenario))
    assert all(row["Source"] for row in listed)
    assert all(row["Date"] or row["Source"] == "you" for row in listed)
    rent = next(row for row in listed if row["Path"] == "serving.usd_per_accelerator_h")
    assert (rent["Low"], rent["Most likely"], rent["High"], rent["Shape"]) == (2.4, 4.5, 12.29, "pert")
    assert rent["Unit"] == "USD/h"


def test_a_change_is_marked_and_what_it_was():
    changes = (("workload.requests_per_month", 3e6), ("site.grid", "fra"))
    sheet = book_of(changes=changes)[INPUTS]
    head, *rows = rows_of(sheet, 4)
    listed = {row[2]: dict(zip(head, row, strict=True)) for row in rows}
    changed = {path for path, row in listed.items() if row["Changed"] == "yes"}
    assert changed == {"workload.requests_per_month", "site.grid"}
    assert listed["workload.requests_per_month"]["Source"] == "you"
    assert listed["workload.requests_per_month"][head[-1]] == "2.0M/mo"
    assert "customer-support" in head[-1]
    tints = {row[2].value: row[0].fill.fgColor.rgb for row in sheet.iter_rows(min_row=5)}
    assert tints["site.grid"] != tints["site.pue"]


def test_sources_have_dates(preset):
    head, *rows = rows_of(book_of(preset)[SOURCES], 4)
    assert head[5:7] == ["Source", "Date"]
    assert rows
    for row in rows:
        assert row[5]
        assert row[6]
        assert "usd_per" not in str(row[4])


def test_a_typed_price_has_you_as_its_source():
    rows = rows_of(book_of(changes=(("serving.usd_per_accelerator_h", 2.0),))[SOURCES], 5)
    rent = next(row for row in rows if row[0] == "Rent, serving")
    assert rent[5] == "you"


# ---------------------------------------------------------------- texts that would run
@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text):
    results, plan = made(changes=(*SHORT, ("name", text.strip()), ("notes", f"{text}\n{text}")))
    plan = plan.model_copy(update={"title": text})
    data = workbook_bytes(results, plan)
    formulas = opened(data, values=False)
    assert formulas[SUMMARY]["A1"].value == text
    assert formulas[SUMMARY]["A1"].data_type == "s"
    allowed = re.compile(r"=(SUM|SUMIFS|SUMIF|SUBTOTAL)\(|=[A-Z]+\d+(\+[A-Z]+\d+)?$|='Monthly budget'!")
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert allowed.match(cell.value), cell.value
        assert not sheet._hyperlinks


def test_numbers_in_names_stay_text():
    results, plan = made(changes=(*SHORT, ("name", "2027")))
    data = workbook_bytes(results, plan.model_copy(update={"title": "12345"}))
    cell = opened(data)[SUMMARY]["A1"]
    assert (cell.value, cell.data_type) == ("12345", "s")
    with zipfile.ZipFile(BytesIO(data)) as archive:  # &9 followed by a digit would be a size of 912345 points
        assert "&amp;9 12345" in archive.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", ["a\x01b", "_x0041_", "x" * 40_000, "é 漢字 🙂", "a&b<c>\"'"])
def test_odd_texts_travel(text):
    results, plan = made(changes=SHORT)
    data = workbook_bytes(results, plan.model_copy(update={"title": text}))
    value = opened(data)[SUMMARY]["A1"].value
    assert value
    assert len(value) <= 32_767


@pytest.mark.parametrize(
    "currency", ['"', "[Red]", "a;b", "", "   ", "\\", "&", "x" * 99, "=A1", "kr", "0.0"]
)
def test_any_currency_is_a_valid_format(currency):
    changes = (*SHORT, ("report.currency", currency), ("report.currency_per_usd", 7.0))
    book = book_of(changes=changes)
    for row in book[BUDGET].iter_rows(min_row=5, max_row=8, min_col=2, max_col=4):
        for cell in row:
            assert cell.number_format.count('"') % 2 == 0


# ---------------------------------------------------------------- looks that tests can hold
def test_no_number_is_wider_than_its_column(preset):
    """What a reader shows as ### : digits of the format against the width, at size 10."""
    book = book_of(preset, EURO)
    sheet = book[BUDGET]
    for row in sheet.iter_rows(min_row=5):
        for cell in row[1:]:
            if isinstance(cell.value, int | float):
                width = sheet.column_dimensions[cell.column_letter].width or 0
                if not width:  # openpyxl keeps a run of equal columns under the first of them
                    width = next(
                        each.width
                        for each in sheet.column_dimensions.values()
                        if each.min <= cell.column <= each.max
                    )
                assert len(f"€{cell.value:,.0f}") <= width


def test_panes_filters_and_print(preset):
    book = book_of(preset)
    assert book[BUDGET].freeze_panes == "C5"
    assert book[ITEMS].freeze_panes == "A5"
    assert book[ITEMS].auto_filter.ref
    assert book[INPUTS].auto_filter.ref
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book[BUDGET].print_title_cols == "$A:$B"


def test_the_same_plan_gives_the_same_figures():
    results, plan = made(changes=SHORT)
    first, second = (opened(workbook_bytes(results, plan)) for _ in range(2))
    for name in first.sheetnames:
        assert rows_of(first[name], 1) == rows_of(second[name], 1)
