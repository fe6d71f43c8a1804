"""The line items behind a figure, and the equation of each of them; follows the plan while it is open."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.equations.derivations import equations_of, figure_quantity
from planner.engine.equations.plan import PlanEquations
from planner.engine.formulas import formulas_text
from planner.engine.lineitems import ITEMS, QUANTITIES
from planner.engine.results import FIGURES
from planner.ui.dialogs.equation import EquationPanel
from planner.ui.dialogs.ledger_facts import (
    PHASE_TITLES,
    UNIT_OF,
    Behind,
    ItemRow,
    as_text,
    behind,
    choices_of,
    input_lines,
    title_of,
    words_step,
)
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import (
    Button,
    Cell,
    ComboBox,
    Empty,
    HLine,
    IconButton,
    Marker,
    Segmented,
    Table,
    Text,
    hbox,
    vbox,
)
from planner.ui.kit.table import CELL_ROLE
from planner.ui.kit.wide_table import WideTable
from planner.ui.plots.figures.common import month_name
from planner.ui.theme import STRATEGY_NAMES, px
from planner.ui.view import View
from planner.units import format_quantity

_ITEM_HEADERS = ("Item", "Category", "Phase", "Total", "Share")
_INPUT_HEADERS = ("Input", "Value", "Source", "Date")
_LATER_MS = 60
_SLOW_S = 0.03
"""Equations that take longer are worked out when the slider is let go: no frame waits for them."""
_EQUATION, _INPUTS = "equation", "inputs"
_SHOWN_BELOW = ((_EQUATION, "Equation"), (_INPUTS, "Inputs"))


class _Items(Table):
    """Copies all line items, with plain numbers."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__("Line items")
        self._copied = text

    def as_text(self, *, selected_only: bool = False) -> str:
        """The line items; one row is always selected, so that a selection says nothing."""
        return self._copied()

    def copy(self, *, selected_only: bool = False) -> None:
        """Put the line items on the clipboard; one row is always selected, so a selection says nothing."""
        QGuiApplication.clipboard().setText(self._copied())


