"""The gate behind silver: Great Expectations judges every table, and a broken one stops the night.

Row rules are done with by then: what is wrong with a single row is flagged or quarantined while it is loaded. The
gate asks what only a whole table can answer: is its key unique, did it shrink, are its codes closed, how much of the
delivery was set aside, do countries add up to more than the total. Spark measures all of that in one pass a table;
the profile, one row a table, is what Great Expectations validates. On the tables themselves each expectation would
be a scan of its own: the same answers in ten times the time, growing with the lake.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.canonical import table_of
from jobs.contracts.codes import code_set
from jobs.contracts.expectations import asked_of, suite
from jobs.contracts.model import Table
from jobs.gold.freshness import freshness
from jobs.lake import Lake

log = logging.getLogger(__name__)
TOTALS_TOLERANCE = 1.02  # countries are rounded one by one
EXPECTATION = "expect_column_values_to_be_between"
TABLES_AT_ONCE = 3


class GateStopped(Exception):
    """A table failed an expectation that stops the night (exit code 4)."""


@dataclass(frozen=True)
class Failure:
    """An expectation that did not hold."""

    table: str
    measure: str
    observed: str
    expected: str
    severity: str

    def sentence(self) -> str:
        """What failed and what to do, in both languages."""
        return (
            f"{self.table}: {self.measure} is {self.observed}, expected {self.expected}. See ops.quarantine and ops.quality_result; "
            f"have the delivery corrected or, if it is right, adjust schemas/{self.table.replace('.', '/')}.yml and run again. / "
            f"{self.table}: {self.measure} 값이 {self.observed}입니다(기대 {self.expected}). ops.quarantine과 ops.quality_result를 "
            f"확인해 자료를 바로잡거나 계약을 고친 뒤 다시 실행하십시오."
        )


def warm_up() -> None:
    """Begin to import Great Expectations, which takes long, beside whatever else starts."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    threading.Thread(target=__import__, args=("great_expectations",), daemon=True).start()


def measure_rows(frame: DataFrame, contract: Table) -> dict[str, int]:
    """Rows, repeated keys, missing values and unknown codes of a table, in one pass."""
    key = [*contract.key, "known_at"] if contract.is_bitemporal else contract.key
    required = [c.name for c in contract.columns if not c.is_nullable]
    missing = sum((F.col(name).isNull().cast("int") for name in required), F.lit(0))
    lists = {c.name: c.codes for c in contract.columns if c.name in contract.checks.codes and c.codes}
    unknown = sum(((~F.col(n).isin(*sorted(code_set(codes)))).cast("int") for n, codes in lists.items()), F.lit(0))
    measured = (
        frame.groupBy(*key)
        .agg(F.count(F.lit(1)).alias("n"), F.sum(missing).alias("missing"), F.sum(unknown).alias("unknown"))
        .agg(
            F.coalesce(F.sum("n"), F.lit(0)).alias("row_count"),
            F.count_if(F.col("n") > 1).alias("duplicate_keys"),
            F.coalesce(F.sum("missing"), F.lit(0)).alias("missing_values"),
            F.coalesce(F.sum("unknown"), F.lit(0)).alias("unknown_codes"),
        )
        .head()
    )
    return {name: int(number) for name, number in measured.asDict().items()}


def count_exceeded_totals(known: DataFrame) -> int:
    """Item-months whose countries sum to more than the published total, where both are known."""
    cell = ["flow", "hs_code", "period_start"]
    totals = known.where("partner_country = 'ALL'").select(*cell, F.col("value_usd").alias("total"))
    summed = known.where("partner_country != 'ALL'").groupBy(*cell, "source").agg(F.sum("value_usd").alias("summed"))
    both = summed.join(totals, on=cell, how="inner")
    return both.where(F.col("summed") > F.col("total") * TOTALS_TOLERANCE + 1).count()


