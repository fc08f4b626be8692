"""What a delivery covers, as `<delivery>.scope.json` beside it states it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field as Default
from pydantic import ValidationError, model_validator

from jobs.contracts.model import Strict


class ScopeFile(Strict):
    """What a delivery of trade statistics covers, as `<delivery>.scope.json` beside it states it: what was asked.

    `hs_codes` cover the longer codes that begin with them; without `partner_countries` every country is covered;
    `first_month` and `last_month` are written as 2024-03. `known_on` is the day on which the answer was given.

    >>> asked = ScopeFile(hs_codes=["800110"], flows=["I"], first_month="2024-11", last_month="2025-02")
    >>> [month.isoformat() for month in asked.months()]
    ['2024-11-01', '2024-12-01', '2025-01-01', '2025-02-01']
    """

    hs_codes: Annotated[list[Annotated[str, Default(pattern=r"^\d{2,10}$")]], Default(min_length=1)]
    partner_countries: list[Annotated[str, Default(pattern=r"^[A-Z]{2,3}$")]] | None = None
    flows: Annotated[list[Literal["I", "X"]], Default(min_length=1)]
    first_month: str = Default(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")
    last_month: str = Default(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")
    known_on: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ScopeFile:
        if self.last_month < self.first_month:
            raise ValueError(f"last_month {self.last_month} lies before first_month {self.first_month}")
        return self

    def months(self) -> list[date]:
        """First days of the months asked."""
        first, last = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (self.first_month, self.last_month))
        return [date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1)]


class FullTable(Strict):
    """`<delivery>.scope.json` beside a delivery that states all there is: what it lacks is withdrawn."""

    full_table: Literal[True]
    known_on: date | None = None


def parse_scope(text: str | bytes | None) -> ScopeFile | FullTable | None:
    """What a scope file states; None where there is none.

    Raises:
        pydantic.ValidationError: it states no scope.

    >>> parse_scope('{"full_table": true}')
    FullTable(full_table=True, known_on=None)
    """
    if text is None:
        return None
    try:
        return FullTable.model_validate_json(text)
    except ValidationError:
        return ScopeFile.model_validate_json(text)
