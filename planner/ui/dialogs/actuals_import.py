"""The mapping step of an import: what the columns are, what descriptions mean, and what will come of it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.app.importing import TITLE, Importing
from planner.scenario.invoices.amounts import CURRENCIES
from planner.scenario.invoices.text import SEPARATOR_WORDS
from planner.scenario.model import STRATEGY_IDS
from planner.ui.dialogs.actuals_columns import CategoryList, ColumnList, preview_table
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import (
    Banner,
    BannerText,
    Button,
    Cell,
    CheckBox,
    ComboBox,
    Editor,
    ScrollArea,
    Segmented,
    Table,
    Text,
    hbox,
)
from planner.ui.theme import STRATEGY_NAMES, px
from planner.units import MISSING, format_cents, format_quantity

_SIZE: Final = (1100, 720)
_DATES: Final = (("", "As found"), ("day", "Day first: 31/3/2027"), ("month", "Month first: 3/31/2027"))
_DECIMALS: Final = (("", "As found"), (".", "Point: 1,234.56"), (",", "Comma: 1.234,56"))
_MODES: Final = (("replace", "Replace this file's"), ("replace_all", "Replace all"), ("add", "Add"))
_MOST_PROBLEMS: Final = 200


class ActualsImport(Sheet):
    """What will be imported, live; nothing is changed before Import.

    Signals
    -------
    taken(object)
        The `Importing` to take over.
    """

    taken = Signal(object)

    def __init__(self, importing: Importing, parent: QWidget | None = None) -> None:
        super().__init__(parent, TITLE, size=_SIZE)
        self.importing = importing
        self.columns = ColumnList(importing)
        self.categories = CategoryList(importing)
        self._make_form()
        self._make_outcome()
        self._arrange()
        self._connect()
        self.refresh()
        (self.take if self.take.isEnabled() else self.cancel).setFocus()

    # ------------------------------------------------------------ building
    def _make_form(self) -> None:
        self.preview = preview_table(self.importing)
        self.dates = ComboBox("Dates", _DATES, self.importing.choices.first or "")
        self.decimals = ComboBox("Numbers", _DECIMALS, self.importing.choices.decimal or "")
        codes = list(dict.fromkeys((self.importing.reading.currency, *CURRENCIES)))
        self.currency = ComboBox("Currency", [(code, code) for code in codes])
        self.rate = Editor("Units of the currency per USD", "per USD", width=120)
        names = [(each, STRATEGY_NAMES[each]) for each in STRATEGY_IDS]
        self.strategy = ComboBox("Strategy that is run", names, self.importing.strategy)
        for each in STRATEGY_IDS:
            self.strategy.set_marker(each, each)
        self.mode = Segmented("Months that are there already", _MODES, self.importing.mode)

    def _make_outcome(self) -> None:
        self.questions: list[Banner] = []
        self._asked = QVBoxLayout()
        self._asked.setSpacing(6)
        self.found = Table("What will be imported")
        self.problems = Text("", "label", wrap=True)
        self.problems.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._broken_area = ScrollArea(self.problems, "What cannot be read")
        self.leave_out = CheckBox("Leave out the rows that cannot be read")
        self.notes = Text("", "muted", wrap=True)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state = Text("", "label", wrap=True)
        self.cancel = Button("Cancel")
        self.take = Button("Import", "primary")

    def _arrange(self) -> None:
        sheet = self.importing.sheet
        count = sum(map(bool, sheet.rows))
        name = self.importing.name or "Clipboard"
        sign = SEPARATOR_WORDS.get(sheet.separator, sheet.separator)
        said = f"{name}: {count:,} rows, {sign}, {sheet.encoding}"
        if self.importing.remembered:
            said += ". Read as a file like it was the last time"
        self.body.addWidget(hbox(Text(TITLE, "section"), (Text(said, "muted", elide=True), 1), gap=14))
        self.preview.setFixedHeight(px(26 + 28 * 4 + 4))
        self.body.addWidget(self.preview)
        halves = QHBoxLayout()
        halves.setSpacing(24)
        halves.addWidget(self._left(), 56)
        halves.addWidget(self._right(), 44)
        self.body.addLayout(halves, 1)
        self.state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body.addSpacing(4)
        self.body.addWidget(hbox((self.state, 1), self.cancel, self.take))

    def _left(self) -> QWidget:
        half = _half()
        column = half.layout()
        assert isinstance(column, QVBoxLayout)
        form = QGridLayout()
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(6)
        self._rate_words = Text("Rate", "label")
        lines: tuple[tuple[Text, QWidget], ...] = (
            (Text("Dates", "label"), self.dates),
            (Text("Numbers", "label"), self.decimals),
            (Text("Currency", "label"), self.currency),
            (self._rate_words, self.rate),
            (Text("Strategy", "label"), self.strategy),
        )
        for number, (words, field) in enumerate(lines):
            form.addWidget(words, number // 2, number % 2 * 2)
            form.addWidget(field, number // 2, number % 2 * 2 + 1)
        form.setColumnStretch(1, 1)
        form.setColumnStretch(3, 1)
        form.setColumnMinimumWidth(3, px(160))
        column.addWidget(Text("Columns", "heading"))
        column.addWidget(ScrollArea(self.columns, "Columns"), 10)
        column.addLayout(form)
        column.addWidget(Text("Descriptions, the largest first", "heading"))
        column.addWidget(ScrollArea(self.categories, "Descriptions"), 12)
        return half

    def _right(self) -> QWidget:
        half = _half()
        column = half.layout()
        assert isinstance(column, QVBoxLayout)
        column.addWidget(Text("What will be imported", "heading"))
        column.addLayout(self._asked)
        column.addWidget(self.found, 10)
        column.addWidget(self.notes)
        self._again = Text("", "label", wrap=True)
        column.addWidget(self._again)
        column.addWidget(self.mode)
        self._broken = Text("What cannot be read", "heading")
        column.addWidget(self._broken)
        column.addWidget(self._broken_area, 8)
        column.addWidget(self.leave_out)
        return half

    def _connect(self) -> None:
        self.columns.chosen.connect(self._set_role)
        self.categories.chosen.connect(self._set_category)
        self.dates.chosen.connect(partial(self._answer, "dates"))
        self.decimals.chosen.connect(partial(self._answer, "decimal"))
        self.currency.chosen.connect(self._set_currency)
        self.rate.committed.connect(self._set_rate)
        self.strategy.chosen.connect(self._set_strategy)
        self.mode.chosen.connect(self._set_mode)
        self.leave_out.toggled.connect(self._leave_out)
        self.cancel.clicked.connect(self.reject)
        self.take.clicked.connect(self._take)

    # ------------------------------------------------------------ choices
    def _set_role(self, column: int, role: str) -> None:
        self.importing.set_role(column, role)  # type: ignore[arg-type]
        self.refresh()

    def _set_category(self, label: str, category: str) -> None:
        self.importing.set_category(label, category)  # type: ignore[arg-type]
        self.refresh()

    def _answer(self, key: str, value: str) -> None:
        self.importing.answer(key, value)
        self.refresh()

    def _set_currency(self, code: str) -> None:
        self.importing.set_currency(code)
        self.refresh()

    def _set_rate(self, text: str) -> None:
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = 0.0
        good = 0.0 < value < float("inf")
        self.importing.rate = value if good else None
        self.rate.set_bad(not good)
        self.refresh()

    def _set_strategy(self, strategy: str) -> None:
        self.importing.strategy = next(each for each in STRATEGY_IDS if each == strategy)
        self.refresh()

    def _set_mode(self, mode: str) -> None:
        self.importing.mode = mode  # type: ignore[assignment]
        self.refresh()

    def _leave_out(self, on: bool) -> None:
        self.importing.leave_out_problems = on
        self.refresh()

    def _take(self) -> None:
        if not self.importing.why_not:
            self.accept()
            self.taken.emit(self.importing)

    # ------------------------------------------------------------ showing
    def refresh(self) -> None:
        """Show what would come of it now."""
        self.columns.show_roles()
        self.categories.show_labels()
        self._show_form()
        self._show_questions()
        self._show_months()
        self._show_problems()
        why_not = self.importing.why_not
        months = len(self.importing.reading.months)
        ready = f"{months} {'month' if months == 1 else 'months'} will be imported. Undo takes it back."
        self.state.setText(why_not or ready)
        self.state.set_tone("warn" if why_not else "muted")
        self.take.setEnabled(not why_not)
        self.take.setAccessibleDescription(why_not)

    def _show_form(self) -> None:
        reading = self.importing.reading
        self.dates.set_current(self.importing.choices.first or "")
        self.decimals.set_current(self.importing.choices.decimal or "")
        self.currency.set_current(reading.currency)
        rate = self.importing.rate
        for widget in (self.rate, self._rate_words):
            widget.setVisible(reading.currency != "USD")
        if rate is not None:
            self.rate.set_value(f"{rate:g}", f"{reading.currency} per USD")
            self.rate.set_bad(False)
        else:
            self.rate.set_value("", f"{reading.currency} per USD")

    def _show_questions(self) -> None:
        for banner in self.questions:
            self._asked.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.questions = []
        for question in self.importing.reading.questions:
            banner = Banner("warn", BannerText(question.text, "", question.answers))
            banner.acted.connect(partial(self._answer, question.key))
            self._asked.addWidget(banner)
            self.questions.append(banner)

    def _show_months(self) -> None:
        importing = self.importing
        code = importing.reading.currency
        headers = ["Month", *([code] if code != "USD" else []), "USD", "Requests", "In the plan now"]
        rows = []
        for found in importing.months:
            used = found.requests
            rows.append(
                [
                    Cell(found.month),
                    *([_paid(found.amount)] if code != "USD" else []),
                    _paid(found.usd),
                    Cell(MISSING) if used is None else Cell(format_quantity(used, "requests"), used),
                    _paid(found.held_usd),
                ]
            )
        if rows and importing.rate is not None:
            total = float(importing.reading.total)
            own = [_paid(total, 600)] if code != "USD" else []
            rows.append([Cell("Total", weight=600), *own, _paid(total / importing.rate, 600)])
        self.found.set_data(headers, rows)
        self.notes.setText(" ".join(importing.reading.notes))
        self.notes.setVisible(bool(importing.reading.notes))
        same, other = importing.overlap(anywhere=False), importing.overlap(anywhere=True)
        self.mode.setVisible(bool(other))
        self._again.setVisible(bool(other))
        said = f"{', '.join(other[:6])}{', ...' if len(other) > 6 else ''}: in the plan already"
        self._again.setText(f"{said}{', from this file' if same == other else ', from elsewhere too'}.")

    def _show_problems(self) -> None:
        problems = self.importing.reading.problems
        for widget in (self._broken, self._broken_area):
            widget.setVisible(bool(problems))
        lines = [problem.text for problem in problems[:_MOST_PROBLEMS]]
        if len(problems) > _MOST_PROBLEMS:
            lines.append(f"And {len(problems) - _MOST_PROBLEMS:,} more.")
        self.problems.setText("\n".join(lines))
        self.leave_out.setVisible(bool(problems) and bool(self.importing.reading.lines))


def _paid(amount: float | None, weight: int = 0) -> Cell:
    return Cell(format_cents(amount), amount, weight=weight)


def _half() -> QWidget:
    half = QWidget()
    column = QVBoxLayout(half)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    return half
