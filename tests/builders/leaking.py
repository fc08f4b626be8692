"""Small labelled tables of declarations, honest ones with everything that looks like a leak, and ways to leak into one.

The label is drawn from firm, product and relation effects and from the price; recurring trade repeats masses and unit
prices, and nothing else is planted until a leak is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = Any


@dataclass(frozen=True)
class Honest:
    """How an honest table is drawn.

    Attributes:
        rows: of the table; the last quarter validates.
        base: share of true labels, about.
        firms: importers.
        firm_sd, relation_sd, product_sd: effects on the log odds.
        cheapness: effect of one standard deviation of the log price, downwards.
        habit: share of rows that repeat their relation's usual mass and unit price.
        drift: change of the log odds from the first day to the last.
    """

    rows: int = 6000
    base: float = 0.15
    firms: int = 600
    firm_sd: float = 1.0
    relation_sd: float = 0.5
    product_sd: float = 0.7
    cheapness: float = 0.8
    habit: float = 0.3
    drift: float = 0.3


@dataclass(frozen=True)
class Labelled:
    """A table with its label, its split, the days of decision and the times its features became known."""

    table: dict[str, Array]
    split: Array
    decided_at: Array
    feature_times: dict[str, Array]

    def with_columns(self, **columns: Array) -> Labelled:
        return replace(self, table={**self.table, **columns})

    @property
    def label(self) -> Array:
        return self.table["is_found"]


def draw(honest: Honest, rng: np.random.Generator) -> Labelled:
    """An honest table in order of its days."""
    n = honest.rows
    firm = np.minimum((rng.pareto(1.0, n) * honest.firms / 20).astype(int), honest.firms - 1)
    product_of = rng.integers(0, 60, (honest.firms, 4))
    product = product_of[firm, rng.integers(0, 4, n)]
    relation = np.unique(firm * 60 + product, return_inverse=True)[1]
    office, agent = rng.integers(0, 25, honest.firms)[firm], rng.integers(0, 150, n)
    origin = rng.integers(0, 30, (60, 3))[product, rng.integers(0, 3, n)]
    day = np.sort(rng.integers(0, 360, n))
    is_habit = rng.random(n) < honest.habit
    mass = np.round(np.exp(rng.normal(7, 1.2, n)), 1)
    mass = np.where(is_habit, np.round(np.exp(rng.normal(7, 1.2, relation.max() + 1)), -1)[relation] + 10, mass)
    noise = np.where(is_habit, rng.normal(0, 0.2, relation.max() + 1)[relation], rng.normal(0, 0.2, n))
    unit_price = np.round(np.exp(rng.normal(1, 0.8, 60)[product] + noise), 2)
    odds = (
        rng.normal(0, honest.firm_sd, honest.firms)[firm]
        + rng.normal(0, honest.product_sd, 60)[product]
        + rng.normal(0, honest.relation_sd, relation.max() + 1)[relation]
        - honest.cheapness * noise / 0.2
        + honest.drift * day / 360
    )
    odds += _intercept(odds, honest.base)
    label = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    rate = np.array([0.0, 0.03, 0.08, 0.27, 0.36])[rng.integers(0, 5, 60)][product]
    value = np.round(mass * unit_price, 2)
    table = {
        "declaration_id": np.array([f"{number:08d}" for number in rng.choice(10**8, n, replace=False)]),
        "importer_id": _codes("F", firm),
        "hs_code": _codes("H", product),
        "origin_country": _codes("C", origin),
        "office_code": _codes("O", office),
        "declarant_id": _codes("D", agent),
        "net_mass_kg": mass,
        "customs_value_usd": value,
        "duty_usd": np.round(value * rate, 2),
        "package_count": np.maximum((mass / 25).astype(int), 1),
        "is_found": label,
    }
    decided_at = np.datetime64("2020-01-01") + day.astype("timedelta64[D]")
    return Labelled(table, np.arange(n) < 3 * n // 4, decided_at, {})


def _codes(letter: str, numbers: Array) -> Array:
    return np.array([f"{letter}{number:05d}" for number in numbers])


def _intercept(odds: Array, base: float) -> float:
    """What brings the mean probability to the base, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-odds - middle))) < base else (low, middle)
    return low


# -- honest columns that look like leaks


def past_rate(made: Labelled) -> Labelled:
    """The share of true labels among the firm's earlier rows, brought up to date with every row."""
    firm, label = np.unique(made.table["importer_id"], return_inverse=True)[1], made.label
    order = np.lexsort((np.arange(len(firm)), firm))
    first = np.append(True, np.diff(firm[order]) > 0)
    start = np.maximum.accumulate(np.where(first, np.arange(len(firm)), 0))
    before = np.cumsum(label[order]) - label[order]
    rate = np.empty(len(firm))
    rate[order] = (before - before[start] + label.mean()) / (np.arange(len(firm)) - start + 1)
    return made.with_columns(past_rate=rate)


def risk_score(made: Labelled, rng: np.random.Generator) -> Labelled:
    """A score of the firm from elsewhere: its rate among other labels of equal number, the same in all its rows."""
    firm, label = np.unique(made.table["importer_id"], return_inverse=True)[1], made.label
    count, true = np.bincount(firm), np.bincount(firm, label)
    chance = (true + 2 * label.mean()) / (count + 2)
    return made.with_columns(risk_score=(rng.binomial(count, chance) / count)[firm])


def training_rate(made: Labelled) -> Labelled:
    """The firm's rate among the training rows of the first half, given to the later rows and validated on later
    ones.
    """
    firm, label = np.unique(made.table["importer_id"], return_inverse=True)[1], made.label
    early = np.arange(len(label)) < len(label) // 2
    count = np.bincount(firm[early], minlength=firm.max() + 1)
    rate = (np.bincount(firm[early], label[early], firm.max() + 1) + label.mean()) / (count + 1)
    kept = ~early
    return Labelled(
        {name: column[kept] for name, column in made.with_columns(early_rate=rate[firm]).table.items()},
        made.split[kept],
        made.decided_at[kept],
        {},
    )


def numbered_in_turn(made: Labelled) -> Labelled:
    """Numbers that begin with the office and then count its declarations."""
    office = np.unique(made.table["office_code"], return_inverse=True)[1]
    numbers = [f"{each:03d}{place:06d}" for place, each in enumerate(office)]
    return made.with_columns(declaration_id=np.array(numbers))


def split_at_random(made: Labelled, rng: np.random.Generator) -> Labelled:
    """The same rows, of which any may validate."""
    return replace(made, split=rng.random(len(made.split)) < 0.75)


def known_in_time(made: Labelled) -> Labelled:
    """Every feature known by the day of the decision, the labels of training rows before the first validated one."""
    first = made.decided_at[~made.split].min()
    times = {name: made.decided_at for name in made.table if name != "is_found"}
    return replace(made, feature_times={**times, "is_found": np.minimum(made.decided_at, first)})


def converted(made: Labelled, rng: np.random.Generator) -> Labelled:
    """The value in a second currency at the day's rate."""
    rate = rng.uniform(1100, 1400, 360)[np.unique(made.decided_at, return_inverse=True)[1]]
    return made.with_columns(customs_value_krw=np.round(made.table["customs_value_usd"] * rate))
