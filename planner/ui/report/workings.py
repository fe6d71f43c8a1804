"""How the figures come about: equations with numbers, what was looked up, method, caveats, provenance."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.engine.equations.derivations import figure_lines
from planner.engine.results import FIGURES, StrategyResult
from planner.export import palette
from planner.export.story_pages.told import LABELS, Told
from planner.export.words import figure_text
from planner.ui.lettering import plain
from planner.ui.report.canvas import Box
from planner.ui.report.flow import SMALL_STRONG, Flow, Piece
from planner.ui.report.letters import Face

_TEXT: Final = Face(7.2, 400, palette.INK2)
_GUTTER: Final = 16.0
_PAYBACK: Final = "payback_month"
_PUT_IN: Final = "Put in:"
"""Begins the line of sources, which stand with the assumptions here."""
_FIGURES: Final[tuple[tuple[str, int], ...]] = (
    ("total_usd", 6),
    ("usd_per_1k_requests", 4),
    (_PAYBACK, 1),
    ("carbon_kgco2e", 4),
    ("quality", 1),
)


def put_equations(flow: Flow, told: Told, most: int = 6) -> None:
    """Set the equations of the headline figures of the choice, and of the total of the baseline."""
    chosen, base = told.chosen, told.baseline
    if chosen is None:
        return
    against = base is not None and base is not chosen
    back = against and math.isfinite(float(chosen[_PAYBACK]))
    wanted = [(chosen, *each) for each in _FIGURES if back or each[0] != _PAYBACK]
    if base is not None and base is not chosen:
        wanted.append((base, "total_usd", 5))
    width = (flow.width - _GUTTER) / 2
    pieces: list[Piece] = []
    seen: set[str] = set()
    for result, figure, lines in wanted:
        title = FIGURES[figure].title
        value = figure_text(result, figure) if figure != _PAYBACK else f"{float(result[figure]):.0f}"
        said = f"{LABELS[result.strategy]}, {title[:1].lower()}{title[1:]}: {value}"
        pieces += _heavy(flow, said, width)
        for line in _lines(told, result, figure, min(most, lines)):
            if line not in seen:
                seen.add(line)
                pieces += [*flow.text_pieces(line, _TEXT, width, indent=6.0), Piece(1.2, _nothing)]
        pieces.append(Piece(3.0, _nothing))
    flow.section(
        "Equations", "How the headline figures come about.", "With this plan's numbers put in.", after=60.0
    )
    flow.columns(2, pieces, gutter=_GUTTER)


def _lines(told: Told, result: StrategyResult, figure: str, most: int) -> list[str]:
    found = figure_lines(told.results, result.strategy, figure, most=most + 1)
    return [line for line in found if not line.startswith(_PUT_IN)][:most]


def _heavy(flow: Flow, text: str, width: float) -> list[Piece]:
    """Return a title that stays with what follows."""
    return [replace(each, holds=True) for each in flow.text_pieces(text, SMALL_STRONG, width)]


def _nothing(_box: Box) -> None:
    """Draw nothing: room between paragraphs."""


def put_method(flow: Flow, told: Told, most: int = 10) -> None:
    """Set method, caveats, versions and seed, and so many lines of the plan's notes."""
    width = (flow.width - _GUTTER) / 2
    pieces: list[Piece] = []
    for title, text in (*_method(told), *_caveats(told)):
        pieces += _heavy(flow, title, width)
        pieces += flow.text_pieces(text, _TEXT, width)
        pieces.append(Piece(3.0, _nothing))
    notes = told.scenario.notes.strip()
    if notes:
        pieces += _heavy(flow, "Notes of the plan", width)
        lines = [
            each
            for line in notes.splitlines()
            if plain(line)
            for each in flow.text_pieces(line, _TEXT, width, most=most)
        ]
        pieces += lines[:most]
        if len(lines) > most:
            pieces += flow.text_pieces("The rest is in the plan.", _TEXT, width)
    flow.gap(10.0)
    flow.subhead("Method and caveats", after=60.0)
    flow.columns(2, pieces, gutter=_GUTTER)


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
