"""The shapes a contract file may have; anything else in `schemas/` is refused with the name of the file."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Default


class Strict(BaseModel):
    """A frozen record that refuses keys it does not know: a typing error in a contract stops at load."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(Strict):
    """One text in both languages of the product."""

    ko: str
    en: str


class Range(Strict):
    """What a value can plausibly be, ends included; of a text its length in characters. `why` says why these ends.

    The ends are dates for dates and instants, numbers for all else; one that is absent has no limit.
    """

    least: date | int | float | None = Default(default=None, alias="from")
    most: date | int | float | None = Default(default=None, alias="to")
    why: str


class Column(Strict):
    """A column as `schemas/fields.yml` defines it, plus whether this table lets it be empty."""

    name: str
    type: str
    ko: str
    en: str
    definition: str = Default(alias="def")
    unit: str | None = None
    codes: str | None = None
    range: Range | None = None
    is_nullable: bool = False
    is_lineage: bool = False


class Past(Strict):
    """Which series have a past to compare with: at least `least` months with a figure within `months` on either side,
    the largest at most `range` times the smallest.
    """

    months: int
    least: int
    range: float
    why: str


class Shift(Strict):
    """When figures stand at another level at once: of the series with a past, the share `share` stands within `spread`
    times of one of `factors` (or of one over it), their median within `median` times.
    """

    factors: list[int]
    spread: float
    median: float
    share: float
    why: str


class YearToDate(Strict):
    """When figures are sums since January: the share `share` is no less than the sum of the year's months before, but
    for `slack`, and the median figure of month m is between m to the power `growth` and m to the power `growth_most`
    times the usual. Nothing is said of less than `cells` figures, nor before the year's month `months`.
    """

    cells: int
    months: int
    share: float
    slack: float
    growth: float
    growth_most: float
    why: str


class MonthTwice(Strict):
    """When a month repeats the month before: the share `share` of its figures is equal, and was not a month before."""

    share: float
    why: str


class Comparison(Strict):
    """What a delivery is asked against what its source delivered before.

    `figures` are the columns compared; each value of the columns `within` has figures of its own, as exports and
    imports stand in columns of their own in the file. Nothing is said of less than `cells` figures or `series` series.
    """

    figures: list[str]
    within: list[str] = []
    cells: int
    series: int
    why: str
    past: Past
    level_shift: Shift | None = None
    year_to_date: YearToDate | None = None
    month_twice: MonthTwice | None = None


class KeysMissing(Strict):
    """When a full table broke off: more than `share` of the keys of the one before are missing, at least `least`; of
    one that had less than `keys` nothing is said.
    """

    share: float
    least: int
    keys: int
    why: str


class Checks(Strict):
    """What Great Expectations asks of a whole table, beside its key.

    More than the share `quarantine_share` of the records delivered last set aside is shown as a failed check. Of a
    table of statistics (`is_statistic`) such a delivery is set aside whole where the records are at least
    `quarantine_least`: one record in thirty is no broken source, but a third of a statistic is no statistic.
    `comparison` and `keys_missing` are asked of each delivery against those of its source before it.
    """

    codes: list[str] = []
    volume_ratio: float | None = None
    quarantine_share: float | None = None
    quarantine_least: int = 1
    is_statistic: bool = False
    totals: bool = False
    comparison: Comparison | None = None
    keys_missing: KeysMissing | None = None


class Inference(Strict):
    """When a delivery of statistics that does not say what it covers is taken as whole, and a missing row for zero.

    A name (a code, a partner) is usual in a month that has had a row in each of the `usual_months` before. A delivery
    is whole that has a share of at least `share_least` of the usual names, or lacks one of at least `one_missing_of`.
    Where a total on file exceeds the sum of the partners by more than `excess_most`, no missing row is a zero.
    """

    usual_months: int
    share_least: float
    one_missing_of: int
    excess_most: float


class Table(Strict):
    """A table of the lake: its columns in order, key, partition, row rules and checks.

    `written_by` is the one that writes it: a task of the night, the night as a whole (every task adds its row), the
    stream, or a command of its own. `domain` is whose it is, where it is one domain's alone.
    """

    name: str
    title: Words
    row: Words
    notes: Words | None = None
    key: list[str]
    partition: list[str] = []
    is_bitemporal: bool = False
    columns: list[Column]
    rules: dict[str, Literal["keep", "quarantine", "stop"]] = {}
    checks: Checks = Checks()
    inference: Inference | None = None
    disclosure: Literal["public", "internal"]
    written_by: Literal["ingest", "detect", "alert", "publish", "night", "stream", "backtest", "audit", "withdraw"]
    domain: str | None = None

    @property
    def layer(self) -> str:
        return self.name.split(".")[0]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: the table has none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    @property
    def content_names(self) -> list[str]:
        """Columns that say what the row says, without those that say where it came from."""
        return [column.name for column in self.columns if not column.is_lineage]


class Publication(Strict):
    """When a period's figures become public: `lag` months later on `day`, or `lag` days later."""

    unit: Literal["month", "day"]
    lag: int
    day: int | None = None


class Terms(Strict):
    """Under which terms a source may be used."""

    name: str
    url: str


class Landing(Strict):
    """A kind of delivered file: where it lies, how it is written, what it feeds, when it is due.

    `ends_every_line`: the publisher ends the last line too, so that a file without that end was cut off. It is for
    sources whose last column nothing else can vouch for; elsewhere a record with all its fields is taken as whole.
    `total_marks`: what the publisher writes in place of the period in a row that only adds up the others.
    `scope`: `full_table` where each delivery holds all there is; of trade statistics, of the months that it names.
    """

    source: str
    title: Words
    row: Words
    folder: str
    pattern: str
    encoding: Literal["utf-8", "utf-8-sig", "euc-kr"]
    columns: list[str]
    is_wide: bool = False
    ends_every_line: bool = False
    total_marks: list[str] = []
    scope: Literal["full_table"] | None = None
    key: list[str]
    feeds: str
    publication: Publication
    freshness_days: int
    publisher: str
    terms: Terms


class Detector(Strict):
    """A detector as `schemas/detectors/<domain>/<ID>.yml` registers it.

    `source` names the publication, law or case the method is from; `parameters` are all thresholds and windows that
    no other file has.
    """

    id: str
    domain: str
    title: Words
    family: str
    direction: Literal["down", "up", "both"]
    grain: str
    method: str
    source: str
    version: str
    owner: str
    valid_from: str
    reason: Words
    parameters: dict[str, Any]
    limits: Words


class SharedRule(Strict):
    """A rule that several detectors share, as `schemas/rules/<domain>/<name>.yml` states it."""

    name: str
    domain: str
    title: Words
    source: str
    owner: str
    valid_from: str
    parameters: dict[str, Any]
