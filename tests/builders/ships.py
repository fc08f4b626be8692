"""Daily ships at places as facts of a night, without a lake."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

DAYS = 300
LAST = date(2024, 3, 28)


def ships(
    code: str, usual: float = 70.0, *, closed: range = range(0), factor: float = 0.2, seed: int = 1
) -> list[dict[str, object]]:
    """A place's days up to LAST, Poisson around `usual`; `closed` are days counted back from the last."""
    counts = np.random.default_rng(seed).poisson(usual, DAYS).astype(float)
    for back in closed:
        counts[DAYS - 1 - back] = round(usual * factor)
    days = [LAST - timedelta(days=DAYS - 1 - place) for place in range(DAYS)]
    return [
        {"code": code, "day": day, "ships": int(count), "record_id": f"{code}-{day}"}
        for day, count in zip(days, counts, strict=True)
    ]


def feed(*places: list[dict[str, object]]) -> pa.Table:
    """Rows of `detect.known_ships`."""
    schema = pa.schema([("code", pa.string()), ("day", pa.date32()), ("ships", pa.int64()), ("record_id", pa.string())])
    return pa.Table.from_pylist([row for place in places for row in place], schema=schema)
