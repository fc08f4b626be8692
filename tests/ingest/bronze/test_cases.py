"""Deliveries that went wrong somewhere: each of them beside a source that is sound, which goes on."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from jobs.contracts.messages import say
from jobs.ingest.bronze.journal import reason_of
from jobs.lake.delta import Lake
from jobs.settings import settings
from tests.builders.landing import take, write_straits

CASES = settings().real_data.parent / "cases"
NIGHT = date(2026, 1, 20)
# Case, how many files of it are taken, and what is said of the others.
SET_ASIDE = [
    ("a04_cp949_uhc", 0, ["CP949"]),
    ("a08_one_bad_source", 1, ["lacks columns"]),
    ("a13_concatenated_headers", 1, []),
    ("a14_cr_only", 0, ["carriage return"]),
    ("a18_known_typo", 0, ["2206-01-15, after today"]),
    ("a18b_known_no_date", 0, ["no day"]),
    ("a22_utf16", 0, ["UTF-16"]),
    ("a22b_semicolon", 0, ["semicolons"]),
    ("b05_leading_blank_line", 1, []),
    ("b06_known_feb_30", 0, ["no day"]),
    ("b13_html_page_stops_all_sources", 0, ["web page"]),
    ("b15_known_2099", 0, ["after today"]),
]


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")
@pytest.mark.parametrize(("case", "taken", "said"), SET_ASIDE)
def test_a_broken_file_is_said_and_the_sound_source_goes_on(
    driver_lake: Lake, landing: Path, case: str, taken: int, said: list[str]
) -> None:
    shutil.copytree(CASES / case / "landing", landing, dirs_exist_ok=True)
    write_straits(landing, [("2026-01-01", 50)], "good")
    landed = take(driver_lake, landing, NIGHT)
    assert landed.taken.pop("portwatch_straits")[-1] == "portwatch/chokepoints_daily_good.csv"
    assert sum(len(files) for files in landed.taken.values()) == taken
    sentences = [say(code, "en", params) for code, params in map(reason_of, landed.set_aside)]
    assert len(sentences) == len(said)
    for sentence, words in zip(sentences, said, strict=True):
        assert words in sentence


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")
def test_names_that_machines_make_are_read_or_said(driver_lake: Lake, landing: Path) -> None:
    shutil.copytree(CASES / "a16_names" / "landing", landing, dirs_exist_ok=True)
    landed = take(driver_lake, landing, NIGHT)
    names = sorted(path.name for path in (landing / "kcs_trade_country").iterdir())
    said = {*landed.repeated, *landed.unknown, *(row["source_file"] for row in landed.set_aside)}
    known = {name for files in landed.taken.values() for name in files} | said
    passed_over = [name for name in names if f"kcs_trade_country/{name}" not in known]
    assert all(name.startswith((".", "~$")) for name in passed_over)
    assert any(name.endswith((".gz", ".CSV", ".zip")) for files in landed.taken.values() for name in files)


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")
def test_one_content_under_two_days_is_said_to_repeat_and_both_days_are_kept(driver_lake: Lake, landing: Path) -> None:
    """The earlier day counts, for the later brings nothing new, unless another delivery comes between."""
    shutil.copytree(CASES / "a17_same_bytes" / "landing", landing, dirs_exist_ok=True)
    landed = take(driver_lake, landing, date(2026, 3, 1))
    assert landed.repeated == ["kcs_trade_country/nitemtrade_hs6_country_2025_known_2026-02-15.csv"]
    days = {row["arrived_on"] for row in driver_lake.rows("bronze.kcs_trade_country").to_pylist()}
    assert days == {date(2026, 1, 15), date(2026, 2, 15)}


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")
def test_a_folder_and_a_dead_link_under_names_of_deliveries_are_named(driver_lake: Lake, landing: Path) -> None:
    subprocess.run(["bash", CASES / "a37_folder_or_link_named_csv" / "make.sh", landing], check=True)
    write_straits(landing, [("2026-01-01", 50)], "good")
    landed = take(driver_lake, landing, NIGHT)
    assert list(landed.taken) == ["portwatch_straits"]
    assert [row["reason_code"] for row in landed.set_aside] == ["not_a_file", "dead_link"]
