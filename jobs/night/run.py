"""The night: ingest, detect, alert, publish. Each part reads tables by name, writes its own, and leaves a row in
ops.run.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from jobs import contracts
from jobs.contracts import register
from jobs.contracts.messages import LANGUAGES, both, say
from jobs.error_words import text_of
from jobs.forecasts import night as forecast
from jobs.ingest import gate as quality
from jobs.ingest.bronze.journal import Journal, reason_of
from jobs.ingest.bronze.land import land
from jobs.ingest.freshness import freshness
from jobs.ingest.silver.load import load
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake
from jobs.lake.lock import lake_lock
from jobs.lake.session import spark_session
from jobs.night import detect
from jobs.night.alert import make_alerts, read_findings
from jobs.night.program import code_version
from jobs.settings import settings

log = logging.getLogger(__name__)
PARTS = ("ingest", "detect", "alert")


@dataclass(kw_only=True)
class Report:
    """What a part of the night has to say for itself, for ops.run.

    >>> Report(notes=[("landing.unknown", {"name": "notes.txt"})]).said("en")
    'No contract names notes.txt; it was left where it is.'

    Attributes:
        counts: named counts.
        tests: hypotheses tested.
        notes: what the operator should know: codes of schemas/messages with their parameters.
        night: the night it was about, where that was only found on the way.
    """

    counts: dict[str, int] = field(default_factory=dict)
    tests: int = 0
    notes: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    night: date | None = None

    def said(self, lang: str) -> str:
        """The notes as sentences."""
        return " ".join(say(code, lang, params) for code, params in self.notes)


def ingest(lake: Lake, night: date | None) -> Report:
    """Landing to silver, and the quality gate."""
    now = datetime.now(UTC)
    landed = land(lake, settings().landing, now, now.astimezone(ZoneInfo(settings().timezone)).date())
    loaded = load(lake)
    report = Report(counts={"files": sum(map(len, landed.taken.values()))})
    for table, counts in loaded.items():
        report.counts.update({f"{table}.{state}": number for state, number in counts.items()})
    report.notes += [("landing.unknown", {"name": name}) for name in landed.unknown]
    report.notes += [("landing.extra", {"name": n, "columns": ", ".join(each)}) for n, each in landed.extra.items()]
    report.notes += [("landing.without_records", {"name": name}) for name in landed.without_records]
    report.notes += [("landing.repeated", {"name": name}) for name in landed.repeated]
    report.notes += [("landing.waiting", {"name": name}) for name in landed.waiting]
    set_aside = Journal.read(lake).standing()
    report.notes += [reason_of(row) for row in set_aside]
    report.counts |= {"files_set_aside": len(set_aside)} if set_aside else {}
    for code, params in report.notes:  # said first: where nothing could be taken there is no night to name
        log.warning("landing: %s / %s", say(code, "en", params), say(code, "ko", params))
    report.night = night or last_known_day(lake)
    quality.gate(lake, report.night)
    return report


def find(lake: Lake, night: date) -> Report:
    """Findings of the night, and how fresh its sources were."""
    result = detect.detect(lake, night)
    tables = {**result.tables, "gold.freshness": freshness(lake, night)}
    detect.write(lake, tables, night, "detect")
    return Report(counts={name: len(table) for name, table in tables.items()}, tests=result.test_count)


def alert(lake: Lake, night: date) -> Report:
    """Alerts and forecasts of the night, from its findings."""
    alerts = make_alerts(read_findings(lake, night), night)
    tables = {"gold.alert": alerts, **forecast.make_forecasts(lake, alerts, night)}
    detect.write(lake, tables, night, "alert")
    levels = [row["level"] for row in alerts.select(["level"]).to_pylist()]
    return Report(counts={"alerts": len(alerts), **{f"level_{n}": levels.count(n) for n in sorted(set(levels))}})


def last_known_day(lake: Lake) -> date:
    """The day on which the newest figure of silver became known: the night to run when none is named.

    Raises:
        ContractError: silver is empty.
    """
    stored = [name for name in (contract.name for contract in contracts.tables("silver")) if lake.exists(name)]
    newest: list[datetime | None] = []
    with duckdb.connect() as connection:
        for name in stored:
            connection.register("stored", lake.dataset(name))
            known = f"select max(known_at) as newest from ({current_sql(contracts.table(name), 'stored')})"
            newest += connection.sql(known).to_arrow_table()["newest"].to_pylist()
    if not any(newest):
        raise contracts.ContractError("silver is empty: put files into the landing folder and run `ingest` first")
    return max(known for known in newest if known).astimezone(ZoneInfo(settings().timezone)).date()


def run(parts: tuple[str, ...], night: date | None) -> date:
    """Run parts of a night under the lake's lock; returns the night.

    Raises:
        LookupError: the night lies ahead (2): it would believe what nobody knows yet.
        ContractError: a contract is broken (exit code 3).
        GateStopped: a quality gate stopped the night (4).
        LakeLocked: another run holds the lake (5).
        LakeDamaged: a table lost its log (6).
    """
    today = datetime.now(ZoneInfo(settings().timezone)).date()
    if night is not None and night > today:
        raise LookupError(both("error.night_ahead", night=night, today=today))
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"
    for part, engine in (("ingest", quality), ("alert", forecast)):
        if part in parts:
            engine.warm_up()
    with lake_lock(run_id):
        Lake(None, settings().lake, run_id).check_logs()
        lake = Lake(spark_session, settings().lake, run_id)
        for part in parts:
            if part != "ingest" and night is None:
                night = last_known_day(lake)
            work: Callable[[Lake, Any], Report] = {"ingest": ingest, "detect": find, "alert": alert}[part]
            record(lake, part, night, work)
        return night or last_known_day(lake)


def record(lake: Lake, part: str, night: date | None, work: Callable[[Lake, Any], Report]) -> None:
    """Do one part and write what came of it into ops.run, also where it fails."""
    started = datetime.now(UTC)
    status, report, message = "failed", Report(), dict.fromkeys(LANGUAGES, "")
    try:
        report = work(lake, night)
        message = {lang: report.said(lang) for lang in LANGUAGES}
        status = "ok"
    except Exception as error:
        status = "stopped" if isinstance(error, quality.GateStopped) else "failed"
        message = dict.fromkeys(LANGUAGES, f"{type(error).__name__}: {text_of(error)}")
        raise
    finally:
        finished = datetime.now(UTC)
        row = {
            "run_id": lake.run_id,
            "night": night or report.night,
            "task": part,
            "status": status,
            "started_at": started,
            "finished_at": finished,
            "message_ko": message["ko"],
            "message_en": message["en"],
            "test_count": report.tests,
            "counts": list(report.counts.items()),
            "table_versions": table_versions(lake, part),
            "rules_version": register.rules_versions(),
            "code_version": code_version(),
        }
        lake.append_rows("ops.run", [row])
        log.info("%s: %s in %.1f s %s", part, status, (finished - started).total_seconds(), report.counts)


def table_versions(lake: Lake, part: str) -> list[tuple[str, int]]:
    """Delta versions of the tables that a part of the night writes, as it left them: a diagnostic, never an input."""
    names = [contract.name for contract in contracts.tables() if contract.written_by == part]
    return [(name, version) for name in names if (version := lake.version(name)) is not None]
