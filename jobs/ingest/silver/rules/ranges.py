"""Which values of a row lie outside what `schemas/fields.yml` holds plausible, each with the reason written there.

A value outside its range is no small error of the figure: it is another quantity, another unit or a slip of the hand,
and what follows from it (a calendar, a rate of duty) is not made for it. The record is set aside with its text as it
came.
"""

from __future__ import annotations

from jobs.contracts.model import Column, Table
from jobs.ingest.silver.rules.columns import any_of, q

DATES = ("date", "timestamp")


def is_outside(field: Column) -> str:
    """Whether a typed value lies outside its column's range; a text, whether it is longer than the range lets it be.

    Raises:
        ValueError: the column has no range.
    """
    if field.range is None:
        raise ValueError(f"{field.name} has no range")
    value, ends = q(field.name), [field.range.least, field.range.most]
    if field.type == "timestamp":
        value = f"cast({value} as date)"
    elif field.type == "string":
        value = f"length({value})"
    written = [f"date '{end}'" if field.type in DATES else str(end) for end in ends]
    bounds = [f"{value} {sign} {text}" for sign, text, end in zip("<>", written, ends, strict=True) if end is not None]
    return any_of(*bounds)


def range_checks(contract: Table) -> dict[str, str]:
    """Conditions, by flag, on the typed columns of a table: `implausible_date` and `out_of_range`."""
    ranged = [field for field in contract.columns if field.range is not None and not field.is_lineage]
    dates = [is_outside(field) for field in ranged if field.type in DATES and field.name != "known_at"]
    others = [is_outside(field) for field in ranged if field.type not in DATES]
    checks = {"implausible_date": dates, "out_of_range": others}
    return {code: any_of(*conditions) for code, conditions in checks.items() if conditions}
