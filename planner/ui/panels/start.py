"""The start page: every preset as a card with its figures, over the place of panels and pages."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout

from planner.catalog.load import Catalog
from planner.errors import PlannerError
from planner.scenario.presets import Preset, presets
from planner.ui.kit import Button, Ground, ScrollArea, Text
from planner.ui.panels.start_card import LEAST_WIDTH, PresetCard
from planner.ui.panels.start_facts import facts_of
from planner.ui.theme import px

_MOST_COLUMNS, _GAP, _MARGIN, _WIDEST = 4, 12, 28, 1400


class StartPage(Ground):
    """Cards of all presets; their figures are computed when the page is shown, one a turn of the events.

    Signals
    -------
    chosen(str), sources_asked(str)
        Id of a preset: to be opened as a new plan; to be explained.
    open_asked()
        Let the user choose a file.
    left()
        Back to the plan.
    """

    chosen = Signal(str)
    sources_asked = Signal(str)
    open_asked = Signal()
    left = Signal()

    def __init__(self, catalog: Catalog) -> None:
        super().__init__("app")
        self.setAccessibleName("Start page")
        self._catalog = catalog
        self._waiting: list[PresetCard] = []
        self._columns = 0
        self.cards = [self._card(preset) for preset in presets()]
        self.open = Button("Open a file...")
        self.open.clicked.connect(self.open_asked)
        self.back = Button("Back to the plan")
        self.back.setToolTip("Back to the plan  (Esc)")
        self.back.clicked.connect(self.left)
        self._turn = QTimer(self)
        self._turn.setInterval(0)  # one preset a turn of the event loop: the page answers meanwhile
        self._turn.timeout.connect(self._count_one)
        self._build()

    def _card(self, preset: Preset) -> PresetCard:
        card = PresetCard(preset)
        card.clicked.connect(lambda: self.chosen.emit(preset.id))
        card.walked.connect(lambda step: self._walk(card, step))
        card.sources_asked.connect(self.sources_asked)
        return card

    def _build(self) -> None:
        count = {8: "Eight"}.get(len(self.cards), f"{len(self.cards)}")
        words = (
            f"{count} realistic plans, each with the sources of its numbers. The figures are computed now, "
            "at the most likely values. Choose the one nearest to yours and change whatever differs."
        )
        self.line = Text(words, "body2", wrap=True)
        title = Text("Start from a plan near yours", "section")
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words_column = QVBoxLayout()
        words_column.setSpacing(4)
        words_column.addWidget(title)
        words_column.addWidget(self.line)
        words_column.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words_column, 3)
        head.addStretch(1)
        head.addWidget(self.open, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        self._inside = Ground("app")
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(px(_GAP))
        self.area = ScrollArea(self._inside, "Presets", tone="app")
        self._column = QVBoxLayout(self)
        self._column.setSpacing(14)
        self._column.addLayout(head)
        self._column.addWidget(self.area, 1)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Less than the smallest window: the cards fold to fewer columns and scroll."""
        return QSize(px(LEAST_WIDTH) + 2 * px(_MARGIN), px(200))

    # -- room
    def retheme(self) -> None:
        """Zoom changes how many columns have room."""
        self._grid.setSpacing(px(_GAP))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        side = max(px(_MARGIN), (self.width() - px(_WIDEST)) // 2)
        self._column.setContentsMargins(side, px(20), side, px(12))
        room = self.width() - 2 * side
        columns = min(_MOST_COLUMNS, max(1, (room + px(_GAP)) // (px(LEAST_WIDTH) + px(_GAP))))
        if columns == self._columns:
            return
        for number in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
        self._grid.setRowStretch(len(self.cards), 1)

    # -- showing
    def open_on(self, preset_id: str | None) -> None:
        """Mark the preset in use, compute the figures anew, put the keyboard on it."""
        for card in self.cards:
            card.set_in_use(card.preset.id == preset_id)
        self._waiting = list(self.cards)
        self._turn.start()
        first = next((card for card in self.cards if card.preset.id == preset_id), self.cards[0])
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count_one(self) -> None:
        if not self._waiting:
            self._turn.stop()
            return
        card = self._waiting.pop(0)
        try:
            card.show_facts(facts_of(card.preset, self._catalog))
        except PlannerError as problem:  # a price list may no longer hold a model
            card.show_problem(problem.message)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with what waits: the window was iconified meanwhile."""
        super().showEvent(event)
        if self._waiting:
            self._turn.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is computed that nobody sees."""
        super().hideEvent(event)
        self._turn.stop()

    # -- keys
    def _walk(self, card: PresetCard, step: int) -> None:
        far = step if abs(step) == 1 else self._columns * (step // 2)
        target = self.cards.index(card) + far
        if 0 <= target < len(self.cards):
            self.cards[target].setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(self.cards[target])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the plan."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.accept()
            return
        super().keyPressEvent(event)
