"""Invoice splitting: one shipment declared as many lots, each just under a threshold.

Below a value customs asks less: a simplified declaration, no survey price, no review. Many honest parties ship in
small lots, so smallness proves nothing; that it ends at the threshold does. Both signs are therefore the excess mass
of `price_hugging`, which knows no party's habits, with zero at the threshold; they are joined by Bonferroni:

- `bunched_under_threshold`: the party's lot values bunch just under the threshold.
- `split_under_threshold`: so do its shipments (one party, product and bill of lading or day) of two lots or more that
  lie in the same window: those just under the threshold against those just over it and one window lower.
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.detectors.lp_hug import excess_mass, within
from jobs.domains.low_price.methods.pattern import Pattern, least_of, number_groups

WINDOW = 0.1  # just under: the last 10 % below the threshold


def find_splitting(
    customs_value: FloatArray,
    threshold: float,
    party: IntArray,
    product: IntArray,
    bundle: IntArray,
    *,
    window: float = WINDOW,
    rng: np.random.Generator | None = None,
) -> Pattern:
    """Which parties split shipments; `n` counts lots, `statistic` shipments of two or more lots just under.

    The lots behind it are those of such shipments; where a party has none, all it has just under the threshold.

    Args:
        customs_value: value of each lot, (N,), in the currency of the threshold.
        threshold: value from which customs asks more.
        party: importer and exporter together, or groups of them, (N,); -1 is in none.
        product: (N,).
        bundle: bill of lading, or day of declaration, (N,); -1 belongs to no shipment.
        window: width in logs of what is just under.
        rng: randomises the p of counts, for calibration.
    """
    lots = np.flatnonzero((party >= 0) & (product >= 0) & (bundle >= 0) & (customs_value > 0))
    row = np.full(len(party), -1)
    row[lots], opens = number_groups(party[lots])
    groups, owner, goods, value = len(opens), row[lots], product[lots], customs_value[lots]
    # Above zero is under: a value at the threshold itself is already over it.
    x = np.log(threshold / value) - np.finfo(float).eps
    _, distinct = number_groups(owner, goods, np.rint(value).astype(np.int64))
    bunched, _ = excess_mass(x[distinct], owner[distinct], groups, goods[distinct], window, rng)
    several, first = _several_in_window(owner, goods, bundle[lots], x, window)
    split, _ = excess_mass(x[first], owner[first], groups, goods[first], window, rng)
    is_split = several & within(x, window)
    shipments = np.bincount(owner[first], within(x[first], window), minlength=groups)
    is_evidence = np.zeros(len(party), dtype=bool)
    is_evidence[lots] = is_split | (within(x, window) & (shipments[owner] == 0))
    return Pattern(
        group=party[lots][opens],
        market=np.full(groups, -1),
        p=least_of(split, bunched),
        statistic=shipments,
        n=np.bincount(owner, minlength=groups),
        parts={"split_under_threshold": split, "bunched_under_threshold": bunched},
        row=row,
        is_evidence=is_evidence,
    )


def _several_in_window(
    owner: IntArray, goods: IntArray, bundle: IntArray, x: FloatArray, window: float
) -> tuple[BoolArray, IntArray]:
    """Lots that share their window with another of their shipment (N,), and one lot for each such window."""
    code, first = number_groups(owner, goods, bundle, np.floor(x / window).astype(np.int64))
    several = np.bincount(code) >= 2
    return several[code], first[several]
