"""A night's findings put together: combined p-values, rejections, levels, for every subject at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.alerting.signal import Findings
from jobs.arrays import FloatArray
from jobs.domains.supply_chain.config import SupplyChainConfig
from jobs.domains.supply_chain.detectors.sc_short import DETECTOR as TESTED
from jobs.domains.supply_chain.facts.panel import Panel, Standing
from jobs.domains.supply_chain.levels import Evidence, Levels, hold_levels, raise_levels
from jobs.stats.combine import combine_cauchy, reject_bh
from jobs.stats.episodes import opened_period

CONFIRMING = ("SC-PRICE", "SC-HOARD", "SC-CONC")


@dataclass(frozen=True, kw_only=True)
class SourceFindings:
    """The series of one source with everything found on them; series arrays (S, K), item arrays (I, K).

    Attributes:
        panel, standing: facts, over all T months.
        columns: the K assessed columns of the panel.
        of_series, of_items: findings by detector.
        p_down, p_up: combined p-value of each direction.
    """

    panel: Panel
    standing: Standing
    columns: NDArray[np.int64]
    of_series: dict[str, Findings]
    of_items: dict[str, Findings]
    p_down: FloatArray
    p_up: FloatArray


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What the night concludes of the series of one source, (S, K).

    Attributes:
        rejected_down, rejected_up: at the night's false-discovery rate, watched series only.
        levels: of the shortage direction, with the conditions that hold.
        raw: level of each period alone, both directions.
        level: largest raw level of the last three periods.
        opened: column in which the running episode began, -1 where there is none.
        is_up: whether the level comes from a surge alone.
    """

    rejected_down: NDArray[np.bool_]
    rejected_up: NDArray[np.bool_]
    levels: Levels
    raw: NDArray[np.int64]
    level: NDArray[np.int64]
    opened: NDArray[np.int64]
    is_up: NDArray[np.bool_]


def collect_findings(
    rows: pa.Table, panel: Panel, columns: NDArray[np.int64]
) -> tuple[dict[str, Findings], dict[str, Findings]]:
    """Findings by detector, on series and on items, in the panel's order.

    Args:
        rows: rows of `assess.SERIES_SCHEMA` of the panel's source.
        panel: the source's series.
        columns: the assessed columns.
    """
    place = {(panel.hs_code[i], o): n for n, (i, o) in enumerate(zip(panel.item, panel.origin, strict=True))}
    items = {hs: n for n, hs in enumerate(panel.hs_code)}
    grouped: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        grouped.setdefault((row["detector_id"], row["partner_country"] is None), []).append(row)
    of_series, of_items = {}, {}
    for (detector, is_item), members in grouped.items():
        at = [items[r["hs_code"]] if is_item else place[r["hs_code"], r["partner_country"]] for r in members]
        shape = (len(items) if is_item else len(place), len(columns))
        (of_items if is_item else of_series)[detector] = _findings(members, at, shape)
    return of_series, of_items


def _findings(rows: list[dict[str, Any]], at: list[int], shape: tuple[int, int]) -> Findings:
    def numbers(name: str) -> FloatArray:
        out = np.full(shape, np.nan)
        out[at] = np.array([row[name] for row in rows], dtype=float)
        return out

    codes = sorted({code for row in rows for period in row["reason_codes"] for code in period})
    reason = {code: np.zeros(shape, dtype=bool) for code in codes}
    for row, n in zip(rows, at, strict=True):
        for k, period in enumerate(row["reason_codes"]):
            for code in period:
                reason[code][n, k] = True
    baseline = np.zeros(shape, dtype=np.int64)
    baseline[at] = [row["baseline_n"] for row in rows]
    first = rows[0]
    return Findings(
        detector_id=first["detector_id"],
        direction=first["direction"],
        unit=first["unit"],
        reason=reason,
        baseline_n=baseline,
        **{name: numbers(name) for name in ("observed", "expected", "lower", "upper", "p", "statistic")},
    )


