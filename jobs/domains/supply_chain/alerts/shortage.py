"""Alerts on imported items: an origin's quantity fell, or surged, and has not been quiet for three months since."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa

from jobs.alerting import words
from jobs.contracts.codes import hs_versions
from jobs.contracts.messages import LANGUAGES
from jobs.domains.supply_chain.config import SupplyChainConfig, supply_chain_config
from jobs.domains.supply_chain.levels import missing_for_next
from jobs.lake.subjects import item_id

Row = Mapping[str, Any]
CONDITIONS = (
    "vulnerable",
    "vulnerability_unknown",
    "strong_share",
    "second_family",
    "second_consecutive",
    "deep",
    "lost_half",
)


def shortage_alerts(result: Mapping[str, pa.Table], night: date) -> Iterator[dict[str, Any]]:
    """Alerts of every series whose level is above normal in its newest month, unranked."""
    config = supply_chain_config()
    signals: dict[str, list[Row]] = {}
    for row in result["gold.signal"].to_pylist():
        signals.setdefault(row["subject_id"], []).append(row)
    structure = {(row["source"], row["hs_code"]): row for row in result["gold.vulnerability"].to_pylist()}
    months = sorted(
        result["gold.subject_month"].to_pylist(), key=lambda r: (r["subject_id"], r["source"], r["period_start"])
    )
    for (subject_id, source), group in groupby(months, key=lambda r: (r["subject_id"], r["source"])):
        history = list(group)
        if (history[-1]["level"] or 1) < 2:
            continue
        of_subject = signals.get(subject_id, []) + signals.get(item_id(history[-1]["hs_code"]), [])
        yield shortage_alert(history, of_subject, structure.get((source, history[-1]["hs_code"]), {}), night, config)


def shortage_alert(
    history: Sequence[Row], signals: Sequence[Row], structure: Row, night: date, config: SupplyChainConfig
) -> dict[str, Any]:
    """One alert from the months of its series, its signals and its item's structure."""
    last, hold = history[-1], config.levels.hold
    window = history[-hold:]
    source = next(row for row in reversed(window) if row["raw_level"] == last["level"])
    quiet = window[::-1].index(source)
    opened = opening(history)
    recent = [row for row in signals if window[0]["period_start"] <= row["period_start"] <= last["period_start"]]
    deciding = [row for row in recent if row["period_start"] == source["period_start"]]
    stored = set(source["reason_codes"])
    is_up = last["direction"] == "up"
    subject = {name: last[name] for name in ("kind", "subject_kind", "subject_id", "hs_code", "partner_country")}
    return {
        **subject,
        "night": night,
        "opened_period": opened,
        "direction": last["direction"],
        "selection": "rank",
        "propensity": 1.0,
        "alert_id": words.alert_id(last["kind"], last["subject_kind"], last["subject_id"], opened),
        "period_start": last["period_start"],
        "period_end": max(row["period_end"] for row in recent) if recent else last["period_start"],
        "raw_level": last["raw_level"],
        "level": last["level"],
        "previous_level": previous_level(history),
        "p_value": source["p_value"],
        "score": at_stake(history, source),
        "score_unit": "usd",
        "origin_share": source["origin_share"],
        "vulnerability": structure.get("vulnerability"),
        "cover_days": None,
        "caps": caps(stored, is_up=is_up, level=last["level"]),
        "signal_ids": sorted(row["signal_id"] for row in recent),
        "reasons": reasons(deciding, stored, config.combine.reason_p, is_up=is_up),
        **sentence(source, deciding, opened, is_up=is_up),
        **words.conditions(("shortage",) if is_up else missing_for_next(stored, last["level"])),
        **words.both("clear.months", {lang: {"n": hold - quiet} for lang in LANGUAGES}, "clears"),
    }


def opening(history: Sequence[Row]) -> date:
    """First month of the run of months above normal that reaches the newest."""
    opened = history[-1]["period_start"]
    for row in reversed(history):
        if (row["level"] or 1) < 2:
            break
        opened = row["period_start"]
    result: date = opened
    return result


def previous_level(history: Sequence[Row]) -> int:
    """Level one month earlier; normal where there is none."""
    return int(history[-2]["level"] or 1) if len(history) > 1 else 1


def at_stake(history: Sequence[Row], source: Row) -> float | None:
    """Value in USD of what is missing (or too much), at the mean unit value of the last twelve months."""
    year = history[-12:]
    kg, usd = (float(sum(row[name] for row in year)) for name in ("net_mass_kg", "value_usd"))
    if not kg or source["expected"] is None:
        return None
    result: float | None = abs(source["expected"] - float(source["net_mass_kg"])) * usd / kg
    return result


def caps(stored: set[str], *, is_up: bool, level: int) -> list[str]:
    """Codes of what holds the level down."""
    if is_up:
        return ["surge_only"]
    return [code for code, holds in (("small_share", "small_share" in stored), ("cover_unknown", level == 3)) if holds]


def reasons(deciding: Sequence[Row], stored: set[str], most: float, *, is_up: bool) -> list[dict[str, Any]]:
    """Detectors that speak for the alert with their share of the evidence, then the conditions that hold."""
    speaking = [
        row
        for row in deciding
        if row["p_value"] is not None
        and row["p_value"] <= most
        and (row["direction"] == ("up" if is_up else "down") or row["family"] != "quantity")
    ]
    weights = [-math.log10(max(row["p_value"], 1e-10)) for row in speaking]
    detectors = [
        {
            "code": row["detector_id"],
            "contribution": weight / sum(weights),
            "params": {name: words.quantity(row[name], row["unit"]) for name in ("observed", "expected")},
        }
        for weight, row in sorted(
            zip(weights, speaking, strict=True), key=lambda pair: (-pair[0], pair[1]["detector_id"])
        )
    ]
    conditions = (
        [] if is_up else [{"code": code, "contribution": 0.0, "params": {}} for code in CONDITIONS if code in stored]
    )
    return detectors + conditions


def edition_of(month: date, lang: str) -> str:
    """Name of the edition of the nomenclature that holds in a month; nothing before the first that is listed."""
    begun = [names[lang] for day, names in hs_versions().items() if day <= month]
    return begun[-1] if begun else ""


def sentence(source: Row, deciding: Sequence[Row], opened: date, *, is_up: bool) -> dict[str, str]:
    """The alert in one sentence of each language."""
    observed, expected = float(source["net_mass_kg"]), source["expected"] or 0.0
    p = {row["detector_id"]: row["p_value"] for row in deciding if row["p_value"] is not None}
    if is_up:
        key = "alert.surge"
    elif observed == 0:
        key = "alert.none_revised" if "code_may_be_revised" in source["reason_codes"] else "alert.none"
    elif p.get("SC-SHIFT", 1.0) < p.get("SC-DROP", 1.0) and opened < source["period_start"]:
        key = "alert.shift"
    else:
        key = "alert.drop"
    params = {
        lang: {
            **words.subject_words(source["hs_code"], source["partner_country"], lang),
            "observed": words.mass(observed, lang),
            "expected": words.mass(expected, lang),
            "ratio": words.percent(observed / expected) if expected else "?",
            "share": words.percent(source["origin_share"] or 0.0),
            "month": words.month_name(source["period_start"], lang),
            "opened": words.month_name(opened, lang),
            "edition": edition_of(source["period_start"], lang),
        }
        for lang in LANGUAGES
    }
    return words.both(key, params, "sentence")
