"""A second engine, slow and plain, written from the equations and not from the code of the first.

Scalar arithmetic, one month at a time; ids in brackets are equations of the model and lines of the decisions.
`tests/engine/test_twin.py` holds the fast engine against it. Nothing here comes from `planner.engine`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from planner.catalog.api_prices import api_price
from planner.catalog.load import Catalog
from planner.catalog.prices import cloud_providers, rent_usd_per_accelerator_h
from planner.catalog.records import FineTuningPrice, Hardware, ModelShape
from planner.errors import CatalogError
from planner.paths import resource
from planner.scenario.model import Scenario

CONSTANTS = json.loads((resource("physics") / "constants.json").read_text("utf-8"))
TRAINING = CONSTANTS["training"]
SERVING = CONSTANTS["serving"]
POWER = CONSTANTS["power"]
EMBODIED = CONSTANTS["embodied"]
QUALITY = CONSTANTS["quality"]
STORAGE = CONSTANTS["storage"]
CALIBRATION = json.loads((resource("physics") / "calibration.json").read_text("utf-8"))["studies"]
GENERATIONS = [
    line.split(",") for line in (resource("physics") / "generations.csv").read_text("utf-8").splitlines()[1:]
]

HOURS_PER_MONTH = 730.0
HOURS_PER_YEAR = 8760.0
SECONDS_PER_HOUR = 3600.0
MONTHS_PER_YEAR = 12.0
RENTED_PUE = 1.20
OWNED_PUE = 1.54
WORLD_WATER_L_PER_KWH = 3.91
WORLD_GRID = "wor"
API_FALL_KEPT, API_FALL_RESELECTED = 1.2, 3.0
DEFAULT_WORKSTATION = "nvidia-rtx-4090"
DEFAULT_DEVICE = "qualcomm-snapdragon-8-elite"
CARBON_PRICE = "eu-ets-2025"
TIE = 1e-12

FIRST, RUNNING, REFRESH = "first release", "serving", "refresh"
QUANTITIES = ("usd", "energy_kwh", "carbon_kgco2e", "water_l", "accelerator_h")
CATEGORY = {
    "labels": "data",
    "prompts": "data",
    "answers": "teacher",
    "answers_api": "teacher",
    "teacher_forward": "teacher",
    "judge": "teacher",
    "base_training": "training",
    "student_training": "training",
    "provider_training": "training",
    "evaluation_people": "evaluation",
    "evaluation_judge": "evaluation",
    "release_labour": "labour",
    "running_labour": "labour",
    "api_input": "serving",
    "api_output": "serving",
    "serving": "serving",
    "idle": "idle",
    "devices": "serving",
    "escalated_input": "serving",
    "escalated_output": "serving",
    "escalated_serving": "serving",
    "escalated_idle": "idle",
    "handover": "labour",
    "owned_hardware": "hardware",
    "electricity": "electricity",
    "cloud_overhead": "serving",
    "stored": "storage",
    "egress": "storage",
    "delivery": "storage",
    "embodied": "hardware",
}
TRAINING_ITEMS = ("base_training", "student_training", "teacher_forward", "answers")
SERVING_ITEMS = ("serving", "idle", "escalated_serving", "escalated_idle")


class DoesNotFit(Exception):
    """The strategy cannot be built."""


# ---------------------------------------------------------------- sizes
@dataclass(frozen=True)
class Shape:
    """A model at a size: what the equations of section 2 need. Numbers may be fractions off the catalogue."""

    family: str
    params: float
    active: float
    layers: float
    width: float
    heads: float
    kv_heads: float
    head_size: float
    mlp_width: float
    mlp_matrices: float
    vocabulary: float
    embeddings: float
    cache_bytes: float
    experts: float = 0
    experts_used: float = 0
    expert_width: float = math.inf
    window: float = math.inf
    windowed: float = 0.0
    attending: float = 1.0
    latent: bool = False

    def reached(self, tokens: float) -> float:
        """How much of a context a token attends to, on average over layers."""
        return self.windowed * min(tokens, self.window) + (1 - self.windowed) * tokens

    @property
    def multiplying(self) -> float:
        """Parameters that multiply (A2)."""
        return self.active - self.vocabulary * self.width * (self.embeddings - 1)

    @property
    def expert_params(self) -> float:
        """Parameters of all experts of a mixture."""
        if not self.experts:
            return 0.0
        return (self.params - self.active) * self.experts / (self.experts - self.experts_used)

    def attention(self, tokens: float) -> float:
        """Attention core per token and forward pass, unmasked. [FLOP]."""
        return 4 * self.layers * self.heads * self.head_size * tokens

    def lora_params(self, rank: float) -> float:
        """Parameters of adapters on all linear layers (A4)."""
        queries, keys = self.heads * self.head_size, self.kv_heads * self.head_size
        ends = 2 * (self.width + queries) + 2 * (self.width + keys)
        ends += self.mlp_matrices * (self.width + self.mlp_width)
        return rank * self.layers * ends

    @property
    def looked_up(self) -> float:
        """Parameters of an input embedding of its own: of these a step reads next to nothing."""
        return self.params_embedding * (self.embeddings - 1)

    @property
    def params_embedding(self) -> float:
        return self.vocabulary * self.width

    def touched(self, batch: float) -> float:
        """Parameters of experts that a step of some sequences reads (I9)."""
        if not self.experts:
            return 0.0
        return self.expert_params * (1 - float((1 - self.experts_used / self.experts) ** batch))

    def params_read(self, batch: float) -> float:
        """Parameters read in a step (I9); all of a dense model."""
        return self.params - self.expert_params + self.touched(batch)


def a1(numbers: dict[str, float]) -> float:
    """Parameters of a dense decoder (A1)."""
    attention = numbers["width"] * numbers["head_size"] * (2 * numbers["heads"] + 2 * numbers["kv_heads"])
    mlp = numbers["mlp_matrices"] * numbers["width"] * numbers["mlp_width"]
    embedding = numbers["vocabulary"] * numbers["width"] * numbers["embeddings"]
    return numbers["layers"] * (attention + mlp) + embedding


def numbers_of(model: ModelShape) -> dict[str, float]:
    """Shape numbers of a row of the catalogue; 3 or 2 MLP matrices, as brings A1 nearer to its size."""
    numbers = {
        "layers": float(model.layers),
        "width": float(model.hidden_size),
        "heads": float(model.heads or 0),
        "kv_heads": float(model.kv_heads or 0),
        "head_size": float(model.head_dim or 0),
        "mlp_width": float(model.intermediate_size),
        "vocabulary": float(model.vocab_size),
        "embeddings": 1.0 if model.tied_embeddings else 2.0,
        "mlp_matrices": 3.0,
    }
    if model.is_moe:  # adapters as on one MLP, as wide as the experts that a token uses
        width = model.moe_intermediate_size or model.intermediate_size
        numbers["mlp_width"] = float(width * (model.moe_experts_active or 1))
    else:
        with_two = {**numbers, "mlp_matrices": 2.0}
        if abs(a1(with_two) - model.total_params) < abs(a1(numbers) - model.total_params):
            return with_two
    return numbers


SIZE = r"\d+(?:\.\d+)?[bm]\d*"
"""A size inside an id: ``8b``, ``0.5b``, ``560m``, and ``7b1`` for 7.1 billion."""


def series_name(model: ModelShape, words_behind: bool) -> str | None:
    """Name before the size with minor versions dropped; None without a size, or with words behind it."""
    found = re.fullmatch(rf"(.+?)-{SIZE}(-.+)?", model.id)
    if found is None or (found[2] and not words_behind):
        return None
    return re.sub(r"(\d)\.\d+", r"\1", found[1])


def series_of(chosen: ModelShape | None, catalog: Catalog) -> list[ModelShape]:
    """Dense models of one series by size, one of each; the chosen one wins, words behind its size or not."""
    family, name = "Llama", "llama-3"
    by_size: dict[float, ModelShape] = {}
    if chosen is not None:
        family, name = chosen.family, series_name(chosen, words_behind=True) or chosen.id
        by_size[chosen.total_params] = chosen
    for model in catalog.models.values():
        if model.architecture != "decoder-dense" or model.family != family:
            continue
        if series_name(model, words_behind=False) == name:
            by_size.setdefault(model.total_params, model)
    return [by_size[size] for size in sorted(by_size)]


def dense_shape(family: str, params: float, numbers: dict[str, float]) -> Shape:
    """Shape of given numbers at a size."""
    cache = 2 * numbers["layers"] * numbers["kv_heads"] * numbers["head_size"] * SERVING["cache_value_bytes"]
    return Shape(family=family, params=params, active=params, cache_bytes=cache, **numbers)


def mlp_scaled(family: str, params: float, ratio: float, numbers: dict[str, float]) -> Shape:
    """Shape with the MLP width set so that ratio times A1 is the size (decision 47)."""
    rest = a1({**numbers, "mlp_width": 0.0})
    per_width = numbers["layers"] * numbers["mlp_matrices"] * numbers["width"]
    return dense_shape(family, params, {**numbers, "mlp_width": (params / ratio - rest) / per_width})


def size_between(params: float, below: ModelShape, above: ModelShape) -> Shape:
    """Shape between two neighbours: ln of each number linear in ln N."""
    span = math.log(above.total_params) - math.log(below.total_params)
    share = (math.log(params) - math.log(below.total_params)) / span
    low, high = numbers_of(below), numbers_of(above)
    numbers = {key: math.exp(math.log(low[key]) * (1 - share) + math.log(high[key]) * share) for key in low}
    ratios = below.total_params / a1(low), above.total_params / a1(high)
    ratio = math.exp(math.log(ratios[0]) * (1 - share) + math.log(ratios[1]) * share)
    return mlp_scaled(below.family, params, ratio, numbers)


def size_beyond(params: float, nearest: ModelShape) -> Shape:
    """Shape beyond a series: depth, width and heads by the cube root of the ratio of sizes."""
    numbers = numbers_of(nearest)
    ratio = nearest.total_params / a1(numbers)
    root = (params / nearest.total_params) ** (1 / 3)
    for key in ("layers", "width", "heads", "kv_heads"):
        numbers[key] *= root
    return mlp_scaled(nearest.family, params, ratio, numbers)


def mixture_shape(model: ModelShape, params: float) -> Shape:
    """Shape of a mixture of experts; off its own size only the experts change."""
    experts, used = model.moe_experts, model.moe_experts_active
    assert experts is not None
    assert used is not None
    cache = model.kv_bytes_per_token_16bit
    assert cache is not None
    expert_params = (model.total_params - model.active_params) * experts / (experts - used)
    rest = model.total_params - expert_params
    active = rest + (params - rest) * used / experts
    numbers = numbers_of(model)
    return Shape(
        family=model.family,
        params=params,
        active=active,
        cache_bytes=cache,
        experts=experts,
        experts_used=used,
        expert_width=model.moe_intermediate_size or model.intermediate_size,
        **numbers,
    )


def plain_shape_of(model_id: str | None, params: float | None, catalog: Catalog) -> Shape:
    """Shape of a model at its own or at a typed size, without what its layers attend to (decision 47)."""
    model = None if model_id is None else catalog.find_model(model_id)
    if model is not None and model.is_moe:
        return mixture_shape(model, model.total_params if params is None else params)
    if model is not None and (params is None or params == model.total_params):
        return dense_shape(model.family, model.total_params, numbers_of(model))
    assert params is not None
    series = series_of(model, catalog)
    below = [member for member in series if member.total_params <= params]
    above = [member for member in series if member.total_params >= params]
    if not below:
        return size_beyond(params, above[0])
    if not above:
        return size_beyond(params, below[-1])
    if below[-1] is above[0]:
        return dense_shape(above[0].family, params, numbers_of(above[0]))
    return size_between(params, below[-1], above[0])


def shape_of(model_id: str | None, params: float | None, catalog: Catalog) -> Shape:
    """Shape of a model at its own or at a typed size; its layers attend as those of the model do."""
    shape = plain_shape_of(model_id, params, catalog)
    if model_id is None:
        return shape
    model = catalog.find_model(model_id)
    attending = model.layers if model.cache_layers is None else model.cache_layers
    return replace(
        shape,
        window=float(model.window_tokens or math.inf),
        windowed=(model.window_layers or 0) / model.layers,
        attending=attending / model.layers,
        latent=bool(model.latent_cache_values),
    )


def same_vocabulary(one: Shape, other: Shape) -> bool:
    """Whether logits of two models can be compared; sizes between models have rounding in their numbers."""
    if one.family != other.family:
        return False
    return math.isclose(one.vocabulary, other.vocabulary, rel_tol=1e-9)


# ---------------------------------------------------------------- cards
def fit_of(card: Hardware, group: dict[str, Any]) -> dict[str, Any]:
    """Constants fitted for a card, or those for cards without a fit."""
    for fit in group["fits"].values():
        if any(card.id.startswith(start) for start in fit["cards"]):
            return dict(fit)
    return dict(group["fits"][group["unfitted_as"]])


def peak(card: Hardware, precision: str) -> float:
    """Dense peak rate of a number format. [FLOP/s]."""
    rate = card.peak_flop_s(precision) or card.fp32_flop_s
    if rate is None:
        raise DoesNotFit
    return rate


def tdp(card: Hardware) -> float:
    """Board power. [W]."""
    if card.tdp_w is None:
        raise DoesNotFit
    return card.tdp_w


def idle_share(card: Hardware) -> float:
    """Power at rest over board power."""
    return float(POWER["idle_frac"]) if card.idle_w is None else card.idle_w / tdp(card)


def embodied_kg(card: Hardware, hours: float, life_years: float) -> float:
    """Carbon of making what is reserved for some accelerator-hours (C2)."""
    made = EMBODIED["accelerator_kgco2e"] if card.embodied_kgco2e is None else card.embodied_kgco2e
    return hours / (life_years * HOURS_PER_YEAR) * (made + float(EMBODIED["host_kgco2e"]))


def fitted(study: str, **levels: str) -> dict[str, float]:
    """Constants of a law: each value times what every level that was measured makes of it."""
    found = {}
    for name, item in CALIBRATION[study]["constants"].items():
        logs = [table.get(levels.get(kind, ""), 0.0) for kind, table in item.get("effects", {}).items()]
        found[name] = item["value"] * math.exp(math.fsum(logs))
    return found


def generation(card: Hardware) -> tuple[str, float]:
    """Generation of a card by the longest prefix of its id, and its network. [bytes/s]."""
    known = [row for row in GENERATIONS if card.id.startswith(row[0])]
    if not known:
        return "other", 12.5e9
    longest = max(known, key=lambda row: len(row[0]))
    return longest[1], float(longest[3]) * 1e9


# ---------------------------------------------------------------- inference
@dataclass(frozen=True)
class Lengths:
    """Tokens of a request."""

    prompt: float
    answer: float
    spread: float
    hit: float

    @property
    def computed(self) -> float:
        """Prompt tokens that are not read from a cache."""
        return self.prompt * (1 - self.hit)

    @property
    def mean_context(self) -> float:
        """Mean attended context of a running request (I3)."""
        return self.prompt + self.answer / 2 * (1 + self.spread**2)

    @property
    def peak_context(self) -> float:
        """Context that memory is kept for (M5)."""
        return self.prompt + self.answer * (1 + self.spread)


@dataclass(frozen=True)
class Engine:
    """A model on a card, split over some of them, answering requests of some lengths."""

    shape: Shape
    card: Hardware
    split: int
    precision: str
    lengths: Lengths
    speed: float = 1.0
    power: float = 1.0

    @property
    def weight_bytes(self) -> float:
        """Bytes of one weight."""
        return float(SERVING["weight_bytes"][self.precision])

    @property
    def rate(self) -> float:
        return peak(self.card, self.precision)

    @property
    def levels(self) -> dict[str, str]:
        """What the constants depend on: card, format, kind of model, engine."""
        family = generation(self.card)[0]
        words = {"bf16": "16-bit"}.get(self.precision, self.precision)
        kind = "moe" if self.shape.experts else "dense"
        slow = "PCIe" if self.card.vendor == "NVIDIA" else f"slow {self.card.vendor}"
        return {
            "generation": family,
            "card": self.card.id,
            "format": f"{family} {words}",
            "kind": kind,
            "engine": SERVING["engine"],
            "stack": SERVING["stack"],
            "kernels": f"{SERVING['stack']} {kind}",
            "port": f"{SERVING['stack']} {family}" if SERVING["engine"] == "vLLM" else "",
            "link": slow if self.link < 100e9 else "",
        }

    @cached_property
    def fit(self) -> dict[str, float]:
        """Constants of serving."""
        return fitted("serving", **self.levels)

    @cached_property
    def power_fit(self) -> dict[str, float]:
        """Constants of power."""
        return fitted("board_power", **self.levels)

    @property
    def link(self) -> float:
        """One direction of the link between cards. [bytes/s]."""
        both = self.card.interconnect_bytes_s
        return generation(self.card)[1] if both is None else both / 2

    @property
    def batch_limit(self) -> float:
        """Sequences that memory holds."""
        fit, card = self.fit, self.card
        room = self.split * (fit["usable_memory_frac"] * card.memory_bytes - fit["reserved_bytes"])
        room -= self.weight_bytes * self.shape.params
        return float(math.floor(room / self.cache_each))

    @property
    def cache_each(self) -> float:
        """Cache of a running request, the answer a deviation above its mean, copies counted. [bytes]."""
        answer = self.lengths.answer * (1 + self.lengths.spread)
        tokens = self.lengths.prompt + self.fit["held_output_frac"] * answer
        return self.shape.cache_bytes * self.shape.reached(tokens) * self.split / self.cache_shards

    @property
    def cache_shards(self) -> float:
        return min(self.split, 1.0 if self.shape.latent else self.shape.kv_heads)

    def product_s(self, share: float) -> float:
        """Time of the matrix products of one token, if wide models reach a share of the peak. [s]."""
        fit, card, shape = self.fit, self.card, self.shape
        peak_16bit = card.bf16_flop_s or self.rate
        joule = fit["reference_joule_per_flop"]
        supply = (card.tdp_w or peak_16bit * joule) / (peak_16bit * joule)
        reached = share * min(supply, fit["most_supply"]) ** fit["power_exponent"]
        reached /= 1 + fit["half_width"] / shape.width
        reached /= 1 + fit["half_expert_width"] / shape.expert_width
        return 2 * shape.multiplying / (self.split * self.rate * reached)

    @property
    def exchange_s(self) -> float:
        """Two all-reduces a layer of what one token leaves. [s]."""
        moved = 2 * 2 * (self.split - 1) / self.split * self.shape.width * 2 * self.shape.layers
        return moved / (self.link * self.fit["link_efficiency"])

    @property
    def prefill_s(self) -> float:
        """Time to read what is not cached of a prompt (I1)."""
        fit, shape, tokens = self.fit, self.shape, self.lengths.prompt
        peak_16bit = self.card.bf16_flop_s or self.rate
        core = 2 * shape.reached(tokens) * shape.layers * shape.heads * shape.head_size * shape.attending
        core /= self.split * peak_16bit * fit["attention_efficiency"]
        each = self.product_s(fit["prefill_efficiency"]) + core + self.exchange_s + fit["prompt_token_s"]
        seconds = tokens * each + fit["prompt_s"]
        return float(seconds * (1 - self.lengths.hit) / self.speed)

    def step_fixed_s(self, read_at_batch: float) -> float:
        """Part of a decode step that no sequence adds to (I2); a mixture reads what a batch touches."""
        fit, shape = self.fit, self.shape
        read = shape.params - shape.expert_params - shape.looked_up + shape.touched(read_at_batch)
        read *= self.weight_bytes * (1 + fit["half_read_width"] / shape.width)
        seconds = read / (self.split * fit["bandwidth_efficiency"] * self.card.memory_bandwidth_bytes_s)
        waits = 2 * fit["allreduce_s"] * math.sqrt(math.log2(self.split))
        seconds += shape.layers * (fit["layer_s"] + waits) + fit["step_s"]
        return float(seconds / self.speed)

    @property
    def step_each_s(self) -> float:
        """What each sequence adds to a decode step (I2)."""
        fit = self.fit
        rate = self.cache_shards * fit["cache_efficiency"] * self.card.memory_bandwidth_bytes_s
        seconds = self.shape.cache_bytes * self.shape.reached(self.lengths.mean_context) / rate
        seconds += self.product_s(fit["decode_efficiency"]) + fit["sequence_s"] + self.exchange_s
        return float(seconds / self.speed)

    def steady(self, arrivals: float) -> tuple[float, float]:
        """Running sequences and time per token at an arrival rate per replica (I4)."""
        sizing_batch = min(max(self.batch_limit, 1.0), SERVING["largest_batch"])
        batch, token_s = self._steady(arrivals, self.step_fixed_s(sizing_batch))
        if self.shape.experts:
            batch, token_s = self._steady(arrivals, self.step_fixed_s(max(batch, 1.0)))
        return batch, token_s

    def _steady(self, arrivals: float, fixed_s: float) -> tuple[float, float]:
        answer = self.lengths.answer
        left = 1 - arrivals * self.prefill_s - arrivals * answer * self.step_each_s
        if left <= 0:
            return math.inf, math.inf
        batch = arrivals * answer * fixed_s / left
        return batch, (fixed_s + self.step_each_s * batch) / (1 - arrivals * self.prefill_s)

    def capacity(self, batch: float) -> float:
        """Requests a second of a replica at a batch (I5)."""
        sizing_batch = min(max(self.batch_limit, 1.0), SERVING["largest_batch"])
        step = self.step_fixed_s(sizing_batch) + self.step_each_s * batch
        return batch / (self.lengths.answer * step + batch * self.prefill_s)

    def busy_power(self, batch: float, step_s: float) -> float:
        """Power over board power while there is work: how busy memory and arithmetic are."""
        shape, lengths, batch = self.shape, self.lengths, max(batch, 1.0)
        read = shape.params - shape.expert_params - shape.looked_up + shape.touched(batch)
        cache = batch * shape.cache_bytes * shape.reached(lengths.mean_context)
        moved = self.weight_bytes * read / self.split + cache / self.cache_shards
        memory = moved / (step_s * self.card.memory_bandwidth_bytes_s)
        per_token = 1 + lengths.computed / lengths.answer
        compute = 2 * shape.multiplying * batch * per_token / (self.split * step_s * self.rate)
        fit = self.power_fit
        used = fit["awake_frac"] + fit["memory_frac"] * memory ** fit["memory_exponent"]
        used += fit["compute_frac"] * compute ** fit["compute_exponent"]
        used /= (1 + (used / fit["most_frac"]) ** 6) ** (1 / 6)
        return float(max(idle_share(self.card), min(1.0, used) * self.power))

    @property
    def request_flop(self) -> float:
        """Operations of one request: every token of the prompt once, every token of the answer once."""
        lengths, shape = self.lengths, self.shape
        read = lengths.computed * (2 * shape.multiplying + shape.attention(lengths.prompt / 2))
        written = lengths.answer * (2 * shape.multiplying + shape.attention(lengths.mean_context))
        return read + written

    def request_s(self, batch: float) -> float:
        """Seconds a replica gives to one request when it always runs a batch (K5)."""
        step = self.step_fixed_s(batch) + self.step_each_s * batch
        return self.prefill_s + self.lengths.answer * step / batch


# ---------------------------------------------------------------- ledger
class Book:
    """Rows of one strategy: what each item costs, draws and emits in each month and phase."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, str, str], list[float]] = {}

    def add(self, month: int, item: str, phase: str, **values: float) -> None:
        row = self.rows.setdefault((month, item, phase), [0.0] * len(QUANTITIES))
        for name, value in values.items():
            row[QUANTITIES.index(name)] += value

    def total(self, quantity: str, wanted: Callable[[int, str, str], bool]) -> float:
        place = QUANTITIES.index(quantity)
        return math.fsum(row[place] for key, row in self.rows.items() if wanted(*key))

    def usd_by_month(self, horizon: int) -> list[float]:
        months: list[list[float]] = [[] for _ in range(horizon + 1)]
        for (month, _item, _phase), row in self.rows.items():
            months[month].append(row[0])
        return [math.fsum(usd) for usd in months]

    def __iter__(self) -> Iterator[tuple[int, str, str, str, tuple[float, ...]]]:
        for (month, item, phase), row in self.rows.items():
            if any(row):
                yield month, item, CATEGORY[item], phase, tuple(row)


