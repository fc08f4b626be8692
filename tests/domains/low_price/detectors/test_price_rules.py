"""LP-1 to LP-5 on rows small enough to check by hand, and their false alarms on honest lots."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.detectors import lp_1, lp_2, lp_3, lp_4, lp_5
from jobs.domains.low_price.methods.comparables.comparables import find_comparables
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.price_changes import MemoryRule
from jobs.domains.low_price.methods.price_test import PriceTest, compare_price, uncertainty
from jobs.stats.robust.medians import row_median, row_spread
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import DAY, make_lots

RULE = LOW_PRICE.price
REVIEW = replace(LOW_PRICE.comparables, window=LOW_PRICE.exculpation.vouching)
MEMORY = MemoryRule(lots=20, days=365)
NEW_COUNTERPART = lp_5.NewCounterpartRule(lots=20, days=365, fresh_days=90)
assess_comparables = partial(lp_1.assess_comparables, usual_log_sd=None, rule=RULE)
assess_world_price = partial(lp_3.assess_world_price, usual_log_sd=None, rule=RULE, world=LOW_PRICE.world)
assess_survey_price = partial(lp_4.assess_survey_price, rule=RULE, survey=LOW_PRICE.survey)


def assess_supplier_change(assessed: Lots, past: Lots, expected=None, past_expected=None) -> PriceTest:
    """LP-2; without expected prices they are compared as they are."""
    expected = np.ones(len(assessed)) if expected is None else expected
    past_expected = np.ones(len(past)) if past_expected is None else past_expected
    return lp_2.assess_supplier_change(assessed, past, expected, past_expected, None, RULE, MEMORY)


def assess_new_counterpart(assessed: Lots, past: Lots) -> PriceTest:
    """LP-5, prices compared as they are."""
    expected, past_expected = np.ones(len(assessed)), np.ones(len(past))
    return lp_5.assess_new_counterpart(assessed, past, expected, past_expected, None, RULE, NEW_COUNTERPART)


KIND_OF = np.array([0, 0, 1])
HONEST = [0.90, 0.95, 1.00, 1.05, 1.10]


def against_comparables(declared: float, **pool: object) -> PriceTest:
    assessed = make_lots(importer=0, price=declared)
    return assess_comparables(assessed.price, find_comparables(assessed, make_lots(**pool), KIND_OF, REVIEW))


def test_lp1_compares_with_the_median_of_identical_goods() -> None:
    test = against_comparables(0.5, price=HONEST)
    assert (test.reference[0], test.ratio[0], test.n[0]) == (pytest.approx(1.0), pytest.approx(0.5), 5)
    assert test.is_low[0]
    assert {code for code, holds in test.reasons.items() if holds[0]} == {"lp1_identical", "lp1_below_lowest"}


def test_lp1_names_similar_goods_where_no_identical_ones_are() -> None:
    test = against_comparables(0.5, price=HONEST, specification=1)
    assert test.reasons["lp1_similar"][0]
    assert not test.reasons["lp1_identical"][0]


def test_lp1_does_not_test_on_another_origin_or_on_two_lots() -> None:
    assert np.isnan(against_comparables(0.5, price=HONEST, origin=1).z[0])
    assert np.isnan(against_comparables(0.5, price=[1.0, 1.0]).z[0])


def test_lp1_uses_only_the_best_rung_of_a_mixed_list() -> None:
    test = against_comparables(0.9, price=[1.0, 1.0, 1.0, 9.0, 9.0, 9.0], specification=[0, 0, 0, 1, 1, 1])
    assert test.reference[0] == pytest.approx(1.0)


def test_one_absurd_comparable_moves_neither_reference_nor_spread() -> None:
    clean, dirty = (against_comparables(0.5, price=[*HONEST, last]) for last in (1.0, 0.001))
    assert dirty.z[0] == pytest.approx(clean.z[0], rel=0.1)


def test_three_equal_prices_prove_no_spread_of_zero() -> None:
    assert against_comparables(0.9, price=[1.0, 1.0, 1.0]).z[0] > -1.0


@pytest.mark.parametrize("log_sd", [0.10, 0.15, 0.25])
@pytest.mark.parametrize("n", [3, 5, 20])
def test_honest_lots_stand_below_the_limits_at_no_more_than_about_the_nominal_rate(n: int, log_sd: float) -> None:
    """P(z < -2) is 2.3 %; medians of few prices and their spreads make it at most 3.2 %, known spread or not."""
    rng = np.random.default_rng(5)
    log_price, honest = rng.normal(0, log_sd, (20_000, n)), rng.normal(0, log_sd, 20_000)
    middle, size = row_median(log_price)
    spread = row_spread(log_price, middle)
    for usual in (None, np.full(20_000, log_sd)):
        scale = uncertainty(spread, size, RULE, usual)
        low = compare_price(np.exp(honest), np.exp(middle), scale, size, RULE).is_low.mean()
        assert low < 0.032
    assert low > 0.010  # and where the spread is known, the limit is not idle


def supplier(past_price: list[float], **past: object) -> PriceTest:
    days = DAY - 10 * np.arange(len(past_price))[::-1] - 10
    assessed = make_lots(importer=0, exporter=3, price=0.5, shipped=DAY)
    return assess_supplier_change(assessed, make_lots(exporter=3, price=past_price, shipped=days, **past))


def test_lp2_finds_a_supplier_that_halves_its_price() -> None:
    test = supplier(HONEST)
    assert (test.ratio[0], test.n[0]) == (pytest.approx(0.5), 5)
    assert test.reasons["lp2_supplier_change"][0]


def test_lp2_is_silent_where_the_price_was_always_low() -> None:
    assert not supplier([0.5] * 5).is_low[0]


def test_lp2_knows_no_other_goods_and_nothing_older_than_a_year() -> None:
    assert np.isnan(supplier(HONEST, product=1).z[0])
    assert np.isnan(supplier(HONEST, trade_level=1).z[0])
    assert np.isnan(supplier(HONEST, declared=DAY - 400).z[0])


@pytest.mark.parametrize("decided", [{"is_accepted": False}, {"is_disputed": True}])
def test_lp2_trusts_no_past_price_that_did_not_stand(decided: dict[str, bool]) -> None:
    assert np.isnan(supplier(HONEST, **decided).z[0])


def test_lp2_looks_at_earlier_days_only() -> None:
    assert np.isnan(supplier(HONEST, declared=DAY + 10).z[0])


def test_lp2_forgets_all_but_the_last_twenty() -> None:
    assert supplier([9.0] * 30 + [0.5] * 20).ratio[0] == pytest.approx(1.0)


def test_lp2_follows_a_market_that_halved() -> None:
    assessed = make_lots(exporter=3, price=0.5, shipped=DAY)
    past = make_lots(exporter=3, price=HONEST, shipped=DAY - 20)
    assert assess_supplier_change(assessed, past).is_low[0]
    test = assess_supplier_change(assessed, past, np.array([0.5]), np.ones(5))
    assert test.ratio[0] == pytest.approx(1.0)


def switching(exporter: int = 9, **later: object) -> PriceTest:
    """An importer with five lots at 1 from exporter 3, then one at 0.5."""
    past = make_lots(
        importer=7,
        exporter=[3, 3, 3, 3, 3, *([exporter] if later else [])],
        price=[*HONEST, *([0.5] if later else [])],
        shipped=[*(DAY - np.arange(100, 150, 10)), *([later["shipped"]] if later else [])],
    )
    return assess_new_counterpart(make_lots(importer=7, exporter=exporter, price=0.5, shipped=DAY), past)


def test_lp5_compares_with_what_the_importer_paid_elsewhere() -> None:
    test = switching()
    assert (test.ratio[0], test.n[0]) == (pytest.approx(0.5), 5)
    assert test.reasons["lp5_new_counterpart"][0]


def test_lp5_is_no_test_without_a_change_of_counterpart() -> None:
    assert np.isnan(switching(exporter=3).z[0])


def test_lp5_keeps_comparing_with_the_time_before_the_change() -> None:
    """The second cheap lot from the new exporter is not compared with the first."""
    assert switching(shipped=DAY - 40).ratio[0] == pytest.approx(0.5)


def test_lp5_ends_ninety_days_after_the_change() -> None:
    assert np.isfinite(switching(shipped=DAY - 90).z[0])
    assert np.isnan(switching(shipped=DAY - 91).z[0])


def test_lp3_takes_the_usual_premium_over_the_quotation() -> None:
    """Such goods cost 1.5 times the quotation; now 2, a lot at 1.5 is half of what it should be."""
    pool = make_lots(importer=[1, 2, 3, 4], price=[1.4, 1.5, 1.5, 1.6])
    test = assess_world_price(make_lots(price=1.5), pool, np.array([2.0]), np.ones(4))
    assert (test.reference[0], test.n[0]) == (pytest.approx(3.0), 4)
    assert test.reasons["lp3_world_price"][0]


def test_lp3_gives_every_firm_one_vote() -> None:
    pool = make_lots(importer=[1] * 50 + [2, 3], price=[0.5] * 50 + [1.0, 1.0])
    assert assess_world_price(make_lots(), pool, np.ones(1), np.ones(52)).reference[0] == pytest.approx(1.0)


def test_lp3_needs_three_firms_and_a_quotation() -> None:
    pool = make_lots(importer=[1, 1, 1, 2], price=[1.0] * 4)
    assert np.isnan(assess_world_price(make_lots(), pool, np.ones(1), np.ones(4)).z[0])
    pool = make_lots(importer=[1, 2, 3], price=[1.0] * 3)
    assert np.isnan(assess_world_price(make_lots(), pool, np.full(1, np.nan), np.ones(3)).z[0])
    assert np.isnan(assess_world_price(make_lots(product=1), pool, np.ones(1), np.ones(3)).z[0])


def test_lp4_never_takes_a_survey_for_more_certain_than_a_quarter() -> None:
    test = assess_survey_price(np.array([708.0, 708.0]), np.array([3433.0, 3433.0]), np.array([0.01, 0.5]))
    assert test.ratio == pytest.approx([0.2062, 0.2062], abs=1e-4)
    assert test.z == pytest.approx([np.log(708 / 3433) / 0.25, np.log(708 / 3433) / 0.5])


@pytest.mark.parametrize("price", [np.nan, 0.0, -1.0, np.inf])
def test_a_price_that_is_none_is_no_test(price: float) -> None:
    test = compare_price(np.array([price]), np.ones(1), np.full(1, 0.2), np.full(1, 50), RULE)
    assert np.isnan(test.z[0])
    assert not test.is_low[0]
    assert test.n[0] == 0
