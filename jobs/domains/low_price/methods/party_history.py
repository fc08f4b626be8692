"""What was known of a party before a day: how many events it had, how many of a kind, and when the last one was.

Events are sorted by party and day once; the past of a day is then a stretch of that order, and its sums are differences
of running totals. An event of the day itself is not yet its past. The share of a party seldom looked at is drawn to the
share of all (the mean of a beta posterior: Morris 1983, Parametric empirical Bayes inference).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray

SPAN = 1 << 20  # days a party has room for
NEVER = -1


@dataclass(frozen=True, kw_only=True)
class Past:
    """The events of N parties before N days, arrays of shape (N,).

    Attributes:
        count: number of events.
        hits: number of them that are of the kind asked for.
        newest: day of the last one, NEVER without any.
    """

    count: IntArray
    hits: IntArray
    newest: IntArray


def look_back(party: IntArray, day: IntArray, is_hit: BoolArray, asked_party: IntArray, asked_day: IntArray) -> Past:
    """The past of each party asked for, up to the eve of the day asked for.

    Args:
        party: number of the party of each event, (E,); negative where it is not known, and then the event is nobody's.
        day: day from which the event is known, in days since 1970-01-01, not negative, (E,).
        is_hit: the event is of the kind asked for, (E,).
        asked_party, asked_day: party and day, (N,); a negative party has no past.
    """
    stored = np.flatnonzero(party >= 0)
    place = party[stored] * SPAN + day[stored]
    order = np.argsort(place, kind="stable")
    place, hits = place[order], np.concatenate([[0], np.cumsum(is_hit[stored][order])])
    start = np.searchsorted(place, np.maximum(asked_party, 0) * SPAN)
    end = np.searchsorted(place, np.maximum(asked_party, 0) * SPAN + np.maximum(asked_day, 0))
    end = np.where(asked_party < 0, start, end)
    newest = np.where(end > start, np.append(place, 0)[end - 1] % SPAN, NEVER)
    return Past(count=end - start, hits=hits[end] - hits[start], newest=newest)


def shrink_share(past: Past, base: Past, prior: float) -> FloatArray:
    """Share of hits among a party's events, drawn to the share among all known on the day; NaN while there are none.

    Args:
        past: of the parties.
        base: of all parties together, on the same days.
        prior: number of events that the share of all is worth.
    """
    with np.errstate(invalid="ignore"):
        rate = base.hits / np.where(base.count > 0, base.count, np.nan)
    return (past.hits + prior * rate) / (past.count + prior)
