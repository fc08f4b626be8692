"""What a reader sees and does on the overview and the alert page, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.gold import NIGHTS, alert_rows

pytestmark = pytest.mark.browser
FIRST, LAST = NIGHTS
LANGS = ("ko", "en")
ALERT = next(row for row in alert_rows(LAST) if row.get("hs_code") == "800110")


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_leads_to_an_alert(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}/?lang={lang}")
    expect(page.locator(".alert-list").first.locator("li")).to_have_count(len(alert_rows(LAST)))
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator(".tile-count")).to_have_text(["1", "1", "2", "2", "12"])
    page.locator(".alert-list a").nth(1).click()
    expect(page.locator(".sentence")).to_have_text(ALERT[f"sentence_{lang}"])
    expect(page).to_have_url(re.compile(rf"/alert/{ALERT['alert_id']}\?lang={lang}"))


@pytest.mark.parametrize("lang", LANGS)
def test_the_alert_page_draws_its_charts_and_names_its_records(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}/alert/{ALERT['alert_id']}?lang={lang}")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    expect(page.locator(".scatterlayer .trace").first).to_be_visible()
    expect(page.locator(".records code").first).to_have_text(re.compile(r"[0-9a-f]{12}[-:]\d+"))
    expect(page.locator(".level-4").first).to_be_visible()


def test_the_language_switch_keeps_the_page_and_the_night(page: Page, address: str) -> None:
    page.goto(f"{address}/alert/{ALERT['alert_id']}?lang=ko&night={LAST}")
    page.locator("#language-switch").click()
    expect(page.locator(".sentence")).to_have_text(ALERT["sentence_en"])
    expect(page).to_have_url(re.compile(rf"lang=en&night={LAST}"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_permanent_address_shows_the_same_alert(page: Page, address: str) -> None:
    page.goto(f"{address}/alert/{ALERT['alert_id']}?lang=en")
    link = page.locator("#permalink").get_attribute("href")
    page.goto(address + str(link))
    expect(page.locator(".sentence")).to_have_text(ALERT["sentence_en"])
    assert f"night={LAST}" in page.url


def test_a_past_night_can_be_chosen(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.locator("#night").click()
    page.get_by_role("option", name=str(FIRST)).click()
    expect(page.locator(".banner.info")).to_contain_text(str(FIRST))
    expect(page).to_have_url(re.compile(f"night={FIRST}"))


def test_the_charts_figures_can_be_downloaded(page: Page, address: str) -> None:
    page.goto(f"{address}/alert/{ALERT['alert_id']}?lang=en")
    with page.expect_download() as waiting:
        page.locator(".panel-head a").first.click()
    saved = Path(waiting.value.path()).read_text("utf-8-sig")
    assert waiting.value.suggested_filename == f"alert_{ALERT['alert_id']}_{LAST}.csv"
    assert "hs=800110|origin=ID,history,2020-10-01" in saved


def test_the_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    expect(page.locator(".alert-list li").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()


@pytest.mark.parametrize("path", ["/", f"/alert/{ALERT['alert_id']}", "/alerts"])
def test_a_narrow_screen_needs_no_sideways_scrolling(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}{path}?lang=ko")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
