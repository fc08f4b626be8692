"""Warning levels 1 (normal) to 5 (severe) from what the detectors found.

The rule, word for word: 2 is a rejection at the night's false discovery rate. 3 is a rejection of an origin
that matters (V2 or more, or a share of at least 30 % in the twelve months before) and is confirmed: by a
second family, by a second consecutive rejection, or by a value under 25 % of the expected. 4 is 3 with less
than 60 days of cover; where cover is unknown, V2 or more and a lost share of at least half of the item for
two periods. 5 is 3 with less than 21 days of cover, or a confirmed export stop together with a rejected
drop. A share under 5 % never passes 2. A notice alone never passes 2. Up at once, down after three quiet
periods.

What is unknown: a missing world concentration is unknown and never false, so a vulnerability that
may be V2 does not hold back level 3, and says so by `vulnerability_unknown`; level 4 wants it proven. Every
other unknown raises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class LevelRule:
    """Figures of the rule; shares and ratios are fractions, cover is in days of use.

    Attributes:
        vulnerable: class of vulnerability from which an origin matters.
        share_strong, share_least: share from which it matters, and under which it never passes level 2.
        deep_ratio: part of the expected under which a fall confirms itself.
        family_p: p-value at which a second family confirms.
        lost_share: part of the item lost that stands for unknown cover.
        cover_alert, cover_severe: days of cover under which the level is 4, and 5.
        hold: quiet periods after which a level falls.
        alarm: an episode that enters this level is what a back-test counts.
    """

    vulnerable: int
    share_strong: float
    share_least: float
    deep_ratio: float
    family_p: float
    lost_share: float
    cover_alert: float
    cover_severe: float
    hold: int
    alarm: int


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of each subject in each period, arrays of shape (N, T), periods in order.

    Attributes:
        rejected: rejected at the night's false discovery rate, in the direction assessed.
        ratio: observed over expected; NaN where unknown.
        share: the origin's share of the item in the twelve months before; NaN where unknown.
        vulnerability: largest class that is proven, 1 to 3, 0 where nothing is.
        vulnerability_most: largest class the unknown parts leave open; `vulnerability` where not given.
        other_family_p: smallest p of a family other than quantity, same direction; NaN where there is none.
        cover_days: stock and confirmed inbound in days of use; NaN where unknown.
        lost_share: expected less observed, over what was expected of the whole item; NaN where unknown.
        export_stop: a confirmed export stop is in force.
        notice: a policy notice is in force.
    """

    rejected: BoolArray
    ratio: FloatArray
    share: FloatArray
    vulnerability: IntArray
    vulnerability_most: IntArray | None = None
    other_family_p: FloatArray | None = None
    cover_days: FloatArray | None = None
    lost_share: FloatArray | None = None
    export_stop: BoolArray | None = None
    notice: BoolArray | None = None


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Level of each subject in each period, shape (N, T).

    Attributes:
        raw: from this period's evidence alone, 1 to 5.
        level: largest raw level of the last three periods.
        holds: which conditions hold, by code; each of shape (N, T).
    """

    raw: IntArray
    level: IntArray
    holds: dict[str, BoolArray] = field(default_factory=dict)


CONFIRMATIONS = ("second_family", "second_consecutive", "deep")


def raise_levels(evidence: Evidence, rule: LevelRule) -> Levels:
    """Levels of all subjects and periods at once."""
    holds = check_conditions(evidence, rule)
    raw = np.ones(evidence.rejected.shape, dtype=np.int64)
    raw[holds["rejected"] | holds["notice"]] = 2
    third = holds["rejected"] & holds["matters"] & holds["confirmed"]
    raw[third] = 3
    raw[third & (holds["cover_under_60"] | holds["lost_half"])] = 4
    raw[(third & holds["cover_under_21"]) | (holds["rejected"] & holds["export_stop"])] = 5
    raw = np.where(holds["small_share"], np.minimum(raw, 2), raw)
    return Levels(raw=raw, level=hold_levels(raw, rule.hold), holds=holds)


def check_conditions(evidence: Evidence, rule: LevelRule) -> dict[str, BoolArray]:
    """Each condition of the rule by code, shape (N, T); what is unknown does not hold."""
    shape = evidence.rejected.shape

    def number(values: FloatArray | None) -> FloatArray:
        return np.full(shape, np.nan) if values is None else np.broadcast_to(values, shape)

    def flag(values: BoolArray | None) -> BoolArray:
        return np.zeros(shape, dtype=bool) if values is None else np.broadcast_to(values, shape)

    cover, lost = number(evidence.cover_days), number(evidence.lost_share) >= rule.lost_share
    vulnerable = np.broadcast_to(evidence.vulnerability, shape) >= rule.vulnerable
    most = evidence.vulnerability if evidence.vulnerability_most is None else evidence.vulnerability_most
    possibly = ~vulnerable & (np.broadcast_to(most, shape) >= rule.vulnerable)
    strong = number(evidence.share) >= rule.share_strong
    holds = {
        "rejected": evidence.rejected,
        "vulnerable": vulnerable,
        "strong_share": strong,
        "vulnerability_unknown": possibly,
        "matters": vulnerable | possibly | strong,
        "small_share": number(evidence.share) < rule.share_least,
        "second_family": number(evidence.other_family_p) <= rule.family_p,
        "second_consecutive": evidence.rejected & before(evidence.rejected),
        "deep": number(evidence.ratio) < rule.deep_ratio,
        "cover_under_60": cover < rule.cover_alert,
        "cover_under_21": cover < rule.cover_severe,
        "lost_half": np.isnan(cover) & vulnerable & lost & before(lost),
        "export_stop": flag(evidence.export_stop),
        "notice": flag(evidence.notice),
    }
    holds["confirmed"] = holds["second_family"] | holds["second_consecutive"] | holds["deep"]
    return holds


def before(values: BoolArray) -> BoolArray:
    """The same values one period earlier; false in the first period."""
    earlier = np.zeros_like(values)
    earlier[:, 1:] = values[:, :-1]
    return earlier


def hold_levels(raw: IntArray, hold: int) -> IntArray:
    """Largest raw level of the last `hold` periods: up at once, down after as many quiet ones."""
    level = raw.copy()
    for lag in range(1, hold):
        level[:, lag:] = np.maximum(level[:, lag:], raw[:, :-lag])
    return level


def missing_for_next(stored: set[str], level: int) -> tuple[str, ...]:
    """Conditions missing for the next level given those that hold, alternatives joined by "|"."""
    if "small_share" in stored and level >= 2:
        return ()  # capped: no evidence on this origin alone raises it
    if level == 1 or "rejected" not in stored:
        return ("rejected",)
    if level == 2:
        needs = [("vulnerable|strong_share", "matters"), ("|".join(CONFIRMATIONS), "confirmed")]
        return tuple(text for text, code in needs if code not in stored)
    return {3: ("cover_under_60|lost_half",), 4: ("cover_under_21|export_stop",)}.get(level, ())
