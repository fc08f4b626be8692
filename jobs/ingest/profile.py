"""What a whole silver table looks like, in one row of figures: the profile that the quality gate assesses.

DuckDB computes it from the table's files in tenths of a second, streaming, without a Spark job. It reads the lake by
another road than the one that wrote it, so what it finds is what any other reader would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from jobs.contracts.codes import code_set
from jobs.contracts.model import Landing, Table
from jobs.lake.as_of import ask_known, current_sql, known_by
from jobs.lake.delta import Lake

TOTALS_TOLERANCE = 1.02  # countries and totals are rounded, and revised, apart
UNREADABLE = ("file_empty", "file_undecodable")


def quoted(values: Sequence[str]) -> str:
    """Texts as a list of SQL literals."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def count_rows(lake: Lake, contract: Table, night: date) -> dict[str, int]:
    """Rows known on the night; repeated keys, empty values and unlisted codes of the whole table."""
    vintage = ["known_at", "split_part(record_id, ':', 1)"] if contract.is_bitemporal else []
    key = ", ".join([*contract.key, *vintage])
    lists = {c.name: c.codes for c in contract.columns if c.name in contract.checks.codes and c.codes}
    known = known_by(night) if contract.is_bitemporal else "true"
    measures = {
        "row_count": known,
        **{f"empty_{c.name}": f"{c.name} is null" for c in contract.columns if not c.is_nullable},
        **{f"unlisted_{c}": f"{c} not in ({quoted(sorted(code_set(codes)))})" for c, codes in lists.items()},
    }
    counted = ", ".join(f"count(*) filter (where {condition}) as {name}" for name, condition in measures.items())
    repeated = f"(select count(*) from (select 1 from stored group by {key} having count(*) > 1)) as repeated_keys"
    rows = current_sql(contract, "every") if contract.is_bitemporal else "select * from every"
    with duckdb.connect() as connection:
        connection.register("every", lake.dataset(contract.name))
        connection.execute(f"create view stored as {rows}")
        row = connection.sql(f"select {counted}, {repeated} from stored").to_arrow_table().to_pylist()[0]
    return {name: int(number) for name, number in row.items()}


def count_exceeded_totals(lake: Lake, contract: Table, night: date) -> int:
    """Item-months whose countries, of one source, sum to more than the national total, where both are known."""
    cell = "flow, hs_code, period_start"
    question = f"""
        with total as (select {cell}, max(value_usd) as total from latest where partner_country = 'ALL' group by all),
        summed as (
            select source, {cell}, sum(value_usd) as summed from latest where partner_country <> 'ALL' group by all)
        select count(*) as exceeded from summed join total using ({cell})
        where summed > total * {TOTALS_TOLERANCE} + 1"""
    answer = ask_known(lake.dataset, question, night, {"latest": contract.name})
    return int(answer["exceeded"][0].as_py())


def count_set_aside(lake: Lake, sources: Sequence[Landing]) -> dict[str, float]:
    """How the records of each source's last delivery ended: the share set aside, files that could not be read.

    The last delivery is all files of a source that were ingested together and brought records. A delivery stays bad
    until a better one follows: running the night again does not let it pass, nor does a file without records.
    """
    if not sources:
        return {"quarantine_share": 0.0, "unreadable_files": 0}
    question = f"""
        with loaded as (
            select * from load
            qualify recorded_at is not distinct from max(recorded_at) over (partition by source, delivery_id)),
        last as (
            select *, exists(select 1 from rejected where rejected.delivery_id = loaded.delivery_id
                             and rejected.recorded_at is not distinct from loaded.recorded_at
                             and reason_code in ({quoted(UNREADABLE)})) as is_unreadable
            from loaded where source in ({quoted([each.source for each in sources])}) and records_in > 0
            qualify ingested_at > max(ingested_at) over (partition by source) - interval 1 second)
        select coalesce(sum(records_quarantined + records_rejected) filter (where not is_unreadable)
                        / nullif(sum(records_in) filter (where not is_unreadable), 0), 0)::double as quarantine_share,
               count(*) filter (where is_unreadable) as unreadable_files
        from last"""
    with duckdb.connect() as connection:
        connection.register("load", lake.dataset("ops.load"))
        connection.register("rejected", lake.dataset("ops.rejected"))
        return dict(connection.sql(question).to_arrow_table().to_pylist()[0])


def profile(
    lake: Lake, contract: Table, sources: Sequence[Landing], ages: Mapping[str, int | None], night: date
) -> dict[str, float]:
    """The figures of a silver table that its suite assesses, by the suite's column names.

    Args:
        lake: the lake.
        contract: the table.
        sources: landing contracts that feed it and have delivered.
        ages: days from the end of each source's newest period to the night.
        night: the night.
    """
    measured: dict[str, float] = {**count_rows(lake, contract, night), **count_set_aside(lake, sources)}
    measured |= {f"age_{each.source}": float(ages[each.source] or 0) for each in sources}
    if contract.checks.totals:
        measured["exceeded_totals"] = count_exceeded_totals(lake, contract, night)
    return measured
