"""The generator's parameters. The scoring rules fix the supply breaks; nothing changes to suit a detector."""

from __future__ import annotations

from dataclasses import dataclass

# --- Supply breaks, as the scoring rules fix them -------------------------------------------------
QUIET_MONTHS = 18  # no case starts within the first 18 months
BREAK_DEPTHS = (0.50, 0.20, 0.05)  # remaining share of the expected mass, one third of the breaks each
BREAK_MONTHS = 3
HOARDED_SHARE = 0.5  # of the breaks, preceded by hoarding
HOARDING_FACTOR = (1.5, 3.0)  # times the expected mass
HOARDING_MONTHS = 2
MIN_SUPPLIER_SHARE = 0.20  # of the item's mass over the twelve months before the case

# --- Side effects of a case -----------------------------------------------------------------------
SUBSTITUTED_SHARE = 0.30  # of a lost mass, bought from the item's other origins instead
SCARCITY_PRICE = (0.05, 0.30)  # log rise of the unit price while a supplier is short
HOARDING_PRICE = (0.05, 0.25)  # log rise of the unit price while importers stock up
PRICE_SHIFT = (0.30, 0.60)  # size of a lasting log shift of the unit price, up or down

# --- Chokepoints ----------------------------------------------------------------------------------
CLOSURE_FACTOR = 1 / 3  # of the usual transits
CLOSURE_DAYS = (5, 10)
CLOSURE_LAG_DAYS = 42  # from a transit to the entry in the importer's statistics
CLOSURE_RECOVERED_SHARE = 0.7  # of the cargo held up, arriving a month later; the rest goes elsewhere

# --- Honest look-alikes ---------------------------------------------------------------------------
DIP_FACTOR = 0.35  # of the level, the same two months every year
DIP_MONTHS = 2
SLIP_FACTOR = 0.15  # of a month's cargo clears in time, the rest with the next month's
STRIKE_FACTOR = (0.55, 0.75)  # of every import of the country
EXIT_MONTHS = 12  # over which a supplier fades out ...
EXIT_FACTOR = 0.10  # ... to this share of its level, others taking over all of it

# --- Time -----------------------------------------------------------------------------------------
DEFAULT_LAST_MONTH = "2025-12"
EXTRA_MONTHS = 24  # the world goes on, without planted cases, so that --until can add months
PUBLICATION_DAY = 15  # a month's statistics are published on this day of the next month
QUARTER = 3

# --- Revisions of published figures ---------------------------------------------------------------
REVISED_SHARE = 0.25  # of the cells, at each of the three months after publication
REVISION_LOG_SD = (0.020, 0.012, 0.006)  # removed one, two and three months after publication
LATE_SHARE = 0.015  # of the cells, first published one or two months late
AIS_TAIL_DAYS = 14  # until a day's transits are complete
AIS_TAIL_MISSING = 0.35  # of the transits of the very last day
AIS_LAG_DAYS = 7  # between the last day of a delivery and the day it is known


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything a world of one size has.

    `history` months are delivered in one initial file; the remaining `months - history` come month by month.
    `monthly` and `quarterly` name the sources and how often each delivers; a source in neither is left out.
    `cases` counts the planted cases by kind. `declarations` are spread over the last `declaration_days`.
    """

    items: int
    origins: int
    buyers: int
    months: int
    history: int
    straits: int
    strait_days: int | None
    strait_every_days: int | None
    ports: int
    partners: int
    monthly: tuple[str, ...]
    quarterly: tuple[str, ...]
    cases: dict[str, int]
    declarations: int = 0
    declaration_days: int = 90


_CUSTOMS = ("trade_country", "trade_total", "chokepoints")
_MARKETS = ("gscpi", "pinksheet")
_OTHERS = ("trade_total_country", "coffee", "coffee_prices", "china_exports", "port_activity", "us_imports")

SIZES = {
    "tiny": Size(
        items=3,
        origins=4,
        buyers=1,
        months=30,
        history=29,
        straits=2,
        strait_days=200,
        strait_every_days=None,
        ports=0,
        partners=0,
        monthly=_CUSTOMS + _MARKETS,
        quarterly=(),
        cases={"supply_break": 1, "chokepoint_closure": 1},
    ),
    "small": Size(
        items=12,
        origins=8,
        buyers=2,
        months=48,
        history=36,
        straits=4,
        strait_days=None,
        strait_every_days=None,
        ports=6,
        partners=10,
        monthly=_CUSTOMS,
        quarterly=_MARKETS + _OTHERS,
        cases={
            "supply_break": 3,
            "price_shift": 1,
            "hoarding": 1,
            "chokepoint_closure": 1,
            "seasonal_dip": 1,
            "lumpy_month": 1,
            "strike": 1,
            "gradual_exit": 1,
        },
        declarations=3000,
        declaration_days=60,
    ),
    "medium": Size(
        items=100,
        origins=10,
        buyers=3,
        months=60,
        history=36,
        straits=4,
        strait_days=None,
        strait_every_days=7,
        ports=12,
        partners=20,
        monthly=_CUSTOMS + _MARKETS + _OTHERS,
        quarterly=(),
        cases={
            "supply_break": 24,
            "price_shift": 8,
            "hoarding": 8,
            "chokepoint_closure": 2,
            "seasonal_dip": 8,
            "lumpy_month": 12,
            "strike": 1,
            "gradual_exit": 8,
        },
        declarations=50_000,
        declaration_days=365,
    ),
    "large": Size(
        items=1000,
        origins=12,
        buyers=3,
        months=60,
        history=48,
        straits=4,
        strait_days=None,
        strait_every_days=7,
        ports=12,
        partners=25,
        monthly=_CUSTOMS + _MARKETS + _OTHERS,
        quarterly=(),
        cases={
            "supply_break": 240,
            "price_shift": 80,
            "hoarding": 80,
            "chokepoint_closure": 3,
            "seasonal_dip": 80,
            "lumpy_month": 120,
            "strike": 2,
            "gradual_exit": 80,
        },
        declarations=1_000_000,
        declaration_days=1096,
    ),
}
