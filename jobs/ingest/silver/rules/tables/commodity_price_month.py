"""silver.commodity_price_month: reference prices of commodities, one row a series and month."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import any_negative, figure_checks, figures, literal, literals, month, q
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.commodity_price_month"
NO_PRICE = ("", "...", "…")  # how the Pink Sheet writes a month without a price
PRICE = {"price": "_price_text"}
COFFEE_SERIES = {"arabica_otm_usd_per_kg": "Coffee, Arabica (USD/kg)", "robusta_usd_per_kg": "Coffee, Robusta (USD/kg)"}


def prices(period: str, pairs: str) -> Statement:
    """The prices of a record: `pairs` is a list of structs of the series' `key` and the text of its `value`."""
    return Statement(
        each=f"list_filter({pairs}, lambda pair: pair.value not in ({literals(NO_PRICE)}))",
        steps=({"_price_text": "_each.value", "_period_start": month(period)}, figures(TABLE, PRICE)),
        columns={
            # ` **` only marks a changed source.
            "series_name": r"trim(regexp_replace(_each.key, '\s*\*\*$', ''))",
            "period_start": "_period_start",
            "price": "_price",
        },
        flags={
            **figure_checks(TABLE, PRICE),
            "negative_value": any_negative("_price"),
            "bad_period": "_period_start is null",
        },
    )


def coffee_pairs() -> str:
    """Arabica and robusta in USD/kg."""
    pairs = [f"{{'key': {literal(name)}, 'value': {q(column)}}}" for column, name in COFFEE_SERIES.items()]
    return f"[{', '.join(pairs)}]"


ADAPTERS = {
    "pinksheet": prices("period", "map_entries(_extra_columns)"),  # every column but the period is a series
    "coffee_price": prices("year_month", coffee_pairs()),
}
