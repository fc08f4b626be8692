"""What lies in the landing folder: files that contracts name, and entries that can not be deliveries, each with why.

Nothing is opened here, and no name is trusted: a folder, a pipe, a link that leads nowhere or outside, bytes that are
no text, a day that does not exist or lies ahead end as a sentence about that one entry.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from jobs import contracts
from jobs.contracts.model import Landing
from jobs.ingest.bronze.content import Problem, Stamp, Unusable, unreadable
from jobs.ingest.bronze.patience import within
from jobs.ingest.bronze.scope_file import is_companion, with_scope
from jobs.settings import settings

STATED_ARRIVAL = re.compile(r"_known_([^_.]*)", re.IGNORECASE)
COPY_MARK = re.compile(r" ?\(\d+\)$")  # what a browser appends to a name that is taken: `..._known_2024-05-15 (1).csv`
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
PACKED = (".gz", ".zip")
DONE = ".done"  # a file of this name beside a delivery says that it is written to its end
# What machines leave behind: hidden files, locks of office programs, uploads under way.
PASSED_OVER = (".*", "~$*", "*.tmp", "*.part", "*.partial", "*.crdownload", "*.swp", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A regular file whose name fits a landing contract.

    Attributes:
        path: where it lies.
        source_file: its path below the landing folder, as text that can be shown and stored.
        delivered: the contract.
        stamp: size and time at this look, those of its scope file among them.
        stated_on: the day that its name states; None where it states none.
        is_done: a file beside it says that it is whole.
    """

    path: Path
    source_file: str
    delivered: Landing
    stamp: Stamp
    stated_on: date | None
    is_done: bool


@dataclass(kw_only=True)
class Listing:
    """One look at the landing folder.

    Attributes:
        entries: files that may be deliveries, by source, then by time and name.
        problems: entries that fit a contract and can not be deliveries: contract, name and why.
        unknown: names of entries that no contract fits.
    """

    entries: list[Entry] = field(default_factory=list)
    problems: list[tuple[Landing, str, Problem]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def shown(name: str) -> str:
    """A name as text: bytes that are none, and characters that do not show, are written as escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def stated_arrival(name: str, today: date) -> date | None:
    """The day on which a delivery says it became known, from `_known_YYYY-MM-DD` in its name.

    Raises:
        Unusable: it states no day that exists, or one that lies ahead.
    """
    match = STATED_ARRIVAL.search(name)
    if match is None:
        return None
    text = COPY_MARK.sub("", match[1])
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise Unusable("no_such_day", text=shown(match[1]))
    if day > today:
        raise Unusable("arrival_ahead", day=day.isoformat(), today=today.isoformat())
    return day


def fits(name: str, pattern: str) -> bool:
    """Whether a file's name fits a contract's pattern, in letters of either case, packed or not.

    >>> fits("GSCPI_Monthly_2024.CSV.gz", "gscpi_monthly*.csv")
    True
    """
    lower, wanted = name.lower(), pattern.lower()
    suffix = os.path.splitext(wanted)[1]
    names = [lower]
    for packed in PACKED:
        if lower.endswith(packed):
            bare = lower.removesuffix(packed)
            names += [bare, bare + suffix]
    return any(fnmatchcase(each, wanted) for each in names)


def is_passed_over(name: str) -> bool:
    """Whether a name is one that machines leave behind."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in PASSED_OVER)


def look(folder: Path, today: date) -> Listing:
    """Everything in the landing folder, one level below it, by the contract that names it; each folder within a time
    limit.
    """
    by_folder: dict[str, list[Landing]] = {}
    for delivered in contracts.landings():
        by_folder.setdefault(delivered.folder, []).append(delivered)
    listing = Listing()
    for place in names_in(folder):
        if place not in by_folder:
            listing.unknown.append(shown(place))
            continue
        try:
            part = within(settings().read_timeout, partial(look_into, folder, place, by_folder[place], today))
        except OSError as error:
            part = Listing(problems=[(each, place, unreadable(error).problem) for each in by_folder[place]])
        listing.entries += part.entries
        listing.problems += part.problems
        listing.unknown += part.unknown
    listing.entries.sort(key=lambda each: (each.delivered.source, each.stamp.modified_at, each.source_file))
    return listing


def look_into(folder: Path, place: str, known: list[Landing], today: date) -> Listing:
    """Everything in one folder of the landing folder.

    Raises:
        OSError: it can not be read.
    """
    listing = Listing()
    if not (folder / place).is_dir():
        return Listing(unknown=[shown(place)])
    names = names_in(folder / place)
    for name in names:
        if not (name.lower().endswith(DONE) and name[: -len(DONE)] in names) and not is_companion(name, names):
            look_at(folder, place, name, known, listing, today)
    return listing


def names_in(folder: Path) -> list[str]:
    """Names in a folder but those that machines leave behind."""
    return sorted((name for name in os.listdir(folder) if not is_passed_over(name)), key=os.fsencode)


def look_at(folder: Path, place: str, name: str, known: list[Landing], listing: Listing, today: date) -> None:
    """Add one entry to the listing, once for each contract that it fits."""
    path, source_file = folder / place / name, f"{place}/{shown(name)}"
    fitting = [each for each in known if fits(shown(name), each.pattern)]
    if not fitting:
        listing.unknown.append(source_file)
        return
    try:
        stated_on = stated_arrival(name, today)
        stamp = with_scope(Stamp.of(check_entry(path, folder)), path)
    except Unusable as error:
        listing.problems += [(delivered, source_file, error.problem) for delivered in fitting]
        return
    is_done = path.with_name(name + DONE).is_file()
    listing.entries += [
        Entry(
            path=path,
            source_file=source_file,
            delivered=delivered,
            stamp=stamp,
            stated_on=stated_on,
            is_done=is_done,
        )
        for delivered in fitting
    ]


def check_entry(path: Path, folder: Path) -> os.stat_result:
    """What the machine says of an entry that is a regular file inside the landing folder.

    Raises:
        Unusable: it is something else.
    """
    if shown(path.name) != path.name:
        raise Unusable("name_not_text")
    try:
        status = path.stat()
        inside = path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:  # a link that leads nowhere, or in a circle
        raise Unusable("dead_link" if path.is_symlink() else "unreadable", reason=str(error)) from error
    if not inside:
        raise Unusable("leads_outside")
    if not stat.S_ISREG(status.st_mode):
        raise Unusable("not_a_file")
    return status
