"""Real price paths with lots laid around them, some of them cut: trials labelled injected, for only the paths are real.

A path is the unit value of a month's imports (Korea Customs Service), drawn through the middles of the months: green
coffee by country of origin, for those above 5 t in every month, and the national total of refined sugar. Lots, firms,
cuts and look-alikes are drawn. A firm that cheats does so in about half of its lots, always by the same cut.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.contracts.messages import both
from jobs.domains.low_price.backtest.ranking import rank_by_baselines, rank_facts
from jobs.domains.low_price.backtest.trial import CUTS, HONEST, ORACLE, Trial
from jobs.domains.low_price.config import LowPriceConfig, low_price_config
from jobs.domains.low_price.facts.lot_facts import LotFacts, bare_facts
from jobs.domains.low_price.methods.lots import Lots

SCHEMES = ("injected",)
SPREADS = {"easy": 0.10, "middle": 0.15, "hard": 0.25}
COFFEE = Path("kcs_coffee_090111") / "korea_coffee_imports_by_country_202401_202506.csv"
TOTALS = Path("kcs_trade_total") / "itemtrade_hsk10_2018_2026.csv"
SUGAR = "1701990000"
LEAST_KG = 5_000
MONTH = 30  # days
PREVALENCE = (0.02, 0.05)  # of a world, drawn anew for each
LOOK_ALIKES, LOOK_ALIKE_RATIO = 3.0, (0.2, 0.9)
CHEATING = 0.5  # of a cheating firm's lots
LOTS_A_DAY = 12
MOST_DAYS = 720  # of a path, the latest
WARM_UP, ROUND = 90, 28  # days learnt from; days a night assesses, for single ones would be too few lots for a capacity
FIRMS = 16  # of an origin, few with many lots


@dataclass(frozen=True, kw_only=True)
class Laid:
    """N lots around true log prices, and which of them were cut."""

    lots: Lots
    log_price: FloatArray
    cut: IntArray
    is_look_alike: BoolArray


def read_coffee(folder: Path) -> FloatArray:
    """Daily log price in USD/kg of each origin above 5 t in every month, (origins, days)."""
    return read_paths(folder / COFFEE, "year_month", "country_code", lambda row: True)


def read_sugar(folder: Path) -> FloatArray:
    """Daily log price in USD/kg of all refined sugar imported, (1, days)."""
    return read_paths(folder / TOTALS, "STD_YYYYMM", "country_code", lambda row: row["hs_code"] == SUGAR)


def read_paths(file: Path, month: str, origin: str, is_wanted) -> FloatArray:  # type: ignore[no-untyped-def]
    """Daily log unit values between the middles of the months, (origins, days).

    Raises:
        LookupError: the file is not there.
    """
    if not file.is_file():
        raise LookupError(both("error.no_real_data", path=file))
    seen: dict[str, dict[str, tuple[float, float]]] = {}
    with file.open(encoding="utf-8-sig", newline="") as handle:
        for row in filter(is_wanted, csv.DictReader(handle)):
            figures = float(row["import_weight_kg"]), float(row["import_value_usd"])
            seen.setdefault(row[origin], {})[row[month]] = figures
    months = sorted({each for of in seen.values() for each in of})
    kept = [of for of in seen.values() if all(of.get(each, (0.0, 0.0))[0] >= LEAST_KG for each in months)]
    value = np.log([[of[each][1] / of[each][0] for each in months] for of in kept])
    middles = MONTH * np.arange(len(months)) + MONTH // 2
    return np.array([np.interp(np.arange(MONTH * len(months)), middles, path) for path in value])


def make_injected(paths: FloatArray, spread: float, seeds: Sequence[int]) -> Iterator[Trial]:
    """One trial a seed around the same paths."""
    for seed in seeds:
        yield rank_laid(
            lay_lots(paths[:, -MOST_DAYS:], spread, np.random.default_rng(seed)), spread, low_price_config()
        )


def rank_laid(laid: Laid, spread: float, config: LowPriceConfig) -> Trial:
    """The lots after the warm-up under every ranking; a night every four weeks assesses those it first sees."""
    lots = laid.lots
    nights = np.arange(WARM_UP + ROUND, lots.declared.max() + ROUND, ROUND)
    kind_of = np.arange(int(lots.specification.max()) + 1)

    def on(night: int) -> LotFacts:
        known = lots.take(lots.declared <= night)
        return bare_facts(known, known.declared > night - ROUND, kind_of, night)

    ours = rank_facts(on, nights, lots, config)
    scores = {**ours.scores, **rank_by_baselines(lots), ORACLE: oracle_score(laid, spread)}
    trial = Trial(
        night=nights[np.searchsorted(nights, lots.declared).clip(max=len(nights) - 1)],
        scores=scores,
        scheme=np.where(laid.cut >= 0, 0, HONEST),
        cut=laid.cut,
        is_look_alike=laid.is_look_alike,
        features=ours.features,
        known=ours.known,
    )
    return trial.take(lots.declared > WARM_UP)


def oracle_score(laid: Laid, spread: float) -> FloatArray:
    """How many true spreads each declared price lies below the path."""
    return (laid.log_price - np.log(laid.lots.price)) / spread


def lay_lots(paths: FloatArray, spread: float, rng: np.random.Generator) -> Laid:
    """Lots of one product from each path's origin, their prices log-normal around it."""
    origins, days = paths.shape
    count = LOTS_A_DAY * days
    share = np.asarray(rng.pareto(1.0, origins)) + 0.1
    origin = rng.choice(origins, count, p=share / share.sum())
    day = np.sort(rng.integers(0, days, count))
    firm = origin * FIRMS + np.minimum(rng.pareto(1.2, count) * 3, FIRMS - 1).astype(np.int64)
    prevalence = rng.uniform(*PREVALENCE)
    cut = lay_cuts(firm, prevalence, rng)
    is_look_alike = (cut < 0) & (rng.random(count) < prevalence * LOOK_ALIKES)
    left = np.where(cut >= 0, 1 - np.array((*CUTS, 0.0))[cut], 1.0)
    left = np.where(is_look_alike, rng.uniform(*LOOK_ALIKE_RATIO, count), left)
    log_price = paths[origin, day]
    price = np.exp(log_price + rng.normal(0.0, spread, count)) * left
    return Laid(lots=plain_lots(price, day, origin, firm), log_price=log_price, cut=cut, is_look_alike=is_look_alike)


