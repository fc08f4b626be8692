"""Declarations as they arrive: one file a day, references with their lag, truth elsewhere, later months only added."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobs.sample import SampleSummary, generate
from tests.sample.conftest import SEED, read_rows, vintages
from tests.sample.test_generation import digest

DAYS = 30
LOTS = 2000


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    folder = tmp_path_factory.mktemp("declared")
    return generate(folder / "landing", folder / "truth", SEED, "tiny", declarations=LOTS, days=DAYS)


def known_on(path: Path) -> str:
    return path.stem[-10:]


def delivered(summary: SampleSummary, source: str) -> list[tuple[str, dict[str, str]]]:
    """Every record of a source with the day it became known."""
    files = vintages(summary.out, f"{source}/*.csv")
    return [(known_on(path), row) for path in files for row in read_rows(path)]


def test_each_day_brings_the_lots_declared_on_it(declared: SampleSummary) -> None:
    rows = delivered(declared, "import_declaration")
    first = [(known, row) for known, row in rows if row["declared_at"][:10] == known]
    assert len(first) == declared.declarations == LOTS
    assert len({known for known, _ in first}) > 25
    assert max(known for known, _ in first) <= declared.last_known


def test_an_inspected_lot_is_filed_first_and_settled_later(declared: SampleSummary) -> None:
    versions: dict[tuple[str, str], list[dict[str, str]]] = {}
    for _, row in delivered(declared, "import_declaration"):
        versions.setdefault((row["declaration_id"], row["line_no"]), []).append(row)
    results = {(r["declaration_id"], r["line_no"]): r for _, r in delivered(declared, "inspection_result")}
    assert results
    assert {key for key, rows in versions.items() if len(rows) == 2} == set(results)
    for key, result in results.items():
        before, after = versions[key]
        assert (before["status"], before["examination_result"], before["accepted_at"]) == ("filed", "not_examined", "")
        stood = result["corrected_customs_value_krw"] == ""
        assert after["examination_result"] == ("examined_accepted" if stood else "examined_changed")
        changing = {"status", "examination_result", "accepted_at"}
        assert {k: v for k, v in before.items() if k not in changing} == {
            k: v for k, v in after.items() if k not in changing
        }


def test_results_arrive_on_the_day_of_the_inspection(declared: SampleSummary) -> None:
    rows = delivered(declared, "inspection_result")
    assert all(known == row["inspected_at"][:10] for known, row in rows)
    assert {row["selection"] for _, row in rows} == {"profile", "random"}
    assert all(0 < float(row["propensity"]) < 1 for _, row in rows)


def test_references_are_published_after_what_they_are_about(declared: SampleSummary) -> None:
    rows = delivered(declared, "price_reference")
    assert {row["reference_source"] for _, row in rows} == {"survey", "world", "security"}
    for known, row in rows:
        assert row["published_on"] <= known
        if row["reference_source"] == "security":
            assert row["published_on"] < row["period_start"]
        else:
            assert row["published_on"] > row["period_end"]
    earliest = min(row["period_start"] for _, row in rows)
    assert date.fromisoformat(earliest) < date.fromisoformat(declared.last_known) - timedelta(days=3 * 365)


def test_firms_are_known_before_they_declare(declared: SampleSummary) -> None:
    registered = {row["firm_id"]: known for known, row in delivered(declared, "firm")}
    for known, row in delivered(declared, "import_declaration"):
        assert all(registered[row[firm]] <= known for firm in ("importer_id", "exporter_id", "declarant_id"))


def test_every_declared_code_has_a_rate_for_the_preference_claimed(declared: SampleSummary) -> None:
    rates = {
        (r["hs10_code"], r["preference_code"]): float(r["ad_valorem_pct"])
        for _, r in delivered(declared, "tariff_rate")
    }
    for _, row in delivered(declared, "import_declaration"):
        assert float(row["duty_rate_pct"]) == rates[row["hs10_code"], row["preference_code"]]


def test_truth_lies_outside_landing_and_covers_every_lot(declared: SampleSummary) -> None:
    truth = read_rows(declared.truth / "low_price.csv")
    assert len(truth) == LOTS
    assert sum(row["is_true_case"] == "true" for row in truth) == round(0.03 * LOTS)
    secret = set(truth[0]) - {"declaration_id", "line_no"}
    for path in declared.out.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert not secret & set(next(csv.reader(file)))


def test_the_same_seed_gives_the_same_bytes(declared: SampleSummary, tmp_path: Path) -> None:
    again = generate(tmp_path / "landing", tmp_path / "truth", SEED, "tiny", declarations=LOTS, days=DAYS)
    assert digest(again.out) == digest(declared.out)
    assert digest(again.truth) == digest(declared.truth)


def test_a_size_of_its_own_goes_on_with_later_months(small: SampleSummary, tmp_path: Path) -> None:
    longer = generate(tmp_path / "landing", tmp_path / "truth", SEED, "small", until="2026-01")
    before, after = digest(small.out), digest(longer.out)
    assert before.items() < after.items()
    assert longer.declarations > small.declarations > 2000
    assert vintages(longer.out, "import_declaration/*.csv")[-1].stem.endswith("2026-02-15")


def test_a_number_that_was_asked_for_has_no_later_months(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--until"):
        generate(tmp_path / "landing", tmp_path / "truth", SEED, "tiny", until="2026-01", declarations=LOTS)
