"""Months, and the windows of at most twelve of them that one call to the statistics interface may cover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

LONGEST_WINDOW_MONTHS = 12
"""The interface answers resultCode 99 to anything longer."""

PUBLICATION_DAY = 15
"""KCS publishes a month's figures, and revises earlier ones, about the 15th of the next."""

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def parse_month(text: str) -> int:
    """A month `YYYY-MM` as a running number (12 a year), so that differences are months.

    Raises:
        ValueError: the text is not a month.
    """
    matched = _MONTH.match(text.strip())
    if matched is None:
        raise ValueError(text)
    return int(matched[1]) * 12 + int(matched[2]) - 1


def format_month(month: int, separator: str = "-") -> str:
    """A running month number as text, `YYYY-MM` unless another separator is given."""
    return f"{month // 12:04d}{separator}{month % 12 + 1:02d}"


@dataclass(frozen=True, order=True)
class MonthWindow:
    """The months `first` to `last`, both included, as running numbers."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, month: int) -> bool:
        return self.first <= month <= self.last

    def __str__(self) -> str:
        return f"{format_month(self.first)}..{format_month(self.last)}"

    def halves(self) -> tuple[MonthWindow, MonthWindow]:
        """Two windows that together cover this one; only for windows of two months or more."""
        middle = self.first + self.length // 2
        return MonthWindow(self.first, middle - 1), MonthWindow(middle, self.last)


def split_window(whole: MonthWindow, longest: int = LONGEST_WINDOW_MONTHS) -> list[MonthWindow]:
    """Consecutive windows of at most `longest` months covering `whole` exactly once, in order.

    >>> [str(each) for each in split_window(MonthWindow(parse_month("2023-01"), parse_month("2024-03")))]
    ['2023-01..2023-12', '2024-01..2024-03']
    """
    return [
        MonthWindow(first, min(first + longest - 1, whole.last))
        for first in range(whole.first, whole.last + 1, longest)
    ]


def publication_cycle(day: date) -> int:
    """The running month whose publication a day falls after; it changes on the 15th."""
    return day.year * 12 + day.month - 1 - (day.day < PUBLICATION_DAY)
