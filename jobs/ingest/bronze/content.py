"""What a delivered file holds, before it is read: plain text that keeps its contract, or something else, and what.

People save what a browser shows, open a file in a spreadsheet and save it again, or send an archive. Each of these is
recognised by its first bytes and refused with one sentence that says what was found. Archives of one file are opened.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zipfile
import zlib
from codecs import BOM_UTF8 as BYTE_ORDER_MARK
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from jobs.contracts.model import Landing
from jobs.ingest.bronze.lines import LONGEST_RECORD, decode, split_header
from jobs.ingest.bronze.patience import PatientFile, TookTooLong, within
from jobs.settings import settings

HEAD_BYTES = 1 << 16
CHUNK_BYTES = 1 << 20
CHANGED = "changed"  # code of a problem that time mends
READ_TIMEOUT = "read_timeout"  # code of one that the other files of its source share
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GZIP, ZIP, OLD_OFFICE, PDF = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0", b"%PDF"
WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
KOREAN = ("utf-8-sig", "cp949")  # encodings in which Korean offices save text
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError)


@dataclass(frozen=True)
class Problem:
    """Why an entry of the landing folder is not taken: code of a sentence `landing.<code>`, and its parameters."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


class Unusable(Exception):
    """A file that can not be taken as a delivery of its source."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, params)


@dataclass(frozen=True)
class Stamp:
    """Size and time of a file: one that has both as before is taken to be unchanged."""

    size: int
    modified_at: datetime

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp that a look at a file gives, to the microsecond, as the lake keeps it."""
        since = timedelta(microseconds=status.st_mtime_ns // 1000)
        return cls(size=status.st_size, modified_at=EPOCH + since)


@contextmanager
def open_file(path: Path) -> Iterator[BufferedReader]:
    """The bytes of a regular file, within a time limit; opening never waits for another process, as a named pipe would.

    Raises:
        Unusable: it is no regular file, or can not be opened.
    """
    limit = settings().read_timeout
    try:
        number = within(limit, lambda: os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        raise unreadable(error) from error
    with cast(BufferedReader, BufferedReader(PatientFile(number, limit), CHUNK_BYTES)) as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise Unusable("not_a_file")
        yield file


def unreadable(error: OSError) -> Unusable:
    """What is said of a file or folder that the machine does not give."""
    if isinstance(error, TookTooLong):
        return Unusable(READ_TIMEOUT, seconds=f"{error.seconds:g}")
    return Unusable("unreadable", reason=error.strerror or str(error))


def look_at_stamp(path: Path) -> Stamp | None:
    """Size and time of a file as it lies there now; None where it is gone or does not answer."""
    try:
        return Stamp.of(within(settings().read_timeout, path.stat))
    except OSError:
        return None


@contextmanager
def open_content(path: Path) -> Iterator[BinaryIO]:
    """The text of a delivery as bytes, out of its archive where it came in one.

    Raises:
        Unusable: see `open_file`; the archive is damaged, locked, or holds not exactly one file.
    """
    with open_file(path) as file:
        head = file.read(len(ZIP[0]))
        file.seek(0)
        try:
            if head.startswith(GZIP):
                with gzip.open(file) as content:
                    yield cast(BinaryIO, content)
            elif head in ZIP:
                with zipfile.ZipFile(file) as archive, archive.open(single_member(archive)) as content:
                    yield cast(BinaryIO, content)
            else:
                yield file
        except DAMAGED as error:
            raise Unusable("damaged_archive", reason=str(error)) from error
        except OSError as error:
            raise unreadable(error) from error


def single_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The only file of an archive.

    Raises:
        Unusable: it is a workbook, is locked, or holds none or several.
    """
    members = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if any(each.filename.startswith("xl/") for each in members):
        raise Unusable("workbook")
    if len(members) != 1:
        raise Unusable("archive_of_several", n=str(len(members)))
    if members[0].flag_bits & 1:
        raise Unusable("locked_archive")
    return members[0]


def hash_file(path: Path) -> tuple[str, Stamp]:
    """SHA-256 of a file's bytes, and its stamp before they were read.

    Raises:
        Unusable: see `open_file`.
    """
    with open_file(path) as file:
        stamp = Stamp.of(os.fstat(file.fileno()))
        try:
            return hashlib.file_digest(file, "sha256").hexdigest(), stamp
        except OSError as error:
            raise unreadable(error) from error


def lines_of(content: BinaryIO) -> Iterator[bytes]:
    """Lines of a file, those cut that are longer than any record."""
    return iter(lambda: content.readline(LONGEST_RECORD), b"")


def first_line(content: BinaryIO) -> bytes:
    """The first line that is not blank; nothing where there is none."""
    return next((line for line in lines_of(content) if line.removeprefix(BYTE_ORDER_MARK).strip()), b"")


def check_content(path: Path, delivered: Landing) -> tuple[str, ...]:
    """Columns that a file brings beyond its contract; one that is empty, or of another encoding, brings none.

    Raises:
        Unusable: it is something else than what the contract describes, or lacks columns.
    """
    with open_content(path) as content:
        head = content.read(HEAD_BYTES)
        refuse_other_formats(head)
        line = head.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n\t ").partition(b"\n")[0] + b"\n"
        while not isinstance(content, BufferedReader) and content.read(CHUNK_BYTES):
            pass  # the checksum of an archive is checked at its end
    refuse_other_encodings(head, line, delivered)
    text = decode(line, delivered.encoding)
    if text is None or not text.strip():
        return ()
    header = read_header(text, b"\n" in head, delivered)
    return tuple(column for column in header if column not in delivered.columns)


def refuse_other_formats(head: bytes) -> None:
    """Refuse what is no text with columns.

    Raises:
        Unusable: the bytes are those of a web page, a workbook, a document, or text of two bytes a character.
    """
    if head.startswith(OLD_OFFICE):
        raise Unusable("workbook")
    if head.startswith(PDF):
        raise Unusable("document", found="PDF")
    begins = head.lstrip(b"\xef\xbb\xbf\r\n\t ")[:64].lower()
    if begins.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise Unusable("web_page")
    if begins.startswith(b"<"):
        raise Unusable("document", found="XML")
    if begins.startswith((b"{", b"[")):
        raise Unusable("document", found="JSON")
    if head[:2] in WIDE or head[:HEAD_BYTES].count(b"\0") > len(head) // 4:
        raise Unusable("encoding", found="UTF-16", expected="UTF-8")


def refuse_other_encodings(head: bytes, header: bytes, delivered: Landing) -> None:
    """Refuse a file most of whose first lines are in another encoding that is known; single lines are rejected alone.

    Raises:
        Unusable: the file is text in another encoding than the contract's.
    """
    lines = head.splitlines(keepends=True)
    whole = lines[:-1] if len(head) == HEAD_BYTES else lines
    if decode(b"".join([header, *whole]), delivered.encoding) is not None:  # most files, at a glance
        return
    undecodable = sum(decode(line, delivered.encoding) is None for line in whole[1:])
    if 2 * undecodable <= len(whole) - 1 and decode(header, delivered.encoding) is not None:
        return
    for encoding in KOREAN:
        text, names = decode(b"".join(whole), encoding), decode(header, encoding)
        if text is not None and names is not None and set(delivered.columns) <= set(split_header(names)):
            raise Unusable("encoding", found=encoding.upper().removesuffix("-SIG"), expected=delivered.encoding.upper())


def read_header(text: str, has_lines: bool, delivered: Landing) -> list[str]:
    """Names of a file's columns, all of the contract's among them.

    Raises:
        Unusable: lines end in another way, something else than commas stands between the columns, a column of the
            contract is missing, or one stands twice.
    """
    wanted = set(delivered.columns)
    if not has_lines and "\r" in text and wanted <= set(split_header(text.replace("\r", "\n"))):
        raise Unusable("line_ends")
    header = split_header(text)
    for separator, name in SEPARATORS.items():
        if not wanted <= set(header) and wanted <= set(split_header(text, separator)):
            raise Unusable("separator", found=name)
    missing = [column for column in delivered.columns if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    if missing or twice:
        raise Unusable("header", missing=", ".join(missing) or "-", twice=", ".join(twice) or "-")
    return header
