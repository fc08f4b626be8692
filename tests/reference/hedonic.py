"""What a lot of this make should cost: a robust regression over all lots of a product, where its own group is thin.

log u = a(origin, specification, season) + b log kg + c log world price, by least trimmed squares of 75 % of the lots
with one reweighted step at 97.5 % (`lts`), as the European Commission's Joint Research Centre looks for price outliers
in trade. Origins and specifications with too few lots share the base; the season is one yearly harmonic.

Combination rule: a group's own reference stands alone from `enough` lots on. Below, both are averaged by the inverse
of their variances (`combine_references`); where there is no own reference the regression stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.price import Reference, freight_free_log_price
from tests.builders.configs import LOW_PRICE
from tests.reference.lts import lts_fit

YEAR = 365.25


@dataclass(frozen=True)
class HedonicConfig:
    """Settings of the regression.

    Attributes:
        alpha: share of lots trusted.
        least_level: lots an origin or specification needs for an effect of its own.
        most: lots fitted, the latest.
        season_days: days the lots must span before a season is told from a trend.
        starts: random starts of the trimmed fit.
        enough: lots of a group's own from which on the regression is not asked.
    """

    alpha: float = 0.75
    least_level: int = 8
    most: int = 600
    season_days: int = 700
    starts: int = 150
    enough: int = 30


@dataclass(frozen=True)
class HedonicFit:
    """The regression of one product in one state, fit to lots declared before `day`.

    Attributes:
        coefficients: of the columns of `design`, in its order.
        covariance: of the coefficients.
        origins, specifications: codes with an effect of their own.
        has_world, has_season: columns present.
        scale: log-sd of honest lots around it.
        day, n: vintage, and lots it rests on.
    """

    coefficients: FloatArray
    covariance: FloatArray
    origins: IntArray
    specifications: IntArray
    has_world: bool
    has_season: bool
    scale: float
    day: int
    n: int


def fit_hedonic(
    lots: Lots, day: int, log_world: FloatArray | None = None, config: HedonicConfig | None = None, seed: int = 0
) -> HedonicFit | None:
    """Regression of one product's lots declared before `day`; None where they do not carry one.

    Args:
        lots: lots of one product in one state.
        day: lots declared on it or later are left out.
        log_world: log world price as known on each lot's day, (N,); None where the product has none.
        config: settings.
        seed: of the starts of the trimmed fit.
    """
    config = config or HedonicConfig()
    y = freight_free_log_price(lots, LOW_PRICE.reference.freight)
    usable = np.isfinite(y) & lots.is_accepted & ~lots.is_disputed & (lots.declared < day) & (lots.net_mass_kg > 0)
    if log_world is not None:
        usable &= np.isfinite(log_world)
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(lots.declared[rows], kind="stable")][-config.most :]
    if rows.size == 0:
        return None
    used, world = lots.take(rows), None if log_world is None else log_world[rows]
    frame = HedonicFit(
        coefficients=np.zeros(0),
        covariance=np.zeros((0, 0)),
        origins=_levels(used.origin, config.least_level),
        specifications=_levels(used.specification, config.least_level),
        has_world=world is not None and np.ptp(world) > 0,
        has_season=np.ptp(used.declared) >= config.season_days,
        scale=np.nan,
        day=day,
        n=len(rows),
    )
    x = design(frame, used, world)
    kept = _independent(x)
    if len(rows) < 3 * (len(kept) + 1):
        return None
    fit = lts_fit(x[:, kept], y[rows], alpha=config.alpha, starts=config.starts, seed=seed)
    columns = np.append(0, kept + 1)
    full = np.column_stack([np.ones(len(rows)), x])
    coefficients, covariance = np.zeros(full.shape[1]), np.zeros((full.shape[1],) * 2)
    coefficients[columns] = fit.coefficients
    trusted = full[:, columns][fit.is_inlier]
    covariance[np.ix_(columns, columns)] = fit.scale**2 * np.linalg.pinv(trusted.T @ trusted)
    return replace(frame, coefficients=coefficients, covariance=covariance, scale=fit.scale)


def _levels(codes: IntArray, least: int) -> IntArray:
    """Codes with enough lots, the most frequent left out: it is the base."""
    result, count = np.unique(codes, return_counts=True)
    return result[(count >= least) & (result != result[np.argmax(count)])]


def _independent(x: FloatArray) -> IntArray:
    """Columns that do not depend on the ones before them and the constant."""
    kept: list[int] = []
    basis = np.ones((len(x), 1))
    for column in range(x.shape[1]):
        wider = np.column_stack([basis, x[:, column]])
        if np.linalg.matrix_rank(wider) == wider.shape[1]:
            kept, basis = [*kept, column], wider
    return np.array(kept, dtype=np.int64)


def design(fit: HedonicFit, lots: Lots, log_world: FloatArray | None) -> FloatArray:
    """Columns of the regression without the constant: effects, log kg around ten tonnes, season, world price."""
    columns = [lots.origin[:, None] == fit.origins, lots.specification[:, None] == fit.specifications]
    columns.append(np.log(np.maximum(lots.net_mass_kg, 1.0) / 10_000.0)[:, None])
    if fit.has_season:
        angle = 2 * np.pi * lots.declared / YEAR
        columns.append(np.column_stack([np.cos(angle), np.sin(angle)]))
    if fit.has_world:
        columns.append(log_world[:, None])
    return np.column_stack(columns).astype(float)


def hedonic_reference(fit: HedonicFit, lots: Lots, log_world: FloatArray | None = None) -> Reference:
    """The regression's reference of each lot; NaN where the world price it rests on is not known."""
    x = np.column_stack([np.ones(len(lots)), design(fit, lots, log_world)])
    expected = x @ fit.coefficients
    known = np.isfinite(expected)
    variance = np.einsum("np,pq,nq->n", x, fit.covariance, x)
    return Reference(
        log_price=expected,
        log_sd=np.where(known, np.sqrt(np.maximum(variance, 0.0)), np.nan),
        spread=np.where(known, fit.scale, np.nan),
        n=np.where(known, fit.n, 0),
        rung=np.where(known, HEDONIC, -1),
        vintage=np.where(known, fit.day, -1),
    )


