"""What an alert on an imported item, a strait or a port shows."""

from __future__ import annotations

from dashboards.figures import detection

SCORE_FIGURES = {"": detection.figure}
