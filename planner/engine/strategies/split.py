"""Over how many accelerators a model is split.

The fewest accelerator-hours that keep the token limit (decision 25).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.architecture import Architecture
from planner.engine.fleet import Load, build_replica, size_fleet
from planner.engine.jobs import generate_answers
from planner.engine.world import World


def for_serving(world: World, load: Load) -> Any:
    """Return the typed number, else the best of the candidates that hold the model.

    The largest if none does. [1]; by draw where there are draws, each a plan of its own.
    """
    typed = world.inputs.serving.accelerators_per_replica
    if typed is not None:
        return int(typed)
    return world.once(("split", load.role), lambda: _best(world, load))


def _best(world: World, load: Load) -> Any:
    counts = np.asarray(world.physics.serving.accelerator_counts, dtype=np.float64)
    replica = build_replica(world, load, counts.reshape(-1, *(1,) * (1 if world.draws is None else 2)))
    sizing = size_fleet(world, replica)
    hours = (sizing.paid_replicas * replica.accelerators).sum(axis=-1)
    holds, keeps = replica.fits[..., 0], sizing.keeps_token_limit.all(axis=-1)
    both = holds & keeps
    eligible = np.where(both.any(axis=0), both, holds)
    least = counts[np.argmin(np.where(eligible, hours, np.inf), axis=0)]
    best = np.where(eligible.any(axis=0), least, counts[-1])
    return int(best) if world.draws is None else best


def for_teacher(world: World, teacher: Architecture) -> int:
    """Return the split of a teacher that answers offline.

    The fewest accelerator-hours among those that hold it.
    """
    best: int = world.once(("split", "teacher"), lambda: _best_for_teacher(world, teacher))
    return best


def _best_for_teacher(world: World, teacher: Architecture) -> int:
    counts = np.asarray(world.physics.serving.accelerator_counts, dtype=np.float64)
    generation = generate_answers(world, teacher, counts)
    holds = generation.replica.fits
    if not holds.any():
        return int(counts[-1])
    return int(counts[int(np.argmin(np.where(holds, generation.accelerator_s_per_request, np.inf)))])
