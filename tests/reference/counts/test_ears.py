"""EARS against stored outputs of R `surveillance::earsC`."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.reference.counts.ears import ears

GOLDEN = Path(__file__).parents[2] / "golden"


def read(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_limits_and_alarms_equal_rs(method: str) -> None:
    y = np.array([[float(row["observed"]) for row in read("salmonella_agona_series.csv")]])
    rows = [row for row in read("earsC_salmonella_agona.csv") if row["method"] == method]
    at = np.array([int(row["idx"]) - 1 for row in rows])
    verdict = ears(y, method, alpha=float(rows[0]["alpha"]))
    theirs = np.array([float(row["upperbound"]) for row in rows])
    np.testing.assert_allclose(verdict.upper[0, at], theirs, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(verdict.alarm[0, at], [row["alarm"] == "1" for row in rows])


def test_periods_without_a_full_baseline_are_not_judged() -> None:
    y = np.arange(20.0)[None, :]
    for method, first in (("C1", 7), ("C2", 9), ("C3", 11)):
        upper = ears(y, method, alpha=0.01).upper[0]
        assert np.isnan(upper[:first]).all()
        assert np.isfinite(upper[first:]).all()


def test_an_unknown_period_silences_only_those_that_look_at_it() -> None:
    y = np.ones((1, 30))
    y[0, 15] = np.nan
    upper = ears(y, "C1", alpha=0.01, min_sigma=0.5).upper[0]
    assert np.isnan(upper[16:23]).all()
    assert np.isfinite(upper[23:]).all()


def test_a_baseline_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="baseline"):
        ears(np.ones((1, 10)), "C1", alpha=0.01, baseline=2)
