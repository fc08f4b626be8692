"""Worlds as a night knows them: nothing of later days, quotations and rates of the lot's day, oracles that see the
truth.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.domains.low_price.backtest import injected
from jobs.domains.low_price.backtest.generated import (
    SCHEMES,
    WorldShape,
    lots_as_filed,
    make_trials,
    oracle_score,
    true_cases,
)
from jobs.domains.low_price.backtest.trial import HONEST, ORACLE, OURS, tally
from jobs.domains.low_price.backtest.world_tables import Tables, read_world
from jobs.domains.low_price.facts.arrays import lot_facts
from jobs.domains.low_price.facts.columns import figures, join_texts
from jobs.domains.low_price.facts.declared import ask_lots
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.reference_data import read_reference_data
from jobs.sample.low_price import DeclarationWorld, make_declarations
from tests.builders.configs import LOW_PRICE

pytestmark = pytest.mark.slow

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data"))
LAST = date(2026, 1, 15)


@pytest.fixture(scope="module")
def world() -> DeclarationWorld:
    return make_declarations(7, 3000, months=4, difficulty="middle")


@pytest.fixture(scope="module")
def tables(world: DeclarationWorld) -> Tables:
    return read_world(world)


def known_on(tables: Tables, night: date) -> tuple[pa.Table, LotFacts]:
    lots = ask_lots(tables.__getitem__, night, 1096)
    return lots, lot_facts(lots, read_reference_data(tables.__getitem__, night), LOW_PRICE.facts)


def test_a_night_knows_the_lots_declared_by_then_and_judges_the_last(world: DeclarationWorld, tables: Tables) -> None:
    night = LAST - timedelta(days=20)
    lots, facts = known_on(tables, night)
    declared = pc.utf8_slice_codeunits(world.declarations(is_filed=True)["declared_at"], 0, 10)
    assert len(lots) == pc.sum(pc.less_equal(declared, night.isoformat())).as_py()
    assert facts.is_assessed.tolist() == (facts.lots.declared > facts.night - 7).tolist()


def test_an_inspection_is_known_from_the_day_of_its_result(world: DeclarationWorld, tables: Tables) -> None:
    result = world.inspection_results().to_pylist()[0]
    day = date.fromisoformat(result["inspected_at"][:10])
    for night, is_known in ((day - timedelta(days=1), False), (day, True)):
        rows = known_on(tables, night)[0].to_pylist()
        line = next(row for row in rows if row["declaration_id"] == result["declaration_id"])
        assert line["is_examined"] == is_known
        assert line["finding"] == (result["finding"] if is_known else None)
        assert line["finding_known_on"] == (day if is_known else None)


def test_lots_nobody_inspects_are_accepted_as_filed(world: DeclarationWorld) -> None:
    filed, _ = lots_as_filed(world)
    inspected = pc.is_in(filed["declaration_id"], world.inspection_results()["declaration_id"].combine_chunks())
    free = filed.filter(pc.invert(inspected))
    assert pc.mean(free["is_accepted"].cast(pa.float64())).as_py() > 0.99


def test_quotations_lie_around_what_honest_lots_cost(world: DeclarationWorld, tables: Tables) -> None:
    lots, facts = known_on(tables, LAST)
    truth = world.truth()
    odd = truth.filter(pc.or_(truth["is_true_case"], truth["is_lookalike"]))["declaration_id"].combine_chunks()
    honest = ~pc.is_in(lots["declaration_id"], odd).to_numpy()
    surveyed = np.log(facts.lots.price / facts.survey_price)[honest]
    assert np.nanmedian(surveyed) == pytest.approx(0.0, abs=0.05)
    assert 0.5 < np.isfinite(surveyed).mean() < 0.9


def test_a_night_sees_hugging_lots_just_above_the_security_price(world: DeclarationWorld, tables: Tables) -> None:
    lots, facts = known_on(tables, LAST)
    filed, truth = lots_as_filed(world)
    hugging = filed.filter(pc.equal(world.truth().take(truth)["scheme"], "hug"))
    is_hugging = pc.is_in(*(join_texts(each, "declaration_id", "line_no") for each in (lots, hugging))).to_numpy()
    above = np.log(facts.lots.price / facts.security_price)[is_hugging]
    assert len(above) > 5
    assert ((above > -0.001) & (above < 0.031)).all()


def test_rates_are_those_that_the_declarations_state(world: DeclarationWorld, tables: Tables) -> None:
    lots, facts = known_on(tables, LAST)
    filed = world.declarations(is_filed=True)
    at = pc.index_in(*(join_texts(each, "declaration_id", "line_no") for each in (lots, filed)))
    np.testing.assert_allclose(facts.rates.ad_valorem_pct, filed["duty_rate_pct"].take(at).to_numpy())


def test_related_firms_share_a_group(world: DeclarationWorld, tables: Tables) -> None:
    lots, facts = known_on(tables, LAST)
    importers, pair = np.array(lots["importer_id"].to_pylist()), None
    for row in world.firm_relation.to_pylist():
        if row["firm_id"] in importers and row["related_firm_id"] in importers:
            pair = row["firm_id"], row["related_firm_id"]
    assert pair is not None
    group = facts.lots.importer_group
    assert set(group[importers == pair[0]]) == set(group[importers == pair[1]])
    assert len(np.unique(group)) > 10


def test_honest_lots_are_standard_normal_to_the_oracle(world: DeclarationWorld) -> None:
    filed, rows = lots_as_filed(world)
    truth = world.truth().take(rows)
    honest = ~truth["is_true_case"].to_numpy() & ~truth["is_lookalike"].to_numpy()
    z = oracle_score(figures(filed["customs_value_usd"]) / figures(filed["net_mass_kg"]), truth)[honest]
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
