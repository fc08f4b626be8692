"""The unit a chart is drawn in: kilograms become tonnes where they are many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards import i18n
from jobs.alerting.words import KG_PER_TONNE


@dataclass(frozen=True)
class Scale:
    """What figures are divided by before they are drawn, and the axis title that says so."""

    divisor: float
    title: str

    def apply(self, values: Iterable[float | None]) -> list[float | None]:
        """The figures in the chart's unit; unknown ones stay unknown."""
        return [None if i18n.is_unknown(value) else float(value) / self.divisor for value in values]


def choose(values: Iterable[float | None], unit: str, lang: str) -> Scale:
    """The scale that keeps the axis readable."""
    largest = max((float(v) for v in values if not i18n.is_unknown(v)), default=0.0)
    if unit == "kg" and largest >= KG_PER_TONNE:
        return Scale(KG_PER_TONNE, i18n.text("axis.tonnes", lang))
    return Scale(1.0, i18n.text(f"axis.{unit}", lang))
