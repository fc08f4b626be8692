"""Daily transits of straits and calls at ports, the last two weeks of each delivery still reading low."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.sample.files import LandingFile
from jobs.sample.parameters import AIS_LAG_DAYS
from jobs.sample.supply_chain.ports import PORTS
from jobs.sample.supply_chain.vintages import read_low
from jobs.sample.supply_chain.world import World

STRAIT_HEADER = ("date", "chokepoint", "n_total", "n_tanker", "n_cargo", "capacity")
PORT_HEADER = (
    "activity_date",
    "port_code",
    "portwatch_id",
    "portwatch_name",
    "portcalls_container",
    "portcalls_total",
    "import_container_tons",
    "import_total_tons",
    "export_container_tons",
    "export_total_tons",
)


def chokepoints(world: World, known_days: list[np.datetime64]) -> Iterator[LandingFile]:
    """One row a day and strait: ships by kind, and their capacity in deadweight tonnes."""
    straits = world.straits
    for known_on, tankers, cargo, cells in _deliver(straits.days, known_days, straits.tankers, straits.cargo):
        capacity = np.rint((tankers + cargo) * straits.tonnes_per_ship).astype(np.int64)
        figures = (tankers + cargo, tankers, cargo, capacity)
        lines = [
            (str(straits.days[day]), straits.names[strait], *(int(f[strait, day]) for f in figures))
            for day, strait in sorted(cells, key=lambda cell: (cell[0], straits.names[cell[1]]))
        ]
        yield LandingFile(
            folder="portwatch", stem="chokepoints_daily", known_on=known_on, header=STRAIT_HEADER, rows=lines
        )


def port_activity(world: World, known_days: list[np.datetime64]) -> Iterator[LandingFile]:
    """One row a day and port: calls, and metric tons in and out."""
    ports = world.ports
    assert ports is not None, "a size without ports names no port source"
    tonnes = (
        ports.tonnes[name]
        for name in (
            "import_container_tons",
            "import_total_tons",
            "export_container_tons",
            "export_total_tons",
        )
    )
    for known_on, *figures, cells in _deliver(ports.days, known_days, ports.container_calls, ports.calls, *tonnes):
        lines = [
            (
                str(ports.days[day]),
                ports.codes[port],
                *PORTS[ports.codes[port]][:2],
                *(int(f[port, day]) for f in figures),
            )
            for day, port in sorted(cells, key=lambda cell: (cell[0], ports.codes[cell[1]]))
        ]
        yield LandingFile(
            folder="portwatch", stem="port_activity_daily", known_on=known_on, header=PORT_HEADER, rows=lines
        )


def _deliver(
    days: NDArray[np.datetime64], known_days: Sequence[np.datetime64], *columns: NDArray[np.int64]
) -> Iterator[tuple[Any, ...]]:
    """For each delivery: its day, the columns as read then, the (day, place) cells new or changed."""
    before, last_day = [np.zeros_like(column) for column in columns], days[0] - 1
    for known_on in known_days:
        now = [read_low(column, days, known_on) for column in columns]
        differs = np.logical_or.reduce([a != b for a, b in zip(now, before, strict=True)])
        is_new = (days > last_day) & (days <= known_on - AIS_LAG_DAYS)  # a day without a ship is delivered too
        yield (known_on, *now, np.argwhere((differs | is_new).T).tolist())
        before, last_day = now, known_on - AIS_LAG_DAYS
