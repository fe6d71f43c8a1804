"""Columns of each table, and how a line becomes a record."""

from __future__ import annotations

from planner.catalog.records import (
    Alias,
    CarbonPrice,
    CloudPrice,
    CostFigure,
    Facility,
    FineTuningPrice,
    Grid,
    Hardware,
    ModelShape,
)
from planner.catalog.rows import Row
from planner.units import BYTES_PER_GB, TERA

_ORIGIN = ("as_of", "source", "note")

HARDWARE_COLUMNS = (
    *("id", "name", "vendor", "device_class"),
    *("fp32_tflop_s", "tf32_tflop_s", "bf16_tflop_s", "fp8_tflop_s", "int8_top_s", "fp4_tflop_s"),
    *("memory_gb", "memory_bandwidth_gb_s", "interconnect_gb_s", "tdp_w", "idle_w", "release_year"),
    *("purchase_price_usd", "price_basis", "embodied_kgco2e", "embodied_source"),
    *_ORIGIN,
)
MODEL_COLUMNS = (
    *("id", "name", "family", "architecture", "total_params", "active_params", "layers", "hidden_size"),
    *("heads", "kv_heads", "head_dim", "intermediate_size", "vocab_size", "context_length"),
    *("moe_experts", "moe_experts_active", "moe_intermediate_size", "moe_shared_experts"),
    *("cache_layers", "latent_cache_values", "window_tokens", "window_layers", "tied_embeddings"),
    *("licence", "release_date"),
    *_ORIGIN,
)
GRID_COLUMNS = (
    *("id", "kind", "provider", "region", "name", "iso3", "carbon_kgco2e_per_kwh", "carbon_basis"),
    *(
        "renewable_frac",
        "carbon_free_frac",
        "electricity_usd_per_kwh",
        "electricity_as_of",
        "water_l_per_kwh",
    ),
    *_ORIGIN,
)
FACILITY_COLUMNS = ("id", "provider", "region", "scope", "pue", "wue_l_per_kwh", *_ORIGIN)
CLOUD_PRICE_COLUMNS = (
    *("id", "provider", "region", "instance", "accelerator_id", "accelerators"),
    *("on_demand_usd_per_h", "reserved_1y_usd_per_h", "spot_usd_per_h"),
    *_ORIGIN,
)
FINE_TUNING_COLUMNS = (
    *("id", "provider", "name", "training_usd_per_mtok", "training_usd_per_h"),
    *("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok"),
    *("batch_input_usd_per_mtok", "batch_output_usd_per_mtok"),
    *_ORIGIN,
)
LABOUR_COLUMNS = ("id", "category", "item", "unit", "low", "typical", "high", *_ORIGIN)
CARBON_PRICE_COLUMNS = (
    "id",
    "name",
    "kind",
    "region",
    "local_per_tco2e",
    "currency",
    "usd_per_tco2e",
    *_ORIGIN,
)
ALIAS_COLUMNS = ("kind", "name", "catalog_id", "note")

ALIAS_WITHOUT_ROW = "none"
_DEVICE_CLASSES = ("datacenter", "workstation", "edge", "mobile")
_GRID_KINDS = ("country", "aggregate", "us-state", "cloud-region")
_SCOPES = ("region", "fleet", "survey", "definition")
_ALIAS_KINDS = ("model", "hardware")


def hardware(row: Row) -> Hardware:
    """Make a device of a line of ``hardware.csv``."""
    return Hardware(
        id=row.id,
        name=row.text("name"),
        vendor=row.text("vendor"),
        device_class=row.choice("device_class", _DEVICE_CLASSES),
        fp32_flop_s=row.optional_number("fp32_tflop_s", TERA),
        tf32_flop_s=row.optional_number("tf32_tflop_s", TERA),
        bf16_flop_s=row.optional_number("bf16_tflop_s", TERA),
        fp8_flop_s=row.optional_number("fp8_tflop_s", TERA),
        int8_flop_s=row.optional_number("int8_top_s", TERA),
        fp4_flop_s=row.optional_number("fp4_tflop_s", TERA),
        memory_gb=row.number("memory_gb"),
        memory_bandwidth_bytes_s=row.number("memory_bandwidth_gb_s", BYTES_PER_GB),
        interconnect_bytes_s=row.optional_number("interconnect_gb_s", BYTES_PER_GB),
        tdp_w=row.optional_number("tdp_w"),
        idle_w=row.optional_number("idle_w"),
        release_year=row.whole("release_year"),
        purchase_price_usd=row.optional_number("purchase_price_usd"),
        price_basis=row.optional_text("price_basis"),
        embodied_kgco2e=row.optional_number("embodied_kgco2e"),
        embodied_source=row.optional_text("embodied_source"),
        source=row.source(),
    )


