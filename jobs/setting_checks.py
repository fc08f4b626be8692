"""What a setting may be. A refusal names the variable, its value and what is allowed, in both languages.

What is wrong with a value is one sentence a variable, `setting.<name>` in schemas/messages: it says what is allowed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from jobs import contracts
from jobs.contracts.messages import in_both, say
from jobs.paths import is_plain

PREFIX = "CUSTOMS_"
# Read elsewhere: by jobs.contracts, jobs.fetch and docker/compose.yml.
OTHERS = ("schemas", "kcs_key", "landing_folder", "worker_cores", "worker_memory")
CAPACITY_OF = "capacity_"
# A name that is so near to one of ours is a slip of the pen; others under the prefix belong to somebody else.
ALIKE = 0.75
SHOWN = 120  # characters of a value that a sentence shows

COUNT = r"[1-9]\d{0,2}"
HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}"
MASTER = re.compile(
    rf"local|local\[(?:\*|{COUNT})(?:,{COUNT})?\]|local-cluster\[{COUNT},{COUNT},[1-9]\d{{0,6}}\]"
    rf"|spark://{HOST}(?:,{HOST})*|yarn|k8s://https?://\S+",
    re.ASCII,
)
LAKE_URI = re.compile(r"(?:s3a?|gs|az|abfss?|hdfs|file)://\S+")
DIALECTS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
PASSWORD = re.compile(r"(://[^:/@]*):.*@", re.DOTALL)
NO_ZONES = {"Factory", "localtime"}  # files of the zones' folder that Java knows no zone of


class SettingRefused(ValueError):
    """A variable cannot be used; the message says which, its value and what is allowed (exit code 2)."""

    def __init__(self, code: str, *, name: str, value: str, **params: object) -> None:
        self.name = name
        said = {"name": name, "value": as_shown(value)}
        try:
            text = in_both(
                lambda lang: say("setting.refused", lang, said | {"allowed": say(f"setting.{code}", lang, params)})
            )
        except contracts.ContractError:  # the messages themselves are not where CUSTOMS_SCHEMAS says
            text = f"{name}={as_shown(value)}: no folder of contracts"
        super().__init__(text)


def as_shown(value: str) -> str:
    """A value as a sentence can show it: short, printable, without a password.

    >>> as_shown("mysql://me:secret@here/db")
    'mysql://me:***@here/db'
    """
    text = PASSWORD.sub(r"\1:***@", value)
    text = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def variable(field: str) -> str:
    """Name of the variable of a setting."""
    return PREFIX + field.upper()


def check_names(environment: Mapping[str, str], fields: Collection[str]) -> list[str]:
    """Refuse a variable that looks like one of ours and is none.

    Returns:
        Kinds of alert that have a capacity of their own.
    """
    if not (contracts.SCHEMAS / "messages").is_dir():
        raise SettingRefused("schemas", name=variable("schemas"), value=str(contracts.SCHEMAS))
    given = [name for name in environment if name.upper().startswith(PREFIX)]
    kinds = [path.name for path in sorted((contracts.SCHEMAS / "detectors").iterdir()) if path.is_dir()]
    known = [*fields, *OTHERS, *(CAPACITY_OF + kind for kind in kinds)]
    for name in given:
        field = name[len(PREFIX) :].lower()
        if field in known and (name == name.upper() or field in fields):
            continue
        nearest = get_close_matches(field, known, 1, ALIKE)
        if field.startswith(CAPACITY_OF):
            raise SettingRefused("kind", name=name, value=environment[name], kinds=", ".join(kinds))
        if nearest:
            raise SettingRefused("name", name=name, value=environment[name], nearest=variable(nearest[0]))
    return [kind for kind in kinds if variable(CAPACITY_OF + kind) in given]


def refusal_of(error: ValidationError, environment: Mapping[str, str]) -> SettingRefused:
    """The first complaint of a failed validation as a refusal that names the variable."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    given = {name.upper(): (name, value) for name, value in environment.items()}
    name, value = given.get(variable(field), (variable(field), str(first["input"])))
    problem = first.get("ctx", {}).get("error")
    if isinstance(problem, SettingRefused):
        return problem
    return SettingRefused(field, name=name, value=value)


def check_text(path: Path) -> Path:
    """A path without bytes that are no text, and not blank."""
    text = str(path)
    if not text.strip():
        raise ValueError("blank")
    text.encode()  # a UnicodeEncodeError is a ValueError
    return path


def check_folder(path: Path) -> Path:
    """A path that is a folder, or may become one."""
    try:
        check_text(path)
        path.exists()  # raises where no folder can be of that name
        nearest = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
        if not nearest.is_dir():
            raise ValueError("not a folder")
    except PermissionError:  # a fault of the machine, which whoever opens it will say
        return path
    except OSError as error:  # too long, a circle of links, a file on the way to it
        raise ValueError(str(error)) from error
    return path


def check_lake(place: str) -> str:
    """A folder, or a URI of a kind of storage that both Spark and delta-rs know."""
    if "://" not in place:
        check_folder(Path(place))
    elif not LAKE_URI.fullmatch(place):
        raise ValueError("no storage")
    return place


def check_master(master: str) -> str:
    """A master that Spark knows; the number of threads is one that a machine can have."""
    if not MASTER.fullmatch(master):
        raise ValueError("no master")
    return master


def check_timezone(name: str) -> str:
    """A zone of the IANA list, written as it is there: Python, Spark and DuckDB all look it up."""
    if name not in available_timezones() - NO_ZONES:
        raise ValueError("no zone")
    ZoneInfo(name)
    return name


def check_database_url(url: str) -> str:
    """A URL of one of the databases that hold decisions; the lake's lock lives there too."""
    if url.partition("://")[0] not in DIALECTS or "://" not in url:
        raise ValueError("no dialect")
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("no URL") from error
    if parsed.drivername.startswith("sqlite") and (parsed.host or parsed.port):
        raise ValueError("sqlite has no host")
    return url


def check_disjoint(places: Mapping[str, str]) -> None:
    """Refuse folders that are the same or lie one inside the other.

    What is written to the one would be read as a delivery, published, or deleted with the other.
    """
    real = {name: Path(os.path.realpath(place)) for name, place in places.items() if "://" not in place}
    for (one, its), (other, others) in combinations(real.items(), 2):
        inner, outer = (one, other) if its.is_relative_to(others) else (other, one)
        if real[inner].is_relative_to(real[outer]):
            raise SettingRefused(
                "disjoint",
                name=variable(inner),
                value=places[inner],
                other=variable(outer),
                place=as_shown(places[outer]),
            )


def check_reach(lake: str, master: str) -> None:
    """Refuse a lake that only this machine reaches by a plain path, where Spark works on others too."""
    if not master.startswith("local") and "://" not in lake and not is_plain(lake):
        raise SettingRefused("reach", name=variable("lake"), value=lake, master=master)
