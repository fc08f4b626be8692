"""CSV that a spreadsheet opens without running it, and that reads back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.contracts.csv_text import FORMULA_STARTS, cell, escape_formula, write_csv


@given(st.text(max_size=30))
def test_no_text_begins_like_a_formula(text: str) -> None:
    escaped = escape_formula(text)
    assert not escaped.startswith(FORMULA_STARTS)
    assert escaped.removeprefix("'") == text.removeprefix("'")


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
        min_size=1,
        max_size=6,
    )
)
def test_texts_read_back(texts: list[str]) -> None:
    lines = list(csv.reader(io.StringIO(write_csv(pa.table({"a": texts, "b": texts})), newline="")))
    assert lines[0] == ["a", "b"]
    assert [row[0] for row in lines[1:]] == [escape_formula(text) for text in texts]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (-1.5, "-1.5"),
        (True, "true"),
        (Decimal("12.340"), "12.340"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1, tzinfo=UTC), "2024-03-01T00:00:00Z"),
        (["가", "b"], '["가", "b"]'),
        ("=1+1", "'=1+1"),
    ],
)
def test_values_are_written_plainly(value: object, text: str) -> None:
    assert cell(value) == text


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="no CSV text"):
        cell(object())
