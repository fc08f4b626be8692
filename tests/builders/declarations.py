"""Landing files of declarations, as many lines as asked for, in a blink: consistent, and of no interest otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from jobs import contracts
from jobs.contracts.codes import standard_products
from jobs.ingest.silver.rules.exchange import weekly_rates

COLUMNS = contracts.landing("import_declaration").columns
LINE = {
    "declaration_id": "D1",
    "line_no": "1",
    "declared_at": "2024-05-13T09:30:00+09:00",
    "office_code": "020",
    "declarant_id": "B01",
    "importer_id": "F01",
    "exporter_id": "X01",
    "hs10_code": "0712901000",
    "standard_name_code": "garlic_dried",
    "product_state": "dried",
    "grade": "A",
    "packaging": "bag",
    "crop_year": "2023",
    "origin_country": "CN",
    "departure_country": "CN",
    "loading_port": "CNTAO",
    "arrival_port": "KRPUS",
    "transport_mode": "sea",
    "bl_number": "BL1",
    "container_numbers": "TCLU1234567;TCLU7654321",
    "net_mass_kg": "20000",
    "gross_mass_kg": "20400",
    "package_count": "1000",
    "incoterm": "FOB",
    "invoice_currency": "USD",
    "freight_krw": "1300000",
    "insurance_krw": "65000",
    "duty_rate_pct": "360",
    "preference_code": "",
    "certificate_number": "",
    "status": "accepted",
    "accepted_at": "2024-05-13T17:00:00+09:00",
    "shipped_on": "2024-05-08",
    "trade_level": "wholesale",
    "examination_result": "not_examined",
}


def won_a_dollar(day: date) -> float:
    """The customs rate of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    rates = weekly_rates()
    is_asked = pc.and_(pc.equal(rates["_currency"], "USD"), pc.equal(rates["_week"], monday))
    return float(rates.filter(is_asked)["_rate"][0].as_py())


def line(usd_per_kg: float = 2.0, **stated: object) -> dict[str, str]:
    """One line of dried garlic with values that agree, but for what is stated otherwise."""
    row = {**LINE, **{name: str(value) for name, value in stated.items()}}
    rate = won_a_dollar(date.fromisoformat(row["declared_at"][:10])) if "T" in row["declared_at"] else 1300.0
    invoice = 20_000 * usd_per_kg
    krw = invoice * rate + 1_365_000
    worked = {
        "invoice_amount": f"{invoice:.2f}",
        "customs_value_krw": f"{krw:.0f}",
        "customs_value_usd": f"{krw / rate:.2f}",
    }
    return {**worked, **row}


def write_lines(folder: Path, source: str, rows: Iterable[Mapping[str, object]], name: str) -> Path:
    """A landing file of a source; what a row does not state is empty."""
    columns = contracts.landing(source).columns
    path = folder / source / f"{source}_{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(columns), *[",".join(str(row.get(column, "")) for column in columns) for row in rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_many(
    folder: Path, count: int, days: list[date], *, status: str = "accepted", start: int = 0, seed: int = 1
) -> None:
    """`count` lines, spread over daily files: masses, prices, firms and goods drawn, values that agree."""
    rng = np.random.default_rng(seed)
    products = standard_products()
    names = np.array(list(products))
    for place, day in enumerate(days):
        numbers = np.arange(place, count, len(days)) + start
        size = len(numbers)
        goods = rng.integers(0, len(names), size)
        net = np.round(rng.lognormal(9.5, 0.6, size), 3)
        rate, freight, insurance = won_a_dollar(day), rng.integers(5e5, 3e6, size), rng.integers(1e4, 9e4, size)
        invoice = np.round(net * rng.lognormal(0.7, 0.8, size), 2)
        krw = np.rint(invoice * rate) + freight + insurance
        drawn = {
            "declaration_id": [f"{n:014d}" for n in numbers],
            "hs10_code": [products[names[g]]["hs10"] for g in goods],
            "standard_name_code": names[goods],
            "importer_id": [f"F{n:05d}" for n in rng.integers(0, 20_000, size)],
            "exporter_id": [f"X{n:05d}" for n in rng.integers(0, 9_000, size)],
            "bl_number": [f"BL{n:012d}" for n in numbers],
            "declared_at": [f"{day}T09:{n % 60:02d}:00+09:00" for n in numbers],
            "accepted_at": [f"{day}T17:{n % 60:02d}:00+09:00" for n in numbers],
            "shipped_on": [str(day - timedelta(days=int(n))) for n in rng.integers(3, 40, size)],
            "net_mass_kg": net,
            "gross_mass_kg": np.round(net * 1.04, 3),
            "package_count": np.maximum(1, net // 20).astype(int),
            "invoice_amount": invoice,
            "freight_krw": freight,
            "insurance_krw": insurance,
            "customs_value_krw": krw.astype(int),
            "customs_value_usd": np.round(krw / rate, 2),
        }
        fixed = {name: [value] * size for name, value in {**LINE, "status": status}.items()}
        table = pa.table([pa.array(list(map(str, {**fixed, **drawn}[name]))) for name in COLUMNS], names=COLUMNS)
        path = folder / "import_declaration" / f"import_declaration_known_{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write((",".join(COLUMNS) + "\n").encode())
            csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))
