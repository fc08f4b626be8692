"""silver.port_day: ships and cargo of each port, day by day."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import UNLOCODE, amount, any_negative, day, flags, not_numbers

CALLS = ("portcalls_total", "portcalls_container")
CARGO = ("import_total_tons", "import_container_tons", "export_total_tons", "export_container_tons")


def from_portwatch_ports(bronze: DataFrame) -> DataFrame:
    """Rows of PortWatch's port-activity file."""
    return bronze.withColumn("period_start", day("activity_date")).select(
        "port_code",
        F.col("portwatch_name").alias("port_name"),
        "period_start",
        amount("portcalls_total", "int").alias("port_calls_total"),
        amount("portcalls_container", "int").alias("port_calls_container"),
        amount("import_total_tons", "decimal(20,3)").alias("import_mass_t"),
        amount("import_container_tons", "decimal(20,3)").alias("import_container_mass_t"),
        amount("export_total_tons", "decimal(20,3)").alias("export_mass_t"),
        amount("export_container_tons", "decimal(20,3)").alias("export_container_mass_t"),
        flags(
            not_a_number=not_numbers(*CALLS, kind="int") | not_numbers(*CARGO),
            negative_value=any_negative(*CALLS, *CARGO),
            bad_period=F.col("period_start").isNull(),
            bad_port_code=~F.col("port_code").rlike(UNLOCODE),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"portwatch_ports": from_portwatch_ports}
