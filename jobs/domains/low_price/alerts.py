"""Alerts on declared lots: those the night's capacity is spent on, by rank or drawn to learn, one episode a lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from jobs.alerting import words
from jobs.contracts.codes import label
from jobs.contracts.messages import LANGUAGES, say
from jobs.lake.subjects import line_id

Row = Mapping[str, Any]
PATTERNS = ("LP-HUG", "LP-WEIGHT", "LP-SWITCH", "LP-COPY")
CONDITIONS = ("many_prices", "survey_price")
SURVEY = "LP-4"
NO_RECORD = "-"


def low_price_alerts(result: Mapping[str, pa.Table], night: date) -> Iterator[dict[str, Any]]:
    """Alerts of the lots that the night selected, with their places 1..n in the order of the lots' ranks."""
    lots = [row for row in result["gold.lot"].to_pylist() if row["selection"] != "none"]
    signals: dict[str, list[Row]] = {}
    for row in result["gold.signal"].to_pylist():
        signals.setdefault(row["subject_id"], []).append(row)
    for place, lot in enumerate(sorted(lots, key=lambda row: row["rank"]), start=1):
        yield lot_alert(lot, signals.get(subject_id(lot), []), place, night)


def subject_id(lot: Row) -> str:
    """Canonical name of a lot."""
    return line_id(lot["declaration_id"], lot["line_no"])


def lot_alert(lot: Row, signals: Sequence[Row], place: int, night: date) -> dict[str, Any]:
    """One alert from a chosen lot and its signals; an episode opens on the day of declaration and has no past."""
    day, level = lot["period_start"], lot["level"]
    return {
        "night": night,
        "kind": "low_price",
        "subject_kind": "lot",
        "subject_id": subject_id(lot),
        "hs_code": lot["hs10_code"],
        "partner_country": lot["origin_country"],
        "firm_id": lot["importer_id"],
        "office_code": lot["office_code"],
        "alert_id": words.alert_id("low_price", "lot", subject_id(lot), day),
        "opened_period": day,
        "period_start": day,
        "period_end": day,
        "direction": "down",
        "raw_level": lot["raw_level"],
        "level": level,
        "previous_level": level if day < night else 1,
        "p_value": None,
        "score": float(lot["stake_krw"] or 0),
        "score_unit": "krw",
        "rank": place,
        "selection": lot["selection"],
        "propensity": lot["propensity"],
        "stake_krw": lot["stake_krw"],
        "stake_lower_krw": lot["stake_lower_krw"],
        "stake_upper_krw": lot["stake_upper_krw"],
        "caps": list(lot["caps"]),
        "signal_ids": sorted(row["signal_id"] for row in signals),
        "reasons": reasons(lot),
        **sentence(lot),
        **raises(lot),
        **clears(lot),
    }


def reasons(lot: Row) -> list[dict[str, Any]]:
    """The price rules that speak against the lot with their share of the evidence, its patterns, and what speaks for
    it.
    """
    low = [ground for ground in lot["grounds"] if ground["is_low"]]
    total = sum(-ground["z"] for ground in low)
    stated = [
        {
            "code": ground["code"],
            "contribution": -ground["z"] / total,
            "params": usd(lot["price_usd_per_kg"], ground["reference_usd_per_kg"]),
        }
        for ground in sorted(low, key=lambda ground: (ground["z"], ground["code"]))
    ]
    codes = [code for code in (*PATTERNS, *CONDITIONS) if code in lot["reason_codes"]]
    voucher = {"observed": line_name(lot["voucher_declaration_id"], lot["voucher_line_no"])}
    stated += [{"code": code, "contribution": 0.0, "params": {}} for code in codes]
    stated += [{"code": each["code"], "contribution": 0.0, "params": learned(each)} for each in lot["learned"]]
    stated += [
        {"code": code, "contribution": 0.0, "params": voucher if code == "accepted_third_party" else {}}
        for code in lot["speaks_for"]
    ]
    if lot["selection"] != "rank":
        stated.append({"code": "drawn_to_learn", "contribution": 0.0, "params": {}})
    return stated


