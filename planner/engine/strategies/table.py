"""Which module builds which strategy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from planner.engine.strategies import api, both, distil, finetune, prompt

STRATEGIES: Mapping[str, Any] = MappingProxyType(
    {"api": api, "prompt": prompt, "finetune": finetune, "distil": distil, "both": both}
)
"""By id: each has `choose`, `build` and `points`."""
