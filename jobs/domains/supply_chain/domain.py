"""All that others see of this question."""

from __future__ import annotations

from jobs.alerting.domain import Domain

SUPPLY_CHAIN = Domain(name="supply_chain")
