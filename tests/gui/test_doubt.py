"""The slow lane: a slider that is taken ends what is drawn, and letting it go draws again."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.scenario.presets import load_preset
from planner.ui.doubt import FIRST, Doubt


@pytest.fixture
def doubt(qtbot):
    made = Doubt(load_catalog())
    yield made
    made.stop()


def test_a_slider_that_is_taken_ends_the_draws_and_letting_go_draws_again(doubt, qtbot):
    results, heard = simulate(load_preset().scenario, load_catalog()), []
    doubt.counted.connect(heard.append)
    doubt.draws = 40 * FIRST
    with qtbot.waitSignal(doubt.counted, timeout=20_000):
        doubt.follow(results, held=False)
    assert doubt.busy
    doubt.hold(True)
    assert not doubt.busy
    doubt.hold(False)
    doubt.draws = FIRST
    doubt.follow(results, held=False)
    qtbot.waitUntil(lambda: heard[-1].done, timeout=20_000)
    assert heard[-1].risk.draws == FIRST
