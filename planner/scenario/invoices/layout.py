"""What the columns of a file are: months, amounts, categories, usage; one column of months or one a month."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, get_args

from planner.scenario.invoices.amounts import (
    CURRENCIES,
    CURRENCY_SIGNS,
    AmountError,
    is_blank,
    plain,
    read_amount,
)
from planner.scenario.invoices.months import is_month
from planner.scenario.invoices.text import Sheet, letter

Role = Literal[
    "ignore",
    "amount",
    "description",
    "category",
    "month",
    "requests",
    "tokens",
    "accelerator_h",
    "energy_kwh",
    "currency",
]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_TITLES: Final[dict[Role, str]] = {
    "ignore": "Left out",
    "amount": "Amount",
    "description": "Description",
    "category": "Category",
    "month": "Month or date",
    "requests": "Requests",
    "tokens": "Tokens",
    "accelerator_h": "Accelerator-hours",
    "energy_kwh": "Energy, kWh",
    "currency": "Currency",
}
USAGE: Final[tuple[Role, ...]] = ("requests", "tokens", "accelerator_h", "energy_kwh")
_TEXTS: Final[tuple[Role, ...]] = ("category", "description", "currency")
SINGLE: Final[frozenset[Role]] = frozenset({"month", "currency", "category", *USAGE})
"""What at most one column is."""

_HEADER_WITHIN: Final = 40
_SAMPLE: Final = 200
_MOSTLY: Final = 0.6
_SPEAKS_OF_MONEY: Final = 3
_ROUNDED: Final = Decimal("0.01")
_WORDS: Final[tuple[tuple[Role, str], ...]] = (
    (
        "month",
        r"\bmonths?\b|\bdate\b|\bdatum\b|\bperiod\b|\bmonat\b|\bzeitraum\b|\bmois\b|\bfecha\b|\bday\b"
        r"|usage start",
    ),
    ("currency", r"\bcurrency\b|\bwährung\b|\bccy\b|\bdevise\b|\bmoneda\b"),
    ("requests", r"\brequests?\b|\bcalls\b|\binvocations?\b|\banfragen\b|\brequêtes\b"),
    ("tokens", r"\btokens?\b"),
    ("accelerator_h", r"\b(?:gpu|accelerator|instance)[ _-]?(?:h|hrs?|hours?)\b|\bgpu-stunden\b"),
    ("energy_kwh", r"\bkwh\b"),
    ("category", r"\bcategory\b|\bkategorie\b|\bcatégorie\b|\bcost type\b|\bcost cent(?:er|re)\b"),
    (
        "description",
        r"\bdescription\b|\bservice\b|\bproduct\b|\bitem\b|\bsku\b|\bvendor\b|\bsupplier\b|\bprovider\b|\bname\b"
        r"|\bbeschreibung\b|\bposten\b|\bdienst\b|\blibellé\b|\bconcepto\b|\bresource\b|\bproject\b|\bline\b",
    ),
)
_MONEY: Final = (
    (r"\bamount\b|\bbetrag\b|\bmontant\b|\bimporte\b", 4),
    (r"\bcosts?\b|\bkosten\b|\bspend\b|\bcharges?\b|\bcoût\b", 4),
    (r"\bnet\b|\bnetto\b|\bsubtotal\b", 3),
    (r"\btotal\b|\bsumme\b|\bsum\b", 2),
    (r"\busd\b|\beur\b|\bgbp\b|[$€£]", 1),
    (r"\bunit\b|\brate\b|\bprice\b|\bquantity\b|\bqty\b|\bmenge\b|\bpreis\b|\bid\b|\bnumber\b|\bno\.?\b", -6),
    (r"\btax\b|\bvat\b|\bmwst\b|\bust\b|\bgross\b|\bbrutto\b|\bdiscount\b|\bbalance\b|\bcumulative\b", -5),
)
TOTAL: Final = re.compile(
    r"(?:(?:grand|sub|running|invoice|monthly|overall)[ -]?)?totals?"
    r"(?: (?:amount|costs?|due|charges?|sum|net|gross|[a-z]{3}|for .*|of .*|in .*|\(.*\)|\d.*))?"
    r"|.* (?:sub-?)?total|(?:zwischen|gesamt)?summe(?: .*)?|gesamt(?:betrag|kosten)?|sums?"
    r"|total g[ée]n[ée]ral|suma(?: total)?|balance(?: due)?"
)
"""What the label of a row of sums says, whole."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the head of a table is, and what its columns are.

    Attributes
    ----------
    header_row : int
        Number of the row with the titles, 0 where there is none.
    headers : tuple of str
        Titles; empty where there is none.
    roles : tuple
        What each column is.
    wide : bool
        Whether months stand side by side, as titles of columns of amounts.
    """

    header_row: int
    headers: tuple[str, ...]
    roles: tuple[Role, ...]
    wide: bool = False

    @property
    def key(self) -> str:
        """What tells this kind of file from others: its titles, those that are months left out."""
        named = [plain(title).casefold() for title in self.headers if title and not is_month(title)]
        return "wide " * self.wide + " | ".join(named or [f"{len(self.roles)} columns"])

    def title(self, column: int) -> str:
        """Return the title of a column; its letter where it has none."""
        words = " ".join(self.headers[column].split()) if column < len(self.headers) else ""
        return words or f"Column {letter(column)}"

    def columns(self, *roles: Role) -> list[int]:
        """Return the columns that are one of these."""
        return [column for column, role in enumerate(self.roles) if role in roles]


_USED: Final = (
    ("requests", r"(?:number of )?(?:api )?(?:requests|calls|anfragen)(?: served)?"),
    ("tokens", r"(?:number of )?tokens"),
    ("accelerator_h", r"(?:gpu|accelerator)[ -]?(?:hours|h)"),
    ("energy_kwh", r"(?:energy,? ?)?\(?kwh\)?"),
)


@lru_cache(maxsize=2**14)
def is_total(text: str) -> bool:
    """Whether a label says that its row, or column, is a sum of others."""
    return bool(TOTAL.fullmatch(plain(text).casefold().strip(" :")))


def usage_named(label: str) -> str:
    """Return which usage the label of a row names: requests, tokens ...; empty where it names a cost."""
    return next((name for name, pattern in _USED if re.fullmatch(pattern, plain(label).casefold())), "")


def is_figure(cell: str) -> bool:
    """Whether a cell is an amount, written in any way."""
    for decimal in (".", ","):
        try:
            read_amount(cell, decimal)
        except AmountError:
            continue
        return True
    return False


def layout_of(sheet: Sheet) -> Layout:
    """Return what the columns of a file seem to be."""
    head = _header_row(sheet)
    width = sheet.width
    titles = sheet.rows[head - 1] if head else ()
    headers = tuple((*titles, *[""] * width)[:width])
    body = [row for row in sheet.rows[head:] if row][:_SAMPLE]
    months = [column for column, title in enumerate(headers) if title and is_month(title)]
    if months and not _month_column(headers, body):
        return Layout(head, headers, _wide_roles(headers, body, set(months)), wide=True)
    return Layout(head, headers, _long_roles(headers, body))


def _header_row(sheet: Sheet) -> int:
    """Return the number of the row of titles; 0 where the first row with figures has none above it.

    Rows with fewer cells than the table has are remarks above it: a title, an account, a date of export.
    """
    counts = Counter(sum(map(bool, row)) for row in sheet.rows[:_SAMPLE])
    usual = max((n for n in counts if n > 1), key=lambda n: (counts[n], n), default=2)
    above = 0
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN], start=1):
        filled = [cell for cell in row if cell]
        if len(filled) < max(2, usual - 1):
            continue
        months = sum(map(is_month, filled))
        figures = sum(is_figure(cell) and not is_month(cell) for cell in filled)
        if months > 1 and not figures:
            return number  # months side by side
        if figures or (months and above):
            return above
        above = number
    return above


def _column(body: Sequence[Sequence[str]], column: int) -> list[str]:
    cells = [row[column] if column < len(row) else "" for row in body]
    return [cell for cell in cells if not is_blank(cell)]


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _month_column(headers: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether some column holds months below a title that is none."""
    return any(
        not is_month(headers[column]) and _share(_column(body, column), is_month) >= _MOSTLY
        for column in range(len(headers))
    )


