"""How invoices were read the last time: by the titles of their columns, and by description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from planner.app.settings import ImportedLayout, SettingsStore
from planner.scenario.actuals import UNASSIGNED, ActualCategory
from planner.scenario.invoices.layout import ROLES, Layout, Role
from planner.scenario.invoices.meaning import category_of_words, key_of
from planner.scenario.invoices.months import is_month
from planner.scenario.invoices.reading import Choices

MOST_LAYOUTS: Final = 50
MOST_DESCRIPTIONS: Final = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was chosen for a kind of file before, and the rate; None where it was never asked."""

    choices: Choices
    currency_per_usd: float | None


class ImportMemory:
    """Remembers in the settings what the user chose in earlier imports; the oldest give way."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def recall(self, layout: Layout) -> Recalled | None:
        """Return what was chosen for files with these titles; None for a kind that is new."""
        held = self._settings.values.import_layouts.get(layout.key)
        if held is None:
            return None
        roles = _spread(layout, held.roles)
        choices = Choices(roles, held.first, held.decimal, currency=held.currency)
        return Recalled(choices, held.currency_per_usd)

    def category(self, label: str) -> ActualCategory:
        """Return the category of a description: the one chosen before, else what its words say."""
        return category_of_words(label, self._settings.values.import_categories)

    def remember(
        self,
        layout: Layout,
        choices: Choices,
        currency_per_usd: float,
        categories: Mapping[str, ActualCategory],
    ) -> None:
        """Keep what was chosen; of answers to questions of one file only, nothing."""
        values = self._settings.values
        fixed = [
            r for r, title in zip(choices.roles, layout.headers, strict=False) if not _is_side(layout, title)
        ]
        held = ImportedLayout(
            roles=tuple(fixed),
            first=choices.first,
            decimal=choices.decimal,
            currency=choices.currency,
            currency_per_usd=currency_per_usd,
        )
        chosen = {key_of(label): category for label, category in categories.items() if category != UNASSIGNED}
        layouts = {k: v for k, v in values.import_layouts.items() if k != layout.key} | {layout.key: held}
        known = {k: v for k, v in values.import_categories.items() if k not in chosen} | chosen
        self._settings.change(
            import_layouts=_newest(layouts, MOST_LAYOUTS),
            import_categories=_newest(known, MOST_DESCRIPTIONS),
        )


def _newest(held: dict[str, _T], most: int) -> dict[str, _T]:
    return dict(list(held.items())[-most:])


def _is_side(layout: Layout, title: str) -> bool:
    """Whether a column is one of the months that stand side by side."""
    return layout.wide and bool(title) and is_month(title)


def _spread(layout: Layout, roles: tuple[str, ...]) -> tuple[Role, ...]:
    """Return the roles of all columns from those of columns that are no months; none where they differ."""
    side = [_is_side(layout, title) for title in layout.headers]
    if side.count(False) != len(roles) or not set(roles) <= set(ROLES):
        return ()
    rest = iter(roles)
    return tuple("amount" if month else cast(Role, next(rest)) for month in side)
