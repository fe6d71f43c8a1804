"""How the figures come about: equations with numbers, what was looked up, method, caveats, provenance."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.engine.equations.derivations import figure_lines
from planner.export import palette
from planner.export.story_pages.told import LABELS, Told
from planner.ui.report.flow import SMALL_STRONG, Flow, Piece
from planner.ui.report.letters import Face

_TEXT: Final = Face(7.2, 400, palette.INK2)
_FIGURES: Final = (
    ("total_usd", 6),
    ("usd_per_1k_requests", 3),
    ("payback_month", 2),
    ("carbon_kgco2e", 4),
    ("quality", 4),
)


def put_equations(flow: Flow, told: Told, most: int = 6) -> None:
    """Set the equations of the headline figures of the choice, and the total of the baseline."""
    chosen, base = told.chosen, told.baseline
    if chosen is None:
        return
    wanted = [(chosen.strategy, figure, most) for figure, most in _FIGURES]
    if base is not None and base is not chosen:
        wanted.append((base.strategy, "total_usd", 5))
    else:
        wanted = [each for each in wanted if each[1] != "payback_month"]
    width = (flow.width - 18.0) / 2
    pieces: list[Piece] = []
    for strategy, figure, lines_most in wanted:
        lines = figure_lines(told.results, strategy, figure, most=min(most, lines_most))
        for number, line in enumerate(lines):
            said = f"{LABELS[strategy]}. {line}" if number == 0 else line
            found = flow.text_pieces(
                said, SMALL_STRONG if number == 0 else _TEXT, width, indent=6.0 if number else 0.0
            )
            pieces += found
        pieces.append(Piece(4.0, lambda _box: None))
    flow.section(
        "Equations", "How the headline figures come about.", "With this plan's numbers put in.", after=60.0
    )
    flow.columns(2, pieces)


def put_method(flow: Flow, told: Told, most: int = 10) -> None:
    """Set method, caveats, versions and seed, and so many lines of the plan's notes."""
    width = (flow.width - 18.0) / 2
    pieces: list[Piece] = []
    for title, text in (*_method(told), *_caveats(told)):
        pieces += [replace(each, holds=True) for each in flow.text_pieces(title, SMALL_STRONG, width)]
        pieces += flow.text_pieces(text, _TEXT, width)
        pieces.append(Piece(3.0, lambda _box: None))
    notes = told.scenario.notes.strip()
    if notes:
        pieces += [
            replace(each, holds=True) for each in flow.text_pieces("Notes of the plan", SMALL_STRONG, width)
        ]
        pieces += flow.text_pieces(notes, _TEXT, width, most=most)
    flow.gap(10.0)
    flow.subhead("Method and caveats", after=60.0)
    flow.columns(2, pieces)


def _method(told: Told) -> list[tuple[str, str]]:
    drawn = told.drawn
    draws = "No input has a range, so nothing is drawn."
    if drawn is not None and told.uncertain:
        draws = (
            f"{drawn.draws:,} draws from the ranges of {len(drawn.inputs)} inputs, the measured speeds "
            f"among them, seed {drawn.seed}. What the plan decides is held, the world is drawn. "
            "P10 and P90 hold eight of ten draws between them."
        )
    figures = (
        "Each strategy is a list of line items by month, in physical quantities and money; its figures are "
        "sums of them. Totals are undiscounted, and at the most likely values of all inputs."
    )
    versions = (
        f"Planner {__version__}, catalogue {told.results.catalog_version} closed {told.catalog.date}. The "
        "record of this plan (.json) reproduces every number, the workbook (.xlsx) recalculates."
    )
    return [("Figures", figures), ("Draws", draws), ("Versions", versions)]


def _caveats(told: Told) -> list[tuple[str, str]]:
    return [(CAVEATS[code].text, CAVEATS[code].help) for code in told.results.caveats if code in CAVEATS]
