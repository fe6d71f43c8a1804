"""The report: its pages hold what they must, nothing overlaps or is lost, and no widget takes part."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QEventLoop, QTimer
from report_plans import IDS, ODD, job_of, teller_of

from planner.app.background import Background
from planner.errors import PlannerError
from planner.export.assumptions import assumptions
from planner.export.differences import input_title
from planner.export.job import Cancelled, Job
from planner.scenario.model import spec_for
from planner.ui.lettering import plain
from planner.ui.report.canvas import HEIGHT, WIDTH, Box, Canvas, Words
from planner.ui.report.flow import MARGIN, Flow, Piece, line_of
from planner.ui.report.letters import Face, Letters
from planner.ui.report.outline import with_outline
from planner.ui.report.report import MOST_PAGES, pages_of, report_bytes
from planner.ui.report.tables import Column, Row, Table
from planner.units import format_quantity, money_in

FACE = Face(8.0)
ROUNDING = 0.5
"""Of positions. [pt]"""
LEADING = 1.2
"""By so much boxes of lines that are set close may share their empty rims. [pt]"""

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


@pytest.fixture(autouse=True)
def _fonts(qapp):
    from planner.ui.offscreen import application

    application()


@cache
def canvas_of(name) -> Canvas:
    return pages_of(teller_of(name))


@cache
def pdf_of(name) -> bytes:
    told = teller_of(name).told
    return report_bytes(told.results, told.plan, job_of(name))


@cache
def text_of(name) -> str:
    """Return what a reader copies out of the file, on one line."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf_of(name), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b""
    return squeezed(done.stdout.decode())


def squeezed(text) -> str:
    return re.sub(r"\s+", "", text)


def said_on(canvas) -> str:
    return squeezed("".join(words.text for page in canvas.pages for words in page.words))


# ---------------------------------------------------------------- pages
@pytest.mark.parametrize("name", [*IDS, *ODD])
def test_two_to_six_pages_without_overlap_inside_the_margins(name):
    canvas = canvas_of(name)
    assert 2 <= len(canvas.pages) <= MOST_PAGES
    for page in canvas.pages:
        assert page.words
        for words in page.words:
            box = words.box
            assert MARGIN - ROUNDING <= box.left <= box.right <= WIDTH - MARGIN + ROUNDING, words
            assert 20.0 <= box.top <= box.bottom <= HEIGHT - 20.0, words
        for one, other in combinations(page.words, 2):
            across = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
            down = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
            assert not (across > ROUNDING and down > LEADING), (one, other)


@pytest.mark.parametrize("name", [*IDS, "sixty months, another year and currency", "nothing fits"])
def test_the_verdict_and_the_totals_are_those_of_the_app(name):
    teller, said = teller_of(name), said_on(canvas_of(name))
    told = teller.told
    with money_in(teller.currency.symbol, teller.currency.per_usd):
        assert squeezed(told.verdict.sentence) in said
        assert squeezed(told.verdict.second) in said
        for result in told.fitting:
            assert squeezed(format_quantity(float(result["total_usd"]), "usd")) in said
    for result in told.order:
        if result not in told.fitting:
            assert "doesnotfit" in said


@pytest.mark.parametrize(
    "name", ["customer-support", "everything changed", "a range on everything", "long notes"]
)
def test_every_assumption_is_there_with_its_source(name):
    told, said = teller_of(name).told, said_on(canvas_of(name))
    for row in assumptions(told.scenario, told.plan):
        if row.path in ("notes", "name"):
            continue
        title = spec_for(row.path).title
        assert squeezed(title) in said or squeezed(input_title(row.path)) in said, row.path
        assert squeezed(plain(row.source)) in said, row.path


def test_what_was_changed_stands_in_full_with_what_it_was():
    name = "sixty months, another year and currency"
    told, canvas = teller_of(name).told, canvas_of(name)
    changed = [row for row in assumptions(told.scenario, told.plan) if row.changed]
    assert {row.path for row in changed} >= {"horizon_months", "report.currency"}
    for row in changed:
        found = [
            {each.text for each in page.words if abs(each.box.top - head.box.top) < 2.0}
            for page in canvas.pages
            for head in page.words
            if head.text == input_title(row.path)
        ]
        assert any({row.text, row.before, row.source} <= beside for beside in found), row.path


def test_amounts_are_in_the_reports_currency():
    said = said_on(canvas_of("sixty months, another year and currency"))
    assert "€" in said
    assert "$" not in re.sub(r"resources/\S*", "", said)


