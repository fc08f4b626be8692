"""What a question of the platform is made of: the one shape that the night, the commands and the pages know of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Domain:
    """One question: facts to signals to alerts, in one folder.

    Attributes:
        name: of the question, of its folder in jobs/domains and schemas/detectors, and the kind of its alerts.
    """

    name: str
