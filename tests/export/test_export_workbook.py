"""The budget workbook, read back: sums, formulas and their values, what is live, what stays text."""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile

import numpy as np
import pytest
from export_plans import IDS, book_of, cells_with_formulas, data_of, drawn_of, made, opened

from planner.catalog.load import load_catalog
from planner.engine.equations.build import plan_equations
from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES, QUANTITIES, USD
from planner.engine.results import FIGURES
from planner.export.book import (
    BREAK_EVEN,
    BUDGET,
    CARBON,
    CASH,
    INPUTS,
    ITEMS,
    NOTES,
    QUARTERS,
    RATES,
    RISK,
    SHARED,
    SOURCES,
    SUMMARY,
)
from planner.export.cells import name_of
from planner.export.job import Cancelled, Job
from planner.export.lines import Line
from planner.export.timeline import FIRST_ROW, HEAD_ROW, NUMBER_ROW, YEAR_ROW
from planner.export.words import figure_title, fiscal_quarter, fiscal_year
from planner.export.workbook import workbook_bytes
from planner.scenario.fields import specs_of
from planner.scenario.model import STRATEGY_WORDS, Scenario

EURO = (("report.currency", "EUR"), ("report.currency_per_usd", 0.92), ("report.fiscal_year_start_month", 4))
MISFIT = (("training.accelerators", 1), ("finetune.method", "full"))
OWNED = (("hardware.ownership", "own"), ("horizon_months", 60))
SHORT = (("horizon_months", 1), ("strategies", ("api",)))
PLANS = {"plain": (), "euro": EURO, "misfit": MISFIT, "short": SHORT}
SOME = ("customer-support", "on-device-mobile", "finance-loans-fraud")
LONGEST_FORMULA = 8_192
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "\tx", "'x", "=cmd|' /C calc'!A0", "@cmd"]
ODD = ['say "x"', "שלום עולם", "مرحبا", "🙂 plan", "é 漢字", "a&b<c>\"'", "x" * 10_000]


def rows_of(sheet, first, last=None):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=last)]


def months_of(sheet):
    """Columns of months 0 to the horizon, counted from 1."""
    numbers = list(sheet[NUMBER_ROW + 1])
    before = next(cell.column for cell in numbers if cell.value == "Month")
    return [cell.column for cell in numbers if cell.column > before]


def blocks(sheet, first=FIRST_ROW + 1):
    """Rows of a sheet by strategy and label."""
    names, found, strategy = set(STRATEGY_WORDS.values()), {}, None
    for row in sheet.iter_rows(min_row=first):
        label = row[0].value
        if label in names:
            strategy = label
        elif label and strategy:
            found[strategy, label] = row
    return found


def items(book):
    """Line items by the names of their columns; their months as a list."""
    sheet = book[ITEMS]
    heads = [cell.value for cell in sheet[HEAD_ROW + 1]][:6]
    columns = months_of(sheet)
    return [
        {**dict(zip(heads, row, strict=False)), "months": [row[column - 1] for column in columns]}
        for row in rows_of(sheet, FIRST_ROW + 1)
        if row[0]
    ]


def inputs(book):
    """Rows of the assumptions by the titles of the columns."""
    head, *rows = rows_of(book[INPUTS], 5)
    return [dict(zip(head, row, strict=True)) for row in rows]


# ---------------------------------------------------------------- the whole file
def test_sheets_and_what_is_seen_first():
    book = book_of()
    calculations = [SHARED, "Calc API", "Calc self-hosted", "Calc fine-tune", "Calc distil", "Calc both"]
    front = [SUMMARY, INPUTS, BUDGET, QUARTERS, CASH, CARBON, BREAK_EVEN, RISK]
    assert book.sheetnames == [*front, *calculations, ITEMS, RATES, SOURCES, NOTES]
    assert book.active.title == SUMMARY
    assert book[SUMMARY]["A1"].value == made()[1].title
    assert len(book_of(values=False)[SUMMARY]._charts) == 4


@pytest.mark.parametrize("preset", IDS)
def test_every_formula_has_its_value_and_none_is_too_long(preset):
    count = 0
    for sheet, cell, formula, value in cells_with_formulas(data_of(preset)):
        assert value is not None, (sheet, cell)
        assert len(formula) < LONGEST_FORMULA, (sheet, cell)
        assert not value.startswith("#"), (sheet, cell)
        assert value not in ("inf", "nan", "-inf"), (sheet, cell)
        count += 1
    assert count > 2_000


