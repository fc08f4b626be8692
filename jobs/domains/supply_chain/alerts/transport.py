"""Alerts on straits and ports: ships fell materially below their recent weeks, and are not back for two weeks yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa

from jobs.alerting import words
from jobs.contracts.codes import label, routes
from jobs.contracts.messages import LANGUAGES
from jobs.domains.supply_chain.config import supply_chain_config
from jobs.domains.supply_chain.methods.transits import TransitConfig

Row = Mapping[str, Any]
SHOWN = 3


def transport_alerts(result: Mapping[str, pa.Table], night: date) -> Iterator[dict[str, Any]]:
    """Alerts of every place with an alarm in the last two weeks that were assessed, unranked."""
    config = supply_chain_config().transits
    signals: dict[str, list[Row]] = {}
    for row in result["gold.signal"].to_pylist():
        if row["detector_id"] == "SC-PIPE":
            signals.setdefault(row["subject_id"], []).append(row)
    newest = newest_months(result["gold.subject_month"])
    days = sorted(result["gold.transport_day"].to_pylist(), key=lambda r: (r["subject_id"], r["period_start"]))
    for subject_id, group in groupby(days, key=lambda r: r["subject_id"]):
        assessed = [row for row in group if row["is_testable"]]
        alarms = [row for row in assessed if row["is_alarm"]]
        if alarms and (assessed[-1]["period_start"] - alarms[-1]["period_start"]).days < config.quiet_days:
            goods = exposed(newest, subject_id, config.exposed_share)
            yield transport_alert(assessed, alarms, signals.get(subject_id, []), goods, night, config)


def transport_alert(
    assessed: Sequence[Row],
    alarms: Sequence[Row],
    signals: Sequence[Row],
    goods: Sequence[Row],
    night: date,
    config: TransitConfig,
) -> dict[str, Any]:
    """One alert from the assessed days of a place, its alarm days, its signals and the goods that come by it."""
    last, opened = assessed[-1], opening([row["period_start"] for row in alarms], config.quiet_days)
    episode = [row for row in alarms if row["period_start"] >= opened]
    worst = min(episode, key=lambda row: (row["p_value"], row["period_start"]))
    of_episode = [row for row in signals if row["period_start"] >= opened and "alarm" in row["reason_codes"]]
    quiet = (last["period_start"] - alarms[-1]["period_start"]).days
    kind, code = worst["subject_kind"], worst["subject_id"].split("=", 1)[1]
    seen, expected = words.quantity(worst["observed"], "ships"), words.quantity(worst["expected"], "ships")
    params = {
        lang: {
            "place": label("strait", code, lang) if kind == "strait" else code,
            "observed": seen,
            "expected": expected,
            "ratio": words.percent(worst["observed"] / worst["expected"]),
            "day": words.day_name(worst["period_start"], lang),
            "items": "; ".join(good_name(row, lang) for row in goods[:SHOWN]),
        }
        for lang in LANGUAGES
    }
    return {
        "night": night,
        "kind": "supply_chain",
        "subject_kind": kind,
        "subject_id": worst["subject_id"],
        "port_code": code if kind == "port" else None,
        "opened_period": opened,
        "period_start": last["period_start"],
        "alert_id": words.alert_id("supply_chain", kind, worst["subject_id"], opened),
        "period_end": last["period_start"],
        "direction": "down",
        "raw_level": config.level if last["is_alarm"] else 1,
        "level": config.level,
        "previous_level": config.level if opened < last["period_start"] else 1,
        "p_value": worst["p_value"],
        "score": None,
        "score_unit": "usd",
        "selection": "rank",
        "propensity": 1.0,
        "caps": ["transport_only"],
        "signal_ids": sorted(row["signal_id"] for row in of_episode),
        "reasons": [{"code": "SC-PIPE", "contribution": 1.0, "params": {"observed": seen, "expected": expected}}],
        **words.both("alert.transport_exposed" if goods else "alert.transport", params, "sentence"),
        **words.conditions(("statistics",)),
        **words.both("clear.days", {lang: {"n": config.quiet_days - quiet} for lang in LANGUAGES}, "clears"),
    }


def opening(alarm_days: Sequence[date], quiet: int) -> date:
    """First day of the last run of alarms less than `quiet` days apart."""
    opened = alarm_days[-1]
    for day in reversed(alarm_days):
        if (opened - day).days >= quiet:
            break
        opened = day
    return opened


def newest_months(months: pa.Table) -> list[Row]:
    """The newest month of each watched series."""
    newest: dict[str, Row] = {}
    for row in sorted(months.to_pylist(), key=lambda r: r["period_start"]):
        newest[row["subject_id"]] = row
    return [row for row in newest.values() if row["is_watched"]]


def exposed(newest: Sequence[Row], subject_id: str, least: float) -> list[Row]:
    """Watched goods of which at least `least` comes through the place by the shortest route, the largest first."""
    kind, code = subject_id.split("=", 1)
    if kind != "strait":
        return []

    def through(row: Row) -> float:
        return float(row["origin_share"] or 0.0) * routes().get(row["partner_country"], {}).get(code, 0.0)

    goods = [row for row in newest if through(row) >= least]
    return sorted(goods, key=lambda row: (-through(row) * float(row["value_usd"]), row["subject_id"]))


def good_name(row: Row, lang: str) -> str:
    """An exposed item and its origin in a few words."""
    return f"HS {row['hs_code']} ({label('country', row['partner_country'], lang)})"
