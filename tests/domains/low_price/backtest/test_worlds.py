"""Worlds as a night knows them: nothing of later days, quotations and rates of the lot's day, oracles that see the
truth.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jobs.domains.low_price.backtest import injected
from jobs.domains.low_price.backtest.generated import SCHEMES, WorldShape, make_trials, oracle_score, true_cases
from jobs.domains.low_price.backtest.quotations import newest_before, read_rates
from jobs.domains.low_price.backtest.trial import HONEST, ORACLE, OURS, tally
from jobs.domains.low_price.backtest.world_facts import NEVER, WorldFacts, read_facts
from jobs.sample.low_price import DeclarationWorld, make_declarations

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data"))


@pytest.fixture(scope="module")
def world() -> DeclarationWorld:
    return make_declarations(7, 3000, months=4, difficulty="middle")


@pytest.fixture(scope="module")
def known(world: DeclarationWorld) -> WorldFacts:
    return read_facts(world)


def test_a_night_knows_the_lots_declared_by_then_and_judges_the_last(known: WorldFacts) -> None:
    night = int(known.facts.lots.declared.max()) - 20
    facts = known.on(night, 7)
    assert facts.lots.declared.max() <= night
    assert len(facts) == (known.facts.lots.declared <= night).sum()
    assert facts.is_assessed.tolist() == (facts.lots.declared > night - 7).tolist()


def test_an_inspection_is_known_from_the_day_of_its_result(known: WorldFacts) -> None:
    row = int(np.flatnonzero(known.settled != NEVER)[0])
    day = int(known.settled[row])
    before, after = known.on(day - 1, 7), known.on(day, 7)
    assert not before.lots.is_examined[row]
    assert not before.lots.is_accepted[row]
    assert np.isnan(before.label[row])
    assert after.lots.is_examined[row]
    assert np.isfinite(after.label[row])


def test_lots_nobody_inspects_are_accepted_as_filed(known: WorldFacts) -> None:
    free = known.settled == NEVER
    assert known.facts.lots.is_accepted[free].mean() > 0.99
    assert not known.facts.lots.is_accepted[~free].any()


def test_quotations_are_the_newest_published_by_the_day() -> None:
    key, day = np.array([1, 1, 1, 2]), np.array([9, 10, 25, 30])
    rows = newest_before(key, day, np.array([1, 1]), np.array([20, 10]))
    assert rows.tolist() == [-1, 1, 0, -1]


def test_quotations_lie_around_what_honest_lots_cost(world: DeclarationWorld, known: WorldFacts) -> None:
    honest = ~world.truth()["is_true_case"].to_numpy() & ~world.truth()["is_lookalike"].to_numpy()
    surveyed = np.log(known.facts.lots.price / known.facts.survey_price)[honest]
    assert np.nanmedian(surveyed) == pytest.approx(0.0, abs=0.05)
    assert 0.5 < np.isfinite(surveyed).mean() < 0.9


def test_rates_are_those_that_the_declarations_state(world: DeclarationWorld) -> None:
    filed = world.declarations(is_filed=True)
    rates, _ = read_rates(filed, world.tariff_rate)
    np.testing.assert_allclose(rates.ad_valorem_pct, filed["duty_rate_pct"].to_numpy())


def test_related_firms_share_a_group(world: DeclarationWorld, known: WorldFacts) -> None:
    filed, pair = world.declarations(is_filed=True), None
    importers = np.array(filed["importer_id"].to_pylist())
    for row in world.firm_relation.to_pylist():
        if row["firm_id"] in importers and row["related_firm_id"] in importers:
            pair = row["firm_id"], row["related_firm_id"]
    assert pair is not None
    group = known.facts.lots.importer_group
    assert set(group[importers == pair[0]]) == set(group[importers == pair[1]])
    assert len(np.unique(group)) > 10


def test_honest_lots_are_standard_normal_to_the_oracle(world: DeclarationWorld, known: WorldFacts) -> None:
    truth = world.truth()
    honest = ~truth["is_true_case"].to_numpy() & ~truth["is_lookalike"].to_numpy()
    z = oracle_score(known.facts.lots.price, truth)[honest]
    assert z.mean() == pytest.approx(0.0, abs=0.15)
    assert z.std() == pytest.approx(1.0, abs=0.1)


def test_a_scheme_nobody_scores_is_refused(world: DeclarationWorld) -> None:
    truth = world.truth()
    names = pa.array(["smuggled", *truth["scheme"].to_pylist()[1:]])
    with pytest.raises(ValueError, match="smuggled"):
        true_cases(truth.set_column(truth.column_names.index("scheme"), "scheme", names))


def test_a_world_is_judged_week_by_week_and_ours_beats_chance() -> None:
    made = next(make_trials("easy", [11], WorldShape(lots=5000, months=5, weeks=6)))
    assert set(np.diff(np.unique(made.night))) == {7}
    assert all(np.isfinite(made.features["by_price"]))
    whole = made.take(~made.is_look_alike)
    result = tally(whole, len(SCHEMES))
    recall = result.detected.sum(axis=(2, 3)) / result.cases.sum()
    names = list(whole.scores)
    assert recall[names.index(OURS), 3] > 0.4
    assert recall[names.index(ORACLE), 3] >= recall[names.index(OURS), 3] - 0.2


def test_injected_cuts_lie_below_the_path_by_their_size() -> None:
    laid = injected.lay_lots(np.zeros((3, 400)), 0.1, np.random.default_rng(3))
    shortfall = np.log(laid.lots.price) - laid.log_price
    for at, cut in enumerate((0.2, 0.35, 0.5)):
        assert shortfall[laid.cut == at].mean() == pytest.approx(np.log(1 - cut), abs=0.03)
    quiet = (laid.cut == HONEST) & ~laid.is_look_alike
    assert shortfall[quiet].std() == pytest.approx(0.1, abs=0.01)
    assert 0.01 < (laid.cut >= 0).mean() < 0.06


def test_without_the_real_data_the_reader_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="CUSTOMS_REAL_DATA"):
        injected.read_coffee(tmp_path)


def test_real_paths_are_daily_log_prices_of_whole_months() -> None:
    if not (REAL / injected.COFFEE).is_file() or not (REAL / injected.TOTALS).is_file():
        pytest.skip(f"no real statistics in {REAL}; set CUSTOMS_REAL_DATA")
    coffee, sugar = injected.read_coffee(REAL), injected.read_sugar(REAL)
    assert coffee.shape == (11, 540)
    assert len(sugar) == 1
    assert 2 < np.exp(coffee).mean() < 12
    assert 0.3 < np.exp(sugar).mean() < 1.2
