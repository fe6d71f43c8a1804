"""Design tokens, fonts and icons, and the object that switches them while the program runs.

Widgets read ``theme()`` when they paint and keep no colours. What must be set anew after a switch
(palettes of labels, pens of plots) goes into a method ``retheme()``: `ThemeManager` calls it on every
widget that has one, then updates geometry and repaints.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import isValid

from planner.paths import resource

STRATEGY_ORDER: Final = ("api", "prompt", "finetune", "distil", "both")
STRATEGY_NAMES: Final[Mapping[str, str]] = {
    "api": "Prompt via API",
    "prompt": "Prompt, self-hosted",
    "finetune": "Fine-tune",
    "distil": "Distil",
    "both": "Fine-tune, then distil",
}
STRATEGY_SHORT: Final[Mapping[str, str]] = {
    "api": "API",
    "prompt": "Self-host",
    "finetune": "Fine-tune",
    "distil": "Distil",
    "both": "Tune + distil",
}
STRATEGY_MARKERS: Final[Mapping[str, str]] = {
    "api": "square",
    "prompt": "triangle",
    "finetune": "diamond",
    "distil": "circle",
    "both": "pentagon",
}
STRATEGY_DASHES: Final[Mapping[str, tuple[float, ...]]] = {
    "api": (7, 3),
    "prompt": (2, 2.5),
    "finetune": (9, 2.5, 2, 2.5),
    "distil": (),
    "both": (4, 2),
}
FAMILY: Final = "Inter Tabular"
DISPLAY_FAMILY: Final = "Inter Tabular Display"
WHITE: Final = "#FFFFFF"
FILL_INK: Final = "#12151B"
DIM_OPACITY: Final = 0.36
ZOOM_LIMITS: Final = (80, 200)


@dataclass(frozen=True)
class Theme:
    """One table of tokens. Colours are ``#RRGGBB``; ``strategy`` is for marks, ``strategy_text`` for text."""

    name: str
    dark: bool
    app: str
    surface: str
    raised: str
    sunken: str
    hover: str
    hairline: str
    border: str
    strong: str
    grid: str
    faint: str
    muted: str
    ink2: str
    ink: str
    accent: str
    on_accent: str
    focus: str
    good: str
    good_tint: str
    warn: str
    warn_tint: str
    bad: str
    bad_tint: str
    fall: str
    rise: str
    strategy: Mapping[str, str]
    strategy_text: Mapping[str, str]
    high_contrast: bool = False
    dashes: bool = False

    @property
    def pen_extra(self) -> float:
        """What high contrast adds to the width of plot pens."""
        return 0.5 if self.high_contrast else 0.0

    @property
    def field(self) -> str:
        """Fill of editors and closed lists."""
        return self.sunken if self.dark else self.surface


def _by_strategy(*colours: str) -> Mapping[str, str]:
    return dict(zip(STRATEGY_ORDER, colours, strict=True))


_DARK_MARKS = _by_strategy("#ABB5C8", "#FAB361", "#1E91FD", "#4CF3CC", "#CC53A4")

LIGHT: Final = Theme(
    name="light", dark=False, app="#F5F6F8", surface=WHITE, raised=WHITE, sunken="#F0F2F5",
    hover="#ECEEF2", hairline="#E3E6EB", border="#CFD4DC", strong="#8A92A0", grid="#E9ECF0",
    faint="#9AA1AE", muted="#5F6778", ink2="#424957", ink=FILL_INK,
    accent="#1F2430", on_accent=WHITE, focus="#1F2430",
    good="#0B6B3A", good_tint="#E3F4EA", warn="#8A4B00", warn_tint="#FDF0DB",
    bad="#B3261E", bad_tint="#FCE9E7", fall="#2E9E62", rise="#C9483E",
    strategy=_by_strategy("#5B616E", "#C67608", "#1A53EA", "#159AA5", "#7A1C82"),
    strategy_text=_by_strategy("#525865", "#935400", "#1A4FDE", "#0B6C75", "#7A1C82"),
)  # fmt: skip
DARK: Final = Theme(
    name="dark", dark=True, app="#0F1115", surface="#171A20", raised="#1E222A", sunken="#12151A",
    hover="#232831", hairline="#282D37", border="#3A414E", strong="#6B7484", grid="#242932",
    faint="#626B7B", muted="#98A0B0", ink2="#C3C9D4", ink="#F1F3F7",
    accent="#EEF1F6", on_accent="#14171C", focus="#EEF1F6",
    good="#5FD08F", good_tint="#14301F", warn="#F0B45A", warn_tint="#33260F",
    bad="#FF8F85", bad_tint="#3A1A18", fall="#46B97E", rise="#F0776C",
    strategy=_DARK_MARKS,
    strategy_text=_by_strategy("#ABB5C8", "#FAB361", "#58AEFF", "#4CF3CC", "#E38AC4"),
)  # fmt: skip
STAGE: Final = Theme(
    name="presentation", dark=True, app="#0A0F1F", surface="#10172B", raised="#17203A",
    sunken="#0A0F1F", hover="#1B2542", hairline="#202B4A", border="#35426A", strong="#7283B0",
    grid="#1C2542", faint="#6F7DA3", muted="#A9B4D0", ink2="#D5DCEE", ink=WHITE,
    accent=WHITE, on_accent="#0A0F1F", focus=WHITE,
    good="#6FE0A0", good_tint="#123226", warn="#FFC46B", warn_tint="#3A2B12",
    bad="#FF9C93", bad_tint="#401D22", fall="#46B97E", rise="#F0776C",
    strategy=_DARK_MARKS,
    strategy_text=_by_strategy("#C2CADB", "#FAB361", "#6DB7FF", "#4CF3CC", "#EC96CE"),
)  # fmt: skip


