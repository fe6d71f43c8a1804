"""The claims table: claims down, what the plan in focus says of each, one verdict a plan across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from planner.engine.claims.listing import CLAIMS
from planner.engine.claims.records import Claim, Figure, Finding
from planner.ui.kit.copying import Copying
from planner.ui.kit.layout import use_slim_bars
from planner.ui.kit.paint import Edge, Ink, advance, draw_text, fill, rounded
from planner.ui.kit.states import Menu
from planner.ui.tabs import claims_cells as cells
from planner.ui.theme import metrics, px, theme

Index = QModelIndex | QPersistentModelIndex
FIRST_PLAN = 2
"""Column of the first plan: claims and findings stand before it."""
_MARK, _NARROW_MARK, _LEAST_WORDS = 42, 28, 330
_CLAIM_SHARE = 0.40
_HEAD = (11, 400)
_LONGEST_HEAD = 92


@dataclass(frozen=True, slots=True)
class Tested:
    """A plan and what it says of every claim; None while that is being counted. Only `own` can be opened."""

    title: str
    findings: Mapping[str, Finding] | None
    own: bool = False

    def of(self, claim: Claim) -> Finding | None:
        """What it says of a claim."""
        return None if self.findings is None else self.findings[claim.id]


def topic_of(row: int) -> str:
    """Topic of a claim where it is the first of it."""
    topic = CLAIMS[row].topic
    return topic if row == 0 or CLAIMS[row - 1].topic != topic else ""


class _Model(QAbstractTableModel):
    """Claims by plans."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: tuple[Tested, ...] = ()
        self.shown = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Claims."""
        return 0 if parent.isValid() or not self.plans else len(CLAIMS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The claim, the finding, and the plans."""
        return 0 if parent.isValid() or not self.plans else FIRST_PLAN + len(self.plans)

    def plan_of(self, column: int) -> Tested:
        """The plan that a column tells of."""
        return self.plans[column - FIRST_PLAN if column >= FIRST_PLAN else self.shown]

    def finding(self, index: Index) -> Finding | None:
        """What stands in a cell."""
        return self.plan_of(index.column()).of(CLAIMS[index.row()])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words of a cell, its tooltip, and how a screen reader says it."""
        if not index.isValid():
            return None
        claim, plan = CLAIMS[index.row()], self.plan_of(index.column())
        if index.column() == 0:
            if role == Qt.ItemDataRole.ToolTipRole:
                return claim.measure
            words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return claim.sentence if role in words else None
        finding = plan.of(claim)
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if finding is None else finding.sentence if index.column() == 1 else finding.verdict
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{claim.sentence}, {plan.title}: {cells.spoken(finding)}"
        if role == Qt.ItemDataRole.ToolTipRole and finding is not None and index.column() >= FIRST_PLAN:
            lines = (
                f"{plan.title}: {cells.SPOKEN[finding.verdict]}",
                finding.sentence,
                *map(cells.figure_words, finding.figures),
            )
            return "\n".join(lines)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the plans, and the claims."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return CLAIMS[section].sentence
        if section == 0:
            return "Claim"
        return f"Figures of {self.plan_of(1).title}" if section == 1 else self.plan_of(section).title


class _Heads(QHeaderView):
    """Names of the plans, upright; a click shows a plan's figures."""

    def __init__(self, model: _Model) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(px(20))
        self.setAccessibleName("Plans")
        self.viewport().setAutoFillBackground(False)  # the card's round corner shows through

    def sizeHint(self) -> QSize:
        """As high as the longest name needs on two lines."""
        lines = [line for plan in self._model.plans for line in self._lines(plan)]
        longest = max((advance(line, Ink(11, 600)) for line in lines), default=0.0)
        return QSize(super().sizeHint().width(), int(max(px(64), longest + px(18))))

    def _lines(self, plan: Tested) -> tuple[str, ...]:
        return cells.wrapped(plan.title, (11, 600), px(_LONGEST_HEAD))[:2]

    def paintSection(self, painter: QPainter, rect: object, section: int) -> None:
        """Paint one head."""
        box, t, model = QRectF(rect), theme(), self._model  # type: ignore[call-overload]
        if not model.plans:
            return
        painter.save()
        chosen = section - FIRST_PLAN == model.shown
        fill(painter, QRectF(box.left(), box.bottom() - 1, box.width(), 1), t.hairline)
        if chosen:
            fill(painter, box, t.hover)
            fill(painter, QRectF(box.left(), box.top(), box.width(), px(3)), t.accent)
        if section >= FIRST_PLAN:
            self._paint_upright(painter, box, model.plan_of(section), chosen=chosen)
        else:
            self._paint_words(painter, box, section)
        painter.restore()

    def _paint_upright(self, painter: QPainter, box: QRectF, plan: Tested, *, chosen: bool) -> None:
        t, lines, high = theme(), self._lines(plan), metrics(*_HEAD).height()
        ink = Ink(11, 600 if chosen or plan.own else 400, t.ink if chosen or plan.own else t.ink2)
        painter.translate(box.left(), box.bottom() - px(8))
        painter.rotate(-90)
        top = (box.width() - high * len(lines)) / 2
        for number, line in enumerate(lines):
            place = QRectF(0, top + number * high, box.height() - px(12), high)
            draw_text(painter, place, line, ink, elide=True)

    def _paint_words(self, painter: QPainter, box: QRectF, section: int) -> None:
        t, plan = theme(), self._model.plan_of(section)
        room = box.adjusted(px(cells.PAD_X), 0, -px(cells.PAD_X), -px(8))
        low, high = metrics(*_HEAD).height(), metrics(13, 600).height()
        foot = QRectF(room.left(), room.bottom() - low, room.width(), low)
        head = QRectF(room.left(), foot.top() - high, room.width(), high)
        if section == 0:
            title, note = "Often heard", f"{len(CLAIMS)} claims, tested"
        else:
            title = plan.title
            note = "Being counted" if plan.findings is None else cells.counts(list(plan.findings.values()))
        draw_text(painter, head, title, Ink(13, 600, t.ink), elide=True)
        draw_text(painter, foot, note, Ink(*_HEAD, t.muted), elide=True)


