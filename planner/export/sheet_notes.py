"""Sheet "Notes": what this file is, how it calculates, what it cannot, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.engine.constants import load_physics
from planner.export import palette
from planner.export.book import NOTES, Book, height_for, put, strategy_title
from planner.scenario.fields import specs_of
from planner.scenario.model import SCHEMA_VERSION, Scenario

_WIDTHS: Final = (26, 120)
_METHOD: Final = (
    (
        "What it is",
        "The plan as a model: blue cells are inputs, all else follows. Assumptions and rates feed "
        "the calculations; these feed the line items, which add up to the monthly budget.",
    ),
    (
        "Months",
        "Month 0 holds the first release and no traffic; the months after it carry traffic. A month has "
        "730 hours. Amounts are cash of the one who runs the service, before tax, in today's money; only the "
        "row named discounted is discounted.",
    ),
    (
        "Beside the totals",
        "Carbon at the internal price and the value lost by unacceptable answers stand beside the totals, "
        "never in them.",
    ),
    (
        "What stays as exported",
        "The verdict, limits kept or missed, the crossings of the planner, and all of Risk. Inputs in grey "
        "on Assumptions need a new export from the planner; the reason stands beside each.",
    ),
    (
        "Choices",
        "What the planner decided (accelerators per replica, refresh intervals) is held here as numbers on "
        "Rates. After a large change ask the planner again: it may decide otherwise.",
    ),
    (
        "Recalculation",
        "Every formula carries the value it had when this file was made. LibreOffice shows those until it "
        "recalculates: Ctrl+Shift+F9.",
    ),
)


def write_notes(book: Book) -> None:
    """Write method, versions, provenance, caveats, what is held, and the plan's own notes."""
    sheet = book.sheet(NOTES)
    book.title(sheet, "Notes", "what the file does and does not say; for whoever has to answer for it.")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    at = _write_part(book, 3, "How it works", _METHOD)
    at = _write_part(book, at, "Made from", _provenance(book))
    at = _write_part(book, at, "What to know", _caveats(book))
    at = _write_part(book, at, "Does not fit", _problems(book))
    at = _write_part(book, at, "Held in this file", _held(book))
    _write_part(book, at, "Notes of the plan", _own(book))
    sheet.freeze_panes(3, 0)
    book.print_setup(sheet)


def _write_part(book: Book, at: int, title: str, rows: Iterable[tuple[str, str]]) -> int:
    """Write a heading and rows of a word and a text; nothing where there are none."""
    sheet, found = book.sheet(NOTES), list(rows)
    if not found:
        return at
    put(sheet, at, 0, title, book.head())
    sheet.write_blank(at, 1, None, book.head())
    for word, text in found:
        at += 1
        put(sheet, at, 0, word, book.format(valign="top", text_wrap=True, font_color=palette.INK2))
        put(sheet, at, 1, text, book.format(valign="top", text_wrap=True))
        sheet.set_row(at, height_for([(word, _WIDTHS[0]), (text, _WIDTHS[1])]))
    return at + 2


def _provenance(book: Book) -> Iterator[tuple[str, str]]:
    catalog, physics, drawn = load_catalog(), load_physics(), book.drawn
    yield "Plan", book.plan.title
    yield "Scenario", book.results.scenario.name
    yield "Preset", book.plan.preset or "none"
    yield "Planner", f"{__version__}, plan files of schema {SCHEMA_VERSION}"
    yield "Catalogue", f"{catalog.version}, closed {catalog.date}"
    yield "Physics", f"{physics.version}, {physics.source}"
    yield "Draws", f"{drawn.draws:,}, seed {drawn.seed}"
    if book.converts:
        yield "Currency", f"{book.rate:g} {book.currency} per USD; the planner itself works in USD"


def _caveats(book: Book) -> Iterator[tuple[str, str]]:
    for code in book.results.caveats:
        if code in CAVEATS:
            yield CAVEATS[code].text, CAVEATS[code].help


def _problems(book: Book) -> Iterator[tuple[str, str]]:
    for result in book.results.strategies.values():
        for problem in result.problems:
            yield strategy_title(result.strategy), f"{problem.message} {problem.hint}".strip()


def _held(book: Book) -> Iterator[tuple[str, str]]:
    specs = specs_of(Scenario)
    for path, reason in book.equations.held.items():
        yield specs[path].title if path in specs else path, reason


def _own(book: Book) -> Iterator[tuple[str, str]]:
    lines = [line for line in book.results.scenario.notes.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        yield ("" if number else book.results.scenario.name), line
