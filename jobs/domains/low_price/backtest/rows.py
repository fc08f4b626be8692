"""The low-price back-test as rows of gold.backtest.

`group_id` is the kind of world, with a scheme behind a colon where the figure is of one; `alarm_rate` the capacity;
`depth` the cut, 0 for all. A measure ends in `_no_look_alikes` where these were not among the lots. `recall_gain` is
ours less the rule named; `share_of_oracle` ours over the oracle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jobs.domains.low_price.backtest.drift.exploration import exploration_rows
from jobs.domains.low_price.backtest.scores import Estimate, Scores
from jobs.domains.low_price.backtest.study import Kind, LowPriceBacktest
from jobs.domains.low_price.backtest.trial import CAPACITIES, CUTS, OURS

WITHOUT = "_no_look_alikes"


def backtest_rows(result: LowPriceBacktest) -> Iterator[dict[str, Any]]:
    """Rows of gold.backtest without the columns that all share."""
    for name, kind in result.kinds.items():
        for suffix, scores in pools(kind):
            yield from whole_rows(name, suffix, scores)
            if len(kind.schemes) > 1:
                for at, scheme in enumerate(kind.schemes):
                    yield from recall_rows(f"{name}:{scheme}", suffix, scores, scheme=slice(at, at + 1))
    yield from exploration_rows(result.drift)


def pools(kind: Kind) -> list[tuple[str, Scores]]:
    """The two pools of lots by the ending of their measures."""
    return [("", kind.with_look_alikes), (WITHOUT, kind.without)]


def whole_rows(group: str, suffix: str, scores: Scores) -> Iterator[dict[str, Any]]:
    """Recall over all schemes and by cut, precision, and the share of the oracle's recall."""
    yield from recall_rows(group, suffix, scores)
    for at, cut in enumerate(CUTS):
        recall = scores.recall(cut=at)
        yield from estimate_rows(
            group, scores.rankings, f"recall{suffix}", recall, int(scores.cases[:, :, at].sum()), cut
        )
    looks = int(scores.looks[:, -1].sum())
    yield from estimate_rows(group, scores.rankings, f"precision{suffix}", scores.precision(), looks)
    if not suffix:
        yield from estimate_rows(group, scores.rankings, "look_alike_share", scores.look_alike_share(), looks)
    share = scores.share_of_oracle()
    for c, capacity in enumerate(CAPACITIES):
        yield row(group, OURS, f"share_of_oracle{suffix}", capacity, share, c, int(scores.cases.sum()))


def recall_rows(group: str, suffix: str, scores: Scores, scheme: slice = slice(None)) -> Iterator[dict[str, Any]]:
    """Recall of every ranking, and ours less the better baseline."""
    cases = int(scores.cases[:, scheme].sum())
    yield from estimate_rows(group, scores.rankings, f"recall{suffix}", scores.recall(scheme), cases)
    gain, better = scores.gain(scheme)
    for c, capacity in enumerate(CAPACITIES):
        yield row(group, better[c], f"recall_gain{suffix}", capacity, gain, c, cases)


def estimate_rows(
    group: str, rankings: tuple[str, ...], measure: str, estimate: Estimate, n: int, cut: float = 0.0
) -> Iterator[dict[str, Any]]:
    """One row a ranking and capacity."""
    for r, ranking in enumerate(rankings):
        for c, capacity in enumerate(CAPACITIES):
            yield row(group, ranking, measure, capacity, estimate, (r, c), n, cut)


def row(
    group: str, rule: str, measure: str, capacity: float, estimate: Estimate, at: Any, n: int, cut: float = 0.0
) -> dict[str, Any]:
    """One figure with its interval; what cannot be said (nothing to divide by) is empty."""
    value, lower, upper = (float(getattr(estimate, name)[at]) for name in ("value", "lower", "upper"))
    stated = {"value": value, "lower": lower, "upper": upper}
    return {
        "group_id": group,
        "rule": rule,
        "measure": measure,
        "alarm_rate": capacity,
        "depth": cut,
        "sample_n": n,
        **{name: each if np.isfinite(each) else None for name, each in stated.items()},
    }
