"""Contracts as Arrow types."""

from __future__ import annotations

import pyarrow as pa

from jobs.contracts.model import Table
from jobs.contracts.types import Array, Map, Scalar, Struct, Type, parse_type

SCALARS = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type of a contract type."""
    match kind:
        case Scalar("decimal", int() as precision, int() as scale):
            return pa.decimal128(precision, scale)
        case Scalar(name):
            return SCALARS[name]
        case Array(item):
            return pa.list_(arrow_type(item))
        case Map(value):
            return pa.map_(pa.string(), arrow_type(value))
        case Struct(members):
            return pa.struct([(name, arrow_type(member)) for name, member in members])


def arrow_schema(contract: Table) -> pa.Schema:
    """The Arrow schema of a table, columns in the contract's order."""
    return pa.schema([(c.name, arrow_type(parse_type(c.type))) for c in contract.columns])
