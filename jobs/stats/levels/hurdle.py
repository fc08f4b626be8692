"""How often a series is empty, or collapses to a fraction of itself, shrunk to its kind.

A monthly series of lumpy goods has months without any shipment and months with a token one. Both are their
own state, not the tail of a log-normal. Their chances are beta-binomial: what the series has shown so far,
discounted by age, plus what series of its density class and item have shown (empirical Bayes). Without that
shrinkage a series never empty in n months has a floor of 1/n under p and a total stop is never found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jobs.arrays import BoolArray, FloatArray

DENSE, MEDIUM, SPARSE = 0, 1, 2
RATES = np.array([0.0005, 0.002, 0.006, 0.015, 0.04, 0.08, 0.15, 0.27, 0.45, 0.7, 0.92])
HABITS = np.array([0.0005, 0.06, 0.12, 0.2, 0.3, 0.45, 0.7])  # a habit recurs every year or so, or is none
STRATA = 5


@dataclass(frozen=True, kw_only=True)
class RatePrior:
    """How common each monthly chance is among series of a kind.

    Attributes:
        weight: weights that sum to one in each stratum, shape (B, R).
        edges: inner bounds of the strata on the trait that goes with the chance, shape (B - 1,).
        rates: the chances, shape (R,).
    """

    weight: FloatArray
    edges: FloatArray
    rates: FloatArray


def density_class(nonzero_share: FloatArray, bounds: tuple[float, float]) -> NDArray[np.int64]:
    """0 dense, 1 medium, 2 sparse by the share of months with any mass, and the shares that bound them; same shape."""
    dense, medium = bounds
    return np.where(nonzero_share >= dense, DENSE, np.where(nonzero_share >= medium, MEDIUM, SPARSE))


def discounted_count(event: BoolArray, known: BoolArray, forget: float) -> tuple[FloatArray, FloatArray]:
    """Discounted number of events and of known months before each month, each of shape (S, T + 1)."""
    series, total = event.shape
    hits, trials = np.zeros((series, total + 1)), np.zeros((series, total + 1))
    for t in range(total):
        fade = np.where(known[:, t], forget, 1.0)
        hits[:, t + 1] = fade * hits[:, t] + (event[:, t] & known[:, t])
        trials[:, t + 1] = fade * trials[:, t] + known[:, t]
    return hits, trials


def fit_rates(
    hits: FloatArray,
    trials: FloatArray,
    trait: FloatArray,
    rates: FloatArray,
    spread: float,
    steps: int = 100,
) -> RatePrior:
    """Prior of a monthly chance over all series, without a shape assumed (Kiefer and Wolfowitz 1956; Laird 1978).

    Most series are never empty and some are empty every other month: a single beta, even one a class, puts
    its mass in between and leaves a floor of about 1 % under every p. What a series is like besides (large or
    small, steady or rough) says more of its first empty month than its own few years do: the prior is
    learned by strata of such a trait, each shrunk to that of all series.

    Args:
        hits, trials: events and months of each series, shape (S,); may be discounted.
        trait: what the strata are cut on, shape (S,).
        rates: the chances considered, shape (R,).
        spread: weight of the coarser prior (equal chances for all series, all series for a stratum), as a
            share of the series: a small panel is smoothed as much as a large one.
        steps: EM steps.
    """
    if not len(hits):  # nothing known yet: every chance is as likely as any other
        return RatePrior(
            weight=np.full((STRATA, len(rates)), 1.0 / len(rates)), edges=np.zeros(STRATA - 1), rates=rates
        )
    likelihood, weight_of_prior = np.exp(_log_likelihood(hits, trials, rates)), spread * len(hits)
    edges = np.quantile(trait, np.arange(1, STRATA) / STRATA)
    stratum = np.searchsorted(edges, trait)
    overall = _em(likelihood, np.full(len(rates), 1.0 / len(rates)), weight_of_prior, steps)
    weight = np.stack([_em(likelihood[stratum == b], overall, weight_of_prior, steps) for b in range(STRATA)])
    return RatePrior(weight=weight, edges=edges, rates=rates)


def _em(likelihood: FloatArray, start: FloatArray, spread: float, steps: int) -> FloatArray:
    weight = start
    for _ in range(steps):
        joint = likelihood * weight
        weight = (joint / joint.sum(1, keepdims=True)).sum(0) + spread * start
        weight = weight / weight.sum()
    return weight


def _log_likelihood(hits: FloatArray, trials: FloatArray, rates: FloatArray) -> FloatArray:
    """Log likelihood of each rate, shape of `hits` with an axis of rates appended, largest made zero."""
    log = hits[..., None] * np.log(rates) + (trials - hits)[..., None] * np.log1p(-rates)
    result: FloatArray = log - log.max(-1, keepdims=True)
    return result


def posterior_chance(prior: RatePrior, hits: FloatArray, trials: FloatArray, trait: FloatArray) -> FloatArray:
    """Chance of the event in a coming month, shape of `hits`; `trait` broadcasts to it."""
    stratum = np.searchsorted(prior.edges, np.broadcast_to(trait, hits.shape))
    joint = np.exp(_log_likelihood(hits, trials, prior.rates)) * prior.weight[stratum]
    result: FloatArray = (joint * prior.rates).sum(-1) / joint.sum(-1)
    return result


@dataclass(frozen=True, kw_only=True)
class Predictive:
    """Mixture predictive of one month's mass; all arrays share one shape.

    Attributes:
        mu, sd, dof: location, scale and degrees of freedom of log mass in a month of ordinary size.
        empty: chance of an empty month.
        low, high: chance, in a non-empty month, of a collapsed and of a swollen one.
        collapse: distance in logs from which a month is collapsed or swollen.
        depth: mean further distance in logs.
    """

    mu: FloatArray
    sd: FloatArray
    dof: FloatArray
    empty: FloatArray
    low: FloatArray
    high: FloatArray
    collapse: float
    depth: float

    def cdf(self, log_mass: FloatArray) -> FloatArray:
        """P(mass <= exp(log_mass)); `-inf` gives the chance of an empty month."""
        body, low, high = self._parts(log_mass)
        ordinary = 1.0 - self.low - self.high
        return self.empty + (1.0 - self.empty) * (self.low * low + ordinary * body + self.high * high)

    def _parts(self, log_mass: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        distance = log_mass - self.mu
        body = special.stdtr(self.dof, distance / self.sd)
        low = np.exp(np.minimum(distance + self.collapse, 0.0) / self.depth)
        high = 1.0 - np.exp(-np.maximum(distance - self.collapse, 0.0) / self.depth)
        return body, low, high

    def body_density(self, log_mass: FloatArray) -> FloatArray:
        """Density of the log mass of an ordinary month."""
        distance = (log_mass - self.mu) / self.sd
        constant = special.gammaln((self.dof + 1.0) / 2.0) - special.gammaln(self.dof / 2.0)
        peak = np.exp(constant) / (self.sd * np.sqrt(self.dof * np.pi))
        result: FloatArray = peak * (1.0 + distance**2 / self.dof) ** (-(self.dof + 1.0) / 2.0)
        return result

    def collapsed_density(self, log_mass: FloatArray) -> FloatArray:
        """Density of the log mass of a collapsed month: exponential beyond the distance `collapse`."""
        beyond = log_mass - self.mu + self.collapse
        return np.where(beyond < 0.0, np.exp(np.minimum(beyond, 0.0) / self.depth) / self.depth, 0.0)

    def density(self, log_mass: FloatArray) -> FloatArray:
        """Density of the log mass of any month that is not empty, times the chance that it is not."""
        beyond = log_mass - self.mu - self.collapse
        swollen = np.where(beyond > 0.0, np.exp(-np.maximum(beyond, 0.0) / self.depth) / self.depth, 0.0)
        ordinary = (1.0 - self.low - self.high) * self.body_density(log_mass)
        return (1.0 - self.empty) * (self.low * self.collapsed_density(log_mass) + self.high * swollen + ordinary)

    def mean(self) -> FloatArray:
        """Mean mass: of ordinary months by the log-normal formula with a bounded spread, and of the rest."""
        body = np.exp(self.mu + 0.5 * np.minimum(self.sd, 1.0) ** 2)
        low = np.exp(self.mu - self.collapse) / (1.0 + self.depth)
        return (1.0 - self.empty) * (self.low * low + (1.0 - self.low) * body)

    def quantile(self, chance: float, steps: int = 100) -> FloatArray:
        """Mass not exceeded with the given chance, by bisection on the log; 0 inside the empty months."""
        low, high = self.mu - 25.0, self.mu + 25.0
        for _ in range(steps):
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < chance
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(self.empty >= chance, 0.0, np.exp(high))
