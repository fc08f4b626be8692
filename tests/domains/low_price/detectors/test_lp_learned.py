"""The learned ranker: promoted where labels show what no price does, silent where they do not, and never looking
ahead.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.contracts.codes import code_set
from jobs.contracts.messages import LANGUAGES, say
from jobs.domains.low_price.detectors.lp_learned import (
    FEW_LABELS,
    FEW_WEEKS,
    NO_GAIN,
    PROMOTED,
    REASONS,
    STATES,
    Learned,
    Promoted,
    ReasonedProbabilities,
    assess_probabilities,
    learn_ranker,
)
from jobs.domains.low_price.facts import features
from jobs.domains.low_price.facts.features import FEATURES
from jobs.domains.low_price.selection import Evidence, fit_probability_model
from jobs.domains.low_price.tables.probability_model import probability_rows, ranker_row, read_ranker
from tests.builders.configs import LOW_PRICE

pytestmark = pytest.mark.slow

CONFIG = LOW_PRICE.evidence
lot_features = partial(features.lot_features, party_prior=LOW_PRICE.learned.party_prior)
NIGHT, DAYS, LOTS, FIRMS = date(2024, 6, 1), 120, 2400, 24
TODAY = (NIGHT - date(1970, 1, 1)).days
SHADY = "M03"


def day(back: int) -> date:
    return NIGHT - timedelta(days=back)


def pool_of(seed: int = 1, lots: int = LOTS, days: int = DAYS, *, is_telling: bool = True) -> pa.Table:
    """Lots at ordinary prices, half of them inspected and what was found known four days later.

    Where findings are telling, all lots of one importer are found and one of twenty of the others; else one of ten of
    all.
    """
    rng = np.random.default_rng(seed)
    back, log_ratio = rng.integers(0, days, lots), rng.normal(0.0, 0.15, lots)
    importer = np.array([f"M{n:02d}" for n in rng.integers(0, FIRMS, lots)])
    share = np.where(importer == SHADY, 1.0, 0.05) if is_telling else np.full(lots, 0.1)
    is_inspected, is_positive = (rng.random(lots) < 0.5) & (back >= 4), rng.random(lots) < share
    finding = np.where(is_positive, "undervalued", "no_finding")
    return pa.table(
        {
            "importer_id": importer,
            "exporter_id": [f"X{n:02d}" for n in rng.integers(0, FIRMS, lots)],
            "declarant_id": pa.nulls(lots, pa.string()),
            "period_start": [day(int(n)) for n in back],
            "finding": pa.array(finding, mask=~is_inspected),
            "finding_known_on": pa.array([day(int(n) - 4) for n in back], mask=~is_inspected),
            "log_ratio": log_ratio,
            "log_sd": np.full(lots, 0.15),
            "survey_log_ratio": np.full(lots, np.nan),
            "log_mass": rng.normal(9.0, 1.0, lots),
            "freight_share": rng.random(lots) / 5,
            "label": np.where(is_inspected, is_positive, np.nan),
            "propensity": np.where(is_inspected, 0.5, np.nan),
            "reference_day": TODAY - back,
            "owed_krw": 1e7 * np.maximum(0.0, 1 - np.exp(log_ratio)),
        }
    )


def evidence_of(pool: pa.Table, odds: float = 1.0) -> Evidence:
    unknown = np.full(len(pool), -1)
    return Evidence(
        log_ratio=pool["log_ratio"].to_numpy(),
        log_sd=pool["log_sd"].to_numpy(),
        odds=np.full(len(pool), odds),
        trade=unknown,
    )


def learn(pool: pa.Table) -> Learned:
    evidence = evidence_of(pool)
    return learn_ranker(
        pool, evidence, fit_probability_model(evidence, CONFIG).mixture, TODAY, CONFIG, LOW_PRICE.learned
    )


POOL = pool_of()
MODEL = fit_probability_model(evidence_of(POOL), CONFIG, POOL["label"].to_numpy(), POOL["propensity"].to_numpy())
LEARNED = learn(POOL)
SHADY_LOTS = np.flatnonzero(np.array(POOL["importer_id"]) == SHADY)
FRESH = np.flatnonzero(POOL["reference_day"].to_numpy() > TODAY - 7)


def reasoned(
    pool: pa.Table = POOL, odds: float = 1.0, learned: Promoted | None = LEARNED.promoted
) -> ReasonedProbabilities:
    """All lots of the pool assessed."""
    return assess_probabilities(
        learned, MODEL, evidence_of(pool, odds), np.arange(len(pool)), pool, POOL, CONFIG, LOW_PRICE.learned
    )


def test_what_no_price_shows_is_learned_and_promoted() -> None:
    assert LEARNED.state == PROMOTED
    assert LEARNED.weeks >= 8
    assert LEARNED.gain_lower > 0.1
    chance, is_shady = reasoned().probability[FRESH], np.isin(FRESH, SHADY_LOTS)
    assert chance[is_shady].min() > 0.5 > 0.15 > np.median(chance[~is_shady])
    assert MODEL.of(evidence_of(POOL), CONFIG)[FRESH][is_shady].max() < 0.5


def test_labels_that_are_noise_promote_nothing() -> None:
    result = [learn(pool_of(seed, is_telling=False)) for seed in (2, 3, 4)]
    assert [each.state for each in result] == [NO_GAIN] * 3
    assert all(each.promoted is None and each.gain_lower <= 0 for each in result)


def test_a_few_labels_or_weeks_promote_nothing() -> None:
    assert learn(POOL.slice(0, 200)).state == FEW_LABELS
    assert learn(POOL.slice(0, 0)).state == FEW_LABELS
    assert learn(pool_of(days=25)).state == FEW_WEEKS


def test_without_a_ranker_the_price_speaks_as_it_did_and_nothing_is_told() -> None:
    silent = reasoned(learned=None)
    np.testing.assert_array_equal(silent.probability, MODEL.of(evidence_of(POOL), CONFIG))
    assert silent.reasons.flatten().to_pylist() == []


def test_a_pattern_of_tonight_multiplies_the_odds_and_what_has_no_price_has_no_chance() -> None:
    plain, shown = reasoned().probability, reasoned(odds=50.0).probability
    assert (shown >= plain).all()
    assert shown[FRESH].mean() > 2 * plain[FRESH].mean()
    unknown = POOL.set_column(POOL.schema.get_field_index("log_ratio"), "log_ratio", pa.array([np.nan] * len(POOL)))
    assert np.isnan(reasoned(unknown).probability).all()


def test_the_same_findings_give_the_same_ranker() -> None:
    assert learn(pool_of()).promoted.ranker == LEARNED.promoted.ranker


def with_columns(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
    return table


def test_a_finding_known_on_the_night_itself_is_not_yet_learned_from() -> None:
    is_fresh = np.array(POOL["finding_known_on"]) == np.datetime64(NIGHT)
    label = POOL["label"].to_numpy()
    turned = learn(with_columns(POOL, label=np.where(is_fresh, 1 - label, label)))
    assert is_fresh.any()
    assert turned.promoted.ranker == LEARNED.promoted.ranker


def lots(*rows: tuple[str, int, str | None, int | None]) -> pa.Table:
    """Lots of an importer, declared so many days before the night, with a finding known so many days before it."""
    importer, back, finding, known = zip(*rows, strict=True)
    size = len(rows)
    figures = {
        name: np.zeros(size) for name in ("log_ratio", "log_sd", "survey_log_ratio", "log_mass", "freight_share")
    }
    return pa.table(
        {
            "importer_id": pa.array(importer),
            "exporter_id": ["X"] * size,
            "declarant_id": pa.nulls(size, pa.string()),
            "period_start": [day(n) for n in back],
            "finding": pa.array(finding, pa.string()),
            "finding_known_on": pa.array([None if n is None else day(n) for n in known], pa.date32()),
            **figures,
        }
    )


def test_the_past_of_an_importer_is_what_was_known_on_the_lots_own_day() -> None:
    """Three earlier lots: one found low, one sound, and one found low on the very day, which does not count yet."""
    history = lots(
        ("M", 40, "undervalued", 30),
        ("M", 38, "no_finding", 30),
        ("M", 20, "undervalued", 10),
        ("N", 35, "no_finding", 30),
    )
    reasoned = lot_features(lots(("M", 10, None, None)), history)
    row = dict(zip(FEATURES, reasoned.values[0], strict=True))
    assert (reasoned.confirmed["importer"][0], reasoned.inspected["importer"][0]) == (1, 2)
    assert row["importer_found_share"] == pytest.approx((1 + 5 / 3) / (2 + 5))  # one of three was found among all
    assert row["importer_days_since"] == 10
    assert reasoned.newest[0] == TODAY - 20


def test_a_new_party_has_no_days_since_and_one_that_is_not_stated_no_past() -> None:
    row = dict(zip(FEATURES, lot_features(lots(("NEW", 1, None, None)), POOL).values[0], strict=True))
    assert np.isnan(row["importer_days_since"])
    assert row["importer_inspected"] == row["declarant_inspected"] == 0


LOT = st.tuples(
    st.sampled_from("MN"), st.integers(0, 20), st.sampled_from(["undervalued", "no_finding"]), st.integers(0, 20)
)


@given(st.lists(LOT, min_size=1, max_size=8), st.lists(LOT, min_size=1, max_size=8), st.integers(0, 20))
def test_features_never_look_ahead(earlier: list, later: list, asked: int) -> None:
    """Whatever becomes known on a lot's day or after it, and whatever is declared then, its features stay."""
    own = lots(("M", asked, None, None))
    after = [(firm, back % (asked + 1), finding, known % (asked + 1)) for firm, back, finding, known in later]
    alone, joined = (lot_features(own, lots(*rows)) for rows in (earlier, [*earlier, *after]))
    np.testing.assert_array_equal(alone.values, joined.values)
    assert alone.newest[0] < TODAY - asked


