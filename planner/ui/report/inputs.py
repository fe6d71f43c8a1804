"""Every assumption with value, range, source and date: what was changed or matters first, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from planner.engine.problems import CannotCostError
from planner.engine.used import used_value
from planner.errors import PlannerError
from planner.export import palette
from planner.export.assumptions import YOU, Assumption, assumptions
from planner.export.differences import input_title
from planner.export.sources import SourceRow, sources
from planner.export.story_pages.told import Told
from planner.scenario.model import spec_for
from planner.scenario.parse import value_text
from planner.ui.report.canvas import RIGHT, Box
from planner.ui.report.flow import OVER, SMALL, Flow, Piece
from planner.ui.report.letters import Face
from planner.ui.report.tables import Column, Row, Table
from planner.units import EN_DASH, format_edit, format_range

_MOST_MATTER: Final = 8
_COLUMNS: Final = 3
_GUTTER: Final = 16.0
_NOT_INPUTS: Final = ("notes", "name")
_WIDTHS: Final = (112.0, 76.0, 64.0, 64.0, 46.0)
"""Of name, value, value before, range and date; the source takes the rest. [pt]"""
_PAD: Final = 1.0


class _Faces:
    """Faces of the small print; a plan of many ranges takes them a little smaller."""

    def __init__(self, scale: float) -> None:
        self.title = Face(7.5 * scale, 400)
        self.value = Face(7.5 * scale, 500)
        self.span = Face(7.5 * scale, 400, palette.MUTED)
        self.number = Face(6.5 * scale, 400, palette.MUTED)
        self.source = Face(7.0 * scale, 400, palette.INK2)
        self.bold = Face(7.0 * scale, 600)
        self.row = 9.4 * scale
        self.line = 8.9 * scale


class Inputs:
    """The assumptions of a plan on their pages.

    Parameters
    ----------
    flow, told : Flow, Told
        Where they go, and whose they are.
    most : int
        Rows at most that are set in full; the others are a line each.
    scale : float
        Of the small print.
    """

    def __init__(self, flow: Flow, told: Told, *, most: int = 22, scale: float = 1.0) -> None:
        self._flow, self._told, self._faces = flow, told, _Faces(scale)
        found = [row for row in assumptions(told.scenario, told.plan) if row.path not in _NOT_INPUTS]
        moving = [row.path for row in told.swings[:_MOST_MATTER]]
        first = [row for row in found if row.changed]
        first += [row for row in found if row.path in moving and not row.changed]
        self._first = first[:most]
        self._rest = [row for row in found if row not in self._first]
        self._changed = sum(row.changed for row in found)
        self._numbers: dict[tuple[str, str], int] = {}

    def _used(self, row: Assumption) -> str:
        """Return the value that is used in place of null; empty where the input is none, or none is used."""
        spec = spec_for(row.path)
        if row.value is not None or not spec.numeric:
            return ""
        try:
            value = used_value(row.path, self._told.scenario, self._told.catalog, self._told.results)
        except (CannotCostError, PlannerError):  # the strategies that need it say why they do not fit
            return ""
        if value is None:
            return ""
        ends = value if isinstance(value, tuple) else (value, value)
        low, high = (value_text(end, spec) for end in ends)
        return low if low == high else f"{low} to {high}"

    def put(self) -> None:
        """Set all of them, and where they come from."""
        preset = self._told.plan.preset
        than = f"the preset {preset}" if preset else "a new plan"
        count = self._changed
        headline = f"{count} {'input differs' if count == 1 else 'inputs differ'} from {than}."
        said = f"All {len(self._first) + len(self._rest)} inputs follow, each with its source and date."
        self._flow.section(
            "Assumptions", headline if count else f"All inputs are those of {than}.", said, after=80.0
        )
        self._put_first(preset)
        self._put_rest()
        looked = self._looked_up()
        self._flow.gap(8.0)
        self._flow.subhead(
            "Looked up in the catalogue", "number of the source, what for, which row, its figures", after=60.0
        )
        self._flow.columns(2, looked, gutter=_GUTTER)
        self._put_sources()

    def _put_first(self, preset: str | None) -> None:
        rows, flow = self._first, self._flow
        if not rows:
            return
        name, value, before, span, date = _WIDTHS
        before = before if any(row.changed for row in rows) else 0.0
        source = flow.width - name - value - before - span - date
        columns = [
            Column("Changed, or what matters most" if before else "What matters most", name, lines=3),
            Column("Value", value, RIGHT, 8, Face(8.0, 500)),
            Column("In the preset" if preset else "In a new plan", before, RIGHT, 8, SMALL),
            Column("Low\u2013high", span, RIGHT, 3, SMALL),
            Column("Source", source, lines=12, face=SMALL),
            Column("Date", date, RIGHT, 1, SMALL),
        ]
        kept = [number for number, column in enumerate(columns) if column.width > 0.0]
        table = Table(flow.canvas, tuple(columns[number] for number in kept), pad=2.4)
        full = []
        for row in rows:
            same = row.before if row.changed else "same"
            used = self._used(row) or row.text
            cells = (input_title(row.path), used, same, _spanned(row), row.source, row.date)
            tint = palette.CHANGED if row.changed else ""
            full.append(Row(tuple(cells[number] for number in kept), tint=tint))
        table.put(flow, full)
        flow.gap(8.0)

    # ---------------------------------------------------------------- the others
    def _put_rest(self) -> None:
        pieces: list[Piece] = []
        section = ""
        for row in self._rest:
            if row.section != section:
                section = row.section
                pieces.append(Piece(13.5 if pieces else 11.0, self._headed(section), holds=True))
            pieces.append(self._line(row))
        self._flow.subhead(
            "All other inputs", "value, low\u2013high where it has a range, number of the source", after=80.0
        )
        self._flow.columns(_COLUMNS, pieces, gutter=_GUTTER)

    def _headed(self, section: str) -> Callable[[Box], None]:
        canvas = self._flow.canvas

        def draw(box: Box) -> None:
            canvas.text(Box(box.left, box.bottom - 11.0, box.width, 10.0), section, OVER)
            canvas.rule(box.left, box.right, box.bottom - 0.5, palette.BORDER, 0.5)

        return draw

    def _number(self, source: str, date: str) -> str:
        if source == YOU:
            return YOU
        return str(self._numbers.setdefault((source, date), len(self._numbers) + 1))

    def _line(self, row: Assumption) -> Piece:
        """Return an input on a line, its range beside or below; of null what is used, and what it means."""
        flow, faces = self._flow, self._faces
        letters = flow.letters
        width = (flow.width - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
        title, span, used = spec_for(row.path).title, range_words(row), self._used(row)
        number = self._number(row.source, row.date)
        room = width - max(13.0, letters.width(number, faces.number) + 4.0)
        value = used or row.text
        left = room - letters.width(title, faces.title) - 6.0
        beside = letters.width(value, faces.value) <= left
        both = bool(span) and beside and letters.width(f"{value} {span}", faces.value) + 6.0 <= left
        below = (
            []
            if beside
            else [(line, faces.value) for line in letters.wrapped(value, faces.value, room - 8.0, 4)]
        )
        if span and not both:
            below.append((span, faces.span))
        if used:
            below += [(line, faces.span) for line in letters.wrapped(row.text, faces.span, room - 8.0, 3)]
        canvas = flow.canvas

        def draw(box: Box) -> None:
            first = Box(box.left, box.top, room, faces.row)
            canvas.text(first, title, faces.title)
            canvas.text(Box(box.left + room, box.top, width - room, faces.row), number, faces.number, RIGHT)
            if beside:
                taken = (
                    canvas.text(first.inset(left=room - left), span, faces.span, RIGHT) + 5.0 if both else 0.0
                )
                canvas.text(first.inset(left=room - left, right=taken), value, faces.value, RIGHT)
            for at, (text, face) in enumerate(below, start=1):
                canvas.text(Box(box.left, box.top + at * faces.row, room, faces.row), text, face, RIGHT)
            canvas.rule(box.left, box.right, box.bottom, palette.HAIRLINE, 0.3)

        return Piece((1 + len(below)) * faces.row, draw)

    # ---------------------------------------------------------------- sources
    def _looked_up(self) -> list[Piece]:
        """Return the rows of the catalogue that were used; one that serves several ends stands once."""
        rows: dict[tuple[str, ...], list[SourceRow]] = {}
        for row in sources(self._told.results):
            rows.setdefault((row.kind, row.id, row.figure, row.source), []).append(row)
        flow = self._flow
        width = (flow.width - _GUTTER) / 2
        pieces: list[Piece] = []
        for same in rows.values():
            row = same[0]
            ends = [same[0].used_for, *(each.used_for[:1].lower() + each.used_for[1:] for each in same[1:])]
            figure = f", {row.figure}" if row.figure else ""
            text = f"[{self._number(row.source, row.date)}] {', '.join(ends)}: {row.name}{figure}"
            pieces += self._run(text, width)
        return pieces

    def _put_sources(self) -> None:
        flow = self._flow
        dates = [date for _, date in self._numbers if date]
        common = max(dates, key=dates.count, default="")
        texts = []
        for (source, date), number in self._numbers.items():
            texts.append(f"[{number}] {source}{f', {date}' if date not in ('', common) else ''}.")
        quiet = (
            f"of {common} where no date is said; {YOU}: typed in this plan"
            if common
            else f"{YOU}: typed in this plan"
        )
        flow.gap(8.0)
        flow.subhead("Sources", quiet, after=60.0)
        width = (flow.width - _GUTTER) / 2
        flow.columns(2, self._run(" ".join(texts), width), gutter=_GUTTER)

    def _run(self, text: str, width: float) -> list[Piece]:
        """Return running text; numbers in brackets are heavier."""
        flow, faces = self._flow, self._faces
        lines = []
        now: list[tuple[str, Face]] = []
        used = 0.0
        blank = flow.letters.width(" ", faces.source)
        for word in text.split(" "):
            face = faces.bold if word.startswith("[") and word.rstrip(".").endswith("]") else faces.source
            for part in flow.letters.wrapped(word, face, width):
                length = flow.letters.width(part, face)
                if now and used + length > width:
                    lines.append(now)
                    now, used = [], 0.0
                now.append((part, face))
                used += length + blank
        lines.append(now)
        return [Piece(faces.line, self._spelled(line, blank)) for line in lines if line]

    def _spelled(self, words: Sequence[tuple[str, Face]], blank: float) -> Callable[[Box], None]:
        """Return what sets words of several faces on a line; those of one face in one go."""
        runs: list[tuple[str, Face]] = []
        for word, face in words:
            if runs and runs[-1][1] == face:
                runs[-1] = (f"{runs[-1][0]} {word}", face)
            else:
                runs.append((word, face))
        canvas = self._flow.canvas

        def draw(box: Box) -> None:
            left = box.left
            for text, face in runs:
                width = canvas.letters.width(text, face)
                canvas.text(Box(left, box.top, width + 0.5, box.height), text, face)
                left += width + blank

        return draw


def range_words(row: Assumption) -> str:
    """Return the range of an input, its unit once; empty without one."""
    if row.low is None or row.high is None:
        return ""
    if row.unit.startswith("usd"):  # amounts of another currency have as many digits as its rate
        return format_range(row.low, row.high, row.unit, figures=3)
    return f"{format_edit(row.low, row.unit)}{EN_DASH}{format_edit(row.high, row.unit)}"


def _spanned(row: Assumption) -> str:
    words = range_words(row)
    return f"{words} {row.shape}" if words else ""
