"""What each equation of the model says, for a reader who has only the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

FORMULAS: Final[Mapping[str, str]] = {
    "C1": "carbon of electricity: energy x PUE x carbon of the grid",
    "C2": "making the hardware: its carbon by reserved hours over its life",
    "F2": "operations of full tuning: 6 a parameter and token, and attention",
    "F3": "operations of LoRA: 4 a parameter and token, 6 an adapter's, and attention",
    "F4": "operations of a run: tokens x epochs over the packing efficiency",
    "I1": "prefill: operations of the prompt over the rate that cards reach",
    "I2": "decode step: bytes read over bandwidth, computing and overheads, by running sequences",
    "I3": "mean context: long answers are seen more often",
    "I4": "running sequences: rate x time, prefill taking time from decoding",
    "I5": "capacity: the batch that memory and the token limit allow, over its time",
    "I6": "wait for a slot (Sakasegawa 1977, Allen and Cunneen)",
    "I7": "first token: wait, prefill and one step, 95th percentile",
    "I10": "device: bytes of the weights over the bandwidth it reaches",
    "K1": "student beside its teacher: 6 operations a student's parameter, 2 a teacher's",
    "K2": "hours of both over the rates that cards reach",
    "K4": "teacher's requests: answers kept over the share that passes the filter",
    "K5": "hours of a teacher that answers in full batches",
    "M5": "memory: what the weights leave, over the cache of a sequence",
    "P3": "power of a replica: at rest, at work, and its host",
    "P4": "energy: power x hours x PUE",
    "Q2": "loss by fine-tuning examples (Lin et al. 2024)",
    "Q6": "score by loss: a logistic curve through two known scores",
    "Q7": "what adapters can hold: about two tokens a parameter",
    "Q8": "score kept by a student, by the logarithm of the shrinking",
    "Q9": "score lost by the number format",
    "Q10": "forgetting left, by the share of old text",
    "S1": "peak rate: volume over the month's seconds x busy hour over mean",
    "S2": "replicas: peak rate over the target share of a replica's capacity, rounded up",
    "S3": "replicas on average, with autoscaling",
    "S4": "price of a request: tokens x price, cached and batched ones cheaper",
    "T1": "hours: operations over cards x peak x share of the peak reached",
    "T2": "share of the peak reached, by sequence and cards",
    "U1": "score by age: a straight fall",
    "U2": "best interval: cost of a refresh against lost value",
    "X1": "net present value: discounted month by month",
    "X2": "owned hour: annuity, upkeep and electricity",
    "X5": "price path: the same factor every year",
    "X6": "labour: hours x wage x overhead",
    "X8": "labels: number x price, cheaper where a model writes first",
    "X9": "storage and egress: GB x price",
}
"""By the id that the engine's docstrings cite."""


def formulas_text(ids: Sequence[str]) -> str:
    """Return equations in words, each once, as a list to read; empty without any."""
    return "; ".join(FORMULAS[each] for each in dict.fromkeys(ids))
