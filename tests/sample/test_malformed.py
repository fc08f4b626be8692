"""The builders of bad files are bad in the one way they say, and count their records."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.sample import SampleSummary
from tests.builders import malformed as m
from tests.sample.conftest import read_rows, vintages


@pytest.fixture
def good(tiny: SampleSummary) -> Path:
    return vintages(tiny.out, "kcs_trade_country/*.csv")[-1]


def test_counts_lines_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'h,i\n1,"a\n2,b"\n\n3,c')
    assert m.count_physical_records(path) == 3


def test_records_are_kept_or_changed_in_number_as_named(good: Path, tmp_path: Path) -> None:
    n, bad = m.count_physical_records(good), tmp_path / "bad.csv"
    assert m.write_euc_kr(good, bad) == (bad, n)
    assert m.write_invalid_utf8(good, bad).records == n
    assert m.write_without_column(good, bad, "impWgt").records == n
    assert m.write_extra_column(good, bad).records == n
    assert m.write_long_line(good, bad, "statKor").records == n
    assert m.write_cut_mid_row(good, bad).records == n
    assert m.write_identical_duplicate(good, bad).records == n + 1
    assert m.write_conflicting_duplicate(good, bad, "impWgt").records == n + 1
    assert m.write_empty(good, bad).records == m.write_header_only(good, bad).records == 0
    assert 0 < m.write_cut_mid_quote(good, bad).records <= n


def test_undecodable_files_cannot_be_decoded(good: Path, tmp_path: Path) -> None:
    for write in (m.write_euc_kr, m.write_invalid_utf8):
        with pytest.raises(UnicodeDecodeError):
            write(good, tmp_path / "bad.csv").path.read_text("utf-8")


def test_one_value_is_wrong_and_no_other(good: Path, tmp_path: Path) -> None:
    before = read_rows(good)
    for path, column, value in (
        (m.write_text_in_number(good, tmp_path / "a.csv", "impWgt").path, "impWgt", "N/A"),
        (m.write_negative(good, tmp_path / "b.csv", "impWgt").path, "impWgt", "-1"),
        (m.write_unknown_country(good, tmp_path / "c.csv", "statCd").path, "statCd", "QZ"),
    ):
        after = read_rows(path)
        assert after[0] == before[0] | {column: value}
        assert after[1:] == before[1:]


def test_the_cut_quote_is_open_and_the_long_line_long(good: Path, tmp_path: Path) -> None:
    cut = m.write_cut_mid_quote(good, tmp_path / "cut.csv").path.read_bytes()
    assert cut.split(b"\n")[-1].count(b'"') % 2 == 1
    long = m.write_long_line(good, tmp_path / "long.csv", "statKor").path.read_bytes()
    assert max(map(len, long.split(b"\n"))) > 2**20
