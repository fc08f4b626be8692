"""What is at stake in a lot, through tariffs that are not linear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.methods.duty import AD_VALOREM, GREATER_OF, Rates
from jobs.domains.low_price.methods.expected_duty import assess_stakes


def assess(
    declared,
    mass,
    reference,
    log_sd=0.1,
    lowest=np.nan,
    probability=0.5,
    carried=None,
    rate=(AD_VALOREM, 50.0, 0.0, True),
):
    kind, percent, per_kg, exempt = rate
    rates = Rates(
        duty_kind=np.array([kind]),
        ad_valorem_pct=np.array([percent]),
        specific_krw_per_kg=np.array([per_kg]),
        is_vat_exempt=np.array([exempt]),
    )
    arrays = (
        np.array([each], float)
        for each in (probability, declared, mass, mass if carried is None else carried, reference, log_sd, lowest)
    )
    return assess_stakes(*arrays, rates)


def test_the_expected_sum_is_the_chance_times_what_the_reference_would_owe_more():
    # 10 t declared at 500 won/kg against a reference of 1,000, half of it duty
    result = assess(5_000_000, 10_000, 1_000)
    assert (result.shortfall[0], result.expected[0]) == (2_500_000, 1_250_000)


def test_the_garlic_of_2014_owes_more_by_value_and_nothing_while_the_rate_per_kg_binds():
    rate = (GREATER_OF, 360.0, 1_800.0, True)
    result = assess(708, 1, 3_433, rate=rate, probability=1.0)
    assert result.shortfall[0] == 12_350 - 2_540  # 360 % of 3,433 and of 708 won, each cut to tens
    # a value of 400 against 490 won/kg: both under the 500 from which 360 % passes 1,800 won
    assert assess(400, 1, 490, log_sd=0.0, rate=rate).shortfall[0] == 0


def test_the_lowest_accepted_comparable_gives_the_lower_figure_or_none():
    result = assess(5_000_000, 10_000, 1_000, lowest=700.0)
    assert result.shortfall_at_lowest[0] == 1_000_000
    assert result.expected_at_lowest[0] == 500_000
    assert np.isnan(assess(5_000_000, 10_000, 1_000).expected_at_lowest[0])


def test_mass_that_was_carried_and_not_declared_owes_duty_at_the_usual_price():
    """8 t declared of 10 t at the usual 1,000 won/kg: the price is right, and duty on two tonnes is missing."""
    assert assess(8_000_000, 8_000, 1_000, carried=10_000).shortfall[0] == 1_000_000
    assert assess(8_000_000, 8_000, 1_000).shortfall[0] == 0


@pytest.mark.parametrize("reference", [np.nan, 0.0])
def test_without_a_reference_nothing_is_at_stake(reference):
    result = assess(5_000_000, 10_000, reference)
    assert (result.shortfall[0], result.shortfall_upper[0]) == (0.0, 0.0)


@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(0, 1), st.floats(0, 1), st.sampled_from([0, 1, 2]))
def test_the_interval_holds_the_figure_and_none_is_below_zero(declared, reference, log_sd, probability, kind):
    rate = (kind, 360.0, 1_800.0, False)
    result = assess(declared * 1_000, 1_000, reference, log_sd, probability=probability, rate=rate)
    assert 0 <= result.expected_lower[0] <= result.expected[0] <= result.expected_upper[0]


def test_nine_of_ten_true_prices_owe_a_sum_within_the_interval():
    rng = np.random.default_rng(5)
    n = 4_000
    log_sd = rng.uniform(0.05, 0.3, n)
    truth = 1_000 * np.exp(rng.normal(0, log_sd))
    rates = Rates(
        duty_kind=np.full(n, GREATER_OF),
        ad_valorem_pct=np.full(n, 360.0),
        specific_krw_per_kg=np.full(n, 1_800.0),
        is_vat_exempt=np.zeros(n, bool),
    )
    mass, nothing = np.full(n, 1_000.0), np.full(n, np.nan)
    declared = np.full(n, 300_000.0)
    result = assess_stakes(np.ones(n), declared, mass, mass, np.full(n, 1_000.0), log_sd, nothing, rates)
    true = assess_stakes(np.ones(n), declared, mass, mass, truth, np.zeros(n), nothing, rates).shortfall
    inside = (result.shortfall_lower <= true) & (true <= result.shortfall_upper)
    assert inside.mean() == pytest.approx(0.9, abs=0.015)
