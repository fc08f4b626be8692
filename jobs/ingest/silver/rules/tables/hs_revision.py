"""silver.hs_revision: which code follows which from a day on; a revision may be announced before it holds."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import HS_CODE, any_missing, any_of, day, fits, q
from jobs.ingest.silver.rules.statement import Statement

CODES = {"old_hs_code": "old_code", "new_hs_code": "new_code"}

ADAPTERS = {
    "hs_revision": Statement(
        steps=({"_valid_from": day("valid_from")},),
        columns={
            **{name: q(text) for name, text in CODES.items()},
            "period_start": "_valid_from",
            "valid_from": "_valid_from",
            "nomenclature": q("source"),
        },
        flags={
            "value_missing": any_missing("source"),
            "bad_period": "_valid_from is null",
            "bad_hs_code": any_of(*[f"not {fits(q(text), HS_CODE)}" for text in CODES.values()]),
        },
    )
}
