"""Declared lots and their prices: what was assessed, with what it compares, how its market's price went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from jobs.lake.subjects import line_id, subject_parts
from jobs.reading.alerting import alerts
from jobs.reading.series import HISTORY_COLUMNS, empty_history
from jobs.reading.tables import Row, ask, read_where


def lot_subject(declaration_id: str, line_no: int) -> str:
    """The subject id of a lot."""
    return line_id(declaration_id, line_no)


def find_lot(night: date, declaration_id: str, line_no: int) -> Row | None:
    """One lot as it was assessed on the night."""
    result = read_where("gold.lot", {"night": night, "declaration_id": declaration_id, "line_no": line_no})
    return result.to_pylist()[0] if result.num_rows else None


def lot_alert(night: date, declaration_id: str, line_no: int) -> Row | None:
    """The alert on a lot; nothing where it was not put forward."""
    result = ask(
        "select * from alert where subject_id = ?",
        [lot_subject(declaration_id, line_no)],
        alert=alerts(night),
    )
    return result.to_pylist()[0] if result.num_rows else None


def comparables(night: date, declaration_id: str, line_no: int) -> pa.Table:
    """The lots one is compared with, the nearest first; kept for lots at level 2 and above."""
    rows = read_where("gold.comparable", {"night": night, "declaration_id": declaration_id, "line_no": line_no})
    return ask("select * from comparable order by place", comparable=rows)


def price_path(night: date, market_id: str | None) -> pa.Table:
    """The reference price of a market, day by day; kept for markets with a lot at level 2 and above."""
    rows = read_where("gold.price_path", {"night": night, "market_id": market_id or ""})
    return ask("select * from path order by period_start", path=rows)


def price_chart(night: date, lot: Row) -> pa.Table:
    """What the price chart of a lot draws, one row a point, told apart by `series`: path, comparable, lowest,
    voucher, lot.
    """
    key = (lot["declaration_id"], lot["line_no"])
    return ask(
        """select 'path' as series, period_start as day, reference_usd_per_kg as price_usd_per_kg,
                  reference_lower_usd_per_kg as lower, reference_upper_usd_per_kg as upper, lot_count,
                  null::varchar as label, null::integer as level from path
           union all by name
           select case when is_voucher then 'voucher' when is_lowest then 'lowest' else 'comparable' end as series,
                  period_start as day, adjusted_usd_per_kg as price_usd_per_kg,
                  comparable_declaration_id || '/' || comparable_line_no as label from comparable
           union all by name
           select 'lot' as series, ?::date as day, ?::double as price_usd_per_kg, ?::double as lower,
                  ?::double as upper,
                  ? as label, ?::integer as level
           order by series = 'lot', series = 'voucher', series = 'lowest', series = 'comparable', day, label""",
        [
            lot["period_start"],
            lot["price_usd_per_kg"],
            lot["reference_lower_usd_per_kg"],
            lot["reference_upper_usd_per_kg"],
            f"{key[0]}/{key[1]}",
            lot["level"],
        ],
        path=price_path(night, lot["market_id"]),
        comparable=comparables(night, *key),
    )


def lot_histories(night: date, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], pa.Table]:
    """The band of each lot's market up to its day and then its own price, shaped as the histories of other subjects."""
    wanted = {"night": night, "declaration_id": tuple(declaration_id for declaration_id, _ in keys)}
    lots = [
        row for row in read_where("gold.lot", wanted).to_pylist() if (row["declaration_id"], row["line_no"]) in keys
    ]
    markets = tuple(sorted({row["market_id"] for row in lots if row["market_id"]}))
    paths = read_where("gold.price_path", {"night": night, "market_id": markets})
    return {(row["declaration_id"], row["line_no"]): lot_history(row, paths) for row in lots}


def lot_history(lot: Row, paths: pa.Table) -> pa.Table:
    """The days of the lot's market before its own, without an observation, and the lot's own day."""
    result = ask(
        f"""select {HISTORY_COLUMNS} from (
              select period_start, null::double as observed, reference_usd_per_kg as expected,
                     reference_lower_usd_per_kg as lower, reference_upper_usd_per_kg as upper, null::double as p_value,
                     1 as level, true as is_testable, 'usd_per_kg' as unit
              from path where market_id = ? and period_start < ?
              union all
              select ?, ?, ?, ?, ?, null, ?, true, 'usd_per_kg') order by period_start""",
        [
            lot["market_id"],
            lot["period_start"],
            lot["period_start"],
            lot["price_usd_per_kg"],
            lot["reference_usd_per_kg"],
            lot["reference_lower_usd_per_kg"],
            lot["reference_upper_usd_per_kg"],
            lot["level"],
        ],
        path=paths,
    )
    return result.cast(empty_history().schema)


def lots_alerted(night: date) -> list[Row]:
    """The alerts of a night on lots in order of rank, each with the figures of its lot."""
    rows = [row for row in alerts(night).to_pylist() if row["subject_kind"] == "lot"]
    ids = tuple(subject_parts(row["subject_id"])["declaration"] for row in rows)
    lots = read_where("gold.lot", {"night": night, "declaration_id": ids}).to_pylist()
    of_lot = {lot_subject(row["declaration_id"], row["line_no"]): row for row in lots}
    return [of_lot[row["subject_id"]] | row for row in rows if row["subject_id"] in of_lot]


def lot_counts(night: date) -> pa.Table:
    """Number of lots assessed on the night by level, by the way they were selected, and by whether the duty at stake is
    known.
    """
    rows = read_where("gold.lot", {"night": night}, ("level", "selection", "stake_krw"))
    has_stake = "stake_krw is not null as has_stake"
    return ask(f"select level, selection, {has_stake}, count(*) as n from lot group by all order by all", lot=rows)
