"""The gate behind silver: what stops a night, what warns, and what is remembered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from jobs.ingest.gate import GateStopped, assess, gate, rows_of_past_nights, warm_up
from jobs.lake.delta import Lake

pytestmark = pytest.mark.slow

NIGHT, NEXT = date(2024, 4, 30), date(2024, 5, 31)
KNOWN = datetime(2024, 4, 14, 15, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def great_expectations() -> None:
    """Imported once, by the function that the command line uses."""
    warm_up().join()


def trade(**changes: Any) -> dict[str, Any]:
    """A sound row of silver.trade_month, with changes."""
    row: dict[str, Any] = {
        "flow": "I",
        "hs_code": "800110",
        "hs_level": 6,
        "partner_country": "ID",
        "period_start": date(2024, 3, 1),
        "known_at": KNOWN,
        "value_usd": Decimal(100),
        "net_mass_kg": Decimal(10),
        "source": "kcs_trade_country",
        "quality_flags": [],
        "record_id": "a:1",
    }
    return {**row, **changes}


def loaded(records_in: int, quarantined: int = 0, rejected: int = 0, hour: int = 0, sha: str = "a") -> dict[str, Any]:
    """A row of ops.load."""
    return {
        "source": "kcs_trade_country",
        "source_file": f"{sha}.csv",
        "delivery_id": sha,
        "file_sha256": sha,
        "arrived_on": NIGHT,
        "records_in": records_in,
        "records_out": records_in - quarantined - rejected,
        "records_unchanged": 0,
        "records_quarantined": quarantined,
        "records_rejected": rejected,
        "ingested_at": datetime(2024, 4, 30, hour, tzinfo=UTC),
        "recorded_at": datetime(2024, 4, 30, hour, tzinfo=UTC),
    }


def run_of(lake: Lake, run_id: str) -> Lake:
    """The same lake in another run."""
    return Lake(None, lake.root, run_id)


def failed(lake: Lake, night: date = NIGHT) -> dict[str, tuple[str, str, str]]:
    """What fails, with severity, subject and observed value, freshness left out."""
    failures = assess(lake, night).failures
    return {
        f.expectation: (f.severity, f.about, f.observed)
        for f in failures
        if f.expectation != "expect_source_to_be_fresh"
    }


def test_a_sound_table_passes_and_every_result_is_kept_once_a_run(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    assert not gate(driver_lake, NIGHT).failures
    gate(driver_lake, NIGHT)
    rows = driver_lake.rows("ops.quality_result").to_pylist()
    assert len(rows) == len({(row["expectation"], row["column_name"]) for row in rows})
    assert {row["is_success"] for row in rows} == {True}
    assert {row["table_name"] for row in rows} == {"silver.trade_month"}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        (
            [trade(), trade()],
            {
                "expect_key_to_be_unique": (
                    "stop",
                    "source, flow, hs_code, partner_country, period_start, known_at",
                    "1",
                )
            },
        ),
        ([trade(value_usd=None)], {"expect_column_to_be_filled": ("stop", "value_usd", "1")}),
        ([trade(partner_country="QZ")], {"expect_codes_to_be_listed": ("stop", "partner_country", "1")}),
        (
            [
                trade(partner_country="ALL", source="kcs_trade_total"),
                trade(value_usd=Decimal(110), source="kcs_trade_total_country"),
            ],
            {"expect_countries_within_total": ("warn", "value_usd", "1")},
        ),
    ],
    ids=["repeated key", "empty value", "unlisted code", "countries above the total"],
)
def test_a_broken_table_is_found(
    driver_lake: Lake, rows: list[dict[str, Any]], finding: dict[str, tuple[str, str, str]]
) -> None:
    driver_lake.append_rows("silver.trade_month", rows)
    assert failed(driver_lake) == finding


def test_two_vintages_of_a_key_are_no_repetition_and_countries_are_compared_as_known(driver_lake: Lake) -> None:
    later = datetime(2024, 5, 14, 15, tzinfo=UTC)
    rows = [
        trade(partner_country="ALL", source="kcs_trade_total"),
        trade(value_usd=Decimal(200), source="kcs_trade_total_country"),
        trade(value_usd=Decimal(90), source="kcs_trade_total_country", known_at=later),
    ]
    driver_lake.append_rows("silver.trade_month", rows)
    assert set(failed(driver_lake)) == {"expect_countries_within_total"}
    assert failed(driver_lake, NEXT) == {}


def test_a_stop_says_in_both_languages_what_failed_and_what_to_do(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade(), trade()])
    with pytest.raises(GateStopped) as stopped:
        gate(driver_lake, NIGHT)
    said = str(stopped.value)
    for part in (
        "silver.trade_month",
        "expect_key_to_be_unique",
        "observed 1",
        "expected <= 0",
        "restore the table",
        "표를 복원",
    ):
        assert part in said
    assert stopped.value.result.stopped


def test_a_table_that_lost_rows_since_a_night_that_passed_stops(driver_lake: Lake) -> None:
    hundred = [trade(record_id=f"a:{n}", hs_code=f"{n:06d}") for n in range(100)]
    driver_lake.append_rows("silver.trade_month", hundred)
    assert not assess(driver_lake, NIGHT).stopped
    short = Lake(None, driver_lake.root + "-restored", "run-2")
    short.append_rows("ops.quality_result", driver_lake.rows("ops.quality_result").to_pylist())
    short.append_rows("silver.trade_month", hundred[:97])
    assert failed(short, NEXT) == {"expect_volume_to_hold": ("stop", "known_at", "97")}
    assert failed(short, NIGHT) == {}  # compared with nights before it only


def test_a_night_that_stopped_is_no_measure_for_later_ones() -> None:
    def result(run: str, night: date, count: str, is_unique: bool) -> list[dict[str, Any]]:
        about = {"run_id": run, "night": night, "table_name": "t", "severity": "stop", "finished_at": KNOWN}
        volume = {**about, "expectation": "expect_volume_to_hold", "is_success": True, "observed_text": count}
        return [
            volume,
            {**about, "expectation": "expect_key_to_be_unique", "is_success": is_unique, "observed_text": "1"},
        ]

    results = result("1", date(2024, 3, 31), "90", True) + result("2", NIGHT, "180", False)
    assert rows_of_past_nights(results, NEXT) == {"t": 90}


def test_a_bad_delivery_is_shown_until_a_better_one_follows(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    driver_lake.append_rows("ops.load", [loaded(1000, quarantined=20, rejected=1, hour=1)])
    assert failed(driver_lake) == {"expect_quarantine_to_be_small": ("warn", "quality_flags", "0.021")}
    assert failed(run_of(driver_lake, "run-2")) != {}  # running again lets nothing pass
    driver_lake.append_rows("ops.load", [loaded(1000, quarantined=20, hour=2, sha="b")])
    assert failed(run_of(driver_lake, "run-3")) == {}


@pytest.mark.parametrize(("records_in", "rejected", "is_shown"), [(30, 1, True), (30, 10, True), (501, 10, False)])
def test_records_set_aside_are_shown_and_stop_nothing(
    driver_lake: Lake, records_in: int, rejected: int, is_shown: bool
) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    driver_lake.append_rows("ops.load", [loaded(records_in, rejected=rejected)])
    result = assess(driver_lake, NIGHT)
    assert {f.expectation: f.severity for f in result.failures} == (
        {"expect_quarantine_to_be_small": "warn"} if is_shown else {}
    )
    assert not result.stopped


def test_a_file_without_records_lets_no_bad_delivery_pass(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    driver_lake.append_rows("ops.load", [loaded(1000, quarantined=21, hour=1), loaded(0, hour=2, sha="b")])
    assert failed(driver_lake) == {"expect_quarantine_to_be_small": ("warn", "quality_flags", "0.021")}


def test_a_file_in_another_encoding_warns_and_is_no_quarantined_share(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    driver_lake.append_rows("ops.load", [row := loaded(1, rejected=1)])
    rejected = {
        "recorded_at": row["recorded_at"],
        "source": "kcs_trade_country",
        "source_file": "a.csv",
        "source_row": 0,
        "delivery_id": "a",
        "file_sha256": "a",
        "record_id": "a:0",
    }
    driver_lake.append_rows("ops.rejected", [{**rejected, "reason_code": "file_undecodable", "ingested_at": KNOWN}])
    assert failed(driver_lake) == {"expect_files_to_be_readable": ("warn", "source_file", "1")}


def test_a_late_source_warns_and_one_that_never_delivered_does_not(driver_lake: Lake) -> None:
    driver_lake.append_rows("silver.trade_month", [trade()])
    result = assess(driver_lake, date(2024, 12, 31))
    assert [(f.expectation, f.about, f.severity) for f in result.failures] == [
        ("expect_source_to_be_fresh", "kcs_trade_country", "warn")
    ]
    assert not result.stopped
