"""A back-test's figures as rows of gold.backtest, and as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.table import Table

from jobs.domains.supply_chain.backtest.controls import Controls
from jobs.domains.supply_chain.backtest.study import Backtest
from jobs.terminal import text_table


def backtest_rows(result: Backtest, controls: Controls) -> Iterator[dict[str, Any]]:
    """Rows of gold.backtest without the columns that all share."""
    cuts = result.counts["cuts"]
    for row in result.curves.to_pylist():
        yield figure(
            "curve", row["detector"], "cut_detection", row, threshold=row["setting"], value=row["detected"], n=cuts
        )
    for row in result.points.to_pylist():
        asked = {**row, "alarm_rate": row["rate_asked"]}
        bounds = {"lower": row["lower"], "upper": row["upper"]}
        yield figure(
            "all",
            row["detector"],
            "cut_detection",
            asked,
            threshold=row["setting"],
            value=row["detected"],
            n=cuts,
            **bounds,
        )
        yield figure(
            "all",
            row["detector"],
            "mean_lag_months",
            asked,
            threshold=row["setting"],
            value=row["mean_lag_months"],
            n=cuts,
        )
    for row in result.left_out.to_pylist():
        yield figure(
            "leave_one_hs6_out",
            row["detector"],
            "cut_detection",
            {**row, "alarm_rate": row["rate_asked"]},
            value=row["detected"],
            n=cuts,
        )
    for row in result.events.to_pylist():
        for level in (2, 3):
            lag = row[f"lag_level_{level}"]
            yield figure(
                f"event:{row['event_id']}",
                "level_rule",
                f"lag_level_{level}",
                {},
                value=lag,
                n=int(row["status"] == "assessed"),
            )
    for name, assessed, alarms, running in control_figures(controls):
        yield figure(
            f"control:{name}",
            "level_rule",
            "months_alarmed",
            {},
            value=alarms / assessed if assessed else None,
            n=assessed,
        )
        yield figure(f"control:{name}", "level_rule", "longest_run", {}, value=running, n=assessed)


def figure(
    group: str, rule: str, measure: str, row: dict[str, Any], *, value: float | None, n: int, **more: float | None
) -> dict[str, Any]:
    """One figure; rate and depth are 0 where a figure has none."""
    rate, depth = (float(row.get(name) or 0.0) for name in ("alarm_rate", "depth"))
    return {
        "group_id": group,
        "rule": rule,
        "measure": measure,
        "alarm_rate": rate,
        "depth": depth,
        "value": value,
        "sample_n": n,
        **more,
    }


def control_figures(controls: Controls) -> Iterator[tuple[str, int, int, int]]:
    """Of each total: name, months assessed, months alarmed, longest run of alarms."""
    alarms = controls.alarms()
    for n, name in enumerate(controls.name):
        assessed = int(np.isfinite(controls.p[n]).sum())
        run = longest = 0
        for alarmed in alarms[n]:
            run = run + 1 if alarmed else 0
            longest = max(longest, run)
        if assessed:
            yield name, assessed, int(alarms[n].sum()), longest


def printed(result: Backtest, controls: Controls) -> Iterator[Table]:
    """Tables for the terminal."""
    yield text_table(
        "Cuts found at equal alarm rates (95 % interval, by series)",
        ["rule", "episodes per series-year", "cut to", "detected", "interval", "mean lag"],
        [
            [
                r["detector"],
                f"{r['rate_asked']:g} ({r['alarm_rate']:.2f})",
                f"{r['depth']:.0%}",
                f"{r['detected']:.3f}",
                f"{r['lower']:.2f}-{r['upper']:.2f}",
                f"{r['mean_lag_months']:.1f}",
            ]
            for r in result.points.to_pylist()
        ],
    )
    yield text_table(
        "Each HS6 judged at the setting the others chose",
        ["rule", "asked", "realised rate", "cut to", "detected"],
        [
            [
                r["detector"],
                f"{r['rate_asked']:g}",
                f"{r['alarm_rate']:.2f}",
                f"{r['depth']:.0%}",
                f"{r['detected']:.3f}",
            ]
            for r in result.left_out.to_pylist()
        ],
    )
    yield text_table(
        "Known events: months from the effective month to level 2 and 3",
        ["event", "subject", "status", "level 2", "level 3"],
        [
            [str(r[name]) for name in ("event_id", "subject_id", "status", "lag_level_2", "lag_level_3")]
            for r in result.events.to_pylist()
        ],
    )
    yield text_table(
        "Quiet controls: national totals with three years behind them",
        ["total", "months judged", "p < .01", "longest run"],
        [[name, *map(str, rest)] for name, *rest in control_figures(controls)],
    )
