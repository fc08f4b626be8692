"""Ways in which a delivery of any source can be broken, and what the night says of each."""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from jobs import contracts
from jobs.contracts.model import Landing
from jobs.ingest.bronze.entries import fits

Lay = Callable[[Path, bytes], None]
KOREAN = "한국"
NO_TEXT = b"\xb0\xfc"  # two letters of EUC-KR, as a name that was written there
LONG_FIGURE = "9" * 26


def written(change: Callable[[bytes], bytes]) -> Lay:
    return lambda path, good: path.write_bytes(change(good)) and None


def header_changed(change: Callable[[list[bytes]], list[bytes]]) -> Lay:
    def lay(path: Path, good: bytes) -> None:
        header, rest = good.split(b"\n", 1)
        path.write_bytes(b",".join(change(header.split(b","))) + b"\n" + rest)

    return lay


def cells_filled(good: bytes, text: Callable[[str], str], count: int = 2) -> bytes:
    """A file of the same header whose records hold, by column, one text."""
    header = good.split(b"\n", 1)[0]
    record = ",".join(text(name) for name in header.decode("utf-8-sig").strip().split(","))
    return header.rstrip(b"\r") + b"\n" + f"{record}\n".encode() * count


def impossible(column: str) -> str:
    """A day of the year 0000 or 26 digits, whatever the column is about."""
    return (
        "0000-01-01" if any(part in column.lower() for part in ("date", "month", "year", "_on", "_at")) else LONG_FIGURE
    )


def archive(names: list[str], content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        for name in names:
            members.writestr(name, content)
    return packed.getvalue()


def locked_archive(good: bytes) -> bytes:
    """A zip of one file whose entries say that a password locks it."""
    packed = bytearray(archive(["0.csv"], good))
    packed[6] |= 1  # flags of the file's own header
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1  # and of its line in the list at the end
    return bytes(packed)


def unreadable(path: Path, good: bytes) -> None:
    path.write_bytes(good)
    path.chmod(0)


def noise(good: bytes) -> bytes:
    """A thousand bytes without meaning, the same each time."""
    return random.Random(len(good)).randbytes(1000)


# Ways that set a file aside, and the reason that is given.
SET_ASIDE: dict[str, tuple[Lay, str]] = {
    "page": (written(lambda _: b"<!DOCTYPE html><html>Service unavailable</html>"), "web_page"),
    "old_workbook": (written(lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 512), "workbook"),
    "workbook": (written(lambda _: archive(["xl/workbook.xml"], b"<workbook/>")), "workbook"),
    "pdf": (written(lambda _: b"%PDF-1.7\n"), "document"),
    "xml": (written(lambda _: b'<?xml version="1.0"?><r/>'), "document"),
    "json": (written(lambda _: b'{"resultCode": "99"}'), "document"),
    "utf16": (written(lambda good: good.decode("utf-8-sig").encode("utf-16")), "encoding"),
    "cp949": (written(lambda good: cells_filled(good, lambda _: KOREAN).decode().encode("cp949")), "encoding"),
    "semicolons": (written(lambda good: good.replace(b",", b";")), "separator"),
    "tabs": (written(lambda good: good.replace(b",", b"\t")), "separator"),
    "returns": (written(lambda good: good.replace(b"\r", b"").replace(b"\n", b"\r")), "line_ends"),
    "column_gone": (header_changed(lambda names: names[1:]), "header"),
    "column_twice": (header_changed(lambda names: [names[0], *names]), "header"),
    "no_header": (written(lambda good: good.split(b"\n", 1)[1]), "header"),
    "gzip_cut": (written(lambda good: gzip.compress(good * 50)[:-16]), "damaged_archive"),
    "zip_of_two": (written(lambda good: archive(["0.csv", "1.csv"], good)), "archive_of_several"),
    "zip_locked": (written(locked_archive), "locked_archive"),
    "folder": (lambda path, _: path.mkdir(), "not_a_file"),
    "pipe": (lambda path, _: os.mkfifo(path), "not_a_file"),
    "dead_link": (lambda path, _: path.symlink_to("nothing"), "dead_link"),
    "circular_link": (lambda path, _: path.symlink_to(path.name), "dead_link"),
    "outside": (lambda path, _: path.symlink_to("/etc/hostname"), "leads_outside"),
    "unreadable": (unreadable, "unreadable"),
    "name_no_text": (written(lambda good: good), "name_not_text"),
    "known_2024-02-30": (written(lambda good: good), "no_such_day"),
    "known_2099-01-01": (written(lambda good: good), "arrival_ahead"),
}
# Ways that leave a file which is taken, or set aside for what its records are: both are said.
READ: dict[str, Lay] = {
    "empty": written(lambda _: b""),
    "blank_first_line": written(lambda good: b"\n" + good),
    "header_only": written(lambda good: good.split(b"\n", 1)[0] + b"\n"),
    "cut_in_a_line": written(lambda good: good[: len(good) - len(good.rstrip().rpartition(b"\n")[2]) // 2 - 1]),
    "random_bytes": written(noise),
    "impossible_values": written(lambda good: cells_filled(good, impossible, 20)),
}
LAYS: dict[str, Lay] = {**{name: lay for name, (lay, _) in SET_ASIDE.items()}, **READ}


def sound(delivered: Landing) -> bytes:
    """A file of a source with two records, whatever they state."""
    lines = [",".join(delivered.columns)]
    lines += [",".join(KOREAN for _ in delivered.columns) for _ in range(2)]
    return "".join(f"{line}\n" for line in lines).encode()


def name_of(delivered: Landing, way: str, day: str = "") -> str:
    """Name of a file that fits the contract and tells of the way, and of the day on which it came if one is given."""
    name = delivered.pattern.replace("*", f"_{way}_known_{day}" if day else f"_{way}")
    return os.fsdecode(name.encode().replace(b"no_text", NO_TEXT)) if way == "name_no_text" else name


def lay(folder: Path, delivered: Landing, way: str, good: bytes, day: str = "") -> Path:
    """Lay a broken file of a source into a landing folder; returns where."""
    path = folder / delivered.folder / name_of(delivered, way, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    LAYS[way](path, good)
    return path


def is_known_way(delivered: Landing, way: str) -> bool:
    """Whether a source can be broken in a way at all: one column has no separator, root may read everything."""
    if way == "unreadable":
        return os.geteuid() != 0
    return len(delivered.columns) > 1 or way not in ("semicolons", "tabs")


def hit_by(path: Path) -> set[str]:
    """Sources whose contracts the name of a file fits."""
    return {
        each.source
        for each in contracts.landings()
        if each.folder == path.parent.name and fits(path.name, each.pattern)
    }
