"""A baseline: the median and median absolute deviation of the last lots of a product and origin.

The rule an analyst would write first. Kept as it is meant, with its parameters tuned on the same simulated lots as
ours, and reported beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import number_rows
from jobs.domains.low_price.methods.reference.price import (
    FreightRule,
    PriceAssessment,
    assess_against,
    freight_free_log_price,
    own_reference,
)

CONSISTENT = 1.4826  # of the median absolute deviation, at the normal
CELLS = 8_000_000


@dataclass(frozen=True, kw_only=True)
class MedianConfig:
    """Parameters of the rule, the best of days 30, 60, 90 and the two groupings on the development seeds.

    Attributes:
        fields: what makes lots comparable.
        days: how far back.
        most: lots looked at, the latest ones.
        least: lots without which there is no reference.
        least_sd: floor of the deviation, log price.
    """

    fields: tuple[str, ...]
    days: int
    most: int
    least: int
    least_sd: float


def assess_by_median(lots: Lots, config: MedianConfig, freight: FreightRule) -> PriceAssessment:
    """Each lot against the median of its group's lots of the days before its own; NaN where they are too few.

    Args:
        lots: N lots.
        config: parameters.
        freight: of lots that do not state it.
    """
    log_price = freight_free_log_price(lots, freight)
    group = number_rows(*(getattr(lots, name) for name in config.fields))
    usable = np.flatnonzero(np.isfinite(log_price) & lots.is_accepted & ~lots.is_disputed)
    span = int(np.ptp(lots.declared)) + config.days + 2 if len(lots) else 1
    place = group * span + (lots.declared - lots.declared.min(initial=0)) + config.days
    order = usable[np.argsort(place[usable], kind="stable")]
    stop = np.searchsorted(place[order], place)  # the day itself is not looked at
    start = np.maximum(np.searchsorted(place[order], place - config.days), stop - config.most)
    middle, sd, n = _window_median(log_price[order], start, stop, config)
    error = sd * np.sqrt(np.pi / 2 / np.maximum(n, 1))
    return assess_against(lots, own_reference(lots, middle, error, sd, n), freight)


def _window_median(
    values: FloatArray, start: IntArray, stop: IntArray, config: MedianConfig
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Median, normal-consistent deviation and number of values[start:stop] of each window, each window found once."""
    _, first, back = np.unique(number_rows(start, stop), return_index=True, return_inverse=True)
    windows = np.column_stack([start, stop])[first]
    middle, sd = np.full(len(windows), np.nan), np.full(len(windows), np.nan)
    n = windows[:, 1] - windows[:, 0]
    enough = np.flatnonzero(n >= config.least)
    enough = enough[np.argsort(n[enough], kind="stable")]
    for chunk in np.array_split(enough, max(1, len(enough) * config.most // CELLS)):
        if chunk.size:
            middle[chunk], sd[chunk] = _medians(values, windows[chunk, 0], n[chunk])
    return middle[back], np.maximum(sd, config.least_sd)[back], n[back]


def _medians(values: FloatArray, start: IntArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    steps = np.arange(n.max())
    seen = np.where(steps < n[:, None], values[np.minimum(start[:, None] + steps, len(values) - 1)], np.inf)
    middle = _sorted_median(np.sort(seen, axis=1), n)
    separate = np.where(steps < n[:, None], np.abs(seen - middle[:, None]), np.inf)
    return middle, CONSISTENT * _sorted_median(np.sort(separate, axis=1), n)


def _sorted_median(ordered: FloatArray, n: IntArray) -> FloatArray:
    """Median of the first n of each row, which is sorted."""
    row = np.arange(len(n))
    return (ordered[row, (n - 1) // 2] + ordered[row, n // 2]) / 2
