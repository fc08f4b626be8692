"""Whether rows keep the contract of their table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jobs import contracts
from jobs.contracts.codes import code_set


def broken(table: str, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """What of a table's contract the rows do not keep: columns empty or unknown to it, codes not in their list, keys
    twice.
    """
    contract = contracts.table(table)
    result, keys = set(), []
    for row in rows:
        result |= {f"{name} is not in the contract" for name in row.keys() - set(contract.column_names)}
        for column in contract.columns:
            value = row.get(column.name)
            if value is None and not column.is_nullable:
                result.add(f"{column.name} is empty")
            if value is not None and column.codes and str(value) not in code_set(column.codes):
                result.add(f"{column.name} holds {value!r}")
        keys.append(tuple(row.get(name) for name in contract.key))
    return result | ({"the key repeats"} if len(set(keys)) < len(keys) else set())
