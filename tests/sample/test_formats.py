"""The files look as the publishers' own: the same columns, number and date forms, marks and quotes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from jobs.sample import SampleSummary
from tests.sample.conftest import read_rows, vintages

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
STEMS = {
    "kcs_trade_country/nitemtrade_hs6_country_": ("year", "statCd", "hsCd"),
    "kcs_trade_total/itemtrade_hsk10_": ("STD_YYYYMM", "hs_code", "country_code"),
    "kcs_trade_total/nitemtrade_hsk10_country_": ("STD_YYYYMM", "hs_code", "country_code"),
    "kcs_coffee_090111/korea_coffee_imports_by_country_": ("year_month", "country_code"),
    "kcs_coffee_090111/coffee_prices_fred_": ("year_month",),
    "china_exports_graphite_gallium/china_exports_hs6_partner_monthly_": ("period_dt", "partner_name", "hs6"),
    "portwatch/chokepoints_daily_": ("date", "chokepoint"),
    "portwatch/port_activity_daily_": ("activity_date", "port_code"),
    "gscpi/gscpi_monthly": ("date",),
    "pinksheet/pinksheet_monthly_tidy": ("period",),
    "us_imports/us_imports_hs_country_monthly_": ("month", "hs", "country"),
}


def shape(value: str) -> str:
    """What a value is made of: its digits as 9 (any number of them), its letters as A."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", value)) if value.isascii() else "text"


@pytest.mark.parametrize("stem", STEMS)
def test_columns_and_marks_are_the_real_ones(small: SampleSummary, stem: str) -> None:
    if not REAL.is_dir():
        pytest.skip(f"no real data at {REAL}; set CUSTOMS_REAL_DATA")
    (real,) = REAL.glob(f"{stem}*.csv")
    ours = vintages(small.out, f"{stem}*.csv")[0]
    first_real, first_ours = (path.read_bytes().split(b"\n")[0] for path in (real, ours))
    assert first_ours == first_real


@pytest.mark.parametrize("stem", STEMS)
def test_values_are_written_as_the_real_ones(small: SampleSummary, stem: str) -> None:
    if not REAL.is_dir():
        pytest.skip(f"no real data at {REAL}; set CUSTOMS_REAL_DATA")
    real = read_rows(next(iter(REAL.glob(f"{stem}*.csv"))))
    ours = read_rows(vintages(small.out, f"{stem}*.csv")[0])
    named = {"country_name", "portwatch_name", "partner_name", "statKor", "chokepoint", "source_endpoint"}
    is_wide = stem.startswith("pinksheet")  # there any series may be one that ended
    anywhere = {shape(value) for row in real for value in row.values()} if is_wide else set()
    for column in set(ours[0]) - named:
        known = anywhere or {shape(row[column]) for row in real}
        assert {shape(row[column]) for row in ours} <= known, column


@pytest.mark.parametrize(("stem", "key"), STEMS.items())
def test_keys_are_unique_in_a_file(small: SampleSummary, stem: str, key: tuple[str, ...]) -> None:
    for path in vintages(small.out, f"{stem}*.csv"):
        keys = [tuple(row[k] for k in key) for row in read_rows(path)]
        assert len(keys) == len(set(keys))


def test_customs_rows_have_trade_and_a_balance(small: SampleSummary) -> None:
    rows = read_rows(vintages(small.out, "kcs_trade_country/*.csv")[0])
    for row in rows:
        imports, exports = int(row["impDlr"]), int(row["expDlr"])
        assert int(row["balPayments"]) == exports - imports
        assert any(int(row[c]) > 0 for c in ("impWgt", "impDlr", "expWgt", "expDlr"))
    assert any(row["impWgt"] == "0" and int(row["impDlr"]) > 0 for row in rows)  # under 1 kg


def test_totals_of_the_us_file_add_up(small: SampleSummary) -> None:
    total: dict[tuple[str, str], int] = {}
    parts: dict[tuple[str, str], int] = {}
    for row in read_rows(vintages(small.out, "us_imports/*.csv")[0]):
        key, value = (row["month"], row["hs"]), int(row["value_usd"])
        if row["country"] == "WORLD":
            total[key] = value
        else:
            parts[key] = parts.get(key, 0) + value
    assert parts == total
