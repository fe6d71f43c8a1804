"""Which category a description belongs to: named in so many words, remembered, or guessed from what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from planner.scenario.actuals import ACTUAL_CATEGORIES, UNASSIGNED, ActualCategory
from planner.scenario.invoices.amounts import plain

_TITLES: Final[dict[str, ActualCategory]] = {
    "serving": "serving",
    "inference": "serving",
    "hosting": "serving",
    "idle": "idle",
    "idle capacity": "idle",
    "unused capacity": "idle",
    "labour": "labour",
    "labor": "labour",
    "people": "labour",
    "personnel": "labour",
    "staff": "labour",
    "data": "data",
    "labels": "data",
    "teacher": "teacher",
    "training": "training",
    "evaluation": "evaluation",
    "hardware": "hardware",
    "electricity": "electricity",
    "energy": "electricity",
    "storage": "storage",
    "storage and egress": "storage",
    "egress": "storage",
    "unassigned": "unassigned",
}
_GUESSES: Final[tuple[tuple[ActualCategory, str], ...]] = (
    ("idle", r"\bidle\b|\bunused\b|\bunderutili[sz]ed\b"),
    (
        "labour",
        r"\bpayroll\b|\bsalar|\bcontractor|\bengineer|\bconsult|\bfreelanc|\bstaff\b|\bgehalt|\bgehälter",
    ),
    (
        "data",
        r"\blabell?ing\b|\blabels?\b|\bannotat|\bscale ai\b|\bsurge ai\b|\btoloka\b|\bmturk\b|\bdataset",
    ),
    ("evaluation", r"\bevals?\b|\bevaluat|\bbenchmark|\bjudge\b"),
    ("teacher", r"\bteacher\b|\bdistillation data\b|\bsynthetic\b"),
    ("training", r"\btrain(?:ing)?\b|\bfine[- ]?tun"),
    ("electricity", r"\belectric|\bpower bill\b|\butility\b|\bstrom\b|\bkwh\b"),
    (
        "hardware",
        r"\bcolo(?:cation)?\b|\bdepreciation\b|\bserver purchase\b|\bhardware\b|\bleasing\b|\brack\b",
    ),
    (
        "storage",
        r"\bs3\b|\bebs\b|\bstorage\b|\begress\b|\bdata ?transfer\b|\bbandwidth\b|\bcloudfront\b|\bblob\b"
        r"|\bbackup\b|\bspeicher\b|\becr\b|\bnetwork",
    ),
    (
        "serving",
        r"\bopenai\b|\banthropic\b|\bclaude\b|\bgpt\b|\bgemini\b|\bmistral\b|\bbedrock\b|\bvertex\b"
        r"|\bazure ai\b|\btogether\b|\bfireworks\b|\bgroq\b|\breplicate\b|\binference\b|\bendpoint"
        r"|\bapi\b|\bec2\b|\bgpus?\b|\bh[12]00\b|\ba100\b|\bl40s?\b|\bp[45]d?e?\.\d|\bg[56]e?\.\d|\bcompute\b|\brunpod\b"
        r"|\blambda labs?\b|\bcoreweave\b|\bsagemaker\b|\bservice fee\b",
    ),
)


def key_of(label: str) -> str:
    """Return what a description is remembered by: without case, digits of dates and blanks."""
    return " ".join(plain(label).casefold().split())[:120]


def category_of_words(label: str, remembered: Mapping[str, str] | None = None) -> ActualCategory:
    """Return the category of a description.

    What the user chose for the same description before counts first, then a category by its name, then words
    that tell what a thing is. ``unassigned`` where none does.
    """
    key = key_of(label)
    held = (remembered or {}).get(key, "")
    for category in ACTUAL_CATEGORIES:
        if category == held:
            return category
    parts = [part.strip() for part in key.split(" / ")]
    for part in parts:
        if part in _TITLES:
            return _TITLES[part]
    return next((category for category, pattern in _GUESSES if re.search(pattern, key)), UNASSIGNED)
