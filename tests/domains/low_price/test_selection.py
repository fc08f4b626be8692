"""Whom the capacity is spent on: grounds first, then expected duty; what is settled is not drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs.domains.low_price.methods.duty import AD_VALOREM, Rates
from jobs.domains.low_price.selection import Evidence, PricedLots, Selection, fit_probability_model, select_lots
from jobs.domains.low_price.tables.probability_model import NOT_COMPUTED, with_selection
from jobs.stats.selection.capacity import AT_RANDOM, BY_RANK, NONE
from tests.builders.configs import LOW_PRICE

HONEST = np.random.default_rng(1).normal(0.0, 0.1, 400)


def evidence(log_ratio: Any, odds: Any = 1.0) -> Evidence:
    """Of lots whose honest prices vary by a tenth."""
    log_ratio = np.asarray(log_ratio, dtype=float)
    n = len(log_ratio)
    return Evidence(log_ratio=log_ratio, log_sd=np.full(n, 0.1), odds=np.broadcast_to(odds, n), trade=np.full(n, -1))


CONFIG = LOW_PRICE
MODEL = fit_probability_model(evidence(np.append(HONEST, np.full(20, np.log(0.5)))), CONFIG.evidence)


def priced(ratio: list[float], **stated: Any) -> PricedLots:
    """Lots of a tonne at these ratios of 2 USD/kg, 100 % duty; what is not stated is ordinary."""
    n, log_ratio = len(ratio), np.log(ratio)
    rates = Rates(
        duty_kind=np.full(n, AD_VALOREM),
        ad_valorem_pct=np.full(n, 100.0),
        specific_krw_per_kg=np.zeros(n),
        is_vat_exempt=np.ones(n, dtype=bool),
    )
    columns: dict[str, Any] = {
        "reference_usd_per_kg": 2.0,
        "reference_log_sd": 0.05,
        "lowest_usd_per_kg": np.nan,
        "level": np.where(log_ratio < -0.3, 3, 1),
        "is_capped": False,
        "is_open": True,
        "key": np.arange(n, dtype=np.uint64),
        "customs_value_krw": 2_600_000 * np.exp(log_ratio),
        "krw_per_usd": 1300.0,
        "net_mass_kg": 1000.0,
        "carried_kg": 1000.0,
    }
    whole = {name: np.broadcast_to(value, n) for name, value in {**columns, **stated}.items()}
    return PricedLots(**whole, rates=rates)


def choose(ratio: list[float], capacity: int = 2, odds: Any = 1.0, **stated: Any) -> Selection:
    probability = MODEL.of(evidence(np.log(ratio), odds), CONFIG.evidence)
    return select_lots(priced(ratio, **stated), probability, 20_000, capacity, CONFIG.selection)


def test_the_lot_with_more_at_stake_comes_first() -> None:
    selection = choose([1.0, 0.5, 0.4])
    assert selection.rank.tolist() == [3, 2, 1]
    assert selection.selection.tolist() == [NONE, BY_RANK, BY_RANK]


def test_a_lot_without_a_ground_comes_after_one_with_however_much_is_at_stake() -> None:
    selection = choose(
        [0.9, 0.6],
        level=np.array([1, 2]),
        net_mass_kg=np.array([1e6, 1e3]),
        carried_kg=np.array([1e6, 1e3]),
        customs_value_krw=np.array([2.34e9, 1.56e6]),
    )
    assert selection.stakes.expected[0] > selection.stakes.expected[1]
    assert selection.rank.tolist() == [2, 1]


def test_a_lot_that_a_third_party_speaks_for_comes_after_those_nobody_does() -> None:
    assert choose([0.4, 0.6], level=2, is_capped=np.array([True, False])).rank.tolist() == [2, 1]


def test_a_settled_lot_is_ranked_last_and_never_drawn() -> None:
    selection = choose([0.3, 0.6, 0.7], is_open=np.array([False, True, True]))
    assert (selection.selection[0], selection.propensity[0], selection.rank[0]) == (NONE, 0.0, 3)


def test_a_tenth_of_the_capacity_learns_and_every_open_lot_could_be_drawn() -> None:
    selection = choose([*np.linspace(0.5, 1.2, 50)], capacity=10)
    assert np.bincount(selection.selection).tolist() == [40, 9, 1]
    assert (selection.selection == AT_RANDOM).sum() == 1
    assert (selection.propensity > 0).all()
    assert selection.propensity.sum() == pytest.approx(10)


def test_what_inspections_find_moves_the_chance() -> None:
    """Everything at half the reference turned out honest: the same price is then less suspect."""
    ratio = np.append(HONEST, np.full(60, np.log(0.5)))
    label = np.where(np.arange(460) >= 400, 0.0, np.nan)
    learned = fit_probability_model(evidence(ratio), CONFIG.evidence, label, np.full(460, 1.0))
    cheap = evidence([np.log(0.5)])
    assert fit_probability_model(evidence(ratio), CONFIG.evidence).of(cheap, CONFIG.evidence)[0] > 0.9
    assert learned.of(cheap, CONFIG.evidence)[0] < 0.3


def test_a_pattern_of_the_firm_leads_at_the_same_price() -> None:
    selection = choose([0.85, 0.85], odds=[1.0, 100.0], level=2)
    assert selection.probability[1] > selection.probability[0]
    assert selection.rank.tolist() == [2, 1]


def test_a_lot_lighter_than_it_was_carried_has_duty_at_stake_at_the_usual_price() -> None:
    selection = choose([1.0, 1.0], carried_kg=[1000.0, 1300.0], level=2, odds=100.0)
    assert selection.rank.tolist() == [2, 1]
    assert selection.stakes.shortfall.tolist() == [0, 780_000]


def test_without_a_reference_nothing_is_at_stake() -> None:
    selection = choose([np.nan, 1.0], customs_value_krw=1e6, reference_usd_per_kg=np.array([np.nan, 2.0]))
    assert np.isnan(selection.probability[0])
    assert selection.stakes.expected[0] == 0


@pytest.mark.parametrize("beyond", [{"customs_value_krw": [9e15, 1.3e6]}, {"net_mass_kg": [9e12, 1e3]}])
def test_a_lot_whose_duty_cannot_be_computed_comes_after_its_like_and_says_so(beyond: dict[str, list[float]]) -> None:
    selection = choose([0.5, 0.5], capacity=2, **{name: np.array(values) for name, values in beyond.items()})
    assert selection.rank.tolist() == [2, 1]
    assert selection.stakes.is_computed.tolist() == [False, True]
    rows = with_selection(pa.table({"caps": [["accepted_third_party"], []]}), selection, pa.array([[], []])).to_pylist()
    assert [row["caps"] for row in rows] == [["accepted_third_party", NOT_COMPUTED], []]
    assert [row["stake_krw"] is None for row in rows] == [True, False]
