"""What all groups of inputs have in common."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, field_validator

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Section(BaseModel):
    """Frozen, closed to unknown fields, and without NaN or infinity anywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @field_validator("*")
    @classmethod
    def _writable(cls, value: object) -> object:
        """Refuse half a character: it could not be saved."""
        if isinstance(value, str) and not value.isascii() and _HALF_CHARACTER.search(value):
            raise ValueError("the text holds half a character (a lone surrogate)")
        return value
