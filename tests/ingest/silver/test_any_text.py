"""Any text in any column of any source: records are let in or set aside, and what is let in is plausible.

A sound record among them is let in, whatever stands beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts import bronze_table
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Column, Landing, Table
from jobs.ingest.silver.assess import date_rows, flag_repeated, split_sound
from jobs.ingest.silver.engine import connection, reader_of, rows_of
from jobs.ingest.silver.outcomes import counts_sql, quarantined_sql
from jobs.ingest.silver.rules.statement import typed_sql
from jobs.ingest.silver.vintages import new_rows_sql
from tests.builders.sound_records import BESIDE, sound_record

SOURCES = [each.source for each in contracts.landings()]
TODAY, NOW = date(2024, 6, 20), datetime(2024, 6, 20, tzinfo=UTC)
PLAUSIBLE = st.sampled_from(
    ["", "1", "0", "-1", "2024-03-01", "2024.03", "2024-03-01T09:00:00+09:00", "KR", "I", "800110", "0713109000", "USD"]
)
NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["1,234", "1.234,5", "1e9", "9.87654E+08", "1e999", "１２", "(5)", "−5", "5-", "1_000", "0x10", "10만"]
    ),
)
DATES = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda day: f"{day:%Y.%m}"),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.sampled_from(["0000-01-01", "0001.01", "9999-12-31", "2024-02-30", "2024.13", "2024-03-01T24:00:00+09:00"]),
)
TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Mn", "Zs", "Lo"]), max_size=12),
    st.sampled_from(
        ["ABC\u200b1", "e\u0301", "a\x00b", "x" * 5000, "'; drop table typed; --", '"', "{}", "%", "|", "="]
    ),
)
VALUE = st.one_of(PLAUSIBLE, NUMBERS, DATES, TEXT)


def record(source: str, row: int, values: dict[str, str], extra: dict[str, str]) -> dict[str, Any]:
    """A row of a source's bronze table."""
    return {
        "delivery_id": "d1",
        "source_row": row,
        "source_file": "f",
        "file_sha256": "s",
        "arrived_on": TODAY,
        "ingested_at": NOW,
        "extra_columns": list(extra.items()),
        **values,
    }


def load(engine: duckdb.DuckDBPyConnection, source: str, records: list[dict[str, Any]]) -> tuple[Table, pa.Table]:
    """The contract of the table that a source feeds, and the rows that are let in."""
    landing = contracts.landing(source)
    contract = contracts.table(landing.feeds)
    schema = arrow_schema(bronze_table(f"bronze.{source}", source))
    engine.register(f"records_{source}", pa.Table.from_pylist(records, schema=schema))
    engine.execute(f"create table typed as {typed_sql(source, f'records_{source}')}")
    engine.register("stored", arrow_schema(contract).empty_table())
    flag_repeated(engine, contract)
    split_sound(engine, contract)
    date_rows(engine, contract, {source: TODAY}, [])
    return contract, reader_of(engine, new_rows_sql(contract), contract, {"now": NOW}).read_all()


def is_outside(column: Column, value: Any) -> bool:
    """Whether a value lies outside its column's range, written down once more."""
    if value is None or column.range is None:
        return False
    measured = len(value) if column.type == "string" else value.date() if isinstance(value, datetime) else value
    least, most = column.range.least, column.range.most
    return bool((least is not None and measured < least) or (most is not None and measured > most))


@pytest.mark.parametrize("source", SOURCES)
@profile(max_examples=20)
@given(data=st.data())
def test_any_text_ends_as_a_row_or_in_quarantine(source: str, data: st.DataObject) -> None:
    landing: Landing = contracts.landing(source)
    row = st.fixed_dictionaries(dict.fromkeys(landing.columns, VALUE))
    extra = st.dictionaries(VALUE, VALUE, max_size=3) if landing.is_wide else st.just({})
    drawn = data.draw(st.lists(st.tuples(row, extra), min_size=1, max_size=6))
    sound = data.draw(st.integers(0, len(drawn)))
    drawn.insert(sound, (sound_record(source), BESIDE.get(source, {})))
    records = [record(source, n, *each) for n, each in enumerate(drawn, 1)]
    with connection() as engine:
        contract, rows = load(engine, source, records)
        (counted,) = rows_of(engine, counts_sql([source]))
        aside = engine.sql(quarantined_sql(source), params={"now": NOW, "run_id": "r"}).to_arrow_table().to_pylist()
    assert counted["records_in"] == len(records)
    assert counted["records_quarantined"] == len(aside)
    assert counted["records_out"] + counted["records_quarantined"] + counted["records_unchanged"] == len(records)
    for each in aside:
        assert each["reason_codes"]
        given_values = drawn[each["source_row"] - 1]
        assert dict(each["payload"]) == {**given_values[0], **given_values[1]}  # as it came
    assert f"d1:{sound + 1}" in {":".join(each.split(":")[:2]) for each in rows["record_id"].to_pylist()}
    for stored in rows.to_pylist():
        for column in contract.columns:
            value = stored[column.name]
            assert column.is_nullable or value is not None, column.name
            assert not is_outside(column, value), column.name
            if column.type == "string" and not column.is_lineage and value:
                assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value), column.name
