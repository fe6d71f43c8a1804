"""Plan and actual in sentences: how far it is off, what that comes from, what the rest will cost."""

from __future__ import annotations

from typing import Final

from planner.engine.actuals import Comparison, Group
from planner.engine.lineitems import CATEGORY_TITLES
from planner.engine.reforecast import Band, Reforecast
from planner.units import format_quantity, format_range, months_words

NEARLY_FRAC: Final = 0.01
"""A variance below this share of the plan is none to speak of."""
_MOSTLY: Final = 0.5


def share_text(compared: Comparison) -> str:
    """Return the variance over what was planned for the same, with its sign; empty where nothing was."""
    if compared.total_planned_usd <= 0.0:
        return ""
    return format_quantity(compared.total_variance_usd / compared.total_planned_usd, "frac", sign=True)


def main_group(compared: Comparison) -> Group | None:
    """Return the group that makes at least half of the variance; None where no single one does."""
    total, by_group = compared.total_variance_usd, compared.by_group(compared.variance_usd)
    if not total or not len(by_group):
        return None
    shares = by_group / total
    largest = int(shares.argmax())
    return compared.groups[largest] if shares[largest] >= _MOSTLY else None


def variance_text(compared: Comparison) -> str:
    """Return how far the recorded months are off the plan, in one sentence."""
    after = f"After {months_words(len(compared.months))}"
    off, plan = compared.total_variance_usd, compared.total_planned_usd
    share = share_text(compared)
    if plan > 0.0 and abs(off) < NEARLY_FRAC * plan:
        return f"{after}: on plan ({share})."
    side = "over" if off > 0.0 else "under"
    behind = f" ({share})" if share else ""
    group = main_group(compared)
    mostly = f", mostly {group.title.casefold()}" if group is not None and len(compared.groups) > 1 else ""
    part = " in what is recorded" if compared.left_out else ""
    return f"{after}: {format_quantity(abs(off), 'usd')} {side} plan{behind}{part}{mostly}."


def reforecast_text(found: Reforecast, band: Band | None = None) -> str:
    """Return what the whole horizon will cost, with its range once there is one, beside the plan."""
    horizon = months_words(len(found.by_month) - 1)
    span = f" ({format_range(*band.total_usd, 'usd')})" if band is not None and band.draws else ""
    total, plan = (format_quantity(usd, "usd") for usd in (found.total_usd, found.planned_total_usd))
    return f"Re-forecast for {horizon}: {total}{span}, plan {plan}."


def volume_text(compared: Comparison) -> str:
    """Return which part of the variance comes with volume; empty where requests are not known."""
    volume, recorded = compared.volume_variance_usd, compared.recorded
    known = recorded & (volume == volume)
    by_volume = float(volume[known].sum())
    further = float(compared.variance_usd[known].sum()) - by_volume
    if not known[:, 1:].any() or max(abs(by_volume), abs(further)) < NEARLY_FRAC * compared.total_planned_usd:
        return ""
    parts = [
        f"{format_quantity(by_volume, 'usd', sign=True)} by volume",
        f"{format_quantity(further, 'usd', sign=True)} by price and efficiency",
    ]
    start = "Of it" if (known == recorded).all() else "Where requests are known,"
    return f"{start} {', '.join(parts)}."


def notes(compared: Comparison, found: Reforecast | None = None) -> list[str]:
    """Return what is to be known of a comparison: what is left out, missing, re-estimated."""
    said = []
    if compared.left_out:
        named = ", ".join(CATEGORY_TITLES[c].casefold() for c in compared.left_out)
        planned = format_quantity(sum(compared.left_out.values()), "usd")
        said.append(f"Not recorded and left out of the variance: {named} ({planned} planned in all).")
    if compared.missing:
        titles = {group.key: group.title.casefold() for group in compared.groups}
        groups = list(dict.fromkeys(titles[key] for key, _ in compared.missing))
        count = len(compared.missing)
        word = "1 figure is" if count == 1 else f"{count} figures are"
        said.append(f"{word} missing in recorded months ({', '.join(groups)}): left out, not taken as 0.")
    if compared.outside:
        said.append(f"Recorded outside of the plan and left out: {', '.join(compared.outside[:4])}.")
    if found is not None and found.volume.months:
        volume = found.volume
        level, planned_level = (
            format_quantity(each, "requests_per_month")
            for each in (volume.requests_per_month, volume.planned_requests_per_month)
        )
        growth, planned_growth = (
            format_quantity(each, "frac_per_month")
            for each in (volume.growth_frac_per_month, volume.planned_growth_frac_per_month)
        )
        said.append(
            f"Volume by {months_words(volume.months)} of requests: {level} growing {growth}, "
            f"planned {planned_level} growing {planned_growth}."
        )
    return said
