"""The world of a plan with quantities in place of numbers: the engine's functions then give equations."""

from __future__ import annotations

from typing import Any, Final, cast

from planner.engine.capacity import request_rate_per_s
from planner.engine.choices import StrategyChoices
from planner.engine.equations.expressions import Expression, Quantity, call
from planner.engine.equations.given import (
    named_architecture,
    named_card,
    named_catalog,
    named_physics,
)
from planner.engine.equations.graph import Graph
from planner.engine.equations.inputs import InputQuantities, unless_moved
from planner.engine.equations.jobs import name_models
from planner.engine.prices import capital_recovery_frac, changing_path, falling_path
from planner.engine.world import RENTED_PUE, Footprint, World
from planner.units import MONTHS_PER_YEAR

PLACES: Final = ("rented", "owned", "desk", "device", "provider")
_PLACE_WORDS: Final = {
    "rented": "rented",
    "owned": "our own site",
    "desk": "at a desk",
    "device": "on devices",
    "provider": "at a provider",
}
TRACED: Final = 0
"""Stands in place of the number of draws: nothing is kept for later, months stay an axis of their own."""


class Traced:
    """A world of quantities, and what months are made of.

    Attributes
    ----------
    month, serves, released : Quantity
        Number of a month; 1 in months of traffic, else 0; 1 in month 0, else 0.
    horizon : Quantity
        Months of traffic. [months]
    rent_path, api_path, level : Expression
        Prices over those of month 0.
    """

    def __init__(self, graph: Graph, inputs: InputQuantities) -> None:
        self.graph, self.inputs = graph, inputs
        self.named: set[object] = set()
        plain = inputs.plain
        self.month = Quantity(
            "month", "Month", "month_number", plain.months, source="months of the plan, month 0 first"
        )
        self.horizon = Quantity(
            "horizon_months", "Horizon", "months", float(plain.horizon), source="set in this plan"
        )
        graph.open("traffic", "Traffic")
        self.serves = graph.add(
            call("if", self.month > 0.0, 1.0, 0.0), "traffic/serves", "Month of traffic", "1"
        )
        self.released = graph.add(
            call("if", self.month.equals(0.0), 1.0, 0.0),
            "traffic/released",
            "Month of the first release",
            "1",
        )
        graph.only_with_traffic(self.serves)
        sections = inputs.sections()
        self.world = self._world(sections)
        graph.open("site", "Site and energy")
        self._footprints()
        self._purchase()
        name_models(graph, self.world)

    def first(self, what: object) -> bool:
        """Return whether something is asked for the first time."""
        if what in self.named:
            return False
        self.named.add(what)
        return True

    def of(self, path: str) -> Quantity:
        """Return an input.

        Raises
        ------
        KeyError
            If it is null without anything in its place.
        """
        return self.inputs.by_path[path]

    # ------------------------------------------------------------------ world
    def _world(self, sections: Any) -> World:
        plain, graph = self.inputs.plain, self.graph
        models = plain.catalog.models
        made: Any = {  # expressions stand where the engine has numbers
            "months": self.month,
            "volume": self._requests(sections.workload),
            "prompted_tokens": self._prompt(sections, "instruction_tokens", "prompted", "an untuned model"),
            "tuned_tokens": self._prompt(sections, "tuned_instruction_tokens", "tuned", "a tuned model"),
            **self._price_paths(sections.prices),
        }
        world = World(
            scenario=plain.scenario,
            catalog=named_catalog(plain.catalog),  # type: ignore[arg-type]
            physics=named_physics(),
            inputs=sections,
            draws=TRACED,
            base=named_architecture(plain.base, models[plain.base.model_id].source),
            student=named_architecture(plain.student, models[plain.student.model_id].source),
            training_card=named_card(plain.training_card),
            serving_card=named_card(plain.serving_card),
            **made,
        )
        total = call("sum", made["volume"])
        graph.open("traffic", "Traffic")
        world.memo["total requests"] = graph.add(
            total, "traffic/total_requests", "Requests of all months", "requests"
        )
        return world

    def _requests(self, workload: Any) -> Quantity:
        """Name requests and their rates by month."""
        graph = self.graph
        growth = (1.0 + workload.growth_frac_per_month) ** (self.month - 1.0)
        volume = call("if", self.month > 0.0, workload.requests_per_month * growth, 0.0)
        requests = graph.add(volume, "traffic/requests", "Requests", "requests", equations=("S1",))
        graph.only_with_traffic(requests)
        by_month: Any = requests
        rate = request_rate_per_s(by_month)
        graph.name(rate, "traffic/rate_per_s", "Mean request rate", "requests_per_s", equations=("S1",))
        peak, words = rate * workload.peak_to_mean, "Request rate of the busy hour"
        graph.name(peak, "traffic/peak_per_s", words, "requests_per_s", equations=("S1",))
        grows = workload.growth_frac_per_month > 0.0
        self.busiest = graph.add(
            call("if", grows, self.horizon, 1.0), "traffic/busiest_month", "Busiest month", "month_number"
        )
        return requests

    def _prompt(self, sections: Any, instructions: str, key: str, whose: str) -> Expression:
        workload = sections.workload
        tokens = workload.input_tokens + getattr(workload, instructions)
        return self.graph.name(tokens, f"traffic/{key}_tokens", f"Prompt of {whose}", "tokens")

    def _price_paths(self, prices: Any) -> dict[str, Expression]:
        """Name prices by month over those of month 0."""
        graph, months = self.graph, cast(Any, self.month)
        graph.open("prices", "Price paths")
        rent = changing_path(prices.rent_change_frac_per_year, months)
        api = falling_path(prices.api_fall_factor_per_year, months)
        worth = (1.0 + prices.discount_frac_per_year) ** (-months / MONTHS_PER_YEAR)
        self.discount = graph.name(worth, "prices/discount", "Worth in month 0", "1", equations=("X1",))
        return {
            "rent_path": graph.name(rent, "prices/rent_path", "Rent over that of month 0", "1"),
            "api_path": graph.name(
                api, "prices/api_path", "API price over that of month 0", "1", equations=("X5",)
            ),
        }

    def _footprints(self) -> None:
        """Name what a kWh of IT energy draws at each place."""
        site: Any = self.world.inputs.site
        graph, world, given = self.graph, self.world, self.inputs.scenario
        pue = site.pue
        by_place = given.site.pue is None and given.hardware.ownership == "own"
        for place in PLACES:
            if place == "rented" and by_place:  # what is typed holds at both places
                site.pue = unless_moved(pue, RENTED_PUE)
            found, words = world.footprint(place), _PLACE_WORDS[place]
            site.pue = pue
            world.memo["footprint", place] = Footprint(
                graph.name(found.pue, f"site/{place}/pue", f"PUE, {words}", "1"),  # type: ignore[arg-type]
                found.carbon_kgco2e_per_it_kwh,
                graph.name(  # type: ignore[arg-type]
                    found.water_l_per_it_kwh, f"site/{place}/water", f"Water of an IT kWh, {words}",
                    "l_per_kwh",
                ),
            )  # fmt: skip

    def _purchase(self) -> None:
        """Name what an owned card costs: its price follows its row while the input stands as it was."""
        own: Any = self.world.inputs.hardware
        self.graph.open("hardware", "Owned hardware")
        years, rate = own.life_years, self.world.inputs.prices.discount_frac_per_year
        repaid = capital_recovery_frac(rate, years)
        self.graph.name(
            repaid, "site/repaid", "Share of a price repaid a year", "frac_per_year", equations=("X2",)
        )
        typed = self.inputs.by_path.get("hardware.capex_usd_per_accelerator")
        if typed is None or self.inputs.scenario.hardware.capex_usd_per_accelerator is not None:
            return
        own.capex_usd_per_accelerator = None
        cards = [self.world.serving_card]
        if self.inputs.scenario.serving.student_target == "workstation":
            cards.append(self.world.device)
        for card in {card.id: card for card in cards}.values():
            if card.purchase_price_usd is not None:
                usd = card.purchase_price_usd + own.host_usd_per_accelerator
                self.graph.stand_in(
                    usd, unless_moved(typed, usd), f"site/capex/{card.id}", f"Purchase of {card.name}", "usd"
                )

    # ------------------------------------------------------------------ choices
    def interval(self, strategy: str, choices: StrategyChoices) -> Quantity:
        """Return the refresh interval of a strategy: the input, or what was decided. [months]."""
        path, key = "refresh.interval_months", f"{strategy}/interval_months"
        if path in self.inputs.by_path:
            return self.graph.add(self.of(path), key, "Refresh every", "months")
        return Quantity(
            key, "Refresh every", "months", float(choices.interval_months),
            source="decided: the least cost of refreshes and staleness", equations=("U2",),
        )  # fmt: skip

    def decided(self, strategy: str, choices: StrategyChoices) -> StrategyChoices:
        """Return choices whose accelerators of a replica are quantities."""
        return choices._replace(
            accelerators_per_replica=self._replica(choices.accelerators_per_replica, "served"),
            escalation_accelerators=self._replica(choices.escalation_accelerators, "passed on to"),
        )

    def _replica(self, count: int, what: str) -> Any:
        """Return accelerators of a replica: the same quantity for the same number."""
        if count in (0, 1):
            return count

        def make() -> Quantity:
            return Quantity(
                f"choice/{what}/{count} accelerators", "Accelerators of a replica", "accelerators",
                float(count), source="decided: the fewest accelerator-hours that keep the token limit",
            )  # fmt: skip

        return self.world.once(("choice", what, count), make)


def months_of(traced: Traced, every: Any) -> Expression:
    """Return 1 in the months of an event every so many months, else 0.

    The first falls after one interval, the last at least one month before the end.
    """
    month = traced.month
    within = call("and", month > 0.0, month < traced.horizon)
    return call("if", call("and", within, call("mod", month, every).equals(0.0)), 1.0, 0.0)
