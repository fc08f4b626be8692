"""What SC-SHORT and SC-SHIFT do in quiet worlds: the tables their p-values are read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.backtest.worlds import WORLD, World, WorldShape, simulate_world
from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.domains.supply_chain.methods.mass import MassVerdict, assess_mass, fit_all_pools
from jobs.domains.supply_chain.methods.quantity import QuantityConfig
from jobs.domains.supply_chain.methods.shortage import size_residual
from jobs.domains.supply_chain.methods.supply_break import scan_breaks
from jobs.stats.levels.cusum import calibrate_limit, cusum
from jobs.stats.levels.hurdle import density_class

QUIET = replace(WORLD, lumpy=0.0, steady_rate=0.0, jump=0.0)  # nothing breaks, nothing collapses
TAIL = np.geomspace(0.5, 0.0004, 24)
SHIFT_RATE = 0.01
BURN_IN = 12  # months before the first assessed one


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Tables by density class (dense, medium, sparse).

    Attributes:
        short: statistic exceeded with each chance of TAIL by length of the window, shape (LONGEST, 3, P).
        shift: the same of the CUSUM, shape (3, P).
        limit: CUSUM limit at one alarm in a hundred series-months, shape (3,).
    """

    short: FloatArray
    shift: FloatArray
    limit: FloatArray


def panel_of_world(seed: int, shape: WorldShape = WORLD) -> Panel:
    """A seeded world as the facts of a night, by the night's own builder."""
    return build_panel(items_of_world(simulate_world(seed, shape)))


def items_of_world(world: World) -> pa.Table:
    """Rows of `facts.gather_items`: each item's imports by origin, and its exports to one country."""
    count = int(world.item.max()) + 1
    imports = np.zeros((count, len(world.months)))
    np.add.at(imports, world.item, world.value)
    exports = imports / world.import_export[:, None]
    item = np.concatenate([world.item, np.arange(count)])
    flow = np.repeat(["I", "X"], [len(world.item), count])
    partner = np.concatenate([[f"{n:03d}" for n in range(len(world.item))], np.full(count, "JP")])
    mass, value = np.concatenate([world.mass, np.zeros_like(exports)]), np.concatenate([world.value, exports])
    order, months = np.argsort(item, kind="stable"), len(world.months)
    cell = {
        "flow": pa.array(np.repeat(flow[order], months)),
        "partner": pa.array(np.repeat(partner[order], months)),
        "month": pa.array(np.tile(world.months.astype("datetime64[D]"), len(order))),
        "mass": pa.array(mass[order].ravel()),
        "value": pa.array(value[order].ravel()),
        "record_id": pa.repeat("", len(order) * months),
    }
    offsets = np.concatenate([[0], np.cumsum(np.bincount(item)) * months]).astype(np.int32)
    return pa.table(
        {
            "source": pa.repeat("simulated", count),
            "hs_code": pa.array([f"{i:06d}" for i in range(count)]),
            "last_period": pa.array(np.full(count, world.months[-1].astype("datetime64[D]"))),
            "cells": pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(cell.values()), list(cell))),
        }
    )


def assess_world(panel: Panel, config: QuantityConfig, first: int = BURN_IN) -> MassVerdict:
    """Every series of a panel assessed on every night from month `first` on."""
    at = np.arange(first, len(panel.months))
    pools = fit_all_pools(panel.mass, panel.months, at, config)
    return assess_mass(panel.mass, panel.months, at, pools, config, intervals=False)


def build_tables(seeds: Iterable[int], config: QuantityConfig) -> Tables:
    """Tables from the quiet worlds of the given seeds, every series assessed on every night."""
    assessed = [assess_world(panel_of_world(seed, QUIET), config) for seed in seeds]
    scans = np.concatenate(
        [scan_breaks(verdict.break_evidence, config.short.breaks.longest) for verdict in assessed], axis=1
    )
    z = np.concatenate([size_residual(verdict, config.shift) for verdict in assessed])
    filled = 1.0 - np.nan_to_num(np.concatenate([v.p_empty for v in assessed]), nan=1.0)
    kind, allowance = density_class(filled, config.mass.density), config.shift.allowance
    short, shift, limit = [], [], []
    for c in range(3):
        rows = kind[:, -1] == c
        bound = calibrate_limit(z[rows], SHIFT_RATE, "down", allowance, BURN_IN)
        trace = cusum(z[rows], "down", bound, allowance).statistic[:, BURN_IN:]
        short.append([np.quantile(scan[(kind == c) & np.isfinite(scan)], 1.0 - TAIL) for scan in scans])
        shift.append(np.quantile(trace[np.isfinite(trace)], 1.0 - TAIL))
        limit.append(bound)
    return Tables(short=np.array(short).transpose(1, 0, 2), shift=np.array(shift), limit=np.array(limit))
