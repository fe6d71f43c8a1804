"""Frozen rows of the catalogue. A number that is not known is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from planner.errors import CatalogError
from planner.units import BYTES_PER_GIB_SOLD

Precision = Literal["bf16", "fp8", "fp4", "int8", "int4"]
PRECISIONS: tuple[str, ...] = get_args(Precision)

_BYTES_PER_16BIT_VALUE = 2.0
_KEY_AND_VALUE = 2


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from.

    Parameters
    ----------
    title : str
        Page, repository and path, or the rule that made the figure.
    as_of : str
        Year, month or day the figure holds for, such as ``2026-11-09``.
    note : str
        What to know beside it; may be empty.
    """

    title: str
    as_of: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hardware:
    """One accelerator, card, board or chip. Rates are dense peaks.

    Parameters
    ----------
    id, name, vendor : str
        Catalogue id, usual name, maker.
    device_class : str
        ``datacenter``, ``workstation``, ``edge`` or ``mobile``.
    fp32_flop_s, tf32_flop_s, bf16_flop_s, fp8_flop_s, fp4_flop_s : float or None
        Peak rate in that number format (bf16 or fp16). [FLOP/s]
    int8_flop_s : float or None
        Peak integer rate. [operations/s]
    memory_gb : float
        Memory as sold. [GB]
    memory_bandwidth_bytes_s : float
        Peak memory bandwidth. [bytes/s]
    interconnect_bytes_s : float or None
        Device-to-device link, both directions added. [bytes/s]
    tdp_w, idle_w : float or None
        Rated power and power at rest. [W]
    release_year : int
        Year of release.
    purchase_price_usd : float or None
        Price of one device. [USD]
    price_basis : str
        What kind of price that is; empty without a price.
    embodied_kgco2e : float or None
        Cradle-to-gate carbon of one device without its host. [kgCO2e]
    embodied_source : str
        Source of the embodied carbon; empty without a figure.
    source : Source
        Origin of the row.
    """

    id: str
    name: str
    vendor: str
    device_class: str
    fp32_flop_s: float | None
    tf32_flop_s: float | None
    bf16_flop_s: float | None
    fp8_flop_s: float | None
    int8_flop_s: float | None
    fp4_flop_s: float | None
    memory_gb: float
    memory_bandwidth_bytes_s: float
    interconnect_bytes_s: float | None
    tdp_w: float | None
    idle_w: float | None
    release_year: int
    purchase_price_usd: float | None
    price_basis: str
    embodied_kgco2e: float | None
    embodied_source: str
    source: Source

    @property
    def memory_bytes(self) -> float:
        """Memory counted in GiB, as boards hold it. [bytes]."""
        return self.memory_gb * BYTES_PER_GIB_SOLD

    @property
    def caveats(self) -> tuple[str, ...]:
        """Codes of what this row leaves to a default."""
        found = [
            ("idle_power_default", self.idle_w is None),
            ("embodied_default", self.embodied_kgco2e is None),
            ("phone_rates_third_party", self.device_class == "mobile"),
        ]
        return tuple(code for code, applies in found if applies)

    def peak_flop_s(self, precision: str) -> float | None:
        """Peak rate for arithmetic on weights of a precision. [FLOP/s].

        Weights of int8 and int4 are unpacked and computed in bf16; fp8 and fp4 fall back to bf16 on a card
        that lacks them. None when the card's bf16 rate is not known.

        Parameters
        ----------
        precision : str
            ``bf16``, ``fp8``, ``fp4``, ``int8`` or ``int4``.
        """
        if precision not in PRECISIONS:
            raise CatalogError(
                "unknown_precision",
                f'There is no precision "{precision}".',
                f"Take one of {', '.join(PRECISIONS)}.",
            )
        own = {"fp8": self.fp8_flop_s, "fp4": self.fp4_flop_s}.get(precision)
        return self.bf16_flop_s if own is None else own


