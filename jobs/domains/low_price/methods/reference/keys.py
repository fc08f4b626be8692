"""Which reference prices can stand for a lot: its own group, then wider pools, each as one integer key.

No pool crosses a product's state: fresh garlic says nothing of dried garlic. What a lot does not state matches
nothing, so it has no key on a rung that needs it.
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import IntArray
from jobs.domains.low_price.methods.lots import Lots

# From the lot's own group to the whole product in its state. The last is the market: its lots share one common price
# movement.
RUNGS: tuple[tuple[str, ...], ...] = (
    ("product", "specification", "origin", "trade_level"),
    ("product", "specification", "origin"),
    ("product", "specification", "region"),
    ("product", "specification"),
    ("product", "state", "origin"),
    ("product", "state"),
)
GROUP, MARKET = 0, len(RUNGS) - 1
# One slot a field, alternatives share one; bits enough for the codes of one night.
SLOTS = {"product": 0, "specification": 1, "state": 1, "origin": 2, "region": 2, "trade_level": 3}
BITS = (16, 22, 12, 8)
NO_KEY = -1


def rung_keys(lots: Lots) -> IntArray:
    """The key of each lot on each rung, (N, 6); -1 where the lot does not state what the rung needs.

    Raises:
        ValueError: a code is too large to be packed.
    """
    return np.column_stack(
        [pack_key(rung, {name: getattr(lots, name) for name in names}) for rung, names in enumerate(RUNGS)]
    )


def pack_key(rung: int, codes: dict[str, IntArray]) -> IntArray:
    """Keys of one rung from the codes of its fields, (N,)."""
    slots = [np.zeros_like(codes["product"]) for _ in BITS]
    is_stated = np.ones(len(codes["product"]), dtype=bool)
    for name in RUNGS[rung]:
        if codes[name].size and codes[name].max() + 1 >= 1 << BITS[SLOTS[name]]:
            raise ValueError(f"{name} has a code of {codes[name].max()}, more than a key can hold")
        slots[SLOTS[name]] = codes[name] + 1
        is_stated &= codes[name] >= 0
    key = np.full(len(is_stated), rung, dtype=np.int64)
    for bits, slot in zip(BITS, slots, strict=True):
        key = (key << bits) | slot
    return np.where(is_stated, key, NO_KEY)


def number_rows(*columns: IntArray) -> IntArray:
    """Number of each row's combination of codes, from 0 in the order of the columns, (N,)."""
    number = np.zeros_like(columns[0])
    for column in columns:
        codes = column - column.min(initial=0)
        number = np.unique(number * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    return number
