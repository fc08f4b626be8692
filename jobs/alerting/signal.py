"""What every detector answers with, and its rows of gold.signal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.contracts import register
from jobs.stats.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Findings:
    """One detector on N subjects in K periods, in one direction; every array has shape (N, K).

    Attributes:
        detector_id: the detector, registered in schemas/detectors.
        direction: `down` or `up`.
        observed, expected, lower, upper: in `unit`; NaN where unknown.
        p: one-sided p-value; NaN where the period was not tested.
        statistic: the test statistic.
        baseline_n: past periods compared with.
        unit: of the observed.
        reason: codes of what the detector noted, by code the cells it holds for.
        baseline_start, baseline_end: first and last past period compared with, as datetime64; None where the
            detector has no window of its own.
    """

    detector_id: str
    direction: str
    observed: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    p: FloatArray
    statistic: FloatArray
    baseline_n: NDArray[np.int64]
    unit: str
    reason: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    baseline_start: NDArray[np.datetime64] | None = None
    baseline_end: NDArray[np.datetime64] | None = None


def findings_of(
    verdict: Verdict,
    detector_id: str,
    direction: str,
    *,
    p: FloatArray,
    statistic: FloatArray,
    unit: str,
    reason: dict[str, NDArray[np.bool_]],
) -> Findings:
    """A detector's findings where what was seen and what was expected are those of a verdict."""
    return Findings(
        detector_id=detector_id,
        direction=direction,
        observed=verdict.observed,
        expected=verdict.expected,
        lower=verdict.lower,
        upper=verdict.upper,
        p=p,
        statistic=statistic,
        baseline_n=verdict.baseline_n,
        unit=unit,
        reason=reason,
    )


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """Whom findings are about: N subjects over K periods.

    Attributes:
        kind: platform question, such as `supply_chain`.
        subject_kind: `item_origin`, `item`, `strait`, ...
        subject_id: canonical names, length N.
        columns: further subject columns by name (`hs_code`, `partner_country`, `port_code`), each of length N.
        starts, ends: first and last day of each period, length K.
        grain: `day`, `week` or `month`.
        records: record ids behind each cell, (N, K) lists; None where a cell has none.
        table: silver table the records lie in.
    """

    kind: str
    subject_kind: str
    subject_id: Sequence[str]
    columns: dict[str, Sequence[str | None]]
    starts: Sequence[date]
    ends: Sequence[date]
    grain: str
    records: NDArray[np.object_]
    table: str


def signal_id(night: date, detector_id: str, subject_kind: str, subject_id: str, grain: str, period: date) -> str:
    """First 16 hex digits of the SHA-256 of what makes a finding the one it is."""
    text = "|".join([night.isoformat(), detector_id, subject_kind, subject_id, grain, period.isoformat()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def number(value: float) -> float | None:
    """The value, or None where it is not a finite number."""
    return float(value) if np.isfinite(value) else None


def signal_rows(
    subjects: Subjects, findings: Findings, cells: Sequence[tuple[int, int]], night: date, known_at: Any
) -> list[dict[str, Any]]:
    """Rows of gold.signal for the chosen cells (subject, period) of one detector."""
    rule = register.detector(findings.detector_id)
    rows = []
    for n, k in cells:
        subject_id, start = subjects.subject_id[n], subjects.starts[k]
        row: dict[str, Any] = {
            "signal_id": signal_id(night, rule.id, subjects.subject_kind, subject_id, subjects.grain, start),
            "night": night,
            "kind": subjects.kind,
            "subject_kind": subjects.subject_kind,
            "subject_id": subject_id,
            "detector_id": rule.id,
            "detector_version": rule.version,
            "rules_version": register.rules_version(rule.domain),
            "family": rule.family,
            "grain": subjects.grain,
            "period_start": start,
            "period_end": subjects.ends[k],
            "known_at": known_at,
            "direction": findings.direction,
            "unit": findings.unit,
            "baseline_n": int(findings.baseline_n[n, k]),
            "is_testable": bool(np.isfinite(findings.p[n, k])),
            "reason_codes": [code for code, holds in findings.reason.items() if holds[n, k]],
            "p_value": number(findings.p[n, k]),
            "statistic": number(findings.statistic[n, k]),
            "evidence": _evidence(subjects, findings, n, k),
        }
        for name in ("observed", "expected", "lower", "upper"):
            row[name] = number(getattr(findings, name)[n, k])
        if findings.baseline_start is not None and findings.baseline_end is not None:
            row["baseline_start"] = _day(findings.baseline_start[n, k])
            row["baseline_end"] = _day(findings.baseline_end[n, k])
        row.update({name: values[n] for name, values in subjects.columns.items()})
        rows.append(row)
    return rows


def _day(value: np.datetime64) -> date | None:
    return None if np.isnat(value) else value.astype("datetime64[D]").astype(date)


def _evidence(subjects: Subjects, findings: Findings, n: int, k: int) -> list[dict[str, Any]]:
    """The figures of a finding: what was seen, with its records, and what was expected."""
    records = [record for record in (subjects.records[n, k] or []) if record]
    figures = [("observed", findings.observed, subjects.table, records), ("expected", findings.expected, "", [])]
    return [
        {"code": code, "value": number(a[n, k]), "text": None, "unit": findings.unit, "table": table, "record_ids": ids}
        for code, a, table, ids in figures
        if number(a[n, k]) is not None
    ]
