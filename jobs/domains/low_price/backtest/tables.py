"""The low-price back-test as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.table import Table

from jobs.domains.low_price.backtest.drift.exploration import exploration_rows
from jobs.domains.low_price.backtest.rows import pools
from jobs.domains.low_price.backtest.scores import Estimate, Scores
from jobs.domains.low_price.backtest.study import Kind, LowPriceBacktest
from jobs.domains.low_price.backtest.trial import CAPACITIES, CUTS, ORACLE, OURS
from jobs.terminal import text_table

POOLS = {"": "all lots", "_no_look_alikes": "look-alikes left out"}
AT_5 = CAPACITIES.index(0.05)
DETECTED_ENOUGH = 0.5
BLIND = 0.1  # recall of an oracle to which a scheme does not show at all: what looks spent on other lots find by chance
CAPACITY_HEADINGS = [f"{capacity:.0%}" for capacity in CAPACITIES]


def printed(result: LowPriceBacktest) -> Iterator[Table]:
    """Every table, in the order of the questions they answer."""
    for suffix, pool in POOLS.items():
        kinds = {name: dict(pools(kind))[suffix] for name, kind in result.kinds.items()}
        yield recall_table(pool, kinds)
        yield gain_table(pool, kinds)
    yield look_alike_table(result)
    yield scheme_table(result)
    yield cut_table(result)
    yield weak_table(result)
    yield drift_table(result)
    yield text_table(
        "Leak audit of the features, first world of each kind",
        ["worlds", "rows", "look-ups", "findings"],
        [[n, str(a.train_rows + a.valid_rows), str(a.lookups), str(len(a.findings))] for n, a in result.audits.items()],
    )


def recall_table(pool: str, kinds: dict[str, Scores]) -> Table:
    """Recall and precision of every ranking at every capacity."""
    rows = []
    for name, scores in kinds.items():
        recall, precision = scores.recall().value, scores.precision().value
        for r, ranking in enumerate(scores.rankings):
            rows.append([name, ranking, *map(figure, recall[r]), *map(figure, precision[r])])
    headings = [
        "worlds",
        "ranking",
        *(f"recall {c}" for c in CAPACITY_HEADINGS),
        *(f"prec. {c}" for c in CAPACITY_HEADINGS),
    ]
    return text_table(f"True cases found, and share of cases among the looks: {pool}", headings, rows)


def gain_table(pool: str, kinds: dict[str, Scores]) -> Table:
    """Ours against the better baseline and the oracle."""
    rows = []
    for name, scores in kinds.items():
        gain, better = scores.gain()
        share = scores.share_of_oracle()
        rows += [
            [name, capacity, better[c], interval(gain, c, signed=True), interval(share, c)]
            for c, capacity in enumerate(CAPACITY_HEADINGS)
        ]
    title = f"Recall of ours less the better baseline (paired, 95 %), and over the oracle's: {pool}"
    return text_table(title, ["worlds", "capacity", "better baseline", "difference", "of the oracle's"], rows)


def look_alike_table(result: LowPriceBacktest) -> Table:
    """How much of each ranking's capacity goes to honest lots that are like a case."""
    rows = [
        [name, ranking, *map(figure, kind.with_look_alikes.look_alike_share().value[r])]
        for name, kind in result.kinds.items()
        for r, ranking in enumerate(kind.with_look_alikes.rankings)
    ]
    return text_table("Share of look-alikes among the looks, all lots", ["worlds", "ranking", *CAPACITY_HEADINGS], rows)


def scheme_table(result: LowPriceBacktest) -> Table:
    """Recall at 5 % by scheme, both pools."""
    rows = [
        [name, scheme, POOLS[suffix], *(figure(value) for value in scores.recall(at).value[:, AT_5])]
        for name, kind in several(result).items()
        for suffix, scores in pools(kind)
        for at, scheme in enumerate(kind.schemes)
    ]
    rankings = next(iter(result.kinds.values())).without.rankings
    return text_table("Recall at 5 % by scheme", ["worlds", "scheme", "pool", *rankings], rows)


def cut_table(result: LowPriceBacktest) -> Table:
    """Recall at 5 % by cut, look-alikes left out."""
    rows = [
        [name, f"{cut:.0%}", *(figure(value) for value in kind.without.recall(cut=at).value[:, AT_5])]
        for name, kind in result.kinds.items()
        for at, cut in enumerate(CUTS)
    ]
    rankings = next(iter(result.kinds.values())).without.rankings
    return text_table("Recall at 5 % by cut, look-alikes left out", ["worlds", "cut by", *rankings], rows)


def weak_table(result: LowPriceBacktest) -> Table:
    """Schemes of which ours finds less than half at 5 %, look-alikes left out, and why."""
    rows = []
    for name, kind in several(result).items():
        for at, scheme in enumerate(kind.schemes):
            recall = kind.without.recall(at).value[:, AT_5]
            mine, best = (recall[kind.without.rankings.index(ranking)] for ranking in (OURS, ORACLE))
            if mine < DETECTED_ENOUGH:
                rows.append([name, scheme, figure(mine), figure(best), why_weak(kind, at, best)])
    return text_table(
        "Schemes below .5 at 5 %, look-alikes left out", ["worlds", "scheme", OURS, ORACLE, "reason"], rows
    )


def why_weak(kind: Kind, scheme: int, best: float) -> str:
    """What keeps a scheme below half."""
    if best < BLIND:
        return "the unit price is true: value and mass are cut together, and only what was carried can tell"
    if best < DETECTED_ENOUGH:
        return "even the true price does not show it: cuts within the spread of honest prices"
    mine = kind.without.rankings.index(OURS)
    by_cut = [kind.without.recall(scheme, at).value[mine, AT_5] for at in range(len(CUTS))]
    if by_cut[-1] >= DETECTED_ENOUGH:
        return f"small cuts are missed: {', '.join(map(figure, by_cut))} by cut"
    return "the price shows it, our reference does not: it follows the cases, or is that of other goods"


def drift_table(result: LowPriceBacktest) -> Table:
    """What each inspection policy finds over all months and in the last year."""
    months = result.drift.detected.shape[2]
    last = [f"month:{month:02d}" for month in range(months - 11, months + 1)]
    by_policy: dict[str, dict[str, list[float]]] = {}
    for each in exploration_rows(result.drift):
        if each["measure"] == "revenue_found":
            by_policy.setdefault(each["rule"], {}).setdefault(each["group_id"], []).append(each["value"])
    rows = [
        [
            policy,
            figure(values["all"][0]),
            figure(values["month:01"][0]),
            figure(np.mean([values[m][0] for m in last if m in values])),
        ]
        for policy, values in by_policy.items()
    ]
    title = f"Revenue found of the most the looks could find, while fraud moves for {months} months"
    return text_table(title, ["policy", "all months", "first month", "last year"], rows)


def several(result: LowPriceBacktest) -> dict[str, Kind]:
    """The kinds of world with more than one scheme."""
    return {name: kind for name, kind in result.kinds.items() if len(kind.schemes) > 1}


def figure(value: float) -> str:
    """A share to three digits."""
    return f"{value:.3f}" if np.isfinite(value) else "-"


def interval(estimate: Estimate, at: int, *, signed: bool = False) -> str:
    """A figure with its interval."""
    form = "{:+.3f} ({:+.3f} to {:+.3f})" if signed else "{:.3f} ({:.3f} to {:.3f})"
    ends = estimate.value[at], estimate.lower[at], estimate.upper[at]
    return form.format(*ends) if np.isfinite(ends).all() else "-"
