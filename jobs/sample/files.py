"""Writing one landing file: whole or not at all, and never over another world's."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


class LandingConflictError(ValueError):
    """A file of that name is there already and says something else."""


@dataclass(frozen=True, kw_only=True)
class LandingFile:
    """One delivery: `stem` is completed by the day it became known."""

    folder: str
    stem: str
    known_on: np.datetime64
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    has_bom: bool = False

    @property
    def relative_path(self) -> Path:
        return Path(self.folder) / f"{self.stem}_known_{self.known_on}.csv"


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], has_bom: bool = False) -> None:
    """Writes UTF-8, comma-separated, LF line ends, quotes where needed; as `place` does."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    place(path, text.getvalue().encode("utf-8-sig" if has_bom else "utf-8"))


def place(path: Path, content: bytes) -> None:
    """Makes a file appear whole. An equal one is left as it is.

    Raises:
        LandingConflictError: where a different file of that name exists; a delivery is never rewritten.
    """
    if path.exists():
        if path.read_bytes() == content:
            return
        raise LandingConflictError(f"{path} exists with other content; choose an empty folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