@pytest.mark.parametrize("preset", IDS)
def test_every_row_of_the_ledger_has_its_equations(preset):
    """None is written as plain numbers."""
    results, _ = made(preset)
    known = plan_equations(results, load_catalog()).ledger
    for strategy, result in results.strategies.items():
        if result.fits:
            for (item, phase), values in result.ledger.rows.items():
                for number, quantity in enumerate(QUANTITIES):
                    if np.any(values[number]):
                        assert quantity in known[strategy, item, phase], (strategy, item, phase, quantity)


def test_line_items_are_the_cells_of_calculations():
    for row in items(book_of(values=False)):
        for formula in row["months"]:
            assert re.fullmatch(r"='Calc [a-zA-Z-]+'![A-Z]+\$\d+\*report_currency_per_usd", formula)


def test_line_items_are_the_ledger():
    results, _ = made()
    listed = items(book_of())
    ledger = {}
    for strategy, month, item, category, phase, usd, *_ in results.ledger_rows():
        key = (STRATEGY_WORDS[strategy], CATEGORY_TITLES[category], phase, item)
        ledger.setdefault(key, [0.0] * 25)[month] += usd
    amounts = sorted(sum(months) for months in ledger.values() if any(months))
    assert sorted(row["Total"] for row in listed if row["Total"]) == pytest.approx(amounts, rel=1e-12)


@pytest.mark.parametrize("changes", PLANS.values(), ids=PLANS)
def test_the_budget_sums_the_items(changes):
    """Every value beside a formula is what the formula gives: sums of the rows of the other sheet."""
    book = book_of(changes=changes)
    results, _ = made(changes=changes)
    rate = results.scenario.report.currency_per_usd
    listed, found, columns = items(book), blocks(book[BUDGET]), months_of(book[BUDGET])
    for result in results.strategies.values():
        name = STRATEGY_WORDS[result.strategy]
        mine = [row for row in listed if row["Strategy"] == name]
        assert bool(mine) == bool(result.fits)
        if not result.fits:
            continue
        for category in CATEGORIES:
            rows = [row for row in mine if row["Category"] == CATEGORY_TITLES[category]]
            line = found.get((name, CATEGORY_TITLES[category]))
            assert (line is None) == (not any(row["Total"] for row in rows))
            if line is not None:
                amounts = [math.fsum(month) for month in zip(*(row["months"] for row in rows), strict=True)]
                shown = [line[column - 1].value for column in columns]
                assert shown == pytest.approx(amounts, rel=1e-12, abs=1e-9)
                assert line[1].value == pytest.approx(math.fsum(shown), rel=1e-12)
        total = found[name, "Total"]
        assert total[1].value == pytest.approx(float(result["total_usd"]) * rate, rel=1e-9)
        years = [cell.value for cell in total[2 : columns[0] - 1]]
        assert math.fsum(years) == pytest.approx(total[1].value, rel=1e-12)
        assert [found[name, "Cumulative"][column - 1].value for column in columns] == pytest.approx(
            list(result.cumulative_usd * rate), rel=1e-9
        )
        for label, figure in (
            ("of the total, refreshes", "refresh_usd"),
            ("Discounted to month 0", "npv_usd"),
        ):
            assert found[name, label][1].value == pytest.approx(
                float(result[figure]) * rate, rel=1e-9, abs=1e-9
            )


def test_quarters_add_up_to_the_budget():
    book = book_of(changes=EURO)
    budget, quarters = blocks(book[BUDGET]), blocks(book[QUARTERS], first=5)
    assert len(quarters) > 20
    for key, row in quarters.items():
        assert row[1].value == pytest.approx(budget[key][1].value, rel=1e-12)
        assert math.fsum(cell.value for cell in row[2:]) == pytest.approx(row[1].value, rel=1e-12)


def test_calendar_fiscal_years_and_quarters():
    book = book_of(changes=EURO)
    results, _ = made(changes=EURO)
    sheet = book[BUDGET]
    columns = months_of(sheet)
    days = [sheet.cell(HEAD_ROW + 1, column).value for column in columns]
    assert days[0] == datetime.datetime(2027, 1, 1)
    assert days[-1] == datetime.datetime(2029, 1, 1)
    assert len(days) == results.scenario.horizon_months + 1
    years = [sheet.cell(YEAR_ROW + 1, column).value for column in columns]
    assert years == [fiscal_year(day.date(), 4) for day in days]
    assert years[2:4] == ["FY 2026/27", "FY 2027/28"]
    quarters = [sheet.cell(YEAR_ROW + 2, column).value for column in columns]
    assert quarters == [fiscal_quarter(day.date(), 4) for day in days]
    assert quarters[2:4] == ["Q4 FY 2026/27", "Q1 FY 2027/28"]