def test_a_finding_dated_before_its_own_lot_is_no_past_of_it() -> None:
    own = lots(("M", 10, "undervalued", 12))
    assert lot_features(own, own).inspected["importer"].tolist() == [0]


def test_the_reasons_name_the_past_that_raises_the_chance_with_its_counts() -> None:
    reasons = reasoned().reasons.to_pylist()
    rows = [row for row in FRESH if row in SHADY_LOTS]
    for row in rows:
        assert reasons[row][0]["code"] == "learned_importer_history"
        assert reasons[row][0]["found_count"] == reasons[row][0]["inspected_count"] > 10
        assert reasons[row][0]["odds_factor"] > 5
    assert all(len(each) <= 2 and all(one["odds_factor"] >= 1.1 for one in each) for each in reasons)
    assert np.mean([len(reasons[row]) for row in FRESH if row not in SHADY_LOTS]) < 1


def test_the_ranker_read_from_its_tables_gives_the_same_chances() -> None:
    row = ranker_row(LEARNED).append_column("night", pa.array([NIGHT]))
    again = read_ranker(row, probability_rows(MODEL, LEARNED.promoted))
    assert again.ranker == LEARNED.promoted.ranker
    both = [reasoned(learned=each) for each in (again, LEARNED.promoted)]
    np.testing.assert_array_equal(both[0].probability, both[1].probability)
    assert both[0].reasons.equals(both[1].reasons)


def test_a_ranker_of_other_features_is_not_read() -> None:
    row = ranker_row(LEARNED).append_column("night", pa.array([NIGHT]))
    with pytest.raises(LookupError, match="moon_phase"):
        read_ranker(with_columns(row, feature_names=[["moon_phase"]]), probability_rows(MODEL, LEARNED.promoted))


def test_every_state_and_reason_has_its_words() -> None:
    assert set(STATES) == code_set("ranker_state")
    figures = {"factor": "2.0", "observed": "3/4"}
    assert all("2.0" in say(f"reason.{code}", lang, figures) for code in REASONS for lang in LANGUAGES)
