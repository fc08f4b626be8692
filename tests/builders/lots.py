"""Declared lots for tests: what is not named is ordinary and the same for all."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from jobs.domains.low_price.methods.lots import Lots

DAY = 17_000  # any day will do
ORDINARY: dict[str, object] = {
    "product": 0,
    "specification": 0,
    "state": 0,
    "origin": 0,
    "region": 0,
    "trade_level": 0,
    "importer": 1,
    "exporter": 0,
    "importer_group": 1,
    "exporter_group": 0,
    "shipped": DAY,
    "declared": DAY + 10,
    "price": 1.0,
    "freight": np.nan,
    "net_mass_kg": 1000.0,
    "is_accepted": True,
    "is_examined": False,
    "is_disputed": False,
}


def make_lots(n: int | None = None, **columns: object) -> Lots:
    """Lots with the columns given, lists or one value for all; groups follow firms where only these are given."""
    for group, firm in (("importer_group", "importer"), ("exporter_group", "exporter")):
        if firm in columns and group not in columns:
            columns[group] = columns[firm]
    if "shipped" in columns and "declared" not in columns:
        columns["declared"] = np.asarray(columns["shipped"]) + 10
    if n is None:
        n = max((len(values) for values in map(np.atleast_1d, columns.values())), default=1)
    kinds = {name: np.asarray(value).dtype for name, value in ORDINARY.items()}
    return Lots(
        **{
            field.name: np.broadcast_to(columns.get(field.name, ORDINARY[field.name]), n).astype(kinds[field.name])
            for field in fields(Lots)
        }
    )


def random_lots(n: int, rng: np.random.Generator, days: int = 60, firms: int = 4) -> Lots:
    """Lots that often share everything, and now and then leave something unstated, undecided or unexamined."""
    importer = rng.integers(-1, firms, n)
    exporter = rng.integers(-1, 3, n)
    specification = rng.integers(-1, 4, n)
    origin = rng.integers(0, 3, n)
    shipped = DAY + rng.integers(0, days, n)
    return make_lots(
        n,
        product=rng.integers(0, 2, n),
        specification=specification,
        origin=origin,
        region=np.array([0, 0, 1])[origin],
        trade_level=rng.choice([-1, 0, 0, 0, 1], n),
        importer=importer,
        exporter=exporter,
        shipped=np.where(rng.random(n) < 0.03, -1, shipped),
        price=np.round(np.exp(rng.normal(0.5, 0.3, n)), 2),
        freight=np.where(rng.random(n) < 0.7, np.round(rng.uniform(0, 0.3, n), 2), np.nan),
        net_mass_kg=np.round(np.exp(rng.normal(7, 1, n))),
        is_accepted=rng.random(n) < 0.9,
        is_examined=rng.random(n) < 0.5,
        is_disputed=rng.random(n) < 0.1,
    )
