"""Figures and whole pages as PNG or SVG files, drawn without a screen."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from planner.catalog.load import load_catalog, suggest
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.results import Results
from planner.engine.verdict import verdict
from planner.errors import PlannerError
from planner.scenario.files import write_whole
from planner.scenario.model import Plan
from planner.scenario.presets import preset_scenario
from planner.ui import theme as themes
from planner.ui.drawing import LARGEST_SCALE, image_of, png_bytes, svg_bytes
from planner.ui.kit.layout import Ground
from planner.ui.kit.text import Text
from planner.ui.offscreen import application
from planner.ui.panels.cards import Cards
from planner.ui.panels.facts import cards_of
from planner.ui.plots.figures import costs, energy, overview, serving, training, updates
from planner.ui.plots.figures.common import Figure
from planner.ui.tabs.costs import Costs
from planner.ui.tabs.energy import EnergyTab
from planner.ui.tabs.overview import Overview
from planner.ui.tabs.page import Page
from planner.ui.tabs.serving import ServingTab
from planner.ui.tabs.training import TrainingTab
from planner.ui.tabs.updates import UpdatesTab
from planner.ui.theme import (
    DARK,
    LIGHT,
    STAGE,
    Theme,
    font,
    painted_as,
    palette_of,
    px,
)
from planner.ui.view import View

THEMES: Final[Mapping[str, Theme]] = MappingProxyType({t.name: t for t in (LIGHT, DARK, STAGE)})
SINGLE = QSize(720, 380)
PAGE = QSize(980, 700)
WHOLE = QSize(980, 860)

_PAGES: Final[Mapping[str, Callable[[], Page]]] = MappingProxyType(
    {
        "costs": Costs,
        "training": TrainingTab,
        "serving": ServingTab,
        "energy": EnergyTab,
        "updates": UpdatesTab,
    }
)
_FIGURES: Final[Mapping[str, Callable[[], Figure]]] = MappingProxyType(
    {
        "cumulative-cost": overview.CumulativeCost,
        "cost-and-quality": overview.CostQuality,
        "cost-by-category": overview.MoneySplit,
        "carbon": overview.CarbonBars,
        "monthly-cost": costs.MonthlyCost,
        "cost-by-volume": costs.CostByVolume,
        "training-compute": training.ReleaseCompute,
        "training-hours": training.TrainingHours,
        "training-memory": training.TrainingMemory,
        "replicas": serving.replicas_figure,
        "load": serving.load_figure,
        "first-token": lambda: serving.Latency(serving.LATENCIES[0]),
        "further-token": lambda: serving.Latency(serving.LATENCIES[1]),
        "whole-answer": lambda: serving.Latency(serving.LATENCIES[2]),
        "first-token-by-month": lambda: serving.latency_by_month(serving.LATENCIES[0]),
        "further-token-by-month": lambda: serving.latency_by_month(serving.LATENCIES[1]),
        "whole-answer-by-month": lambda: serving.latency_by_month(serving.LATENCIES[2]),
        "serving-memory": serving.ServingMemory,
        "energy-by-draw": energy.EnergyByDraw,
        "carbon-by-month": energy.carbon_by_month,
        "carbon-by-phase": energy.CarbonByPhase,
        "other-grids": energy.OtherGrids,
        "energy-per-request": energy.PerRequest,
        "also-counted": energy.AlsoCounted,
        "events": updates.Events,
        "score": updates.score_by_month,
        "upkeep": updates.upkeep_by_month,
    }
)
FIGURE_NAMES: Final = ("overview", *_PAGES, *_FIGURES)
"""What `export_figure` can draw: the Overview with verdict and cards, the other pages, single figures."""


def export_figure(
    results: Results,
    plan: Plan,
    path: Path,
    figure: str = "overview",
    *,
    theme: str = "light",
    scale: float = 2.0,
) -> None:
    """Draw a figure of a simulated plan to a file; whole, or not at all.

    Parameters
    ----------
    results : Results
        The plan's active scenario, simulated.
    plan : Plan
        The plan.
    path : Path
        File to write, ``.png`` or ``.svg``; one that is there is replaced.
    figure : str
        One of `FIGURE_NAMES`.
    theme : str
        ``light``, ``dark`` or ``presentation``.
    scale : float
        Pixels of a PNG per pixel of the design.

    Raises
    ------
    PlannerError
        If ending, figure, theme or scale are unknown, or the file cannot be written.
    """
    ending = path.suffix.casefold()
    _check(ending, figure, theme, scale)
    application()
    drawing = steps(_view(results, plan), figure, ending, theme=theme, scale=scale)
    write_whole(path, list(drawing)[-1]())


def steps(
    view: View, figure: str, ending: str, *, theme: str = "light", scale: float = 2.0
) -> Iterator[Callable[[], bytes]]:
    """Draw a figure in steps that a window can take between its events.

    Yields
    ------
    callable
        The last one returns the bytes of the file and touches no widget, so that any thread may call it;
        those before return nothing yet.
    """
    ground: QWidget | None = None
    drawing = _drawn(view, figure, theme)
    try:
        while True:
            with painted_as(THEMES[theme]):
                step = next(drawing, None)
                if step is None:
                    break
                ground = step
            yield bytes
        with painted_as(THEMES[theme]):
            if ground is None:
                return
            last = _file_of(ground, ending, f"{view.plan.title}, {figure}", scale)
        yield last
    finally:
        drawing.close()
        if ground is not None:
            ground.close()
            ground.deleteLater()


def widget_file(widget: QWidget, ending: str, title: str, *, scale: float = 2.0) -> Callable[[], bytes]:
    """Draw what is on the screen, in its own theme: a page that is computed beside the window, or a card.

    Parameters
    ----------
    widget : QWidget
        What to draw, all of it.
    ending : str
        ``.png`` or ``.svg``.
    title : str
        Of the drawing.
    scale : float
        Pixels of a PNG per pixel of the widget.

    Returns
    -------
    callable
        Returns the bytes of the file and touches no widget, so that any thread may call it.

    Raises
    ------
    PlannerError
        If ending or scale are unknown, or it cannot be drawn.
    """
    _check(ending, FIGURE_NAMES[0], LIGHT.name, scale)
    return _file_of(widget, ending, title, scale, themes.theme().app)


def _file_of(
    widget: QWidget, ending: str, title: str, scale: float, ground: str = LIGHT.surface
) -> Callable[[], bytes]:
    if ending == ".png":
        return partial(png_bytes, image_of(widget, scale, ground))
    data = svg_bytes(widget, title)
    return lambda: data


def _check(ending: str, figure: str, theme: str, scale: float) -> None:
    if ending not in (".png", ".svg"):
        raise PlannerError("unknown_ending", f'Pictures end in .png or .svg, not in "{ending}".')
    if figure not in FIGURE_NAMES:
        hint = suggest(figure, FIGURE_NAMES) or f"There are {', '.join(FIGURE_NAMES)}."
        raise PlannerError("unknown_figure", f'There is no figure "{figure}".', hint)
    if theme not in THEMES:
        raise PlannerError("unknown_theme", f'There is no theme "{theme}".', f"Take {', '.join(THEMES)}.")
    if not 0 < scale <= LARGEST_SCALE:
        raise PlannerError("out_of_range", f"The scale is {scale:g}; it may be up to {LARGEST_SCALE:g}.")


def _view(results: Results, plan: Plan) -> View:
    choice = choose(results)
    selected = choice.strategy or results.baseline
    sentence = verdict(results, choice, nearest(results, load_catalog()))
    return View(plan, results, load_catalog(), choice, sentence, selected, preset=preset_scenario(plan))


# ---- widgets


def _drawn(view: View, figure: str, theme: str) -> Generator[QWidget]:
    """The widget of a figure, never shown, after each step in which it was laid out and filled."""
    ground = Ground("app")
    ground.setFont(font(13))
    ground.setPalette(palette_of(THEMES[theme]))
    ground.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    column = QVBoxLayout(ground)
    margin = px(16)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(px(12))
    if figure in _FIGURES:
        part = _FIGURES[figure]()
        column.addWidget(part.card)
        _settle(ground, SINGLE, lambda: part.show(view))
        ground.figure = part  # type: ignore[attr-defined]  # lives as long as its card
        sweep = part.sweep if isinstance(part, costs.CostByVolume) else None
    else:
        if figure == "overview":
            _add_answer(column, view)
        page: Page = Overview() if figure == "overview" else _PAGES[figure]()
        column.addWidget(page, 1)
        yield ground
        _settle(ground, WHOLE if figure == "overview" else PAGE, lambda: page.show_view(view))
        sweep = page.volume.sweep if isinstance(page, Costs) else None
    yield ground
    while sweep is not None and sweep.advance():
        yield ground
    _let_settle()
    yield ground


def _add_answer(column: QVBoxLayout, view: View) -> None:
    """Verdict and cards, which stand above the pages in the window."""
    for text, role in ((view.verdict.sentence, "verdict"), (view.verdict.second, "body2")):
        column.addWidget(Text(text, role, wrap=True))
    cards = Cards()
    cards.show_cards(cards_of(view), view.selected)
    column.addWidget(cards)


def _settle(widget: QWidget, size: QSize, fill: Callable[[], None]) -> None:
    """Give a widget its size, its data and its layout, all before it is painted."""
    widget.resize(px(size.width()), px(size.height()))
    widget.show()
    fill()
    _let_settle()


def _let_settle() -> None:
    for _ in range(3):  # plots pass sizes on by posted events
        QApplication.sendPostedEvents()
