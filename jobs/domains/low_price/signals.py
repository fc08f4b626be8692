"""Rows of gold.signal of the lots that the night chose: every price rule that could test one, and every pattern it
shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jobs.alerting.signal import signal_id
from jobs.contracts import register
from jobs.lake.subjects import line_id

KIND, SUBJECT_KIND, TABLE = "low_price", "lot", "silver.import_declaration"
PATTERNS = ("LP-HUG", "LP-WEIGHT", "LP-SWITCH", "LP-COPY")
Row = Mapping[str, Any]


def subject(lot: Row) -> dict[str, Any]:
    """Whom a finding on a lot is about, as columns."""
    return {
        "kind": KIND,
        "subject_kind": SUBJECT_KIND,
        "subject_id": line_id(lot["declaration_id"], lot["line_no"]),
        "hs_code": lot["hs10_code"],
        "partner_country": lot["origin_country"],
        "firm_id": lot["importer_id"],
        "office_code": lot["office_code"],
    }


def lot_signals(
    lots: Sequence[Row], comparables: Sequence[Row], night: date, known_at: datetime
) -> Iterator[dict[str, Any]]:
    """Signals of chosen lots.

    Args:
        lots: rows of gold.lot.
        comparables: rows of gold.comparable of these lots.
        night: the night.
        known_at: its end.
    """
    lowest = {(row["declaration_id"], row["line_no"]): row["record_id"] for row in comparables if row["is_lowest"]}
    for lot in lots:
        for ground in lot["grounds"]:
            records = [lowest.get((lot["declaration_id"], lot["line_no"]))] if ground["code"] == "LP-1" else []
            yield price_signal(lot, ground, [each for each in records if each], night, known_at)
        if lot["learned"]:
            yield learned_signal(lot, night, known_at)
        for code in PATTERNS:
            if code in lot["reason_codes"]:
                yield {
                    **about(lot, code, night, known_at),
                    "is_testable": True,
                    "reason_codes": [code],
                    "evidence": [declared(lot)],
                }


def price_signal(lot: Row, ground: Row, records: list[str], night: date, known_at: datetime) -> dict[str, Any]:
    """One price rule on one lot."""
    bounds = ("reference_lower_usd_per_kg", "reference_upper_usd_per_kg")
    lower, upper = (lot[name] if ground["code"] == "LP-REF" else None for name in bounds)
    expected = {
        "code": "expected",
        "value": ground["reference_usd_per_kg"],
        "text": None,
        "unit": "usd_per_kg",
        "table": TABLE if records else "",
        "record_ids": records,
    }
    return {
        **about(lot, ground["code"], night, known_at),
        "expected": ground["reference_usd_per_kg"],
        "lower": lower,
        "upper": upper,
        "statistic": ground["z"],
        "baseline_n": ground["n"],
        "is_testable": True,
        "reason_codes": ground["reason_codes"],
        "evidence": [declared(lot), expected],
    }


def learned_signal(lot: Row, night: date, known_at: datetime) -> dict[str, Any]:
    """What was learned that raises the lot's chance: the factors of its odds."""
    factors = [
        {
            "code": each["code"],
            "value": each["odds_factor"],
            "text": None,
            "unit": "ratio",
            "table": "",
            "record_ids": [],
        }
        for each in lot["learned"]
    ]
    return {
        **about(lot, "LP-LEARNED", night, known_at),
        "is_testable": True,
        "reason_codes": [each["code"] for each in lot["learned"]],
        "evidence": [declared(lot), *factors],
    }


def about(lot: Row, code: str, night: date, known_at: datetime) -> dict[str, Any]:
    """What every signal of a lot states."""
    rule, who, day = register.detector(code), subject(lot), lot["period_start"]
    return {
        **who,
        "signal_id": signal_id(night, rule.id, SUBJECT_KIND, who["subject_id"], rule.grain, day),
        "night": night,
        "detector_id": rule.id,
        "detector_version": rule.version,
        "rules_version": register.rules_version(rule.domain),
        "family": rule.family,
        "grain": rule.grain,
        "period_start": day,
        "period_end": day,
        "known_at": known_at,
        "direction": rule.direction,
        "observed": lot["price_usd_per_kg"],
        "unit": "usd_per_kg",
        "baseline_n": 0,
    }


def declared(lot: Row) -> dict[str, Any]:
    """The declared price with the record it stands in."""
    records = [lot["record_id"]] if lot["record_id"] else []
    return {
        "code": "observed",
        "value": lot["price_usd_per_kg"],
        "text": None,
        "unit": "usd_per_kg",
        "table": TABLE,
        "record_ids": records,
    }
