""" "Cheaper still" in the scenarios panel: counted when all is quiet, applied in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from planner.engine.optimise_moves import Moves
from planner.engine.run import simulate

LEFT = Qt.MouseButton.LeftButton
VOLUME = "workload.requests_per_month"


@pytest.fixture
def block(window, qtbot):
    """The block with its proposals."""
    found = window.scenarios.cheaper
    qtbot.waitUntil(lambda: bool(found.shown) and not found.counting, timeout=15_000)
    return found


def test_two_proposals_with_their_savings(block, window):
    view = window.live.view
    moves = Moves(view.scenario, view.catalog, view.selected).run()
    assert [row.move_shown for row in block.shown] == list(moves)
    assert len(block.shown) == 2
    for row in block.shown:
        assert row.saving.text().startswith("\N{MINUS SIGN}$")
        assert row.apply.accessibleName().startswith("Apply: ")


def test_apply_is_one_undo_step_and_saves_what_it_said(block, window, qtbot):
    row = block.shown[0]
    move, before, strategy = row.move_shown, window.store.plan, window.live.view.selected
    total = float(window.live.view.results.strategies[strategy]["total_usd"])
    QTest.mouseClick(row.apply, LEFT)
    assert window.store.scenario == before.scenario.with_(move.changes)
    after = simulate(window.store.scenario, window.catalog).strategies[strategy]
    assert total - float(after["total_usd"]) == pytest.approx(move.saving_usd, rel=1e-9)
    assert window.store.undo_stack.undoText() == row.title.text()
    window.store.undo_stack.undo()
    assert window.store.plan == before


def test_a_change_takes_the_buttons_away_until_it_is_counted_anew(block, window, qtbot):
    window.store.edit(VOLUME, 30e6)
    assert block.counting
    assert not any(row.apply.isEnabled() for row in block.shown)
    qtbot.waitUntil(lambda: not block.counting, timeout=15_000)
    view = window.live.view
    moves = Moves(view.scenario, view.catalog, view.selected).run()
    assert [row.move_shown for row in block.shown] == list(moves)
    assert all(row.apply.isEnabled() for row in block.shown)


def test_a_held_slider_stops_it(block, window, qtbot):
    window.live.set_dragging(True)
    window.store.edit(VOLUME, 30e6, gesture=7)
    assert not block.counting
    window.live.set_dragging(False)
    assert block.counting
    qtbot.waitUntil(lambda: not block.counting, timeout=15_000)


def test_the_rail_has_none(block, window, qtbot):
    window.resize(1300, 900)
    assert block.isHidden()
    window.store.edit(VOLUME, 30e6)
    assert not block.counting
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: bool(block.shown) and not block.counting, timeout=15_000)
    assert not block.isHidden()


def test_what_was_found_for_another_subject_is_not_shown(block, window, qtbot):
    window.store.duplicate()
    assert block.isHidden()
    assert not block.shown
    qtbot.waitUntil(lambda: bool(block.shown) and not block.counting, timeout=15_000)
    window.live.select("finetune")
    assert block.isHidden()
    assert not block.shown
