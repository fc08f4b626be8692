"""A night of supply chains: facts as known on the night, every detector over them, levels, tables of gold.

`detect` reads silver and writes nothing, so that a replay is the very same computation.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from jobs import contracts
from jobs.alerting.domain import NightTables
from jobs.domains.supply_chain import tables as rows
from jobs.domains.supply_chain.assessment import SourceFindings, collect_findings, combine_direction, level_sources
from jobs.domains.supply_chain.config import SupplyChainConfig, supply_chain_config
from jobs.domains.supply_chain.detectors import sc_pipe as transport
from jobs.domains.supply_chain.detectors.sc_common import common_signals
from jobs.domains.supply_chain.facts.items import gather_items
from jobs.domains.supply_chain.facts.panel import Panel, assess_standing, build_panel
from jobs.domains.supply_chain.series import Priors, assess_items, assessed_columns, learn_priors
from jobs.lake.as_of import end_of_night
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake

log = logging.getLogger(__name__)
FEW_ITEMS = 32
SUBJECT_ORDER = ("source", "detector_id", "hs_code", "partner_country")
LIST_TYPES = (
    "source string, hs_code string, partner_country string, detector_id string, direction string, unit string, "
    "observed array<double>, expected array<double>, lower array<double>, upper array<double>, p array<double>, "
    "statistic array<double>, baseline_n array<bigint>, reason_codes array<array<string>>"
)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A daily count of ships: kind of place, silver table, its columns of place and ships, landing contract."""

    kind: str
    table: str
    code: str
    ships: str
    source: str


FEEDS = (
    Feed(
        kind="strait", table="silver.strait_day", code="strait_code", ships="transits_total", source="portwatch_straits"
    ),
    Feed(kind="port", table="silver.port_day", code="port_code", ships="port_calls_total", source="portwatch_ports"),
)


@dataclass(frozen=True)
class Facts:
    """What a night's findings rest on: rows of `known_items`, and of `known_ships` by feed."""

    items: pa.Table
    ships: dict[Feed, pa.Table]


Assess = Callable[[pa.Table, dict[str, Priors], SupplyChainConfig], pa.Table]


def build_panels(items: pa.Table, least: int) -> dict[str, Panel]:
    """For each source with a history of at least so many months, its series as arrays."""
    panels = {}
    for source in sorted(set(items["source"].to_pylist())):
        panel = build_panel(items.filter(pc.equal(items["source"], source)))
        if len(panel.months) >= least:
            panels[source] = panel
        else:
            log.info("detect: %s has %d months, fewer than %d: not judged", source, len(panel.months), least)
    return panels


def one_source_an_item(items: pa.Table) -> pa.Table:
    """The items, each from one source: where several state it, from the one that states most of it."""
    cells = pc.list_value_length(items["cells"]).to_pylist()
    stored: dict[str, int] = {}
    for row, (hs_code, count) in enumerate(zip(items["hs_code"].to_pylist(), cells, strict=True)):
        if hs_code not in stored or count > cells[stored[hs_code]]:
            stored[hs_code] = row
    return items.take(pa.array(sorted(stored.values()), pa.int64()))


