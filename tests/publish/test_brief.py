"""The brief says what the screen says, on one page that asks nobody for anything."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboards import i18n, kinds, names, sentences
from dashboards.kinds.supply_chain.brief import TOP
from dashboards.kinds.supply_chain.straits import strait_line
from dashboards.pages import make_page
from dashboards.view import read_view
from jobs import reading
from jobs.contracts import ContractError
from jobs.publish.brief import publish_brief
from jobs.settings import settings
from tests.builders.gold import NIGHTS, alert_rows, operation_rows, write_rows

NIGHT = NIGHTS[-1]
LANGS = ("ko", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_the_brief_is_one_file_in_its_language(gold_lake: Path, lang: str) -> None:
    path = publish_brief(NIGHT, lang)
    page = path.read_text("utf-8")
    assert path.name == f"brief_{lang}.html"
    assert path.parent.name == NIGHT.isoformat()
    assert f'<html lang="{lang}">' in page
    assert "<script" not in page
    assert re.findall(r"""(?:src|href)=|url\(|@import""", page) == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_brief_names_the_top_alerts_and_counts_the_rest(gold_lake: Path, lang: str) -> None:
    page = publish_brief(NIGHT, lang).read_text("utf-8")
    rows = alert_rows(NIGHT)
    assert all(row[f"sentence_{lang}"] in page for row in rows[:TOP])
    assert i18n.text("brief.more", lang, n=len(rows) - TOP) in page


@pytest.mark.parametrize("lang", LANGS)
def test_brief_and_screen_say_the_same_of_the_night(gold_lake: Path, lang: str) -> None:
    brief = publish_brief(NIGHT, lang).read_text("utf-8")
    screen = json.dumps(make_page(read_view("/", f"?lang={lang}")), cls=PlotlyJSONEncoder, ensure_ascii=False)
    said = [sentences.lead(NIGHT, reading.changes(NIGHT, kinds.watched()), kinds.watched(), lang)]
    said += [strait_line(days, lang) for days in reading.straits(NIGHT).values()]
    delivered = [row for row in reading.freshness(NIGHT).to_pylist() if row["status"] != "missing"]
    said += [sentences.source_age(row, lang) for row in delivered]
    for words in said:
        assert words in brief
        assert words in screen


@pytest.mark.parametrize("lang", LANGS)
def test_a_night_without_alerts_is_reported_too(
    gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    write_rows(tmp_path / "quiet", "ops.run", operation_rows(NIGHT)[0])
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "quiet"))
    settings.cache_clear()
    assert i18n.text("brief.quiet", lang) in publish_brief(NIGHT, lang).read_text("utf-8")


def test_what_a_source_wrote_stays_text(gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**alert_rows(NIGHT)[0], "sentence_en": "<script>alert(1)</script>"}
    write_rows(tmp_path / "bad", "gold.alert", [row])
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "bad"))
    settings.cache_clear()
    assert "&lt;script&gt;" in publish_brief(NIGHT, "en").read_text("utf-8")


def test_the_same_night_gives_the_same_bytes(gold_lake: Path) -> None:
    assert publish_brief(NIGHT, "ko").read_bytes() == publish_brief(NIGHT, "ko").read_bytes()


def test_a_night_that_was_never_run_is_refused(gold_lake: Path) -> None:
    with pytest.raises(ContractError, match="run it before"):
        publish_brief(NIGHT + timedelta(days=1), "ko")


def test_late_sources_stand_out(gold_lake: Path) -> None:
    assert f'class="late">{names.source("pinksheet", "en")}' in publish_brief(NIGHT, "en").read_text("utf-8")
