"""Compatible mode against stored outputs of R `surveillance` (see golden/README.md for the calls)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.reference.counts.farrington_of_r import ReferenceConfig, baseline_levels, farrington_reference

GOLDEN = Path(__file__).parents[2] / "golden"
IMPROVED = {
    "years_back": 4,
    "half_window": 3,
    "gap": 26,
    "season_levels": 10,
    "weight_limit": 2.58,
    "trend_p": 1.0,
}
CASES = {
    "orig": ReferenceConfig(
        years_back=4, half_window=3, gap=3, season_levels=1, weight_limit=1.0, trend_p=0.05, threshold="delta"
    ),
    "improved_delta": ReferenceConfig(**IMPROVED, threshold="delta"),
    "improved_nb": ReferenceConfig(**IMPROVED, threshold="nbPlugin"),
    "improved_muan": ReferenceConfig(**IMPROVED, threshold="muan"),
}


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([np.nan if row[name] == "NA" else float(row[name]) for row in rows])


def read(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def series() -> np.ndarray:
    return column(read("salmonella_agona_series.csv"), "observed")[None, :]


@pytest.mark.parametrize("case", CASES)
def test_every_number_equals_rs(case: str, series: np.ndarray) -> None:
    rows = [row for row in read("farringtonFlexible_salmonella_agona.csv") if row["case"] == case]
    verdict = farrington_reference(series, column(rows, "idx").astype(int) - 1, CASES[case])
    named = {
        "upperbound": "upper",
        "expected": "expected",
        "pvalue": "p_surge",
        "phi": "phi",
        "trend": "trend",
    }
    for theirs, ours in named.items():
        np.testing.assert_allclose(getattr(verdict, ours)[0], column(rows, theirs), rtol=0, atol=1e-6, err_msg=theirs)
    np.testing.assert_array_equal(verdict.alarm[0], column(rows, "alarm") == 1)


def test_a_batch_gives_each_series_what_it_gets_alone(series: np.ndarray) -> None:
    batch = np.vstack([series, series[:, ::-1], np.roll(series, 17, axis=1)])
    config, at = CASES["improved_delta"], np.array([290, 300])
    combined = farrington_reference(batch, at, config)
    alone = farrington_reference(batch[1:2], at, config)
    np.testing.assert_allclose(combined.upper[1], alone.upper[0], rtol=1e-12)


def test_blocks_leave_the_gap_out_and_share_the_year() -> None:
    levels = baseline_levels(300, CASES["improved_nb"])
    assert not levels[300 - 26 :].any()
    assert np.all(levels[300 - 52 - 3 : 300 - 52 + 4] == 10)
    year = levels[300 - 104 - 3 : 300 - 52 - 3]
    assert [int((year == j).sum()) for j in range(1, 11)] == [5] * 9 + [7]


def test_too_short_a_history_is_refused(series: np.ndarray) -> None:
    with pytest.raises(ValueError, match="baseline"):
        farrington_reference(series, np.array([100]), CASES["orig"])
