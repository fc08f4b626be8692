"""Alerts on a common move: most imports of a month rose or fell alike, and three months have not passed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa

from jobs.alerting import words
from jobs.contracts import landing
from jobs.contracts.messages import LANGUAGES
from jobs.domains.supply_chain.levels import LevelRule

Row = Mapping[str, Any]
LEVEL = 2  # it names no goods, and what it explains is taken out of every single flow
HOLD = LevelRule().hold


def common_alerts(result: Mapping[str, pa.Table], night: date) -> Iterator[dict[str, Any]]:
    """One alert a source whose last months hold a common move, unranked."""
    newest = {row["source"]: row["period_start"] for row in result["gold.vulnerability"].to_pylist()}
    rows = [row for row in result["gold.signal"].to_pylist() if row["detector_id"] == "SC-COMMON"]
    rows.sort(key=lambda row: (row["subject_id"], row["period_start"]))
    for subject_id, group in groupby(rows, key=lambda row: row["subject_id"]):
        source = subject_id.removeprefix("source=")
        moves = list(group)
        quiet = months_between(moves[-1]["period_start"], newest[source])
        if quiet < HOLD:
            yield common_alert(source, moves, newest[source], quiet, night)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one first day of a month to another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def common_alert(source: str, moves: Sequence[Row], newest: date, quiet: int, night: date) -> dict[str, Any]:
    """One alert from the common moves of a source, the newest of which speaks."""
    last = moves[-1]
    opened = last["period_start"]
    for row in reversed(moves):
        if months_between(row["period_start"], opened) >= HOLD:
            break
        opened = row["period_start"]
    subject = {name: last[name] for name in ("kind", "subject_kind", "subject_id")}
    size = f"{abs(last['observed']):.1f}"
    params = {
        lang: {
            "month": words.month_name(last["period_start"], lang),
            "size": size,
            "n": last["baseline_n"],
            "source": getattr(landing(source).title, lang),
        }
        for lang in LANGUAGES
    }
    return {
        **subject,
        "night": night,
        "opened_period": opened,
        "period_start": newest,
        "period_end": newest,
        "alert_id": words.alert_id(last["kind"], last["subject_kind"], last["subject_id"], opened),
        "direction": last["direction"],
        "raw_level": LEVEL if quiet == 0 else 1,
        "level": LEVEL,
        "previous_level": LEVEL if opened < newest else 1,
        "p_value": last["p_value"],
        "score": None,
        "score_unit": "usd",
        "selection": "rank",
        "propensity": 1.0,
        "caps": ["common_move"],
        "signal_ids": sorted(row["signal_id"] for row in moves),
        "reasons": [{"code": "SC-COMMON", "contribution": 1.0, "params": {"observed": size}}],
        **words.both(f"alert.common_{last['direction']}", params, "sentence"),
        **words.conditions(("shortage",)),
        **words.both("clear.months", {lang: {"n": HOLD - quiet} for lang in LANGUAGES}, "clears"),
    }
