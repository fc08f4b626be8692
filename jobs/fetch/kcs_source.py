"""The two KCS statistics the client fetches, and the landing file each becomes.

`kcs_trade_country` (dataset 15100475) has a row per month, country and code; `kcs_trade_total` (15101609)
one per month and code. Money is in US dollars, imports CIF and exports FOB; weight is net, in kg; no row
means no trade.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from jobs import contracts
from jobs.fetch.errors import AnswerError
from jobs.fetch.month_window import MonthWindow, format_month

Row = dict[str, str]
_YEAR = re.compile(r"^(\d{4})\.(0[1-9]|1[0-2])$")
FIGURES = ("impWgt", "impDlr", "expWgt", "expDlr", "balPayments")
COUNTRY_COLUMNS = ("year", "statCd", "statCdCntnKor1", "statKor", "hsCd", *FIGURES)
TOTAL_COLUMNS = (
    "STD_YYYYMM",
    "hs_code",
    "country_code",
    "country_name",
    "export_weight_kg",
    "export_value_usd",
    "import_weight_kg",
    "import_value_usd",
    "trade_balance_usd",
    "provider",
    "source_endpoint",
    "retrieved_at",
)


@dataclass(frozen=True, kw_only=True)
class KcsSource:
    """One statistic: where it is asked, which fields its rows carry, how its landing file is named.

    `partners` are those that it has rows of; None where it has them of every country.
    """

    name: str
    path: str
    file_prefix: str
    hs_digits: tuple[int, ...]
    text_fields: tuple[str, ...]
    columns: tuple[str, ...]
    landing_row: Callable[[Row, str, str], Row]
    partners: list[str] | None = None

    @property
    def total_marks(self) -> list[str]:
        """What an answer states in place of the month in a row that adds up the others."""
        return contracts.landing(self.name).total_marks


def _country_row(row: Row, _endpoint: str, _retrieved_at: str) -> Row:
    return {column: row[column] for column in COUNTRY_COLUMNS}


def _total_row(row: Row, endpoint: str, retrieved_at: str) -> Row:
    return {
        "STD_YYYYMM": row["year"].replace(".", "-"),
        "hs_code": row["hsCd"],
        "country_code": "ALL",
        "country_name": "",
        "export_weight_kg": row["expWgt"],
        "export_value_usd": row["expDlr"],
        "import_weight_kg": row["impWgt"],
        "import_value_usd": row["impDlr"],
        "trade_balance_usd": row["balPayments"],
        "provider": "korea_customs_service",
        "source_endpoint": endpoint,
        "retrieved_at": retrieved_at,
    }


SOURCES = {
    source.name: source
    for source in (
        KcsSource(
            name="kcs_trade_country",
            path="1220000/nitemtrade/getNitemtradeList",
            file_prefix="nitemtrade_hs6_country",
            hs_digits=(4, 6),
            text_fields=("statCd", "statCdCntnKor1", "statKor"),
            columns=COUNTRY_COLUMNS,
            landing_row=_country_row,
        ),
        KcsSource(
            name="kcs_trade_total",
            path="1220000/Itemtrade/getItemtradeList",
            file_prefix="itemtrade_hsk10",
            hs_digits=(6, 10),
            text_fields=(),
            columns=TOTAL_COLUMNS,
            landing_row=_total_row,
            partners=["ALL"],
        ),
    )
}


def checked_row(row: Row, source: KcsSource, hs: str, window: MonthWindow) -> Row:
    """A row as sent, figures without thousands separators, the code with the leading zero it may have lost.

    The total statistic names the code `hsCode`, the other `hsCd`; both are read.

    Raises:
        AnswerError: a field is missing, the month cannot be read, or the row was not asked for.
    """
    row = {**row, "hsCd": row.get("hsCd") or row.get("hsCode", "")}
    missing = [name for name in ("year", "hsCd", *source.text_fields, *FIGURES) if name not in row]
    if missing:
        raise AnswerError("answer_changed", detail=f"no field {', '.join(missing)}")
    matched = _YEAR.match(row["year"])
    if matched is None:
        raise AnswerError("answer_changed", detail=f"month {row['year'][:20]!r} is not like 2023.10")
    if int(matched[1]) * 12 + int(matched[2]) - 1 not in window:
        raise AnswerError("answer_changed", detail=f"month {row['year']} outside {window}")
    if not row["hsCd"].startswith(hs) and f"0{row['hsCd']}".startswith(hs):
        row["hsCd"] = f"0{row['hsCd']}"
    if not (row["hsCd"].startswith(hs) and row["hsCd"].isdigit()):
        raise AnswerError("answer_changed", detail=f"code {row['hsCd'][:20]!r} in the answer for {hs}")
    # Figures stay as sent but for thousands separators: assessing them is the quality gate's task, not ours.
    return row | {name: row[name].replace(",", "") for name in FIGURES}


def landing_file_name(source: KcsSource, hs: str, countries: tuple[str, ...], whole: MonthWindow, known_on: str) -> str:
    """The name a landing contract recognises; a file limited to some countries says so beside the code."""
    scope = "-".join((hs, *countries))
    months = f"{format_month(whole.first, '')}_{format_month(whole.last, '')}"
    return f"{source.file_prefix}_{scope}_{months}_known_{known_on}.csv"


def render_csv(source: KcsSource, rows: list[Row]) -> bytes:
    """The landing file's bytes, UTF-8, rows by month, country and code: the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, source.columns, lineterminator="\n")
    writer.writeheader()
    keys = [name for name in ("year", "STD_YYYYMM", "statCd", "hsCd", "hs_code") if name in source.columns]
    writer.writerows(sorted(rows, key=lambda row: [row[name] for name in keys]))
    return text.getvalue().encode("utf-8")
