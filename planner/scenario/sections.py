"""The inputs of what is asked and which models answer; those of tuning and serving are handed on.

Each field carries its title, unit, limits, slider, help and source.
"""

from __future__ import annotations

from planner.scenario.adaptation import Data, Distil, Finetune, Precision, Serving, Training
from planner.scenario.fields import described
from planner.scenario.section import Section

__all__ = [
    "Api",
    "Base",
    "Data",
    "Distil",
    "Finetune",
    "Precision",
    "Section",
    "Serving",
    "Student",
    "Training",
    "Workload",
]


class Workload(Section):
    """What is asked of the service."""

    requests_per_month: float = described(
        2e6,
        title="Requests per month",
        unit="requests_per_month",
        low=0,
        high=1e11,
        slider=(1e3, 1e9),
        scale="log",
        help="Requests in the first month of traffic.",
        source="you: from your logs or product plan",
    )
    growth_frac_per_month: float = described(
        0.03,
        title="Growth",
        unit="frac_per_month",
        low=-0.5,
        high=1.0,
        slider=(-0.1, 0.2),
        step=0.005,
        doubt=(0, 0.08),
        help="Change of volume from one month to the next.",
        source="our judgement, no published source",
    )
    input_tokens: float = described(
        900,
        title="Tokens in a request",
        unit="tokens",
        low=1,
        high=1e6,
        slider=(16, 32768),
        scale="log",
        help="Mean length of what the user sends, without instructions.",
        source="Azure LLM inference trace 2023, conversation: median 1,020",
    )
    output_tokens: float = described(
        450,
        title="Tokens in an answer",
        unit="tokens",
        low=1,
        high=1e6,
        slider=(8, 8192),
        scale="log",
        help="Mean length of an answer, hidden reasoning tokens included.",
        source="our judgement; Azure LLM inference trace 2023, conversation: median 129, P90 424",
    )
    output_tokens_cv: float = described(
        0.77,
        title="Spread of answer length",
        unit="1",
        low=0,
        high=5,
        slider=(0, 3),
        step=0.01,
        help="Standard deviation of answer length over its mean. Long answers hold memory longer.",
        source="Azure LLM inference trace 2023, conversation",
    )
    instruction_tokens: float = described(
        3600,
        title="Prompt text, before tuning",
        unit="tokens",
        low=0,
        high=1e6,
        slider=(1, 32768),
        scale="log",
        help="Instructions and examples that a prompted model and every teacher need with each request.",
        source="our judgement, no published source",
    )
    tuned_instruction_tokens: float = described(
        200,
        title="Prompt text, after tuning",
        unit="tokens",
        low=0,
        high=1e6,
        slider=(1, 8192),
        scale="log",
        help="Instructions that a fine-tuned or distilled model still needs with each request.",
        source="our judgement, no published source",
    )
    prefix_cache_hit_frac: float = described(
        0.5,
        title="Prompt read from cache",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        doubt=(0.2, 0.8),
        help="Share of the prompt that is read from a prefix cache, by API and own servers alike.",
        source="our judgement, no published source",
    )
    peak_to_mean: float = described(
        3.0,
        title="Busy hour over mean",
        unit="1",
        low=1,
        high=100,
        slider=(1, 10),
        step=0.1,
        doubt=(1.8, 6),
        help="Request rate of the busiest hour over the month's mean. Replicas are sized on it.",
        source="our judgement (1.8 to 6), no published source",
    )
    ttft_limit_s: float | None = described(
        2.0,
        title="Limit, first token",
        unit="s",
        above=0,
        high=600,
        slider=(0.1, 30),
        scale="log",
        unset="no limit",
        help="Longest time to the first token, 95th percentile in the busy hour of the busiest month.",
        source="our judgement (0.3 to 3 s), no published source",
    )
    tpot_limit_s: float | None = described(
        0.05,
        title="Limit, further tokens",
        unit="s",
        above=0,
        high=60,
        slider=(0.005, 0.5),
        scale="log",
        unset="no limit",
        help="Longest time per further token in the busy hour of the busiest month. It bounds the batch.",
        source="our judgement (0.02 to 0.1 s), no published source",
    )
    active_devices: float = described(
        1e5,
        title="Active devices",
        unit="count",
        low=0,
        high=1e10,
        slider=(100, 1e8),
        scale="log",
        help="Devices that download the student at each release, when it runs on users' devices.",
        source="our judgement, no published source",
    )
    battery_wh: float = described(
        19.0,
        title="Battery of a device",
        unit="wh",
        above=0,
        high=1e5,
        slider=(5, 100),
        scale="log",
        help="What a charge holds, where the student runs on users' devices.",
        source="a phone of 5,000 mAh at 3.85 V; 10 to 20 a phone, 50 to 100 a laptop",
    )
    network_s: float = described(
        0.05,
        title="Network delay",
        unit="s",
        low=0,
        high=10,
        slider=(0, 0.5),
        step=0.005,
        help="Added to the latency of every answer that comes over the network.",
        source="our judgement, no published source",
    )


