"""The gate behind silver: Great Expectations assesses every table, and a broken one stops the night.

Row rules are done with by then: what is wrong with a single row is flagged or set aside while it is loaded. The gate
asks what only a whole table can answer: is its key unique, did it lose rows, are its codes closed, how much of the
last delivery was set aside, do countries add up to more than the total. Great Expectations evaluates the suite of a
table on the table's profile (`jobs.ingest.profile`), one row of figures. On the tables themselves each expectation is a
scan or several: on six small tables a minute on Spark against a second, and growing with the lake.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jobs import contracts
from jobs.contracts.messages import in_both, say
from jobs.contracts.model import Landing, Table

if TYPE_CHECKING:
    from jobs.lake.delta import Lake

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read when Great Expectations is imported
log = logging.getLogger(__name__)
VOLUME = "expect_volume_to_hold"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An expectation that did not hold; `about` names its columns or its source."""

    table: str
    expectation: str
    about: str
    severity: str
    observed: str
    expected: str

    def __str__(self) -> str:
        return in_both(self.sentence)

    def sentence(self, lang: str) -> str:
        """What was observed, what was expected, and what to do."""
        titles = contracts.table(self.table).title.model_dump()
        remedy = say(f"gate.{self.expectation}", lang)
        return say("gate.failure", lang, {**asdict(self), "title": titles[lang], "remedy": remedy})


@dataclass(frozen=True)
class GateResult:
    """What the gate found wrong on a night; nothing where all is well."""

    night: date
    failures: tuple[Failure, ...] = ()

    @property
    def stopping(self) -> tuple[Failure, ...]:
        return tuple(failure for failure in self.failures if failure.severity == "stop")

    @property
    def stopped(self) -> bool:
        return bool(self.stopping)


class GateStopped(Exception):
    """A table failed an expectation that stops the night (exit code 4)."""

    def __init__(self, result: GateResult) -> None:
        super().__init__("\n".join(str(failure) for failure in result.stopping))
        self.result = result


def warm_up() -> threading.Thread:
    """Begin to import Great Expectations, which takes some ten seconds, beside whatever else starts."""
    thread = threading.Thread(target=import_module, args=("jobs.contracts.expectations",), daemon=True)
    thread.start()
    return thread


def rows_of_past_nights(results: Sequence[Mapping[str, Any]], night: date) -> dict[str, int]:
    """Rows that each table had on the last night before this one on which it passed.

    Args:
        results: rows of ops.quality_result.
        night: the night assessed now.
    """
    past = [row for row in results if row["night"] < night]
    broken = {(row["run_id"], row["table_name"]) for row in past if row["severity"] == "stop" and not row["is_success"]}
    passed = [row for row in past if row["expectation"] == VOLUME and (row["run_id"], row["table_name"]) not in broken]
    ordered = sorted(passed, key=lambda row: (row["night"], row["finished_at"]))
    return {row["table_name"]: int(row["observed_text"]) for row in ordered}


def ephemeral_context() -> Any:
    """A Great Expectations context that leaves nothing behind and draws no progress bars."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def validate(
    context: Any, contract: Table, sources: Sequence[Landing], measured: Mapping[str, float], rows_before: int | None
) -> list[dict[str, Any]]:
    """What Great Expectations says of a table's profile: rows of ops.quality_result without run, night and time."""
    import pandas as pd

    from jobs.contracts.expectations import SEVERITIES, suite

    asset = context.data_sources.add_pandas(contract.name).add_dataframe_asset("profile")
    batch = asset.add_batch_definition_whole_dataframe("profile").get_batch({"dataframe": pd.DataFrame([measured])})
    rows = []
    for result in batch.validate(suite(contract, sources, rows_before, measured["set_aside"])).results:
        asked = result.expectation_config
        least, most = asked.kwargs.get("min_value"), asked.kwargs.get("max_value")
        rows.append(
            {
                "table_name": contract.name,
                "expectation": asked.type,
                "column_name": asked.meta["about"],
                "severity": SEVERITIES[str(asked.severity.value)],
                "is_success": bool(result.success),
                "observed_text": f"{measured[asked.kwargs['column']]:.9g}",
                "expected_text": f">= {least:g}" if least is not None else f"<= {most:g}",
            }
        )
    return rows


def assess(lake: Lake, night: date) -> GateResult:
    """Assess every silver table as the night has it, and store each result in ops.quality_result, once a run."""
    from jobs.ingest.freshness import freshness
    from jobs.ingest.profile import profile

    ages = {row["source"]: row["age_days"] for row in freshness(lake, night).to_pylist() if row["last_period"]}
    before = rows_of_past_nights(lake.rows("ops.quality_result").to_pylist(), night)
    context = ephemeral_context()
    rows = []
    for contract in contracts.tables("silver"):
        if lake.exists(contract.name):
            sources = [each for each in contracts.landings() if each.feeds == contract.name and each.source in ages]
            measured = profile(lake, contract, sources, ages, night)
            rows += validate(context, contract, sources, measured, before.get(contract.name))
    now = datetime.now(UTC)
    stored = [{**row, "night": night, "finished_at": now} for row in rows]
    lake.append_rows("ops.quality_result", stored, transaction=f"gate:{lake.run_id}:{night}")
    failed = [row for row in rows if not row["is_success"]]
    return GateResult(night, tuple(failure_of(row) for row in failed))


def failure_of(row: Mapping[str, Any]) -> Failure:
    """The failure that a row of `ops.quality_result` tells of."""
    return Failure(
        table=row["table_name"],
        expectation=row["expectation"],
        about=row["column_name"],
        severity=row["severity"],
        observed=row["observed_text"],
        expected=row["expected_text"],
    )


def gate(lake: Lake, night: date) -> GateResult:
    """Assess the silver tables and let the night pass, or not; what only warns is in the result.

    Raises:
        GateStopped: an expectation of severity `stop` failed.
    """
    result = assess(lake, night)
    for failure in result.failures:
        log.warning("gate: %s", failure)
    if result.stopped:
        raise GateStopped(result)
    return result
