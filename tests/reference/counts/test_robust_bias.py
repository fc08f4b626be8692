import numpy as np
import pytest

from tests.reference.counts.robust_bias import correct, unbiased_dispersion


def weighted_estimates(y: np.ndarray, mean: float, phi: float, limit: float) -> tuple[float, float]:
    """Mean and dispersion of counts down-weighted around the truth, as a long baseline would estimate them."""
    residual = 1.5 * (np.cbrt(y) ** 2 * mean ** (-1 / 6) - np.sqrt(mean)) / np.sqrt(phi)
    weight = np.where(np.abs(residual) > limit, np.maximum(residual**2, 1e-12) ** -1, 1.0)
    low = (weight * y).sum() / weight.sum()
    return low, (weight * (y - low) ** 2).sum() / weight.sum() / low


@pytest.mark.parametrize(("mean", "phi"), [(0.3, 3.0), (1.0, 1.5), (5.0, 3.0), (100.0, 1.0)])
def test_correction_brings_back_mean_and_dispersion(mean: float, phi: float) -> None:
    rng = np.random.default_rng(2)
    size = 400_000
    y = (rng.poisson(mean, size) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi, size)).astype(float)
    low_mean, low_phi = (np.array([value]) for value in weighted_estimates(y, mean, phi, 2.58))
    fixed_mean, fixed_phi, _ = correct(low_mean, low_phi, low_mean, 2.58)
    assert fixed_mean[0] == pytest.approx(mean, rel=0.03)
    assert fixed_phi[0] == pytest.approx(phi, rel=0.05)
    assert abs(fixed_phi[0] - phi) < abs(low_phi[0] - phi)


def test_a_normal_dispersion_comes_out_seven_per_cent_low_uncorrected() -> None:
    low = np.array([1.0])
    _, fixed, spread = correct(np.array([1500.0]), low, np.array([1500.0]), 2.58)
    assert fixed[0] == pytest.approx(1.07, abs=0.01)
    assert spread[0] < 2.0


def test_small_sample_bias_is_solved_for_and_bounded() -> None:
    error, phi = np.array([0.05]), 2.0
    seen = np.array([phi * (1 - (phi - 1) * 0.05)])
    assert unbiased_dispersion(seen, error)[0] == pytest.approx(phi, rel=1e-3)
    assert unbiased_dispersion(np.array([50.0]), np.array([1.0]))[0] == pytest.approx(50.0 / 0.6)
