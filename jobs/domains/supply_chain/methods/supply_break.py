"""Evidence that supply broke: how much likelier what came is if only a part of the expected came (SC-SHORT).

A break lasts; a single token month is common in lumpy trade and mostly harmless. So the last one, two and three
months are each asked together: what is the likelihood of what came, had a fixed part of the expected been left,
over the likelihood had nothing changed (Neyman and Pearson 1933; the scan over the break's beginning is that of
Willsky and Jones 1976, the average over its degrees a mixture as in Robbins 1970). Habits count on both sides:
where empty or collapsed months are usual, one of them says little. Months assessed against one level share its
error, so longer windows stray further by chance: each length is a statistic of its own, with its own null.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.methods.quantity import BreakConfig
from jobs.stats.levels.hurdle import Predictive

LEAST_RATIO = 1e-12  # stands for impossible


def break_evidence(predictive: Predictive, log_mass: FloatArray, config: BreakConfig) -> FloatArray:
    """Log likelihood ratio of a month, break over no break, for each degree of break, shape (..., F).

    Args:
        predictive: what was expected of each series had nothing changed, arrays of any one shape.
        log_mass: log of what came, less the calendar; -inf where nothing came; same shape.
        config: what a break would look like.

    Returns:
        One column a part of `remaining`, and a last one for a full stop.
    """
    came = np.isfinite(log_mass)
    at = np.where(came, log_mass, 0.0)
    usual, collapsed = predictive.density(at), predictive.collapsed_density(at)
    columns = []
    for part in config.remaining:
        empty = predictive.empty + (1.0 - predictive.empty) * config.empty_most * np.exp(-part / config.empty_fade)
        body = (1.0 - predictive.low) * predictive.body_density(at - np.log(part))
        left = (1.0 - empty) * (predictive.low * collapsed + body)
        columns.append(np.where(came, left / usual, empty / predictive.empty))
    stopped = config.stopped + (1.0 - config.stopped) * predictive.empty
    columns.append(np.where(came, (1.0 - config.stopped) * collapsed / usual, stopped / predictive.empty))
    result: FloatArray = np.log(np.maximum(np.stack(columns, axis=-1), LEAST_RATIO))
    return result


def scan_breaks(evidence: FloatArray, longest: int) -> FloatArray:
    """Log of the mean likelihood ratio over all degrees of a break of the last 1 to `longest` months, (longest, S, K).

    Args:
        evidence: `break_evidence` of consecutive months, shape (S, K, F); NaN where a month was not assessed.
        longest: months asked together at most.
    """
    scanned, running = [], np.zeros(evidence.shape)
    for lag in range(longest):
        earlier = np.full(evidence.shape, np.nan)
        earlier[:, lag:] = evidence[:, : evidence.shape[1] - lag]
        running = running + earlier
        scanned.append(special.logsumexp(running, axis=-1) - np.log(evidence.shape[-1]))
    return np.stack(scanned)
