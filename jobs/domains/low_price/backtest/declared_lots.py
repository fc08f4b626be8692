"""Declarations of a generated world as the lots a detector sees, numbered from their texts.

Nothing of the truth is read.

Standing is that of the day of filing: a lot waiting for its inspection is not accepted yet, and its result, which comes
days later, is in nobody's reference. So one pass over a whole world leaks nothing from a later night into an earlier
one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from jobs.arrays import IntArray
from jobs.domains.low_price.backtest.columns import days, joined, number_jointly, number_texts
from jobs.domains.low_price.methods.lots import Lots
from jobs.sample.low_price.routes import region_of

SPECIFICATION = ("product_state", "grade", "packaging", "crop_year")
KIND = ("product_state", "grade")  # the part of it that price depends on most


def read_lots(filed: pa.Table, relations: pa.Table, specification: tuple[str, ...] = SPECIFICATION) -> Lots:
    """The lots of declarations, in their order.

    Args:
        filed: `import_declaration` as filed, with all firms' lots.
        relations: `firm_relation`.
        specification: columns that make a specification; one that a product does not state is part of it as such.
    """
    importer, exporter = number_texts(filed["importer_id"]), number_texts(filed["exporter_id"])
    importer_group, exporter_group = number_groups(filed, relations)
    mass = filed["net_mass_kg"].to_numpy()
    freight = pc.divide(pc.cast(pc.add(filed["freight_krw"], filed["insurance_krw"]), pa.float64()), mass)
    won_a_dollar = filed["customs_value_krw"].to_numpy() / filed["customs_value_usd"].to_numpy()
    accepted = pc.equal(filed["status"], "accepted").to_numpy()
    return Lots(
        product=number_texts(filed["standard_name_code"]),
        specification=number_texts(joined(filed, specification)),
        state=number_texts(filed["product_state"]),
        origin=number_texts(filed["origin_country"]),
        region=region_of(filed["origin_country"].to_numpy()),
        trade_level=number_texts(filed["trade_level"]),
        importer=importer,
        exporter=exporter,
        importer_group=importer_group,
        exporter_group=exporter_group,
        shipped=days(filed["shipped_on"]),
        declared=days(filed["declared_at"]),
        price=filed["customs_value_usd"].to_numpy() / mass,
        freight=freight.to_numpy() / won_a_dollar,
        net_mass_kg=mass,
        is_accepted=accepted,
        is_examined=np.zeros(len(filed), dtype=bool),
        is_disputed=np.zeros(len(filed), dtype=bool),
    )


def number_groups(filed: pa.Table, relations: pa.Table) -> tuple[IntArray, IntArray]:
    """Connected component of the related firms of each lot's importer and exporter; both share their numbers."""
    importer, exporter, one, other = number_jointly(
        [filed["importer_id"], filed["exporter_id"], relations["firm_id"], relations["related_firm_id"]]
    )
    firms = 1 + max(int(each.max(initial=0)) for each in (importer, exporter, one, other))
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(firms, firms))
    component = connected_components(graph, directed=False)[1].astype(np.int64)
    return component[importer], component[exporter]
