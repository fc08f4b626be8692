"""What deliveries themselves say that they cover: scope files that came beside them, contracts of full tables."""

from __future__ import annotations

from jobs import contracts
from jobs.contracts.scope_file import FullTable, parse_scope
from jobs.lake.delta import Lake


def stated_scopes(lake: Lake) -> dict[tuple[str, str], str]:
    """Texts of scope files by source and id of their delivery."""
    rows = lake.rows("ops.delivery", ["source", "delivery_id", "stated_scope"]).to_pylist()
    return {(row["source"], row["delivery_id"]): row["stated_scope"] for row in rows if row["stated_scope"]}


def states_all(source: str, stated: str | None) -> bool:
    """Whether a delivery states all there is: what it lacks is not there.

    Args:
        source: its source, whose contract may say so of every delivery.
        stated: text of its scope file; None where there is none.
    """
    return contracts.landing(source).scope is not None or isinstance(parse_scope(stated), FullTable)
