"""What serving holds in accelerator memory (equation M5)."""

from __future__ import annotations

from planner.engine.arrays import Numeric


def peak_sequence_tokens(prompt_tokens: Numeric, output_tokens: Numeric, output_cv: Numeric) -> Numeric:
    """Return the length that a sequence is given room for: one standard deviation above the mean (M5).

    [tokens].
    """
    return prompt_tokens + output_tokens * (1.0 + output_cv)
