"""Pictures: every figure draws, text stays text, and a failure leaves nothing behind."""

from __future__ import annotations

import os
import re

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gallery_tabs import changed
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage
from PySide6.QtSvg import QSvgRenderer

from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.presets import load_preset
from planner.ui import pictures
from planner.ui import theme as t
from planner.ui.pictures import FIGURE_NAMES, export_figure

WITH_ICONS = ("energy", "also-counted")


@pytest.fixture(scope="module")
def plan():
    return load_preset()


@pytest.fixture(scope="module")
def results(plan):
    return simulate(plan.scenario, load_catalog())


@pytest.mark.parametrize("figure", FIGURE_NAMES)
def test_every_figure_is_a_picture_and_a_drawing(qapp, tmp_path, plan, results, figure):
    png, svg = tmp_path / "a.png", tmp_path / "a.svg"
    export_figure(results, plan, png, figure, scale=1.0)
    export_figure(results, plan, svg, figure)
    image = QImage(str(png))
    assert image.width() >= 700
    seen = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(seen) > 8
    text = svg.read_text(encoding="utf-8")
    assert "<text" in text
    assert ("<image" in text) == (figure in WITH_ICONS)
    assert len(text) < 400_000
    assert QSvgRenderer(str(svg)).isValid()


def test_overview_holds_verdict_cards_and_plots_as_text(qapp, tmp_path, plan, results):
    path = tmp_path / "overview.svg"
    export_figure(results, plan, path)
    text = path.read_text(encoding="utf-8")
    for words in ("Distil: $272k over 24 months", "Cumulative cost", "Where the money goes", "pays back in"):
        assert words in text, words


def test_scale_and_theme(qapp, tmp_path, plan, results):
    before = t.theme()
    path = tmp_path / "dark.png"
    export_figure(results, plan, path, "carbon", theme="dark", scale=3.0)
    image = QImage(str(path))
    assert image.width() == 3 * pictures.SINGLE.width()
    assert QColor(image.pixel(3, 3)).name().upper() == t.DARK.app
    assert t.theme() is before


def test_odd_plans_draw(qapp, tmp_path, plan):
    for changes in (
        {"strategies": ("api",), "horizon_months": 1},
        {"workload__requests_per_month": 0.0},
        {"strategies": ("prompt",), "serving__hardware": "nvidia-l4", "serving__accelerators_per_replica": 1},
    ):
        odd = changed(plan, **changes)
        export_figure(simulate(odd.scenario, load_catalog()), odd, tmp_path / "odd.svg")


@pytest.mark.parametrize(
    ("name", "figure", "options", "code"),
    [
        ("a.gif", "overview", {}, "unknown_ending"),
        ("a", "overview", {}, "unknown_ending"),
        ("a.png", "overvew", {}, "unknown_figure"),
        ("a.png", "carbon", {"theme": "pink"}, "unknown_theme"),
        ("a.png", "carbon", {"scale": 0.0}, "out_of_range"),
        ("a.png", "carbon", {"scale": 1e9}, "out_of_range"),
        ("a.png", "carbon", {"scale": float("nan")}, "out_of_range"),
        ("missing/a.png", "carbon", {}, "not_written"),
    ],
)
def test_what_cannot_be_drawn_says_why_and_leaves_nothing(
    qapp, tmp_path, plan, results, name, figure, options, code
):
    with pytest.raises(PlannerError) as caught:
        export_figure(results, plan, tmp_path / name, figure, **options)
    assert caught.value.code == code
    assert not list(tmp_path.iterdir())


def test_an_unknown_figure_names_the_likely_one(qapp, tmp_path, plan, results):
    with pytest.raises(PlannerError, match="overview"):
        export_figure(results, plan, tmp_path / "a.png", "overvew")


def test_a_file_that_is_there_stays_when_drawing_fails(qapp, tmp_path, plan, results, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(
        pictures, "image_of", lambda *_: (_ for _ in ()).throw(PlannerError("not_drawn", "No."))
    )
    with pytest.raises(PlannerError):
        export_figure(results, plan, path, "carbon")
    assert path.read_bytes() == b"old"


def test_a_drawing_keeps_the_width_of_its_words_where_our_font_is_not(qapp, tmp_path, plan, results):
    path = tmp_path / "carbon.svg"
    export_figure(results, plan, path, "carbon")
    texts = re.findall(r"<text([^>]*)>([^<]+)</text>", path.read_text(encoding="utf-8"))
    words = [(start, held) for start, held in texts if held.strip()]
    assert len(words) > 10
    for start, held in words:
        assert "Arial, sans-serif" in start
        (width,) = re.findall(r'textLength="([\d.]+)"', start)
        assert 2.0 < float(width) / len(held) < 12.0
    own = QFont(t.font(13, 600))  # a copy: the theme's fonts are shared
    own.setPixelSize(16 * own.pixelSize())
    (title,) = [float(re.search(r'textLength="([\d.]+)"', s)[1]) for s, held in words if held == "Carbon"]
    assert title == pytest.approx(QFontMetricsF(own).horizontalAdvance("Carbon") / 16, abs=1.0)
