"""A kind of alert that the screens have no room for is shown by the plain default, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboards import i18n, kinds, names
from dashboards.kinds.default import Kind
from dashboards.pages import make_page
from dashboards.view import read_view
from jobs import reading
from jobs.contracts import codes
from jobs.publish.brief import publish_brief
from jobs.settings import settings
from tests.builders.gold import NIGHTS, alert_row, alert_rows, words_of, write_rows

LAST = NIGHTS[-1]
LANGS = ("ko", "en")
STAKE = Decimal(500_000_000)
ROOT = Path(kinds.__file__).parents[2]


def origin_row(subject_kind: str, subject_id: str, **more: object) -> dict[str, Any]:
    """An alert of a kind without a room."""
    subject = {
        "kind": "origin",
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "opened_period": date(2024, 3, 1),
        "period_start": date(2024, 3, 1),
        "period_end": date(2024, 3, 31),
        **more,
    }
    words = words_of("원산지 시험", "a firm's goods", 0.5)
    return alert_row(LAST, subject, 3, 1, 1, words)


@pytest.fixture
def unknown_kind(gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A lake with alerts of a kind that has no room, beside those on supply chains."""
    rows = [
        origin_row("firm_product", "firm=K7%7C1|hs=800110|origin=ID", hs_code="800110", partner_country="ID"),
        origin_row(
            "certificate",
            "certificate=A-1",
            period_end=date(2024, 3, 1),
            rank=2,
            p_value=None,
            stake_krw=Decimal(500_000_000),
        ),
    ]
    write_rows(tmp_path / "lake", "gold.alert", [*alert_rows(LAST), *rows])
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    settings.cache_clear()
    return rows


def written(pathname: str, lang: str) -> str:
    page = make_page(read_view(pathname, f"?lang={lang}"))
    return json.dumps(page, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("lang", LANGS)
def test_an_alert_of_an_unknown_kind_has_a_page(unknown_kind: list[dict[str, Any]], lang: str) -> None:
    for row in unknown_kind:
        page = written(f"/alert/{row['alert_id']}", lang)
        for part in ("sentence", "raises", "clears"):
            assert row[f"{part}_{lang}"] in page
        for key in ("alert.reasons", "alert.evidence", "alert.reproduce"):
            assert i18n.text(key, lang) in page
        assert i18n.text("alert.forecast", lang) not in page


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", ["/", "/alerts", "/alerts/origin"])
def test_lists_and_the_overview_show_an_unknown_kind(unknown_kind: list[dict[str, Any]], path: str, lang: str) -> None:
    page = written(path, lang)
    assert codes.label("kind", "origin", lang) in page
    for row in unknown_kind:
        assert row[f"sentence_{lang}"] in page
        assert f"/alert/{row['alert_id']}?lang={lang}" in page


@pytest.mark.parametrize("lang", LANGS)
def test_the_brief_names_alerts_of_an_unknown_kind(unknown_kind: list[dict[str, Any]], lang: str) -> None:
    page = publish_brief(LAST, lang).read_text("utf-8")
    assert f"<h2>{codes.label('kind', 'origin', lang)}</h2>" in page
    assert all(f"/alert/{row['alert_id']}" in page for row in unknown_kind)


def test_an_unknown_subject_is_named_by_the_parts_of_its_id(unknown_kind: list[dict[str, Any]]) -> None:
    firm, certificate = (kinds.subject(row, "en") for row in unknown_kind)
    assert firm.endswith(f" · K7|1 · {names.short_item('800110', 'en')} · Indonesia")
    assert certificate.endswith(" · A-1")


def test_the_plain_kind_says_what_is_known(unknown_kind: list[dict[str, Any]]) -> None:
    rows = [reading.find_alert(LAST, row["alert_id"]) or {} for row in unknown_kind]
    firm, certificate = (dict(Kind("origin").facts(row, "en")) for row in rows)
    assert firm[i18n.text("alert.period", "en")] == "March 2024"
    assert certificate[i18n.text("alert.period", "en")] == "1 March 2024"
    assert i18n.text("alert.p", "en") not in certificate
    assert certificate[names.column("stake_krw", "en")] == "KRW 500.0 million"


def test_kinds_of_the_platform_come_first_and_in_its_order(unknown_kind: list[dict[str, Any]]) -> None:
    assert [each.name for each in kinds.of_night(LAST)] == [*reading.kinds(), "origin"]
    stored = reading.alerts(LAST)["kind"].to_pylist()
    assert stored == sorted(stored, key=[*reading.kinds(), "origin"].index)
    assert kinds.score_figures("origin") == {}


def test_every_kind_of_the_platform_has_its_room() -> None:
    assert [type(kinds.kind(name)) is not Kind for name in reading.kinds()] == [True] * len(reading.kinds())


def test_the_screens_start_no_engine() -> None:
    code = "import sys, dashboards.app; sys.exit('pyspark' in sys.modules or 'jobs.lake.delta' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
