"""Low-price screens: the lot's page, its alert, the lists, the files behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from dashboards import i18n, names, sentences
from dashboards.app import create_app
from dashboards.i18n import text
from dashboards.kinds.low_price import price, words
from dashboards.pages import make_page
from dashboards.view import read_view
from jobs import reading
from jobs.publish.brief import publish_brief
from jobs.settings import settings
from tests.builders import assessed_lots
from tests.builders.assessed_lots import LOTS
from tests.builders.gold import NIGHTS, alert_rows, lot_alert_rows, operation_rows, write_rows

LAST = NIGHTS[-1]
LANGS = ("ko", "en")
GARLIC, SESAME, DRAWN, UNSELECTED, PELLET = LOTS
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def written(pathname: str, search: str = "?lang=en") -> str:
    return json.dumps(make_page(read_view(pathname, search)), cls=PlotlyJSONEncoder, ensure_ascii=False)


def address(lot: assessed_lots.Lot) -> str:
    return f"/lot/{lot.number}/1"


@pytest.fixture
def client(gold_lake: Path) -> Iterator[FlaskClient]:
    with create_app().server.test_client() as browser:
        yield browser


@pytest.mark.parametrize("lang", LANGS)
def test_a_lots_page_says_its_parts_in_order(gold_lake: Path, lang: str) -> None:
    page = written(address(GARLIC), f"?lang={lang}")
    parts = [
        assessed_lots.lot_words(GARLIC)[f"sentence_{lang}"],
        text("lot.price", lang),
        text("lot.below", lang),
        text("lot.chart", lang),
        text("lot.stake_expected", lang),
        text("lot.raised", lang),
        names.column("speaks_for", lang),
        text("alert.raises", lang),
        text("alert.clears", lang),
        text("lot.comparables_note", lang, n="61", shown=8, rung="{}").split("{}")[0],
        text("lot.figures", lang),
        text("lot.versions", lang),
    ]
    places = [page.index(json.dumps(said, ensure_ascii=False)[1:-1]) for said in parts]
    assert places == sorted(places)


def test_the_price_stands_beside_its_reference_and_interval(gold_lake: Path) -> None:
    page = written(address(GARLIC))
    for said in ("0.71 USD/kg", "3.42 USD/kg", "2.46 USD/kg to 4.72 USD/kg", "21%", "412"):
        assert said in page


@pytest.mark.parametrize("lang", LANGS)
def test_a_statistical_price_is_never_said_to_set_the_value(gold_lake: Path, lang: str) -> None:
    for lot in LOTS:
        assert text("lot.never_a_value", lang) in written(address(lot), f"?lang={lang}")


def test_the_duty_comes_with_its_interval_and_the_figure_at_the_lowest_comparable(gold_lake: Path) -> None:
    page = written(address(GARLIC))
    for said in ("KRW 812.0 million", "KRW 649.6 million to KRW 974.4 million", "KRW 568.4 million"):
        assert said in page


def test_a_capped_lot_names_the_record_that_speaks_for_the_importer(gold_lake: Path) -> None:
    page = written(address(SESAME))
    assert "20000240300001/2" in page
    assert text("lot.capped", "en") in page
    assert "By price alone: 4 Alert. With patterns: 4 Alert. With what speaks for the importer: 2 Attention." in page
    assert text("lot.capped", "en") not in written(address(GARLIC))


@pytest.mark.parametrize("lang", LANGS)
def test_a_capped_alert_names_what_holds_it_down(gold_lake: Path, lang: str) -> None:
    page = written(f"/alert/{lot_alert_rows(LAST)[1]['alert_id']}", f"?lang={lang}")
    assert names.reason("accepted_third_party", lang, {"observed": "20000240300001/2"}) in page
    assert text("lot.by_price", lang, level=sentences.level_name(4, lang)) in page


def test_of_conditions_that_imply_each_other_the_furthest_is_told(gold_lake: Path) -> None:
    page = written(address(GARLIC))
    assert names.reason("ratio_half", "en") in page
    assert names.reason("ratio_low", "en") not in page


def test_a_search_that_found_nothing_is_no_proof(gold_lake: Path) -> None:
    assert text("lot.nothing_speaks", "en") in written(address(GARLIC))


def test_comparables_are_listed_with_record_days_rung_and_article(gold_lake: Path) -> None:
    page = written(address(GARLIC))
    for row in assessed_lots.comparable_rows(LAST):
        if row["declaration_id"] == GARLIC.number:
            assert f"{row['comparable_declaration_id']}/1" in page
    for said in ("Identical", "Similar", "Another origin of the region", "Art. 2", "Art. 3", "Art. 7"):
        assert said in page
    assert page.count('"className": "tag is_lowest"') == 1


def test_a_lot_without_a_reference_says_so_and_draws_nothing(gold_lake: Path) -> None:
    page = written(address(PELLET))
    for key in ("lot.no_reference", "lot.no_path", "lot.no_stake", "lot.comparables_not_kept"):
        assert text(key, "en") in page
    assert "no reference price is known" in page
    assert '"Graph"' not in page


def test_a_lot_that_is_no_alert_says_so_and_words_its_own_conditions(gold_lake: Path) -> None:
    page = written(address(UNSELECTED))
    assert text("lot.no_alert", "en") in page
    assert "The level rises if a pattern is found in the firm's lots." in page
    assert "The alert clears if the price is explained or amended." in page


def test_a_lot_the_night_did_not_judge_is_said_to_be_unknown(gold_lake: Path) -> None:
    assert "judged no lot 000/7" in written("/lot/000/7")


@pytest.mark.parametrize("lang", LANGS)
def test_a_low_price_alert_leads_to_its_lot_and_shows_no_forecast_or_origin_share(gold_lake: Path, lang: str) -> None:
    for row, lot in zip(lot_alert_rows(LAST), (GARLIC, SESAME, DRAWN), strict=True):
        page = written(f"/alert/{row['alert_id']}", f"?lang={lang}")
        assert f"{address(lot)}?lang={lang}" in page
        assert i18n.won(row["stake_krw"], lang) in page
        assert page.count(i18n.full_date(row["period_start"], lang)) == 2  # in the head and in the evidence
        for key in ("alert.forecast", "alert.share", "alert.peers", "alert.cover"):
            assert text(key, lang) not in page


def test_an_alert_whose_lot_is_not_on_file_still_makes_a_page(
    gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / "bare", "gold.alert", lot_alert_rows(LAST))
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "bare"))
    settings.cache_clear()
    row = lot_alert_rows(LAST)[0]
    assert row["sentence_en"] in written(f"/alert/{row['alert_id']}")
    assert row["sentence_en"] in written("/alerts/low_price")


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_tells_how_many_lots_were_judged_and_put_forward(gold_lake: Path, lang: str) -> None:
    page = written("/", f"?lang={lang}")
    line = text("lot.lots_line", lang, assessed="1,000", standing=3, ranked=2, explored=1)
    assert f"{line} {text('lot.without_stake_line', lang, n=1)}" in page
    for row in lot_alert_rows(LAST):
        assert f"/alert/{row['alert_id']}?lang={lang}" in page


def test_an_overview_without_declarations_has_no_low_price_panel(
    gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / "dry", "ops.run", operation_rows(LAST)[0])
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "dry"))
    settings.cache_clear()
    assert text("lot.alerts", "en") not in written("/")


@pytest.mark.parametrize(
    ("path", "shown", "hidden"),
    [
        ("/alerts/low_price", lot_alert_rows(LAST), alert_rows(LAST)),
        ("/alerts/supply_chain", alert_rows(LAST), lot_alert_rows(LAST)),
    ],
)
def test_the_list_of_one_kind_holds_that_kind_only(gold_lake: Path, path: str, shown: list, hidden: list) -> None:
    page = written(path)
    assert all(row["alert_id"] in page for row in shown)
    assert not any(row["alert_id"] in page for row in hidden)


@pytest.mark.parametrize(
    ("path", "has_stake", "has_share"),
    [("/alerts/low_price", True, False), ("/alerts/supply_chain", False, True), ("/alerts", False, False)],
)
def test_figures_of_a_kind_stand_where_that_kind_is_shown(
    gold_lake: Path, path: str, has_stake: bool, has_share: bool
) -> None:
    page = written(path)
    assert ('"field": "stake"' in page, '"field": "share"' in page) == (has_stake, has_share)


@pytest.mark.parametrize("lang", LANGS)
def test_the_brief_names_the_goods_and_the_stake_but_no_declaration(gold_lake: Path, lang: str) -> None:
    page = publish_brief(LAST, lang).read_text("utf-8")
    assert words.product("garlic_dried", lang) in page
    assert i18n.won(GARLIC.stake, lang) in page
    assert words.product("garlic_peeled", lang) not in page  # drawn at random, at level 1
    assert words.lots_line(LAST, lang) in page
    assert not any(lot.number in page for lot in LOTS)


def test_the_price_file_holds_what_the_chart_draws(client: FlaskClient) -> None:
    answer = client.get(f"/download/lot/{GARLIC.number}/1/prices.csv?night={LAST}&lang=en")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix(BOM))))
    points = reading.price_chart(LAST, reading.find_lot(LAST, GARLIC.number, 1) or {})
    assert [float(line["price_usd_per_kg"]) for line in lines] == points["price_usd_per_kg"].to_pylist()
    assert f'filename="lot_{GARLIC.number}-1_{LAST}_prices.csv"' in answer.headers["Content-Disposition"]


def test_a_formula_in_a_comparable_is_escaped(gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "formula"
    rows = [row | {"importer_id": "=cmd()"} for row in assessed_lots.comparable_rows(LAST)]
    tables = {"gold.alert": lot_alert_rows(LAST), "gold.lot": assessed_lots.lot_rows(LAST), "gold.comparable": rows}
    for name, content in tables.items():
        write_rows(lake, name, content)
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    with create_app().server.test_client() as browser:
        body = browser.get(f"/download/lot/{GARLIC.number}/1/comparables.csv").get_data(as_text=True)
    assert "'=cmd()" in body
    assert ",=cmd()" not in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (address(GARLIC), 200),
        ("/lot/1/x", 404),
        ("/lot/1", 404),
        ("/lot/a%20b/1", 404),
        ("/lot/..%2f/1", 400),
        ("/alerts/low_price", 200),
        ("/alerts/else", 404),
        (f"/download{address(GARLIC)}/prices.csv", 200),
        (f"/download{address(GARLIC)}/else.csv", 404),
        ("/download/lot/1/1/prices.csv", 404),
        ("/download/lot/1/x/prices.csv", 404),
    ],
)
def test_addresses_of_lots_answer_or_are_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_table_behind_the_chart_holds_every_lot_and_a_day_a_week(gold_lake: Path) -> None:
    points = reading.price_chart(LAST, reading.find_lot(LAST, GARLIC.number, 1) or {})
    page = json.dumps(price.point_table(points, "en"), cls=PlotlyJSONEncoder)
    assert page.count('"Reference price"') == -(-assessed_lots.PATH_DAYS // 7)
    assert all(label in page for label in points["label"].to_pylist() if label)


def test_a_lot_at_level_one_is_not_said_to_have_reached_the_top(gold_lake: Path) -> None:
    assert text("alert.raises", "en") not in written(address(PELLET))
