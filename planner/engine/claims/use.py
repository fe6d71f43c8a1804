"""Claims about what a user feels: speed, and a phone without a network."""

from __future__ import annotations

from planner.engine.claims.compare import against, lower, together
from planner.engine.claims.facts import Facts
from planner.engine.claims.records import Claim, Finding, UntestedError, Verdict
from planner.engine.devices import Device
from planner.units import format_apart, format_quantity

READING_TOKENS_PER_S = 5.2
"""Silent reading of English: 238 words a minute (Brysbaert 2019) at 1.3 tokens a word."""
PATIENCE_S = 10.0
"""How long attention stays on a dialogue that does not answer (Nielsen 1993)."""


def _is_faster(facts: Facts) -> Finding:
    names = ("latency_p95_s", "tpot_s")
    pairs = [[facts.figure(each, name) for each in ("distil", "finetune")] for name in names]
    verdicts = [lower(small.value, tuned.value) for small, tuned in pairs]
    whole, token = (against(small.value, tuned.value) for small, tuned in pairs)
    words = f"An answer takes {whole} the tuned model's, a token {token} its."
    return Finding(together(verdicts), words, (*pairs[0], *pairs[1]))


def _phone(facts: Facts) -> Device:
    device = facts.phone.device
    if device is None:
        why = facts.phone.problems[0].message if facts.phone.problems else "It cannot be costed."
        raise UntestedError(why)
    return device


def _fits_a_phone(facts: Facts) -> Finding:
    device = _phone(facts)
    needed = facts.say("Memory needed", device.needed_bytes, "bytes", "distil", "student.model")
    usable = facts.say("Memory usable", device.usable_bytes, "bytes", "distil", "serving.edge_precision")
    verdict: Verdict = "holds" if device.fits else "fails"
    takes = format_quantity(needed.value / usable.value, "frac")
    words = f"It takes {takes} of the memory that an app may use on a {device.card.name}."
    return Finding(verdict, words, (needed, usable))


def _works_offline(facts: Facts) -> Finding:
    device, workload = _phone(facts), facts.scenario.workload
    if not device.fits:
        return Finding("fails", "The model does not fit on the phone.", _fits_a_phone(facts).figures)
    speed = facts.say("Speed on the phone", 1.0 / device.tpot_s, "tokens_per_s", "distil", "student.model")
    first = facts.say(
        "First token on the phone",
        device.prefill_s + device.tpot_s,
        "s",
        "distil",
        "workload.input_tokens",
    )
    wait = PATIENCE_S if workload.ttft_limit_s is None else workload.ttft_limit_s
    least = READING_TOKENS_PER_S if workload.tpot_limit_s is None else 1.0 / workload.tpot_limit_s
    faults = []
    if facts.scenario.distil.escalated_frac > 0.0:
        faults.append(
            f"{format_quantity(facts.scenario.distil.escalated_frac, 'frac')} of requests still go out"
        )
    if speed.value < least:
        slow, wanted = format_apart(speed.value, least, "tokens_per_s")
        faults.append(f"it writes {slow}, under {wanted}")
    if first.value > wait:
        late, wanted = format_apart(first.value, wait, "s")
        faults.append(f"it starts after {late}, over {wanted}")
    words = (
        f"It fits, but {' and '.join(faults)}."
        if faults
        else "It fits, needs no network, and is quick enough."
    )
    return Finding("partly" if faults else "holds", words, (speed, first))


CLAIMS = (
    Claim(
        "faster",
        "In use",
        "A distilled model answers faster",
        "Whole answer (p95) and time per token in the busy hour, against the tuned model.",
        _is_faster,
    ),
    Claim(
        "fits_phone",
        "In use",
        "A distilled model fits on a phone",
        "The same plan on the default phone: memory needed against what an app may use.",
        _fits_a_phone,
    ),
    Claim(
        "works_offline",
        "In use",
        "It works on that phone offline",
        f"As above, all requests answered there; by the plan's own limits, else "
        f"{READING_TOKENS_PER_S:g} tokens/s (reading speed) and a first token within {PATIENCE_S:g} s.",
        _works_offline,
    ),
)
