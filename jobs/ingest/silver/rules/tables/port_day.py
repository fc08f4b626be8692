"""silver.port_day: ships and cargo of each port, day by day."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import UNLOCODE, any_negative, day, figure_checks, figures, fits, q
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.port_day"
FIGURES = {
    "port_calls_total": "portcalls_total",
    "port_calls_container": "portcalls_container",
    "import_mass_t": "import_total_tons",
    "import_container_mass_t": "import_container_tons",
    "export_mass_t": "export_total_tons",
    "export_container_mass_t": "export_container_tons",
}

ADAPTERS = {
    # PortWatch's port-activity file.
    "portwatch_ports": Statement(
        steps=({"_period_start": day("activity_date"), **figures(TABLE, FIGURES)},),
        columns={
            "port_code": "port_code",
            "port_name": "portwatch_name",
            "period_start": "_period_start",
            **{name: q(f"_{name}") for name in FIGURES},
        },
        flags={
            **figure_checks(TABLE, FIGURES, required=FIGURES),
            "negative_value": any_negative(*[f"_{name}" for name in FIGURES]),
            "bad_period": "_period_start is null",
            "bad_port_code": f"not {fits('port_code', UNLOCODE)}",
        },
    )
}
