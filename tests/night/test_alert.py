"""Places of a night's alerts: 1 to n, no ties, whatever order they came in."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobs.alerting.domain import rank

ALERTS = st.lists(
    st.fixed_dictionaries(
        {
            "level": st.integers(2, 5),
            "score": st.none() | st.floats(0, 1e9),
            "p_value": st.none() | st.floats(0, 1),
            "subject_id": st.text("abc", min_size=1, max_size=4),
        }
    ),
    unique_by=lambda alert: alert["subject_id"],
)


@given(ALERTS)
def test_ranks_are_one_to_n_without_ties(alerts: list[dict[str, Any]]) -> None:
    assert [alert["rank"] for alert in rank(alerts)] == list(range(1, len(alerts) + 1))


@given(ALERTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(alerts: list[dict[str, Any]], random) -> None:  # type: ignore[no-untyped-def]
    assert rank(random.sample(alerts, len(alerts))) == rank(alerts)


@given(ALERTS)
def test_a_higher_level_always_comes_first(alerts: list[dict[str, Any]]) -> None:
    levels = [alert["level"] for alert in rank(alerts)]
    assert levels == sorted(levels, reverse=True)
