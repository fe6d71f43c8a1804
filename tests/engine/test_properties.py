"""What must hold for any input (model.md section 19, style.md rule 31), on random plans and numbers."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from random_plans import SPECS, plan

from planner.catalog.load import load_catalog
from planner.engine import capacity, flops, inference, prices, quality, updates
from planner.engine.architecture import COSTED_KINDS, architecture_of, lora_params
from planner.engine.constants import load_physics
from planner.engine.fleet import Load, build_replica, busy_frac
from planner.engine.laws.serving import touched_bytes
from planner.engine.lineitems import QUANTITIES
from planner.engine.run import resolve, simulate
from planner.engine.world import build_world
from planner.errors import InputError
from planner.scenario.model import Scenario

CATALOG = load_catalog()
SEEDS = st.integers(0, 10**6).map(Random)
UNKNOWN = {"payback_month"}
"""NaN says never; all other figures of a strategy that fits are numbers."""

# A smaller seed is no simpler plan: nothing to shrink.
quick = settings(derandomize=True, database=None, deadline=None, max_examples=25, phases=[Phase.generate])
many = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def figures(scenario, choices=None):
    """Figures by strategy, of those that fit."""
    results = simulate(scenario, CATALOG, choices=choices)
    return {name: result.figures for name, result in results.strategies.items() if result.fits}


# ---------------------------------------------------------------- figures and ledger of any plan
@given(SEEDS)
@settings(quick, max_examples=60)
def test_figures_are_numbers_and_never_negative(random):
    scenario = plan(random)
    for name, found in figures(scenario).items():
        for figure, value in found.items():
            if figure in UNKNOWN or (figure == "usd_per_1k_requests" and np.isnan(value)):
                continue
            if figure == "usd_per_1k_acceptable" and np.isnan(value):  # no answer is, in no month
                assert found["quality_lowest"] == 0.0 or np.isnan(found["usd_per_1k_requests"])
                continue
            assert np.isfinite(value), (name, figure, value)
            assert value >= -1e-9 * abs(found["carbon_kgco2e"]), (name, figure, value)


@given(SEEDS)
@settings(quick, max_examples=40)
def test_parts_sum_to_totals(random):
    results = simulate(plan(random), CATALOG)
    rows = results.ledger_rows()
    for name, result in results.strategies.items():
        if not result.fits:
            continue
        own = [row for row in rows if row[0] == name]
        for index, quantity in enumerate(QUANTITIES):
            whole = sum(result.by_phase(index).values())
            assert sum(row[5 + index] for row in own) == pytest.approx(whole, rel=1e-9)
            assert sum(result.by_category(index).values()) == pytest.approx(whole, rel=1e-9)
            apart = sum(result.by_category(index, refresh_apart=False).values())
            assert apart == pytest.approx(whole, rel=1e-9)
            if quantity in result.figures:
                assert result[quantity] == pytest.approx(whole, rel=1e-9)
        assert min((min(row[5:]) for row in own), default=0.0) >= 0.0
        phases = result.by_phase()
        assert result["total_usd"] == pytest.approx(sum(phases.values()), rel=1e-9)
        assert result["first_release_usd"] == pytest.approx(phases["first release"], rel=1e-9)
        assert result["refresh_usd"] == pytest.approx(phases["refresh"], rel=1e-9)
        assert result["carbon_kgco2e"] == pytest.approx(
            result["carbon_operational_kgco2e"] + result["carbon_embodied_kgco2e"], rel=1e-9
        )
        hours = result["training_accelerator_h"] + result["serving_accelerator_h"]
        assert hours == pytest.approx(sum(row[9] for row in own), rel=1e-9)
        assert result["total_usd"] == pytest.approx(result.usd_by_month.sum(), rel=1e-9)
        assert result.cumulative_usd[-1] == pytest.approx(result["total_usd"], rel=1e-9)


@given(SEEDS)
@quick
def test_what_is_decided_once_gives_the_same_figures(random):
    scenario = plan(random)
    free = figures(scenario)
    held = figures(scenario, resolve(scenario, CATALOG))
    assert held.keys() == free.keys()
    for name, found in held.items():
        assert found == pytest.approx(free[name], nan_ok=True)


# ---------------------------------------------------------------- more of it never costs less
# Choices (split, accelerators, interval) are held: a re-choice may jump to a split that keeps a limit at more
# cost, or to another interval. The token limit is off: the batch that keeps it depends on the replicas of the
# first pass, so replicas saw-tooth with volume by design (decision 27, two passes).
_MORE = {
    "workload.requests_per_month": ("total_usd", "energy_kwh", "carbon_kgco2e", "water_l"),
    "workload.growth_frac_per_month": ("total_usd", "energy_kwh", "carbon_kgco2e", "water_l"),
    "workload.output_tokens": ("total_usd", "energy_kwh", "carbon_kgco2e", "water_l"),
    "workload.input_tokens": ("total_usd", "energy_kwh", "carbon_kgco2e", "water_l"),
    "data.usd_per_example": ("total_usd",),
    "data.eval_usd_per_example": ("total_usd",),
    "distil.usd_per_prompt": ("total_usd",),
    "labour.usd_per_hour": ("total_usd",),
    "site.pue": ("energy_kwh", "carbon_kgco2e", "water_l"),
    "site.carbon_kgco2e_per_kwh": ("carbon_kgco2e",),
    "site.wue_l_per_kwh": ("water_l",),
    "site.usd_per_kwh": ("total_usd",),
    "training.usd_per_accelerator_h": ("total_usd",),
    "serving.usd_per_accelerator_h": ("total_usd",),
    "prices.cloud_overhead_frac": ("total_usd",),
    "finetune.runs_per_release": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "finetune.epochs": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "distil.runs_per_release": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "distil.epochs": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "distil.examples": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "refresh.new_data_frac": ("total_usd", "energy_kwh", "carbon_kgco2e"),
    "refresh.drift_points_per_month": ("lost_value_usd",),
    "quality.usd_per_failed_answer": ("lost_value_usd",),
}
_START = {
    "site.pue": 1.2,
    "site.carbon_kgco2e_per_kwh": 0.3,
    "site.usd_per_kwh": 0.1,
    "training.usd_per_accelerator_h": 3.0,
    "serving.usd_per_accelerator_h": 3.0,
    "prices.cloud_overhead_frac": 0.1,
    "quality.usd_per_failed_answer": 0.01,
}


@pytest.mark.parametrize("path", _MORE)
@given(random=SEEDS, factor=st.floats(1.02, 3.0))
@settings(quick, max_examples=8)
def test_more_never_costs_less(path, random, factor):
    # Without people who take over: better answers would cost less of them.
    scenario = plan(random, workload__tpot_limit_s=None, quality__handover_frac=0.0)
    scenario = scenario.with_({path: _START.get(path, scenario.get(path))})
    if isinstance(scenario.get(path), int) and path.endswith(("runs_per_release", "students")):
        factor = 2
    value = scenario.get(path)
    highest = SPECS[path].high or np.inf
    more = scenario.with_({path: min(highest, value * factor) if value >= 0 else value / factor})
    choices = resolve(scenario, CATALOG)
    less_of, more_of = figures(scenario, choices), figures(more, choices)
    for name in less_of.keys() & more_of.keys():
        for figure in _MORE[path]:
            low, high = less_of[name][figure], more_of[name][figure]
            assert high >= low * (1.0 - 1e-9), (name, figure, low, high)


@given(random=SEEDS, factor=st.floats(0.1, 10.0))
@quick
def test_linear_where_linear(random, factor):
    scenario = plan(
        random, site__carbon_kgco2e_per_kwh=0.4, data__usd_per_example=2.0, labour__usd_per_hour=90.0,
        refresh__interval_months=5,
    )  # fmt: skip
    choices = resolve(scenario, CATALOG)

    def parts(changed, index=0):
        found = simulate(scenario.with_(changed), CATALOG, choices=choices)
        return {
            name: {
                item: sum(row[index].sum() for (each, _), row in result.ledger.rows.items() if each == item)
                for item, _ in result.ledger.rows
            }
            | {"operational": result["carbon_operational_kgco2e"], "energy": result["energy_kwh"]}
            for name, result in found.strategies.items()
            if result.fits
        }

    before = parts({})
    for path, scaled in (
        ("data.usd_per_example", {"labels"}),
        ("labour.usd_per_hour", {"release_labour", "running_labour"}),
        ("site.carbon_kgco2e_per_kwh", {"operational"}),
    ):
        if path == "site.carbon_kgco2e_per_kwh":
            assume(0.4 * factor <= 3.0)
        after = parts({path: scenario.get(path) * factor})
        for name, rows in before.items():
            for item, value in rows.items():
                expected = value * factor if item in scaled else value
                assert after[name][item] == pytest.approx(expected, rel=1e-9, abs=1e-9), (path, name, item)


@given(SEEDS)
@quick
def test_without_traffic_the_least_replicas_rest(random):
    scenario = plan(
        random, workload__requests_per_month=0.0, finetune__host="own", hardware__ownership="rent",
        serving__student_target="cloud",
    )  # fmt: skip
    results = simulate(scenario, CATALOG)
    for name, result in results.strategies.items():
        if not result.fits:
            continue
        rows = {
            item: row.sum(axis=-1) for (item, phase), row in result.ledger.rows.items() if phase == "serving"
        }
        if name == "api":
            assert rows["api_output"][1] == 0.0
            continue
        fleet = result.fleet
        card, replica = fleet.replica.load.card, fleet.replica
        idle_w = card.idle_w if card.idle_w is not None else 0.15 * card.tdp_w
        pue = 1.20 if scenario.site.pue is None else scenario.site.pue
        kwh = scenario.serving.min_replicas * float(replica.accelerators) * (idle_w + 250.0) / 1000.0
        kwh *= 730.0 * scenario.horizon_months * pue / replica.load.tasks
        assert rows["idle"][1] == pytest.approx(kwh, rel=1e-9)
        assert rows["serving"][1] == pytest.approx(0.0, abs=1e-9 * kwh)
        assert rows["serving"][0] == 0.0
        assert np.isnan(result["usd_per_1k_requests"])


@given(random=SEEDS, method=st.sampled_from(("full", "lora", "qlora")))
@quick
def test_more_accelerators_never_lengthen_a_run_inside_a_node(random, method):
    # Only of runs that fit: what does not takes the smallest micro-batch, whatever it holds. One accelerator
    # gathers nothing, two gather all experts of a mixture for the few that compute: that may take longer.
    scenario = plan(random, finetune__method=method, finetune__host="own", strategies=("finetune", "distil"))
    hours: dict[str, list[float]] = {}
    for accelerators in (1, 2, 4, 8):
        found = simulate(scenario.with_({"training.accelerators": accelerators}), CATALOG).strategies
        for name, result in found.items():
            for item, run in result.trainings.items():
                alone = accelerators == 1 and run.course.arch.is_moe
                if run.memory.fits and not alone:
                    hours.setdefault(f"{name} {item}", []).append(float(run.run_h))
    assume(any(len(each) > 1 for each in hours.values()))
    for each in hours.values():
        assert np.all(np.diff(each) <= 1e-9)


@given(SEEDS)
@quick
def test_draws_of_one_value_give_the_single_run(random):
    """Whatever the plan holds, and with the cloud's overhead, which adds a row of its own."""
    scenario = plan(random, prices__cloud_overhead_frac=0.2)
    single = simulate(scenario, CATALOG)
    volume = np.full(3, scenario.workload.requests_per_month)
    drawn = simulate(scenario, CATALOG, draws={"workload.requests_per_month": volume}, choices=single.choices)
    for name, result in single.strategies.items():
        for figure, value in result.figures.items():
            found = np.broadcast_to(drawn.strategies[name][figure], 3)
            np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12, err_msg=f"{name} {figure}")


