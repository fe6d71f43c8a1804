"""The shape of a model at any size (equations A1 to A4, decision 47)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from planner.catalog.load import Catalog
from planner.catalog.records import ModelShape
from planner.engine.arrays import Numeric
from planner.errors import InputError
from planner.scenario.checks import COSTED_KINDS
from planner.units import format_edit

DEFAULT_MODEL = "llama-3.1-8b"
"""Stands for its series where a scenario gives only a size."""

_SIZE = re.compile(r"^(?P<series>.*?)-(?P<size>\d+(?:\.\d+)?)[bm]\d*(?P<rest>.*)$")
_MINOR_VERSION = re.compile(r"(\d+)\.\d+$")
_SAME_SIZE = 1e-6
_DUST = 1e-12
_GATED, _PLAIN = 3.0, 2.0
_BYTES_PER_16BIT_VALUE = 2.0


@dataclass(frozen=True, slots=True)
class Architecture:
    """A decoder as the engine sees it. Each number is a float or an array by draw.

    Attributes
    ----------
    model_id, name, family : str
        Catalogue row the shape comes from.
    layers, hidden, heads, kv_heads, head_dim, mlp_width, vocab : float or array
        Depth, width, query heads, KV heads, width of a head, MLP width, vocabulary. [1]
    embedding_copies : float or array
        1 with tied embeddings, 2 without, between for a size between such models. [1]
    mlp_matrices : float or array
        3 for a gated MLP, 2 for a plain one. [1]
    params, active_params : float or array
        All parameters; those used for one token. [1]
    expert_params : float or array
        Parameters in experts; 0 for a dense model. [1]
    active_expert_frac : float
        Experts used for one token over all experts; 1 for a dense model. [1]
    cache_values : float or array
        Values that one token leaves in the cache, over all layers. [1]
    interpolated : bool
        Whether the size is off the catalogue's.
    """

    model_id: str
    name: str
    family: str
    layers: Numeric
    hidden: Numeric
    heads: Numeric
    kv_heads: Numeric
    head_dim: Numeric
    mlp_width: Numeric
    vocab: Numeric
    embedding_copies: Numeric
    mlp_matrices: Numeric
    params: Numeric
    active_params: Numeric
    expert_params: Numeric
    active_expert_frac: float
    cache_values: Numeric
    interpolated: bool

    @property
    def matmul_params(self) -> Numeric:
        """Active parameters that multiply: all but an untied input embedding (A2). [1]."""
        return self.active_params - (self.embedding_copies - 1.0) * self.vocab * self.hidden

    @property
    def is_moe(self) -> bool:
        """Whether only part of the parameters is used for a token."""
        return self.active_expert_frac < 1.0

    @property
    def dense_params(self) -> Numeric:
        """Parameters outside the experts. [1]."""
        return self.params - self.expert_params


def parameter_count(
    layers: Numeric,
    hidden: Numeric,
    *,
    heads: Numeric,
    kv_heads: Numeric,
    head_dim: Numeric,
    mlp_width: Numeric,
    mlp_matrices: Numeric,
    vocab: Numeric,
    embedding_copies: Numeric,
) -> Numeric:
    """Return the parameters of a dense decoder (A1). [1].

    Norms and biases are left out, under 0.1 %. Source: EleutherAI/cookbook, calc_transformer_mem.
    """
    attention = hidden * head_dim * (2.0 * heads + 2.0 * kv_heads)
    return layers * (attention + mlp_matrices * hidden * mlp_width) + vocab * hidden * embedding_copies


def lora_params(arch: Architecture, rank: Numeric) -> Numeric:
    """Return the adapter parameters of rank `rank` on all linear layers (A4). [1].

    Source: LoRA Without Regret; rank times input and output width of each matrix.
    """
    hidden, queries, keys = arch.hidden, arch.heads * arch.head_dim, arch.kv_heads * arch.head_dim
    attention = (hidden + queries) + 2.0 * (hidden + keys) + (queries + hidden)
    return rank * arch.layers * (attention + arch.mlp_matrices * (hidden + arch.mlp_width))


def kv_bytes_per_token(arch: Architecture, bytes_per_value: float = _BYTES_PER_16BIT_VALUE) -> Numeric:
    """Return the cache that one token takes, over all layers (A3). [bytes]."""
    return arch.cache_values * bytes_per_value


def series_of(model_id: str) -> tuple[str, str]:
    """Return the series of a model and what follows its size.

    ``llama-3.2-1b`` and ``llama-3.1-70b`` are both of ``llama-3``: minor versions share their shape rules.
    """
    found = _SIZE.match(model_id)
    if found is None:
        return model_id, ""
    return _MINOR_VERSION.sub(r"\1", found["series"]), found["rest"]


def _dense_numbers(shape: ModelShape) -> tuple[float, ...]:
    """Return the numbers that are interpolated.

    Layers, hidden, heads, KV heads, head size, MLP, vocabulary, copies, matrices, residual.
    """
    heads, kv_heads, head_dim = (
        float(shape.heads or 1),
        float(shape.kv_heads or 1),
        float(shape.head_dim or 1),
    )
    copies = 1.0 if shape.tied_embeddings else 2.0
    layers, hidden, width, vocab = map(
        float, (shape.layers, shape.hidden_size, shape.intermediate_size, shape.vocab_size)
    )

    def counted(matrices: float) -> Any:
        return parameter_count(
            layers,
            hidden,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            mlp_width=width,
            mlp_matrices=matrices,
            vocab=vocab,
            embedding_copies=copies,
        )

    # The catalogue does not say whether an MLP is gated; its parameter count does.
    matrices = min((_GATED, _PLAIN), key=lambda number: abs(counted(number) - shape.total_params))
    return (
        layers,
        hidden,
        heads,
        kv_heads,
        head_dim,
        width,
        vocab,
        copies,
        matrices,
        shape.total_params / counted(matrices),
    )


def _members(catalog: Catalog, model: ModelShape) -> list[ModelShape]:
    """Return the dense models of a series by size, one a size; the chosen one wins over its equals."""
    series, _ = series_of(model.id)
    by_size = {model.total_params: model}
    for shape in catalog.models.values():
        name, rest = series_of(shape.id)
        if (
            name == series
            and rest == ""
            and shape.architecture == "decoder-dense"
            and shape.family == model.family
        ):
            by_size.setdefault(shape.total_params, shape)
    return [by_size[size] for size in sorted(by_size)]


def _too_small(model: ModelShape, why: str, params: Numeric | None) -> InputError:
    least = format_edit(float(np.min(np.asarray(params))), "params")
    return InputError(
        "size_outside_family",
        f"{model.name} cannot be shrunk to {least} parameters: {why}.",
        "Choose a smaller model.",
        path="params",
        value=params,
        allowed="a size nearer to the model's own",
    )


def _assemble(model: ModelShape, numbers: Any, params: Numeric, *, interpolated: bool) -> Architecture:
    """Return a dense shape whose MLP width makes the count equal `params` exactly."""
    layers, hidden, heads, kv_heads, head_dim, width, vocab, copies, matrices, residual = numbers
    if interpolated:
        rest = parameter_count(
            layers,
            hidden,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            mlp_width=0.0,
            mlp_matrices=matrices,
            vocab=vocab,
            embedding_copies=copies,
        )
        width = (params / residual - rest) / (layers * matrices * hidden)
        if np.any(np.asarray(width) <= 0.0):
            raise _too_small(model, "its embedding and attention alone have more", params)
    return Architecture(
        model_id=model.id,
        name=model.name,
        family=model.family,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        mlp_width=width,
        vocab=vocab,
        embedding_copies=copies,
        mlp_matrices=matrices,
        params=params,
        active_params=params,
        expert_params=0.0,
        active_expert_frac=1.0,
        cache_values=2.0 * layers * kv_heads * head_dim,
        interpolated=interpolated,
    )


def _whole(numbers: Any) -> Any:
    """Return the numbers without the dust that exp and ln leave on whole ones, such as a vocabulary."""
    rounded = np.rint(numbers)
    return np.where(np.abs(numbers - rounded) <= _DUST * rounded, rounded, numbers)


def _dense(catalog: Catalog, model: ModelShape, params: Numeric) -> Architecture:
    members = _members(catalog, model)
    table = np.log([_dense_numbers(shape) for shape in members])
    sizes = np.log([shape.total_params for shape in members])
    wanted = np.log(params)
    numbers = _whole(np.exp([np.interp(wanted, sizes, column) for column in table.T]))
    # Beyond the family, the nearest model with depth and width scaled by the cube root of the ratio.
    beyond = np.cbrt(np.exp(wanted - np.clip(wanted, sizes[0], sizes[-1])))
    for index in (0, 1, 2, 3):  # layers, hidden, heads, KV heads
        numbers[index] = numbers[index] * beyond
    return _assemble(model, numbers, params, interpolated=True)


def _mixture(model: ModelShape, params: Numeric | None) -> Architecture:
    """Return a mixture of experts; off its own size only the experts' width is scaled."""
    experts, used = float(model.moe_experts or 1), float(model.moe_experts_active or 1)
    own_experts = (model.total_params - model.active_params) * experts / (experts - used)
    dense = model.total_params - own_experts
    size: Numeric = model.total_params if params is None else params
    expert_params = size - dense
    if np.any(np.asarray(expert_params) <= 0):
        raise _too_small(model, f"{format_edit(dense, 'params')} of them are outside its experts", params)
    cache = (model.kv_bytes_per_token_16bit or 0.0) / _BYTES_PER_16BIT_VALUE
    return Architecture(
        model_id=model.id,
        name=model.name,
        family=model.family,
        layers=float(model.layers),
        hidden=float(model.hidden_size),
        heads=float(model.heads or 1),
        kv_heads=float(model.kv_heads or 1),
        head_dim=float(model.head_dim or 1),
        mlp_width=float(model.moe_intermediate_size or model.intermediate_size) * used,
        vocab=float(model.vocab_size),
        embedding_copies=1.0 if model.tied_embeddings else 2.0,
        mlp_matrices=_GATED,
        params=size,
        active_params=dense + expert_params * used / experts,
        expert_params=expert_params,
        active_expert_frac=used / experts,
        cache_values=cache,
        interpolated=params is not None,
    )


