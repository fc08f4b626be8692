"""The four meanings of a month without a row: zero, missing, not asked, not yet published."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs.contracts.scope_file import ScopeFile
from jobs.domains.supply_chain.backtest.facts import read_totals
from jobs.domains.supply_chain.facts.panel import Panel, assess_standing, build_panel
from jobs.domains.supply_chain.night import Facts, assess_facts
from jobs.night.alert import make_alerts
from tests.builders.configs import CONFIG
from tests.builders.scopes import month
from tests.builders.statistics import Figure, Statistics, items_of, stored
from tests.builders.trade import steady

Rows = list[dict[str, Any]]
CODES = ["800110", "090111", "282520", "760110", "740311", "260200"]
LANDS = ["ID", "MY", "PE", "BR"]
HISTORY = 41  # months of a first delivery, from January 2021
LAST = month(HISTORY, 2021)  # the month after them
PUBLISHED = date(2024, 7, 15)  # when its figures appear


def figures(code: str, partner: str, kg: list[float], first: int = 0) -> list[Figure]:
    """A series month by month."""
    return [
        Figure(hs_code=code, partner=partner, month=month(first + place, 2021), kg=value)
        for place, value in enumerate(kg)
    ]


def world(codes: list[str] = CODES, months: int = HISTORY) -> list[Figure]:
    """Steady imports of every code from every country."""
    return [
        figure
        for c, code in enumerate(codes)
        for p, partner in enumerate(LANDS)
        for figure in figures(code, partner, steady(60_000 / (p + 1), 10 * c + p, months))
    ]


def sole(months: int) -> list[Figure]:
    """An item with one origin."""
    return figures("810520", "CD", steady(50_000, 99, months))


def file_of(kept: list[Figure], name: str = "history", on: date = PUBLISHED, **known: Any) -> Statistics:
    """A delivery."""
    return Statistics(delivery_id=name, on=on, figures=kept, **known)


def panel_of(*deliveries: Statistics, has_scope: bool = True) -> Panel:
    """The panel of the statistics by country."""
    items = items_of(*deliveries, has_scope=has_scope)
    return build_panel(items.filter(pa.compute.equal(items["source"], "kcs_trade_country")))


def newest(panel: Panel, code: str, partner: str) -> tuple[float, bool]:
    """Mass of a series' newest month, and whether it is an assumed zero."""
    row = panel.subject.index(f"hs={code}|origin={partner}")
    return float(panel.mass[row, -1]), bool(panel.is_assumed[row, -1])


def without(kept: list[Figure], code: str, partner: str | None = None) -> list[Figure]:
    """The figures but those of an item, or of its one origin, in the newest month."""
    return [f for f in kept if not (f.month == LAST and f.hs_code == code and partner in (None, f.partner))]


def test_within_the_scope_no_row_is_zero_and_says_that_it_is_assumed() -> None:
    panel = panel_of(file_of([*world(months=HISTORY + 1), *sole(HISTORY)]))
    assert newest(panel, "810520", "CD") == (0.0, True)
    assert newest(panel, "800110", "ID")[1] is False


def test_without_a_scope_a_month_without_any_row_of_an_item_stays_unknown() -> None:
    panel = panel_of(file_of([*world(months=HISTORY + 1), *sole(HISTORY)]), has_scope=False)
    assert np.isnan(newest(panel, "810520", "CD")[0])
    assert not panel.is_assumed.any()


def test_a_later_whole_file_says_that_a_code_it_does_not_name_stopped() -> None:
    month_file = file_of([f for f in world(months=HISTORY + 1) if f.month == LAST], "month")
    panel = panel_of(file_of([*world(), *sole(HISTORY)], on=date(2024, 6, 15)), month_file)
    assert newest(panel, "810520", "CD") == (0.0, True)


def test_what_was_not_asked_is_unknown() -> None:
    alone = file_of([f for f in world(months=HISTORY + 1) if f.month == LAST and f.hs_code == "800110"], "one code")
    panel = panel_of(file_of([*world(), *sole(HISTORY)], on=date(2024, 6, 15)), alone)
    assert np.isnan(newest(panel, "810520", "CD")[0])
    assert np.isnan(newest(panel, "090111", "ID")[0])
    assert np.isfinite(newest(panel, "800110", "ID")[0])


def test_a_file_of_one_country_leaves_the_others_and_the_shares_unknown() -> None:
    only = [f for f in world(months=HISTORY + 1) if f.month == LAST and f.partner == "ID"]
    panel = panel_of(file_of(world(), on=date(2024, 6, 15)), file_of(only, "one country"))
    assert np.isnan(newest(panel, "800110", "MY")[0])
    assert newest(panel, "800110", "ID") == (only[0].kg, False)


def test_a_record_that_could_not_be_read_is_missing_and_not_zero() -> None:
    kept = without(world(months=HISTORY + 1), "800110", "ID")
    panel = panel_of(file_of(kept, unread=[("800110", "ID", LAST)]))
    assert np.isnan(newest(panel, "800110", "ID")[0])


def test_a_later_delivery_that_covers_a_cell_once_unread_makes_it_known() -> None:
    kept = without(world(months=HISTORY + 1), "800110", "ID")
    broken = file_of(kept, "broken", unread=[("800110", "ID", LAST)])
    for on, expected in ((date(2024, 8, 1), 0.0), (date(2024, 7, 14), np.nan)):
        panel = panel_of(broken, file_of(kept, "other", on=on))
        np.testing.assert_equal(newest(panel, "800110", "ID")[0], expected)


