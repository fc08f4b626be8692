"""All detectors over the items of one batch: plain arrays in, one row a detector and subject out.

This is what Spark distributes: a batch holds whole items, and nothing here looks beyond it but at the priors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from jobs.alerting.signal import Findings
from jobs.domains.supply_chain.config import Span, SupplyChainConfig
from jobs.domains.supply_chain.detectors.sc_conc import find_concentration
from jobs.domains.supply_chain.detectors.sc_drop import find_drops
from jobs.domains.supply_chain.detectors.sc_hoard import find_hoarding
from jobs.domains.supply_chain.detectors.sc_price import find_price_moves
from jobs.domains.supply_chain.detectors.sc_shift import find_lasting_falls
from jobs.domains.supply_chain.detectors.sc_short import find_shortages
from jobs.domains.supply_chain.detectors.sc_surge import find_surges
from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.domains.supply_chain.methods.concentration import concentration_jump
from jobs.domains.supply_chain.methods.hoarding import assess_hoarding
from jobs.domains.supply_chain.methods.mass import MassVerdict, assess_mass, fit_all_pools
from jobs.domains.supply_chain.methods.pooling import Pools
from jobs.domains.supply_chain.methods.shortage import assess_shortage
from jobs.domains.supply_chain.methods.unit_price import assess_unit_price

NUMBERS = pa.list_(pa.float64())
SERIES_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("hs_code", pa.string()),
        ("partner_country", pa.string()),
        ("detector_id", pa.string()),
        ("direction", pa.string()),
        ("unit", pa.string()),
        *[(name, NUMBERS) for name in ("observed", "expected", "lower", "upper", "p", "statistic")],
        ("baseline_n", pa.list_(pa.int64())),
        ("reason_codes", pa.list_(pa.list_(pa.string()))),
    ]
)


@dataclass(frozen=True)
class Priors:
    """What the items of a batch must know of their source.

    Attributes:
        start: first month of the source's panel.
        pools: priors of each assessed month, learned from all series of the source.
    """

    start: np.datetime64
    pools: Sequence[Pools]


def assessed_columns(panel: Panel, span: Span) -> np.ndarray:
    """Columns of the panel that quantity is assessed in, oldest first."""
    length = len(panel.months)
    return np.arange(max(1, length - span.history), length)


def learn_priors(panel: Panel, config: SupplyChainConfig) -> Priors:
    """Priors of a source from all of its series."""
    columns = assessed_columns(panel, config.span)
    return Priors(panel.months[0], fit_all_pools(panel.mass, panel.months, columns, config.quantity))


def find_all(
    panel: Panel, pools: Sequence[Pools], config: SupplyChainConfig, *, intervals: bool = True
) -> tuple[list[Findings], list[Findings]]:
    """Findings on item-origins and on items, all with as many columns as `assessed_columns`."""
    at = assessed_columns(panel, config.span)
    recent = at[-config.span.recent :]
    quantity = assess_mass(panel.mass, panel.months, at, pools, config.quantity, intervals=intervals)
    shortage, short_under = assess_shortage(quantity, config.quantity), config.quantity.mass.baseline_short
    price = assess_unit_price(panel.value, panel.mass, recent, config.price)
    tail = slice(len(at) - len(recent), None)
    hoarding = assess_hoarding(
        quantity.p_surge[:, tail],
        price.p_up,
        quantity.observed[:, tail],
        quantity.expected[:, tail],
        config.hoarding,
    )
    jump = concentration_jump(
        panel.value, panel.item, len(panel.hs_code), recent, config.concentration, config.vulnerability
    )
    of_series = [
        find_shortages(quantity, shortage, short_under),
        find_drops(quantity, short_under),
        find_lasting_falls(quantity, shortage, short_under),
        find_surges(quantity, short_under),
        widen(find_price_moves(price), len(at)),
        widen(find_hoarding(hoarding, last_columns(quantity, tail)), len(at)),
    ]
    return of_series, [widen(find_concentration(jump), len(at))]


def last_columns(verdict: MassVerdict, columns: slice) -> MassVerdict:
    """The verdict on some of its columns."""
    parts = {
        name: value[:, columns] if isinstance(value, np.ndarray) else value for name, value in vars(verdict).items()
    }
    return MassVerdict(**parts)


def widen(findings: Findings, columns: int) -> Findings:
    """The findings with unassessed columns put before them."""
    missing = columns - findings.p.shape[1]

    def padded(array: np.ndarray) -> np.ndarray:
        fill = np.nan if array.dtype.kind == "f" else False if array.dtype.kind == "b" else 0
        return np.concatenate([np.full((len(array), missing), fill, dtype=array.dtype), array], axis=1)

    parts = {name: padded(value) if isinstance(value, np.ndarray) else value for name, value in vars(findings).items()}
    return Findings(**{**parts, "reason": {code: padded(holds) for code, holds in findings.reason.items()}})


def series_rows(panel: Panel, findings: Findings, *, is_item: bool) -> pa.Table:
    """One row a subject of a detector's findings, the periods as lists."""
    n = len(findings.p)
    hs = panel.hs_code if is_item else panel.hs_code[panel.item]
    reasons = [
        [[code for code, holds in findings.reason.items() if holds[row, k]] for k in range(findings.p.shape[1])]
        for row in range(n)
    ]
    numbers = {
        name: getattr(findings, name).tolist() for name in ("observed", "expected", "lower", "upper", "p", "statistic")
    }
    return pa.table(
        {
            "source": [panel.source] * n,
            "hs_code": hs.tolist(),
            "partner_country": [None] * n if is_item else panel.origin.tolist(),
            "detector_id": [findings.detector_id] * n,
            "direction": [findings.direction] * n,
            "unit": [findings.unit] * n,
            **numbers,
            "baseline_n": findings.baseline_n.tolist(),
            "reason_codes": reasons,
        },
        schema=SERIES_SCHEMA,
    )


def assess_items(items: pa.Table, priors: dict[str, Priors], config: SupplyChainConfig) -> pa.Table:
    """Rows of SERIES_SCHEMA for all items of a batch, source by source.

    A source without priors is too short to assess.
    """
    parts = [SERIES_SCHEMA.empty_table()]
    for source in sorted(set(items["source"].to_pylist()) & priors.keys()):
        own = items.filter(pa.compute.equal(items["source"], source))
        panel = build_panel(own, start=priors[source].start)
        of_series, of_items = find_all(panel, priors[source].pools, config)
        parts += [series_rows(panel, findings, is_item=False) for findings in of_series]
        parts += [series_rows(panel, findings, is_item=True) for findings in of_items]
    return pa.concat_tables(parts)
