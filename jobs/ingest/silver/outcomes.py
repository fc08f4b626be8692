"""How each physical record ended: let in, stating nothing, set aside, or unreadable.

SQL over relations of one DuckDB connection: `records_<source>` (rows of bronze), `typed` (the rows they state) and
`unsound` (records that are set aside: one bad row sets its whole record aside).
"""

from __future__ import annotations

from collections.abc import Sequence

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.rules.columns import literal, literals, q
from jobs.ingest.silver.rules.statement import codes_of, severe_bits

STATES = ("out", "unchanged", "quarantined", "rejected")


def unsound_sql(contract: Table) -> str:
    """Records of which a row has a flag that the contract does not let in, with the bits of all their reasons."""
    severe = severe_bits(contract)
    return f"""select _source, _delivery_id, _record_id, bit_or(_mask & {severe}::ubigint) as _reasons
        from typed where _mask & {severe}::ubigint <> 0 group by all"""


def counts_sql(sources: Sequence[str]) -> str:
    """One row a delivery: how many of its physical records ended in which state.

    A record that states nothing (a month without a single price) has no row, and counts as unchanged.
    """
    read = " union all ".join(
        f"""select {literal(source)} as source, delivery_id, count(*) as records_in,
            count(reject_reason) as records_rejected from records_{source} group by delivery_id"""
        for source in sources
    )
    return f"""
        with read as ({read}),
        stated as (select _source as source, _delivery_id as delivery_id, count(distinct _row) as stated
                   from typed group by all),
        bad as (select _source as source, _delivery_id as delivery_id, count(*) as records_quarantined
                from unsound group by all)
        select source, delivery_id, records_in, records_rejected,
               coalesce(records_quarantined, 0) as records_quarantined,
               coalesce(stated, 0) - coalesce(records_quarantined, 0) as records_out,
               records_in - records_rejected - coalesce(stated, 0) as records_unchanged
        from read left join stated using (source, delivery_id) left join bad using (source, delivery_id)
        order by source, delivery_id"""


def rejected_sql(source: str) -> str:
    """Rows of ops.rejected."""
    return f"""select {literal(source)} as source, delivery_id, source_file, source_row, file_sha256,
        delivery_id || ':' || source_row as record_id, reject_reason as reason_code, raw_record, ingested_at,
        $now as recorded_at, $run_id as run_id
        from records_{source} where reject_reason is not null"""


def quarantined_sql(source: str) -> str:
    """Rows of ops.quarantine: records set aside with all their reasons and their values as delivered."""
    landing = contracts.landing(source)
    contract = contracts.table(landing.feeds)
    own = f"map([{literals(landing.columns)}], [{', '.join(map(q, landing.columns))}])"
    extra = "coalesce(extra_columns, map([]::varchar[], []::varchar[]))"
    return f"""select {literal(source)} as source, {literal(contract.name)} as table_name, delivery_id, source_file,
        source_row, file_sha256, _record_id as record_id, {codes_of(contract, "_reasons")} as reason_codes,
        map_concat({own}, {extra}) as payload, ingested_at, $now as recorded_at, $run_id as run_id
        from records_{source} join unsound
        on _source = {literal(source)} and _record_id = delivery_id || ':' || source_row"""
