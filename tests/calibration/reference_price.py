"""Figures of the reference price on simulated lots: `python -m tests.calibration.reference_price [PART ...]`.

Parts: `known` (coverage, bias and spread without a case), `cheap` (bias under 10, 20 and 30 % of lots cut by half),
`fall` (days until a market-wide fall is followed), `recall` (cases found at 5 % capacity, beside an oracle that knows
price and spread, and beside both baselines), `tune` (the baselines' parameters), `coffee` (price paths of real
imports, from CUSTOMS_REAL_DATA). Without a part all but the last two. Seeds 1 to 999 only: others are kept for scoring.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from jobs.domains.low_price.backtest.baselines.kalman_2007 import assess_by_kalman
from jobs.domains.low_price.backtest.baselines.median_mad import assess_by_median
from jobs.domains.low_price.backtest.ranking import baselines
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference import price_filter
from jobs.domains.low_price.methods.reference.price import PriceAssessment, assess_prices, freight_free_log_price
from tests.builders.configs import LOW_PRICE
from tests.builders.markets import Market, Simulated, lots_on_paths, simulate_lots

KALMAN, MEDIAN = baselines().kalman, baselines().median
FREIGHT = LOW_PRICE.reference.freight
fit_reference = partial(price_filter.fit_reference, config=LOW_PRICE.reference)

SPREADS = (0.10, 0.15, 0.25)
CAPACITY, WARM_UP = 0.05, 90
SCORED, TUNED = range(101, 111), range(11, 15)
GROUPINGS = (("product",), ("product", "specification"), ("product", "origin"), ("product", "specification", "origin"))
Assess = Callable[[Lots], PriceAssessment]


def ours(lots: Lots) -> PriceAssessment:
    return assess_prices(lots, fit_reference(lots), FREIGHT)


RIVALS: dict[str, Assess] = {
    "kalman 2007": partial(assess_by_kalman, config=KALMAN, freight=FREIGHT),
    "median/MAD": partial(assess_by_median, config=MEDIAN, freight=FREIGHT),
}


def oracle_z(world: Simulated) -> np.ndarray:
    return (freight_free_log_price(world.lots, FREIGHT) - world.log_price) / world.spread


def recall(world: Simulated, z: np.ndarray, capacity: float = CAPACITY) -> float:
    """Share of cases among the lots of smallest z; look-alikes are left out, lots without a reference come last."""
    assessed = (world.lots.declared >= WARM_UP) & ~world.is_lookalike
    is_case = world.is_case[assessed]
    first = np.argsort(np.where(np.isfinite(z), z, 0.0)[assessed], kind="stable")[: int(capacity * assessed.sum())]
    return float(is_case[first].sum() / is_case.sum())


def reference_error(world: Simulated, result: PriceAssessment) -> tuple[np.ndarray, np.ndarray]:
    """Error of the reference's log price and its log_sd, for lots after the warm-up."""
    assessed = (world.lots.declared >= WARM_UP) & np.isfinite(result.z)
    return (np.log(result.reference_usd_per_kg) - world.log_price)[assessed], result.log_sd[assessed]


def known() -> None:
    say("spread walk    bias   rmse  coverage at 95 %  spread found / true   (no cases)")
    for spread, walk in product(SPREADS, (0.003, 0.010)):
        rows = []
        for seed in TUNED:
            world = simulate_lots(Market(spread=spread, market_walk=walk, cases=0.0), seed)
            result = ours(world.lots)
            error, sd = reference_error(world, result)
            rows.append(
                (error.mean(), rms(error), np.mean(np.abs(error) < 1.96 * sd), np.nanmedian(result.spread) / spread)
            )
        bias, rmse, cover, ratio = np.mean(rows, axis=0)
        say(f"{spread:.2f}  {walk:.3f}  {bias:+.3f}  {rmse:.3f}  {cover:.3f}  {ratio:.2f}")


def cheap() -> None:
    say("share cut by half  by      bias   kalman 2007  median/MAD  coverage")
    for share, by_firm in product((0.1, 0.2, 0.3), (False, True)):
        rows = []
        for seed in TUNED:
            world = simulate_lots(Market(cases=share, cuts=(0.5,), by_firm=by_firm), seed)
            result = [assess(world.lots) for assess in (ours, *RIVALS.values())]
            errors = [reference_error(world, each) for each in result]
            rows.append([*(error.mean() for error, _ in errors), np.mean(np.abs(errors[0][0]) < 1.96 * errors[0][1])])
        bias, kalman, median, cover = np.mean(rows, axis=0)
        say(f"{share:.0%}  {'firms' if by_firm else 'lots '}  {bias:+.3f}  {kalman:+.3f}  {median:+.3f}  {cover:.3f}")


def fall() -> None:
    say("a fall of every second market by 30 % on day 400: mean error of the reference by days after it")
    after = (1, 2, 3, 5, 8, 15, 30)
    say("            " + "  ".join(f"{day:>5}" for day in after))
    for name, assess in {"ours": ours, **RIVALS}.items():
        rows = []
        for seed in TUNED:
            world = simulate_lots(Market(fall=(400, float(np.log(0.7)))), seed)
            error = np.log(assess(world.lots).reference_usd_per_kg) - world.log_price
            fell = world.lots.product % 2 == 0
            rows.append([np.nanmean(error[fell & (world.lots.declared == 400 + day)]) for day in after])
        say(f"{name:12}" + "  ".join(f"{mean:+.2f}" for mean in np.mean(rows, axis=0)))


