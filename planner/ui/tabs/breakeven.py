"""Where the answer turns: cost along volume, months, a price or any input, with what is cheapest where."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QHideEvent

from planner.engine.axes import API_PRICE, RENT, other_axes
from planner.engine.breakeven import BreakEven
from planner.engine.breakeven_draws import Chances
from planner.engine.breakeven_months import MONTHS, by_month, chances_by_month
from planner.engine.crossing import VOLUME
from planner.engine.regain import Regain, has_lead, rival_of
from planner.engine.results import Results
from planner.errors import PlannerError
from planner.scenario.model import spec_for
from planner.ui.kit.choice import ComboBox, Segmented
from planner.ui.plots.figures.breakeven import CostAlong, Curves, Sight, curves_of
from planner.ui.plots.figures.breakeven_below import ChanceCurve, PlaceWhiskers, WinsAgain
from planner.ui.plots.figures.common import fitting, short
from planner.ui.tabs.breakeven_run import Asked, Looker, Regains
from planner.ui.tabs.page import Page, Row
from planner.ui.theme import px
from planner.ui.view import View

AXES: Final = ((VOLUME, "Volume"), (MONTHS, "Month"), (API_PRICE, "API price"), (RENT, "Rent"))
OTHER: Final = ("", "Other…")


class BreakEvenTab(Page):
    """One large plot with a switch of its axis; places, chance and conditions below."""

    title = "Break-even"

    def __init__(self) -> None:
        super().__init__()
        self.axes = Segmented("Along", AXES, VOLUME)
        self.others = ComboBox("Along another input", (OTHER,))
        self.against = ComboBox("Against", ())
        self._offered: tuple[object, ...] = ()
        self.curves = CostAlong((self.axes, self.others))
        self.places, self.chance, self.again = PlaceWhiskers((self.against,)), ChanceCurve(), WinsAgain()
        self.looker, self.regains = Looker(self), Regains(self)
        self.path, self._baseline = VOLUME, ""
        self._found: BreakEven | None = None
        self._curves: Curves = {}
        self._chances: Chances | None = None
        self._uncertain, self._counting, self._stale = True, False, False
        self._looked_at: tuple[object, ...] = ()
        self._searched: Results | None = None
        self._conditions: tuple[Regain, ...] | None = None
        self._connect()
        self.lay_out(
            (self.curves, self.places, self.chance, self.again),
            (
                Row(((self.curves.card, 100),), least=270, stretch=66),
                Row(
                    ((self.places.card, 33), (self.chance.card, 32), (self.again.card, 35)),
                    least=176,
                    stretch=34,
                ),
            ),
        )

    def _connect(self) -> None:
        self.axes.chosen.connect(self.show_axis)
        self.others.chosen.connect(self._take_other)
        self.against.chosen.connect(self._take_baseline)
        self.looker.looked.connect(self._take_found)
        self.looker.counted.connect(self._take_chances)
        self.looker.certain.connect(self._take_certain)
        self.looker.ended.connect(self._end)
        self.looker.failed.connect(self._fail)
        self.regains.found.connect(self._take_conditions)
        self.again.plot.opened.connect(lambda row, _part: self._ask_input(row))

    # -- what the window hands over
    def show_view(self, view: View) -> None:
        """Show a plan; while a slider is held only the line of this plan moves."""
        self.view = view
        if view.dragging and self._found is not None:
            if self.path == VOLUME:
                self.curves.move_here(float(view.scenario.workload.requests_per_month))
            return
        self._offer(view)
        self._look(view)
        self._search(view)

    def show_doubt(self, view: View) -> None:
        """Draws of the plan tell of months; along any other axis they are drawn here."""
        self.view = view
        if self.path == MONTHS and not view.dragging:
            self._look(view)

    def hideEvent(self, event: QHideEvent) -> None:
        """Count nothing for a page that is not seen."""
        super().hideEvent(event)
        if self.looker.busy:
            self.looker.cancel()
            self._looked_at = ()
        if self.regains.busy:
            self.regains.stop()
            self._searched = None

    def stop(self) -> None:
        """Leave nothing running."""
        self.looker.stop()
        self.regains.stop()

    @property
    def busy(self) -> bool:
        """Whether anything is awaited."""
        return self.looker.busy or self.regains.busy

    # -- what the user asks for
    def show_axis(self, path: str) -> None:
        """Look along another axis."""
        if path == self.path:
            return
        self.path = path
        self._chances = None
        self.axes.set_current(path)
        self.others.set_current(path if path not in dict(AXES) else "")
        if self.view is not None:
            self._look(self.view)

    def _take_other(self, path: str) -> None:
        self.show_axis(path or VOLUME)

    def _take_baseline(self, name: str) -> None:
        self._baseline = name
        self._chances = None
        if self.view is not None:
            self._look(self.view)

    def _ask_input(self, row: int) -> None:
        self.input_requested.emit(self.again.plot.rows[row].path)

    def _offer(self, view: View) -> None:
        """Offer the strategies to measure against, and the inputs to look along."""
        names = [result.strategy for result in fitting(view)] or list(view.results.strategies)
        if self._baseline not in names:
            self._baseline = ""
        paths, offered = other_axes(view.scenario), (names, self._against(view), self.path)
        if (*offered, paths) == self._offered:
            return
        self._offered = (*offered, paths)
        self.against.set_options([(name, short(name)) for name in names], self._against(view))
        if self.path not in (*dict(AXES), *paths):
            self.path = VOLUME
            self.axes.set_current(VOLUME)
        options = [OTHER, *((path, spec_for(path).title) for path in paths)]
        self.others.set_options(options, self.path if self.path in paths else "")

    def _against(self, view: View) -> str:
        names = [result.strategy for result in fitting(view)] or list(view.results.strategies)
        return self._baseline or (view.results.baseline if view.results.baseline in names else names[0])

    def retheme(self) -> None:
        """The lists take no more room than they need."""
        super().retheme()
        self.others.setFixedWidth(px(104))
        self.against.setMaximumWidth(px(94))

    # -- looking
    def _look(self, view: View) -> None:
        baseline = self._against(view)
        asked = (view.results, self.path, baseline)
        if self.path == MONTHS:
            self.looker.cancel()
            self._looked_at = ()
            self._show_months(view, baseline)
            return
        if self._looked_at and all(a is b for a, b in zip(self._looked_at, asked, strict=True)):
            self._show(curves=True)  # another strategy in focus, or the page again: what was found stands
            return
        self._looked_at = asked
        self._counting = self._uncertain = self._stale = True
        self.looker.look(Asked(view.results, view.catalog, self.path, baseline, view.selected))

    def _show_months(self, view: View, baseline: str) -> None:
        self._found = by_month(view.results, baseline)
        self._curves, self._stale = curves_of(self._found), False
        risk = view.risk
        self._uncertain = risk is None or bool(risk.inputs)
        self._counting = risk is None
        self._chances = None
        if risk is not None and risk.inputs:
            self._chances = chances_by_month(view.results, risk)
            self._counting = risk.draws < risk.planned
        self._show(curves=True)

    def _take_found(self, found: BreakEven | None, curves: Curves) -> None:
        if found is None:
            self.curves.blank("This input has no value in the plan", "Type one, or choose another.")
            return
        self._found, self._curves = found, curves
        self._show(curves=True)

    def _take_chances(self, found: Chances) -> None:
        self._chances = found
        self._counting, self._stale = not found.done, False
        self._show(curves=False)

    def _take_certain(self) -> None:
        self._chances, self._uncertain, self._counting = None, False, False
        self._show(curves=False)

    def _end(self) -> None:
        self._counting = False
        if self._found is not None:
            self._show(curves=False)

    def _fail(self, problem: PlannerError) -> None:
        """Say it in place of the plots: it is of this axis, and goes with it."""
        self._counting = False
        self._looked_at = ()
        self.curves.card.set_counting(None)
        self.curves.blank(problem.message, problem.hint)
        for figure in (self.places, self.chance):
            figure.blank("Nothing along this input")

    def _show(self, *, curves: bool) -> None:
        if self.view is None or self._found is None:
            return
        sight = Sight(
            self.view,
            self._found,
            self._curves,
            self._chances,
            self._stale,
            self._counting,
            self._uncertain,
        )
        self.curves.show_sight(sight, curves=curves)
        if self._found.exact:
            self.places.show_sight(sight)
            self.chance.show_sight(sight)

    # -- conditions
    def _search(self, view: View) -> None:
        rival = rival_of(view.choice, view.results)
        if view.results is self._searched:
            return
        self._searched, self._conditions = view.results, None
        if not has_lead(view.choice):
            self.regains.stop()
            self.again.show_nothing()
            return
        self.again.show_found(rival, view.results.baseline, None)
        self.regains.search(view.results, view.catalog, rival)

    def _take_conditions(self, found: tuple[Regain, ...]) -> None:
        if self.view is not None:
            self._conditions = found
            self.again.show_found(
                rival_of(self.view.choice, self.view.results), self.view.results.baseline, found
            )
