"""The ledger as a Parquet file: the rows of the CSV, with types, units, and what they were made from."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from planner import __version__
from planner.engine.lineitems import QUANTITIES
from planner.engine.results import FIGURES, Results
from planner.export.job import SEED, Job
from planner.export.table import LEDGER_COLUMNS
from planner.scenario.model import SCHEMA_VERSION, Plan

if TYPE_CHECKING:
    import pyarrow as pa

LEDGER_KEY: Final = b"planner_ledger"
"""Of the file's own metadata: a JSON object with versions, seed, plan and scenario."""

_TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "strategy": ("Strategy", ""),
        "month": ("Month, 0 is before the first traffic", "months"),
        "item": ("Line item", ""),
        "category": ("Category", ""),
        "phase": ("Phase", ""),
        "usd": ("Cost", FIGURES["total_usd"].unit),
        **{name: (FIGURES[name].title, FIGURES[name].unit) for name in QUANTITIES if name in FIGURES},
        "accelerator_h": ("Accelerator-hours", FIGURES["serving_accelerator_h"].unit),
    }
)


def ledger_parquet(results: Results, plan: Plan, job: Job | None = None) -> bytes:
    """Return the line items of all strategies that fit as a Parquet file's bytes.

    Rows, order and values are those of `ledger_bytes`. Texts are dictionaries, quantities 64-bit floats; the
    unit of a column is in its metadata, versions and scenario in the file's.

    Parameters
    ----------
    results : Results
        The scenario, simulated at its most likely values.
    plan : Plan
        Its plan.
    job : Job, optional
        Whom to tell of progress.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq  # a tenth of a second, which no other file needs

    rows = results.ledger_rows()
    if job is not None:
        job.progress(0.5, "Rows")
    schema = _schema(results, plan)
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pa.array(values, type=field.type.value_type).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(values, type=field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), stream, compression="zstd")
    return stream.getvalue()


def _schema(results: Results, plan: Plan) -> pa.Schema:
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(LEDGER_COLUMNS, pa.dictionary(pa.int32(), pa.string()))
    kinds |= {"month": pa.int32(), **dict.fromkeys(QUANTITIES, pa.float64())}
    fields = [
        pa.field(name, kinds[name], nullable=False, metadata={"title": title, "unit": unit})
        for name, (title, unit) in ((name, _TITLES[name]) for name in LEDGER_COLUMNS)
    ]
    about = {
        "schema_version": SCHEMA_VERSION,
        "planner_version": __version__,
        "catalog_version": results.catalog_version,
        "seed": SEED,
        "title": plan.title,
        "scenario": results.scenario.model_dump(mode="json"),
    }
    text = json.dumps(about, sort_keys=True, ensure_ascii=False)
    return pa.schema(fields, metadata={LEDGER_KEY: text.encode()})
