"""Which lots to look at under a capacity: most by rank, some to learn, and with what chance each could be chosen.

Inspecting only what a model already suspects starves it of the labels that would show it wrong (Kim et al. 2020,
arXiv 2010.14282). So a part of the capacity explores: half of it lots drawn at random, half drawn with chances that
grow with uncertainty times revenue. Every lot of the night, chosen or not, carries its exact chance of being chosen, so
that any estimate from the labels can be corrected for the choice (Horvitz and Thompson 1952; Hajek 1971).

Ties and draws are settled by permanent random numbers (Ohlsson 1995): a hash of the lot's key, the night and a seed.
The same lots give the same choice in whatever order they come, and a replay draws what the night drew.

Chances. The lots ranked first are certain. Of the others, `uncertain` are drawn first by systematic sampling along the
permanent numbers, which gives lot i exactly n x_i / sum(x) (Madow 1949; lots above one are certain), then `random` from
those left, each alike: pi_i = u_i + (1 - u_i) n_random / (N - n_uncertain).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray, KeyArray

NONE, BY_RANK, AT_RANDOM, BY_UNCERTAINTY = 0, 1, 2, 3
SELECTIONS = ("none", "rank", "random", "uncertain")
TIE_STREAM, RANDOM_STREAM, UNCERTAIN_STREAM, START_STREAM = 1, 2, 3, 4


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a night's capacity is spent.

    Attributes:
        capacity: lots that can be looked at.
        exploration: part of it that explores.
        uncertain: part of the exploration that follows uncertainty times revenue; the rest is random.
    """

    capacity: int
    exploration: float
    uncertain: float

    def split(self, lots: int) -> tuple[int, int, int]:
        """Numbers of lots by rank, at random and by uncertainty; an odd one is drawn at random.

        A capacity under five at a tenth explores nothing, and then nothing can be estimated of the lots not ranked.
        """
        total = min(self.capacity, lots)
        exploring = int(total * self.exploration + 0.5)
        uncertain = int(exploring * self.uncertain)
        return total - exploring, exploring - uncertain, uncertain


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """The night's choice, shape (N,).

    Attributes:
        rank: 1 for the largest score, without ties.
        selection: NONE, BY_RANK, AT_RANDOM or BY_UNCERTAINTY; codes in SELECTIONS.
        propensity: chance with which the lot was chosen by any of the three.
    """

    rank: IntArray
    selection: IntArray
    propensity: FloatArray

    @property
    def is_chosen(self) -> BoolArray:
        """The lot is looked at."""
        result: BoolArray = self.selection != NONE
        return result


def allocate(
    score: FloatArray, learning: FloatArray, keys: KeyArray, night: int, seed: int, policy: Policy
) -> Allocation:
    """Spend the capacity on the night's lots.

    Args:
        score: expected duty of looking, (N,); NaN ranks last.
        learning: uncertainty times revenue, not negative, (N,); see `weigh_uncertainty`. NaN counts as none.
        keys: a number for each lot that never changes, all different.
        night: number of the night; each draws afresh.
        seed: of the draws.
        policy: capacity and its parts.

    Raises:
        ValueError: two lots have the same key, so that a tie between them could not be settled.
    """
    if len(np.unique(keys)) != len(keys):
        raise ValueError("lot keys must differ: one declaration line is one lot")
    ranked, random, uncertain = policy.split(len(score))
    order = np.lexsort((permanent_numbers(keys, night, seed, TIE_STREAM), -np.nan_to_num(score, nan=-np.inf)))
    rank = np.empty(len(score), dtype=np.int64)
    rank[order] = np.arange(1, len(score) + 1)
    selection = np.full(len(score), NONE)
    propensity = np.ones(len(score))
    selection[order[:ranked]] = BY_RANK
    rest = np.sort(order[ranked:])
    if len(rest) == 0:
        return Allocation(rank=rank, selection=selection, propensity=propensity)
    start = permanent_numbers(np.zeros(1, dtype=np.uint64), night, seed, START_STREAM)[0]
    number = permanent_numbers(keys[rest], night, seed, UNCERTAIN_STREAM)
    chance, drawn = draw_by_size(np.nan_to_num(learning[rest]), number, start, uncertain)
    selection[rest[drawn]] = BY_UNCERTAINTY
    left = rest[~drawn]
    number = permanent_numbers(keys[left], night, seed, RANDOM_STREAM)
    selection[left[np.argsort(number)[:random]]] = AT_RANDOM
    propensity[rest] = chance + (1 - chance) * (random / max(len(left), 1))
    return Allocation(rank=rank, selection=selection, propensity=propensity)


def draw_by_size(size: FloatArray, number: FloatArray, start: float, count: int) -> tuple[FloatArray, BoolArray]:
    """Chances in proportion to size, and a draw of exactly `count` lots with those chances.

    Args:
        size: not negative, (N,); all alike where fewer than `count` have any.
        number: permanent number of each lot, along which marks are laid at distance one.
        start: the first mark, in (0, 1).
        count: lots to draw, at most N.
    """
    chance = inclusion_chances(size, count)
    order = np.argsort(number)
    along = np.cumsum(chance[order])
    along[-1] = count
    drawn = np.zeros(len(size), dtype=bool)
    drawn[order] = np.diff(np.floor(along - start), prepend=-1.0) > 0.5
    return chance, drawn


def inclusion_chances(size: FloatArray, count: int) -> FloatArray:
    """n x_i / sum(x), where lots that would pass one are certain and the others share what is left; the sum is n."""
    size = size if np.count_nonzero(size) >= count else np.ones(len(size))
    certain = np.zeros(len(size), dtype=bool)
    while True:
        other = np.where(certain, 0.0, size)
        left = count - certain.sum()
        chance = certain + (left * (other / other.sum()) if left else 0.0)
        passing = chance > 1.0
        if not passing.any():
            return chance
        certain |= passing


def weigh_uncertainty(probability: FloatArray, shortfall: FloatArray) -> FloatArray:
    """Uncertainty times revenue: the standard deviation of what looking at the lot would bring."""
    return np.sqrt(probability * (1.0 - probability)) * shortfall


def permanent_numbers(keys: KeyArray, night: int, seed: int, stream: int) -> FloatArray:
    """A uniform number in (0, 1) for each key, the same for the same key, night, seed and stream (SplitMix64)."""
    state = np.uint64(0)
    for part in (seed, night, stream):
        state = mix(np.array([np.uint64(part % 2**64) ^ state], dtype=np.uint64))[0]
    return ((mix(mix(keys.astype(np.uint64)) ^ state) >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53


def mix(values: KeyArray) -> KeyArray:
    """SplitMix64 (Steele, Lea and Flood 2014): every bit in moves half of the bits out."""
    z = values + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
