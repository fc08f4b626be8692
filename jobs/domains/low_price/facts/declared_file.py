"""A file of declarations, as it is delivered to landing: its lines as silver has them, and the lots among them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import csv

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.codes import code_set
from jobs.contracts.messages import both
from jobs.domains.low_price.facts.declared import DECLARED, INSPECTED, ask_lots
from jobs.ingest.silver.rules.exchange import weekly_rates
from jobs.ingest.silver.rules.line_slips import line_slips
from jobs.ingest.silver.rules.plausible import usd_off
from jobs.settings import settings

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
SLIPS = " or ".join(line_slips().values())
# A product, and figures that silver would let in; of a line that comes in two versions at once, neither is believed.
IS_SOUND = (
    "versions = 1 and line_no is not null and period_start is not null and net_mass_kg > 0 and customs_value_krw > 0"
)
IS_PRICED = f"standard_name_code in (from products) and not ({SLIPS}) and not {usd_off()}"
TYPED = """
    select declaration_id, try_cast(line_no as int) as line_no,
        try_cast(declared_at[:10] as date) as period_start, date_trunc('month', period_start) as period_month,
        try_cast(shipped_on as date) as shipped_on, hs10_code, nullif(standard_name_code, '') as standard_name_code,
        nullif(product_state, '') as product_state, grade, nullif(packaging, '') as packaging,
        try_cast(crop_year as int) as crop_year, origin_country, nullif(trade_level, '') as trade_level,
        nullif(office_code, '') as office_code, importer_id, nullif(exporter_id, '') as exporter_id,
        nullif(declarant_id, '') as declarant_id, try_cast(net_mass_kg as decimal(20,3)) as net_mass_kg,
        try_cast(gross_mass_kg as decimal(20,3)) as gross_mass_kg, try_cast(package_count as bigint) as package_count,
        case when container_numbers <> '' then string_split(container_numbers, ';') end as container_numbers,
        try_cast(customs_value_krw as decimal(20,0)) as customs_value_krw,
        try_cast(customs_value_usd as decimal(20,2)) as customs_value_usd,
        try_cast(freight_krw as decimal(20,0)) as freight_krw,
        try_cast(insurance_krw as decimal(20,0)) as insurance_krw,
        try_cast(invoice_amount as decimal(20,2)) as invoice_amount, nullif(invoice_currency, '') as invoice_currency,
        preference_code, nullif(status, '') as status, nullif(examination_result, '') as examination_result,
        'import_declaration' as source, known_on,
        count(*) over (partition by declaration_id, line_no, known_on) as versions
    from (select distinct * from delivered)
"""
LINES = f"""
    with typed as ({TYPED}),
    rated as (
        select typed.*, _rate as _usd_rate from typed
        left join rates on _week = cast(date_trunc('week', period_start) as date))
    select * replace (
            coalesce(customs_value_usd, cast(customs_value_krw / _usd_rate as decimal(20,2))) as customs_value_usd),
        coalesce({IS_SOUND}, false) and coalesce({IS_PRICED}, false) as is_judgeable,
        timezone('{{zone}}', cast(known_on as timestamp)) as known_at
    from rated
"""


def read_declarations(path: Path) -> tuple[pa.Table, pa.Table]:
    """Lots of a file, and the names of the lines that cannot be assessed.

    Args:
        path: CSV file with the columns of the landing contract; those a price does not need may be missing.

    Raises:
        LookupError: there is no such file.
        ContractError: it cannot be read, or it lacks a column that a price needs.
    """
    if not path.is_file():
        raise LookupError(both("score.no_file", path=path))
    names = contracts.landing("import_declaration").columns
    kinds = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        delivered = csv.read_csv(path, convert_options=kinds)
    except pa.ArrowInvalid as error:  # another encoding, or lines that the header does not fit
        problem = str(error).splitlines()[0]
        raise contracts.ContractError(both("score.unreadable", path=path, problem=problem)) from error
    if missing := [name for name in NEEDED if name not in delivered.column_names]:
        raise contracts.ContractError(both("score.no_column", path=path, names=", ".join(missing)))
    for name in names:
        if name not in delivered.column_names:
            delivered = delivered.append_column(name, pa.repeat("", len(delivered)))
    today = pa.repeat(pa.scalar(date(1970, 1, 1)), len(delivered))  # a file is one delivery, whenever it came
    lines = silver_lines(delivered.append_column("known_on", today))
    stored = {DECLARED: lines, INSPECTED: arrow_schema(contracts.table(INSPECTED)).empty_table()}
    lots = ask_lots(stored.__getitem__, None, 0)
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        connection.register("lots", lots)
        unsound = "select distinct declaration_id, line_no from lines anti join lots using (declaration_id, line_no)"
        return lots, connection.sql(unsound).to_arrow_table()


def silver_lines(delivered: pa.Table) -> pa.Table:
    """Rows of silver.import_declaration as far as a price needs them; other columns are empty.

    Args:
        delivered: columns of the landing contract as texts, and `known_on`, the day on which each line became known.
    """
    with duckdb.connect() as connection:
        connection.register("delivered", delivered)
        connection.register("rates", weekly_rates("USD"))
        connection.register("products", pa.table({"code": sorted(code_set("standard_product"))}))
        rows = connection.sql(LINES.format(zone=settings().timezone)).to_arrow_table()
    return as_silver(DECLARED, rows)


def as_silver(name: str, rows: pa.Table) -> pa.Table:
    """Rows in the columns and types of a table of silver, those that they do not state empty."""
    schema = arrow_schema(contracts.table(name))
    columns = [
        rows[field.name].cast(field.type, safe=False)
        if field.name in rows.column_names
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
