"""Work that an earlier run left unsaved: what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.app.autosave import Recovery
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import RIGHT, Button, Edge, Ink, ScrollArea, Text, advance, draw_text, rounded
from planner.ui.kit.buttons import ButtonBase
from planner.ui.theme import draw_icon, px, theme

_TALLEST = 5


def ask_recovery(parent: QWidget | None, recoveries: Sequence[Recovery]) -> Recovery | None:
    """Ask which of the recovered plans to go on with.

    Discarding removes the copies; later keeps all of them for the next start.
    """
    dialog = RecoveryDialog(recoveries, parent)
    taken = dialog.exec() == RecoveryDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.chosen if taken else None


def when(time: datetime, now: datetime | None = None) -> str:
    """Return a time as people say it: ``today 14:32``, ``yesterday 9:05``, ``3 March 2027 9:05``."""
    local = time.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    clock = f"{local.hour}:{local.minute:02d}"
    days = (today - local.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    return f"{local.day} {local:%B} {local.year} {clock}"


class RecoveryRow(ButtonBase):
    """One recovered plan: title, file, time. Space and a click choose it, arrows walk."""

    walked = Signal(int)

    def __init__(self, recovery: Recovery) -> None:
        super().__init__(recovery.plan.title.replace("&", "&&"))
        self.recovery = recovery
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.time = when(recovery.time)
        self.place = str(recovery.path) if recovery.path is not None else "Not saved to a file yet"
        self.setAccessibleName(f"{recovery.plan.title}, {self.time}, {self.place}")
        self.setToolTip(self.place)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(px(360), px(52))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk; Return is the dialog's."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.walked.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        box = QRectF(self.rect())
        ground = t.hover if self.isChecked() else t.sunken if self.underMouse() else None
        edge = Edge(t.focus, 1.5) if self.ring_shown else Edge(t.hairline)
        rounded(painter, box, px(6), ground, edge)
        side = px(16)
        icon = "circle-check" if self.isChecked() else "file-text"
        tone = t.ink if self.isChecked() else t.muted
        draw_icon(painter, icon, QPointF(px(12), (self.height() - side) / 2), side, tone)
        left, right = px(40), self.width() - px(12)
        upper = QRectF(left, px(6), right - left, px(21))
        muted = Ink(12, 400, t.muted, align=RIGHT)
        draw_text(painter, upper, self.time, muted)
        upper.setRight(right - advance(self.time, muted) - px(10))
        draw_text(painter, upper, self.recovery.plan.title, Ink(13, 600), elide=True)
        lower = QRectF(left, px(26), right - left, px(18))
        draw_text(painter, lower, self.place, Ink(11, 400, t.muted), elide=True)


class RecoveryDialog(Sheet):
    """Recover one, discard all, or decide later."""

    def __init__(self, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(parent, "Unsaved work", size=(520, 0))
        self.chosen: Recovery | None = None
        self._recoveries = list(recoveries)
        one = len(self._recoveries) == 1
        self.body.addWidget(Text("Unsaved work was found", "section"))
        words = "An earlier run ended before this plan was saved." if one else (
            f"Earlier runs ended before {len(self._recoveries)} plans were saved. Choose one to go on with; "
            "the others stay for the next start."
        )  # fmt: skip
        self.body.addWidget(Text(words, "body2", wrap=True))
        self.rows = [RecoveryRow(recovery) for recovery in self._recoveries]
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        for row in self.rows:
            row.walked.connect(lambda step, row=row: self._walk(row, step))
            column.addWidget(row)
        column.addStretch(1)
        self._area = ScrollArea(inside, "Recovered plans")
        self._area.setFixedHeight(px(min(len(self.rows), _TALLEST) * 58 + 6))
        self.body.addWidget(self._area)
        self.discard_button = Button("Discard" if one else "Discard all", "ghost")
        self.discard_button.clicked.connect(self._discard)
        self.later_button, self.recover_button = Button("Later"), Button("Recover", "primary")
        self.later_button.clicked.connect(self.reject)
        self.recover_button.clicked.connect(self._recover)
        self.add_foot(self.later_button, self.recover_button, left=self.discard_button)
        if self.rows:
            self.rows[0].setChecked(True)

    def _walk(self, row: RecoveryRow, step: int) -> None:
        target = self.rows[min(max(self.rows.index(row) + step, 0), len(self.rows) - 1)]
        target.setChecked(True)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(target)

    def _recover(self) -> None:
        self.chosen = next((row.recovery for row in self.rows if row.isChecked()), None)
        self.accept()

    def _discard(self) -> None:
        for recovery in self._recoveries:
            recovery.discard()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return recovers the one that is chosen."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._recover()
            event.accept()
            return
        super().keyPressEvent(event)