def learned(reason: Row) -> dict[str, str]:
    """By how much something learned multiplies the odds; of a party's past also how many of its lots were found low."""
    params = {"factor": f"{reason['odds_factor']:,.1f}"}
    if reason["inspected_count"] is None:
        return params
    return params | {"observed": f"{reason['found_count']}/{reason['inspected_count']}"}


def usd(observed: float, expected: float) -> dict[str, str]:
    """A declared price and what it is compared with."""
    return {"observed": words.quantity(observed, "usd_per_kg"), "expected": words.quantity(expected, "usd_per_kg")}


def line_name(declaration: str | None, line: int | None) -> str:
    """A declaration's line in a few letters."""
    return f"{declaration}/{line}" if declaration else NO_RECORD


def compared_with(lot: Row) -> tuple[str, dict[str, str]]:
    """Which sentence says what the lot's price is compared with, and that price with the ratio to it."""
    if lot["reference_usd_per_kg"]:
        return "alert.low_price", price_and_ratio(lot["reference_usd_per_kg"], lot["price_ratio"])
    surveyed = [ground for ground in lot["grounds"] if ground["code"] == SURVEY]
    if surveyed:
        return "alert.low_price_survey", price_and_ratio(surveyed[0]["reference_usd_per_kg"], surveyed[0]["ratio"])
    return "alert.low_price_alone", {}


def price_and_ratio(reference: float, ratio: float) -> dict[str, str]:
    """A price that the declared one is compared with, and the share of it that is declared."""
    return {"reference": f"{reference:,.2f}", "ratio": words.percent(ratio)}


def sentence(lot: Row) -> dict[str, str]:
    """The lot in one sentence of each language."""
    key, reference = compared_with(lot)
    stated = {}
    for lang in LANGUAGES:
        params = {
            "item": label("standard_product", lot["standard_name_code"], lang),
            "origin": label("country", lot["origin_country"], lang),
            "price": f"{lot['price_usd_per_kg']:,.2f}",
            "day": words.day_name(lot["period_start"], lang),
            "lowest": lowest(lot, lang),
            "at_stake": at_stake(lot, lang),
        }
        said = say(key, lang, params | reference)
        stated[f"sentence_{lang}"] = (
            said if lot["selection"] == "rank" else say("alert.drawn", lang, {"sentence": said})
        )
    return stated


def at_stake(lot: Row, lang: str) -> str:
    """The sentence about the duty at stake, or that it could not be computed."""
    if lot["stake_krw"] is None:
        return say("alert.at_stake_unknown", lang)
    names = {"stake": "stake_krw", "lower": "stake_lower_krw", "upper": "stake_upper_krw"}
    return say("alert.at_stake", lang, {name: words.won(lot[column], lang) for name, column in names.items()})


def lowest(lot: Row, lang: str) -> str:
    """The part of the sentence about the lowest accepted comparable."""
    if lot["lowest_comparable_usd_per_kg"] is None:
        return say("alert.lowest_none", lang)
    params = {
        "lowest": f"{lot['lowest_comparable_usd_per_kg']:,.2f}",
        "record": line_name(lot["lowest_declaration_id"], lot["lowest_line_no"]),
    }
    if lot["stake_at_lowest_krw"] is None:
        return say("alert.lowest_only", lang, params)
    return say("alert.lowest", lang, params | {"at_lowest": words.won(lot["stake_at_lowest_krw"], lang)})


def raises(lot: Row) -> dict[str, str]:
    """What would raise the level."""
    if not lot["raises_codes"]:
        return {f"raises_{lang}": say("raise.none_lot", lang) for lang in LANGUAGES}
    return words.conditions(lot["raises_codes"])


def clears(lot: Row) -> dict[str, str]:
    """What would clear the alert."""
    if not lot["clears_codes"]:
        return {f"clears_{lang}": say("clear.lot_drawn", lang) for lang in LANGUAGES}
    either = {
        lang: {"conditions": say("raise.or", lang).join(say(f"clear.{code}", lang) for code in lot["clears_codes"])}
        for lang in LANGUAGES
    }
    return words.both("clear.lot", either, "clears")