class LedgerDialog(Sheet):
    """Stays open beside the window.

    Signals
    -------
    input_requested(str)
        Reveal the input at a dotted path.
    """

    input_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Line items", size=(980, 740))
        self.setModal(False)
        self._view: View | None = None
        self._strategy = self._what = self._key = self._scenario = ""
        self._filling = False
        self._equations_s = 0.0
        self.found: Behind | None = None
        self._detail: tuple[object, ...] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self._show)
        self._make_parts()
        self._arrange()
        self.on_copy(self.copy)
        self.items.linkOpened.connect(self._open_item)
        self.items.selectionModel().currentRowChanged.connect(self._moved)
        self.inputs.linkOpened.connect(self.input_requested)
        self.equation.input_requested.connect(self.input_requested)
        self.equation.moved.connect(self._show_months)
        self.equation.moved.connect(self._order_tabs)
        self.below.chosen.connect(lambda _key: self._show_detail())
        self.months.linkOpened.connect(lambda month: self.equation.show_month(int(month)))
        self.copy_equation.clicked.connect(lambda: self._copy_text(self.equation.as_text()))
        for keys in ("Alt+Left", "Backspace"):
            back = QShortcut(QKeySequence(keys), self)
            back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            back.activated.connect(self.equation.go_back)
        self.figure_box.chosen.connect(lambda what: self._ask(self._strategy, what))
        self.strategy_box.chosen.connect(lambda strategy: self._ask(strategy, self._what))

    def _make_parts(self) -> None:
        self.marker = Marker("api", 5.5)
        self.strategy_title = Text("", "strong")
        self.title = Text("", "section")
        self.value = Text("", "section")
        self.note = Text("", "muted", elide=True)
        self.strategy_box, self.figure_box = ComboBox("Strategy"), ComboBox("Figure")
        self.copy_button = Button("Copy", icon="copy", small=True)
        self.copy_button.setToolTip("Copy the line items  (Ctrl+C)")
        self.copy_button.clicked.connect(lambda: self._copy_text(self.items_text()))
        self.items = _Items(self.items_text)
        self.sum = Text("", "label-strong")
        self.item_title = Text("", "title")
        self.item_about = Text("", "muted", elide=True)
        self.inputs = WideTable("Inputs of the line item", 2, {0: 152, 1: 140, 3: 92})
        self.equation = EquationPanel()
        self.below = Segmented("Shown below", _SHOWN_BELOW, _EQUATION)
        self.copy_equation = IconButton("copy", "Copy the derivation", size=14)
        self.months = Table("By month")
        self.empty = Empty("circle-alert", "")

    def _arrange(self) -> None:
        line = (self.marker, self.strategy_title, None, self.strategy_box, self.figure_box, self.copy_button)
        self.body.addWidget(hbox(*line))
        self.body.addWidget(hbox(self.title, self.value, None, gap=10))
        self.body.addWidget(self.note)
        self._upper = vbox((self.items, 1), hbox(self.sum, margins=(4, 4, 0, 4)), gap=0)
        months = vbox((self.months, 1))
        months.setFixedWidth(px(220))
        self._months = months
        self._item_head = hbox(self.item_title, (self.item_about, 1), gap=10)
        switch = hbox(self.copy_equation, self.below, gap=6)
        head = hbox((self.equation.crumbs, 1), (self._item_head, 1), switch, gap=10)
        self._lower = QWidget()
        column = QVBoxLayout(self._lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(HLine())
        column.addSpacing(4)
        column.addWidget(head)
        column.addWidget(hbox((self.equation, 1), (self.inputs, 1), months, gap=20), 1)
        self.body.addWidget(self._upper, 4)
        self.body.addWidget(self._lower, 6)
        self.body.addWidget(self.empty, 1)

    # -- what is shown
    def show_items(self, view: View, strategy: str, what: str, *, scenario: str = "") -> None:
        """Show what stands behind a figure, a category or a phase of a strategy; "" is all line items.

        With the name of a scenario it is that one's, and does not follow the active one.
        """
        self._strategy, self._what, self._view, self._scenario = strategy, what, view, scenario
        self._key, self._detail = "", ()
        self.equation.forget()
        self._show()

    def show_month(self, month: int) -> None:
        """Put the numbers of a month into the equation."""
        self.equation.show_month(month)

    def refresh(self, view: View) -> None:
        """Show the same for another plan; while a slider is held, and once it is let go, a little later."""
        if self._scenario:
            return
        dragged = self._view is not None and self._view.dragging
        self._view = view
        if view.dragging or dragged:  # the window's own frame comes first
            if not self._later.isActive():
                self._later.start()
        else:
            self._later.stop()
            self._show()

    def _ask(self, strategy: str, what: str) -> None:
        if self._view is not None:
            self.show_items(self._view, strategy, what, scenario=self._scenario)

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        found = behind(view, self._strategy, self._what)
        self._show_choices(view)
        name = STRATEGY_NAMES[self._strategy]
        self.marker.set_strategy(self._strategy)
        self.strategy_title.setText(f"{name}, {self._scenario}" if self._scenario else name)
        self.title.setText(found.title)
        self.value.setText("" if found.problem else self._value_text(found))
        self.note.setText(found.note)
        self.setWindowTitle(f"{found.title}, {name}")
        self.setAccessibleDescription(f"{found.title} of {name}: {self.value.text()}. {found.note}")
        self.empty.setVisible(bool(found.problem))
        if found.problem:
            self.empty.show_text(f"{name}: no figures", found.problem)
        self._upper.setVisible(bool(found.rows))
        self._lower.setVisible(not found.problem and bool(found.rows or found.basis or self._what in FIGURES))
        same = self.found is not None and self.found.rows == found.rows and self.items.source.rows
        self.found = found
        if found.rows and not same:
            self._fill_items(found)
        self._show_detail()

    def _value_text(self, found: Behind) -> str:
        if self._what == "payback_month":
            return "not within the horizon" if math.isnan(found.value) else f"month {found.value:.0f}"
        return format_quantity(found.value, found.unit)

    def _show_choices(self, view: View) -> None:
        strategies = [(name, STRATEGY_NAMES[name]) for name in view.results.strategies]
        if self._strategy not in view.results.strategies:
            strategies.append((self._strategy, STRATEGY_NAMES[self._strategy]))
        figures = choices_of(view.results.strategies.get(self._strategy))
        if self._what and self._what not in dict(figures):
            figures.append((self._what, title_of(self._what)))
        for box, options, current in (
            (self.strategy_box, strategies, self._strategy),
            (self.figure_box, figures, self._what or "total_usd"),
        ):
            if [(box.itemData(i), box.itemText(i)) for i in range(box.count())] != options:
                box.set_options(options)
            box.set_current(current)
        for name, _ in strategies:
            self.strategy_box.set_marker(name, name)

    def _fill_items(self, found: Behind) -> None:
        unit, total = UNIT_OF[found.quantity], found.total
        rows = [
            [
                Cell(row.title, link=row.key),
                Cell(row.category),
                Cell(PHASE_TITLES[row.phase]),
                Cell(format_quantity(row.total, unit), row.total),
                Cell(format_quantity(row.total / total, "frac"), row.total / total) if total else Cell(""),
            ]
            for row in found.rows
        ]
        keys = [row.key for row in found.rows]
        wanted = self._key if self._key in keys else keys[0]
        self._filling = True
        self.items.set_data(_ITEM_HEADERS, rows)
        words = "1 line item" if len(rows) == 1 else f"{len(rows)} line items"
        self.sum.setText(f"{words}, together {format_quantity(total, unit)}")
        self._key = wanted
        model = self.items.model()
        for number in range(model.rowCount()):
            cell = model.index(number, 0).data(CELL_ROLE)
            if isinstance(cell, Cell) and cell.link == wanted:
                self.items.selectRow(number)
        self._filling = False

    # -- one line item
    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        cell = current.siblingAtColumn(0).data(CELL_ROLE) if current.isValid() else None
        if isinstance(cell, Cell) and cell.link:
            self._pick(cell.link)

    def _pick(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self._open_item(key)

    def _open_item(self, key: str) -> None:
        """Show the equation and the inputs of a line item that the user points at."""
        self._key = key
        if not self._filling:
            self._start_at_item()
        self._show_detail()

    @property
    def picked(self) -> ItemRow | None:
        """The line item whose inputs are shown."""
        rows = self.found.rows if self.found is not None else ()
        return next((row for row in rows if row.key == self._key), None)

    def _show_detail(self) -> None:
        found, view, row = self.found, self._view, self.picked
        if found is None or view is None or found.problem:
            return
        if found.basis is not None and not found.rows:
            self.item_title.setText("What it depends on")
            self._show_inputs(found.basis.inputs, found.basis.equations, "", view)
        elif row is not None:
            info = ITEMS.get(row.item)
            inputs = info.inputs_of(self._strategy) if info is not None else ()
            equations = info.equations if info is not None else ()
            if found.basis is not None:
                inputs = (*found.basis.inputs, *inputs)
                equations = (*found.basis.equations, *equations)
            self.item_title.setText(row.title)
            about = f"{row.category}, {PHASE_TITLES[row.phase].lower()}"
            self._show_inputs(inputs, equations, about, view)
        by_equation = self.below.current == _EQUATION
        parts: tuple[tuple[QWidget, bool], ...] = (
            *((part, True) for part in (self.equation, self.equation.crumbs, self.copy_equation)),
            *((part, False) for part in (self.inputs, self._item_head)),
        )
        for part, of_equation in parts:
            part.setVisible(of_equation == by_equation)
        if by_equation:
            self._show_equation(view)
        self._show_months()

    # -- the equation
    def _show_equation(self, view: View) -> None:
        """Show the equation of this plan; while a slider is held, a slow one stays, in faint letters."""
        if view.dragging and self.equation.step is not None and self._equations_s > _SLOW_S:
            self.equation.set_stale(True)
            return
        self.equation.set_stale(False)
        begun = time.perf_counter()
        equations = equations_of(view.results, self._strategy, view.catalog)
        self._equations_s = time.perf_counter() - begun
        self.equation.set_plan(equations, self._source_of)
        if self.equation.trail:
            self.equation.show_again()
        else:
            self._start()

    def _source_of(self, path: str) -> tuple[str, str]:
        assert self._view is not None
        line = input_lines((path,), self._view)[0]
        return line.source, line.date

    def _start(self) -> None:
        """Begin at the figure; at the line item where the figure has no equation."""
        keys = self._figure_keys()
        if keys:
            self.equation.start(keys)
        elif self.found is not None and self.found.basis is not None:
            self._show_words(None)
        else:
            self._start_at_item()

    def _start_at_item(self) -> None:
        row, found = self.picked, self.found
        if row is None or found is None:
            return
        rows = self._equations().ledger.get((self._strategy, row.item, row.phase), {})
        quantity = rows.get(QUANTITIES[found.quantity])
        if quantity is not None:
            self.equation.start((*self._figure_keys(), quantity.key))
        else:
            self._show_words(row)

    def _show_words(self, row: ItemRow | None) -> None:
        if self.found is not None and self._view is not None:
            self.equation.show_alone(words_step(self.found, row, self._strategy, self._view))

    def _figure_keys(self) -> tuple[str, ...]:
        figure = figure_quantity(self._equations(), self._strategy, self._what or "total_usd")
        return () if figure is None else (figure.key,)

    def _equations(self) -> PlanEquations:
        assert self._view is not None
        return equations_of(self._view.results, self._strategy, self._view.catalog)

    def _show_inputs(
        self, paths: tuple[str, ...], equations: tuple[str, ...], about: str, view: View
    ) -> None:
        words = formulas_text(equations)
        self.item_about.setText(". ".join(part for part in (about, words[:1].upper() + words[1:]) if part))
        lines = input_lines(paths, view)
        if self._detail == (lines,):
            return
        self._detail = (lines,)
        rows = [
            [Cell(x.title, link=x.path), Cell(x.value, tone="ink", weight=500), Cell(x.source), Cell(x.date)]
            for x in lines
        ]
        self.inputs.set_data(_INPUT_HEADERS, rows)

    def _show_months(self) -> None:
        """Fill the months with what is shown; in the equation, a month puts its numbers in."""
        view, row = self._view, self.picked
        if view is None or self.found is None:
            return
        by_equation = self.below.current == _EQUATION
        by_month = self.equation.by_month if by_equation else None
        if by_month is not None:
            values, unit, chosen = by_month.values, by_month.unit, by_month.month
        elif row is not None and not (by_equation and (self.equation.trail or self.found.basis is not None)):
            values, unit, chosen = row.by_month, UNIT_OF[self.found.quantity], None
        else:
            self._months.hide()
            return
        self._months.show()
        start = view.scenario.start_month
        shown = [(month, value) for month, value in enumerate(values) if value or month == chosen]
        rows = [
            [
                Cell(month_name(start, month), float(month), link="" if by_month is None else str(month)),
                Cell(format_quantity(value, unit), value),
            ]
            for month, value in shown
        ]
        place = self.months.verticalScrollBar().value()
        self.months.set_data(("Month", "Amount"), rows)
        for number, (month, _) in enumerate(shown):
            if month == chosen:
                self.months.selectRow(number)
        self.months.verticalScrollBar().setValue(place)

    def _order_tabs(self) -> None:
        """Let Tab go along the lower half as it is read: the way, the numbers, the months."""
        way = self.equation.crumbs
        shown = (self.items, way.back, *way.links, self.copy_equation, self.below, self.equation.parts)
        for one, other in pairwise((*shown, self.inputs, self.months)):
            QWidget.setTabOrder(one, other)

    # -- copying
    def items_text(self) -> str:
        """Line items with plain numbers, or what the figure depends on."""
        if self.found is not None and self.found.rows:
            return as_text(self.found)
        return self.equation.as_text() if self.below.current == _EQUATION else self.inputs.as_text()

    def copy(self) -> None:
        """Copy the table in focus; the line items if none is."""
        if self.equation.isVisible() and self.equation.isAncestorOf(self.focusWidget() or self):
            self._copy_text(self.equation.as_text())
            return
        for table in (self.inputs, self.months):
            if table.hasFocus():
                self._copy_text(table.as_text())
                return
        self._copy_text(self.items_text())

    def _copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def retheme(self) -> None:
        """Width of the months follows zoom."""
        self._months.setFixedWidth(px(220))

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard starts in the line items."""
        super().showEvent(event)
        detail = self.equation.parts if self.below.current == _EQUATION else self.inputs
        (self.items if self.found is not None and self.found.rows else detail).setFocus()
