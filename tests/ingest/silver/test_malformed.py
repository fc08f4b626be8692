"""Bad deliveries: each record of each bad file ends in silver, in quarantine or among the rejected, with a reason.

All files are loaded together, once; every file is about a month of its own and has one thing wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs.lake.delta import Lake
from tests.builders import malformed as bad
from tests.builders.landing import ingest, write_trade

pytestmark = pytest.mark.spark
Make = Callable[[Path, Path], bad.Malformed]


@dataclass
class Case:
    """A way of being wrong and how the file's records must end: out, quarantined, rejected; reasons."""

    make: Make
    ends: tuple[int, int, int]
    reasons: set[str] = field(default_factory=set)


def cut_end(lost: int) -> Make:
    """The transfer broke off `lost` bytes before the end of the last record, whose line ends ...,0,-12345."""
    return lambda good, out: bad._write(out, good.read_bytes().rstrip(b"\n")[: -lost or None])


def cut_in_character(good: Path, out: Path) -> bad.Malformed:
    """The transfer broke off inside a Korean character of the last record."""
    content = good.read_bytes()
    return bad._write(out, content[: content.rindex("국가".encode()) + 4])


CASES = {
    "unknown_encoding": Case(bad.write_unknown_encoding, (0, 0, 1), {"file_undecodable"}),
    "one_wrong_byte": Case(bad.write_invalid_utf8, (2, 0, 1), {"record_undecodable"}),
    "empty": Case(bad.write_empty, (0, 0, 1), {"file_empty"}),
    "extra_column": Case(bad.write_extra_column, (3, 0, 0)),
    "text_in_number": Case(lambda g, b: bad.write_text_in_number(g, b, "impWgt"), (2, 1, 0), {"not_a_number"}),
    "empty_number": Case(lambda g, b: bad.write_text_in_number(g, b, "impDlr", text=""), (2, 1, 0), {"not_a_number"}),
    "negative_mass": Case(lambda g, b: bad.write_negative(g, b, "impWgt"), (2, 1, 0), {"negative_mass"}),
    "unknown_country": Case(lambda g, b: bad.write_unknown_country(g, b, "statCd"), (2, 1, 0), {"unknown_country"}),
    "bad_hs_code": Case(lambda g, b: bad.write_text_in_number(g, b, "hsCd", text="8001"), (2, 1, 0), {"bad_hs_code"}),
    "bad_period": Case(lambda g, b: bad.write_text_in_number(g, b, "year", text="2024.13"), (2, 1, 0), {"bad_period"}),
    "future_period": Case(
        lambda g, b: bad.write_text_in_number(g, b, "year", text="2031.01"), (2, 1, 0), {"future_period"}
    ),
    "cut_figure": Case(
        lambda g, b: bad.write_text_in_number(g, b, "impDlr", text="7"), (2, 1, 0), {"balance_mismatch"}
    ),
    "same_record_twice": Case(bad.write_identical_duplicate, (3, 1, 0), {"duplicate_row"}),
    "same_key_twice": Case(
        lambda g, b: bad.write_conflicting_duplicate(g, b, "impWgt"), (2, 2, 0), {"duplicate_key", "duplicate_row"}
    ),  # imports differ, exports repeat
    "cut_mid_row": Case(bad.write_cut_mid_row, (2, 0, 1), {"record_wrong_fields"}),
    "cut_mid_quote": Case(bad.write_cut_mid_quote, (2, 0, 1), {"record_open_quote"}),
    "long_line": Case(lambda g, b: bad.write_long_line(g, b, "statKor"), (2, 0, 1), {"record_too_long"}),
    "no_last_line_end": Case(cut_end(0), (3, 0, 0)),
    **{f"cut_{lost}_of_last_number": Case(cut_end(lost), (2, 1, 0), {"balance_mismatch"}) for lost in (1, 2, 3, 4)},
    "cut_to_minus": Case(cut_end(5), (2, 1, 0), {"not_a_number"}),
    "cut_before_last_number": Case(cut_end(6), (2, 1, 0), {"not_a_number"}),
    "cut_last_field": Case(cut_end(7), (2, 0, 1), {"record_wrong_fields"}),
    "cut_inside_character": Case(cut_in_character, (2, 0, 1), {"record_open_quote"}),
    "no_mass": Case(lambda g, b: bad.write_text_in_number(g, b, "impWgt", text=""), (3, 0, 0)),
}


