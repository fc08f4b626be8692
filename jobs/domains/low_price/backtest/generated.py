"""Generated worlds as trials: the lots as filed, ranked by ours, the baselines and an oracle; the truth kept apart.

Worlds, prevalence, spreads, cuts and look-alikes are those of `jobs.sample.low_price`. The oracle knows each lot's true
reference and the spread of honest prices around it, and nothing else: not why a lot is cheap, nor what it weighs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.backtest.declared_lots import KIND, read_lots
from jobs.domains.low_price.backtest.ranking import rank_by_baselines, rank_ours
from jobs.domains.low_price.backtest.trial import CUTS, HONEST, ORACLE, Trial
from jobs.domains.low_price.backtest.world_facts import read_facts
from jobs.domains.low_price.config import LowPriceConfig
from jobs.sample.low_price import DeclarationWorld, make_declarations

DIFFICULTIES = ("easy", "middle", "hard")
WEEK = 7  # days; a night assesses the lots of the week before it
SCHEMES = ("constant", "phased", "large_lot", "weight", "hug", "switch", "copy", "split")


@dataclass(frozen=True)
class WorldShape:
    """Size of a world: item lines, the months they are declared in, and how many weeks at its end are assessed."""

    lots: int = 30_000
    months: int = 12
    weeks: int = 13


def make_trials(difficulty: str, seeds: Sequence[int], shape: WorldShape) -> Iterator[Trial]:
    """One trial a seed, all of one difficulty."""
    for seed in seeds:
        world = make_declarations(seed, shape.lots, months=shape.months, difficulty=difficulty)
        yield rank_world(world, shape.weeks)


def rank_world(world: DeclarationWorld, weeks: int, config: LowPriceConfig | None = None) -> Trial:
    """The lots of a world's last weeks under every ranking; a night every seven days assesses those it first sees."""
    config = config or LowPriceConfig()
    filed, truth, known = world.declarations(is_filed=True), world.truth(), read_facts(world)
    lots = known.facts.lots
    nights = np.arange(lots.declared.max() - WEEK * (weeks - 1), lots.declared.max() + 1, WEEK)
    ours = rank_ours(lambda night: known.on(night, WEEK), nights, lots, config)
    scores = {
        **ours.scores,
        **rank_by_baselines(read_lots(filed, world.firm_relation, KIND)),
        ORACLE: oracle_score(lots.price, truth),
    }
    alike = truth["is_lookalike"].to_numpy()
    night = nights[np.searchsorted(nights, lots.declared)]
    trial = Trial(night, scores, *true_cases(truth), alike, ours.features, ours.known)
    return trial.take(lots.declared > nights[0] - WEEK)


def oracle_score(price: FloatArray, truth: pa.Table) -> FloatArray:
    """How many true spreads each declared price lies below its true reference."""
    return np.log(truth["reference_usd_per_kg"].to_numpy() / price) / truth["log_sd"].to_numpy()


def true_cases(truth: pa.Table) -> tuple[IntArray, IntArray]:
    """Scheme and cut of each lot, by position; -1 for honest ones.

    Raises:
        ValueError: the truth names a scheme that is none of `SCHEMES`.
    """
    schemes = np.array(truth["scheme"].to_pylist())
    if unknown := sorted(set(schemes) - {"", *SCHEMES}):
        raise ValueError(f"the truth names schemes that are not scored: {', '.join(unknown)}")
    at = {name: position for position, name in enumerate(SCHEMES)} | {"": HONEST}
    names, back = np.unique(schemes, return_inverse=True)
    cut = truth["cut"].fill_null(0.0).to_numpy()
    return np.array([at[name] for name in names])[back], np.where(cut > 0, np.searchsorted(CUTS, cut - 1e-9), -1)
