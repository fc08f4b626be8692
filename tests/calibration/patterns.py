"""Size and power of the low-price patterns on simulated firms: `python -m tests.calibration.patterns [--seeds 1-4]`.

A world is some thousand firms with habits of their own, in honest trade or with the first 3 % of them running the
scheme in a part of their lots. Printed: share of honest firms at p <= 1 % with the conservative and the randomised p
in honest worlds; share of dishonest firms at p <= 1 % and rejected by Benjamini-Hochberg at 0.05.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from jobs.domains.low_price.detectors import lp_copy, lp_hug, lp_switch, lp_weight
from jobs.domains.low_price.methods.measures import Measure
from jobs.domains.low_price.methods.pattern import Pattern
from jobs.stats.combine import reject_bh
from tests.builders.configs import LOW_PRICE

find_weight_understatement = partial(
    lp_weight.find_weight_understatement, rule=LOW_PRICE.weight, peers=LOW_PRICE.patterns.peers
)

find_switching = partial(lp_switch.find_switching, rule=LOW_PRICE.switch, peers=LOW_PRICE.patterns.peers)

find_copying = partial(lp_copy.find_copying, rule=LOW_PRICE.copy, peers=LOW_PRICE.patterns.peers)

find_hugging = partial(lp_hug.find_hugging, rule=LOW_PRICE.hug)

DISHONEST = 0.03
World = dict[str, Any]


def draw_firms(rng: np.random.Generator, firms: int, mean: float, part: float, least: int = 3) -> tuple[Any, Any]:
    """The firm of each lot, and whether the scheme touches it: a `part` of the lots of the first 3 % of firms."""
    firm = np.repeat(np.arange(firms), least + rng.geometric(1 / mean, firms))
    return firm, (firm < DISHONEST * firms) & (rng.random(len(firm)) < part)


def hugging_world(
    rng: np.random.Generator, part: float, firms: int = 2000, mean: float = 40, sd: float = 0.15, above: float = 0.1
) -> World:
    """Log-normal prices around 1.1 times a published reference of 36 months; huggers at 0 to 2 % over it."""
    firm, bad = draw_firms(rng, firms, mean, part)
    published = np.exp(rng.normal(1, 0.3, 36)).round(2)
    reference = published[rng.integers(0, 36, len(firm))]
    x = np.where(bad, rng.uniform(0, 0.02, len(firm)), rng.normal(above, sd, len(firm)))
    return {"price": (reference * np.exp(x)).round(3), "reference": reference, "group": firm, "market": firm % 20}


def weight_world(
    rng: np.random.Generator, part: float, firms: int = 2000, mean: float = 25, cut: float = 0.2, kinds: int = 40
) -> World:
    """Containers with habits and a half-filled last one, bags of 20 to 50 kg, gross mass, 5 % weighed."""
    firm, bad = draw_firms(rng, firms, mean, part, least=0)
    size = len(firm)
    kind = np.where(rng.random(size) < 0.7, rng.integers(0, kinds, firms)[firm], rng.integers(0, kinds, size))
    containers = 1 + rng.geometric(0.5, size)
    last = np.where(rng.random(size) < 0.15, rng.uniform(0.3, 1, size), 1.0)
    habit = 0.02 * rng.standard_t(6, firms)
    usual = np.exp(rng.normal(np.log(24e3), 0.15, kinds))[kind] * np.exp(habit[firm] + rng.normal(0, 0.03, size))
    bag = rng.choice([20.0, 25.0, 50.0], kinds)[kind]
    bags = np.round(usual * (containers - 1 + last) / bag)
    net = bags * bag * np.exp(rng.normal(0, 0.003, size) + 0.004 * rng.normal(size=firms)[firm])
    gross = net * (1 + rng.uniform(0.01, 0.03, kinds)[kind] + 0.004 * np.abs(rng.normal(size=firms)[firm]))
    weighed = np.where(rng.random(size) < 0.05, gross * np.exp(rng.normal(0, 0.005, size)), np.nan)
    amounts = {"containers": containers.astype(float), "packages": bags, "gross_mass": gross, "weighbridge": weighed}
    measures = {code: Measure(amount, kind) for code, amount in amounts.items()}
    return {"net_mass_kg": np.where(bad, (1 - cut) * net, net), "measures": measures, "firm": firm}


def switching_world(
    rng: np.random.Generator, part: float, firms: int = 3000, mean: float = 25, families: int = 50, dear: float = 1.0
) -> World:
    """Two codes a family, 12 months and 6, campaigns, the market's shift and the importers' own; switchers use the
    cheap code for a part of their lots after it."""
    importer, bad = draw_firms(rng, firms, mean, part, least=5)
    size, family = len(importer), rng.integers(0, families, firms)
    period = rng.integers(0, 18, size)
    after = period >= 12
    odds = (rng.normal(dear, 1, families)[family] + rng.normal(0, 1, firms))[importer]
    odds += after * (rng.normal(0, 0.4, families)[family] + rng.normal(0, 0.15, firms))[importer]
    odds += rng.normal(0, 0.5, (firms, 18))[importer, period]
    campaign = rng.random((firms, 18))[importer, period]
    is_dear = np.where(rng.random(size) < 0.5, campaign, rng.random(size)) < 1 / (1 + np.exp(-odds))
    return {
        "net_mass_kg": np.exp(rng.normal(9, 0.8, size)),
        "duty": np.where(is_dear & ~(bad & after), 270.0, 27.0),
        "family": family[importer],
        "importer": importer,
        "period": period,
        "first_after": 12,
    }


def copying_world(
    rng: np.random.Generator, part: float, firms: int = 3000, mean: float = 40, products: int = 118, lists: float = 0.1
) -> World:
    """Exporters quoting to a tenth of a cent up to half a dollar, some by list; rings of six copy a low template."""
    exporter, bad = draw_firms(rng, firms, mean, part)
    size = len(exporter)
    home = rng.integers(0, products, firms)[exporter]
    product = np.where(rng.random(size) < 0.8, home, rng.integers(0, products, size))
    product = np.where(exporter < DISHONEST * firms, exporter // 6 % products, product)
    period = rng.integers(0, 36, size)
    importers = rng.integers(0, 4000, (firms, 4))
    market = np.exp(rng.normal(1, 0.7, (products, 1)) + np.cumsum(rng.normal(0, 0.04, (products, 36)), axis=1))
    level = market[product, period]
    listed = (rng.random(firms) < lists)[exporter] & (rng.random(size) < 0.6)
    own = np.exp(rng.normal(0, 0.15, (firms, 36)))[exporter, period]
    price = level * np.where(listed, own, np.exp(rng.normal(0, 0.15, size)))
    step = rng.choice([0.001, 0.01, 0.05, 0.1, 0.5], firms, p=[0.2, 0.45, 0.15, 0.15, 0.05])[exporter]
    price = np.maximum(np.round(price / step), 1) * step
    return {
        "price": np.where(bad, 0.6 * level + 0.003, price).round(3),
        "market": product,
        "period": period,
        "exporter_group": exporter,
        "importer_group": importers[exporter, np.minimum(rng.geometric(0.5, size) - 1, 3)],
        "draws": np.random.default_rng(20240201),
    }


PATTERNS: dict[str, tuple[Callable[..., Pattern], Callable[..., World]]] = {
    "LP-HUG": (find_hugging, hugging_world),
    "LP-HUG, median 20 lots": (find_hugging, partial(hugging_world, mean=24)),
    "LP-HUG, sd .25": (find_hugging, partial(hugging_world, sd=0.25)),
    "LP-WEIGHT, cut 20 %": (find_weight_understatement, weight_world),
    "LP-WEIGHT, cut 50 %": (find_weight_understatement, partial(weight_world, cut=0.5)),
    "LP-SWITCH": (find_switching, switching_world),
    "LP-SWITCH, few of the cheap code": (find_switching, partial(switching_world, dear=2.5)),
    "LP-COPY": (find_copying, copying_world),
    "LP-COPY, 40 % sell by list": (find_copying, partial(copying_world, lists=0.4)),
}


def realised(result: Pattern, alpha: float = 0.01) -> float:
    """Share of the tests at or below `alpha`."""
    return float(np.mean(result.p[result.is_testable] <= alpha))


def detected(result: Pattern, firms: int) -> tuple[float, float, float]:
    """Of the first 3 % of firms: share at p <= 1 %, share rejected by BH at 0.05; and the share of false rejections."""
    guilty = result.group < DISHONEST * firms
    rejected = reject_bh(result.p, 0.05)
    return (
        float(np.mean(result.p[guilty] <= 0.01)),
        float(rejected[guilty].mean()),
        float(rejected[~guilty].sum() / max(rejected.sum(), 1)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-4")
    low, high = (int(end) for end in parser.parse_args().seeds.split("-"))
    for name, (find, world) in PATTERNS.items():
        sizes, powers = [], {part: [] for part in (0.3, 0.6, 1.0)}
        for seed in range(low, high + 1):
            honest = world(np.random.default_rng(seed), 0.0)
            rng = None if find is find_switching else np.random.default_rng(seed)
            more = {} if rng is None else {"rng": rng}
            sizes.append((realised(find(**honest)), realised(find(**honest, **more))))
            for part, rows in powers.items():
                result = find(**world(np.random.default_rng(seed), part))
                rows.append(detected(result, int(result.group.max()) + 1))
        size = np.mean(sizes, axis=0).round(4)
        table = {part: np.mean(rows, axis=0).round(2).tolist() for part, rows in powers.items()}
        sys.stdout.write(f"{name}: false at 1 % {size[0]}, randomised {size[1]}; found at 1 %, by BH, FDR {table}\n")


if __name__ == "__main__":
    main()
