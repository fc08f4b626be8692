"""Declared lots as a night leaves them in gold: one far below its market, one vouched for, one drawn by lot, two
quiet.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

PATH_DAYS, RUN = 180, "run-{night}"
ARTICLES = {"identical": 2, "similar": 3, "wider": 7}


@dataclass(frozen=True)
class Lot:
    """A lot: goods, prices in USD per kg, level before and after the cap, why and whether it is put forward."""

    number: str
    product: str
    hs10: str
    state: str
    origin: str
    price: float
    reference: float | None
    levels: tuple[int, int]
    selection: str
    rank: int
    stake: int | None
    reasons: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    compared: tuple[tuple[str, int, float], ...] = ()  # rung, days apart, price
    voucher: float | None = None

    @property
    def subject_id(self) -> str:
        return f"declaration={self.number}|line=1"

    @property
    def market_id(self) -> str:
        return f"{self.product}|{self.origin}"


NEAR = tuple(
    ("identical", days, price) for days, price in ((2, 3.38), (5, 3.51), (9, 3.22), (12, 3.6), (17, 3.45), (21, 3.05))
)
LOTS = (
    Lot(
        "12345240400017",
        "garlic_dried",
        "0712901000",
        "dried",
        "CN",
        0.71,
        3.42,
        (4, 4),
        "rank",
        1,
        812_000_000,
        ("ratio_low", "ratio_half", "z_extreme", "survey_price"),
        (),
        (*NEAR, ("similar", 8, 3.31), ("wider", 27, 2.96)),
    ),
    Lot(
        "12345240400023",
        "sesame",
        "1207400000",
        "dried",
        "CN",
        1.1,
        1.94,
        (4, 2),
        "rank",
        2,
        95_300_000,
        ("ratio_low", "z_very_low"),
        ("accepted_third_party", "market_fall"),
        (("identical", 4, 1.88), ("identical", 11, 1.97)),
        1.08,
    ),
    Lot("12345240400031", "garlic_peeled", "0703201000", "chilled", "CN", 1.62, 1.7, (1, 1), "random", 40, 1_200_000),
    Lot(
        "12345240400044", "sesame", "1207400000", "dried", "CN", 1.41, 1.94, (2, 2), "none", 55, 800_000, ("ratio_low",)
    ),
    Lot("12345240400052", "wood_pellet", "4401310000", "dried", "VN", 0.12, None, (1, 1), "none", 90, None),
)
QUIET = 995  # further lots of the night, all at level 1


def declared_on(night: date) -> date:
    return night - timedelta(days=1)


def lot_rows(night: date) -> list[dict[str, Any]]:
    """Rows of gold.lot; the quiet ones are alike."""
    quiet = Lot("99345240400000", "garlic_peeled", "0703201000", "chilled", "CN", 1.7, 1.7, (1, 1), "none", 100, 0)
    rows = [lot_row(lot, night) for lot in LOTS]
    base = lot_row(quiet, night)
    return rows + [base | {"declaration_id": f"99345240{n:06d}", "rank": 100 + n} for n in range(QUIET)]


def lot_row(lot: Lot, night: date) -> dict[str, Any]:
    """One lot as it was assessed."""
    ratio = lot.price / lot.reference if lot.reference else None
    lowest = min((price for _, _, price in lot.compared), default=None)
    return {
        "night": night,
        "declaration_id": lot.number,
        "line_no": 1,
        "record_id": "5be1f20c99aa-17",
        "period_start": declared_on(night),
        "shipped_on": night - timedelta(days=12),
        "hs10_code": lot.hs10,
        "standard_name_code": lot.product,
        "grade": "A",
        "product_state": lot.state,
        "packaging": "bag",
        "crop_year": 2023,
        "origin_country": lot.origin,
        "office_code": "020",
        "trade_level": "wholesale",
        "importer_id": "M0417",
        "exporter_id": "X0093",
        "market_id": lot.market_id,
        "net_mass_kg": Decimal("24000.000"),
        "customs_value_krw": Decimal(round(lot.price * 24000 * 1370)),
        "preference_code": "",
        "price_usd_per_kg": lot.price,
        "reference_usd_per_kg": lot.reference,
        "price_ratio": ratio,
        "reference_lower_usd_per_kg": lot.reference and lot.reference * 0.72,
        "reference_upper_usd_per_kg": lot.reference and lot.reference * 1.38,
        "z_score": ratio and float(np.log(ratio) / 0.166),
        "reference_n": 412 if lot.reference else 0,
        "reference_rung": 0 if lot.reference else -1,
        "reference_day": declared_on(night) if lot.reference else None,
        "comparable_rung": lot.compared[0][0] if lot.compared else "none",
        "comparable_count": 61 if lot.compared else 0,
        "lowest_comparable_usd_per_kg": lowest,
        "lowest_declaration_id": "10000240300005" if lowest else None,
        "lowest_line_no": 1 if lowest else None,
        "voucher_declaration_id": "20000240300001" if lot.voucher else None,
        "voucher_line_no": 2 if lot.voucher else None,
        "raw_level": lot.levels[0],
        "level_before_cap": lot.levels[0],
        "level": lot.levels[1],
        "caps": ["accepted_third_party"] if lot.voucher else [],
        "reason_codes": list(lot.reasons),
        "grounds": ground_rows(lot),
        "speaks_for": list(lot.speaks),
        "raises_codes": ["pattern"] if lot.levels[1] > 1 else [],
        "clears_codes": ["price_explained"] if lot.levels[1] > 1 else [],
        "learned": [],
        "probability": 0.93 if lot.levels[0] > 2 else 0.04,
        "shortfall_krw": lot.stake and Decimal(round(lot.stake / 0.9)),
        "stake_krw": None if lot.stake is None else Decimal(lot.stake),
        "stake_lower_krw": lot.stake and Decimal(round(lot.stake * 0.8)),
        "stake_upper_krw": lot.stake and Decimal(round(lot.stake * 1.2)),
        "stake_at_lowest_krw": Decimal(round(lot.stake * 0.7)) if lowest and lot.stake else None,
        "rank": lot.rank,
        "selection": lot.selection,
        "propensity": 0.01 if lot.selection == "random" else 1.0,
        "run_id": RUN.format(night=night),
    }


def ground_rows(lot: Lot) -> list[dict[str, Any]]:
    """What two price rules found."""
    if lot.reference is None:
        return []
    return [
        {
            "code": code,
            "reference_usd_per_kg": at,
            "ratio": lot.price / at,
            "z": float(np.log(lot.price / at) / sd),
            "n": n,
            "is_low": lot.price / at < 0.8,
            "reason_codes": [],
        }
        for code, at, sd, n in (("LP-1", lot.reference * 0.99, 0.2, 61), ("LP-4", lot.reference * 1.02, 0.25, 1))
    ]


def comparable_rows(night: date) -> list[dict[str, Any]]:
    """Comparables of the lots that have any, the lowest and the voucher marked."""
    rows = []
    for lot in LOTS:
        result = [(f"1000024030{place:04d}", *each, False) for place, each in enumerate(lot.compared)]
        if lot.voucher:
            result.append(("20000240300001", "identical", 6, lot.voucher, True))
        lowest = min((price for _, _, _, price, _ in result), default=None)
        for place, (number, rung, days, price, is_voucher) in enumerate(result, start=1):
            rows.append(
                {
                    "night": night,
                    "declaration_id": lot.number,
                    "line_no": 1,
                    "comparable_declaration_id": number,
                    "comparable_line_no": 2 if is_voucher else 1,
                    "record_id": f"77ac01be23f4-{place}",
                    "place": place,
                    "comparable_rung": rung,
                    "legal_article": ARTICLES[rung],
                    "days_apart": days,
                    "origin_country": lot.origin,
                    "period_start": declared_on(night) - timedelta(days=days),
                    "importer_id": "M0900",
                    "is_examined": is_voucher,
                    "shipped_on": night - timedelta(days=12 + days),
                    "net_mass_kg": Decimal("18000.000"),
                    "run_id": RUN.format(night=night),
                    "declared_usd_per_kg": price + 0.02,
                    "adjusted_usd_per_kg": price,
                    "is_lowest": price == lowest,
                    "is_voucher": is_voucher,
                }
            )
    return rows


def path_rows(night: date) -> list[dict[str, Any]]:
    """The reference price of the markets with a lot at level 2 or above, a slow wave."""
    rows = []
    for lot in {lot.market_id: lot for lot in LOTS if lot.levels[1] > 1}.values():
        for back in range(PATH_DAYS - 1, -1, -1):
            middle = (lot.reference or 1.0) * (1 + 0.08 * np.sin(back / 30))
            rows.append(
                {
                    "night": night,
                    "market_id": lot.market_id,
                    "standard_name_code": lot.product,
                    "origin_country": lot.origin,
                    "period_start": night - timedelta(days=back),
                    "reference_usd_per_kg": middle,
                    "lot_count": back % 4,
                    "reference_lower_usd_per_kg": middle * 0.72,
                    "reference_upper_usd_per_kg": middle * 1.38,
                    "run_id": RUN.format(night=night),
                }
            )
    return rows


def lot_subject(lot: Lot, night: date) -> dict[str, Any]:
    """Who a lot's alert is about, and what differs from other kinds of alerts."""
    opened = declared_on(night)
    stakes = (None,) * 3 if lot.stake is None else tuple(Decimal(round(lot.stake * share)) for share in (1, 0.8, 1.2))
    return {
        "kind": "low_price",
        "subject_kind": "lot",
        "subject_id": lot.subject_id,
        "opened_period": opened,
        "period_start": opened,
        "alert_id": hashlib.sha256(f"low_price|lot|{lot.subject_id}|{opened}".encode()).hexdigest()[:16],
        "period_end": opened,
        "hs_code": lot.hs10,
        "partner_country": lot.origin,
        "firm_id": "M0417",
        "office_code": "020",
        "selection": lot.selection,
        "caps": ["accepted_third_party"] if lot.voucher else [],
        "p_value": None,
        "score": float(lot.stake or 0),
        "score_unit": "krw",
        "stake_krw": stakes[0],
        "stake_lower_krw": stakes[1],
        "stake_upper_krw": stakes[2],
        "raw_level": lot.levels[0],
        "signal_ids": [hashlib.sha256(f"{night}|LP-1|{lot.subject_id}".encode()).hexdigest()[:16]],
        "reasons": reason_rows(lot),
    }


