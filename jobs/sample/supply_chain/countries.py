"""The countries of a world: how often they supply, by which straits, and how each source names them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pycountry
from babel import Locale

# Straits on the usual sea route to Korea, with the share of a region's cargo that takes them.
ROUTES: dict[str, dict[str, float]] = {
    "east_asia": {},
    "pacific": {},
    "south_east_asia": {"malacca": 0.2},
    "south_asia": {"malacca": 0.95},
    "gulf": {"hormuz": 0.95, "malacca": 0.95},
    "africa": {"malacca": 0.8},
    "europe": {"suez": 0.9, "bab_el_mandeb": 0.9, "malacca": 0.9},
}

# Code: (region, relative weight as a supplier).
COUNTRIES: dict[str, tuple[str, float]] = {
    "CN": ("east_asia", 14.0),
    "JP": ("east_asia", 7.0),
    "TW": ("east_asia", 2.5),
    "HK": ("east_asia", 1.0),
    "RU": ("east_asia", 2.0),
    "MN": ("east_asia", 0.5),
    "VN": ("south_east_asia", 4.0),
    "ID": ("south_east_asia", 3.5),
    "MY": ("south_east_asia", 2.5),
    "TH": ("south_east_asia", 2.5),
    "PH": ("south_east_asia", 1.5),
    "SG": ("south_east_asia", 1.5),
    "MM": ("south_east_asia", 0.6),
    "KH": ("south_east_asia", 0.4),
    "LA": ("south_east_asia", 0.4),
    "IN": ("south_asia", 3.0),
    "PK": ("south_asia", 0.7),
    "LK": ("south_asia", 0.4),
    "BD": ("south_asia", 0.4),
    "SA": ("gulf", 1.5),
    "AE": ("gulf", 1.5),
    "QA": ("gulf", 1.0),
    "OM": ("gulf", 0.7),
    "KW": ("gulf", 0.7),
    "BH": ("gulf", 0.5),
    "IR": ("gulf", 0.3),
    "ZA": ("africa", 1.2),
    "CD": ("africa", 0.6),
    "ZM": ("africa", 0.4),
    "MZ": ("africa", 0.4),
    "KE": ("africa", 0.4),
    "MG": ("africa", 0.3),
    "GA": ("africa", 0.3),
    "TZ": ("africa", 0.3),
    "DE": ("europe", 3.5),
    "FR": ("europe", 1.8),
    "IT": ("europe", 1.5),
    "ES": ("europe", 1.2),
    "NL": ("europe", 1.2),
    "BE": ("europe", 1.0),
    "GB": ("europe", 1.2),
    "PL": ("europe", 0.7),
    "NO": ("europe", 0.6),
    "SE": ("europe", 0.6),
    "FI": ("europe", 0.6),
    "TR": ("europe", 1.0),
    "UA": ("europe", 0.6),
    "KZ": ("europe", 0.5),
    "MA": ("europe", 0.4),
    "EG": ("europe", 0.4),
    "US": ("pacific", 9.0),
    "AU": ("pacific", 4.0),
    "CA": ("pacific", 2.0),
    "CL": ("pacific", 1.8),
    "PE": ("pacific", 1.2),
    "BR": ("pacific", 2.0),
    "MX": ("pacific", 1.0),
    "AR": ("pacific", 0.9),
    "CO": ("pacific", 0.7),
    "NZ": ("pacific", 0.8),
    "EC": ("pacific", 0.4),
    "BO": ("pacific", 0.3),
}

LUNAR_NEW_YEAR = frozenset({"CN", "TW", "HK", "VN", "SG", "MY"})  # factories close for a week or two

# pycountry's names are the formal ones; trade statistics print these.
_SHORT_EN = {
    "KR": "South Korea",
    "US": "USA",
    "AE": "UAE",
    "RU": "Russia",
    "TW": "Taiwan",
    "IR": "Iran",
    "TR": "Turkey",
    "CZ": "Czech Republic",
    "TZ": "Tanzania",
    "BO": "Bolivia",
    "LA": "Laos",
    "VN": "Vietnam",
}
_US_CENSUS = {"KR": "KOREA, SOUTH", "US": "UNITED STATES", "AE": "UNITED ARAB EMIRATES", "MM": "BURMA"}


@cache
def _korean_names() -> dict[str, str]:
    return dict(Locale("ko").territories)


def name_ko(code: str) -> str:
    """The Korean name of a country."""
    return _korean_names()[code]


def name_en(code: str) -> str:
    """The short English name of a country."""
    return _SHORT_EN.get(code) or pycountry.countries.get(alpha_2=code).name


def name_us_census(code: str) -> str:
    """The name of a country in capitals, as the US Census prints it."""
    return _US_CENSUS.get(code) or name_en(code).upper()


def route_share(code: str, strait: str) -> float:
    """Share of the cargo from a country to Korea that passes a strait."""
    return ROUTES[COUNTRIES[code][0]].get(strait, 0.0)


def choose_countries(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different countries, the great suppliers more often and earlier in the list."""
    codes = list(COUNTRIES)
    weight = np.array([COUNTRIES[c][1] for c in codes])
    return [codes[i] for i in rng.choice(len(codes), count, replace=False, p=weight / weight.sum())]