def _wide_roles(headers: Sequence[str], body: Sequence[Sequence[str]], months: set[int]) -> tuple[Role, ...]:
    roles: list[Role] = []
    for column, title in enumerate(headers):
        if column in months:
            roles.append("amount")
        elif is_total(title) or _share(_column(body, column), is_figure) > _MOSTLY:
            roles.append("ignore")
        else:
            named = _named(title)
            free = named in _TEXTS and named not in roles
            roles.append(named if free else "ignore" if "description" in roles else "description")
    return tuple(roles)


def _spelled(title: str) -> str:
    """Return the words of a title in small letters: ``UsageDate`` and ``usage_date`` are two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain(title))
    return apart.casefold().replace("_", " ").replace("pre tax", "").replace("pretax", "")


def _named(title: str) -> Role:
    folded = _spelled(title)
    return next((role for role, pattern in _WORDS if re.search(pattern, folded)), "ignore")


def _money_points(title: str) -> int:
    folded = _spelled(title)
    return sum(points for pattern, points in _MONEY if re.search(pattern, folded))


def _long_roles(headers: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[Role, ...]:
    columns = [_column(body, column) for column in range(len(headers))]
    roles: list[Role] = ["ignore"] * len(headers)
    _take_month(roles, headers, columns)
    for column, cells in enumerate(columns):
        if roles[column] != "ignore" or not cells:
            continue
        named, title = _named(headers[column]), headers[column]
        figures = _share(cells, is_figure) >= _MOSTLY
        usage = figures and named in USAGE and _money_points(title) < _SPEAKS_OF_MONEY
        if named not in roles and (usage or (not figures and named in _TEXTS)):
            roles[column] = named
        elif not figures and "currency" not in roles and all(map(_is_currency, cells)):
            roles[column] = "currency"
    _take_amounts(roles, headers, columns)
    if "description" not in roles and "category" not in roles:
        for column, cells in enumerate(columns):
            if roles[column] == "ignore" and cells and _share(cells, is_figure) < _MOSTLY:
                roles[column] = "description"
                break
    return tuple(roles)


def _is_currency(cell: str) -> bool:
    return cell.upper() in CURRENCIES or cell.casefold() in CURRENCY_SIGNS


def _take_month(roles: list[Role], headers: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    """Mark the column of months: of those that hold dates, the one whose title says so first."""
    dated = [c for c, cells in enumerate(columns) if _share(cells, is_month) >= _MOSTLY]
    named = [c for c in dated if _named(headers[c]) == "month"]
    best = [c for c in named if re.search(r"month|monat|period|mois|usage", headers[c].casefold())]
    titled = [c for c, title in enumerate(headers) if _named(title) == "month"]
    for chosen in (best, named, dated, titled):
        if chosen:
            roles[chosen[0]] = "month"
            return


def _may_be_money(title: str, cells: Sequence[str]) -> bool:
    named = bool(cells) and _money_points(title) >= _SPEAKS_OF_MONEY
    return named or _share(cells, is_figure) >= _MOSTLY


def _take_amounts(roles: list[Role], headers: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    """Mark the column of amounts; several where no column names categories and none stands out."""
    free = [c for c, cells in enumerate(columns) if roles[c] == "ignore" and _may_be_money(headers[c], cells)]
    if not free:
        return
    parts = _summed(free, headers, columns)
    if parts:
        for column in parts:
            roles[column] = "amount"
        return
    points = {c: _money_points(headers[c]) for c in free}
    best = max(points.values())
    spoken = "category" in roles or "description" in roles
    if best > 1 or (best == 1 and spoken):
        roles[max(free, key=lambda c: (points[c], -c))] = "amount"
        return
    side_by_side = [c for c in free if 0 <= points[c] <= 1 and headers[c] and not is_total(headers[c])]
    for column in [free[0]] if spoken or not side_by_side else side_by_side:
        roles[column] = "amount"


def _summed(free: Sequence[int], headers: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns whose sum another one is: a bill by service, side by side, with its total."""
    for total in free:
        parts = [c for c in free if c != total and _money_points(headers[c]) >= 0]
        if len(parts) < 2 or not re.search(r"\btotal\b|\bsum(?:me)?\b", _spelled(headers[total])):
            continue
        if len({len(columns[c]) for c in (total, *parts)}) > 1:
            continue  # with blanks in it nobody knows which cells belong together
        rows = zip(columns[total], *(columns[c] for c in parts), strict=True)
        if all(_is_sum(row) for row in rows):
            return parts
    return []


def _is_sum(cells: Sequence[str]) -> bool:
    """Whether the first of some cells is the sum of the others, in either way of writing them."""
    for decimal in (".", ","):
        try:
            whole, *parts = (read_amount(cell, decimal).value for cell in cells)
        except AmountError:
            continue
        if abs(whole - sum(parts)) <= _ROUNDED * len(parts):
            return True
    return False
