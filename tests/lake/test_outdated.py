"""A lake of an earlier version is refused with the table's name and the command that loads it again."""

from __future__ import annotations

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.delta import Lake
from jobs.lake.outdated import LakeOutdated

NAME = "silver.pressure_index_month"


def write(lake: Lake, *, without: str = "", beside: str = "") -> None:
    rows = arrow_schema(contracts.table(NAME)).empty_table()
    if without:
        rows = rows.drop_columns([without])
    if beside:
        rows = rows.append_column(beside, pa.array([], pa.string()))
    write_deltalake(lake.path(NAME), rows)


@pytest.mark.parametrize(("without", "beside"), [("record_id", ""), ("", "judge"), ("record_id", "judge")])
def test_a_table_of_other_columns_is_refused_in_both_languages(driver_lake: Lake, without: str, beside: str) -> None:
    write(driver_lake, without=without, beside=beside)
    for open_it in (driver_lake.rows, driver_lake.dataset, driver_lake.ensure):
        with pytest.raises(LakeOutdated) as refused:
            open_it(NAME)
        sentence = str(refused.value)
        assert NAME in sentence
        assert (without or beside) in sentence
        assert f"mv {driver_lake.root} {driver_lake.root}.old && python -m jobs run" in sentence
        assert "landing에서 다시 적재" in sentence


def test_nothing_is_added_to_a_table_of_other_columns(driver_lake: Lake) -> None:
    write(driver_lake, without="record_id")
    with pytest.raises(LakeOutdated):
        driver_lake.append_rows(NAME, [])


def test_a_table_of_the_contracts_columns_is_read(driver_lake: Lake) -> None:
    write(driver_lake)
    assert len(driver_lake.rows(NAME)) == 0
