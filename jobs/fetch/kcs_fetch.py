"""Fetches a list of codes over a span of months into the landing folder: one file a code, resumable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jobs.contracts.scope_file import ScopeFile
from jobs.fetch.kcs_client import KcsClient
from jobs.fetch.kcs_source import KcsSource, Row, landing_file_name, render_csv
from jobs.fetch.month_window import MonthWindow, format_month, split_window
from jobs.fetch.session import FetchSession, write_atomically

SCOPE_SUFFIX = ".scope.json"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FetchRequest:
    """What to fetch: a source, codes, countries (none = all of them) and months."""

    source: KcsSource
    hs_codes: tuple[str, ...]
    countries: tuple[str, ...]
    months: MonthWindow

    def windows(self, hs: str) -> list[tuple[str, str | None, MonthWindow]]:
        """The calls one code needs: code, country, window."""
        return [(hs, country, window) for country in self.countries or (None,) for window in split_window(self.months)]

    def scope(self, hs: str, known_on: date) -> ScopeFile:
        """What the file of a code covers: the code, of the countries and months asked."""
        return ScopeFile(
            hs_codes=[hs],
            partner_countries=list(self.countries) or self.source.partners,
            flows=["I", "X"],
            first_month=format_month(self.months.first),
            last_month=format_month(self.months.last),
            known_on=known_on,
        )

    def described(self) -> dict[str, object]:
        return {
            "source": self.source.name,
            "hs": list(self.hs_codes),
            "countries": list(self.countries),
            "months": str(self.months),
        }


def fetch_to_landing(
    request: FetchRequest, client: KcsClient, landing: Path, today: date, now: Callable[[], datetime]
) -> list[Path]:
    """Landing files of the request, in the order of its codes.

    Beside each lies what was asked, written before it; a code without any trade leaves a file without rows, and what
    was asked says that this means zero. A code whose file of this day is already there is not asked again. Every
    finished window is kept at once, so an error or a kill costs at most the window in hand.

    Raises:
        FetchError: with the session kept for the next run.
    """
    description = request.described() | {"base_url": client.base_url}
    session = FetchSession.open(landing, description, today)
    if session.is_resumed:
        log.info("continuing the session begun on %s; its files keep that date", session.started_on)
    total = sum(len(request.windows(hs)) for hs in request.hs_codes)
    files, done = [], 0
    for hs in request.hs_codes:
        name = landing_file_name(request.source, hs, request.countries, request.months, session.started_on.isoformat())
        target = landing / request.source.name / name
        calls = request.windows(hs)
        if target.exists():
            log.info("%s is already there", name)
        else:
            rows = _rows_of_code(request.source, calls, client, session, now, done, total)
            scope = request.scope(hs, session.started_on).model_dump_json(indent=1)
            write_atomically(target.with_name(name + SCOPE_SUFFIX), scope.encode("utf-8"), session.folder)
            write_atomically(target, render_csv(request.source, rows), session.folder)
            _report_file(name, rows, request.months)
        done += len(calls)
        files.append(target)
    session.close()
    return files


def _rows_of_code(
    source: KcsSource,
    calls: list[tuple[str, str | None, MonthWindow]],
    client: KcsClient,
    session: FetchSession,
    now: Callable[[], datetime],
    done: int,
    total: int,
) -> list[Row]:
    """All landing rows of one code, from windows kept earlier and calls made now."""
    gathered: list[Row] = []
    for number, (hs, country, window) in enumerate(calls, start=done + 1):
        rows = session.kept_rows(hs, country, window)
        if rows is None:
            endpoint, retrieved_at = client.base_url + source.path, now().isoformat()
            fetched = client.fetch_rows(source, hs, window, country)
            rows = [source.landing_row(row, endpoint, retrieved_at) for row in fetched]
            session.keep_rows(hs, country, window, rows)
            log.info("%d/%d  %s %s %s: %d rows", number, total, hs, country or "all", window, len(rows))
        gathered += rows
    return gathered


def _report_file(name: str, rows: list[Row], months: MonthWindow) -> None:
    if not rows:
        log.warning("%s: no trade in %s; check the code if that surprises", name, months)
        return
    last = max(row.get("year") or row["STD_YYYYMM"] for row in rows).replace(".", "-")
    log.info("%s: %d rows, to %s", name, len(rows), last)
    if last < format_month(months.last):
        log.info("nothing after %s yet: a month's figures appear about the 15th of the next", last)
