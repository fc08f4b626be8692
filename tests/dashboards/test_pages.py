"""Pages as the server makes them: content, empty states, what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from dashboards import names, shell
from dashboards.app import create_app, make_screen
from dashboards.i18n import text
from dashboards.kinds.supply_chain import detection
from dashboards.pages import make_page
from dashboards.parts import notice
from dashboards.view import View, read_view
from jobs import reading
from jobs.contracts import codes
from jobs.settings import settings
from tests.builders.gold import NIGHTS, alert_rows, build_lake, operation_rows, write_rows

FIRST, LAST = NIGHTS
LANGS = ("ko", "en")


def written(pathname: str, search: str = "") -> str:
    """A page with its shell as the text Dash would send."""
    view = read_view(pathname, search)
    frame = shell.frame(view, make_page(view))
    return json.dumps(frame, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def client(gold_lake: Path) -> Iterator[FlaskClient]:
    with create_app().server.test_client() as browser:
        yield browser


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_names_every_alert_and_its_sentence(gold_lake: Path, lang: str) -> None:
    page = written("/", f"?lang={lang}")
    for row in alert_rows(LAST):
        assert row[f"sentence_{lang}"] in page
        assert f"/alert/{row['alert_id']}?lang={lang}" in page


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_tells_levels_in_words_and_the_late_sources(gold_lake: Path, lang: str) -> None:
    page = written("/", f"?lang={lang}")
    assert all(codes.label("level", level, lang) in page for level in range(1, 6))
    assert names.source("pinksheet", lang) in page
    assert codes.label("status", "missing", lang) in page


@pytest.mark.parametrize("lang", LANGS)
def test_every_alert_page_has_its_parts(gold_lake: Path, lang: str) -> None:
    for row in alert_rows(LAST):
        page = written(f"/alert/{row['alert_id']}", f"?lang={lang}")
        for part in ("sentence", "raises", "clears"):
            assert row[f"{part}_{lang}"] in page
        assert row["content_hash"] in page
        assert f"replay {row['alert_id']} --night {LAST}" in page
        assert f"/alert/{row['alert_id']}?lang={lang}&night={LAST}" in page


def test_unknown_is_said_to_be_unknown(gold_lake: Path) -> None:
    row = next(row for row in alert_rows(LAST) if "hs_code" in row)
    assert "cover_days" not in row
    assert '"className": "unknown"' in written(f"/alert/{row['alert_id']}", "?lang=en")


def test_reasons_that_weigh_nothing_are_told_apart_from_the_bars(gold_lake: Path) -> None:
    page = written(f"/alert/{alert_rows(LAST)[0]['alert_id']}", "?lang=en")
    assert "Conditions that hold as well" in page
    assert page.count(names.reason("strong_share", "en")) == 1


def test_a_past_night_is_shown_as_it_stood_and_said_to_be_past(gold_lake: Path) -> None:
    page = written("/", f"?lang=en&night={FIRST}")
    assert f"as it stood on {FIRST}" in page
    assert alert_rows(LAST)[1]["sentence_en"] not in page


def test_a_night_that_was_not_run_falls_back_and_says_so(gold_lake: Path) -> None:
    page = written("/", f"?lang=en&night={LAST - timedelta(days=3)}")
    assert f"No night was run for {LAST - timedelta(days=3)}" in page


@pytest.mark.parametrize(("lang", "words"), [("ko", "make run"), ("en", "No night has been run yet")])
def test_before_the_first_night_pages_say_what_to_run(empty_lake: Path, lang: str, words: str) -> None:
    for path in ("/", "/alerts", "/score", "/hs/800110", "/alert/0123456789abcdef"):
        assert words in written(path, f"?lang={lang}")


def test_a_night_with_alerts_alone_still_makes_every_page(
    tmp_path: Path, gold_lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    write_rows(lake, "gold.alert", alert_rows(LAST))
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    for path in ("/", "/alerts", "/score", "/hs/800110", *(f"/alert/{row['alert_id']}" for row in alert_rows(LAST))):
        assert "could not be made" not in written(path, "?lang=en")


def test_a_quiet_night_says_so(tmp_path: Path, gold_lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"
    write_rows(lake, "ops.run", operation_rows(LAST)[0])
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    assert "No alerts in this period" in written("/", "?lang=en")


def test_an_alert_of_another_night_is_pointed_to(gold_lake: Path) -> None:
    gone = {row["alert_id"] for row in alert_rows(FIRST)} - {row["alert_id"] for row in alert_rows(LAST)}
    page = written(f"/alert/{gone.pop()}", "?lang=en")
    assert f"night={FIRST}" in page


def test_an_item_page_lists_its_origins_and_alerts(gold_lake: Path) -> None:
    page = written("/hs/800110", "?lang=en")
    assert all(country in page for country in ("Indonesia", "Malaysia", "Peru", "Bolivia", "High (V2)"))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "finds 44% of cuts to 20% and 53% of cuts to 5%; the best naive rule finds 20% and 24%"),
        ("ko", "20%로 줄어든 단절의 44%, 5%로 줄어든 단절의 53%"),
    ],
)
def test_the_score_page_begins_with_what_was_found(gold_lake: Path, lang: str, words: str) -> None:
    assert words in written("/score", f"?lang={lang}")


def test_the_score_page_says_where_a_naive_rule_is_better(gold_lake: Path) -> None:
    stored = reading.backtest("supply_chain")
    rows = reading.ask(
        "select * replace (case when rule = 'robust_z' and alarm_rate = 0.3 and depth = 0.2 then 0.9 "
        "else value end as value) from rows",
        rows=stored,
    )
    before, after = (detection.shortfalls(detection.read_points(each), "en") for each in (stored, rows))
    assert before == text("score.no_shortfall", "en")
    assert "cuts to 20% at 0.3 alarms (Robust z 90%, level rule 75%)" in after


def test_the_score_page_tells_events_controls_and_rules_that_alarm_too_often(gold_lake: Path) -> None:
    page = written("/score", "?lang=en")
    for words in ("+2 months", "not covered by the data", "1 (1.5%)", "3 months alarmed (4.2%)", "pseudo-vintage"):
        assert words in page
    assert page.count(text("score.unreachable", "en")) == 3 * 2 * 3  # rules, rates and depths


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/alerts?lang=en", 200),
        ("/score", 200),
        ("/hs/800110", 200),
        ("/hs/8001", 404),
        ("/nothing", 404),
        ("/alert/0123456789abcdef", 200),
        ("/alert/0123456789ABCDEF", 404),
        ("/alert/..%2f..%2fetc", 400),
        ("/assets/..%2f..%2fpyproject.toml", 400),
        ("/assets/%2e%2e/app.py", 400),
        ("/assets/%252e%252e/app.py", 400),
        ("/download/alert/0123456789abcdef.csv", 404),
        ("/download/alert/x.csv", 404),
        ("/download/else", 404),
    ],
)
def test_addresses_that_name_nothing_or_try_tricks_are_refused(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_first_answer_is_in_the_language_asked_for_and_asks_no_other_server(client: FlaskClient) -> None:
    page = client.get("/?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert re.findall(r"""(?:src|href)=["'](?!/[^/])""", page) == []


