"""Every row of every table, through the loader: nothing is lost, nothing lacks its source."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import re
import socket
from pathlib import Path

import pytest

from planner.catalog import build
from planner.catalog.caveats import CAVEATS, Caveat, caveat
from planner.catalog.load import TABLES, Catalog, load_catalog, read_catalog, suggest
from planner.catalog.records import PRECISIONS, Hardware, Source
from planner.errors import CatalogError
from planner.paths import resource

FILES = {
    "hardware": "hardware.csv",
    "models": "models.csv",
    "grids": "grids.csv",
    "facilities": "facilities.csv",
    "cloud_prices": "cloud_prices.csv",
    "fine_tuning_prices": "fine_tuning_prices.csv",
    "labour": "labour_and_data.csv",
    "carbon_prices": "carbon_price.csv",
    "aliases": "aliases.csv",
}
WITH_SOURCE = [table for table in TABLES if table != "aliases"]
DATE = re.compile(r"20\d\d(-\d\d(-\d\d)?|-FY|-H[12]|-Q[1-4])?")


def lines(table: str) -> list[dict[str, str]]:
    with resource("catalog", FILES[table]).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_lost(catalog, table):
    assert len(getattr(catalog, table)) == len(lines(table)) > 0


@pytest.mark.parametrize("table", WITH_SOURCE)
def test_every_row_keeps_its_source_and_date(catalog, table):
    for line in lines(table):
        record = getattr(catalog, table)[line["id"]]
        assert isinstance(record.source, Source)
        assert record.source.title == line["source"] != ""
        assert record.source.as_of == line["as_of"]
        assert DATE.fullmatch(record.source.as_of), record.id
        assert record.source.note == line["note"]


@pytest.mark.parametrize("table", WITH_SOURCE)
def test_numbers_are_positive_or_unknown(catalog, table):
    may_be_zero = {
        *("renewable_frac", "carbon_free_frac", "wue_l_per_kwh", "moe_shared_experts", "cache_layers"),
        "tied_embeddings",
    }
    for record in getattr(catalog, table).values():
        for field in dataclasses.fields(record):
            value = getattr(record, field.name)
            if isinstance(value, int | float) and field.name not in may_be_zero:
                assert 0 < value < math.inf, (record.id, field.name)


@pytest.mark.parametrize("table", WITH_SOURCE)
def test_an_empty_cell_is_unknown_and_never_zero(catalog, table):
    renamed = {
        **{f"{name}_tflop_s": f"{name}_flop_s" for name in ("fp32", "tf32", "bf16", "fp8", "fp4")},
        "int8_top_s": "int8_flop_s",
        "interconnect_gb_s": "interconnect_bytes_s",
    }
    for line in lines(table):
        record = getattr(catalog, table)[line["id"]]
        for column, cell in line.items():
            if cell == "" and column not in ("as_of", "source", "note"):
                assert getattr(record, renamed.get(column, column)) in (None, "")


def test_tables_and_records_cannot_be_changed(catalog):
    with pytest.raises(TypeError):
        catalog.hardware["new"] = None
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.version = "2"
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.find_grid("usa").carbon_kgco2e_per_kwh = 0


def test_the_same_catalogue_each_time():
    assert load_catalog() is load_catalog()
    assert json.loads(resource("catalog", "version.json").read_text("utf-8")) == {
        "version": load_catalog().version,
        "date": load_catalog().date,
    }


def test_the_h100(catalog):
    card = catalog.find_hardware("nvidia-h100-sxm")
    assert card.bf16_flop_s == 989.4e12
    assert card.fp8_flop_s == 1979e12
    assert card.memory_bytes == 80 * 2**30
    assert card.memory_bandwidth_bytes_s == 3.35e12
    assert card.interconnect_bytes_s == 900e9
    assert (card.tdp_w, card.idle_w, card.embodied_kgco2e) == (700, 70, 164)
    assert card.caveats == ()


def test_the_a100(catalog):
    card = catalog.find_hardware("nvidia-a100-sxm-80gb")
    assert card.bf16_flop_s == 312e12
    assert card.fp8_flop_s is None
    assert card.memory_gb == 80
    assert card.tdp_w == 400


def test_other_known_values(catalog):
    assert catalog.find_grid("usa").carbon_kgco2e_per_kwh == 0.3844
    assert catalog.find_grid("fra").water_l_per_kwh == pytest.approx(3.67, abs=0.01)
    assert catalog.find_grid("usa").renewable_frac == 0.227
    assert catalog.find_facility("azure-global--conservative-2025").pue == 1.2
    assert catalog.find_facility("industry-uptime-weighted-average-2025").pue == 1.54
    assert catalog.find_labour("loaded-ml-engineer").typical == 96
    assert catalog.find_labour("annot-schema-pilot").typical == 0.15
    assert catalog.find_carbon_price("eu-ets-2025").usd_per_tco2e == 84
    tuned = catalog.find_fine_tuning_price("openai-ft-gpt-4.1-2025-04-14")
    assert (tuned.training_usd_per_mtok, tuned.output_usd_per_mtok) == (25, 12)
    assert tuned.caveats == ("openai_finetune_closing",)
    assert catalog.find_fine_tuning_price("ori-lora-fine-tuning-up-to-10b").caveats == ()
    price = catalog.find_cloud_price("aws-us-east-1-p5-48xlarge-2026-01-21")
    assert price.on_demand_usd_per_accelerator_h == 6.88


def test_rates_by_precision(catalog):
    h100, a100, b200 = (
        catalog.find_hardware(f"nvidia-{name}") for name in ("h100-sxm", "a100-sxm-80gb", "b200-sxm")
    )
    assert {p: h100.peak_flop_s(p) for p in PRECISIONS} == {
        "bf16": 989.4e12,
        "fp8": 1979e12,
        "fp4": 989.4e12,
        "int8": 989.4e12,
        "int4": 989.4e12,
    }
    assert a100.peak_flop_s("fp8") == a100.bf16_flop_s
    assert b200.peak_flop_s("fp4") == b200.fp4_flop_s > b200.fp8_flop_s
    assert catalog.find_hardware("qualcomm-snapdragon-8-gen-1").peak_flop_s("bf16") is None
    with pytest.raises(CatalogError, match="fp16"):
        h100.peak_flop_s("fp16")


def test_caches(catalog):
    cache = {name: catalog.find_model(name).kv_bytes_per_token_16bit for name in catalog.models}
    assert cache["llama-3.1-8b"] == 131_072
    assert cache["deepseek-v3"] == 2 * 61 * 576
    assert cache["nemotron-nano-9b-v2"] == 2 * 4 * 2 * 8 * 128
    assert cache["qwen3-next-80b-a3b"] == 2 * 12 * 2 * 2 * 256
    assert cache["rwkv-4-raven-7b"] == 0
    assert all(value is not None for value in cache.values())
    unknown = dataclasses.replace(catalog.find_model("llama-3.1-8b"), kv_heads=None)
    assert unknown.kv_bytes_per_token_16bit is None


def test_models(catalog):
    shape = catalog.find_model("llama-3.1-8b")
    assert shape.total_params == shape.active_params == 8_030_261_248
    assert not shape.is_moe
    assert not shape.tied_embeddings
    experts = catalog.find_model("deepseek-v3")
    assert experts.is_moe
    assert experts.active_params < experts.total_params
    for model in catalog.models.values():
        assert model.active_params <= model.total_params
        assert model.is_moe == model.architecture.startswith(("decoder-moe", "encoder-decoder-moe"))


@pytest.mark.parametrize(
    ("find", "name", "found"),
    [
        ("find_hardware", "H100-SXM-80GB", "nvidia-h100-sxm"),
        ("find_hardware", "h100-sxm-80gb", "nvidia-h100-sxm"),
        ("find_hardware", "H100 SXM5 80GB", "nvidia-h100-sxm"),
        ("find_hardware", "A100", "nvidia-a100-sxm-40gb"),
        ("find_model", "Llama 3.1 8B", "llama-3.1-8b"),
        ("find_model", "llama 3.1 70b", "llama-3.1-70b"),
    ],
)
def test_aliases_and_names(catalog, find, name, found):
    assert getattr(catalog, find)(name).id == found


def test_every_alias_resolves_or_says_why_not(catalog):
    for line in lines("aliases"):
        alias = catalog.resolve_alias(line["kind"], line["name"])
        find = catalog.find_model if line["kind"] == "model" else catalog.find_hardware
        if line["catalog_id"] == "none":
            assert alias.catalog_id is None
            assert alias.note
            with pytest.raises(CatalogError, match=re.escape(alias.note)):
                find(line["name"])
        else:
            assert find(line["name"]).id == line["catalog_id"]
    assert catalog.resolve_alias("model", "no such thing") is None


@pytest.mark.parametrize(
    ("find", "name", "hint"),
    [
        ("find_model", "lama-3.1-8b", "Did you mean llama-3.1-8b"),
        ("find_hardware", "h100", "nvidia-h100-sxm"),
        ("find_grid", "germany", "Did you mean deu?"),
        ("find_hardware", "µµµµµµ", "planner list hardware"),
        ("find_facility", "µµµµµµ", ""),
        ("find_cloud_price", "aws", "aws-"),
        ("find_labour", "annot-text", "annot-text"),
        ("find_carbon_price", "eu-ets", "eu-ets-2025"),
        ("find_fine_tuning_price", "openai-ft-gpt-4.1", "openai-ft-gpt-4.1"),
    ],
)
def test_an_unknown_id_says_what_was_meant(catalog, find, name, hint):
    with pytest.raises(CatalogError) as caught:
        getattr(catalog, find)(name)
    assert caught.value.code == "unknown_id"
    assert name in caught.value.message
    assert hint in caught.value.hint


def test_suggestions_show_ids():
    assert suggest("germany", ["Germany"], {"Germany": "deu"}) == "Did you mean deu?"
    assert suggest("", ["a"]) == ""


def test_nothing_needs_the_network(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the catalogue opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    read_catalog(resource("catalog")).check()


def test_rows_know_their_caveats(catalog):
    assert "phone_rates_third_party" in catalog.find_hardware("apple-a18").caveats
    assert "idle_power_default" in catalog.find_hardware("nvidia-l40s").caveats
    assert catalog.find_grid("us-wy").caveats == ("grid_water_default",)
    assert catalog.find_grid("usa").caveats == ()
    rows = (
        row
        for table in ("hardware", "grids", "fine_tuning_prices")
        for row in getattr(catalog, table).values()
    )
    assert {code for row in rows for code in row.caveats} <= set(CAVEATS)


def test_caveats_can_be_read():
    for code, entry in CAVEATS.items():
        assert caveat(code) is entry
        assert 5 < len(entry.text) <= 60
        assert entry.text[-1] != "."
        assert len(entry.help) > 30
        assert entry.help[-1] == "."
    with pytest.raises(CatalogError, match="nonsense"):
        caveat("nonsense")
    with pytest.raises(ValueError, match="Not a code"):
        Caveat("Not a code", "", "")


# ---------------------------------------------------------------- broken tables
def folder_with(tmp_path: Path, file: str, text: str) -> Catalog:
    """A catalogue whose only table is the text given."""
    (tmp_path / "version.json").write_text('{"version": "t", "date": "2026-11-24"}', "utf-8")
    (tmp_path / file).write_text(text, "utf-8")
    return read_catalog(tmp_path)


FACILITY = "id,provider,region,scope,pue,wue_l_per_kwh,as_of,source,note\n"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (FACILITY.replace(",pue", ""), "missing_column", ["facilities.csv", '"pue"']),
        (FACILITY.replace("pue", "pue,power"), "unknown_column", ["facilities.csv", '"power"']),
        ("", "missing_column", ["facilities.csv", '"id"']),
        (FACILITY + "a,p,r,region,big,,2025,s,\n", "bad_row", ['"a"', '"pue"', '"big" is not a number']),
        (FACILITY + "a,p,r,region,nan,,2025,s,\n", "bad_row", ["not a finite number"]),
        (FACILITY + "a,p,r,region,0.9,,2025,s,\n", "bad_row", ["0.9 is below 1"]),
        (FACILITY + "a,p,r,region,1.2,-1,2025,s,\n", "bad_row", ['"wue_l_per_kwh"', "-1 is below 0"]),
        (FACILITY + "a,p,r,moon,1.2,,2025,s,\n", "bad_row", ['"moon" is none of', "region"]),
        (FACILITY + "a,p,r,region,1.2,,2025,,\n", "bad_row", ['"source": is empty']),
        (FACILITY + "a,p,r,region,1.2,,,s,\n", "bad_row", ['"as_of": is empty']),
        (FACILITY + "a,p,r,region,1.2,,lately,s,\n", "bad_row", ['"lately" is not a year']),
        (FACILITY + "a,p,r,region,1.2,,2025-13,s,\n", "bad_row", ['"2025-13" is not a year']),
        (FACILITY + ",p,r,region,1.2,,2025,s,\n", "bad_row", ["line 2", '"id": is empty']),
        (FACILITY + "a,p,r\n", "bad_row", ["line 2", "3 cells where the header has 9"]),
        (FACILITY + "a,p,r,region,1.2,,2025,s,\n" * 2, "duplicate_id", ['"a" is there twice']),
    ],
)
def test_a_broken_table_names_file_row_and_column(tmp_path, text, code, words):
    with pytest.raises(CatalogError) as caught:
        folder_with(tmp_path, "facilities.csv", text).check("facilities")
    assert caught.value.code == code
    for word in words:
        assert word in caught.value.message


def line(columns, **cells):
    cells = {"id": "a", "as_of": "2026", "source": "s", **cells}
    return ",".join(columns) + "\n" + ",".join(cells.get(column, "") for column in columns) + "\n"


def a_card(**cells):
    usual = {
        **{"name": "A", "vendor": "V", "device_class": "edge"},
        **{"memory_gb": "1", "memory_bandwidth_gb_s": "1", "release_year": "2020"},
    }
    return line(build.HARDWARE_COLUMNS, **{**usual, **cells})


def a_cost(**cells):
    return line(build.LABOUR_COLUMNS, category="c", item="i", unit="usd_per_h", **cells)


def a_grid(**cells):
    usual = {"kind": "country", "region": "r", "name": "n", "carbon_basis": "b"}
    return line(build.GRID_COLUMNS, carbon_kgco2e_per_kwh="0.1", **usual, **cells)


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        ("hardware", a_card(memory_gb=""), '"memory_gb": is empty'),
        ("hardware", a_card(memory_gb="0"), "0 is not above 0"),
        ("hardware", a_card(release_year=""), '"release_year": is empty'),
        ("hardware", a_card(release_year="2020.5"), "not a whole number"),
        ("labour", a_cost(), "so are low and high"),
        ("labour", a_cost(low="3", high="2"), "do not rise"),
        ("fine_tuning_prices", line(build.FINE_TUNING_COLUMNS, provider="p", name="n"), "training_usd_per_h"),
        ("grids", a_grid(renewable_frac="23"), "23 is above 1"),
    ],
)
def test_other_checks_of_rows(tmp_path, table, text, words):
    with pytest.raises(CatalogError, match=re.escape(words)):
        folder_with(tmp_path, FILES[table], text).check(table)


def test_links_between_tables_hold(tmp_path):
    text = line(build.ALIAS_COLUMNS, kind="hardware", name="H", catalog_id="nvidia-h100-sxn")
    for file in ("hardware.csv", "models.csv"):
        (tmp_path / file).write_bytes(resource("catalog", file).read_bytes())
    with pytest.raises(CatalogError, match=r'aliases.csv, row "hardware:H".*nvidia-h100-sxn'):
        folder_with(tmp_path, "aliases.csv", text).check("aliases")
    cells = {"provider": "p", "region": "r", "instance": "i", "accelerators": "1"}
    text = line(build.CLOUD_PRICE_COLUMNS, accelerator_id="nvidia-h100-sxn", **cells)
    with pytest.raises(CatalogError) as caught:
        folder_with(tmp_path, "cloud_prices.csv", text).check("cloud_prices")
    assert "accelerator_id" in caught.value.message
    assert "nvidia-h100-sxm" in caught.value.hint


@pytest.mark.parametrize("stamp", ["", "{}", '{"version": "1", "date": "soon"}', "[]"])
def test_a_broken_stamp(tmp_path, stamp):
    (tmp_path / "version.json").write_text(stamp, "utf-8")
    with pytest.raises(CatalogError, match=r"version\.json"):
        read_catalog(tmp_path)


def test_a_missing_table(tmp_path):
    with pytest.raises(CatalogError, match=r"grids\.csv"):
        folder_with(tmp_path, "other.csv", "").check("grids")


def test_hardware_is_plain_data(catalog):
    assert not hasattr(catalog.find_hardware("nvidia-h100-sxm"), "__dict__")
    assert {field.name for field in dataclasses.fields(Hardware)} >= {"id", "source"}
