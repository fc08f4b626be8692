"""Whether the masses and values of a declared line can stand together: signs of a slip of the pen, not of a low price.

Conditions in SQL, so that silver and the counter, which assesses a line as it is
filed, take a price from the very same lines. They compare what the line says with itself, never with other lines: what
is merely cheap is left to the detectors. A condition that lacks a figure cannot be decided and does not hold.
"""

from __future__ import annotations

GROSS_TOLERANCE = 1.001  # both masses are rounded
WRONG_UNIT = 300.0  # g or t for kg is a factor of 1000; packaging takes at most two thirds of the gross mass
PACKAGE_KG = (0.1, 3000.0)  # a package that is carried or lifted; the largest bags hold two tonnes
PACKED = ("bag", "box", "drum", "pouch")
SWAPPED_RANGE = (0.5, 1.02)  # net as a share of gross mass, where a value stands in the place of the net mass


def line_slips(prefix: str = "") -> dict[str, str]:
    """Conditions by flag, on the columns of `silver.import_declaration` whose names begin with the prefix.

    mass_value_swapped: the net mass is above the gross mass while a customs value is just what the net mass should be.
    mass_unit_off: the net mass is off by about a thousand against the gross mass, or the packages it came in.
    mass_above_gross: the net mass is above the gross mass for no other reason that shows.
    """
    net, gross, packages, usd, krw = (
        f"cast({prefix}{name} as double)"
        for name in ("net_mass_kg", "gross_mass_kg", "package_count", "customs_value_usd", "customs_value_krw")
    )
    above = f"{net} > {gross} * {GROSS_TOLERANCE}"
    fits = [f"{value} between {gross} * {SWAPPED_RANGE[0]} and {gross} * {SWAPPED_RANGE[1]}" for value in (usd, krw)]
    swapped = holds(f"{above} and ({holds(fits[0])} or {holds(fits[1])})")
    against_gross = holds(f"{gross} > 0 and ({net} > {gross} * {WRONG_UNIT} or {net} * {WRONG_UNIT} < {gross})")
    kg_fit = f"{net} / nullif({packages}, 0) between {PACKAGE_KG[0]} and {PACKAGE_KG[1]}"
    against_packages = holds(f"packaging in {PACKED} and not ({kg_fit})")
    unit_off = holds(f"{net} > 0 and not {swapped} and ({against_gross} or {against_packages})")
    return {
        "mass_zero": holds(f"{net} = 0"),
        "value_zero": f"({holds(f'{krw} = 0')} or {holds(f'{usd} = 0')})",
        "mass_value_swapped": swapped,
        "mass_above_gross": holds(f"{above} and not {swapped} and not {unit_off}"),
        "mass_unit_off": unit_off,
    }


def holds(condition: str) -> str:
    """The condition, not holding where it cannot be decided."""
    return f"coalesce({condition}, false)"
