"""Whether the masses and values of a declared line can stand together: signs of a slip of the pen, not of a low price.

Conditions on the typed columns of `silver.import_declaration`'s adapter (`_net_mass_kg` and so on, `_invoice_rate` and
`_usd_rate` in won). They compare what the line says with itself and with the week's rate, never with other lines: what
is merely cheap is left to the detectors. A condition that lacks a figure cannot be decided and does not hold.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.silver.columns import any_of

VALUE_TOLERANCE = 0.05  # rates of other days and roundings stay below
GROSS_TOLERANCE = 1.001  # both masses are rounded
WRONG_UNIT = 300.0  # g or t for kg is a factor of 1000; packaging takes at most two thirds of the gross mass
PACKAGE_KG = (0.1, 3000.0)  # a package that is carried or lifted; the largest bags hold two tonnes
SWAPPED_RANGE = (0.5, 1.02)  # net as a share of gross mass, where a value stands in the place of the net mass
NO_PRICE = ("mass_zero", "value_zero", "mass_value_swapped", "mass_above_gross", "mass_unit_off", "usd_mismatch")


def number(name: str) -> Column:
    """A typed column as a double."""
    return F.col(f"_{name}").cast("double")


def is_off(value: Column, expected: Column) -> Column:
    """Whether two amounts differ by more than the tolerance."""
    return F.abs(value - expected) > VALUE_TOLERANCE * F.abs(expected)


def is_swapped() -> Column:
    """Whether the net mass is above the gross mass while a customs value is just what the net mass should be."""
    gross = number("gross_mass_kg")
    least, most = SWAPPED_RANGE
    fits = [number(name).between(gross * least, gross * most) for name in ("customs_value_usd", "customs_value_krw")]
    return (number("net_mass_kg") > gross * GROSS_TOLERANCE) & any_of(*fits)


def is_mass_unit_off() -> Column:
    """Whether the net mass is off by about a thousand against the gross mass, or against the packages it came in."""
    net, gross = number("net_mass_kg"), number("gross_mass_kg")
    against_gross = (gross > 0) & ((net > gross * WRONG_UNIT) | (net * WRONG_UNIT < gross))
    per_package = net / F.nullif(number("package_count"), F.lit(0.0))
    is_packed = F.col("packaging").isin("bag", "box", "drum", "pouch")
    against_packages = is_packed & ~per_package.between(*PACKAGE_KG)
    return (net > 0) & ~is_swapped() & any_of(against_gross, against_packages)


def is_mass_above_gross() -> Column:
    """Whether the net mass is above the gross mass for no other reason that shows."""
    is_above = number("net_mass_kg") > number("gross_mass_kg") * GROSS_TOLERANCE
    return is_above & ~is_swapped() & ~is_mass_unit_off()


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


def is_usd_off() -> Column:
    """Whether the customs values in dollars and in won differ by more than the rate of the week explains."""
    return is_off(number("customs_value_usd") * F.col("_usd_rate"), number("customs_value_krw"))
