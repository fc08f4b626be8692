"""Does exploring keep the detection alive? Five years of moving fraud, inspected month by month under each policy.

Every policy sees the same lots and has the same capacity; they differ in the part of it that explores. Each ranks by
the chance of `jobs.stats.selection.ranker`, trained on its own findings of the last year, and so lives with what it
chose to look at. Beside them a ranking by price alone, which never learns.

What the answer rests on: fraud that moves makes its price look right, the suspects by price fill the capacity, and a
month has enough lots for a tenth of the looks to meet a new scheme before it ends. In streams whose moved cases were as
often cheap as other lots, a ranking alone met them by chance among the cheap ones, and exploring brought little.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.backtest.drift.stream import PRICE, Month, StreamShape, make_stream
from jobs.domains.low_price.config import low_price_config
from jobs.stats.selection.capacity import Policy, allocate, weigh_uncertainty
from jobs.stats.selection.ranker import Decisions, Ranker, rank_chance, train_ranker
from jobs.stats.selection.two_groups import fit_two_groups, probability_low

SHARES = (0.0, 0.05, 0.10, 0.20)
PRICE_ONLY = "price_only"
MEMORY = 12  # months of findings a model is trained on
RETRAINED = 3  # months between models
LOG_SD = 0.15  # spread of honest prices around the reference
MEASURES = ("revenue_found", "cases_found")
RESAMPLES = 1_000


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What each policy found, arrays of shape (policies, seeds, months), revenue in won.

    Attributes:
        policies: names, `explore_00` and so on, and PRICE_ONLY.
        capacity: part of the lots looked at.
        detected: shortfall of the true cases looked at.
        best: shortfall the same number of looks could have found, knowing the truth.
        owed: shortfall of all true cases.
        cases_found, cases: number of true cases looked at, and of all.
    """

    policies: tuple[str, ...]
    capacity: float
    detected: FloatArray
    best: FloatArray
    owed: FloatArray
    detected_cases: FloatArray
    cases: FloatArray


def run_drift(
    seeds: Sequence[int], shape: StreamShape, capacity: float = 0.05, shares: Sequence[float] = SHARES
) -> Drift:
    """Inspect the same streams under every policy.

    Args:
        seeds: one world each.
        shape: of the streams.
        capacity: part of a month's lots that can be looked at.
        shares: part of the capacity that explores, one policy each.
    """
    policies = (*(policy_name(share) for share in shares), PRICE_ONLY)
    taken = np.zeros((5, len(policies), len(seeds), shape.months))
    for s, seed in enumerate(seeds):
        stream = make_stream(seed, shape)
        prices = [price_chance(month) for month in stream]
        for p, share in enumerate((*shares, 0.0)):
            is_learning = policies[p] != PRICE_ONLY
            policy = Policy(
                capacity=int(capacity * shape.lots), exploration=share, uncertain=low_price_config().selection.uncertain
            )
            taken[:, p, s] = np.array(list(inspect(stream, prices, policy, seed, is_learning=is_learning))).T
    detected, best, owed, detected_cases, cases = taken
    return Drift(
        policies=policies,
        capacity=capacity,
        detected=detected,
        best=best,
        owed=owed,
        detected_cases=detected_cases,
        cases=cases,
    )


def policy_name(share: float) -> str:
    """Name of the policy that explores with this part of its capacity."""
    return f"explore_{round(100 * share):02d}"


def inspect(
    stream: list[Month], prices: list[FloatArray], policy: Policy, seed: int, *, is_learning: bool
) -> Iterator[tuple[float, float, float, float, float]]:
    """Of each month: shortfall found, the best that could be, all that was owed, cases found, all cases."""
    past: deque[Decisions] = deque(maxlen=MEMORY)
    ranker = None
    for t, (month, price) in enumerate(zip(stream, prices, strict=True)):
        if is_learning and past and t % RETRAINED == 0:
            ranker = learn(past, month.tells.shape[1], t)
        chance = rank_chance(ranker, month.tells, price) if ranker else price
        keys = np.arange(len(price), dtype=np.uint64)
        learning = weigh_uncertainty(chance, month.duty_krw)
        chosen = allocate(chance * month.duty_krw, learning, keys, t, seed, policy)
        at, when = np.flatnonzero(chosen.is_chosen), np.full(chosen.is_chosen.sum(), t)
        rows = Decisions(
            features=month.tells[at],
            chance=price[at],
            decided=when,
            newest_feature=when,
            known=when,
            is_positive=month.is_true[at],
            propensity=chosen.propensity[at],
            shortfall=month.shortfall[at],
        )
        past.append(rows)
        owed = np.sort(month.shortfall)[::-1]
        yield rows.shortfall.sum(), owed[: len(at)].sum(), owed.sum(), rows.is_positive.sum(), month.is_true.sum()


def price_chance(month: Month) -> FloatArray:
    """Chance by the price alone, as of a night without labels."""
    log_sd = np.full(len(month.tells), LOG_SD)
    log_ratio = -LOG_SD * month.tells[:, PRICE]
    return probability_low(fit_two_groups(log_ratio, log_sd, low_price_config().evidence.prior_lots), log_ratio, log_sd)


def learn(past: Sequence[Decisions], tells: int, night: int) -> Ranker | None:
    """The ranker of what a policy found so far; None while that is too little."""
    columns = {field.name: [getattr(each, field.name) for each in past] for field in fields(Decisions)}
    seen = Decisions(**{name: np.concatenate(parts) for name, parts in columns.items()})
    return train_ranker(seen, tuple(f"tell_{tell}" for tell in range(tells)), night, low_price_config().learned.ranker)


def exploration_rows(drift: Drift, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Rows of `gold.backtest` without the columns that all share: each policy's two measures by month and over all.

    `revenue_found` is the shortfall found, of the most that so many looks could find; `cases_found` the share of true
    cases. Both pool the worlds; intervals are 95 %, by bootstrap over worlds, the same resamples for every policy.
    """
    worlds = drift.detected.shape[1]
    drawn = np.random.default_rng(seed).integers(0, worlds, (RESAMPLES, worlds))
    months = [(f"month:{t + 1:02d}", slice(t, t + 1)) for t in range(drift.detected.shape[2])]
    for group, span in [*months, ("all", slice(None))]:
        for p, policy in enumerate(drift.policies):
            pairs = ((drift.detected, drift.best), (drift.detected_cases, drift.cases))
            for measure, (part, whole) in zip(MEASURES, pairs, strict=True):
                above, below = part[p, :, span].sum(axis=1), whole[p, :, span].sum(axis=1)
                lower, upper = np.quantile(above[drawn].sum(axis=1) / below[drawn].sum(axis=1), (0.025, 0.975))
                yield {
                    "group_id": group,
                    "rule": policy,
                    "measure": measure,
                    "alarm_rate": 0.0,
                    "depth": 0.0,
                    "threshold": None if policy == PRICE_ONLY else int(policy[-2:]) / 100,
                    "value": float(above.sum() / below.sum()),
                    "lower": float(lower),
                    "upper": float(upper),
                    "sample_n": worlds,
                }
