"""A revised code is a change of name and not a stop; a stop in an edition's first month says it may be one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.domains.supply_chain.facts.revisions import may_be_revised
from jobs.domains.supply_chain.night import Facts, assess_facts, known_items
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts
from jobs.settings import settings as platform
from tests.builders.landing import ingest, write_file
from tests.builders.scopes import month
from tests.builders.statistics import Figure, Statistics, items_of
from tests.builders.trade import steady

CASE = platform().real_data.parent / "cases" / "a24_hs_revision"
OLD, NEW, OTHER = "852349", "854999", "852380"
EDITION = date(2022, 1, 1)
LANDS = ("CN", "JP", "US", "VN")
BEFORE = 36  # months from January 2019 to the edition


def series(code: str, kg: list[float], first: int = 0, lands: tuple[str, ...] = LANDS) -> list[Figure]:
    """Imports of a code, month by month."""
    return [
        Figure(hs_code=code, partner=land, month=month(first + place, 2019), kg=value)
        for land in lands
        for place, value in enumerate(kg)
    ]


def world(months: int) -> list[Figure]:
    """Six codes that go on."""
    codes = ("800110", "090111", "282520", "760110", "740311", "260200")
    return [figure for n, code in enumerate(codes) for figure in series(code, steady(50_000, n, months))]


def items(*figures: Figure, revisions: list[tuple[str, str, date]], night: date = date(2022, 4, 30)) -> Any:
    """Rows of `facts.gather_items` of a file of these figures."""
    return items_of(Statistics(delivery_id="file", on=night, figures=figures), night=night, revisions=revisions)


def panel(*figures: Figure, revisions: list[tuple[str, str, date]]) -> Panel:
    """The panel of a file of these figures."""
    return build_panel(items(*figures, revisions=revisions))


def mass(of: Panel, code: str, land: str = "CN") -> list[float]:
    """Months of a series."""
    return [float(each) for each in of.mass[of.subject.index(f"hs={code}|origin={land}")]]


def test_a_renamed_code_goes_on_under_its_new_name() -> None:
    kept = [*series(OLD, [5.0] * BEFORE), *series(NEW, [7.0] * 3, BEFORE)]
    of = panel(*kept, revisions=[(OLD, NEW, EDITION)])
    assert of.hs_code.tolist() == [NEW]
    assert mass(of, NEW) == [5.0] * BEFORE + [7.0] * 3


def test_merged_codes_are_added_up() -> None:
    kept = [*series(OLD, [5.0] * BEFORE), *series(OTHER, [2.0] * BEFORE), *series(NEW, [7.0] * 3, BEFORE)]
    of = panel(*kept, revisions=[(OLD, NEW, EDITION), (OTHER, NEW, EDITION)])
    assert mass(of, NEW) == [7.0] * (BEFORE + 3)


def test_a_split_code_neither_stops_nor_do_its_successors_begin() -> None:
    parts = [*series(NEW, [3.0] * 3, BEFORE), *series(OTHER, [2.0] * 3, BEFORE)]
    of = panel(*series(OLD, [5.0] * BEFORE), *parts, revisions=[(OLD, NEW, EDITION), (OLD, OTHER, EDITION)])
    assert np.isnan(mass(of, OLD)[BEFORE:]).all()
    assert np.isnan(mass(of, NEW)[:BEFORE]).all()
    assert mass(of, OTHER)[BEFORE:] == [2.0] * 3


def test_a_code_renamed_twice_bears_its_newest_name() -> None:
    kept = [*series("111111", [1.0] * 12), *series("222222", [2.0] * 24, 12), *series("333333", [3.0] * 3, BEFORE)]
    of = panel(*kept, revisions=[("111111", "222222", date(2020, 1, 1)), ("222222", "333333", EDITION)])
    assert mass(of, "333333") == [1.0] * 12 + [2.0] * 24 + [3.0] * 3


def test_a_revision_to_come_changes_nothing_yet() -> None:
    of = panel(*series(OLD, [5.0] * BEFORE), revisions=[(OLD, NEW, date(2027, 1, 1))])
    assert of.hs_code.tolist() == [OLD]


def test_a_renamed_code_from_which_nothing_more_comes_is_zero_under_its_new_name() -> None:
    kept = [*world(BEFORE + 3), *series(OLD, [5.0] * BEFORE), *series(NEW, [5.0], BEFORE)]
    of = panel(*kept, revisions=[(OLD, NEW, EDITION)])
    assert mass(of, NEW) == [5.0] * (BEFORE + 1) + [0.0] * 2


@given(st.lists(st.tuples(*[st.sampled_from(["100000", "200000", "300000"])] * 2), max_size=4), st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_whatever_is_revised_no_figure_is_lost(pairs: list[tuple[str, str]], seed: int) -> None:
    draw = np.random.default_rng(seed)
    kept = [f for code in ("100000", "200000", "300000") for f in series(code, [float(draw.integers(1, 9))] * 40)]
    of = panel(*kept, revisions=[(old, new, EDITION) for old, new in pairs])
    assert np.nansum(of.mass) == sum(f.kg for f in kept)


def alerts_of(figures: list[Figure], revisions: list[tuple[str, str, date]], night: date) -> list[dict[str, Any]]:
    """Alerts of a night."""
    kept = items(*figures, revisions=revisions, night=night)
    return make_alerts(assess_facts(Facts(kept, {}), night).tables, night).to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize("night", [date(2022, 2, 20), date(2022, 3, 20)])
def test_with_a_revision_on_file_there_is_no_alarm_and_without_one_its_sentence_doubts_the_code(night: date) -> None:
    months = BEFORE + night.month - 1
    path = steady(80_000, 50, months)
    kept = [*world(months), *series(OLD, path[:BEFORE], lands=("CN",)), *series(NEW, path[BEFORE:], BEFORE, ("CN",))]
    assert alerts_of(kept, [(OLD, NEW, EDITION)], night) == []
    (alert,) = alerts_of(kept, [], night)
    assert alert["hs_code"] == OLD
    assert "may have been revised" in alert["sentence_en"]
    assert "HS 2022" in alert["sentence_en"]
    assert "개정되었을 수" in alert["sentence_ko"]


@pytest.mark.parametrize(("stop", "is_doubted"), [(BEFORE, True), (BEFORE - 1, False), (BEFORE + 1, False)])
def test_only_a_stop_in_the_first_month_of_an_edition_is_doubted(stop: int, is_doubted: bool) -> None:
    of = panel(*world(BEFORE + 3), *series(OLD, [5.0] * stop), revisions=[])
    row = of.subject.index(f"hs={OLD}|origin=CN")
    assert may_be_revised(of)[row, -1] == is_doubted


def test_an_origin_that_stops_beside_others_of_its_item_is_not_doubted() -> None:
    kept = [*series(OLD, [5.0] * (BEFORE + 3), lands=("JP",)), *series(OLD, [5.0] * BEFORE, lands=("CN",))]
    assert not may_be_revised(panel(*world(BEFORE + 3), *kept, revisions=[])).any()


@pytest.mark.skipif(not CASE.is_dir(), reason=f"the case is not in {CASE}")
@pytest.mark.parametrize("has_revision", [True, False])
def test_the_case_of_a_revision_is_one_series_and_no_alarm(
    driver_lake: Lake, landing: Path, has_revision: bool
) -> None:
    shutil.copytree(CASE / "landing", landing, dirs_exist_ok=True)
    if has_revision:
        write_file(landing, "hs_revision", [(OLD, NEW, EDITION, "HS 2022")], "known_2022-01-01")
    ingest(driver_lake, landing, date(2026, 1, 15))
    for night in (date(2022, number, 20) for number in range(2, 13)):
        kept = known_items(driver_lake, night)
        for alert in make_alerts(assess_facts(Facts(kept, {}), night).tables, night).to_pylist():
            assert not has_revision
            assert "may have been revised" in alert["sentence_en"]
        of = build_panel(kept)
        assert of.hs_code.tolist() == ([NEW] if has_revision else [OLD, NEW])
        masses = [*range(1000, 1012), *range(1000, 1000 + night.month - 1)]
        assert not has_revision or mass(of, NEW) == masses
        assert has_revision or may_be_revised(of)[of.subject.index(f"hs={OLD}|origin=CN"), -1]
