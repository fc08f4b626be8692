"""The scope file beside a delivery, `<delivery>.scope.json`: what it covers. It is a companion, never a delivery.

Its shape is `jobs.contracts.scope_file.ScopeFile` or `FullTable`. A fetch writes it before the delivery: whoever sees
the one sees the other. One that can not be read sets its delivery aside: what a file without rows says would
be guesswork.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from jobs.contracts.scope_file import FullTable, ScopeFile, parse_scope
from jobs.ingest.bronze.content import Stamp, Unusable, open_file

SUFFIX = ".scope.json"
MOST_BYTES = 1 << 22  # some thousand codes take 100 kB


def is_companion(name: str, names: Collection[str]) -> bool:
    """Whether a name is that of a scope file whose delivery lies beside it.

    >>> is_companion("a.csv.scope.json", ["a.csv"]), is_companion("a.scope.json", ["a.csv"]), is_companion("a.csv", [])
    (True, True, False)
    """
    of = name.lower().removesuffix(SUFFIX)
    return of != name.lower() and any(of in names_of(each.lower()) for each in names)


def names_of(delivery: str) -> tuple[str, str]:
    """What a scope file may be called, its suffix apart: as its delivery, with or without the delivery's suffix."""
    return delivery, os.path.splitext(delivery)[0]


def scope_beside(path: Path) -> Path | None:
    """The scope file of a delivery; None where there is none."""
    beside = [path.with_name(name + SUFFIX) for name in names_of(path.name)]
    return next((each for each in beside if os.path.lexists(each)), None)


def with_scope(stamp: Stamp, path: Path) -> Stamp:
    """The stamp of a delivery and its scope file as one, so that a change of either is seen."""
    beside = scope_beside(path)
    try:
        of_scope = Stamp.of(beside.stat()) if beside else None
    except OSError:
        of_scope = None
    if of_scope is None:
        return stamp
    return Stamp(stamp.size + of_scope.size, max(stamp.modified_at, of_scope.modified_at))


def read_scope(path: Path, today: date) -> ScopeFile | FullTable | None:
    """What the scope file of a delivery states; None where there is none.

    Raises:
        Unusable: it can not be read, does not state a scope, or states a day that lies ahead.
    """
    beside = scope_beside(path)
    if beside is None:
        return None
    try:
        with open_file(beside) as file:
            scope = parse_scope(file.read(MOST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise Unusable("scope_file", found=f"{where}: {first['msg']}") from error
    except IsADirectoryError as error:
        raise Unusable("scope_file", found=str(error.strerror)) from error
    except Unusable as error:
        raise Unusable("scope_file", found=error.problem.params.get("reason", error.problem.code)) from error
    if scope and scope.known_on and scope.known_on > today:
        raise Unusable("scope_ahead", day=scope.known_on.isoformat(), today=today.isoformat())
    return scope
