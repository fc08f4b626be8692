"""Factors that make the scale of trimmed residuals estimate the standard deviation of normal data.

Two are multiplied: the consistency factor of a normal cut to its inner share (Croux & Rousseeuw 1992), and
the small-sample factor of Pison, Van Aelst & Willems (2002, Metrika 55:111), fitted by them to simulations
at shares 0.5 and 0.875 and interpolated between. The constants are theirs, as published with `robustbase`.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

# 1 - exp(a) / n^b at shares 0.5 and 0.875, for no regressor, and one with and without intercept.
_RAW_LOCATION = ((0.262024211897096, 0.604756680630497), (-0.351584646688712, 1.01646567502486))
_RAW_ONE = {
    True: ((0.630869217886906, 0.650789250442946), (0.565065391014791, 1.03044199012509)),
    False: ((-0.0181777452315321, 0.697629772271099), (-0.310122738776431, 1.06241615923172)),
}
_REWEIGHTED_LOCATION = ((1.11098143415027, 1.5182890270453), (-0.66046776772861, 0.88939595831888))
_REWEIGHTED_ONE = {
    True: ((1.58609654199605, 1.46340162526468), (0.391653958727332, 1.03167487483316)),
    False: ((0.6329852387657, 1.40361879788014), (-0.642240988645469, 0.926325452943084)),
}
# Two or more regressors: (slope, exponent) at n = 3 p^2 and at n = 5 p^2, for shares 0.5 and 0.875.
_RAW_MANY = {
    True: (
        ((-0.746945886714663, 0.56264937192689), (-0.535478048924724, 0.543323462033445)),
        ((-0.458580153984614, 1.12236071104403), (-0.267178168108996, 1.1022478781154)),
    ),
    False: (
        ((-0.487338281979106, 0.405511279418594), (-0.340762058011, 0.37972360544988)),
        ((-0.251778730491252, 0.883966931611758), (-0.146660023184295, 0.86292940340761)),
    ),
}
_REWEIGHTED_MANY = {
    True: (
        ((-0.773365715932083, 2.02013996406346), (-0.337571678986723, 2.02037467454833)),
        ((-0.474174840843602, 1.39681715704956), (-0.276640353112907, 1.42543242287677)),
    ),
    False: (
        ((-0.417574780492848, 1.83958876341367), (-0.175753709374146, 1.8313809497999)),
        ((-0.267522855927958, 1.17559984533974), (-0.161200683014406, 1.21675019853961)),
    ),
}


def raw_factor(p: int, intercept: bool, n: int, alpha: float, h: int) -> float:
    """Factor of the deviation of the h smallest residuals; p counts the intercept. Where nothing is trimmed it
    only divides by the degrees of freedom."""
    if h >= n:
        return float(np.sqrt(n / (n - p)))
    small = _small_sample(p, intercept, n, alpha, _RAW_LOCATION, _RAW_ONE, _RAW_MANY, is_raw=True)
    return small * _consistency(h, n)


def reweighted_factor(p: int, intercept: bool, n: int, alpha: float, kept: int) -> float:
    """Factor of the deviation of the `kept` points of the reweighted step, 1 where all were kept."""
    if kept >= n:
        return 1.0
    if alpha >= 1.0:
        return _consistency(kept, n)
    small = _small_sample(p, intercept, n, alpha, _REWEIGHTED_LOCATION, _REWEIGHTED_ONE, _REWEIGHTED_MANY, is_raw=False)
    return small * _consistency(kept, n)


def _consistency(inner: int, n: int) -> float:
    """Deviation of a standard normal over that of its inner share."""
    limit = ndtri((inner + n) / (2 * n))
    density = np.exp(-0.5 * limit**2) / np.sqrt(2 * np.pi)
    return float(1.0 / np.sqrt(1.0 - 2.0 * n * limit / inner * density))


def _small_sample(
    p: int, intercept: bool, n: int, alpha: float, location: tuple, one: dict, many: dict, is_raw: bool
) -> float:
    regressors = p - 1 if intercept else p
    if regressors >= 2:
        low, high = (_many(curve, regressors, n) for curve in many[intercept])
    else:
        curves = location if regressors == 0 else one[intercept]
        low, high = (1.0 - np.exp(a) / n**b for a, b in curves)
    if alpha <= 0.875:
        factor = low + (high - low) / 0.375 * (alpha - 0.5)
    else:
        factor = high + (1.0 - high) / 0.125 * (alpha - 0.875)
    return float(1.0 / (np.sqrt(factor) if regressors == 0 else factor))


def _many(curve: tuple, regressors: int, n: int) -> float:
    """The curve 1 - exp(a) / n^b through the two fitted sample sizes."""
    values = [np.log(-slope / regressors**exponent) for slope, exponent in curve]
    sizes = [np.log(multiple * regressors**2) for multiple in (3, 5)]
    b = (values[0] - values[1]) / (sizes[1] - sizes[0])
    return 1.0 - np.exp(values[0] + b * sizes[0]) / n**b