# ---------------------------------------------------------------- the world of one scenario
class World:
    """What all strategies of a scenario share."""

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self.plan = scenario
        self.catalog = catalog
        self.horizon = scenario.horizon_months
        self.base = shape_of(scenario.base.model, scenario.base.params, catalog)
        self.student = shape_of(scenario.student.model, scenario.student.params, catalog)
        self.training_card = catalog.find_hardware(scenario.training.hardware)
        self.serving_card = catalog.find_hardware(scenario.serving.hardware)
        self.api_card = catalog.find_hardware(SERVING["api_hardware"])
        self.grid = catalog.find_grid(scenario.site.grid)

    # ---- traffic
    def requests(self, month: int) -> float:
        """Requests of a month from 1 (decision 1)."""
        traffic = self.plan.workload
        return traffic.requests_per_month * (1 + traffic.growth_frac_per_month) ** (month - 1)

    def lengths(self, tuned: bool) -> Lengths:
        """Tokens of a request before or after tuning (decision 16)."""
        asked = self.plan.workload
        text = asked.tuned_instruction_tokens if tuned else asked.instruction_tokens
        return Lengths(
            asked.input_tokens + text,
            asked.output_tokens,
            asked.output_tokens_cv,
            asked.prefix_cache_hit_frac,
        )

    # ---- prices
    def rent_path(self, month: float) -> float:
        """Rent of a month over rent today (decision 4)."""
        return float((1 + self.plan.prices.rent_change_frac_per_year) ** (month / MONTHS_PER_YEAR))

    def api_path(self, month: float) -> float:
        """API price of a month over that of today (X5)."""
        prices = self.plan.prices
        fall = prices.api_fall_factor_per_year
        if fall is None:
            fall = API_FALL_RESELECTED if prices.api_reselect else API_FALL_KEPT
        return float(fall ** (-month / MONTHS_PER_YEAR))

    def training_rent(self) -> float:
        """Rent of an accelerator in training (decision 5). [USD/h]."""
        typed = self.plan.training.usd_per_accelerator_h
        if typed is not None:
            return typed
        return self._known(
            rent_usd_per_accelerator_h(
                self.catalog, self.training_card.id, self.plan.prices.cloud_provider
            ).usd
        )

    def serving_rent(self, provider: str | None = None) -> float:
        """Rent of an accelerator in serving, of one provider where it has a price. [USD/h]."""
        serving = self.plan.serving
        if provider in cloud_providers(self.catalog):
            usd = rent_usd_per_accelerator_h(self.catalog, self.serving_card.id, provider).usd
            if usd is not None:
                return usd
        if serving.usd_per_accelerator_h is not None:
            return serving.usd_per_accelerator_h
        cloud = self.plan.prices.cloud_provider
        return self._known(
            rent_usd_per_accelerator_h(self.catalog, self.serving_card.id, cloud, serving.purchase).usd
        )

    @staticmethod
    def _known(usd: float | None) -> float:
        if usd is None:
            raise DoesNotFit
        return usd

    def api_prices(self) -> tuple[float, float, float]:
        """Input, cached input and output. [USD/1e6 tokens]."""
        api = self.plan.api
        try:
            listed = api_price(api.provider, api.model)
        except CatalogError:
            listed = None
        asked, answered, cached = (
            api.input_usd_per_mtok,
            api.output_usd_per_mtok,
            api.cached_input_usd_per_mtok,
        )
        if listed is not None:
            asked = listed.input_usd_per_mtok if asked is None else asked
            answered = listed.output_usd_per_mtok if answered is None else answered
            if cached is None and api.input_usd_per_mtok is None:  # a typed price leaves the list's behind
                cached = listed.cached_input_usd_per_mtok
        asked, answered = self._known(asked), self._known(answered)
        return asked, asked / 2 if cached is None else cached, answered

    def electricity_usd_per_kwh(self) -> float:
        """Typed, else the grid's, else the world's."""
        typed = self.plan.site.usd_per_kwh
        if typed is not None:
            return typed
        own = self.grid.electricity_usd_per_kwh
        return self._known(self.catalog.find_grid(WORLD_GRID).electricity_usd_per_kwh if own is None else own)

    # ---- energy
    def rented_pue(self) -> float:
        return RENTED_PUE if self.plan.site.pue is None else self.plan.site.pue

    def footprint(self, kwh_it: float, pue: float, site_water: bool = True) -> dict[str, float]:
        """Energy at the meter, its carbon and its water (C1, W1)."""
        site = self.plan.site
        intensity = site.carbon_kgco2e_per_kwh
        if intensity is None:
            intensity = self.grid.carbon_kgco2e_per_kwh
        plants = site.grid_water_l_per_kwh
        if plants is None:
            plants = self.grid.water_l_per_kwh
        if plants is None:
            plants = WORLD_WATER_L_PER_KWH
        on_site = site.wue_l_per_kwh if site_water else 0.0
        return {
            "energy_kwh": kwh_it * pue,
            "carbon_kgco2e": kwh_it * pue * intensity,
            "water_l": kwh_it * (on_site + pue * plants),
        }

    # ---- quality
    def loss(self, examples: float) -> float:
        """Loss after tuning on examples (Q2)."""
        start, floor = QUALITY["loss_start_nats"], QUALITY["loss_floor_nats"]
        law = self.plan.quality
        return float(floor + (start - floor) / (1 + (examples / law.data_half_examples) ** law.data_exponent))

    def score(self, examples: float) -> float:
        """Share of acceptable answers after tuning on examples (Q6), through the two known scores."""
        low, high = QUALITY["low"], QUALITY["high"]

        def logit(points: float) -> float:
            return math.log((high - low) / (points / 100 - low) - 1)

        start, end = QUALITY["loss_start_nats"], self.loss(QUALITY["anchor_examples"])
        at_start, at_end = (
            logit(self.plan.quality.prompt_points),
            logit(self.plan.quality.tuned_points_at_10k),
        )
        here = at_start + (at_end - at_start) * (self.loss(examples) - start) / (end - start)
        return float(low + (high - low) / (1 + math.exp(here)))

    def format_drop(self, precision: str) -> float:
        """Share of the score that a number format costs (Q9, decision 31)."""
        return self.plan.quality.quantised_drop_frac if precision in ("int8", "int4") else 0.0

    def tuned_points(self) -> float:
        """Score of the tuned base before its number format (decision 38, Q7)."""
        plan = self.plan
        examples = plan.data.examples
        if plan.finetune.method != "full":
            bits_per_token = 0.69 / math.log(2)
            held = self.base.lora_params(plan.finetune.lora_rank) * 2 / bits_per_token
            tokens = examples * plan.data.tokens_per_example
            if tokens > held:
                examples = held * (tokens / held) ** 0.5 / plan.data.tokens_per_example
        points = 100 * self.score(examples)
        return points * (1 - plan.quality.qlora_drop_frac) if plan.finetune.method == "qlora" else points

    def kept_frac(self) -> float:
        """Share of the teacher's score that the student keeps (Q8)."""
        ratio = max(1.0, self.base.params / self.student.params)
        return max(0.0, 1 - self.plan.quality.distil_loss_frac * math.log(ratio))

    def student_points(self, teacher: float) -> float:
        """Score of a student before its number format (decision 38)."""
        enough = self.score(self.plan.distil.examples) / self.score(QUALITY["enough_examples"])
        return teacher * self.kept_frac() * min(1.0, enough)

    def tuned_general_points(self) -> float:
        """General score of the tuned base (Q10, decision 40)."""
        quality = self.plan.quality
        full = self.plan.finetune.method == "full"
        lost = quality.forgetting_full_points if full else quality.forgetting_lora_points
        left = 1 / (1 + self.plan.refresh.replay_frac / 0.002)
        return max(0.0, quality.general_points - lost * left)


