"""A source of which a delivery was set aside: every page says which, why, since when, and what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from plotly.utils import PlotlyJSONEncoder

from dashboards import names, shell
from dashboards.pages import make_page
from dashboards.view import read_view
from jobs import contracts
from jobs.contracts.messages import say
from jobs.ingest.bronze.journal import reason_of
from jobs.ingest.freshness import assess_freshness
from jobs.settings import settings
from tests.builders.gold import NIGHTS, alert_rows, write_rows
from tests.builders.lakes import point_to

NIGHT = NIGHTS[-1]
NOTICED = datetime(2024, 4, 28, 20, tzinfo=UTC)  # the 29th in Seoul
DAY = {"ko": "4월 29일", "en": "29 April 2024"}
STOPPED = {
    "kcs_trade_country": ("web_page", {}),
    "gscpi": ("encoding", {"found": "CP949", "expected": "UTF-8"}),
    "pinksheet": ("unsound", {"n": "12", "of": "30", "limit": "2%"}),
    "portwatch_straits": (
        "level_shift",
        {"n": "9", "of": "9", "month": "2024-03", "times": "9", "lines": "n"},
    ),
}
OF_NIGHT = next(row for row in alert_rows(NIGHT) if row.get("hs_code") == "800110")
PATHS = ("/", "/alerts", "/score", "/hs/800110", f"/alert/{OF_NIGHT['alert_id']}")


def stopped_row(source: str) -> dict[str, Any]:
    """The row of ops.delivery of a file that could not be taken."""
    code, params = STOPPED[source]
    name = f"{contracts.landing(source).folder}/bad.csv"
    return {"source": source, "source_file": name, "reason_code": code, "reason_params": [*params.items()]}


def failed_check() -> dict[str, Any]:
    """Half of the declarations that came last were set aside."""
    return {
        "run_id": "run",
        "night": NIGHT,
        "table_name": "silver.import_declaration",
        "expectation": "expect_quarantine_to_be_small",
        "column_name": "quality_flags",
        "severity": "warn",
        "is_success": False,
        "observed_text": "0.5",
        "expected_text": "<= 0.02",
        "finished_at": NOTICED,
    }


@pytest.fixture
def stopped_lake(built_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The builder's lake on a night on which deliveries were set aside."""
    lake = tmp_path / "lake"
    shutil.copytree(built_lake, lake)
    DeltaTable(str(lake / "gold" / "freshness")).delete(f"night = '{NIGHT}'")
    newest = (date(2024, 3, 1), NOTICED)
    aside = {source: {**stopped_row(source), "set_aside_at": NOTICED} for source in STOPPED}
    rows = [assess_freshness(contracts.landing(source), NIGHT, newest, aside[source]) for source in STOPPED]
    write_rows(lake, "gold.freshness", rows)
    write_rows(lake, "ops.quality_result", [failed_check()])
    point_to(monkeypatch, lake, tmp_path / "published")
    yield lake
    settings.cache_clear()


def written(path: str, lang: str) -> str:
    """A page with its shell as the text Dash would send."""
    view = read_view(path, f"?lang={lang}")
    return json.dumps(shell.frame(view, make_page(view)), cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_which_source_why_since_when_and_what_to_do(stopped_lake: Path, path: str, lang: str) -> None:
    page = written(path, lang)
    for source in STOPPED:
        assert names.source(source, lang) in page
        code, params = reason_of(stopped_row(source))
        sentence = say(code, lang, params)
        assert json.dumps(sentence, ensure_ascii=False)[1:-1] in page
    assert page.count(DAY[lang]) >= len(STOPPED)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_that_much_of_a_delivery_was_set_aside(stopped_lake: Path, path: str, lang: str) -> None:
    page = written(path, lang)
    assert names.table("silver.import_declaration", lang) in page
    assert "50%" in page


@pytest.mark.parametrize(("lang", "words"), [("ko", "근거인"), ("en", "This alert rests on")])
def test_an_alert_says_that_a_source_it_rests_on_is_late(stopped_lake: Path, lang: str, words: str) -> None:
    page = written(PATHS[-1], lang)
    assert f"{words} {names.source('kcs_trade_country', lang)}" in page


def test_an_alert_on_sound_sources_says_nothing(gold_lake: Path) -> None:
    assert "This alert rests on" not in written(PATHS[-1], "en")
    assert "set aside" not in written("/score", "en")