def high_contrast(base: Theme) -> Theme:
    """The same theme with stronger lines and greys, and with dashes."""
    return replace(
        base,
        hairline=base.strong,
        border=base.strong,
        muted=base.ink2,
        faint=base.muted,
        high_contrast=True,
        dashes=True,
    )


@dataclass
class _State:
    theme: Theme = LIGHT
    zoom: int = 100


_state = _State()


def theme() -> Theme:
    """The theme to paint with now."""
    return _state.theme


@contextmanager
def painted_as(other: Theme) -> Iterator[None]:
    """Paint with another theme inside the block (pictures for export); nothing on screen is told."""
    before = _state.theme
    _state.theme = other
    try:
        yield
    finally:
        _state.theme = before


def token(name: str) -> str:
    """Colour of a token by name; ``strategy.distil`` and ``text.distil`` name strategy colours."""
    group, _, strategy = name.partition(".")
    if group == "strategy" and strategy:
        return theme().strategy[strategy]
    if group == "text" and strategy:
        return theme().strategy_text[strategy]
    value = getattr(theme(), name)
    if not isinstance(value, str):
        raise TypeError(name)
    return value


# ---- sizes and fonts -------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def px(size: float) -> int:
    """A length of the design in pixels at the present zoom. Cached: asked some 600 times a frame."""
    return round(size * _state.zoom / 100)


def zoomed(size: float) -> float:
    """A length of the design at the present zoom, unrounded: pens, markers."""
    return size * _state.zoom / 100


def load_fonts() -> None:
    """Register the shipped fonts; harmless when repeated."""
    for path in sorted(resource("fonts").glob("*.otf")):
        _load_font(str(path))


@lru_cache(maxsize=16)
def _load_font(path: str) -> int:
    number = QFontDatabase.addApplicationFont(path)
    if number < 0:
        raise OSError(f"font cannot be loaded: {path}")
    return number


@lru_cache(maxsize=256)
def font_of(size: int, weight: int, display: bool) -> QFont:
    """A cached font by its size in pixels, zoomed. Do not change the returned object."""
    face = QFont(DISPLAY_FAMILY if display else FAMILY)
    face.setPixelSize(max(1, size))
    face.setWeight(QFont.Weight(weight))
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


@lru_cache(maxsize=256)
def metrics_of(size: int, weight: int, display: bool) -> QFontMetricsF:
    """Cached metrics of `font_of`."""
    return QFontMetricsF(font_of(size, weight, display))


def font(size: float = 13, weight: int = 400, display: bool = False) -> QFont:
    """A cached font of the design: pixels at 100 %, zoomed. Do not change the returned object."""
    return font_of(px(size), weight, display)


def metrics(size: float = 13, weight: int = 400, display: bool = False) -> QFontMetricsF:
    """Cached metrics of `font`."""
    return metrics_of(px(size), weight, display)


def text_width(text: str, size: float = 13, weight: int = 400, display: bool = False) -> float:
    """Advance of one line of text in pixels."""
    return _text_width(text, px(size), weight, display)


@lru_cache(maxsize=8192)
def _text_width(text: str, size: int, weight: int, display: bool) -> float:
    return metrics_of(size, weight, display).horizontalAdvance(text)


# ---- colours ---------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def colour(value: str, alpha: float = 1.0) -> QColor:
    """``#RRGGBB`` with an opacity. Cached: do not change the returned object."""
    result = QColor(value)
    result.setAlphaF(alpha)
    return result


@lru_cache(maxsize=1024)
def mix(under: str, over: str, share: float) -> str:
    """The colour ``share`` of the way from ``under`` to ``over``: what an opacity would give, opaque."""
    a, b = QColor(under), QColor(over)
    parts = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return "#" + "".join(f"{round(x + (y - x) * share):02X}" for x, y in parts)


@lru_cache(maxsize=1024)
def luminance(value: str) -> float:
    """Relative luminance of WCAG 2."""
    c = QColor(value)
    r, g, b = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on_fill(fill: str) -> str:
    """White or ink, whichever reads better on this fill."""
    return WHITE if contrast(WHITE, fill) >= contrast(FILL_INK, fill) else FILL_INK


