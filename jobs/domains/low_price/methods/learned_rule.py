"""When a learned ranker may rank, and what it says of a lot."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.stats.selection.ranker import RankerConfig


@dataclass(frozen=True, kw_only=True)
class LearnedRule:
    """Figures of the detector.

    Attributes:
        trial_weeks: past weeks in which the ranker is compared with the price model.
        least_weeks: that must have told something.
        trial_capacity: share of a week's lots that is looked at in the comparison.
        shown_most: reasons named of a lot.
        shown_factor: of the odds, from which a part is a reason.
        party_prior: inspections that the share of all is worth against a party's own.
        ranker: how it is trained.
    """

    trial_weeks: int
    least_weeks: int
    trial_capacity: float
    shown_most: int
    shown_factor: float
    party_prior: float
    ranker: RankerConfig
