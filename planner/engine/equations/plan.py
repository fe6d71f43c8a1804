"""A simulated plan as quantities with equations: what a workbook calculates and a reader follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.engine.equations.expressions import Quantity
from planner.engine.lineitems import Phase

LedgerKey = tuple[str, str, Phase]
"""Strategy, item and phase, as the ledger's rows."""


@dataclass(frozen=True, slots=True)
class Block:
    """Quantities that belong together, in an order in which each rests only on earlier ones.

    Attributes
    ----------
    key : str
        Shared: ``traffic``, ``prices``, ``site``, ``models``, ``tuned scores``, ``stored``, then of each
        model that serves or is trained (``replicas student``, ``latency student``, ``training base`` ...).
        Of a strategy: ``events``, ``scores``, ``release``, ``refreshes``, ``serving``, ``figures``.
    strategy : str
        Whose it is; empty for what all share.
    """

    key: str
    title: str
    quantities: tuple[Quantity, ...]
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class PlanEquations:
    """All quantities of a plan; strategies that do not fit have none.

    Attributes
    ----------
    inputs : dict
        Numeric inputs of the scenario by dotted path that some equation rests on; without an equation. One
        that is null stands there with the value that it resolved to, and names its source; never is the
        longest interval that the field takes.
    given : tuple of Quantity
        Rows of the catalogue, constants of the physics, choices that were resolved: held, with their sources.
        Also ``month``, the number of each month (the only one by month), ``horizon_months``, and where best
        intervals were looked for ``STRATEGY/interval_months``.
    blocks : tuple of Block
        Everything that has an equation, shared blocks first, then by strategy; each rests on earlier ones.
    ledger : dict
        For each row of the ledger its quantities by name (``usd``, ``energy_kwh``, ``carbon_kgco2e``,
        ``water_l``, ``accelerator_h``), by month 0 to the horizon; those that are zero whatever the inputs
        are left out, one that only this plan's inputs make zero is there. They stand in `blocks` too.
    figures : dict
        By strategy and name in `planner.engine.results.FIGURES`; all but the baseline's payback. What they
        are summed from is in `blocks` by key: ``STRATEGY/usd_by_month``, ``energy_by_month``,
        ``carbon_by_month``, ``quality_by_month``, ``cumulative_usd`` ...
    held : dict
        Paths of numeric inputs whose change needs a new simulation (another model shape, say), with the
        reason in words; a workbook marks them.
    """

    inputs: Mapping[str, Quantity]
    given: tuple[Quantity, ...]
    blocks: tuple[Block, ...]
    ledger: Mapping[LedgerKey, Mapping[str, Quantity]]
    figures: Mapping[tuple[str, str], Quantity]
    held: Mapping[str, str]

    def quantities(self) -> Iterator[Quantity]:
        """Give all, each after those that it rests on; no key stands there twice."""
        yield from self.inputs.values()
        yield from self.given
        for block in self.blocks:
            yield from block.quantities
