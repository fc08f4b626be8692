"""A small gold lake as the night would leave it, for pages, briefs and exports: invented figures, real shapes.

Two nights. On the second, one alert is new, one raised, one lowered, one cleared; every level is there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import write_deltalake

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from tests.builders import assessed_lots

NIGHTS = (date(2024, 3, 31), date(2024, 4, 30))
FIRST_MONTH, PERIOD = date(2020, 10, 1), date(2024, 3, 1)
REASON_PARAMS = ([("observed", "21 t"), ("expected", "318 t")], [("observed", "79%"), ("expected", "58%")])
RULES, CODE, RUN = "2026.11.1", "0.1.0+c0ffee1", "run-{night}"


@dataclass(frozen=True)
class Origin:
    """An item from one origin: usual tonnes a month, the last months' ratio to them, levels of both nights."""

    hs_code: str
    partner: str
    tonnes: float
    share: float
    recent: tuple[float, ...] = (1.0, 1.0)
    levels: tuple[int, int] = (1, 1)
    vulnerability: int | None = 1

    @property
    def subject_id(self) -> str:
        return f"hs={self.hs_code}|origin={self.partner}"


ORIGINS = (
    Origin("310210", "CN", 21000, 0.66, (0.45, 0.04), (3, 5), 3),
    Origin("310210", "QA", 6100, 0.19, (1.0, 1.3)),
    Origin("310210", "VN", 4200, 0.11, (1.1, 1.5)),
    Origin("800110", "ID", 310, 0.58, (0.5, 0.07), (3, 4), 2),
    Origin("800110", "MY", 90, 0.17, (1.0, 1.2)),
    Origin("800110", "PE", 70, 0.14, (1.0, 1.1)),
    Origin("800110", "BO", 35, 0.08),
    Origin("250410", "CN", 1900, 0.93, (0.8, 0.22), (1, 3), 2),
    Origin("250410", "MZ", 160, 0.05, (1.1, 1.2)),
    Origin("090111", "VN", 3300, 0.24, (1.0, 1.7), (1, 2), 1),
    Origin("090111", "BR", 4100, 0.33),
    Origin("090111", "CO", 2000, 0.2),
    Origin("282520", "CL", 410, 0.35, (0.3, 0.5), (3, 2), 2),
    Origin("282520", "CN", 690, 0.62, (1.0, 1.1)),
    Origin("810520", "CD", 55, 0.31, (0.4, 1.0), (2, 1), None),
)