# ---------------------------------------------------------------- what is live
@pytest.mark.parametrize("preset", SOME[:2])
def test_what_is_said_to_be_live_is_read_by_formulas(preset):
    text = "\n".join(formula for _, _, formula, _ in cells_with_formulas(data_of(preset)))
    book = book_of(preset, values=False)
    live = [row for row in inputs(book) if row["In this file"] == "live"]
    assert len(live) > 30
    for row in live:
        name = row["Name in formulas"]
        assert name in book.defined_names
        assert re.search(rf"(?<![a-z0-9_]){name}(?![a-z0-9_])", text), name
    for row in inputs(book):
        assert row["In this file"] == "live" or not row["Name in formulas"]


def test_what_is_held_says_why_and_looks_it():
    book = book_of(values=False)
    sheet, held = book[INPUTS], []
    live_fill = next(row[2].fill.fgColor.rgb for row in sheet.iter_rows(min_row=6) if row[4].value == "live")
    for row in sheet.iter_rows(min_row=6):
        if row[4].value != "live":
            held.append(row[1].value)
            assert row[4].value.startswith("held: ") or row[4].value == "no figure here rests on it"
            assert row[2].fill.fgColor.rgb != live_fill
    assert {"Horizon", "Base size", "Base model"} <= set(held)


def test_no_figure_of_the_summary_is_a_plain_number():
    sheet = book_of(values=False)[SUMMARY]
    for row in sheet.iter_rows(min_row=9, max_row=36, min_col=2, max_col=6):
        assert not any(isinstance(cell.value, int | float) for cell in row), row[0].coordinate


def test_formulas_have_functions_of_old_versions_alone():
    """Later ones are written with a prefix, which our sheets leave out for speed."""
    used = set()
    for _, _, formula, _ in cells_with_formulas(data_of(changes=OWNED)):
        used |= set(re.findall(r"([A-Z][A-Z0-9.]+)\(", formula))
    old = (
        "ABS AND CEILING COUNT EDATE EXP FIXED FLOOR IF IFERROR INDEX INT ISNUMBER LN LOG LOG10 MATCH MAX MIN"
        " MOD MONTH NA RIGHT ROUND SQRT SUBTOTAL SUM SUMIF SUMIFS YEAR"
    )
    assert used <= set(old.split())


def test_names_are_cells_and_no_two_are_one():
    book = book_of(values=False)
    places = [name.attr_text for name in book.defined_names.values()]
    assert len(places) == len(set(places))
    assert book.defined_names["workload_requests_per_month"].attr_text.startswith("Assumptions!$C$")
    assert book.defined_names["items_total"].attr_text.startswith("'Line items'!$F$7:$F$")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("workload.input_tokens", "workload_input_tokens"),
        ("choice/served/2 accelerators", "choice_served_2_accelerators"),
        ("a1", ""),
        ("1/x", ""),
        ("r1c1", ""),
        ("x" * 300, ""),
    ],
)
def test_names_that_spreadsheets_take(key, name):
    assert name_of(key) == name


# ---------------------------------------------------------------- summary
@pytest.mark.parametrize("preset", SOME)
def test_the_summary_has_every_figure(preset):
    results, _ = made(preset)
    rows = {row[0]: row[1:] for row in rows_of(book_of(preset)[SUMMARY], 9) if row[0]}
    for name in FIGURES:
        shown = next(
            cells
            for title, cells in rows.items()
            if title.split(", ")[0] == figure_title(name).split(", ")[0]
        )
        for result, value in zip(results.strategies.values(), shown, strict=False):
            if isinstance(value, int | float):
                assert value == pytest.approx(float(result[name]), rel=1e-9)
            elif not result.fits or name == "battery_frac_per_day":
                assert value in ("–", "does not fit")
            else:
                assert name == "payback_month" or result.energy_range_frac != (1.0, 1.0)


def test_the_providers_energy_is_shown_as_a_range_alone():
    rows = {row[0]: row[1] for row in rows_of(book_of()[SUMMARY], 9, 32)}
    low, high = (float(end.replace(",", "")) for end in rows["Energy, kWh"].split("–"))
    energy = float(made()[0].strategies["api"]["energy_kwh"])
    assert (low, high) == (pytest.approx(energy / 3.0, rel=0.05), pytest.approx(energy * 3.0, rel=0.05))
    assert "–" in rows["Carbon, kgCO₂e"]


