"""Small pieces every source needs: dirty text to typed columns, and the flags that say what was wrong."""

from __future__ import annotations

import re

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.contracts.codes import code_set
from jobs.settings import settings

MONTH = r"^(\d{4})[.-](0[1-9]|1[0-2])(?:-01)?$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
INSTANT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([+-]\d{2}:\d{2}|Z)$"
FURTHEST_ZONE = 18 * 60  # minutes from UTC
HS_CODE = r"^\d{6}(\d{4})?$"
HS6, HSK10 = r"^\d{6}$", r"^\d{10}$"
UNLOCODE = r"^[A-Z]{2}[A-Z2-9]{3}$"


def amount(text: str, kind: str) -> Column:
    """The number a text states, null where it states none.

    A decimal has all the digits that there can be: the text is cast once, its range is asked of the number it states,
    and only a sound record is stored, in its column's own width.
    """
    # An empty text is taken out first: of one that is no number Spark words an error, which costs more than the row.
    return stated(text).try_cast(re.sub(r"decimal\(\d+", "decimal(38", kind))


def month(text: str) -> Column:
    """First day of the month a text such as 2023.10 or 2023-10 names, null where it names none."""
    start = F.concat_ws("-", F.regexp_extract(text, MONTH, 1), F.regexp_extract(text, MONTH, 2), F.lit("01"))
    return F.when(F.col(text).rlike(MONTH), start.try_cast("date"))


def day(text: str) -> Column:
    """The day a text such as 2023-10-31 names, null where it names none."""
    return F.when(F.col(text).rlike(DAY), F.col(text).try_cast("date"))


def instant(text: str) -> Column:
    """The instant a text such as 2023-10-31T09:30:00+09:00 names, null where it names none or no time zone.

    The zone is an offset, and is taken off by hand: Spark looks the name of a zone up for every text, which costs as
    much as all other columns of a declaration together.
    """
    is_utc = F.col(text).endswith("Z")
    clock_length = F.char_length(text) - F.when(is_utc, 1).otherwise(6)
    clock = F.substring(text, 1, clock_length).try_cast("timestamp_ntz").cast("timestamp")  # sessions count in UTC
    hours, minutes = (F.substring(F.col(text), at, 2).try_cast("bigint") for at in (-5, -2))
    east = F.when(F.substring(text, -6, 1) == "-", -1).otherwise(1) * (hours * 60 + minutes)
    ahead = F.when(is_utc, 0).otherwise(east)
    moved = F.timestamp_micros(F.unix_micros(clock) - ahead * 60_000_000)
    return F.when(F.col(text).rlike(INSTANT) & (F.abs(ahead) <= FURTHEST_ZONE), moved)


def local_day(moment: Column) -> Column:
    """The day on which an instant fell where the platform's nights are counted."""
    return F.from_utc_timestamp(moment, settings().timezone).cast("date")


def month_of(name: str) -> Column:
    """First day of the month of a date column."""
    return F.trunc(name, "month").cast("date")


def stated(text: str) -> Column:
    """The text, null where it is empty: what is not stated is unknown."""
    return F.nullif(F.col(text), F.lit(""))


def any_of(*conditions: Column) -> Column:
    """Whether one of the conditions holds; one that cannot be decided does not hold."""
    return F.greatest(*[F.coalesce(each, F.lit(False)) for each in conditions], F.lit(False))


def any_missing(*texts: str) -> Column:
    """Whether any of the texts is empty."""
    return any_of(*[F.col(text) == "" for text in texts])


def any_comma(*texts: str) -> Column:
    """Whether any of the texts that should be figures holds a comma: 1,234 is one thing here and another elsewhere."""
    return F.contains(F.concat_ws(" ", *texts), F.lit(","))


def misread(typed: str, text: str) -> Column:
    """Whether a text states something that the typed column beside it could not take."""
    return F.col(typed).isNull() & (F.col(text) != "")


def unlisted(code_list: str, *texts: str) -> Column:
    """Whether any of the texts states a code that is not in the closed list; an empty text states none."""
    codes = sorted(code_set(code_list))
    return any_of(*[~F.col(text).isin("", *codes) for text in texts])


def flags(**conditions: Column) -> Column:
    """Codes of the conditions that hold; a condition that cannot be decided does not hold."""
    # Not array_compact: Spark compiles no filter over an array, and would interpret every condition below it.
    noted = F.concat_ws(",", *[F.when(holds, F.lit(code)) for code, holds in conditions.items()])
    return F.when(noted == "", F.array().cast("array<string>")).otherwise(F.split(noted, ","))


def not_numbers(*texts: str, kind: str = "decimal(38,6)") -> Column:
    """Whether any of the texts states no number; an empty text states none."""
    states_none = [amount(text, kind).isNull() for text in texts]
    return states_none[0] if len(states_none) == 1 else F.array_contains(F.array(*states_none), True)


def any_negative(*texts: str) -> Column:
    """Whether any of the columns, texts or numbers, states a number below zero."""
    below = [F.coalesce(F.col(text).try_cast("decimal(38,6)") < 0, F.lit(False)) for text in texts]
    return F.array_contains(F.array(*below), True)


def not_in(column: Column, code_list: str) -> Column:
    """Whether a code is not one of its closed list."""
    return ~F.coalesce(column.isin(*sorted(code_set(code_list))), F.lit(False))
