"""Tiny landing files in the sources' own formats: a test writes the few rows it is about."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from jobs import contracts
from jobs.ingest.bronze.land import Landed, land
from jobs.ingest.silver.load import load
from jobs.lake.delta import Lake

TODAY = date(2024, 6, 20)
STEMS = {
    "kcs_trade_country": "nitemtrade_hs6_country",
    "kcs_trade_total": "itemtrade_hsk10",
    "portwatch_straits": "chokepoints_daily",
    "gscpi": "gscpi_monthly",
    "hs_revision": "hs_revision",
    "pinksheet": "pinksheet_monthly_tidy",
}

Trade = tuple[str, str, str, int, int]  # month as 2024.03, country, HS6, import kg, import USD


def write_file(
    folder: Path, source: str, rows: Iterable[Sequence[object]], name: str = "a", header: Sequence[str] = ()
) -> Path:
    """A file of a source under its landing folder; `name` may end in known_YYYY-MM-DD."""
    contract = contracts.landing(source)
    path = folder / contract.folder / f"{STEMS[source]}_{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*(header or contract.columns)])
        writer.writerows(rows)
    return path


def write_trade(folder: Path, trades: Iterable[Trade], name: str = "a") -> Path:
    """Imports by HS6 and country, no exports, the balance stated as the source states it."""
    rows = [(month, country, "국가", "품목", hs, kg, usd, 0, 0, -usd) for month, country, hs, kg, usd in trades]
    return write_file(folder, "kcs_trade_country", rows, name)


def write_straits(folder: Path, days: Iterable[tuple[str, int]], name: str = "a") -> Path:
    """Transits of Suez by day."""
    return write_file(folder, "portwatch_straits", [(day, "suez", n, 0, n, 1000) for day, n in days], name)


def take(lake: Lake, folder: Path, on: date = TODAY) -> Landed:
    """Landing to bronze on a day."""
    return land(lake, folder, datetime.combine(on, time(9), UTC), on)


def ingest(lake: Lake, folder: Path, on: date = TODAY) -> dict[str, dict[str, int]]:
    """Landing to silver on a day; the record counts of each table."""
    take(lake, folder, on)
    return load(lake)
