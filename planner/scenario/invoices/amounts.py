"""One cell as an amount: decimal comma or point, groups, currency, credits; never a guess in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

DecimalSign = Literal[".", ","]
ALLOWED: Final = "an amount such as 1,234.56, 1.234,56 or (12.50)"
CURRENCY_SIGNS: Final = {
    "us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "fr.": "CHF",
    "zł": "PLN", "kč": "CZK", "r$": "BRL", "a$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD", "s$": "SGD",
}  # fmt: skip
CURRENCIES: Final = (
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "KRW", "CAD", "AUD", "NZD", "SGD", "HKD", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "ILS", "TRY", "ZAR", "BRL", "MXN", "AED", "SAR", "TWD", "THB",
)  # fmt: skip
"""Codes that are recognised beside a number; any other code of three letters may be chosen."""
DOLLARS: Final = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL")
LARGEST: Final = Decimal(10) ** 12
_BLANK: Final = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nil"})
"""What stands for no figure: a dash in a ledger is not the number 0."""
_MINUS: Final = str.maketrans(
    dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{FIGURE DASH}\N{HYPHEN}", "-")
)
_QUOTES: Final = str.maketrans(dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}`", "'"))
_NUMBER: Final = re.compile(r"(?P<digits>\d[\d.,' _]*|[.,]\d+)(?P<power>[eE][+-]?\d{1,2})?")
_ERRORS: Final = re.compile(r"#[A-Z/0]+[!?]?")
_SHOWN: Final = 30
_BARE: Final = {".": re.compile(r"-?\d{1,12}(?:\.\d{1,9})?"), ",": re.compile(r"-?\d{1,12}(?:,\d{1,9})?")}
_WORDS: Final = "|".join(map(re.escape, sorted((*CURRENCIES, *CURRENCY_SIGNS), key=len, reverse=True)))
_CURRENCY: Final = re.compile(rf"({_WORDS})\s*", re.IGNORECASE)
_CURRENCY_BEHIND: Final = re.compile(rf"\s*({_WORDS})$", re.IGNORECASE)


class AmountError(ValueError):
    """Why a cell is no amount, in words that end a sentence."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and the currency that stands beside it; empty where none does."""

    value: Decimal
    currency: str = ""


def plain(text: str) -> str:
    """Return a cell with one kind of blank, minus and apostrophe."""
    if text.isascii():  # nearly all cells
        return " ".join(text.replace("`", "'").split())
    folded = unicodedata.normalize("NFKC", text.strip()).translate(_MINUS).translate(_QUOTES)
    return " ".join(folded.replace("\N{ZERO WIDTH SPACE}", "").replace("\ufeff", "").split())


def is_blank(text: str) -> bool:
    """Whether a cell holds no figure: empty, a dash, n/a."""
    return not text[:1].isdecimal() and plain(text).casefold() in _BLANK


@lru_cache(maxsize=2**16)
def read_amount(text: str, decimal: DecimalSign = ".") -> Amount:
    """Return what a cell says.

    Parameters
    ----------
    text : str
        A cell that is not blank.
    decimal : str
        The sign before the fraction, in this column.

    Raises
    ------
    AmountError
        If it is no amount, or is written with the other decimal sign.
    """
    if _BARE[decimal].fullmatch(text):  # nearly all cells
        return Amount(Decimal(text.replace(",", ".")))
    whole = plain(text)
    if _ERRORS.fullmatch(whole):
        raise AmountError(f'"{whole}" is an error of a spreadsheet')
    if "%" in whole:
        raise AmountError(f'"{whole[:_SHOWN]}" is a percentage')
    bare, currency = _without_currency(whole)
    bare, negative = _without_sign(bare)
    if not currency:  # between sign and digits: -$5, ($5)
        bare, currency = _without_currency(bare)
        bare, further = _without_sign(bare)
        negative = negative != further
    found = _NUMBER.fullmatch(bare)
    if found is None:
        raise AmountError(f'"{whole[:_SHOWN]}" is no number')
    digits = _ungrouped(found["digits"].rstrip(" '_"), decimal)
    if digits is None:
        raise AmountError(_misread(whole, found["digits"], decimal))
    value = Decimal(digits + (found["power"] or ""))
    if abs(value) > LARGEST:
        raise AmountError(f'"{whole[:_SHOWN]}" is larger than any invoice')
    return Amount(-value if negative else value, currency)


