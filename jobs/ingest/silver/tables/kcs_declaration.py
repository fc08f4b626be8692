"""Rows of silver.import_declaration from the published synthetic declarations of the Korea Customs Service.

HS6 only, the value in won, no goods named, no terms of delivery. Process, import, use and payment types, courier and
mark of origin have no place in the table; bronze keeps them. The labels feed silver.inspection_result.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import (
    HS6,
    amount,
    any_missing,
    any_negative,
    any_of,
    day,
    flags,
    month_of,
    not_in,
    stated,
)
from jobs.ingest.silver.exchange import add_rate
from jobs.ingest.silver.vintages import midnight

TRANSPORT = {"10": "sea", "20": "land", "30": "land", "40": "air", "50": "post", "90": "other"}
BASIC_RATE, COUNTRY_NOT_KNOWN = "A", "ZZ"
FIGURES = {
    "net_mass_kg": ("Net Mass", "decimal(20,3)"),
    "customs_value_krw": ("Item Price", "decimal(20,0)"),
    "duty_rate_pct": ("Tax Rate", "decimal(10,4)"),
}
NAMED = {"office_code": "Office ID", "declarant_id": "Declarant ID", "exporter_id": "Seller ID"}
COUNTRIES = {"origin_country": "Country of Origin", "departure_country": "Country of Departure"}
UNSTATED = (
    "standard_name_code",
    "product_state",
    "packaging",
    "crop_year",
    "loading_port",
    "arrival_port",
    "bl_number",
    "container_numbers",
    "gross_mass_kg",
    "package_count",
    "incoterm",
    "invoice_currency",
    "invoice_amount",
    "freight_krw",
    "insurance_krw",
    "certificate_number",
    "status",
    "accepted_at",
    "shipped_on",
    "trade_level",
    "examination_result",
)


def country(name: str) -> Column:
    """A country's code; countries that are not named share one."""
    return F.when(F.col(name) == COUNTRY_NOT_KNOWN, "OTH").otherwise(F.col(name))


def checks() -> Column:
    """Flags of a record whose figures stand typed beside their texts; three hold for all of them."""
    return flags(
        value_missing=any_missing("Declaration ID", "Importer ID", "Tax Type"),
        not_a_number=any_of(*[F.col(f"_{name}").isNull() for name in FIGURES]),
        negative_value=any_negative("_customs_value_krw", "_duty_rate_pct"),
        negative_mass=any_negative("_net_mass_kg"),
        bad_period=F.col("period_start").isNull(),
        bad_hs_code=~F.col("HS6 Code").rlike(HS6),
        unknown_country=any_of(*[not_in(country(name), "country") for name in COUNTRIES.values()]),
        unknown_code=~F.col("Mode of Transport").isin(*TRANSPORT),
        mass_zero=F.col("_net_mass_kg") == 0,
        value_zero=F.col("_customs_value_krw") == 0,
        hs6_only=F.lit(True),
        usd_converted=F.col("_usd_rate").isNotNull(),
        product_missing=F.lit(True),
    )


def from_kcs_declarations(bronze: DataFrame) -> DataFrame:
    """One row a record, never assessed for its price: the file makes it a constant per product times the mass."""
    typed = {f"_{name}": amount(text, kind) for name, (text, kind) in FIGURES.items()}
    read = bronze.withColumns({**typed, "period_start": day("Date")})
    rated = add_rate(read, "_usd_rate", currency=F.lit("USD"), day=F.col("period_start"))
    modes = F.create_map(*[F.lit(part) for pair in TRANSPORT.items() for part in pair])
    return rated.select(
        F.col("Declaration ID").alias("declaration_id"),
        F.lit(1).alias("line_no"),
        "period_start",
        month_of("period_start").alias("period_month"),
        midnight(F.col("period_start")).alias("declared_at"),
        F.col("Importer ID").alias("importer_id"),
        F.col("HS6 Code").alias("hs10_code"),
        F.lit("").alias("grade"),
        *[stated(text).alias(name) for name, text in NAMED.items()],
        *[country(text).alias(name) for name, text in COUNTRIES.items()],
        *[F.col(f"_{name}").alias(name) for name in FIGURES],
        (F.col("_customs_value_krw") / F.col("_usd_rate")).cast("decimal(20,2)").alias("customs_value_usd"),
        F.try_element_at(modes, F.col("Mode of Transport")).alias("transport_mode"),
        F.when(F.col("Tax Type") == BASIC_RATE, "").otherwise(F.col("Tax Type")).alias("preference_code"),
        *[F.lit(None).alias(name) for name in UNSTATED],
        F.lit(False).alias("is_judgeable"),
        checks().alias("quality_flags"),
        "_record",
    )
