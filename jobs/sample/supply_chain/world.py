"""A whole world: every final figure, and the planted truth, before anything is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import DateArray, FloatArray
from jobs.sample.parameters import DEFAULT_LAST_MONTH, EXTRA_MONTHS, Size
from jobs.sample.streams import stream
from jobs.sample.supply_chain.cases import Case, plan_cases
from jobs.sample.supply_chain.commodities import walk_prices
from jobs.sample.supply_chain.effects import lay_effects
from jobs.sample.supply_chain.exports import simulate_exports
from jobs.sample.supply_chain.imports import simulate_import_mass
from jobs.sample.supply_chain.layout import Layout, lay_out
from jobs.sample.supply_chain.ports import PortDays, simulate_port_days
from jobs.sample.supply_chain.pressure import simulate_pressure
from jobs.sample.supply_chain.prices import add_parcels, draw_item_prices, simulate_unit_prices
from jobs.sample.supply_chain.straits import Closure, StraitDays, plan_closures, simulate_strait_days
from jobs.sample.supply_chain.working_days import month_range


@dataclass(frozen=True, kw_only=True)
class World:
    """Final figures, series x months: masses in kg, values in USD (imports CIF, exports FOB).

    `uncut` is the import mass without the planted cases, `expected` its mean (season included, noise not).
    `months` runs past the planned end, so that more can be published later without changing what was.
    """

    seed: int
    size: Size
    months: DateArray
    layout: Layout
    import_mass: FloatArray
    import_value: FloatArray
    export_mass: FloatArray
    export_value: FloatArray
    uncut: FloatArray
    expected: FloatArray
    unit_price: FloatArray
    commodity: FloatArray
    pressure: FloatArray
    straits: StraitDays
    ports: PortDays | None
    cases: tuple[Case, ...]
    closures: tuple[Closure, ...]


def build_world(seed: int, size: Size) -> World:
    """Simulates the world of a seed: first without cases, then with them."""
    months = month_range(DEFAULT_LAST_MONTH, size.months, EXTRA_MONTHS)
    layout = lay_out(seed, size)
    commodity = walk_prices(stream(seed, "commodities"), len(months))
    item_price = draw_item_prices(seed, layout)
    base = simulate_import_mass(seed, layout, months, item_price)
    cases = plan_cases(seed, size, layout, base.mass)
    closures = plan_closures(seed, size, months)
    effects = lay_effects(seed, layout, base, months, cases, closures)
    unit_price = simulate_unit_prices(seed, layout, item_price, commodity) * np.exp(effects.log_price)
    mass = (base.mass * effects.factor + effects.added) * effects.season
    mass, value = add_parcels(seed, mass, mass * unit_price)
    usual_mass = layout.sum_by_item(base.expected).mean(axis=1)
    export_mass, export_value = simulate_exports(seed, layout, usual_mass, unit_price)
    return World(
        seed=seed,
        size=size,
        months=months,
        layout=layout,
        import_mass=mass * layout.is_origin[:, None],
        import_value=value * layout.is_origin[:, None],
        export_mass=export_mass,
        export_value=export_value,
        uncut=base.mass * effects.season,
        expected=base.expected * effects.season,
        unit_price=unit_price,
        commodity=commodity,
        pressure=simulate_pressure(seed, months, cases, closures),
        straits=simulate_strait_days(seed, size, months, closures),
        ports=simulate_port_days(seed, size, months, cases) if size.ports else None,
        cases=cases,
        closures=closures,
    )
