"""What all groups of inputs have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, field_validator


class Section(BaseModel):
    """Frozen, closed to unknown fields, and without NaN or infinity anywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @field_validator("*")
    @classmethod
    def _writable(cls, value: object) -> object:
        """Refuse half a character: it could not be saved."""
        if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("the text holds half a character (a lone surrogate)")
        return value
