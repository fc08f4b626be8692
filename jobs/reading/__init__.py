"""The lake for people: pages, briefs and exports ask their questions here, so that they cannot disagree.

In milliseconds and without Spark. A table that was never written reads as one without rows: what that means to a
reader is for the page to say. `tables` reads and asks, `alerting` knows nights and their alerts, `series` the figures
over time; whoever asks says `reading.alerts(night)` and need not know in which room the answer is.
"""

from jobs.reading.alerting import (
    FIRST_ALERTING_LEVEL,
    alert_nights,
    alerts,
    changes,
    find_alert,
    freshness,
    last_runs,
    level_counts,
    night_shown,
    nights,
    previous_night,
    quality,
    signals,
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
from jobs.reading.tables import Row, ask, night_partitions, read

__all__ = [
    "FIRST_ALERTING_LEVEL", "Row", "alert_nights", "alerts", "ask", "backtest", "changes", "empty_history", "find_alert",
    "forecast", "forecast_scores", "freshness", "histories", "history", "item_months", "last_runs", "level_counts",
    "night_partitions", "night_shown", "nights", "peers", "previous_night", "quality", "read", "signals", "straits",
    "vulnerability",
]  # fmt: skip