# ---------------------------------------------------------------- invariants of section 19, by function
MODELS = st.sampled_from(sorted(m.id for m in CATALOG.models.values() if m.architecture == "decoder-dense"))
TIMES = st.floats(1e-4, 5e-2)
TOKENS = st.floats(1.0, 4000.0)


@given(MODELS, st.integers(1, 256), st.floats(128.0, 65536.0))
@many
def test_adapters_compute_less_than_full_tuning(model, rank, seq_len):
    arch = architecture_of(CATALOG, model, None)
    adapters = lora_params(arch, float(rank))
    assume(adapters < arch.matmul_params / 3.0)
    lora = flops.lora_flop_per_token(arch, seq_len, adapters)
    assert flops.forward_flop_per_token(arch, seq_len) < lora < flops.full_flop_per_token(arch, seq_len)


@given(TIMES, st.floats(1e-6, 1e-3), TOKENS, st.floats(0.0, 0.5))
@many
def test_a_larger_batch_is_slower_by_step_and_faster_by_token(fixed, each, answer, prefill):
    batch = np.geomspace(1.0, 1e9, 60)
    step = fixed + each * batch
    assert np.all(np.diff(step) > 0.0)
    speed = batch / step
    assert np.all(np.diff(speed) >= 0.0)
    assert speed[-1] == pytest.approx(1.0 / each, rel=1e-2)
    assert np.all(speed <= 1.0 / each)
    most = inference.capacity_per_s(batch, answer, fixed, each, prefill)
    limit = 1.0 / (answer * each + prefill)
    assert np.all(np.diff(most) >= 0.0)
    assert np.all(most <= limit)
    assert most[-1] == pytest.approx(limit, rel=1e-2)


