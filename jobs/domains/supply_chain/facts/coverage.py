"""Which months of a series the deliveries known on the night cover: within them no row means that nothing came."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import contracts
from jobs.arrays import BoolArray

SCOPE = "silver.trade_scope"
ANY = "*"  # partner of an item's exports as a whole: whether there were none is asked of items without any, too

# Of `cells` and `aliases` (see `revisions`), everything that ever had a row. A month is left out in which a total on
# file exceeds the sum of the partners: something is missing there, and it may be any of those that have no row.
# Deliveries that cover the same codes and partners are taken as one, by the hash of either list. What a later delivery
# covers is known again, although an earlier one left a record of it that could not be read.
COVERED = """
    series as (
        select distinct source, hs_code, flow, partner from cells
        union
        select distinct source, hs_code, 'X', '{any}' from cells),
    sums as (
        select source, hs_code, flow, month, sum(value) as value from cells where partner <> 'ALL' group by all),
    contradicted as (
        select own.source, hs_code, flow, total.month
        from (select distinct source, hs_code from cells where partner <> 'ALL') own
        join (select hs_code, flow, month, max(value) as value from cells where partner = 'ALL' group by all) total
            using (hs_code)
        left join sums using (source, hs_code, flow, month)
        where total.value > (1 + {excess_most}) * coalesce(sums.value, 0)),
    placed as (
        select *, hash(hs_codes) as codes, hash(partner_countries) as partners,
            row_number() over (order by known_at, ingested_at, delivery_id) as place
        from scope),
    spans as (
        select source, flow, month, codes, partners, max(place) as place
        from (select source, unnest(flows) as flow, period_start as month, codes, partners, place from placed)
        group by all),
    code_sets as (
        select codes, is_stated, unnest(hs_codes) as code
        from (select codes, scope_basis = 'stated' as is_stated, any_value(hs_codes) as hs_codes
            from placed group by all)),
    partner_sets as (
        select partners, unnest(partner_countries) as partner
        from (select partners, any_value(partner_countries) as partner_countries from placed group by all)),
    prefixes as (
        select *, unnest(list_distinct([code, left(code, 2), left(code, 4), left(code, 6)])) as prefix from aliases),
    in_codes as (
        select distinct hs_code, since, until, codes
        from prefixes join code_sets on code_sets.code = prefix
        where is_stated or prefixes.code = prefix),
    in_partners as (
        select distinct partner, partners from series join partner_sets using (partner)
        union
        select distinct partner, hash(null::varchar[]) from series where partner <> 'ALL'
        union
        select '{any}', partners from placed),
    unread as (
        select source, flow, month, place, split_part(cell, '|', 1) as code, split_part(cell, '|', 2) as country
        from (select source, unnest(flows) as flow, period_start as month, place, unread_cells from placed) cells,
            unnest(unread_cells) as each(cell)),
    covered_months as (
        select series.*, month, max(place) as place
        from series
        join in_codes using (hs_code)
        join in_partners using (partner)
        join spans using (source, flow, codes, partners)
        where month >= coalesce(since, month) and month < coalesce(until, 'infinity')
        group by all),
    unread_months as (
        select series.*, month, max(place) as place
        from series join aliases using (hs_code) join unread using (source, flow)
        where unread.code in (aliases.code, '*') and (country in (partner, '*') or partner = '{any}')
        group by all),
    known_months as (
        select source, hs_code, flow, partner, month
        from covered_months left join unread_months unread using (source, hs_code, flow, partner, month)
        left join contradicted using (source, hs_code, flow, month)
        where covered_months.place > coalesce(unread.place, 0)
            and (partner = 'ALL' or contradicted.source is null)),
    runs as (
        select source, hs_code, flow, partner, min(month) as first, max(month) as last
        from (
            select *, year(month) * 12 + month(month) - row_number() over (
                partition by source, hs_code, flow, partner order by month) as island
            from known_months)
        group by source, hs_code, flow, partner, island)
"""


def covered_sql() -> str:
    """Common table expressions over `cells`, `aliases` and `scope` (the rows that a night sees).

    The last is `runs`: source, hs_code, flow, partner, first and last of months on end that deliveries cover.
    """
    rule = contracts.table(SCOPE).inference
    return COVERED.strip().format(any=ANY, excess_most=rule.excess_most if rule else 0)


def states_coverage(items: pa.Table) -> bool:
    """Whether it is known what the deliveries of the items' source cover; if not, the column is empty or absent."""
    return "covered" in items.column_names and items["covered"].null_count < len(items)


def mask_covered(
    items: pa.Table, flow: str, rows: Mapping[tuple[int, str], int], months: np.ndarray, default: BoolArray
) -> BoolArray:
    """Whether deliveries cover a series' month, (S, T), for rows of `facts.gather_items`.

    Args:
        items: the items, all of one source.
        flow: I or X.
        rows: row of each series by the item's place in `items` and its partner.
        months: consecutive.
        default: the answer where nothing is known of what the source's deliveries cover.
    """
    if not states_coverage(items):
        return default
    covered = items["covered"].combine_chunks()
    runs = covered.flatten()
    asked = pc.equal(runs.field("flow"), flow)
    of = pc.list_parent_indices(covered).filter(asked).to_pylist()
    partner = runs.field("partner").filter(asked).to_pylist()
    ends = [runs.field(end).filter(asked).to_numpy(zero_copy_only=False) for end in ("first", "last")]
    first, last = ((end.astype("datetime64[M]") - months[0]).astype(int) for end in ends)
    mask = np.zeros(default.shape, dtype=bool)
    for run, series in enumerate(zip(of, partner, strict=True)):
        if (row := rows.get(series)) is not None:
            mask[row, max(first[run], 0) : max(last[run] + 1, 0)] = True
    return mask
