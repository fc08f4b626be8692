"""How a damaged table comes back where there is no copy of it, as commands: from what the lake and landing hold."""

from __future__ import annotations

import shlex
from pathlib import Path

from jobs import contracts

ASIDE = "_damaged"  # beside the layers; nothing reads it
TASKS = ("detect", "alert")  # parts of a night


def way_back(lake: Path, name: str) -> list[str]:
    """Commands that make a table anew.

    Silver is read again from bronze: every row is recorded anew, so that alerts stored before replay no longer. A table
    of gold is made again, for each night (`NIGHT`) or domain (`DOMAIN`) that is wanted. Anything else takes the whole
    lake, loaded from landing.

    Args:
        lake: folder of the lake.
        name: the table, as `layer.name`.
    """
    layer = name.partition(".")[0]
    task = {contract.name: contract.written_by for contract in contracts.tables()}.get(name)
    feeding = [each.source for each in contracts.landings() if each.feeds == name]
    if layer == "silver" and task == "ingest":
        again = [f"reload {source}" for source in feeding if (lake / "bronze" / source).is_dir()] or ["run ingest"]
    elif layer == "gold" and task:
        again = [f"run {task} --night NIGHT" if task in TASKS else f"{task} DOMAIN"]
    else:
        root = shlex.quote(str(lake))
        return [f"mv {root} {root}.old && python -m jobs run"]
    table, aside = (shlex.quote(str(place)) for place in (lake.joinpath(*name.split(".")), lake / ASIDE))
    return [f"mkdir -p {aside} && mv {table} {aside}/", *[f"python -m jobs {command}" for command in again]]
