"""Figures over time: histories, forecasts with their record, items and their origins, and the back-test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from jobs.reading.tables import Row, ask, night_partitions, read

HISTORY_COLUMNS = "period_start, observed, expected, lower, upper, p_value, level, is_testable, unit"


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
        [list(subject_ids)],
        month=read("gold.subject_month", night),
        day=read("gold.transport_day", night),
    )
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
        [subject_id],
        forecast=read("gold.forecast", night),
    )


def forecast_scores(night: date, subject_id: str) -> pa.Table:
    """The record of each model on a subject, the best first."""
    return ask(
        "select * from score where subject_id = ? order by interval_score nulls last, model",
        [subject_id],
        score=read("gold.score", night),
    )


# -- items


def item_months(night: date, hs_code: str) -> pa.Table:
    """Every month of every origin of an item, as known on the night."""
    return ask(
        "select * from month where hs_code = ? and partner_country <> 'ALL' order by partner_country, period_start",
        [hs_code],
        month=read("gold.subject_month", night),
    )


def peers(night: date, hs_code: str, period_start: date) -> pa.Table:
    """The origins of an item in one month, the largest supplier first."""
    return ask(
        """select * from month where period_start = ? order by origin_share desc nulls last, partner_country""",
        [period_start],
        month=item_months(night, hs_code),
    )


def vulnerability(night: date, hs_code: str) -> Row | None:
    """The newest known structure of an item's imports."""
    result = ask(
        "select * from item where hs_code = ? order by period_start desc, source limit 1",
        [hs_code],
        item=read("gold.vulnerability", night),
    )
    return result.to_pylist()[0] if result.num_rows else None


# -- scores


def backtest(domain: str) -> pa.Table:
    """The newest back-test of a domain: every figure it measured."""
    question = "select * from figure where domain = ? order by measure, group_id, depth, alarm_rate, rule"
    for night in sorted(night_partitions("gold.backtest"), reverse=True):
        rows = ask(question, [domain], figure=read("gold.backtest", night))
        if len(rows):
            return rows
    return read("gold.backtest").slice(0, 0)
