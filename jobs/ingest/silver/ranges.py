"""Which values of a row lie outside what `schemas/fields.yml` holds plausible, each with the reason written there.

A value outside its range is no small error of the figure: it is another quantity, another unit or a slip of the hand,
and what follows from it (a calendar, a rate of duty) is not made for it. The record is set aside with its text as it
came.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contracts.model import Column as Field
from jobs.contracts.model import Table
from jobs.ingest.silver.columns import any_of, flags

DATES = ("date", "timestamp")


def is_outside(field: Field) -> Column:
    """Whether a typed value lies outside its column's range; a text, whether it is longer than the range lets it be."""
    if field.range is None:
        raise ValueError(f"{field.name} has no range")
    least, most, value = field.range.least, field.range.most, F.col(field.name)
    if field.type in DATES:
        value = value.cast("date")
    elif field.type == "string":
        value = F.char_length(value)
    bounds = [value < F.lit(least)] if least is not None else []
    bounds += [value > F.lit(most)] if most is not None else []
    return any_of(*bounds)


def flag_implausible(rows: DataFrame, contract: Table) -> DataFrame:
    """The typed rows of a table, flagged `implausible_date` and `out_of_range` where a value lies outside its range."""
    ranged = [field for field in contract.columns if field.range is not None and field.name in rows.columns]
    dates = [is_outside(field) for field in ranged if field.type in DATES]
    others = [is_outside(field) for field in ranged if field.type not in DATES]
    noted = {"implausible_date": any_of(*dates)} if dates else {}
    noted |= {"out_of_range": any_of(*others)} if others else {}
    return rows.withColumn("quality_flags", F.concat("quality_flags", flags(**noted))) if noted else rows
