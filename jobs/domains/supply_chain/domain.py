"""All that others see of supply chains: which imported items are about to run short, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from jobs.alerting.domain import Backtest, Domain, NightTables, Row, rank
from jobs.domains.supply_chain.backtest import command

if TYPE_CHECKING:
    import pyarrow as pa

    from jobs.lake.delta import Lake


def detect(lake: Lake, night: date, capacity: int) -> NightTables:
    """Findings of a night; whatever there is to say is said, so the capacity plays no part."""
    from jobs.domains.supply_chain import night as nightly

    del capacity
    return nightly.detect(lake, night)


def make_alerts(findings: Mapping[str, pa.Table], night: date) -> Iterable[Row]:
    """Alerts of shortages, common moves, straits and ports in one order."""
    from jobs.domains.supply_chain.alerts.common_move import common_alerts
    from jobs.domains.supply_chain.alerts.shortage import shortage_alerts
    from jobs.domains.supply_chain.alerts.transport import transport_alerts

    makers = (shortage_alerts, common_alerts, transport_alerts)
    return rank([alert for make in makers for alert in make(findings, night)])


SUPPLY_CHAIN = Domain(
    name="supply_chain",
    detect=detect,
    make_alerts=make_alerts,
    alert_facts={"gold.subject_month": (), "gold.vulnerability": (), "gold.transport_day": ()},
    backtest=Backtest(add_arguments=command.add_arguments, score=command.score),
)
