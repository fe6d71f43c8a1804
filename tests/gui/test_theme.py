"""Tokens keep their contrast and stay apart for every eye; switching reaches fonts, icons and palettes."""

from __future__ import annotations

import itertools
import math
import os

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QWidget

from planner.paths import resource
from planner.ui import theme as t

THEMES = {"light": t.LIGHT, "dark": t.DARK, "stage": t.STAGE}

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
MACHADO = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture
def manager(qapp):
    made = t.ThemeManager(qapp)
    made.set_mode("light")
    yield made
    made.set_override(None)
    made.set_high_contrast(False)
    made.set_dashes(False)
    made.set_zoom(100)
    made.set_mode("light")
    made.setParent(None)


def linear(value: str) -> np.ndarray:
    c = QColor(value)
    v = np.array([c.redF(), c.greenF(), c.blueF()])
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = m @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    mean_c = (math.hypot(*one[1:]) + math.hypot(*two[1:])) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = one[1] * (1 + g), two[1] * (1 + g)
    c1, c2 = math.hypot(a1, one[2]), math.hypot(a2, two[2])
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, one[2]), (a2, two[2])))
    dl, dc = two[0] - one[0], c2 - c1
    dh = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    ml, mc = (one[0] + two[0]) / 2, (c1 + c2) / 2
    mh = h1 + h2
    if c1 * c2:
        mh = (
            (h1 + h2) / 2
            if abs(h1 - h2) <= 180
            else ((h1 + h2 + 360) / 2 if h1 + h2 < 360 else (h1 + h2 - 360) / 2)
        )
    cos = lambda d: math.cos(math.radians(d))  # noqa: E731
    tt = 1 - 0.17 * cos(mh - 30) + 0.24 * cos(2 * mh) + 0.32 * cos(3 * mh + 6) - 0.20 * cos(4 * mh - 63)
    sl = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * tt
    turn = 30 * math.exp(-(((mh - 275) / 25) ** 2))
    rt = -math.sin(math.radians(2 * turn)) * 2 * math.sqrt(mc**7 / (mc**7 + 25.0**7))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (big_h / sh) ** 2 + rt * dc / sc * big_h / sh)


def smallest_difference(table: t.Theme, simulate: np.ndarray) -> float:
    seen = [lab(simulate @ linear(table.strategy[s])) for s in t.STRATEGY_ORDER]
    return min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2))


