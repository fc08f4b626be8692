"""The leak audit: every planted leak found by its kind, no honest table accused, a published set seen through."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.stats.leak_audit.audit import Audit, audit
from jobs.stats.leak_audit.columns import additive_residuals, code_column, code_table
from jobs.stats.leak_audit.gains import gains, precision_at
from jobs.stats.leak_audit.lookups import look_up, pair_cells
from jobs.stats.leak_audit.traces import opposition
from tests.builders.configs import AUDIT
from tests.builders.leaking import Honest, Labelled, draw
from tests.builders.leaks import LEAKS, clean_tables

pytestmark = pytest.mark.slow

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "kcs_declarations"
SEED = 1000
REMEMBERS, TOO_GOOD = "leak.tuple_remembers", "leak.too_good"
AVERAGES, ORDERED = "leak.averages_label", "leak.number_ordered"
EXPECTED = {  # the finding that names the leak, and a column it must name
    "average of the importer": (AVERAGES, "past_rate"),
    "average of the importer, shrunk": (AVERAGES, "past_rate"),
    "average of the importer, of training rows": (AVERAGES, "past_rate"),
    "average of importer and product": (AVERAGES, "past_rate"),
    "average of the office": (AVERAGES, "past_rate"),
    "average of the others": (REMEMBERS, "past_rate"),
    "a quarter of the rows repeated": ("leak.row_repeats", "importer_id"),
    "a tenth of the rows repeated": ("leak.row_repeats", "importer_id"),
    "one row in twenty repeated": ("leak.row_repeats", "importer_id"),
    "product and mass remembered": (REMEMBERS, "net_mass_kg"),
    "product and mass remembered in most rows": (REMEMBERS, "net_mass_kg"),
    "office and declarant remembered": (REMEMBERS, "declarant_id"),
    "numbered by label": (ORDERED, "declaration_id"),
    "numbered by label, disturbed": (ORDERED, "declaration_id"),
    "numbered by label within the day": (ORDERED, "declaration_id"),
    "price is mass by constant": (REMEMBERS, "net_mass_kg / customs_value_usd"),
    "price is mass by constant in a third": (REMEMBERS, "net_mass_kg / customs_value_usd"),
    "feature newer": ("leak.feature_newer", "package_count"),
    "feature newer in one row of a hundred": ("leak.feature_newer", "package_count"),
    "label newer": ("leak.label_newer", "is_found"),
    "filled in after the outcome": (TOO_GOOD, "claimed_usd"),
    "declarations split": (TOO_GOOD, "declaration_id"),
}


def audited(made: Labelled) -> Audit:
    return audit(
        made.table,
        "is_found",
        split=made.split,
        rng=np.random.default_rng(SEED),
        config=AUDIT,
        decided_at=made.decided_at,
        feature_times=made.feature_times,
    )


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found_by_its_kind(name: str) -> None:
    rng = np.random.default_rng(SEED)
    result = audited(LEAKS[name](draw(Honest(), rng), rng))
    code, column = EXPECTED[name]
    assert column in {each for finding in result.findings if finding.code == code for each in finding.columns}


CLEAN = clean_tables(np.random.default_rng(SEED))


@pytest.mark.parametrize("name", CLEAN)
def test_an_honest_table_is_clean(name: str) -> None:
    assert audited(CLEAN[name]).findings == ()


# -- a published set


@pytest.fixture(scope="module")
def published() -> Audit:
    if not (REAL / "declarations_train.csv").exists():
        pytest.skip(f"the published declarations are not in {REAL}; set CUSTOMS_REAL_DATA")
    rows: list[dict[str, str]] = []
    sizes = []
    for part in ("train", "valid"):
        with (REAL / f"declarations_{part}.csv").open(encoding="utf-8") as file:
            rows += csv.DictReader(file)
        sizes.append(len(rows))
    measures = {"Net Mass", "Item Price", "Tax Rate", "Fraud"}
    table: dict[str, Any] = {
        name: np.array([row[name] for row in rows], dtype=float if name in measures else None)
        for name in rows[0]
        if name not in ("Date", "Critical Fraud")
    }
    return audit(table, "Fraud", split=np.arange(sizes[1]) < sizes[0], rng=np.random.default_rng(SEED), config=AUDIT)


def test_the_published_declarations_remember_product_and_mass(published: Audit) -> None:
    pairs = {each.columns: each.params for each in published.findings if each.code == REMEMBERS}
    memory = pairs["HS6 Code", "Net Mass"]
    assert float(memory["precision"]) >= 0.95
    assert float(memory["purged"]) <= 0.30
    assert float(memory["gain"]) >= 0.85
    assert memory["base"] == "0.21"


def test_the_published_price_is_noted_as_mass_times_a_constant_of_the_product(published: Audit) -> None:
    assert [each.columns for each in published.notes] == [("Net Mass / Item Price", "HS6 Code")]


# -- parts


def test_purged_of_its_tuple_a_look_up_answers_by_neighbouring_values_of_the_same_code() -> None:
    code = np.array(["a"] * 6 + ["b"] * 2)
    mass = np.array([10.0, 10.0, 11.0, 12.0, 10.0, 11.0, 10.0, 10.0])
    residual = np.array([1.0, 0.5, -0.2, 0.4, 9.0, 9.0, -3.0, 9.0])
    is_train = np.array([True, True, True, True, False, False, True, False])
    column = code_column("mass", mass)
    measured = replace(column, near=np.zeros(8, dtype=np.int64), is_measure=True)
    answer = look_up(pair_cells(measured, code_column("code", code)), residual, is_train)
    np.testing.assert_allclose(answer.exact, [0.75, -0.2, -3.0])
    np.testing.assert_allclose(answer.purged, [0.1, (1.0 + 0.5 + 0.4) / 3, 0.0])
    assert answer.is_comparable.tolist() == [True, True, False]


def test_purged_of_its_tuple_a_pair_of_codes_answers_by_what_each_says_elsewhere() -> None:
    firm, product = np.array(list("xxyx")), np.array(list("pqpp"))
    residual, is_train = np.array([0.9, 0.1, 0.3, 0.0]), np.array([True, True, True, False])
    answer = look_up(pair_cells(code_column("firm", firm), code_column("product", product)), residual, is_train)
    np.testing.assert_allclose([answer.exact[0], answer.purged[0]], [0.9, 0.1 + 0.3])


def test_labels_given_at_random_seldom_look_remembered() -> None:
    rng = np.random.default_rng(3)
    smallest = []
    for _ in range(60):
        table = {name: rng.integers(0, 40, 1000).astype(str) for name in "abcd"}
        columns, _ = code_table(table, ())
        label, is_train = (rng.random(1000) < 0.3).astype(float), np.arange(1000) < 700
        residual = additive_residuals(columns, label, is_train)
        pairs = [pair_cells(a, b) for i, a in enumerate(columns) for b in columns[:i]]
        smallest.append(min(each.p_value for each in gains(pairs, label, residual, is_train, rng, 99)))
    assert 0.02 < np.mean(np.array(smallest) <= 0.10) < 0.22


def test_an_average_of_labels_opposes_them_and_a_property_known_before_does_not() -> None:
    rng = np.random.default_rng(4)
    firm = np.repeat(np.arange(200), 6)
    chance = rng.beta(2, 6, 200)
    label = (rng.random(1200) < chance[firm]).astype(float)
    group = code_column("firm", np.char.add("f", firm.astype(str)))
    average = (np.bincount(firm, label) / 6)[firm]
    z, dispersion = opposition(code_column("average", average), group, label)
    assert z < -10
    assert dispersion < 0.01
    z, dispersion = opposition(code_column("chance", chance[firm]), group, label)
    assert abs(z) < 3
    assert 0.75 < dispersion < 1.3


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=4, max_size=6))
@settings(max_examples=40, deadline=None)
def test_precision_within_ties_is_the_mean_over_all_orders(rows: list[tuple[int, int]]) -> None:
    score, label = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    taken = len(rows) // 2
    orders = [list(order) for order in permutations(range(len(rows)))]
    sorted_orders = [order for order in orders if (np.diff(score[order]) <= 0).all()]
    mean = np.mean([label[order[:taken]].mean() for order in sorted_orders])
    assert precision_at(score, label, taken / len(rows)) == pytest.approx(mean)


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_the_unit_of_a_measure_changes_nothing(seed: int) -> None:
    made = draw(Honest(rows=1500), np.random.default_rng(seed))
    pounds = made.with_columns(net_mass_kg=made.table["net_mass_kg"] * 2.0)
    in_kg, in_pounds = (
        {(each.cells.names, each.cells.is_measured): each.gain for each in audited(table).largest}
        for table in (made, pounds)
    )
    assert {key: gain for key, gain in in_kg.items() if " / " not in " ".join(key[0])} == pytest.approx(
        {key: gain for key, gain in in_pounds.items() if " / " not in " ".join(key[0])}
    )


def test_what_comes_within_the_day_of_the_decision_is_not_newer() -> None:
    made = draw(Honest(rows=1500), np.random.default_rng(5))
    evening = made.decided_at.astype("datetime64[s]") + np.timedelta64(20, "h")
    within = Labelled(made.table, made.split, made.decided_at, {"net_mass_kg": evening})
    after = Labelled(made.table, made.split, made.decided_at, {"net_mass_kg": evening + np.timedelta64(5, "h")})
    assert [each.code for each in audited(within).findings] == []
    assert [each.code for each in audited(after).findings] == ["leak.feature_newer"]


def test_a_label_that_is_not_0_or_1_is_refused() -> None:
    made = draw(Honest(rows=400), np.random.default_rng(6))
    with pytest.raises(ValueError, match="not 0 or 1"):
        audited(made.with_columns(is_found=made.label * 2))


def test_a_split_without_both_labels_on_each_side_is_refused() -> None:
    made = draw(Honest(rows=400), np.random.default_rng(7))
    with pytest.raises(ValueError, match="both labels"):
        audited(made.with_columns(is_found=np.where(made.split, made.label, 0)))
