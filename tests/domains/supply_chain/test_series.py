"""Detectors see one item at a time, so Spark may put the items wherever it likes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest

from jobs.domains.supply_chain.night import CONFIG, SPAN, build_panels
from jobs.domains.supply_chain.series import (
    SERIES_SCHEMA,
    Priors,
    assess_items,
    assessed_columns,
    find_all,
    learn_priors,
)
from tests.builders.keeping import broken
from tests.builders.trade import SOURCE, coffee, item, items, steady, stopping, tin

FACTS = items(tin(stopping(60_000, 1)), coffee())


@pytest.fixture(scope="module")
def priors() -> dict[str, Priors]:
    panel = build_panels(FACTS)[SOURCE]
    return {SOURCE: learn_priors(panel, CONFIG, SPAN)}


def in_order(rows: pa.Table) -> list[dict]:
    return sorted(rows.to_pylist(), key=lambda r: (r["detector_id"], r["hs_code"], r["partner_country"] or ""))


def same(one: dict, other: dict) -> None:
    for name in SERIES_SCHEMA.names:
        np.testing.assert_equal(one[name], other[name], err_msg=name)


def test_items_judged_together_and_apart_are_judged_alike(priors: dict[str, Priors]) -> None:
    combined = in_order(assess_items(FACTS, priors, CONFIG, SPAN))
    parts = [assess_items(FACTS.slice(place, 1), priors, CONFIG, SPAN) for place in range(len(FACTS))]
    for one, other in zip(combined, in_order(pa.concat_tables(parts)), strict=True):
        same(one, other)


def test_every_detector_answers_for_every_judged_month(priors: dict[str, Priors]) -> None:
    rows = assess_items(FACTS, priors, CONFIG, SPAN).to_pylist()
    assert {len(row["p"]) for row in rows} == {SPAN.history}
    assert all(p is None or np.isnan(p) or 0.0 <= p <= 1.0 for row in rows for p in row["p"])


def test_price_and_structure_are_judged_in_the_last_months_only(priors: dict[str, Priors]) -> None:
    of_series, of_items = find_all(build_panels(FACTS)[SOURCE], priors[SOURCE].pools, CONFIG, SPAN)
    late = [f for f in [*of_series, *of_items] if f.detector_id in ("SC-PRICE", "SC-HOARD", "SC-CONC")]
    assert len(late) == 3
    assert all(np.isnan(f.p[:, : -SPAN.recent]).all() for f in late)


def test_a_source_without_priors_is_passed_over(priors: dict[str, Priors]) -> None:
    short = item("250410", {"CN": steady(9_000, 1, 8)}, source="kcs_coffee")
    rows = assess_items(items(tin(), short), priors, CONFIG, SPAN)
    assert set(rows["source"].to_pylist()) == {SOURCE}


def test_the_first_month_has_no_past_and_is_not_judged() -> None:
    panel = build_panels(items(item("800110", {"ID": steady(9_000, 1, 15)})))[SOURCE]
    assert assessed_columns(panel, SPAN)[0] == 1


def test_the_checker_of_contracts_sees_what_is_wrong() -> None:
    assert "direction holds 'sideways'" in broken("gold.signal", [{"direction": "sideways", "night": None}])


def test_a_batch_of_young_items_is_judged_on_the_months_of_its_source() -> None:
    """Spark may put items together whose oldest month is younger than their source's: their columns stay the same."""
    facts = items(tin(), item("250410", {"CN": [*[None] * (len(steady(1, 1)) - 15), *steady(9_000, 1, 15)]}))
    priors = {SOURCE: learn_priors(build_panels(facts)[SOURCE], CONFIG, SPAN)}
    young = assess_items(facts.filter(pa.compute.equal(facts["hs_code"], "250410")), priors, CONFIG, SPAN)
    assert {len(p) for p in young["p"].to_pylist()} == {SPAN.history}