def test_a_month_that_is_not_yet_published_is_no_month_of_the_panel() -> None:
    asked = ScopeFile(hs_codes=["810520"], flows=["I"], first_month="2021-01", last_month="2024-12")
    empty = file_of([], "empty", on=date(2024, 7, 14), stated=asked.model_dump_json())
    panel = panel_of(file_of([*world(), *sole(HISTORY)], on=date(2024, 6, 15)), empty)
    assert panel.months[-1] == np.datetime64("2024-05")


def test_a_fetched_code_without_trade_is_zero_in_the_months_asked() -> None:
    asked = ScopeFile(hs_codes=["8105"], flows=["I"], first_month="2024-06", last_month="2024-06")
    empty = file_of([], "empty", stated=asked.model_dump_json())
    panel = panel_of(file_of(sole(HISTORY), on=date(2024, 6, 15)), empty)
    assert newest(panel, "810520", "CD") == (0.0, True)


@pytest.mark.parametrize(("excess", "is_known"), [(1.04, True), (1.06, False)])
def test_no_zero_is_inferred_where_a_total_shows_that_something_is_missing(excess: float, is_known: bool) -> None:
    kept = without(world(months=HISTORY + 1), "800110", "PE")
    on_file = sum(f.kg for f in kept if f.hs_code == "800110" and f.month == LAST)
    total = Figure(hs_code="800110", partner="ALL", month=LAST, kg=on_file * excess)
    panel = panel_of(file_of(kept), file_of([total], "total", source="kcs_trade_total"))
    assert np.isfinite(newest(panel, "800110", "PE")[0]) == is_known


def test_a_total_within_its_scope_is_zero_without_a_row() -> None:
    totals = [
        Figure(hs_code=code, partner="ALL", month=month(place, 2021), kg=1e6)
        for code in CODES
        for place in range(HISTORY + 1)
        if not (code == "800110" and place == HISTORY)
    ]
    kept = without(world(months=HISTORY + 1), "800110")
    panel = panel_of(file_of(kept), file_of(totals, "totals", source="kcs_trade_total"))
    assert panel.total[panel.hs_code.tolist().index("800110"), -1] == 0.0


@pytest.mark.parametrize("has_scope", [True, False])
def test_the_back_tests_totals_are_zero_within_the_scope_and_unknown_outside(has_scope: bool) -> None:
    def totals(months: list[int], codes: list[str]) -> list[Figure]:
        return [Figure(hs_code=c, partner="ALL", month=month(n, 2021), kg=7) for n in months for c in codes]

    whole = file_of(totals([0, 1, 2], CODES[:2]) + totals([3], CODES[:1]), on=date(2021, 6, 1))
    alone = file_of(totals([4], CODES[:1]), "alone")
    names, masses, months = read_totals(stored(whole, alone, has_scope=has_scope))
    row = names.index(f"hs={CODES[1]}|origin=ALL")
    np.testing.assert_array_equal(masses[row], [7, 7, 7, 0, np.nan if has_scope else 0])
    assert len(months) == 5


def test_an_item_that_is_never_exported_has_exports_of_zero_where_exports_are_covered() -> None:
    sold = [Figure(hs_code="090111", partner="ID", month=month(place, 2021), kg=5, flow="X") for place in range(9)]
    panel, imports_only = (panel_of(file_of([*world(), *some])) for some in (sold, []))
    assert set(panel.exports[panel.hs_code == "800110"].ravel()) == {0.0}
    assert np.isnan(imports_only.exports).all()


@pytest.mark.parametrize("partner", ["ID", "CD"])
def test_shares_are_known_beside_an_assumed_zero(partner: str) -> None:
    panel = panel_of(file_of([*world(months=HISTORY + 1), *sole(HISTORY)]))
    standing = assess_standing(panel, CONFIG.eligibility, CONFIG.vulnerability)
    assert np.isfinite(standing.share[[o == partner for o in panel.origin], -1]).all()


def night_of(kept: list[Figure], night: date = date(2024, 7, 31)) -> tuple[dict[str, Rows], Rows]:
    """Findings and alerts of a night, without the names of records and the flag of the assumed zero."""
    result = assess_facts(Facts(items_of(file_of(kept, on=night), night=night), {}), night)
    tables = {name: table.to_pylist() for name, table in result.tables.items()}
    for row in tables["gold.signal"]:
        row["evidence"] = [{**each, "record_ids": []} for each in row["evidence"]]
    for row in tables["gold.subject_month"]:
        row["reason_codes"] = [code for code in row["reason_codes"] if code != "zero_assumed"]
    return tables, make_alerts(result.tables, night).to_pylist()


def assert_alike(rows: list[Figure], zero: list[Figure], subject_id: str, night: date = date(2024, 7, 31)) -> None:
    """A stop without a row is watched, and judged as a stop with a row of zero."""
    tables, alerts = night_of(rows, night)
    stated, stated_alerts = night_of([*rows, *zero], night)
    newest = [row for row in tables["gold.subject_month"] if row["subject_id"] == subject_id][-1]
    assert newest["net_mass_kg"] == 0
    assert newest["is_watched"]
    assert newest["p_value"] < 0.05
    assert alerts == stated_alerts
    assert tables == stated


@pytest.mark.slow
def test_a_total_stop_without_a_row_is_judged_as_a_row_of_zero() -> None:
    zero = Figure(hs_code="810520", partner="CD", month=LAST, kg=0.0)
    assert_alike([*world(months=HISTORY + 1), *sole(HISTORY)], [zero], "hs=810520|origin=CD")
