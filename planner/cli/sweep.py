"""``planner sweep``: a plan at every point of a grid, to a file or as a table."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.cli.inputs import add_changes, add_file, changed, open_plan
from planner.cli.text import paragraph, say, say_json, table
from planner.errors import InputError, PlannerError
from planner.export.sweeps.blocks import BLOCK, NOT_CHOSEN, Sweep, make_sweep
from planner.export.sweeps.cluster import compute_there
from planner.export.sweeps.grid import Axis, check_grid, read_grid
from planner.export.sweeps.local import compute_here, workers_for
from planner.export.sweeps.outline import Outline
from planner.export.sweeps.stream import Outcome, Progress, Source, check_target, sweep_through, sweep_to
from planner.scenario.fields import in_sentence
from planner.scenario.model import SCHEMA_VERSION, STRATEGY_WORDS
from planner.scenario.parse import value_text
from planner.units import MINUTES_PER_HOUR, MISSING, SECONDS_PER_MINUTE, format_quantity

HELP: Final = "Simulate a plan at every point of a grid, and write a Parquet or CSV file, or print a table."

_TABLE_POINTS: Final = 40
_JSON_ROWS: Final = 50_000
_MOST_WORKERS: Final = 256
_BETWEEN_LINES_S: Final = 15.0
_BETWEEN_REDRAWS_S: Final = 0.2
_LINE: Final = 79


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan, axes, the file to write, and who computes."""
    add_file(parser)
    parser.add_argument(
        "--over",
        dest="axes",
        action="append",
        required=True,
        metavar="PATH=VALUES",
        help="an axis: PATH=a,b,c or PATH=lo:hi:n[:log]; may stand many times, for all combinations",
    )
    parser.add_argument(
        "--to", metavar="OUT", help="file to write, .parquet or .csv; an interrupted sweep goes on from there"
    )
    add_changes(parser)
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument(
        "--block", type=int, default=BLOCK, metavar="N", help=f"points computed and kept at once ({BLOCK:,})"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes here; one a core if absent")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help='compute on a Dask cluster; needs pip install "planner[cluster]"',
    )
    parser.add_argument(
        "--restart", action="store_true", help="throw away what an interrupted sweep has left beside OUT"
    )


def act(chosen: argparse.Namespace) -> int:
    """Compute, and write or print."""
    target = None if chosen.to is None else Path(chosen.to)
    if target is not None:
        check_target(target)
        if chosen.json:
            raise PlannerError("usage", "--json prints and --to writes.", "Take one of them.")
    sweep = _sweep(chosen)
    if chosen.json and sweep.grid.size * len(sweep.strategies) > _JSON_ROWS:
        raise PlannerError(
            "too_many_rows",
            f"The JSON would have more than {_JSON_ROWS:,} rows.",
            "Write them: --to OUT.parquet.",
        )
    teller = _Teller()
    source = _source(chosen, sweep, teller)
    try:
        if target is None:
            return _print(sweep, source, teller, as_json=chosen.json)
        return _write(target, sweep, source, teller, restart=chosen.restart)
    except KeyboardInterrupt:
        teller.end()
        kept = f'"{target}.part" keeps the finished blocks: the same command goes on from there.'
        print(f"\nStopped. {'Nothing was written.' if target is None else kept}", file=sys.stderr)
        raise


def _sweep(chosen: argparse.Namespace) -> Sweep:
    grid = read_grid(chosen.axes)
    plan = changed(open_plan(chosen.file), chosen.changes)
    check_grid(plan.scenario, load_catalog(), grid)
    if chosen.workers is not None and not 1 <= chosen.workers <= _MOST_WORKERS:
        allowed = f"a whole number from 1 to {_MOST_WORKERS}"
        raise InputError("workers", f"--workers is {chosen.workers:,}; allowed is {allowed}.", path="workers")
    return make_sweep(plan, grid, chosen.block)


