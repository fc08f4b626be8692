"""Names of the goods that share a reference price: the market of a lot, and the wider pools it belongs to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.arrays import IntArray
from jobs.contracts.codes import regions
from jobs.domains.low_price.facts.columns import named
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import NO_KEY, RUNGS, rung_keys

PARTS = {
    "product": ("standard_name_code",),
    "specification": ("product_state", "grade", "packaging", "crop_year"),
    "state": ("product_state",),
    "origin": ("origin_country",),
    "region": ("region",),
    "trade_level": ("trade_level",),
}
SHORT = {
    "standard_name_code": "product",
    "product_state": "state",
    "origin_country": "origin",
    "trade_level": "level",
    "crop_year": "crop",
}


def name_markets(table: pa.Table, lots: Lots) -> tuple[IntArray, list[dict[int, str]]]:
    """The keys of each lot on every rung, (N, rungs), and the name of each key by rung.

    Only the first lot of a key is asked for its texts: names cost nothing for a million lots.
    """
    keys = rung_keys(lots)
    names = []
    for rung, parts in enumerate(RUNGS):
        distinct, first = np.unique(keys[:, rung], return_index=True)
        chosen = first[distinct != NO_KEY]
        names.append(dict(zip(distinct[distinct != NO_KEY].tolist(), spell(table.take(chosen), parts), strict=True)))
    return keys, names


def spell(table: pa.Table, parts: tuple[str, ...]) -> list[str]:
    """`product=garlic_dried|state=dried|...` of each row."""
    listed = regions()
    spelt = named(table)
    region = pa.array([listed.get(code, "") for code in spelt["origin_country"].to_pylist()], pa.string())
    spelt = spelt.append_column("region", region)
    columns = [name for part in parts for name in PARTS[part]]
    texts = [spelt[name].to_pylist() for name in columns]
    labels = [SHORT.get(name, name) for name in columns]
    return [
        "|".join(f"{label}={text}" for label, text in zip(labels, row, strict=True)) for row in zip(*texts, strict=True)
    ]


def names_of(keys: IntArray, names: dict[int, str]) -> pa.Array:
    """The name of each key, null where it has none."""
    distinct, at = np.unique(keys, return_inverse=True)
    return pa.array([names.get(int(key)) for key in distinct], pa.string()).take(pa.array(at))
