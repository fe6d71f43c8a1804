"""Render every widget of the kit and every plot primitive to pictures, to look at; it is no test.

Run by hand: ``python tests/gui/gallery.py FOLDER``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from planner.ui import kit
from planner.ui.plots import base as P
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.card import PlotCard
from planner.ui.plots.rows import HBars, RowItem, RowsLook, Whiskers
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import DARK, LIGHT, STAGE, STRATEGY_ORDER, STRATEGY_SHORT, ThemeManager


def input_row(title: str, value: str, unit: str, at: float) -> tuple[QWidget, kit.Slider, kit.Editor]:
    """A row as the inputs panel will build it."""
    slider = kit.Slider(title)
    slider.set_fraction(at)
    editor = kit.Editor(title, unit)
    editor.set_value(value)
    top = kit.hbox(kit.Text(title, "label"), None, editor, gap=4)
    row = kit.vbox(top, slider, gap=3, margins=(16, 5, 16, 5))
    row.setFixedWidth(300)
    return row, slider, editor


def rows() -> QWidget:
    """Input rows in their states."""
    plain, _, _ = input_row("Tokens in a request", "900", "tok", 0.44)
    ranged, slider, _ = input_row("Tokens in an answer", "450", "tok", 0.47)
    slider.set_range(0.36, 0.60)
    changed, slider2, editor2 = input_row("Requests per month", "2.0M", "/mo", 0.62)
    slider2.set_preset(0.46)
    editor2.set_changed(True)
    bad, slider3, editor3 = input_row("PUE", "0.9", "", 0.0)
    slider3.set_bad(True)
    editor3.set_bad(True)
    focused, slider4, _ = input_row("Focused", "8B", "params", 0.3)
    slider4.setObjectName("focus-me")
    combo = kit.ComboBox("Base model", [("a", "Llama 3.1 70B"), ("b", "Qwen 2.5 32B")], "a")
    choice = kit.hbox(kit.Text("Base model", "label"), None, combo, margins=(16, 5, 16, 5))
    choice.setFixedWidth(300)
    heads = [
        kit.SectionHead("Workload", opened=True),
        kit.SectionHead("Training", "LoRA, 8 × H100"),
        kit.SectionHead("Quality and limits", "78 points, 4.5 s and a long summary"),
    ]
    heads[2].set_changed(2)
    search = kit.SearchBox("Search assumptions", "Search 84 assumptions")
    panel = kit.Panel(look=kit.PanelLook(pad=(0, 8, 0, 8), gap=0))
    kit.add_all(panel.body, (kit.hbox(search, margins=(14, 4, 14, 8)), heads[0], plain, ranged, changed, bad))
    kit.add_all(panel.body, (focused, choice, heads[1], heads[2]))
    panel.setFixedWidth(302)
    return panel


def buttons() -> QWidget:
    """Buttons, pills, switches."""
    menu = QMenu()
    menu.addAction("Workbook")
    row1 = kit.hbox(
        kit.Button("Present", "primary", icon="presentation"),
        kit.Button("Compare", icon="arrow-left-right"),
        kit.Button("Export", icon="download", menu=menu),
        kit.Button("Ghost", "ghost"),
        kit.Button("Delete", "danger"),
        kit.Button("Apply", small=True),
        None,
    )
    off = kit.Button("Disabled")
    off.setEnabled(False)
    copy = kit.IconButton("copy", "Duplicate", "Ctrl+D")
    copy.set_edge(True)
    row2 = kit.hbox(
        off,
        kit.IconButton("undo-2", "Undo", "Ctrl+Z"),
        kit.IconButton("redo-2", "Redo", "Ctrl+Shift+Z"),
        copy,
        kit.Pill("Misses 2 limits", "bad"),
        kit.Pill("Best score"),
        kit.Pill("Cheapest", "distil"),
        kit.Pill("Saved", "good", icon="check"),
        kit.LinkButton("Open in Compare", icon="arrow-right"),
        None,
    )
    tick, switch = kit.CheckBox("Dashes"), kit.CheckBox("High contrast", switch=True)
    on, switch_on = kit.CheckBox("Grid"), kit.CheckBox("Counting", switch=True)
    on.setChecked(True)
    switch_on.setChecked(True)
    seg = kit.Segmented("Axis", [("v", "Volume"), ("m", "Month"), ("p", "API price"), ("r", "Rent")], "v")
    tall = kit.ComboBox("Strategy", [(s, STRATEGY_SHORT[s]) for s in STRATEGY_ORDER], "distil", tall=True)
    for s in STRATEGY_ORDER:
        tall.set_marker(s, s)
    row3 = kit.hbox(tick, on, switch, switch_on, seg, tall, None)
    names = "Overview Costs Training Serving Energy Updates Break-even Risk Optimise Compare Advisor Sources"
    tabs = kit.TabBar("Views", [(n.lower(), n) for n in names.split()])
    tabs.setFixedWidth(868)
    markers = kit.hbox(*[kit.Marker(s, 5) for s in STRATEGY_ORDER], None)
    return kit.vbox(row1, row2, row3, tabs, markers, gap=12)


def text_and_banners() -> QWidget:
    """Type roles and banners."""
    verdict = kit.Text(
        "Distil: $412k over 24 months, $1.1M less than the API, paid back in month 4.", "verdict"
    )
    bad = kit.Banner(
        "bad",
        kit.BannerText(
            "Self-host does not fit: 70B in bf16 needs 141 GB, one H100 holds 80 GB.",
            "The other four strategies are not affected.",
            (
                ("two", "Use 2 × H100, +$4.3k a month"),
                ("fp8", "Use fp8, 71 GB"),
                ("small", "Choose a smaller base"),
            ),
        ),
    )
    warn = kit.Banner(
        "warn", kit.BannerText("Distil misses the score floor from month 19.", "Drift.", (("a", "Refresh"),))
    )
    return kit.vbox(verdict, kit.Text("Second line in body two.", "body2"), bad, warn, gap=10)


def table() -> QWidget:
    """A table in a panel."""
    view = kit.Table("Totals")
    cells = [
        [
            kit.Cell(STRATEGY_SHORT[s], marker=s),
            kit.Cell(f"${v}k", v, link=s),
            kit.Cell(f"{q}", q),
            kit.Cell("note"),
        ]
        for s, v, q in zip(STRATEGY_ORDER, (1520, 974, 598, 412, 497), (81, 76, 86, 79, 83), strict=True)
    ]
    view.set_data(["Strategy", "Total", "Score", "Remark"], cells)
    view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    panel = kit.Panel("Results", "24 months", tools=[kit.IconButton("copy", "Copy", "Ctrl+C")])
    panel.body.addWidget(view)
    panel.setFixedHeight(230)
    return panel


def page(manager: ThemeManager) -> QWidget:
    """Everything of the kit on one page."""
    ground = kit.Ground("app")
    right = kit.vbox(text_and_banners(), buttons(), table(), None, gap=16)
    outer = QVBoxLayout(ground)
    outer.setContentsMargins(20, 20, 20, 20)
    outer.addWidget(kit.hbox(kit.vbox(rows(), None), (right, 1), gap=20))
    ground.resize(1260, 800)
    return ground


def money(value: float) -> str:
    """Invented formatter: the gallery needs no engine."""
    size = abs(value)
    if size >= 1e6:
        return f"${value / 1e6:.3g}M"
    return f"${value / 1e3:.0f}k" if size >= 1e3 else f"{value:.0f}"


def labels(ticks) -> list[str]:
    """Tick texts."""
    return ["0" if t == 0 else money(t) for t in ticks]


TOTAL = {"api": 1.52e6, "prompt": 974e3, "finetune": 598e3, "distil": 412e3, "both": 497e3}
START = {"api": 30e3, "prompt": 40e3, "finetune": 95e3, "distil": 146e3, "both": 204e3}


def cumulative(at: float | None = None) -> P.LinePlot:
    """Cost by month."""
    months = np.arange(25.0)
    plot = P.LinePlot("Cumulative cost", money)
    plot.set_axes(P.month_axis(24), P.linear_axis(0, 1.6e6, labels, count=4))
    power = {"api": 1.25, "prompt": 1.0, "finetune": 0.95, "distil": 1.0, "both": 0.9}
    cost = {s: START[s] + (TOTAL[s] - START[s]) * (months / 24) ** power[s] for s in STRATEGY_ORDER}
    band = P.Band("distil", 0.16)
    band.set(months, cost["distil"] * 0.86, cost["distil"] * 1.2)
    plot.add(band)
    plot.set_series(
        [P.Series(s, months, cost[s], P.CurveLook(selected=s == "distil")) for s in STRATEGY_ORDER]
    )
    marks, notes = P.Marks(), P.Notes()
    marks.set([P.Mark(4.0, float(cost["api"][4]), ring=True, radius=4.6)])
    notes.set(
        [P.Note(4.0, float(cost["api"][4]), "pays back in month 4", 0, -60, "l", "ink", 500, leader=True)]
    )
    plot.add(marks)
    plot.add(notes)
    plot.set_crosshair(months, lambda m: "start" if m == 0 else f"month {m:.0f}, February 2028")
    if at is not None:
        plot.show_crosshair(at)
    return plot


def scatter() -> P.Plot:
    """Cost and quality."""
    x = AxisSpec(0, 2.25e6, (0, 1e6, 2e6), ("0", "$1M", "$2M"))
    y = AxisSpec(72, 89.5, (75, 80, 85), ("75", "80", "85"))
    plot = P.make_plot("Cost and quality", x, y)
    score = dict(zip(STRATEGY_ORDER, (81, 76, 86, 79, 83), strict=True))
    crosses, marks, notes = P.Crosses(), P.Marks(), P.Notes()
    crosses.set(
        [
            P.Cross(s, (TOTAL[s] * 0.8, TOTAL[s], TOTAL[s] * 1.3), (score[s] - 2.0, score[s], score[s] + 2.5))
            for s in TOTAL
        ]
    )
    marks.set([P.Mark(TOTAL[s], score[s], s, radius=5.4) for s in TOTAL])
    off = {
        "api": (0, -15, "c"),
        "prompt": (11, 11, "l"),
        "finetune": (12, -9, "l"),
        "distil": (-2, 26, "c"),
        "both": (12, -8, "l"),
    }
    notes.set(
        [
            P.Note(
                TOTAL[s],
                score[s],
                STRATEGY_SHORT[s],
                *off[s],
                "ink" if s == "distil" else "ink2",
                600 if s == "distil" else 400,
            )
            for s in TOTAL
        ]
    )
    floor = P.LimitLine(P.LimitLook(forbid="below", tone="bad"))
    floor.set(78, "floor 78")
    for item in (floor, crosses, marks, notes):
        plot.add(item)
    return plot


def break_even() -> P.LinePlot:
    """Log-log with stairs."""
    v = np.logspace(4, 8, 200)
    m = v / 1e6
    cost = {
        "api": 107e3 + 706.4e3 * m,
        "prompt": 813e3 + 161e3 * np.maximum(0, np.ceil((m - 1.6) / 0.8)),
        "finetune": 598e3 + 183e3 * np.maximum(0, np.ceil((m - 3.0) / 1.5)),
        "distil": 412e3 + 80e3 * np.maximum(0, np.ceil((m - 16) / 8.0)),
        "both": 497e3 + 80e3 * np.maximum(0, np.ceil((m - 16) / 8.0)),
    }
    plot = P.LinePlot("Cost against volume", money)
    count = lambda ticks: [money(t).strip("$") for t in ticks]  # noqa: E731
    plot.set_axes(P.log_axis(1e4, 1e8, count), P.log_axis(1e5, 8e7, labels))
    band = P.Band("api", 0.13)
    band.set(v, cost["api"] * 0.75, cost["api"] * 1.4)
    plot.add(band)
    looks = {s: P.CurveLook(selected=s == "distil", stepped=s != "api") for s in STRATEGY_ORDER}
    plot.set_series([P.Series(s, v, cost[s], looks[s], end_text="") for s in STRATEGY_ORDER])
    plot.set_crosshair(v, lambda x: f"this plan, {money(x).strip('$')}")
    plot.show_crosshair(2e6)
    return plot


def histogram() -> P.Plot:
    """Saving."""
    rng = np.random.default_rng(4)
    heights, edges = np.histogram(1.2e6 * np.exp(rng.normal(0, 0.46, 10_000)) - 3e5, 34, (-4e5, 3.2e6))
    plot = P.make_plot(
        "Saving",
        P.linear_axis(-4e5, 3.2e6, labels, grid=False, snap=False),
        P.linear_axis(0, 1000, lambda t: [""] * len(t)),
    )
    bars = P.Columns()
    bars.set(edges, heights, ["api" if e < 0 else "distil" for e in edges])
    line = P.LimitLine(P.LimitLook(axis="x", tone="ink", solid=True))
    line.set(1.1e6, "P50 $1.1M")
    plot.add(bars)
    plot.add(line)
    return plot


def stacked() -> StackedBars:
    """Where the money goes."""
    bars = StackedBars("Where the money goes", money)
    split = {
        "api": (1.41e6, 80e3, 20e3, 0, 10e3),
        "prompt": (801e3, 150e3, 15e3, 8e3, 0),
        "finetune": (367e3, 120e3, 60e3, 26e3, 42e3),
        "distil": (160e3, 106e3, 56e3, 50e3, 40e3),
        "both": (159e3, 128e3, 80e3, 58e3, 72e3),
    }
    data = [
        StackRow(s, STRATEGY_SHORT[s], split[s], money(TOTAL[s]), selected=s == "distil")
        for s in STRATEGY_ORDER
    ]
    data[0] = StackRow("api", "API", (), "$1.0M–$1.5M", (1.0e6, 1.5e6))
    bars.set_data(["Serving", "Labour", "Refresh", "Training", "Data"], data)
    return bars


def carbon() -> HBars:
    """Carbon with ranges and a budget."""
    rows_ = [
        RowItem("api", "API", float("nan"), "10–58 t", 10, 58, unknown=True),
        RowItem("prompt", "Self-host", 68, "68 t", 54, 87),
        RowItem("finetune", "Fine-tune", 36, "36 t", 28, 47),
        RowItem("distil", "Distil", 13, "13 t", 10, 17, selected=True),
        RowItem("both", "Tune + distil", 14, "14 t", 11, 19),
    ]
    bars = HBars("Carbon", RowsLook(reference=20, reference_text="budget 20 t"))
    bars.set_rows(rows_)
    return bars


def chances() -> HBars:
    """Share of draws."""
    rows_ = [
        RowItem(s, STRATEGY_SHORT[s], v, t, selected=s == "distil")
        for s, v, t in (
            ("distil", 0.86, "86%"),
            ("both", 0.09, "9%"),
            ("finetune", 0.03, "3%"),
            ("api", 0.02, "2%"),
            ("prompt", 0.0, "< 1%"),
        )
    ]
    bars = HBars("Which is cheapest", RowsLook(column=True, track=True))
    bars.set_rows(rows_, top=1.0)
    return bars


def whiskers(two_lines: bool) -> Whiskers:
    """Break-even volumes."""
    values = (
        ("distil", 430e3, 270e3, 730e3),
        ("both", 550e3, 350e3, 900e3),
        ("finetune", 700e3, 450e3, 1.1e6),
        ("prompt", 1e6, 700e3, 1.6e6),
    )
    axis = P.log_axis(1e5, 3e6, lambda ticks: [money(t).strip("$") for t in ticks], snap=False)
    rows_ = [
        RowItem(s, STRATEGY_SHORT[s], v, money(v).strip("$"), lo, hi, selected=s == "distil")
        for s, v, lo, hi in values
    ]
    rows_.append(RowItem("api", "API", float("nan"), "300k–1M", 3e5, 1e6, unknown=True))
    chart = Whiskers("Break-even", RowsLook(axis=axis, reference=2e6, two_lines=two_lines))
    chart.set_rows(rows_)
    return chart


def plot_page() -> QWidget:
    """Every plot primitive on one page."""
    ground = kit.Ground("app")
    seg = kit.Segmented("Axis", [("v", "Volume"), ("m", "Month"), ("p", "API price"), ("r", "Rent")], "v")
    cards = [
        [
            (
                PlotCard("Cumulative cost", "by month, with the P10–P90 band of the cheapest", cumulative()),
                62,
            ),
            (PlotCard("Cost and quality", "total against score", scatter()), 38),
        ],
        [
            (PlotCard("With the crosshair", "the gutter reads out", cumulative(14)), 50),
            (PlotCard("Cost against volume", "both axes logarithmic", break_even(), tools=[seg]), 50),
        ],
        [
            (PlotCard("Where the money goes", "24 months", stacked()), 40),
            (PlotCard("Carbon", "tonnes CO₂e, 24 months", carbon()), 30),
            (PlotCard("Saving against the API", "10,000 draws", histogram()), 30),
        ],
        [
            (PlotCard("Which is cheapest", "share of 10,000 draws", chances()), 33),
            (PlotCard("Break-even volume", "against the API", whiskers(True)), 33),
            (PlotCard("Break-even volume", "inline", whiskers(False)), 33),
        ],
    ]
    outer = QVBoxLayout(ground)
    outer.setContentsMargins(20, 20, 20, 20)
    outer.setSpacing(12)
    for line in cards:
        outer.addWidget(kit.hbox(*line, gap=12), 1)
    ground.resize(1100, 1040)
    return ground


def show_popover(window: QWidget) -> None:
    """Open a popover over the page."""
    pop = kit.Popover(window, "Explanation", width=318)
    pin = kit.IconButton("pin", "Pin", "P", size=14)
    pop.body.addWidget(kit.hbox(kit.Text("Tokens in an answer", "title"), None, pin))
    pop.body.addWidget(
        kit.Text("Mean length of one answer. It sets the decode time and the bill.", "label", wrap=True)
    )
    pop.open_at(window.findChild(kit.Segmented))


def shoot(window: QWidget, path: Path) -> None:
    """Save a picture of a window."""
    window.show()
    QTest.qWait(30)
    window.grab().save(str(path))


def main(folder: Path) -> None:
    """Render all pages in all themes."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    manager = ThemeManager(app)
    for table_ in (LIGHT, DARK, STAGE):
        manager.set_override(table_)
        app.setStyleSheet("")
        window = page(manager)
        window.show()
        window.activateWindow()
        QTest.qWait(20)
        slider = window.findChild(kit.Slider, "focus-me")
        slider.setFocus(Qt.FocusReason.TabFocusReason)
        shoot(window, folder / f"kit-{table_.name}.png")
        show_popover(window)
        shoot(window, folder / f"popover-{table_.name}.png")
        window.close()
        window = plot_page()
        window.show()
        QTest.qWait(20)
        card = window.findChild(PlotCard)
        card.plot.setFocus(Qt.FocusReason.TabFocusReason)
        shoot(window, folder / f"plots-{table_.name}.png")
        card.show_table(True)
        cards = window.findChildren(PlotCard)
        cards[1].set_dimmed("Out of date: Self-host does not fit")
        cards[2].set_counting(0.4, "4,000 of 10,000 draws")
        cards[-1].show_empty(
            kit.Empty(
                "unfold-horizontal", "No input is a range yet", "Mark what you do not know.", "Use the ranges"
            )
        )
        window.findChild(StackedBars).visit((2, 1))
        shoot(window, folder / f"plots-table-{table_.name}.png")
        window.close()
    manager.set_override(LIGHT)
    manager.set_high_contrast(True)
    manager.set_zoom(140)
    for name, build in (("kit", lambda: page(manager)), ("plots", plot_page)):
        window = build()
        window.resize(window.size() * 1.3)
        shoot(window, folder / f"{name}-high-contrast-140.png")
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/gallery"))