@dataclass(frozen=True, slots=True)
class CloudPrice:
    """Price of one rented machine at one provider on one date.

    Parameters
    ----------
    id, provider, region, instance : str
        Catalogue id, provider, its region and its name of the machine.
    accelerator_id : str
        Catalogue id of the accelerators in it.
    accelerators : int
        How many of them.
    on_demand_usd_per_h, reserved_1y_usd_per_h, spot_usd_per_h : float or None
        Price of the whole machine. [USD/h]
    source : Source
        Origin of the row.
    """

    id: str
    provider: str
    region: str
    instance: str
    accelerator_id: str
    accelerators: int
    on_demand_usd_per_h: float | None
    reserved_1y_usd_per_h: float | None
    spot_usd_per_h: float | None
    source: Source

    @property
    def on_demand_usd_per_accelerator_h(self) -> float | None:
        """On-demand price of one accelerator. [USD/h]."""
        price = self.on_demand_usd_per_h
        return None if price is None else price / self.accelerators


@dataclass(frozen=True, slots=True)
class FineTuningPrice:
    """What a provider charges for training a tuned model and for serving it.

    Parameters
    ----------
    id, provider, name : str
        Catalogue id, provider, the provider's name of model or size class.
    training_usd_per_mtok : float or None
        Per million training tokens, data set tokens times epochs. [USD/1e6 tokens]
    training_usd_per_h : float or None
        Where training is billed by time. [USD/h]
    input_usd_per_mtok, output_usd_per_mtok, cached_input_usd_per_mtok : float or None
        Serving the tuned model, where it is sold by the token. [USD/1e6 tokens]
    batch_input_usd_per_mtok, batch_output_usd_per_mtok : float or None
        The same by batch. [USD/1e6 tokens]
    source : Source
        Origin of the row.
    """

    id: str
    provider: str
    name: str
    training_usd_per_mtok: float | None
    training_usd_per_h: float | None
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    source: Source

    @property
    def caveats(self) -> tuple[str, ...]:
        """Codes of what to know before planning on this row."""
        return ("openai_finetune_closing",) if self.provider == "openai" else ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Electricity of a country, a state or a cloud region.

    Parameters
    ----------
    id, kind, provider, region, name, iso3 : str
        Catalogue id; ``country``, ``aggregate``, ``us-state`` or ``cloud-region``; provider of a cloud
        region; region code; name; country code. Provider and country code may be empty.
    carbon_kgco2e_per_kwh : float
        Carbon intensity. [kgCO2e/kWh]
    carbon_basis : str
        What the intensity counts.
    renewable_frac, carbon_free_frac : float or None
        Shares of the mix. [1]
    electricity_usd_per_kwh : float or None
        Price of electricity. [USD/kWh]
    electricity_as_of : str
        Date of that price; empty without a price.
    water_l_per_kwh : float or None
        Water used to make the electricity. [L/kWh]
    source : Source
        Origin of the row.
    """

    id: str
    kind: str
    provider: str
    region: str
    name: str
    iso3: str
    carbon_kgco2e_per_kwh: float
    carbon_basis: str
    renewable_frac: float | None
    carbon_free_frac: float | None
    electricity_usd_per_kwh: float | None
    electricity_as_of: str
    water_l_per_kwh: float | None
    source: Source

    @property
    def caveats(self) -> tuple[str, ...]:
        """Codes of what this row leaves to a default."""
        return ("grid_water_default",) if self.water_l_per_kwh is None else ()


@dataclass(frozen=True, slots=True)
class Facility:
    """Overheads of a data centre, a fleet or a survey.

    Parameters
    ----------
    id, provider, region, scope : str
        Catalogue id, operator, place; ``region``, ``fleet``, ``survey`` or ``definition``.
    pue : float or None
        Power usage effectiveness: facility energy over IT energy. [1]
    wue_l_per_kwh : float or None
        Water usage effectiveness: on-site water over IT energy. [L/kWh]
    source : Source
        Origin of the row.
    """

    id: str
    provider: str
    region: str
    scope: str
    pue: float | None
    wue_l_per_kwh: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Architecture of a language model.

    Parameters
    ----------
    id, name, family, architecture : str
        Catalogue id, usual name, family, kind such as ``decoder-dense`` or ``decoder-moe-mla``.
    total_params, active_params : float
        Parameters, and those used for one token. [1]
    layers, hidden_size, intermediate_size : int
        Depth, width, width of the feed-forward part. [1]
    heads, kv_heads, head_dim : int or None
        Query heads, key-value heads, width of a head; None without attention. [1]
    vocab_size, context_length : int
        Padded size of the embedding; published maximum length. [token]
    moe_experts, moe_experts_active, moe_intermediate_size, moe_shared_experts : int or None
        Experts of a layer, those used for one token, width of one, shared ones; None for a dense model. [1]
    cache_layers : int or None
        Layers that hold a key-value cache where that is not all of them. [1]
    latent_cache_values : int or None
        Values in the cache per token and layer with latent attention. [1]
    window_tokens, window_layers : int or None
        Length of the sliding window, and how many layers have one; None where all attend to everything.
        [token], [1]
    tied_embeddings : bool
        Whether input and output embedding are one matrix.
    licence, release_date : str
        Licence of the weights; day of release, empty for a shape without weights.
    source : Source
        Origin of the row.
    """

    id: str
    name: str
    family: str
    architecture: str
    total_params: float
    active_params: float
    layers: int
    hidden_size: int
    heads: int | None
    kv_heads: int | None
    head_dim: int | None
    intermediate_size: int
    vocab_size: int
    context_length: int
    moe_experts: int | None
    moe_experts_active: int | None
    moe_intermediate_size: int | None
    moe_shared_experts: int | None
    cache_layers: int | None
    latent_cache_values: int | None
    window_tokens: int | None
    window_layers: int | None
    tied_embeddings: bool
    licence: str
    release_date: str
    source: Source

    @property
    def is_moe(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.moe_experts is not None

    @property
    def kv_bytes_per_token_16bit(self) -> float | None:
        """Key-value cache of one token in 16 bits, over all layers. [bytes]; None where it is not known."""
        layers = self.layers if self.cache_layers is None else self.cache_layers
        if layers == 0:
            return 0.0
        values = self.latent_cache_values
        if values is None:
            if self.kv_heads is None or self.head_dim is None:
                return None
            values = _KEY_AND_VALUE * self.kv_heads * self.head_dim
        return _BYTES_PER_16BIT_VALUE * layers * values


@dataclass(frozen=True, slots=True)
class CostFigure:
    """A cost of labour, data or evaluation, as a range.

    Parameters
    ----------
    id, category, item : str
        Catalogue id, group, what is paid for.
    unit : str
        Unit of the three numbers: ``usd_per_example``, ``usd_per_h``, ``1`` for a multiplier, ``frac``.
    low, typical, high : float or None
        The range, in `unit`.
    source : Source
        Origin of the row.
    """

    id: str
    category: str
    item: str
    unit: str
    low: float | None
    typical: float | None
    high: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class CarbonPrice:
    """A price of a tonne of CO2 equivalent.

    Parameters
    ----------
    id, name, kind, region : str
        Catalogue id, name; ``market``, ``tax``, ``social cost``, ``internal`` or
        ``forecast``; where it holds.
    local_per_tco2e : float
        Price in its own currency. [`currency`/tCO2e]
    currency : str
        That currency.
    usd_per_tco2e : float
        Price. [USD/tCO2e]
    source : Source
        Origin of the row.
    """

    id: str
    name: str
    kind: str
    region: str
    local_per_tco2e: float
    currency: str
    usd_per_tco2e: float
    source: Source


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """What a provider charges for a token of one of its models.

    Parameters
    ----------
    provider, model, name : str
        Provider and model as the price list spells them; name for people.
    input_usd_per_mtok, output_usd_per_mtok : float
        Base tier. [USD/1e6 tokens]
    cached_input_usd_per_mtok : float or None
        Input tokens read from the prompt cache. [USD/1e6 tokens]
    batch_input_usd_per_mtok, batch_output_usd_per_mtok : float or None
        Where the provider sells by batch. [USD/1e6 tokens]
    context_length : int or None
        Longest input. [token]
    caveats : tuple of str
        Codes of what to know beside the price.
    source : Source
        Price list and its date.
    """

    provider: str
    model: str
    name: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    cached_input_usd_per_mtok: float | None
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    context_length: int | None
    caveats: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a catalogue row, or a name known to have none.

    Parameters
    ----------
    kind : str
        ``model`` or ``hardware``.
    name : str
        The name as found.
    catalog_id : str or None
        The row it stands for; None when there is none.
    note : str
        What the mapping assumes, or why there is no row.
    """

    kind: str
    name: str
    catalog_id: str | None
    note: str
