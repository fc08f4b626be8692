"""A small version of `tests/calibration/counts.py`: rates where nothing happens, detection of a halved flow."""

import numpy as np
import pytest

from tests.calibration.counts import DISPERSIONS, MEANS, NOMINAL, detection, realised_rates, simulate_verdict


@pytest.fixture(scope="module")
def rates() -> dict[str, np.ndarray]:
    """Rates (means, dispersions) by kind; each from 1,600 series-weeks."""
    grid = [
        [
            realised_rates(
                simulate_verdict(mean, phi, "week", 400, 0.3, np.random.default_rng([4, i, j])),
                np.random.default_rng([5, i, j]),
            )
            for j, phi in enumerate(DISPERSIONS)
        ]
        for i, mean in enumerate(MEANS)
    ]
    return {
        name: np.array([[getattr(cell, name) for cell in row] for row in grid])
        for name in ("drop", "surge", "drop_alarm", "surge_alarm")
    }


@pytest.mark.parametrize("tail", ["drop", "surge"])
def test_randomised_p_realises_its_level(rates: dict[str, np.ndarray], tail: str) -> None:
    # 24,000 series-weeks in all, 4,800 a density, 8,000 a dispersion: about three standard errors each way.
    assert rates[tail].mean() == pytest.approx(NOMINAL, abs=0.002)
    np.testing.assert_allclose(rates[tail].mean(axis=1), NOMINAL, atol=0.0045)
    np.testing.assert_allclose(rates[tail].mean(axis=0), NOMINAL, atol=0.0035)


@pytest.mark.parametrize("tail", ["drop_alarm", "surge_alarm"])
def test_alarms_stay_under_their_level(rates: dict[str, np.ndarray], tail: str) -> None:
    assert rates[tail].mean() <= NOMINAL
    assert rates[tail].max() <= 0.013 + 2 * 0.0028


@pytest.mark.parametrize(("phi", "wanted"), [(1.5, 0.90), (3.0, 0.75)])
def test_a_halved_flow_is_found_within_four_weeks(phi: float, wanted: float) -> None:
    seen = detection(phi, n_series=120, seed=11)
    assert seen["within 4"] >= wanted
    assert seen["false alarms"] <= 0.015
