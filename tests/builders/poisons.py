"""Kinds of poison: what a delivery may bring in the place of what its source means to say."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from jobs import contracts
from tests.builders.broken_files import LAYS, LONG_FIGURE, SET_ASIDE, is_known_way, name_of
from tests.builders.good_files import GOOD, Good, csv_of

Cells = list[dict[str, str]]
Change = Callable[[Good, Cells, Cells], Cells]  # of a source, what it means to say, what it said before
BEYOND = "60000"  # won a kilogram and percent, far beyond any duty
LONG = "가" * 5000


def every(names: Callable[[Good], Sequence[str]], text: Callable[[str], str], rows: int | None = None) -> Change:
    """The cells of some columns that hold anything, in the first rows or in all, with another text."""

    def change(good: Good, meant: Cells, _: Cells) -> Cells:
        asked = set(names(good))
        return [
            {name: text(cell) if name in asked and cell else cell for name, cell in row.items()} for row in meant[:rows]
        ] + (meant[rows:] if rows else [])

    return change


def days(good: Good) -> Sequence[str]:
    return good.days


def first_day(good: Good) -> Sequence[str]:
    return good.days[:1]


def figures(good: Good) -> Sequence[str]:
    return good.figures


def texts(good: Good) -> Sequence[str]:
    """Columns that hold neither figure nor day."""
    return [name for name in good.columns() if name not in (*good.figures, *good.days)]


def in_year(year: str) -> Callable[[str], str]:
    """The same day of another year."""
    return lambda day: year + day[4:]


def times(factor: int) -> Callable[[str], str]:
    return lambda number: f"{float(number) * factor:.6f}".rstrip("0").rstrip(".")


def month_twice(good: Good, meant: Cells, before: Cells) -> Cells:
    """What was said of the newest month before, as what is said of the newest month now.

    Of what happened once there is nothing to correct it by: it is withdrawn.
    """
    (day, *_) = good.days
    newest, known = max(row[day] for row in meant), max(row[day] for row in before)
    if known[:7] not in {row[day][:7] for row in meant}:
        return meant
    again = [{**row, day: row[day].replace(known[:7], newest[:7])} for row in before if row[day][:7] == known[:7]]
    return [row for row in meant if row[day][:7] != newest[:7]] + again


def said_twice(good: Good, meant: Cells, _: Cells) -> Cells:
    """Every record again, with other figures or, where there are none, other texts."""
    other = every(figures, times(2)) if good.figures else every(lambda good: texts(good)[-1:], lambda text: text + "1")
    return [*meant, *other(good, meant, [])]


VALUES: dict[str, Change] = {
    "year_0000": every(days, in_year("0000")),
    "year_0001": every(first_day, in_year("0001"), 1),
    "year_1024": every(days, in_year("1024"), 1),
    "year_9999": every(first_day, in_year("9999")),
    "no_day": every(days, lambda _: "2024-13-45"),
    "26_digits": every(figures, lambda _: LONG_FIGURE),
    "one_26_digits": every(figures, lambda _: LONG_FIGURE, 1),
    "beyond_the_duty": every(figures, lambda _: BEYOND),
    "endless": every(figures, lambda _: "1e999"),
    "below_zero": every(figures, lambda number: "-" + number.lstrip("-")),
    "decimal_comma": every(figures, lambda number: number + ",5"),
    "words": every(figures, lambda _: "N/A"),
    "a_thousand_times": every(figures, times(1000)),
    "control_letters": every(texts, lambda text: text + "\x07"),
    "invisible_letters": every(texts, lambda text: text[:1] + "\u200b" + text[1:]),
    "endless_text": every(texts, lambda _: LONG),
    "other_codes": every(texts, lambda _: "QZ", 1),
    "said_twice": said_twice,
    "records_twice": lambda _, meant, __: [*meant, *meant],
    "half": lambda _, meant, __: meant[: len(meant) // 2],
    "month_twice": month_twice,
    "nothing_filled": lambda _, meant, __: [dict.fromkeys(row, "") for row in meant],
}
POISONS = [*VALUES, *(way for way in LAYS if way not in ("unreadable", "known_2099-01-01", "known_2024-02-30"))]


def cells_of(content: bytes) -> Cells:
    """The records of a file."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def is_known(source: str, poison: str) -> bool:
    """Whether a source can be poisoned so: one that has no figures not with figures."""
    good = GOOD[source]
    if poison in VALUES:
        meant = good.file(source, is_later=True)
        return poisoned(source, poison) != meant
    return is_known_way(contracts.landing(source), poison)


def poisoned(source: str, poison: str) -> bytes:
    """What is delivered for the later delivery of a source; of a way of `broken_files`, what it is laid over."""
    meant, before = (GOOD[source].file(source, is_later=is_later) for is_later in (True, False))
    return changed(source, poison, meant, before) if poison in VALUES else meant


def changed(source: str, poison: str, meant: bytes, before: bytes) -> bytes:
    """A file of a source with poisoned values; `before` is the file before it."""
    rows = VALUES[poison](GOOD[source], cells_of(meant), cells_of(before))
    names = [*cells_of(meant)[0]]
    return csv_of([names, *([row[name] for name in names] for row in rows)])


def lay_poison(landing: Path, source: str, poison: str, name: str) -> Path:
    """Lay the poisoned delivery of a source; `name` stands where its pattern leaves room."""
    delivered = contracts.landing(source)
    way = poison if poison in SET_ASIDE and poison == "name_no_text" else name
    path = landing / delivered.folder / name_of(delivered, way)
    path.parent.mkdir(parents=True, exist_ok=True)
    LAYS.get(poison, lambda at, content: at.write_bytes(content) and None)(path, poisoned(source, poison))
    return path
