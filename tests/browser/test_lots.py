"""From the overview to a lot's comparables and back to a file, as a reader does it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.assessed_lots import LOTS, lot_words
from tests.builders.gold import NIGHTS, lot_alert_rows

pytestmark = pytest.mark.browser
LAST = NIGHTS[-1]
GARLIC, SESAME = LOTS[:2]
ALERT = lot_alert_rows(LAST)[0]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_an_alert_leads_to_the_lot_and_its_comparables(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}/?lang={lang}")
    page.locator(f'.alert-list a[href*="{ALERT["alert_id"]}"]').click()
    expect(page.locator(".sentence")).to_have_text(lot_words(GARLIC)[f"sentence_{lang}"])
    page.locator(".open-lot").click()
    expect(page).to_have_url(re.compile(rf"/lot/{GARLIC.number}/1\?lang={lang}"))
    expect(page.locator(".tag.is_lowest")).to_have_count(1)
    expect(page.locator(".js-plotly-plot .scatterlayer .trace").first).to_be_visible()


def test_the_voucher_is_marked_and_named(page: Page, address: str) -> None:
    page.goto(f"{address}/lot/{SESAME.number}/1?lang=en")
    expect(page.locator(".voucher code")).to_have_text("20000240300001/2")
    expect(page.locator(".tag.is_voucher")).to_have_count(1)


def test_the_list_can_be_narrowed_to_a_kind_and_sorts_the_stake_as_a_number(page: Page, address: str) -> None:
    page.goto(f"{address}/alerts?lang=en")
    page.locator(".kinds a").nth(2).click()
    expect(page).to_have_url(re.compile("/alerts/low_price"))
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(3)
    page.locator('.ag-header-cell[col-id="stake"] .ag-header-cell-label').click()
    first = page.locator('.ag-row[row-index="0"] [col-id="stake"]')
    expect(first).to_have_text("KRW 1.2 million")


def test_the_comparables_can_be_downloaded(page: Page, address: str) -> None:
    page.goto(f"{address}/lot/{GARLIC.number}/1?lang=en")
    with page.expect_download() as waiting:
        page.locator('a[href*="comparables.csv"]').click()
    assert "77ac01be23f4" in Path(waiting.value.path()).read_text("utf-8-sig")


def test_a_narrow_screen_needs_no_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/lot/{GARLIC.number}/1?lang=ko")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_reaches_every_link_of_the_lot(page: Page, address: str) -> None:
    page.goto(f"{address}/lot/{GARLIC.number}/1?lang=en")
    link = page.locator('a[href*="prices.csv"]')
    expect(link).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
