"""SC-CONC: an item's supply more concentrated than its own past explains."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings
from jobs.domains.supply_chain.methods.concentration import Jump


def find_concentration(jump: Jump) -> Findings:
    """Findings on items; `observed` is the largest origin's share of the last three months."""
    unknown = np.full(jump.p.shape, np.nan)
    return Findings(
        detector_id="SC-CONC",
        direction="up",
        observed=jump.top1,
        expected=jump.top1_before,
        lower=unknown,
        upper=unknown,
        p=jump.p,
        statistic=jump.hhi - jump.hhi_before,
        baseline_n=jump.baseline_n,
        unit="ratio",
        reason={"crossed_dependent": jump.crossed_dependent, "crossed_concentrated": jump.crossed_concentrated},
    )
