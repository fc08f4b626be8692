"""The lake for people: deltalake to Arrow to DuckDB, cached by table version, in milliseconds and without Spark.

Pages, briefs and exports ask their questions here, so that they cannot disagree. A table that was never
written reads as one without rows: what that means to a reader is for the page to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset  # deltalake would load it, and pandas with it, at the first reader's request
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.settings import settings

Row = dict[str, Any]
FIRST_ALERTING_LEVEL = 2
HISTORY_COLUMNS = "period_start, observed, expected, lower, upper, p_value, level, is_testable, unit"


# -- tables


def open_table(name: str) -> DeltaTable | None:
    """The Delta table of a contract's name, or nothing where it was never written."""
    try:
        return DeltaTable(f"{settings().lake}/{name.replace('.', '/')}")
    except TableNotFoundError:
        return None


@lru_cache(maxsize=256)
def read_version(path: str, table_id: str, version: int, name: str, night: date | None) -> pa.Table:
    """Rows of one version of a table; `table_id` tells a table from another written later in its place."""
    contract = contracts.table(name)
    chosen = [("night", "=", night)] if night and "night" in contract.partition else None
    rows = DeltaTable(path, version=version).to_pyarrow_table(filters=chosen)
    return fit(rows, arrow_schema(contract))


def fit(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows in the contract's columns and types; a column the contract gained after the rows were written is empty."""
    held = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(held, schema)


def read(name: str, night: date | None = None) -> pa.Table:
    """Rows of a table in the contract's columns and types; of one night where the table is kept by night."""
    found = open_table(name)
    if found is None:
        return arrow_schema(contracts.table(name)).empty_table()
    return read_version(found.table_uri, str(found.metadata().id), found.version(), name, night)


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB in memory for the process; every question takes a cursor of its own, with its own views.

    The tables are small, so one thread answers sooner than several that must first be woken.
    """
    return duckdb.connect(config={"threads": 1})


def ask(sql: str, parameters: Sequence[object] = (), **tables: pa.Table) -> pa.Table:
    """Answer of a query over Arrow tables, which the query calls by their keyword."""
    with engine().cursor() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        return connection.sql(sql, params=list(parameters)).to_arrow_table()


def night_partitions(name: str) -> set[date]:
    """Nights of which a table holds rows."""
    found = open_table(name)
    return {date.fromisoformat(str(part["night"])) for part in found.partitions()} if found else set()


# -- nights


def nights() -> list[date]:
    """Nights whose alerts were made, newest first; a night without a single alert is one of them."""
    made = ask("select distinct night from run where task = 'alert' and status = 'ok'", run=read("ops.run"))
    return sorted({*made["night"].to_pylist(), *night_partitions("gold.alert")}, reverse=True)


def night_shown(asked: date | None = None) -> date | None:
    """The newest night up to the one asked for: what was known then. Nothing where no night was run."""
    return next((night for night in nights() if asked is None or night <= asked), None)


def previous_night(night: date) -> date | None:
    """The night that was run before this one."""
    return next((each for each in nights() if each < night), None)


# -- alerts


def alerts(night: date) -> pa.Table:
    """The night's alerts, the most urgent first."""
    return ask("select * from alert order by kind, rank", alert=read("gold.alert", night))


def find_alert(night: date, alert_id: str) -> Row | None:
    """One alert as it stood on the night."""
    found = ask("select * from alert where alert_id = ?", [alert_id], alert=read("gold.alert", night))
    return found.to_pylist()[0] if found.num_rows else None


def alert_nights(alert_id: str) -> list[date]:
    """Nights on which the episode was known, newest first."""
    return [night for night in nights() if find_alert(night, alert_id)]


def level_counts(night: date) -> dict[int, int]:
    """Number of subjects at each level; level 1 counts the watched subjects that have no alert above it."""
    counted = ask(
        """select level, count(*) as n from (
             select subject_id, max(level) as level from (
               select subject_id, level from alert
               union all select subject_id, 1 from month where is_watched
               union all select subject_id, 1 from day)
             group by subject_id) group by level""",
        alert=read("gold.alert", night), month=read("gold.subject_month", night), day=read("gold.transport_day", night),
    )  # fmt: skip
    found = dict(zip(counted["level"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {level: found.get(level, 0) for level in range(1, 6)}


def changes(night: date) -> list[Row]:
    """Alerts that are new, raised, lowered or cleared since the night before, with both levels, the highest first.

    Every row is the alert's own row, of the earlier night where it is gone, plus `change` and `level_before`.
    """
    before = previous_night(night)
    earlier = {row["alert_id"]: row for row in alerts(before).to_pylist()} if before else {}
    now = {row["alert_id"]: row for row in alerts(night).to_pylist()}
    found = []
    for alert_id in {**now, **earlier}:
        level_before = earlier[alert_id]["level"] if alert_id in earlier else 1
        level = now[alert_id]["level"] if alert_id in now else 1
        if change := name_change(level_before, level):
            row = now.get(alert_id) or earlier[alert_id]
            found.append({**row, "change": change, "level_before": level_before, "level": level})
    return sorted(found, key=lambda row: (-max(row["level"], row["level_before"]), row["kind"], row["rank"]))


def name_change(before: int, now: int) -> str | None:
    """What happened to an alert between two nights, as a code; nothing where its level stands."""
    if before == now:
        return None
    if before < FIRST_ALERTING_LEVEL:
        return "new"
    if now < FIRST_ALERTING_LEVEL:
        return "cleared"
    return "raised" if now > before else "lowered"


def signals(night: date, signal_ids: Sequence[str]) -> pa.Table:
    """The findings an alert rests on, the newest period first, within it the least likely by chance."""
    return ask(
        "select * from signal where list_contains(?, signal_id) order by period_start desc, p_value nulls last, detector_id",
        [list(signal_ids)], signal=read("gold.signal", night),
    )  # fmt: skip


# -- histories


def history(night: date, subject_id: str) -> pa.Table:
    """A subject's past as known on the night: months of net mass (kg), or days of ships at a strait or port."""
    return histories(night, [subject_id]).get(subject_id, empty_history())


def empty_history() -> pa.Table:
    """A history without a period."""
    doubles = [(name, pa.float64()) for name in ("observed", "expected", "lower", "upper", "p_value")]
    return pa.schema(
        [
            ("period_start", pa.date32()),
            *doubles,
            ("level", pa.int32()),
            ("is_testable", pa.bool_()),
            ("unit", pa.string()),
        ]
    ).empty_table()


def histories(night: date, subject_ids: Sequence[str]) -> dict[str, pa.Table]:
    """The past of several subjects by their id, each in order of its periods."""
    rows = ask(
        f"""select subject_id, {HISTORY_COLUMNS} from (
              select subject_id, period_start, net_mass_kg::double as observed, expected, lower, upper, p_value,
                     level, is_testable, 'kg' as unit from month
              union all
              select subject_id, period_start, observed::double, expected, lower, upper, p_value,
                     case when is_alarm then 2 else 1 end, is_testable, 'ships' from day)
            where list_contains(?, subject_id) order by subject_id, period_start""",
        [list(subject_ids)], month=read("gold.subject_month", night), day=read("gold.transport_day", night),
    )  # fmt: skip
    places: dict[str, list[int]] = {}
    for place, subject_id in enumerate(rows["subject_id"].to_pylist()):
        places.setdefault(subject_id, []).append(place)
    past = rows.drop_columns("subject_id")
    return {each: past.slice(places[each][0], len(places[each])) for each in subject_ids if each in places}


def straits(night: date) -> dict[str, pa.Table]:
    """Daily history of every chokepoint, by its subject id."""
    day = read("gold.transport_day", night)
    known = ask("select distinct subject_id from day where subject_kind = 'strait' order by subject_id", day=day)
    return histories(night, known["subject_id"].to_pylist())


def forecast(night: date, subject_id: str) -> pa.Table:
    """The published forecast of a subject, month by month: expected value and the 80 % interval."""
    return ask(
        "select * from forecast where subject_id = ? and is_published order by target_start",
        [subject_id], forecast=read("gold.forecast", night),
    )  # fmt: skip


def forecast_scores(night: date, subject_id: str) -> pa.Table:
    """The record of each model on a subject, the best first."""
    return ask(
        "select * from score where subject_id = ? order by interval_score nulls last, model",
        [subject_id], score=read("gold.score", night),
    )  # fmt: skip


# -- items


def item_months(night: date, hs_code: str) -> pa.Table:
    """Every month of every origin of an item, as known on the night."""
    return ask(
        "select * from month where hs_code = ? and partner_country <> 'ALL' order by partner_country, period_start",
        [hs_code], month=read("gold.subject_month", night),
    )  # fmt: skip


def peers(night: date, hs_code: str, period_start: date) -> pa.Table:
    """The origins of an item in one month, the largest supplier first."""
    return ask(
        """select * from month where period_start = ? order by origin_share desc nulls last, partner_country""",
        [period_start], month=item_months(night, hs_code),
    )  # fmt: skip


def vulnerability(night: date, hs_code: str) -> Row | None:
    """The newest known structure of an item's imports."""
    found = ask(
        "select * from item where hs_code = ? order by period_start desc, source limit 1",
        [hs_code], item=read("gold.vulnerability", night),
    )  # fmt: skip
    return found.to_pylist()[0] if found.num_rows else None


# -- operations and scores


def freshness(night: date) -> pa.Table:
    """How old every source was on the night, the late ones first."""
    return ask("select * from source order by status = 'ok', source", source=read("gold.freshness", night))


def last_runs(night: date | None = None) -> pa.Table:
    """The newest run of each task, of one night or of all."""
    return ask(
        """select * from run where ? is null or night = ?
           qualify row_number() over (partition by task order by started_at desc) = 1
           order by started_at""",
        [night, night], run=read("ops.run"),
    )  # fmt: skip


def quality(night: date) -> pa.Table:
    """The newest result of every expectation checked on the night, those that failed first."""
    return ask(
        """select * from result where night = ?
           qualify row_number() over (partition by table_name, expectation, column_name
                                      order by finished_at desc) = 1
           order by is_success, table_name, expectation, column_name""",
        [night], result=read("ops.quality_result"),
    )  # fmt: skip


def backtest() -> pa.Table:
    """The newest back-test: every figure it measured."""
    held = night_partitions("gold.backtest")
    rows = read("gold.backtest", max(held)) if held else read("gold.backtest")
    return ask("select * from figure order by measure, group_id, depth, alarm_rate, rule", figure=rows)