def test_headline_figures_have_equations_with_numbers():
    said = said_on(canvas_of("customer-support"))
    assert "Total=sumofmonths0to24of" in said
    assert re.search(r"Per1krequests=1,000×total/requestsofallmonths=1,000×\$", said)


def test_every_page_says_which_it_is_and_of_what_plan():
    canvas = canvas_of("customer-support")
    for number, page in enumerate(canvas.pages, start=1):
        texts = [words.text for words in page.words]
        assert f"Page {number} of {len(canvas.pages)}" in texts
        assert any(text.startswith("Customer support") for text in texts)
        assert any("seed 0" in text for text in texts)


# ---------------------------------------------------------------- the file
@needs_poppler
@pytest.mark.parametrize("name", ["customer-support", "healthcare-reports", "weird names"])
def test_a_reader_copies_the_text_out_of_it(name):
    """Qt's PDF loses the text of glyphs that features put in; our fonts need none."""
    text = text_of(name)
    missing = [
        words.text
        for page in canvas_of(name).pages
        for words in page.words
        if squeezed(words.text) not in text and words.text.isascii()
    ]
    assert not missing
    assert squeezed(teller_of(name).told.verdict.sentence) in text


@pytest.mark.parametrize("name", ["customer-support", "bank-compliance"])
def test_plots_are_drawn_and_not_pictures(name):
    data = pdf_of(name)
    assert data.startswith(b"%PDF-")
    assert b"/Subtype /Image" not in data
    assert data.count(b"/FontFile2") + data.count(b"/FontFile3") >= 4
    assert len(data) < 400_000


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_title_creator_and_pages_are_said(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf_of("customer-support"))
    done = subprocess.run(["pdfinfo", path], capture_output=True, check=True, text=True, timeout=60)
    assert done.stderr == ""
    assert re.search(r"Title: +Customer support", done.stdout)
    assert re.search(r"Creator: +planner ", done.stdout)
    assert re.search(r"Pages: +6", done.stdout)


@pytest.mark.skipif(shutil.which("pdftohtml") is None, reason="poppler is not installed")
def test_sections_are_bookmarks(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf_of("customer-support"))
    done = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", path], capture_output=True, check=True, text=True, timeout=60
    )
    found = re.findall(r'<item page="(\d)">([^<]*)</item>', done.stdout)
    assert [(title, int(page) - 1) for page, title in found] == canvas_of("customer-support").bookmarks
    assert "Break-even" in dict(canvas_of("customer-support").bookmarks)


def test_a_file_that_is_not_as_expected_keeps_its_bytes():
    for data in (b"", b"%PDF-1.4\n", b"trailer <</Root 1 0 R /Size 3>>\nstartxref\n0\n%%EOF\n"):
        assert with_outline(data, [("One", 0)]) == data


def test_names_that_would_turn_or_break_the_page_are_one_quiet_line():
    canvas = canvas_of("weird names")
    texts = [words.text for page in canvas.pages for words in page.words]
    assert not [text for text in texts if re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069]", text)]
    assert max(map(len, texts)) < 300


# ---------------------------------------------------------------- while the window runs
def test_it_is_made_in_a_thread_while_the_loop_turns(qapp, qtlog):
    told, job = teller_of("customer-support").told, job_of("customer-support")
    background, loop, turns, found = Background(), QEventLoop(), [], []
    ticks = QTimer()
    ticks.timeout.connect(lambda: turns.append(1))
    ticks.start(1)
    background.done.connect(lambda data: (found.append(data), loop.quit()))
    background.failed.connect(lambda problem: (found.append(problem), loop.quit()))
    background.start(lambda: report_bytes(told.results, told.plan, job))
    QTimer.singleShot(30_000, loop.quit)
    loop.exec()
    ticks.stop()
    background.stop()
    assert found[0].startswith(b"%PDF-")
    assert found[0].count(b"/Type /Page\n") == len(canvas_of("customer-support").pages)
    assert len(turns) > 3
    assert not [
        record for record in qtlog.records if "QPainter" in record.message or "QPdf" in record.message
    ]


def test_progress_only_grows_and_a_stop_leaves_the_painter_closed(qtlog):
    told = teller_of("customer-support").told
    seen = []
    report_bytes(
        told.results, told.plan, Job(told.results, told.drawn, lambda share, _words: seen.append(share))
    )
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert seen[-1] <= 1.0

    def stop(share, words):
        if words.startswith("Drawing") and share > 0.9:
            raise Cancelled

    with pytest.raises(Cancelled):
        report_bytes(told.results, told.plan, Job(told.results, told.drawn, stop))
    assert not qtlog.records


