"""How goods come to Korea: ports, days under way and the cost of freight, by country of origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.sample.low_price.days import Calendar
from jobs.sample.streams import stream

CONTAINER_KG = 22_000  # what a container usually holds
REEFER_FACTOR = 1.8  # of a dry container's freight
AIR_USD_PER_KG = 2.6

# Region: (USD a dry container to Korea, days from loading to declaration)
REGIONS = {
    "near": (850, 6),
    "south_east": (1250, 13),
    "south": (2100, 24),
    "pacific": (2900, 24),
    "oceania": (2500, 20),
    "south_america": (3700, 40),
    "europe": (3600, 42),
    "africa": (3900, 38),
}

# Origin: (region, ports of loading); a country without a coast ships from a neighbour's port.
ORIGINS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CN": ("near", ("CNTAO", "CNSHA", "CNDLC", "CNTXG", "CNXMN")),
    "JP": ("near", ("JPUKB", "JPYOK")),
    "TW": ("near", ("TWKHH",)),
    "RU": ("near", ("RUVVO",)),
    "MN": ("near", ("CNTXG",)),
    "KZ": ("near", ("CNLYG",)),
    "UZ": ("near", ("CNLYG",)),
    "VN": ("south_east", ("VNSGN", "VNHPH")),
    "TH": ("south_east", ("THLCH",)),
    "ID": ("south_east", ("IDJKT", "IDSUB")),
    "MY": ("south_east", ("MYPKG",)),
    "PH": ("south_east", ("PHDVO",)),
    "MM": ("south_east", ("MMRGN",)),
    "IN": ("south", ("INNSA", "INMUN")),
    "PK": ("south", ("PKKHI",)),
    "LK": ("south", ("LKCMB",)),
    "OM": ("south", ("OMSLL",)),
    "BH": ("south", ("BHKBS",)),
    "US": ("pacific", ("USLGB", "USOAK")),
    "CA": ("pacific", ("CAVAN",)),
    "MX": ("pacific", ("MXZLO",)),
    "AU": ("oceania", ("AUMEL", "AUBNE")),
    "NZ": ("oceania", ("NZTRG",)),
    "PE": ("south_america", ("PECLL",)),
    "CL": ("south_america", ("CLVAP",)),
    "EC": ("south_america", ("ECGYE",)),
    "AR": ("south_america", ("ARBUE",)),
    "BR": ("south_america", ("BRSSZ",)),
    "PY": ("south_america", ("ARBUE",)),
    "GT": ("south_america", ("GTPRQ",)),
    "ES": ("europe", ("ESVLC",)),
    "NL": ("europe", ("NLRTM",)),
    "DE": ("europe", ("DEHAM",)),
    "BE": ("europe", ("BEANR",)),
    "IT": ("europe", ("ITGOA",)),
    "GB": ("europe", ("GBFXT",)),
    "NO": ("europe", ("NOAES",)),
    "TR": ("europe", ("TRMER",)),
    "EG": ("africa", ("EGALY",)),
    "TZ": ("africa", ("TZDAR",)),
    "ET": ("africa", ("DJJIB",)),
    "SN": ("africa", ("SNDKR",)),
}

# Port of arrival: (customs office, share of the importers)
ARRIVALS = {"KRPUS": ("030", 0.55), "KRINC": ("020", 0.30), "KRPTK": ("016", 0.10), "KRKAN": ("062", 0.05)}
AIRPORT, AIRPORT_OFFICE = "KRICN", "040"
REGION_NAMES = tuple(REGIONS)


@dataclass(frozen=True)
class FreightIndex:
    """The level of freight by day: one for all routes, 1 on the first day with a price."""

    begin: int
    level: NDArray[np.float64]

    def usd_per_kg(
        self,
        region: NDArray[np.int64],
        is_air: NDArray[np.bool_],
        is_cooled: NDArray[np.bool_],
        day: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Freight to Korea in USD per kg of goods shipped on a day."""
        cost = np.array([REGIONS[name][0] for name in REGION_NAMES]) / CONTAINER_KG
        by_sea = cost[region] * np.where(is_cooled, REEFER_FACTOR, 1.0)
        by_air = AIR_USD_PER_KG * np.sqrt(cost[region] / cost.mean())
        return np.where(is_air, by_air, by_sea) * self.level[np.clip(day - self.begin, 0, len(self.level) - 1)]


def walk_freight(seed: int, calendar: Calendar) -> FreightIndex:
    """A log walk weakly pulled back to its start; about a quarter up or down within a year."""
    shock = stream(seed, "declarations/freight").normal(0.0, 0.014, len(calendar.price_days))
    return FreightIndex(calendar.begin, np.exp(pulled_walk(shock[None, :], 0.997)[0]))


def pulled_walk(shock: NDArray[np.float64], memory: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """x[t] = memory x[t-1] + shock[t] along the last axis, x[0] = shock[0]."""
    walk = np.array(shock)
    for t in range(1, walk.shape[-1]):
        walk[..., t] += memory * walk[..., t - 1]
    return walk


def region_of(origins: NDArray[np.str_]) -> NDArray[np.int64]:
    """The region of each country of origin, as a position in `REGION_NAMES`."""
    return np.array([REGION_NAMES.index(ORIGINS[country][0]) for country in origins], dtype=np.int64)