# ---- icons -----------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def _icon_source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def icon_pixmap(name: str, size: int, value: str, ratio: float = 1.0) -> QPixmap:
    """A Lucide icon in one colour as a pixmap of ``size`` logical pixels."""
    source = _icon_source(name).replace("currentColor", value)
    source = source.replace('stroke-width="2"', 'stroke-width="1.75"')
    side = max(1, round(size * ratio))
    picture = QPixmap(QSize(side, side))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def draw_icon(painter: QPainter, name: str, where: QPointF, size: int, value: str) -> None:
    """Paint an icon with its top left corner at ``where``; ``size`` is in real pixels (see `px`)."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(where, icon_pixmap(name, size, value, ratio))


def drop_caches() -> None:
    """Forget pixmaps of colours no longer shown. Painters of other modules add theirs to `CACHES`."""
    icon_pixmap.cache_clear()
    for cache in CACHES:
        cache.cache_clear()  # type: ignore[attr-defined]


CACHES: list[object] = []


# ---- switching -------------------------------------------------------------------------------------


def palette_of(table: Theme) -> QPalette:
    """The Qt palette that goes with a theme, for what Qt paints itself."""
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = (
        (role.Window, table.app), (role.Base, table.surface), (role.AlternateBase, table.sunken),
        (role.WindowText, table.ink), (role.Text, table.ink), (role.ButtonText, table.ink),
        (role.BrightText, table.ink), (role.Button, table.raised), (role.Highlight, table.accent),
        (role.HighlightedText, table.on_accent), (role.PlaceholderText, table.muted),
        (role.ToolTipBase, table.raised), (role.ToolTipText, table.ink), (role.Link, table.ink),
        (role.LinkVisited, table.ink2), (role.Light, table.raised), (role.Midlight, table.hover),
        (role.Mid, table.border), (role.Dark, table.strong), (role.Shadow, table.strong),
        (role.Accent, table.accent),
    )  # fmt: skip
    for name, value in pairs:
        palette.setColor(name, colour(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, colour(table.faint))
    return palette


class ThemeManager(QObject):
    """Chooses the theme from mode, contrast, zoom and presentation, and applies it to the application."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode = "system"
        self._contrast: bool | None = None
        self._dashes = False
        self._override: Theme | None = None
        app.setStyle("Fusion")
        load_fonts()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def current(self) -> Theme:
        """The theme on screen."""
        return _state.theme

    @property
    def mode(self) -> str:
        """``light``, ``dark`` or ``system``."""
        return self._mode

    @property
    def zoom(self) -> int:
        """Zoom in percent."""
        return _state.zoom

    def set_mode(self, mode: str) -> None:
        """Choose ``light``, ``dark`` or ``system``."""
        if mode not in ("light", "dark", "system"):
            raise ValueError(mode)
        self._mode = mode
        self._apply()

    def set_high_contrast(self, on: bool | None) -> None:
        """Force high contrast on or off; None follows the system."""
        self._contrast = on
        self._apply()

    def set_dashes(self, on: bool) -> None:
        """Dash the lines of plots by strategy, also outside high contrast."""
        self._dashes = on
        self._apply()

    def set_zoom(self, percent: int) -> None:
        """Zoom everything, 80 to 200 %."""
        _state.zoom = min(ZOOM_LIMITS[1], max(ZOOM_LIMITS[0], percent))
        px.cache_clear()
        self._apply()

    def set_override(self, table: Theme | None) -> None:
        """Show this theme whatever the mode (presentation); None ends it."""
        self._override = table
        self._apply()

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _chosen(self) -> Theme:
        if self._override is not None:
            table = self._override
        elif self._mode == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            table = DARK if dark else LIGHT
        else:
            table = DARK if self._mode == "dark" else LIGHT
        wanted = self._contrast
        if wanted is None:
            style = QGuiApplication.styleHints()  # held: its parts die with the wrapper
            wanted = style.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        table = high_contrast(table) if wanted else table
        return replace(table, dashes=True) if self._dashes else table

    def _all_widgets(self) -> list[QWidget]:
        """Every widget. No garbage is collected meanwhile: it may own some that Qt is still counting up."""
        collects = gc.isenabled()
        gc.disable()
        try:
            return self._app.allWidgets()
        finally:
            if collects:
                gc.enable()

    def _apply(self) -> None:
        _state.theme = self._chosen()
        drop_caches()
        self._app.setPalette(palette_of(_state.theme))
        if self._app.font() != font(13):
            self._app.setFont(font(13))
        QToolTip.setFont(font(12))
        QToolTip.setPalette(self._app.palette())
        for widget in self._all_widgets():
            if not isValid(widget):  # one before it took it down, such as a menu that is made anew
                continue
            hook = getattr(widget, "retheme", None)
            if hook is not None:
                hook()
            if isValid(widget):
                widget.updateGeometry()
                widget.update()
        self.changed.emit()
