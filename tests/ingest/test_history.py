"""What is known when: deliveries in any order, corrections, repeats, withdrawals and reloads, against a small model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import Phase
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from jobs import contracts
from jobs.ingest.bronze.land import land
from jobs.ingest.corrections.reload import reload
from jobs.ingest.corrections.withdraw import withdraw
from jobs.ingest.silver.load import load
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.landing import write_file

SOURCE, TABLE = "gscpi", "silver.pressure_index_month"
RULE = contracts.landing(SOURCE).publication
MONTHS = [date(2024, month, 1) for month in range(1, 6)]
DAYS = [date(2024, month, day) for month in range(2, 8) for day in (3, 20)]
NIGHTS = [date(2024, 1, 31), *DAYS[::2], date(2024, 8, 1)]
LAST = date(2024, 7, 31)
Values = Mapping[date, int]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A delivery: its day, its place among all that were taken, what it states, and what of it was taken back."""

    day: date
    place: int
    values: Values
    taken_back: set[date] = field(default_factory=set)

    def stated(self) -> dict[date, int]:
        return {month: value for month, value in self.values.items() if month not in self.taken_back}


def published(month: date) -> date:
    """The day of the publication rule, written down once more."""
    number = month.year * 12 + month.month - 1 + RULE.lag
    return date(number // 12, number % 12 + 1, 1) + timedelta(days=(RULE.day or 1) - 1)


def known_on(sent: Sequence[Sent], month: date) -> Iterator[tuple[date, date, int, int]]:
    """Day of becoming known, day and place of the delivery, and value of each statement about a month."""
    begun = min((each.day for each in sent if each.values), default=date.max)
    about = sorted((each for each in sent if month in each.stated()), key=lambda each: (each.day, each.place))
    for each in about:
        is_history = each.day == about[0].day and published(month) < begun
        yield published(month) if is_history else each.day, each.day, each.place, each.values[month]


def expected(sent: Sequence[Sent], night: date) -> dict[date, int]:
    """The value of each month that a night sees."""
    seen = {month: [each for each in known_on(sent, month) if each[0] <= night] for month in MONTHS}
    return {month: max(rows)[3] for month, rows in seen.items() if rows}


def as_known(lake: Lake, night: date) -> dict[date, int]:
    rows = ask_known(lake.dataset, "select period_start, index_value from seen", night, {"seen": TABLE}).to_pylist()
    return {row["period_start"]: int(row["index_value"]) for row in rows}


def deliver(lake: Lake, landing: Path, day: date, values: Mapping[date, int | str], name: str = "a") -> None:
    rows = [(f"{month:%Y-%m}", value) for month, value in values.items()]
    write_file(landing, SOURCE, rows, f"{name}_known_{day}")
    land(lake, landing, datetime.now(UTC), LAST)
    load(lake)


class History(RuleBasedStateMachine):
    """A lake and the model, side by side."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.lake = Lake(None, str(self.root / "lake"), "run")
        self.sent: list[Sent] = []
        self.gone: list[Sent] = []
        self.then: list[tuple[datetime, dict[date, dict[date, int]]]] = []

    def teardown(self) -> None:
        for moment, nights in self.then:  # an alert stored then is replayed from what was known then
            assert {night: as_known(self.lake.at(moment), night) for night in NIGHTS} == nights
        payloads = self.lake.rows("ops.quarantine", ["payload"])["payload"].to_pylist()
        assert all("x" in dict(payload).values() for payload in payloads)
        shutil.rmtree(self.root)

    def check(self) -> None:
        seen = {night: as_known(self.lake, night) for night in NIGHTS}
        assert seen == {night: expected(self.sent, night) for night in NIGHTS}
        self.then.append((datetime.now(UTC), seen))

    @rule(
        day=st.sampled_from(DAYS),
        values=st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 3), min_size=1, max_size=5),
    )
    def take(self, day: date, values: dict[date, int]) -> None:
        """A delivery of any day, perhaps with the content of another; of the same day and content it is the same."""
        values = {month: value for month, value in values.items() if month <= day}  # no period lies ahead
        place = len(self.sent) + len(self.gone)
        is_again = any((each.day, dict(each.values)) == (day, values) for each in [*self.sent, *self.gone])
        deliver(self.lake, self.root / "landing", day, values, f"n{place}" if not is_again else f"again{place}")
        if not is_again:
            self.sent.append(Sent(day=day, place=place, values=values))
        self.check()

    @rule(day=st.sampled_from(DAYS))
    def take_unsound(self, day: date) -> None:
        """A delivery of which no record is let in says nothing, not even that its source has begun."""
        deliver(self.lake, self.root / "landing", day, {MONTHS[0]: "x"}, "unsound")
        self.check()

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """A delivery, whole or one record of it."""
        each = data.draw(st.sampled_from(self.sent))
        name = f"gscpi_monthly_n{each.place}_known_{each.day}.csv"
        if data.draw(st.booleans()):
            withdraw(self.lake, name, "a slip")
            self.sent.remove(each)
            self.gone.append(each)
        elif left := sorted(each.stated()):
            month = data.draw(st.sampled_from(left))
            (load,) = [row for row in self.lake.rows("ops.load").to_pylist() if row["source_file"].endswith(name)][:1]
            withdraw(self.lake, f"{load['delivery_id']}:{[*each.values].index(month) + 1}", "a slip")
            each.taken_back.add(month)
        self.check()

    @precondition(lambda self: self.sent)
    @rule()
    def read_again(self) -> None:
        """Nothing changes by it."""
        before = self.lake.rows(TABLE).num_rows
        reload(self.lake, SOURCE)
        self.check()
        assert self.lake.rows(TABLE).num_rows == before


TestHistory = History.TestCase
TestHistory.settings = profile(max_examples=5, stateful_step_count=8, deadline=None, phases=[Phase.generate])


FOUR = (
    (date(2024, 3, 3), {MONTHS[0]: 1, MONTHS[1]: 1}),
    (date(2024, 4, 3), {MONTHS[0]: 1, MONTHS[1]: 2, MONTHS[2]: 5}),
    (date(2024, 5, 3), {MONTHS[1]: 1, MONTHS[3]: 4}),
    (date(2024, 6, 3), {MONTHS[0]: 9, MONTHS[4]: 7}),
)


def content(lake: Lake) -> list[str]:
    """Rows of silver that count, without lineage."""
    names = ", ".join(contracts.table(TABLE).content_names)
    rows = ask_known(lake.dataset, f"select {names} from seen order by all", None, {"seen": TABLE})
    return [repr(row) for row in rows.to_pylist()] + [str(sorted(as_known(lake, night).items())) for night in NIGHTS]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What four deliveries taken at once leave."""
    root = tmp_path_factory.mktemp("at_once")
    lake = Lake(None, str(root / "lake"), "run")
    for day, values in FOUR[:-1]:
        write_file(root / "landing", SOURCE, [(f"{m:%Y-%m}", v) for m, v in values.items()], f"a_known_{day}")
    deliver(lake, root / "landing", *FOUR[-1])
    return content(lake)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::2], ids=lambda order: "".join(map(str, order)))
def test_four_deliveries_leave_one_lake_in_any_order(
    order: tuple[int, ...], tmp_path: Path, at_once: list[str]
) -> None:
    lake = Lake(None, str(tmp_path / "lake"), "run")
    for place in order:
        deliver(lake, tmp_path / "landing", *FOUR[place])
    assert content(lake) == at_once


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_a_delivery_of_which_nothing_is_let_in_begins_no_source(order: tuple[int, ...], tmp_path: Path) -> None:
    unsound = (date(2024, 2, 3), {MONTHS[0]: "x"})
    good = [Sent(day=day, place=place, values=values) for place, (day, values) in enumerate(FOUR[1:3])]
    sent = [unsound, *((each.day, each.values) for each in good)]
    lake = Lake(None, str(tmp_path / "lake"), "run")
    for place in order:
        deliver(lake, tmp_path / "landing", *sent[place])
    nights = [*NIGHTS, published(MONTHS[1])]  # between the unsound delivery and the first good one
    assert expected(good, nights[-1])
    assert {night: as_known(lake, night) for night in nights} == {night: expected(good, night) for night in nights}
