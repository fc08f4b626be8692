"""Who may speak for an importer, and who may not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.methods.comparables import exculpation, market_fall, quantity_discount
from jobs.domains.low_price.methods.comparables.windows import Window
from jobs.domains.low_price.methods.lots import Lots
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import DAY, make_lots, random_lots

EXCULPATION = LOW_PRICE.exculpation
find_voucher = partial(exculpation.find_voucher, rule=EXCULPATION)
search_exculpation = partial(exculpation.search_exculpation, rule=EXCULPATION)
find_market_fall = partial(market_fall.find_market_fall, rule=EXCULPATION.fall)
expect_quantity_discount = partial(quantity_discount.expect_quantity_discount, rule=EXCULPATION.curve)

CLEAN = np.zeros(5, dtype=bool)


def voucher_of(
    pool: Lots, window: Window = EXCULPATION.vouching, is_discredited: np.ndarray = CLEAN, **assessed: object
) -> int:
    return int(
        find_voucher(
            make_lots(**({"importer": 0} | assessed)), pool, is_discredited, rule=replace(EXCULPATION, vouching=window)
        )[0]
    )


@pytest.mark.parametrize(
    ("other", "vouches"),
    [
        ({}, True),
        ({"price": 0.9}, True),
        ({"price": 1.0005}, True),  # the same price, rounded
        ({"price": 1.01}, False),
        ({"is_examined": False}, False),
        ({"is_accepted": False}, False),
        ({"is_disputed": True}, False),
        ({"importer": 0}, False),
        ({"importer": 5, "importer_group": 0}, False),
        ({"importer": -1}, False),
        ({"exporter": 1}, False),
        ({"exporter": -1}, False),
        ({"exporter_group": -1}, False),
        ({"exporter_group": 7}, False),  # a network nobody has looked at
        ({"specification": 1}, False),
        ({"trade_level": 1}, False),
        ({"origin": 1}, False),
        ({"product": 1}, False),
        ({"shipped": DAY - 30}, True),
        ({"shipped": DAY - 31}, False),
        ({"shipped": DAY + 30}, True),
        ({"shipped": DAY + 31}, False),
    ],
)
def test_one_lot_vouches_or_does_not(other: dict[str, object], vouches: bool) -> None:
    assert voucher_of(make_lots(**({"is_examined": True} | other))) == (0 if vouches else -1)


def test_nobody_vouches_where_the_network_copies_prices_or_hugs_a_reference() -> None:
    pool = make_lots(is_examined=True, exporter_group=3, exporter=[0, 0])
    assert voucher_of(pool) == 0
    assert voucher_of(pool, is_discredited=np.arange(5) == 3) == -1


def test_importers_nobody_knows_cannot_be_shown_to_be_unrelated() -> None:
    assert voucher_of(make_lots(is_examined=True), importer=-1) == -1


def test_freight_is_made_equal_before_prices_are_compared() -> None:
    pool = make_lots(is_examined=True, price=1.10, freight=0.30)
    assert voucher_of(pool, price=1.00, freight=0.20) == 0
    assert voucher_of(pool, price=1.00, freight=0.10) == 0
    assert voucher_of(pool, price=1.00, freight=0.35) == -1


def test_the_lowest_lot_of_several_is_named() -> None:
    assert voucher_of(make_lots(is_examined=True, price=[1.2, 0.98, 0.95, 0.99])) == 2


def test_a_ring_of_related_importers_does_not_carry_itself() -> None:
    """Three firms of one component, all examined and accepted at the same price."""
    lots = make_lots(importer=[1, 2, 3], importer_group=[8, 8, 8], is_examined=True)
    assert find_voucher(lots, lots, CLEAN).tolist() == [-1, -1, -1]


def test_unexamined_lots_of_a_ring_do_not_carry_each_other() -> None:
    lots = make_lots(importer=[1, 2, 3], is_examined=False)
    assert find_voucher(lots, lots, CLEAN).tolist() == [-1, -1, -1]


def test_one_examined_lot_speaks_for_the_others_and_not_for_itself() -> None:
    lots = make_lots(importer=[1, 2, 3], is_examined=[True, False, False])
    assert find_voucher(lots, lots, CLEAN).tolist() == [-1, 0, 0]


def test_arrays_and_loops_agree() -> None:
    rng = np.random.default_rng(3)
    assessed, pool = random_lots(200, rng), random_lots(600, rng)
    named = find_voucher(assessed, pool, CLEAN)
    same = ("product", "specification", "origin", "trade_level", "exporter")
    vouched = 0
    for i, row in enumerate(named):
        ok = pool.is_accepted & pool.is_examined & ~pool.is_disputed & (pool.exporter_group >= 0)
        ok &= (np.abs(pool.shipped - assessed.shipped[i]) <= 30) & (pool.shipped >= 0) & (assessed.shipped[i] >= 0)
        ok &= (pool.importer_group != assessed.importer_group[i]) & (pool.importer_group >= 0)
        ok &= assessed.importer_group[i] >= 0
        for column in same:
            ok &= (getattr(pool, column) == getattr(assessed, column)[i]) & (getattr(pool, column) >= 0)
        price = pool.price + np.nan_to_num(assessed.freight[i] - pool.freight)
        ok &= price <= assessed.price[i] * 1.001
        assert (row >= 0) == ok.any()
        assert row < 0 or (ok[row] and price[row] == pytest.approx(price[ok].min()))
        vouched += row >= 0
    assert 10 < vouched < 150


def market(now: float, firms: int = 8, noise: float = 0.05) -> Lots:
    """Each of some firms once a week for twenty weeks, the last three at `now` times the price before."""
    rng = np.random.default_rng(2)
    week, firm = (axis.ravel() for axis in np.meshgrid(np.arange(20), np.arange(1, firms + 1), indexing="ij"))
    price = np.where(week >= 17, now, 1.0) * np.exp(rng.normal(0, noise, len(week)))
    return make_lots(importer=firm, price=price, shipped=DAY - 7 * (19 - week))


def test_a_market_that_fell_explains_a_price_that_went_with_it() -> None:
    fall = find_market_fall(make_lots(price=[0.60, 0.30]), market(0.6))
    assert fall.log_change == pytest.approx(np.log([0.6, 0.6]), abs=0.05)
    assert fall.is_fall.tolist() == [True, True]
    assert fall.explains.tolist() == [True, False]


def test_a_market_that_did_not_fall_explains_nothing() -> None:
    assert not find_market_fall(make_lots(price=0.6), market(1.0)).is_fall[0]


def test_three_votes_are_no_market() -> None:
    assert np.isnan(find_market_fall(make_lots(price=0.6), market(0.6, firms=1)).log_change[0])


def test_a_market_without_a_past_has_not_fallen() -> None:
    """Many firms in the last three weeks; in the twelve before, one lot of one firm."""
    lots = market(0.6)
    before = np.flatnonzero(lots.shipped < DAY - 20)
    lots = lots.take(np.concatenate([before[-60:-59], np.flatnonzero(lots.shipped >= DAY - 20)]))
    assert not find_market_fall(make_lots(price=0.6), lots).is_fall[0]


def test_a_fall_within_the_noise_of_a_few_votes_is_none() -> None:
    quiet, restless = (find_market_fall(make_lots(price=0.6), market(0.8, 2, noise)) for noise in (0.02, 0.6))
    assert quiet.is_fall[0]
    assert restless.log_change[0] < -0.1
    assert not restless.is_fall[0]


def test_a_ring_has_one_vote_however_many_lots_it_declares() -> None:
    """Forty cheap lots of related firms a week among seven honest firms."""
    honest, ring = market(1.0, firms=7), market(0.5, firms=40)
    lots = Lots(
        **{name: np.concatenate([getattr(honest, name), getattr(ring, name)]) for name in vars(honest)}
        | {"importer_group": np.concatenate([honest.importer_group, np.full(len(ring), 99)])}
    )
    assert not find_market_fall(make_lots(price=0.5), lots).is_fall[0]


def test_a_week_of_lower_grades_is_no_fall_of_the_market() -> None:
    lots = market(0.6)
    cheap = np.where(lots.shipped > DAY - 20, 1, 0)
    lots = Lots(**vars(lots) | {"specification": cheap})
    assert not find_market_fall(make_lots(price=0.6, specification=1), lots).is_fall[0]


def price_list(slope: float, firms: int = 10, noise: float = 0.02) -> Lots:
    """Ten lots of each firm, from 100 kg to 10 t, on one price-mass curve."""
    rng = np.random.default_rng(4)
    mass = np.tile(np.geomspace(100, 10_000, 10), firms)
    price = (mass / 1000) ** slope * np.exp(rng.normal(0, noise, len(mass)))
    return make_lots(importer=np.repeat(np.arange(1, firms + 1), 10), price=price, net_mass_kg=mass)


def test_a_large_lot_is_granted_the_discount_of_its_goods() -> None:
    discount = expect_quantity_discount(make_lots(importer=0, net_mass_kg=[20_000, 500]), price_list(-0.15))
    assert discount[0] == pytest.approx(-0.15 * np.log(20), abs=0.05)
    assert discount[1] == 0.0


def test_a_firm_does_not_make_its_own_discount() -> None:
    """Eight honest firms without a discount, one that declares its large lots at half of the price."""
    honest, own = price_list(0.0, firms=8), price_list(-0.15, firms=12)
    lots = Lots(
        **{name: np.concatenate([getattr(honest, name), getattr(own, name)]) for name in vars(honest)}
        | {"importer_group": np.concatenate([honest.importer_group, np.full(len(own), 99)])}
    )
    assessed = make_lots(2, importer=[99, 0], net_mass_kg=20_000)
    without_own, with_all = expect_quantity_discount(assessed, lots)
    assert without_own > -0.05
    assert with_all < -0.15
    alone = Lots(**vars(own) | {"importer_group": np.full(len(own), 99)})
    assert expect_quantity_discount(assessed, alone).tolist() == [0.0, 0.0]  # one firm's list is no price list


def test_some_absurd_large_lots_make_no_discount() -> None:
    """The largest lot of four firms of ten at a tenth of its price."""
    lots = price_list(0.0)
    slipped = (lots.net_mass_kg > 9_000) & (lots.importer <= 4)
    lots = Lots(**vars(lots) | {"price": np.where(slipped, lots.price / 10, lots.price)})
    assert expect_quantity_discount(make_lots(importer=0, net_mass_kg=20_000), lots)[0] > -0.1


def test_all_that_speaks_for_a_lot_is_stated_and_only_the_third_party_caps() -> None:
    pool = price_list(-0.15)
    assessed = make_lots(importer=0, net_mass_kg=20_000, price=0.62)
    result = search_exculpation(assessed, pool, np.array([0.62]), CLEAN, {"contract_on_file": np.array([True])})
    assert {code for code, holds in result.reasons.items() if holds[0]} == {"quantity_discount", "contract_on_file"}
    assert not result.is_capped[0]


def test_a_discount_does_not_explain_half_of_the_price() -> None:
    assessed = make_lots(importer=0, net_mass_kg=20_000, price=0.3)
    assert not search_exculpation(assessed, price_list(-0.15), np.array([0.3]), CLEAN, {}).reasons["quantity_discount"][
        0
    ]


def test_an_empty_pool_says_nothing() -> None:
    result = search_exculpation(make_lots(), make_lots(0), np.array([0.4]), CLEAN, {})
    assert not any(holds.any() for holds in result.reasons.values())
