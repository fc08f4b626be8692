"""The night's conclusions as rows of gold: signals, vulnerability and the months of watched subjects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from jobs.alerting.signal import Findings, Subjects, number, signal_rows
from jobs.domains.supply_chain.assessment import Assessed, SourceFindings
from jobs.domains.supply_chain.config import SupplyChainConfig
from jobs.domains.supply_chain.facts.panel import Panel
from jobs.domains.supply_chain.facts.revisions import may_be_revised
from jobs.domains.supply_chain.methods.vulnerability import Vulnerability, VulnerabilityRule
from jobs.lake.subjects import item_id

KIND = "supply_chain"
TABLE = "silver.trade_month"


def first_day(month: np.datetime64) -> date:
    """First day of a month."""
    result: date = month.astype("datetime64[D]").astype(date)
    return result


def last_day(month: np.datetime64) -> date:
    """Last day of a month."""
    result: date = ((month + 1).astype("datetime64[D]") - 1).astype(date)
    return result


def series_subjects(source: SourceFindings) -> Subjects:
    """The item-origins of a source over its assessed months."""
    panel, columns = source.panel, source.columns
    records = np.empty((len(panel.item), len(columns)), dtype=object)
    for n, k in np.ndindex(records.shape):
        records[n, k] = [panel.record[n, columns[k]]] if panel.record[n, columns[k]] else []
    hs = panel.hs_code[panel.item].tolist()
    return Subjects(
        kind=KIND,
        subject_kind="item_origin",
        subject_id=panel.subject,
        grain="month",
        records=records,
        table=TABLE,
        columns={"hs_code": hs, "partner_country": panel.origin.tolist()},
        starts=[first_day(panel.months[c]) for c in columns],
        ends=[last_day(panel.months[c]) for c in columns],
    )


def item_subjects(source: SourceFindings) -> Subjects:
    """The items of a source; the records of a month are those of all its origins."""
    panel, columns = source.panel, source.columns
    records = np.empty((len(panel.hs_code), len(columns)), dtype=object)
    for i, k in np.ndindex(records.shape):
        records[i, k] = [record for record in panel.record[panel.item == i, columns[k]] if record]
    return Subjects(
        kind=KIND,
        subject_kind="item",
        subject_id=[item_id(hs) for hs in panel.hs_code],
        grain="month",
        records=records,
        table=TABLE,
        columns={"hs_code": panel.hs_code.tolist()},
        starts=[first_day(panel.months[c]) for c in columns],
        ends=[last_day(panel.months[c]) for c in columns],
    )


def stored_cells(findings: list[Findings], recent: int, stored_p: float) -> list[tuple[int, int]]:
    """Cells of the last periods in which any detector of the subject has a p-value of at most `stored_p`."""
    if not findings:
        return []
    least = np.fmin.reduce([f.p for f in findings])
    first = least.shape[1] - recent
    return [(int(n), int(k)) for n, k in np.argwhere(least <= stored_p) if k >= first]


def signals(
    source: SourceFindings, night: date, known_at: datetime, *, recent: int, stored_p: float
) -> Iterator[dict[str, Any]]:
    """Rows of gold.signal of one source: all detectors of every subject worth storing."""
    for subjects, findings in (
        (series_subjects(source), list(source.of_series.values())),
        (item_subjects(source), list(source.of_items.values())),
    ):
        cells = stored_cells(findings, recent, stored_p)
        for each in findings:
            yield from signal_rows(subjects, each, [c for c in cells if np.isfinite(each.p[c])], night, known_at)


def tests_performed(source: SourceFindings, recent: int) -> int:
    """Number of hypotheses tested in the periods that make levels."""
    everything = [*source.of_series.values(), *source.of_items.values()]
    return int(sum(np.isfinite(f.p[:, -recent:]).sum() for f in everything))


def vulnerability_rows(source: SourceFindings, night: date, rule: VulnerabilityRule) -> Iterator[dict[str, Any]]:
    """Rows of gold.vulnerability: each item's structure over the months before the newest month."""
    panel, graded = source.panel, source.standing.vulnerability
    window = slice(-rule.months - 1, -1)
    imports = np.zeros((len(panel.hs_code), len(panel.months)))
    np.add.at(imports, panel.item, np.nan_to_num(panel.value))
    for i, hs in enumerate(panel.hs_code):
        own = panel.item == i
        yield {
            "night": night,
            "source": panel.source,
            "hs_code": hs,
            "hs_level": len(hs),
            "period_start": first_day(panel.months[-1]),
            "item_value_usd": float(imports[i, window].sum()),
            "origin_count": int((panel.value[own, window] > 0).any(axis=1).sum()),
            **structure(panel, graded, i, rule),
        }


