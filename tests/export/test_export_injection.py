"""Names that would run as formulas, break cells or break letters: they come out as text in every file."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile

import openpyxl
import pyarrow.parquet as pq
import pytest
from lxml import etree
from openpyxl.utils.escape import unescape
from pptx import Presentation

from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.export.job import Job
from planner.export.parquet import LEDGER_KEY, ledger_parquet
from planner.export.record import digest, record_bytes
from planner.export.slides import slides_bytes
from planner.export.table import csv_text, ledger_bytes, unguarded
from planner.export.workbook import workbook_bytes
from planner.scenario.files import load_plan, save_plan
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset

RUN_BY = ("=", "+", "-", "@", "\t", "\r")

NAMES = {
    "link": '=HYPERLINK("x")',
    "command": "=cmd|' /C calc'!A0",
    "sum": "@SUM(1+1)*cmd",
    "plus": "+1",
    "minus": "-1",
    "at": "@cmd",
    "quotes": "\"two\" and 'one' and ''two''",
    "markup": "<b>&amp;</b><script>alert(1)</script>",
    "long": "=1+" + "x" * 9_997,
    "right to left": "=שלום עולם (مرحبا)",
    "emoji": "+😀👩‍👩‍👧‍👦 1",
    "percent": "%s {0} %(name)s $A$1",
    "apostrophe": "'=1",
    "brackets": "[a]*?/\\:b",
}
"""What a scenario may be called."""

TEXTS = {
    **NAMES,
    "lines": "=1\n+2\r\n-3\r@4",
    "tab": "\t=1",
    "control": "=\x07\x1b[31m\x00\x0b\x0c\x1f\x7f",
    "escape": "_x000D_=1 _x0041_",
    "bidi": "\u202e=1\u2066\u2069\ufeff",
    "odd": "\ufffe\uffff \U0001f1e9",
}
"""What a title or notes may say."""


def made(name, title=None, notes="") -> tuple:
    """Return a plan of a name, simulated."""
    plan = load_preset()
    scenario = plan.scenario.with_(
        {"name": name, "notes": notes, "horizon_months": 3, "strategies": ("api", "distil")}
    )
    title = name if title is None else title
    plan = Plan(title=title, preset=plan.preset, active=name, scenarios=(scenario,))
    results = simulate(plan.scenario, load_catalog())
    return results, plan


@pytest.fixture(params=list(NAMES.values()), ids=list(NAMES))
def named(request):
    return request.param, *made(request.param)


@pytest.fixture(params=list(TEXTS.values()), ids=list(TEXTS))
def titled(request):
    return request.param, *made("Plan A", request.param, request.param)


ANYWHERE = [("name", key) for key in NAMES] + [("title", key) for key in TEXTS if key not in NAMES]


@pytest.fixture(params=ANYWHERE, ids=[f"{where} {key}" for where, key in ANYWHERE])
def anywhere(request):
    where, key = request.param
    text = TEXTS[key]
    return text, *(made(text) if where == "name" else made("Plan A", text, text))


def few(results):
    """Return a job with few draws."""
    from planner.engine.risk import risk

    return Job(results, risk(results.scenario, load_catalog(), count=64, seed=0, choices=results.choices))


def letters(text):
    """Return the visible letters of a text: what no file may lose."""
    return [sign for sign in text if unicodedata.category(sign)[0] in "LNPS"]


# ---------------------------------------------------------------- plan file
def test_a_plan_comes_back_from_its_file(named, tmp_path):
    name, _, plan = named
    save_plan(plan, tmp_path / "a.plan.json")
    again = load_plan(tmp_path / "a.plan.json")
    assert again == plan
    assert again.active == again.scenario.name == name


def test_titles_and_notes_come_back_from_a_file(titled, tmp_path):
    text, _, plan = titled
    save_plan(plan, tmp_path / "a.plan.json")
    again = load_plan(tmp_path / "a.plan.json")
    assert (again.title, again.scenario.notes) == (text, text)


# ---------------------------------------------------------------- workbook
def formulas_of(data: bytes) -> dict[str, str]:
    """Return the formulas of a workbook by sheet and cell, as they stand in its files."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/sheet"):
                tree = etree.fromstring(archive.read(part))
                for formula in tree.iter("{*}f"):
                    found[f"{part}!{formula.getparent().get('r')}"] = formula.text or ""
    return found


