"""The fetch command against a server that behaves like the portal: files, errors, resuming, secrecy."""

from __future__ import annotations

import csv
import logging
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from jobs.contracts.scope_file import ScopeFile
from jobs.fetch.kcs_client import KcsClient
from tests.fetch.conftest import KEY, SPAN

from .kcs_server import answer_with, gateway_error, hang_up, stay_silent

TIN = ("kcs_trade_country", *SPAN, "--hs", "800110")
TIN_FILE = "kcs_trade_country/nitemtrade_hs6_country_800110_202301_202403_known_2024-05-20.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def csv_files(landing: Path) -> list[str]:
    return sorted(str(path.relative_to(landing)) for path in landing.rglob("*.csv"))


def test_country_file_has_the_interface_columns_and_every_row_but_the_total(fetch, landing):
    assert fetch(*TIN) == 0
    rows = rows_of(landing / TIN_FILE)
    assert ",".join(rows[0]) == ("year,statCd,statCdCntnKor1,statKor,hsCd,impWgt,impDlr,expWgt,expDlr,balPayments")
    assert [(row["year"], row["statCd"]) for row in rows[:3]] == [
        ("2023.01", "CN"),
        ("2023.01", "ID"),
        ("2023.02", "CN"),
    ]
    assert len(rows) == 15 * 2
    october = next(row for row in rows if row["year"] == "2023.10" and row["statCd"] == "ID")
    assert october == {
        "year": "2023.10",
        "statCd": "ID",
        "statCdCntnKor1": "인도네시아",
        "statKor": "주석, 괴",
        "hsCd": "800110",
        "impWgt": "202310",
        "impDlr": "404620",
        "expWgt": "0",
        "expDlr": "0",
        "balPayments": "-404620",
    }


def test_total_file_has_the_columns_of_the_total_statistic_and_no_key(fetch, server, landing):
    assert fetch("kcs_trade_total", *SPAN, "--hs", "1701.99-0000") == 0
    path = landing / "kcs_trade_total/itemtrade_hsk10_1701990000_202301_202403_known_2024-05-20.csv"
    assert rows_of(path)[0] == {
        "STD_YYYYMM": "2023-01",
        "hs_code": "1701990000",
        "country_code": "ALL",
        "country_name": "",
        "export_weight_kg": "0",
        "export_value_usd": "0",
        "import_weight_kg": "202301",
        "import_value_usd": "404602",
        "trade_balance_usd": "-404602",
        "provider": "korea_customs_service",
        "source_endpoint": f"{server.base_url}1220000/Itemtrade/getItemtradeList",
        "retrieved_at": "2024-05-20T03:00:00+00:00",
    }


def test_span_is_asked_in_windows_of_at_most_twelve_months(fetch, server):
    fetch(*TIN)
    assert [(call["strtYymm"], call["endYymm"]) for call in server.calls] == [
        ("202301", "202312"),
        ("202401", "202403"),
    ]


@pytest.mark.parametrize("spelling", [KEY, quote(KEY, safe=""), f"  {KEY}\n"])
def test_key_reaches_the_server_escaped_exactly_once(fetch, server, spelling):
    assert fetch(*TIN, key=spelling) == 0
    assert server.calls[0]["serviceKey"] == KEY
    assert f"serviceKey={quote(KEY, safe='')}" in server.calls[0]["raw"]


def test_country_limits_the_question_and_shows_in_the_file_name(fetch, server, landing):
    assert fetch(*TIN, "--country", "id,cn") == 0
    assert {call["cntyCd"] for call in server.calls} == {"CN", "ID"}
    assert csv_files(landing) == [TIN_FILE.replace("800110", "800110-CN-ID")]


def test_codes_come_from_a_file_too_each_once(fetch, server, tmp_path):
    listed = tmp_path / "codes.txt"
    listed.write_text("\ufeff# metals\n8001.10, tin\n260200  # ore\n\n800110\n", encoding="utf-8")
    assert fetch("kcs_trade_country", "--from", "2024-01", "--to", "2024-01", "--hs-file", str(listed)) == 0
    assert [call["hsSgn"] for call in server.calls] == ["800110", "260200"]


