"""SC-COMMON: most imports of a month moved alike - a strike, a holiday, an outage - which is one finding, not many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from jobs.alerting.signal import Findings, Subjects, signal_rows
from jobs.domains.supply_chain.assessment import SourceFindings
from jobs.domains.supply_chain.methods.pooling import Pools
from jobs.domains.supply_chain.tables import KIND, TABLE, first_day, last_day
from jobs.lake.subjects import subject_id

SUBJECT_KIND = "night"


def common_signals(
    source: SourceFindings, pools: Sequence[Pools], night: date, known_at: datetime, *, recent: int
) -> Iterator[dict[str, Any]]:
    """Rows of gold.signal of the last months in which most series moved alike; `observed` is the median move.

    Args:
        source: the series of one source.
        pools: priors of its assessed months, which hold what most series did alike.
        night: the night.
        known_at: its end.
        recent: last months that are looked at.
    """
    months = source.panel.months[source.columns]
    shift = np.array([[each.common_shift for each in pools]])
    subjects = Subjects(
        kind=KIND,
        subject_kind=SUBJECT_KIND,
        subject_id=[subject_id(source=source.panel.source)],
        columns={},
        grain="month",
        starts=[first_day(month) for month in months],
        ends=[last_day(month) for month in months],
        records=np.full(shift.shape, None, dtype=object),
        table=TABLE,
    )
    for direction, holds in (("down", shift < 0), ("up", shift > 0)):
        findings = Findings(
            detector_id="SC-COMMON",
            direction=direction,
            observed=shift,
            expected=np.zeros(shift.shape),
            lower=np.full(shift.shape, np.nan),
            upper=np.full(shift.shape, np.nan),
            p=np.array([[each.common_p for each in pools]]),
            statistic=shift,
            baseline_n=np.array([[each.common_count for each in pools]]),
            unit="sd",
        )
        cells = [(0, int(k)) for k in np.flatnonzero(holds[0]) if k >= len(months) - recent]
        yield from signal_rows(subjects, findings, cells, night, known_at)
