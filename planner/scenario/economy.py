"""The inputs of people's time, prices and their paths, own hardware, and how exports show money."""

from __future__ import annotations

from typing import Literal

from planner.scenario.fields import Whole, described
from planner.scenario.section import Section


class Labour(Section):
    """People's time."""

    usd_per_hour: float = described(
        96,
        title="Engineer",
        unit="usd_per_h",
        low=0,
        high=10_000,
        slider=(20, 300),
        step=1,
        doubt=(50, 180),
        help="Employer cost of an engineering hour.",
        source="catalogue: loaded-ml-engineer",
    )
    overhead_factor: float = described(
        1.0,
        title="Overhead factor",
        unit="1",
        low=1,
        high=3,
        step=0.05,
        help="1.3 only where a bare wage is typed.",
        source="our choice: the wage above is the employer's cost already",
    )
    engineers: Whole = described(
        2,
        title="Engineers on it",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        help="Who build a release, at 30 hours a week each: when it is live, not what it costs.",
        source="our judgement, no published source",
    )
    api_hours: float = described(
        80,
        title="First release, API",
        unit="h",
        low=0,
        high=1e6,
        slider=(0, 500),
        step=5,
        doubt=(40, 200),
        help="Engineering hours of the first release.",
        source="our judgement (40 to 200), no published source",
    )
    prompt_hours: float = described(
        80,
        title="First release, self-host",
        unit="h",
        low=0,
        high=1e6,
        slider=(0, 500),
        step=5,
        doubt=(40, 200),
        help="Engineering hours of the first release.",
        source="our judgement (40 to 200), no published source",
    )
    finetune_hours: float = described(
        200,
        title="First release, fine-tune",
        unit="h",
        low=0,
        high=1e6,
        slider=(0, 1000),
        step=10,
        doubt=(100, 500),
        help="Engineering hours of the first release.",
        source="our judgement (100 to 500), no published source",
    )
    distil_hours: float = described(
        300,
        title="First release, distil",
        unit="h",
        low=0,
        high=1e6,
        slider=(0, 1500),
        step=10,
        doubt=(150, 700),
        help="Engineering hours of the first release.",
        source="our judgement (150 to 700), no published source",
    )
    both_hours: float = described(
        450,
        title="First release, both",
        unit="h",
        low=0,
        high=1e6,
        slider=(0, 2000),
        step=10,
        doubt=(250, 1000),
        help="Engineering hours of the first release.",
        source="our judgement (250 to 1000), no published source",
    )
    refresh_frac: float = described(
        0.25,
        title="Refresh over first release",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        doubt=(0.15, 0.5),
        help="Hours of a refresh over hours of the first release.",
        source="our judgement (0.15 to 0.5), no published source",
    )
    run_api_hours_per_month: float = described(
        10,
        title="Running, API",
        unit="h_per_month",
        low=0,
        high=1e5,
        slider=(0, 200),
        step=1,
        help="Hours a month to run the service.",
        source="our judgement, no published source",
    )
    run_own_hours_per_month: float = described(
        30,
        title="Running, own replicas",
        unit="h_per_month",
        low=0,
        high=1e5,
        slider=(0, 200),
        step=1,
        help="Hours a month to run the service.",
        source="our judgement, no published source",
    )
    run_edge_hours_per_month: float = described(
        20,
        title="Running, on devices",
        unit="h_per_month",
        low=0,
        high=1e5,
        slider=(0, 200),
        step=1,
        help="Hours a month to run the service.",
        source="our judgement, no published source",
    )


