"""What a question of the platform is made of: the one shape that the night, the commands and the pages know of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from jobs.lake.delta import Lake

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class NightTables:
    """A domain's findings of a night.

    Attributes:
        tables: rows of gold by the table's name, `gold.signal` among them.
        test_count: hypotheses that were tested for them, whether stored or not.
    """

    tables: dict[str, pa.Table]
    test_count: int


class LeakError(Exception):
    """A score would measure memory of the labels, not knowledge: nothing of it may be stored."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a back-test came to.

    Attributes:
        night: under which it is stored; None with the newest back-test that is there.
        rows: of gold.backtest, without night, domain and lineage.
        tables: the same for the terminal.
        notes: what was left out, and why.
    """

    night: date | None
    rows: Sequence[Row]
    tables: Sequence[Table]
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """How a domain is scored on the past, or on generated worlds.

    Attributes:
        add_arguments: its options of `python -m jobs backtest`.
        score: raises LeakError where the features know the label.
    """

    add_arguments: Callable[[ArgumentParser], None]
    score: Callable[[Namespace], Score]


@dataclass(frozen=True, kw_only=True)
class OnDemand:
    """How a domain assesses one document on the spot, by what the last night stored.

    Attributes:
        document: what is assessed, for the help text.
        run: assesses the file that the arguments name, shows it; returns an exit code.
    """

    document: str
    run: Callable[[Namespace], int]


@dataclass(frozen=True, kw_only=True)
class Domain:
    """One question: facts to signals to alerts, in one folder.

    Attributes:
        name: of the question, of its folder in jobs/domains and schemas/detectors, and the kind of its alerts.
        detect: a night's findings from silver as known at its end, for so many subjects as can be looked at; writes
            nothing.
        make_alerts: rows of gold.alert from the night's findings, each with its rank within the kind.
        alert_facts: tables of gold, with conditions on their rows, that `make_alerts` reads.
        backtest: how it is scored; None where it is not.
        on_demand: how one document is assessed; None where none is.
    """

    name: str
    detect: Callable[[Lake, date, int], NightTables]
    make_alerts: Callable[[Mapping[str, pa.Table], date], Iterable[Row]]
    alert_facts: Mapping[str, tuple[tuple[str, str, Any], ...]] = field(default_factory=dict)
    backtest: Backtest | None = None
    on_demand: OnDemand | None = None


def rank(alerts: Iterable[Row]) -> list[dict[str, Any]]:
    """The alerts of a kind with their places 1..n: by level, then by what is at stake, then by p.

    The name breaks ties.
    """

    def urgency(alert: Row) -> tuple[Any, ...]:
        return (-alert["level"], -(alert["score"] or 0.0), alert["p_value"] or 1.0, alert["subject_id"])

    return [{**alert, "rank": place} for place, alert in enumerate(sorted(alerts, key=urgency), start=1)]
