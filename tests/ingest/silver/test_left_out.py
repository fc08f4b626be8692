"""A row that the next full table lacks is withdrawn from that day on, whatever the order of taking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.ingest.corrections.withdraw import withdraw
from jobs.ingest.silver.stopped import stopped_deliveries
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.landing import ingest, write_straits

FIRST, TODAY = date(2024, 6, 1), date(2024, 6, 20)
DAYS = [date(2024, 5, n) for n in range(28, 32)]  # published after the first delivery: each is known when it came


@dataclass(frozen=True, kw_only=True)
class Table:
    """A delivery of daily figures: those of some days, all there is or not."""

    values: dict[date, int]
    is_full: bool


TABLES = st.builds(
    Table, values=st.dictionaries(st.sampled_from(DAYS), st.integers(0, 3), min_size=1), is_full=st.booleans()
)


def deliver(landing: Path, n: int, table: Table) -> Path:
    """The delivery of the nth day."""
    days = [(str(day), value) for day, value in table.values.items()]
    path = write_straits(landing, days, f"known_{FIRST + timedelta(days=n)}")
    if table.is_full:
        path.with_name(f"{path.name}.scope.json").write_text(json.dumps({"full_table": True}), encoding="utf-8")
    return path


def known(lake: Lake, night: date) -> dict[date, int]:
    """What a night knows."""
    sql = "select period_start, transits_total from day"
    rows = ask_known(lake.dataset, sql, night, {"day": "silver.strait_day"}).to_pylist()
    return {row["period_start"]: row["transits_total"] for row in rows}


def expected(tables: Sequence[Table]) -> dict[date, int]:
    """What deliveries say one after the other."""
    values = dict[date, int]()
    for table in tables:
        kept = {} if table.is_full else values
        values = {**kept, **table.values}
    return values


@settings(max_examples=12, deadline=None)
@given(tables=st.lists(TABLES, min_size=2, max_size=4), order=st.randoms(use_true_random=False))
def test_every_night_knows_what_the_tables_up_to_it_state(tables: list[Table], order: object) -> None:
    with TemporaryDirectory() as root:
        lake, landing = Lake(None, f"{root}/lake", "run"), Path(root, "landing")
        taken = list(range(len(tables)))
        order.shuffle(taken)  # type: ignore[attr-defined]
        for number, n in enumerate(taken):
            deliver(landing, n, tables[n])
            ingest(lake, landing, TODAY + timedelta(days=number))
        for n in range(len(tables)):
            assert known(lake, FIRST + timedelta(days=n)) == expected(tables[: n + 1])


def test_what_a_withdrawn_full_table_left_out_is_back(tmp_path: Path) -> None:
    lake, landing = Lake(None, str(tmp_path / "lake"), "run"), tmp_path / "landing"
    deliver(landing, 0, Table(values=dict.fromkeys(DAYS, 1), is_full=False))
    path = deliver(landing, 1, Table(values={DAYS[0]: 2}, is_full=True))
    ingest(lake, landing, TODAY)
    assert known(lake, TODAY) == {DAYS[0]: 2}
    withdraw(lake, path.name, reason="wrong table")
    assert known(lake, TODAY) == dict.fromkeys(DAYS, 1)


def test_a_full_table_that_broke_off_is_stopped(tmp_path: Path) -> None:
    lake, landing = Lake(None, str(tmp_path / "lake"), "run"), tmp_path / "landing"
    days = [date(2024, 5, 1) + timedelta(days=n) for n in range(30)]
    deliver(landing, 0, Table(values=dict.fromkeys(days, 1), is_full=True))
    deliver(landing, 1, Table(values=dict.fromkeys(days[:20], 1), is_full=True))
    ingest(lake, landing, TODAY)
    assert len(known(lake, TODAY)) == 30
    assert len(stopped_deliveries(lake)) == 1