# ---------------------------------------------------------------- training
@dataclass(frozen=True)
class Runs:
    """One training job: what its tokens take, and what each run takes besides, in accelerator-hours."""

    student_h: float
    fixed_h: float
    teacher_h: float
    accelerators: int
    flop: float


@dataclass(frozen=True)
class Job:
    """What is trained: a model by a method on some tokens, and perhaps a teacher beside it."""

    shape: Shape
    method: str
    rank: float
    tokens: float
    runs: float
    teacher: Shape | None = None
    speed: float = 1.0
    more_memory: float = 1.0

    def flop_per_token(self, sequence: float) -> float:
        """Training compute (F2, F3)."""
        core = 3 * self.shape.attention(sequence)
        if self.method == "full":
            return 6 * self.shape.multiplying + core
        return 4 * self.shape.multiplying + 6 * self.shape.lora_params(self.rank) + core

    def held_bytes(self, accelerators: int) -> float:
        """What a card holds whatever it trains on: states, frozen weights, layers while they are gathered."""
        shape, facts = self.shape, memory_facts(self.method)
        rows = shape.vocabulary * shape.width
        if self.method == "full":
            held = facts["states"] * TRAINING["state_bytes"]["full"] * shape.params
        else:
            held = facts["states"] * TRAINING["state_bytes"][self.method] * shape.lora_params(self.rank)
            rest = TRAINING["frozen_bytes"][self.method] * (shape.params - rows)
            held += facts["frozen"] * 2 * rows + facts[FROZEN[self.method]] * rest
        layers = 4 * shape.params / shape.layers + 4 * shape.params / shape.layers  # weights, gradients
        if self.teacher is not None:
            held += facts["frozen"] * 2 * self.teacher.params
            layers += 4 * self.teacher.params / self.teacher.layers
        held /= accelerators
        if accelerators > 1:
            held += facts["gathered"] * layers
        return held + facts["base_gb"] * 1e9

    def token_bytes(self, keeps: str) -> float:
        """What one token of a micro-batch adds; `keeps` names the constant of what recompute leaves."""
        shape, facts = self.shape, memory_facts(self.method)
        norms = (shape.mlp_matrices - 2) * facts["gated_values"]
        values = (facts["width_values"] + norms) * shape.width
        values += 2 * (shape.mlp_matrices - 1) * shape.mlp_width
        logits = shape.vocabulary + (0.0 if self.teacher is None else self.teacher.vocabulary)
        kept = 2 * facts["activations"] * facts[keeps] * values * shape.layers
        return kept + facts["chunked_logit_bytes"] * logits

    def room(self, card: Hardware, accelerators: int, keeps: str) -> float:
        """Tokens of a micro-batch that a card has memory for; below 0 where the states do not fit."""
        usable = TRAINING["usable_memory_frac"] * card.memory_bytes / self.more_memory
        return (usable - self.held_bytes(accelerators)) / self.token_bytes(keeps)

    def fits(self, sequence: float, card: Hardware, accelerators: int) -> bool:
        """Whether a card holds a sequence with every layer computed again."""
        return self.room(card, accelerators, "full_recompute") >= sequence

    def micro_batch(self, sequence: float, card: Hardware, accelerators: int) -> tuple[float, bool]:
        """Tokens of a micro-batch, and whether layers are computed again to hold them."""
        wanted = max(sequence, TRAINING["micro_batch_tokens"])
        if self.room(card, accelerators, "selective_recompute") >= wanted:
            return wanted, False
        return min(wanted, max(sequence, self.room(card, accelerators, "full_recompute"))), True


