"""How large the t-value of a level shift gets where there is none: the Monte-Carlo null of `level_shift`.

The shift's place is searched for, so that its t-value is the largest of many: at 42 months |t| > 2.58
happens on one series in five without any shift, and the 1 % limit is near 4. `python -m
tests.calibration.level_shift` makes the table again (20,000 series of white noise a length, through the
whole fit).
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray

# P(|t| >= limit) without a shift: one column for each probability of NULL_TAIL, one row for each length of series.
NULL_TAIL = np.array([0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
NULL_T: dict[int, tuple[float, ...]] = {
    36: (1.913, 2.542, 2.951, 3.315, 3.806, 4.173, 4.477, 4.92, 5.181),
    42: (1.925, 2.559, 2.944, 3.295, 3.771, 4.12, 4.412, 4.852, 5.208),
    47: (1.897, 2.515, 2.901, 3.256, 3.668, 3.943, 4.29, 4.82, 5.057),
    48: (1.86, 2.51, 2.897, 3.271, 3.711, 4.007, 4.262, 4.77, 5.033),
    60: (1.858, 2.469, 2.858, 3.175, 3.56, 3.845, 4.118, 4.489, 4.774),
    84: (1.822, 2.43, 2.804, 3.119, 3.512, 3.765, 3.995, 4.292, 4.602),
    120: (1.794, 2.424, 2.786, 3.118, 3.522, 3.773, 4.049, 4.341, 4.636),
}


def shift_p_values(t: FloatArray, points: int) -> tuple[FloatArray, FloatArray]:
    """One-sided p-values (rise, fall) of t-values that come from a search over `points` periods.

    Between the tabulated lengths limits are interpolated linearly; beyond the shortest and longest the
    nearest is used. log p is linear in t between the tabulated probabilities, and continues with its last
    slope beyond them (a straight line lies above the tail of the normal, so far values err towards
    caution).
    """
    lengths = np.array(sorted(NULL_T))
    table = np.array([NULL_T[length] for length in lengths])
    limits = np.array([np.interp(points, lengths, column) for column in table.T])
    limits, log_tail = np.concatenate([[0.0], limits]), np.log(np.concatenate([[1.0], NULL_TAIL]))
    size = np.abs(t)
    slope = (log_tail[-1] - log_tail[-3]) / (limits[-1] - limits[-3])
    log_p = np.interp(size, limits, log_tail) + slope * np.maximum(size - limits[-1], 0.0)
    half = np.exp(log_p) / 2
    return np.where(t > 0, half, 1 - half), np.where(t > 0, 1 - half, half)
