"""What stands on the page before anything is recorded: what to bring, and how it may look."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.ui.kit.buttons import Button, LinkButton
from planner.ui.kit.paint import RIGHT, Edge, Ink, draw_text, fill, rounded
from planner.ui.kit.panels import Panel
from planner.ui.kit.text import Icon, Text
from planner.ui.theme import px, theme

EXAMPLE: Final = (
    ("Date", "Description", "Amount", "Requests"),
    ("2027-02-28", "GPU rent, 2 x H100", "6,480.00", "2,050,000"),
    ("2027-02-28", "Object storage", "38.20", ""),
    ("2027-02-28", "Service credit", "-120.00", ""),
    ("2027-03-31", "GPU rent, 2 x H100", "6,480.00", "2,140,000"),
)
_WORDS: Final = (
    "Bring in invoices or usage by month: see what was paid beside what was planned,",
    "what the difference comes from, and what the rest will cost. They are kept in the plan file.",
)
_SHARES: Final = (0.0, 0.23, 0.58, 0.78, 1.0)
_ROW: Final = 26


class ExampleTable(QWidget):
    """A few lines of an invoice, painted."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Example of a file")
        self.setAccessibleDescription("; ".join(", ".join(filter(None, row)) for row in EXAMPLE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(px(500), px(_ROW * len(EXAMPLE)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter, t = QPainter(self), theme()
        rounded(painter, QRectF(self.rect()), px(6), t.sunken, Edge(t.hairline))
        for number, row in enumerate(EXAMPLE):
            if number:
                fill(painter, QRectF(px(10), px(_ROW) * number, self.width() - px(20), 1), t.hairline)
            for column, text in enumerate(row):
                start, end = (self.width() * share for share in _SHARES[column : column + 2])
                box = QRectF(start + px(12), px(_ROW) * number, end - start - px(24), px(_ROW))
                ink = Ink(12, 400, t.muted if number == 0 else t.ink2)
                if column > 1:
                    ink = Ink(12, 400, t.muted if number == 0 else t.ink, align=RIGHT)
                draw_text(painter, box, text, ink, elide=True)


class NoActuals(QWidget):
    """One button that brings invoices in, and an example of what they may look like."""

    def __init__(self) -> None:
        super().__init__()
        centre = Qt.AlignmentFlag.AlignHCenter
        self.bring = Button("Import actuals...", "primary", icon="download")
        self.paste, self.type_in = LinkButton("Paste from the clipboard"), LinkButton("Type them in")
        card = Panel()
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(Icon("scale", 26), 0, centre)
        column.addWidget(Text("How is the plan doing?", "section", align=centre))
        for words in _WORDS:
            column.addWidget(Text(words, "body2", align=centre))
        column.addSpacing(6)
        column.addWidget(self.bring, 0, centre)
        links = QHBoxLayout()
        links.setSpacing(18)
        links.addStretch(1)
        links.addWidget(self.paste)
        links.addWidget(self.type_in)
        links.addStretch(1)
        column.addLayout(links)
        column.addSpacing(14)
        said = (
            "A CSV with a month or date and an amount is enough; names of columns, order and form may differ:"
        )
        column.addWidget(Text(said, "muted", wrap=True, align=centre))
        column.addWidget(ExampleTable(), 0, centre)
        column.addStretch(1)
        card.body.addLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