def structure(panel: Panel, graded: Vulnerability, i: int, rule: VulnerabilityRule) -> dict[str, Any]:
    """Concentration and class of one item in the newest month, and what of it is unknown."""
    shares, known = graded.concentration, bool(graded.is_known[i, -1])
    coverage = number(shares.coverage[i, -1])
    notes = []
    if coverage is not None and coverage < rule.coverage:
        notes.append("coverage_low")
    if number(shares.hhi[i, -1]) is None:
        notes.append("short_history")
    if not known and not notes:
        notes.append("world_hhi_unknown")
    top = int(shares.top_row[i, -1])
    return {
        "hhi": number(shares.hhi[i, -1]),
        "world_hhi": None,
        "top_origin": panel.origin[top] if top >= 0 else None,
        "top_share": number(shares.top1[i, -1]),
        "import_export_ratio": number(graded.mx[i, -1]),
        "coverage_ratio": coverage,
        "vulnerability": int(graded.at_least[i, -1]) or None,
        "reason_codes": notes,
    }


def shown_series(source: SourceFindings, assessed: Assessed, config: SupplyChainConfig) -> np.ndarray:
    """Series whose months are kept for people: watched in a recent month or in an episode, and their item's other
    origins.

    A small origin neither raises an alarm nor fills a gap, and is left out.
    """
    own = source.standing.is_watched[:, -config.span.recent :].any(axis=1) | (assessed.level[:, -1] > 1)
    beside = np.isin(source.panel.item, source.panel.item[own])
    beside &= source.standing.share[:, -1] >= config.eligibility.peer_share_least
    return np.flatnonzero(own | beside)


def subject_months(
    source: SourceFindings, assessed: Assessed, night: date, config: SupplyChainConfig
) -> Iterator[dict[str, Any]]:
    """Rows of gold.subject_month: every month of each shown series, assessed where it was."""
    panel, standing = source.panel, source.standing
    drop = source.of_series["SC-DROP"]
    evaluated = {int(column): k for k, column in enumerate(source.columns)}
    noted = {"zero_assumed": panel.is_assumed, "code_may_be_revised": may_be_revised(panel)}
    for n in shown_series(source, assessed, config):
        for t, month in enumerate(panel.months):
            if np.isnan(panel.mass[n, t]):
                continue
            row = {
                "night": night,
                "kind": KIND,
                "subject_kind": "item_origin",
                "subject_id": panel.subject[n],
                "source": panel.source,
                "hs_code": panel.hs_code[panel.item[n]],
                "partner_country": panel.origin[n],
                "period_start": first_day(month),
                "net_mass_kg": Decimal(f"{panel.mass[n, t]:.3f}"),
                "value_usd": Decimal(f"{panel.value[n, t]:.2f}"),
                "direction": "none",
                "is_testable": False,
                "reason_codes": [code for code, holds in noted.items() if holds[n, t]],
                "is_watched": bool(standing.is_watched[n, t]),
                "origin_share": number(standing.share[n, t]),
            }
            if t in evaluated:
                k = evaluated[t]
                up = bool(assessed.is_up[n, k])
                row.update(
                    expected=number(drop.expected[n, k]),
                    lower=number(drop.lower[n, k]),
                    upper=number(drop.upper[n, k]),
                    p_value=number((source.p_up if up else source.p_down)[n, k]),
                    raw_level=int(assessed.raw[n, k]),
                    level=int(assessed.level[n, k]),
                    is_testable=bool(np.isfinite(drop.p[n, k])),
                    is_rejected=bool(assessed.rejected_down[n, k] | assessed.rejected_up[n, k]),
                    direction="up" if up else "down" if assessed.level[n, k] > 1 else "none",
                    reason_codes=[
                        *[code for code, holds in assessed.levels.holds.items() if holds[n, k]],
                        *[code for code, holds in noted.items() if holds[n, t]],
                    ],
                )
            yield row
