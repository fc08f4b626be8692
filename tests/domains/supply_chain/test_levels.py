"""Rule E, condition by condition, and the episodes it makes."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.domains.supply_chain.levels import Evidence, hold_levels, raise_levels
from jobs.stats.episodes import entries, opened_period
from tests.builders.configs import CONFIG


def level_of(rejected: list[bool], **known: object) -> list[int]:
    """Raw levels of one subject; unnamed conditions are ordinary: half of the expected, V2, a share of 40 %."""
    n = len(rejected)
    facts = {"ratio": 0.5, "share": 0.4, "vulnerability": 2} | known
    arrays = {k: np.broadcast_to(np.asarray(v), (1, n)) for k, v in facts.items()}
    return raise_levels(Evidence(rejected=np.array([rejected]), **arrays), CONFIG.levels).raw[0].tolist()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, 2),
        ({"ratio": 0.2}, 3),
        ({"other_family_p": 0.005}, 3),
        ({"ratio": 0.2, "vulnerability": 1, "share": 0.25}, 2),
        ({"ratio": 0.2, "vulnerability": 1, "share": 0.30}, 3),
        ({"ratio": 0.2, "vulnerability": 3, "share": 0.04}, 2),
        ({"ratio": 0.2, "cover_days": 59.0}, 4),
        ({"ratio": 0.2, "cover_days": 20.0}, 5),
        ({"cover_days": 20.0}, 2),
        ({"export_stop": True}, 5),
        ({"ratio": np.nan, "other_family_p": np.nan}, 2),
    ],
)
def test_one_rejected_period(known: dict[str, object], expected: int) -> None:
    assert level_of([True], **known) == [expected]


def test_without_rejection_nothing_but_a_notice_raises() -> None:
    assert level_of([False], ratio=0.01, cover_days=5.0, export_stop=True) == [1]
    assert level_of([False], notice=True) == [2]


def test_a_second_consecutive_rejection_confirms() -> None:
    assert level_of([True, True, False, True]) == [2, 3, 1, 2]


def test_half_of_the_item_lost_for_two_periods_is_level_four_only_where_cover_is_unknown() -> None:
    assert level_of([True, True], lost_share=0.5) == [2, 4]
    assert level_of([True, True], lost_share=0.5, cover_days=90.0) == [2, 3]
    assert level_of([True, True], lost_share=0.5, vulnerability=1) == [2, 3]


def test_an_unknown_vulnerability_does_not_hold_back_three_but_gives_no_four() -> None:
    known = {"vulnerability": 1, "vulnerability_most": 2, "share": 0.25, "lost_share": 0.6, "ratio": 0.1}
    assert level_of([True, True], **known) == [3, 3]


def test_up_at_once_down_after_three_quiet_periods() -> None:
    assert hold_levels(np.array([[1, 3, 1, 1, 1, 2]]), 3).tolist() == [[1, 3, 3, 3, 1, 2]]


def test_an_episode_is_one_alarm_and_keeps_its_opening() -> None:
    level = np.array([[1, 2, 3, 3, 2, 3, 1, 3]])
    assert entries(level, 3).tolist() == [[False, False, True, False, False, True, False, True]]
    assert opened_period(level).tolist() == [[-1, 1, 1, 1, 1, 1, -1, 7]]
