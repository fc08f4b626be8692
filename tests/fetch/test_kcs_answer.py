"""Answers are untrusted XML: entities are refused, unknown shapes stop, figures pass as sent."""

from __future__ import annotations

import pytest

from jobs.fetch.errors import AnswerError, TransientError
from jobs.fetch.kcs_answer import read_xml, statistics_rows
from jobs.fetch.kcs_source import SOURCES, checked_row
from jobs.fetch.month_window import MonthWindow, parse_month

YEAR_2023 = MonthWindow(parse_month("2023-01"), parse_month("2023-12"))
ROW = {
    "year": "2023.10",
    "statCd": "CL",
    "statCdCntnKor1": "칠레",
    "statKor": "구리",
    "hsCd": "740311",
    "impWgt": "1,204",
    "impDlr": "7",
    "expWgt": "0",
    "expDlr": "0",
    "balPayments": "-7",
}


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x "yyyyyyyy">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 40 + b"</a>" * 40,
    ],
    ids=["entity", "outside file", "deep"],
)
def test_hostile_xml_is_refused(body):
    with pytest.raises(AnswerError):
        read_xml(body)


@pytest.mark.parametrize("body", [b"", b"Unexpected error", b"<response><header>", b"<a>\xff</a>"])
def test_what_is_not_xml_counts_as_a_failed_attempt(body):
    with pytest.raises(TransientError):
        read_xml(body)


def test_total_rows_are_dropped_wherever_they_stand():
    total = "<item><year>총계</year><impDlr>9</impDlr></item>"
    row = "<item><year>2023.10</year><impDlr>4</impDlr></item>"
    body = f"<response><resultCode>00</resultCode><items>{total}{row}{total}</items></response>".encode()
    assert statistics_rows(read_xml(body), SOURCES["kcs_trade_total"].total_marks) == [
        {"year": "2023.10", "impDlr": "4"}
    ]


@pytest.mark.parametrize(
    ("change", "tells"),
    [
        ({"year": "2023.1"}, "2023.10"),
        ({"year": "2022.12"}, "outside"),
        ({"hsCd": "800110"}, "800110"),
        ({"hsCd": "-"}, "'-'"),
    ],
    ids=["ambiguous month", "other window", "other code", "no code"],
)
def test_rows_that_cannot_be_what_was_asked_stop_the_fetch(change, tells):
    with pytest.raises(AnswerError, match=tells):
        checked_row(ROW | change, SOURCES["kcs_trade_country"], "740311", YEAR_2023)


def test_a_missing_field_is_named():
    row = {name: text for name, text in ROW.items() if name != "impWgt"}
    with pytest.raises(AnswerError, match="impWgt"):
        checked_row(row, SOURCES["kcs_trade_country"], "740311", YEAR_2023)


def test_a_lost_leading_zero_is_restored_and_separators_removed():
    row = checked_row(ROW | {"hsCd": "90111"}, SOURCES["kcs_trade_country"], "090111", YEAR_2023)
    assert (row["hsCd"], row["impWgt"]) == ("090111", "1204")
