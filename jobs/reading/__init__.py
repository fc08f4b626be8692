"""The lake for people: pages, briefs and exports ask their questions here, so that they cannot disagree.

In milliseconds and without Spark. A table that was never written reads as one without rows: what that means to a
reader is for the page to say. `tables` reads and asks, `alerting` knows nights and their alerts, `lots` declared
prices, `series` the figures over time; whoever asks says `reading.alerts(night)` and need not know in which room the
answer is.
"""

from jobs.reading.alerting import (
    FIRST_ALERTING_LEVEL,
    alert_nights,
    alerts,
    changes,
    find_alert,
    freshness,
    kinds,
    last_runs,
    level_counts,
    night_shown,
    nights,
    previous_night,
    quality,
    signals,
    sources_of,
)
from jobs.reading.lots import (
    comparables,
    find_lot,
    lot_alert,
    lot_counts,
    lot_histories,
    lot_subject,
    lots_alerted,
    price_chart,
    price_path,
)
from jobs.reading.series import (
    backtest,
    empty_history,
    forecast,
    forecast_scores,
    histories,
    history,
    item_months,
    peers,
    straits,
    vulnerability,
)
from jobs.reading.tables import Row, ask, night_partitions, read, said_of_damage

__all__ = [
    "FIRST_ALERTING_LEVEL",
    "Row",
    "alert_nights",
    "alerts",
    "ask",
    "backtest",
    "changes",
    "comparables",
    "empty_history",
    "find_alert",
    "find_lot",
    "forecast",
    "forecast_scores",
    "freshness",
    "histories",
    "history",
    "item_months",
    "kinds",
    "last_runs",
    "level_counts",
    "lot_alert",
    "lot_counts",
    "lot_histories",
    "lot_subject",
    "lots_alerted",
    "night_partitions",
    "night_shown",
    "nights",
    "peers",
    "previous_night",
    "price_chart",
    "price_path",
    "quality",
    "read",
    "said_of_damage",
    "signals",
    "sources_of",
    "straits",
    "vulnerability",
]
