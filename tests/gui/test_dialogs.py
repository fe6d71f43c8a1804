"""Dialogs: figures behind figures add up, answers come back, keys work, both themes paint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from planner import __version__
from planner.app.autosave import Recovery
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.engine.equations.basis import basis_of
from planner.engine.formulas import FORMULAS
from planner.engine.lineitems import ITEMS
from planner.engine.results import FIGURES
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from planner.ui.dialogs.about import AboutDialog
from planner.ui.dialogs.caveats import CaveatsDialog
from planner.ui.dialogs.ledger import LedgerDialog
from planner.ui.dialogs.ledger_facts import as_text, behind, choices_of, input_lines, title_of
from planner.ui.dialogs.recovery import RecoveryDialog, ask_recovery, when
from planner.ui.dialogs.save import ask_save
from planner.ui.dialogs.shortcuts import IN_PLACE, ShortcutsDialog
from planner.ui.theme import STRATEGY_ORDER, ThemeManager
from planner.units import format_quantity

Key, LEFT, CTRL = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
UNFIT = {
    "serving__hardware": "nvidia-l4",
    "serving__precision": "bf16",
    "serving__accelerators_per_replica": 1,
}


@pytest.fixture(autouse=True)
def light(qapp):
    ThemeManager(qapp).set_mode("light")


@pytest.fixture
def ledger(qtbot):
    dialog = LedgerDialog()
    qtbot.addWidget(dialog)
    return dialog


# ---------------------------------------------------------------- facts
@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_line_items_add_up_to_what_is_asked(preset):
    view = make_view(load_preset(preset))
    for name, result in view.results.strategies.items():
        for what, title in [*choices_of(result), ("", "Total")]:
            found = behind(view, name, what)
            assert found.title == title == title_of(what)
            if found.basis is None:
                assert found.total == pytest.approx(found.value, rel=1e-9, abs=1e-9)
                assert all(row.total for row in found.rows)
            if what in FIGURES:
                assert found.value == pytest.approx(float(result[what]), nan_ok=True)


def test_categories_leave_refreshes_apart_and_training_takes_the_teacher():
    view = make_view(load_preset())
    for name, result in view.results.strategies.items():
        parts = result.by_category()
        for category, usd in parts.items():
            usd += parts.get("teacher", 0.0) if category == "training" else 0.0
            assert behind(view, name, category).value == pytest.approx(usd)


def test_whatever_is_no_sum_says_what_it_depends_on():
    known = specs_of(Scenario)
    for figure in FIGURES:
        for strategy in STRATEGY_ORDER:
            basis = basis_of(figure, strategy)
            if basis is not None:
                assert basis.note.endswith(".")
                assert set(basis.inputs) <= set(known)
                assert basis.inputs


def test_inputs_carry_values_and_sources():
    view = make_view(changed(load_preset(), site__pue=1.3))
    paths = tuple(dict.fromkeys(path for info in ITEMS.values() for path in info.inputs_of("distil")))
    lines = {line.path: line for line in input_lines((*paths, *paths), view)}
    assert set(lines) == set(paths)
    assert all(line.value and line.source for line in lines.values())
    assert lines["site.pue"].source == "you"
    assert lines["serving.usd_per_accelerator_h"].value.startswith("auto $")
    assert lines["serving.usd_per_accelerator_h"].date
    assert lines["base.model"].value == "Llama 3.1 70B"


def test_copied_numbers_are_plain():
    found = behind(make_view(load_preset()), "distil", "total_usd")
    lines = [line.split("\t") for line in as_text(found).splitlines()]
    assert lines[0] == ["Item", "Category", "Phase", "usd"]
    assert sum(float(line[3]) for line in lines[1:-1]) == pytest.approx(found.value)
    assert float(lines[-1][3]) == pytest.approx(found.value)


# ---------------------------------------------------------------- ledger
def texts(table, column=0):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_ledger_shows_figure_items_months_and_inputs(ledger, qtbot):
    view = make_view(load_preset())
    ledger.show_items(view, "distil", "total_usd")
    ledger.show()
    qtbot.waitExposed(ledger)
    qtbot.mouseClick(ledger.below.buttons()[1], LEFT)
    assert ledger.strategy_title.text() == "Distil"
    assert ledger.title.text() == "Total"
    assert ledger.value.text() == format_quantity(view.results.strategies["distil"]["total_usd"], "usd")
    assert not ledger.isModal()
    assert len(texts(ledger.items)) == len(ledger.found.rows)
    first = ledger.found.rows[0]
    assert ledger.item_title.text() == first.title
    assert texts(ledger.inputs) == [
        line.title for line in input_lines(ITEMS[first.item].inputs_of("distil"), view)
    ]
    assert texts(ledger.months, 1) == [format_quantity(v, "usd") for v in first.by_month if v]
    for equation in ITEMS[first.item].equations:
        assert FORMULAS[equation][1:] in ledger.item_about.text()
    qtbot.keyClick(ledger.items, Key.Key_Down)
    assert ledger.picked == ledger.found.rows[1]
    assert ledger.item_title.text() == ledger.found.rows[1].title


def test_ledger_inputs_are_links(ledger, qtbot):
    ledger.show_items(make_view(load_preset()), "distil", "labour")
    ledger.show()
    qtbot.waitExposed(ledger)
    asked = []
    ledger.input_requested.connect(asked.append)
    ledger.inputs.setFocus()
    ledger.inputs.setCurrentIndex(ledger.inputs.model().index(0, 0))
    qtbot.keyClick(ledger.inputs, Key.Key_Return)
    box = ledger.inputs.visualRect(ledger.inputs.model().index(1, 0))
    qtbot.mouseClick(ledger.inputs.viewport(), LEFT, pos=box.center())
    assert asked == ["labour.usd_per_hour", "labour.overhead_factor"]


def test_ledger_of_a_figure_that_is_no_sum(ledger, qtbot):
    view = make_view(load_preset())
    ledger.show_items(view, "distil", "latency_p95_s")
    ledger.show()
    qtbot.mouseClick(ledger.below.buttons()[1], LEFT)
    assert not ledger.items.isVisible()
    assert not ledger.months.isVisible()
    assert "Tokens in an answer" in texts(ledger.inputs)
    assert FORMULAS["I7"] in ledger.item_about.text()
    ledger.show_items(view, "distil", "payback_month")
    assert ledger.value.text().startswith("month ")
    assert ledger.items.isVisible()


def test_ledger_follows_the_plan_and_keeps_the_line(ledger, qtbot):
    ledger.show_items(make_view(load_preset()), "distil", "total_usd")
    ledger.show()
    qtbot.waitExposed(ledger)
    key = ledger.found.rows[2].key
    ledger.items.selectRow(2)
    before = ledger.value.text()
    view = make_view(changed(load_preset(), workload__requests_per_month=2e7, labour__usd_per_hour=200.0))
    ledger.refresh(view)
    assert ledger.value.text() != before
    assert ledger.picked.key == key
    dragged = make_view(load_preset(), dragging=True)
    ledger.refresh(dragged)
    assert ledger.value.text() != before
    qtbot.waitUntil(lambda: ledger.value.text() == before)
    ledger.refresh(make_view(changed(load_preset(), strategies=("api",))))
    qtbot.waitUntil(lambda: "take part" in ledger.empty.accessibleDescription())
    assert ledger.copy_button.isVisible()


def test_ledger_of_what_does_not_fit(ledger):
    view = make_view(changed(load_preset(), **UNFIT))
    ledger.show_items(view, "prompt", "total_usd")
    ledger.show()
    assert ledger.empty.isVisible()
    assert not ledger.items.isVisible()
    assert not ledger.inputs.isVisible()
    assert "GB" in ledger.empty.accessibleDescription()


def test_ledger_boxes_choose_strategy_and_figure(ledger):
    ledger.show_items(make_view(load_preset()), "distil", "total_usd")
    ledger.show()
    ledger.figure_box.chosen.emit("energy_kwh")
    assert ledger.title.text() == "Energy"
    ledger.strategy_box.chosen.emit("both")
    assert ledger.strategy_title.text() == "Fine-tune, then distil"
    assert ledger.figure_box.currentData() == "energy_kwh"


def test_ledger_copies_and_closes_by_key(ledger, qtbot):
    ledger.show_items(make_view(load_preset()), "distil", "total_usd")
    ledger.show()
    qtbot.waitExposed(ledger)
    qtbot.keyClick(ledger.items, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == as_text(ledger.found)
    ledger.months.setFocus()
    qtbot.keyClick(ledger.months, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().startswith("Month\tAmount [USD]\n")
    qtbot.keyClick(ledger.months, Key.Key_Escape)
    assert not ledger.isVisible()


# ---------------------------------------------------------------- about, keys, notes
def test_about_names_versions_and_terms(qtbot):
    dialog = AboutDialog(load_catalog())
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.copy_button, LEFT)
    text = QGuiApplication.clipboard().text()
    assert f"Planner: {__version__}" in text
    assert load_catalog().date in text
    assert "Python: 3." in text
    assert "PySide6" in text
    qtbot.keyClick(dialog, Key.Key_Escape)
    assert not dialog.isVisible()


def test_shortcuts_are_grouped_and_searched(qtbot):
    rows = [("File", "Open", "Ctrl+O"), ("File", "Save", "Ctrl+S"), ("View", "Full screen", "F11")]
    dialog = ShortcutsDialog(rows)
    qtbot.addWidget(dialog)
    dialog.show()
    assert len(dialog.lines) == len(rows) + len(IN_PLACE)
    qtbot.keyClicks(dialog.search, "full scr")
    assert [line.isVisible() for _, line, _ in dialog.lines].count(True) == 1
    qtbot.keyClick(dialog.search, Key.Key_Escape)
    assert all(line.isVisible() for _, line, _ in dialog.lines)
    qtbot.keyClick(dialog.search, Key.Key_Escape)
    assert not dialog.isVisible()


def test_every_note_of_the_results_is_listed(qtbot):
    for preset in presets():
        results = make_view(load_preset(preset.id)).results
        dialog = CaveatsDialog(results)
        qtbot.addWidget(dialog)
        dialog.show()
        codes = [note.code for note, _ in dialog.notes]
        assert set(results.caveats) <= set(codes)
        dialog.copy()
        assert all(CAVEATS[code].help in QGuiApplication.clipboard().text() for code in codes)


# ---------------------------------------------------------------- questions
def answer(act):
    """Act on the modal dialog once it is open."""
    QTimer.singleShot(30, lambda: act(QApplication.activeModalWidget()))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Key.Key_Return, "save"),
        (Key.Key_S, "save"),
        (Key.Key_D, "discard"),
        (Key.Key_Escape, "cancel"),
    ],
)
def test_save_is_asked_by_key(qtbot, key, expected):
    answer(lambda dialog: qtbot.keyClick(dialog.focusWidget() or dialog, key))
    assert ask_save(None, "Plan & " + "x" * 200) == expected


@pytest.mark.parametrize("expected", ["save", "discard", "cancel"])
def test_save_is_asked_by_mouse(qtbot, expected):
    answer(lambda dialog: qtbot.mouseClick(getattr(dialog, f"{expected}_button"), LEFT))
    assert ask_save(None, "Plan") == expected


@pytest.fixture
def recoveries(tmp_path):
    now = datetime.now(UTC)
    found = []
    for number, preset in enumerate(presets()):
        file = tmp_path / f"{number}.json"
        file.write_text("{}")
        path = tmp_path / "own.plan.json" if number else None
        found.append(Recovery(file, load_preset(preset.id), path, now - timedelta(days=number)))
    return found


def test_recovery_of_the_second(qtbot, recoveries):
    def act(dialog):
        qtbot.keyClick(dialog.rows[0], Key.Key_Down)
        assert dialog.rows[1].isChecked()
        assert dialog.rows[1].hasFocus()
        qtbot.keyClick(dialog.rows[1], Key.Key_Return)

    answer(act)
    assert ask_recovery(None, recoveries) is recoveries[1]
    assert all(recovery.file.exists() for recovery in recoveries)


def test_recovery_later_keeps_and_discard_removes(qtbot, recoveries):
    answer(lambda dialog: qtbot.keyClick(dialog, Key.Key_Escape))
    assert ask_recovery(None, recoveries) is None
    assert all(recovery.file.exists() for recovery in recoveries)
    answer(lambda dialog: qtbot.mouseClick(dialog.discard_button, LEFT))
    assert ask_recovery(None, recoveries) is None
    assert not any(recovery.file.exists() for recovery in recoveries)


def test_recovery_by_click_says_time_and_place(qtbot, recoveries):
    dialog = RecoveryDialog(recoveries)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.rows[2], LEFT)
    qtbot.mouseClick(dialog.recover_button, LEFT)
    assert dialog.chosen is recoveries[2]
    assert dialog.rows[0].place == "Not saved to a file yet"
    assert str(recoveries[1].path) in dialog.rows[1].accessibleName()


def test_times_as_people_say_them():
    now = datetime(2027, 3, 5, 12, tzinfo=UTC)
    assert when(now, now).startswith("today ")
    assert when(now - timedelta(days=1), now).startswith("yesterday ")
    assert when(now - timedelta(days=30), now).startswith("3 February 2027 ")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_all_paint_on_the_ground_of_the_theme(qapp, qtbot, recoveries, mode):
    manager = ThemeManager(qapp)
    manager.set_mode(mode)
    view = make_view(load_preset())
    ledger = LedgerDialog()
    ledger.show_items(view, "distil", "total_usd")
    dialogs = [
        ledger,
        AboutDialog(load_catalog()),
        CaveatsDialog(view.results),
        ShortcutsDialog([("File", "Open", "Ctrl+O")]),
        RecoveryDialog(recoveries),
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        dialog.show()
        picture = dialog.grab().toImage()
        assert picture.pixelColor(3, 3).name().upper() == manager.current.surface
