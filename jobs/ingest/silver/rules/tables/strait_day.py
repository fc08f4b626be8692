"""silver.strait_day: ships through each chokepoint, day by day."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import any_negative, day, figure_checks, figures, not_in, q
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.strait_day"
COUNTS = {"transits_total": "n_total", "transits_tanker": "n_tanker", "transits_cargo": "n_cargo"}
FIGURES = {**COUNTS, "capacity_t": "capacity"}

ADAPTERS = {
    # PortWatch's chokepoint file.
    "portwatch_straits": Statement(
        steps=({"_period_start": day("date"), **figures(TABLE, FIGURES)},),
        columns={
            "strait_code": "chokepoint",
            "period_start": "_period_start",
            **{name: q(f"_{name}") for name in FIGURES},
        },
        flags={
            **figure_checks(TABLE, FIGURES, required=COUNTS),
            "negative_value": any_negative(*[f"_{name}" for name in FIGURES]),
            "bad_period": "_period_start is null",
            "unknown_strait": not_in("chokepoint", "strait"),
        },
    )
}