def quarantine_shares(lake: Lake) -> dict[str, float]:
    """Share of the records of this run's files that were set aside or unreadable, by silver table."""
    loads = lake.read("ops.load").where(F.col("run_id") == lake.run_id).toArrow().to_pylist()
    records: dict[str, list[int]] = {}
    for row in loads:
        table = contracts.landing(row["source"]).feeds
        into = records.setdefault(table, [0, 0])
        into[0] += row["records_in"]
        into[1] += row["records_quarantined"] + row["records_rejected"]
    return {table: bad / total for table, (total, bad) in records.items() if total}


def rows_when_last_passed(lake: Lake) -> dict[str, int]:
    """Rows each table had when its volume was last found good."""
    passed = lake.read("ops.quality_result").where("column_name = 'row_count' AND is_success")
    rows = passed.select("table_name", "observed_text", "finished_at").toArrow().sort_by("finished_at").to_pylist()
    return {row["table_name"]: int(float(row["observed_text"])) for row in rows}


def profile(
    lake: Lake, contract: Table, night: date, shares: Mapping[str, float], late: Mapping[str, int]
) -> dict[str, Any]:
    """What Great Expectations judges a table by."""
    frame = lake.read(contract.name)
    measured: dict[str, Any] = measure_rows(frame, contract)
    measured["quarantine_share"] = shares.get(contract.name, 0.0)
    measured["late_sources"] = late.get(contract.name, 0)
    if contract.checks.totals:
        measured["totals_exceeded"] = count_exceeded_totals(lake.as_of(contract.name, night))
    return measured


def validate(
    context: Any, contract: Table, measured: Mapping[str, Any], rows_before: int | None
) -> list[dict[str, Any]]:
    """Results of a table's suite, one an expectation: column_name, severity, is_success, observed and expected."""
    import pandas as pd

    asked = asked_of(contract, rows_before)
    source = context.data_sources.add_or_update_pandas(contract.name)
    batch = source.add_dataframe_asset("profile").add_batch_definition_whole_dataframe("profile")
    frame = pd.DataFrame([{name: float(value) for name, value in measured.items()}])
    outcome = batch.get_batch(batch_parameters={"dataframe": frame}).validate(suite(contract.name, asked))
    held = {result.expectation_config.kwargs["column"]: bool(result.success) for result in outcome.results}
    return [
        {
            "column_name": each.measure, "severity": each.severity, "is_success": held[each.measure],
            "observed_text": f"{float(measured[each.measure]):.6g}" if each.measure == "quarantine_share" else f"{measured[each.measure]}",
            "expected_text": f"at least {each.lower:g}" if each.lower is not None else f"at most {each.upper:g}",
        }
        for each in asked
    ]  # fmt: skip


def gate(lake: Lake, night: date) -> list[Failure]:
    """Judge every silver table, store the results, and stop the night where one is broken.

    Returns:
        Expectations that failed but do not stop.

    Raises:
        GateStopped: an expectation of severity `stop` failed.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    held = [contract for contract in contracts.tables("silver") if lake.exists(contract.name)]
    shares, before = quarantine_shares(lake), rows_when_last_passed(lake)
    late: dict[str, int] = {}
    for row in freshness(lake, night).to_pylist():
        feeds = contracts.landing(row["source"]).feeds
        late[feeds] = late.get(feeds, 0) + (row["status"] == "late")
    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        profiles = list(pool.map(lambda contract: profile(lake, contract, night, shares, late), held))
    rows = []
    for contract, measured in zip(held, profiles, strict=True):
        for result in validate(context, contract, measured, before.get(contract.name)):
            about = {"run_id": lake.run_id, "night": night, "table_name": contract.name, "expectation": EXPECTATION}
            rows.append({**about, **result, "finished_at": datetime.now(UTC)})
    lake.append(
        "ops.quality_result",
        lake.spark.createDataFrame(table_of("ops.quality_result", rows)),
        transaction=f"gate:{lake.run_id}",
    )
    failures = [
        Failure(row["table_name"], row["column_name"], row["observed_text"], row["expected_text"], row["severity"])
        for row in rows
        if not row["is_success"]
    ]
    for failure in failures:
        log.warning("gate: %s", failure.sentence())
    if stopping := [failure for failure in failures if failure.severity == "stop"]:
        raise GateStopped(" | ".join(failure.sentence() for failure in stopping))
    return failures
