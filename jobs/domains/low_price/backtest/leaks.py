"""The audit before any accuracy: are the features our ranking reads knowledge of a lot, or memory of its label?

The earlier half of a world's nights is learnt from, the later validates, on the very features the ranking reads, each
with the day it became known. Our ranking learns from no label; a feature that leaked would give it one all the same.
"""

from __future__ import annotations

import numpy as np

from jobs.domains.low_price.backtest.trial import Trial
from jobs.stats.leak_audit.audit import Audit, audit

TARGET = "is_true_case"


def audit_trial(trial: Trial, seed: int) -> Audit:
    """The audit of one world's features; look-alikes are among the honest."""
    decided = trial.night.astype("datetime64[D]")
    table = {**trial.features, TARGET: trial.is_case.astype(float)}
    return audit(
        table,
        TARGET,
        split=trial.night < np.median(trial.night),
        rng=np.random.default_rng(seed),
        decided_at=decided,
        feature_times=dict.fromkeys(trial.features, trial.known.astype("datetime64[D]")),
    )
