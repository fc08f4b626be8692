"""The supply-chain back-test: nights replayed month by month, seeded cuts, naive rules at the same alarm rate.

Plain arrays in, tables out: the command reads the facts and stores what comes back. Only one vintage of the
statistics exists, so a month counts as known from the 15th of the next: every result is a pseudo-vintage.
The rule and its parameters were set on simulated worlds (`jobs.domains.supply_chain.backtest.worlds`, seeds 1 to 999).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jobs.domains.supply_chain.backtest.cuts import DEPTHS, lay_cuts
from jobs.domains.supply_chain.backtest.naive import RULES
from jobs.domains.supply_chain.backtest.score import (
    RATES,
    Curve,
    bootstrap_interval,
    leave_one_item_out,
    operating_points,
    sweep_naive,
    sweep_ours,
)
from jobs.domains.supply_chain.backtest.setup import Setup, prepare
from jobs.domains.supply_chain.config import SupplyChainConfig
from jobs.domains.supply_chain.facts.panel import Panel
from jobs.domains.supply_chain.levels import Levels
from jobs.lake.subjects import item_id
from jobs.stats.combine import reject_bh
from jobs.stats.episodes import entries

OURS = "level_rule"
EVENT_WINDOW = (-1, 6)  # months around the effective date in which an alarm counts as the event's


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What a back-test found.

    Attributes:
        curves: one row a detector, setting and depth.
        points: one row a detector, alarm rate asked for and depth, with a 95 % interval by series.
        left_out: the same with each HS6 assessed at the setting chosen by the others.
        alarms: one row an episode entering the level of an alarm at the night's q, on the series as they were.
        events: one row an event of the catalogue.
        counts: what was assessed and what eligibility left out.
    """

    curves: pa.Table
    points: pa.Table
    left_out: pa.Table
    alarms: pa.Table
    events: pa.Table
    counts: Mapping[str, int] = field(default_factory=dict)


def run_backtest(
    panel: Panel,
    events: Sequence[Mapping[str, object]],
    config: SupplyChainConfig,
    *,
    cuts: int = 500,
    seed: int = 1000,
) -> Backtest:
    """Replay all months of a panel and score detectors on seeded cuts and known events.

    Args:
        panel: facts; series of one source.
        events: rows of `schemas/codes/events.yml`.
        config: settings of a night.
        cuts: places for cuts; each is cut to 50, 20 and 5 %, half of them after hoarding.
        seed: of the places and of the bootstrap.
    """
    setup = prepare(panel, config, cuts=cuts, seed=seed)
    mass, cut_mass = panel.mass[setup.rows], {depth: lay_cuts(panel.mass, setup.cuts, depth) for depth in DEPTHS}
    sweeps = {OURS: sweep_ours(setup, config.levels)}
    sweeps |= {name: sweep_naive(setup, mass, cut_mass, rule, config.levels) for name, rule in RULES.items()}
    for name, rule in RULES.items():
        sweeps[f"{name}_gated"] = sweep_naive(setup, mass, cut_mass, rule, config.levels, is_gated=True)
    levels = setup.nights.levels(reject_bh(setup.nights.p, config.combine.false_discovery_rate), config.levels)
    return Backtest(
        curves=pa.concat_tables([_curve_rows(name, curve) for name, curve in sweeps.items()]),
        points=pa.concat_tables([_point_rows(name, curve, setup, seed) for name, curve in sweeps.items()]),
        left_out=pa.concat_tables([_left_out_rows(name, curve, setup, panel) for name, curve in sweeps.items()]),
        alarms=_alarm_rows(panel, setup, levels, config.levels.alarm),
        events=_event_rows(panel, setup, levels, events),
        counts={
            "series": len(panel.mass),
            "assessed_series": len(setup.rows),
            "tests": int(setup.nights.watched.sum()),
            "nights": int(setup.nights.watched.any(0).sum()),
            "cuts": cuts,
        },
    )


