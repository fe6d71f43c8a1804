"""What `resolve` decides once: accelerators, intervals, price rows (decision 26)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NONE: Mapping[str, int] = MappingProxyType({})


class StrategyChoices(NamedTuple):
    """The decided numbers of one strategy.

    Attributes
    ----------
    accelerators_per_replica : int
        Split of the served model; 0 where nothing is served by us.
    training_accelerators : dict
        By item: ``base_training``, ``student_training``.
    generation_accelerators : int
        Split of a self-hosted teacher; 0 without one.
    api_accelerators : int
        Split of the model that stands for an API's energy.
    interval_months : int
        Refresh interval; the horizon means never.
    escalation_accelerators : int
        Split of the large model that takes what a student passes on; 0 where none of ours does.
    provider_row : str
        Fine-tuning price row; empty without a provider.
    """

    accelerators_per_replica: int = 0
    training_accelerators: Mapping[str, int] = _NONE
    generation_accelerators: int = 0
    api_accelerators: int = 1
    interval_months: int = 1
    provider_row: str = ""
    escalation_accelerators: int = 0


Choices = dict[str, StrategyChoices]
