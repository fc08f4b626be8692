"""What an alert on a declared lot shows."""

from __future__ import annotations

from dashboards.figures import exploration, low_price_detection

SCORE_FIGURES = {"": low_price_detection.figure, "_drift": exploration.figure}
