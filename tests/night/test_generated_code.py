"""No stage of a night is left to Java's interpreter, which takes several times as long a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.domains.low_price import night as low_price
from jobs.domains.supply_chain import night as supply_chain
from jobs.lake.delta import Lake
from jobs.night.detect import detect
from tests.builders.lot_nights import LotNight
from tests.builders.nights import Nightly
from tests.builders.spark_log import too_long


def test_no_stage_of_a_night_is_too_long_to_be_compiled(
    spark: SparkSession, nightly: Nightly, lot_night: LotNight, compiler_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nights of the fixtures, and findings of both domains with all that Spark does on a large one."""
    monkeypatch.setattr(low_price, "FEW_LOTS", 0)
    monkeypatch.setattr(supply_chain, "FEW_ITEMS", 0)
    months = Lake(spark, str(nightly.lake), "run-1")
    for lake, night in ((months, nightly.nights[-1]), (lot_night.lake, lot_night.night)):
        assert len(detect(lake, night).tables["gold.signal"]) > 0
    assert "Code generated in" in compiler_log.read_text()
    assert too_long(compiler_log) == []

    wide = spark.range(10).select(*[F.expr(f"sin(id + {n}) as c{n}") for n in range(100)])
    wide.selectExpr(f"{' + '.join(wide.columns)} as total").toArrow()
    assert any("above the limit 8000" in line for line in too_long(compiler_log)), "what is too long is not said"
