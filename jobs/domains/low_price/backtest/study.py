"""The whole back-test: generated worlds and real paths assessed and scored, the audit before any figure, the drift
beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jobs.alerting.domain import LeakError
from jobs.domains.low_price.backtest import generated, injected
from jobs.domains.low_price.backtest.drift.exploration import Drift, run_drift
from jobs.domains.low_price.backtest.drift.stream import StreamShape
from jobs.domains.low_price.backtest.generated import DIFFICULTIES, WorldShape, make_trials
from jobs.domains.low_price.backtest.leaks import audit_trial
from jobs.domains.low_price.backtest.scores import Scores
from jobs.domains.low_price.backtest.trial import Tally, Trial, tally
from jobs.stats.leak_audit.audit import Audit

log = logging.getLogger(__name__)
INJECTED = {"injected_coffee": injected.read_coffee, "injected_sugar": injected.read_sugar}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What was scored in the worlds of one kind, such as hard, or injected_coffee:hard.

    Attributes:
        with_look_alikes: all lots can be looked at.
        without: lots that are honest but like a case are not among them.
        schemes: names, S of them.
    """

    with_look_alikes: Scores
    without: Scores
    schemes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LowPriceBacktest:
    """What a back-test found.

    Attributes:
        kinds: scores by kind of world.
        audits: of the features, by kind; all clean.
        drift: exploration against ranking alone.
        skipped: why a kind was left out, by name.
    """

    kinds: Mapping[str, Kind]
    audits: Mapping[str, Audit]
    drift: Drift
    skipped: Mapping[str, str] = field(default_factory=dict)


def run_low_price(
    seeds: Sequence[int],
    *,
    shape: WorldShape | None = None,
    real_data: Path | None = None,
    drift_shape: StreamShape | None = None,
    drift_worlds: int = 4,
) -> LowPriceBacktest:
    """Assess and score everything.

    Args:
        seeds: of the worlds; 1 to 999 for development, 1000 to 1099 for reporting.
        shape: of the generated worlds.
        real_data: folder of public data; without it no injected kinds.
        drift_shape: of the drifting streams.
        drift_worlds: how many of the seeds have one.

    Raises:
        LeakFound: features of a kind remember the label; nothing was scored.
    """
    kinds, audits, skipped = {}, {}, {}
    for name, trials, schemes in list_kinds(seeds, shape or WorldShape(), real_data, skipped):
        log.info("low price: %s", name)
        kinds[name], audits[name] = score(name, trials, schemes, seeds[0])
    log.info("low price: drift")
    drift = run_drift(seeds[:drift_worlds], drift_shape or StreamShape())
    return LowPriceBacktest(kinds=kinds, audits=audits, drift=drift, skipped=skipped)


def list_kinds(
    seeds: Sequence[int], shape: WorldShape, real_data: Path | None, skipped: dict[str, str]
) -> Iterator[tuple[str, Iterable[Trial], tuple[str, ...]]]:
    """Name, trials and schemes of each kind of world; says in `skipped` which have no data."""
    for difficulty in DIFFICULTIES:
        yield difficulty, make_trials(difficulty, seeds, shape), generated.SCHEMES
    for name, read in INJECTED.items():
        try:
            paths = read(real_data or Path())
        except LookupError as error:
            skipped[name] = str(error)
            continue
        for difficulty, spread in injected.SPREADS.items():
            yield f"{name}:{difficulty}", injected.make_injected(paths, spread, seeds), injected.SCHEMES


def score(name: str, trials: Iterable[Trial], schemes: tuple[str, ...], seed: int) -> tuple[Kind, Audit]:
    """Scores of one kind of world, once the features of its first world are found clean."""
    result: list[list[Tally]] = [[], []]
    audit = None
    for trial in trials:
        audit = audit or audit_trial(trial, seed)
        if not audit.is_clean:
            raise LeakError(f"{name}: {', '.join(sorted({each.code for each in audit.findings}))}")
        for part, pool in zip(result, (trial, trial.take(~trial.is_look_alike)), strict=True):
            part.append(tally(pool, len(schemes)))
        rankings = tuple(trial.scores)
    every, without = (Scores.of(rankings, part) for part in result)
    return Kind(with_look_alikes=every, without=without, schemes=schemes), audit
