"""Which series a world has: every item with its origins, from the largest supplier down, and its buyers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.sample.parameters import Size
from jobs.sample.streams import stream
from jobs.sample.supply_chain.countries import choose_countries
from jobs.sample.supply_chain.goods import Item, choose_items


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One entry a series (item x country), the series of an item side by side.

    `share` is the country's usual share of the item's imports by mass: 0 for a buyer, who only
    takes Korea's exports.
    """

    items: tuple[Item, ...]
    item_of: NDArray[np.int64]
    country: NDArray[np.str_]
    share: NDArray[np.float64]

    @property
    def is_origin(self) -> NDArray[np.bool_]:
        return self.share > 0

    @cached_property
    def hs6(self) -> NDArray[np.str_]:
        return np.array([item.hs6 for item in self.items])[self.item_of]

    def series_of(self, item: int) -> NDArray[np.int64]:
        """The origins of an item, as series numbers."""
        return np.flatnonzero((self.item_of == item) & self.is_origin)

    def sum_by_item(self, values: NDArray[Any]) -> NDArray[Any]:
        """Item totals (items x ...) of values by series."""
        starts = np.flatnonzero(np.r_[True, np.diff(self.item_of) > 0])
        return np.add.reduceat(values, starts, axis=0)


def lay_out(seed: int, size: Size) -> Layout:
    """Draws the items, their countries and the suppliers' shares."""
    rng = stream(seed, "layout")
    with_coffee = "coffee" in size.monthly + size.quarterly
    items = choose_items(rng, size.items, with_coffee)
    countries = [choose_countries(rng, size.origins + size.buyers) for _ in items]
    shares = np.stack([_supplier_shares(rng, size.origins) for _ in items])
    return Layout(
        items=items,
        item_of=np.repeat(np.arange(len(items)), size.origins + size.buyers),
        country=np.array(countries).ravel(),
        share=np.pad(shares, ((0, 0), (0, size.buyers))).ravel(),
    )


def _supplier_shares(rng: np.random.Generator, origins: int) -> NDArray[np.float64]:
    """Shares in falling order; six items in ten have one dominant supplier, with 45 to 95 % of the mass."""
    top = rng.uniform(0.45, 0.95)
    rest = np.sort(rng.dirichlet(np.full(origins - 1, 0.7)))[::-1]
    dominated = np.r_[top, (1 - top) * rest]
    level = np.sort(rng.dirichlet(np.full(origins, 0.9)))[::-1]
    shares = dominated if rng.random() < 0.6 else level
    shares = np.sort(np.maximum(shares, 1e-4))[::-1]
    normalised: NDArray[np.float64] = shares / shares.sum()
    return normalised
