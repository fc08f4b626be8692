"""Every source, broken in every way at once: each broken file is named or counted, and the sound source goes on."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs import contracts
from jobs.contracts.messages import LANGUAGES, say
from jobs.contracts.model import Landing
from jobs.ingest.bronze.journal import reason_of
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, take, write_file

Break = Callable[[Path, bytes], None]
KOREAN = "한국"


def archive(count: int, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        for n in range(count):
            members.writestr(f"{n}.csv", content)
    return packed.getvalue()


def written(change: Callable[[bytes], bytes]) -> Break:
    return lambda path, good: path.write_bytes(change(good)) and None


def header_changed(change: Callable[[list[bytes]], list[bytes]]) -> Break:
    def lay(path: Path, good: bytes) -> None:
        header, rest = good.split(b"\n", 1)
        path.write_bytes(b",".join(change(header.split(b","))) + b"\n" + rest)

    return lay


# Ways to break a delivery, and the reason that is given.
WAYS: dict[str, tuple[Break, str]] = {
    "page": (written(lambda _: b"<!DOCTYPE html><html>Service unavailable</html>"), "web_page"),
    "old_workbook": (written(lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 512), "workbook"),
    "workbook": (written(lambda _: workbook()), "workbook"),
    "pdf": (written(lambda _: b"%PDF-1.7\n"), "document"),
    "xml": (written(lambda _: b'<?xml version="1.0"?><r/>'), "document"),
    "json": (written(lambda _: b'{"resultCode": "99"}'), "document"),
    "utf16": (written(lambda good: good.decode("utf-8-sig").encode("utf-16")), "encoding"),
    "cp949": (written(lambda good: good.decode("utf-8-sig").encode("cp949")), "encoding"),
    "semicolons": (written(lambda good: good.replace(b",", b";")), "separator"),
    "tabs": (written(lambda good: good.replace(b",", b"\t")), "separator"),
    "returns": (written(lambda good: good.replace(b"\n", b"\r")), "line_ends"),
    "column_gone": (header_changed(lambda names: names[1:]), "header"),
    "column_twice": (header_changed(lambda names: [names[0], *names]), "header"),
    "no_header": (written(lambda good: good.split(b"\n", 1)[1]), "header"),
    "gzip_cut": (written(lambda good: gzip.compress(good * 50)[:-16]), "damaged_archive"),
    "zip_of_two": (written(lambda good: archive(2, good)), "archive_of_several"),
    "folder": (lambda path, _: path.mkdir(), "not_a_file"),
    "pipe": (lambda path, _: os.mkfifo(path), "not_a_file"),
    "dead_link": (lambda path, _: path.symlink_to("nothing"), "dead_link"),
    "outside": (lambda path, _: path.symlink_to("/etc/hostname"), "leads_outside"),
    "known_2024-02-30": (written(lambda good: good), "no_such_day"),
    "known_2099-01-01": (written(lambda good: good), "arrival_ahead"),
}


def workbook() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def sound(delivered: Landing) -> bytes:
    """A file of a source with two records, whatever they state."""
    lines = [",".join(delivered.columns)]
    lines += [",".join(KOREAN for _ in delivered.columns) for _ in range(2)]
    return "".join(f"{line}\n" for line in lines).encode()


def file_of(delivered: Landing, way: str) -> str:
    """Name of a file that fits the contract and tells of the way."""
    return delivered.pattern.replace("*", f"_{way}")


def is_known_way(delivered: Landing, way: str) -> bool:
    """Whether a way of being broken can be told at all in a file of this source."""
    return len(delivered.columns) > 1 or way not in ("semicolons", "tabs")


@pytest.mark.parametrize("source", [each.source for each in contracts.landings()])
def test_a_source_broken_in_every_way_stops_itself_alone(driver_lake: Lake, landing: Path, source: str) -> None:
    delivered = contracts.landing(source)
    ways = {name: way for name, way in WAYS.items() if is_known_way(delivered, name)}
    (landing / delivered.folder).mkdir()
    for name, (lay, _) in ways.items():
        lay(landing / delivered.folder / file_of(delivered, name), sound(delivered))
    other = "gscpi" if delivered.folder != "gscpi" else "portwatch_straits"
    write_file(landing, other, [("2024-05-01", "0.5")], "sound")
    landed = take(driver_lake, landing)
    assert list(landed.taken) == [other]
    reasons = {row["source_file"]: row["reason_code"] for row in landed.set_aside if row["source"] == source}
    assert reasons == {f"{delivered.folder}/{file_of(delivered, way)}": reason for way, (_, reason) in ways.items()}
    for row in landed.set_aside:
        code, params = reason_of(row)
        assert all(row["source_file"] in say(code, lang, params) for lang in LANGUAGES)
    again = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (again.taken, len(again.set_aside)) == ({}, len(landed.set_aside))
