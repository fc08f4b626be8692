"""What a fetch has already got, kept so that a later run continues: one small file a finished window.

It lives in `.fetch/` under the landing folder (the same file system, so that a rename is atomic); nothing
there ends in `.csv`, and a landing file appears by rename, whole or not at all. No key is ever written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.fetch.kcs_source import Row
from jobs.fetch.month_window import MonthWindow, publication_cycle

STATE_FOLDER = ".fetch"


@dataclass(frozen=True, kw_only=True)
class FetchSession:
    """One request's progress; `started_on` is the day its files say they were known."""

    folder: Path
    started_on: date
    is_resumed: bool

    @classmethod
    def open(cls, landing: Path, request: dict[str, object], today: date) -> FetchSession:
        """The unfinished session of the same request, else a new one.

        A session begun before the last publication day is not continued: figures are revised on it, and
        windows fetched since would claim to have been known earlier than they were.
        """
        text = json.dumps(request, sort_keys=True, ensure_ascii=False)
        folder = landing / STATE_FOLDER / hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
        try:
            started_on = date.fromisoformat(json.loads((folder / "session.json").read_bytes())["started_on"])
        except (OSError, ValueError, KeyError, TypeError):
            started_on = None
        if started_on and started_on <= today and publication_cycle(started_on) == publication_cycle(today):
            return cls(folder=folder, started_on=started_on, is_resumed=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        start = json.dumps({"started_on": today.isoformat(), "request": request}, ensure_ascii=False, indent=1)
        write_atomically(folder / "session.json", start.encode("utf-8"), folder)
        return cls(folder=folder, started_on=today, is_resumed=False)

    def _part(self, hs: str, country: str | None, window: MonthWindow) -> Path:
        return self.folder / f"{hs}_{country or 'all'}_{window.first}_{window.last}.part"

    def kept_rows(self, hs: str, country: str | None, window: MonthWindow) -> list[Row] | None:
        """The rows of a finished window, ready for the landing file; None where it is still to be fetched."""
        try:
            rows: list[Row] = json.loads(self._part(hs, country, window).read_bytes())
        except (OSError, ValueError):
            return None
        return rows

    def keep_rows(self, hs: str, country: str | None, window: MonthWindow, rows: list[Row]) -> None:
        """Records a window as finished, once its rows are safely on disk."""
        body = json.dumps(rows, ensure_ascii=False).encode("utf-8")
        write_atomically(self._part(hs, country, window), body, self.folder)

    def close(self) -> None:
        """Forgets the session; its files are in the landing folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_atomically(target: Path, body: bytes, work_folder: Path) -> None:
    """Writes to a temporary file in `work_folder`, then renames: a reader sees all of `target` or none."""
    temporary = work_folder / f"{target.name}.{os.getpid()}.tmp"
    with temporary.open("wb") as handle:
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(target)