@given(TIMES, st.floats(1e-6, 1e-3), TOKENS, st.floats(0.0, 0.5))
@many
def test_running_sequences_diverge_at_the_limit(fixed, each, answer, prefill):
    limit = 1.0 / (answer * each + prefill)
    load = np.array([0.0, 0.5, 0.9, 0.99, 0.999, 0.9999])
    running = inference.steady_batch(load * limit, answer, fixed, each, prefill)
    assert running[0] == 0.0
    assert np.all(np.diff(running) > 0.0)
    assert running[-1] > 900.0 * running[1]
    assert np.isinf(inference.steady_batch(1.0001 * limit, answer, fixed, each, prefill))


@given(st.floats(1.0, 500.0), TIMES, st.floats(1e-6, 1e-3), TOKENS, st.floats(0.0, 0.5))
@many
def test_at_capacity_the_steady_batch_is_the_batch(batch, fixed, each, answer, prefill):
    most = inference.capacity_per_s(batch, answer, fixed, each, prefill)
    assert inference.steady_batch(most, answer, fixed, each, prefill) == pytest.approx(batch, rel=1e-6)


def world_of(model):
    return build_world(Scenario().with_({"base.model": model}), CATALOG, load_physics(), None)


def served(model, precision, prompt=1000.0, split=1):
    world = world_of(model)
    return build_replica(world, Load("test", world.base, world.serving_card, precision, prompt), split)


