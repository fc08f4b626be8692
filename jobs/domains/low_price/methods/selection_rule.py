"""How the capacity of an office is spent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SelectionRule:
    """Figures of the selection.

    Attributes:
        exploration: part of the capacity that explores.
        uncertain: of that, the part drawn by uncertainty times revenue; the rest is drawn at random.
        ground_level: from which a price is a ground to ask; such lots come first.
        seed: of the draws, and of the simulated law of digits.
    """

    exploration: float
    uncertain: float
    ground_level: int
    seed: int