def test_what_does_not_fit_says_why_and_has_no_figure():
    book = book_of(changes=MISFIT)
    summary = rows_of(book[SUMMARY], 1)
    total = next(row for row in summary if row[0] == "Total")
    assert total[3] == "does not fit"
    assert any("Fine-tune does not fit:" in str(row[0]) and "Use 16" in str(row[0]) for row in summary)
    assert any(str(row[0]).startswith("Does not fit.") for row in rows_of(book[BUDGET], 5))
    assert "Calc fine-tune" not in book.sheetnames
    assert ("Fine-tune", "Total") not in blocks(book[BUDGET])


def test_a_plan_of_which_nothing_fits_still_has_a_workbook():
    changes = (*MISFIT, ("strategies", ("finetune",)))
    book = book_of(changes=changes)
    assert book.sheetnames[0] == SUMMARY
    assert not items(book)
    assert not book_of(changes=changes, values=False)[SUMMARY]._charts


# ---------------------------------------------------------------- assumptions and sources
def test_every_input_is_listed_with_source():
    listed = inputs(book_of())
    assert len(listed) == len(specs_of(Scenario))
    assert all(row["Source"] for row in listed)
    rent = next(row for row in listed if row["Name in formulas"] == "serving_usd_per_accelerator_h")
    assert (rent["Low"], rent["Most likely"], rent["High"], rent["Shape"]) == (2.4, 4.5, 12.29, "pert")
    assert rent["Unit"] == "USD/h"


def test_an_input_that_is_null_stands_with_what_it_resolved_to():
    rows = {row["Name in formulas"]: row for row in inputs(book_of())}
    carbon = rows["site_carbon_kgco2e_per_kwh"]
    grid = load_catalog().find_grid("usa")
    assert carbon["Value"] == grid.carbon_kgco2e_per_kwh
    assert (carbon["Source"], carbon["Date"]) == (grid.source.title, grid.source.as_of)


def test_a_change_is_marked_and_what_it_was():
    changes = (("workload.requests_per_month", 3e6), ("site.grid", "fra"))
    book = book_of(changes=changes)
    rows = {(row["Section"], row["Input"]): row for row in inputs(book)}
    changed = {key for key, row in rows.items() if row["Changed"] == "yes"}
    assert changed == {("Workload", "Requests per month"), ("Site and energy", "Grid")}
    row = rows["Workload", "Requests per month"]
    assert row["Source"] == "you"
    assert row["In the preset customer-support"] == "2.0M/mo"
    tints = {row[1].value: row[0].fill.fgColor.rgb for row in book[INPUTS].iter_rows(min_row=6)}
    assert tints["Grid"] != tints["PUE"]


@pytest.mark.parametrize("preset", SOME)
def test_sources_have_dates(preset):
    head, *rows = rows_of(book_of(preset)[SOURCES], 4)
    assert head[5:7] == ["Source", "Date"]
    assert rows
    for row in rows:
        assert row[5]
        assert row[6]


def test_rates_have_sources():
    rows = [row for row in rows_of(book_of()[RATES], 5) if row[0]]
    assert len(rows) > 40
    assert all(isinstance(row[1], int | float) and row[3] for row in rows)


def test_a_typed_price_has_you_as_its_source():
    rows = rows_of(book_of(changes=(("serving.usd_per_accelerator_h", 2.0),))[SOURCES], 5)
    assert next(row for row in rows if row[0] == "Rent, serving")[5] == "you"


