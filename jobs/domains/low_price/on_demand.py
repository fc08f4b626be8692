"""A declaration assessed as it is filed, from what the night stored: the same functions on the same lots, without
Spark.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import contracts
from jobs.arrays import BoolArray, FloatArray
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.codes import commodity, regions, standard_products
from jobs.contracts.messages import both
from jobs.domains.low_price.assessment import assess_price_grounds, priced_lots
from jobs.domains.low_price.config import LowPriceConfig, low_price_config
from jobs.domains.low_price.detectors.lp_learned import assess_probabilities
from jobs.domains.low_price.facts.arrays import firm_groups, lot_facts
from jobs.domains.low_price.facts.columns import commodities, days, figures, flags, join_texts
from jobs.domains.low_price.facts.declared_file import read_declarations
from jobs.domains.low_price.facts.features import HISTORY, PARTIES, own_columns, with_parties
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.markets import name_markets, names_of
from jobs.domains.low_price.facts.reference_data import ReferenceData, read_reference_data
from jobs.domains.low_price.methods.reference.keys import GROUP
from jobs.domains.low_price.methods.reference.price import StoredReference, stack_rows
from jobs.domains.low_price.patterns import CODES, LotPatterns, carried, find_patterns
from jobs.domains.low_price.selection import select_lots
from jobs.domains.low_price.tables.lots import lot_columns
from jobs.domains.low_price.tables.probability_model import read_probability_model, read_ranker, with_selection
from jobs.lake.delta import Lake

KNOWN_OF_A_LINE = ("finding", "finding_known_on", "propensity", "record_id", "trade_log_odds")


def newest_night(lake: Lake) -> date:
    """The newest night that stored reference prices.

    Raises:
        LookupError: no night has.
    """
    nights = lake.rows("gold.chance_model", ["night"])["night"]
    if not len(nights):
        raise LookupError(both("score.no_night"))
    newest: date = pc.max(nights).as_py()
    return newest


def assess_file(lake: Lake, night: date, path: Path) -> tuple[pa.Table, pa.Table]:
    """Columns of gold.lot of the lines of a file, by what a night stored; and the names of the lines not assessed.

    Raises:
        LookupError: there is no such file, or the night has stored nothing.
        ContractError: the file cannot be read, or lacks a column.
    """
    filed, unsound = read_declarations(path)
    if not len(filed):
        return arrow_schema(contracts.table("gold.lot")).empty_table(), unsound
    if not len(lake.rows("gold.chance_model", ["night"], night=night)):
        raise LookupError(both("score.nothing_stored", night=night))
    return score_lots(lake, night, filed, low_price_config()), unsound


def score_lots(lake: Lake, night: date, filed: pa.Table, config: LowPriceConfig) -> pa.Table:
    """Columns of gold.lot of lots filed after a night, but without a place in its selection.

    A line that the night knew is assessed as of its own day, as the night did; any other as of the next morning or
    later.

    Args:
        lake: the lake.
        night: the night whose prices are used.
        filed: lots, with the columns of gold.known_lot.
        config: settings of the night.
    """
    reference_data = read_reference_data(lake.dataset, night)
    known = known_of(lake, night, filed["standard_name_code"].unique().to_pylist())
    table = lay_beside(known.filter(pc.is_in(goods_of(known), goods_of(filed).combine_chunks())), filed, night)
    facts = lot_facts(table, reference_data, config.facts, table["_is_filed"].to_numpy())
    keys, names = name_markets(table, facts.lots)
    rungs = [("standard_name_code", "in", filed["standard_name_code"].unique().to_pylist())]
    stored = stored_prices(lake.rows("gold.reference_day", night=night, where=rungs), names)
    by_code, carried_kg = shown_patterns(lake, reference_data, table, known, filed, config)
    shown = LotPatterns(by_code=by_code, discredited=discredited_groups(table, facts), carried_kg=carried_kg)
    assessment = assess_price_grounds(facts, shown, config, stored)
    market = names_of(keys[assessment.assessed, GROUP], names[GROUP])
    model = lake.rows("gold.chance_model", night=night)
    learned = read_ranker(lake.rows("gold.lot_ranker", night=night), model)
    asked = with_parties(table.take(pa.array(assessment.pool)), own_columns(facts, assessment)).take(assessment.place)
    history = parties_past(lake, night, asked) if learned else asked
    stated = assess_probabilities(
        learned,
        read_probability_model(model),
        assessment.evidence,
        assessment.place,
        asked,
        history,
        config.evidence,
        config.learned,
    )
    selection = select_lots(priced_lots(facts, assessment), stated.probability, facts.night, 0, config.selection)
    return with_selection(pa.table(lot_columns(table, facts, assessment, market)), selection, stated.reasons)


def parties_past(lake: Lake, night: date, lots: pa.Table) -> pa.Table:
    """The night's lots of the parties of some lots, and those with a finding."""
    wanted = pc.is_valid(pc.field("finding"))
    for name in HISTORY[: len(PARTIES)]:
        wanted |= pc.is_in(pc.field(name), lots[name].unique().drop_null())
    return lake.dataset("gold.known_lot").to_table(list(HISTORY), filter=(pc.field("night") == night) & wanted)


def known_of(lake: Lake, night: date, products: list[str]) -> pa.Table:
    """The night's pool of some products."""
    rows = lake.rows("gold.known_lot", night=night, where=[("standard_name_code", "in", products)])
    return rows.drop_columns(["night", "run_id"])


