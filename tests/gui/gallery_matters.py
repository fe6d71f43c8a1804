"""The tornado and "What matters" of several plans in every theme as pictures to look at; it is no test.

Run by hand: ``python tests/gui/gallery_matters.py FOLDER``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout

from planner.catalog.load import load_catalog
from planner.engine.flip_points import flip_points
from planner.engine.matters import matters
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.engine.sensitivity import swings
from planner.engine.sobol import sobol
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from planner.ui.kit import Ground
from planner.ui.plots.figures.matters import MattersFigure
from planner.ui.plots.figures.tornado import TornadoFigure
from planner.ui.theme import DARK, LIGHT, ThemeManager, high_contrast

FEW = {
    "workload.requests_per_month": {"low": 1e6, "mode": 2e6, "high": 6e6, "shape": "lognormal"},
    "workload.input_tokens": {"low": 300, "mode": 900, "high": 4e5, "shape": "uniform"},
    "quality.distil_loss_frac": {"low": 0.01, "mode": 0.03, "high": 0.08, "shape": "pert"},
}
MANY = {
    path: {"low": 0.6 * value, "mode": value, "high": 1.5 * value, "shape": "pert"}
    for path, value in {
        "workload.requests_per_month": 2e6,
        "workload.output_tokens": 450,
        "workload.input_tokens": 900,
        "workload.instruction_tokens": 3600,
        "workload.tuned_instruction_tokens": 200,
        "workload.peak_to_mean": 3,
        "data.examples": 1e4,
        "data.usd_per_example": 1,
        "data.tokens_per_example": 1400,
        "data.eval_examples": 500,
        "distil.examples": 3e4,
        "distil.accept_frac": 0.6,
        "distil.epochs": 3,
        "distil.runs_per_release": 5,
        "training.usd_per_accelerator_h": 4.5,
        "serving.usd_per_accelerator_h": 4.5,
        "serving.target_load_frac": 0.6,
        "site.pue": 1.8,
        "labour.usd_per_hour": 96,
        "labour.distil_hours": 300,
        "labour.run_own_hours_per_month": 30,
        "refresh.new_data_frac": 0.2,
        "refresh.drift_points_per_month": 0.25,
        "api.output_usd_per_mtok": 15,
        "api.input_usd_per_mtok": 3,
    }.items()
}
PLANS = {
    "support": (load_preset().scenario, "distil", "api"),
    "bank": (load_preset("bank-compliance").scenario, "both", "api"),
    "legal": (load_preset("legal-contracts").scenario, "api", "finetune"),
    "few": (Scenario().with_({"ranges": FEW}), "prompt", "api"),
    "many": (Scenario().with_({"ranges": MANY}), "distil", "api"),
    "none": (Scenario(), "distil", "api"),
}
SIZES = {"1440": (480, 326, 836, 380), "1280": (560, 300, 948, 320)}


def main(folder: Path) -> None:
    """Render."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    manager, catalog = ThemeManager(app), load_catalog()
    for key, (plan, mine, other) in PLANS.items():
        results = simulate(plan, catalog)
        held = {"choices": results.choices, "further": physics_ranges(results) if key != "none" else {}}
        moved = swings(plan, catalog, **held)
        drawn = risk(plan, catalog, count=4096, seed=0, **held)
        found = matters(drawn, mine, other).with_flips(flip_points(plan, catalog, **held))
        counted = sobol(plan, catalog, (mine, other), count=1024, **held)
        for table in (LIGHT, DARK, high_contrast(LIGHT)):
            manager.set_override(table)
            name = "contrast" if table.high_contrast else table.name
            for size, (width, height, wide, tall) in SIZES.items():
                if key not in ("support", "many") and (table is not LIGHT or size == "1280"):
                    continue
                for kind in ("saving", "cost", "visit", "matters", "counting", "sobol"):
                    small = kind in ("saving", "cost", "visit")
                    figure = TornadoFigure() if small else MattersFigure()
                    ground = Ground("app")
                    layout = QVBoxLayout(ground)
                    layout.setContentsMargins(12, 12, 12, 12)
                    layout.addWidget(figure.card)
                    ground.resize(*((width + 24, height + 24) if small else (wide + 24, tall + 24)))
                    ground.show()
                    if isinstance(figure, TornadoFigure):
                        if kind == "cost":
                            figure.compared.set_current("cost")
                        figure.show_swings(moved, mine, other)
                        if kind == "visit":
                            figure.bars.visit((1, 0))
                    else:
                        figure.show_matters(found.with_indices(counted) if kind == "sobol" else found)
                        if kind == "counting":
                            figure.set_counting(12_000, 45_056)
                    QTest.qWait(5)
                    ground.grab().save(str(folder / f"{key}-{kind}-{name}-{size}.png"))
                    ground.close()
                    ground.deleteLater()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/matters"))