def months() -> list[date]:
    """First days of the months the invented statistics cover."""
    count = (PERIOD.year - FIRST_MONTH.year) * 12 + PERIOD.month - FIRST_MONTH.month + 1
    places = [FIRST_MONTH.month - 1 + i for i in range(count)]
    return [date(FIRST_MONTH.year + place // 12, place % 12 + 1, 1) for place in places]


def short_hash(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:16]


def month_rows(night: date) -> list[dict[str, Any]]:
    """Monthly histories of all origins; the first night ends a month earlier."""
    rows = []
    known = months()[: -1 if night == NIGHTS[0] else None]
    for place, origin in enumerate(ORIGINS):
        rng = np.random.default_rng(100 + place)
        usual = origin.tonnes * 1000 * np.exp(0.13 * rng.standard_normal(len(months())))
        season = 1 + 0.12 * np.sin(2 * np.pi * (np.arange(len(months())) + place) / 12)
        ratio = np.ones(len(months()))
        ratio[-2:] = origin.recent
        for index, day in enumerate(known):
            expected = origin.tonnes * 1000 * season[index]
            level = origin.levels[index - len(months()) + 2] if index >= len(months()) - 2 else 1
            mass = usual[index] * season[index] * ratio[index]
            has_past = index >= 18
            rows.append(
                {
                    "night": night,
                    "kind": "supply_chain",
                    "subject_kind": "item_origin",
                    "level": level,
                    "subject_id": origin.subject_id,
                    "source": "kcs_trade_country",
                    "hs_code": origin.hs_code,
                    "partner_country": origin.partner,
                    "period_start": day,
                    "raw_level": level,
                    "net_mass_kg": Decimal(f"{mass:.3f}"),
                    "value_usd": Decimal(f"{mass * 3.1:.2f}"),
                    "expected": expected if has_past else None,
                    "lower": expected * 0.66 if has_past else None,
                    "upper": expected * 1.45 if has_past else None,
                    "origin_share": origin.share,
                    "p_value": (10.0 ** -(level * 1.5) if level > 1 else 0.4) if has_past else None,
                    "direction": "down" if ratio[index] <= 1 else "up",
                    "reason_codes": [],
                    "is_watched": origin.share >= 0.1,
                    "is_rejected": level > 1 if has_past else None,
                    "is_testable": has_past,
                    "run_id": RUN.format(night=night),
                }
            )
    return rows


def day_rows(night: date) -> list[dict[str, Any]]:
    """Daily transits of the chokepoints, Bab el-Mandeb thinned out from January 2024; one port."""
    rows = []
    places = [
        ("strait", f"strait={s}", n) for s, n in (("bab_el_mandeb", 60), ("hormuz", 96), ("malacca", 232), ("suez", 68))
    ]
    for place, (kind, subject_id, usual) in enumerate([*places, ("port", "port=KRPUS", 44)]):
        rng = np.random.default_rng(500 + place)
        for back in range(240, 7, -1):
            day = night - timedelta(days=back)
            cut = 0.45 if subject_id == "strait=bab_el_mandeb" and day >= date(2024, 1, 12) else 1.0
            seen = int(rng.poisson(usual * cut))
            rows.append(
                {
                    "night": night,
                    "subject_kind": kind,
                    "subject_id": subject_id,
                    "period_start": day,
                    "observed": seen,
                    "expected": float(usual),
                    "lower": usual * 0.75,
                    "upper": usual * 1.25,
                    "p_value": 0.0004 if cut < 1 else 0.5,
                    "is_testable": back > 21,
                    "is_alarm": cut < 1 and back > 21,
                    "run_id": RUN.format(night=night),
                }
            )
    return rows


def alert_row(
    night: date, subject: dict[str, Any], level: int, before: int, rank: int, words: dict[str, str]
) -> dict[str, Any]:
    """One alert with all its parts; `subject` gives who it is about and the figures that differ."""
    detector_ids = ["SC-DROP", "SC-CONC"] if level >= 3 else ["SC-DROP"]
    subject_id = subject["subject_id"]
    return {
        "alert_id": short_hash("supply_chain", subject["subject_kind"], subject_id, subject["opened_period"]),
        "night": night,
        "kind": "supply_chain",
        "raw_level": level,
        "level": level,
        "previous_level": before,
        "p_value": 10.0 ** -(level * 1.5),
        "score": level * 1.5,
        "score_unit": "-log10(p)",
        "rank": rank,
        "selection": "rank",
        "propensity": 1.0,
        "caps": [],
        "direction": "down",
        "signal_ids": [short_hash(night, d, subject_id) for d in detector_ids],
        "reasons": [
            {"code": d, "contribution": c, "params": p}
            for d, c, p in zip(detector_ids, (0.78, 0.22) if level >= 3 else (1.0,), REASON_PARAMS, strict=False)
        ]
        + [{"code": "strong_share", "contribution": 0.0, "params": []}],
        "rules_version": RULES,
        "content_hash": hashlib.sha256(f"{night}{subject_id}".encode()).hexdigest(),
        "code_version": CODE,
        "run_id": RUN.format(night=night),
        **subject,
        **words,
    }


def words_of(name_ko: str, name_en: str, ratio: float) -> dict[str, str]:
    """An alert's sentences."""
    return {
        "sentence_ko": f"{name_ko} 수입이 기대값의 {ratio * 100:.0f} %에 그쳤다.",
        "sentence_en": f"Imports of {name_en} came to {ratio * 100:.0f} % of what their own past makes likely.",
        "raises_ko": "재고와 확정 입항이 60일분에 못 미치면 한 단계 오른다.",
        "raises_en": "Cover of less than 60 days would raise it by one level.",
        "clears_ko": "세 달 연속 기대 범위 안에 들면 해제된다.",
        "clears_en": "Three months in a row within the expected range would clear it.",
    }


def alert_rows(night: date) -> list[dict[str, Any]]:
    """The night's alerts, ranked by level."""
    from dashboards import names

    which = NIGHTS.index(night)
    result = sorted((o for o in ORIGINS if o.levels[which] > 1), key=lambda o: -o.levels[which])
    rows = []
    for rank, origin in enumerate(result, start=1):
        subject = {
            "subject_kind": "item_origin",
            "subject_id": origin.subject_id,
            "hs_code": origin.hs_code,
            "partner_country": origin.partner,
            "opened_period": date(2024, 2, 1),
            "origin_share": origin.share,
            "period_start": (date(2024, 2, 1), PERIOD)[which],
            "vulnerability": origin.vulnerability,
            "period_end": (date(2024, 2, 29), date(2024, 3, 31))[which],
            "direction": "down" if origin.recent[which] < 1 else "up",
        }
        spoken = [
            f"{names.country(origin.partner, 'ko')}산 {names.item(origin.hs_code, 'ko')}",
            f"{names.item(origin.hs_code, 'en')} from {names.country(origin.partner, 'en')}",
        ]
        words = words_of(*spoken, origin.recent[which])
        rows.append(alert_row(night, subject, origin.levels[which], origin.levels[0] if which else 1, rank, words))
    strait = {
        "subject_kind": "strait",
        "subject_id": "strait=bab_el_mandeb",
        "opened_period": date(2024, 1, 12),
        "period_start": night - timedelta(days=22),
        "period_end": night - timedelta(days=22),
    }
    words = words_of("바브엘만데브 해협", "Bab el-Mandeb", 0.45) | {
        "sentence_ko": "바브엘만데브 해협의 통항이 기대값의 45 %에 그쳤다.",
        "sentence_en": "Transits of Bab el-Mandeb came to 45 % of what their own past makes likely.",
    }
    place = sum(row["level"] >= 3 for row in rows)
    rows.insert(place, alert_row(night, strait, 3, 3, 0, words))
    return [{**row, "rank": rank} for rank, row in enumerate(rows, start=1)]


def lot_alert_rows(night: date) -> list[dict[str, Any]]:
    """The night's low-price alerts: the lots put forward, in the order of their rank among the alerts."""
    put_forward = [lot for lot in assessed_lots.LOTS if lot.selection != "none"]
    return [
        alert_row(
            night,
            assessed_lots.lot_subject(lot, night),
            lot.levels[1],
            lot.levels[1],
            rank,
            assessed_lots.lot_words(lot),
        )
        for rank, lot in enumerate(put_forward, start=1)
    ]


def signal_rows(night: date) -> list[dict[str, Any]]:
    """The findings behind the night's alerts, with evidence that names its records."""
    rows = []
    for alert in alert_rows(night):
        for signal_id, reason in zip(alert["signal_ids"], alert["reasons"], strict=False):
            is_drop = reason["code"] == "SC-DROP"
            rows.append(
                {
                    "signal_id": signal_id,
                    "detector_id": reason["code"],
                    "detector_version": "1",
                    "grain": "month",
                    "family": "quantity" if is_drop else "structure",
                    "observed": 21300.0 if is_drop else 0.79,
                    "expected": 318000.0 if is_drop else 0.58,
                    "lower": 201000.0,
                    "upper": 455000.0,
                    "unit": "kg" if is_drop else "ratio",
                    "statistic": -4.1,
                    "known_at": datetime(2024, 4, 14, 15, tzinfo=UTC),
                    "baseline_start": date(2021, 1, 1),
                    "baseline_end": date(2023, 12, 1),
                    "baseline_n": 36,
                    "is_testable": True,
                    "reason_codes": [],
                    "evidence": evidence_rows(is_drop),
                    **{
                        k: alert.get(k)
                        for k in (
                            "night",
                            "kind",
                            "subject_kind",
                            "subject_id",
                            "hs_code",
                            "direction",
                            "partner_country",
                            "rules_version",
                            "period_start",
                            "period_end",
                            "p_value",
                            "score",
                            "run_id",
                        )
                    },
                }
            )
    return rows


def evidence_rows(is_drop: bool) -> list[dict[str, Any]]:
    """Figures behind one finding: what was seen, with its records, and what was expected."""
    seen, expected, unit = (21300.0, 318000.0, "kg") if is_drop else (0.79, 0.58, "ratio")
    records = ["3fa2c8d19e07-1184"] if is_drop else ["3fa2c8d19e07-1184", "3fa2c8d19e07-1201", "3fa2c8d19e07-1202"]
    rows = [("observed", seen, "silver.trade_month", records), ("expected", expected, "", [])]
    return [
        {"code": code, "value": value, "text": None, "unit": unit, "table": table, "record_ids": ids}
        for code, value, table, ids in rows
    ]


def forecast_rows(night: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Six months ahead for every alerted origin, and the models' records."""
    ahead, scores = [], []
    for origin in (o for o in ORIGINS if max(o.levels) > 1):
        for model, is_published, factor in (
            ("prophet", False, 1.04),
            ("auto_ets", True, 0.8),
            ("seasonal_naive", False, 1.0),
        ):
            for step in range(1, 7):
                place = (date(2024, 2, 1), PERIOD)[NIGHTS.index(night)].month - 1 + step
                mid = origin.tonnes * 1000 * factor * (0.5 + 0.08 * step)
                ahead.append(
                    {
                        "night": night,
                        "subject_id": origin.subject_id,
                        "hs_code": origin.hs_code,
                        "horizon": step,
                        "partner_country": origin.partner,
                        "model": model,
                        "expected": mid,
                        "lower": mid * (0.7 - 0.05 * step),
                        "upper": mid * (1.3 + 0.05 * step),
                        "target_start": date(2024 + place // 12, place % 12 + 1, 1),
                        "unit": "kg",
                        "is_published": is_published,
                        "run_id": RUN.format(night=night),
                    }
                )
            scores.append(
                {
                    "night": night,
                    "subject_id": origin.subject_id,
                    "model": model,
                    "scored_n": 12,
                    "coverage": 0.79,
                    "interval_score": origin.tonnes * 200 * factor,
                    "is_published": is_published,
                    "reason_codes": [],
                    "run_id": RUN.format(night=night),
                }
            )
    return ahead, scores


def item_rows(night: date) -> list[dict[str, Any]]:
    """The structure of every item's imports."""
    rows = []
    for hs_code in sorted({o.hs_code for o in ORIGINS}):
        own = [o for o in ORIGINS if o.hs_code == hs_code]
        top = max(own, key=lambda o: o.share)
        rows.append(
            {
                "night": night,
                "source": "kcs_trade_country",
                "hs_code": hs_code,
                "hs_level": 6,
                "period_start": PERIOD,
                "item_value_usd": sum(o.tonnes for o in own) * 37000,
                "origin_count": len(own) + 3,
                "hhi": sum(o.share**2 for o in own),
                "world_hhi": None,
                "top_origin": top.partner,
                "top_share": top.share,
                "import_export_ratio": 14.2,
                "coverage_ratio": 0.991,
                "vulnerability": top.vulnerability,
                "reason_codes": ["world_hhi_unknown"],
                "run_id": RUN.format(night=night),
            }
        )
    return rows


def freshness_rows(night: date) -> list[dict[str, Any]]:
    """One source in time, one late, one that never came."""
    state = {
        "kcs_trade_country": ("ok", 30),
        "kcs_trade_total": ("ok", 30),
        "portwatch_straits": ("ok", 8),
        "portwatch_ports": ("ok", 8),
        "pinksheet": ("late", 91),
        "gscpi": ("ok", 30),
        "us_imports": ("missing", None),
    }
    return [
        {
            "night": night,
            "source": name,
            "status": status,
            "age_days": age,
            "last_period": night - timedelta(days=age) if age else None,
            "last_known_at": datetime(2024, 4, 14, 15, tzinfo=UTC) if age else None,
            "promised_days": contracts.landing(name).freshness_days,
            "run_id": RUN.format(night=night),
        }
        for name, (status, age) in state.items()
    ]


def operation_rows(night: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The night's runs and the results of its quality gate."""
    start = datetime(night.year, night.month, night.day, 17, tzinfo=UTC)
    runs = [
        {
            "run_id": RUN.format(night=night),
            "night": night,
            "task": task,
            "status": "ok",
            "started_at": start + timedelta(minutes=2 * i),
            "finished_at": start + timedelta(minutes=2 * i, seconds=48),
            "message_ko": "끝났다.",
            "message_en": "Done.",
            "test_count": 412 if task == "detect" else 0,
            "counts": [("alerts", 6)],
            "table_versions": [],
            "rules_version": RULES,
            "code_version": CODE,
        }
        for i, task in enumerate(("ingest", "detect", "alert", "publish"))
    ]
    checks = [
        ("expect_key_to_be_unique", "source, hs_code"),
        ("expect_volume_to_hold", ""),
        ("expect_codes_to_be_listed", "flow"),
    ]
    results = [
        {
            "run_id": RUN.format(night=night),
            "night": night,
            "table_name": table,
            "expectation": name,
            "column_name": column,
            "severity": "stop" if i == 0 else "warn",
            "observed_text": "14,338",
            "is_success": (table, i) != ("silver.commodity_price_month", 1),
            "expected_text": ">= 14,052",
            "finished_at": start,
        }
        for table in ("silver.trade_month", "silver.strait_day", "silver.commodity_price_month")
        for i, (name, column) in enumerate(checks)
    ]
    return runs, results


DETECTED = {
    "level_rule": (0.44, 0.75, 0.74),
    "robust_z": (0.2, 0.4, 0.35),
    "robust_z_log": (0.04, 0.15, 0.45),
    "trailing_median": (None, None, 0.6),
    "year_on_year": (None, None, 0.66),
    "persistence": (None, None, 0.68),
}
DEPTH_LIFT = {0.5: 0.3, 0.2: 1.0, 0.05: 1.2}
COMPARED = (0.15, 0.3, 1.0)


def backtest_rows(night: date) -> list[dict[str, Any]]:
    """A back-test as the command stores it: curves, compared points, left-out items, an event, two controls."""
    about = {
        "night": night,
        "domain": "supply_chain",
        "run_id": "backtest",
        "code_version": CODE,
        "rules_version": RULES,
        "scored_at": datetime(2024, 4, 30, tzinfo=UTC),
        "alarm_rate": 0.0,
        "depth": 0.0,
    }
    rows = [
        row
        for rule, shares in DETECTED.items()
        for gate in (("",) if rule == "level_rule" else ("", "_gated"))
        for row in detection_rows(rule + gate, shares)
    ]
    for event, lag, covered in (("tin_indonesia_2024", 2.0, 1), ("urea_china_2021", None, 0)):
        rows += [
            {
                "group_id": f"event:{event}",
                "rule": "level_rule",
                "measure": f"lag_level_{level}",
                "value": lag,
                "sample_n": covered,
            }
            for level in (2, 3)
        ]
    for hs_code, assessed, alarmed, longest in (("7601100000", 66, 1, 1), ("5203000000", 6, 2, 2)):
        for measure, value in (("months_alarmed", alarmed / assessed), ("longest_run", float(longest))):
            rows.append(
                {
                    "group_id": f"control:hs={hs_code}|origin=ALL",
                    "rule": "level_rule",
                    "measure": measure,
                    "value": value,
                    "sample_n": assessed,
                }
            )
    return [about | row for row in rows]


def detection_rows(rule: str, shares: tuple[float | None, ...]) -> list[dict[str, Any]]:
    """A rule's detection of cuts; a share of nothing where no setting alarms as rarely as the rate."""
    rows = []
    for depth, lift in DEPTH_LIFT.items():
        for place, (rate, share) in enumerate(zip(COMPARED, shares, strict=True)):
            result = {
                "rule": rule,
                "measure": "cut_detection",
                "depth": depth,
                "alarm_rate": rate,
                "sample_n": 500,
                "value": (share or 0.0) * lift,
            }
            setting = None if share is None else 0.1 * (place + 1)
            rows.append(
                {
                    **result,
                    "group_id": "all",
                    "threshold": setting,
                    "lower": result["value"] * 0.8,
                    "upper": result["value"] * 1.2,
                }
            )
            rows.append({**result, "group_id": "all", "measure": "mean_lag_months", "threshold": setting, "value": 0.5})
            rows.append({**result, "group_id": "leave_one_hs6_out", "value": result["value"] * 0.98})
            if share is not None:
                rows.append({**result, "group_id": "curve", "threshold": setting, "alarm_rate": rate * 0.9})
    return rows


def write_rows(root: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Append rows to a table of the lake in the contract's columns and types."""
    contract = contracts.table(name)
    schema = arrow_schema(contract)
    full = [{column: row.get(column) for column in contract.column_names} for row in rows]
    target = str(root / name.replace(".", "/"))
    write_deltalake(target, pa.Table.from_pylist(full, schema), mode="append", partition_by=contract.partition or None)


def build_lake(root: Path, nights: tuple[date, ...] = NIGHTS) -> Path:
    """Write the whole lake below `root`."""
    for night in nights:
        ahead, scores = forecast_rows(night)
        runs, results = operation_rows(night)
        tables = {
            "gold.alert": alert_rows(night) + lot_alert_rows(night),
            "gold.signal": signal_rows(night) + assessed_lots.lot_signal_rows(night),
            "gold.lot": assessed_lots.lot_rows(night),
            "gold.comparable": assessed_lots.comparable_rows(night),
            "gold.price_path": assessed_lots.path_rows(night),
            "gold.subject_month": month_rows(night),
            "gold.transport_day": day_rows(night),
            "gold.forecast": ahead,
            "gold.score": scores,
            "ops.run": runs,
            "gold.vulnerability": item_rows(night),
            "gold.freshness": freshness_rows(night),
            "ops.quality_result": results,
        }
        for name, rows in tables.items():
            write_rows(root, name, rows)
    write_rows(root, "gold.backtest", backtest_rows(nights[-1]))
    return root
