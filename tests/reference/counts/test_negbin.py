import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.reference.counts.negbin import Prediction

MANY = 1e9


def prediction(mean: float, phi: float, log_variance: float = 1e-12, freedom: float = MANY) -> Prediction:
    return Prediction(*(np.array([value]) for value in (mean, phi, log_variance, freedom)))


def test_nothing_left_to_estimate_is_the_plain_negative_binomial() -> None:
    mean, phi = 7.0, 2.5
    plain = stats.nbinom(mean / (phi - 1), 1 / phi)
    for y in (0.0, 3.0, 7.0, 25.0):
        np.testing.assert_allclose(prediction(mean, phi).at_most(np.array([y])), plain.cdf(y), rtol=1e-5)
        np.testing.assert_allclose(prediction(mean, phi).at_least(np.array([y])), plain.sf(y - 1), rtol=1e-5)


def test_a_dispersion_of_one_is_poisson() -> None:
    np.testing.assert_allclose(prediction(4.0, 1.0).at_most(np.array([1.0])), stats.poisson(4.0).cdf(1), rtol=1e-3)


def test_the_means_error_alone_is_a_gamma_mixture_under_jeffreys_prior() -> None:
    events, exposure = 9.0, 3.0
    exact = stats.nbinom(events + 0.5, exposure / (exposure + 1.0))
    mixed = prediction(events / exposure, 1.0, 1.0 / events)
    for y in (0.0, 2.0, 10.0):
        np.testing.assert_allclose(mixed.at_most(np.array([y])), exact.cdf(y), rtol=1e-3)


def test_few_degrees_of_freedom_widen_like_students_t() -> None:
    mean, phi, freedom = 4e6, 6.0, 12.0
    for p in (0.01, 1e-3):
        y = np.array([mean + stats.t.ppf(p, freedom) * np.sqrt(phi * mean)])
        np.testing.assert_allclose(prediction(mean, phi, freedom=freedom).at_most(y), p, rtol=0.03)


def test_an_excess_that_chance_explains_counts_less() -> None:
    y = np.array([10.0])
    poisson, slight, clear = (prediction(25.0, phi, freedom=30.0).at_most(y)[0] for phi in (1.0, 1.1, 2.0))
    assert poisson < slight < clear
    assert poisson < 1.7 * stats.poisson(25.0).cdf(10)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 5000), st.floats(0.8, 20), st.floats(1e-5, 1.0), st.floats(3, 300), st.floats(0, 3))
def test_tails_overlap_in_the_count_itself_and_the_interval_agrees_with_them(
    mean: float, phi: float, log_variance: float, freedom: float, ratio: float
) -> None:
    one = prediction(mean, phi, log_variance, freedom)
    y = np.floor([mean * ratio])
    both = one.at_most(y)[0] + one.at_least(y)[0]
    assert 1.0 - 1e-12 <= both <= 2.0
    lower, upper = one.interval(0.99)
    assert one.at_most(lower)[0] >= 0.005 > one.at_most(lower - 1.0)[0]
    assert one.at_least(upper)[0] > 0.005 >= one.at_least(upper + 1.0)[0]
