"""silver.firm: who imports, exports and declares, as registered."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import any_missing, day, not_in, q, stated, unlisted
from jobs.ingest.silver.rules.statement import Statement

ADAPTERS = {
    "firm": Statement(
        steps=({"_registered_on": day("registered_on")},),
        columns={
            **{name: q(name) for name in ("firm_id", "firm_kind")},
            "period_start": "_registered_on",
            "registered_on": "_registered_on",
            **{name: stated(name) for name in ("country", "address_id", "phone_id")},
        },
        flags={
            "value_missing": any_missing("firm_id", "firm_kind"),
            "bad_period": "_registered_on is null",
            "unknown_code": not_in("firm_kind", "firm_kind"),
            "unknown_country": unlisted("country", "country"),
        },
    )
}