def test_the_command_line_writes_it_without_a_screen(tmp_path):
    bare = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
    }
    plan = Path(__file__).parents[2] / "presets" / "customer-support.plan.json"
    out = tmp_path / "out.pdf"
    done = subprocess.run(
        [sys.executable, "-m", "planner", "export", plan, "--to", out],
        capture_output=True, text=True, env=bare, timeout=120, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes().startswith(b"%PDF-")


# ---------------------------------------------------------------- letters, columns, tables
@given(some.text(max_size=300), some.floats(20.0, 300.0))
def test_lines_fit_and_no_word_is_lost(text, width):
    letters = Letters()
    lines = letters.wrapped(text, FACE, width)
    assert squeezed("".join(lines)) == squeezed(plain(text))
    for line in lines:
        assert letters.width(line, FACE) <= width or len(line) == 1


@given(some.text(max_size=300), some.floats(20.0, 300.0), some.integers(1, 4))
def test_what_has_no_room_is_shortened(text, width, most):
    letters = Letters()
    lines = letters.wrapped(text, FACE, width, most)
    assert len(lines) <= most
    assert letters.width(letters.elided(text, FACE, width), FACE) <= width + 0.1


def test_plain_text_is_on_one_line():
    assert plain("a\n\tb\u2028c\u202ed \x00 e") == "a b cd e"
    assert plain("  ") == ""


def drawn(canvas, text):
    return Piece(10.0, lambda box: canvas.text(box, text, FACE))


@pytest.mark.parametrize("count", [1, 2, 7, 90, 400])
def test_columns_hold_all_pieces_in_order_and_end_level(count):
    canvas = Canvas(Letters())
    flow = Flow(canvas)
    flow.columns(3, [drawn(canvas, f"p{number}") for number in range(count)])
    words = [each for page in canvas.pages for each in page.words]
    assert [each.text for each in words] == [f"p{number}" for number in range(count)]
    last = canvas.pages[-1].words
    ends = {each.box.left: each.box.bottom for each in last}
    if len(last) > 3:
        assert max(ends.values()) - min(ends.values()) <= 20.5


def test_a_title_is_not_parted_from_what_follows():
    canvas = Canvas(Letters())
    flow = Flow(canvas)
    flow.y = flow.bottom - 25.0
    body = [drawn(canvas, "one"), Piece(10.0, lambda box: canvas.text(box, "title", FACE), holds=True)]
    flow.columns(1, [*body, drawn(canvas, "two"), drawn(canvas, "three")])
    assert [words.text for words in canvas.pages[0].words] == ["one"]
    assert [words.text for words in canvas.pages[1].words] == ["title", "two", "three"]


def test_a_table_sets_its_head_again_on_every_page():
    canvas = Canvas(Letters())
    flow = Flow(canvas)
    table = Table(canvas, (Column("Name", 100.0), Column("Value", 100.0, 1.0)))
    table.put(flow, [Row((f"row {number}", "1")) for number in range(120)])
    assert len(canvas.pages) >= 2
    for page in canvas.pages:
        assert [words.text for words in page.words][:2] == ["Name", "Value"]
    rows = [words.text for page in canvas.pages for words in page.words if words.text.startswith("row")]
    assert rows == [f"row {number}" for number in range(120)]


def test_a_section_does_not_begin_at_the_foot_of_a_page():
    canvas = Canvas(Letters())
    flow = Flow(canvas)
    flow.y = flow.bottom - 60.0
    flow.section("Name", "What it says.", after=80.0)
    assert len(canvas.pages) == 2
    assert canvas.bookmarks == [("Name", 1)]


def test_text_is_shortened_to_its_box():
    canvas = Canvas(Letters())
    canvas.text(Box(50.0, 50.0, 40.0, line_of(FACE)), "much longer than its box", FACE)
    (words,) = canvas.page.words
    assert isinstance(words, Words)
    assert words.text.endswith("…")
    assert words.box.right <= 90.1


def test_problems_are_errors_of_ours(monkeypatch):
    told = teller_of("customer-support").told

    class Broken:
        def __init__(self, _device) -> None: ...

        def isActive(self) -> bool:
            return False

    monkeypatch.setattr("planner.ui.report.canvas.QPainter", Broken)
    with pytest.raises(PlannerError, match="could not be drawn"):
        report_bytes(told.results, told.plan, job_of("customer-support"))