def _curve_rows(name: str, curve: Curve) -> pa.Table:
    settings, depths = len(curve.setting), len(DEPTHS)
    return pa.table(
        {
            "detector": pa.array([name] * settings * depths, pa.string()),
            "setting": np.repeat(curve.setting, depths),
            "alarm_rate": np.repeat(curve.rate, depths),
            "depth": np.tile(DEPTHS, settings),
            "detected": curve.detected.mean(2).ravel(),
        }
    )


def _point_rows(name: str, curve: Curve, setup: Setup, seed: int) -> pa.Table:
    rows = []
    for asked, at in operating_points(curve):
        for k, depth in enumerate(DEPTHS):
            if at < 0:  # even the strictest threshold alarms more often: nothing can be found at this rate
                rows.append((name, asked, np.nan, np.nan, depth, 0.0, 0.0, 0.0, np.nan))
                continue
            result, lag = curve.detected[at, k], curve.lag[at, k]
            low, high = bootstrap_interval(result, setup.cuts.row, np.random.default_rng(seed))
            mean_lag = float(lag[result].mean()) if result.any() else np.nan
            rows.append((name, asked, curve.setting[at], curve.rate[at], depth, result.mean(), low, high, mean_lag))
    names = (
        "detector",
        "rate_asked",
        "setting",
        "alarm_rate",
        "depth",
        "detected",
        "lower",
        "upper",
        "mean_lag_months",
    )
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _left_out_rows(name: str, curve: Curve, setup: Setup, panel: Panel) -> pa.Table:
    rows = []
    for asked in RATES:
        result, rate = leave_one_item_out(curve, panel.item[setup.rows], panel.item[setup.cuts.row], asked)
        rows += [(name, asked, rate, depth, share) for depth, share in zip(DEPTHS, result, strict=True)]
    names = ("detector", "rate_asked", "alarm_rate", "depth", "detected")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _alarm_rows(panel: Panel, setup: Setup, levels: Levels, alarm: int) -> pa.Table:
    row, month = np.nonzero(entries(levels.level, alarm))
    return pa.table(
        {
            "subject_id": pa.array([panel.subject[n] for n in setup.rows[row]], pa.string()),
            "month": pa.array(panel.months[setup.first + month].astype("datetime64[D]")),
            "level": levels.level[row, month],
            "p_value": setup.nights.p[row, month],
            "ratio": setup.nights.evidence.ratio[row, month],
            "share": setup.nights.evidence.share[row, month],
        }
    )


def _event_rows(panel: Panel, setup: Setup, levels: Levels, events: Sequence[Mapping[str, object]]) -> pa.Table:
    """First months at level 2 and 3 within the event's window, and the lag from the effective month."""
    names, rows = [panel.subject[n] for n in setup.rows], []
    for event in events:
        subject = item_id(event["hs_code"], event["partner_country"])
        month = np.datetime64(str(event["effective_from"]), "M")
        ahead = (panel.months[setup.first :].astype("datetime64[M]") - month).astype(int)
        inside = (ahead >= EVENT_WINDOW[0]) & (ahead <= EVENT_WINDOW[1])
        watched = subject in names
        lags: list[int | None] = [None, None]
        if watched and inside.any():
            level = levels.level[names.index(subject)]
            reached = [np.flatnonzero(inside & (level >= least)) for least in (2, 3)]
            lags = [int(ahead[r[0]]) if len(r) else None for r in reached]
        status = "not_watched" if not watched else "not_covered" if not inside.any() else "assessed"
        rows.append((str(event["id"]), subject, status, *lags))
    fields = [
        ("event_id", pa.string()),
        ("subject_id", pa.string()),
        ("status", pa.string()),
        ("lag_level_2", pa.int64()),
        ("lag_level_3", pa.int64()),
    ]
    columns: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [[] for _ in fields]
    return pa.table(
        [pa.array(list(c), kind) for c, (_, kind) in zip(columns, fields, strict=True)],
        names=[name for name, _ in fields],
    )
