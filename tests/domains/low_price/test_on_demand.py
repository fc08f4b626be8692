"""A declaration assessed as it is filed, without Spark, agrees with the night on every lot and in every figure."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from jobs.__main__ import main
from jobs.contracts import ContractError
from jobs.domains.low_price.on_demand import assess_file, newest_night
from jobs.lake.delta import Lake
from jobs.settings import settings
from tests.builders.lot_nights import LotNight

pytestmark = pytest.mark.spark
OF_THE_CHOICE = ("rank", "selection", "propensity")


@pytest.fixture(scope="module")
def counter(lot_night: LotNight) -> Lake:
    """The lake of the night, opened without Spark."""
    return Lake(None, lot_night.lake.root, "counter")


def file_of(lines: pa.Table, folder: Path) -> Path:
    csv.write_csv(lines, folder / "declarations.csv")
    return folder / "declarations.csv"


def altered(lines: pa.Table, **texts: str) -> pa.Table:
    """The lines with columns of other texts."""
    for name, text in texts.items():
        lines = lines.set_column(lines.schema.get_field_index(name), name, pa.array([text] * len(lines)))
    return lines


@pytest.mark.parametrize("night_of", ["lot_night", "telling_night"])
def test_counter_and_night_agree_on_every_lot(night_of: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """By the price alone, and where a ranker is promoted."""
    result: LotNight = request.getfixturevalue(night_of)
    counter = Lake(None, result.lake.root, "counter")
    scored, unsound = assess_file(counter, newest_night(counter), file_of(result.filed(), tmp_path))
    night = result.tables["gold.lot"].drop_columns(["night", "run_id", *OF_THE_CHOICE])
    order = [("declaration_id", "ascending"), ("line_no", "ascending")]
    at_counter = scored.select(night.column_names).cast(night.schema).sort_by(order)
    assert len(unsound) == 0
    assert at_counter.to_pylist() == night.sort_by(order).to_pylist()


def test_a_line_alone_is_judged_as_in_its_file(lot_night: LotNight, counter: Lake, tmp_path: Path) -> None:
    line = lot_night.filed().slice(0, 1)
    scored, _ = assess_file(counter, lot_night.night, file_of(line, tmp_path))
    lots = lot_night.tables["gold.lot"]
    same = lots.filter(pc.equal(lots["declaration_id"], line["declaration_id"][0])).to_pylist()[0]
    assert {name: scored[name][0].as_py() for name in ("level", "z_score", "probability")} == {
        name: same[name] for name in ("level", "z_score", "probability")
    }


def test_a_new_line_is_judged_as_of_the_next_morning(lot_night: LotNight, counter: Lake, tmp_path: Path) -> None:
    line = altered(lot_night.filed().slice(0, 1), declaration_id="NEW-1", status="filed")
    row = assess_file(counter, lot_night.night, file_of(line, tmp_path))[0].to_pylist()[0]
    assert row["period_start"] == row["reference_day"] == lot_night.night + timedelta(days=1)


def test_a_new_line_of_an_importer_often_found_says_so(telling_night: LotNight, tmp_path: Path) -> None:
    """Its past reaches over all products, whatever the line is of."""
    counter, lots = Lake(None, telling_night.lake.root, "counter"), telling_night.tables["gold.lot"]
    often = lots.filter(pc.greater(lots["probability"], 0.9))["importer_id"][0].as_py()
    line = altered(telling_night.filed().slice(0, 1), declaration_id="NEW-1", status="filed")
    other, own = (
        assess_file(counter, telling_night.night, file_of(each, tmp_path))[0].to_pylist()[0]
        for each in (altered(line, importer_id="NOBODY"), altered(line, importer_id=often))
    )
    assert own["learned"][0]["code"] == "learned_importer_history"
    assert other["probability"] < 0.5 < own["probability"]


def test_a_cheaper_line_has_a_higher_level_and_chance(lot_night: LotNight, counter: Lake, tmp_path: Path) -> None:
    lots = lot_night.tables["gold.lot"]
    dense = lots.filter(pc.and_(pc.greater(lots["reference_n"], 30), pc.equal(lots["level"], 1)))["declaration_id"][0]
    line = lot_night.filed()
    line = altered(
        line.filter(pc.equal(line["declaration_id"], dense)).slice(0, 1), declaration_id="NEW-1", status="filed"
    )
    krw, usd = (float(line[name][0].as_py()) for name in ("customs_value_krw", "customs_value_usd"))
    cheap = altered(
        line, customs_value_krw=f"{krw / 5:.0f}", customs_value_usd=f"{usd / 5:.2f}", freight_krw="", insurance_krw=""
    )
    usual, low = (
        assess_file(counter, lot_night.night, file_of(each, tmp_path))[0].to_pylist()[0] for each in (line, cheap)
    )
    assert usual["level"] < low["level"] == 4
    assert usual["probability"] < low["probability"]


@pytest.mark.parametrize(
    "slip",
    [
        {"net_mass_kg": "0"},
        {"net_mass_kg": "20000000", "gross_mass_kg": "20400"},
        {"net_mass_kg": "20", "package_count": "1000", "packaging": "bag"},
        {"net_mass_kg": "21000", "gross_mass_kg": "20400"},
        {"net_mass_kg": "41000", "gross_mass_kg": "20400", "customs_value_usd": "20000"},
        {"standard_name_code": "garlick"},
    ],
)
def test_a_line_without_a_price_is_named_and_not_judged(
    lot_night: LotNight, counter: Lake, tmp_path: Path, slip: dict[str, str]
) -> None:
    line = altered(lot_night.filed().slice(0, 1), **slip)
    scored, unsound = assess_file(counter, lot_night.night, file_of(line, tmp_path))
    assert len(scored) == 0
    assert unsound["declaration_id"].to_pylist() == line["declaration_id"].to_pylist()


def test_a_line_delivered_twice_is_one_lot_and_one_in_two_versions_none(
    lot_night: LotNight, counter: Lake, tmp_path: Path
) -> None:
    line = lot_night.filed().slice(0, 1)
    twice, contradicted = (pa.concat_tables([line, other]) for other in (line, altered(line, office_code="999")))
    once = assess_file(counter, lot_night.night, file_of(twice, tmp_path))
    none = assess_file(counter, lot_night.night, file_of(contradicted, tmp_path))
    assert [(len(scored), len(unsound)) for scored, unsound in (once, none)] == [(1, 0), (0, 1)]


def test_a_file_without_a_needed_column_says_which(lot_night: LotNight, counter: Lake, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="net_mass_kg"):
        assess_file(counter, lot_night.night, file_of(lot_night.filed().drop_columns(["net_mass_kg"]), tmp_path))


def test_the_command_shows_the_lines_and_writes_them_without_formulas(
    lot_night: LotNight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("CUSTOMS_LAKE", lot_night.lake.root)
    monkeypatch.setenv("COLUMNS", "200")
    settings.cache_clear()
    line = altered(lot_night.filed().slice(0, 1), declaration_id="=1+1", status="filed")
    out = tmp_path / "scored.csv"
    assert main(["score", str(file_of(line, tmp_path)), "--out", str(out), "--lang", "en"]) == 0
    settings.cache_clear()
    assert "a question, never a value" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("'=1+1,")
