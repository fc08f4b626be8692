"""silver.firm_relation: which firms are connected, and how; a relation may be announced before it holds."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import any_missing, day, misread, not_in, q
from jobs.ingest.silver.rules.statement import Statement

NAMES = ("firm_id", "related_firm_id", "relation_kind")

ADAPTERS = {
    "firm_relation": Statement(
        steps=({"_valid_from": day("valid_from"), "_valid_to": day("valid_to")},),
        columns={
            **{name: q(name) for name in NAMES},
            "period_start": "_valid_from",
            "valid_from": "_valid_from",
            "valid_to": "_valid_to",
        },
        flags={
            "value_missing": any_missing(*NAMES),
            "bad_period": "_valid_from is null",
            "bad_date": misread("_valid_to", "valid_to"),
            "bad_validity": "_valid_to < _valid_from",
            "unknown_code": not_in("relation_kind", "relation_kind"),
        },
    )
}
