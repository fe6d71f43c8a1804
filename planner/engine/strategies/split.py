"""Over how many accelerators a model is split.

The fewest accelerator-hours that keep the token limit (decision 25).
"""

from __future__ import annotations

import numpy as np

from planner.engine.architecture import Architecture
from planner.engine.fleet import Load, build_replica, size_fleet
from planner.engine.jobs import generate_answers
from planner.engine.world import World


def for_serving(world: World, load: Load) -> int:
    """Return the typed number, else the best of the candidates that hold the model.

    The largest if none does.
    """
    typed = world.inputs.serving.accelerators_per_replica
    if typed is not None:
        return int(typed)
    best: int = world.once(("split", load.role), lambda: _best(world, load))
    return best


def _best(world: World, load: Load) -> int:
    counts = np.asarray(world.physics.serving.accelerator_counts, dtype=np.float64)
    replica = build_replica(world, load, counts[:, np.newaxis])
    sizing = size_fleet(world, replica)
    hours = (sizing.paid_replicas * replica.accelerators).sum(axis=-1)
    holds, keeps = replica.fits[:, 0], sizing.keeps_token_limit.all(axis=-1)
    both = holds & keeps
    eligible = both if both.any() else holds
    if not eligible.any():
        return int(counts[-1])
    return int(counts[int(np.argmin(np.where(eligible, hours, np.inf)))])


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