# ---------------------------------------------------------------- cash, break-even, risk
def test_owned_hardware_is_bought_before_it_is_needed():
    book, (results, _) = book_of(changes=OWNED), made(changes=OWNED)
    found, columns = blocks(book[CASH]), months_of(book[CASH])
    own = results.scenario.hardware
    card = load_catalog().find_hardware(results.scenario.serving.hardware)
    price = card.purchase_price_usd + own.host_usd_per_accelerator
    result = results.strategies["finetune"]
    needed = np.concatenate(([0.0], np.asarray(result.fleet.accelerator_h) / 730.0))
    bought, held = np.zeros(61), 0.0
    for month in range(60):  # a life is 48 months: what is bought in month 0 is bought again in month 48
        bought[month] = max(0.0, needed[month + 1] - held)
        held += bought[month]
    again = np.concatenate((np.zeros(48), bought[:12], [0.0]))
    shown = [
        found["Fine-tune", "Capital: hardware bought, replaced at the end of life"][c - 1].value
        for c in columns
    ]
    assert shown == pytest.approx(list((bought + again) * price), rel=1e-9)
    sold = [found["Fine-tune", "Capital: old hardware sold"][c - 1].value for c in columns]
    assert sold == pytest.approx(
        list(-np.concatenate((np.zeros(48), bought[:13])) * price * own.residual_frac)
    )
    rows = dict(result.ledger.rows)
    spread = rows["owned_hardware", "serving"][USD]
    upkeep = needed * price * own.upkeep_frac_per_year / 12.0
    operating = [found["Fine-tune", "Operating cost, upkeep included"][c - 1].value for c in columns]
    assert operating == pytest.approx(list(result.usd_by_month - spread + upkeep), rel=1e-9)
    assert found["Prompt via API", "Capital"][1].value == 0.0


def test_what_is_rented_is_operating_cost():
    book = book_of()
    cash, budget = blocks(book[CASH]), blocks(book[BUDGET])
    for name in STRATEGY_WORDS.values():
        assert cash[name, "Cash"][1].value == pytest.approx(budget[name, "Total"][1].value, rel=1e-12)
        assert cash[name, "Capital"][1].value == 0.0


@pytest.mark.parametrize("preset", SOME)
def test_the_break_even_is_where_the_lines_meet(preset):
    """What stays, the replicas that the busy hour needs and what follows the requests: both cost the same."""
    results, _ = made(preset)
    rows = {row[0]: row[1:] for row in rows_of(book_of(preset)[BREAK_EVEN], 5, 9) if row[0]}
    base, met = Line(*rows[STRATEGY_WORDS[results.baseline]][:6]), 0
    for strategy, result in results.strategies.items():
        row = rows[STRATEGY_WORDS[strategy]]
        line, total, volume, side = Line(*row[:6]), *row[6:9]
        assert total == pytest.approx(float(result["total_usd"]), rel=1e-9)
        assert line.total(1.0) == pytest.approx(total, rel=1e-12)
        if isinstance(volume, int | float):
            met += 1
            times = volume / results.scenario.workload.requests_per_month
            assert line.total(times) == pytest.approx(base.total(times), rel=0.01)
            assert (line.total(1.01 * times) < base.total(1.01 * times)) == (side == "above it")
        elif volume == "none":
            cheaper = [line.total(times) < base.total(times) for times in np.geomspace(0.01, 100.0, 200)]
            assert all(cheaper) or not any(cheaper)
    assert met


def test_while_the_replicas_hold_it_is_what_the_planner_finds():
    """Distilled models of this plan run on the least replicas: their break-even is the planner's own."""
    rows = {row[0]: row for row in rows_of(book_of()[BREAK_EVEN], 5, 9)}
    for name in ("Distil", "Fine-tune, then distil"):
        assert rows[name][8] == pytest.approx(rows[name][10], rel=1e-5)
    assert rows["Distil"][10] == pytest.approx(1_767_573, rel=0.02)
    assert rows["Prompt, self-hosted"][10] == "at no volume"


@pytest.mark.parametrize(("needed", "least"), [(1.3, 2), (3.4, 2), (7.0, 1), (0.2, 1)])
def test_a_line_is_off_by_a_replica_at_most(needed, least):
    """Against whole replicas, at a cost of 1 for each of those that the plan has."""
    count = max(least, math.ceil(needed))
    line = Line(0.0, count, 0.0, needed / count, 1.0 / count, least / count)
    assert line.total(1.0) == count
    for times in np.geomspace(0.01, 100.0, 997).tolist():
        assert abs(line.total(times) - max(least, math.ceil(times * needed))) <= 1.0 + 1e-9


def test_risk_is_what_the_draws_say():
    drawn = drawn_of()
    sheet = rows_of(book_of()[RISK], 4)
    totals = {row[0]: row[1:8] for row in sheet[1:6]}
    for strategy, found in drawn.strategies.items():
        assert totals[STRATEGY_WORDS[strategy]] == pytest.approx(list(found.total_usd.values()))
    shares = next(at for at, row in enumerate(sheet) if row[0] == "Share of draws")
    for row in sheet[shares + 1 : shares + 6]:
        strategy = next(name for name, title in STRATEGY_WORDS.items() if title == row[0])
        assert row[1] == pytest.approx(drawn.strategies[strategy].cheapest_frac)
    assert "64 draws" in book_of()[RISK]["A2"].value
    assert "seed 0" in book_of()[RISK]["A2"].value


