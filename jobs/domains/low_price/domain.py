"""All that others see of low prices: which agricultural declarations are priced below what the goods cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from jobs.alerting.domain import Backtest, Domain, NightTables, OnDemand, Row
from jobs.domains.low_price import score_command
from jobs.domains.low_price.backtest import command

if TYPE_CHECKING:
    import pyarrow as pa

    from jobs.lake.delta import Lake


def detect(lake: Lake, night: date, capacity: int) -> NightTables:
    """Findings of a night: every lot declared in its week, and for so many a selection."""
    from jobs.domains.low_price import detection

    return detection.detect(lake, night, capacity)


def make_alerts(findings: Mapping[str, pa.Table], night: date) -> Iterable[Row]:
    """Alerts of the selected lots, in the order of their ranks."""
    from jobs.domains.low_price.alerts import low_price_alerts

    return low_price_alerts(findings, night)


LOW_PRICE = Domain(
    name="low_price",
    detect=detect,
    make_alerts=make_alerts,
    alert_facts={"gold.lot": (("selection", "!=", "none"),)},
    backtest=Backtest(add_arguments=command.add_arguments, score=command.score),
    on_demand=OnDemand(document="CSV with the columns of landing/import_declaration", run=score_command.run),
)
