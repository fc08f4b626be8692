"""Declared lots read for people: one among many, its comparables, its chart, the night's counts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from jobs import reading
from jobs.reading.tables import read_where
from tests.builders.assessed_lots import LOTS, PATH_DAYS, QUIET
from tests.builders.gold import NIGHTS, lot_alert_rows
from tests.builders.lakes import built_lake, empty_lake, gold_lake

__all__ = ["built_lake", "empty_lake", "gold_lake"]
FIRST, LAST = NIGHTS
GARLIC, SESAME, DRAWN, _, PELLET = LOTS


def test_one_lot_is_found_among_many(gold_lake: Path) -> None:
    lot = reading.find_lot(LAST, GARLIC.number, 1)
    assert lot is not None
    assert (lot["night"], lot["price_usd_per_kg"], lot["level"]) == (LAST, GARLIC.price, 4)


@pytest.mark.parametrize(("number", "line"), [(GARLIC.number, 2), ("1", 1), ("", 1)])
def test_a_lot_that_was_not_judged_is_none(gold_lake: Path, number: str, line: int) -> None:
    assert reading.find_lot(LAST, number, line) is None


def test_a_lake_without_lots_has_none_and_no_line(empty_lake: Path) -> None:
    assert reading.find_lot(LAST, GARLIC.number, 1) is None
    assert reading.lot_counts(LAST).num_rows == 0
    assert reading.lots_alerted(LAST) == []


def test_only_the_columns_asked_for_are_read_in_their_order(gold_lake: Path) -> None:
    rows = read_where("gold.lot", {"night": LAST, "level": 4}, ("level", "declaration_id"))
    assert rows.to_pydict() == {"level": [4], "declaration_id": [GARLIC.number]}
    assert rows.schema.field("level").type == pa.int32()


def test_no_value_among_none_is_no_row(gold_lake: Path) -> None:
    assert read_where("gold.lot", {"night": LAST, "declaration_id": ()}, ("level",)).num_rows == 0


def test_comparables_come_in_the_order_of_their_places(gold_lake: Path) -> None:
    rows = reading.comparables(LAST, GARLIC.number, 1)
    assert rows["place"].to_pylist() == list(range(1, len(GARLIC.compared) + 1))
    assert sum(rows["is_lowest"].to_pylist()) == 1


def test_the_chart_holds_the_path_every_comparable_and_the_lot(gold_lake: Path) -> None:
    points = reading.price_chart(LAST, reading.find_lot(LAST, GARLIC.number, 1) or {})
    counted = {series: points["series"].to_pylist().count(series) for series in ("path", "comparable", "lowest", "lot")}
    assert counted == {"path": PATH_DAYS, "comparable": len(GARLIC.compared) - 1, "lowest": 1, "lot": 1}
    last = points.to_pylist()[-1]
    assert (last["series"], last["price_usd_per_kg"], last["level"]) == ("lot", GARLIC.price, 4)


def test_the_voucher_is_told_apart_also_where_it_is_the_lowest(gold_lake: Path) -> None:
    points = reading.price_chart(LAST, reading.find_lot(LAST, SESAME.number, 1) or {}).to_pylist()
    assert [row["price_usd_per_kg"] for row in points if row["series"] == "voucher"] == [SESAME.voucher]


def test_a_lots_history_is_the_band_before_it_and_then_its_price(gold_lake: Path) -> None:
    past = reading.lot_histories(LAST, [(GARLIC.number, 1), (PELLET.number, 1)])
    seen = past[GARLIC.number, 1]["observed"].to_pylist()
    assert seen == [None] * (PATH_DAYS - 2) + [GARLIC.price]  # the path goes on to the night, the lot is a day older
    assert past[GARLIC.number, 1].schema == reading.empty_history().schema
    assert past[PELLET.number, 1].num_rows == 1


def test_counts_hold_every_lot_once(gold_lake: Path) -> None:
    rows = reading.lot_counts(LAST).to_pylist()
    assert sum(row["n"] for row in rows) == len(LOTS) + QUIET
    counts = {(row["level"], row["selection"]): row["n"] for row in rows if row["has_stake"]}
    assert (counts[4, "rank"], counts[2, "rank"], counts[1, "random"], counts[2, "none"]) == (1, 1, 1, 1)


def test_alerted_lots_come_with_their_alert_and_in_its_rank(gold_lake: Path) -> None:
    result = reading.lots_alerted(LAST)
    assert [row["alert_id"] for row in result] == [row["alert_id"] for row in lot_alert_rows(LAST)]
    assert [row["price_usd_per_kg"] for row in result] == [GARLIC.price, SESAME.price, DRAWN.price]


def test_lots_are_neither_watched_subjects_nor_changes(gold_lake: Path) -> None:
    assert {row["kind"] for row in reading.changes(LAST, ["supply_chain"])} == {"supply_chain"}
    assert sum(reading.level_counts(LAST, ["supply_chain"]).values()) == 18
