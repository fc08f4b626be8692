"""World commodity prices: one monthly random walk for each series of the World Bank's Pink Sheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Column of the Pink Sheet in its order, and a round starting price in the unit it is quoted in (nominal USD).
COMMODITIES: dict[str, float] = {
    "Crude oil, average": 75,
    "Crude oil, Brent": 77,
    "Crude oil, Dubai": 75,
    "Crude oil, WTI": 73,
    "Coal, Australian": 130,
    "Coal, South African **": 110,
    "Natural gas, US": 3,
    "Natural gas, Europe": 11,
    "Liquefied natural gas, Japan": 12,
    "Natural gas index": 100,
    "Cocoa": 4,
    "Coffee, Arabica": 5,
    "Coffee, Robusta": 3,
    "Tea, avg 3 auctions": 3,
    "Tea, Colombo": 4,
    "Tea, Kolkata": 2.5,
    "Tea, Mombasa": 2.2,
    "Coconut oil": 1500,
    "Groundnuts": 1400,
    "Fish meal": 1600,
    "Groundnut oil **": 1800,
    "Palm oil": 900,
    "Palm kernel oil": 1300,
    "Soybeans": 480,
    "Soybean oil": 1050,
    "Soybean meal": 430,
    "Rapeseed oil": 1150,
    "Sunflower oil": 1050,
    "Barley": 150,
    "Maize": 210,
    "Sorghum": 190,
    "Rice, Thai 5%": 480,
    "Rice, Thai 25%": 460,
    "Rice, Thai A.1": 430,
    "Rice, Viet Namese 5%": 450,
    "Wheat, US SRW": 240,
    "Wheat, US HRW": 270,
    "Banana, Europe": 1.1,
    "Banana, US": 1.2,
    "Orange": 1.3,
    "Beef **": 5.5,
    "Chicken **": 1.6,
    "Lamb **": 6,
    "Shrimps, Mexican": 10,
    "Sugar, EU": 0.35,
    "Sugar, US": 0.8,
    "Sugar, world": 0.42,
    "Tobacco, US import u.v.": 5000,
    "Logs, Cameroon": 400,
    "Logs, Malaysian": 220,
    "Sawnwood, Cameroon": 620,
    "Sawnwood, Malaysian": 700,
    "Plywood": 400,
    "Cotton, A Index": 2,
    "Rubber, TSR20 **": 1.6,
    "Rubber, RSS3": 2,
    "Phosphate rock": 150,
    "DAP": 500,
    "TSP": 420,
    "Urea": 350,
    "Potassium chloride **": 330,
    "Aluminum": 2300,
    "Iron ore, cfr spot": 110,
    "Copper": 8800,
    "Lead": 2100,
    "Tin": 26000,
    "Nickel": 18000,
    "Zinc": 2700,
    "Gold": 1950,
    "Platinum": 960,
    "Silver": 24,
}


def walk_prices(rng: np.random.Generator, months: int) -> NDArray[np.float64]:
    """Monthly prices (commodities x months): log walks, partly common, weakly pulled to the start."""
    size = (len(COMMODITIES), months)
    shock = 0.045 * rng.standard_t(6, size) / np.sqrt(1.5) + 0.02 * rng.standard_normal(months)
    log_price = np.empty(size)
    log_price[:, 0] = rng.normal(0.0, 0.15, size[0])
    for t in range(1, months):
        log_price[:, t] = 0.985 * log_price[:, t - 1] + shock[:, t]
    return np.array(list(COMMODITIES.values()))[:, None] * np.exp(log_price)
