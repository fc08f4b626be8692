"""Codes that a revision of the nomenclature renamed: their rows are those of the code that follows them.

A code with one successor is the same good under another name, several codes with one successor are added up. Of one
that was split nobody can say what went where: its months end with the revision, those of its successors begin there,
and neither is a stop or a new trade. A revision counts from the first month on file in which it holds.
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import BoolArray
from jobs.contracts.codes import hs_versions
from jobs.domains.supply_chain.facts.panel import Panel

REVISION = "silver.hs_revision"

# From `trade` and `revision` (the rows that a night sees). `aliases`: hs_code (the name of today), code (as stated),
# and the months in which the code was in use: from since, before until. `cells`: trade under the names of today.
RENAMED = """
    revised as (
        select * from (
            select old_hs_code, new_hs_code, valid_from,
                count(*) over (partition by old_hs_code, valid_from) as successors
            from (select distinct old_hs_code, new_hs_code, valid_from from revision)
            where valid_from <= (select max(period_start) from trade))
        where old_hs_code <> new_hs_code),
    followed(code, until, name, since) as (
        select old_hs_code, valid_from, new_hs_code, valid_from from revised where successors = 1
        union all
        select code, until, new_hs_code, valid_from
        from followed join revised on old_hs_code = name and valid_from > since and successors = 1),
    aliases as (
        select coalesce(name, code) as hs_code, code, since, until
        from (select hs_code as code from trade union select old_hs_code from revised union
            select new_hs_code from revised)
        left join (select new_hs_code as code, max(valid_from) as since from revised group by all) begun using (code)
        left join (select old_hs_code as code, min(valid_from) as until from revised group by all) ended using (code)
        left join (select code, until, arg_max(name, since) as name from followed group by all) named
            using (code, until)),
    cells as (
        select source, flow, partner_country as partner, period_start as month,
            if(period_start < coalesce(until, 'infinity'), aliases.hs_code, trade.hs_code) as hs_code,
            cast(sum(net_mass_kg) as double) as mass, cast(sum(value_usd) as double) as value,
            min(record_id) as record_id
        from trade join aliases on aliases.code = trade.hs_code
        group by all)
"""


def may_be_revised(panel: Panel) -> BoolArray:
    """Months, (S, T), in which nothing has come of an item since the first month of an edition of the nomenclature.

    It came in the month before. Of a code whose revision is on file no such month is left: see `RENAMED`.
    """
    came = np.zeros((len(panel.hs_code), len(panel.months)))
    np.add.at(came, panel.item, np.nan_to_num(panel.value))
    out = np.zeros(panel.value.shape, dtype=bool)
    for begins in (np.datetime64(day, "M") for day in hs_versions()):
        column = int((begins - panel.months[0]).astype(int))
        if 0 < column < len(panel.months):
            is_gone = np.logical_and.accumulate(came[:, column:] == 0, axis=1)
            stopped = is_gone & (came[:, column - 1 : column] > 0)
            out[:, column:] |= stopped[panel.item] & (panel.value[:, column:] == 0)
    return out