class Base(Section):
    """The large model."""

    model: str | None = described(
        "llama-3.1-70b",
        title="Base model",
        table="models",
        unset="the Llama 3 family at the given size",
        help="The open-weight model that is prompted, fine-tuned, or teaches.",
        source="catalogue: models",
    )
    params: float | None = described(
        None,
        title="Base size",
        unit="params",
        above=0,
        high=1e14,
        slider=(1e8, 1e12),
        scale="log",
        unset="the model's own size",
        help="Moves the model off its own size; the shape follows by interpolation in its family.",
        source="our choice: the catalogue's own size",
    )


class Student(Section):
    """The small model."""

    model: str | None = described(
        "llama-3.1-8b",
        title="Student model",
        table="models",
        unset="the Llama 3 family at the given size",
        help="The open-weight model that learns from the teacher.",
        source="catalogue: models",
    )
    params: float | None = described(
        None,
        title="Student size",
        unit="params",
        above=0,
        high=1e14,
        slider=(1e8, 1e11),
        scale="log",
        unset="the model's own size",
        help="Moves the student off its own size; the shape follows by interpolation in its family.",
        source="our choice: the catalogue's own size",
    )


class Api(Section):
    """The paid provider."""

    provider: str = described(
        "openai",
        title="Provider",
        table="api_providers",
        help="Who is paid per token.",
        source="genai-prices",
    )
    model: str = described(
        "gpt-6.1-terra",
        title="API model",
        table="api_models",
        help="Spelled as the provider does.",
        source="genai-prices",
    )
    input_usd_per_mtok: float | None = described(
        None,
        title="Input price",
        unit="usd_per_mtok",
        low=0,
        high=1e6,
        slider=(0.01, 100),
        scale="log",
        unset="price of the list on its date",
        help="USD per million prompt tokens.",
        source="genai-prices",
    )
    output_usd_per_mtok: float | None = described(
        None,
        title="Output price",
        unit="usd_per_mtok",
        low=0,
        high=1e6,
        slider=(0.01, 200),
        scale="log",
        unset="price of the list on its date",
        help="USD per million answer tokens.",
        source="genai-prices",
    )
    cached_input_usd_per_mtok: float | None = described(
        None,
        title="Cached input price",
        unit="usd_per_mtok",
        low=0,
        high=1e6,
        slider=(0.001, 50),
        scale="log",
        unset="price of the list, or half of a typed input price",
        help="USD per million prompt tokens read from cache.",
        source="genai-prices; half of the prompt price where the list has none",
    )
    batch_discount_frac: float = described(
        0.5,
        title="Batch discount",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        doubt=(0.4, 0.5),
        help="Discount on teacher answers bought through the batch interface.",
        source="providers' price pages as remembered, 0.4 to 0.5; not re-checked",
    )
    ttft_p95_s: float = described(
        1.2,
        title="API, first token p95",
        unit="s",
        low=0,
        high=600,
        slider=(0.1, 10),
        scale="log",
        help="95th percentile of the time to the first token.",
        source="our judgement, no published source",
    )
    tpot_s: float = described(
        0.015,
        title="API, each further token",
        unit="s",
        low=0,
        high=60,
        slider=(0.002, 0.2),
        scale="log",
        help="Mean time per further token.",
        source="our judgement, no published source",
    )
    assumed_model: str | None = described(
        None,
        title="API energy as if",
        table="models",
        unset="the base model",
        help="The provider's energy is unknown; it is counted as if this model ran at FP8 on H100.",
        source="our judgement: providers publish no energy per token",
    )
