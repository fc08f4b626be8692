"""silver.trade_month: Korea's monthly trade by item and country, from every source that states it.

A record of a source states both directions; each becomes a row of its own. A month without trade is stated as zero
when a source says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from jobs.ingest.silver.rules.columns import HS_CODE, any_of, figure_checks, figures, fits, month, not_in, number, q
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.trade_month"
FIGURES = {"value_usd": "_value_text", "net_mass_kg": "_mass_text"}
Trade = tuple[str, str]  # columns with the texts of value and mass


def trade(period: str, hs: str, country: str, trades: Mapping[str, Trade], balance: str | None = None) -> Statement:
    """The rows of a record, one a direction of trade.

    Args:
        period, hs, country: names of the columns with them.
        trades: the columns with value and mass by direction.
        balance: the column that repeats exports less imports, so that a figure cut short shows.
    """
    structs = [
        f"{{'flow': '{flow}', 'value': {q(value)}, 'mass': {q(mass)}}}" for flow, (value, mass) in trades.items()
    ]
    steps: list[Mapping[str, str]] = [
        {"_value_text": "_each.value", "_mass_text": "_each.mass", "_period_start": month(period)},
        figures(TABLE, FIGURES),
    ]
    checks = figure_checks(TABLE, FIGURES, required=["value_usd"])
    if balance:
        money = {"_exported": trades["X"][0], "_imported": trades["I"][0], "_balance": balance}
        steps.append({name: number(q(text), "decimal(20,2)") for name, text in money.items()})
        checks["not_a_number"] = any_of(checks["not_a_number"], "_balance is null")
        checks["balance_mismatch"] = "abs(_balance - (_exported - _imported)) > 1"
    return Statement(
        each=f"[{', '.join(structs)}]",
        steps=tuple(steps),
        columns={
            "flow": "_each.flow",
            "hs_code": q(hs),
            "hs_level": f"length({q(hs)})",
            "partner_country": q(country),
            "period_start": "_period_start",
            "value_usd": "_value_usd",
            "net_mass_kg": "_net_mass_kg",
        },
        flags={
            **checks,
            "negative_value": "_value_usd < 0",
            "negative_mass": "_net_mass_kg < 0",
            "mass_missing": "_mass_text = ''",
            "mass_zero": "_value_usd > 0 and _net_mass_kg = 0",
            "bad_period": "_period_start is null",
            "bad_hs_code": f"not {fits(q(hs), HS_CODE)}",
            "unknown_country": not_in(q(country), "country"),
        },
    )


# The `nitemtrade` service by HS6 and country.
BY_COUNTRY = trade(
    "year", "hsCd", "statCd", {"I": ("impDlr", "impWgt"), "X": ("expDlr", "expWgt")}, balance="balPayments"
)
# The HSK10 files: national totals (country ALL) or countries.
TOTALS = trade(
    "STD_YYYYMM",
    "hs_code",
    "country_code",
    {"I": ("import_value_usd", "import_weight_kg"), "X": ("export_value_usd", "export_weight_kg")},
    balance="trade_balance_usd",
)
# The green-coffee file: imports only.
COFFEE = trade("year_month", "hs_code", "country_code", {"I": ("import_value_usd", "import_weight_kg")})

ADAPTERS = {
    "kcs_trade_country": BY_COUNTRY,
    "kcs_trade_total": TOTALS,
    "kcs_trade_total_country": TOTALS,
    "kcs_coffee": COFFEE,
}
