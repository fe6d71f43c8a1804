"""Every preset as the Overview shows it: nothing that is written lies on a point."""

from __future__ import annotations

import pytest
from gallery_tabs import make_view
from PySide6.QtCore import QPointF, QRectF

from planner.catalog.load import load_catalog
from planner.scenario.presets import load_preset, presets
from planner.ui.fields.facts import provenance_of
from planner.ui.panels.facts import cards_of
from planner.ui.plots.figures.overview import CostQuality
from planner.ui.theme import ThemeManager, metrics, text_width

WITH_FLOOR = [p.id for p in presets() if load_preset(p.id).scenario.limits.min_quality is not None]


@pytest.fixture(autouse=True)
def light(qapp):
    ThemeManager(qapp).set_mode("light")


@pytest.mark.parametrize("size", [(336, 320), (324, 250), (480, 340)])
@pytest.mark.parametrize("preset", WITH_FLOOR)
def test_the_name_of_the_floor_keeps_clear_of_the_points(preset, size, qtbot):
    view = make_view(load_preset(preset))
    part = CostQuality()
    qtbot.addWidget(part.card)
    part.card.resize(*size)
    part.card.show()
    part.show(view)
    part.place()
    area = part.plot.view_box.sceneBoundingRect()
    floor = part._floor_pixel(area)
    width = text_width(f"floor {view.scenario.limits.min_quality:.0f}", 12, 500)
    left = area.right() - width - 8 if part.floor.look.align == "r" else area.left() + 6
    name = QRectF(left, floor + 2, width, metrics(12).height())
    for strategy, at in part.plot.pixels():
        assert not name.intersects(QRectF(at - QPointF(5, 5), at + QPointF(5, 5))), strategy


def test_the_name_goes_to_the_left_where_a_point_is_at_the_right(qtbot):
    part = CostQuality()
    qtbot.addWidget(part.card)
    part.card.resize(336, 320)
    part.card.show()
    part.show(make_view(load_preset("healthcare-reports")))
    assert part.floor.look.align == "l"
    part.show(make_view(load_preset("finance-loans-fraud")))
    assert part.floor.look.align == "r"


def test_a_value_of_the_preset_names_the_preset_s_source():
    catalog, preset = load_catalog(), load_preset("legal-contracts").scenario
    path = "workload.input_tokens"
    assert "CUAD" in provenance_of(path, preset, preset, catalog).title
    assert provenance_of("workload.requests_per_month", preset, preset, catalog).caveats == ("judgement",)
    changed = preset.with_({path: 9000.0})
    assert provenance_of(path, changed, preset, catalog).title == "you"
    same = load_preset("customer-support").scenario  # departs from no default: the field's own source holds
    assert provenance_of(path, same, same, catalog).title.startswith("Azure LLM inference trace")


def test_a_second_scenario_of_a_preset_is_compared_with_itself(window):
    window.documents.new("bank-compliance")
    window.store.switch("Plan B")
    assert window.store.preset.name == "Plan B"
    assert window.store.changed_paths() == set()
    assert window.inputs.pill.isHidden()
    window.store.duplicate()
    assert window.store.preset.name == "Plan A"


@pytest.mark.parametrize("preset", ["bank-compliance", "healthcare-reports"])
def test_words_of_a_missed_limit_are_short_enough_for_the_strip(preset):
    found = cards_of(make_view(load_preset(preset)))
    assert "not in-house" in [facts.missed for facts in found]
    for facts in found:
        room = 180 - 14 - 14 - 12 - text_width(facts.total, 13, 600) - 8
        assert text_width(facts.missed, 11, 500) <= room, facts.missed
