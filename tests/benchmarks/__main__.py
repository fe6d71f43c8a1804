"""Print the table of timings."""

from __future__ import annotations

import os
import platform
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.benchmarks import (
    breakeven,
    compare,
    doubt,
    engine,
    equations,
    exports,
    optimise,
    present,
    sensitivity,
    story,
    sweeps,
    ui,
)


def main() -> None:
    """Print every row."""
    write = sys.stdout.write
    write(f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    write(f"{'ms':52s}{'median':>10s}{'p95':>10s}{'budget':>10s}{'ratio':>9s}  by\n")
    for rows in (
        engine.run,
        compare.run,
        sensitivity.run,
        breakeven.run,
        optimise.run,
        sweeps.run,
        ui.run,
        doubt.run,
        equations.run,
        exports.run,
        story.run,
        present.run,
    ):
        for row in rows():
            write(f"{row.text()}\n")


main()