class _Cells(QStyledItemDelegate):
    """Paints claims, findings and verdicts."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        table = option.widget
        if not isinstance(table, ClaimsTable):
            return
        box, t, model = QRectF(option.rect), theme(), table.source
        finding = model.finding(index)
        painter.save()
        fill(painter, box, t.hover if index.column() - FIRST_PLAN == model.shown else t.surface)
        rule = 2 if index.row() + 1 < len(CLAIMS) and topic_of(index.row() + 1) else 1
        fill(painter, QRectF(box.left(), box.bottom() - rule, box.width(), rule), t.hairline)
        if index.column() == 0:
            cells.paint_claim(painter, box, CLAIMS[index.row()], topic_of(index.row()))
        elif index.column() >= FIRST_PLAN:
            cells.paint_mark(painter, box, finding)
        elif finding is not None:
            cells.paint_finding(painter, box, finding, traced=table.shown.own, pointed=table.pointed)
        if option.state & QStyle.StateFlag.State_HasFocus and table.ring_shown:
            rounded(painter, box.adjusted(2, 2, -2, -3), px(4), None, Edge(t.focus, 1.5))
        painter.restore()


class ClaimsTable(QTableView):
    """Every claim by every plan. Arrows walk; in a plan's column its figures are shown.

    Signals
    -------
    figure_opened(object)
        A figure of the user's own plan, to be traced.
    row_visited(int)
        The claim that mouse or keyboard is on.
    """

    figure_opened = Signal(object)
    row_visited = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.source = _Model()
        self.pointed: Figure | None = None
        self.ring_shown = False
        self._pressed: Figure | None = None
        self.menu: Menu | None = None
        self._measured: object = None
        self._least: list[float] = []
        self.setModel(self.source)
        self.setHorizontalHeader(_Heads(self.source))
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(px(20))
        self.setCornerButtonEnabled(False)
        self.viewport().setMouseTracking(True)
        use_slim_bars(self)
        Copying(self)
        self.horizontalHeader().sectionClicked.connect(self._head_clicked)

    # -- what it shows
    def show_plans(self, plans: tuple[Tested, ...], *, dragging: bool = False) -> None:
        """Show other findings; the place it is scrolled to and the plan in focus stay."""
        model = self.source
        same = len(plans) == len(model.plans)
        if same and plans == model.plans:
            if not dragging:  # let go: rows that grew on the way fit again
                self._fit_rows()
            return
        own_alone = same and plans[1:] == model.plans[1:]
        if not same:
            model.beginResetModel()
        model.plans, model.shown = plans, min(model.shown, len(plans) - 1)
        if same:
            self.horizontalHeader().viewport().update()
            self.viewport().update(self._own_cells() if own_alone else self.viewport().rect())
        else:
            model.endResetModel()
            self._share_width()
        self._fit_rows(grow_only=dragging)

    def _own_cells(self) -> QRect:
        """Findings and verdicts of the own plan: all that a slider moves."""
        left, width = self.columnViewportPosition(1), self.columnWidth(1) + self.columnWidth(FIRST_PLAN)
        return QRect(left, 0, width, self.viewport().height())

    @property
    def shown(self) -> Tested:
        """The plan whose figures are shown."""
        return self.source.plans[self.source.shown]

    def show_plan(self, number: int) -> None:
        """Show the figures of a plan, 0 for the user's own."""
        if number != self.source.shown:
            self.source.shown = number
            self.horizontalHeader().viewport().update()
            self.viewport().update()

    def retheme(self) -> None:
        """Sizes follow zoom."""
        self.verticalHeader().setMinimumSectionSize(px(20))
        self.horizontalHeader().setMinimumSectionSize(px(20))
        self._share_width()
        self._fit_rows()

    def _share_width(self) -> None:
        room, count = self.viewport().width(), len(self.source.plans)
        if not count:
            return
        mark = px(_MARK if room - count * px(_MARK) >= px(_LEAST_WORDS) else _NARROW_MARK)
        spare = room - count * mark
        claim = int(spare * _CLAIM_SHARE)
        for column in range(FIRST_PLAN + count):
            self.setColumnWidth(column, (claim, spare - claim)[column] if column < FIRST_PLAN else mark)
        self.horizontalHeader().updateGeometry()

    def _fit_rows(self, *, grow_only: bool = False) -> None:
        """Rows are as high as any plan's figures need, so that they stay where they are between plans."""
        if not self.source.plans:
            return
        own, others = self.source.plans[0], self.source.plans[1:]
        key = (self.columnWidth(0), self.columnWidth(1), px(100), tuple(id(plan.findings) for plan in others))
        if key != self._measured:  # what a drag does not change is not measured again in every frame
            self._measured, self._least = key, [self._least_height(row, others) for row in range(len(CLAIMS))]
        for row, each in enumerate(CLAIMS):
            needed = cells.finding_height(own.of(each), self.columnWidth(1))
            height = int(max(self._least[row], needed)) + 1
            if height > self.rowHeight(row) or (height < self.rowHeight(row) and not grow_only):
                self.setRowHeight(row, height)

    def _least_height(self, row: int, others: tuple[Tested, ...]) -> float:
        claim = CLAIMS[row]
        found = [cells.finding_height(plan.of(claim), self.columnWidth(1)) for plan in others]
        return max(px(48), cells.claim_height(claim, topic_of(row), self.columnWidth(0)), *found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._share_width()
            self._fit_rows()

    # -- what the user points at
    def figure_at(self, where: QPoint) -> Figure | None:
        """The figure under a point that can be traced."""
        index = self.indexAt(where)
        if not index.isValid() or index.column() != 1 or not self.shown.own:
            return None
        finding = self.source.finding(index)
        if finding is None:
            return None
        for spot in cells.placed(finding, QRectF(self.visualRect(index))):
            if spot.figure is not None and spot.figure.what and spot.box.contains(QPointF(where)):
                return spot.figure
        return None

    def _head_clicked(self, section: int) -> None:
        self.show_plan(max(0, section - FIRST_PLAN))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The figures are those of the column that the cursor is in."""
        super().currentChanged(current, previous)
        if current.isValid():
            if current.column() != 1:
                self.show_plan(max(0, current.column() - FIRST_PLAN))
            self.row_visited.emit(current.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Underline what opens, and tell the claim."""
        super().mouseMoveEvent(event)
        where = event.position().toPoint()
        self._point_at(self.figure_at(where))
        row = self.rowAt(where.y())
        if row >= 0:
            self.row_visited.emit(row)

    def _point_at(self, figure: Figure | None) -> None:
        if figure is not self.pointed:
            self.pointed = figure
            shape = Qt.CursorShape.ArrowCursor if figure is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The ring belongs to the keyboard."""
        self.ring_shown = False
        self._pressed = self.figure_at(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the figure that the mouse was pressed on, if it is still there."""
        super().mouseReleaseEvent(event)
        figure = self.figure_at(event.position().toPoint())
        pressed = figure == self._pressed
        if figure is not None and pressed and event.button() == Qt.MouseButton.LeftButton:
            self.figure_opened.emit(figure)

    def viewportEvent(self, event: QEvent) -> bool:
        """Nothing is underlined once the mouse has left."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the user's own plan."""
        self.ring_shown = event.reason() != Qt.FocusReason.MouseFocusReason
        if not self.currentIndex().isValid() and self.source.plans:
            self.setCurrentIndex(self.source.index(0, FIRST_PLAN))
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return lists the figures that can be traced, Escape goes back to the own plan; arrows walk."""
        self.ring_shown = True
        if not self.currentIndex().isValid() and self.source.plans:
            self.setCurrentIndex(self.source.index(0, FIRST_PLAN))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_menu(self.currentIndex())
            event.accept()
            return
        if event.key() == Qt.Key.Key_Escape and self.source.shown:
            row = max(0, self.currentIndex().row())
            self.setCurrentIndex(self.source.index(row, FIRST_PLAN))
            self.show_plan(0)
            event.accept()
            return
        super().keyPressEvent(event)
        self.viewport().update()

    def open_menu(self, index: QModelIndex) -> None:
        """Offer the figures of a claim to be traced, for the own plan."""
        finding = self.source.finding(index) if index.isValid() and self.shown.own else None
        figures = [each for each in finding.figures if each.what] if finding is not None else []
        if not figures:
            return
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = Menu("Figures", self)
        for figure in figures:
            action = self.menu.addAction(cells.figure_words(figure))
            action.triggered.connect(lambda _on=False, figure=figure: self.figure_opened.emit(figure))
        self.menu.popup(self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))