@dataclass
class Loaded:
    """What the one load of all bad files left, by the name of the case."""

    ledger: dict[str, dict[str, Any]]
    reasons: dict[str, set[str]]
    lake: Lake
    physical: dict[str, int]


def case_of(source_file: str) -> str:
    return Path(source_file).stem.removeprefix("nitemtrade_hs6_country_")


@pytest.fixture(scope="module")
def loaded(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    root = tmp_path_factory.mktemp("malformed")
    folder, physical = root / "landing", {}
    for place, (name, case) in enumerate(CASES.items()):
        month = f"{2022 + place // 12}.{place % 12 + 1:02d}"
        good = write_trade(root / "good", [(month, c, "800110", 1000, 12345) for c in ("ID", "MY", "PE")], name)
        good.write_bytes(good.read_bytes().replace("국가".encode(), '"국가"'.encode()))
        physical[name] = case.make(good, folder / "kcs_trade_country" / good.name).records
    lake = Lake(spark, str(root / "lake"), "run-1")
    ingest(lake, folder)
    reasons: dict[str, set[str]] = {name: set() for name in CASES}
    for row in lake.rows("ops.quarantine").to_pylist():
        reasons[case_of(row["source_file"])] |= set(row["reason_codes"])
    for row in lake.rows("ops.rejected").to_pylist():
        reasons[case_of(row["source_file"])].add(row["reason_code"])
    ledger = {case_of(row["source_file"]): row for row in lake.rows("ops.load").to_pylist()}
    return Loaded(ledger, reasons, lake, physical)


@pytest.mark.parametrize("name", CASES)
def test_each_record_of_a_bad_file_ends_where_it_should(loaded: Loaded, name: str) -> None:
    row = loaded.ledger[name]
    assert (row["records_out"], row["records_quarantined"], row["records_rejected"]) == CASES[name].ends
    assert loaded.reasons[name] == CASES[name].reasons


@pytest.mark.parametrize("name", CASES)
def test_the_counts_of_a_file_add_up_to_its_physical_records(loaded: Loaded, name: str) -> None:
    row = loaded.ledger[name]
    ends = ("out", "unchanged", "quarantined", "rejected")
    is_file = "file_" in "".join(loaded.reasons[name])
    assert row["records_in"] == sum(row[f"records_{end}"] for end in ends)
    assert row["records_in"] == (1 if is_file else loaded.physical[name])


def test_what_is_set_aside_can_be_read_as_it_was_delivered(loaded: Loaded) -> None:
    (row,) = [
        r
        for r in loaded.lake.rows("ops.quarantine").to_pylist()
        if r["reason_codes"] == ["not_a_number"] and "N/A" in dict(r["payload"]).values()
    ]
    assert (row["source_row"], row["table_name"], dict(row["payload"])["impWgt"]) == (1, "silver.trade_month", "N/A")


def test_the_beginning_of_an_unreadable_line_is_kept(loaded: Loaded) -> None:
    (row,) = [r for r in loaded.lake.rows("ops.rejected").to_pylist() if r["reason_code"] == "record_too_long"]
    assert row["raw_record"].startswith("2023.05,ID,")
    assert len(row["raw_record"]) == 4096


def test_nothing_that_was_set_aside_is_in_silver(loaded: Loaded) -> None:
    aside = {row["record_id"] for row in loaded.lake.rows("ops.quarantine").to_pylist()}
    inside = {row["record_id"] for row in loaded.lake.rows("silver.trade_month").to_pylist()}
    assert not aside & inside
    assert len(inside) == sum(row["records_out"] for row in loaded.ledger.values())
