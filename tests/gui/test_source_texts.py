"""Where a figure comes from is said in words that somebody outside the project can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from planner.catalog.caveats import CAVEATS
from planner.catalog.load import Catalog, load_catalog
from planner.engine.constants import load_physics
from planner.engine.equations.basis import basis_of
from planner.engine.formulas import FORMULAS
from planner.engine.lineitems import ITEMS
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.export.assumptions import assumptions
from planner.export.sources import sources
from planner.scenario.fields import specs_of
from planner.scenario.model import STRATEGY_IDS, Scenario
from planner.scenario.presets import load_preset, presets
from planner.ui.tabs.source_rows import credit_rows, physics_rows

OURS_ALONE = re.compile(
    r"\b(?:model|decisions|calibration|contract|product|style|look)\.md\b"
    r"|\bdecisions? \d|\bsections? \d|\bequations?\b|\bworked_examples\b|\bshared/|\bapi_prices\.csv\b"
    r"|^contract$|(?<!our )\bjudgement\b(?! \d)",
    re.IGNORECASE,
)
"""Names of documents that do not travel with the program, and a judgement that does not say whose it is."""

EQUATION = re.compile(r"\((?:[A-Z]{1,2}\d+)(?:, [A-Z]{1,2}\d+)*\)|\b[A-Z]\d[0-9]? of the model\b")
TABLES = (
    *("hardware", "models", "grids", "facilities", "labour", "carbon_prices", "fine_tuning_prices"),
    "cloud_prices",
)


def fields() -> Iterator[tuple[str, str]]:
    for path, spec in specs_of(Scenario).items():
        yield f"{path}, source", spec.source
        yield f"{path}, help", spec.help


def rows(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        held = getattr(catalog, table)
        for row in held.values() if hasattr(held, "values") else held:
            yield f"{table} {row.id}, source", row.source.title
            yield f"{table} {row.id}, note", row.source.note


def of_presets(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for preset in presets():
        plan = load_preset(preset.id)
        results = simulate(plan.scenario, catalog)
        yield f"{preset.id}, notes", plan.scenario.notes
        for shown in assumptions(plan.scenario, plan):
            yield f"{preset.id}, {shown.path}", shown.source
        for used in sources(results):
            yield f"{preset.id}, {used.used_for}", f"{used.source}. {used.note}. {used.figure}"


def constants() -> Iterator[tuple[str, str]]:
    for name, _, source in physics_rows():
        yield f"constant {name.text}", source.text
    for origin, terms in credit_rows():
        yield f"credit {origin.text}", f"{origin.text}. {terms.text}"
    physics = load_physics()
    yield "constants", f"{physics.version}. {physics.source}"


def reservations() -> Iterator[tuple[str, str]]:
    for code, caveat in CAVEATS.items():
        yield f"caveat {code}", f"{caveat.text}. {caveat.help}"


@pytest.mark.parametrize(
    "texts",
    [
        fields,
        lambda: rows(load_catalog()),
        lambda: of_presets(load_catalog()),
        constants,
        reservations,
    ],
    ids=["fields", "catalogue", "presets", "constants", "caveats"],
)
def test_no_source_points_to_what_a_reader_cannot_open(texts):
    found = list(texts())
    assert len(found) > 20
    assert [pair for pair in found if OURS_ALONE.search(pair[1]) or EQUATION.search(pair[1])] == []


def test_every_equation_that_a_figure_names_is_said_in_words():
    named = {each for info in ITEMS.values() for each in info.equations}
    shown = [basis_of(figure, strategy) for strategy in STRATEGY_IDS for figure in FIGURES]
    named |= {each for basis in shown if basis is not None for each in basis.equations}
    assert named
    assert named <= set(FORMULAS)
    assert not [text for text in FORMULAS.values() if OURS_ALONE.search(text)]


def test_every_field_and_constant_has_a_source():
    assert all(text for name, text in fields() if name.endswith("source"))
    assert all(text for name, text in constants() if name.startswith("constant "))


@pytest.mark.parametrize(
    "text",
    ["decision 25", "model.md section 14: 1.8 to 6", "judgement: 0.3 to 3 s", "contract", "(equation X8)"],
)
def test_the_rule_finds_what_it_is_for(text):
    assert OURS_ALONE.search(text)


def test_named_sources_of_constants_are_constants():
    physics = load_physics()
    for part, named in physics.sources.items():
        assert set(named) <= set(type(getattr(physics, part)).__slots__), part
