"""A night of low-price assessment: facts from the lake, patterns, products, probabilities, selection as gold tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.arrays import IntArray
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.codes import commodity
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.detectors.lp_learned import Learned, assess_probabilities, learn_ranker
from jobs.domains.low_price.facts.arrays import firm_groups, lot_facts
from jobs.domains.low_price.facts.columns import significant
from jobs.domains.low_price.facts.declared import known_lots, months_back, rows_since
from jobs.domains.low_price.facts.features import with_parties
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.reference_data import ReferenceData, read_reference_data
from jobs.domains.low_price.partition import Marks, assess_products, join_answers, mark, read_pool, read_priced
from jobs.domains.low_price.patterns import PatternFlags, find_patterns
from jobs.domains.low_price.selection import fit_probability_model, mean_peer_log_odds, select_lots
from jobs.domains.low_price.tables.probability_model import model_tables, with_selection
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake
from jobs.stats.selection.two_groups import TwoGroups

TABLES = (
    "gold.lot",
    "gold.comparable",
    "gold.price_path",
    "gold.reference_day",
    "gold.known_lot",
    "gold.lot_pattern",
    "gold.chance_model",
    "gold.lot_ranker",
)
FEW_LOTS = 250_000  # assessed in the driver: Spark's workers would have to import the statistics first
PARTS_A_CORE, LOTS_A_PART = 2, 250_000  # a part is held by one worker, whose memory it bounds


def find_low_prices(lake: Lake, night: date, config: LowPriceConfig, capacity: int) -> dict[str, pa.Table]:
    """Tables of gold of the night, by name; without rows where nothing was declared."""
    stored = rows_since(lake, months_back(night, config.history_days))
    if not stored:
        return {name: arrow_schema(contracts.table(name)).empty_table() for name in TABLES}
    reference_data = read_reference_data(lake.dataset, night)
    lots = known_lots(lake, night, config.history_days)
    if stored <= FEW_LOTS:
        ranked, _, patterns = rank_here(lots.toArrow(), reference_data, config, capacity)
        return night_tables(ranked, patterns, night)
    lots = lots.persist()
    recent = lots.where(F.col("period_start") > F.lit(night - timedelta(days=config.pool_days))).toArrow()
    marks, patterns = find_marks(recent, reference_data, config)
    del recent  # a million lots take a third of a gigabyte
    parts = assess_on_spark(lake, lots, stored, reference_data, marks, config)
    lots.unpersist()
    return night_tables(rank_lots(parts, night, config, capacity), patterns, night)


def rank_here(
    table: pa.Table, reference_data: ReferenceData, config: LowPriceConfig, capacity: int
) -> tuple[RankedLots, Marks, pa.Table]:
    """A night in one place, from its facts alone: of the lake, or of a generated world in the back-test.

    Returns:
        the lots ranked, the patterns they show, and rows of gold.lot_pattern.
    """
    marks, patterns = find_marks(recent_lots(table, reference_data.night, config), reference_data, config)
    parts = [assess_products(table, reference_data, marks, config)]
    return rank_lots(parts, reference_data.night, config, capacity), marks, patterns


def recent_lots(table: pa.Table, night: date, config: LowPriceConfig) -> pa.Table:
    """The lots declared within the pool's days."""
    return table.filter(pc.greater(table["period_start"], pa.scalar(night - timedelta(days=config.pool_days))))


def find_marks(recent: pa.Table, reference_data: ReferenceData, config: LowPriceConfig) -> tuple[Marks, pa.Table]:
    """Patterns over all firms of the night: their marks on lots, and rows of gold.lot_pattern."""
    table = recent.sort_by([("declaration_id", "ascending"), ("line_no", "ascending")])
    facts = lot_facts(table, reference_data, config.facts)
    result = find_patterns(facts, config)
    marks = mark(table, reference_data, facts, result, config)
    return marks, pattern_rows(table, reference_data, facts, result, config)


