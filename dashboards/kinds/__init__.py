"""What one kind of alert shows, a module each; a kind without one shows what every alert has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboards.kinds import low_price, supply_chain

SCORE_FIGURES: dict[str, Mapping[str, Callable[..., Any]]] = {
    "supply_chain": supply_chain.SCORE_FIGURES,
    "low_price": low_price.SCORE_FIGURES,
}


def score_figures(kind: str) -> Mapping[str, Callable[..., Any]]:
    """Figures of a kind's back-test by the end of their file's name."""
    return SCORE_FIGURES.get(kind, {})
