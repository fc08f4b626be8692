"""One module a publisher: its columns, its number formats and its rhythm, exactly as it publishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jobs.sample.files import LandingFile
from jobs.sample.parameters import QUARTER
from jobs.sample.supply_chain.sources.china_exports import china_exports
from jobs.sample.supply_chain.sources.coffee import coffee_imports, coffee_prices
from jobs.sample.supply_chain.sources.kcs import trade_country, trade_total, trade_total_country
from jobs.sample.supply_chain.sources.markets import gscpi, pinksheet
from jobs.sample.supply_chain.sources.portwatch import chokepoints, port_activity
from jobs.sample.supply_chain.sources.us_imports import us_imports
from jobs.sample.supply_chain.vintages import daily_schedule, schedule
from jobs.sample.supply_chain.world import World

# Source: (its writer, further months it needs before it can publish)
MONTHLY: dict[str, tuple[Callable[..., Iterator[LandingFile]], int]] = {
    "trade_country": (trade_country, 0),
    "trade_total": (trade_total, 0),
    "trade_total_country": (trade_total_country, 0),
    "coffee": (coffee_imports, 0),
    "coffee_prices": (coffee_prices, 0),
    "china_exports": (china_exports, 1),
    "us_imports": (us_imports, 1),
    "gscpi": (gscpi, 0),
    "pinksheet": (pinksheet, 0),
}
DAILY = {"chokepoints": chokepoints, "port_activity": port_activity}


def deliveries(world: World, until: int) -> Iterator[LandingFile]:
    """Every landing file of a world up to the month at position `until`, source by source."""
    size = world.size
    for names, every in ((size.monthly, 1), (size.quarterly, QUARTER)):
        for name in names:
            if name in MONTHLY:
                write, lag = MONTHLY[name]
                yield from write(world, schedule(world.months, size.history, until, every, lag))
            else:
                known = daily_schedule(world.months, size.history, until, size.strait_every_days)
                step = 1 if size.strait_every_days else every
                yield from DAILY[name](world, known[::step])
