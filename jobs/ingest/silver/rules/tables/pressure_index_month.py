"""silver.pressure_index_month: indices of pressure on supply chains."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import figure_checks, figures, month
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.pressure_index_month"
VALUE = {"index_value": "value"}

ADAPTERS = {
    # The New York Fed's Global Supply Chain Pressure Index.
    "gscpi": Statement(
        steps=({"_period_start": month("date"), **figures(TABLE, VALUE)},),
        columns={"series_name": "'GSCPI'", "period_start": "_period_start", "index_value": "_index_value"},
        flags={**figure_checks(TABLE, VALUE, required=VALUE), "bad_period": "_period_start is null"},
    )
}