def _misread(whole: str, digits: str, decimal: DecimalSign) -> str:
    other: DecimalSign = "," if decimal == "." else "."
    if _ungrouped(digits, other) is not None:
        word = {".": "point", ",": "comma"}
        return f'"{whole[:_SHOWN]}" has a decimal {word[other]}, other rows a decimal {word[decimal]}'
    return f'"{whole[:_SHOWN]}" has its signs between digits in no order that a number has'


def _without_sign(text: str) -> tuple[str, bool]:
    """Return a text without what makes it negative: a minus before or behind it, brackets, CR."""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    for _ in range(2):
        if text.startswith("-"):
            text, negative = text[1:].strip(), not negative
        elif text.startswith("+"):
            text = text[1:].strip()
        elif text.endswith("-"):
            text, negative = text[:-1].strip(), not negative
        elif text.casefold().endswith(" cr"):
            text, negative = text[:-3].strip(), not negative
        else:
            break
    return text, negative


def _without_currency(text: str) -> tuple[str, str]:
    found = _CURRENCY.match(text)
    if found is not None:
        return text[found.end() :].strip(), _code_of(found[1])
    found = _CURRENCY_BEHIND.search(text)
    if found is not None:
        return text[: found.start()].strip(), _code_of(found[1])
    return text, ""


def _code_of(word: str) -> str:
    return CURRENCY_SIGNS.get(word.casefold(), word.upper())


def _ungrouped(digits: str, decimal: DecimalSign) -> str | None:
    """Return digits in Python's spelling; None where they are not written in this way."""
    if digits.count(decimal) > 1:
        return None
    whole, _, fraction = digits.partition(decimal)
    if fraction and not fraction.isdecimal():
        return None
    signs = {sign for sign in whole if not sign.isdecimal()}
    if len(signs) > 1:
        return None
    if signs:
        first, *groups = re.split(r"[.,' _]", whole)
        if not 1 <= len(first) <= 3 or not groups or len(groups[-1]) != 3:
            return None
        lengths = {len(group) for group in groups[:-1]}
        # Groups of three, or of two before the last as in India: 12,34,567.
        if not (lengths <= {3} or (lengths <= {2} and signs == {","} and len(first) <= 2)):
            return None
    return "".join(sign for sign in whole if sign.isdecimal()) + "." + (fraction or "0")


# ---------------------------------------------------------------- which sign is the decimal one
@dataclass(frozen=True, slots=True)
class DecimalFound:
    """The decimal sign of a column, and whether a cell says so; ``example`` could be read either way."""

    sign: DecimalSign
    sure: bool
    example: str = ""


def decimal_of(cells: Iterable[str]) -> DecimalFound:
    """Return the decimal sign of a column from all of its cells.

    "1.234" alone may be one thousand or one and a bit: only another cell, such as "1.234,50", can tell.
    """
    votes: dict[DecimalSign, int] = {".": 0, ",": 0}
    open_cell = ""
    for cell in cells:
        found = _vote(cell)
        if found is None:
            continue
        if found == "?":
            open_cell = open_cell or plain(cell)
        else:
            votes[found] += 1
    sign: DecimalSign = "," if votes[","] > votes["."] else "."
    if votes["."] == votes[","] and open_cell:
        # What groups in the example that nobody can tell is the sign in it: whole amounts are commoner.
        sign = "," if "." in open_cell else "."
    return DecimalFound(sign, sure=bool(votes["."] or votes[","]) or not open_cell, example=open_cell)


def _vote(cell: str) -> DecimalSign | Literal["?"] | None:
    """Return which decimal sign a cell is written with; ``?`` where it could be either, None without any."""
    text = plain(cell)
    found = _NUMBER.search(text)
    if found is None or "%" in text:
        return None
    digits = found["digits"]
    marks = [sign for sign in digits if sign in ".,"]
    if not marks:
        return None
    last: DecimalSign = "," if marks[-1] == "," else "."
    other: DecimalSign = "," if last == "." else "."
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:  # it stands twice, so it groups
        return other
    head, _, tail = digits.partition(last)
    if len(tail) == 3 and tail.isdecimal() and 1 <= len(head) <= 3 and head.isdecimal() and head[0] != "0":
        return "?"
    return last