@given(MODELS, st.floats(100.0, 20_000.0), st.sampled_from((1, 2, 4, 8)))
@many
def test_energy_of_a_token_falls_with_the_batch(model, prompt, split):
    batch = np.geomspace(1.0, 512.0, 40)
    world, replica = world_of(model), served(model, "bf16", prompt, split)
    step = replica.fixed_s(batch) + replica.sequence_s * batch
    power = busy_frac(world, replica, batch, step)
    assert np.all((power > 0.0) & (power <= 1.0))
    assert np.all(np.diff(power * step / batch) < 0.0)


@given(st.floats(0.0, 1e4), st.floats(1e-3, 1e3), st.floats(0.05, 0.95), st.integers(1, 10))
@many
def test_replicas_never_fall_with_volume(rate, most, target, least):
    rates = rate * np.linspace(1.0, 5.0, 30)
    found = capacity.replicas_for_peak(rates, most, target, float(least))
    assert np.all(np.diff(found) >= 0.0)
    assert np.all(found * target * most >= rates * (1.0 - 1e-12))
    assert capacity.replicas_for_peak(0.0, most, target, float(least)) == least
    mean = capacity.replicas_on_average(rates / 3.0, most, target, float(least), 0.15)
    assert np.all(np.diff(mean) >= 0.0)


@given(st.floats(0.0, 0.999), st.floats(1.0, 5000.0), st.floats(1e-3, 100.0))
@many
def test_the_queue_grows_with_load_and_its_tail_with_the_percentile(load, slots, service):
    loads = np.array([load * 0.5, load, load + (1.0 - load) / 2.0])
    wait, waiting = inference.queue_wait(loads * slots / service, slots, service)
    assert np.all(np.diff(wait) >= 0.0)
    assert np.all((waiting >= 0.0) & (waiting <= 1.0))
    tails = [inference.wait_percentile(share, wait[1], waiting[1]) for share in (0.5, 0.9, 0.95, 0.99)]
    assert np.all(np.diff(tails) >= 0.0)
    assert tails[0] >= 0.0


@given(st.floats(0.1, 2.0), st.floats(2.0, 5.0), st.floats(1.0, 1e9), st.floats(0.05, 2.0))
@many
def test_loss_lies_between_floor_and_start(floor, start, half, exponent):
    examples = np.concatenate([[0.0], np.geomspace(1.0, 1e12, 50)])
    losses = quality.tuned_loss(examples, floor=floor, start=start, half_examples=half, exponent=exponent)
    assert losses[0] == pytest.approx(start)
    assert np.all(np.diff(losses) <= 0.0)
    assert np.all((losses >= floor) & (losses <= start * (1.0 + 1e-12)))


