"""The inputs of tuning and serving: data, fine-tuning, distillation, and the machines for both."""

from __future__ import annotations

from typing import Annotated, Literal

from planner.scenario.fields import Tolerant, Whole, described
from planner.scenario.section import Section

Precision = Literal["bf16", "fp8", "fp4", "int8", "int4"]
PRECISION_WORDS = {"bf16": "16-bit", "fp8": "FP8", "fp4": "FP4", "int8": "INT8", "int4": "INT4"}


class Data(Section):
    """Labelled domain data and evaluation."""

    examples: float = described(
        10_000,
        title="Labelled examples",
        unit="count",
        low=1,
        high=1e9,
        slider=(100, 1e6),
        scale="log",
        help="Examples with a label by people, for fine-tuning.",
        source="our judgement of a usual project",
    )
    tokens_per_example: float = described(
        1400,
        title="Tokens per example",
        unit="tokens",
        low=1,
        high=1e6,
        slider=(32, 32768),
        scale="log",
        help="Prompt and answer of one training example.",
        source="our judgement of a usual project",
    )
    usd_per_example: float = described(
        1.0,
        title="Price of a label",
        unit="usd",
        low=0,
        high=1e5,
        slider=(0.01, 100),
        scale="log",
        doubt=(0.2, 20),
        help="What one labelled example costs.",
        source="our judgement within the catalogue's annotation prices, 0.05 to 20 USD",
    )
    llm_label_frac: float = described(
        0.0,
        title="Labels by a model",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        help="Share of the labels that a model writes first.",
        source="our choice: people label everything",
    )
    llm_label_saving_frac: float = described(
        0.75,
        title="Saving per such label",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        doubt=(0.5, 0.96),
        help="What a label costs less where a model writes it first.",
        source="Wang et al. 2021, Want To Reduce Labeling Cost? GPT-3 Can Help: 50 to 96 %",
    )
    eval_examples: float = described(
        500,
        title="Evaluation answers",
        unit="count",
        low=0,
        high=1e7,
        slider=(1, 1e5),
        scale="log",
        help="Answers judged per model at each release and refresh.",
        source="our judgement, no published source",
    )
    eval_usd_per_example: float = described(
        0.50,
        title="Person per verdict",
        unit="usd",
        low=0,
        high=1e4,
        slider=(0.01, 50),
        scale="log",
        help="What a person's verdict on one answer costs.",
        source="catalogue: eval-human-item",
    )
    judge_usd_per_answer: float = described(
        0.007,
        title="Model per verdict",
        unit="usd",
        low=0,
        high=100,
        slider=(0.0001, 1),
        scale="log",
        help="Fee of a judging model for one answer.",
        source="catalogue: eval-llm-judge-item",
    )


class Finetune(Section):
    """How the base model is adapted."""

    method: Literal["full", "lora", "qlora"] = described(
        "lora",
        title="Method",
        words={"full": "All weights", "lora": "LoRA", "qlora": "QLoRA"},
        help="Which weights are trained.",
        source="our choice: the cheapest that keeps most of the gain",
    )
    epochs: float = described(
        3,
        title="Epochs",
        unit="count",
        above=0,
        high=100,
        slider=(1, 10),
        step=1,
        help="Passes over the training data.",
        source="our judgement, no published source",
    )
    lora_rank: float = described(
        16,
        title="LoRA rank",
        unit="count",
        low=1,
        high=4096,
        slider=(2, 512),
        scale="log",
        help="Rank of the adapters, on all linear layers.",
        source="our judgement; Schulman et al. 2025, LoRA Without Regret, for adapters on all layers",
    )
    runs_per_release: float = described(
        5,
        title="Runs per release",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        doubt=(3, 12),
        help="Training runs behind one release: settings tried, failures.",
        source="our judgement (3 to 12), no published source",
    )
    host: Literal["own", "provider"] = described(
        "own",
        title="Trained and served by",
        words={"own": "Us", "provider": "A provider"},
        help="A provider trains and serves at catalogue prices; method and hardware inputs then rest.",
        source="our choice",
    )
    provider_row: str | None = described(
        None,
        title="Price row",
        table="fine_tuning_prices",
        unset="the cheapest row for a model of this size",
        help="Which fine-tuning price applies.",
        source="catalogue: fine-tuning prices",
    )
    tasks: Whole = described(
        1,
        title="Tasks on one base",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        help="Tasks whose adapters share the base's replicas; this plan pays its share.",
        source="our choice: one; sharing as in Schulman et al. 2025, LoRA Without Regret",
    )


