"""The cards and the strip: they say what the engine says, select, and open line items by mouse and key."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, QPointF, Qt

from planner.engine.results import FIGURES
from planner.engine.verdict import gap_usd_text
from planner.scenario.presets import load_preset
from planner.ui.kit import Ink, advance
from planner.ui.panels.cards import HEIGHT, Cards, Strip
from planner.ui.panels.facts import card_name, cards_of, missed_words
from planner.ui.theme import STRATEGY_ORDER, STRATEGY_SHORT, ThemeManager
from planner.units import format_quantity, format_range

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
UNFIT = {
    "serving__hardware": "nvidia-l4",
    "serving__precision": "bf16",
    "serving__accelerators_per_replica": 1,
}


@pytest.fixture(scope="module")
def view():
    return make_view(load_preset())


@pytest.fixture(scope="module")
def unfit():
    return make_view(changed(load_preset(), **UNFIT))


class Heard:
    """What cards or strip asked for."""

    def __init__(self, part, qtbot, width):
        qtbot.addWidget(part)
        self.part, self.selected, self.opened = part, [], []
        part.selected.connect(self.selected.append)
        part.opened.connect(lambda *said: self.opened.append(said))
        part.resize(width, HEIGHT)
        part.show()
        qtbot.waitExposed(part)


@pytest.fixture
def cards(qapp, qtbot):
    ThemeManager(qapp).set_mode("light")
    return Heard(Cards(), qtbot, 840)


@pytest.fixture
def strip(qapp, qtbot):
    ThemeManager(qapp).set_mode("light")
    return Heard(Strip(), qtbot, 840)


def spot(card, figure):
    """The middle of a figure."""
    return next(s.box.center().toPoint() for s in card.spots() if s.figure == figure)


# ---------------------------------------------------------------- facts
def test_cards_say_what_the_engine_says(view):
    facts = {fact.strategy: fact for fact in cards_of(view)}
    assert tuple(facts) == STRATEGY_ORDER
    for name, fact in facts.items():
        result = view.results.strategies[name]
        assert fact.total == format_quantity(float(result["total_usd"]), "usd")
        assert {row.figure for row in fact.rows} <= set(FIGURES)
        assert all(row.value for row in fact.rows)
        assert 0 < fact.share <= 1
        assert fact.total in fact.spoken
    totals = {name: float(view.results.strategies[name]["total_usd"]) for name in facts}
    largest = max(totals, key=lambda name: totals[name])
    for name, fact in facts.items():
        assert fact.share / facts[largest].share == pytest.approx(totals[name] / totals[largest])
        assert (fact.ends, fact.reach) == ((), "")
    assert facts[view.choice.strategy].pill[0] == "Cheapest"
    assert facts["api"].against == "baseline"


def test_cards_show_what_draws_say():
    view = make_view(load_preset(), draws=512)
    for fact in cards_of(view):
        found = view.risk.strategies[fact.strategy].total_usd
        total = float(view.results.strategies[fact.strategy]["total_usd"])
        assert fact.ends[0] / fact.share == pytest.approx(found[10] / total)
        assert fact.ends[1] / fact.share == pytest.approx(found[90] / total)
        assert 0 < fact.ends[0] < fact.ends[1] <= 1
        assert fact.reach == format_range(found[10], found[90], "usd")
        assert fact.reach in fact.spoken


def test_a_strategy_that_fits_in_part_of_the_draws_says_in_how_many():
    view = make_view(load_preset(), draws=512)
    risk = view.risk
    partly = replace(risk.strategies["prompt"], fits_frac=0.934)
    held = replace(risk, strategies={**risk.strategies, "prompt": partly})
    facts = {f.strategy: f for f in cards_of(replace(view, doubted=replace(view.doubted, risk=held)))}
    assert facts["prompt"].reach.endswith(", 93% fit")
    assert "fit" not in facts["api"].reach


def test_the_difference_to_the_baseline_has_a_direction(view):
    base = float(view.results.strategies["api"]["total_usd"])
    for fact in cards_of(view)[1:]:
        gap = float(view.results.strategies[fact.strategy]["total_usd"]) - base
        word = "more" if gap > 0 else "less"
        assert fact.against == f"{gap_usd_text(abs(gap))} {word} than the API"
        if fact.strategy == view.choice.strategy:
            assert fact.against in view.verdict.sentence


def test_a_missed_limit_and_its_figure_read_differently():
    view = make_view(load_preset())
    score = float(view.results.strategies["prompt"]["quality_lowest"])
    limited = make_view(changed(load_preset(), limits__min_quality=math.ceil(score * 10.0) / 10.0))
    left, _, right = missed_words(
        limited, "limits.min_quality", limited.results.strategies["prompt"]
    ).partition(" < ")
    assert left.removeprefix("score ") != right
    assert limited.verdict.sentence


def test_what_a_range_hides_is_not_called_the_least():
    fewer = changed(load_preset(), limits__goal="carbon", workload__requests_per_month=1e6)
    facts = {fact.strategy: fact for fact in cards_of(make_view(fewer))}
    assert facts["api"].pill == ("Least carbon?", "choice")
    own = make_view(changed(load_preset(), limits__goal="carbon", limits__self_hosted_only=True))
    assert {fact.pill[0] for fact in cards_of(own)} >= {"Least carbon"}


def test_what_the_verdict_does_not_call_is_not_called_the_cheapest():
    view = make_view(load_preset())
    open_still = replace(view, choice=replace(view.choice, case="too_close"))
    facts = {fact.strategy: fact for fact in cards_of(open_still)}
    assert facts[view.choice.strategy].pill == ("Cheapest?", "choice")


def test_missed_limits_are_marked_at_their_figure():
    limited = make_view(changed(load_preset(), limits__max_total_usd=1e3, limits__min_quality=99.0))
    for fact in cards_of(limited):
        result = limited.results.strategies[fact.strategy]
        assert fact.pill == ("Misses 2 limits", "bad")
        assert fact.total_missed
        assert next(row for row in fact.rows if row.figure == "quality").tone == "bad"
        assert fact.missed == "misses 2 limits"
        assert "score" in missed_words(limited, "limits.min_quality", result)


def test_what_does_not_fit_says_why_and_has_no_figures(unfit):
    facts = {fact.strategy: fact for fact in cards_of(unfit)}
    assert facts["prompt"].pill == ("Does not fit", "bad")
    assert "GB" in facts["prompt"].problem
    assert facts["prompt"].rows == ()
    assert "does not fit" in facts["prompt"].spoken
    assert facts["api"].rows


@pytest.mark.parametrize("width", [60, 90, 105, 130, 300])
def test_names_are_cut_to_a_shorter_name_never_in_the_middle(qapp, width):
    for strategy in STRATEGY_ORDER:
        name = card_name(strategy, width)
        assert advance(name, Ink(13, 600)) <= width or name == STRATEGY_SHORT[strategy]


# ---------------------------------------------------------------- cards
def test_a_click_selects(cards, view, qtbot):
    cards.part.show_cards(cards_of(view), "distil")
    card = cards.part.cards[2]
    qtbot.mouseClick(card, LEFT, pos=QPoint(card.width() // 2, 20))
    assert cards.selected == ["finetune"]
    assert cards.opened == []


def test_every_figure_is_a_link(cards, view, qtbot):
    cards.part.show_cards(cards_of(view), "distil")
    for card in cards.part.cards:
        figures = [s.figure for s in card.spots()]
        assert figures[0] == "total_usd"
        assert len(figures) == 7
        for figure in figures:
            qtbot.mouseClick(card, LEFT, pos=spot(card, figure))
            assert cards.opened[-1] == (card.strategy, figure)
    assert cards.selected == []


def test_figures_stay_inside_the_card(cards, view):
    cards.part.resize(680, cards.part.height())
    cards.part.show_cards(cards_of(view), "distil")
    cards.part.grab()
    for card in cards.part.cards:
        for found in card.spots():
            assert found.box.left() >= 0, (card.strategy, found.figure)
            assert found.box.right() <= card.width()
            assert found.box.bottom() <= card.height()


def test_hover_underlines_and_points(cards, view, qtbot):
    cards.part.show_cards(cards_of(view), "distil")
    card = cards.part.cards[0]
    plain = card.grab().toImage()
    qtbot.mouseMove(card, spot(card, "total_usd"))
    qtbot.waitUntil(lambda: card.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    assert card.grab().toImage() != plain
    qtbot.mouseMove(card, QPoint(card.width() - 4, 14))
    qtbot.waitUntil(lambda: card.cursor().shape() == Qt.CursorShape.ArrowCursor)


def test_keys_select_walk_and_open(cards, view, qtbot):
    cards.part.show_cards(cards_of(view), "distil")
    card = cards.part.cards[1]
    card.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(card, Key.Key_Space)
    assert cards.selected == ["prompt"]
    qtbot.keyClick(card, Key.Key_Return)
    assert cards.opened == [("prompt", "total_usd")]
    for _ in range(3):
        qtbot.keyClick(card, Key.Key_Down)
    qtbot.keyClick(card, Key.Key_Enter)
    assert cards.opened[-1] == ("prompt", card.spots()[2].figure)
    for _ in range(20):
        qtbot.keyClick(card, Key.Key_Down)
    qtbot.keyClick(card, Key.Key_Return)
    assert cards.opened[-1] == ("prompt", card.spots()[-1].figure)
    for _ in range(20):
        qtbot.keyClick(card, Key.Key_Up)
    qtbot.keyClick(card, Key.Key_Return)
    assert cards.opened[-1] == ("prompt", "total_usd")


def test_the_focused_figure_is_told(cards, view, qtbot):
    cards.part.show_cards(cards_of(view), "distil")
    card = cards.part.cards[3]
    card.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        qtbot.keyClick(card, Key.Key_Down)
    fact = card.facts.rows[1]
    assert card.accessibleDescription() == f"{fact.label} {fact.value}"


def test_a_card_that_does_not_fit_selects_and_opens_nothing(cards, unfit, qtbot):
    cards.part.show_cards(cards_of(unfit), "api")
    card = next(c for c in cards.part.cards if c.strategy == "prompt")
    qtbot.mouseClick(card, LEFT, pos=QPoint(40, 60))
    card.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Down, Key.Key_Return, Key.Key_Space):
        qtbot.keyClick(card, key)
    assert cards.selected == ["prompt", "prompt"]
    assert cards.opened == []
    assert "does not fit" in card.accessibleDescription()


def test_cards_are_kept_and_told_of_staleness(cards, view, qtbot):
    facts = cards_of(view)
    cards.part.show_cards(facts, "distil")
    before = list(cards.part.cards)
    qtbot.waitUntil(lambda: before[-1].isVisible())
    fresh = cards.part.grab().toImage()
    cards.part.show_cards(facts, "api", stale=True)
    assert cards.part.cards == before
    assert before[0].accessibleName().endswith(", selected")
    assert before[0].accessibleDescription().startswith("out of date. ")
    assert cards.part.grab().toImage() != fresh
    one = cards_of(make_view(changed(load_preset(), strategies=("api", "distil"))))
    cards.part.show_cards(one, "distil")
    assert [card.strategy for card in cards.part.cards] == ["api", "distil"]


# ---------------------------------------------------------------- strip
def test_strip_by_mouse(strip, view, qtbot):
    facts = cards_of(view)
    strip.part.show_cards(facts, "distil")
    cell = strip.part.width() / len(facts)
    qtbot.mouseClick(strip.part, LEFT, pos=QPointF(2.8 * cell, 12).toPoint())
    assert strip.selected == ["finetune"]
    qtbot.mouseClick(strip.part, LEFT, pos=QPointF(3 * cell + 36, 32).toPoint())
    assert strip.opened == [("distil", "total_usd")]
    assert all(fact.total in strip.part.accessibleDescription() for fact in facts)


def test_strip_by_keys(strip, view, qtbot):
    strip.part.show_cards(cards_of(view), "distil")
    strip.part.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Space, Key.Key_Left, Key.Key_Return):
        qtbot.keyClick(strip.part, key)
    assert strip.selected == ["finetune"]
    assert strip.opened == [("prompt", "total_usd")]


def test_strip_of_what_does_not_fit(strip, unfit, qtbot):
    facts = cards_of(unfit)
    strip.part.show_cards(facts, "api")
    cell = strip.part.width() / len(facts)
    qtbot.mouseClick(strip.part, LEFT, pos=QPointF(cell + 36, 32).toPoint())
    assert strip.selected == ["prompt"]
    strip.part.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(strip.part, Key.Key_Return)
    assert strip.opened == []
    assert "does not fit" in strip.part.accessibleDescription()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_both_themes_paint(qapp, cards, strip, view, unfit, mode):
    manager = ThemeManager(qapp)
    manager.set_mode(mode)
    for part in (cards.part, strip.part):
        for each in (view, unfit):
            part.show_cards(cards_of(each), "distil")
            qapp.processEvents()
            picture = part.grab().toImage()
            assert picture.pixelColor(6, 30).name().upper() == manager.current.surface


def test_no_traffic_and_odd_plans_have_cards():
    for edits in ({"workload__requests_per_month": 0.0}, {"horizon_months": 1}, {"strategies": ("both",)}):
        for fact in cards_of(make_view(changed(load_preset(), **edits))):
            assert math.isfinite(fact.share)
            assert fact.spoken
            assert "nan" not in fact.spoken.casefold()