@given(st.floats(1e8, 1e10), st.floats(1e9, 1e12), st.floats(1.5, 3.0))
@many
def test_a_student_never_beats_its_teacher_in_loss(params, tokens, teacher):
    assert quality.distilled_loss(params, tokens, teacher) >= teacher  # equal where the gap is under 1e-16


@given(st.floats(1e2, 1e7), st.floats(1.0, 1e6), st.floats(0.01, 10.0), st.floats(1.01, 10.0))
@many
def test_the_best_interval_falls_with_volume_and_rises_with_cost(cost, value, drift, factor):
    interval, per_month = updates.best_interval_months(cost, value, drift)
    assert updates.best_interval_months(cost, value * factor, drift)[0] < interval
    assert updates.best_interval_months(cost * factor, value, drift)[0] > interval
    # It is the least of refresh and staleness cost, and flat: twice as long costs 25 % more.
    at = interval * np.array([0.5, 0.99, 1.0, 1.01, 2.0])
    spent = cost / at + value * drift * at / 2.0
    assert np.argmin(spent) == 2
    assert spent[2] == pytest.approx(per_month)
    assert spent[4] == pytest.approx(1.25 * per_month)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=61), st.floats(0.0, 1.0), st.floats(-5.0, 5.0))
@many
def test_present_value_is_linear(costs, rate, factor):
    usd = np.asarray(costs)
    whole = prices.net_present_value(usd, rate)
    assert prices.net_present_value(factor * usd, rate) == pytest.approx(factor * whole, rel=1e-9, abs=1e-4)
    split = prices.net_present_value(usd - 7.0, rate) + prices.net_present_value(np.full_like(usd, 7.0), rate)
    assert split == pytest.approx(whole, rel=1e-9, abs=1e-4)
    assert prices.net_present_value(usd, 0.0) == pytest.approx(usd.sum(), rel=1e-9, abs=1e-4)


@given(st.floats(0.0, 1.0), st.floats(1.0, 15.0))
@many
def test_an_annuity_repays_its_debt(rate, years):
    recovery = prices.capital_recovery_frac(rate, years)
    assert recovery >= 1.0 / years - 1e-12
    assert prices.sinking_fund_frac(rate, years) == pytest.approx(recovery - rate, abs=1e-12)
    if float(years).is_integer() and rate > 0.0:
        paid = sum(recovery * (1.0 + rate) ** -year for year in range(1, int(years) + 1))
        assert paid == pytest.approx(1.0)


@given(st.floats(1.0, 1e3), st.floats(1.0, 1e7), st.floats(1e-3, 1e3))
@many
def test_a_queue_that_cannot_keep_up_never_waits_less_than_nothing(load, slots, service):
    """Long prompts use up the slots before the accelerators are full: lambda t_p + B > B_c."""
    wait, waiting = inference.queue_wait(load * slots / service, slots, service)
    assert wait > 0.0
    assert waiting >= 0.0
    assert inference.wait_percentile(0.95, wait, waiting) > 0.0


@pytest.mark.parametrize(
    ("load", "prompt", "volume"), [(0.90, 3e5, 1e6), (0.95, 1e5, 1e7), (0.95, 1e6, 2e6), (0.95, 1e6, 1e11)]
)
def test_the_first_token_never_comes_before_its_prompt_is_read(load, prompt, volume):
    changes = {
        "serving.target_load_frac": load,
        "workload.input_tokens": prompt,
        "workload.requests_per_month": volume,
    }
    for name, result in simulate(Scenario().with_(changes), CATALOG).strategies.items():
        if result.fleet is not None and result.fits:
            assert result["ttft_p95_s"] >= result.fleet.replica.prefill_s, name
            assert result["latency_p95_s"] > result["ttft_p95_s"]


def test_a_general_score_never_falls_below_zero():
    changes = {
        "quality.general_points": 20,
        "quality.forgetting_full_points": 90,
        "finetune.method": "full",
        "refresh.replay_frac": 0.0,
    }
    for name, result in simulate(Scenario().with_(changes), CATALOG).strategies.items():
        assert result["general_quality"] >= 0.0, name


# ---------------------------------------------------------------- sizes
COSTED = sorted(m.id for m in CATALOG.models.values() if m.architecture in COSTED_KINDS)
DENSE = [id for id in COSTED if CATALOG.models[id].architecture == "decoder-dense"]
NUMBERS = ("layers", "hidden", "heads", "kv_heads", "head_dim", "mlp_width", "vocab", "embedding_copies")


