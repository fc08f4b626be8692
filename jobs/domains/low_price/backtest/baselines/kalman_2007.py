"""A baseline: the low-price alarm of 2007, a plain Kalman filter of the price of each standard product.

Every accepted lot counts alike and moves the level; nothing is robust and nothing is pooled. The level is a random walk
observed by each day's mean price; its two variances are a fixed share of each product's own running variance of lots.
Tuned on the same simulated lots as ours, and reported beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import number_rows
from jobs.domains.low_price.methods.reference.price import (
    FreightRule,
    PriceAssessment,
    assess_against,
    freight_free_log_price,
    own_reference,
)


@dataclass(frozen=True, kw_only=True)
class KalmanConfig:
    """Parameters of the alarm, the best of a grid on the development seeds.

    Attributes:
        fields: what makes a standard product; names and grades are standardised.
        walk: standard deviation of a day's step of the level, as a share of that of lots.
        spread: standard deviation of lots before any is seen, worth `worth` lots.
        worth: see spread.
        least: lots without which there is no reference.
    """

    fields: tuple[str, ...]
    walk: float
    spread: float
    worth: float
    least: int


def assess_by_kalman(lots: Lots, config: KalmanConfig, freight: FreightRule) -> PriceAssessment:
    """Each lot against the filtered price of its product, known from the days before; NaN before `least` lots.

    Args:
        lots: N lots.
        config: parameters.
        freight: of lots that do not state it.
    """
    log_price = freight_free_log_price(lots, freight)
    group = number_rows(*(getattr(lots, name) for name in config.fields))
    size = int(group.max(initial=-1)) + 1
    usable = np.isfinite(log_price) & lots.is_accepted & ~lots.is_disputed
    level, variance, count = np.zeros(size), np.full(size, np.inf), np.zeros(size)
    square, last = np.full(size, config.worth * config.spread**2), np.zeros(size, dtype=np.int64)
    expected, sd, spread = (np.full(len(lots), np.nan) for _ in range(3))
    n = np.zeros(len(lots), dtype=np.int64)
    order = np.argsort(lots.declared, kind="stable")
    for today in np.split(order, np.flatnonzero(np.diff(lots.declared[order])) + 1):
        if today.size == 0:
            break
        day, at = lots.declared[today[0]], group[today]
        noise = square / (config.worth + count)
        walked = variance + config.walk**2 * noise * (day - last)
        ready = count[at] >= config.least
        expected[today] = np.where(ready, level[at], np.nan)
        sd[today], spread[today] = np.sqrt(np.where(ready, walked[at], np.nan)), np.sqrt(noise[at])
        n[today] = count[at]
        used = today[usable[today]]
        k = np.bincount(group[used], minlength=size)
        seen = np.flatnonzero(k)
        mean = np.bincount(group[used], log_price[used], minlength=size)[seen] / k[seen]
        is_new = count[seen] == 0
        gain = np.where(is_new, 1.0, 1.0 / (1.0 + noise[seen] / k[seen] / np.where(is_new, 1.0, walked[seen])))
        error = log_price[used] - np.where(count > 0, level, np.nan)[group[used]]
        share = noise[group[used]] / (noise + np.where(np.isinf(walked), 0.0, walked))[group[used]]
        square += np.bincount(group[used], np.nan_to_num(error**2 * share), minlength=size)
        level[seen] += gain * (mean - level[seen])
        variance[seen] = np.where(is_new, noise[seen] / k[seen], (1.0 - gain) * np.where(is_new, 0.0, walked[seen]))
        count[seen], last[seen] = count[seen] + k[seen], day
    return assess_against(lots, own_reference(lots, expected, sd, spread, n), freight)
