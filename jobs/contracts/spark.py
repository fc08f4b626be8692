"""Contracts as Spark types."""

from __future__ import annotations

from pyspark.sql import types as T

from jobs.contracts.model import Table
from jobs.contracts.types import Array, Map, Scalar, Struct, Type, parse_type

SCALARS: dict[str, T.DataType] = {
    "string": T.StringType(),
    "int": T.IntegerType(),
    "bigint": T.LongType(),
    "double": T.DoubleType(),
    "boolean": T.BooleanType(),
    "date": T.DateType(),
    "timestamp": T.TimestampType(),
}


def spark_type(kind: Type) -> T.DataType:
    """The Spark type of a contract type."""
    match kind:
        case Scalar("decimal", int() as precision, int() as scale):
            return T.DecimalType(precision, scale)
        case Scalar(name):
            return SCALARS[name]
        case Array(item):
            return T.ArrayType(spark_type(item))
        case Map(value):
            return T.MapType(T.StringType(), spark_type(value))
        case Struct(members):
            return T.StructType([T.StructField(name, spark_type(member)) for name, member in members])


def struct_type(contract: Table) -> T.StructType:
    """The Spark schema of a table, columns in the contract's order.

    Every column is nullable for Spark: a null where the contract forbids one is a finding of the
    quality gate, with a name and a count, not a crash in the middle of a write.
    """
    return T.StructType([T.StructField(c.name, spark_type(parse_type(c.type))) for c in contract.columns])
