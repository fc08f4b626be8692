"""Which chokepoints lie between a country and Korea: `python -m jobs.fetch.routes` writes schemas/codes/routes.yml.

For every port of a country the shortest sea route to Busan is sought (package searoute, over the maritime network of
Eurostat); a country's share through a chokepoint is the share of its ports, weighted by how many countries each
port has services to. It says which way goods would come by the shortest route, not which way they came.
"""

from __future__ import annotations

import logging
import sys
from collections import defaultdict

import yaml

from jobs.contracts import SCHEMAS

log = logging.getLogger(__name__)
BUSAN = (129.04, 35.10)
HOME = "KR"
STRAITS = {"suez": "suez", "babalmandab": "bab_el_mandeb", "ormuz": "hormuz", "malacca": "malacca"}
LEAST_SHARE = 0.05
PORTS_MOST = 8
HEADER = """# Share of a country's shipping to Korea whose shortest sea route passes each chokepoint; written by
# `python -m jobs.fetch.routes` from the package searoute. A country without a port is absent: its routes are unknown.
"""


def busiest_ports() -> dict[str, list[tuple[tuple[float, float], float]]]:
    """Ports by country code, those with the most services first: place and weight."""
    import searoute

    ports: dict[str, list[tuple[tuple[float, float], float]]] = defaultdict(list)
    for place, about in searoute.setup_P().nodes(data=True):
        ports[str(about["port"])[:2]].append((place, 1.0 + len(about.get("to_cty") or [])))
    return {code: sorted(result, key=lambda each: (-each[1], each[0]))[:PORTS_MOST] for code, result in ports.items()}


def route_shares(ports: list[tuple[tuple[float, float], float]]) -> dict[str, float]:
    """Weighted share of the ports whose shortest route to Busan passes each chokepoint."""
    import searoute

    passed: dict[str, float] = defaultdict(float)
    for place, weight in ports:
        route = searoute.searoute(list(place), list(BUSAN), return_passages=True)
        for passage in route["properties"]["traversed_passages"]:
            if passage in STRAITS:
                passed[STRAITS[passage]] += weight
    total = sum(weight for _, weight in ports)
    return {strait: round(seen / total, 2) for strait, seen in sorted(passed.items()) if seen / total >= LEAST_SHARE}


def main() -> int:
    """Write the file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shares = {code: route_shares(ports) for code, ports in sorted(busiest_ports().items()) if code != HOME}
    path = SCHEMAS / "codes" / "routes.yml"
    path.write_text(HEADER + yaml.safe_dump(shares, sort_keys=True), encoding="utf-8")
    log.info("%s: %d countries", path, len(shares))
    return 0


if __name__ == "__main__":
    sys.exit(main())
