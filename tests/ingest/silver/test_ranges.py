"""Values outside the ranges of the contract: set aside with the text as it came; the next night and the rest go on."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jobs import contracts
from jobs.lake.delta import Lake
from jobs.settings import settings
from jobs.stats.workdays import calendar_covariates
from tests.builders.landing import ingest, write_file, write_trade

CASES = settings().real_data.parent / "cases"
DELIVERED = {"date", "timestamp", "int", "bigint"}


@pytest.mark.parametrize("table", [each.name for each in contracts.tables("silver")])
def test_every_date_and_figure_that_is_delivered_has_a_range_with_a_reason(table: str) -> None:
    own = {"period_month", "known_at", "hs_level"}  # they follow from others
    for column in contracts.table(table).columns:
        if column.name not in own and not column.is_lineage:
            is_figure = column.type in DELIVERED or column.type.startswith("decimal")
            assert column.range is not None or not is_figure, f"{table}.{column.name}"
        if column.range is not None:
            assert column.range.why
            least, most = column.range.least, column.range.most
            assert least is None or most is None or least < most


def test_no_month_of_any_year_is_too_early_or_too_late_for_the_calendar() -> None:
    months = np.array(["1800-01", "1900-02", "1984-12", "2024-02", "2199-12"], dtype="datetime64[M]")
    assert np.isfinite(calendar_covariates(months)).all()


@pytest.mark.spark
def test_a_date_or_figure_out_of_its_range_is_set_aside_with_its_text(lake: Lake, landing: Path) -> None:
    figure = "9" * 26
    months = ["0001.01", "1024.05", "2206.01"]
    write_trade(landing, [(month, "ID", "800110", 1, 1) for month in months] + [("2024.03", "ID", "800110", 5, 5)])
    write_file(landing, "gscpi", [("2024-04-01", figure), ("0000-01-01", "0.1"), ("2024-05-01", "0.5")])
    ingest(lake, landing)
    said = {
        (row["source"], row["source_row"]): (row["reason_codes"], dict(row["payload"]))
        for row in lake.rows("ops.quarantine").to_pylist()
    }
    assert set(said) == {("kcs_trade_country", n) for n in (1, 2, 3)} | {("gscpi", 1), ("gscpi", 2)}
    assert all("implausible_date" in said["kcs_trade_country", n][0] for n in (1, 2, 3))
    assert said["gscpi", 1] == (["out_of_range"], {"date": "2024-04-01", "value": figure})
    assert lake.rows("silver.pressure_index_month").num_rows == 1


@pytest.mark.spark
@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")
def test_bad_rows_are_set_aside_beside_a_good_world(lake: Lake, landing: Path) -> None:
    """Four cases over one world, each file under a name of its own."""
    shutil.copytree(CASES / "base" / "landing", landing, dirs_exist_ok=True)
    for case in ("b01_year_0000", "b02_firm_registered_0001", "b03_26_digits_become_null", "b18_tariff_60000_won"):
        for file in (CASES / case / "landing").rglob("*.csv"):
            shutil.copy(file, landing / file.parent.name / file.name.replace("_known", f"_{case[:3]}_known"))
    ingest(lake, landing, date(2026, 1, 15))
    reasons = Counter(
        (row["source"], code) for row in lake.rows("ops.quarantine").to_pylist() for code in row["reason_codes"]
    )
    assert reasons["gscpi", "implausible_date"] == 1
    assert reasons["firm", "implausible_date"] == 1
    assert reasons["gscpi", "out_of_range"] == 1
    assert reasons["tariff_rate", "out_of_range"] == 74