@lru_cache(maxsize=256)
def _at_size(catalog: Catalog, model_id: str, params: float | None) -> Architecture:
    model = catalog.find_model(model_id)
    if model.architecture not in COSTED_KINDS:
        raise InputError(
            "not_costed",
            f"{model.name} is a {model.architecture}; its cost cannot be computed yet.",
            "Choose a dense or a mixture-of-experts decoder.",
            path="model",
            value=model_id,
            allowed=", ".join(COSTED_KINDS),
        )
    own_size = params is None or abs(params / model.total_params - 1.0) < _SAME_SIZE
    if model.is_moe:
        return _mixture(model, None if own_size else params)
    if own_size:
        return _assemble(model, _dense_numbers(model), model.total_params, interpolated=False)
    return _dense(catalog, model, float(params or 0.0))


def architecture_of(catalog: Catalog, model_id: str | None, params: Numeric | None) -> Architecture:
    """Return the shape of a model at a size.

    Parameters
    ----------
    catalog : Catalog
        Where the models are.
    model_id : str or None
        Catalogue id; None takes the Llama 3 series.
    params : float, array or None
        Size; None is the model's own. [1]

    Raises
    ------
    InputError
        If the kind of model is not costed, or a size is below what the shape allows.
    CatalogError
        If there is no such model.
    """
    model_id = model_id or DEFAULT_MODEL
    if params is None or isinstance(params, int | float):
        return _at_size(catalog, model_id, None if params is None else float(params))
    model = catalog.find_model(model_id)
    return _mixture(model, params) if model.is_moe else _dense(catalog, model, params)


def architecture_of_shape(model: ModelShape) -> Architecture:
    """Return a model of the catalogue at its own size, of whatever kind.

    Unlike `architecture_of` it also takes encoders and hybrids, whose cost only evidence asks for: each layer
    counts as attention and MLP of a decoder.
    """
    if model.is_moe:
        return _mixture(model, None)
    return _assemble(model, _dense_numbers(model), model.total_params, interpolated=False)
