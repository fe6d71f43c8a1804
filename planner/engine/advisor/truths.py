"""What generally holds of each strategy by each criterion: the second line of the advisor's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TITLES: Final[Mapping[str, str]] = {
    "goal": "Goal",
    "best_for": "Best for",
    "data": "Data need",
    "quality": "Quality depth",
    "breadth": "Breadth",
    "release": "First release",
    "running": "Running cost",
    "deployment": "Deployment",
    "adaptability": "Adaptability",
    "explainability": "Explainability",
    "energy": "Energy, carbon",
    "upkeep": "Maintenance",
    "experience": "User experience",
    "house": "Data in house",
    "weeks": "Time to release",
    "sharing": "Several tasks",
}
"""The rows, from top to bottom."""

TRUTHS: Final[Mapping[str, Mapping[str, str]]] = {
    "goal": {
        "api": "ask a large model, each time with the whole prompt",
        "prompt": "run a large open model, unchanged",
        "finetune": "teach the large model your domain",
        "distil": "move one skill into a small model",
        "both": "teach first, then shrink the expert",
    },
    "best_for": {
        "api": "low volume, broad or changing tasks",
        "prompt": "broad tasks on data that must stay in",
        "finetune": "hard tasks, quality first",
        "distil": "narrow tasks, high volume, devices",
        "both": "tasks that are narrow and hard",
    },
    "data": {
        "api": "only a test set",
        "prompt": "only a test set",
        "finetune": "people label every example",
        "distil": "the teacher writes the answers",
        "both": "labels first, then the tuned teacher's answers",
    },
    "quality": {
        "api": "as good as model and prompt",
        "prompt": "as good as model and prompt",
        "finetune": "highest ceiling in the domain",
        "distil": "a part of what its teacher scores",
        "both": "a part of what a better teacher scores",
    },
    "breadth": {
        "api": "all that the large model knows",
        "prompt": "all that the base knows",
        "finetune": "forgets a little of the rest",
        "distil": "weaker off the trained topics",
        "both": "weaker off the trained topics",
    },
    "adaptability": {
        "api": "change the prompt",
        "prompt": "change the prompt",
        "finetune": "add examples, tune again",
        "distil": "ask the teacher anew, distil again",
        "both": "tune the teacher, then distil again",
    },
    "upkeep": {
        "api": "follow the provider's models",
        "prompt": "keep prompts and replicas",
        "finetune": "one training run each",
        "distil": "teacher's answers, then the student",
        "both": "two trainings each, so data are older",
    },
}

EXPLAINABILITY: Final[Mapping[str, tuple[str, str]]] = {
    "api": ("Low", "weights and training data are not shown, and the model may change"),
    "prompt": ("Fair", "open weights that stay the same, but unknown training data"),
    "finetune": ("Good", "open weights, and answers can be traced to your own labels"),
    "distil": ("Low", "it copies answers of a teacher, without the reasons behind them"),
    "both": ("Fair", "your labels shaped it, but through a teacher's answers"),
}
"""Judgement and its reason."""
