"""From the names of models and cards, as people write them, to shapes and rates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

import numpy as np

from planner.catalog.load import Catalog
from planner.catalog.records import Hardware, ModelShape
from planner.engine.architecture import DEFAULT_MODEL, Architecture, architecture_of, architecture_of_shape
from planner.engine.generations import Generation, generation_of
from planner.errors import PlannerError
from planner.units import GIGA

_SPARSE_BELOW: Final = 0.9
_EMBEDDING_FRAC: Final = 0.5
"""Most of a model that its embeddings make, where its vocabulary is not known."""
_NOISE = re.compile(
    r"instruct|chat|\bhf\b|\bit\b|base|fp8|fp4|awq|gptq|gguf|nvidia|amd|intel\(r\)|instinct|accelerator|"
    r"tensor core|gpu|node|server|dgx|\(.*?\)|\bx\d+\b|\b\d+x\b"
)
_NOT_A_LETTER = re.compile(r"[^a-z0-9.]+")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class Declined(Exception):
    """A row that no prediction is made for.

    Parameters
    ----------
    reason : str
        A few words that many rows can share.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Model:
    """A model as named in a row.

    Parameters
    ----------
    key : str
        Catalogue id; for an unknown model family and size.
    arch : Architecture
        Its shape.
    shape : ModelShape
        The catalogue's row it is, or is scaled from.
    known : bool
        Whether the catalogue has it.
    """

    key: str
    arch: Architecture
    shape: ModelShape
    known: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An accelerator as named in a row; `known` says whether the catalogue has it."""

    hardware: Hardware
    generation: Generation
    known: bool


class Names:
    """Look-ups in one catalogue. Unknown names are matched by spelling, then by size and kind.

    Parameters
    ----------
    catalog : Catalog
        Where aliases, shapes and cards are.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.model = cache(self._model)
        self.card = cache(self._card)

    def _model(self, name: str, family: str, total_b: float | None, active_b: float | None) -> Model:
        """Return the model of a name; `total_b` and `active_b` count parameters in 1e9.

        Raises
        ------
        Declined
            If neither the name nor a size says what it is.
        """
        id = self._id("model", name, self._model_spellings)
        if id is not None:
            shape = self.catalog.models[id]
            return Model(id, architecture_of_shape(shape), shape, known=True)
        if total_b is None:
            raise Declined("model not in the catalogue and no size given")
        return self._by_size(family, total_b * GIGA, (active_b or total_b) * GIGA)

    def _by_size(self, family: str, total: float, active: float) -> Model:
        sparse = active < _SPARSE_BELOW * total
        kind = [shape for shape in self.catalog.models.values() if shape.is_moe == sparse and shape.heads]
        wanted = _plain(family)
        own = [shape for shape in kind if wanted and wanted in (_plain(shape.family), _series(shape.id))]
        nearest = min(
            own or ([self.catalog.models[DEFAULT_MODEL]] if not sparse else kind),
            key=lambda shape: (
                abs(np.log(shape.total_params / total)) + abs(np.log(shape.active_params / active)),
                shape.id,
            ),
        )
        key = f"{family or 'unknown'} {total / GIGA:.3g}B"
        return Model(key, _scaled(self.catalog, nearest, total, active), nearest, known=False)

    def _card(self, name: str, family: str) -> Card:
        """Return the card of a name, or the usual one of its family.

        Raises
        ------
        Declined
            If it stands for several devices, or nothing like it is known.
        """
        alias = self.catalog.resolve_alias("hardware", name)
        if alias is not None and alias.catalog_id is None:
            raise Declined("hardware not named, or several devices in one figure")
        id = self._id("hardware", name, self._card_spellings)
        if id is None:
            id = self._card_inside(name)
        if id is not None:
            hardware = self.catalog.hardware[id]
            return Card(hardware, generation_of(id), known=True)
        members = [card for card in self.catalog.hardware.values() if generation_of(card.id).name == family]
        if not members:
            raise Declined("hardware not in the catalogue")
        return Card(members[-1], generation_of(members[-1].id), known=False)

    def _id(self, kind: str, name: str, spellings: dict[str, str]) -> str | None:
        rows = self.catalog.models if kind == "model" else self.catalog.hardware
        if name in rows:
            return name
        alias = self.catalog.resolve_alias(kind, name)
        if alias is not None:
            return alias.catalog_id
        return spellings.get(_plain(name.rpartition("/")[2]))

    def _card_inside(self, name: str) -> str | None:
        """Return the card whose id, from its second word on, starts with words of a longer name."""
        text = f" {_NOT_A_WORD.sub(' ', name.casefold())} "
        found = [
            (count, sum(f" {word} " in text for word in words), "sxm" in words, -order, id)
            for order, id in enumerate(self.catalog.hardware)
            for words in [id.split("-")[1:]]
            for count in range(1, len(words) + 1)
            if any(map(str.isdigit, words[0] + words[count - 1])) or count == len(words)
            if f" {' '.join(words[:count])} " in text
        ]
        return max(found)[-1] if found else None

    @cached_property
    def _model_spellings(self) -> dict[str, str]:
        shapes = self.catalog.models.values()
        pairs = [(text, shape.id) for shape in shapes for text in (shape.id, shape.name)]
        return _spelled(pairs + self._aliases("model"))

    @cached_property
    def _card_spellings(self) -> dict[str, str]:
        cards = self.catalog.hardware.values()
        pairs = [(text, card.id) for card in cards for text in (card.name, card.id)]
        return _spelled(self._aliases("hardware") + pairs)

    def _aliases(self, kind: str) -> list[tuple[str, str]]:
        return [
            (alias.name.rpartition("/")[2], alias.catalog_id)
            for alias in self.catalog.aliases.values()
            if alias.kind == kind and alias.catalog_id is not None
        ]


