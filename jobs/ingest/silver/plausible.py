"""Whether the amounts of a declared line agree at the week's rate: signs of a slip of the pen, not of a low price.

Conditions on the typed columns of `silver.import_declaration`'s adapter (`_customs_value_krw` and so on,
`_invoice_rate` and `_usd_rate` in won); those that ask no rate are `jobs.ingest.silver.line_slips`. A condition that
lacks a figure cannot be decided and does not hold.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

VALUE_TOLERANCE = 0.05  # rates of other days and roundings stay below


def number(name: str) -> Column:
    """A typed column as a double."""
    return F.col(f"_{name}").cast("double")


def is_off(value: Column, expected: Column) -> Column:
    """Whether two amounts differ by more than the tolerance."""
    return F.abs(value - expected) > VALUE_TOLERANCE * F.abs(expected)


def is_value_off() -> Column:
    """Whether the invoice, with what its terms leave out, does not come to the customs value.

    FOB lacks freight and insurance, CFR insurance. Ex works lacks the way to the port as well, whose cost is not
    declared apart, so that its customs value may only not be below.
    """
    invoiced = number("invoice_amount") * F.col("_invoice_rate")
    freight, insurance = number("freight_krw"), number("insurance_krw")
    lacking = (
        F.when(F.col("incoterm").isin("FOB", "EXW"), freight + insurance)
        .when(F.col("incoterm") == "CFR", insurance)
        .when(F.col("incoterm") == "CIF", 0.0)
    )
    value = number("customs_value_krw")
    is_above = value > invoiced + lacking
    return is_off(value, invoiced + lacking) & ~((F.col("incoterm") == "EXW") & is_above)


def usd_off(prefix: str = "") -> str:
    """Whether the customs values in dollars and in won differ by more than the rate of the week explains.

    Text that Spark and DuckDB read, of columns with the prefix and of `_usd_rate`: silver and the counter ask alike.
    """
    krw = f"cast({prefix}customs_value_krw as double)"
    off = f"abs(cast({prefix}customs_value_usd as double) * _usd_rate - {krw})"
    return f"coalesce({off} > {VALUE_TOLERANCE} * abs({krw}), false)"
