"""What the night writes down of supply: rows that keep their contracts and can be traced to the records behind them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.alerting.domain import NightTables
from jobs.contracts import register
from jobs.contracts.messages import LANGUAGES, messages
from jobs.domains.supply_chain import tables as rows
from jobs.domains.supply_chain.night import SPAN, Facts, assess_facts, assess_sources
from jobs.lake.canonical import canonical_json
from tests.builders.keeping import broken
from tests.builders.trade import MONTHS, NIGHT, coffee, item, items, month_at, steady, stopping, tin

NEWEST = month_at(MONTHS - 1)


def night_of(*rows_of_items: dict[str, object], night: date = NIGHT) -> NightTables:
    """Findings of a night on these items alone."""
    return assess_facts(Facts(items(*rows_of_items), {}), night)


@pytest.fixture(scope="module")
def detections() -> NightTables:
    """A night on which Indonesian tin has stopped for two months, and national totals lack a tenth of coffee."""
    total = [sum(kg) / 0.9 for kg in zip(steady(50_000, 4), steady(40_000, 5), steady(30_000, 6), strict=True)]
    return night_of(tin(stopping(60_000, 1)), coffee() | item("090111", {"VN": steady(50_000, 4)}, total=total))


@pytest.mark.parametrize("table", ["gold.signal", "gold.subject_month", "gold.vulnerability"])
def test_rows_keep_their_contract(detections: NightTables, table: str) -> None:
    stored = detections.tables[table].to_pylist()
    assert stored
    assert broken(table, stored) <= {"run_id is empty"}


def test_the_finding_on_a_month_names_the_record_of_that_month() -> None:
    fallen = [*steady(60_000, 1, MONTHS - 1), 2_000.0]
    signals = night_of(tin(fallen), coffee()).tables["gold.signal"].to_pylist()
    drops = [r for r in signals if r["detector_id"] == "SC-DROP" and r["partner_country"] == "ID"]
    newest = next(row for row in drops if row["period_start"] == NEWEST)
    observed = next(each for each in newest["evidence"] if each["code"] == "observed")
    assert observed == {
        "code": "observed",
        "value": 2_000.0,
        "text": None,
        "unit": "kg",
        "table": "silver.trade_month",
        "record_ids": ["I-ID-2024-03"],
    }


def test_an_empty_month_has_no_record(detections: NightTables) -> None:
    stopped = [r for r in detections.tables["gold.signal"].to_pylist() if "empty_month" in r["reason_codes"]]
    assert stopped
    assert all(each["record_ids"] == [] for row in stopped for each in row["evidence"])


def test_signals_lie_in_the_months_that_make_levels_and_beside_a_p_of_a_fifth(detections: NightTables) -> None:
    signals = detections.tables["gold.signal"].to_pylist()
    assert {row["period_start"] for row in signals} <= {month_at(MONTHS - 1 - back) for back in range(SPAN.recent)}
    least: dict[tuple[str, date], float] = {}
    for row in signals:
        cell = (row["subject_id"], row["period_start"])
        least[cell] = min(least.get(cell, 1.0), row["p_value"])
    assert max(least.values()) <= register.rule("supply_chain", "combine").parameters["stored_p"]


def test_tests_are_counted_whether_stored_or_not(detections: NightTables) -> None:
    ((source, _),) = assess_sources(items(tin(), coffee()))
    series, kinds = len(source.panel.item), len(source.of_series)
    assert rows.tests_performed(source, SPAN.recent) == SPAN.recent * (series * kinds + len(source.panel.hs_code))
    assert detections.test_count > len(detections.tables["gold.signal"])


def test_coverage_below_95_percent_leaves_the_class_unknown_and_says_so(detections: NightTables) -> None:
    graded = {row["hs_code"]: row for row in detections.tables["gold.vulnerability"].to_pylist()}
    assert graded["090111"]["vulnerability"] is None
    assert graded["090111"]["reason_codes"] == ["coverage_low"]
    assert graded["800110"]["top_origin"] == "ID"


def test_months_are_kept_of_watched_items_and_of_origins_that_could_fill_a_gap() -> None:
    small = item("250410", {"CN": steady(3_000, 7)})
    months = night_of(tin(BO=steady(3_000, 8)), small).tables["gold.subject_month"].to_pylist()
    assert {(row["hs_code"], row["partner_country"]) for row in months} == {("800110", o) for o in ("ID", "MY", "PE")}


def test_every_code_in_a_row_has_a_sentence_in_both_languages(detections: NightTables) -> None:
    codes = {
        code
        for table in detections.tables.values()
        if "reason_codes" in table.column_names
        for row in table.to_pylist()
        for code in row["reason_codes"]
    }
    assert codes >= {"empty_month", "rejected", "coverage_low"}
    for lang in LANGUAGES:
        assert {f"reason.{code}" for code in codes} <= messages(lang).keys()


def test_a_source_older_than_the_item_of_another_is_judged_on_its_own_months() -> None:
    older = item("250410", {"CN": steady(90_000, 7, MONTHS - 1)}, source="kcs_coffee")
    months = night_of(tin(), older).tables["gold.subject_month"].to_pylist()
    assert max(row["period_start"] for row in months if row["hs_code"] == "250410") == month_at(MONTHS - 2)


def test_an_item_that_two_sources_state_is_judged_once() -> None:
    twice = {**item("800110", {"ID": steady(60_000, 1, 20)}), "source": "kcs_coffee"}
    structure = night_of(tin(), twice).tables["gold.vulnerability"].to_pylist()
    assert [(row["source"], row["hs_code"]) for row in structure] == [("kcs_trade_country", "800110")]


def test_a_night_without_facts_has_no_findings() -> None:
    assert [len(table) for table in night_of().tables.values()] == [0, 0, 0, 0]


@given(st.permutations([tin(stopping(60_000, 1)), coffee(), item("250410", {"CN": steady(90_000, 7)})]))
@settings(max_examples=4, deadline=None)
def test_items_in_another_order_give_the_same_bytes(order: list[dict[str, object]]) -> None:
    def lines(night: NightTables) -> list[str]:
        return [
            canonical_json(row, contracts.table(n)) for n, table in night.tables.items() for row in table.to_pylist()
        ]

    assert lines(night_of(*order)) == lines(night_of(*sorted(order, key=lambda row: str(row["hs_code"]))))
