"""Physical amounts that a lot states beside its net mass."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Measure:
    """One physical amount of N lots.

    Attributes:
        amount: containers, packages, gross kg or weighed kg, (N,); NaN or 0 where not stated.
        kind: what is comparable in it: product, packaging, container kind, (N,); -1 matches nothing.
    """

    amount: FloatArray
    kind: IntArray
