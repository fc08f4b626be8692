"""Levels 1 to 4 of a lot from what the price rules and patterns found.

The rule, word for word: 2 is r < 0.8 and z < -2; 3 is r < 0.65 and z < -3; 4 is (r < 0.5 and z < -3, or
z < -4) with n >= 30 or a survey price. A pattern at a false discovery rate of 0.05 adds one, up to 4. An
accepted lot of a third party caps the level at 2, last of all steps.

Each ground (the reference price, LP-1 to LP-5) is assessed by itself, r, z and n of the same ground together,
and the highest stands; a mixture of one ground's r and another's z would be no ground to ask on. As the rule
is written, z < -4 reaches 4 whatever r is: where prices hardly differ, a price 15 % low is as sure a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.price_test import PriceTest


@dataclass(frozen=True, kw_only=True)
class PriceLevelRule:
    """Figures of the rule; ratios are fractions, `cap` is the level above which a voucher lets no lot rise."""

    ratio_2: float
    z_2: float
    ratio_3: float
    z_3: float
    ratio_4: float
    z_4: float
    n_4: int
    cap: int


@dataclass(frozen=True, kw_only=True)
class PriceEvidence:
    """What is known of M lots on R grounds.

    Attributes:
        grounds: name of each ground, R of them.
        ratio, z: declared over reference and its robust z, shape (M, R); NaN where the ground cannot test.
        n: prices each reference rests on, shape (M, R).
        is_survey: the ground is a survey price, shape (R,).
        patterns: patterns rejected at a false discovery rate of 0.05, by code, each of shape (M,).
        is_capped: an accepted lot of a third party speaks for the importer, shape (M,).
    """

    grounds: Sequence[str]
    ratio: FloatArray
    z: FloatArray
    n: IntArray
    is_survey: BoolArray
    patterns: Mapping[str, BoolArray] = field(default_factory=dict)
    is_capped: BoolArray | None = None


@dataclass(frozen=True, kw_only=True)
class PriceLevels:
    """Level of each lot, shape (M,).

    Attributes:
        raw: by price alone, 1 to 4.
        before_cap: with the pattern's one added.
        level: with the cap.
        ground: column of the ground that set `raw`, the lowest z among equals; -1 at level 1.
        holds: which conditions hold, by code; each of shape (M,). Those of the price are of that ground.
    """

    raw: IntArray
    before_cap: IntArray
    level: IntArray
    ground: IntArray
    holds: dict[str, BoolArray] = field(default_factory=dict)


def gather_evidence(
    tests: Mapping[str, PriceTest],
    survey: Sequence[str] = ("LP-4",),
    patterns: Mapping[str, BoolArray] | None = None,
    is_capped: BoolArray | None = None,
) -> PriceEvidence:
    """The tests of one night side by side; `survey` names the grounds that are survey prices."""
    return PriceEvidence(
        grounds=tuple(tests),
        ratio=np.stack([test.ratio for test in tests.values()], axis=1),
        z=np.stack([test.z for test in tests.values()], axis=1),
        n=np.stack([test.n for test in tests.values()], axis=1),
        is_survey=np.array([name in survey for name in tests]),
        patterns=patterns or {},
        is_capped=is_capped,
    )


def raise_price_levels(evidence: PriceEvidence, rule: PriceLevelRule) -> PriceLevels:
    """Level of every lot at once."""
    by_ground = check_grounds(evidence, rule)
    level = np.ones(evidence.z.shape, dtype=np.int64)
    for reached, code in ((2, "level_2"), (3, "level_3"), (4, "level_4")):
        level[by_ground[code]] = reached
    rows = np.arange(len(level))
    # Highest level first, then the lowest z: lexicographic, as z is far below 1e6 in size.
    ground = np.argmax(level * 1e6 - np.clip(np.nan_to_num(evidence.z), -1e5, 1e5), axis=1)
    raw = level[rows, ground]
    patterns = {code: np.asarray(result) for code, result in evidence.patterns.items()}
    has_pattern = np.any([np.zeros(len(raw), dtype=bool), *patterns.values()], axis=0)
    before_cap = np.minimum(raw + has_pattern, 4)
    capped = np.zeros(len(raw), dtype=bool) if evidence.is_capped is None else evidence.is_capped
    holds = {code: values[rows, ground] for code, values in by_ground.items()}
    return PriceLevels(
        raw=raw,
        before_cap=before_cap,
        level=np.where(capped, np.minimum(before_cap, rule.cap), before_cap),
        ground=np.where(raw > 1, ground, -1),
        holds=holds | patterns | {"pattern": has_pattern, "accepted_third_party": capped},
    )


def check_grounds(evidence: PriceEvidence, rule: PriceLevelRule) -> dict[str, BoolArray]:
    """Each condition of the rule by code, shape (M, R); NaN holds nowhere."""
    ratio, z = evidence.ratio, evidence.z
    holds = {
        "ratio_low": ratio < rule.ratio_2,
        "ratio_very_low": ratio < rule.ratio_3,
        "ratio_half": ratio < rule.ratio_4,
        "z_low": z < rule.z_2,
        "z_very_low": z < rule.z_3,
        "z_extreme": z < rule.z_4,
        "many_prices": evidence.n >= rule.n_4,
        "survey_price": np.broadcast_to(evidence.is_survey, z.shape) & np.isfinite(z),
    }
    holds["level_2"] = holds["ratio_low"] & holds["z_low"]
    holds["level_3"] = holds["ratio_very_low"] & holds["z_very_low"]
    deep = (holds["ratio_half"] & holds["z_very_low"]) | holds["z_extreme"]
    holds["level_4"] = deep & (holds["many_prices"] | holds["survey_price"])
    return holds


_PRICE = ("ratio_low", "ratio_very_low", "ratio_half", "z_low", "z_very_low", "z_extreme")
_SUPPORT = ("many_prices", "survey_price")


def explain_price_level(levels: PriceLevels, row: int, patterns: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Codes that raised a lot's level, that would raise it further, and that would clear it.

    Returns:
        `raised_by`: conditions that hold, patterns by their own codes; `raises`: what is missing for the next
        level, alternatives joined by "|"; `clears`: what would lower it.
    """
    stored = {code for code, values in levels.holds.items() if values[row]}
    raw, level = int(levels.raw[row]), int(levels.level[row])
    shown = [code for code in (*_PRICE, *_SUPPORT) if code in stored] if raw > 1 else []
    shown += [code for code in patterns if code in stored]
    capped = "accepted_third_party" in stored and levels.before_cap[row] > level
    return {
        "raised_by": tuple(shown) if level > 1 else (),
        "raises": ("third_party_lot_withdrawn",) if capped else missing_for_next(stored, raw, level),
        "clears": () if level == 1 else _clears(stored, raw, level),
    }


def missing_for_next(stored: set[str], raw: int, level: int) -> tuple[str, ...]:
    """Conditions missing for one level more; a pattern would do it at any level below 4."""
    if level >= 4 or ("accepted_third_party" in stored and level >= 2):
        return ()
    needs = {
        1: [("ratio_low", "ratio_low"), ("z_low", "z_low")],
        2: [("ratio_very_low", "ratio_very_low"), ("z_very_low", "z_very_low")],
        3: [("many_prices|survey_price", "supported"), ("ratio_half|z_extreme", "deep")],
    }
    stored = stored | ({"supported"} if stored & set(_SUPPORT) else set())
    stored |= {"deep"} if stored & {"ratio_half", "z_extreme"} else set()
    price = [text for text, code in needs.get(raw, []) if code not in stored]
    return tuple(price) if "pattern" in stored else (*price, "pattern")


def _clears(stored: set[str], raw: int, level: int) -> tuple[str, ...]:
    """What lowers the level: a price explained or amended, a pattern refuted, a third party's accepted lot."""
    result = ["price_explained"] if raw > 1 else []
    result += ["pattern_refuted"] if "pattern" in stored else []
    return tuple(result) if level <= 2 or "accepted_third_party" in stored else (*result, "accepted_third_party")
