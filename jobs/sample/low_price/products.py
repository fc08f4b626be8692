"""The standard products of a world, and their markets: one market is one product of one origin.

Names, tariff codes and states come from the code list; prices, lots, harvests, origins and duties are the generator's
own (`products.csv`: round figures of the right size, not statistics).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.contracts import SCHEMAS, read_yaml
from jobs.sample.streams import stream

GRADED = frozenset({"fresh", "chilled", "dried", "frozen"})  # what is worked further is sold without a grade


@dataclass(frozen=True, kw_only=True)
class Product:
    """One standard product: usual price in USD/kg free on board, usual lot in kg, duties, a lower-taxed neighbour."""

    code: str
    hs10: str
    states: tuple[str, ...]
    is_perishable: bool
    price: float
    lot_kg: float
    harvest_month: int
    season: float
    packaging: str
    package_kg: float
    origins: tuple[str, ...]
    basic_pct: float
    specific_krw_per_kg: float | None
    quota_pct: float | None
    is_vat_exempt: bool
    neighbour: str

    @property
    def is_graded(self) -> bool:
        return self.states[0] in GRADED

    @property
    def has_crop_year(self) -> bool:
        return self.states[0] == "dried"

    @property
    def goes_by_air(self) -> bool:
        return self.is_perishable and self.lot_kg < 1500


@dataclass(frozen=True)
class Catalogue:
    """P products and M markets; `product[m]` and `origin[m]` say what market m is."""

    products: tuple[Product, ...]

    @cached_property
    def product(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.products)), [len(p.origins) for p in self.products])

    @cached_property
    def origin(self) -> NDArray[np.str_]:
        return np.array([country for p in self.products for country in p.origins])

    @cached_property
    def market_weight(self) -> NDArray[np.float64]:
        """Share of each market in the lots: the first origin of a product supplies most of it."""
        weight = np.concatenate([1.0 / np.arange(1, len(p.origins) + 1) ** 1.3 for p in self.products])
        share: NDArray[np.float64] = weight / weight.sum()
        return share

    @cached_property
    def neighbour(self) -> NDArray[np.int64]:
        """The product under whose lower duty each could be declared, -1 where there is none in this world."""
        at = {p.code: i for i, p in enumerate(self.products)}
        return np.array([at.get(p.neighbour, -1) for p in self.products])

    def column(self, name: str) -> NDArray[Any]:
        """A property of the products as an array (P,)."""
        return np.array([getattr(p, name) for p in self.products])


@cache
def all_products() -> tuple[Product, ...]:
    """Every product of the code list with the generator's figures for it."""
    codes = read_yaml(SCHEMAS / "codes" / "standard_product.yml")
    with Path(__file__).with_name("products.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_product(row, codes[row["code"]]) for row in csv.DictReader(file))


def choose_products(seed: int, count: int) -> Catalogue:
    """`count` of the products, a quarter of them with the neighbour they could be declared as."""
    rng = stream(seed, "declarations/products")
    known = {p.code: p for p in all_products()}
    codes = [str(code) for code in rng.permutation(list(known))]
    paired = [code for code in codes if known[code].neighbour][: max(1, count // 4)]
    wanted = list(dict.fromkeys([code for first in paired for code in (first, known[first].neighbour)] + codes))
    return Catalogue(tuple(known[code] for code in sorted(wanted[:count])))


def _product(row: dict[str, str], listed: dict[str, Any]) -> Product:
    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return Product(
        code=row["code"],
        hs10=listed["hs10"],
        states=tuple(listed["states"]),
        is_perishable=listed["is_perishable"],
        price=float(row["price_usd_per_kg"]),
        lot_kg=1000 * float(row["lot_t"]),
        harvest_month=int(row["harvest_month"]),
        season=float(row["season"]),
        packaging=row["packaging"],
        package_kg=float(row["package_kg"]),
        origins=tuple(row["origins"].split()),
        basic_pct=float(row["basic_pct"]),
        specific_krw_per_kg=number("specific_krw_per_kg"),
        quota_pct=number("quota_pct"),
        is_vat_exempt=row["is_vat_exempt"] == "Y",
        neighbour=row["neighbour"],
    )
