"""The night from silver to gold: contracts kept, truth found, the same however its products are parted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.domains.low_price import night as low_price_night
from jobs.domains.low_price.config import night_config
from jobs.domains.low_price.detection import detect
from jobs.domains.low_price.night import TABLES, find_low_prices
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts
from tests.builders.keeping import broken
from tests.builders.lot_nights import CAPACITY, LotNight

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("name", TABLES)
def test_every_row_keeps_its_contract(lot_night: LotNight, name: str) -> None:
    rows = lot_night.lake.rows(name, night=lot_night.night).to_pylist()
    assert rows
    assert broken(name, rows) == set()


def test_lots_of_the_last_week_are_judged_each_once(lot_night: LotNight) -> None:
    lots = lot_night.tables["gold.lot"]
    declared = lot_night.world.declarations()["declared_at"].to_pylist()
    first = (lot_night.night - timedelta(days=6)).isoformat()
    assert len(lots) == sum(text[:10] >= first for text in declared)
    assert sorted(lots["rank"].to_pylist()) == list(range(1, len(lots) + 1))


def test_the_capacity_is_spent_and_a_tenth_of_it_on_learning(lot_night: LotNight) -> None:
    counts = {
        each["values"]: each["counts"]
        for each in pc.value_counts(lot_night.tables["gold.lot"]["selection"]).to_pylist()
    }
    assert (counts["rank"], counts["random"], counts["uncertain"]) == (36, 2, 2)


def test_under_priced_lots_are_likelier_to_be_raised_than_honest_ones(lot_night: LotNight) -> None:
    truth = lot_night.world.truth()
    wrong = truth.filter(pc.and_(truth["is_true_case"], pc.greater_equal(truth["cut"], 0.35)))[
        "declaration_id"
    ].combine_chunks()
    lots = lot_night.tables["gold.lot"]
    is_wrong, is_raised = (
        pc.is_in(lots["declaration_id"], wrong).to_numpy(),
        pc.greater_equal(lots["level"], 2).to_numpy(),
    )
    assert is_raised[is_wrong].mean() > 4 * is_raised[~is_wrong].mean()


def test_spark_and_the_driver_find_the_same(telling_night: LotNight, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parted over workers, products keep their numbers, down to the last digit stored, and a ranker its text."""
    monkeypatch.setattr(low_price_night, "FEW_LOTS", 0)
    parted = find_low_prices(telling_night.lake, telling_night.night, night_config(), CAPACITY)
    assert {name: parted[name].equals(telling_night.tables[name]) for name in TABLES} == dict.fromkeys(TABLES, True)


def test_a_night_says_whether_it_ranks_by_what_it_learned(lot_night: LotNight, telling_night: LotNight) -> None:
    """The generated world has few inspections; where they are many and tell, a lot's chance follows its importer's
    past.
    """
    few, many = (night.tables["gold.lot_ranker"].to_pylist()[0] for night in (lot_night, telling_night))
    assert (few["ranker_state"], few["model_text"]) == ("few_labels", None)
    assert many["ranker_state"] == "promoted"
    assert many["gain_lower"] > 0.1
    lots = telling_night.tables["gold.lot"]
    is_stated = pc.greater(pc.list_value_length(lots["learned"]), 0)
    assert pc.mean(lots.filter(is_stated)["probability"]).as_py() > 0.5
    assert pc.mean(lots.filter(pc.invert(is_stated))["probability"]).as_py() < 0.1
    assert pc.sum(pc.list_value_length(lot_night.tables["gold.lot"]["learned"])).as_py() == 0


def test_a_finding_is_known_from_its_day_in_seoul(telling_night: LotNight) -> None:
    """Kept at midnight in Seoul, which is the day before in UTC; here three days after the declaration."""
    known = telling_night.tables["gold.known_lot"].filter(
        pc.is_valid(telling_night.tables["gold.known_lot"]["finding"])
    )
    waited = pc.subtract(known["finding_known_on"].cast(pa.int32()), known["period_start"].cast(pa.int32()))
    assert pc.unique(waited).to_pylist() == [3]


def test_lots_at_level_two_have_comparables_and_a_path(lot_night: LotNight) -> None:
    tables = lot_night.tables
    raised = tables["gold.lot"].filter(pc.greater_equal(tables["gold.lot"]["level"], 2))
    compared = raised.filter(pc.is_valid(raised["lowest_declaration_id"]))
    assert set(compared["declaration_id"].to_pylist()) <= set(tables["gold.comparable"]["declaration_id"].to_pylist())
    known = raised.filter(pc.equal(raised["reference_rung"], 0))
    assert set(known["market_id"].to_pylist()) <= set(tables["gold.price_path"]["market_id"].to_pylist())
    lowest = tables["gold.comparable"].filter(tables["gold.comparable"]["is_lowest"])
    assert len(lowest) == len(compared)


def test_a_night_of_no_declarations_writes_empty_tables(lake: Lake) -> None:
    result = detect(lake, date(2024, 5, 31), 40).tables
    assert {name: len(result[name]) for name in TABLES} == dict.fromkeys(TABLES, 0)
    assert len(make_alerts(result, date(2024, 5, 31))) == 0


def test_a_market_without_lots_of_late_has_no_path(lot_night: LotNight) -> None:
    """Assessed over a longer time than a path is shown, a lot may lie in a market that has since gone quiet."""
    world = lot_night.world
    early = date(2026, 1, 15) + timedelta(days=150)
    result = find_low_prices(lot_night.lake, early, replace(night_config(), assessed_days=365, pool_days=365), CAPACITY)
    first = early - timedelta(days=179)
    assert len(result["gold.lot"]) == len(world)
    assert pc.min(result["gold.price_path"]["period_start"]).as_py() >= first
