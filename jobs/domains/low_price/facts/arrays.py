"""A table of lots, as the night or on-demand scoring knows them, to the arrays that the assessment takes.

Codes are numbered within the table: equal numbers mean equal texts, and nothing else depends on them. A grade,
packaging or crop year that is not stated is a specification of its own where the goods have none; a state or trade
level that is not stated matches nothing.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import BoolArray, IntArray
from jobs.contracts.codes import regions
from jobs.domains.low_price.facts.columns import commodities, days, figures, flags, join_texts, named, number_texts
from jobs.domains.low_price.facts.lot_facts import FactsRule, LotFacts
from jobs.domains.low_price.facts.quotations import find_quotations
from jobs.domains.low_price.facts.reference_data import ReferenceData
from jobs.domains.low_price.facts.tariff import rates_of
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.measures import Measure

UNDERVALUED = ("undervalued",)


def firm_groups(firms: pa.ChunkedArray, groups: dict[str, str]) -> pa.ChunkedArray:
    """The group of each firm: the first of its related firms, itself where it has none."""
    at = pc.index_in(firms, pa.array(list(groups), pa.string()))
    return pc.coalesce(pa.chunked_array([pa.array(list(groups.values()), pa.string())]).take(at), firms)


def number_lots(table: pa.Table, groups: dict[str, str]) -> tuple[Lots, IntArray]:
    """The lots, and for each specification the number of its state and grade."""
    importer, exporter = number_texts(table["importer_id"], table["exporter_id"])
    importer_group, exporter_group = number_texts(
        firm_groups(table["importer_id"], groups), firm_groups(table["exporter_id"], groups)
    )
    spelt = named(table)
    (specification,) = number_texts(
        join_texts(spelt, "standard_name_code", "product_state", "grade", "packaging", "crop_year")
    )
    (kind,) = number_texts(join_texts(spelt, "standard_name_code", "product_state", "grade"))
    kind_of = np.full(int(specification.max(initial=-1)) + 1, -1)
    kind_of[specification[specification >= 0]] = kind[specification >= 0]
    listed = regions()
    region = pa.array([listed.get(code) for code in table["origin_country"].to_pylist()], pa.string())
    mass, usd, krw = (figures(table[name]) for name in ("net_mass_kg", "customs_value_usd", "customs_value_krw"))
    lots = Lots(
        product=number_texts(table["standard_name_code"])[0],
        specification=specification,
        state=number_texts(table["product_state"])[0],
        origin=number_texts(table["origin_country"])[0],
        region=number_texts(region)[0],
        trade_level=number_texts(table["trade_level"])[0],
        importer=importer,
        exporter=exporter,
        importer_group=importer_group,
        exporter_group=exporter_group,
        shipped=days(table["shipped_on"]),
        declared=days(table["period_start"]),
        price=usd / mass,
        freight=figures(table["carriage_krw"]) * usd / krw / mass,
        net_mass_kg=mass,
        is_accepted=flags(table["is_accepted"]),
        is_examined=flags(table["is_examined"]),
        is_disputed=flags(table["is_disputed"]),
    )
    return lots, kind_of


def lot_facts(
    table: pa.Table, reference_data: ReferenceData, rule: FactsRule, is_assessed: BoolArray | None = None
) -> LotFacts:
    """The facts of a table of lots.

    Args:
        table: columns of gold.known_lot, in any order of rows.
        reference_data: what else the night knew.
        rule: which are assessed, how long quotations hold.
        is_assessed: which are assessed; those declared in the last `assessed_days` when not given.
    """
    lots, kind_of = number_lots(table, reference_data.groups)
    night = (reference_data.night - pa.scalar(0, pa.int32()).cast(pa.date32()).as_py()).days
    if is_assessed is None:
        is_assessed = (lots.declared > night - rule.assessed_days) & (lots.declared <= night)
    rates, burden = rates_of(table, reference_data.tariffs, lots)
    finding = table["finding"]
    mass, invoice = lots.net_mass_kg, figures(table["invoice_amount"])
    return LotFacts(
        lots=lots,
        is_assessed=is_assessed,
        is_open=~lots.is_examined & ~lots.is_disputed & pc.is_null(finding).to_numpy(),
        kind_of=kind_of,
        key=lot_keys(table, is_assessed),
        night=night,
        customs_value_krw=figures(table["customs_value_krw"]),
        rates=rates,
        world_price=find_quotations(table, lots, reference_data.quotes, "world", rule.world_days),
        survey_price=find_quotations(table, lots, reference_data.quotes, "survey", rule.survey_days),
        security_price=find_quotations(table, lots, reference_data.quotes, "security", None),
        invoice_price=np.where(invoice > 0, invoice / mass, lots.price),
        invoice_market=number_texts(join_texts(table, "standard_name_code", "invoice_currency"))[0],
        measures=measures(table),
        family=number_texts(commodities(table["standard_name_code"]))[0],
        burden=burden,
        on_file={"lower_grade_found": flags(pc.equal(finding, "damaged_or_lower_grade"))},
        label=np.where(pc.is_null(finding).to_numpy(), np.nan, flags(pc.is_in(finding, pa.array(UNDERVALUED)))),
        propensity=figures(table["propensity"]),
        reference_on_file=figures(table["reference_usd_per_kg"]),
        peer_log_odds_on_file=figures(table["trade_log_odds"]) if "_is_filed" in table.column_names else None,
    )


def lot_keys(table: pa.Table, is_assessed: BoolArray) -> np.ndarray:
    """A number for each assessed line that never changes: the first 64 bits of the SHA-256 of its name.

    0 for the others.
    """
    texts = join_texts(table, "declaration_id", "line_no").filter(pa.array(is_assessed)).to_pylist()
    keys = np.zeros(len(table), dtype=np.uint64)
    keys[is_assessed] = np.frombuffer(
        b"".join(hashlib.sha256(text.encode()).digest()[:8] for text in texts), dtype=">u8"
    )
    return keys


def measures(table: pa.Table) -> dict[str, Measure]:
    """Packages, containers and gross mass, each within product, packaging and carriage."""
    (packed,) = number_texts(join_texts(named(table), "standard_name_code", "product_state", "packaging"))
    return {
        "kg_per_package": Measure(figures(table["package_count"]), packed),
        "kg_per_container": Measure(figures(table["container_count"]), packed),
        "kg_of_gross": Measure(figures(table["gross_mass_kg"]), packed),
    }
