"""silver.partner_trade_month: what other countries' customs report, the mirror of our own figures."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contracts.codes import countries
from jobs.ingest.silver.columns import HS_CODE, amount, any_negative, flags, month, not_in, not_numbers

# Short forms Comtrade writes that ISO 3166 and CLDR do not have.
SHORT_NAMES = {"USA": "US", "UAE": "AE", "Russia": "RU", "Turkey": "TR", "Czech Republic": "CZ"}
CENSUS_TOTALS = {"WORLD": "ALL", "OTHER": "OTH"}


def country_by_name(name: str) -> Column:
    """Code of a country written as its English name, null where no list has the name."""
    import pycountry

    by_name = {labels["en"]: code for code, labels in countries().items()}
    for country in pycountry.countries:
        by_name[country.name] = country.alpha_2
        by_name[getattr(country, "common_name", country.name)] = country.alpha_2
    pairs = [F.lit(part) for pair in {**by_name, **SHORT_NAMES}.items() for part in pair]
    return F.try_element_at(F.create_map(*pairs), F.col(name))


def reported(bronze: DataFrame, *, reporter: str, flow: str, hs: str, mass: Column, checks: Column) -> DataFrame:
    """Typed rows of silver.partner_trade_month from a frame that has `_partner`, `_period` and `_value`."""
    return bronze.select(
        F.lit(reporter).alias("reporter_country"),
        F.lit(flow).alias("flow"),
        F.col(hs).alias("hs_code"),
        F.length(hs).alias("hs_level"),
        F.col("_partner").alias("partner_country"),
        F.col("_period").alias("period_start"),
        F.col("_value").alias("value_usd"),
        mass.alias("net_mass_kg"),
        F.concat(
            checks,
            flags(
                bad_period=F.col("_period").isNull(),
                bad_hs_code=~F.col(hs).rlike(HS_CODE),
                unknown_country=not_in(F.col("_partner"), "country"),
            ),
        ).alias("quality_flags"),
        "_record",
    )


def from_china_exports(bronze: DataFrame) -> DataFrame:
    """China's exports by partner name, value in USD and mass in kg."""
    named = (
        bronze.withColumn("_partner", country_by_name("partner_name"))
        .withColumn("_period", month("period_dt"))
        .withColumn("_value", amount("val", "decimal(20,2)"))
    )
    checks = flags(
        not_a_number=not_numbers("val", "qty"),
        negative_value=any_negative("val"),
        negative_mass=any_negative("qty"),
        mass_zero=(F.col("_value") > 0) & (amount("qty", "decimal(20,3)") == 0),
    )
    return reported(named, reporter="CN", flow="X", hs="hs6", mass=amount("qty", "decimal(20,3)"), checks=checks)


def from_us_imports(bronze: DataFrame) -> DataFrame:
    """US imports by country; the source gives a quantity of 0 at this level, so mass is unknown."""
    totals = F.create_map(*[F.lit(part) for pair in CENSUS_TOTALS.items() for part in pair])
    named = (
        bronze.withColumn("_partner", F.coalesce(F.try_element_at(totals, F.col("country")), F.col("country")))
        .withColumn("_period", month("month"))
        .withColumn("_value", amount("value_usd", "decimal(20,2)"))
    )
    checks = flags(
        not_a_number=not_numbers("value_usd", "qty"),
        negative_value=any_negative("value_usd"),
        negative_mass=any_negative("qty"),
        mass_missing=F.lit(True),
    )
    return reported(named, reporter="US", flow="I", hs="hs", mass=F.lit(None).cast("decimal(20,3)"), checks=checks)


ADAPTERS = {"china_exports": from_china_exports, "us_imports": from_us_imports}
