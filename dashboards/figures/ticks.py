"""Where an axis is marked when a figure is drawn without a browser."""

from __future__ import annotations

import math
from datetime import date

MONTHS_PER_STEP = (1, 2, 3, 6, 12, 24, 60)


def numbers(low: float, high: float, wanted: int = 5) -> list[float]:
    """About `wanted` round numbers between two values."""
    span = (high - low) or 1.0
    rough = span / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def months(low: int, high: int, wanted: int = 7) -> list[tuple[int, str]]:
    """First days of months as ordinals, with labels: the year in January, year and month otherwise."""
    start, end = date.fromordinal(low), date.fromordinal(high)
    span = (end.year - start.year) * 12 + end.month - start.month
    step = next((m for m in MONTHS_PER_STEP if span / m <= wanted), MONTHS_PER_STEP[-1])
    result = []
    for index in range(start.year * 12, (end.year + 1) * 12, step):
        day = date(index // 12, index % 12 + 1, 1)
        if start <= day <= end:
            result.append((day.toordinal(), f"{day:%Y}" if step % 12 == 0 else f"{day:%Y-%m}"))
    return result
