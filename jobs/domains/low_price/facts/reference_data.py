"""What a night knew besides the declarations: quotations, tariff, relations of firms. Small tables, read without Spark.

The night and on-demand scoring read them by these very functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from jobs.ingest.silver.rules.tables.price_reference import MASS_UNITS_KG
from jobs.lake.as_of import Stored, ask_known

KG = f"map {MASS_UNITS_KG}[split_part(unit, '/', -1)]"
# A security price is fixed in won, often before there is a customs rate for the first week it holds for.
QUOTES = f"""
    select reference_source, standard_name_code, origin_country, grade, price_usd_per_kg::double as usd_per_kg,
        case when reference_source = 'security' and currency = 'KRW' then price::double / {KG} end as krw_per_kg,
        case when reference_source = 'security' then greatest(published_on, period_start) else published_on end
            as first_day,
        period_end as last_day
    from known where (price_usd_per_kg > 0 or krw_per_kg > 0) and published_on is not null
"""
TARIFFS = """
    select hs10_code, preference_code, duty_kind, coalesce(ad_valorem_pct, 0)::double as ad_valorem_pct,
        coalesce(specific_krw_per_kg, 0)::double as specific_krw_per_kg, is_vat_exempt, valid_from, valid_to
    from known
"""
RELATED = "select firm_id, related_firm_id from known where valid_from <= $night and coalesce(valid_to >= $night, true)"


@dataclass(frozen=True, kw_only=True)
class ReferenceData:
    """What is known around the lots of a night.

    Attributes:
        night: the night.
        quotes: reference_source, standard_name_code, origin_country, grade, usd_per_kg, krw_per_kg (of a price fixed
            in won), first_day, last_day.
        tariffs: hs10_code, preference_code, duty_kind, ad_valorem_pct, specific_krw_per_kg, is_vat_exempt, valid_from,
            valid_to.
        groups: of each firm that is related to another, the first of all it is related to.
    """

    night: date
    quotes: pa.Table
    tariffs: pa.Table
    groups: dict[str, str]


def read_reference_data(stored: Stored, night: date) -> ReferenceData:
    """The surroundings as known at the end of the night.

    Args:
        stored: the tables of silver: a lake's, or those of a world.
        night: the night.
    """
    related = ask_known(stored, f"{RELATED} order by all", night, {"known": "silver.firm_relation"}, {"night": night})
    return ReferenceData(
        night=night,
        quotes=ask_known(stored, f"{QUOTES} order by all", night, {"known": "silver.price_reference"}),
        tariffs=ask_known(stored, f"{TARIFFS} order by all", night, {"known": "silver.tariff_rate"}),
        groups=group_firms(related["firm_id"].to_pylist(), related["related_firm_id"].to_pylist()),
    )


def group_firms(firms: list[str], others: list[str]) -> dict[str, str]:
    """Connected components of related firms, each named by its first firm."""
    names, number = np.unique(np.array(firms + others, dtype=object), return_inverse=True)
    ours, theirs = number[: len(firms)], number[len(firms) :]
    edges = coo_array((np.ones(len(ours)), (ours, theirs)), shape=(len(names), len(names)))
    _, component = connected_components(edges, directed=False)
    _, first = np.unique(component, return_index=True)
    return {str(name): str(names[first[of]]) for name, of in zip(names, component, strict=True)}
