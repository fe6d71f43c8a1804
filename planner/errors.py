"""Errors that a user can act on: each names what is wrong, what is allowed and what would help."""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any


class PlannerError(Exception):
    """A problem of the input or its surroundings, never of the program.

    Parameters
    ----------
    code : str
        Stable word for scripts and tests, such as ``"out_of_range"``.
    message : str
        One sentence that names the thing, its value and what is allowed.
    hint : str
        What would help; may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel whole between processes: by default only the message would."""
        return copyreg.__newobj__, (type(self), self.message), self.__dict__  # type: ignore[attr-defined]


class InputError(PlannerError):
    """A value that a field does not take.

    Parameters
    ----------
    path : str
        Dotted path of the field, such as ``"site.pue"``; empty for the file as a whole.
    value : object
        The value that was refused.
    allowed : str
        What the field takes, in words.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        path: str = "",
        value: object = None,
        allowed: str = "",
    ) -> None:
        super().__init__(code, message, hint)
        self.path = path
        self.value = value
        self.allowed = allowed


class PlanFileError(PlannerError):
    """A plan file that cannot be read or written; carries every problem that was found in it."""

    def __init__(
        self, code: str, message: str, hint: str = "", *, problems: Sequence[InputError] = ()
    ) -> None:
        super().__init__(code, message, hint)
        self.problems = tuple(problems)


class CatalogError(PlannerError):
    """An unknown catalogue id, or a catalogue row that cannot be used."""
