"""The planted truth as CSV files, for whoever scores a detector; never inside the landing folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jobs.sample.parameters import HOARDING_MONTHS
from jobs.sample.supply_chain.cases import TRUE_CASES
from jobs.sample.supply_chain.countries import route_share
from jobs.sample.supply_chain.effects import delayed_share, routed_series
from jobs.sample.supply_chain.world import World

CASE_HEADER = (
    "case_id",
    "kind",
    "is_true_case",
    "hs_code",
    "partner_country",
    "strait",
    "start_date",
    "end_date",
    "depth",
    "preceded_by_hoarding",
    "hoarding_start_date",
    "share_before",
)
MONTH_HEADER = (
    "case_id",
    "hs_code",
    "partner_country",
    "month",
    "phase",
    "expected_mass_kg",
    "uncut_mass_kg",
    "mass_kg",
)
ROUTE_HEADER = ("hs_code", "partner_country", "strait", "route_share")


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A case of either sort: the line it gets in the file, and what it strikes (series, month, phase)."""

    first: int
    line: tuple[object, ...]
    cells: tuple[tuple[int, int, str], ...]


def planted(world: World, until: int) -> list[Planted]:
    """Every case that has begun by the month at position `until`, in order of its beginning."""
    result = [*_monthly_cases(world), *_closures(world)]
    return sorted((case for case in result if case.first <= until), key=lambda case: (case.first, case.line))


def truth_files(world: World, until: int) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """File name to header and rows.

    cases.csv: one row a case, its dates without the hoarding before it; `depth` is the share left of the mass
    (a strait: of the transits; a price shift: its log size). case_months.csv: one row a month and series
    struck, with the mean mass, the mass without the case and the mass as it came. routes.csv: one row an item,
    origin and strait.
    """
    cases, months = [], []
    for number, case in enumerate(planted(world, until), start=1):
        case_id = f"C{number:04d}"
        cases.append((case_id, *case.line))
        months += [(case_id, *_month_line(world, *cell)) for cell in case.cells if cell[1] <= until]
    return {
        "cases.csv": (CASE_HEADER, cases),
        "case_months.csv": (MONTH_HEADER, months),
        "routes.csv": (ROUTE_HEADER, list(_routes(world))),
    }


def refuse_truth_inside(out: Path, truth: Path) -> None:
    """Raises ValueError where the truth would lie in the landing folder, which detectors read."""
    inner, outer = truth.resolve(), out.resolve()
    if inner == outer or outer in inner.parents:
        raise ValueError(f"the truth folder {truth} lies inside the landing folder {out}")


def _monthly_cases(world: World) -> Iterator[Planted]:
    layout, last = world.layout, len(world.months) - 1
    for case in world.cases:
        series = case.series
        hs = layout.hs6[series[0]] if series else ""
        origin = layout.country[series[0]] if len(series) == 1 else ""
        hoarding = case.first - HOARDING_MONTHS if case.is_hoarded else None
        line = (
            case.kind,
            _flag(case.kind in TRUE_CASES),
            hs,
            origin,
            "",
            _day(world, case.first),
            _last_day(world, case.last),
            _number(case.depth),
            _flag(case.is_hoarded),
            "" if hoarding is None else _day(world, hoarding),
            _number(case.share_before),
        )
        before = [] if hoarding is None else [(t, "hoarding") for t in range(hoarding, case.first)]
        during = [(t, "case") for t in range(case.first, min(case.last, last) + 1)]
        cells = tuple((s, t, phase) for s in series for t, phase in before + during)
        yield Planted(first=case.first, line=line, cells=cells)


def _closures(world: World) -> Iterator[Planted]:
    for closure in world.closures:
        line = (
            "chokepoint_closure",
            _flag(True),
            "",
            "",
            closure.strait,
            str(closure.start),
            str(closure.end),
            _number(closure.factor),
            _flag(False),
            "",
            "",
        )
        series, _ = routed_series(closure, world.layout)
        hit = np.flatnonzero(delayed_share(closure, world.months) > 0)
        first = int((closure.start.astype("datetime64[M]") - world.months[0]).astype(int))
        yield Planted(first=first, line=line, cells=tuple((int(s), int(t), "case") for s in series for t in hit))


def _month_line(world: World, series: int, month: int, phase: str) -> tuple[object, ...]:
    masses = (world.expected, world.uncut, world.import_mass)
    figures = (int(np.rint(mass[series, month])) for mass in masses)
    place = (str(world.layout.hs6[series]), str(world.layout.country[series]))
    return (*place, str(world.months[month]), phase, *figures)


def _routes(world: World) -> Iterator[tuple[object, ...]]:
    layout = world.layout
    for series in np.flatnonzero(layout.is_origin):
        for strait in world.straits.names:
            share = route_share(layout.country[series], strait)
            if share > 0:
                yield (str(layout.hs6[series]), str(layout.country[series]), strait, share)


def _day(world: World, month: int) -> str:
    return str(world.months[month].astype("datetime64[D]"))


def _last_day(world: World, month: int) -> str:
    day: dt.date = (world.months[month] + 1).astype("datetime64[D]").item()
    return str(day - dt.timedelta(days=1))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _number(value: float | None) -> object:
    return "" if value is None else round(float(value), 6)