def test_no_text_is_a_formula_in_the_workbook(anywhere):
    text, results, plan = anywhere
    data = workbook_bytes(results, plan, few(results))
    plain = workbook_bytes(*made("Plan A", "Title", "Notes"), few(results))
    assert formulas_of(data) == formulas_of(plain)
    book = openpyxl.load_workbook(io.BytesIO(data))
    shown = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    start = letters(text)[:200]
    texts = [str(cell.value) for cell in shown]
    assert any(_holds(letters(each), start) for text in texts for each in (text, unescape(text)))
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def _holds(whole, part):
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


# ---------------------------------------------------------------- tables
def test_the_csv_of_line_items_runs_nothing(named):
    _, results, plan = named
    rows = list(csv.reader(io.StringIO(ledger_bytes(results, plan, few(results)).decode(), newline="")))
    for row in rows[1:]:
        for cell in row[:1] + row[2:5]:
            assert not cell.startswith(RUN_BY)
        assert [float(cell) for cell in row[5:]]


@pytest.mark.parametrize("text", list(TEXTS.values()), ids=list(TEXTS))
def test_a_cell_of_a_csv_runs_nothing_and_comes_back(text):
    rows = list(csv.reader(io.StringIO(csv_text([text, "x"], [[text, 1.5], ["y", text]]), newline="")))
    assert len(rows) == 3
    for cell in (rows[0][0], rows[1][0], rows[2][1]):
        assert not cell.startswith(RUN_BY)
        assert unguarded(cell) == text


def test_parquet_holds_the_name_as_it_is(titled):
    text, results, plan = titled
    table = pq.read_table(io.BytesIO(ledger_parquet(results, plan, few(results))))
    about = json.loads(table.schema.metadata[LEDGER_KEY])
    assert about["title"] == text
    assert about["scenario"]["notes"] == text
    for column in ("strategy", "item", "category", "phase"):
        assert not any(value.startswith(RUN_BY) for value in set(table[column].to_pylist()))


# ---------------------------------------------------------------- record
def test_the_record_holds_names_titles_and_notes_as_they_are(titled):
    text, results, plan = titled
    held = json.loads(record_bytes(results, plan, few(results)))
    assert (held["title"], held["plan"]["title"], held["scenario"]["notes"]) == (text, text, text)
    assert held["digest"] == digest(held)


def test_the_record_of_a_named_scenario_is_checked(named, tmp_path, capsys):
    from planner.cli.main import main

    name, results, plan = named
    path = tmp_path / "a.json"
    path.write_bytes(record_bytes(results, plan, few(results)))
    assert main(["check", str(path)]) in (0, 1)  # the draws were made without the physics
    assert main(["check", str(path), "--json"]) in (0, 1)
    out = capsys.readouterr().out
    assert "Traceback" not in out
    assert not json.loads(out[out.index("\n{\n") :] if "\n{\n" in out else out[out.index("{") :])["figures"]
    assert json.loads(path.read_bytes())["scenario"]["name"] == name


# ---------------------------------------------------------------- slides
def test_no_text_is_run_from_slides(anywhere):
    text, results, plan = anywhere
    data = slides_bytes(results, plan, few(results))
    shown, notes = [], []
    for slide in Presentation(io.BytesIO(data)).slides:
        shown += [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        notes.append(slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "")
    start = letters(text)[:12]
    assert any(_holds(letters(each), start) for each in (*shown, *notes))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.endswith(".xlsx"):  # the figures behind a chart
                assert not formulas_of(archive.read(part)), part
            if part.startswith("ppt/slides/_rels"):
                links = etree.fromstring(archive.read(part))
                outside = [link.get("Target") for link in links if link.get("TargetMode") == "External"]
                assert not [target for target in outside if target == "x" or target.startswith(RUN_BY)]


def test_scenarios_beside_each_other_run_nothing_in_the_charts_of_slides():
    _, plan = made('=HYPERLINK("x")')
    others = tuple(plan.scenario.with_({"name": name}) for name in ("+1", "@cmd", "-1"))
    plan = Plan(title="=1+1", preset=plan.preset, active=plan.active, scenarios=(plan.scenario, *others))
    results = simulate(plan.scenario, load_catalog())
    with zipfile.ZipFile(io.BytesIO(slides_bytes(results, plan, few(results)))) as archive:
        books = [archive.read(part) for part in archive.namelist() if part.endswith(".xlsx")]
    assert books
    for book in books:
        assert not formulas_of(book)