def goods_of(table: pa.Table) -> pa.ChunkedArray:
    """Product, state and region of each lot, as a text: beyond them no price is compared."""
    countries = table["origin_country"].unique()
    region = pa.array([regions().get(code, "") for code in countries.to_pylist()], pa.string())
    region = region.take(pc.index_in(table["origin_country"], countries).combine_chunks())
    state = pc.fill_null(table["product_state"], "")
    return pc.binary_join_element_wise(table["standard_name_code"], state, region, "|")


def same_good(products: list[str]) -> list[str]:
    """All products that are the same good as those given."""
    goods = {commodity(code) for code in products}
    return [code for code in standard_products() if commodity(code) in goods]


def lay_beside(known: pa.Table, filed: pa.Table, night: date) -> pa.Table:
    """Known and filed lots in one table, each line once, told apart by `_is_filed`."""
    lines, asked = (join_texts(each, "declaration_id", "line_no") for each in (known, filed))
    at = pc.index_in(asked, lines.combine_chunks())
    for name in KNOWN_OF_A_LINE:
        filed = filed.set_column(filed.schema.get_field_index(name), name, known[name].combine_chunks().take(at))
    others = known.filter(pc.invert(pc.is_in(lines, asked.combine_chunks())))
    table = pa.concat_tables([others, filed.select(others.column_names)])
    table = table.append_column("_is_filed", pa.array(np.arange(len(table)) >= len(others)))
    table = table.append_column("_is_new", pa.chunked_array([pa.repeat(False, len(others)), pc.is_null(at)]))
    order = [("period_start", "ascending"), ("declaration_id", "ascending"), ("line_no", "ascending")]
    return as_of_next_morning(table.sort_by(order), night)


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
                key=key,
                day=days(own["period_start"]),
                log_price=figures(own["log_price"]),
                log_sd=figures(own["log_sd"]),
                drift=figures(own["log_drift"]),
                spread=figures(own["log_spread"]),
                n=own["reference_n"].to_numpy().astype(np.int64),
            )
        )
    return stack_rows(parts)


def shown_patterns(
    lake: Lake, reference_data: ReferenceData, table: pa.Table, known: pa.Table, filed: pa.Table, config: LowPriceConfig
) -> tuple[dict[str, BoolArray], FloatArray]:
    """By pattern, the lots that show it and are of a firm in which the night found it; and what light lots carried, kg.

    Whom it was found in is the night's word; whether a lot shows it is asked only where such a firm filed one, among
    all lots of the product, for a switch of the good.
    """
    rejected = lake.rows("gold.lot_pattern", night=reference_data.night)
    shown, carried_kg = {code: np.zeros(len(table), dtype=bool) for code in CODES}, np.full(len(table), np.nan)
    suspects = of_suspects(filed, rejected, reference_data.groups)
    goods = filed.filter(pa.array(np.any(list(suspects.values()), axis=0)))
    if not len(goods):
        return shown, carried_kg
    products = goods["standard_name_code"].unique().to_pylist()
    wanted = same_good(products) if suspects["LP-SWITCH"].any() else products
    if wanted is not products:
        known = known_of(lake, reference_data.night, wanted)
    wide = lay_beside(
        known.filter(pc.is_in(known["standard_name_code"], pa.array(wanted))), goods, reference_data.night
    )
    facts = lot_facts(wide, reference_data, config.facts, wide["_is_filed"].to_numpy())
    asked = {
        code: holds
        for code, holds in of_suspects(wide, rejected, reference_data.groups).items()
        if (holds & facts.is_assessed).any()
    }
    lines, ours = (join_texts(each, "declaration_id", "line_no") for each in (wide, table))
    result = find_patterns(facts, config, asked).patterns
    seen = {code: pattern.is_evidence & asked[code] for code, pattern in result.items()}
    at = pc.index_in(ours, lines.combine_chunks())
    for code, holds in seen.items():
        shown[code] = flags(pa.chunked_array([pa.array(holds)]).take(at))
    return shown, figures(pa.chunked_array([pa.array(carried(facts, seen, config.weight))]).take(at))


def of_suspects(table: pa.Table, rejected: pa.Table, groups: dict[str, str]) -> dict[str, BoolArray]:
    """By pattern, the lots of firms in which the night found it."""
    importers, exporters = (firm_groups(table[name], groups) for name in ("importer_id", "exporter_id"))
    family = commodities(table["standard_name_code"])
    nowhere = pa.chunked_array([pa.repeat("", len(table))])
    result = {}
    for code in CODES:
        own = rejected.filter(pc.equal(rejected["detector_id"], code))
        firm, scope = (exporters if code == "LP-COPY" else importers), (family if code == "LP-SWITCH" else nowhere)
        theirs = pc.binary_join_element_wise(own["firm_group"], own["pattern_market"], "|").combine_chunks()
        result[code] = pc.is_in(pc.binary_join_element_wise(firm, scope, "|"), theirs).to_numpy()
    return result


def discredited_groups(table: pa.Table, facts: LotFacts) -> BoolArray:
    """By number of the exporter group, whether the night believed none of its lots."""
    number = facts.lots.exporter_group
    discredited = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    discredited[number[pc.fill_null(table["is_discredited"], False).to_numpy() & (number >= 0)]] = True
    return discredited
