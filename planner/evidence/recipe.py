"""What a fine-tuning recipe holds and computes, read from method, precision and software of a row."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache

from planner.evidence.names import Declined
from planner.evidence.reference import Settings
from planner.paths import resource
from planner.units import MEGA

_LONGEST = re.compile(r"longest example (\d+) tokens")
_SINGLE_QUANTISED_BYTES = 0.5625
"""4-bit blocks of 64 with a 32-bit constant each."""
_DOUBLE_QUANTISED_BYTES = 0.516
"""The same with the constants quantised too (QLoRA, section 3)."""
_DEFAULT_LENGTH = 2048.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run holds its weights and computes. Bytes are by parameter, before sharding.

    Parameters
    ----------
    is_full, is_quantised, is_prefix : bool
        All weights are trained; the frozen ones are held in 4 bits; only prefixes are trained.
    frozen_bytes, state_bytes : float
        A frozen weight; weight, gradient and optimiser states of a trained one. [bytes]
    full_recompute, chunked_loss, eager, sharded, loads_whole : bool
        Layers are computed again; the loss is taken in chunks; code is not compiled; weights are sharded over
        cards; each card first loads all weights.
    """

    is_full: bool
    is_quantised: bool
    is_prefix: bool
    frozen_bytes: float
    state_bytes: float
    full_recompute: bool
    chunked_loss: bool
    eager: bool
    sharded: bool
    loads_whole: bool


@cache
def _recipes() -> tuple[tuple[str, re.Pattern[str], dict[str, str]], ...]:
    with resource("physics", "recipes.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            (row["stack"], re.compile(row["pattern"], re.IGNORECASE), row) for row in csv.DictReader(stream)
        )


@dataclass(frozen=True, slots=True)
class _Amount:
    """What is known of a data set that a row only names: mean example, their spread, epochs, all of it."""

    mean_tokens: float | None
    length_cv: float
    epochs: float
    corpus_tokens: float | None


@cache
def _amounts() -> tuple[tuple[re.Pattern[str], _Amount], ...]:
    with resource("physics", "lengths.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple((re.compile(row["pattern"]), _amount(row)) for row in rows)


def _amount(row: dict[str, str]) -> _Amount:
    mean, corpus = row["mean_tokens"], row["corpus_mtokens"]
    return _Amount(
        mean_tokens=float(mean) if mean else None,
        length_cv=float(row["length_cv"]),
        epochs=float(row["epochs"]),
        corpus_tokens=float(corpus) * MEGA if corpus else None,
    )


def _named(settings: Settings) -> _Amount | None:
    words = " ".join(settings.text(column) for column in ("notes", "time_scope", "method"))
    return next((amount for pattern, amount in _amounts() if pattern.search(words)), None)


def recipe_of(settings: Settings, software: str) -> Recipe:
    """Return the recipe of a row: the first of its software whose method matches, else the usual one."""
    method, precision = settings.text("method"), settings.text("precision").lower()
    row = next(
        row for stack, pattern, row in _recipes() if stack in (software, "") and pattern.search(method)
    )
    quantised = "qlora" in method.lower() or "nf4" in precision or "4-bit" in precision
    frozen = float(row["frozen_bytes"])
    if quantised:
        double = "dq" in precision or "double" in precision
        frozen = _DOUBLE_QUANTISED_BYTES if double else _SINGLE_QUANTISED_BYTES
    cards = settings.number("accelerators") or 1.0
    partial = re.search("lora|adapter", method, re.IGNORECASE)
    return Recipe(
        is_full=not partial,
        is_quantised=quantised,
        is_prefix="adapter" in method.lower(),
        frozen_bytes=frozen,
        state_bytes=float(row["state_bytes"]),
        full_recompute=row["recompute"] == "full" or (row["recompute"] == "sharded" and cards > 1.0),
        chunked_loss=row["chunked"] == "1",
        eager=row["eager"] == "1",
        sharded=row["sharded"] == "1",
        loads_whole=row["loads_whole"] == "1",
    )


def mean_length(settings: Settings) -> float:
    """Return the tokens of a mean example, padding of packed or fixed lengths included. [token]."""
    named = _named(settings)
    if named is not None and named.mean_tokens is not None:
        return named.mean_tokens
    return settings.number("seq_len") or _DEFAULT_LENGTH


def padded_length(settings: Settings) -> float:
    """Return the tokens that an example takes in its micro-batch, padded to the longest there. [token].

    The longest of b lies about half a standard deviation above the mean for each doubling of b.
    """
    named, micro = _named(settings), settings.number("micro_batch_seqs") or 1.0
    spread = named.length_cv if named is not None else 0.0
    return mean_length(settings) * (1.0 + 0.5 * spread * math.log2(max(micro, 1.0)))


def processed_tokens(settings: Settings) -> float:
    """Return the tokens of a whole run that names its data only. [token].

    Raises
    ------
    Declined
        If neither examples nor a known data set are named.
    """
    named, samples = _named(settings), settings.number("samples")
    epochs = named.epochs if named is not None else 1.0
    if samples is not None:
        return samples * mean_length(settings) * epochs
    if named is None or named.corpus_tokens is None:
        raise Declined("no amount of data given")
    return named.corpus_tokens * epochs


def longest_length(settings: Settings) -> float:
    """Return the tokens of the longest example, which sets the peak of memory. [token]."""
    found = _LONGEST.search(settings.text("notes"))
    if found:
        return float(found[1])
    length = settings.number("seq_len")
    mean = mean_length(settings)
    return mean if length is None or "unpacked" in settings.text("notes") else max(length, mean)