def reason_rows(lot: Lot) -> list[dict[str, Any]]:
    """Two price rules with their figures, and the third party's lot where there is one."""
    rows = [
        {
            "code": code,
            "contribution": share,
            "params": [("observed", f"{lot.price} USD/kg"), ("expected", f"{lot.reference} USD/kg")],
        }
        for code, share in (("LP-1", 0.7), ("LP-4", 0.3))
    ]
    voucher = {"code": "accepted_third_party", "contribution": 0.0, "params": [("observed", "20000240300001/2")]}
    return [*rows, voucher] if lot.voucher else rows


def lot_words(lot: Lot) -> dict[str, str]:
    """The sentences of a lot's alert."""
    share = f"{lot.price / (lot.reference or 1):.0%}"
    return {
        "sentence_ko": f"신고 단가 {lot.price} 달러/kg은 참조가격 {lot.reference} 달러/kg의 {share}다.",
        "sentence_en": f"Declared at {lot.price} USD/kg, {share} of the reference price of {lot.reference} USD/kg.",
        "raises_ko": "정황이 하나 확인되면 등급이 오른다.",
        "raises_en": "The level rises if a pattern is found.",
        "clears_ko": "가격의 이유가 밝혀지면 해제된다.",
        "clears_en": "The alert clears once the price is explained.",
    }


