"""What a reader should know beside a figure: a code that travels, a short text, a longer help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from planner.errors import CatalogError

_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Caveat:
    """One reservation about a figure.

    Parameters
    ----------
    code : str
        Stable word that travels with rows, results and exports.
    text : str
        One line for a footnote.
    help : str
        What it means and what would help.
    """

    code: str
    text: str
    help: str

    def __post_init__(self) -> None:
        """Refuse a code that could not be used in files."""
        if not _CODE.fullmatch(self.code):
            raise ValueError(self.code)


_ALL = (
    Caveat(
        "price_old",
        "Price older than a year",
        "The catalogue has no price of the last 12 months for this hardware, so the newest older one is "
        "used. Type the price of your own offer.",
    ),
    Caveat(
        "price_unknown",
        "No price known",
        "The catalogue has no price for this hardware at that provider. Type a price per accelerator-hour, "
        "or choose hardware that is on offer.",
    ),
    Caveat(
        "discount_default",
        "Discount is a planning default",
        "No reserved or spot price of this hardware is in the catalogue, so 40 % (reserved, one year) or 50 "
        "% (spot) is taken off the on-demand price. Spot machines can be taken away at any time.",
    ),
    Caveat(
        "price_by_hour",
        "Price changes with the hour of day",
        "The provider charges less at quiet hours. The dearest hour is used.",
    ),
    Caveat(
        "price_tiered",
        "Long prompts cost more",
        "The provider charges a higher price above a prompt length. The base price is used.",
    ),
    Caveat(
        "card_not_fitted",
        "Speed of this card is not measured",
        "The laws of speed were fitted to runs of other cards. This one takes what holds for all of them on "
        "its own rates, with a wider range. Import runs of your own under Sources, Evidence.",
    ),
    Caveat(
        "hardware_not_measured",
        "No measured run on such hardware",
        "The physics was fitted without a run on this generation of cards. The interval is that of "
        "cards left out of the fit. Import one run of your own to narrow it.",
    ),
    Caveat(
        "model_not_measured",
        "No measured run of this model",
        "The physics was fitted without a run of this model. The interval is that of models left out "
        "of the fit.",
    ),
    Caveat(
        "source_not_measured",
        "Software that the fit has not seen",
        "No run with this software is in the fit, so its usual speed is not known. The interval is that of "
        "software left out of the fit.",
    ),
    Caveat(
        "outside_measured_range",
        "Outside what was measured",
        "An input lies beyond the smallest or largest of all measured runs, so the interval is wider by as "
        "much as it lies outside.",
    ),
    Caveat(
        "provider_energy_unknown",
        "The provider does not publish its energy",
        "Energy and carbon of an API are reckoned as if the base model ran in fp8 on an H100, within a third "
        "to three times that figure. Only the range is shown.",
    ),
    Caveat(
        "grid_water_default",
        "Water of this grid is the world's average",
        "The catalogue has no figure for the water that this grid's power plants use. The world's average of "
        "3.91 litres per kWh is used.",
    ),
    Caveat(
        "grid_price_unknown",
        "No electricity price known for this grid",
        "Type the price of a kWh; it matters only where the hardware is your own.",
    ),
    Caveat(
        "size_outside_family",
        "No model of this size in the family",
        "The size lies beyond the models of the family, so the shape of the nearest one was scaled in depth "
        "and width. Memory and speed are less certain.",
    ),
    Caveat(
        "shape_moe_scaled",
        "Experts were scaled to the size",
        "To reach another size only the width of the experts of this mixture-of-experts model was changed.",
    ),
    Caveat(
        "licence_teacher_outputs",
        "Terms may forbid training on these answers",
        "Many providers forbid training a competing model on their answers, and some open licences ask for a "
        "name or limit the use. Have the terms read before you distil.",
    ),
    Caveat(
        "quality_assumed",
        "Score is assumed, measure yours",
        "The score is our assumption, give or take 6 points. Measure it on your own evaluation set and type "
        "it.",
    ),
    Caveat(
        "judgement",
        "No source: our judgement",
        "No published figure was found for this default. Widen its range or type your own.",
    ),
    Caveat(
        "embodied_default",
        "Carbon of manufacture is a default",
        "The maker publishes no figure for this device. 164 kg, the figure of an H100, is used; published "
        "figures differ by a factor of two.",
    ),
    Caveat(
        "idle_power_default",
        "Power at rest is a default",
        "No measured power at rest was found for this device; 15 % of its rated power is used.",
    ),
    Caveat(
        "openai_finetune_closing",
        "OpenAI ends self-serve fine-tuning",
        "Closed to new organisations since 2026-05-07; from 2027-01-06 nobody can start a job. Tuned models "
        "answer until their base model retires.",
    ),
    Caveat(
        "phone_rates_third_party",
        "Phone figures are second-hand",
        "Rates and bandwidth of phone and laptop chips come from third parties. Measure tokens per second on "
        "the device before you rely on them.",
    ),
)

CAVEATS: Mapping[str, Caveat] = MappingProxyType({caveat.code: caveat for caveat in _ALL})
"""Every caveat by code."""


def caveat(code: str) -> Caveat:
    """Look up a caveat.

    Parameters
    ----------
    code : str
        A key of `CAVEATS`.
    """
    try:
        return CAVEATS[code]
    except KeyError:
        raise CatalogError("unknown_caveat", f'There is no caveat "{code}".') from None
