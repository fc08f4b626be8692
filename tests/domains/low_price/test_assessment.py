"""Lots to levels in one place: grounds side by side, patterns and vouchers where they belong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jobs.domains.low_price.assessment import AssessedLots, assess_lots
from jobs.domains.low_price.facts.lot_facts import LotFacts, bare_facts
from jobs.domains.low_price.methods.lots import Lots
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import DAY, make_lots

CONFIG = LOW_PRICE
DAYS = 120
NIGHT = DAY + DAYS


def market(last_price: float, **last: object) -> Lots:
    """Two lots a day of sixty importers around 2 USD/kg, and one more on the last day at this price."""
    rng = np.random.default_rng(3)
    n = 2 * DAYS
    declared = DAY + np.arange(n) // 2
    columns: dict[str, object] = {
        "importer": np.append(rng.integers(1, 61, n), 99),
        "exporter": np.append(rng.integers(1, 21, n), 50),
        "declared": np.append(declared, NIGHT),
        "shipped": np.append(declared - 10, NIGHT - 10),
        "price": np.append(2.0 * np.exp(rng.normal(0, 0.1, n)), last_price),
        "is_accepted": np.append(np.ones(n, dtype=bool), False),
    }
    return replace(
        make_lots(**columns), **{name: np.append(np.zeros(n, dtype=int), value) for name, value in last.items()}
    )


def facts_of(lots: Lots) -> LotFacts:
    is_assessed = np.arange(len(lots)) == len(lots) - 1
    return bare_facts(lots, is_assessed, np.arange(int(lots.specification.max()) + 1), NIGHT)


def assessed(lots: Lots, **known: object) -> AssessedLots:
    return assess_lots(replace(facts_of(lots), **known), CONFIG, capacity=5)


def last(value: float, size: int = 2 * DAYS + 1) -> np.ndarray:
    return np.append(np.full(size - 1, np.nan), value)


def test_a_lot_at_the_usual_price_is_at_level_one() -> None:
    assert assessed(market(2.0)).assessment.levels.level.tolist() == [1]


def test_half_the_usual_price_stands_on_the_reference_and_on_comparables() -> None:
    result = assessed(market(0.9)).assessment
    assert result.levels.level.tolist() == [4]
    assert result.tests["LP-REF"].is_low.all()
    assert result.tests["LP-1"].is_low.all()
    assert result.tests["LP-REF"].ratio[0] == pytest.approx(0.45, abs=0.03)
    assert not np.isfinite(result.tests["LP-4"].ratio).any()


def test_a_survey_price_judges_goods_that_nobody_has_sold_before() -> None:
    alone = assessed(market(0.7, product=1), survey_price=last(3.4))
    assert alone.assessment.levels.level.tolist() == [4]
    assert alone.selection.stakes.shortfall[0] > 0


def test_an_accepted_third_party_caps_the_level_and_is_named() -> None:
    lots = market(0.9)
    lots.price[200], lots.is_examined[200], lots.exporter[200], lots.exporter_group[200] = 0.85, True, 50, 50
    result = assessed(lots).assessment
    assert result.levels.level.tolist() == [2]
    assert result.pool[result.exculpation.voucher[0]] == 200


def test_what_the_day_knew_is_all_that_counts() -> None:
    """Lots declared on the assessed lot's own day or later do not move its reference."""
    lots = market(0.9)
    today = make_lots(20, importer=np.arange(200, 220), price=0.9, declared=NIGHT, shipped=NIGHT - 10)
    more = Lots(**{name: np.append(getattr(today, name), getattr(lots, name)) for name in Lots.__dataclass_fields__})
    assert (
        assessed(more).assessment.tests["LP-REF"].reference[0] == assessed(lots).assessment.tests["LP-REF"].reference[0]
    )


def test_products_judged_apart_are_judged_alike() -> None:
    one, other = market(0.9), replace(market(1.1), product=np.ones(2 * DAYS + 1, dtype=int))
    both = Lots(**{name: np.append(getattr(one, name), getattr(other, name)) for name in Lots.__dataclass_fields__})
    whole = assess_lots(
        replace(facts_of(both), is_assessed=np.isin(np.arange(len(both)), [2 * DAYS, len(both) - 1])), CONFIG, 5
    )
    separate = [assessed(each).assessment.tests["LP-REF"].z[0] for each in (one, other)]
    assert whole.assessment.tests["LP-REF"].z.tolist() == separate


@pytest.mark.parametrize("unit", [1000.0, 0.001])
def test_the_first_lot_of_a_thin_market_in_another_unit_moves_no_price(unit: float) -> None:
    """It would be the reference of all that follow, for months."""
    lots = market(0.9).take(np.arange(0, 2 * DAYS + 1, 20))
    lots.price[0] *= unit
    assert assessed(lots).assessment.tests["LP-REF"].ratio[0] == pytest.approx(0.45, abs=0.06)


def test_a_price_a_thousandth_of_the_usual_is_said_to_be_a_slip_and_not_drawn() -> None:
    result = assessed(market(0.002), is_open=np.ones(2 * DAYS + 1, dtype=bool))
    assert result.assessment.is_implausible.tolist() == [True]
    assert (result.assessment.levels.level.tolist(), result.selection.propensity.tolist()) == ([1], [0.0])
    assert np.isnan(result.selection.probability[0])


def test_a_lot_in_another_unit_vouches_for_nobody() -> None:
    lots = market(0.9)
    lots.price[200], lots.is_examined[200], lots.exporter[200], lots.exporter_group[200] = 0.002, True, 50, 50
    result = assessed(lots).assessment
    assert (result.levels.level.tolist(), result.exculpation.voucher.tolist()) == ([4], [-1])
    assert result.comparables.lowest[0] > 1


def test_a_price_of_a_seventh_is_a_low_price() -> None:
    result = assessed(market(0.3)).assessment
    assert (result.levels.level.tolist(), result.is_implausible.tolist()) == ([4], [False])
