"""A sample of what `tests/ingest/test_history.py` asks, through Spark's road: orders, repeats, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs.ingest.corrections.reload import reload
from jobs.ingest.corrections.withdraw import withdraw
from jobs.ingest.silver import load as load_module
from jobs.ingest.silver.cluster import ClusterLoad
from jobs.ingest.silver.table_load import TableLoad
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.declarations import write_lines
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
TABLE = "silver.inspection_result"
TODAY = date(2024, 6, 20)
Seen = list[list[tuple[str, str, str]]]
# What each delivery states: by its day the findings of declarations, a repeat of older content among them.
STATED = {
    date(2024, 4, 10): {"D1": "no_finding", "D2": "no_finding"},
    date(2024, 4, 20): {"D1": "undervalued", "D3": "no_finding"},
    date(2024, 5, 10): {"D1": "no_finding", "D2": "no_finding"},
    date(2024, 5, 20): {"D1": "misdescribed", "D4": "no_finding"},
}
NIGHTS = [date(2024, 4, 5), *STATED, TODAY]
WITHDRAWN = date(2024, 5, 20)


def deliver(lake: Lake, landing: Path, days: Sequence[date]) -> None:
    """Deliveries of some days, taken at once."""
    for day in days:
        lines = [
            {
                "declaration_id": name,
                "line_no": 1,
                "inspected_at": "2024-04-03T10:00:00+09:00",
                "selection": "profile",
                "propensity": 0.5,
                "finding": finding,
            }
            for name, finding in STATED[day].items()
        ]
        write_lines(landing, "inspection_result", lines, f"known_{day}")
    ingest(lake, landing, TODAY)


def seen(lake: Lake) -> Seen:
    """What each night sees: declaration, finding, and when it became known."""
    question = "select declaration_id, finding, known_at::varchar as known from seen order by all"
    asked = [ask_known(lake.dataset, question, night, {"seen": TABLE}).to_pylist() for night in NIGHTS]
    return [[(row["declaration_id"], row["finding"], row["known"]) for row in rows] for rows in asked]


def history(spark: SparkSession, root: Path, road: type[TableLoad], nights: Sequence[Sequence[int]]) -> list[Seen]:
    """What is seen after the deliveries, some a night, after one was withdrawn, and after all were read again."""
    lake, landing, days = Lake(spark, str(root / "lake"), "run"), root / "landing", [*STATED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_module, "road_of", lambda *about: road)
        for night in nights:
            deliver(lake, landing, [days[place] for place in night])
        assert lake.rows("ops.quarantine").num_rows == 0
        result = [seen(lake)]
        withdraw(lake, f"inspection_result_known_{WITHDRAWN}.csv", "a slip")
        result.append(seen(lake))
        reload(lake, "inspection_result")
        return [*result, seen(lake)]


def test_deliveries_through_spark_leave_what_those_of_the_driver_leave_in_any_order(
    spark: SparkSession, tmp_path: Path
) -> None:
    expected = history(spark, tmp_path / "driver", TableLoad, [[0], [1], [2], [3]])
    assert expected[0][-1] != expected[1][-1] == expected[2][-1]
    assert history(spark, tmp_path / "cluster", ClusterLoad, [[2], [3, 0, 1]]) == expected
