"""The landing folder as it may look: names and entries of every kind, each taken, passed over or named."""

from __future__ import annotations

import os
import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.ingest.bronze.content import Unusable
from jobs.ingest.bronze.entries import fits, look, stated_arrival
from jobs.lake.delta import Lake
from tests.builders.landing import take, write_file

TODAY = date(2026, 1, 20)
GSCPI = contracts.landing("gscpi")
GOOD = "gscpi_monthly_good.csv"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("x_known_2024-05-15.csv", date(2024, 5, 15)),
        ("x_KNOWN_2024-05-15_v2.csv", date(2024, 5, 15)),
        ("x_known_2024-05-15 (1).csv", date(2024, 5, 15)),
        ("x_known_2026-01-20.csv.gz", TODAY),
        ("x_2024-05-15.csv", None),
    ],
)
def test_a_delivery_says_in_its_name_when_it_became_known(name: str, day: date | None) -> None:
    assert stated_arrival(name, TODAY) == day


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "0000-01-01", "20240515", "2024-5-15", "", "soon", "２０２４-05-15"]
)
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unusable) as refused:
        stated_arrival(f"x_known_{text}.csv", TODAY)
    assert refused.value.problem.code == "no_such_day"


@given(st.dates(min_value=date(2026, 1, 21)))
def test_an_arrival_ahead_is_refused(day: date) -> None:
    with pytest.raises(Unusable) as refused:
        stated_arrival(f"x_known_{day.isoformat()}.csv", TODAY)
    assert refused.value.problem.code == "arrival_ahead"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gscpi_monthly.csv", True),
        ("GSCPI_MONTHLY_2024.CSV", True),
        ("gscpi_monthly_a.csv.gz", True),
        ("gscpi_monthly_a.zip", True),
        ("gscpi_monthly_a.CSV.ZIP", True),
        ("gscpi_monthly (1).csv", True),
        ("gscpi_monthly.xlsx", False),
        ("other.csv", False),
    ],
)
def test_names_fit_in_either_case_and_packed(name: str, expected: bool) -> None:
    assert fits(name, GSCPI.pattern) is expected


def lay_oddity(kind: str, folder: Path) -> None:
    """An entry of a kind that is no delivery, under a name that fits."""
    path = folder / "gscpi" / "gscpi_monthly_odd.csv"
    match kind:
        case "folder":
            path.mkdir()
        case "dead_link":
            path.symlink_to("nowhere.csv")
        case "circular_link":
            path.symlink_to(path.name)
        case "outside":
            path.symlink_to("/etc/hostname")
        case "pipe":
            os.mkfifo(path)
        case "no_text":
            Path(os.fsdecode(os.fsencode(str(path.with_name("gscpi_monthly_"))) + b"\xb0\xa1.csv")).write_text(
                "date,value\n"
            )
        case "line_break":
            path.with_name("gscpi_monthly_\n.csv").write_text("date,value\n")
        case "day":
            path.with_name("gscpi_monthly_known_2024-02-30.csv").write_text("date,value\n")


KINDS = ["folder", "dead_link", "circular_link", "outside", "pipe", "no_text", "line_break", "day"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_that_is_no_delivery_is_named_and_the_rest_is_taken(
    driver_lake: Lake, landing: Path, kind: str
) -> None:
    write_file(landing, "gscpi", [("2024-05-01", "0.5")], "good")
    lay_oddity(kind, landing)
    landed = take(driver_lake, landing)
    assert landed.taken == {"gscpi": [f"gscpi/{GOOD}"]}
    (row,) = landed.set_aside
    assert row["source"] == "gscpi"
    row["source_file"].encode("utf-8")


@pytest.mark.parametrize(
    "name", [".DS_Store", "~$gscpi_monthly.csv", "gscpi_monthly.csv.part", ".gscpi_monthly.csv", "Thumbs.db"]
)
def test_what_machines_leave_behind_is_passed_over(landing: Path, name: str) -> None:
    (landing / "gscpi").mkdir()
    (landing / "gscpi" / name).write_text("x")
    listing = look(landing, TODAY)
    assert (listing.entries, listing.problems, listing.unknown) == ([], [], [])


UNPLEASANT = st.binary(min_size=1, max_size=40).filter(lambda b: b not in (b".", b"..") and not set(b) & {0, 47})
READABLE = st.text(alphabet=string.ascii_letters + string.digits + " _.-#{}[]%()'한글", min_size=1, max_size=30).map(
    lambda text: f"gscpi_monthly_{text}.csv".encode()
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(UNPLEASANT, READABLE), max_size=6, unique=True))
def test_any_name_is_taken_named_or_passed_over(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("landing")
    (folder / "gscpi").mkdir()
    for name in names:
        with open(os.fsencode(folder / "gscpi") + b"/" + name, "wb") as file:
            file.write(b"date,value\n2024-05-01,0.5\n")
    listing = look(folder, TODAY)
    shown = [each.source_file for each in listing.entries] + [name for _, name, _ in listing.problems] + listing.unknown
    assert len(shown) <= len(names)
    for each in shown:
        each.encode("utf-8")