def compare() -> None:
    say("recall of cases at 5 % of lots, 10 seeds; ours less the better baseline with a paired 95 % interval")
    say("world             spread  oracle  ours  ours/oracle  kalman 2007  median/MAD  difference")
    worlds = {
        "plain": Market(lookalikes=3.0),
        "thin": Market(lookalikes=3.0, lots=6_000),
        "restless": Market(lookalikes=3.0, market_walk=0.012, group_walk=0.005),
        "season 50 %": Market(lookalikes=3.0, season=0.5),
        "fall 30 %": Market(lookalikes=3.0, fall=(400, -0.36)),
        "cases at random": Market(lookalikes=3.0, by_firm=False),
    }
    for (name, market), spread in product(worlds.items(), SPREADS):
        seeds = [simulate_lots(replace(market, spread=spread), seed) for seed in SCORED]
        say(f"{name:16}  {compare_rows(spread, np.array([recalls(world) for world in seeds]))}")


def recalls(world: Simulated) -> list[float]:
    """Recall of the oracle, of ours and of the rivals."""
    return [
        recall(world, oracle_z(world)),
        *(recall(world, assess(world.lots).z) for assess in (ours, *RIVALS.values())),
    ]


def compare_rows(spread: float, rows: np.ndarray) -> str:
    best, mine, kalman, median = rows.mean(axis=0)
    gain = rows[:, 1] - rows[:, 2:][:, np.argmax(rows[:, 2:].mean(axis=0))]
    draws = np.random.default_rng(1).selection(gain, (2000, len(gain))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return (
        f"{spread:.2f}  {best:.3f}  {mine:.3f}  {mine / best:.3f}  {kalman:.3f}  {median:.3f}"
        f"  {gain.mean():+.3f} ({low:+.3f} to {high:+.3f})"
    )


def tune() -> None:
    """Every baseline on a grid, mean share of the oracle's recall over spreads and seeds."""
    worlds = [simulate_lots(Market(spread=s, lookalikes=3.0), seed) for s, seed in product(SPREADS, TUNED)]
    best = [recall(world, oracle_z(world)) for world in worlds]

    def show(name: str, assess: Assess) -> None:
        share = np.mean([recall(world, assess(world.lots).z) / top for world, top in zip(worlds, best, strict=True)])
        say(f"{name}: {share:.3f}")

    for fields, walk in product(GROUPINGS, (0.01, 0.03, 0.05, 0.1, 0.2)):
        config = replace(KALMAN, fields=fields, walk=walk)
        show(f"kalman 2007 {fields} walk {walk}", partial(assess_by_kalman, config=config, freight=FREIGHT))
    for fields, days in product(GROUPINGS, (30, 60, 90)):
        show(
            f"median/MAD {fields} {days} days",
            partial(assess_by_median, config=replace(MEDIAN, fields=fields, days=days), freight=FREIGHT),
        )
    show("ours", ours)


def coffee() -> None:
    """Lots laid around the monthly unit values of real coffee imports, by origin, some of them cut."""
    folder = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "kcs_coffee_090111"
    paths = read_coffee(folder / "korea_coffee_imports_by_country_202401_202506.csv")
    say(
        f"{len(paths)} origins above 5 t in every month, {paths.shape[1]} days; injected: 3 % of lots cut by 20 to 50 %"
    )
    market = Market(products=1, origins=len(paths), specifications=1, lots=4_000, days=paths.shape[1])
    for spread in SPREADS:
        worlds = [lots_on_paths(replace(market, spread=spread), paths, seed) for seed in SCORED]
        say(f"coffee (injected)  {compare_rows(spread, np.array([recalls(world) for world in worlds]))}")


def read_coffee(file: Path) -> np.ndarray:
    """Daily log price of each origin, (origins, days), between the middles of its months."""
    months: dict[str, dict[str, tuple[float, float]]] = {}
    with file.open(encoding="utf-8-sig") as handle:
        for row in csv.DictReader(handle):
            kg, usd = float(row["import_weight_kg"]), float(row["import_value_usd"])
            months.setdefault(row["country_code"], {})[row["year_month"]] = (kg, usd)
    every = sorted({month for seen in months.values() for month in seen})
    whole = [seen for seen in months.values() if all(seen.get(month, (0, 0))[0] >= 5_000 for month in every)]
    value = np.log([[seen[month][1] / seen[month][0] for month in every] for seen in whole])
    days = np.arange(30 * len(every))
    return np.array([np.interp(days, 30 * np.arange(len(every)) + 15, path) for path in value])


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


PARTS = {"known": known, "cheap": cheap, "fall": fall, "recall": compare, "tune": tune, "coffee": coffee}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], default=["known", "cheap", "fall", "recall"])
    for part in parser.parse_args().part:
        PARTS[part]()


if __name__ == "__main__":
    main()