FROZEN = {"lora": "frozen", "qlora": "quantised"}
FAMILY = {"full": "full", "lora": "adapter", "qlora": "quantised"}


def memory_facts(method: str) -> dict[str, float]:
    """Constants of memory of the plan's software."""
    software, family = TRAINING["software"], FAMILY[method]
    return fitted("training_memory", software=software, recipe=f"{software} {family}", method=family)


def generation_row(card: Hardware) -> list[str]:
    """Prefix, generation, architecture, network and fabric of a card: the prefix that says most of its id."""
    return max((row for row in GENERATIONS if card.id.startswith(row[0])), key=lambda row: len(row[0]))


def speed_facts(card: Hardware) -> dict[str, float]:
    """Constants of speed of the plan's software on a card, in 16 bits."""
    row, software = generation_row(card), TRAINING["software"]
    return fitted(
        "fine_tuning",
        architecture=row[2],
        generation=row[1],
        format=f"{row[1]} 16-bit",
        software=software,
        code=software.split()[0],
    )


def choose_accelerators(job: Job, sequence: float, card: Hardware) -> tuple[int, bool]:
    """The smallest count at which a run fits (decision 23), and whether any does."""
    for count in TRAINING["accelerator_counts"]:
        if job.fits(sequence, card, count):
            return count, True
    return TRAINING["accelerator_counts"][-1], False


def waste(accelerators: int) -> float:
    """Share of time lost to saves and restarts (T4)."""
    between = TRAINING["mtbf_accelerator_h"] / accelerators * SECONDS_PER_HOUR
    save = TRAINING["checkpoint_s"]
    interval = math.sqrt(2 * save * between)
    return float(save / interval + interval / (2 * between) + TRAINING["restart_s"] / between)


def product_rate(facts: dict[str, float], width: float, card: Hardware) -> float:
    """Rate of the matrix products of a model of a width. [FLOP/s]."""
    return peak(card, "bf16") * facts["efficiency"] * width / (width + facts["half_width"])


def seconds_per_token(job: Job, sequence: float, accelerators: int, card: Hardware) -> float:
    """Time that one token takes one of the accelerators, while nothing breaks."""
    shape, facts, row = job.shape, speed_facts(card), generation_row(card)
    tokens, again = job.micro_batch(sequence, card, accelerators)
    work = job.flop_per_token(sequence)
    if again:
        work += facts["recompute"] * (2 * shape.multiplying + shape.attention(sequence))
    seconds = work / product_rate(facts, shape.width, card)
    launches = shape.layers * facts["layer_s"]
    if job.method == "qlora":
        launches *= facts["quantised_layer_factor"]
        moved = 2 * facts["dequantised_bytes"] * shape.params
        launches += moved / (facts["bandwidth_efficiency"] * card.memory_bandwidth_bytes_s)
    if accelerators > 1:
        both_ways = card.interconnect_bytes_s
        link = float(row[3]) * 1e9 if both_ways is None else both_ways / 2
        launches += facts["gather"] * 2 * 2 * shape.params / link
    seconds += launches / tokens
    held = TRAINING["state_bytes" if job.method == "full" else "frozen_bytes"][job.method]
    need = held * shape.params / accelerators + (0.0 if again else 18 * tokens * shape.width * shape.layers)
    seconds *= 1 + facts["memory_loss"] * math.log2(max(1.0, need / card.memory_bytes))
    beyond = math.log2(max(1.0, accelerators / float(row[4])))
    return seconds * (1 + facts["scale_loss"] * beyond) / facts["software"]


def train(job: Job, sequence: float, accelerators: int, card: Hardware) -> Runs:
    """Accelerator-hours of all runs of a job (T1, K2)."""
    kept = (1 - waste(accelerators)) * job.speed * SECONDS_PER_HOUR
    hours = job.tokens * seconds_per_token(job, sequence, accelerators, card) / kept
    teacher_h, flop = 0.0, job.flop_per_token(sequence) * job.tokens
    if job.teacher is not None:
        facts = speed_facts(card)
        forward = job.tokens * (2 * job.teacher.multiplying + job.teacher.attention(sequence))
        rate = product_rate(facts, job.teacher.width, card) * facts["software"]
        teacher_h = forward / rate / kept * job.runs
        flop += forward
    fixed_h = TRAINING["fixed_h"] * accelerators * job.runs
    return Runs(hours * job.runs, fixed_h, teacher_h, accelerators, flop * job.runs)


# ---------------------------------------------------------------- a strategy
@dataclass
class Served:
    """How a strategy's requests are answered, month by month from 1; entry 0 is empty."""

    kind: str
    split: float = 0
    replicas_peak: float = 0
    ttft_p95_s: float = 0.0
    tpot_s: float = 0.0
    latency_p95_s: float = 0.0


@dataclass
class Fleet:
    """Replicas of one model, month by month from 1."""

    engine: Engine
    replicas: list[int] = field(default_factory=list)
    paid: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)
    keeps_token_limit: bool = True

    @property
    def accelerator_months(self) -> float:
        return sum(self.paid) * self.engine.split


