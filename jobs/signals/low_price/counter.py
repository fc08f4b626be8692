"""A declaration judged as it is filed, from what the night stored: the same functions on the same lots, without Spark."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.codes import standard_products
from jobs.lake import Lake
from jobs.methods.lots import BoolArray
from jobs.methods.reference_keys import GROUP
from jobs.methods.reference_price import StoredReference, stack_rows
from jobs.signals.low_price.arrays import firm_groups, lot_facts
from jobs.signals.low_price.chance_table import read_chances, with_choice
from jobs.signals.low_price.choice import choose_lots
from jobs.signals.low_price.columns import days, figures, together
from jobs.signals.low_price.config import LowPriceConfig, night_config
from jobs.signals.low_price.declared_file import in_both, read_declarations
from jobs.signals.low_price.judge import judge_price_grounds, priced_lots
from jobs.signals.low_price.known import look_around
from jobs.signals.low_price.lot_facts import LotFacts
from jobs.signals.low_price.lot_rows import lot_columns
from jobs.signals.low_price.markets import name_markets, names_of
from jobs.signals.low_price.patterns import CODES, find_patterns

KNOWN_OF_A_LINE = ("finding", "propensity", "record_id")


def newest_night(lake: Lake) -> date:
    """The newest night that stored reference prices.

    Raises:
        LookupError: no night has.
    """
    nights = lake.rows("gold.chance_model", ["night"])["night"]
    if not len(nights):
        raise LookupError(in_both("score.no_night"))
    return pc.max(nights).as_py()


def judge_file(lake: Lake, night: date, path: Path) -> tuple[pa.Table, pa.Table]:
    """Columns of gold.lot of the lines of a file, by what a night stored; and the names of the lines not judged.

    Raises:
        LookupError: there is no such file, it lacks a column, or the night has stored nothing.
    """
    filed, unsound = read_declarations(path)
    if not len(filed):
        return arrow_schema(contracts.table("gold.lot")).empty_table(), unsound
    known = known_of(lake, night, sorted(set(filed["standard_name_code"].to_pylist())))
    if not len(lake.rows("gold.chance_model", ["night"], night=night)):
        raise LookupError(in_both("score.nothing_stored", night=night))
    return score_lots(lake, night, filed, known, night_config()), unsound


def known_of(lake: Lake, night: date, products: list[str]) -> pa.Table:
    """The pool of the night, of some products and all that are of the same good."""
    words = {code.split("_")[0] for code in products}
    wanted = [code for code in standard_products() if code.split("_")[0] in words]
    rows = lake.rows("gold.known_lot", night=night, where=[("standard_name_code", "in", wanted)])
    return rows.drop_columns(["night", "run_id"])


def score_lots(lake: Lake, night: date, filed: pa.Table, known: pa.Table, config: LowPriceConfig) -> pa.Table:
    """Columns of gold.lot of lots filed after a night, but without a place in its choice.

    A line that the night knew is judged as of its own day, as the night did; any other as of the next morning or later.

    Args:
        lake: the lake.
        night: the night whose prices are used.
        filed: lots, with the columns of gold.known_lot.
        known: the night's pool of their goods.
        config: settings of the night.
    """
    around = look_around(lake, night)
    lines = together(known, "declaration_id", "line_no")
    asked = together(filed, "declaration_id", "line_no")
    at = pc.index_in(asked, lines.combine_chunks())
    for name in KNOWN_OF_A_LINE:
        filed = filed.set_column(filed.schema.get_field_index(name), name, known[name].combine_chunks().take(at))
    others = known.filter(pc.invert(pc.is_in(lines, asked.combine_chunks())))
    table = pa.concat_tables([others, filed.select(others.column_names)])
    table = table.append_column("_is_filed", pa.array(np.arange(len(table)) >= len(others)))
    table = table.append_column("_is_new", pa.chunked_array([pa.repeat(False, len(others)), pc.is_null(at)]))
    table = table.sort_by([("period_start", "ascending"), ("declaration_id", "ascending"), ("line_no", "ascending")])
    table = as_of_next_morning(table, night)
    facts = lot_facts(table, around, config, table["_is_filed"].to_numpy())
    keys, names = name_markets(table, facts.lots)
    stored = stored_prices(lake.rows("gold.reference_day", night=night), names)
    patterns = lake.rows("gold.lot_pattern", night=night)
    judgement = judge_price_grounds(
        facts,
        shown_patterns(table, facts, patterns, around.groups, config),
        tainted_groups(table, facts),
        config,
        stored,
    )
    market = names_of(keys[judgement.judged, GROUP], names[GROUP])
    chances = read_chances(lake.rows("gold.chance_model", night=night))
    choice = choose_lots(priced_lots(facts, judgement), chances, facts.night, 0, config)
    return with_choice(pa.table(lot_columns(table, facts, judgement, market)), choice)


def as_of_next_morning(table: pa.Table, night: date) -> pa.Table:
    """The table, lines new to the night declared on the next morning where they state an earlier day."""
    morning = pa.scalar(night + timedelta(days=1))
    moved = pc.if_else(
        pc.and_(table["_is_new"], pc.less(table["period_start"], morning)), morning, table["period_start"]
    )
    return table.set_column(table.schema.get_field_index("period_start"), "period_start", moved)


def stored_prices(rows: pa.Table, names: list[dict[int, str]]) -> StoredReference:
    """The reference prices on file of the goods that the names know."""
    parts = []
    for rung, of_rung in enumerate(names):
        own = rows.filter(pc.equal(rows["reference_rung"], rung))
        at = pc.index_in(own["market_id"], pa.array(list(of_rung.values()), pa.string()))
        own = own.filter(pc.is_valid(at))
        key = np.array(list(of_rung), dtype=np.int64)[at.drop_null().to_numpy()]
        parts.append(
            StoredReference(
                key, days(own["period_start"]), figures(own["log_price"]), figures(own["log_sd"]), figures(own["log_drift"]),
                figures(own["log_spread"]), own["reference_n"].to_numpy().astype(np.int64),
            )
        )  # fmt: skip
    return stack_rows(parts)


def shown_patterns(
    table: pa.Table, facts: LotFacts, rejected: pa.Table, groups: dict[str, str], config: LowPriceConfig
) -> dict[str, BoolArray]:
    """By pattern, the lots that show it and are of a firm in which the night found it.

    Whom it was found in is the night's word; whether a lot shows it is asked only where such a firm filed one.
    """
    firms = {"LP-COPY": firm_groups(table["exporter_id"], groups)}
    importers = firm_groups(table["importer_id"], groups)
    family = pc.list_element(pc.split_pattern(table["standard_name_code"], "_", max_splits=1), 0)
    scopes = {"LP-SWITCH": family}
    nowhere = pa.chunked_array([pa.repeat("", len(table))])
    concerned = {}
    for code in CODES:
        own = rejected.filter(pc.equal(rejected["detector_id"], code))
        ours = pc.binary_join_element_wise(firms.get(code, importers), scopes.get(code, nowhere), "|")
        theirs = pc.binary_join_element_wise(own["firm_group"], own["pattern_market"], "|").combine_chunks()
        concerned[code] = pc.is_in(ours, theirs).to_numpy()
    asked = [code for code, holds in concerned.items() if (holds & facts.is_judged).any()]
    found = find_patterns(facts, config, asked).patterns
    none = np.zeros(len(facts), dtype=bool)
    return {code: found[code].is_evidence & holds if code in found else none for code, holds in concerned.items()}


def tainted_groups(table: pa.Table, facts: LotFacts) -> BoolArray:
    """By number of the exporter group, whether the night believed none of its lots."""
    number = facts.lots.exporter_group
    tainted = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    tainted[number[pc.fill_null(table["is_tainted"], False).to_numpy() & (number >= 0)]] = True
    return tainted
