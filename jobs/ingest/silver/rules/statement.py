"""What a record of a source states about a table of silver, compiled to the one SQL text that every engine runs.

An adapter (`jobs.ingest.silver.rules.tables`) says in a `Statement` which expression makes which column, and which
condition raises which flag. The text made of it types records, asks the ranges of `schemas/fields.yml`, and notes the
flags as bits of one number; the list of codes is made where a row is written. DuckDB runs it, in the driver or inside
Spark's workers: forty typed columns are too much for one compiled method of Spark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.rules.columns import any_of, q, stated
from jobs.ingest.silver.rules.ranges import range_checks
from jobs.ingest.silver.rules.texts import composed, holds_control, holds_invisible

# Columns of a typed row beside those of its table: what record states it, when it came, and what is odd about it.
BESIDE = ("_source", "_delivery_id", "_row", "_record_id", "_arrived_on", "_ingested_at", "_mask")
MADE_BY_LOAD = ("source", "known_at", "quality_flags")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """How a record of a source states rows of its table.

    Attributes:
        columns: expression by column of the table, those apart that every load makes; one that is not named is empty.
        flags: condition by code of the table's rules.
        steps: expressions by name (`_...`), one step after the other, each seeing those before it.
        each: a list of structs; the record states one row for each, which steps see as `_each`.
        rates: by name, currency and day for which the won of one unit are looked up; seen by columns and flags.
    """

    columns: Mapping[str, str]
    flags: Mapping[str, str]
    steps: tuple[Mapping[str, str], ...] = ()
    each: str | None = None
    rates: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@cache
def statement(source: str) -> Statement:
    """How records of a source state rows of silver."""
    table = contracts.landing(source).feeds.split(".")[1]
    adapters: Mapping[str, Statement] = import_module(f"jobs.ingest.silver.rules.tables.{table}").ADAPTERS
    return adapters[source]


def bits(contract: Table, codes: Iterable[str]) -> int:
    """The number whose bits are the codes of a table's rules."""
    place = {code: n for n, code in enumerate(contract.rules)}
    return sum(1 << place[code] for code in codes)


def severe_bits(contract: Table) -> int:
    """The bits of the codes that the contract does not let into the table."""
    return bits(contract, [code for code, does in contract.rules.items() if does != "keep"])


def mask(contract: Table, conditions: Mapping[str, str]) -> str:
    """The bits of the conditions that hold, as an expression."""
    raised = [
        f"case when {holds} then {bits(contract, [code])}::ubigint else 0::ubigint end"
        for code, holds in conditions.items()
    ]
    return " | ".join(raised) if raised else "0::ubigint"


def codes_of(contract: Table, bitmask: str) -> str:
    """The codes of a bit mask as a sorted list."""
    noted = [
        f"case when {bitmask} & {bits(contract, [code])}::ubigint <> 0 then '{code}' end" for code in contract.rules
    ]
    codes = f"list_sort(list_filter([{', '.join(noted)}], lambda code: code is not null))"
    return f"case when {bitmask} = 0 then []::varchar[] else {codes} end"


def select(rows: str, new: Mapping[str, str]) -> str:
    """All columns of a query's rows, and new ones."""
    return f"select *, {', '.join(f'{expression} as {q(name)}' for name, expression in new.items())} from ({rows})"


def with_rates(rows: str, rates: Mapping[str, tuple[str, str]]) -> str:
    """The rows with the week's rates: won for one unit of a currency, null where unknown (relation `weekly_rates`)."""
    for name, (currency, day) in rates.items():
        rows = (
            f"select r.*, w._rate as {q(name)} from (select *, {currency} as _asked, "
            f"cast(date_trunc('week', {day}) as date) as _week_asked from ({rows})) r "
            "left join weekly_rates w on w._currency = r._asked and w._week = r._week_asked"
        )
        rows = f"select * exclude (_asked, _week_asked) from ({rows})"
    return rows


def free_texts(source: str) -> list[str]:
    """Columns of a source whose text silver takes as it stands: no pattern and no list says what it may be."""
    expressions = set(statement(source).columns.values())
    return [name for name in contracts.landing(source).columns if expressions & {q(name), stated(name), name}]


def records_sql(source: str, records: str) -> str:
    """Readable records of a source, texts that nothing else checks composed, and all of those as `_whole`.

    Args:
        source: the source.
        records: name of the relation with rows of its bronze table.
    """
    free = free_texts(source)
    whole = f"concat_ws(' ', {', '.join(map(q, free))})" if free else "''"
    read = f"select *, {whole} as _whole from {records} where reject_reason is null"
    texts = [
        f"{composed(q(name)) if name in free else q(name)} as {q(name)}" for name in contracts.landing(source).columns
    ]
    return f"""select {", ".join(texts)}, extra_columns as _extra_columns, _whole,
        '{source}' as _source, delivery_id as _delivery_id, source_row as _row,
        delivery_id || ':' || source_row as _record_id, arrived_on as _arrived_on, ingested_at as _ingested_at
        from ({read})"""


def stated_rows(source: str, records: str) -> str:
    """Rows that a source's readable records state, with all steps of its adapter."""
    said, rows = statement(source), records_sql(source, records)
    if said.each:
        rows = f"select *, unnest({said.each}) as _each from ({rows})"
    for step in said.steps:
        rows = select(rows, step)
    return rows


def columns_sql(contract: Table, said: Statement, names: Iterable[str]) -> str:
    """Columns of a table as an adapter makes them, each cast to its own type."""
    kinds = {column.name: sql_type(column.type) for column in contract.columns}
    return ", ".join(f"cast({said.columns.get(name, 'null')} as {kinds[name]}) as {q(name)}" for name in names)


@cache
def keyed_sql(source: str, records: str) -> str:
    """Keys of the rows that a source's readable records state, without the source, and the records: a narrow answer."""
    contract = contracts.table(contracts.landing(source).feeds)
    keys = columns_sql(contract, statement(source), [name for name in contract.key if name != "source"])
    return f"select {keys}, _source, _delivery_id, _row from ({stated_rows(source, records)})"


@cache
def typed_sql(source: str, records: str) -> str:
    """Rows that a source's readable records state: the typed columns of its table, and `BESIDE`.

    Args:
        source: the source.
        records: name of the relation with rows of its bronze table; beside it stands `weekly_rates`.
    """
    contract, said = contracts.table(contracts.landing(source).feeds), statement(source)
    rows = with_rates(stated_rows(source, records), said.rates)
    flags = {**said.flags, "invisible_removed": holds_invisible("_whole")}
    flags["garbled_text"] = any_of(said.flags.get("garbled_text", "false"), holds_control("_whole"))
    rows = select(rows, {"_raised": mask(contract, flags)})
    own = [c.name for c in contract.columns if c.name not in MADE_BY_LOAD and not c.is_lineage]
    beside = [name for name in BESIDE if name != "_mask"]
    typed = f"select {columns_sql(contract, said, own)}, {', '.join(beside)}, _raised from ({rows})"
    outside = mask(contract, {**range_checks(contract), "future_period": "period_start > _arrived_on"})
    return f"select * exclude (_raised), _raised | {outside} as _mask from ({typed})"


def sql_type(kind: str) -> str:
    """A type of the contracts as DuckDB writes it."""
    if kind.startswith("array<"):
        return f"{sql_type(kind[6:-1])}[]"
    return {"string": "varchar", "timestamp": "timestamptz"}.get(kind, kind)
