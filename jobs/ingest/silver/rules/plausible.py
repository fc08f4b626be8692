"""Whether the amounts of a declared line agree at the week's rate: signs of a slip of the pen, not of a low price.

Conditions in SQL on columns with a prefix, and on `_invoice_rate` and `_usd_rate` in won; those that ask no rate are
`jobs.ingest.silver.rules.line_slips`. A condition that lacks a figure cannot be decided and does not hold.
"""

from __future__ import annotations

VALUE_TOLERANCE = 0.05  # rates of other days and roundings stay below


def value_off(prefix: str = "") -> str:
    """Whether the invoice, with what its terms leave out, does not come to the customs value.

    FOB lacks freight and insurance, CFR insurance. Ex works lacks the way to the port as well, whose cost is not
    declared apart, so that its customs value may only not be below.
    """
    value, amount, freight, insurance = (
        f"cast({prefix}{name} as double)"
        for name in ("customs_value_krw", "invoice_amount", "freight_krw", "insurance_krw")
    )
    lacking = (
        f"case when incoterm in ('FOB', 'EXW') then {freight} + {insurance} "
        f"when incoterm = 'CFR' then {insurance} when incoterm = 'CIF' then 0.0 end"
    )
    expected = f"({amount} * _invoice_rate + {lacking})"
    off = f"abs({value} - {expected}) > {VALUE_TOLERANCE} * abs({expected})"
    return f"coalesce({off}, false) and not coalesce(incoterm = 'EXW' and {value} > {expected}, false)"


def usd_off(prefix: str = "") -> str:
    """Whether the customs values in dollars and in won differ by more than the rate of the week explains.

    Silver and the counter ask alike.
    """
    krw = f"cast({prefix}customs_value_krw as double)"
    off = f"abs(cast({prefix}customs_value_usd as double) * _usd_rate - {krw})"
    return f"coalesce({off} > {VALUE_TOLERANCE} * abs({krw}), false)"