def combine_direction(findings: Sequence[Findings], direction: str) -> FloatArray:
    """One p-value of a direction; NaN where nothing was tested.

    Downwards it is that of SC-SHORT, the quantity family's own scan: the other families confirm, they do not find.
    Upwards it is the Cauchy combination of all.
    """
    if direction == "down":
        return next(f.p for f in findings if f.detector_id == TESTED)
    return combine_cauchy(np.stack([f.p for f in findings if f.direction == direction], axis=-1))


def level_sources(sources: Sequence[SourceFindings], config: SupplyChainConfig) -> list[Assessed]:
    """Rejections and levels of all sources, one family of tests a month and direction over all of them."""
    if not sources:
        return []
    q = config.combine.false_discovery_rate
    months = np.unique(np.concatenate([s.panel.months[s.columns] for s in sources]))
    down = _reject_family(sources, months, [s.p_down for s in sources], q)
    up = _reject_family(sources, months, [s.p_up for s in sources], q)
    return [_assess_source(s, d, u, config) for s, d, u in zip(sources, down, up, strict=True)]


def _reject_family(
    sources: Sequence[SourceFindings], months: NDArray[np.datetime64], p_values: Sequence[FloatArray], q: float
) -> list[NDArray[np.bool_]]:
    """Benjamini-Hochberg per month over the watched series of all sources."""
    family = np.full((sum(len(p) for p in p_values), len(months)), np.nan)
    places = []
    row = 0
    for source, p in zip(sources, p_values, strict=True):
        at = np.searchsorted(months, source.panel.months[source.columns])
        watched = source.standing.is_watched[:, source.columns]
        family[row : row + len(p), at] = np.where(watched, p, np.nan)
        places.append((slice(row, row + len(p)), at))
        row += len(p)
    rejected = reject_bh(family, q)
    return [rejected[rows][:, at] for rows, at in places]


def _assess_source(
    source: SourceFindings, down: NDArray[np.bool_], up: NDArray[np.bool_], config: SupplyChainConfig
) -> Assessed:
    evidence = gather_evidence(source, down)
    levels = raise_levels(evidence, config.levels)
    raw = np.maximum(levels.raw, np.where(up, config.surge.level, 1))
    level = hold_levels(raw, config.levels.hold)
    return Assessed(
        rejected_down=down,
        rejected_up=up,
        levels=levels,
        raw=raw,
        level=level,
        opened=opened_period(level),
        is_up=(level > 1) & (levels.level == 1),
    )


def gather_evidence(source: SourceFindings, rejected: NDArray[np.bool_]) -> Evidence:
    """What the levels ask of each series in each period."""
    panel, standing, columns = source.panel, source.standing, source.columns
    drop = source.of_series["SC-DROP"]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = drop.observed / drop.expected
    gone = np.clip(np.nan_to_num(drop.expected - drop.observed), 0, None)
    whole = np.zeros((len(panel.hs_code), len(columns)))
    np.add.at(whole, panel.item, np.nan_to_num(np.where(np.isfinite(drop.expected), drop.expected, drop.observed)))
    with np.errstate(divide="ignore", invalid="ignore"):
        lost_share = gone / whole[panel.item]
    return Evidence(
        rejected=rejected,
        ratio=ratio,
        share=standing.share[:, columns],
        vulnerability=standing.vulnerability.at_least.astype(np.int64)[panel.item][:, columns],
        vulnerability_most=standing.vulnerability.at_most.astype(np.int64)[panel.item][:, columns],
        other_family_p=confirming_p(source),
        lost_share=lost_share,
    )


def confirming_p(source: SourceFindings) -> FloatArray:
    """Smallest p of a family other than quantity, on the series or on its item; NaN where there is none."""
    parts = [source.of_series[d].p for d in CONFIRMING if d in source.of_series]
    parts += [source.of_items[d].p[source.panel.item] for d in CONFIRMING if d in source.of_items]
    result: FloatArray = np.fmin.reduce(parts)
    return result