def test_the_download_holds_what_the_chart_draws(client: FlaskClient) -> None:
    row = next(row for row in alert_rows(LAST) if row.get("hs_code") == "800110")
    answer = client.get(f"/download/alert/{row['alert_id']}.csv?night={LAST}")
    lines = list(
        csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    )
    past = reading.history(LAST, row["subject_id"])
    ahead = reading.forecast(LAST, row["subject_id"])
    assert [float(line["observed"]) for line in lines if line["series"] == "history"] == past["observed"].to_pylist()
    assert [float(line["expected"]) for line in lines if line["series"] == "forecast"] == ahead["expected"].to_pylist()


def test_an_error_is_told_in_the_readers_language() -> None:
    page = json.dumps(notice.failed("ko", "2024-04-30 09:00"), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert "화면을 만들지 못했습니다" in page


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("table", ["gold.alert", "gold.freshness"])
def test_a_page_of_a_damaged_table_is_not_one_without_rows(
    lang: str, table: str, gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = build_lake(tmp_path / "lake")
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    shutil.rmtree(lake.joinpath(*table.split("."), "_delta_log"))
    page, _, _ = make_screen("/", f"?lang={lang}")
    written_page = json.dumps(page, cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert text("state.damaged_title", lang) in written_page
    assert table in written_page


@pytest.mark.parametrize("text", ["2024-13-01", "today", "2024-4-1", "", "2024-04-30; drop"])
def test_a_night_that_is_no_date_means_the_newest(gold_lake: Path, text: str) -> None:
    assert read_view("/", f"?night={text}").night == LAST


def test_view_addresses_keep_language_and_night() -> None:
    view = View(path="/alerts", lang="en", asked=date(2024, 3, 31), night=date(2024, 3, 31))
    assert view.href("/score") == "/score?lang=en&night=2024-03-31"
    assert view.href(lang="ko") == "/alerts?lang=ko&night=2024-03-31"
