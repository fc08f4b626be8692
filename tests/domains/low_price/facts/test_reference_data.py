"""What a night knew around its lots: quotations in force, the tariff of the day, related firms, each as of the
night.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.domains.low_price.facts.arrays import lot_facts
from jobs.domains.low_price.facts.reference_data import ReferenceData, group_firms, read_reference_data
from jobs.lake.delta import Lake
from tests.builders.configs import LOW_PRICE

NIGHT = date(2024, 5, 31)
LINE = {
    "declaration_id": "D1",
    "line_no": 1,
    "period_start": date(2024, 5, 20),
    "shipped_on": date(2024, 5, 8),
    "hs10_code": "0712901000",
    "standard_name_code": "garlic_dried",
    "product_state": "dried",
    "grade": "A",
    "packaging": "bag",
    "crop_year": 2023,
    "origin_country": "CN",
    "trade_level": "wholesale",
    "importer_id": "I1",
    "exporter_id": "E1",
    "net_mass_kg": Decimal(1000),
    "customs_value_krw": Decimal(1_300_000),
    "customs_value_usd": Decimal(1000),
    "preference_code": "",
    "is_accepted": True,
    "is_examined": False,
    "is_disputed": False,
}
QUOTE = {
    "reference_source": "survey",
    "standard_name_code": "garlic_dried",
    "origin_country": "CN",
    "grade": "",
    "usd_per_kg": 2.0,
    "krw_per_kg": None,
    "first_day": date(2024, 5, 1),
    "last_day": date(2024, 5, 31),
}
RATE = {
    "hs10_code": "0712901000",
    "preference_code": "",
    "duty_kind": "ad_valorem",
    "ad_valorem_pct": 8.0,
    "specific_krw_per_kg": 0.0,
    "is_vat_exempt": True,
    "valid_from": date(2020, 1, 1),
    "valid_to": None,
}
QUOTES = pa.schema(
    [
        *[(name, pa.string()) for name in ("reference_source", "standard_name_code", "origin_country", "grade")],
        ("usd_per_kg", pa.float64()),
        ("krw_per_kg", pa.float64()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
    ]
)
RELATIONS = "silver.firm_relation"
RATES = pa.schema(
    [
        *[(name, pa.string()) for name in ("hs10_code", "preference_code", "duty_kind")],
        ("ad_valorem_pct", pa.float64()),
        ("specific_krw_per_kg", pa.float64()),
        ("is_vat_exempt", pa.bool_()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)


def facts(lines: list[dict[str, Any]], quotes: list[dict] = (), rates: list[dict] = (), groups: dict | None = None):
    rows = [{**LINE, "line_no": n, **line} for n, line in enumerate(lines, start=1)]
    table = pa.Table.from_pylist(rows, arrow_schema(contracts.table("gold.known_lot"))).drop_columns(
        ["night", "run_id"]
    )
    reference_data = ReferenceData(
        night=NIGHT,
        quotes=pa.Table.from_pylist([{**QUOTE, **each} for each in quotes], QUOTES),
        tariffs=pa.Table.from_pylist([{**RATE, **each} for each in rates], RATES),
        groups=groups or {},
    )
    return lot_facts(table, reference_data, LOW_PRICE.facts)


def test_the_last_survey_published_by_the_day_speaks() -> None:
    days = [date(2024, 5, 10), date(2024, 5, 20), date(2024, 5, 21)]
    result = facts(
        [{"period_start": day} for day in days],
        [{"first_day": date(2024, 5, 9), "usd_per_kg": 2.0}, {"first_day": date(2024, 5, 20), "usd_per_kg": 3.0}],
    )
    assert result.survey_price.tolist() == [2.0, 3.0, 3.0]


def test_an_old_survey_says_nothing() -> None:
    result = facts([{}], [{"first_day": date(2024, 4, 1)}])
    assert np.isnan(result.survey_price[0])


def test_a_survey_of_the_grade_comes_before_one_of_none_and_no_other_grade_counts() -> None:
    both = [{"grade": "A", "usd_per_kg": 4.0}, {"usd_per_kg": 2.0}]
    assert facts([{"grade": "A"}, {"grade": "B"}], both).survey_price.tolist() == [4.0, 2.0]
    assert np.isnan(facts([{"grade": "B"}], both[:1]).survey_price[0])


def test_a_security_price_holds_for_its_period_only() -> None:
    result = facts(
        [{"period_start": date(2024, 5, 31)}, {"period_start": date(2024, 6, 1)}], [{"reference_source": "security"}]
    )
    assert result.security_price[0] == 2.0
    assert np.isnan(result.security_price[1])


def test_a_price_fixed_in_won_is_converted_as_the_value_of_the_lot_is() -> None:
    lines = [{}, {"customs_value_krw": Decimal(1_250_000)}]
    result = facts(lines, [{"reference_source": "security", "krw_per_kg": 2600.0, "usd_per_kg": 1.9}])
    assert result.security_price.tolist() == [2600 / 1300, 2600 / 1250]


def test_a_security_price_needs_no_rate_of_the_month_it_is_fixed_for() -> None:
    contract = contracts.table("silver.price_reference")
    stated = {
        "reference_source": "security",
        "standard_name_code": "garlic_dried",
        "origin_country": "CN",
        "grade": "",
        "period_start": date(2024, 6, 1),
        "period_end": date(2024, 6, 30),
        "period_month": date(2024, 6, 1),
        "known_at": datetime(2024, 5, 27, tzinfo=UTC),
        "currency": "KRW",
        "published_on": date(2024, 5, 27),
        "source": "price_reference",
        "record_id": "r",
    }
    prices = [
        {"price": Decimal(2600), "unit": "KRW/kg"},
        {"price": Decimal(2_600_000), "unit": "KRW/t", "standard_name_code": "garlic_fresh"},
        {"price": Decimal(2600), "unit": "KRW/kg", "reference_source": "survey", "price_usd_per_kg": Decimal(2)},
    ]
    rows = pa.Table.from_pylist([{**stated, **each} for each in prices], arrow_schema(contract))
    tables = {name: arrow_schema(contracts.table(name)).empty_table() for name in ("silver.tariff_rate", RELATIONS)}
    quotes = read_reference_data({**tables, contract.name: rows}.__getitem__, NIGHT).quotes
    assert quotes["krw_per_kg"].to_pylist() == [2600, 2600, None]
    assert quotes["usd_per_kg"].to_pylist() == [None, None, 2]


def test_a_world_price_is_of_no_origin() -> None:
    assert (
        facts([{"origin_country": "VN"}], [{"reference_source": "world", "origin_country": "ALL"}]).world_price[0]
        == 2.0
    )


def test_the_rate_is_the_claimed_one_else_the_basic_one_else_nothing_is_levied() -> None:
    result = facts(
        [{}, {"preference_code": "FTA"}, {"preference_code": "NONE"}, {"hs10_code": "9999999999"}],
        rates=[{}, {"preference_code": "FTA", "ad_valorem_pct": 2.0}],
    )
    assert result.rates.ad_valorem_pct.tolist() == [8.0, 2.0, 8.0, 0.0]
    assert result.burden[:3].tolist() == [8.0, 8.0, 8.0]
    assert np.isnan(result.burden[3])


def test_the_burden_of_the_greater_of_two_duties_is_the_greater_at_the_usual_price() -> None:
    """1,800 won a kg on goods of 1,300 won a kg is 138 % of value, more than 100 %."""
    rate = {"duty_kind": "greater_of", "ad_valorem_pct": 100.0, "specific_krw_per_kg": 1800.0}
    assert facts([{}], rates=[rate]).burden[0] == pytest.approx(138.46, abs=0.01)


def test_related_firms_are_one_and_named_by_the_first() -> None:
    groups = group_firms(["B", "C", "X"], ["A", "B", "Y"])
    assert groups == {"A": "A", "B": "A", "C": "A", "X": "X", "Y": "X"}
    lots = facts([{"importer_id": "A"}, {"importer_id": "C"}, {"importer_id": "D"}], groups=groups).lots
    assert lots.importer_group[0] == lots.importer_group[1] != lots.importer_group[2]


def test_goods_without_a_grade_are_a_specification_and_goods_without_a_state_are_none() -> None:
    lots = facts([{"grade": ""}, {"grade": ""}, {"grade": "A"}, {"product_state": None}]).lots
    assert lots.specification[0] == lots.specification[1] != lots.specification[2]
    assert lots.specification[3] == -1


def test_a_later_vintage_is_unknown_to_an_earlier_night(driver_lake: Lake) -> None:
    contract = contracts.table("silver.tariff_rate")
    row = {
        **RATE,
        "tariff_kind": "basic",
        "period_start": date(2020, 1, 1),
        "source": "tariff_rate",
        "quality_flags": [],
    }
    known = {day: datetime(2024, 5, day, tzinfo=UTC) for day in (1, 31)}
    rows = [
        {**row, "ad_valorem_pct": Decimal(n), "specific_krw_per_kg": None, "known_at": at}
        for n, at in zip((8, 9), known.values(), strict=True)
    ]
    write_deltalake(driver_lake.path(contract.name), pa.Table.from_pylist(rows, arrow_schema(contract)))
    stated = [
        read_reference_data(driver_lake.dataset, date(2024, 5, day)).tariffs["ad_valorem_pct"].to_pylist()
        for day in (30, 31)
    ]
    assert stated == [[8.0], [9.0]]
