"""silver.trade_month: Korea's monthly trade by item and country, from every source that states it.

A row of a source states both directions; each becomes a row of its own. A month without trade is stated as zero
when a source says so, because a figure may be withdrawn; the loader keeps such a row only if it changes something.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import HS_CODE, amount, any_negative, flags, month, not_in, not_numbers

MONEY, MASS = "decimal(20,2)", "decimal(20,3)"


def direction(code: str, value: str, mass: str) -> Column:
    """One direction of trade as a struct."""
    return F.struct(
        F.lit(code).alias("flow"), amount(value, MONEY).alias("value_usd"), amount(mass, MASS).alias("net_mass_kg")
    )


def trade_rows(
    bronze: DataFrame, *, period: str, hs: str, country: str, trades: list[Column], checks: Column
) -> DataFrame:
    """Typed rows of silver.trade_month, one a direction of each record."""
    return (
        bronze.withColumn("_trade", F.explode(F.array(*trades)))
        .withColumn("net_mass_kg", F.col("_trade.net_mass_kg"))
        .withColumn("period_start", month(period))
        .select(
            F.col("_trade.flow").alias("flow"),
            F.col(hs).alias("hs_code"),
            F.length(hs).alias("hs_level"),
            F.col(country).alias("partner_country"),
            "period_start",
            F.col("_trade.value_usd").alias("value_usd"),
            "net_mass_kg",
            F.concat(
                checks,
                flags(
                    bad_period=F.col("period_start").isNull(),
                    bad_hs_code=~F.col(hs).rlike(HS_CODE),
                    unknown_country=not_in(F.col(country), "country"),
                    mass_zero=(F.col("_trade.value_usd") > 0) & (F.col("net_mass_kg") == 0),
                ),
            ).alias("quality_flags"),
            "_record",
        )
    )


def balance_checks(values: tuple[str, str], masses: tuple[str, str], balance: str) -> Column:
    """Flags of a KCS record: its balance repeats exports less imports, so a figure cut short shows."""
    exported, imported = values
    stated = amount(balance, MONEY)
    return flags(
        not_a_number=not_numbers(*values, *masses, balance),
        negative_value=any_negative(*values),
        negative_mass=any_negative(*masses),
        balance_mismatch=F.abs(stated - (amount(exported, MONEY) - amount(imported, MONEY))) > 1,
    )


def from_kcs_trade_country(bronze: DataFrame) -> DataFrame:
    """Rows of the `nitemtrade` service by HS6 and country."""
    return trade_rows(
        bronze,
        period="year",
        hs="hsCd",
        country="statCd",
        trades=[direction("I", "impDlr", "impWgt"), direction("X", "expDlr", "expWgt")],
        checks=balance_checks(("expDlr", "impDlr"), ("expWgt", "impWgt"), "balPayments"),
    )


def from_kcs_trade_total(bronze: DataFrame) -> DataFrame:
    """Rows of the HSK10 files: national totals (country ALL) or countries."""
    return trade_rows(
        bronze,
        period="STD_YYYYMM",
        hs="hs_code",
        country="country_code",
        trades=[
            direction("I", "import_value_usd", "import_weight_kg"),
            direction("X", "export_value_usd", "export_weight_kg"),
        ],
        checks=balance_checks(
            ("export_value_usd", "import_value_usd"), ("export_weight_kg", "import_weight_kg"), "trade_balance_usd"
        ),
    )


def from_kcs_coffee(bronze: DataFrame) -> DataFrame:
    """Rows of the green-coffee file: imports only."""
    return trade_rows(
        bronze,
        period="year_month",
        hs="hs_code",
        country="country_code",
        trades=[direction("I", "import_value_usd", "import_weight_kg")],
        checks=flags(
            not_a_number=not_numbers("import_value_usd", "import_weight_kg"),
            negative_value=any_negative("import_value_usd"),
            negative_mass=any_negative("import_weight_kg"),
        ),
    )


ADAPTERS = {
    "kcs_trade_country": from_kcs_trade_country,
    "kcs_trade_total": from_kcs_trade_total,
    "kcs_trade_total_country": from_kcs_trade_total,
    "kcs_coffee": from_kcs_coffee,
}
