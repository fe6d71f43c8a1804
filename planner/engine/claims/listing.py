"""All claims, and what a plan says about each."""

from __future__ import annotations

from planner.catalog.load import Catalog
from planner.engine.claims import cost, quality, upkeep, use
from planner.engine.claims.facts import Facts
from planner.engine.claims.records import Claim, Finding, UntestedError
from planner.engine.results import Results

CLAIMS: tuple[Claim, ...] = (*quality.CLAIMS, *cost.CLAIMS, *upkeep.CLAIMS, *use.CLAIMS)


def findings(results: Results, catalog: Catalog) -> dict[str, Finding]:
    """Return what a plan says about every claim, by the claim's id.

    Parameters
    ----------
    results : Results
        A plan at its most likely values, without draws.
    catalog : Catalog
        That of the results.
    """
    facts = Facts(results, catalog)
    return {claim.id: _finding(claim, facts) for claim in CLAIMS}


def _finding(claim: Claim, facts: Facts) -> Finding:
    try:
        return claim.judge(facts)
    except UntestedError as reason:
        return Finding("not tested", str(reason))
