"""Figures of the Energy page: what draws it, carbon by month and phase, per request, on other grids."""

from __future__ import annotations

import math

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.constants import load_physics
from planner.engine.lineitems import CARBON, ENERGY, HOURS, USD, Phase
from planner.engine.results import StrategyResult
from planner.engine.run import simulate
from planner.engine.world import DEFAULT_CARBON_PRICE, build_world
from planner.errors import PlannerError
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.base import log_axis
from planner.ui.plots.facts import Fact, Facts
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    Figure,
    common_step,
    energy_text,
    event_rows,
    figure,
    first_refresh,
    fits,
    has_range,
    in_order,
    item_total,
    limit_text,
    log_labeller,
    one,
    range_of,
    selected_result,
    short,
    span_words,
    writer,
)
from planner.ui.plots.figures.lines import LinesOf, MonthLines
from planner.ui.plots.frame import Floats, floats
from planner.ui.plots.rows import HBars, RowItem, RowsLook, Whiskers
from planner.ui.view import View
from planner.units import WH_PER_KWH, format_quantity

DRAWS = ("Serving", "Idle", "Cooling", "Training", "Teacher")
ANCHOR_WH = 0.24
"""Energy of the median text prompt of an assistant, all overheads in. Source: Google, August 2025. [Wh]."""
SERVING_FIRST: tuple[Phase, ...] = ("serving", "first release", "refresh")
GRIDS = ("swe", "fra", "deu", "usa", "wor", "ind")
CARBON_PATH = "site.carbon_kgco2e_per_kwh"


def _cooling(at_meter: float, it_kwh: float) -> float:
    """What is drawn at the meter beyond the computers: energy x (1 - 1/PUE)."""
    return max(0.0, at_meter - it_kwh)


def energy_by_draw(result: StrategyResult) -> dict[str, float]:
    """Energy at the meter by what draws it. [kWh]."""
    found = dict.fromkeys(DRAWS, 0.0)
    at_meter = item_total(result, ("serving", "idle"), ENERGY)
    if result.fleet is not None and at_meter > 0:
        it_kwh = float(np.sum(result.fleet.it_energy_kwh))
        idle = float(np.sum(result.fleet.idle_it_energy_kwh))
        found["Serving"], found["Idle"] = it_kwh - idle, idle
        found["Cooling"] += _cooling(at_meter, it_kwh)
    found["Serving"] += item_total(result, ("devices", "api_output"), ENERGY)
    student = result.trainings.get("student_training")
    powers = {item: training.power_kw for item, training in result.trainings.items()}
    if student is not None:
        powers["teacher_forward"] = student.power_kw
    if result.generation is not None:
        powers["answers"] = one(result.generation.power_kw)
    for item, power_kw in powers.items():
        kwh, hours = (item_total(result, [item], quantity) for quantity in (ENERGY, HOURS))
        it_kwh = min(kwh, hours * power_kw)
        found["Teacher" if item in ("answers", "teacher_forward") else "Training"] += it_kwh
        found["Cooling"] += _cooling(kwh, it_kwh)
    found["Teacher"] += item_total(result, ["answers_api"], ENERGY)
    return found


class EnergyByDraw(Figure):
    """Energy of each strategy by what draws it; an API's is a hatched range."""

    def __init__(self) -> None:
        self.bars = StackedBars("Energy", writer("kwh"))
        self._strategies: list[str] = []
        super().__init__("Energy", "", self.bars)
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "energy_kwh"))

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        totals = [figure(r, "energy_kwh") for r in results]
        step = common_step([v for v in totals if math.isfinite(v)], "kwh")
        rows = []
        for r, total in zip(results, totals, strict=True):
            name, chosen = short(r.strategy), r.strategy == view.selected
            if not fits(r):
                rows.append(StackRow(r.strategy, name, (), DOES_NOT_FIT, selected=chosen))
            elif has_range(r):
                text = energy_text(r, total, "kwh")
                rows.append(StackRow(r.strategy, name, (), text, range_of(r, total), chosen))
            else:
                values = tuple(energy_by_draw(r).values())
                text = format_quantity(total, "kwh", step=step)
                rows.append(StackRow(r.strategy, name, values, text, selected=chosen))
        self.bars.set_data(list(DRAWS), rows)
        self.say("Energy", f"{span_words(view)}, by what draws it")


def _budget(view: View) -> tuple[float, str]:
    most = view.scenario.limits.max_carbon_kgco2e
    return (math.nan, "") if most is None else (float(most), f"budget {limit_text(float(most), 'kgco2e')}")


def carbon_by_month() -> MonthLines:
    """Carbon up to each month, with the budget."""
    about = LinesOf(
        "Carbon",
        lambda view: "CO₂e, cumulative",
        "kgco2e",
        lambda result: np.cumsum(result.carbon_by_month),
        ranged=True,
        limit=_budget,
        narrow=True,
        opens="carbon_kgco2e",
    )
    return MonthLines(about)


