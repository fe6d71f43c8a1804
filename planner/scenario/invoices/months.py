"""One cell as a month: dates in many forms; 03/04/2027 is March or April, and only other rows can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from planner.scenario.invoices.amounts import plain
from planner.units import MONTHS_PER_YEAR

DayFirst = Literal["day", "month"]
ALLOWED: Final = "a month such as 2027-03, 03/2027, Mar 2027, or a day of it"
_NAMES: Final = {
    1: ("jan", "janv", "january", "januar", "jänner", "janvier", "enero", "ene"),
    2: ("feb", "febr", "february", "februar", "février", "févr", "fév", "febrero"),
    3: ("mar", "march", "märz", "mrz", "mär", "mars", "marzo"),
    4: ("apr", "april", "avril", "avr", "abril", "abr"),
    5: ("may", "mai", "mayo"),
    6: ("jun", "june", "juni", "juin", "junio"),
    7: ("jul", "july", "juli", "juillet", "juil", "julio"),
    8: ("aug", "august", "août", "aout", "agosto", "ago"),
    9: ("sep", "sept", "september", "septembre", "septiembre"),
    10: ("oct", "october", "okt", "oktober", "octobre", "octubre"),
    11: ("nov", "november", "novembre", "noviembre"),
    12: ("dec", "december", "dez", "dezember", "décembre", "déc", "diciembre", "dic"),
}
_BY_NAME: Final = {name: number for number, names in _NAMES.items() for name in names}
_TIME: Final = re.compile(r"[ t]+\d{1,2}:\d{2}.*$")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/. ]?(\d{1,2})(?:[-/. ]?(\d{1,2}))?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_DAY: Final = re.compile(r"(\d{1,2})([-/. ])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_NAMED: Final = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-/. ]*)?([^\W\d_]+)[-/. ,']*(?:(\d{1,2})[ ,]+)?(\d{4}|\d{2})"
)
_YEAR_NAMED: Final = re.compile(r"(\d{4})[-/. ]*([^\W\d_]+)")
_PERIOD: Final = re.compile(r"(.+?)(?:\s+(?:-|to|bis|until)\s+|/(?=\d{4}-))(.+)")
_QUARTER: Final = re.compile(r"(?:q[1-4].*|.*\bq[1-4]|\d{4}|fy ?\d+)")
_SERIAL: Final = re.compile(r"[34567]\d{4}(?:\.\d+)?")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_CENTURY: Final = 2000
_SHOWN: Final = 30


class MonthError(ValueError):
    """Why a cell is no month, in words that end a sentence."""


@lru_cache(maxsize=2**14)
def read_month(text: str, first: DayFirst = "day") -> str:
    """Return the month of a cell, such as ``2027-03``.

    Parameters
    ----------
    text : str
        A cell.
    first : str
        What stands first in dates of three numbers, in this column.

    Raises
    ------
    MonthError
        If it is no month, or a longer time.
    """
    whole = plain(text)
    word = _TIME.sub("", whole.casefold()).strip(" .")
    if not word:
        raise MonthError("there is no month")
    if _SERIAL.fullmatch(word):
        raise MonthError(_why_not(whole, word))
    period = _PERIOD.fullmatch(word)
    if period is not None:
        return _of_period(whole, period[1], period[2], first)
    found = _numbers(word, first) or _named(word)
    if found is None:
        raise MonthError(_why_not(whole, word))
    year, month = found
    if not 1 <= month <= MONTHS_PER_YEAR:
        raise MonthError(f'"{whole[:_SHOWN]}" has a month {month}')
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise MonthError(f'"{whole[:_SHOWN]}" has the year {year}')
    return f"{year:04d}-{month:02d}"


def _of_period(whole: str, start: str, end: str, first: DayFirst) -> str:
    """Return the month of a period that lies in one: from its first day to its last, or to the next first."""
    months = [read_month(part, first) for part in (start, end)]
    if months[0] == months[1]:
        return months[0]
    if following(months[0]) == months[1] and re.search(r"(?:^0?1\b|\b0?1$)", end.strip()):
        return months[0]
    raise MonthError(f'"{whole[:_SHOWN]}" is longer than a month')


def following(month: str) -> str:
    """Return the month after a month."""
    number = int(month[:4]) * int(MONTHS_PER_YEAR) + int(month[5:7])
    return f"{number // int(MONTHS_PER_YEAR):04d}-{number % int(MONTHS_PER_YEAR) + 1:02d}"


def _numbers(word: str, first: DayFirst) -> tuple[int, int] | None:
    found = _YEAR_FIRST.fullmatch(word)
    if found and (found[3] is None or 1 <= int(found[3]) <= 31):
        return int(found[1]), int(found[2])
    found = _YEAR_LAST.fullmatch(word)
    if found:
        return int(found[2]), int(found[1])
    found = _DAY.fullmatch(word)
    if not found:
        return None
    one, two = int(found[1]), int(found[3])
    day, month = (one, two) if first == "day" or found[2] == "." else (two, one)
    if not 1 <= day <= 31:
        raise MonthError(f'"{word[:_SHOWN]}" has a day {day}')
    if month > MONTHS_PER_YEAR >= day:
        raise MonthError(f'"{word[:_SHOWN]}" has day and month in another order than other rows')
    return _year(found[4]), month


def _named(word: str) -> tuple[int, int] | None:
    found = _YEAR_NAMED.fullmatch(word)
    if found and found[2] in _BY_NAME:
        return int(found[1]), _BY_NAME[found[2]]
    found = _NAMED.fullmatch(word)
    if found and found[2] in _BY_NAME:
        return _year(found[4]), _BY_NAME[found[2]]
    return None


def _year(digits: str) -> int:
    return int(digits) + (_CENTURY if len(digits) == 2 else 0)


def _why_not(whole: str, word: str) -> str:
    shown = f'"{whole[:_SHOWN]}"'
    if word in _BY_NAME:
        return f"{shown} has no year"
    if _SERIAL.fullmatch(word):
        return f"{shown} may be a day as a spreadsheet counts them: save dates as text"
    if _QUARTER.fullmatch(word):
        return f"{shown} is longer than a month"
    return f"{shown} is no month"


def is_month(text: str) -> bool:
    """Whether a cell can be read as a month in any order of day and month."""
    for first in ("day", "month"):
        try:
            read_month(text, first)
        except MonthError:
            continue
        return True
    return False


# ---------------------------------------------------------------- which number is the month
@dataclass(frozen=True, slots=True)
class OrderFound:
    """What stands first in the dates of a column, and whether a row says so; an example where none does."""

    first: DayFirst
    sure: bool
    example: str = ""


def order_of(cells: Iterable[str]) -> OrderFound:
    """Return what stands first in a column's dates of three numbers.

    Sure where a number above 12 or a full stop says so. Else it is guessed: where all dates share one of the
    two numbers, as with the first days of months, that one is the day.
    """
    votes: dict[DayFirst, int] = {"day": 0, "month": 0}
    open_days: list[tuple[int, int]] = []
    example = ""
    for cell in cells:
        word = _TIME.sub("", plain(cell).casefold()).strip(" .")
        found = _DAY.fullmatch(word)
        if not found:
            continue
        one, two = int(found[1]), int(found[3])
        if one > MONTHS_PER_YEAR or found[2] == ".":
            votes["day"] += 1
        elif two > MONTHS_PER_YEAR:
            votes["month"] += 1
        elif one != two:
            open_days.append((one, two))
            example = example or plain(cell)
    if votes["day"] or votes["month"]:
        return OrderFound("day" if votes["day"] >= votes["month"] else "month", sure=True, example=example)
    same_first = len({one for one, _ in open_days}) == 1 < len({two for _, two in open_days})
    return OrderFound("day" if same_first else "month", sure=not open_days, example=example)
