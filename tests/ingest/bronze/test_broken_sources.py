"""Every source, broken in every way at once: each broken file is named or counted, and the sound source goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jobs import contracts
from jobs.contracts.messages import LANGUAGES, say
from jobs.ingest.bronze.entries import shown
from jobs.ingest.bronze.journal import reason_of
from jobs.lake.delta import Lake
from tests.builders.broken_files import READ, SET_ASIDE, is_known_way, lay, name_of, sound
from tests.builders.landing import TODAY, take, write_file

SOURCES = [each.source for each in contracts.landings()]


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_broken_in_every_way_stops_itself_alone(driver_lake: Lake, landing: Path, source: str) -> None:
    delivered = contracts.landing(source)
    ways = [way for way in SET_ASIDE if is_known_way(delivered, way)]
    for way in ways:
        lay(landing, delivered, way, sound(delivered))
    other = "gscpi" if delivered.folder != "gscpi" else "portwatch_straits"
    write_file(landing, other, [("2024-05-01", "0.5")], "sound")
    landed = take(driver_lake, landing)
    assert list(landed.taken) == [other]
    reasons = {row["source_file"]: row["reason_code"] for row in landed.set_aside if row["source"] == source}
    assert reasons == {
        f"{delivered.folder}/{shown(name_of(delivered, way))}": reason
        for way, (_, reason) in SET_ASIDE.items()
        if way in ways
    }
    for row in landed.set_aside:
        code, params = reason_of(row)
        assert all(row["source_file"] in say(code, lang, params) for lang in LANGUAGES)
    again = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (again.taken, len(again.set_aside)) == ({}, len(landed.set_aside))


@pytest.mark.parametrize("way", READ)
@pytest.mark.parametrize("source", SOURCES)
def test_a_file_that_can_be_read_is_read_or_set_aside_by_name(
    driver_lake: Lake, landing: Path, source: str, way: str
) -> None:
    delivered = contracts.landing(source)
    path = lay(landing, delivered, way, sound(delivered))
    landed = take(driver_lake, landing)
    name = f"{delivered.folder}/{path.name}"
    said = {row["source_file"] for row in landed.set_aside if row["source"] == source}
    assert (name in landed.taken.get(source, [])) != (name in said)
