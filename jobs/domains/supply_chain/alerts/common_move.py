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
from jobs.domains.supply_chain.config import SupplyChainConfig, supply_chain_config

Row = Mapping[str, Any]


def common_alerts(result: Mapping[str, pa.Table], night: date) -> Iterator[dict[str, Any]]:
    """One alert a source whose last months hold a common move, unranked."""
    config = supply_chain_config()
    newest = {row["source"]: row["period_start"] for row in result["gold.vulnerability"].to_pylist()}
    rows = [row for row in result["gold.signal"].to_pylist() if row["detector_id"] == "SC-COMMON"]
    rows.sort(key=lambda row: (row["subject_id"], row["period_start"]))
    for subject_id, group in groupby(rows, key=lambda row: row["subject_id"]):
        source = subject_id.removeprefix("source=")
        moves = list(group)
        quiet = months_between(moves[-1]["period_start"], newest[source])
        if quiet < config.levels.hold:
            yield common_alert(source, moves, newest[source], quiet, night, config)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one first day of a month to another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def common_alert(
    source: str, moves: Sequence[Row], newest: date, quiet: int, night: date, config: SupplyChainConfig
) -> dict[str, Any]:
    """One alert from the common moves of a source, the newest of which speaks."""
    last, hold, level = moves[-1], config.levels.hold, config.quantity.common.level
    opened = last["period_start"]
    for row in reversed(moves):
        if months_between(row["period_start"], opened) >= hold:
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
        "raw_level": level if quiet == 0 else 1,
        "level": level,
        "previous_level": level if opened < newest else 1,
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
        **words.both("clear.months", {lang: {"n": hold - quiet} for lang in LANGUAGES}, "clears"),
    }
