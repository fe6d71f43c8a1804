"""What to say of draws that do not stand around the plan as it is."""

from __future__ import annotations

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.evidence.default_ranges import ranges_apart
from planner.scenario.model import spec_for
from planner.units import format_apart


def apart_texts(results: Results) -> list[str]:
    """Return a sentence for each input whose range does not stand around the value that a single run uses."""
    found = []
    for path, used in ranges_apart(results, load_catalog()).items():
        spec, mode = spec_for(path), results.scenario.ranges[path].mode
        here, there = format_apart(used, mode, spec.unit, figures=3)
        found.append(
            f"{spec.title} ({path}): the plan uses {here}, but draws follow its range around {there}."
        )
    return found
