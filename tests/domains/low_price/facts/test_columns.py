"""Tables to arrays and back: numbers of texts, digits kept, lists of codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.facts.columns import code_lists, commodities, number_texts, rounded, significant

TEXTS = st.lists(st.one_of(st.none(), st.text("abc", max_size=2)), min_size=1)


@given(TEXTS, TEXTS)
def test_equal_numbers_mean_equal_texts_in_the_order_of_the_alphabet(first: list, second: list) -> None:
    numbers = np.concatenate(number_texts(pa.array(first, pa.string()), pa.array(second, pa.string())))
    texts = first + second
    assert [n == -1 for n in numbers] == [text is None for text in texts]
    stated = [(text, n) for text, n in zip(texts, numbers, strict=True) if text is not None]
    ordered = sorted({text for text, _ in stated})
    assert all(ordered[n] == text for text, n in stated)


@given(st.floats(1e-12, 1e12) | st.floats(-1e12, -1e-12))
def test_nine_digits_are_kept_and_keeping_them_again_changes_nothing(value: float) -> None:
    once = rounded(np.array([value]))
    assert once[0] == pytest.approx(value, rel=1e-8)
    assert rounded(once)[0] == once[0]


def test_what_is_not_finite_is_null_and_zero_stays() -> None:
    assert significant(np.array([np.nan, np.inf, 0.0, 1 / 3])).to_pylist() == [None, None, 0.0, 0.333333333]


def test_a_weight_that_faded_away_is_nothing_and_not_unknown() -> None:
    assert rounded(np.array([5e-310, -1e-250, 2e-12])).tolist() == [0.0, 0.0, 2e-12]


def test_each_row_lists_the_codes_that_hold_for_it() -> None:
    stored = {"a": np.array([True, False, True]), "b": np.array([True, False, False])}
    assert code_lists(stored, 3).to_pylist() == [["a", "b"], [], ["a"]]
    assert code_lists({}, 2).to_pylist() == [[], []]


def test_codes_of_one_good_are_one_commodity_whatever_they_are_called() -> None:
    """Dried chillies come as frozen ones or as a mixed seasoning, never as black pepper."""
    codes = ["pepper_dried", "seasoning_mixed", "pepper_frozen", "pepper_black", "wood_ear_dried", "wood_pellet"]
    assert commodities(pa.chunked_array([codes[:2], codes[2:]])).to_pylist() == [
        "pepper",
        "pepper",
        "pepper",
        "pepper_black",
        "wood_ear",
        "wood_pellet",
    ]
