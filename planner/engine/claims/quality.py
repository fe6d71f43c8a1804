"""Claims about scores: how deep in the domain, how broad outside it."""

from __future__ import annotations

from planner.engine.claims.compare import LITTLE_FRAC, MUCH_FRAC, higher_score, listed, points_apart, together
from planner.engine.claims.facts import Facts
from planner.engine.claims.records import Claim, Finding, UntestedError, Verdict
from planner.units import format_quantity

_SAME_FRAC = 1e-9


def _tuned_over_prompted(facts: Facts) -> Finding:
    tuned = facts.figure("finetune", "quality")
    own = [facts.figure("prompt", "quality")] if facts.has("prompt") else []
    prompted = [*own, facts.figure("api", "quality")]
    found = together([higher_score(tuned.value, other.value) for other in prompted])
    words = listed([points_apart(tuned, other) for other in prompted])
    return Finding(found, f"Fine-tuning scores {words}.", (tuned, *prompted))


def _tuned_over_distilled(facts: Facts) -> Finding:
    tuned, small = facts.figure("finetune", "quality"), facts.figure("distil", "quality")
    found = higher_score(tuned.value, small.value)
    return Finding(found, f"Fine-tuning scores {points_apart(tuned, small)}.", (tuned, small))


def _kept(facts: Facts, figure: str) -> tuple[float, Finding]:
    """Return the share of its teacher's score that the student keeps, and both scores. [1]."""
    student, teacher = facts.figure("distil", figure), facts.figure(facts.teacher, figure)
    if teacher.value <= 0.0:
        raise UntestedError("The teacher scores nothing, so there is nothing to keep.")
    share = student.value / teacher.value
    lost = max(0.0, 1.0 - share)
    verdict: Verdict = "holds" if lost <= LITTLE_FRAC else "partly" if lost <= MUCH_FRAC else "fails"
    size = {"holds": "a little", "partly": "more than a little", "fails": "over a tenth"}[verdict]
    words = f"The student loses {format_quantity(lost, 'frac')} of its teacher's score: {size}."
    if lost == 0.0:
        words = "The student loses nothing against its teacher."
    return share, Finding(verdict, words, (student, teacher))


def _little_lost(facts: Facts) -> Finding:
    return _kept(facts, "quality")[1]


def _breadth_kept(facts: Facts) -> Finding:
    return _kept(facts, "general_quality")[1]


def _more_depth_lost(facts: Facts) -> Finding:
    depth, scores = _kept(facts, "quality")
    breadth, general = _kept(facts, "general_quality")
    more = breadth - depth
    verdict: Verdict = "holds" if more >= LITTLE_FRAC else "partly" if more > _SAME_FRAC else "fails"
    deep, broad = (format_quantity(max(0.0, 1.0 - kept), "frac") for kept in (depth, breadth))
    words = f"The student loses {deep} of its teacher's domain score, {broad} of its general one."
    return Finding(verdict, words, scores.figures + general.figures)


def _both_are_expert(facts: Facts) -> Finding:
    both, tuned = facts.figure("both", "quality"), facts.figure("finetune", "quality")
    alone = facts.figure("distil", "quality")
    near = both.value >= tuned.value * (1.0 - LITTLE_FRAC)
    above = higher_score(both.value, alone.value)
    verdict = above if above != "holds" or near else "partly"
    words = f"It scores {points_apart(both, alone)}, {points_apart(both, tuned)}."
    return Finding(verdict, words, (both, alone, tuned))


def _reads_professional(facts: Facts) -> Finding:
    scores = tuple(facts.figure(each, "quality") for each in ("finetune", "distil") if facts.has(each))
    values = " against ".join(format_quantity(score.value, "points", figures=2) for score in scores)
    nearest = f"; the nearest figure is the score, {values}" if scores else ""
    return Finding("not tested", f"Nothing here measures how answers read{nearest}.", scores)


_LITTLE, _MUCH = (format_quantity(share, "frac") for share in (LITTLE_FRAC, MUCH_FRAC))

CLAIMS = (
    Claim(
        "tuned_over_prompted",
        "Quality",
        "Fine-tuning gives higher accuracy in its domain",
        "Score of the tuned model against that of the same model prompted, and of the API.",
        _tuned_over_prompted,
    ),
    Claim(
        "tuned_over_distilled",
        "Quality",
        "A fine-tuned model knows its domain better than a distilled one",
        "Score of the tuned model against that of the distilled one.",
        _tuned_over_distilled,
    ),
    Claim(
        "little_lost",
        "Quality",
        "Distilling loses only a little quality",
        f"Score against its teacher's: true if at most {_LITTLE} of it is lost, partly up to {_MUCH}.",
        _little_lost,
    ),
    Claim(
        "breadth_kept",
        "Quality",
        "Distilling keeps breadth",
        f"General score of the student against its teacher's: true if it loses at most {_LITTLE}, "
        f"partly up to {_MUCH}.",
        _breadth_kept,
    ),
    Claim(
        "more_depth_lost",
        "Quality",
        "What distilling loses is depth rather than breadth",
        f"Share lost of the teacher's domain score and of its general score: true from {_LITTLE} apart.",
        _more_depth_lost,
    ),
    Claim(
        "both_expert",
        "Quality",
        "Tuning, then distilling, gives expertise",
        f"Score above that of distilling alone, and at most {_LITTLE} below that of the tuned model.",
        _both_are_expert,
    ),
    Claim(
        "professional",
        "Quality",
        "Fine-tuned answers read as more professional",
        "A judgement: no figure of the engine says how an answer reads.",
        _reads_professional,
        is_judgement=True,
    ),
)
