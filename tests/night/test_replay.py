"""An alert can be made again, byte for byte, whatever became of the lake since; and nobody can change one unseen."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from jobs import contracts, domains
from jobs.__main__ import main
from jobs.alerting.domain import NightTables
from jobs.ingest.corrections.reload import reload
from jobs.ingest.corrections.withdraw import withdraw
from jobs.lake.as_of import ask_known
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake
from jobs.night import run
from jobs.night.replay import replay
from tests.builders.nights import Nightly, pointing
from tests.faults.content import content, differences

pytestmark = pytest.mark.spark


@pytest.fixture
def from_findings(nightly: Nightly, spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replay takes the findings as they are stored: what follows from them is another test's matter."""
    present = Lake(spark, str(nightly.lake), "")
    names = ("gold.signal", "gold.subject_month", "gold.vulnerability", "gold.transport_day", "gold.lot")
    tables = {name: present.rows(name, night=nightly.nights[-1]) for name in names}
    stored = NightTables(tables=tables, test_count=0)
    made = tuple(replace(each, detect=lambda lake, night, capacity: stored) for each in domains.DOMAINS)
    monkeypatch.setattr(domains, "DOMAINS", made)


@pytest.fixture
def copied(spark: SparkSession, nightly: Nightly, tmp_path: Path) -> Lake:
    """A copy of the lake."""
    shutil.copytree(nightly.lake, tmp_path / "lake")
    return Lake(spark, str(tmp_path / "lake"), "replay")


def alert_ids(lake: Lake, nightly: Nightly) -> list[str]:
    """Alerts of the newest night."""
    return lake.rows("gold.alert", night=nightly.nights[-1])["alert_id"].to_pylist()


def vacuum(lake: Lake) -> None:
    """Delete every file that only older versions of the tables name."""
    for contract in [*contracts.tables("silver"), *contracts.tables("gold")]:
        if lake.exists(contract.name):
            DeltaTable(lake.path(contract.name)).vacuum(0, dry_run=False, enforce_retention_duration=False)


def test_a_past_night_run_today_gives_what_it_gave_also_after_a_vacuum(
    spark: SparkSession, copied: Lake, nightly: Nightly
) -> None:
    with pointing(Path(copied.root), nightly.landing):
        run.run(("detect", "alert"), nightly.nights[0])
    before = len(list(Path(copied.root).rglob("*.parquet")))
    vacuum(copied)
    assert len(list(Path(copied.root).rglob("*.parquet"))) < before
    assert differences(content(nightly.lake), content(Path(copied.root))) == []
    again = replay(copied, alert_ids(copied, nightly)[0], None)
    assert again.made == again.stored != ""
    assert again.difference() == ""


def test_an_alert_is_made_again_after_late_history_withdrawals_and_reloads(
    copied: Lake, nightly: Nightly, tmp_path: Path
) -> None:
    """What the lake learned since is seen by nights that are run now, and by no replay."""
    night, source = nightly.nights[-1], "kcs_trade_country"
    landing = tmp_path / "landing"
    shutil.copytree(nightly.landing, landing)
    oldest, *_, newest = sorted((landing / source).glob("*_known_*.csv"))
    header, *lines = oldest.read_text("utf-8").splitlines(keepends=True)
    first_year = min(line.partition(".")[0] for line in lines)
    late = newest.with_name(f"{newest.stem.split('_known_')[0]}_known_{int(first_year) + 1}-06-01.csv")
    late.write_text("".join([header, *(line for line in lines if line.startswith(first_year))]), "utf-8")
    seen = [canonical_rows(copied, night)]
    with pointing(Path(copied.root), landing):
        run.run(("ingest",), night)
        seen.append(canonical_rows(copied, night))
        withdraw(copied, newest.name, "delivered by mistake")
        seen.append(canonical_rows(copied, night))
        reload(copied, source)
        seen.append(canonical_rows(copied, night))
    assert seen[0] != seen[1] != seen[2] == seen[3]
    for alert_id in alert_ids(copied, nightly):
        again = replay(copied, alert_id, night)
        assert again.difference() == ""
        assert again.made == again.stored != ""


