"""Names as people write them: known ones in other spellings, unknown ones by size and kind."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.evidence.names import Declined, Names


@pytest.fixture(scope="module")
def names():
    return Names(load_catalog())


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("H100-80GB", "nvidia-h100-sxm"),
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm"),
        ("8x A100 80GB SXM", "nvidia-a100-sxm-80gb"),
        ("DGX H200", "nvidia-h200-sxm"),
        ("AWS p5.48xlarge (H100)", "nvidia-h100-sxm"),
        ("H20-96GB", "nvidia-h20"),
        ("TPU v6e-8", "google-tpu-v6e"),
        ("Apple M4 Pro 20-core GPU", "apple-m4-pro"),
        ("RTX 4090 Laptop", "nvidia-rtx-4090"),
        ("MI355X", "amd-mi355x"),
    ],
)
def test_cards_in_other_words(names, written, id):
    assert names.card(written, "").hardware.id == id


def test_a_card_without_a_name_is_the_usual_one_of_its_family(names):
    card = names.card("some cloud's own name", "H200")
    assert card.generation.name == "H200"
    assert not card.known


@pytest.mark.parametrize("written", ["A100-80GB and V100 mix", "Cerebras WSE-3"])
def test_cards_that_are_none_are_declined(names, written):
    with pytest.raises(Declined):
        names.card(written, "")


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("Qwen/Qwen2.5-14B-Instruct", "qwen2.5-14b"),
        ("meta-llama/Llama-3.1-8B", "llama-3.1-8b"),
        ("DeepSeek-R1-Distill-Qwen-7B", "deepseek-r1-distill-qwen-7b"),
    ],
)
def test_models_in_other_words(names, written, id):
    model = names.model(written, "", 1.0, 1.0)
    assert (model.key, model.known) == (id, True)


@pytest.mark.parametrize(
    ("family", "total", "active"),
    [("llama3", 20.0, None), ("unheard of", 34.0, 34.0), ("deepseek", 100.0, 10.0)],
)
def test_unknown_models_take_a_shape_of_their_size(names, family, total, active):
    model = names.model("Unheard of", family, total, active)
    assert not model.known
    assert model.arch.params == pytest.approx(total * 1e9)
    assert model.arch.active_params == pytest.approx((active or total) * 1e9)
    assert model.arch.is_moe == (active == 10.0)
    assert 1000.0 < float(model.arch.hidden) < 20000.0


def test_a_model_without_name_or_size_is_declined(names):
    with pytest.raises(Declined, match="no size"):
        names.model("Unheard of", "", None, None)


@pytest.mark.parametrize("total", [0.01, 0.3, 7.0, 400.0, 3000.0])
@pytest.mark.parametrize("sparsity", [1.0, 0.3, 0.02])
def test_a_shape_of_any_size_holds_together(names, total, sparsity):
    arch = names.model("Unheard of", "none", total, total * sparsity).arch
    assert arch.params == pytest.approx(total * 1e9)
    assert 0.0 < arch.matmul_params <= arch.active_params <= arch.params
    assert 0.0 <= arch.expert_params < arch.params
    dense, share = arch.dense_params, arch.active_expert_frac
    assert dense + arch.expert_params * share == pytest.approx(arch.active_params)
