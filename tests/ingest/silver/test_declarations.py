"""Declarations and what is known beside them, good and dirty: what is flagged, set aside, and may be assessed.

All is loaded together, once; every line but the plain one has one thing wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.lake.delta import Lake
from tests.builders.declarations import line, won_a_dollar, write_lines
from tests.builders.keeping import broken
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
ARRIVED = date(2024, 5, 13)  # the day of the declarations


@dataclass(frozen=True)
class Case:
    """What a line states otherwise, how it is flagged, and whether it may be assessed; None where it is set aside."""

    stated: dict[str, object]
    flags: set[str]
    is_assessable: bool | None


CASES = {
    "plain": Case({}, set(), True),
    "zero_mass": Case({"net_mass_kg": 0}, {"mass_zero"}, False),
    "tonnes_for_kg": Case({"net_mass_kg": 20}, {"mass_unit_off"}, False),
    "grams_for_kg": Case({"net_mass_kg": 20_000_000}, {"mass_unit_off"}, False),
    "both_masses_in_tonnes": Case({"net_mass_kg": 20, "gross_mass_kg": 20.4}, {"mass_unit_off"}, False),
    "bulk_has_no_packages_to_tell": Case({"package_count": 1, "packaging": "bulk"}, set(), True),
    "mass_and_won_swapped": Case(
        {"net_mass_kg": 56_000_000, "customs_value_krw": 20_000},
        {"mass_value_swapped", "value_mismatch", "usd_mismatch"},
        False,
    ),
    "mass_and_dollars_swapped": Case(
        {"net_mass_kg": 41_000, "customs_value_usd": 20_000}, {"mass_value_swapped", "usd_mismatch"}, False
    ),
    "net_above_gross": Case({"net_mass_kg": 21_000}, {"mass_above_gross"}, False),
    "zero_value": Case(
        {"customs_value_krw": 0, "customs_value_usd": ""}, {"value_zero", "usd_converted", "value_mismatch"}, False
    ),
    "unknown_product": Case({"standard_name_code": "garlick"}, {"unknown_product"}, False),
    "no_product": Case({"standard_name_code": ""}, {"product_missing"}, False),
    "invoice_of_half": Case({"invoice_amount": 20_000}, {"value_mismatch"}, True),
    "dollars_of_half": Case({"customs_value_usd": 20_000}, {"usd_mismatch"}, False),
    "no_dollars": Case({"customs_value_usd": ""}, {"usd_converted"}, True),
    "insurance_in_price": Case({"incoterm": "CFR", "invoice_amount": 40_950}, set(), True),
    "all_in_price": Case(
        {"incoterm": "CIF", "invoice_amount": 41_000, "freight_krw": "", "insurance_krw": ""}, set(), True
    ),
    "ex_works_with_a_way_to_port": Case({"incoterm": "EXW", "invoice_amount": 36_000}, set(), True),
    "dong_have_no_rate": Case({"invoice_currency": "VND"}, {"unknown_currency"}, True),
    "declared_tomorrow": Case({"declared_at": "2024-05-14T09:00:00+09:00"}, {"future_period"}, None),
    "shipped_next_month": Case({"shipped_on": "2024-06-13"}, {"future_date"}, None),
    "no_time_zone": Case({"declared_at": "2024-05-13 09:00:00"}, {"bad_period"}, None),
    "day_and_month_swapped": Case({"shipped_on": "08/05/2024"}, {"bad_date"}, None),
    "decimal_comma": Case({"net_mass_kg": '"20000,5"'}, {"decimal_comma"}, None),
    "text_for_figure": Case({"gross_mass_kg": "about 20 t"}, {"not_a_number"}, None),
    "negative_mass": Case({"net_mass_kg": -20_000}, {"negative_mass"}, None),
    "negative_freight": Case({"freight_krw": -1_300_000}, {"negative_value", "value_mismatch"}, None),
    "no_importer": Case({"importer_id": ""}, {"value_missing"}, None),
    "six_digits": Case({"hs10_code": "071290"}, {"bad_hs_code"}, None),
    "port_by_name": Case({"loading_port": "Qingdao"}, {"bad_port_code"}, None),
    "unknown_country": Case({"origin_country": "QZ"}, {"unknown_country"}, None),
    "unknown_code": Case({"transport_mode": "rocket"}, {"unknown_code"}, None),
    "korean_read_as_latin": Case({"grade": "»óÇ°"}, {"garbled_text"}, None),
    "korean_grade": Case({"grade": "상품"}, set(), True),
}
ONLY_STATED = {"value_mismatch"}  # beside a flag that sets a line aside
PRICE = {
    "reference_source": "survey",
    "standard_name_code": "garlic_dried",
    "origin_country": "CN",
    "grade": "A",
    "period_start": "2024-05-01",
    "period_end": "2024-05-10",
    "price": "2720",
    "unit": "KRW/kg",
    "currency": "KRW",
    "published_on": "2024-05-13",
}
INSPECTION = {
    "declaration_id": "D1",
    "line_no": "1",
    "inspected_at": "2024-05-13T18:00:00+09:00",
    "selection": "random",
    "propensity": "0.05",
    "finding": "undervalued",
    "corrected_customs_value_krw": "99000000",
    "reason_code": "R1",
}
FIRM = {"firm_id": "F01", "firm_kind": "importer", "country": "KR", "registered_on": "2024-05-13", "address_id": "A1"}
RELATION = {"firm_id": "F01", "related_firm_id": "X01", "relation_kind": "ownership", "valid_from": "2024-05-13"}
RATE = {
    "hs10_code": "0712901000",
    "tariff_kind": "basic",
    "duty_kind": "greater_of",
    "ad_valorem_pct": "360",
    "specific_krw_per_kg": "1800",
    "is_vat_exempt": "Y",
    "valid_from": "2024-05-13",
}
Wrong = dict[str, dict[str, object]]  # by the flag that a row must get
BESIDE: dict[
    str, tuple[str, dict[str, str], Wrong]
] = {  # source: the column that tells its rows apart, a good row, others
    "price_reference": (
        "grade",
        PRICE,
        {
            "": {},
            "value_zero": {"price": "0"},
            "negative_value": {"price": "-1"},
            "decimal_comma": {"price": '"2,72"'},
            "unknown_unit": {"unit": "KRW/head"},
            "unknown_product": {"standard_name_code": "x"},
            "unknown_code": {"reference_source": "hearsay"},
            "unknown_country": {"origin_country": "QZ"},
            "bad_period": {"period_end": "2024-04-01"},
            "bad_date": {"published_on": "May"},
        },
    ),
    "inspection_result": (
        "declaration_id",
        INSPECTION,
        {
            "": {},
            "bad_propensity": {"propensity": "1.2"},
            "unknown_code": {"finding": "guilty"},
            "value_missing": {"line_no": ""},
            "negative_mass": {"corrected_net_mass_kg": "-1"},
            "bad_period": {"inspected_at": "2024-05-13"},
        },
    ),
    "firm": (
        "firm_id",
        FIRM,
        {
            "": {},
            "unknown_code": {"firm_kind": "pirate"},
            "unknown_country": {"country": "QZ"},
            "bad_period": {"registered_on": ""},
        },
    ),
    "firm_relation": (
        "firm_id",
        RELATION,
        {"": {}, "unknown_code": {"relation_kind": "love"}, "bad_validity": {"valid_to": "2020-01-01"}},
    ),
    "tariff_rate": (
        "preference_code",
        RATE,
        {
            "": {},
            "duty_incomplete": {"specific_krw_per_kg": ""},
            "bad_hs_code": {"hs10_code": "0712"},
            "unknown_code": {"is_vat_exempt": "perhaps"},
            "negative_value": {"ad_valorem_pct": "-5"},
        },
    ),
}


@dataclass
class Loaded:
    """What the one load left."""

    lake: Lake
    counts: dict[str, int]
    silver: dict[str, dict[str, Any]]
    quarantine: dict[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def loaded(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    root = tmp_path_factory.mktemp("declarations")
    rows = [line(declaration_id=name, **case.stated) for name, case in CASES.items()]
    twice = line(declaration_id="twice")
    rows += [twice, twice, line(declaration_id="contradicted"), line(declaration_id="contradicted", office_code="030")]
    path = write_lines(root / "landing", "import_declaration", rows, f"known_{ARRIVED}")
    korean = ",".join(
        line(declaration_id="euc_kr", grade="상품").get(name, "")
        for name in contracts.landing("import_declaration").columns
    )
    path.write_bytes(path.read_bytes() + f"{korean}\n".encode("euc-kr"))
    for source, (separate, good, wrong) in BESIDE.items():
        write_lines(
            root / "landing",
            source,
            [{**good, separate: flag or "good", **stated} for flag, stated in wrong.items()],
            f"known_{ARRIVED}",
        )
    lake = Lake(spark, str(root / "lake"), "run-1")
    counts = ingest(lake, root / "landing", ARRIVED)["silver.import_declaration"]
    silver = {row["declaration_id"]: row for row in lake.rows("silver.import_declaration").to_pylist()}
    quarantine = {}
    for row in lake.rows("ops.quarantine").to_pylist():
        separate = BESIDE[row["source"]][0] if row["source"] in BESIDE else "declaration_id"
        quarantine[row["source"], dict(row["payload"])[separate]] = set(row["reason_codes"])
    return Loaded(lake, counts, silver, quarantine)


@pytest.mark.parametrize("name", CASES)
def test_a_line_is_flagged_or_set_aside_for_what_is_wrong_with_it(loaded: Loaded, name: str) -> None:
    case = CASES[name]
    if case.is_assessable is None:
        assert name not in loaded.silver
        assert loaded.quarantine["import_declaration", name] == case.flags - ONLY_STATED
    else:
        row = loaded.silver[name]
        assert (set(row["quality_flags"]), row["is_judgeable"]) == (case.flags, case.is_assessable)


def test_of_a_line_twice_one_stays_and_of_two_that_differ_none(loaded: Loaded) -> None:
    assert loaded.silver["twice"]["quality_flags"] == []
    aside = {name: reasons for (_, name), reasons in loaded.quarantine.items()}
    assert (aside["twice"], aside["contradicted"]) == ({"duplicate_row"}, {"duplicate_key"})
    assert "contradicted" not in loaded.silver


def test_a_line_in_another_encoding_is_rejected_by_itself(loaded: Loaded) -> None:
    (row,) = loaded.lake.rows("ops.rejected").to_pylist()
    assert (row["reason_code"], row["raw_record"][:6]) == ("record_undecodable", "euc_kr")


def test_every_line_ends_once(loaded: Loaded) -> None:
    counts = loaded.counts
    assert counts["in"] == len(CASES) + 5
    assert counts["in"] == sum(counts[end] for end in ("out", "unchanged", "quarantined", "rejected"))
    assert (counts["out"], counts["rejected"]) == (len(loaded.silver), 1)


def test_a_line_has_types_units_and_the_day_of_seoul(loaded: Loaded) -> None:
    row = loaded.silver["plain"]
    assert row["declared_at"] == datetime(2024, 5, 13, 0, 30, tzinfo=UTC)
    assert (row["period_start"], row["period_month"]) == (date(2024, 5, 13), date(2024, 5, 1))
    assert row["container_numbers"] == ["TCLU1234567", "TCLU7654321"]
    assert (row["certificate_number"], row["preference_code"]) == (None, "")
    assert loaded.silver["no_dollars"]["customs_value_usd"] == row["customs_value_usd"]


def test_all_that_is_in_silver_keeps_the_contract(loaded: Loaded) -> None:
    rows = [{**row, "standard_name_code": None} for row in loaded.silver.values()]  # unknown products stay, flagged
    assert broken("silver.import_declaration", rows) == set()


@pytest.mark.parametrize("source", BESIDE)
def test_what_is_known_beside_declarations_is_taken_or_set_aside_with_its_reason(loaded: Loaded, source: str) -> None:
    separate, _, wrong = BESIDE[source]
    (good,) = loaded.lake.rows(f"silver.{source}").to_pylist()
    assert (good[separate], good["quality_flags"]) == ("good", [])
    assert broken(f"silver.{source}", [good]) == set()
    aside = {name: reasons for (of, name), reasons in loaded.quarantine.items() if of == source}
    assert aside == {flag: {flag} for flag in wrong if flag}


def test_a_reference_price_is_converted_at_the_weeks_rate(loaded: Loaded) -> None:
    (row,) = loaded.lake.rows("silver.price_reference").to_pylist()
    assert float(row["price_usd_per_kg"]) == pytest.approx(2720 / won_a_dollar(date(2024, 5, 1)), rel=1e-6)


def test_a_rate_of_the_tariff_keeps_both_of_its_sides(loaded: Loaded) -> None:
    (row,) = loaded.lake.rows("silver.tariff_rate").to_pylist()
    assert (float(row["ad_valorem_pct"]), float(row["specific_krw_per_kg"]), row["is_vat_exempt"]) == (360, 1800, True)
