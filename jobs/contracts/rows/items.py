"""What the lists of a row hold: one class a field of `schemas/fields.yml` that has members.

Written by `python -m jobs contracts rows`; the contracts are the place to edit.
"""

from __future__ import annotations

from typing import TypedDict


class EvidenceItem(TypedDict):
    """Figures behind the finding with the records they come from."""

    code: str
    value: float | None
    text: str | None
    unit: str
    table: str
    record_ids: list[str]


class ReasonItem(TypedDict):
    """What raised the level with each reason's share."""

    code: str
    contribution: float
    params: dict[str, str]


class GroundItem(TypedDict):
    """What each price rule that could test the lot found."""

    code: str
    reference_usd_per_kg: float
    ratio: float
    z: float
    n: int
    is_low: bool
    reason_codes: list[str]


class LearnedItem(TypedDict):
    """What inspections taught that raises the chance of the lot, strongest first, with the factor of its odds; empty
    while no ranker is promoted.
    """

    code: str
    odds_factor: float
    found_count: int
    inspected_count: int
