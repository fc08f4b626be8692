"""Planted cases are what the scoring rules fix, on any seed."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.sample import SampleSummary
from jobs.sample.parameters import SIZES
from jobs.sample.supply_chain.cases import LOOK_ALIKES, TRUE_CASES, Case
from jobs.sample.supply_chain.effects import delayed_share
from jobs.sample.supply_chain.straits import Closure
from jobs.sample.supply_chain.working_days import month_range
from jobs.sample.supply_chain.world import World, build_world
from tests.sample.conftest import read_rows

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return build_world(request.param, SIZES["medium"])


def planted(world: World, kind: str) -> list[Case]:
    return [case for case in world.cases if case.kind == kind]


def without_closures(world: World, case: Case) -> np.ndarray:
    """Mass over mass without cases, by month of the case, where closures of straits leave it alone."""
    months = slice(case.first, case.last + 1)
    touched = sum(delayed_share(closure, world.months) > 0 for closure in world.closures)
    touched = np.asarray(touched, bool) | np.r_[False, np.asarray(touched, bool)[:-1]]
    ratio = world.import_mass[case.series[0], months] / world.uncut[case.series[0], months]
    strikes = {t for strike in planted(world, "strike") for t in (strike.first, strike.last)}
    usable = [not touched[t] and t not in strikes for t in range(case.first, case.last + 1)]
    return ratio[np.array(usable) & (world.uncut[case.series[0], months] > 0)]


def test_every_kind_is_planted_in_its_number(world: World) -> None:
    expected = {kind: n for kind, n in world.size.cases.items() if kind != "chokepoint_closure"}
    assert {kind: len(planted(world, kind)) for kind in expected} == expected
    assert len(world.closures) == world.size.cases["chokepoint_closure"]
    assert set(world.size.cases) == TRUE_CASES | LOOK_ALIKES


def test_breaks_are_three_months_of_a_fixed_depth(world: World) -> None:
    breaks = planted(world, "supply_break")
    depths = [case.depth for case in breaks]
    assert [depths.count(d) for d in (0.5, 0.2, 0.05)] == [8, 8, 8]
    assert sum(case.is_hoarded for case in breaks) == 12
    for case in breaks:
        assert case.first >= 18
        assert case.last - case.first == 2
        assert case.last < world.size.months
        np.testing.assert_allclose(without_closures(world, case), case.depth)


def test_a_struck_supplier_had_a_fifth_of_the_item(world: World) -> None:
    for case in planted(world, "supply_break"):
        item = world.layout.series_of(world.layout.item_of[case.series[0]])
        before = np.flatnonzero(np.arange(len(world.months)) < case.first)[-12:]
        mass = world.uncut[np.ix_(item, before)].sum(axis=1)
        assert mass[list(item).index(case.series[0])] >= 0.2 * mass.sum()


def test_hoarding_is_one_and_a_half_to_three_times(world: World) -> None:
    for case in planted(world, "hoarding"):
        assert case.last - case.first == 1
        ratio = without_closures(world, case)
        assert ((ratio >= 1.5) & (ratio <= 3.0)).all()


def test_an_item_bears_one_case_at_most(world: World) -> None:
    items = [int(world.layout.item_of[case.series[0]]) for case in world.cases if case.series]
    assert len(items) == len(set(items))


def test_a_price_shift_lasts(world: World) -> None:
    for case in planted(world, "price_shift"):
        price = np.log(world.unit_price[case.series[0]])
        after = price[case.first : case.last + 1].mean() - price[case.first - 6 : case.first].mean()
        assert np.sign(after) == np.sign(case.depth)
        assert 0.3 <= abs(case.depth) <= 0.6


def test_a_slipped_month_loses_nothing(world: World) -> None:
    strikes = {t for strike in planted(world, "strike") for t in (strike.first, strike.last)}
    closed = {t for c in world.closures for t in np.flatnonzero(delayed_share(c, world.months) > 0)}
    for case in planted(world, "lumpy_month"):
        if {case.first, case.last} & (strikes | closed | {t + 1 for t in closed}):
            continue
        months = slice(case.first, case.last + 1)
        mass, uncut = (m[case.series[0], months].sum() for m in (world.import_mass, world.uncut))
        assert mass == pytest.approx(uncut, abs=20)  # a parcel may come on top


def test_a_closed_strait_keeps_a_third_and_its_items_feel_it_six_weeks_later(world: World) -> None:
    days = world.straits.days
    for closure in world.closures:
        length = int((closure.end - closure.start).astype(int)) + 1
        assert 5 <= length <= 10
        total = (world.straits.tankers + world.straits.cargo)[world.straits.names.index(closure.strait)]
        inside = (days >= closure.start) & (days <= closure.end)
        before = (days < closure.start) & (days >= closure.start - 28)
        assert 0.2 < total[inside].mean() / total[before].mean() < 0.45
        months = world.months[delayed_share(closure, world.months) > 0]
        assert (closure.start + 42).astype("datetime64[M]") in months
        assert (closure.end + 42).astype("datetime64[M]") in months


def test_held_up_share_of_a_month_inside_one_month() -> None:
    months = month_range("2025-12", 12, 0)
    closure = Closure(strait="suez", start=np.datetime64("2025-03-01"), end=np.datetime64("2025-03-06"), factor=1 / 3)
    share = delayed_share(closure, months)
    assert share.sum() == pytest.approx(6 / 30 * 2 / 3)  # 12 to 17 April
    assert months[share.argmax()] == np.datetime64("2025-04")


def test_truth_says_what_was_done(small: SampleSummary) -> None:
    cases = {row["case_id"]: row for row in read_rows(small.truth / "cases.csv")}
    months = read_rows(small.truth / "case_months.csv")
    landed = {}
    for path in sorted(small.out.glob("kcs_trade_country/*.csv")):
        landed |= {(r["year"].replace(".", "-"), r["hsCd"], r["statCd"]): r for r in read_rows(path)}
    settled = [row for row in months if row["hs_code"] != "090111" and row["month"] < "2025-09"]
    assert settled
    for row in settled:
        result = landed.get((row["month"], row["hs_code"], row["partner_country"]))
        assert int(row["mass_kg"]) == int(result["impWgt"] if result else 0)
    for case_id, case in cases.items():
        phases = {row["phase"] for row in months if row["case_id"] == case_id}
        assert ("hoarding" in phases) == (case["preceded_by_hoarding"] == "true")
        assert case["is_true_case"] == ("true" if case["kind"] in TRUE_CASES else "false")
