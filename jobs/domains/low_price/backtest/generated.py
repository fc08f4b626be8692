"""Generated worlds as trials: the lots as filed, ranked by ours, the baselines and an oracle; the truth kept apart.

Worlds, prevalence, spreads, cuts and look-alikes are those of `jobs.sample.low_price`. The oracle knows each lot's true
reference and the spread of honest prices around it, and nothing else: not why a lot is cheap, nor what it weighs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import contracts
from jobs.arrays import FloatArray, IntArray
from jobs.contracts.arrow import arrow_schema
from jobs.domains.low_price.backtest.ranking import WEEK, as_date, rank_by_baselines, rank_world_nights
from jobs.domains.low_price.backtest.trial import CUTS, HONEST, ORACLE, Trial
from jobs.domains.low_price.backtest.world_tables import lines_as_filed, read_world
from jobs.domains.low_price.config import LowPriceConfig, low_price_config
from jobs.domains.low_price.facts.arrays import number_lots
from jobs.domains.low_price.facts.columns import days, figures, join_texts
from jobs.domains.low_price.facts.declared import DECLARED, INSPECTED, ask_lots
from jobs.domains.low_price.facts.declared_file import silver_lines
from jobs.domains.low_price.facts.reference_data import read_reference_data
from jobs.sample.low_price import DeclarationWorld, make_declarations

DIFFICULTIES = ("easy", "middle", "hard")
SCHEMES = ("constant", "phased", "large_lot", "weight", "hug", "switch", "copy")


@dataclass(frozen=True, kw_only=True)
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
    config = config or low_price_config()
    filed, rows = lots_as_filed(world)
    truth, tables = world.truth().take(rows), read_world(world)
    declared, lines = days(filed["period_start"]), join_texts(filed, "declaration_id", "line_no")
    nights = np.arange(declared.max() - WEEK * (weeks - 1), declared.max() + 1, WEEK)
    ours = rank_world_nights(tables, nights, lines, config)
    lots, kind_of = number_lots(filed, read_reference_data(tables.__getitem__, as_date(int(nights[-1]))).groups)
    baselines = rank_by_baselines(replace(lots, specification=np.append(kind_of, -1)[lots.specification]))
    scores = {**ours.scores, **baselines, ORACLE: oracle_score(lots.price, truth)}
    night = nights[np.searchsorted(nights, declared)]
    scheme, cut = true_cases(truth)
    trial = Trial(
        night=night,
        scores=scores,
        scheme=scheme,
        cut=cut,
        is_look_alike=truth["is_lookalike"].to_numpy(),
        features=ours.features,
        known=ours.known,
    )
    return trial.take(declared > nights[0] - WEEK)


def lots_as_filed(world: DeclarationWorld) -> tuple[pa.Table, pa.Array]:
    """Every lot of a world as it was filed, and its row among the world's lines; in their order.

    A line that states no price is no lot, and no ranking is asked about it.
    """
    stored = {
        DECLARED: silver_lines(lines_as_filed(world)),
        INSPECTED: arrow_schema(contracts.table(INSPECTED)).empty_table(),
    }
    lots, lines = ask_lots(stored.__getitem__, None, 0), world.declarations(is_filed=True)
    at = pc.index_in(*(join_texts(each, "declaration_id", "line_no") for each in (lots, lines)))
    order = pc.sort_indices(at)
    return lots.take(order), at.take(order)


def oracle_score(price: FloatArray, truth: pa.Table) -> FloatArray:
    """How many true spreads each declared price lies below its true reference."""
    reference, log_sd = figures(truth["reference_usd_per_kg"]), figures(truth["log_sd"])
    return np.asarray(np.log(reference / price) / log_sd)


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