class Strategy:
    """Costs one strategy of a world."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.plan = world.plan
        self.name = name
        self.book = Book()
        self.trains_base = name in ("finetune", "both")
        self.trains_student = name in ("distil", "both")
        self.by_provider = name == "finetune" and self.plan.finetune.host == "provider"
        self.logits = self.trains_student and self.plan.distil.method == "logits"
        self.api_teacher = name == "distil" and self.plan.distil.teacher == "api"
        self.part = 1.0
        self.battery = 0.0
        self.fleet_items = "serving", "idle"
        self.edge_target = self.plan.serving.student_target if self.trains_student else "cloud"

    # ------------------------------------------------ everything, in order
    def figures(self) -> dict[str, Any]:
        """All figures and rows; raises DoesNotFit."""
        self.prepare()
        self.served = self.serve()
        if self.passes_on:
            self.served = self.pass_on(self.served)
        self.store()
        self.events = self.plan_events()
        self.pay_events()
        self.hand_over()
        return self.summary()

    def prepare(self) -> None:
        """Sizes of training and teacher, chosen once; raises what does not fit."""
        world, plan = self.world, self.plan
        self.base_runs = self.student_runs = None
        self.row: FineTuningPrice | None = self.provider_row() if self.by_provider else None
        if self.trains_base:
            tuning = plan.finetune
            tokens = plan.data.examples * plan.data.tokens_per_example * tuning.epochs
            tokens /= plan.training.packing_frac
            job = Job(world.base, tuning.method, tuning.lora_rank, tokens, tuning.runs_per_release)
            self.base_runs = self.provider_runs(job) if self.by_provider else self.own_runs(job)
        if self.trains_student:
            tokens = plan.distil.examples * plan.data.tokens_per_example * plan.distil.epochs
            tokens /= plan.training.packing_frac
            teacher = world.base if self.logits else None
            if self.logits and (self.api_teacher or not same_vocabulary(world.base, world.student)):
                raise DoesNotFit
            job = Job(world.student, "full", 0.0, tokens, plan.distil.runs_per_release, teacher)
            self.student_runs = self.own_runs(job)
        self.teacher_engine = None
        if self.trains_student and not self.logits and not self.api_teacher:
            self.teacher_engine = self.choose_teacher()

    def own_runs(self, job: Job) -> Runs:
        """A job on our own rented accelerators."""
        card, sequence = self.world.training_card, self.plan.training.seq_len
        own = self.plan.measured
        job = replace(job, speed=own.training_speed_factor, more_memory=own.training_memory_factor)
        count, fits = choose_accelerators(job, sequence, card)
        if self.plan.training.accelerators is not None:
            count = self.plan.training.accelerators
            fits = job.fits(sequence, card, count)
        if not fits:
            raise DoesNotFit
        return train(job, sequence, count, card)

    def provider_runs(self, job: Job) -> Runs:
        """A job as if on H100: what the provider's energy is counted by."""
        card, sequence = self.world.api_card, self.plan.training.seq_len
        count, _ = choose_accelerators(job, sequence, card)
        return train(job, sequence, count, card)

    def choose_teacher(self) -> Engine:
        """Split of the teacher that answers (K5): the fewest accelerator-seconds per request."""
        world = self.world
        best: tuple[float, Engine] | None = None
        for split in SERVING["accelerator_counts"]:
            engine = Engine(
                world.base,
                world.training_card,
                split,
                self.plan.serving.precision,
                world.lengths(tuned=False),
                *self.own_factors,
            )
            if engine.batch_limit < 1:
                continue
            seconds = split * engine.request_s(self.offline_batch(engine))
            if best is None or seconds < best[0]:
                best = seconds, engine
        if best is None:
            raise DoesNotFit
        return best[1]

    @staticmethod
    def offline_batch(engine: Engine) -> float:
        """Batch of a teacher that nobody waits for."""
        return float(min(max(engine.batch_limit, 1.0), SERVING["offline_batch"]))

    # ------------------------------------------------ a provider that tunes
    def provider_row(self) -> FineTuningPrice:
        """The typed price row, or the cheapest supervised one whose words hold the size and the method."""
        rows = self.world.catalog.fine_tuning_prices
        typed = self.plan.finetune.provider_row
        if typed is not None:
            return rows[typed]
        billions = self.world.base.params / 1e9
        method = "full" if self.plan.finetune.method == "full" else "lora"
        fitting = [
            row
            for row in rows.values()
            if row.training_usd_per_mtok is not None and words_hold(row.name.lower(), billions, method)
        ]
        if not fitting:
            raise DoesNotFit
        return min(fitting, key=lambda row: row.training_usd_per_mtok or 0.0)

    @property
    def sold_by_token(self) -> bool:
        return self.row is not None and self.row.input_usd_per_mtok is not None

    # ------------------------------------------------ serving
    def serve(self) -> Served:
        """Rows of answering the requests, and how fast they are answered."""
        world, plan = self.world, self.plan
        if self.name == "api":
            model = plan.api.assumed_model
            assumed = world.base if model is None else shape_of(model, None, world.catalog)
            return self.serve_by_token(world.api_prices(), assumed, world.lengths(tuned=False))
        if self.row is not None and self.sold_by_token:
            asked, answered = self.row.input_usd_per_mtok, self.row.output_usd_per_mtok
            assert asked is not None
            assert answered is not None
            cached = self.row.cached_input_usd_per_mtok
            prices = asked, asked / 2 if cached is None else cached, answered
            return self.serve_by_token(prices, world.base, world.lengths(tuned=True))
        if self.edge_target == "edge":
            return self.serve_on_devices()
        return self.serve_on_replicas()

    def serve_by_token(self, prices: tuple[float, float, float], assumed: Shape, lengths: Lengths) -> Served:
        """A provider answers (S4); its energy as if on H100 (decision 35)."""
        world, plan = self.world, self.plan
        for month in range(1, world.horizon + 1):
            count = world.requests(month)
            asked, cached, answered = (price * world.api_path(month) / 1e6 for price in prices)
            read = lengths.prompt * (asked * (1 - lengths.hit) + cached * lengths.hit)
            self.book.add(month, "api_input", RUNNING, usd=count * read)
            self.book.add(month, "api_output", RUNNING, usd=count * lengths.answer * answered)
            self.add_api_energy(month, "api_output", RUNNING, count, assumed, lengths)
            self.add_egress(month)
        self.add_running_labour(plan.labour.run_api_hours_per_month)
        whole = plan.api.ttft_p95_s + (lengths.answer - 1) * plan.api.tpot_s + plan.workload.network_s
        return Served("api", 0, 0, plan.api.ttft_p95_s, plan.api.tpot_s, whole)

    def add_api_energy(
        self, month: int, item: str, phase: str, count: float, shape: Shape, lengths: Lengths
    ) -> None:
        """Energy of answers by a provider, as if at fp8 and batch 64 on H100 (decision 35)."""
        world, batch = self.world, SERVING["api_batch"]
        engine = None
        for split in SERVING["accelerator_counts"]:
            engine = Engine(shape, world.api_card, split, SERVING["api_precision"], lengths)
            if engine.batch_limit >= batch:
                break
        assert engine is not None
        seconds = engine.request_s(batch)
        hours = count * engine.split * seconds / SECONDS_PER_HOUR
        busy = engine.busy_power(batch, seconds * batch / lengths.answer)
        watts = tdp(engine.card) * busy + POWER["host_w"]
        self.book.add(month, item, phase, **world.footprint(hours * watts / 1000, SERVING["api_pue"]))
        self.add_embodied(month, phase, world.api_card, hours)

    def add_embodied(self, month: int, phase: str, card: Hardware, hours: float) -> None:
        kg = embodied_kg(card, hours, self.plan.hardware.life_years)
        self.book.add(month, "embodied", phase, carbon_kgco2e=kg)

    def add_egress(self, month: int) -> None:
        """Answers sent out (X9)."""
        sent = self.world.requests(month) * self.plan.workload.output_tokens * STORAGE["bytes_per_token"]
        self.book.add(month, "egress", RUNNING, usd=sent / 1e9 * self.plan.prices.egress_usd_per_gb)

    def labour_usd(self, hours: float) -> float:
        """People's time (X6)."""
        return hours * self.plan.labour.usd_per_hour * self.plan.labour.overhead_factor

    def add_running_labour(self, hours: float) -> None:
        for month in range(1, self.world.horizon + 1):
            self.book.add(month, "running_labour", RUNNING, usd=self.labour_usd(hours))

    def edge_card(self, default: str) -> Hardware:
        typed = self.plan.serving.edge_hardware
        return self.world.catalog.find_hardware(default if typed is None else typed)

    def serve_on_devices(self) -> Served:
        """Every request is answered on the user's device (I10, decision 32)."""
        world, plan = self.world, self.plan
        card, lengths, shape = self.edge_card(DEFAULT_DEVICE), world.lengths(tuned=True), world.student
        faster = plan.measured.device_speed_factor
        engine = Engine(shape, card, 1, plan.serving.edge_precision, lengths, faster)
        weights = engine.weight_bytes * shape.params
        needed = weights + shape.cache_bytes * lengths.peak_context
        if needed > SERVING["device_usable_memory_frac"] * card.memory_bytes:
            raise DoesNotFit
        token_s, prompt_s = self.device_seconds(engine)
        watts = POWER["mobile_w"] if card.device_class == "mobile" else tdp(card)
        joules = watts * (prompt_s + lengths.answer * token_s)
        for month in range(1, world.horizon + 1):
            kwh = world.requests(month) * joules / 3.6e6
            self.book.add(month, "devices", RUNNING, **world.footprint(kwh, 1.0, site_water=False))
        self.add_running_labour(plan.labour.run_edge_hours_per_month)
        first = prompt_s + token_s
        asked = math.fsum(world.requests(month) for month in range(1, world.horizon + 1))
        a_day = asked / max(plan.workload.active_devices, 1) / (world.horizon * HOURS_PER_MONTH / 24)
        self.battery = joules * a_day / 3600 / plan.workload.battery_wh
        return Served("edge", 0, 0, first, token_s, first + (lengths.answer - 1) * token_s)

    def device_seconds(self, engine: Engine) -> tuple[float, float]:
        """Time per token, and to read a prompt, of one request alone on a device."""
        shape, card, lengths, family = engine.shape, engine.card, engine.lengths, generation(engine.card)[0]
        packed = engine.precision != "bf16"
        words, kind = ("quantised" if packed else "16-bit"), SERVING["device_engine"]
        levels = {"generation": family, "card": card.id, "format": f"{family} {words}"}
        levels |= {"engine": kind, "kernel": f"{kind} {words}"}
        fit, rate = fitted("edge_decode", **levels), card.bf16_flop_s or engine.rate
        if card.bf16_flop_s and card.int8_flop_s and card.vendor == "NVIDIA":
            rate = max(rate, card.int8_flop_s / 2)
        full = shape.params * engine.weight_bytes > fit["room_frac"] * card.memory_bytes
        paged = full and card.device_class in ("edge", "mobile")
        read = shape.multiplying * engine.weight_bytes * (1 + fit["half_width"] / shape.width)
        token_s = read / (card.memory_bandwidth_bytes_s * fit["bandwidth_efficiency"])
        cache = shape.cache_bytes * lengths.mean_context
        token_s += cache / (card.memory_bandwidth_bytes_s * fit["cache_efficiency"])
        if packed:
            token_s += fit["unpack_factor"] * 2 * shape.multiplying / rate
        token_s += shape.layers * fit["layer_s"] + fit["token_s"]
        token_s *= fit["paging_factor"] if paged else 1

        fit, tokens = fitted("edge_prefill", **levels), max(lengths.prompt, 1.0)
        reached = fit["compute_efficiency"] * (fit["quantised_factor"] if packed else 1)
        reached /= 1 + fit["half_width"] / shape.width
        each = 2 * shape.multiplying / (rate * reached)
        each += (
            2 * tokens * shape.layers * shape.heads * shape.head_size / (rate * fit["attention_efficiency"])
        )
        block = fit["read_factor"] * shape.multiplying * engine.weight_bytes / card.memory_bandwidth_bytes_s
        block += shape.layers * fit["layer_s"]
        prompt_s = tokens * each + max(tokens / fit["block_tokens"], 1.0) * block
        full = shape.params * engine.weight_bytes > fit["room_frac"] * card.memory_bytes
        prompt_s *= fit["paging_factor"] if full and card.device_class in ("edge", "mobile") else 1
        return token_s / engine.speed, prompt_s * (1 - lengths.hit) / engine.speed

    def delivery_usd(self) -> float:
        """Weights sent to all devices."""
        per_weight = SERVING["weight_bytes"][self.plan.serving.edge_precision]
        sent = self.plan.workload.active_devices * per_weight * self.world.student.params
        return float(sent / 1e9 * self.plan.prices.egress_usd_per_gb)

    # ------------------------------------------------ replicas
    def serving_engine(self, split: int) -> Engine:
        world, serving = self.world, self.plan.serving
        lengths = world.lengths(tuned=self.name != "prompt")
        if self.edge_target == "workstation":
            card = self.edge_card(DEFAULT_WORKSTATION)
            return Engine(world.student, card, split, serving.edge_precision, lengths, *self.own_factors)
        shape = world.student if self.trains_student else world.base
        return Engine(shape, world.serving_card, split, serving.precision, lengths, *self.own_factors)

    @property
    def own_factors(self) -> tuple[float, float]:
        """Own measurements of replicas over what is said of them: speed, power."""
        own = self.plan.measured
        return own.serving_speed_factor, own.serving_power_factor

    @property
    def owned(self) -> bool:
        if self.by_provider:
            return False
        return self.edge_target == "workstation" or self.plan.hardware.ownership == "own"

    @property
    def tasks(self) -> int:
        """Tasks that share the replicas of one base."""
        shared = self.name == "finetune" and self.plan.finetune.method != "full" and not self.by_provider
        return self.plan.finetune.tasks if shared else 1

    def arrivals(self, month: int) -> float:
        """Mean arrival rate of a month (S1)."""
        return self.tasks * self.part * self.world.requests(month) / (HOURS_PER_MONTH * SECONDS_PER_HOUR)

    def limited_batch(self, engine: Engine, arrivals_each: float) -> tuple[float, bool]:
        """Batch under the token limit (I5, decision 27), and whether it can be kept."""
        most = min(max(engine.batch_limit, 1.0), SERVING["largest_batch"])
        limit = self.plan.workload.tpot_limit_s
        if limit is None:
            return most, True
        fixed_s = engine.step_fixed_s(most)
        slo = (limit * (1 - arrivals_each * engine.prefill_s) - fixed_s) / engine.step_each_s
        return (most, False) if slo < 1 else (min(most, slo), True)

    def replicas_for(self, engine: Engine, batch: float, peak_arrivals: float) -> int:
        """Replicas for the busy hour (S2)."""
        serving = self.plan.serving
        needed = math.ceil(peak_arrivals / (serving.target_load_frac * engine.capacity(batch)))
        return max(serving.min_replicas, needed)

    def size(self, engine: Engine) -> Fleet:
        """Replicas of each month: two passes of I5 and S2, then what is paid for (S3, decision 9)."""
        fleet = Fleet(engine)
        serving = self.plan.serving
        for month in range(1, self.world.horizon + 1):
            mean = self.arrivals(month)
            at_peak = mean * self.plan.workload.peak_to_mean
            batch, _ = self.limited_batch(engine, 0.0)
            replicas = self.replicas_for(engine, batch, at_peak)
            batch, kept = self.limited_batch(engine, at_peak / replicas)
            replicas = self.replicas_for(engine, batch, at_peak)
            paid = float(replicas)
            if serving.autoscale:
                load = mean / (serving.target_load_frac * engine.capacity(batch))
                scaled = max(serving.min_replicas, load * (1 + SERVING["headroom_frac"]) + 0.5)
                paid = min(paid, scaled)
            fleet.replicas.append(replicas)
            fleet.paid.append(paid)
            fleet.batch.append(batch)
            fleet.keeps_token_limit = fleet.keeps_token_limit and kept
        if self.owned:
            fleet.paid = [float(max(fleet.replicas))] * self.world.horizon
        return fleet

    def choose_fleet(self) -> Fleet:
        """Accelerators per replica (decision 25): typed, or the fewest accelerator-hours."""
        typed = self.plan.serving.accelerators_per_replica
        if typed is not None:
            engine = self.serving_engine(typed)
            if engine.batch_limit < 1:
                raise DoesNotFit
            return self.size(engine)
        engines = [self.serving_engine(split) for split in SERVING["accelerator_counts"]]
        fleets = [self.size(engine) for engine in engines if engine.batch_limit >= 1]
        fleets = [fleet for fleet in fleets if fleet.keeps_token_limit] or fleets
        if not fleets:
            raise DoesNotFit
        return min(fleets, key=lambda fleet: fleet.accelerator_months)  # the first, so the fewest, of equals

    def serving_pue(self) -> float:
        if self.edge_target == "workstation":
            return 1.0
        if self.by_provider:
            return float(SERVING["api_pue"])
        typed = self.plan.site.pue
        return (OWNED_PUE if self.owned else RENTED_PUE) if typed is None else typed

    def owned_usd_per_month(self, card: Hardware) -> float:
        """An owned accelerator without its electricity (X2)."""
        own, rate = self.plan.hardware, self.plan.prices.discount_frac_per_year
        price = own.capex_usd_per_accelerator
        if price is None:
            if card.purchase_price_usd is None:
                raise DoesNotFit
            price = card.purchase_price_usd + own.host_usd_per_accelerator
        if rate == 0:
            annuity = sinking = 1 / own.life_years
        else:
            annuity = rate / (1 - (1 + rate) ** -own.life_years)
            sinking = rate / ((1 + rate) ** own.life_years - 1)
        yearly = price * annuity - price * own.residual_frac * sinking + price * own.upkeep_frac_per_year
        return yearly / MONTHS_PER_YEAR

    def serve_on_replicas(self) -> Served:
        """Rows of replicas: busy, idle, owned, electricity, embodied; and the busy hour's latency."""
        fleet = self.choose_fleet()
        rent = own = 0.0
        if self.owned:
            own = self.owned_usd_per_month(fleet.engine.card)
        else:
            rent = self.world.serving_rent(None if self.row is None else self.row.provider)
        for month in range(1, self.world.horizon + 1):
            self.add_replica_month(month, fleet, rent, own)
            self.add_egress(month)
        labour = self.plan.labour
        hours = labour.run_api_hours_per_month if self.by_provider else labour.run_own_hours_per_month
        self.add_running_labour(hours)
        return self.latency(fleet)

    def add_replica_month(self, month: int, fleet: Fleet, rent: float, own: float) -> None:
        """One month of a fleet; a plan that shares it with other tasks has its part of all."""
        world, engine, paid = self.world, fleet.engine, fleet.paid[month - 1]
        mean = self.arrivals(month)
        load = mean / (paid * engine.capacity(fleet.batch[month - 1]))
        batch, token_s = engine.steady(mean / paid)
        at_rest = idle_share(engine.card)
        active = -math.expm1(-batch)
        added_w = tdp(engine.card) * active * (engine.busy_power(batch, token_s) - at_rest)
        accelerators = paid * engine.split / self.tasks
        hours = accelerators * HOURS_PER_MONTH
        rest_w = tdp(engine.card) * at_rest + POWER["host_w"]
        serving_kwh, idle_kwh = hours * (added_w + load * rest_w) / 1000, hours * (1 - load) * rest_w / 1000
        pue, wet = self.serving_pue(), self.edge_target != "workstation"
        usd = rent * world.rent_path(month)
        busy, waiting = self.fleet_items
        for item, part, kwh in ((busy, load, serving_kwh), (waiting, 1 - load, idle_kwh)):
            values = world.footprint(kwh, pue, site_water=wet)
            self.book.add(month, item, RUNNING, usd=hours * part * usd, accelerator_h=hours * part, **values)
        self.add_embodied(month, RUNNING, engine.card, hours)
        if self.owned:
            self.book.add(month, "owned_hardware", RUNNING, usd=own * accelerators)
            bill = (serving_kwh + idle_kwh) * pue * world.electricity_usd_per_kwh()
            self.book.add(month, "electricity", RUNNING, usd=bill)
        else:
            self.add_overhead(month, RUNNING, hours * usd)

    def add_overhead(self, month: int, phase: str, rented_usd: float) -> None:
        """Further cloud services, as a share of rented hours (decision 7)."""
        usd = rented_usd * self.plan.prices.cloud_overhead_frac
        self.book.add(month, "cloud_overhead", phase, usd=usd)

    def latency(self, fleet: Fleet) -> Served:
        """Busy hour of the busiest month (I4, I6, I7, decision 29)."""
        engine, workload = fleet.engine, self.plan.workload
        months = range(1, self.world.horizon + 1)
        busiest = max(months, key=self.world.requests)
        replicas, batch = fleet.replicas[busiest - 1], fleet.batch[busiest - 1]
        arrivals = self.arrivals(busiest) * workload.peak_to_mean
        _, token_s = engine.steady(arrivals / replicas)
        prefill = engine.prefill_s / (1 - arrivals / replicas * engine.prefill_s)
        wait = self.wait_p95(arrivals, replicas * batch, engine.prefill_s + engine.lengths.answer * token_s)
        first = wait + prefill + token_s
        whole = first + (engine.lengths.answer - 1) * token_s + workload.network_s
        return Served("replicas", engine.split, max(fleet.replicas), first, token_s, whole)

    def wait_p95(self, arrivals: float, slots: float, service_s: float) -> float:
        """95th percentile of the wait for a slot (I6, I7)."""
        load = arrivals * service_s / slots
        if load == 0:
            return 0.0
        if load >= 1:
            return math.inf
        waits = load ** (math.sqrt(2 * (slots + 1)) - 1)
        spread = SERVING["arrival_scv"] + self.plan.workload.output_tokens_cv**2
        mean = spread / 2 * waits * service_s / (slots * (1 - load))
        return mean / waits * math.log(waits / 0.05) if waits > 0.05 else 0.0

    # ------------------------------------------------ what a student passes on
    @property
    def passes_on(self) -> bool:
        return self.trains_student and self.plan.distil.escalated_frac > 0

    @property
    def passes_to_api(self) -> bool:
        return self.passes_on and self.plan.distil.escalate_to == "api"

    def pass_on(self, student: Served) -> Served:
        """A large model answers a share of the requests after the student."""
        world, plan, share = self.world, self.plan, self.plan.distil.escalated_frac
        lengths = world.lengths(tuned=False)
        if self.passes_to_api:
            model = plan.api.assumed_model
            assumed = world.base if model is None else shape_of(model, None, world.catalog)
            for month in range(1, world.horizon + 1):
                count = share * world.requests(month)
                asked, cached, answered = (
                    price * world.api_path(month) / 1e6 for price in world.api_prices()
                )
                read = lengths.prompt * (asked * (1 - lengths.hit) + cached * lengths.hit)
                self.book.add(month, "escalated_input", RUNNING, usd=count * read)
                self.book.add(month, "escalated_output", RUNNING, usd=count * lengths.answer * answered)
                self.add_api_energy(month, "escalated_output", RUNNING, count, assumed, lengths)
            first, token_s = plan.api.ttft_p95_s, plan.api.tpot_s
            whole = first + (lengths.answer - 1) * token_s + plan.workload.network_s
        else:
            large = Strategy(world, "prompt")
            large.book, large.part, large.fleet_items = (
                self.book,
                share,
                ("escalated_serving", "escalated_idle"),
            )
            fleet = large.choose_fleet()
            own = large.owned_usd_per_month(fleet.engine.card) if large.owned else 0.0
            rent = 0.0 if large.owned else world.serving_rent(None)
            for month in range(1, world.horizon + 1):
                large.add_replica_month(month, fleet, rent, own)
            times = large.latency(fleet)
            first, token_s, whole = times.ttft_p95_s, times.tpot_s, times.latency_p95_s
        if share <= 0.05:
            return student
        waited = student.latency_p95_s - (0 if self.edge_target == "edge" else plan.workload.network_s)
        slower = max(student.tpot_s, token_s)
        return replace(student, ttft_p95_s=waited + first, tpot_s=slower, latency_p95_s=waited + whole)

    # ------------------------------------------------ storage
    def store(self) -> None:
        """What is kept, every month of traffic (X9)."""
        world, plan, per_token = self.world, self.plan, STORAGE["bytes_per_token"]
        prompted = world.lengths(tuned=False)
        kept = plan.data.eval_examples * (prompted.prompt + prompted.answer) * per_token
        checkpoint = STORAGE["kept_checkpoints"] * STORAGE["checkpoint_bytes_per_param"]
        base = 2 * world.base.params
        if self.name == "prompt":
            kept += base
        if self.trains_base:
            kept += plan.data.examples * plan.data.tokens_per_example * per_token
            if self.by_provider:
                pass  # it keeps the model
            elif plan.finetune.method == "full":
                kept += checkpoint * world.base.params
            else:
                adapters = world.base.lora_params(plan.finetune.lora_rank)
                kept += base + STORAGE["kept_checkpoints"] * 2 * adapters
        if self.trains_student:
            kept += plan.distil.examples * plan.data.tokens_per_example * per_token
            kept += checkpoint * world.student.params
            if self.name == "distil" and not self.api_teacher:
                kept += base
        for month in range(1, world.horizon + 1):
            usd = kept / 1e9 * plan.prices.storage_usd_per_gb_month
            self.book.add(month, "stored", RUNNING, usd=usd)

    # ------------------------------------------------ events
    def larger_events(self) -> dict[int, str]:
        """Replacements and migrations by month (decision 44)."""
        refresh, found = self.plan.refresh, {}
        if refresh.api_migration_months is not None and (self.name == "api" or self.passes_to_api):
            for month in range(
                refresh.api_migration_months, self.world.horizon, refresh.api_migration_months
            ):
                found[month] = "migration"
        if refresh.teacher_update_months is not None and self.name != "api":
            for month in range(
                refresh.teacher_update_months, self.world.horizon, refresh.teacher_update_months
            ):
                found[month] = "replacement"
        return found

    def events_at(self, interval: int) -> dict[int, str]:
        """All events by month: refreshes where nothing larger falls (decision 41)."""
        found = dict.fromkeys(range(interval, self.world.horizon, interval), "refresh")
        return {**found, **self.larger_events()}

    def age(self, month: int, events: dict[int, str]) -> int:
        """Months since the last event served from its next month on."""
        return month - 1 - max((at for at in events if at < month), default=0)

    @property
    def lag(self) -> float:
        factor = CONSTANTS["updates"]["both_lag_factor"] if self.name == "both" else 1.0
        return float(self.plan.refresh.lag_months * factor)

    def plan_events(self) -> dict[int, str]:
        """Events at the typed or the best interval (decision 42)."""
        interval = self.plan.refresh.interval_months
        if isinstance(interval, int):
            return self.events_at(interval)
        drift, worth = self.plan.refresh.drift_points_per_month, self.lost_usd + self.paid_usd
        horizon = self.world.horizon
        if drift == 0 or worth == 0:
            return self.events_at(horizon)
        refresh_usd = [0.0] + [self.trial_usd(month) for month in range(1, horizon)]
        best, least = horizon, math.inf
        for tau in range(horizon, 0, -1):
            events = self.events_at(tau)
            usd = math.fsum(refresh_usd[month] for month, kind in events.items() if kind == "refresh")
            stale = math.fsum(
                self.world.requests(month) * self.drifted(self.age(month, events) + self.lag) / 100
                for month in range(1, horizon + 1)
            )
            total = usd + worth * stale
            if total < least * (1 - TIE):
                best, least = tau, total
        return self.events_at(best)

    def drifted(self, age: float) -> float:
        """Points lost at an age (U1), towards an end where there is one."""
        refresh = self.plan.refresh
        most, speed = refresh.drift_most_points, refresh.drift_points_per_month
        return speed * age if most is None else most * (1 - math.exp(-speed / most * age))

    @property
    def lost_usd(self) -> float:
        """Value lost by an unacceptable answer that no person takes over."""
        return self.plan.quality.usd_per_failed_answer * (1 - self.plan.quality.handover_frac)

    @property
    def paid_usd(self) -> float:
        """What people are paid by an unacceptable answer."""
        return self.plan.quality.handover_frac * self.plan.quality.usd_per_handover

    def points_in(self, month: int) -> float:
        """Score in a month of traffic."""
        return max(0.0, self.release_points() - self.drifted(self.age(month, self.events) + self.lag))

    def hand_over(self) -> None:
        """People who answer instead."""
        for month in range(1, self.world.horizon + 1):
            failed = self.world.requests(month) * (100 - self.points_in(month)) / 100
            self.book.add(month, "handover", RUNNING, usd=failed * self.paid_usd)

    def trial_usd(self, month: int) -> float:
        """What a refresh of a month would cost."""
        kept, self.book = self.book, Book()
        self.pay_event(month, "refresh")
        usd = self.book.total("usd", lambda *_: True)
        self.book = kept
        return usd

    def pay_events(self) -> None:
        self.pay_event(0, "release")
        for month, kind in sorted(self.events.items()):
            self.pay_event(month, kind)

    def pay_event(self, month: int, kind: str) -> None:
        """Rows of a first release, refresh, migration or replacement (decisions 43 and 44)."""
        phase = FIRST if kind == "release" else REFRESH
        new = self.plan.refresh.new_data_frac if kind == "refresh" else 1.0
        tokens = new / (1 - self.plan.refresh.replay_frac) if kind == "refresh" else 1.0
        if kind in ("release", "refresh"):
            self.pay_data(month, phase, new)
        if self.trains_base and kind != "migration":
            self.pay_base(month, phase, tokens)
        if self.trains_student and kind != "migration":
            self.pay_teaching(month, phase, new)
            assert self.student_runs is not None
            self.pay_runs(month, phase, "student_training", self.student_runs, tokens)
        twice = 2 if self.name == "api" and kind == "refresh" and self.plan.prices.api_reselect else 1
        self.pay_evaluation(month, phase, twice * (2 if self.name == "both" else 1))
        hours = getattr(self.plan.labour, f"{self.name}_hours")
        if kind in ("refresh", "migration"):
            hours *= self.plan.labour.refresh_frac
        self.book.add(month, "release_labour", phase, usd=twice * self.labour_usd(hours))
        if self.edge_target == "edge" and kind != "migration":
            self.book.add(month, "delivery", phase, usd=self.delivery_usd())

    @property
    def students(self) -> int:
        return self.plan.distil.students if self.trains_student else 1

    def pay_data(self, month: int, phase: str, new: float) -> None:
        """Labels (X8) and prompts (K4)."""
        data, distil = self.plan.data, self.plan.distil
        if self.trains_base:
            each = data.usd_per_example * (1 - data.llm_label_frac * data.llm_label_saving_frac)
            self.book.add(month, "labels", phase, usd=data.examples * new * each / self.students)
        if self.trains_student:
            usd = self.prompts() * new * distil.usd_per_prompt / self.students
            self.book.add(month, "prompts", phase, usd=usd)

    def prompts(self) -> float:
        """Prompts for the teacher; with logits none is thrown away (decisions 18 and 20)."""
        distil = self.plan.distil
        return distil.examples if self.logits else distil.examples / distil.accept_frac

    def release_flop(self) -> dict[str, float]:
        """Operations of the first release on our own accelerators, by item."""
        found = {}
        if self.base_runs is not None and self.row is None:
            found["base_training"] = self.base_runs.flop / self.students
        if self.student_runs is not None:
            found["student_training"] = self.student_runs.flop
        if self.teacher_engine is not None:
            found["answers"] = self.prompts() / self.students * self.teacher_engine.request_flop
        return found

    def pay_base(self, month: int, phase: str, scale: float) -> None:
        """Tuning the base, by us or at a provider."""
        world, plan = self.world, self.plan
        assert self.base_runs is not None
        if self.row is None:
            self.pay_runs(month, phase, "base_training", self.base_runs, scale, self.students)
            return
        price = world._known(self.row.training_usd_per_mtok) * world.api_path(month) / 1e6
        tokens = plan.data.examples * plan.data.tokens_per_example * plan.finetune.epochs
        usd = tokens * plan.finetune.runs_per_release * scale * price
        hours = self.base_runs.student_h * scale
        kwh = self.training_kwh(world.api_card, hours, self.base_runs.accelerators)
        self.book.add(month, "provider_training", phase, usd=usd, **world.footprint(kwh, SERVING["api_pue"]))
        self.add_embodied(month, phase, world.api_card, hours)

    @staticmethod
    def training_kwh(card: Hardware, hours: float, accelerators: int) -> float:
        """Energy of accelerator-hours in training, without cooling (P5)."""
        law = fitted("training_power", generation=generation_row(card)[1], kind="mlperf_power")
        watts = law["card_frac"] * tdp(card) + law["host_w"]
        return float(hours * watts / max(1.0, accelerators / 8) ** law["scale_exponent"] / 1000)

    def pay_runs(self, month: int, phase: str, item: str, runs: Runs, scale: float, shared: int = 1) -> None:
        """Training runs: rent, energy, embodied; the teacher's part is a row of its own."""
        world, card = self.world, self.world.training_card
        rent = world.training_rent() * world.rent_path(month)
        hours_of = {item: (runs.student_h * scale + runs.fixed_h) / shared}
        if runs.teacher_h:
            hours_of["teacher_forward"] = runs.teacher_h * scale / shared
        for row, hours in hours_of.items():
            values = world.footprint(self.training_kwh(card, hours, runs.accelerators), world.rented_pue())
            self.book.add(month, row, phase, usd=hours * rent, accelerator_h=hours, **values)
            self.add_embodied(month, phase, card, hours)
            self.add_overhead(month, phase, hours * rent)

    def pay_teaching(self, month: int, phase: str, new: float) -> None:
        """The teacher's answers and their judging (K4, K5)."""
        if self.logits:
            return
        world, plan = self.world, self.plan
        count = self.prompts() * new / self.students
        fee = count * plan.data.judge_usd_per_answer * world.api_path(month)
        self.book.add(month, "judge", phase, usd=fee)
        lengths = world.lengths(tuned=False)
        if self.teacher_engine is None:
            asked, cached, answered = world.api_prices()
            each = lengths.prompt * (asked * (1 - lengths.hit) + cached * lengths.hit)
            each = (each + lengths.answer * answered) * (1 - plan.api.batch_discount_frac) / 1e6
            self.book.add(month, "answers_api", phase, usd=count * each * world.api_path(month))
            model = plan.api.assumed_model
            assumed = world.base if model is None else shape_of(model, None, world.catalog)
            self.add_api_energy(month, "answers_api", phase, count, assumed, lengths)
            return
        engine = self.teacher_engine
        batch, busy_frac = self.offline_batch(engine), SERVING["offline_busy_frac"]
        seconds = engine.request_s(batch)
        hours = count * engine.split * seconds / (SECONDS_PER_HOUR * busy_frac)
        busy = engine.busy_power(batch, seconds * batch / lengths.answer)
        share = busy_frac * busy + (1 - busy_frac) * idle_share(engine.card)
        kwh = hours * (tdp(engine.card) * share + POWER["host_w"]) / 1000
        rent = world.training_rent() * world.rent_path(month)
        values = world.footprint(kwh, world.rented_pue())
        self.book.add(month, "answers", phase, usd=hours * rent, accelerator_h=hours, **values)
        self.add_embodied(month, phase, engine.card, hours)
        self.add_overhead(month, phase, hours * rent)

    def pay_evaluation(self, month: int, phase: str, times: int) -> None:
        """Verdicts of people and of a model (decision 17)."""
        data = self.plan.data
        count = times * data.eval_examples
        self.book.add(month, "evaluation_people", phase, usd=count * data.eval_usd_per_example)
        fee = data.judge_usd_per_answer * self.world.api_path(month)
        self.book.add(month, "evaluation_judge", phase, usd=count * fee)

    # ------------------------------------------------ quality
    def release_points(self) -> float:
        """Score at release, with what a large model answers instead."""
        own = self.own_points()
        if not self.passes_on:
            return own
        quality, share = self.plan.quality, self.plan.distil.escalated_frac
        large = quality.api_points
        if not self.passes_to_api:
            large = quality.prompt_points * (1 - self.world.format_drop(self.plan.serving.precision))
        wrong, aim = 1 - own / 100, self.plan.distil.escalation_aim_frac
        passed_wrong = (1 - aim) * share * wrong + aim * min(share, wrong)
        left_wrong = wrong - passed_wrong
        return 100 * ((1 - share) - left_wrong) + share * large

    def own_points(self) -> float:
        """Score at release of what is adapted (decisions 37 to 39)."""
        world, quality, serving = self.world, self.plan.quality, self.plan.serving
        if self.name == "api":
            return quality.api_points
        drop = 1 - world.format_drop(serving.precision)
        if self.name == "prompt":
            return quality.prompt_points * drop
        typed = getattr(quality, f"{self.name}_points")
        if typed is not None:
            return float(typed)
        if self.name == "finetune":
            return world.tuned_points() * (1.0 if self.sold_by_token else drop)
        if self.name == "both":
            tuned = quality.finetune_points
            teacher = world.tuned_points() if tuned is None else tuned
        else:
            teacher = quality.api_points if self.api_teacher else quality.prompt_points
        if self.edge_target != "cloud":
            drop = 1 - world.format_drop(serving.edge_precision)
        return world.student_points(teacher) * drop

    def general_points(self) -> float:
        """Score outside the domain (decision 40)."""
        world = self.world
        tuned = world.tuned_general_points() if self.trains_base else self.plan.quality.general_points
        if not self.trains_student:
            return tuned
        own = tuned * world.kept_frac()
        if not self.passes_on:
            return own
        share = self.plan.distil.escalated_frac
        return (1 - share) * own + share * self.plan.quality.general_points

    # ------------------------------------------------ figures
    def summary(self) -> dict[str, Any]:
        """All figures of the strategy."""
        world, book, horizon = self.world, self.book, self.world.horizon
        rate = self.plan.prices.discount_frac_per_year
        by_month = book.usd_by_month(horizon)
        total = math.fsum(by_month)
        requests = [world.requests(month) for month in range(1, horizon + 1)]
        release = self.release_points()
        points = [self.points_in(month) for month in range(1, horizon + 1)]
        good = math.fsum(count * score / 100 for count, score in zip(requests, points, strict=True))
        carbon = book.total("carbon_kgco2e", lambda *_: True)
        embodied = book.total("carbon_kgco2e", lambda _month, item, _phase: item == "embodied")
        price = self.plan.site.usd_per_tco2e
        if price is None:
            price = world.catalog.find_carbon_price(CARBON_PRICE).usd_per_tco2e
        return {
            "total_usd": total,
            "npv_usd": math.fsum(usd * (1 + rate) ** (-month / 12) for month, usd in enumerate(by_month)),
            "first_release_usd": by_month[0],
            "refresh_usd": book.total("usd", lambda _month, _item, phase: phase == REFRESH),
            "usd_per_1k_requests": 1000 * total / math.fsum(requests) if any(requests) else math.nan,
            "usd_per_1k_acceptable": 1000 * total / good if good else math.nan,
            "energy_kwh": book.total("energy_kwh", lambda *_: True),
            "carbon_kgco2e": carbon,
            "carbon_operational_kgco2e": carbon - embodied,
            "carbon_embodied_kgco2e": embodied,
            "water_l": book.total("water_l", lambda *_: True),
            "training_accelerator_h": book.total(
                "accelerator_h", lambda _m, item, _p: item in TRAINING_ITEMS
            ),
            "serving_accelerator_h": book.total("accelerator_h", lambda _m, item, _p: item in SERVING_ITEMS),
            "replicas_peak": self.served.replicas_peak,
            "accelerators_per_replica": self.served.split,
            "battery_frac_per_day": self.battery,
            "ttft_p95_s": self.served.ttft_p95_s,
            "tpot_s": self.served.tpot_s,
            "latency_p95_s": self.served.latency_p95_s,
            "quality": release,
            "quality_lowest": min(points),
            "general_quality": self.general_points(),
            "lost_value_usd": math.fsum(
                count * self.lost_usd * (100 - score) / 100
                for count, score in zip(requests, points, strict=True)
            ),
            "carbon_price_usd": carbon / 1000 * price,
            "refreshes": len(self.events),
        }


