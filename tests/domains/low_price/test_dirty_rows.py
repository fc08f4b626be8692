"""Dirty lines among sound ones, from the landing folder to the alerts: each has its reason, none becomes an alert.

The night may look at every lot, so that whatever is open to be looked at becomes an alert. A wrong unit or a swap shows
in three ways: the line contradicts itself (its packages, gross mass or the week's rate), and silver takes no price from
it; or nothing in it does, and the night finds its price further off what such goods cost than any price is
(`jobs.domains.low_price.methods.implausible_prices`). True low prices, down to 0.15 of the reference, stay alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs.contracts.messages import LANGUAGES, messages
from jobs.domains.low_price.detection import detect
from jobs.domains.low_price.on_demand import assess_file
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts
from jobs.night.detect import write
from tests.builders.dirty_lines import CHEAP, DIRTY, NIGHT, SOUND, write_dirty
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
EVERY_LOT = 10_000
ASSESSED_DAYS = 7
NO_DOLLARS = {"won_for_mass_in_bulk"}  # silver converts the won, the counter asks for both
SEEN_AGAIN = {"twice"}  # of a line delivered twice, one stays and is as sound as any


@dataclass
class Night:
    """What became of the delivery: counts, reasons by line and where they were given, the night's lots and alerts."""

    counts: dict[str, int]
    reasons: dict[str, dict[str, set[str]]]
    lots: dict[str, dict[str, Any]]
    alerts: dict[str, dict[str, Any]]
    lake: Lake
    delivered: Path


@pytest.fixture(scope="module")
def night(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Night:
    root = tmp_path_factory.mktemp("dirty")
    delivered = write_dirty(root / "landing")
    lake = Lake(spark, str(root / "lake"), "run-1")
    counts = ingest(lake, root / "landing", NIGHT)["silver.import_declaration"]
    result = detect(lake, NIGHT, EVERY_LOT).tables
    write(lake, result, NIGHT)
    lots = {row["declaration_id"]: row for row in result["gold.lot"].to_pylist()}
    silver = lake.rows("silver.import_declaration").to_pylist()
    aside, unread = (lake.rows(f"ops.{name}").to_pylist() for name in ("quarantine", "rejected"))
    reasons = {
        "rejected": {row["raw_record"].split(",")[0]: {row["reason_code"]} for row in unread},
        "quarantined": {dict(row["payload"])["declaration_id"]: set(row["reason_codes"]) for row in aside},
        "flagged": {row["declaration_id"]: set(row["quality_flags"]) for row in silver if not row["is_judgeable"]},
        "capped": {name: set(lot["caps"]) for name, lot in lots.items() if lot["caps"]},
    }
    alerts = {line_of(row["subject_id"]): row for row in make_alerts(result, NIGHT).to_pylist()}
    return Night(counts, reasons, lots, alerts, Lake(None, lake.root, "counter"), delivered)


def line_of(subject_id: str) -> str:
    return subject_id.removeprefix("declaration=").removesuffix("|line=1")


@pytest.mark.parametrize("name", DIRTY)
def test_a_dirty_line_ends_where_it_should_with_its_reason(night: Night, name: str) -> None:
    assert DIRTY[name].reason in night.reasons[DIRTY[name].ends][name]


def test_sound_and_cheap_lines_are_given_no_reason(night: Night) -> None:
    assert {name for given in night.reasons.values() for name in given} == set(DIRTY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_words(lang: str) -> None:
    for dirty in DIRTY.values():
        code = f"{'reason' if dirty.ends == 'capped' else 'flag'}.{dirty.reason}"
        assert len(messages(lang)[code]) > 10


@pytest.mark.parametrize("name", sorted(set(DIRTY) - SEEN_AGAIN))
def test_no_dirty_line_becomes_an_alert(night: Night, name: str) -> None:
    assert name not in night.alerts
    if name in night.lots:
        lot = night.lots[name]
        assert (lot["level"], lot["selection"], lot["grounds"], lot["probability"]) == (1, "none", [], None)


def test_all_that_is_open_to_be_looked_at_is_an_alert(night: Night) -> None:
    """So the absence of dirty lines is no want of capacity."""
    recent = {f"sound-{n:03d}" for n in range(SOUND - 2 * ASSESSED_DAYS, SOUND)}
    assert set(night.alerts) == recent | set(CHEAP) | SEEN_AGAIN


@pytest.mark.parametrize("name", CHEAP)
def test_a_true_low_price_is_judged_among_them(night: Night, name: str) -> None:
    lot = night.lots[name]
    assert lot["price_ratio"] == pytest.approx(CHEAP[name], rel=0.15)
    assert (lot["level"], night.alerts[name]["level"], lot["caps"]) == (4, 4, [])


def test_sound_lots_beside_dirty_ones_are_judged_sound(night: Night) -> None:
    """A mass in tonnes or grams is no comparable and moves no reference."""
    levels = {name: lot["level"] for name, lot in night.lots.items() if name.startswith("sound")}
    assert set(levels.values()) == {1}
    lowest = {night.lots[name]["lowest_declaration_id"] for name in levels}
    assert not lowest & set(DIRTY)


def test_every_line_ends_once(night: Night) -> None:
    counts = night.counts
    assert counts["in"] == SOUND + len(CHEAP) + len(DIRTY) + len(SEEN_AGAIN)
    assert counts["in"] == counts["out"] + counts["quarantined"] + counts["rejected"]
    ends = [dirty.ends for dirty in DIRTY.values()]
    assert (counts["quarantined"], counts["rejected"]) == (ends.count("quarantined"), ends.count("rejected"))


def test_the_counter_refuses_the_lines_that_silver_refuses_and_caps_those_that_the_night_caps(
    night: Night, tmp_path: Path
) -> None:
    """But for what the week's rate tells: dollars at odds with won, and dollars that are not stated, are silver's
    affair.
    """
    lines = [line for line in night.delivered.read_bytes().split(b"\n") if not line.startswith(b"euc_kr,")]
    (tmp_path / "readable.csv").write_bytes(b"\n".join(lines))
    scored, unsound = assess_file(night.lake, NIGHT, tmp_path / "readable.csv")
    refused = {name for name, dirty in DIRTY.items() if dirty.ends == "flagged" and dirty.reason != "usd_mismatch"}
    assert set(unsound["declaration_id"].to_pylist()) == refused | {"decimal_comma"} | NO_DOLLARS
    caps = {row["declaration_id"]: set(row["caps"]) for row in scored.to_pylist() if row["caps"]}
    assert caps == {name: given for name, given in night.reasons["capped"].items() if name not in NO_DOLLARS}


def test_the_counter_says_that_a_file_in_another_encoding_cannot_be_read(night: Night) -> None:
    with pytest.raises(LookupError, match="UTF-8"):
        assess_file(night.lake, NIGHT, night.delivered)