class CarbonByPhase(Figure):
    """Carbon by phase, of electricity and of making the hardware."""

    categories = ("Serving", "its hardware", "Release", "its hardware ", "Refresh", "its hardware  ")

    def __init__(self) -> None:
        self.bars = StackedBars("Carbon", writer("kgco2e"))
        self._strategies: list[str] = []
        super().__init__("Carbon", "", self.bars)
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "carbon_kgco2e"))

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        rows = []
        for r in results:
            total = figure(r, "carbon_kgco2e")
            name, chosen = short(r.strategy), r.strategy == view.selected
            if not fits(r):
                rows.append(StackRow(r.strategy, name, (), DOES_NOT_FIT, selected=chosen))
            elif has_range(r):
                text = energy_text(r, total, "kgco2e")
                rows.append(StackRow(r.strategy, name, (), text, range_of(r, total), chosen))
            else:
                text = format_quantity(total, "kgco2e")
                rows.append(StackRow(r.strategy, name, carbon_by_phase(r), text, selected=chosen))
        self.bars.set_data([c.strip() for c in self.categories], rows)
        self.say("Carbon", f"CO₂e by phase, {span_words(view)}")


def carbon_by_phase(result: StrategyResult) -> tuple[float, ...]:
    """Operational and embodied carbon of serving, first release and refreshes. [kgCO2e]."""
    found = []
    totals = result.by_phase(CARBON)
    for phase in SERVING_FIRST:
        embodied = item_total(result, ["embodied"], CARBON, phase)
        found += [max(0.0, totals[phase] - embodied), embodied]
    return tuple(found)


class OtherGrids(Figure):
    """Carbon of the selected strategy if the same plan ran elsewhere; its water stays as it is."""

    def __init__(self) -> None:
        self.bars = HBars("On other grids")
        super().__init__("On other grids", "", self.bars)
        self._strategy = ""
        self.bars.opened.connect(lambda *_: self.asked.emit(self._strategy, "carbon_operational_kgco2e"))

    def take(self, view: View) -> None:
        """A bar a grid."""
        result = selected_result(view)
        if result is None or not fits(result):
            self.blank(f"{short(view.selected)} {DOES_NOT_FIT}")
            return
        self.blank("")
        self._strategy = result.strategy
        names, kgs, here = grid_choices(view)
        carbon = carbon_on_grids(view, result.strategy, kgs)
        order = np.argsort(carbon)
        step = common_step([float(v) for v in carbon], "kgco2e")
        rows = []
        for i in order:
            value = float(carbon[i])
            row = {"selected": names[i] == here, "pale": names[i] != here}
            text = energy_text(result, value, "kgco2e", step)
            tone = f"strategy.{result.strategy}"
            if has_range(result):
                low, high = range_of(result, value)
                rows.append(RowItem(tone, names[i], math.nan, text, low, high, unknown=True, **row))
            else:
                rows.append(RowItem(tone, names[i], value, text, **row))
        budget = view.scenario.limits.max_carbon_kgco2e
        words = "" if budget is None else f"budget {limit_text(float(budget), 'kgco2e')}"
        self.bars.set_rows(rows, RowsLook(column=True, reference=budget, reference_text=words))
        self.say("On other grids", f"CO₂e, {short(result.strategy)}")


def grid_choices(view: View) -> tuple[list[str], list[float], str]:
    """Names and carbon of grids to compare, and the name of the plan's own. [kgCO2e/kWh]."""
    catalog: Catalog = view.catalog
    site = view.scenario.site
    own = catalog.find_grid(site.grid)
    rows = {id: catalog.grids[id] for id in GRIDS if id in catalog.grids}
    names = [grid.name for grid in rows.values()]
    kgs = [grid.carbon_kgco2e_per_kwh for grid in rows.values()]
    here = own.name
    if site.carbon_kgco2e_per_kwh is not None:
        here = "This plan"
        names, kgs = [*names, here], [*kgs, float(site.carbon_kgco2e_per_kwh)]
    elif own.name not in names:
        names, kgs = [*names, own.name], [*kgs, own.carbon_kgco2e_per_kwh]
    return names, kgs, here


def carbon_on_grids(view: View, strategy: str, kgs: list[float]) -> Floats:
    """Carbon of one strategy at several carbon intensities, in one call, choices kept. [kgCO2e]."""
    alone = view.scenario.with_({"strategies": (strategy,)})
    draws = {CARBON_PATH: np.array(kgs)}
    results = simulate(alone, view.catalog, draws=draws, choices=view.results.choices)
    return floats(results.strategies[strategy]["carbon_kgco2e"])


