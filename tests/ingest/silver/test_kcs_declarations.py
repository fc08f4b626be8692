"""The published declarations: one file, two landing contracts, what was declared and what inspecting it found."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.lake.delta import Lake
from tests.builders.declarations import won_a_dollar
from tests.builders.keeping import broken
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "kcs_declarations" / "declarations_valid.csv"
ARRIVED = date(2022, 8, 3)
TABLES = ("silver.import_declaration", "silver.inspection_result", "ops.quarantine", "ops.load")
RECORDS = [
    "1,2021-01-01,40,B,11,11,11,40,D1,I1,S1,,760711,CN,CN,7.2,FCN1,E,901.2,415092.72,0,0",
    "2,2021-01-01,20,B,11,21,11,10,D1,I2,,,071290,HK,CN,360.0,A,E,400.0,30520.0,1,2",
    "3,2021-01-01,20,B,11,21,11,10,D1,I2,S1,,071290,HK,CN,0.0,A,E,0.0,30520.0,0,0",
    "4,2021-01-01,20,B,11,21,11,10,D1,I2,S1,,071290,HK,QZ,0.0,A,E,400.0,30520.0,0,0",
    "5,2021-01-01,20,B,11,21,11,10,D1,I2,S1,,071290,HK,CN,0.0,A,E,400.0,30520.0,maybe,0",
]


@dataclass
class Loaded:
    """What one load left, by table."""

    counts: dict[str, dict[str, int]]
    rows: dict[str, list[dict[str, Any]]]

    def of(self, table: str, declaration: str) -> dict[str, Any]:
        (row,) = [row for row in self.rows[table] if row["declaration_id"] == declaration]
        return row


def load_lines(spark: SparkSession, root: Path, lines: list[str]) -> Loaded:
    """A lake with these records of the published file."""
    header = ",".join(contracts.landing("kcs_declarations").columns)
    path = root / "landing" / "kcs_declarations" / "declarations_valid.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    lake = Lake(spark, str(root / "lake"), "run-1")
    counts = ingest(lake, root / "landing", ARRIVED)
    return Loaded(counts, {name: lake.rows(name).to_pylist() for name in TABLES})


@pytest.fixture(scope="module")
def loaded(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load_lines(spark, tmp_path_factory.mktemp("kcs"), RECORDS)


def test_the_file_is_counted_once_for_each_of_its_contracts(loaded: Loaded) -> None:
    ended = {
        row["source"]: (row["records_in"], row["records_out"], row["records_quarantined"])
        for row in loaded.rows["ops.load"]
    }
    assert ended == {"kcs_declarations": (5, 4, 1), "kcs_declaration_outcomes": (5, 4, 1)}


def test_a_declaration_has_its_value_in_both_currencies_and_is_not_judged(loaded: Loaded) -> None:
    row = loaded.of("silver.import_declaration", "1")
    assert (row["hs10_code"], row["transport_mode"], row["preference_code"]) == ("760711", "air", "FCN1")
    assert float(row["customs_value_usd"]) == pytest.approx(415093 / won_a_dollar(date(2021, 1, 1)), abs=0.01)
    assert set(row["quality_flags"]) == {"known_at_assumed", "hs6_only", "usd_converted", "product_missing"}
    assert not row["is_judgeable"]


def test_the_basic_rate_is_no_preference_and_a_mass_of_zero_is_flagged(loaded: Loaded) -> None:
    assert loaded.of("silver.import_declaration", "2")["preference_code"] == ""
    assert loaded.of("silver.import_declaration", "2")["exporter_id"] is None
    assert "mass_zero" in loaded.of("silver.import_declaration", "3")["quality_flags"]


def test_a_label_is_a_finding_without_a_propensity(loaded: Loaded) -> None:
    row = loaded.of("silver.inspection_result", "2")
    assert (row["finding"], row["reason_code"], row["selection"], row["propensity"]) == (
        "violation",
        "critical_2",
        "none",
        None,
    )
    assert loaded.of("silver.inspection_result", "1")["finding"] == "no_finding"


def test_a_record_is_set_aside_for_the_table_it_is_wrong_for(loaded: Loaded) -> None:
    aside = {
        (row["table_name"], dict(row["payload"])["Declaration ID"]): row["reason_codes"]
        for row in loaded.rows["ops.quarantine"]
    }
    assert aside == {
        ("silver.import_declaration", "4"): ["unknown_country"],
        ("silver.inspection_result", "5"): ["unknown_code"],
    }


@pytest.mark.skipif(not REAL.exists(), reason=f"the published declarations are not at {REAL} (CUSTOMS_REAL_DATA)")
def test_the_published_file_itself_is_taken_whole(spark: SparkSession, tmp_path: Path) -> None:
    with REAL.open(encoding="utf-8") as file:
        lines = [text.rstrip("\n") for text in islice(file, 1, 2001)]
    taken = load_lines(spark, tmp_path, lines)
    assert {name: (each["in"], each["out"]) for name, each in taken.counts.items()} == {
        "silver.import_declaration": (2000, 2000),
        "silver.inspection_result": (2000, 2000),
    }
    assert broken("silver.import_declaration", taken.rows["silver.import_declaration"]) == set()