def _source(chosen: argparse.Namespace, sweep: Sweep, teller: _Teller) -> Source:
    if chosen.scheduler:
        return lambda _sweep, numbers: compute_there(_sweep, numbers, chosen.scheduler, teller.note)

    def here(_sweep: Sweep, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        points = len(numbers) * sweep.block
        return compute_here(_sweep, numbers, chosen.workers or workers_for(points, len(numbers)))

    return here


def _write(target: Path, sweep: Sweep, source: Source, teller: _Teller, *, restart: bool) -> int:
    outline = Outline(sweep)
    outcome = sweep_to(target, sweep, source, restart=restart, tell=teller.tell, watch=outline.add)
    teller.end()
    say(f"wrote {target}: {_size(sweep)}{_kept(outcome)}")
    _say_outline(outline)
    return 0


def _print(sweep: Sweep, source: Source, teller: _Teller, *, as_json: bool) -> int:
    most = _JSON_ROWS if as_json else _TABLE_POINTS * len(sweep.strategies)
    outline = Outline(sweep, most)
    sweep_through(sweep, source, outline.add, teller.tell)
    teller.end()
    if as_json:
        say_json(_document(outline))
        return 0
    say(_size(sweep))
    say()
    if sweep.grid.size <= _TABLE_POINTS:
        _say_points(outline)
    _say_outline(outline)
    if sweep.grid.size > _TABLE_POINTS:
        say()
        say("Every row: --to OUT.parquet, which opens in the planner, or OUT.csv.")
    return 0


def _size(sweep: Sweep) -> str:
    points = "1 point" if sweep.grid.size == 1 else f"{sweep.grid.size:,} points"
    strategies = "1 strategy" if len(sweep.strategies) == 1 else f"{len(sweep.strategies)} strategies"
    axes = " x ".join(f"{len(axis.values):,} of {in_sentence(axis.spec.title)}" for axis in sweep.grid.axes)
    return f"{points} ({axes}), {strategies} each"


def _kept(outcome: Outcome) -> str:
    if not outcome.kept:
        return ""
    return f"; {outcome.kept:,} blocks were there already, {outcome.computed:,} computed now"


def _document(outline: Outline) -> dict[str, Any]:
    about = outline.sweep.description
    return {
        "schema_version": SCHEMA_VERSION,
        "planner_version": __version__,
        "catalog_version": about["versions"]["catalog"],
        "scenario": outline.sweep.scenario.model_dump(mode="json"),
        "axes": about["axes"],
        "strategies": {name: asdict(found) for name, found in outline.strategies.items()},
        "rows": outline.rows,
    }


# ---------------------------------------------------------------- tables
def _say_points(outline: Outline) -> None:
    sweep = outline.sweep
    each = len(sweep.strategies)
    head = [
        *(axis.spec.title for axis in sweep.grid.axes),
        *map(STRATEGY_WORDS.__getitem__, sweep.strategies),
    ]
    lines = [head]
    for number in range(sweep.grid.size):
        point = sweep.grid.point(number)
        values = [value_text(point[axis.path], axis.spec) for axis in sweep.grid.axes]
        rows = outline.rows[number * each : (number + 1) * each]
        best = _cheapest(rows)
        lines.append([*values, *(_total(row, marked=row is best) for row in rows)])
    say("Total by strategy; * is the cheapest that keeps all limits")
    for line in table(lines, right=range(len(head))):
        say(line)
    say()


def _cheapest(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    keeping = [row for row in rows if row["keeps_limits"]]
    return min(keeping, key=lambda row: float(row["total_usd"]), default=None)


def _total(row: dict[str, Any], *, marked: bool) -> str:
    if row["total_usd"] is None:
        return MISSING
    return f"{format_quantity(row['total_usd'], 'usd')}{'*' if marked else ' '}"


def _say_outline(outline: Outline) -> None:
    points = outline.points
    rows = [["", "Fits", "Keeps limits", "Cheapest", "Lowest total", "Highest total"]]
    for name, found in outline.strategies.items():
        shares = [
            format_quantity(count / points, "frac")
            for count in (found.fits, found.keeps_limits, found.cheapest)
        ]
        ends = [MISSING if math.isinf(end) else format_quantity(end, "usd") for end in _ends(found)]
        rows.append([STRATEGY_WORDS[name], *shares, *ends])
    for line in table(rows, right=range(1, 6)):
        say(line)
    best = min(outline.strategies.values(), key=lambda found: found.lowest_usd)
    if best.lowest_at >= 0:
        say()
        where = ", ".join(_words(axis, outline.sweep, best.lowest_at) for axis in outline.sweep.grid.axes)
        say(paragraph(f"Lowest total at {where}.", hanging="  "))
    if outline.none:
        share = format_quantity(outline.none / points, "frac")
        say(f"No strategy keeps all limits in {outline.none:,} points ({share}).")
    for code, count in sorted(outline.problems.items()):
        if code == NOT_CHOSEN:
            continue
        say(f"No figures in {count:,} rows: {code}.")


def _ends(found: Any) -> tuple[float, float]:
    return found.lowest_usd, found.highest_usd


def _words(axis: Axis, sweep: Sweep, number: int) -> str:
    value = sweep.grid.point(number)[axis.path]
    return f"{in_sentence(axis.spec.title)} {value_text(value, axis.spec)}"


# ---------------------------------------------------------------- progress
class _Teller:
    """Progress on stderr: one line drawn anew on a terminal, else a line every now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._live = sys.stderr.isatty()
        self._told = clock()
        self._drawn = False

    def tell(self, progress: Progress) -> None:
        """Say how far it is, where that is worth a line."""
        now = self._clock()
        wait = _BETWEEN_REDRAWS_S if self._live else _BETWEEN_LINES_S
        if now - self._told < wait and not (self._live and progress.points == progress.total):
            return
        self._told = now
        text = progress_text(progress)
        if self._live:
            self._drawn = True
            print(f"\r{text[:_LINE]:<{_LINE}}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """Say something else."""
        self.end()
        print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line that is drawn anew, empty."""
        if self._drawn:
            print(f"\r{'':<{_LINE}}\r", end="", file=sys.stderr, flush=True)
            self._drawn = False


def progress_text(progress: Progress) -> str:
    """Return how far a sweep is, in words."""
    share = format_quantity(progress.points / progress.total, "frac")
    text = f"{progress.points:,} of {progress.total:,} points ({share})"
    if not progress.computed:
        return text
    return f"{text}, {progress.per_second:,.0f} a second, {_time_text(progress.seconds_left)} left"


def _time_text(seconds: float) -> str:
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, int(SECONDS_PER_MINUTE))
    hours, minutes = divmod(minutes, int(MINUTES_PER_HOUR))
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
