"""Nights and their alerts: what was found, what changed since the night before, and how the night itself went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import pyarrow as pa

from jobs import contracts, domains
from jobs.reading.tables import Row, ask, night_partitions, read

FIRST_ALERTING_LEVEL = 2


# -- kinds


def kinds() -> list[str]:
    """Names of the kinds of alerts the platform makes, in its own order."""
    return [each.name for each in domains.DOMAINS]


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


def alerts(night: date, kind: str | None = None) -> pa.Table:
    """The night's alerts, or those of one kind; kind by kind in the platform's order, each in order of urgency."""
    question = """select * from alert where ? is null or kind = ?
                  order by list_position(?::varchar[], kind) nulls last, kind, rank"""
    return ask(question, [kind, kind, kinds()], alert=read("gold.alert", night))


def find_alert(night: date, alert_id: str) -> Row | None:
    """One alert as it stood on the night."""
    outcome = ask("select * from alert where alert_id = ?", [alert_id], alert=read("gold.alert", night))
    return outcome.to_pylist()[0] if outcome.num_rows else None


def alert_nights(alert_id: str) -> list[date]:
    """Nights on which the episode was known, newest first."""
    return [night for night in nights() if find_alert(night, alert_id)]


def level_counts(night: date, watched: Collection[str]) -> dict[int, int]:
    """Number of subjects of the watched kinds at each level; level 1 counts those that have no alert above it."""
    counted = ask(
        """select level, count(*) as n from (
             select subject_id, max(level) as level from (
               select subject_id, level from alert where list_contains(?, kind)
               union all select subject_id, 1 from month where is_watched
               union all select subject_id, 1 from day)
             group by subject_id) group by level""",
        [list(watched)],
        alert=alerts(night),
        month=read("gold.subject_month", night),
        day=read("gold.transport_day", night),
    )
    outcome = dict(zip(counted["level"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {level: outcome.get(level, 0) for level in range(1, 6)}


def changes(night: date, watched: Collection[str]) -> list[Row]:
    """Alerts of the watched kinds that are new, raised, lowered or cleared since the night before, the highest first.

    Every row is the alert's own row, of the earlier night where it is gone, plus `change` and `level_before`. What is
    assessed but once, as a declaration is, is left out: tomorrow has others.
    """
    before = previous_night(night)
    earlier = watched_alerts(before, watched) if before else {}
    now = watched_alerts(night, watched)
    outcome = []
    for alert_id in {**now, **earlier}:
        level_before = earlier[alert_id]["level"] if alert_id in earlier else 1
        level = now[alert_id]["level"] if alert_id in now else 1
        if change := name_change(level_before, level):
            row = now.get(alert_id) or earlier[alert_id]
            outcome.append({**row, "change": change, "level_before": level_before, "level": level})
    return sorted(outcome, key=lambda row: (-max(row["level"], row["level_before"]), row["kind"], row["rank"]))


def watched_alerts(night: date, watched: Collection[str]) -> dict[str, Row]:
    """The night's alerts of some kinds by their ids."""
    return {row["alert_id"]: row for row in alerts(night).to_pylist() if row["kind"] in watched}


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
        "select * from signal where list_contains(?, signal_id) "
        "order by period_start desc, p_value nulls last, detector_id",
        [list(signal_ids)],
        signal=read("gold.signal", night),
    )


def sources_of(night: date, alert: Row) -> set[str]:
    """The sources that an alert rests on: that of its months, or those that feed the tables its findings name."""
    months = read("gold.subject_month", night)
    own = ask("select distinct source from month where subject_id = ?", [alert["subject_id"]], month=months)
    if own.num_rows:
        return set(own["source"].to_pylist())
    rows = signals(night, alert["signal_ids"]).to_pylist()
    tables = {each["table"] for signal in rows for each in signal["evidence"] or []}
    return {each.source for each in contracts.landings() if each.feeds in tables}


# -- operations


def freshness(night: date) -> pa.Table:
    """How old every source was on the night, the late ones first."""
    return ask("select * from source order by status = 'ok', source", source=read("gold.freshness", night))


def last_runs(night: date | None = None) -> pa.Table:
    """The newest run of each task, of one night or of all."""
    return ask(
        """select * from run where ? is null or night = ?
           qualify row_number() over (partition by task order by started_at desc) = 1
           order by started_at""",
        [night, night],
        run=read("ops.run"),
    )


def quality(night: date) -> pa.Table:
    """The newest result of every expectation checked on the night, those that failed first."""
    return ask(
        """select * from result where night = ?
           qualify row_number() over (partition by table_name, expectation, column_name
                                      order by finished_at desc) = 1
           order by is_success, table_name, expectation, column_name""",
        [night],
        result=read("ops.quality_result"),
    )
