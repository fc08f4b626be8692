"""All that others see of this question."""

from __future__ import annotations

from jobs.alerting.domain import Domain

LOW_PRICE = Domain(name="low_price")
