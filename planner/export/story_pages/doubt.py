"""How sure the answer is: chances to be cheapest, and what each strategy may cost."""

from __future__ import annotations

from planner.engine.results import StrategyResult
from planner.engine.risk import Risk
from planner.engine.verdict import DOING
from planner.export.story import Chart, Fact, Grid, Page, Series
from planner.export.story_pages.answer import chance_fact, chance_of
from planner.export.story_pages.told import LABELS, Told, capitalised
from planner.units import format_quantity, format_range

_LIKELY = 0.005
_HARDLY = 0.5


def risk(told: Told) -> Page:
    """Return the page of risk."""
    drawn, chosen = told.drawn, told.chosen
    if drawn is None or not told.uncertain or chosen is None:
        said = "No strategy fits on this hardware." if chosen is None else f"{capitalised(told.draws)}."
        return Page("risk", _nothing(told), said, inputs=told.inputs())
    headline, subline = _words(told, drawn, chosen)
    return Page(
        key="risk",
        headline=headline,
        subline=subline,
        strategy=chosen.strategy,
        facts=_facts(told, drawn, chosen),
        chart=_chances(told, drawn) if len(told.order) > 1 else _spread_bars(told, drawn),
        table=_totals(told, drawn),
        caveat=_caveat(told, drawn),
        inputs=told.inputs(),
    )


def _nothing(told: Told) -> str:
    if told.chosen is None or told.drawn is None:
        return "No chance to tell." if told.chosen is None else "No chance to tell yet."
    return "Nothing is uncertain."


def _words(told: Told, drawn: Risk, chosen: StrategyResult) -> tuple[str, str]:
    found = drawn.strategies[chosen.strategy]
    name = capitalised(DOING[chosen.strategy])
    if len(told.order) == 1:
        return _spread(told, chosen), "Eight of ten draws lie within."
    if told.choice.case in ("nothing", "quality"):
        share = told.chance(found.competes_frac)
        what = "comes nearest" if told.choice.case == "nothing" else "scores best"
        return f"Keeps every limit in {share} of draws.", f"{name} {what}. {_spread(told, chosen)}"
    if told.choice.case == "carbon":
        share = told.chance(found.greenest_frac)
        return f"Emits least in {share} of draws.", f"{name}: {_spread(told, chosen)}"
    share = told.chance(found.cheapest_frac)
    rivals = sorted(
        ((each.cheapest_frac, key) for key, each in drawn.strategies.items() if key != chosen.strategy),
        reverse=True,
    )
    second = ""
    if rivals and rivals[0][0] >= _LIKELY:
        second = f" {capitalised(DOING[rivals[0][1]])} is cheapest in {told.chance(rivals[0][0])}."
    return f"Cheapest in {share} of draws.", f"{_spread(told, chosen)}{second}"


def _spread(told: Told, chosen: StrategyResult) -> str:
    assert told.drawn is not None
    total = told.drawn.strategies[chosen.strategy].total_usd
    span = format_range(total[10], total[90], "usd")
    return f"{span} over {told.months}." if len(told.order) == 1 else f"{span} in eight of ten draws."


def _facts(told: Told, drawn: Risk, chosen: StrategyResult) -> tuple[Fact, ...]:
    found = drawn.strategies[chosen.strategy]
    facts = [chance_fact(told, chosen)]
    median = format_quantity(found.total_usd[50], "usd")
    facts.append(Fact(median, "median total", told.span(chosen), strategy=chosen.strategy))
    if chosen.strategy != told.results.baseline:
        facts.append(Fact(told.chance(found.pays_back_frac), "chance to pay back", f"within {told.months}"))
    worth = drawn.perfect_information_usd
    if worth >= _HARDLY:  # not where it is unknown, nor where the choice is right in every draw
        facts.append(
            Fact(format_quantity(worth, "usd", figures=2), "worth of knowing more", "the most it could save")
        )
    return tuple(facts)


def _chances(told: Told, drawn: Risk) -> Chart:
    title, share = chance_of(told)
    names = tuple(each.strategy for each in told.order)
    shares = [share(drawn.strategies[name]) for name in names]
    return Chart(
        kind="bars",
        title=title,
        points=tuple(LABELS[name] for name in names),
        unit="chance",
        series=(Series("Share of draws", tuple(shares)),),
        strategies=names,
        selected=told.choice.strategy or "",
    )


def _spread_bars(told: Told, drawn: Risk) -> Chart:
    """Return what the only strategy may cost."""
    (only,) = told.order
    total = drawn.strategies[only.strategy].total_usd
    return Chart(
        kind="bars",
        title=f"Total over {told.months}",
        points=tuple(f"P{at}" for at in (10, 50, 90)),
        unit="usd",
        series=(Series("Total", told.money([total[at] for at in (10, 50, 90)])),),
        strategies=(only.strategy,) * 3,
        symbol=told.symbol,
    )


def _totals(told: Told, drawn: Risk) -> Grid:
    rows, names = [], []
    for each in told.order:
        total = drawn.strategies[each.strategy].total_usd
        names.append(each.strategy)
        rows.append((LABELS[each.strategy], *(format_quantity(total[at], "usd") for at in (10, 50, 90))))
    return Grid(("Total", "P10", "P50", "P90"), tuple(rows), tuple(names))


def _caveat(told: Told, drawn: Risk) -> str:
    none = drawn.none_frac
    unmet = f" In {told.chance(none)} of them none keeps every limit." if none >= _LIKELY else ""
    return f"{told.draws} from {len(drawn.inputs)} inputs with a range, seed {drawn.seed}.{unmet}"
