"""What the data files of a table hold, recorded when they are committed, so that a byte that changes is noticed.

Spark writes a checksum into every page of a Parquet file, delta-rs none, and neither covers footers. So the writer of
this lake records the SHA-256 of the whole file: one small file a commit in `<table>/_checksums`, which no engine reads
(Delta passes over names that begin with `_`). A commit whose record a kill prevented gets it with the next write.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jobs.lake.logs import CHECKSUMS, COMMIT, LOG, names_in_log, versions

BLOCK = 1 << 20


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def added_files(commit: Path) -> list[str]:
    """Paths below the table of the files that a commit adds."""
    actions = [json.loads(line) for line in commit.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [unquote(action["add"]["path"]) for action in actions if "add" in action]


def record_of(table: Path, version: int) -> dict[str, Any]:
    """What is recorded of a commit: its own hash, and that of each file it added."""
    commit = table / LOG / f"{version:020}.json"
    files = {name: hash_of(table / name) for name in added_files(commit) if (table / name).is_file()}
    return {"commit": hash_of(commit), "files": files}


def note_files(table: Path, noted: int | None) -> int:
    """Record what the files of a table's newest commits hold.

    Args:
        table: its folder.
        noted: newest version that is recorded; None where that is not known and has to be looked up.

    Returns:
        The newest version that is recorded now.
    """
    folder = table / CHECKSUMS
    folder.mkdir(exist_ok=True)
    if noted is None:
        recorded = versions(os.listdir(folder), COMMIT)
        pending = sorted(set(versions(names_in_log(table), COMMIT)) - set(recorded))
        noted = max([*recorded, *pending, -1])
    else:
        pending = []
        while (table / LOG / f"{noted + 1:020}.json").is_file():
            noted += 1
            pending.append(noted)
    for version in pending:
        made = folder / f".{version:020}.{os.getpid()}"
        made.write_text(json.dumps(record_of(table, version)), encoding="utf-8")
        made.replace(folder / f"{version:020}.json")
    return noted


def recorded(table: Path) -> dict[int, Mapping[str, Any]]:
    """All that is recorded of a table, by version; a record that cannot be read counts as none."""
    result: dict[int, Mapping[str, Any]] = {}
    folder = table / CHECKSUMS
    for version in versions(os.listdir(folder), COMMIT) if folder.is_dir() else []:
        try:
            record = json.loads((folder / f"{version:020}.json").read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("files"), dict):
            result[version] = record
    return result
