"""Tables as Airflow Assets."""

from __future__ import annotations

import pytest

from jobs import contracts

pytestmark = pytest.mark.airflow


def test_every_table_is_an_asset_named_like_its_contract() -> None:
    from jobs.contracts.assets import assets

    for layer in ("bronze", "silver", "gold", "ops"):
        assert [each.name for each in assets(layer)] == [table.name for table in contracts.tables(layer)]


def test_an_asset_says_where_its_table_stands_in_any_lake() -> None:
    from jobs.contracts.assets import asset

    assert asset("gold.alert").uri == "delta://lake/gold/alert"


def test_there_is_no_asset_without_a_contract() -> None:
    from jobs.contracts.assets import asset

    with pytest.raises(contracts.ContractError, match=r"gold\.nothing"):
        asset("gold.nothing")
