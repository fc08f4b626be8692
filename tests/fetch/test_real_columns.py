"""The files the client writes have the columns of the statistics already collected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs.fetch.kcs_source import SOURCES, render_csv

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data"))


@pytest.mark.parametrize(
    ("source", "pattern"),
    [("kcs_trade_country", "nitemtrade_hs6_country_*.csv"), ("kcs_trade_total", "itemtrade_hsk10_*.csv")],
)
def test_header_equals_that_of_the_real_file(source, pattern):
    result = sorted((REAL / source).glob(pattern))
    if not result:
        pytest.skip(f"no real statistics in {REAL / source}: set CUSTOMS_REAL_DATA")
    with result[0].open("rb") as handle:
        assert render_csv(SOURCES[source], []) == handle.readline()
