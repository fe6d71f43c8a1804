"""A card without its rows: predicted as a user's own runs would be, by a fit that never saw the card.

Rows of one card err alike, so a single card may lie outside a range meant for rows: those that do are named
here with what the rows of the others cannot tell. Over the removed cards together the range has to hold.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from planner.engine.calibration import NOVELTY, load_calibration
from planner.evidence.calibrate import studies_of
from planner.evidence.folds import Fits
from planner.evidence.intervals import LEVEL, half_widths
from planner.evidence.reference import Reference, read_reference
from planner.evidence.validate import load_left_out, validate
from planner.paths import resource

FEWEST = 5
MISSED = {
    "training_throughput": {"H100"},  # attention of llm-foundry and torchtitan is slow on it alone
    "fine_tuning": {"A100"},  # 49 of its 51 rows are of software that ran on no other card of the fit
    "edge_decode": {
        "A100",  # bitsandbytes in LitGPT, on no other card: 6 times slower than other 4-bit formats
        "Apple-M",  # its chips differ among themselves
    },
    "board_power": {"A100"},  # only two cards are left, both newer, both drawing more of what they are rated
    "joule_per_output_token": {"A100"},
    "serving": {
        "B200",  # small batches in vLLM, 2 to 3.5 times slower than their peers
        "RTX-Pro-6000",  # the one card with 4 bits and no fast link
        "CPU",  # the one kind of processor
    },
    "time_per_output_token": {"B200"},
}
NARROWER = {
    "training_throughput": {"B200"},
    "training_memory": {"H100"},
    "serving": {"CPU"},
}
"""Cards whose own rows had widened the interval of all rows of their software."""


@pytest.fixture(scope="module")
def fits():
    shipped = load_calibration()
    studies, cases = studies_of(read_reference(resource("reference")))
    return Fits(studies, cases, {name: shipped.study(name).constants for name in studies})


def without(fits, name, card):
    """Return the calibration without the rows of a card, and the runs of that card.

    Constants are fitted anew. Widths come from residuals of the other cards, each left out in its turn.
    """
    shipped, cases, kept = load_calibration(), fits.cases[name], load_left_out()
    own = np.array([row.keys.hardware == card for row in cases.described])
    others = cases.chosen(~own)
    left = [kept[name, run.settings.file, run.settings.id].ratios for run in others.runs]
    ratios = {novelty: np.array([row.get(novelty, np.nan) for row in left]) for novelty in NOVELTY}
    studies = dict(shipped.studies)
    for each, constants in fits.without(name, "H", frozenset({card})).items():
        studies[each] = replace(studies[each], constants=constants)
    seen = {
        kind: frozenset(getattr(row.keys, kind) for row in others.described)
        for kind in ("model", "hardware", "source")
    }
    studies[name] = replace(studies[name], widths=half_widths(others, ratios), seen=seen)
    return replace(shipped, studies=studies), cases.chosen(own).runs


def removed(fits, name, card):
    """Return how many times wider the interval of each row is, and whether it covers; (rows,) each."""
    calibration, runs = without(fits, name, card)
    new, usual = (
        {
            (row.file, row.id): row
            for row in validate(Reference(resource("reference"), runs), each).rows
            if row.study == name
        }
        for each in (calibration, load_calibration())
    )
    assert len(new) == len(usual) == len(runs)
    wider, inside = [], []
    for key, row in new.items():
        assert row.interval.novelty in {"H", "S"}
        assert "hardware_not_measured" in row.interval.caveats
        # Against a new configuration of a known card: of a known configuration it is narrower still.
        known = load_calibration().study(name).widths.at("C", row.source)
        wider.append(row.interval.ln_half_width / max(known, usual[key].interval.ln_half_width))
        inside.append(row.is_inside)
    return np.array(wider), np.array(inside)


def bounds(rows):
    """Return the least and the most covered of some rows that chance leaves, 95 %."""
    return binom.interval(0.95, rows, LEVEL)


def all_removed(fits, name):
    """Return (covered, rows) by card, and check that exactly the named ones are narrower or missed."""
    hardware = [row.keys.hardware for row in fits.cases[name].described]
    cards = [card for card in sorted(set(hardware)) if hardware.count(card) >= FEWEST]
    assert len(cards) > 2
    found = {card: removed(fits, name, card) for card in cards}
    narrower = {card for card, (wider, _) in found.items() if np.mean(wider) <= 1.0}
    missed = {card for card, (_, held) in found.items() if held.sum() < bounds(len(held))[0]}
    assert narrower == NARROWER.get(name, set())
    assert missed == MISSED.get(name, set())
    return {card: (int(held.sum()), len(held)) for card, (_, held) in found.items()}


@pytest.mark.parametrize("card", ["H200", "L40S", "MI300X"])
def test_serving_on_a_card_without_its_rows_is_less_sure_and_covers(fits, card):
    wider, inside = removed(fits, "serving", card)
    assert np.all(wider > 1.0)
    assert inside.sum() >= bounds(len(inside))[0]


@pytest.mark.parametrize("name", ["training_throughput", "edge_decode"])
def test_removed_cards_together_are_covered(fits, name):
    check_pooled(fits, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["serving", "board_power", "joule_per_output_token", "time_per_output_token"]
)
def test_removed_cards_of_serving_together_are_covered(fits, name):
    check_pooled(fits, name)


def check_pooled(fits, name):
    covered, rows = np.sum(list(all_removed(fits, name).values()), axis=0)
    least, most = bounds(rows)
    assert least <= covered <= most


@pytest.mark.parametrize("name", ["fine_tuning", "training_memory"])
def test_removed_cards_of_tuning_and_memory_are_covered(fits, name):
    """Few cards and wide intervals: they may cover more than nine in ten, not less."""
    found = all_removed(fits, name)
    covered, rows = np.sum([found[card] for card in found if card not in MISSED.get(name, set())], axis=0)
    assert covered >= bounds(rows)[0]
