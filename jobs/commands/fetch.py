"""The command `fetch SOURCE --from YYYY-MM --to YYYY-MM`: public statistics into the landing folder.

What ended it decides the exit code: 2 the key or the arguments, 3 the shape of the answer, 6 server, network or disk;
after 6 the same command continues where it stopped.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jobs.commands.exit_codes import CONTRACT, MACHINE, OK, USAGE
from jobs.contracts.messages import both
from jobs.fetch.errors import AnswerError, DailyLimitError, FetchError, RefusedError, UnavailableError
from jobs.fetch.kcs_client import BASE_URL, KcsClient
from jobs.fetch.kcs_fetch import FetchRequest, fetch_to_landing
from jobs.fetch.kcs_source import SOURCES, KcsSource
from jobs.fetch.month_window import MonthWindow, parse_month
from jobs.fetch.service_key import load_service_key

log = logging.getLogger(__name__)

SEOUL = ZoneInfo("Asia/Seoul")
_COUNTRY = re.compile(r"^[A-Z]{2}$")
EXITS: dict[type[FetchError], int] = {
    RefusedError: USAGE,
    AnswerError: CONTRACT,
    DailyLimitError: MACHINE,
    UnavailableError: MACHINE,
}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments; the key is not among them, since arguments show in process lists."""
    parser.add_argument("source", choices=sorted(SOURCES), help="which statistic")
    parser.add_argument("--from", dest="from_month", required=True, metavar="YYYY-MM", help="first month")
    parser.add_argument("--to", dest="to_month", required=True, metavar="YYYY-MM", help="last month, included")
    parser.add_argument(
        "--hs", action="append", default=[], metavar="CODE", help="HS code; repeat, or separate by commas"
    )
    parser.add_argument("--hs-file", type=Path, metavar="FILE", help="codes, one a line; # begins a comment")
    parser.add_argument(
        "--country",
        action="append",
        default=[],
        metavar="XX",
        help="ISO country code, kcs_trade_country only; all countries unless given",
    )
    parser.add_argument("--landing", type=Path, metavar="DIR", help="default: CUSTOMS_LANDING, else landing")
    parser.add_argument("--base-url", default=BASE_URL, metavar="URL", help="default: %(default)s")


def run(
    args: argparse.Namespace,
    environment: Mapping[str, str] = os.environ,
    *,
    open_client: Callable[..., KcsClient] = KcsClient,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Fetches what the arguments say and returns the exit code; an error is logged as one sentence."""
    try:
        today = now().astimezone(SEOUL).date()
        request = _request(args, today.year * 12 + today.month - 1)
        landing = Path(args.landing or environment.get("CUSTOMS_LANDING") or "landing")
        _warn_about_plain_http(args.base_url)
        with open_client(load_service_key(environment), args.base_url) as client:
            files = fetch_to_landing(request, client, landing, today, now)
            log.info(
                "%d of %d codes have a file in %s; %d calls",
                len(files),
                len(request.hs_codes),
                landing / request.source.name,
                client.calls,
            )
    except FetchError as error:
        log.error("%s", error)
        return EXITS[type(error)]
    except OSError as error:
        log.error("%s", both("fetch.landing_unwritable", reason=error.strerror or type(error).__name__))
        return MACHINE
    return OK


def _request(args: argparse.Namespace, this_month: int) -> FetchRequest:
    source = SOURCES[args.source]
    try:
        months = MonthWindow(parse_month(args.from_month), parse_month(args.to_month))
    except ValueError as error:
        raise RefusedError("bad_month", text=error) from None
    if months.length < 1 or months.last > this_month:
        raise RefusedError("bad_period")
    countries = tuple(sorted({text.strip().upper() for given in args.country for text in given.split(",")}))
    wrong = [country for country in countries if not _COUNTRY.match(country)]
    if wrong or (countries and "statCd" not in source.text_fields):
        raise RefusedError("bad_country")
    return FetchRequest(source=source, hs_codes=_hs_codes(args, source), countries=countries, months=months)


def _hs_codes(args: argparse.Namespace, source: KcsSource) -> tuple[str, ...]:
    """The codes asked for, each once, in the order given."""
    given = [text for argument in args.hs for text in argument.split(",")]
    if args.hs_file is not None:
        try:
            lines = args.hs_file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise RefusedError("bad_hs_file", path=args.hs_file) from None
        given += [row[0] for row in csv.reader(line.split("#")[0] for line in lines) if row]
    codes = dict.fromkeys(code for text in given if (code := re.sub(r"[\s.\-]", "", text)))
    wrong = [c for c in codes if not (c.isascii() and c.isdigit() and len(c) in source.hs_digits)]
    if wrong or not codes:
        what, sizes = ", ".join(wrong[:5]) or "--hs", "/".join(map(str, source.hs_digits))
        raise RefusedError("bad_hs_code", codes=what, source=source.name, sizes=sizes)
    return tuple(codes)


def _warn_about_plain_http(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        log.warning("%s", both("fetch.plain_http", host=parts.hostname))
