"""A stream of lots whose fraud moves: what the exploration back-test is run on.

Every lot has a few standardised statistics, its tells: how low the price stands, kilograms per container, how close
above a published reference, copied digits, small lots of the same parties ... Each kind of fraud shows in one of them.
At first all of it shows in the price. Part of it stays there for good; the rest learns: its price is made to look
right, and it shows in another tell for some months, then in yet another. Honest lots stand out as well, three for every
true case, most of them by price (lower grades, damage, old contracts). They and the cases that stay can fill a
capacity: findings go on, and nothing tells those who look only there that most has moved away. Nothing here is read by
a detector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray

CUTS = (0.20, 0.35, 0.50)
PRICE = 0  # the tell that is the price itself
HIDDEN_PRICE = (-0.4, 0.3)  # mean and spread of that tell where fraud shows elsewhere: a price made to look right


@dataclass(frozen=True, kw_only=True)
class StreamShape:
    """What a stream is made of.

    Attributes:
        months, lots: length, and lots a month.
        tells: statistics of each lot; the first is the price.
        moving: schemes that move, each with as many cases as the one that stays on the price.
        life: mean life of a moving scheme in months; infinite for a world that does not move.
        prevalence: share of true cases among all lots.
        lookalikes: honest lots that stand out for each true case, over all tells.
        on_price: part of those whose price it is that stands out; the rest lies on the other tells.
        shift: how far such lots and true cases stand out, in deviations.
        duty_log_sd: spread of the lots' duty.
    """

    months: int = 60
    lots: int = 30_000
    tells: int = 8
    moving: int = 2
    life: float = 18.0
    prevalence: float = 0.03
    lookalikes: float = 3.0
    on_price: float = 0.8
    shift: float = 3.0
    duty_log_sd: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month's lots, shape (N,), as declared, and what is true of them.

    Attributes:
        tells: standardised statistics, shape (N, tells); large is suspect.
        duty_krw: duty and tax each lot owes by its reference, in won.
        is_true: under-priced, whether or not the price shows it.
        shortfall: duty and tax it owes more, in won; zero for honest lots.
    """

    tells: FloatArray
    duty_krw: FloatArray
    is_true: BoolArray
    shortfall: FloatArray


def make_stream(seed: int, shape: StreamShape) -> list[Month]:
    """The months of one world, oldest first."""
    rng = np.random.default_rng(seed)
    running = np.full(1 + shape.moving, PRICE)
    made = []
    for _ in range(shape.months):
        made.append(make_month(rng, shape, running))
        idle = np.setdiff1d(np.arange(shape.tells), np.append(running, PRICE))
        ends = rng.random(shape.moving) < 1.0 / shape.life
        running[1:] = np.where(ends, rng.choice(idle, shape.moving, replace=False), running[1:])
    return made


def make_month(rng: np.random.Generator, shape: StreamShape, running: IntArray) -> Month:
    """Lots of a month while schemes run on the tells `running`."""
    kind = rng.random(shape.lots)
    is_true = kind < shape.prevalence
    stands_out = kind < shape.prevalence * (1.0 + shape.lookalikes)
    honest = np.where(rng.random(shape.lots) < shape.on_price, PRICE, rng.integers(1, shape.tells, shape.lots))
    tell = np.where(is_true, rng.choice(running, shape.lots), honest)
    tells = rng.normal(size=(shape.lots, shape.tells))
    hides = is_true & (tell != PRICE)
    tells[hides, PRICE] = rng.normal(*HIDDEN_PRICE, hides.sum())
    tells[np.flatnonzero(stands_out), tell[stands_out]] += shape.shift
    duty = rng.lognormal(np.log(1e7), shape.duty_log_sd, shape.lots)
    return Month(
        tells=tells,
        duty_krw=duty,
        is_true=is_true,
        shortfall=np.where(is_true, rng.choice(CUTS, shape.lots) * duty, 0.0),
    )