def model(row: Row) -> ModelShape:
    """Make a model of a line of ``models.csv``."""
    return ModelShape(
        id=row.id,
        name=row.text("name"),
        family=row.text("family"),
        architecture=row.text("architecture"),
        total_params=row.number("total_params"),
        active_params=row.number("active_params"),
        layers=row.whole("layers"),
        hidden_size=row.whole("hidden_size"),
        heads=row.optional_whole("heads"),
        kv_heads=row.optional_whole("kv_heads"),
        head_dim=row.optional_whole("head_dim"),
        intermediate_size=row.whole("intermediate_size"),
        vocab_size=row.whole("vocab_size"),
        context_length=row.whole("context_length"),
        moe_experts=row.optional_whole("moe_experts"),
        moe_experts_active=row.optional_whole("moe_experts_active"),
        moe_intermediate_size=row.optional_whole("moe_intermediate_size"),
        moe_shared_experts=row.optional_whole("moe_shared_experts", at_least=0),
        cache_layers=row.optional_whole("cache_layers", at_least=0),
        latent_cache_values=row.optional_whole("latent_cache_values"),
        window_tokens=row.optional_whole("window_tokens"),
        window_layers=row.optional_whole("window_layers"),
        tied_embeddings=row.flag("tied_embeddings"),
        licence=row.text("licence"),
        release_date=row.optional_text("release_date"),
        source=row.source(),
    )


def grid(row: Row) -> Grid:
    """Make a grid of a line of ``grids.csv``."""
    return Grid(
        id=row.id,
        kind=row.choice("kind", _GRID_KINDS),
        provider=row.optional_text("provider"),
        region=row.text("region"),
        name=row.text("name"),
        iso3=row.optional_text("iso3"),
        carbon_kgco2e_per_kwh=row.number("carbon_kgco2e_per_kwh"),
        carbon_basis=row.text("carbon_basis"),
        renewable_frac=row.optional_number("renewable_frac", at_least=0, at_most=1),
        carbon_free_frac=row.optional_number("carbon_free_frac", at_least=0, at_most=1),
        electricity_usd_per_kwh=row.optional_number("electricity_usd_per_kwh"),
        electricity_as_of=row.optional_text("electricity_as_of"),
        water_l_per_kwh=row.optional_number("water_l_per_kwh", at_least=0),
        source=row.source(),
    )


def facility(row: Row) -> Facility:
    """Make a facility of a line of ``facilities.csv``."""
    return Facility(
        id=row.id,
        provider=row.text("provider"),
        region=row.text("region"),
        scope=row.choice("scope", _SCOPES),
        pue=row.optional_number("pue", at_least=1),
        wue_l_per_kwh=row.optional_number("wue_l_per_kwh", at_least=0),
        source=row.source(),
    )


def cloud_price(row: Row) -> CloudPrice:
    """Make a price of a line of ``cloud_prices.csv``."""
    return CloudPrice(
        id=row.id,
        provider=row.text("provider"),
        region=row.text("region"),
        instance=row.text("instance"),
        accelerator_id=row.text("accelerator_id"),
        accelerators=row.whole("accelerators"),
        on_demand_usd_per_h=row.optional_number("on_demand_usd_per_h"),
        reserved_1y_usd_per_h=row.optional_number("reserved_1y_usd_per_h"),
        spot_usd_per_h=row.optional_number("spot_usd_per_h"),
        source=row.source(),
    )


def fine_tuning_price(row: Row) -> FineTuningPrice:
    """Make a price of a line of ``fine_tuning_prices.csv``."""
    price = FineTuningPrice(
        id=row.id,
        provider=row.text("provider"),
        name=row.text("name"),
        training_usd_per_mtok=row.optional_number("training_usd_per_mtok"),
        training_usd_per_h=row.optional_number("training_usd_per_h"),
        input_usd_per_mtok=row.optional_number("input_usd_per_mtok"),
        output_usd_per_mtok=row.optional_number("output_usd_per_mtok"),
        cached_input_usd_per_mtok=row.optional_number("cached_input_usd_per_mtok"),
        batch_input_usd_per_mtok=row.optional_number("batch_input_usd_per_mtok"),
        batch_output_usd_per_mtok=row.optional_number("batch_output_usd_per_mtok"),
        source=row.source(),
    )
    if price.training_usd_per_mtok is None and price.training_usd_per_h is None:
        raise row.fail("training_usd_per_mtok", "is empty, and so is training_usd_per_h")
    return price


def cost_figure(row: Row) -> CostFigure:
    """Make a cost of a line of ``labour_and_data.csv``."""
    figure = CostFigure(
        id=row.id,
        category=row.text("category"),
        item=row.text("item"),
        unit=row.text("unit"),
        low=row.optional_number("low"),
        typical=row.optional_number("typical"),
        high=row.optional_number("high"),
        source=row.source(),
    )
    known = [value for value in (figure.low, figure.typical, figure.high) if value is not None]
    if not known:
        raise row.fail("typical", "is empty, and so are low and high")
    if known != sorted(known):
        raise row.fail("typical", "low, typical and high do not rise")
    return figure


def carbon_price(row: Row) -> CarbonPrice:
    """Make a price of a line of ``carbon_price.csv``."""
    return CarbonPrice(
        id=row.id,
        name=row.text("name"),
        kind=row.text("kind"),
        region=row.text("region"),
        local_per_tco2e=row.number("local_per_tco2e"),
        currency=row.text("currency"),
        usd_per_tco2e=row.number("usd_per_tco2e"),
        source=row.source(),
    )


def alias_key(row: Row) -> str:
    """Make the key of an alias: its kind and its name."""
    return f"{row.text('kind')}:{row.text('name')}"


def alias(row: Row) -> Alias:
    """Make an alias of a line of ``aliases.csv``."""
    target = row.text("catalog_id")
    return Alias(
        kind=row.choice("kind", _ALIAS_KINDS),
        name=row.text("name"),
        catalog_id=None if target == ALIAS_WITHOUT_ROW else target,
        note=row.optional_text("note"),
    )
