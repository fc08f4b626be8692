"""silver.partner_trade_month: what other countries' customs report, the mirror of our own figures."""

from __future__ import annotations

from jobs.contracts.codes import countries
from jobs.ingest.silver.rules.columns import (
    HS_CODE,
    any_negative,
    figure_checks,
    figures,
    fits,
    mapped,
    month,
    not_in,
    q,
)
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.partner_trade_month"
# Short forms Comtrade writes that ISO 3166 and CLDR do not have.
SHORT_NAMES = {"USA": "US", "UAE": "AE", "Russia": "RU", "Turkey": "TR", "Czech Republic": "CZ"}
CENSUS_TOTALS = {"WORLD": "ALL", "OTHER": "OTH"}


def names_of_countries() -> dict[str, str]:
    """Codes of countries by their English names."""
    import pycountry

    by_name = {labels["en"]: code for code, labels in countries().items()}
    for country in pycountry.countries:
        by_name[country.name] = country.alpha_2
        by_name[getattr(country, "common_name", country.name)] = country.alpha_2
    return {**by_name, **SHORT_NAMES}


def reported(
    reporter: str, flow: str, *, hs: str, partner: str, period: str, value: str, mass: str, states_mass: bool
) -> Statement:
    """What a reporter's file states of its trade with each partner.

    Args:
        reporter, flow: the same in all rows.
        hs, period, value, mass: names of the columns with them.
        partner: expression of the partner's code.
        states_mass: whether the figure in the column of masses is one.
    """
    figured = {"value_usd": value, "net_mass_kg": mass}
    return Statement(
        steps=({"_period_start": month(period), "_partner": partner, **figures(TABLE, figured)},),
        columns={
            "reporter_country": f"'{reporter}'",
            "flow": f"'{flow}'",
            "hs_code": q(hs),
            "hs_level": f"length({q(hs)})",
            "partner_country": "_partner",
            "period_start": "_period_start",
            "value_usd": "_value_usd",
            "net_mass_kg": "_net_mass_kg" if states_mass else "null",
        },
        flags={
            **figure_checks(TABLE, figured, required=["value_usd"]),
            "negative_value": any_negative("_value_usd"),
            "negative_mass": "_net_mass_kg < 0",
            "mass_missing": f"{q(mass)} = ''" if states_mass else "true",
            "mass_zero": "_value_usd > 0 and _net_mass_kg = 0" if states_mass else "false",
            "bad_period": "_period_start is null",
            "bad_hs_code": f"not {fits(q(hs), HS_CODE)}",
            "unknown_country": not_in("_partner", "country"),
        },
    )


ADAPTERS = {
    # China's exports by partner name, value in USD and mass in kg.
    "china_exports": reported(
        "CN",
        "X",
        hs="hs6",
        partner=mapped("partner_name", names_of_countries()),
        period="period_dt",
        value="val",
        mass="qty",
        states_mass=True,
    ),
    # US imports by country; the source gives a quantity of 0 at this level, so mass is unknown.
    "us_imports": reported(
        "US",
        "I",
        hs="hs",
        partner=f"coalesce({mapped('country', CENSUS_TOTALS)}, country)",
        period="month",
        value="value_usd",
        mass="qty",
        states_mass=False,
    ),
}
