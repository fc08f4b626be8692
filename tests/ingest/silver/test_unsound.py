"""Statistics of which too much is wrong are set aside whole; of declarations the sound records are always taken."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jobs.ingest.bronze.journal import Journal
from jobs.ingest.silver.stopped import is_unsound
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, ingest, write_trade


def ended(source: str, records_in: int, wrong: int) -> dict[str, object]:
    return {"source": source, "records_in": records_in, "records_quarantined": wrong - wrong // 2} | {
        "records_rejected": wrong // 2
    }


@pytest.mark.parametrize(
    ("source", "records_in", "wrong", "expected"),
    [
        ("kcs_trade_country", 500, 10, False),  # two in a hundred are let pass
        ("kcs_trade_country", 499, 10, True),
        ("kcs_trade_country", 9, 9, False),  # too few to say anything of the delivery
        ("kcs_trade_country", 10, 10, True),
        ("import_declaration", 100, 100, False),
    ],
)
def test_a_statistic_is_unsound_where_more_than_its_limit_is_wrong(
    source: str, records_in: int, wrong: int, expected: bool
) -> None:
    assert is_unsound(ended(source, records_in, wrong)) is expected


@pytest.mark.spark
def test_an_unsound_delivery_is_refused_whole_named_and_followed(lake: Lake, landing: Path) -> None:
    months = [(f"2023.{n:02d}", "ID", "800110", 1000 + n, 10) for n in range(1, 13)]
    write_trade(landing, months[:6], "sound_known_2024-05-15")
    write_trade(landing, [(m, "QZ", hs, kg, usd) for m, _, hs, kg, usd in months] + months, "bad_known_2024-06-15")
    counts = ingest(lake, landing)["silver.trade_month"]
    assert counts == {"in": 30, "out": 6, "unchanged": 0, "quarantined": 24, "rejected": 0}
    (row,) = Journal.read(lake).standing()
    assert (row["reason_code"], dict(row["reason_params"])) == ("unsound", {"n": "12", "of": "24", "limit": "2%"})
    assert {"delivery_unsound"} <= set(lake.rows("ops.quarantine").to_pylist()[0]["reason_codes"])
    write_trade(landing, months, "mended_known_2024-06-16")
    ingest(lake, landing, TODAY + timedelta(days=1))
    assert Journal.read(lake).standing() == []
    assert lake.as_of("silver.trade_month", TODAY).where("flow = 'I'").count() == 12
