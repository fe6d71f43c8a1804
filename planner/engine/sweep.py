"""The same plan at other values of one input: each point resolves again (decision 26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.catalog.load import Catalog
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.scenario.model import Scenario


def over(
    scenario: Scenario, catalog: Catalog, path: str, values: Iterable[float]
) -> Iterator[tuple[float, Results]]:
    """Yield the results at each value of one input, as they are computed.

    A caller that must stay quick takes a few at a time.

    Raises
    ------
    InputError
        If the input does not take a value.
    """
    for value in values:
        yield value, simulate(scenario.with_({path: value}), catalog)