def _spelled(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for text, id in pairs:
        table.setdefault(_plain(text), id)
    return table


def _plain(text: str) -> str:
    """Return a name in the letters that tell one from another."""
    return _NOT_A_LETTER.sub("", _NOISE.sub(" ", text.casefold()))


def _series(id: str) -> str:
    """Return family and version as reference tables label them: ``llama3`` for ``llama-3.1-8b``."""
    words = id.split("-")
    return _plain(words[0] + (words[1].split(".")[0] if len(words) > 2 else ""))


def _scaled(catalog: Catalog, shape: ModelShape, total: float, active: float) -> Architecture:
    """Return a shape at another size: interpolated in its family, else grown as decoders grow."""
    if not shape.is_moe:
        try:
            return architecture_of(catalog, shape.id, total)
        except PlannerError:  # too small for that family's vocabulary, or of a kind that is not interpolated
            decoders = [other for other in catalog.models.values() if other.architecture == "decoder-dense"]
            shape = min(decoders, key=lambda other: (abs(np.log(other.total_params / total)), other.id))
    arch = architecture_of_shape(shape)
    # Depth and width by the cube root of the active size.
    grown = float(np.cbrt(active / shape.active_params))
    hidden = arch.hidden * grown
    # Some of the active parameters lie outside the experts, however few of these are used.
    used = min(arch.active_expert_frac, _SPARSE_BELOW * active / total) if arch.is_moe else 1.0
    room = _EMBEDDING_FRAC * active / (hidden * arch.embedding_copies)
    return replace(
        arch,
        layers=arch.layers * grown,
        hidden=hidden,
        vocab=np.minimum(arch.vocab, room),
        heads=arch.heads * grown,
        mlp_width=arch.mlp_width * grown,
        params=total,
        active_params=active,
        expert_params=(total - active) / (1.0 - used) if arch.is_moe else 0.0,
        active_expert_frac=used,
        cache_values=arch.cache_values * grown,
        interpolated=True,
    )
