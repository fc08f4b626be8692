"""Monthly imports as facts of a night, without a lake: written as lists of kilogrammes, one a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

FIRST = np.datetime64("2020-10", "M")
MONTHS = 42  # October 2020 to March 2024
NIGHT = date(2024, 4, 30)
SOURCE = "kcs_trade_country"
USD_PER_KG = 3.0
CELL = pa.struct(
    [
        ("flow", pa.string()),
        ("partner", pa.string()),
        ("month", pa.date32()),
        ("mass", pa.float64()),
        ("value", pa.float64()),
        ("record_id", pa.string()),
    ]
)
ITEMS = pa.schema(
    [("source", pa.string()), ("hs_code", pa.string()), ("last_period", pa.date32()), ("cells", pa.list_(CELL))]
)
Months = Sequence[float | None]  # None: no row of that month


def steady(kg: float, seed: int, months: int = MONTHS) -> list[float]:
    """A quiet supplier: months that scatter around `kg` by about a tenth."""
    noise = np.random.default_rng(seed).normal(0.0, 0.1, months)
    return [float(value) for value in np.round(kg * np.exp(noise))]


def month_at(place: int) -> date:
    """First day of the month at a place of the lists."""
    return (FIRST + place).astype("datetime64[D]").astype(date)


def cells(flow: str, partner: str, kg: Months, usd_per_kg: float = USD_PER_KG) -> list[dict[str, object]]:
    """A partner's months; the record id names partner and month."""
    return [
        {
            "flow": flow,
            "partner": partner,
            "month": month_at(place),
            "mass": mass,
            "value": mass * usd_per_kg,
            "record_id": f"{flow}-{partner}-{month_at(place):%Y-%m}",
        }
        for place, mass in enumerate(kg)
        if mass is not None
    ]


def item(
    hs_code: str, imports: Mapping[str, Months], *, total: Months = (), exports: Months = (), source: str = SOURCE
) -> dict[str, object]:
    """A row of `facts.gather_items`: an item's imports by origin, its published total, its exports to Japan."""
    rows = [cell for origin, kg in imports.items() for cell in cells("I", origin, kg)]
    rows += cells("I", "ALL", total) + cells("X", "JP", exports)
    last = max(cell["month"] for cell in rows if cell["partner"] != "ALL")
    return {"source": source, "hs_code": hs_code, "last_period": last, "cells": rows}


def items(*rows: dict[str, object]) -> pa.Table:
    """Rows of `facts.gather_items`; a source is as new as its newest item."""
    newest = {
        source: max(r["last_period"] for r in rows if r["source"] == source) for source in {r["source"] for r in rows}
    }
    return pa.Table.from_pylist([{**row, "last_period": newest[row["source"]]} for row in rows], schema=ITEMS)


def stopping(kg: float, seed: int, months: int = 2) -> list[float | None]:
    """A steady supplier from whom nothing comes in the last months."""
    return [*steady(kg, seed, MONTHS - months), *[None] * months]


def tin(indonesia: Months | None = None, **others: Months) -> dict[str, object]:
    """An item from three origins, Indonesia the largest with about 60 %; steady where not told otherwise."""
    return item(
        "800110",
        {
            "ID": steady(60_000, 1) if indonesia is None else indonesia,
            "MY": steady(25_000, 2),
            "PE": steady(15_000, 3),
            **others,
        },
    )


def coffee(**others: Months) -> dict[str, object]:
    """A second item, steady."""
    return item("090111", {"VN": steady(50_000, 4), "BR": steady(40_000, 5), "CO": steady(30_000, 6), **others})
