"""Rule G at its edges: level by ratio, z and support, the pattern's one, the cap last of all."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price import levels
from jobs.domains.low_price.detectors import lp_4
from jobs.domains.low_price.levels import (
    PriceEvidence,
    PriceLevels,
    explain_price_level,
    gather_evidence,
)
from tests.builders.configs import LOW_PRICE

raise_price_levels = partial(levels.raise_price_levels, rule=LOW_PRICE.levels)
assess_survey_price = partial(lp_4.assess_survey_price, log_sd=0.0, rule=LOW_PRICE.price, survey=LOW_PRICE.survey)


def levels_of(
    ratio: float,
    z: float,
    n: int = 50,
    *,
    survey: bool = False,
    pattern: bool = False,
    capped: bool = False,
) -> PriceLevels:
    """Levels of one lot on one ground."""
    return raise_price_levels(
        PriceEvidence(
            grounds=("reference",),
            ratio=np.array([[ratio]]),
            z=np.array([[z]]),
            n=np.array([[n]]),
            is_survey=np.array([survey]),
            patterns={"LP-HUG": np.array([pattern])},
            is_capped=np.array([capped]),
        )
    )


@pytest.mark.parametrize(
    ("ratio", "z", "n", "survey", "level"),
    [
        (0.79, -2.01, 5, False, 2),
        (0.80, -9.00, 5, False, 1),
        (0.79, -2.00, 5, False, 1),
        (0.64, -3.01, 5, False, 3),
        (0.65, -3.01, 5, False, 2),
        (0.64, -3.00, 5, False, 2),
        (0.49, -3.01, 30, False, 4),
        (0.49, -3.01, 29, False, 3),
        (0.49, -3.01, 1, True, 4),
        (0.50, -3.01, 30, False, 3),
        (0.49, -3.00, 30, False, 2),
        (0.79, -4.01, 30, False, 4),
        (0.79, -4.01, 29, False, 2),
        (np.nan, np.nan, 50, True, 1),
    ],
)
def test_one_ground(ratio: float, z: float, n: int, survey: bool, level: int) -> None:
    assert levels_of(ratio, z, n, survey=survey).level[0] == level


@pytest.mark.parametrize(("ratio", "z", "level"), [(1.0, 0.0, 2), (0.7, -2.5, 3), (0.6, -3.5, 4), (0.4, -5.0, 4)])
def test_a_pattern_adds_one_up_to_four(ratio: float, z: float, level: int) -> None:
    assert levels_of(ratio, z, pattern=True).level[0] == level


def test_two_patterns_add_no_more_than_one() -> None:
    evidence = PriceEvidence(
        grounds=("reference",),
        ratio=np.ones((1, 1)),
        z=np.zeros((1, 1)),
        n=np.ones((1, 1)),
        is_survey=np.zeros(1, dtype=bool),
        patterns={"LP-HUG": np.array([True]), "LP-COPY": np.array([True])},
    )
    assert raise_price_levels(evidence).level[0] == 2


def test_the_cap_comes_after_the_pattern() -> None:
    levels = levels_of(0.4, -5.0, pattern=True, capped=True)
    assert (levels.raw[0], levels.before_cap[0], levels.level[0]) == (4, 4, 2)
    assert levels_of(1.0, 0.0, capped=True).level[0] == 1


def test_ratio_and_z_are_of_the_same_ground() -> None:
    """One ground is far off but uncertain, the other sure but near: neither is a third level."""
    evidence = PriceEvidence(
        grounds=("LP-1", "LP-3"),
        ratio=np.array([[0.3, 0.9]]),
        z=np.array([[-1.0, -3.5]]),
        n=np.array([[50, 50]]),
        is_survey=np.array([False, False]),
    )
    assert raise_price_levels(evidence).level[0] == 1


def test_the_ground_named_is_the_one_that_set_the_level() -> None:
    evidence = PriceEvidence(
        grounds=("LP-1", "LP-3", "LP-4"),
        ratio=np.array([[0.7, 0.6, 0.6], [1.0, 1.0, np.nan]]),
        z=np.array([[-9.0, -3.1, -3.5], [0.0, 0.0, np.nan]]),
        n=np.full((2, 3), 5),
        is_survey=np.array([False, False, False]),
    )
    assert raise_price_levels(evidence).ground.tolist() == [2, -1]


def test_dried_garlic_of_2014_reaches_level_four() -> None:
    """708 won/kg against a survey-based 3,433: one survey price, no thirty comparables."""
    test = assess_survey_price(np.array([708.0]), np.array([3433.0]))
    raised = raise_price_levels(gather_evidence({"LP-4": test}))
    assert raised.level[0] == 4
    assert explain_price_level(raised, 0)["raised_by"] == (
        "ratio_low",
        "ratio_very_low",
        "ratio_half",
        "z_low",
        "z_very_low",
        "z_extreme",
        "survey_price",
    )


def test_reasons_say_what_is_missing_and_what_clears() -> None:
    third = levels_of(0.6, -3.5, n=10)
    assert explain_price_level(third, 0) == {
        "raised_by": ("ratio_low", "ratio_very_low", "z_low", "z_very_low"),
        "raises": ("many_prices|survey_price", "ratio_half|z_extreme", "pattern"),
        "clears": ("price_explained", "accepted_third_party"),
    }
    assert explain_price_level(levels_of(0.9, -1.0), 0) == {
        "raised_by": (),
        "raises": ("ratio_low", "z_low", "pattern"),
        "clears": (),
    }


def test_a_pattern_alone_is_named_and_can_be_refuted() -> None:
    stated = explain_price_level(levels_of(1.0, 0.0, pattern=True), 0, patterns=("LP-HUG",))
    assert (stated["raised_by"], stated["clears"]) == (("LP-HUG",), ("pattern_refuted",))


def test_a_capped_lot_rises_only_when_its_witness_falls() -> None:
    stated = explain_price_level(levels_of(0.4, -5.0, capped=True), 0)
    assert stated["raises"] == ("third_party_lot_withdrawn",)
    assert stated["clears"] == ("price_explained",)


@given(
    ratio=st.floats(0.05, 1.2),
    z=st.floats(-8, 2),
    n=st.integers(0, 60),
    survey=st.booleans(),
    pattern=st.booleans(),
    capped=st.booleans(),
)
def test_cheaper_surer_or_better_supported_never_lowers_a_level(
    ratio: float, z: float, n: int, survey: bool, pattern: bool, capped: bool
) -> None:
    level = levels_of(ratio, z, n, survey=survey, pattern=pattern, capped=capped).level[0]
    worse = levels_of(ratio * 0.9, z - 0.5, n + 5, survey=True, pattern=pattern, capped=capped).level[0]
    assert worse >= level
    assert levels_of(ratio, z, n, survey=survey, pattern=True, capped=capped).level[0] >= level
    assert levels_of(ratio, z, n, survey=survey, pattern=pattern, capped=True).level[0] <= 2