def lay_cuts(firm: IntArray, prevalence: float, rng: np.random.Generator) -> IntArray:
    """Position in `CUTS` of each lot of a cheating firm that it cheats in, -1 elsewhere, (N,)."""
    firms, place, size = np.unique(firm, return_inverse=True, return_counts=True)
    order = rng.permutation(len(firms))
    order = order[size[order] < prevalence * len(firm)]  # no firm is all of it
    chosen = order[np.cumsum(size[order]) * CHEATING <= prevalence * len(firm)]
    cheats = np.isin(place, chosen) & (rng.random(len(firm)) < CHEATING)
    return np.where(cheats, rng.permutation(np.arange(len(firms)) % len(CUTS))[place], -1)


def plain_lots(price: FloatArray, day: IntArray, origin: IntArray, firm: IntArray) -> Lots:
    """Lots of one product and specification, freight not apart, nothing about them known but price, day and parties."""
    one, no = np.zeros(len(price), dtype=np.int64), np.zeros(len(price), dtype=bool)
    return Lots(
        product=one,
        specification=one,
        state=one,
        origin=origin,
        region=one,
        trade_level=one,
        importer=firm,
        exporter=firm,
        importer_group=firm,
        exporter_group=firm,
        shipped=day,
        declared=day,
        price=price,
        freight=np.zeros(len(price)),
        net_mass_kg=np.full(len(price), 20_000.0),
        is_accepted=~no,
        is_examined=no,
        is_disputed=no,
    )