def canonical_rows(lake: Lake, night: date) -> list[str]:
    """Trade as a night that is run now would know it."""
    contract = contracts.table("silver.trade_month")
    rows = ask_known(lake.dataset, "from seen order by all", night, {"seen": contract.name}).to_pylist()
    return [canonical_json(row, contract) for row in rows]


def test_later_vintages_change_later_nights_only(copied: Lake, nightly: Nightly) -> None:
    first, second = (copied.rows("gold.subject_month", night=night) for night in nightly.nights)
    assert second["period_start"].to_pylist() != first["period_start"].to_pylist()
    months = {row["period_start"] for row in first.to_pylist()}
    revised = [row for row in second.to_pylist() if row["period_start"] in months]
    was = {(row["subject_id"], row["period_start"]): row["net_mass_kg"] for row in first.to_pylist()}
    assert any(
        was.get((row["subject_id"], row["period_start"]), row["net_mass_kg"]) != row["net_mass_kg"] for row in revised
    )


@pytest.mark.usefixtures("from_findings")
def test_a_tampered_alert_is_told_apart(copied: Lake, nightly: Nightly) -> None:
    night = nightly.nights[-1]
    rows = copied.rows("gold.alert", night=night)
    levels = pa.array([5] * len(rows), pa.int32())
    copied.replace_night_rows(
        "gold.alert", rows.set_column(rows.schema.get_field_index("level"), rows.schema.field("level"), levels), night
    )
    again = replay(copied, alert_ids(copied, nightly)[0], night)
    assert not again.is_equal
    assert '+"level":' in again.difference()


@pytest.mark.usefixtures("from_findings")
@pytest.mark.parametrize(("change", "code"), [({}, 8), ({"rules_version": "0"}, 0), ({"code_version": "0"}, 0)])
def test_a_difference_is_a_failure_only_under_equal_rules_and_program(
    copied: Lake, nightly: Nightly, change: dict[str, str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    night = nightly.nights[-1]
    rows = copied.rows("gold.alert", night=night)
    changed = pa.Table.from_pylist([{**row, "level": 5, **change} for row in rows.to_pylist()], rows.schema)
    copied.replace_night_rows("gold.alert", changed, night)
    with pointing(Path(copied.root), nightly.landing):
        assert main(["replay", alert_ids(copied, nightly)[0]]) == code
    said = capsys.readouterr().err
    assert ("other rules or another program" in said) == bool(change)
    assert '+"level":' in said


@pytest.mark.usefixtures("from_findings")
def test_under_other_rules_the_same_alert_is_equal_and_both_versions_are_named(
    copied: Lake, nightly: Nightly, capsys: pytest.CaptureFixture[str]
) -> None:
    night = nightly.nights[-1]
    rows = copied.rows("gold.alert", night=night)
    older = [{**row, "rules_version": "older", "content_hash": "f"} for row in rows.to_pylist()]
    copied.replace_night_rows("gold.alert", pa.Table.from_pylist(older, rows.schema), night)
    with pointing(Path(copied.root), nightly.landing):
        assert main(["replay", alert_ids(copied, nightly)[0]]) == 0
    said = capsys.readouterr().err
    assert "older" in said
    assert "equal" in said


def test_an_alert_that_does_not_exist_is_a_wrong_use(nightly: Nightly) -> None:
    with pointing(nightly.lake, nightly.landing):
        assert main(["replay", "0000000000000000"]) == 2


@pytest.mark.usefixtures("from_findings")
def test_the_command_writes_the_alert_and_says_it_is_equal(
    nightly: Nightly, capsys: pytest.CaptureFixture[str], spark: SparkSession
) -> None:
    lake = Lake(spark, str(nightly.lake), "")
    alert_id = alert_ids(lake, nightly)[0]
    with pointing(nightly.lake, nightly.landing):
        assert main(["replay", alert_id]) == 0
    said = capsys.readouterr()
    row = next(
        row for row in lake.rows("gold.alert", night=nightly.nights[-1]).to_pylist() if row["alert_id"] == alert_id
    )
    assert said.out == canonical_json(row, contracts.table("gold.alert")) + "\n"
    assert "equal" in said.err
