"""What was known of a party before a day, against counting by hand; nothing of the day itself or later counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.methods.party_history import NEVER, Past, look_back, shrink_share

PARTY, DAY = st.integers(-1, 3), st.integers(0, 8)
EVENTS = st.lists(st.tuples(PARTY, DAY, st.booleans()), max_size=30)
ASKED = st.lists(st.tuples(PARTY, DAY), min_size=1, max_size=10)


def columns(rows, kinds):
    return [np.array([row[k] for row in rows], dtype=kind) for k, kind in enumerate(kinds)]


def past_of(events, asked):
    return look_back(*columns(events, (int, int, bool)), *columns(asked, (int, int)))


def counted(events, asked):
    """One asked party after the other, one event after the other."""
    stated = []
    for party, day in asked:
        own = [(when, hit) for who, when, hit in events if who == party >= 0 and when < day]
        stated.append((len(own), sum(hit for _, hit in own), max((when for when, _ in own), default=NEVER)))
    return stated


@given(EVENTS, ASKED)
def test_it_counts_what_a_loop_counts(events, asked):
    past = past_of(events, asked)
    assert list(zip(past.count, past.hits, past.newest, strict=True)) == counted(events, asked)


@given(EVENTS, ASKED, st.lists(st.tuples(PARTY, st.integers(0, 5), st.booleans()), max_size=10))
def test_what_is_known_on_the_day_or_later_changes_nothing(events, asked, later):
    newest = max(day for _, day in asked)
    stated = past_of([*events, *((party, newest + wait, hit) for party, wait, hit in later)], asked)
    for name in ("count", "hits", "newest"):
        np.testing.assert_array_equal(getattr(stated, name), getattr(past_of(events, asked), name))


def test_a_party_seldom_looked_at_is_drawn_to_the_share_of_all():
    """Of 100 looked at 10 were found; one party had 1 of 1, one 45 of 45, one was never looked at."""
    known, nothing = np.array([1, 45, 0]), np.zeros(3, dtype=int)
    base = Past(count=np.full(3, 100), hits=np.full(3, 10), newest=nothing)
    share = shrink_share(Past(count=known, hits=known, newest=nothing), base, prior=5.0)
    assert share == pytest.approx([1.5 / 6, 45.5 / 50, 0.1])


def test_before_anything_is_known_a_share_is_unknown():
    nothing = Past(count=np.zeros(1, dtype=int), hits=np.zeros(1, dtype=int), newest=np.zeros(1, dtype=int))
    assert np.isnan(shrink_share(nothing, nothing, prior=5.0)).all()