def assess_on_spark(
    lake: Lake, lots: DataFrame, stored: int, reference_data: ReferenceData, marks: Marks, config: LowPriceConfig
) -> list[dict[str, pa.Table]]:
    """Whole products assessed by Spark's workers, about so many lots.

    Each part answers with compressed Arrow streams.
    """

    def assess(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        stored = [batch for batch in batches if batch.num_rows]
        if stored:
            answers = assess_products(pa.Table.from_batches(stored), reference_data, marks, config)
            names, streams = zip(*[(name, packed(table)) for name, table in answers.items()], strict=True)
            yield pa.record_batch([pa.array(names), pa.array(streams, pa.binary())], ["name", "stream"])

    parts = max(lake.spark.sparkContext.defaultParallelism * PARTS_A_CORE, stored // LOTS_A_PART)
    combined = lots.repartition(parts, "standard_name_code")
    answers = combined.mapInArrow(assess, "name string, stream binary").toArrow()
    result: list[dict[str, pa.Table]] = []
    for name, stream in zip(answers["name"].to_pylist(), answers["stream"], strict=True):
        if name == "lot":
            result.append({})
        result[-1][name] = unpacked(stream.as_buffer())
    return result


def packed(table: pa.Table) -> bytes:
    """A table as one compressed Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def unpacked(stream: pa.Buffer) -> pa.Table:
    """The table of a stream."""
    return pa.ipc.open_stream(stream).read_all()


@dataclass(frozen=True, kw_only=True)
class RankedLots:
    """A night's lots with chance, stake and place.

    Attributes:
        answers: of `assess_products`, in the order of the lines; `lot` with what the selection says of each.
        assessed: rows of `pool` that `lot` is about, in its order.
        mixture: how a price becomes a chance.
        learned: what came of learning from inspections.
        tables: rows of gold of both models, by name.
    """

    answers: dict[str, pa.Table]
    assessed: IntArray
    mixture: TwoGroups
    learned: Learned
    tables: dict[str, pa.Table]


def rank_lots(parts: list[dict[str, pa.Table]], night: date, config: LowPriceConfig, capacity: int) -> RankedLots:
    """The lots of a night's assessed parts ranked: probabilities and selection need all of it."""
    whole = in_order(join_answers(parts))
    evidence, *labels = read_pool(whole["pool"])
    model, day = fit_probability_model(evidence, config.evidence, *labels), (night - date(1970, 1, 1)).days
    pool = with_parties(whole["known_lot"], whole["pool"])
    assessed = np.flatnonzero(whole["pool"]["is_assessed"].to_numpy())
    learned = learn_ranker(pool, evidence, model.mixture, day, config.evidence, config.learned)
    stated = assess_probabilities(
        learned.promoted, model, evidence, assessed, pool.take(assessed), pool, config.evidence, config.learned
    )
    selection = select_lots(read_priced(whole["priced"]), stated.probability, day, capacity, config.selection)
    whole["lot"] = with_selection(whole["lot"], selection, stated.reasons)
    peer_log_odds = significant(mean_peer_log_odds(model.mixture, evidence, config.evidence))
    whole["known_lot"] = whole["known_lot"].append_column("trade_log_odds", peer_log_odds)
    return RankedLots(
        answers=whole, assessed=assessed, mixture=model.mixture, learned=learned, tables=model_tables(model, learned)
    )


def night_tables(ranked: RankedLots, patterns: pa.Table, night: date) -> dict[str, pa.Table]:
    """Tables of gold of the night, by name."""
    names = ("lot", "comparable", "price_path", "reference_day", "known_lot")
    tables = {f"gold.{name}": ranked.answers[name] for name in names}
    tables |= {"gold.lot_pattern": patterns, **ranked.tables}
    return {name: as_contract(name, table, night) for name, table in tables.items()}


def in_order(whole: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The lots and the pool in the order of their lines: sums of floats must not depend on how the night was parted."""
    ordered = dict(whole)
    for name, beside in (("lot", "priced"), ("known_lot", "pool")):
        by_line = pc.sort_indices(whole[name], sort_keys=[("declaration_id", "ascending"), ("line_no", "ascending")])
        ordered |= {each: whole[each].take(by_line) for each in (name, beside)}
    return ordered


def pattern_rows(
    table: pa.Table, reference_data: ReferenceData, facts: LotFacts, result: PatternFlags, config: LowPriceConfig
) -> pa.Table:
    """Columns of gold.lot_pattern: the groups in which a pattern was rejected."""
    rows = []
    for code, pattern in result.patterns.items():
        firm = (
            ("exporter_id", facts.lots.exporter_group)
            if code == "LP-COPY"
            else ("importer_id", facts.lots.importer_group)
        )
        groups = firm_groups(table[firm[0]], reference_data.groups)
        for at in np.flatnonzero(result.rejected[code]):
            lots = np.flatnonzero(pattern.row == at)
            family = commodity(table["standard_name_code"][int(lots[0])].as_py()) if pattern.market[at] >= 0 else ""
            rows.append(
                {
                    "detector_id": code,
                    "firm_group": groups[int(lots[0])].as_py(),
                    "pattern_market": family,
                    "p_value": float(pattern.p[at]),
                    "statistic": float(pattern.statistic[at]),
                    "lot_count": int(pattern.n[at]),
                    "reason_codes": pattern.reason_codes(int(at), config.patterns.reason_p),
                }
            )
    return table_of("gold.lot_pattern", rows)


def as_contract(name: str, table: pa.Table, night: date) -> pa.Table:
    """The columns of a table of gold in its contract's order and types, the night among them, sorted by key."""
    contract = contracts.table(name)
    schema = arrow_schema(contract)
    stored = set(table.column_names) - {"night", "run_id"}
    columns = [
        pa.repeat(pa.scalar(night), len(table))
        if field.name == "night"
        else table[field.name].cast(field.type)
        if field.name in stored
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema).sort_by([(key, "ascending") for key in contract.key])
