"""What is at stake in a lot, through tariffs that are not linear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import contracts
from jobs.domains.low_price.methods.duty import AD_VALOREM, GREATER_OF, KINDS, LARGEST_KG, LARGEST_WON, Rates
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
    n = np.size(declared)
    rates = Rates(
        duty_kind=np.full(n, kind),
        ad_valorem_pct=np.full(n, percent),
        specific_krw_per_kg=np.full(n, per_kg),
        is_vat_exempt=np.full(n, exempt),
    )
    arrays = (
        np.broadcast_to(np.array(each, float), n)
        for each in (probability, declared, mass, mass if carried is None else carried, reference, log_sd, lowest)
    )
    return assess_stakes(*arrays, rates)


def ends(name):
    """Values anywhere in the range that a column's contract allows, its ends among them."""
    column = contracts.fields()[name]
    least, most = float(column.range.least or 0), float(column.range.most)
    return st.one_of(st.floats(least, most), st.sampled_from([least, most, most / 2]))


@given(
    declared=ends("customs_value_krw"),
    mass=ends("net_mass_kg"),
    carried=st.none() | ends("net_mass_kg"),
    rate=st.tuples(st.sampled_from(KINDS), ends("ad_valorem_pct"), ends("specific_krw_per_kg"), st.booleans()),
    reference=st.floats(0, 1e15) | st.just(np.nan),
    log_sd=st.floats(0, 50),
    lowest=st.floats(0, 1e15) | st.just(np.nan),
)
def test_what_the_contract_allows_is_computed_or_passed_over(declared, mass, carried, rate, reference, log_sd, lowest):
    """A lot beyond the model stands alone: the one beside it is computed as if it were not there."""
    carried = mass if carried is None else carried
    stated = ([declared, 5_000_000], [mass, 10_000], [reference, 1_000], [log_sd, 0.1], [lowest, 700])
    both = assess(*stated, carried=[carried, 10_000], rate=rate)
    is_within = declared <= LARGEST_WON and max(mass, carried) <= LARGEST_KG
    assert both.is_computed.tolist() == [is_within, True]
    assert is_within or np.isnan([both.expected[0], both.expected_upper[0], both.expected_at_lowest[0]]).all()
    assert not is_within or both.shortfall_lower[0] <= both.shortfall[0] <= both.shortfall_upper[0]
    alone = assess(5_000_000, 10_000, 1_000, lowest=700, rate=rate)
    assert (both.expected[1], both.expected_at_lowest[1]) == (alone.expected[0], alone.expected_at_lowest[0])


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