class PerRequest(Figure):
    """Energy over requests, against a published figure."""

    def __init__(self) -> None:
        self.chart = Whiskers("Per request")
        self._strategies: list[str] = []
        super().__init__("Per request", f"dashed: {ANCHOR_WH} Wh, Google", self.chart)
        self.chart.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], "energy_kwh"))

    def take(self, view: View) -> None:
        """A row a strategy, on a logarithmic axis."""
        requests = float(np.sum(view.results.requests_by_month))
        if requests <= 0:
            self.blank("No requests", "Energy per request needs traffic.")
            return
        self.blank("")
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        rows, ends = [], [ANCHOR_WH]
        for r in results:
            name, chosen = short(r.strategy), r.strategy == view.selected
            wh = figure(r, "energy_kwh") * WH_PER_KWH / requests
            if not fits(r) or not wh > 0:
                text = "0 Wh" if fits(r) else DOES_NOT_FIT
                rows.append(RowItem(r.strategy, name, math.nan, text, selected=chosen))
            elif has_range(r):
                low, high = range_of(r, wh)
                ends += [low, high]
                text = energy_text(r, wh, "wh")
                rows.append(RowItem(r.strategy, name, math.nan, text, low, high, chosen, unknown=True))
            else:
                ends.append(wh)
                rows.append(RowItem(r.strategy, name, wh, format_quantity(wh, "wh"), selected=chosen))
        axis = log_axis(min(ends) * 0.8, max(ends) * 1.25, log_labeller("wh"))
        self.chart.set_rows(rows, RowsLook(column=True, reference=ANCHOR_WH, axis=axis))


class AlsoCounted(Figure):
    """Water, embodied carbon, carbon at its price, electricity, a refresh."""

    def __init__(self) -> None:
        self.facts = Facts("Also counted")
        self._strategy = ""
        super().__init__("Also counted", "", self.facts)
        self.facts.opened.connect(self._open)

    def _open(self, row: int, _part: int) -> None:
        self.asked.emit(self._strategy, self.facts.facts[row].key)

    def take(self, view: View) -> None:
        """Facts of the selected strategy."""
        result = selected_result(view)
        if result is None or not fits(result):
            self.blank(f"{short(view.selected)} {DOES_NOT_FIT}")
            return
        self.blank("")
        self._strategy = result.strategy
        facts = [
            _water(result),
            _embodied(result),
            _priced(view, result),
            *_electricity(view, result),
            *_refresh(result),
        ]
        self.facts.set_facts(facts)
        self.say("Also counted", short(result.strategy))


def _share(part: float, whole: float) -> str:
    return format_quantity(part / whole if whole else 0.0, "frac", figures=2)


def _water(result: StrategyResult) -> Fact:
    value = figure(result, "water_l")
    return Fact("droplets", "Water", "site, power plants", energy_text(result, value, "l"), value, "water_l")


def _embodied(result: StrategyResult) -> Fact:
    value = figure(result, "carbon_embodied_kgco2e")
    remark = f"{_share(value, figure(result, 'carbon_kgco2e'))} of all carbon"
    text = energy_text(result, value, "kgco2e")
    return Fact("cpu", "Embodied", remark, text, value, "carbon_embodied_kgco2e")


def _priced(view: View, result: StrategyResult) -> Fact:
    value, typed = figure(result, "carbon_price_usd"), view.scenario.site.usd_per_tco2e
    price = view.catalog.find_carbon_price(DEFAULT_CARBON_PRICE).usd_per_tco2e if typed is None else typed
    remark = f"beside total, {_share(value, figure(result, 'total_usd'))}"
    title = f"At {format_quantity(price, 'usd', figures=2)} a tonne"
    return Fact("dollar-sign", title, remark, energy_text(result, value, "usd"), value, "carbon_price_usd")


def _electricity(view: View, result: StrategyResult) -> list[Fact]:
    own = item_total(result, ["electricity"], USD)
    if own > 0:
        return [Fact("zap", "Electricity", "paid by us", format_quantity(own, "usd"), own, "electricity")]
    if result.fleet is None:
        return []
    try:
        price = one(build_world(view.scenario, view.catalog, load_physics(), None).electricity_usd_per_kwh)
    except PlannerError:
        return []
    value = figure(result, "energy_kwh") * price
    remark = f"at {format_quantity(price, 'usd_per_kwh', figures=2)}"
    return [
        Fact("zap", "Electricity in the rent", remark, format_quantity(value, "usd"), value, "energy_kwh")
    ]


def _refresh(result: StrategyResult) -> list[Fact]:
    month = first_refresh(result)
    if month is None or not result.trainings:
        return []
    kwh = sum(float(v[ENERGY]) for v in event_rows(result, month, "refresh").values())
    count = figure(result, "refreshes")
    remark = f"{count:.0f} over the horizon"
    return [Fact("refresh-cw", "Each refresh", remark, format_quantity(kwh, "kwh"), kwh, "refresh")]


def largest_draw(result: StrategyResult) -> tuple[str, float]:
    """What draws most of a strategy's energy, and its share."""
    parts = energy_by_draw(result)
    total = sum(parts.values())
    name = max(parts, key=lambda key: parts[key])
    return name, parts[name] / total if total else 0.0
