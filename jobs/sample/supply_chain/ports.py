"""Daily calls and cargo of a few ports; a strike empties the Korean one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray
from jobs.sample.parameters import Size
from jobs.sample.streams import stream
from jobs.sample.supply_chain.cases import Case

# UN/LOCODE: (PortWatch id, name, usual calls a day, share of container ships, tonnes in and out a call)
PORTS = {
    "KRPUS": ("port1065", "Busan", 54.0, 0.60, 5000.0, 3600.0),
    "CNSHA": ("port1188", "Shanghai", 119.0, 0.31, 10000.0, 6200.0),
    "SGSIN": ("port1201", "Singapore", 125.0, 0.31, 9000.0, 8600.0),
    "NLRTM": ("port1114", "Rotterdam", 82.0, 0.22, 8000.0, 3200.0),
    "AEJEA": ("port744", "Jebel Ali", 25.0, 0.56, 16000.0, 10700.0),
    "DEHAM": ("port446", "Hamburg", 17.0, 0.56, 9000.0, 8400.0),
    "INNSA": ("port776", "Mumbai", 18.0, 0.36, 9000.0, 7700.0),
    "USLGB": ("port664", "Los Angeles-Long Beach", 10.0, 0.52, 25000.0, 12000.0),
    "BRSSZ": ("port1160", "Santos", 15.0, 0.40, 9000.0, 19500.0),
    "GBFXT": ("port343", "Felixstowe", 4.0, 0.60, 12000.0, 8500.0),
    "EGALY": ("port23", "Alexandria", 11.0, 0.33, 8000.0, 4700.0),
    "TRMER": ("port735", "Mersin", 8.5, 0.45, 6000.0, 4000.0),
}


@dataclass(frozen=True, kw_only=True)
class PortDays:
    """Settled daily figures, ports x days: calls and metric tons, of container ships and of all ships."""

    days: NDArray[np.datetime64]
    codes: tuple[str, ...]
    calls: NDArray[np.int64]
    container_calls: NDArray[np.int64]
    tonnes: dict[str, NDArray[np.int64]]


def simulate_port_days(seed: int, size: Size, months: DateArray, cases: tuple[Case, ...]) -> PortDays:
    """Poisson calls with a weekly cycle, and cargo in proportion to them."""
    rng = stream(seed, "ports")
    codes = tuple(PORTS)[: size.ports]
    days = np.arange(months[0].astype("datetime64[D]"), (months[-1] + 1).astype("datetime64[D]"))
    _, _, usual, container, inward, outward = (
        np.array(column) for column in zip(*(PORTS[c] for c in codes), strict=True)
    )
    cycle = rng.normal(0.0, 0.05, (len(codes), 7))[:, (days.astype(int) + 3) % 7]
    mean = usual[:, None] * np.exp(cycle) * _strike_factor(codes, days, months, cases)
    calls = rng.poisson(mean)
    of_containers = rng.binomial(calls, container[:, None])
    tonnes = {}
    for direction, per_call in (("import", inward), ("export", outward)):
        size_of_call = per_call[:, None] * rng.lognormal(0.0, 0.2, calls.shape)
        tonnes[f"{direction}_container_tons"] = np.rint(of_containers * size_of_call).astype(np.int64)
        tonnes[f"{direction}_total_tons"] = np.rint(calls * size_of_call).astype(np.int64)
    return PortDays(days=days, codes=codes, calls=calls, container_calls=of_containers, tonnes=tonnes)


def _strike_factor(
    codes: tuple[str, ...], days: NDArray[np.datetime64], months: DateArray, cases: tuple[Case, ...]
) -> NDArray[np.float64]:
    factor = np.ones((len(codes), len(days)))
    korean = [i for i, code in enumerate(codes) if code.startswith("KR")]
    for case in (c for c in cases if c.kind == "strike"):
        factor[np.ix_(korean, days.astype("datetime64[M]") == months[case.first])] *= case.depth
    return factor
