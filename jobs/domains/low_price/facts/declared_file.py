"""A file of declarations, as it is delivered to landing, as lots to be assessed on the spot."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import csv

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.codes import code_set
from jobs.contracts.messages import both
from jobs.ingest.silver.line_slips import line_slips

NEEDED = (
    "declaration_id",
    "line_no",
    "declared_at",
    "importer_id",
    "hs10_code",
    "standard_name_code",
    "origin_country",
    "net_mass_kg",
    "customs_value_krw",
    "customs_value_usd",
)
PRICED = (
    "versions = 1 and line_no is not null and period_start is not null and net_mass_kg > 0 and customs_value_usd > 0 "
    "and customs_value_krw > 0 and standard_name_code in (from products) "
    f"and not ({' or '.join(line_slips().values())})"
)
# What silver makes of a line, as far as a price needs it; a line that states no price, or comes in two versions, is
# told apart, not assessed.
TYPED = """
    select declaration_id, try_cast(line_no as int) as line_no, null::varchar as record_id,
        try_cast(declared_at[:10] as date) as period_start, try_cast(shipped_on as date) as shipped_on,
        hs10_code, standard_name_code, nullif(product_state, '') as product_state,
        grade, nullif(packaging, '') as packaging, try_cast(crop_year as int) as crop_year, origin_country,
        nullif(trade_level, '') as trade_level, nullif(office_code, '') as office_code, importer_id,
        nullif(exporter_id, '') as exporter_id, nullif(declarant_id, '') as declarant_id,
        try_cast(net_mass_kg as decimal(20,3)) as net_mass_kg,
        try_cast(gross_mass_kg as decimal(20,3)) as gross_mass_kg,
        try_cast(package_count as bigint) as package_count,
        case when container_numbers <> '' then len(string_split(container_numbers, ';')) end as container_count,
        try_cast(customs_value_krw as decimal(20,0)) as customs_value_krw,
        try_cast(customs_value_usd as decimal(20,2)) as customs_value_usd,
        try_cast(freight_krw as decimal(20,0)) + coalesce(try_cast(insurance_krw as decimal(20,0)), 0) as carriage_krw,
        try_cast(invoice_amount as decimal(20,2)) as invoice_amount, nullif(invoice_currency, '') as invoice_currency,
        preference_code, status = 'accepted' and examination_result <> 'examined_changed' as is_accepted,
        examination_result like 'examined%' as is_examined, status = 'disputed' as is_disputed, false as is_tainted,
        null::varchar as finding, null::date as finding_known_on, null::double as propensity,
        null::double as reference_usd_per_kg, null::double as trade_log_odds,
        count(*) over (partition by declaration_id, line_no) as versions
    from (select distinct * from delivered)
"""


def read_declarations(path: Path) -> tuple[pa.Table, pa.Table]:
    """Lots of a file, and the names of the lines that cannot be assessed.

    Args:
        path: CSV file with the columns of the landing contract; those a price does not need may be missing.

    Raises:
        LookupError: there is no such file, it cannot be read, or it lacks a column that a price needs.
    """
    if not path.is_file():
        raise LookupError(both("score.no_file", path=path))
    names = contracts.landing("import_declaration").columns
    kinds = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        delivered = csv.read_csv(path, convert_options=kinds)
    except pa.ArrowInvalid as error:  # another encoding, or lines that the header does not fit
        raise LookupError(both("score.unreadable", path=path, problem=str(error).splitlines()[0])) from error
    if missing := [name for name in NEEDED if name not in delivered.column_names]:
        raise LookupError(both("score.no_column", path=path, names=", ".join(missing)))
    for name in names:
        if name not in delivered.column_names:
            delivered = delivered.append_column(name, pa.repeat("", len(delivered)))
    with duckdb.connect() as connection:
        connection.register("delivered", delivered)
        lots = connection.sql(TYPED)
        connection.register("products", pa.table({"code": sorted(code_set("standard_product"))}))
        sound = lots.filter(PRICED).to_arrow_table()
        unsound = connection.sql(
            f"select distinct declaration_id, line_no from lots where not coalesce({PRICED}, false)"
        ).to_arrow_table()
    return fit(sound), unsound


def fit(rows: pa.Table) -> pa.Table:
    """Rows in the types of gold.known_lot."""
    schema = arrow_schema(contracts.table("gold.known_lot"))
    kept = [field for field in schema if field.name in rows.column_names]
    return pa.table([rows[field.name].cast(field.type, safe=False) for field in kept], schema=pa.schema(kept))
