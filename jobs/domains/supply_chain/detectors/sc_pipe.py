"""SC-PIPE: straits and ports that see fewer ships than their own recent weeks explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.alerting.signal import Subjects, findings_of, number, signal_rows
from jobs.domains.supply_chain.methods.transits import TransitConfig, Transits, assess_transits


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Daily ships of S places of one kind, assessed.

    Attributes:
        subject_kind: `strait` or `port`.
        code: of each place, (S,).
        days: (T,), datetime64[D], consecutive.
        counts: ships, (S, T); NaN where the feed has no figure.
        record: record ids, (S, T).
        transits: the assessment.
    """

    subject_kind: str
    code: NDArray[np.str_]
    days: NDArray[np.datetime64]
    counts: NDArray[np.float64]
    record: NDArray[np.object_]
    transits: Transits

    @property
    def subject(self) -> list[str]:
        return [f"{self.subject_kind}={code}" for code in self.code]


def watch(rows: pa.Table, subject_kind: str, config: TransitConfig) -> Watch | None:
    """The places of a daily feed, assessed on every day but the provisional ones; None where there is no row.

    Args:
        rows: columns code, day, ships, record_id.
        subject_kind: `strait` or `port`.
        config: settings.
    """
    if not len(rows):
        return None
    code, row = np.unique(np.asarray(rows["code"].to_pylist(), dtype=str), return_inverse=True)
    day = rows["day"].to_numpy().astype("datetime64[D]")
    days = np.arange(day.min(), day.max() + 1)
    column = (day - days[0]).astype(int)
    counts = np.full((len(code), len(days)), np.nan)
    record = np.full(counts.shape, "", dtype=object)
    counts[row, column] = rows["ships"].to_numpy(zero_copy_only=False).astype(float)
    record[row, column] = rows["record_id"].to_pylist()
    return Watch(
        subject_kind=subject_kind,
        code=code,
        days=days,
        counts=counts,
        record=record,
        transits=assess_transits(counts, config),
    )


def as_date(day: np.datetime64) -> date:
    """A NumPy day as a date."""
    result: date = day.astype("datetime64[D]").astype(date)
    return result


def transport_signals(
    seen: Watch, night: date, known_at: datetime, config: TransitConfig, *, stored_p: float
) -> Iterator[dict[str, Any]]:
    """Rows of gold.signal of the days that can still matter: alarms, and improbable days without one."""
    verdict, total = seen.transits.verdict, len(seen.days)
    first = max(0, total - config.provisional_days - config.assessed_days)
    records = np.empty(seen.counts.shape, dtype=object)
    for n in range(len(seen.code)):
        for k in range(first, total):
            records[n, k] = [r for r in seen.record[n, max(0, k - 2) : k + 1] if r]
    subjects = Subjects(
        kind="supply_chain",
        subject_kind=seen.subject_kind,
        subject_id=seen.subject,
        grain="day",
        records=records,
        columns={"port_code": seen.code.tolist()} if seen.subject_kind == "port" else {},
        starts=[as_date(day) for day in seen.days],
        ends=[as_date(day) for day in seen.days],
        table=f"silver.{seen.subject_kind}_day",
    )
    findings = findings_of(
        verdict,
        "SC-PIPE",
        "down",
        p=verdict.p_drop,
        statistic=verdict.score(),
        unit="ships",
        reason={"alarm": seen.transits.is_alarm},
    )
    cells = [(int(n), int(k)) for n, k in np.argwhere(verdict.p_drop <= stored_p) if k >= first]
    yield from signal_rows(subjects, findings, cells, night, known_at)


def transport_days(seen: Watch, night: date, shown: int) -> Iterator[dict[str, Any]]:
    """Rows of gold.transport_day: the last `shown` days of each place."""
    verdict = seen.transits.verdict
    for n, subject in enumerate(seen.subject):
        for k in range(max(0, len(seen.days) - shown), len(seen.days)):
            if np.isnan(seen.counts[n, k]):
                continue
            yield {
                "night": night,
                "subject_kind": seen.subject_kind,
                "subject_id": subject,
                "period_start": as_date(seen.days[k]),
                "observed": number(seen.counts[n, k]),
                "expected": number(verdict.expected[n, k]),
                "lower": number(verdict.lower[n, k]),
                "upper": number(verdict.upper[n, k]),
                "p_value": number(verdict.p_drop[n, k]),
                "is_testable": bool(verdict.is_testable[n, k]),
                "is_alarm": bool(seen.transits.is_alarm[n, k]),
            }


def tests_performed(seen: Watch, days: int) -> int:
    """Number of hypotheses tested in the last days."""
    return int(np.isfinite(seen.transits.verdict.p_drop[:, -days:]).sum())


def is_fresh(seen: Watch, night: date, promise_days: int) -> bool:
    """Whether the feed reaches so near to the night that an alarm on it is about ships, not about the feed."""
    return bool((night - as_date(seen.days[-1])) <= timedelta(days=promise_days))
