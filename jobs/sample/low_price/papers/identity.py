"""What identifies a lot: its declaration, line and minute, its bill of lading and its containers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.arrays import IntArray
from jobs.sample.low_price.lots import DrawnLots
from jobs.sample.low_price.trades import rank_within
from jobs.sample.streams import stream

DAY_SECONDS = 86_400
OPENS, CLOSES = 9 * 3600, 18 * 3600
OWNERS = ("HMMU", "MSKU", "TGHU", "CAIU", "TCNU", "SITU", "KMTU", "EMCU")
# ISO 6346: values of the letters A to Z (multiples of 11 are left out), weighted by powers of two, modulo 11.
LETTER_VALUES = (10, *range(12, 22), *range(23, 33), *range(34, 39))


@dataclass(frozen=True, kw_only=True)
class Identity:
    """N lots: `second` of declaration since 1970 in Seoul's time; `declaration` numbers them in the order of time."""

    second: IntArray
    declaration: IntArray
    line: IntArray
    bill: IntArray
    box_key: NDArray[np.uint64]


def identify(seed: int, lots: DrawnLots) -> Identity:
    """Lots of a trade on one day are lines of one declaration."""
    rng = stream(seed, "declarations/identity")
    count = len(lots)
    declaration = np.unique(lots.shipment, return_inverse=True)[1]
    second = rng.integers(OPENS, CLOSES, declaration.max() + 1)
    line, _ = rank_within(declaration, np.arange(count))
    at = lots.declared * DAY_SECONDS + second[declaration]
    first = np.full(declaration.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, declaration, at)
    in_time = np.empty(len(first), np.int64)
    in_time[np.argsort(first, kind="stable")] = np.arange(1, len(first) + 1)
    bill = rng.integers(0, 10**9, count)[lots.shipment]
    box_key = rng.integers(0, 2**63, count).astype(np.uint64) << np.uint64(1)
    return Identity(second=at, declaration=in_time[declaration], line=line + 1, bill=bill, box_key=box_key)


def container_texts(box_key: NDArray[np.uint64], boxes: IntArray) -> pa.Array:
    """The container numbers of each lot, joined by semicolons; empty where it came in none."""
    total = int(boxes.sum())
    offsets = np.r_[0, np.cumsum(boxes)].astype(np.int32)
    place = np.arange(total) - np.repeat(offsets[:-1], boxes)
    drawn = _mixed(np.repeat(box_key, boxes) + place.astype(np.uint64))
    owner, serial = (drawn >> np.uint64(40)).astype(np.int64) % len(OWNERS), (drawn % np.uint64(10**6)).astype(np.int64)
    letters = np.array([[LETTER_VALUES[ord(letter) - 65] for letter in name] for name in OWNERS])
    check = (letters @ 2 ** np.arange(4))[owner]
    for at in range(6):
        check += serial // 10 ** (5 - at) % 10 * 2 ** (4 + at)
    number = pc.binary_join_element_wise(
        pa.array(OWNERS).take(pa.array(owner)), padded(serial * 10 + check % 11 % 10, 7), ""
    )
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), number), ";")


def _mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: a lot's containers follow from its key alone, whichever lots are written with it."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


def padded(numbers: IntArray, width: int) -> pa.Array:
    """Whole numbers as text with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
