"""Claims: figures are those of the ledger, verdicts follow from them, every claim can be true and false."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import cache
from random import Random

import numpy as np
import pytest
from random_plans import plan

from planner.catalog.load import load_catalog
from planner.engine.claims.compare import against, higher_score, listed, lower, together
from planner.engine.claims.listing import CLAIMS, findings
from planner.engine.claims.rows import Rows, parsed
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.scenario.model import Scenario, spec_for
from planner.scenario.presets import load_preset, presets
from planner.units import UNITS, format_quantity

CATALOG = load_catalog()
BY_ID = {claim.id: claim for claim in CLAIMS}
TESTABLE = [claim.id for claim in CLAIMS if not claim.is_judgement]
ALL = {preset.id: load_preset(preset.id).scenario for preset in presets()} | {
    "everything again": Scenario().with_({"refresh.new_data_frac": 1.0, "refresh.teacher_update_months": 9}),
    "left out": Scenario().with_({"strategies": ("api", "distil")}),
    "own teacher": Scenario().with_({"distil.method": "logits"}),
    "API teaches": Scenario().with_({"distil.teacher": "api"}),
    "at a provider": Scenario().with_({"finetune.host": "provider"}),
}

LARGER_STUDENT = {"base.model": "llama-3.1-8b", "student.model": "llama-3.1-70b"}
GOOD_STUDENT = {"quality.distil_loss_frac": 0.01, "distil.examples": 1e5}
HOLDS = {
    "tuned_over_prompted": {},
    "tuned_over_distilled": {},
    "little_lost": GOOD_STUDENT,
    "breadth_kept": GOOD_STUDENT,
    "more_depth_lost": {"quality.distil_points": 60.0},
    "both_expert": GOOD_STUDENT,
    "more_data": {"data.examples": 1e5},
    "more_compute": {},
    "cheaper": {},
    "cheaper_to_run": {},
    "lighter": {},
    "both_efficient": {},
    "hungry_training": {"data.examples": 1e6},
    "saves_daily": {},
    "adapts_by_adding": {},
    "distilled_again": {"refresh.new_data_frac": 1.0},
    "less_upkeep": {"serving.student_target": "edge"},
    "repeats_compression": {},
    "faster": {},
    "fits_phone": {},
    "works_offline": {
        "student.model": "llama-3.2-1b",
        "workload.ttft_limit_s": None,
        "workload.tpot_limit_s": None,
    },
}
FAILS = {
    "tuned_over_prompted": {"quality.finetune_points": 70.0},
    "tuned_over_distilled": {"quality.distil_points": 90.0},
    "little_lost": {"quality.distil_loss_frac": 0.08},
    "breadth_kept": {"quality.distil_loss_frac": 0.08},
    "more_depth_lost": {"distil.examples": 1e6},
    "both_expert": {"quality.both_points": 60.0},
    "more_data": {"data.usd_per_example": 0.01},
    "more_compute": {"data.examples": 1000.0},
    "cheaper": {"distil.usd_per_prompt": 20.0},
    "cheaper_to_run": LARGER_STUDENT,
    "lighter": LARGER_STUDENT,
    "both_efficient": LARGER_STUDENT,
    "hungry_training": {"data.examples": 1000.0, "distil.examples": 1e5},
    "saves_daily": LARGER_STUDENT,
    "adapts_by_adding": {
        "refresh.new_data_frac": 1.0,
        "labour.refresh_frac": 1.0,
        "prices.rent_change_frac_per_year": 0.1,
    },
    "distilled_again": {},
    "less_upkeep": {},
    "repeats_compression": {"data.usd_per_example": 10.0},
    "faster": {"serving.student_target": "edge"},
    "fits_phone": {"student.model": "llama-3.1-70b"},
    "works_offline": {"student.model": "llama-3.1-70b"},
}
PARTLY = {
    "tuned_over_prompted": {"quality.finetune_points": 78.0},  # above self-hosting, below the API
    "tuned_over_distilled": {"quality.finetune_points": 80.2, "quality.distil_points": 80.0},
    "little_lost": {},
    "both_expert": {},
    "more_data": {},
    "cheaper_to_run": {"workload.requests_per_month": 1.2e6},  # the API is cheaper at a low volume
    "hungry_training": {},
    "adapts_by_adding": {"refresh.new_data_frac": 1.0},
    "distilled_again": {"refresh.teacher_update_months": 12},  # all again then, not in between
    "works_offline": {"distil.escalated_frac": 0.1, **HOLDS["works_offline"]},
}


def _run(scenario):
    results = simulate(scenario, CATALOG)
    return results, findings(results, CATALOG)


@cache
def of(plan_id):
    return _run(ALL[plan_id])[1]


def found(changes, scenario=None):
    return _run((scenario or Scenario()).with_(changes))[1]


# ---------------------------------------------------------------- every claim can be true and false
@pytest.mark.parametrize("claim", TESTABLE)
def test_a_claim_holds_somewhere_and_fails_elsewhere(claim):
    assert found(HOLDS[claim])[claim].verdict == "holds"
    assert found(FAILS[claim])[claim].verdict == "fails"


@pytest.mark.parametrize("claim", PARTLY)
def test_a_claim_of_parts_may_hold_in_part(claim):
    assert found(PARTLY[claim])[claim].verdict == "partly"


def test_no_claim_is_the_same_on_all_random_plans_but_judgements():
    seen = defaultdict(Counter)
    for seed in range(200):
        results = simulate(plan(Random(seed)), CATALOG)
        for claim, finding in findings(results, CATALOG).items():
            seen[claim][finding.verdict] += 1
            assert all(math.isfinite(figure.value) for figure in finding.figures), (seed, claim)
            assert finding.sentence.endswith("."), (seed, claim)
            assert "nan" not in finding.sentence, (seed, claim)
    decided = {claim: set(verdicts) - {"not tested"} for claim, verdicts in seen.items()}
    assert {claim for claim, verdicts in decided.items() if len(verdicts) < 2} == {"professional"}
    assert not decided["professional"]


def test_a_judgement_is_never_decided_and_shows_the_nearest_figure():
    for scenario in ALL.values():
        finding = _run(scenario)[1]["professional"]
        assert finding.verdict == "not tested"
        assert "Nothing here measures" in finding.sentence
        assert {figure.what for figure in finding.figures} <= {"quality", ""}
    assert BY_ID["professional"].is_judgement
    assert [claim.id for claim in CLAIMS if claim.is_judgement] == ["professional"]


# ---------------------------------------------------------------- figures, counted again from the ledger
class Recount:
    """Figures of a plan from its own rows and results, by another way than the claims take."""

    def __init__(self, scenario):
        every = scenario.with_({"strategies": ("api", "prompt", "finetune", "distil", "both")})
        self.scenario, self.results = scenario, simulate(every, CATALOG)
        self.rows = self.results.ledger()
        phone = scenario.with_(
            {"serving.student_target": "edge", "serving.edge_hardware": None, "strategies": ("distil",)}
        )
        self.phone = simulate(phone, CATALOG).strategies["distil"].device

    def sum(self, strategy, column, phases, where=None):
        rows = self.rows[(self.rows.strategy == strategy) & self.rows.phase.isin(phases)]
        return float((rows if where is None else rows[where(rows)])[column].sum())

    def mean_of_events(self, strategy, column, kinds, where=None):
        months = [m for kind in kinds for m in self.results.strategies[strategy].event_months[kind]]
        rows = self.rows[(self.rows.strategy == strategy) & (self.rows.phase == "refresh")]
        rows = rows[rows.month.isin(months)]
        return float((rows if where is None else rows[where(rows)])[column].sum()) / len(months)

    def value(self, figure):
        strategy, scenario = figure.strategy, self.scenario
        result, compression = self.results.strategies[strategy], ("teacher", "training")
        match figure.name:
            case "Examples":
                return scenario.get({"finetune": "data.examples", "distil": "distil.examples"}[strategy])
            case "Data and teacher":
                return self.sum(
                    strategy, "usd", ["first release"], lambda rows: rows.category.isin(["data", "teacher"])
                )
            case "Accelerator time":
                return self.sum(strategy, "accelerator_h", ["first release"])
            case "Running":
                return self.sum(strategy, "usd", ["serving"])
            case "Weights":
                return result.device.weight_bytes if result.device else result.fleet.replica.weight_bytes
            case "Accelerators at the peak":
                return result["replicas_peak"] * result["accelerators_per_replica"]
            case "Energy of training":
                return self.sum(strategy, "energy_kwh", ["first release", "refresh"])
            case "Energy in all":
                return result["energy_kwh"]
            case "Energy in use":
                return self.sum(strategy, "energy_kwh", ["serving"])
            case "Energy at first":
                return self.sum(strategy, "energy_kwh", ["first release"])
            case "One refresh":
                return self.mean_of_events(strategy, "usd", ["refresh"])
            case "First distillation":
                return self.sum(
                    strategy,
                    "accelerator_h",
                    ["first release"],
                    lambda rows: rows.category.isin(compression),
                )
            case "An update":
                return self.mean_of_events(
                    strategy,
                    "accelerator_h",
                    ["refresh", "replacement"],
                    lambda rows: rows.category.isin(compression),
                )
            case "People":
                return self.sum(strategy, "usd", ["serving"], lambda rows: rows["item"] == "running_labour")
            case "Memory needed":
                return self.phone.needed_bytes
            case "Memory usable":
                return self.phone.usable_bytes
            case "Speed on the phone":
                return 1.0 / self.phone.tpot_s
            case "First token on the phone":
                return self.phone.prefill_s + self.phone.tpot_s
        name = next(name for name, column in FIGURES.items() if column.title == figure.name)
        return result[name]


@pytest.mark.parametrize("plan_id", ALL)
def test_every_figure_is_one_of_the_ledger_or_the_results(plan_id):
    recount, checked = Recount(ALL[plan_id]), 0
    for claim, finding in of(plan_id).items():
        for figure in finding.figures:
            assert figure.value == pytest.approx(recount.value(figure), rel=1e-9), (claim, figure)
            assert figure.unit in UNITS
            checked += 1
    assert checked > 30


@pytest.mark.parametrize("plan_id", ALL)
def test_every_figure_of_a_strategy_that_takes_part_can_be_traced(plan_id):
    scenario, frame = ALL[plan_id], simulate(ALL[plan_id], CATALOG).ledger()
    for finding in of(plan_id).values():
        for figure in finding.figures:
            if "." in figure.what:
                assert spec_for(figure.what).title
            elif figure.strategy in scenario.strategies:
                chosen = parsed(figure.what)
                if chosen is None:
                    assert figure.unit == FIGURES[figure.what].unit or figure.name in OF_A_FLEET
                    continue
                own = frame[frame.strategy == figure.strategy]
                taken = [chosen.takes(*pair) for pair in zip(own["item"], own["phase"], strict=True)]
                assert parsed(chosen.key) == chosen
                if figure.name not in MEANS:
                    assert own[taken][chosen.quantity].sum() == pytest.approx(figure.value, rel=1e-9)
            else:
                assert figure.what == "", figure


def test_a_claim_is_as_true_of_strategies_that_take_no_part():
    everything, some = (found({"strategies": names}) for names in (Scenario().strategies, ("api", "distil")))
    for claim in BY_ID:
        assert some[claim].verdict == everything[claim].verdict
        assert some[claim].sentence == everything[claim].sentence
        assert [f.value for f in some[claim].figures] == [f.value for f in everything[claim].figures]
    assert {f.strategy for f in some["cheaper"].figures if f.what} == {"distil"}


# ---------------------------------------------------------------- verdicts follow from the figures
MEANS, OF_A_FLEET = ("One refresh", "An update"), ("Accelerators at the peak",)
PAIRS = {  # claim: names of figures, whose is to be the lower one
    "more_compute": ("Accelerator time", "distil", "finetune"),
    "cheaper": ("Total", "distil", "finetune"),
    "less_upkeep": ("People", "distil", "finetune"),
    "repeats_compression": ("Refreshes", "finetune", "distil"),
}


@pytest.mark.parametrize("claim", PAIRS)
@pytest.mark.parametrize("plan_id", ALL)
def test_the_lower_one_wins_by_a_twentieth(claim, plan_id):
    finding = of(plan_id)[claim]
    name, lower_one, other = PAIRS[claim]
    if finding.verdict == "not tested":
        assert not finding.figures
        return
    values = {figure.strategy: figure.value for figure in finding.figures if figure.name == name}
    ratio = values[lower_one] / values[other]
    assert finding.verdict == ("holds" if ratio < 0.95 else "partly" if ratio <= 0.99 else "fails")


@pytest.mark.parametrize("plan_id", ALL)
def test_what_a_student_loses_is_said_in_its_own_figures(plan_id):
    scenario = ALL[plan_id]
    teacher = "api" if scenario.distil.teacher == "api" else "prompt"
    for claim in ("little_lost", "breadth_kept"):
        finding = of(plan_id)[claim]
        student, taught_by = finding.figures
        assert (student.strategy, taught_by.strategy) == ("distil", teacher)
        lost = 1.0 - student.value / taught_by.value
        assert finding.verdict == ("holds" if lost <= 0.05 else "partly" if lost <= 0.10 else "fails")
        assert format_quantity(lost, "frac") in finding.sentence


def test_training_is_repaid_in_the_month_that_is_said():
    results, said = _run(Scenario().with_({"data.examples": 1e5, "distil.examples": 3e6}))
    mine, large = (np.cumsum(results.strategies[name].energy_by_month) for name in ("distil", "prompt"))
    repaid = next(m for m in range(1, mine.size) if (mine[m:] <= large[m:]).all())
    assert repaid > 1
    assert said["saves_daily"].verdict == "holds"
    assert f"in month {repaid}." in said["saves_daily"].sentence


def test_saving_that_never_repays_the_training_holds_in_part():
    finding = found({"distil.examples": 1e8})
    assert finding["saves_daily"].verdict == "partly"
    assert "too little to repay" in finding["saves_daily"].sentence


def test_a_phone_is_asked_by_the_plans_own_limits_else_by_reading():
    changes = {"workload.ttft_limit_s": 600.0, "workload.tpot_limit_s": 1.0}
    assert found(changes)["works_offline"].verdict == "holds"
    late = found(changes | {"workload.ttft_limit_s": 0.5})["works_offline"]
    assert late.verdict == "partly"
    assert "over 0.50 s" in late.sentence.replace("\u00a0", " ")
    slow = found(changes | {"workload.tpot_limit_s": 0.01})["works_offline"]
    assert "under 100 tok/s" in slow.sentence.replace("\u00a0", " ")
    read = found({"workload.ttft_limit_s": None, "workload.tpot_limit_s": None})["works_offline"]
    speed = next(figure.value for figure in read.figures if figure.unit == "tokens_per_s")
    first = next(figure.value for figure in read.figures if figure.unit == "s")
    assert (read.verdict == "holds") == (speed >= 5.2 and first <= 10.0)


# ---------------------------------------------------------------- what cannot be tested says why
@pytest.mark.parametrize(
    ("claim", "changes", "why"),
    [
        ("adapts_by_adding", {"refresh.interval_months": 24}, "Nothing is refreshed"),
        ("distilled_again", {"refresh.interval_months": 24}, "Nothing is refreshed"),
        ("repeats_compression", {"refresh.interval_months": 24}, "Nothing is refreshed"),
        ("more_compute", {"finetune.host": "provider"}, "A provider trains"),
        ("breadth_kept", {"quality.general_points": 0.0}, "scores nothing"),
        (
            "lighter",
            {
                "finetune.host": "provider",
                "finetune.provider_row": "google-vertex-tuned-gemini-2.5-flash",
            },
            "served by the token|serves the tuned model by the token",
        ),
        (
            "cheaper",
            {
                "serving.hardware": "nvidia-l4",
                "serving.precision": "bf16",
                "serving.accelerators_per_replica": 1,
            },
            "does not fit",
        ),
    ],
)
def test_a_plan_that_lacks_what_a_claim_needs_says_so(claim, changes, why):
    finding = found(changes)[claim]
    assert finding.verdict == "not tested"
    assert any(words in finding.sentence for words in why.split("|"))
    assert finding.figures == ()


def test_a_choice_of_rows_travels_as_a_word():
    chosen = Rows("energy_kwh", ("first release", "refresh"), ("data", "running_labour"))
    assert parsed(chosen.key) == chosen
    assert chosen.title == "Energy, first release and refresh: data, running the service"
    assert Rows("usd", ("serving",)).title == "Cost, serving"
    assert chosen.takes("labels", "refresh")
    assert chosen.takes("running_labour", "first release")
    assert not chosen.takes("labels", "serving")
    assert not chosen.takes("release_labour", "refresh")
    assert parsed("energy_kwh") is parsed("first release") is parsed("") is None


# ---------------------------------------------------------------- words
def test_amounts_against_each_other():
    assert lower(94.0, 100.0) == "holds"
    assert lower(96.0, 100.0) == "partly"
    assert lower(99.5, 100.0) == lower(100.0, 100.0) == lower(101.0, 100.0) == lower(0.0, 0.0) == "fails"
    assert higher_score(80.5, 80.0) == "holds"
    assert higher_score(80.4, 80.0) == "partly"
    assert higher_score(80.0, 80.0) == "fails"
    assert together(["holds", "holds"]) == "holds"
    assert together(["holds", "fails"]) == "partly"
    assert together(["fails", "fails"]) == "fails"
    assert against(60.0, 100.0) == "40% less than"
    assert against(140.0, 100.0) == "40% more than"
    assert against(230.0, 100.0) == "2.3 times as much as"
    assert against(100.0, 100.0) == "as much as"
    assert against(100.9, 100.0) == against(99.1, 100.0) == "about as much as"
    assert against(1.0, 0.0) == "more than"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_claims_have_names_of_their_own_and_say_how_they_are_tested():
    assert len(BY_ID) == len(CLAIMS) == len({claim.sentence for claim in CLAIMS})
    for claim in CLAIMS:
        assert claim.measure.endswith(".")
        assert not claim.sentence.endswith(".")
    topics = [claim.topic for claim in CLAIMS]
    assert topics == sorted(topics, key=topics.index)  # claims of a topic stand together