def test_ciede2000_agrees_with_published_pairs():
    # Sharma, Wu, Dalal 2005, pairs 1, 7 and 17.
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ]
    for one, two, expected in pairs:
        assert ciede2000(np.array(one, float), np.array(two, float)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", THEMES)
def test_strategies_stay_apart_for_every_eye(name):
    assert smallest_difference(THEMES[name], np.eye(3)) >= 18
    for matrix in MACHADO.values():
        assert smallest_difference(THEMES[name], np.array(matrix)) >= 12


@pytest.mark.parametrize("name", THEMES)
def test_text_contrast(name):
    table = THEMES[name]
    for ground in (table.surface, table.app, table.sunken, table.hover):
        for ink in (table.muted, table.ink2, table.ink):
            assert t.contrast(ink, ground) >= 4.5
    for tone, tint in (
        (table.good, table.good_tint),
        (table.warn, table.warn_tint),
        (table.bad, table.bad_tint),
    ):
        assert t.contrast(tone, table.surface) >= 4.5
        assert t.contrast(tone, tint) >= 4.5
    assert t.contrast(table.on_accent, table.accent) >= 4.5
    for strategy in t.STRATEGY_ORDER:
        for ground in (table.surface, table.app, table.raised):
            assert t.contrast(table.strategy_text[strategy], ground) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_mark_contrast(name):
    table = THEMES[name]
    for strategy in t.STRATEGY_ORDER:
        mark = table.strategy[strategy]
        assert t.contrast(mark, table.surface) >= 3
        assert t.contrast(mark, table.app) >= 3
        assert t.contrast(t.on_fill(mark), mark) >= 4.5
    for bar in (table.fall, table.rise):
        assert t.contrast(bar, table.surface) >= 3


def test_fills_take_the_ink_of_the_design():
    light = {s: t.on_fill(t.LIGHT.strategy[s]) for s in t.STRATEGY_ORDER}
    assert [s for s, ink in light.items() if ink == t.FILL_INK] == ["prompt", "distil"]
    assert {t.on_fill(v) for v in t.DARK.strategy.values()} == {t.FILL_INK}


@pytest.mark.parametrize("name", THEMES)
def test_high_contrast_strengthens_lines(name):
    base, strong = THEMES[name], t.high_contrast(THEMES[name])
    assert strong.hairline == strong.border == base.strong
    assert (strong.muted, strong.faint) == (base.ink2, base.muted)
    assert strong.dashes
    assert strong.pen_extra == 0.5
    assert t.contrast(strong.border, strong.surface) > t.contrast(base.border, base.surface)


def test_every_strategy_has_every_sign():
    for table in (t.STRATEGY_NAMES, t.STRATEGY_SHORT, t.STRATEGY_MARKERS, t.STRATEGY_DASHES):
        assert tuple(table) == t.STRATEGY_ORDER
    assert len(set(t.STRATEGY_MARKERS.values())) == len(set(t.STRATEGY_DASHES.values())) == 5


def test_fonts_are_ours(manager):
    assert QFontInfo(t.font(13)).family() == t.FAMILY
    assert QFontInfo(t.font(26, 600, True)).family() == t.DISPLAY_FAMILY
    widths = [t.text_width(d * 4, 13, 500) for d in "0123456789"]
    assert max(widths) - min(widths) < 0.1


def test_licences_travel():
    assert "SIL OPEN FONT LICENSE" in resource("fonts", "OFL.txt").read_text(encoding="utf-8").upper()
    assert "ISC License" in resource("icons", "LICENSE.txt").read_text(encoding="utf-8")


def test_every_icon_renders_in_the_colour_asked(manager):
    for path in sorted(resource("icons").glob("*.svg")):
        picture = t.icon_pixmap(path.stem, 16, "#FF0000", 2.0).toImage()
        assert picture.width() == 32
        reds = {
            picture.pixelColor(x, y).red()
            for x, y in itertools.product(range(32), range(32))
            if picture.pixelColor(x, y).alpha() > 200
        }
        assert reds, path.stem
        assert min(reds) > 200, path.stem


def test_tokens_by_name(manager):
    assert t.token("muted") == t.LIGHT.muted
    assert t.token("strategy.distil") == t.LIGHT.strategy["distil"]
    assert t.token("text.distil") == t.LIGHT.strategy_text["distil"]
    with pytest.raises((AttributeError, TypeError)):
        t.token("dark")


def test_mixing():
    assert t.mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert t.mix("#000000", "#FFFFFF", 1.0) == "#FFFFFF"
    assert t.mix("#FFFFFF", "#159AA5", 0.5) == "#8ACCD2"
    assert t.colour("#FF0000", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)


class Follower(QWidget):
    """Counts how often it is told."""

    told = 0

    def retheme(self):
        self.told += 1


def test_switching_tells_widgets_and_palette(manager, qtbot, qapp):
    widget = Follower()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(manager.changed):
        manager.set_mode("dark")
    assert manager.current is t.DARK
    assert t.theme() is t.DARK
    assert widget.told == 1
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(t.DARK.app)
    manager.set_mode("light")
    assert t.theme() is t.LIGHT


def test_override_contrast_dashes_and_zoom(manager):
    manager.set_override(t.STAGE)
    assert t.theme() is t.STAGE
    manager.set_override(None)
    manager.set_high_contrast(True)
    assert t.theme().high_contrast
    manager.set_high_contrast(False)
    manager.set_dashes(True)
    assert t.theme().dashes
    assert not t.theme().high_contrast
    manager.set_dashes(False)
    manager.set_zoom(500)
    assert (manager.zoom, t.px(10), t.font(10).pixelSize()) == (200, 20, 20)
    manager.set_zoom(10)
    assert manager.zoom == 80
    with pytest.raises(ValueError, match="purple"):
        manager.set_mode("purple")


def test_system_mode_follows_the_system(manager):
    manager.set_mode("system")
    assert t.theme() in (t.LIGHT, t.DARK)
    assert manager.mode == "system"


def test_painting_as_another_theme_is_local(manager):
    with t.painted_as(t.STAGE):
        assert t.theme() is t.STAGE
    assert t.theme() is t.LIGHT