def assess_on_spark(lake: Lake, items: pa.Table, priors: dict[str, Priors], config: SupplyChainConfig) -> pa.Table:
    """Rows of `assess.SERIES_SCHEMA`: the detectors run where Spark puts the items, whole items together.

    A few items are assessed here, before Spark's workers would have imported the statistics.
    """

    def assess(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from assess_items(pa.Table.from_batches([batch]), priors, config).to_batches()

    if len(items) <= FEW_ITEMS:
        return assess_items(items, priors, config)
    spread = lake.spark.createDataFrame(items).repartition(
        lake.spark.sparkContext.defaultParallelism, "source", "hs_code"
    )
    return spread.sortWithinPartitions("source", "hs_code").mapInArrow(assess, LIST_TYPES).toArrow()


def assess_sources(
    items: pa.Table, config: SupplyChainConfig, assess: Assess = assess_items
) -> list[tuple[SourceFindings, Priors]]:
    """Every source's series with all that was found on them, and what they have in common.

    Args:
        items: rows of `facts.gather_items`.
        config: settings.
        assess: who runs the detectors.
    """
    panels = build_panels(items, config.combine.months_least)
    items = items.filter(pc.is_in(items["source"], pa.array(sorted(panels), pa.string())))
    priors = {source: learn_priors(panel, config) for source, panel in panels.items()}
    outcome = assess(items, priors, config).sort_by([(name, "ascending") for name in SUBJECT_ORDER])
    evaluated = []
    for source, panel in panels.items():
        columns = assessed_columns(panel, config.span)
        of_series, of_items = collect_findings(outcome.filter(pc.equal(outcome["source"], source)), panel, columns)
        standing = assess_standing(panel, config.eligibility, config.vulnerability)
        findings = SourceFindings(
            panel=panel,
            standing=standing,
            columns=columns,
            of_series=of_series,
            of_items=of_items,
            p_down=combine_direction(list(of_series.values()), "down"),
            p_up=combine_direction(list(of_series.values()), "up"),
        )
        evaluated.append((findings, priors[source]))
    return evaluated


def known_items(lake: Lake, night: date) -> pa.Table:
    """Rows of `facts.gather_items` of sources that are fresh on the night, sorted."""
    promises = {each.source: each.freshness_days for each in contracts.landings()}
    return gather_items(lake.dataset, night, promises)


def known_ships(lake: Lake, night: date, feed: Feed) -> pa.Table:
    """Ships of a feed as known on the night: columns code, day, ships, record_id."""
    columns = {"code": feed.code, "day": "period_start", "ships": feed.ships, "record_id": "record_id"}
    return (
        lake.as_of(feed.table, night).select(*[F.col(stored).alias(name) for name, stored in columns.items()]).toArrow()
    )


def gather(lake: Lake, night: date) -> Facts:
    """The facts as known on the night; one query is planned while another runs."""
    with ThreadPoolExecutor(1 + len(FEEDS)) as pool:
        items = pool.submit(known_items, lake, night)
        ships = {feed: pool.submit(known_ships, lake, night, feed) for feed in FEEDS}
        return Facts(items.result(), {feed: known.result() for feed, known in ships.items()})


def detect(lake: Lake, night: date) -> NightTables:
    """Findings of a night from the lake; Spark runs the detectors where there are many items."""
    return assess_facts(gather(lake, night), night, partial(assess_on_spark, lake))


def assess_facts(facts: Facts, night: date, assess: Assess = assess_items) -> NightTables:
    """Findings of a night from its facts alone; `assess` says who runs the detectors."""
    config, known_at = supply_chain_config(), end_of_night(night)
    recent, stored_p = config.span.recent, config.combine.stored_p
    sources = assess_sources(one_source_an_item(facts.items), config, assess)
    assessed = level_sources([source for source, _ in sources], config)
    signals, months, structure, days = [], [], [], []
    tests = 0
    for (source, priors), assessed_source in zip(sources, assessed, strict=True):
        signals += common_signals(source, priors.pools, night, known_at, recent=recent)
        signals += rows.signals(source, night, known_at, recent=recent, stored_p=stored_p)
        months += rows.subject_months(source, assessed_source, night, config)
        structure += rows.vulnerability_rows(source, night, config.vulnerability)
        tests += rows.tests_performed(source, recent)
    for feed, known in facts.ships.items():
        seen = transport.watch(known, feed.kind, config.transits)
        if seen is None or not transport.is_fresh(seen, night, contracts.landing(feed.source).freshness_days):
            continue
        signals += transport.transport_signals(seen, night, known_at, config.transits, stored_p=stored_p)
        days += transport.transport_days(seen, night, config.transits.shown_days)
        tests += transport.tests_performed(seen, config.transits.assessed_days + config.transits.provisional_days)
    tables = {
        "gold.signal": signals,
        "gold.subject_month": months,
        "gold.vulnerability": structure,
        "gold.transport_day": days,
    }
    return NightTables(tables={name: table_of(name, each) for name, each in tables.items()}, test_count=tests)
