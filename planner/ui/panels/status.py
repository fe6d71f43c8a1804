"""The line at the bottom: engine time, date of prices, notes on sources, whether the plan is saved."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from planner.catalog.api_prices import api_prices_day
from planner.ui.kit import Ground, Icon, LinkButton, Text
from planner.ui.panels.writing import Writing
from planner.ui.theme import px
from planner.ui.view import View

HEIGHT = 26
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class StatusBar(Ground):
    """Facts about the figures on screen.

    Signals
    -------
    notes_asked()
        Show what was left to a default.
    cancel_asked()
        Write the file no further.
    """

    notes_asked = Signal()
    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__("surface", rule="top")
        self.setAccessibleName("Status")
        self.engine = Text("", "caption")
        self.draws = Text("", "caption")
        self.prices = Text("", "caption")
        self.money = Text("All figures in today's USD", "caption")
        self.notes = LinkButton("")
        self.notes.clicked.connect(self.notes_asked)
        self.saved = Text("", "caption")
        self.tick = Icon("check", 12, "good")
        self.writing = Writing(self)
        self.writing.cancel_asked.connect(self.cancel_asked)
        self._time = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(18)
        for widget in (self.engine, self.draws, self.prices, self.money, self.writing):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.notes)
        row.addWidget(self.tick)
        row.addSpacing(-14)
        row.addWidget(self.saved)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(HEIGHT))

    def show_view(self, view: View, engine_ms: float) -> None:
        """Show how the figures were made."""
        self.engine.setText(f"Engine {engine_ms:.1f} ms" if engine_ms else "Engine")
        risk = view.risk
        if risk is None:
            self.draws.setText("Risk, counting")
        elif risk.draws < risk.planned:
            self.draws.setText(f"Risk {risk.draws:,} of {risk.planned:,} draws")
        else:
            self.draws.setText(f"Risk {risk.draws:,} draws")
        year, month, _ = view.catalog.date.split("-")
        fetched = api_prices_day()
        words = "" if fetched is None else f", the API's of {fetched.day} {_MONTHS[fetched.month - 1]}"
        self.prices.setText(f"Prices as of {_MONTHS[int(month) - 1]} {year}{words}")
        count = len(view.results.caveats)
        self.notes.setVisible(count > 0)
        words = f"{count} note on sources" if count == 1 else f"{count} notes on sources"
        if self.notes.text() != words:
            self.notes.setText(words)
            self.notes.setAccessibleName(words)
            self.notes.updateGeometry()

    def show_writing(self, name: str, share: float, words: str) -> None:
        """Show which file is being written and how far it is, if that takes longer than a moment."""
        self.writing.show_share(name, share, words)

    def show_written(self) -> None:
        """Nothing is written any more."""
        self.writing.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The line of what is written runs along the top."""
        super().resizeEvent(event)
        self.writing.line.setGeometry(0, 0, self.width(), 2)

    def show_saved(self, words: str) -> None:
        """Show when the plan was written."""
        self._time = words
        self.show_state(modified=False, has_file=True)

    def show_state(self, *, modified: bool, has_file: bool) -> None:
        """Show whether the plan is saved; a plan without a file, as it came, needs no word."""
        saved = has_file and not modified
        words = "Not saved" if modified else (self._time or "Saved") if saved else ""
        if not has_file:
            self._time = ""
        if words != self.saved.text():
            self.saved.setText(words)
        self.tick.setVisible(saved)