# ---------------------------------------------------------------- texts that would run
def titled(text):
    results, plan = made(changes=SHORT)
    return workbook_bytes(
        results, plan.model_copy(update={"title": text}), Job(results, drawn_of(changes=SHORT))
    )


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text):
    named = text.strip()
    changes = (*SHORT, ("name", named), ("notes", f"{text}\n{text}"))
    results, plan = made(changes=changes)
    plan = plan.model_copy(update={"title": text})
    data = workbook_bytes(results, plan, Job(results, drawn_of(changes=changes)))
    formulas = opened(data, values=False)
    assert (formulas[SUMMARY]["A1"].value, formulas[SUMMARY]["A1"].data_type) == (text, "s")
    notes = [cell for row in formulas[NOTES].iter_rows() for cell in row if cell.value == named]
    assert notes
    assert all(cell.data_type == "s" for cell in notes)
    assert not any(sheet._hyperlinks for sheet in formulas)
    plain = {formula for _, _, formula, _ in cells_with_formulas(data_of(changes=SHORT))}
    assert {formula for _, _, formula, _ in cells_with_formulas(data)} <= plain


def test_numbers_in_names_stay_text():
    data = titled("12345")
    cell = opened(data)[SUMMARY]["A1"]
    assert (cell.value, cell.data_type) == ("12345", "s")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:  # &9 and a digit would be a size of 912345 points
        assert "&amp;9 12345" in archive.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_travel_whole(text):
    assert opened(titled(text))[SUMMARY]["A1"].value == text


@pytest.mark.parametrize("text", ["a\x01b", "_x0041_", "x" * 40_000, "two\nlines"])
def test_texts_that_no_cell_holds_do_not_break_the_file(text):
    value = opened(titled(text))[SUMMARY]["A1"].value
    assert value
    assert len(value) <= 32_767


@pytest.mark.parametrize(
    "currency", ['"', "[Red]", "a;b", "", "   ", "\\", "&", "x" * 99, "=A1", "kr", "0.0"]
)
def test_any_currency_is_a_valid_format(currency):
    changes = (*SHORT, ("report.currency", currency), ("report.currency_per_usd", 7.0))
    book = book_of(changes=changes)
    for row in book[BUDGET].iter_rows(min_row=9, max_row=12, min_col=2, max_col=4):
        for cell in row:
            assert cell.number_format.count('"') % 2 == 0


# ---------------------------------------------------------------- looks that tests can hold
@pytest.mark.parametrize("name", [BUDGET, QUARTERS, CASH, CARBON, BREAK_EVEN, RISK, ITEMS])
def test_no_number_is_wider_than_its_column(name):
    """What a reader shows as ### : digits of the format against the width, at size 10."""
    sheet = book_of(changes=EURO)[name]
    runs = [(each.min, each.max, each.width) for each in sheet.column_dimensions.values()]
    for row in sheet.iter_rows(min_row=FIRST_ROW + 1):
        for cell in row[1:]:
            if isinstance(cell.value, int | float) and "%" not in cell.number_format:
                width = next(wide for low, high, wide in runs if low <= cell.column <= high)
                assert len(f"€{cell.value:,.0f}") <= width, cell.coordinate


def test_panes_filters_and_print():
    book = book_of()
    assert book[BUDGET].freeze_panes == "C7"
    assert book[ITEMS].freeze_panes == "C7"
    assert book[ITEMS].auto_filter.ref
    assert book[INPUTS].auto_filter.ref
    for sheet in book:
        assert sheet.freeze_panes, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert str(sheet["A2"].value).startswith("How to read: "), sheet.title
    assert book[BUDGET].print_title_cols == "$A:$B"


def test_the_same_plan_gives_the_same_figures():
    first, second = (opened(titled("x")) for _ in range(2))
    for name in first.sheetnames:
        assert rows_of(first[name], 1) == rows_of(second[name], 1)


# ---------------------------------------------------------------- progress
def test_progress_rises_to_the_end_and_can_stop_it():
    results, plan = made(changes=SHORT)
    told = []
    job = Job(results, drawn_of(changes=SHORT), lambda share, words: told.append((share, words)))
    workbook_bytes(results, plan, job)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(words for _, words in told)

    def stop(share, words):
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        workbook_bytes(results, plan, Job(results, drawn_of(changes=SHORT), stop))