@pytest.mark.parametrize(
    "fault",
    [
        answer_with("busy", 503, Retry_After="0"),
        answer_with("<html>maintenance</html><br>"),
        gateway_error("04", "HTTP_ERROR"),
        gateway_error("23", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR"),
        answer_with("Too many requests", 429),
        hang_up,
        stay_silent,
    ],
    ids=["503", "html", "gateway 04", "per second", "429", "cut", "time-out"],
)
def test_a_passing_fault_is_overcome(fetch, server, landing, fault):
    server.faults = [fault, fault]
    assert fetch(*TIN) == 0
    assert len(rows_of(landing / TIN_FILE)) == 30


@pytest.mark.parametrize(
    ("fault", "exit_code", "tells"),
    [
        (gateway_error("22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"), 6, "midnight"),
        (answer_with("API token quota exceeded", 429), 6, "midnight"),
        (gateway_error("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), 2, "approved"),
        (gateway_error("31", "DEADLINE_HAS_EXPIRED_ERROR", 500), 2, "approved"),
        (answer_with("Forbidden", 403), 2, "approved"),
        (gateway_error("12", "NO_OPENAPI_SERVICE_ERROR"), 2, "--base-url"),
        (answer_with("", 302, Location="https://example.org/"), 2, "--base-url"),
        (answer_with("<response><resultCode>99</resultCode></response>"), 2, "HS code"),
        (answer_with("<response><resultCode>77</resultCode></response>"), 3, "unknown reason code"),
        (answer_with("<other/>"), 3, "no resultCode"),
    ],
    ids=["limit", "quota", "key", "key 500", "403", "service", "redirect", "99", "unknown", "no code"],
)
def test_a_lasting_fault_ends_at_once_saying_what_to_do(fetch, server, landing, caplog, fault, exit_code, tells):
    server.faults = [fault]
    assert fetch(*TIN) == exit_code
    assert len(server.calls) == 1
    assert tells in caplog.records[-1].getMessage()
    assert any("가" <= letter <= "힣" for letter in caplog.records[-1].getMessage())
    assert csv_files(landing) == []


def test_a_server_that_stays_down_is_given_up_after_the_attempts(fetch, server, caplog):
    server.faults = [answer_with("", 500)] * 10
    assert fetch(*TIN) == 6
    assert len(server.calls) == 4
    assert "continues where it stopped" in caplog.text


def test_after_the_daily_limit_the_next_run_asks_only_for_the_rest_under_the_first_date(fetch, server, landing):
    server.faults = [None, gateway_error("22", "LIMITED")]
    assert fetch(*TIN) == 6
    assert csv_files(landing) == []
    assert fetch(*TIN, on="2024-05-22") == 0
    assert [call["strtYymm"] for call in server.calls] == ["202301", "202401", "202401"]
    assert csv_files(landing) == [TIN_FILE]
    assert len(rows_of(landing / TIN_FILE)) == 30


def test_a_crash_keeps_finished_codes_and_windows_and_shows_no_partial_file(fetch, server, landing):
    class Crashing(KcsClient):
        def fetch_rows(self, source, hs, window, country=None):
            if hs == "260200" and window.length < 12:
                raise KeyboardInterrupt
            return super().fetch_rows(source, hs, window, country)

    with pytest.raises(KeyboardInterrupt):
        fetch(*TIN, "--hs", "260200", open_client=Crashing)
    assert csv_files(landing) == [TIN_FILE]
    asked = len(server.calls)
    assert fetch(*TIN, "--hs", "260200") == 0
    assert len(server.calls) - asked == 1
    assert len(csv_files(landing)) == 2


def test_a_session_is_not_continued_across_a_publication_day(fetch, server, landing):
    server.faults = [None, gateway_error("22", "LIMITED")]
    fetch(*TIN)
    server.revision = 7
    assert fetch(*TIN, on="2024-06-16") == 0
    assert csv_files(landing) == [TIN_FILE.replace("05-20", "06-16")]
    assert rows_of(landing / TIN_FILE.replace("05-20", "06-16"))[0]["impWgt"] == "202308"


def test_the_same_day_again_asks_nothing_and_leaves_no_state(fetch, server, landing):
    fetch(*TIN)
    before = (landing / TIN_FILE).read_bytes()
    asked = len(server.calls)
    assert fetch(*TIN) == 0
    assert len(server.calls) == asked
    assert (landing / TIN_FILE).read_bytes() == before
    assert list((landing / ".fetch").iterdir()) == []


def test_answers_without_items_leave_a_file_without_rows_beside_what_was_asked(fetch, server, landing, caplog):
    empty = answer_with("<response><header><resultCode>00</resultCode></header><body><items/></body></response>")
    no_data = answer_with("<response><header><resultCode>03</resultCode></header></response>")
    server.faults = [empty, no_data]
    assert fetch(*TIN) == 0
    assert rows_of(landing / TIN_FILE) == []
    scope = ScopeFile.model_validate_json((landing / f"{TIN_FILE}.scope.json").read_bytes())
    assert scope.hs_codes == ["800110"]
    assert (scope.first_month, scope.last_month) == ("2023-01", "2024-03")
    assert scope.known_on == date(2024, 5, 20)
    assert "no trade in 2023-01..2024-03" in caplog.text


@pytest.mark.parametrize(
    ("words", "partners"),
    [
        (TIN, None),
        ((*TIN, "--country", "id,cn"), ["CN", "ID"]),
        (("kcs_trade_total", *SPAN, "--hs", "800110"), ["ALL"]),
    ],
    ids=["every country", "two countries", "the total"],
)
def test_the_scope_file_says_which_partners_were_asked(fetch, landing, words, partners):
    assert fetch(*words) == 0
    (path,) = landing.rglob("*.scope.json")
    assert path.with_name(path.name.removesuffix(".scope.json")).is_file()
    assert ScopeFile.model_validate_json(path.read_bytes()).partner_countries == partners


def test_an_answer_cut_short_is_asked_again_in_shorter_windows(fetch, server, landing):
    server.rows_limit = 6
    assert fetch(*TIN) == 0
    assert len(rows_of(landing / TIN_FILE)) == 30


def test_the_key_is_in_no_log_line_and_no_file(fetch, server, landing, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    echo = f"refused {KEY} and {quote(KEY, safe='')}"
    server.faults = [None, answer_with("", 500), gateway_error("04", echo), gateway_error("30", echo)]
    assert fetch(*TIN) == 2
    written = b"".join(path.read_bytes() for path in landing.rglob("*") if path.is_file())
    assert written
    assert "serviceKey=***" in caplog.text
    for spelling in (KEY, quote(KEY), quote(KEY, safe="")):
        assert spelling not in caplog.text
        assert spelling.encode() not in written


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        (("kcs_trade_country", *SPAN, "--hs", "80011"), "leading zero"),
        (("kcs_trade_country", *SPAN), "--hs"),
        (("kcs_trade_country", "--from", "2023-13", "--to", "2024-01", "--hs", "800110"), "YYYY-MM"),
        (("kcs_trade_country", "--from", "2024-02", "--to", "2024-01", "--hs", "800110"), "--from"),
        (("kcs_trade_country", "--from", "2024-02", "--to", "2025-01", "--hs", "800110"), "this month"),
        (("kcs_trade_total", *SPAN, "--hs", "1701990000", "--country", "CN"), "--country"),
        ((*TIN, "--country", "KOREA"), "--country"),
    ],
    ids=["five digits", "no code", "month 13", "backwards", "future", "total by country", "name"],
)
def test_wrong_arguments_are_named_before_anything_is_asked(fetch, server, caplog, words, tells):
    assert fetch(*words) == 2
    assert tells in caplog.text
    assert server.calls == []


def test_a_landing_that_cannot_be_written_is_named(fetch, landing, caplog):
    landing.write_text("a file where the folder should be")
    assert fetch(*TIN) == 6
    assert "--landing" in caplog.text
