"""Every tab of every preset in every theme as pictures to look at.

python tests/gui/gallery_tabs.py [FOLDER [TAB ...]]
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.results import Results
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset, preset_scenario
from planner.ui.kit import Ground
from planner.ui.tabs.registry import tab_kinds
from planner.ui.theme import DARK, LIGHT, ThemeManager, high_contrast
from planner.ui.view import Doubted, View

SIZES = {"1440": (836, 560), "1280": (948, 470)}
OVERVIEW = {"1440": (836, 462), "1280": (948, 470)}
LOOKED = ("customer-support", "on-device-mobile")


def make_view(plan: Plan, selected: str = "", *, dragging: bool = False, draws: int = 0) -> View:
    """What the window hands to its tabs; with draws as after counting them."""
    catalog = load_catalog()
    results = simulate(plan.scenario, catalog)
    doubted = doubt_about(results, draws) if draws else None
    drawn = None if doubted is None else doubted.risk
    choice = choose(results, drawn)
    said = verdict(results, choice, None, drawn)
    chosen = selected or choice.strategy or results.baseline
    return View(plan, results, catalog, choice, said, chosen, dragging, preset_scenario(plan), doubted)


def doubt_about(results: Results, draws: int) -> Doubted:
    """What draws from the plan's ranges and the physics' say of results."""
    further = physics_ranges(results)
    found = risk(
        results.scenario,
        load_catalog(),
        count=draws,
        seed=0,
        choices=results.choices,
        further=further,
    )
    own = frozenset(results.scenario.ranges)
    return Doubted(results, found, {**further, **results.scenario.ranges}, own)


def changed(plan: Plan, **changes: object) -> Plan:
    """The plan with values changed; two underscores stand for a dot."""
    return plan.with_scenario(plan.scenario.with_({k.replace("__", "."): v for k, v in changes.items()}))


def views() -> dict[str, View]:
    """The presets, and a plan with limits."""
    found = {
        name: make_view(load_preset(name))
        for name in ("customer-support", "bank-compliance", "on-device-mobile")
    }
    limits = changed(
        load_preset(),
        limits__min_quality=75.0,
        limits__max_carbon_kgco2e=20_000.0,
        limits__max_latency_p95_s=5.0,
        serving__hardware="nvidia-l4",
        serving__accelerators_per_replica=2,
        serving__precision="bf16",
    )
    found["limits"] = make_view(limits, "both")
    found["single"] = make_view(changed(load_preset(), strategies=("distil",)))
    found["api-alone"] = make_view(changed(load_preset(), strategies=("api",)))
    found["month-1"] = make_view(changed(load_preset(), horizon_months=1))
    found["month-60"] = make_view(changed(load_preset(), horizon_months=60))
    found["no-traffic"] = make_view(changed(load_preset(), workload__requests_per_month=0.0))
    return found


def main(folder: Path, wanted: list[str]) -> None:
    """Render."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    manager = ThemeManager(app)
    all_views = views()
    for kind in tab_kinds():
        if wanted and kind.title.lower() not in wanted:
            continue
        tab = kind()
        ground = Ground("app")
        layout = QVBoxLayout(ground)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.addWidget(tab)
        for table in (LIGHT, DARK, high_contrast(LIGHT)):
            manager.set_override(table)
            name = "contrast" if table.high_contrast else table.name
            for size, (width, height) in (OVERVIEW if kind.title == "Overview" else SIZES).items():
                ground.resize(width + 40, height + 24)
                ground.show()
                for key, view in all_views.items():
                    if key != "customer-support" and (table is not LIGHT or size == "1280"):
                        continue
                    began = time.perf_counter()
                    tab.show_view(view)
                    took = (time.perf_counter() - began) * 1e3
                    pages = tab.show_page if kind.title == "Sources" else None
                    for page in (
                        ("catalogue", "physics", "credits", "inputs") if pages and key in LOOKED else ()
                    ):
                        pages(page)
                        QTest.qWait(20)
                        ground.grab().save(str(folder / f"sources-{page}-{key}-{name}-{size}.png"))
                    QTest.qWait({"Costs": 700, "Energy": 700, "Advisor": 3000}.get(kind.title, 30))
                    began = time.perf_counter()
                    ground.grab().save(str(folder / f"{kind.title.lower()}-{key}-{name}-{size}.png"))
                    grab = (time.perf_counter() - began) * 1e3
                    line = f"{kind.title:9} {key:17} {name:9} {size}: show {took:.1f} ms, grab {grab:.0f} ms"
                    sys.stdout.write(line + "\n")
        ground.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/tabs"), [w.lower() for w in sys.argv[2:]])
