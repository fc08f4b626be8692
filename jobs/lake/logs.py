"""Whether the log of a table is there and whole: a table that lost its log is not one that was never written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from jobs.contracts.messages import in_both, say
from jobs.lake.way_back import way_back

LOG, CHECKSUMS = "_delta_log", "_checksums"
COMMIT = re.compile(r"(\d{20})\.json")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\..+)?\.parquet")


class LakeDamaged(Exception):
    """A table lost its log or a part of it; the sentence names it and how to bring it back (exit code 6).

    Attributes:
        code: what is wrong, in a word.
        params: its parameters.
        about: those of the sentence.
    """

    def __init__(self, code: str, table: Path, name: str, **params: object) -> None:
        self.code, self.params = code, params
        remedy = " && ".join(way_back(table.parents[1], name))
        self.about = {**params, "table": name, "place": table / LOG, "remedy": remedy}
        super().__init__(in_both(self.sentence))

    def sentence(self, lang: str) -> str:
        """What is wrong with which table, and how it comes back."""
        return say(f"lake.{self.code}", lang, self.about)


def names_in_log(table: Path) -> list[str]:
    """Names of the entries of a table's log, none where it has none."""
    try:
        return os.listdir(table / LOG)
    except (FileNotFoundError, NotADirectoryError):
        return []


def versions(names: list[str], kind: re.Pattern[str]) -> list[int]:
    """Versions of the commits or checkpoints among names, oldest first."""
    return sorted({int(match[1]) for name in names if (match := kind.fullmatch(name))})


def data_files(table: Path) -> Iterator[Path]:
    """Parquet files in a table's folder, whether or not its log names them."""
    for folder, below, names in os.walk(table):
        below[:] = [each for each in below if not each.startswith("_")]
        yield from (Path(folder, name) for name in names if name.endswith(".parquet"))


def is_written(table: Path, name: str) -> bool:
    """Whether a table has been written at least once.

    Raises:
        LakeDamaged: it has files and no log. Every writer makes the log before the first file (`Lake.ensure`), so
            that no killed write leaves this.
    """
    names = names_in_log(table)
    if any(COMMIT.fullmatch(each) or CHECKPOINT.fullmatch(each) for each in names):
        return True
    if table.is_dir() and next(data_files(table), None) is not None:
        raise LakeDamaged("no_log", table, name)
    return False


def check_log(table: Path, name: str) -> None:
    """Refuse a table whose log lacks a commit between those that are there.

    Raises:
        LakeDamaged: it does, or the log is gone.
    """
    if not is_written(table, name):
        return
    # Looked up first: beside a night that writes, the log may have a commit more, never a record.
    recorded = versions(os.listdir(table / CHECKSUMS), COMMIT) if (table / CHECKSUMS).is_dir() else []
    names = names_in_log(table)
    commits, checkpoints = versions(names, COMMIT), versions(names, CHECKPOINT)
    newest = max([*checkpoints, -1])
    needed = range(newest + 1, max([*commits, newest]) + 1)  # a checkpoint stands for all that went before
    missing = sorted(set(needed) - set(commits))
    missing += [version for version in recorded[-1:] if version > max([*commits, newest])]
    if missing:
        raise LakeDamaged("log_gap", table, name, version=missing[0])