def lot_signal_rows(night: date) -> list[dict[str, Any]]:
    """The finding behind each lot's alert, naming the lowest comparable's record."""
    rows = []
    for lot in (lot for lot in LOTS if lot.selection != "none"):
        about = lot_subject(lot, night)
        evidence = [
            {
                "code": "lowest_comparable_usd_per_kg",
                "value": 2.96,
                "text": None,
                "unit": "usd_per_kg",
                "table": "silver.import_declaration",
                "record_ids": ["77ac01be23f4-8"],
            }
        ]
        rows.append(
            {
                **{
                    k: about[k]
                    for k in (
                        "kind",
                        "subject_kind",
                        "subject_id",
                        "hs_code",
                        "partner_country",
                        "period_start",
                        "period_end",
                    )
                },
                "signal_id": about["signal_ids"][0],
                "night": night,
                "detector_id": "LP-1",
                "detector_version": "1",
                "family": "price",
                "grain": "event",
                "known_at": datetime(night.year, night.month, night.day, tzinfo=UTC),
                "direction": "down",
                "observed": lot.price,
                "expected": lot.reference,
                "unit": "usd_per_kg",
                "statistic": -9.5,
                "baseline_n": 61,
                "is_testable": True,
                "reason_codes": [],
                "evidence": evidence,
                "rules_version": "2026.11.1",
                "run_id": RUN.format(night=night),
            }
        )
    return rows