class Distil(Section):
    """How the student is taught."""

    method: Literal["logits", "sequence"] = described(
        "sequence",
        title="Method",
        words={"logits": "Teacher's logits", "sequence": "Teacher's answers"},
        help="Logits need the same vocabulary and the teacher beside the student in training.",
        source="our choice: works across vocabularies and with an API as teacher",
    )
    teacher: Literal["base", "api"] = described(
        "base",
        title="Teacher",
        words={"base": "Base model", "api": "API model"},
        help="Who teaches in `distil`; in `both` it is always the tuned base.",
        source="our choice: no licence of a provider stands against it",
    )
    examples: float = described(
        30_000,
        title="Answers kept",
        unit="count",
        low=1,
        high=1e9,
        slider=(100, 1e7),
        scale="log",
        help="Teacher's answers that pass the filter and train the student.",
        source="our judgement, no published source",
    )
    accept_frac: float = described(
        0.60,
        title="Answers accepted",
        unit="frac",
        low=0.01,
        high=1,
        step=0.01,
        doubt=(0.3, 0.95),
        help="Share of generated answers that pass the filter.",
        source="Open R1 update 2 (2025): 0.55 of answers kept; 0.30 to 0.95 is our judgement",
    )
    epochs: float = described(
        3,
        title="Epochs",
        unit="count",
        above=0,
        high=100,
        slider=(1, 10),
        step=1,
        help="Passes over the training data.",
        source="our judgement, no published source",
    )
    runs_per_release: float = described(
        5,
        title="Runs per release",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        doubt=(3, 12),
        help="Training runs behind one release.",
        source="our judgement (3 to 12), no published source",
    )
    usd_per_prompt: float = described(
        0.02,
        title="Price of a prompt",
        unit="usd",
        low=0,
        high=1e4,
        slider=(0.001, 10),
        scale="log",
        help="What one unlabelled prompt for the teacher costs.",
        source="low end of the catalogue: synthetic-sample",
    )
    escalated_frac: float = described(
        0.0,
        title="Passed on",
        unit="frac",
        low=0,
        high=1,
        step=0.01,
        help="Share of requests that the student answers first and that then go on to a large model.",
        source="our choice: none",
    )
    escalate_to: Literal["api", "base"] = described(
        "api",
        title="Passed on to",
        words={"api": "The API", "base": "The base, hosted"},
        help="The large model that answers what the student passes on.",
        source="our choice: no replicas of our own for a few requests",
    )
    escalation_aim_frac: float = described(
        0.5,
        title="Aim of passing on",
        unit="frac",
        low=0,
        high=1,
        step=0.05,
        help="0 passes on requests at random, 1 exactly those that the student would fail.",
        source="our judgement, no published source",
    )
    students: Whole = described(
        1,
        title="Students of one teacher",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        help="Students that share what is made once for the teacher; this plan pays its share.",
        source="our choice: one",
    )