def words_hold(words: str, billions: float, method: str) -> bool:
    """Whether a provider's words for a price cover supervised tuning of a size by a method."""
    if method not in words or "dpo" in words.replace("full or dpo", "full"):
        return False
    span = re.search(r"([\d.]+)b\s*-\s*([\d.]+)b", words)
    if span:
        return float(span[1]) <= billions <= float(span[2])
    most = re.search(r"up to ([\d.]+)b", words)
    if most:
        return billions <= float(most[1])
    least = re.search(r"above ([\d.]+)b", words)
    return least is not None and billions > float(least[1])


# ---------------------------------------------------------------- all strategies
def payback_month(own: list[float], baseline: list[float]) -> int | None:
    """First month from which cumulative cost stays at or below the baseline's (decision 14)."""
    ours = theirs = 0.0
    below: list[bool] = []
    for mine, other in zip(own, baseline, strict=True):
        ours, theirs = ours + mine, theirs + other
        below.append(ours <= theirs)
    found = None
    for month in range(len(below) - 1, 0, -1):
        if not below[month]:
            break
        found = month
    return found


def twin(scenario: Scenario, catalog: Catalog) -> dict[str, dict[str, Any]]:
    """Figures and ledger rows of every strategy of a scenario.

    Each strategy has ``fits``; where it does, also ``figures`` by name, ``payback_month`` among them,
    ``flop`` of a first release by item, and ``rows``: (strategy, month, item, category, phase) to (usd,
    energy, carbon, water, accelerator-hours).
    """
    world = World(scenario, catalog)
    answers: dict[str, dict[str, Any]] = {}
    paths: dict[str, list[float]] = {}
    for name in scenario.strategies:
        strategy = Strategy(world, name)
        try:
            figures = strategy.figures()
        except DoesNotFit:
            answers[name] = {"fits": False}
            continue
        paths[name] = strategy.book.usd_by_month(world.horizon)
        rows = {
            (name, month, item, category, phase): values
            for month, item, category, phase, values in strategy.book
        }
        flop = strategy.release_flop()
        answers[name] = {"fits": True, "figures": figures, "rows": rows, "flop": flop}
    baseline = scenario.strategies[0]
    for own, path in paths.items():
        known = own != baseline and baseline in paths
        answers[own]["figures"]["payback_month"] = payback_month(path, paths[baseline]) if known else None
    return answers
