"""Whether a lake is damaged, asked when an error has no other explanation.

A byte that changed shows as anything: each reader has a hundred words for what it can not make sense of. The hashes
that were recorded at each commit say for sure whether that is the cause.
"""

from __future__ import annotations

from pathlib import Path

from jobs.contracts.messages import both
from jobs.doctor.lake_files import examine_lake


def damage_of(lake: str) -> str | None:
    """The first damaged file of a lake on this machine and what is wrong with it; None where it is as written."""
    if "://" in lake or not Path(lake).is_dir():
        return None
    for damage in examine_lake(Path(lake)).damage:
        return f"{damage.path}: {both(f'damage.{damage.code}', **damage.params)}"
    return None
