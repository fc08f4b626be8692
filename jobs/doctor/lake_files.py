"""Whether the lake is whole: the log of every table, and every data file against what was recorded at its commit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as parquet
from deltalake import DeltaTable

from jobs.error_words import first_line, text_of
from jobs.lake.checksums import hash_of, recorded
from jobs.lake.logs import LOG, LakeDamaged, check_log, is_written
from jobs.paths import plain_path, table_uri


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A file that is not what was written.

    Attributes:
        table: its table, as `layer.name`.
        path: the file, or the folder of the log where a part of it is gone.
        code: what is wrong: the sentence `damage.<code>`.
        params: parameters of the sentence.
    """

    table: str
    path: Path
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(kw_only=True)
class Findings:
    """What an examination of a lake came to.

    Attributes:
        tables: tables looked at.
        files: data files looked at.
        without_hash: those of them of which nothing was recorded, so that only their structure and the checksums of
            their pages, where their writer made them, could be checked.
        damage: what is not as it was written.
    """

    tables: int = 0
    files: int = 0
    without_hash: int = 0
    damage: list[Damage] = field(default_factory=list)


def examine_lake(root: Path) -> Findings:
    """Every table of a lake on this machine, in the order of layers and names."""
    result = Findings()
    for place in sorted(root.glob("*/*")):
        if place.is_dir() and not place.parent.name.startswith((".", "_")):
            examine_table(place, f"{place.parent.name}.{place.name}", result)
    return result


def examine_table(place: Path, name: str, result: Findings) -> None:
    """Add what is to be said of one table."""
    try:
        check_log(place, name)
        if not is_written(place, name):
            return
    except LakeDamaged as error:
        result.tables += 1
        result.damage.append(Damage(table=name, path=place / LOG, code=error.code, params=error.params))
        return
    result.tables += 1
    records = recorded(place)
    result.damage += [Damage(table=name, path=path, code="changed") for path in changed_commits(place, records)]
    try:
        log = DeltaTable(table_uri(f"{plain_path(place.parents[1])}/{place.parent.name}/{place.name}"))
        files = pa.table(log.get_add_actions(flatten=True)).select(["path", "size_bytes"]).to_pylist()
    except Exception as error:  # delta-rs has an error for each way in which a log can be broken
        reason = first_line(text_of(error))
        result.damage.append(Damage(table=name, path=place / LOG, code="log_unreadable", params={"reason": reason}))
        return
    hashes = {path: value for record in records.values() for path, value in record["files"].items()}
    for file in files:
        path = unquote(file["path"])
        result.files += 1
        result.without_hash += path not in hashes
        if problem := problem_of(place / path, file["size_bytes"], hashes.get(path)):
            result.damage.append(Damage(table=name, path=place / path, code=problem[0], params=problem[1]))


def changed_commits(place: Path, records: Mapping[int, Mapping[str, object]]) -> Iterator[Path]:
    """Commits of a log that are not what was recorded; those that the log has outlived are gone for good."""
    for version, record in records.items():
        path = place / LOG / f"{version:020}.json"
        if path.is_file() and hash_of(path) != record.get("commit"):
            yield path


def problem_of(path: Path, size: int, recorded_hash: str | None) -> tuple[str, dict[str, object]] | None:
    """What is wrong with a data file: a code and its parameters; None where nothing is."""
    try:
        stored = path.stat().st_size
        if stored != size:
            return "size", {"size": stored, "expected": size}
        if recorded_hash is not None:
            return None if hash_of(path) == recorded_hash else ("changed", {})
        with parquet.ParquetFile(os.fspath(path), page_checksum_verification=True) as file:
            for _ in file.iter_batches():  # the pages are decoded, and compared with their checksums
                pass
    except FileNotFoundError:
        return "missing", {}
    except (OSError, pa.ArrowException) as error:
        return "unreadable", {"reason": first_line(text_of(error))}
    return None
