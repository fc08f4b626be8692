"""Equal rows are equal bytes, and nothing of where a row came from is in them."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import contracts
from jobs.lake.canonical import as_text, canonical_json, content_hash, rounded, table_of

ALERT = contracts.table("gold.alert")
STRAITS = st.lists(st.sampled_from(["suez", "hormuz", "malacca"]), unique=True, min_size=1)


def day(strait: str, observed: float = 70.0, **others: object) -> dict[str, object]:
    """A row of gold.transport_day."""
    night = date(2024, 4, 30)
    return {
        "night": night,
        "subject_kind": "strait",
        "subject_id": f"strait={strait}",
        "period_start": night,
        "observed": observed,
        "is_alarm": False,
        "is_testable": True,
        **others,
    }


@given(st.floats(allow_nan=False, allow_infinity=False, max_value=1e300, min_value=-1e300))
def test_floats_keep_nine_significant_digits(value: float) -> None:
    assert rounded(value) == pytest.approx(value, rel=5e-9)
    assert rounded(rounded(value)) == rounded(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_nothing(value: float) -> None:
    assert rounded({"a": [value]}) == {"a": [None]}


def test_minus_zero_is_zero() -> None:
    assert str(rounded(-0.0)) == "0.0"


def test_dates_and_decimals_are_written_as_text_and_nothing_else_is() -> None:
    assert as_text(date(2024, 4, 30)) == "2024-04-30"
    assert as_text(Decimal("21.300")) == "21.300"
    assert as_text(datetime(2024, 4, 30, tzinfo=UTC)) == "2024-04-30T00:00:00+00:00"
    with pytest.raises(TypeError, match="no canonical form"):
        as_text(object())


@pytest.mark.parametrize("column", ["run_id", "code_version", "content_hash"])
def test_lineage_is_no_content(column: str) -> None:
    row = {"alert_id": "a1", "level": 3}
    assert content_hash({**row, column: "another"}, ALERT) == content_hash(row, ALERT)
    assert content_hash({**row, "level": 4}, ALERT) != content_hash(row, ALERT)


def test_a_map_reads_the_same_as_pairs_and_as_a_mapping() -> None:
    pairs, mapping = (
        [{"code": "SC-DROP", "params": params}] for params in ([("b", "2"), ("a", "1")], {"a": "1", "b": "2"})
    )
    assert canonical_json({"reasons": pairs}, ALERT) == canonical_json({"reasons": mapping}, ALERT)


def test_the_json_has_every_content_column_sorted() -> None:
    said = json.loads(canonical_json({"alert_id": "a1"}, ALERT))
    assert list(said) == sorted(set(ALERT.content_names) - {"content_hash"})


@given(STRAITS, st.randoms(use_true_random=False))
def test_rows_in_another_order_make_the_same_table(straits: list[str], random) -> None:  # type: ignore[no-untyped-def]
    rows = [day(strait, observed=70 / 3) for strait in straits]
    table = table_of("gold.transport_day", rows)
    assert table_of("gold.transport_day", random.sample(rows, len(rows))).equals(table)
    assert table["subject_id"].to_pylist() == sorted(f"strait={strait}" for strait in straits)
    assert table["observed"][0].as_py() == 23.3333333


def test_a_column_that_rows_leave_out_is_empty_and_no_rows_make_an_empty_table() -> None:
    assert table_of("gold.transport_day", [day("suez")])["expected"].to_pylist() == [None]
    assert table_of("gold.transport_day", []).schema.names == contracts.table("gold.transport_day").column_names
