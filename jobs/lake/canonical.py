"""One way to write a row down, so that equal results are equal bytes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Table

SIGNIFICANT_DIGITS = 9


def rounded(value: Any) -> Any:
    """The value with every float in it rounded to nine significant digits; what is not finite becomes None.

    >>> rounded({"mass": 0.1 + 0.2, "price": [float("nan"), 1234567890.123]})
    {'mass': 0.3, 'price': [None, 1234567890.0]}
    """
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(rounded(each) for each in value)
    return value


def as_text(value: Any) -> Any:
    """What JSON has no type for, as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical_json(row: Mapping[str, Any], contract: Table) -> str:
    """The row's columns that are not lineage, as JSON with sorted keys and no spaces."""
    content = {name: _plain(row.get(name)) for name in contract.content_names if name != "content_hash"}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=as_text)


def _plain(value: Any) -> Any:
    """Maps that Arrow hands out as lists of pairs, as mappings."""
    if isinstance(value, list) and value and all(isinstance(each, tuple) and len(each) == 2 for each in value):
        return {key: _plain(each) for key, each in value}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def content_hash(row: Mapping[str, Any], contract: Table) -> str:
    """SHA-256 of the row's canonical JSON."""
    return hashlib.sha256(canonical_json(row, contract).encode()).hexdigest()


def table_of(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of a contract, floats rounded, columns that rows leave out empty, sorted by key."""
    contract = contracts.table(name)
    schema = arrow_schema(contract)
    full = [{column: rounded(row.get(column)) for column in contract.column_names} for row in rows]
    return pa.Table.from_pylist(full, schema=schema).sort_by([(key, "ascending") for key in contract.key])
