"""Wrong variants of the loader are planted one by one: each behaviour below finds its own, and none without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jobs.contracts.scope_file import ScopeFile
from jobs.domains.supply_chain.facts.items import gather_items
from jobs.domains.supply_chain.facts.panel import build_panel
from jobs.ingest.bronze import delivery, entries
from jobs.ingest.bronze.entries import look
from jobs.ingest.bronze.land import land
from jobs.ingest.silver import load as load_module
from jobs.ingest.silver import table_load
from jobs.ingest.silver.load import load
from jobs.lake import as_of
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, write_file, write_trade

INDEX = "silver.pressure_index_month"
Behaviour = Callable[[Lake, Path], None]


def deliver(lake: Lake, landing: Path, source: str, rows: list[tuple[object, ...]], day: date) -> None:
    write_file(landing, source, rows, f"known_{day}")
    land(lake, landing, datetime.now(UTC), TODAY)
    load(lake)


def index_of_january(lake: Lake, night: date) -> list[float]:
    rows = ask_known(lake.dataset, "select index_value from seen", night, {"seen": INDEX})
    return [float(value) for value in rows["index_value"].to_pylist()]


def revision_taken_back(lake: Lake, landing: Path) -> None:
    """Content that was seen before is news after other content."""
    for day, value in ((date(2024, 3, 10), "1.0"), (date(2024, 4, 10), "9.9"), (date(2024, 5, 10), "1.0")):
        deliver(lake, landing, "gscpi", [("2024-01", value)], day)
    assert index_of_january(lake, TODAY) == [1.0]


def order_of_taking(lake: Lake, landing: Path) -> None:
    """An older delivery that comes late brings nothing back."""
    for day, value in ((date(2024, 5, 10), "2.0"), (date(2024, 4, 10), "1.0")):
        deliver(lake, landing, "gscpi", [("2024-01", value)], day)
    assert index_of_january(lake, TODAY) == [2.0]


def figure_without_room(lake: Lake, landing: Path) -> None:
    """A figure that its column has no room for is set aside, and the night goes on."""
    deliver(lake, landing, "gscpi", [("2024-01", "9" * 26), ("2024-02", "0.5")], date(2024, 5, 10))
    assert lake.rows(INDEX).num_rows == lake.rows("ops.quarantine").num_rows == 1


def day_that_lies_ahead(lake: Lake, landing: Path) -> None:
    """No name makes a delivery one of a day that has not come."""
    write_file(landing, "gscpi", [("2024-01", "1.0")], "known_2099-01-01")
    listing = look(landing, TODAY)
    assert not listing.entries
    assert [problem.code for _, _, problem in listing.problems] == ["arrival_ahead"]


def stop_without_a_row(lake: Lake, landing: Path) -> None:
    """A month that was asked and has no row is a month without trade."""
    months = [f"{year}.{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)][:27]
    write_trade(landing, [(month, "ID", "800110", 900, 2000) for month in months], "known_2024-04-16")
    asked = ScopeFile(hs_codes=["800110"], flows=["I", "X"], first_month="2024-04", last_month="2024-04")
    path = write_trade(landing, [], "known_2024-05-16")
    path.with_name(path.name + ".scope.json").write_text(asked.model_dump_json(), encoding="utf-8")
    land(lake, landing, datetime.now(UTC), TODAY)
    load(lake)
    panel = build_panel(gather_items(lake.dataset, TODAY))
    assert (str(panel.months[-1]), panel.mass[0, -1]) == ("2024-04", 0.0)


def by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery.Delivery, "delivery_id", property(lambda self: self.sha256[:12]))


def newest_file_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    right = as_of.newest_first
    monkeypatch.setattr(
        as_of,
        "newest_first",
        lambda table: right(table).replace("order by known_at desc nulls last,", "order by ingested_at desc,"),
    )


def cast_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    right = table_load.typed_sql
    monkeypatch.setattr(
        table_load, "typed_sql", lambda *about: right(*about).replace("as decimal(20,6)) end", "as decimal(38,6)) end")
    )


def name_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = entries.stated_arrival
    monkeypatch.setattr(entries, "stated_arrival", lambda name, today: right(name, date.max))


def scope_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "keep_coverage", lambda lake: None)


PLANTED = [
    (revision_taken_back, by_bytes),
    (order_of_taking, newest_file_wins),
    (figure_without_room, cast_twice),
    (day_that_lies_ahead, name_trusted),
    (stop_without_a_row, scope_ignored),
]
NAMES = [behaviour.__name__ for behaviour, _ in PLANTED]


@pytest.mark.parametrize("behaviour", [each for each, _ in PLANTED], ids=NAMES)
def test_the_loader_behaves(behaviour: Behaviour, driver_lake: Lake, landing: Path) -> None:
    behaviour(driver_lake, landing)


@pytest.mark.parametrize(("behaviour", "plant"), PLANTED, ids=NAMES)
def test_a_wrong_variant_is_seen(
    behaviour: Behaviour,
    plant: Callable[[pytest.MonkeyPatch], None],
    driver_lake: Lake,
    landing: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017, PT011 - a wrong loader may fail in any way, or give wrong rows
        behaviour(driver_lake, landing)