class Training(Section):
    """Where training runs."""

    hardware: str = described(
        "nvidia-h100-sxm",
        title="Training card",
        table="hardware",
        help="Rented by the hour.",
        source="catalogue: hardware",
    )
    accelerators: Annotated[int | None, Tolerant] = described(
        None,
        title="Accelerators",
        unit="count",
        low=1,
        high=4096,
        slider=(1, 256),
        scale="log",
        unset="the smallest of 1, 2, 4 ... 64 that fits",
        help="Accelerators of one training run.",
        source="our choice: the fewest of 1, 2, 4 ... 64 whose memory holds the run",
    )
    usd_per_accelerator_h: float | None = described(
        None,
        title="Training rent",
        unit="usd_per_h",
        low=0,
        high=1e4,
        slider=(0.1, 50),
        scale="log",
        unset="median of the providers' on-demand prices",
        help="USD per accelerator-hour.",
        source="catalogue: cloud prices, median over providers",
    )
    seq_len: float = described(
        2048,
        title="Sequence length",
        unit="tokens",
        low=128,
        high=1048576,
        slider=(512, 65536),
        scale="log",
        help="Tokens of one packed training sequence.",
        source="our judgement of a usual run",
    )
    packing_frac: float = described(
        0.85,
        title="Packing",
        unit="frac",
        low=0.01,
        high=1,
        step=0.01,
        doubt=(0.5, 0.98),
        help="Useful over processed tokens: padding costs the same as text.",
        source="our judgement (0.5 to 0.98), no published source",
    )


class Serving(Section):
    """What answers the requests."""

    hardware: str = described(
        "nvidia-h100-sxm",
        title="Serving card",
        table="hardware",
        help="What the replicas run on.",
        source="catalogue: hardware",
    )
    precision: Precision = described(
        "fp8",
        title="Number format",
        words=PRECISION_WORDS,
        help="Format of the weights of every model served from the cloud.",
        source="our choice: 8-bit floats lose no score (Kurtic et al. 2024)",
    )
    usd_per_accelerator_h: float | None = described(
        None,
        title="Serving rent",
        unit="usd_per_h",
        low=0,
        high=1e4,
        slider=(0.1, 50),
        scale="log",
        unset="median of the providers' prices",
        help="USD per accelerator-hour.",
        source="catalogue: cloud prices, median over providers",
    )
    purchase: Literal["on_demand", "reserved", "spot"] = described(
        "on_demand",
        title="Rented",
        words={"on_demand": "On demand", "reserved": "Reserved, 1 year", "spot": "Spot"},
        help="Which price of the list applies to serving.",
        source="catalogue: cloud prices",
    )
    target_load_frac: float = described(
        0.70,
        title="Target load",
        unit="frac",
        low=0.05,
        high=0.95,
        step=0.01,
        doubt=(0.5, 0.85),
        help="Load of a replica in the busy hour that replicas are sized for.",
        source="our judgement (0.5 to 0.85), no published source",
    )
    min_replicas: Whole = described(
        2,
        title="Least replicas",
        unit="count",
        low=1,
        high=1000,
        slider=(1, 20),
        step=1,
        help="Kept running whatever the load, for availability.",
        source="our judgement: one may fail while the other answers",
    )
    autoscale: bool = described(
        False,
        title="Scale with the load",
        help="Replicas follow the load within the month, with 15 % headroom.",
        source="our choice: a reserved fleet",
    )
    accelerators_per_replica: Annotated[int | None, Tolerant] = described(
        None,
        title="Accelerators per replica",
        unit="count",
        low=1,
        high=72,
        slider=(1, 8),
        step=1,
        unset="of 1, 2, 4, 8 the fewest accelerator-hours that keep the token limit",
        help="Over how many accelerators a replica's weights are split.",
        source="our choice: the fewest accelerator-hours that keep the token limit",
    )
    student_target: Literal["cloud", "workstation", "edge"] = described(
        "cloud",
        title="Student runs on",
        words={"cloud": "The cloud", "workstation": "Our workstation", "edge": "Users' devices"},
        help="The student can leave the cloud.",
        source="our choice",
    )
    edge_hardware: str | None = described(
        None,
        title="Device",
        table="hardware",
        unset="RTX 4090 as workstation, Snapdragon 8 Elite as device",
        help="The workstation's card or the users' device.",
        source="catalogue: hardware",
    )
    edge_precision: Precision = described(
        "int4",
        title="Number format, device",
        words=PRECISION_WORDS,
        help="Format of the student's weights outside the cloud.",
        source="our choice: what fits devices",
    )
