"""A landing folder is a sequence of deliveries: figures arrive late, are corrected, and settle."""

from __future__ import annotations

import numpy as np

from jobs.sample import SampleSummary
from jobs.sample.parameters import AIS_LAG_DAYS, REVISION_LOG_SD, SIZES
from jobs.sample.supply_chain.vintages import draw_revisions, read_low, released, schedule
from jobs.sample.supply_chain.working_days import month_range
from jobs.sample.supply_chain.world import build_world
from tests.sample.conftest import SEED, latest, read_rows, vintages

KEY = ("year", "hsCd", "statCd")


def test_one_file_a_month_after_the_initial_history(small: SampleSummary) -> None:
    files = vintages(small.out, "kcs_trade_country/*.csv")
    size = SIZES["small"]
    assert len(files) == 1 + size.months - size.history
    months = [{row["year"] for row in read_rows(path)} for path in files]
    assert len(months[0]) == size.history
    for path, stored in zip(files[1:], months[1:], strict=True):
        newest = max(stored)
        known = np.datetime64(path.stem[-10:])
        assert known == (np.datetime64(newest.replace(".", "-")) + 1).astype("datetime64[D]") + 14
        assert len(stored) <= 1 + len(REVISION_LOG_SD)  # the new month and those still open


def test_revisions_are_small_and_some_rows_late(small: SampleSummary) -> None:
    known: dict[tuple[str, ...], dict[str, str]] = {}
    ratios, late = [], 0
    for path in vintages(small.out, "kcs_trade_country/*.csv"):
        rows = latest([path], KEY)
        newest = max(key[0] for key in rows)
        for key, row in rows.items():
            if key in known and int(known[key]["impWgt"]) > 1000:
                ratios.append(int(row["impWgt"]) / int(known[key]["impWgt"]))
            late += bool(known) and key not in known and key[0] < newest
        known |= rows
    assert len(ratios) > 100
    assert 0.001 < np.std(np.log(ratios)) < 0.03
    assert late > 0


def test_a_revised_row_differs_from_the_one_before(small: SampleSummary) -> None:
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for path in vintages(small.out, "kcs_trade_country/*.csv"):
        rows = latest([path], KEY)
        assert all(known[key] != row for key, row in rows.items() if key in known)
        known |= rows


def test_totals_agree_with_countries_in_every_vintage(small: SampleSummary) -> None:
    by_country = vintages(small.out, "kcs_trade_country/*.csv")
    by_item = vintages(small.out, "kcs_trade_total/itemtrade_*.csv")
    for upto in (1, 5, len(by_item)):
        totals = {
            (month.replace("-", "."), code[:6]): int(row["import_weight_kg"])
            for (month, code), row in latest(by_item[:upto], ("STD_YYYYMM", "hs_code")).items()
        }
        sums = dict.fromkeys(totals, 0)
        for (month, code, _), row in latest(by_country[:upto], KEY).items():
            sums[month, code] += int(row["impWgt"])
        assert sums == totals


def test_settled_figures_are_the_worlds_own(small: SampleSummary) -> None:
    world = build_world(SEED, SIZES["small"])
    rows = latest(vintages(small.out, "kcs_trade_country/*.csv"), KEY)
    settled = len(world.months) - 24 - 1 - len(REVISION_LOG_SD)
    for series in range(0, len(world.layout.country), 7):
        month = str(world.months[settled]).replace("-", ".")
        row = rows.get((month, world.layout.hs6[series], world.layout.country[series]))
        if world.layout.hs6[series] != "090111":
            assert int(row["impWgt"] if row else 0) == round(world.import_mass[series, settled])


def test_nothing_is_released_before_its_time() -> None:
    rng = np.random.default_rng(0)
    figures = np.full((500, 12), 1000.0)
    revisions = draw_revisions(rng, *figures.shape)
    (now,) = released([figures], revisions, np.arange(12), newest=7)
    assert not now[:, 8:].any()
    assert (now[:, :5] == 1000).all()  # three months on, a figure is settled
    assert 0 < (now[:, 7] == 0).mean() < 0.05


def test_a_lagging_source_ends_earlier_but_is_known_the_same_day() -> None:
    months = month_range("2025-12", 30, 3)
    prompt, slow = schedule(months, 20, 29, 3), schedule(months, 20, 29, 3, lag=1)
    assert [d.known_on for d in prompt] == [d.known_on for d in slow]
    assert [d.newest - 1 for d in prompt] == [d.newest for d in slow]


def test_tail_of_ship_tracking_reads_low_and_then_settles() -> None:
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2025-03-01"))
    counts = np.full((1, len(days)), 100)
    known_on = np.datetime64("2025-02-20")
    seen = read_low(counts, days, known_on)[0]
    last = int(np.flatnonzero(days == known_on - AIS_LAG_DAYS)[0])
    assert not seen[last + 1 :].any()
    assert seen[last] == 65
    assert (np.diff(seen[last - 14 : last + 1]) <= 0).all()
    assert (seen[: last - 13] == 100).all()


def test_strait_rows_come_again_until_complete(small: SampleSummary) -> None:
    files = vintages(small.out, "portwatch/chokepoints_*.csv")
    world = build_world(SEED, SIZES["small"])
    rows = latest(files, ("chokepoint", "date"))
    total = world.straits.tankers + world.straits.cargo
    settled = np.flatnonzero(world.straits.days < np.datetime64(files[-1].stem[-10:]) - AIS_LAG_DAYS - 14)
    for strait, name in enumerate(world.straits.names):
        seen = [int(rows[name, str(world.straits.days[day])]["n_total"]) for day in settled]
        assert seen == total[strait, settled].tolist()