# Stands where the rungs of reference_keys stand: the answer came from the regression alone.
HEDONIC = 100


def combine_references(own: Reference, hedonic: Reference, config: HedonicConfig | None = None) -> Reference:
    """The rule of the module: own reference where it has lots enough, else both by the inverse of their variances."""
    config = config or HedonicConfig()
    has_own, has_other = np.isfinite(own.log_price), np.isfinite(hedonic.log_price)
    # The regression does not know what sets one group apart from others of its make; its spread bounds that.
    precision_own = np.where(has_own, own.log_sd, np.inf) ** -2.0
    precision_other = np.where(has_other, np.hypot(hedonic.log_sd, hedonic.spread), np.inf) ** -2.0
    precision_other = np.where(has_own & (own.n >= config.enough), 0.0, precision_other)
    total = precision_own + precision_other
    share = np.where(total > 0, precision_other / np.where(total > 0, total, 1.0), 0.0)
    only = has_other & ~has_own
    known = has_own | has_other

    def mix(mine: FloatArray, other: FloatArray) -> FloatArray:
        return np.where(share > 0, share * np.nan_to_num(other), 0.0) + np.where(share < 1, (1 - share) * mine, 0.0)

    return Reference(
        log_price=mix(own.log_price, hedonic.log_price),
        log_sd=np.where(only, hedonic.log_sd, np.where(known, total, np.nan) ** -0.5),
        spread=np.where(only, hedonic.spread, own.spread),
        n=np.where(only, hedonic.n, own.n),
        rung=np.where(only, HEDONIC, own.rung),
        vintage=np.where(only, hedonic.vintage, own.vintage),
    )
