"""Money over time (equations S4, X1 to X9)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Array, Numeric, select
from planner.units import HOURS_PER_YEAR, MONTHS_PER_YEAR, TOKENS_PER_MTOK


def api_request_usd(
    prompt_tokens: Numeric,
    output_tokens: Numeric,
    *,
    input_usd_per_mtok: Numeric,
    output_usd_per_mtok: Numeric,
    cached_frac: Numeric = 0.0,
    cache_discount_frac: Numeric = 0.0,
    batch_discount_frac: Numeric = 0.0,
) -> Any:
    """Return the price of one request (S4). [USD]. Hidden reasoning tokens belong to the output."""
    prompt = prompt_tokens * input_usd_per_mtok * (1.0 - cached_frac * cache_discount_frac)
    return (prompt + output_tokens * output_usd_per_mtok) * (1.0 - batch_discount_frac) / TOKENS_PER_MTOK


def falling_path(factor_per_year: Numeric, months: Array) -> Any:
    """Return a price over its price at month 0, when a year divides it by a factor (X5). [1]."""
    return np.power(factor_per_year, -months / MONTHS_PER_YEAR)


def changing_path(change_frac_per_year: Numeric, months: Array) -> Any:
    """Return a price over its price at month 0, when a year changes it by a share. [1]."""
    return np.power(1.0 + change_frac_per_year, months / MONTHS_PER_YEAR)


def net_present_value(usd: Array, discount_frac_per_year: Numeric) -> Any:
    """Return the value at month 0 of payments by month (X1). [USD]; month 0 is not discounted."""
    months = np.arange(float(usd.shape[-1]))
    return (usd * np.power(1.0 + discount_frac_per_year, -months / MONTHS_PER_YEAR)).sum(axis=-1)


def capital_recovery_frac(rate: Numeric, years: Numeric) -> Any:
    """Return the yearly payment that repays one dollar (X2). [1/year]; 1/years at rate 0."""
    free = np.equal(rate, 0.0)
    safe = select(free, 1.0, rate)
    return select(free, 1.0 / years, safe / -np.expm1(-years * np.log1p(safe)))


def sinking_fund_frac(rate: Numeric, years: Numeric) -> Any:
    """Return the yearly payment that saves up one dollar (X2). [1/year]; 1/years at rate 0."""
    return capital_recovery_frac(rate, years) - rate


def owned_usd_per_year(
    capex_usd: Numeric, residual_frac: Numeric, upkeep_frac: Numeric, rate: Numeric, years: Numeric
) -> Any:
    """Return annuity less residual value plus upkeep of one owned accelerator, without electricity (X2).

    [USD/year].
    """
    repay, save = capital_recovery_frac(rate, years), sinking_fund_frac(rate, years)
    return capex_usd * (repay - residual_frac * save + upkeep_frac)


def owned_usd_per_h(
    owned_per_year_usd: Numeric, power_kw: Numeric, pue: Numeric, usd_per_kwh: Numeric, used_frac: Numeric
) -> Numeric:
    """Return the cost of a used hour of owned hardware, electricity included (X2). [USD/h]."""
    return (owned_per_year_usd + HOURS_PER_YEAR * power_kw * pue * usd_per_kwh) / (HOURS_PER_YEAR * used_frac)


def break_even_volumes(
    replica_usd: Numeric, request_usd: Numeric, requests_per_replica: Numeric
) -> tuple[Any, Any]:
    """Return the first volume at which replicas beat a price per request.

    And that from which they always do (X4). [1/month].

    Replicas come in steps, so the answer flips between the two. Infinite where a replica never pays.
    """
    first = replica_usd / request_usd
    pays = first < requests_per_replica
    steps = np.ceil(requests_per_replica / np.maximum(requests_per_replica - first, 1e-9))
    return np.where(first <= requests_per_replica, first, np.inf), np.where(
        pays, (steps - 1.0) * first, np.inf
    )


def labour_usd(hours: Numeric, usd_per_hour: Numeric, overhead_factor: Numeric) -> Numeric:
    """Return the cost of people's time (X6). [USD]."""
    return hours * usd_per_hour * overhead_factor


def cloud_bill_usd(accelerator_usd: Numeric, accelerator_frac: Numeric = 0.65) -> Numeric:
    """Return the whole cloud bill of which accelerators are a share (X7).

    [USD]. Not applied beside storage and egress rows.
    """
    return accelerator_usd / accelerator_frac


def labels_usd(
    examples: Numeric, usd_per_example: Numeric, by_model_frac: Numeric, saving_frac: Numeric
) -> Numeric:
    """Return the cost of labels, part of them written by a model first (X8).

    [USD]. Source: Wang et al. 2021.
    """
    return examples * usd_per_example * (1.0 - by_model_frac * saving_frac)


def storage_and_egress_usd(
    stored_gb: Numeric, usd_per_gb_month: Numeric, sent_gb: Numeric, usd_per_gb: Numeric
) -> Numeric:
    """Return a month of storage and of data sent out (X9). [USD]."""
    return stored_gb * usd_per_gb_month + sent_gb * usd_per_gb
