"""A lake that an earlier version of the platform wrote is refused before anything is read of it, or added to it."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from jobs.contracts.messages import both
from jobs.contracts.model import Table


class LakeOutdated(Exception):
    """A table of the lake has other columns than its contract: the sentence names it and how to load it again."""


def check_columns(contract: Table, stored: Collection[str], root: str) -> None:
    """Refuse a table whose columns are not those of its contract.

    Args:
        contract: the table's.
        stored: names of the columns it has in the lake.
        root: folder of the lake.

    Raises:
        LakeOutdated: a column is missing, or one is there that the contract does not name.
    """
    missing = [name for name in contract.column_names if name not in stored]
    extra = [name for name in stored if name not in contract.column_names]
    if missing or extra:
        names = {kind: ", ".join(each) or "-" for kind, each in (("missing", missing), ("extra", extra))}
        params = {"table": contract.name, "lake": root, "place": shlex.quote(root), **names}
        raise LakeOutdated(both("lake.outdated", **params))