def counted(arch):
    """A1 of a shape, from its own numbers."""
    attention = arch.hidden * arch.head_dim * (2.0 * arch.heads + 2.0 * arch.kv_heads)
    block = attention + arch.mlp_matrices * arch.hidden * arch.mlp_width
    return arch.layers * block + arch.vocab * arch.hidden * arch.embedding_copies


@pytest.mark.parametrize("model", DENSE)
def test_a_catalogue_size_is_exact(model):
    row, arch = CATALOG.models[model], architecture_of(CATALOG, model, None)
    assert arch.params == row.total_params
    assert not arch.interpolated
    typed = architecture_of(CATALOG, model, float(row.total_params))
    drawn = architecture_of(CATALOG, model, np.array([[row.total_params]], dtype=float))
    ratio = row.total_params / counted(arch)
    assert counted(typed) * ratio == pytest.approx(row.total_params, rel=1e-12)
    # The way of draws goes through the interpolation, and meets the row at its size.
    assert float(counted(drawn)[0, 0]) * ratio == pytest.approx(row.total_params, rel=1e-12)
    for name in NUMBERS:
        assert float(np.squeeze(getattr(drawn, name))) == pytest.approx(getattr(arch, name), rel=1e-9), name


@pytest.mark.parametrize("model", ["llama-3.1-8b", "qwen3-8b", "gemma-2-9b", "pythia-1.4b"])
def test_shapes_are_continuous_in_size(model):
    sizes = {CATALOG.models[id].total_params for id in DENSE} | set(np.geomspace(5e8, 1e12, 60))
    for size in sorted(size for size in sizes if size > 5e8):
        below, at, above = (
            architecture_of(CATALOG, model, size * factor) for factor in (1 - 1e-5, 1, 1 + 1e-5)
        )
        assert at.params == pytest.approx(size, rel=2e-6)
        for name in (*NUMBERS, "matmul_params", "cache_values"):
            left, middle, right = (float(getattr(each, name)) for each in (below, at, above))
            assert left == pytest.approx(middle, rel=2e-4), (name, size)
            assert right == pytest.approx(middle, rel=2e-4), (name, size)


@pytest.mark.parametrize("model", [id for id in COSTED if id not in DENSE])
def test_a_mixture_keeps_all_but_its_experts(model):
    row, arch = CATALOG.models[model], architecture_of(CATALOG, model, None)
    larger = architecture_of(CATALOG, model, row.total_params * 1.5)
    assert (arch.params, arch.active_params) == pytest.approx((row.total_params, row.active_params))
    assert larger.dense_params == pytest.approx(arch.dense_params)
    assert larger.cache_values == arch.cache_values
    assert arch.active_params < larger.active_params
    # One sequence reads what is active, a very large batch everything (I9), but for what is looked up.
    replica = served(model, "bf16")
    looked_up = 2.0 * float(replica.job.lookup_params)
    assert touched_bytes(replica.job, 1.0) == pytest.approx(2.0 * arch.active_params - looked_up)
    assert touched_bytes(replica.job, 1e6) == pytest.approx(2.0 * arch.params - looked_up)


def test_a_vocabulary_that_a_whole_series_shares_is_kept_to_the_token():
    for params in (2e9, 4e9, 20e9, 60e9, 200e9):
        assert architecture_of(CATALOG, "llama-3.1-8b", params).vocab == 128256.0


@pytest.mark.parametrize("model", ["llama-3.2-1b", "qwen3-0.6b", "pythia-70m"])
def test_far_below_its_series_a_shape_is_possible_or_refused(model):
    for factor in np.geomspace(0.01, 1.0, 20):
        try:
            arch = architecture_of(CATALOG, model, CATALOG.models[model].total_params * factor)
        except InputError:
            assert factor < 0.75
            continue
        assert arch.mlp_width > 0.0, factor
        assert lora_params(arch, 16.0) > 0.0
        assert 0.0 < arch.matmul_params <= arch.params


def test_random_plans_are_the_same_each_time():
    assert plan(Random(3)) == plan(Random(3)) != Scenario()


def test_an_architecture_without_experts_reads_all_its_weights():
    job = served("llama-3.1-8b", "bf16").job
    assert np.all(touched_bytes(job, np.array([1.0, 512.0])) == 2.0 * job.shared_params)