class Prices(Section):
    """How prices move, and small prices."""

    api_fall_factor_per_year: float | None = described(
        None,
        title="API price falls by",
        unit="1",
        low=0.2,
        high=100,
        slider=(1, 10),
        scale="log",
        unset="1.2 for one model kept, 3 when re-selected at each refresh",
        help="Factor by which a year lowers the API price. It decides many verdicts.",
        source="our judgement; Epoch AI 2025 and a16z 2024 for the best offer: 9 to 900 a year",
    )
    api_reselect: bool = described(
        False,
        title="Re-select the API model",
        help="Move to the best offer at each refresh, with its migration work.",
        source="our choice: one named model is kept",
    )
    rent_change_frac_per_year: float = described(
        -0.15,
        title="Rent changes by",
        unit="frac_per_year",
        low=-0.9,
        high=5,
        slider=(-0.5, 0.5),
        step=0.01,
        doubt=(-0.4, 0.25),
        help="Yearly change of accelerator rent.",
        source="our judgement from price indices of 2024 to 2026: -40 to +25 %",
    )
    discount_frac_per_year: float = described(
        0.10,
        title="Discount rate",
        unit="frac_per_year",
        low=0,
        high=1,
        slider=(0, 0.3),
        step=0.005,
        doubt=(0.06, 0.15),
        help="For the net present value and the annuity of owned hardware.",
        source="our judgement (0.06 to 0.15), no published source",
    )
    cloud_provider: str | None = described(
        None,
        title="Cloud provider",
        table="cloud_providers",
        unset="median of all providers",
        help="Takes rents from one provider only.",
        source="our choice: the median over providers",
    )
    cloud_overhead_frac: float = described(
        0.0,
        title="Cloud overhead",
        unit="frac",
        low=0,
        high=5,
        slider=(0, 0.54),
        step=0.01,
        doubt=(0, 0.54),
        help="Further cloud services, as a share of rented hours.",
        source="our choice: none; storage and egress are counted apart. Up to 0.54 in cloud bills",
    )
    storage_usd_per_gb_month: float = described(
        0.023,
        title="Storage",
        unit="usd_per_gb_month",
        low=0,
        high=100,
        slider=(0, 0.2),
        step=0.001,
        help="Data and checkpoints.",
        source="list prices of large clouds as remembered; not re-checked",
    )
    egress_usd_per_gb: float = described(
        0.09,
        title="Egress",
        unit="usd_per_gb",
        low=0,
        high=100,
        slider=(0, 0.5),
        step=0.01,
        help="Answers, and weights sent to devices.",
        source="list prices of large clouds as remembered; not re-checked",
    )


class Ownership(Section):
    """Rent or own the serving hardware."""

    ownership: Literal["rent", "own"] = described(
        "rent",
        title="Serving hardware",
        words={"rent": "Rented", "own": "Owned"},
        help="Training is always rented by the hour.",
        source="our choice",
    )
    capex_usd_per_accelerator: float | None = described(
        None,
        title="Purchase price",
        unit="usd",
        low=0,
        high=1e7,
        slider=(100, 1e5),
        scale="log",
        unset="the catalogue's board price and a share of the host",
        help="One accelerator with its share of the server. Also the workstation's.",
        source="catalogue: hardware; plus a share of the server",
    )
    host_usd_per_accelerator: float = described(
        12_000,
        title="Host per accelerator",
        unit="usd",
        low=0,
        high=1e6,
        slider=(0, 30_000),
        step=500,
        help="Share of the server that comes on top of the catalogue's board price.",
        source="vendors' guides 2026: an 8-GPU H100 node at 300 to 400 kUSD, less the boards",
    )
    residual_frac: float = described(
        0.25,
        title="Residual value",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        doubt=(0.25, 0.35),
        help="Share of the price left at the end of life.",
        source="vendors' guides 2026: 25 to 35 % after 3 years",
    )
    life_years: float = described(
        4,
        title="Life",
        unit="years",
        low=1,
        high=15,
        slider=(2, 8),
        step=0.5,
        doubt=(3, 6),
        help="Years of use, for annuity and embodied carbon.",
        source="our judgement: EcoLogits takes 3, LLMCarbon 5",
    )
    upkeep_frac_per_year: float = described(
        0.08,
        title="Upkeep",
        unit="frac_per_year",
        low=0,
        high=1,
        slider=(0, 0.3),
        step=0.01,
        help="Yearly running cost as a share of the price.",
        source="our judgement, no published source",
    )


class Report(Section):
    """How exports show the figures; nothing in the results depends on it."""

    currency: str = described(
        "USD",
        title="Currency",
        help="Word or sign in exports.",
        source="you",
    )
    currency_per_usd: float = described(
        1.0,
        title="Exchange rate",
        unit="1",
        above=0,
        high=1e6,
        slider=(0.01, 200),
        scale="log",
        help="Units of the currency per USD.",
        source="you",
    )
    fiscal_year_start_month: Whole = described(
        1,
        title="Fiscal year starts in",
        unit="1",
        low=1,
        high=12,
        step=1,
        help="Month number.",
        source="you",
    )
