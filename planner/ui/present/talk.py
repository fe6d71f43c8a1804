"""A talk: which page is on stage, on which screen, and how a change of the plan reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from planner.engine.crossing import Crossing
from planner.errors import PlannerError
from planner.export.story import HEADINGS, Page
from planner.export.storyteller import page_keys
from planner.ui.present import screens
from planner.ui.present.hand import AtHand
from planner.ui.present.presenter import Presenter
from planner.ui.present.sheet import Sheet
from planner.ui.present.stage import Stage
from planner.ui.present.telling import SLOW, Telling
from planner.ui.view import View

if TYPE_CHECKING:
    from planner.ui.window import MainWindow

_OF_TAB: Final = {
    "Overview": "answer",
    "Costs": "cost",
    "Training": "categories",
    "Serving": "categories",
    "Energy": "energy",
    "Updates": "updates",
    "Break-even": "breakeven",
    "Risk": "risk",
    "Compare": "scenarios",
    "Sources": "assumptions",
}
_REST_MS: Final = 120
"""So long after the last change the page that comes is told."""
_WAITS: Final = "Let the slider go: scenarios are compared then"


def key_of_tab(title: str) -> str:
    """The page that says what a tab shows."""
    return _OF_TAB.get(title, "answer")


class Talk(QObject):
    """Holds the stage and, where there is a second screen, the presenter's window.

    It shows the same views as the tabs and hands changes to the same store: what is moved on stage is a step
    to be undone like any other.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.stage: Stage | None = None
        self.presenter: Presenter | None = None
        self.number = 0
        self.keys: tuple[str, ...] = ()
        self.page: Page | None = None
        self._shown: tuple[str, View] | None = None
        self._problem = ""
        self._trouble = ""
        self._numbers = False
        self._typed = ""
        self._focus: QWidget | None = None
        self._hands: list[AtHand] = []
        self.now = Telling(self._turn, self)
        self.now.told.connect(self._show)
        self.now.failed.connect(self._lack)
        self.following = Telling(self._turn, self)
        self.following.told.connect(self._show_next)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._tell_next)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._screen_gone)
        application.screenAdded.connect(self._screen_came)

    # ------------------------------------------------------------------ begin and end
    @property
    def running(self) -> bool:
        """Whether the stage is on screen."""
        return self.stage is not None

    def begin(self, key: str = "") -> None:
        """Show the stage at a page, the first if none is named."""
        view = self._window.live.view
        if view is None:
            self._window.bus.warn("There is nothing to present: the plan has no figures.", key="present")
            return
        self.keys = page_keys(view.plan)
        self.number = self.keys.index(key) if key in self.keys else 0
        problem = self._window.live.problem
        self._problem = "" if problem is None else problem.message
        if self.stage is None:
            self._focus = self._window.focusWidget()
            self._open(view)
        else:
            self._front()
        self._retell()

    def _open(self, view: View) -> None:
        window = self._window
        hand = self._hand(across=True)
        self.stage = Stage(hand)
        self.stage.asked.connect(self.run)
        self.stage.closed.connect(self._closed_outside)
        window.live.shown.connect(self.take)
        window.live.doubted.connect(self.take)
        window.live.failed.connect(self._fail)
        window.store.rejected.connect(self._refuse)
        window.themes.changed.connect(self._redress)
        self.stage.set_drawer(window.settings.values.stage_sliders)
        here = window.screen()
        other = screens.other_than(here, screens.all_screens())
        self._place(other or here)
        self.stage.show_hint()

    def end(self) -> None:
        """Take the stage down and give the keyboard back to where it was."""
        stage = self.stage
        if stage is None:
            return
        self.stage = None
        window = self._window
        window.live.shown.disconnect(self.take)
        window.live.doubted.disconnect(self.take)
        window.live.failed.disconnect(self._fail)
        window.store.rejected.disconnect(self._refuse)
        window.themes.changed.disconnect(self._redress)
        self._rest.stop()
        self.now.stop()
        self.following.stop()
        self._end_presenter()
        stage.close()
        stage.deleteLater()
        self._hands.clear()
        self._shown, self.page, self._problem, self._trouble, self._typed = None, None, "", "", ""
        self.number, self._numbers = 0, False
        window.live.set_dragging(False)
        window.activateWindow()
        # What had the keyboard may be gone: another plan has other rows.
        back = self._focus if self._focus is not None and isValid(self._focus) else window.centre
        self._focus = None
        back.setFocus()

    def _closed_outside(self) -> None:
        if self.stage is not None:
            self.end()

    def _hand(self, *, across: bool) -> AtHand:
        window = self._window
        hand = AtHand(window.catalog, across=across)
        hand.edited.connect(lambda path, value, gesture: window.store.edit(path, value, gesture=gesture))
        hand.carried.connect(
            lambda path, value, span, gesture: window.store.edit(path, value, gesture=gesture, span=span)
        )
        hand.held.connect(window.doubt.hold)
        hand.held.connect(window.live.set_dragging)
        hand.reset_asked.connect(window.store.reset)
        self._hands.append(hand)
        return hand

    # ------------------------------------------------------------------ screens
    def _place(self, screen: QScreen) -> None:
        """Put the stage on a screen; the presenter's window on another one, where there is one."""
        assert self.stage is not None
        screens.fill(self.stage, screen)
        other = screens.other_than(screen, screens.all_screens())
        here = self._window.screen()
        if here is not screen and here in screens.all_screens():
            other = here
        if other is None:
            self._end_presenter()
        else:
            if self.presenter is None:
                self._open_presenter()
            assert self.presenter is not None
            screens.put(self.presenter, other)
        self._show_screens()
        self._show_state()
        self._front()

    def _front(self) -> None:
        """Bring the stage before other windows, with the keyboard."""
        if self.stage is not None:
            self.stage.activateWindow()
            self.stage.raise_()
            self.stage.setFocus()

    def _open_presenter(self) -> None:
        self.presenter = Presenter(self._hand(across=False))
        self.presenter.asked.connect(self.run)
        self.presenter.page_asked.connect(self.go)
        self.presenter.screen_asked.connect(self._choose_screen)
        if self._shown is not None and self.page is not None:
            self.presenter.hand.set_paths(self.page.inputs)
            self.presenter.hand.show_view(self._shown[1])

    def _end_presenter(self) -> None:
        presenter, self.presenter = self.presenter, None
        if presenter is not None:
            self._hands.remove(presenter.hand)
            presenter.clock.stop()
            presenter.close()
            presenter.deleteLater()

    def _choose_screen(self, number: int) -> None:
        found = screens.all_screens()
        if 0 <= number < len(found):
            self._place(found[number])

    def _screen_gone(self, _gone: QScreen) -> None:
        """A screen was unplugged: whatever stood on it comes to one that is there."""
        if self.stage is None:
            return
        left = screens.all_screens()
        if not left:
            return
        now = self.stage.screen()
        home = self._window.screen() if self._window.screen() in left else left[0]
        self._place(now if now in left else screens.other_than(home, left) or home)
        self._retell()

    def _screen_came(self, _new: QScreen) -> None:
        """A screen was plugged in: it is offered, and nothing moves by itself."""
        self._show_screens()

    def _show_screens(self) -> None:
        if self.presenter is None or self.stage is None:
            return
        found = screens.all_screens()
        now = self.stage.screen()
        here = found.index(now) if now in found else 0
        self.presenter.show_screens([screens.words_of(screen, found) for screen in found], here)

    # ------------------------------------------------------------------ keys
    def run(self, command: str) -> None:
        """Do what a key asks for."""
        if command.isdigit():
            self._type(self._typed + command)
            return
        typed = self._typed
        self._type("")
        if command == "enter" and typed:
            self.go(int(typed) - 1)
        elif command == "leave" and typed:
            return
        else:
            steps = {
                "next": lambda: self.go(self.number + 1),
                "back": lambda: self.go(self.number - 1),
                "first": lambda: self.go(0),
                "last": lambda: self.go(len(self.keys) - 1),
                "light": self._light,
                "blank": self._blank,
                "sliders": self._sliders,
                "numbers": self._table,
                "notes": self._notes,
                "screen": self._next_screen,
                "leave": self._leave,
                "undo": self._window.store.undo_stack.undo,
                "redo": self._window.store.undo_stack.redo,
            }
            if command in steps:
                steps[command]()

    def _type(self, digits: str) -> None:
        self._typed = digits[-2:]
        if self.stage is not None:
            self.stage.show_typed(self._typed)

    def go(self, number: int) -> None:
        """Turn to a page; before the first and after the last there is none."""
        number = min(max(number, 0), len(self.keys) - 1)
        if self.stage is not None and self.stage.blank:
            self._blank()
        if number != self.number:
            self.number, self._numbers = number, False
            self._retell()

    def _light(self) -> None:
        if self.stage is not None:
            self.stage.set_light(not self.stage.light)
            self._show_state()

    def _blank(self) -> None:
        if self.stage is not None:
            self.stage.set_blank(not self.stage.blank)
            self._show_state()

    def _table(self) -> None:
        self._numbers = not self._numbers
        self._show_again()

    def _sliders(self) -> None:
        if self.stage is not None:
            opened = not self.stage.drawer_open
            self.stage.set_drawer(opened)
            self._window.settings.change(stage_sliders=opened)

    def _notes(self) -> None:
        if self.stage is None:
            return
        if self.presenter is None:
            self.stage.set_notes(not self.stage.notes_open)
            self._retell()
        elif self.presenter.isVisible():
            self.presenter.hide()
        else:
            self.presenter.show()

    def _next_screen(self) -> None:
        found = screens.all_screens()
        if self.stage is not None and len(found) > 1:
            self._place(screens.after(self.stage.screen(), found))

    def _leave(self) -> None:
        """Close what is open, the innermost first; at last the stage."""
        stage = self.stage
        if stage is None:
            return
        if stage.blank:
            self._blank()
        elif stage.notes_open:
            stage.set_notes(False)
        elif stage.drawer_open:
            self._sliders()
        else:
            self.end()

    # ------------------------------------------------------------------ showing
    def take(self, view: View) -> None:
        """Show a change of the plan, or more draws of it."""
        if self.stage is None:
            return
        self._problem = ""
        key = self.keys[self.number]
        self.keys = page_keys(view.plan)
        self.number = self.keys.index(key) if key in self.keys else min(self.number, len(self.keys) - 1)
        for hand in self._hands:
            hand.show_view(view)
        self._retell()

    def _turn(self, view: View) -> Crossing | None:
        live = self._window.live
        return live.crossing if live.view is not None and live.view.results is view.results else None

    @property
    def _noted(self) -> bool:
        return self.presenter is not None or (self.stage is not None and self.stage.notes_open)

    def _retell(self) -> None:
        view = self._window.live.view
        if self.stage is None or view is None:
            return
        key = self.keys[self.number]
        self.stage.waits = _WAITS if key in SLOW and view.dragging else ""
        self.now.want(key, view, noted=self._noted)
        if not view.dragging:
            self._rest.start()
        if self.stage.waits:
            self.stage.update()

    def _show(self, key: str, page: Page, view: View) -> None:
        if self.stage is None or key != self.keys[self.number]:
            return
        turned = self._shown is None or self._shown[0] != key
        self._shown, self.page, self._trouble = (key, view), page, ""
        if turned:
            for hand in self._hands:
                hand.set_paths(page.inputs)
                hand.show_view(view)
            self.stage.lay_out()
        self._show_again()

    def _show_again(self) -> None:
        if self.stage is None or self._shown is None or self.page is None:
            return
        sheet = self._sheet(self.page, self._shown[1], self.number)
        self.stage.show_sheet(sheet)
        if self.presenter is not None:
            self.presenter.show_now(sheet, [HEADINGS[key] for key in self.keys])

    def _sheet(self, page: Page, view: View, number: int) -> Sheet:
        return Sheet(
            page,
            view.plan.title,
            number,
            len(self.keys),
            baseline=view.results.baseline,
            numbers=self._numbers and number == self.number,
            problem=self._problem or (self._trouble if number == self.number else ""),
            dragging=view.dragging,
        )

    def _tell_next(self) -> None:
        view = self._window.live.view
        if self.presenter is None or view is None:
            return
        if self.number + 1 < len(self.keys):
            self.following.want(self.keys[self.number + 1], view, noted=False)
        else:
            self.presenter.show_next(None)

    def _show_next(self, key: str, page: Page, view: View) -> None:
        after = self.number + 1
        if self.presenter is not None and after < len(self.keys) and self.keys[after] == key:
            self.presenter.show_next(self._sheet(page, view, after))

    def _show_state(self) -> None:
        if self.stage is None or self.presenter is None:
            return
        box = self.stage.page_box
        share = box.height() / max(1.0, box.width())
        self.presenter.show_state(self.stage.look, share, blank=self.stage.blank, light=self.stage.light)

    def _redress(self) -> None:
        if self.stage is not None:
            self.stage.redress()
            self._show_state()

    # ------------------------------------------------------------------ trouble
    def _fail(self, problem: PlannerError) -> None:
        """The plan has no figures: the last ones stay, weakly, with the reason."""
        self._problem = problem.message
        self._show_again()

    def _lack(self, problem: PlannerError) -> None:
        """A page cannot be told: the one before stays, weakly, with the reason, until another one is told."""
        self._trouble = problem.message
        self._show_again()

    def _refuse(self, problem: PlannerError) -> None:
        for hand in self._hands:
            if hand.isVisible():
                hand.refuse(problem)
