"""silver.import_declaration: what importers declared, one row an item line, as known at one time.

What is odd about a line is flagged. A line whose mass and value do not state a price together, or whose product is not
known, stays in the table as evidence, but nothing assesses its price (`is_judgeable`).
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver import plausible
from jobs.ingest.silver.columns import (
    HSK10,
    UNLOCODE,
    amount,
    any_comma,
    any_missing,
    any_negative,
    any_of,
    day,
    flags,
    instant,
    local_day,
    misread,
    month_of,
    stated,
    unlisted,
)
from jobs.ingest.silver.exchange import add_rate
from jobs.ingest.silver.line_slips import line_slips
from jobs.ingest.silver.tables.kcs_declaration import from_kcs_declarations

MONEY = "decimal(20,2)"
FIGURES = {
    "line_no": "int",
    "crop_year": "int",
    "net_mass_kg": "decimal(20,3)",
    "gross_mass_kg": "decimal(20,3)",
    "package_count": "bigint",
    "invoice_amount": MONEY,
    "freight_krw": "decimal(20,0)",
    "insurance_krw": "decimal(20,0)",
    "customs_value_krw": "decimal(20,0)",
    "customs_value_usd": MONEY,
    "duty_rate_pct": "decimal(10,4)",
}
MASSES = ("net_mass_kg", "gross_mass_kg")
MUST_STATE = (
    "declaration_id",
    "line_no",
    "importer_id",
    "hs10_code",
    "origin_country",
    "net_mass_kg",
    "customs_value_krw",
)
CODED = ("product_state", "packaging", "transport_mode", "incoterm", "trade_level", "examination_result")
NAMED = (
    "office_code",
    "declarant_id",
    "exporter_id",
    "departure_country",
    "loading_port",
    "arrival_port",
    "bl_number",
    "certificate_number",
)
SLIPS = line_slips("_")
NOT_ASSESSED = (*SLIPS, "usd_mismatch", "product_missing", "unknown_product")
GARBLED = "\ufffd|[\u00a1-\u00fe]{2}"


def typed(bronze: DataFrame) -> DataFrame:
    """The records with their figures and times beside the texts (`_net_mass_kg` ...), and the week's rates in won."""
    times = {
        "_declared_at": instant("declared_at"),
        "_accepted_at": instant("accepted_at"),
        "_shipped_on": day("shipped_on"),
    }
    read = bronze.withColumns({f"_{name}": amount(name, kind) for name, kind in FIGURES.items()} | times)
    dated = read.withColumn("period_start", local_day(F.col("_declared_at")))
    invoiced = add_rate(dated, "_invoice_rate", currency=F.col("invoice_currency"), day=F.col("period_start"))
    return add_rate(invoiced, "_usd_rate", currency=F.lit("USD"), day=F.col("period_start"))


def is_garbled(*texts: str) -> Column:
    """Whether a text holds a replacement character, or Korean letters of two bytes each read as Latin-1."""
    text = F.concat_ws(" ", *texts)
    is_plain = F.octet_length(text) == F.char_length(text)  # spares nearly all lines the search
    return F.when(is_plain, F.lit(False)).otherwise(text.rlike(GARBLED))


def record_checks() -> Column:
    """Flags of what each text of a record says on its own."""
    amounts = [name for name in FIGURES if name not in MASSES]
    newest = F.greatest(local_day(F.col("_accepted_at")), F.col("_shipped_on"))
    ports = [(F.col(name) != "") & ~F.col(name).rlike(UNLOCODE) for name in ("loading_port", "arrival_port")]
    return flags(
        value_missing=any_missing(*MUST_STATE),
        not_a_number=any_of(*[misread(f"_{name}", name) for name in FIGURES]) & ~any_comma(*FIGURES),
        decimal_comma=any_comma(*FIGURES),
        negative_value=any_negative(*[f"_{name}" for name in amounts]),
        negative_mass=any_negative(*[f"_{name}" for name in MASSES]),
        bad_period=F.col("period_start").isNull(),
        bad_date=any_of(misread("_accepted_at", "accepted_at"), misread("_shipped_on", "shipped_on")),
        future_date=newest > F.col("_record.arrived_on"),
        bad_hs_code=~F.col("hs10_code").rlike(HSK10),
        bad_port_code=any_of(*ports),
        unknown_country=any_of(unlisted("country", "origin_country"), unlisted("country", "departure_country")),
        unknown_code=any_of(*[unlisted(name, name) for name in CODED], unlisted("declaration_status", "status")),
        garbled_text=is_garbled("declaration_id", "importer_id", "grade", "standard_name_code", *NAMED),
    )


def price_checks() -> Column:
    """Flags of what a record's masses, values and rates say together, and of what its price would be a price of."""
    return flags(
        **{code: F.expr(condition) for code, condition in SLIPS.items()},
        value_mismatch=plausible.is_value_off(),
        usd_mismatch=F.expr(plausible.usd_off("_")),
        usd_converted=(F.col("customs_value_usd") == "") & F.col("_usd_rate").isNotNull(),
        unknown_currency=(F.col("invoice_currency") != "") & F.col("_invoice_rate").isNull(),
        product_missing=F.col("standard_name_code") == "",
        unknown_product=unlisted("standard_product", "standard_name_code"),
    )


def from_import_declaration(bronze: DataFrame) -> DataFrame:
    """Rows of the customs system's daily files."""
    as_text = ["standard_name_code", "invoice_currency", "status", *NAMED, *CODED]
    as_typed = ["declared_at", "accepted_at", "shipped_on", *[name for name in FIGURES if name != "customs_value_usd"]]
    converted = (F.col("_customs_value_krw") / F.col("_usd_rate")).cast(MONEY)
    return (
        typed(bronze)
        .withColumn("_price_flags", price_checks())
        .select(
            "declaration_id",
            "period_start",
            month_of("period_start").alias("period_month"),
            "importer_id",
            "hs10_code",
            "origin_country",
            "grade",
            "preference_code",
            *[stated(name).alias(name) for name in as_text],
            *[F.col(f"_{name}").alias(name) for name in as_typed],
            F.coalesce("_customs_value_usd", converted).alias("customs_value_usd"),
            F.when(F.col("container_numbers") != "", F.split("container_numbers", ";")).alias("container_numbers"),
            (~F.arrays_overlap("_price_flags", F.lit(list(NOT_ASSESSED)))).alias("is_judgeable"),
            F.concat(record_checks(), "_price_flags").alias("quality_flags"),
            "_record",
        )
    )


ADAPTERS = {"import_declaration": from_import_declaration, "kcs_declarations": from_kcs_declarations}
