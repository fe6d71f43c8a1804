"""Expected scores (equations Q1 to Q10). Fractions inside, points (0 to 100) at the edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, larger, select, smaller

# Coefficients of published or re-fitted laws: never vary them singly, they are tied to each other.
_CHINCHILLA = (1.8172, 482.01, 2085.43, 0.3478, 0.3658)
_SUPERVISED = (1.220, 3355.0, 0.408, 18186.0, 0.431, 0.452)
_DISTILLED = (2.388, 2.2755, 9.936, 3.512e4, 0.4558, 1.182e5, 0.4673, 0.5981)


def base_loss(params: Numeric, tokens: Numeric, coefficients: tuple[float, ...] = _CHINCHILLA) -> Numeric:
    """Return the pre-training loss (Q1).

    [nat/token]. Only to compare sizes. Source: re-fit of Besiroglu et al. 2024.
    """
    floor, a, b, alpha, beta = coefficients
    return floor + a / params**alpha + b / tokens**beta


def tuned_loss(
    examples: Numeric, *, floor: Numeric, start: Numeric, half_examples: Numeric, exponent: Numeric
) -> Numeric:
    """Return the loss after fine-tuning on `examples` (Q2). [nat/token].

    Rectified law of Lin et al. 2024, re-fitted on 18 models; error 0.3 to 1.1 %. Extrapolate by at most 8x.
    """
    return floor + (start - floor) / (1.0 + (examples / half_examples) ** exponent)


def resized_loss(loss: Numeric, params: Numeric, new_params: Numeric, exponent: Numeric = 0.08) -> Numeric:
    """Return the loss at another size, same data (Q3). [nat/token]. Exponent 0.03 to 0.16."""
    return loss * (params / new_params) ** exponent


def supervised_loss(params: Numeric, tokens: Numeric) -> Numeric:
    """Return the loss of a student trained without a teacher (Q4).

    [nat/token]. Source: Busbridge et al. 2025.
    """
    floor, a, alpha, b, beta, gamma = _SUPERVISED
    return floor + (a / params**alpha + b / tokens**beta) ** gamma


def distilled_loss(params: Numeric, tokens: Numeric, teacher_loss: Numeric) -> Any:
    """Return the loss of a distilled student (Q5). [nat/token].

    Form of Busbridge et al. 2025, re-fitted to their 354 runs: 0.26 % mean error. Shows the capacity gap: the
    best teacher is not the one of least loss.
    """
    c0, k, m, a, alpha, b, beta, gamma = _DISTILLED
    gap = np.exp(-k * (teacher_loss / supervised_loss(params, tokens)) ** m)
    return teacher_loss + teacher_loss**-c0 * gap * (a / params**alpha + b / tokens**beta) ** gamma


def score_link(
    loss: Numeric,
    known: tuple[Numeric, Numeric],
    other: tuple[Numeric, Numeric],
    low: float = 0.25,
    high: float = 0.95,
) -> Any:
    """Return the score at a loss, by the sigmoid through two known (loss, score) points (Q6). [1].

    The logit of the score is a line in the loss, so no case is special. Scores must lie between `low` and
    `high`.
    """
    at_known, at_other = (np.log((point[1] - low) / (high - point[1])) for point in (known, other))
    logit = at_known + (at_other - at_known) * (loss - known[0]) / (other[0] - known[0])
    return low + (high - low) / (1.0 + np.exp(-logit))


def lora_capacity_tokens(
    adapter_params: Numeric, bits_per_param: float = 2.0, nats_per_token: float = 0.69
) -> Any:
    """Return the tokens that an adapter can absorb (Q7). [tokens]. Source: LoRA Without Regret."""
    return adapter_params * bits_per_param / (nats_per_token / np.log(2.0))


def effective_tokens(tokens: Numeric, capacity_tokens: Numeric, exponent: float = 0.5) -> Any:
    """Return the tokens that count, fewer beyond an adapter's capacity (Q7). [tokens]."""
    return select(tokens <= capacity_tokens, tokens, capacity_tokens * (tokens / capacity_tokens) ** exponent)


def kept_score_frac(teacher_params: Numeric, student_params: Numeric, loss_frac: Numeric) -> Any:
    """Return the share of the teacher's score that a pre-trained student keeps (Q8). [1]."""
    return larger(0.0, 1.0 - loss_frac * np.log(larger(1.0, teacher_params / student_params)))


def cascaded_score(student: Numeric, large: Numeric, escalated_frac: Numeric, aim_frac: Numeric) -> Any:
    """Return the score of a student that passes a share of its requests on to a large model. [1].

    Aim 0 passes on at random, aim 1 the wrong answers first; the large model answers what is passed on as
    well as all else. Nothing passed on is the student, everything the large model.
    """
    wrong = 1.0 - student
    caught = (1.0 - aim_frac) * escalated_frac * wrong + aim_frac * smaller(escalated_frac, wrong)
    return 1.0 - escalated_frac - (wrong - caught) + escalated_frac * large


def quantised_score(score: Numeric, drop_frac: Numeric) -> Numeric:
    """Return the score with quantised weights (Q9). Same unit. Source: Kurtic et al. 2024."""
    return score * (1.0 - drop_frac)


def forgetting_left_frac(replay_frac: Numeric, half_frac: float = 0.002) -> Numeric:
    """Return the forgetting that remains with a share of replayed text (Q10).

    [1]. Source: Bethune et al. 2025.
    """
    return 1.0 / (1.0 + replay_frac / half_frac)
