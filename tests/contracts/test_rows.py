"""The types of rows say what the contracts say."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from jobs import contracts
from jobs.contracts.row_types import FOLDER, row_modules
from jobs.contracts.rows import gold, items, ops
from jobs.contracts.types import Array, Struct, parse_type

MODULES = row_modules()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_stored_types_are_those_of_the_contracts(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MODULES[path], "run `python -m jobs contracts rows`"


def test_nothing_else_stands_beside_them() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == {path.name for path in MODULES} | {"__init__.py"}


def test_a_row_has_the_columns_of_its_table_in_order() -> None:
    assert list(gold.AlertRow.__annotations__) == contracts.table("gold.alert").column_names
    assert gold.AlertRow.__total__
    assert not gold.PartialAlertRow.__total__


def test_a_column_that_may_be_empty_may_be_none() -> None:
    hints = typing.get_type_hints(gold.AlertRow)
    assert hints["p_value"] == float | None
    assert hints["level"] is int
    assert hints["reasons"] == list[items.ReasonItem]
    assert typing.get_type_hints(ops.RunRow)["counts"] == dict[str, int]


def test_a_member_of_a_list_may_be_none_where_its_type_says_so() -> None:
    hints = typing.get_type_hints(items.EvidenceItem)
    assert hints["value"] == float | None
    assert hints["unit"] is str
    kind = parse_type("array<struct<code:string,value?:double>>")
    assert isinstance(kind, Array)
    assert isinstance(kind.item, Struct)
    assert [name for name, _ in kind.item.members] == ["code", "value"]
    assert kind.item.nullable == {"value"}
