"""Calibration of the monthly mass model on simulated hurdle series, and the tables of SC-RUN and SC-SHIFT.

    python -m tests.calibration.mass check [--seeds 40]    rates by density class, spread and history length
    python -m tests.calibration.mass tables [--seeds 24]   writes jobs/methods/shortage_tables.py

Check: the randomised p should realise 0.7 to 1.3 % at a nominal 1 %, the alarm's p at most 1.3 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobs.backtests.reference import QUIET, TAIL, build_tables, panel_of_world
from jobs.methods.hurdle import density_class
from jobs.methods.mass import MassConfig, fit_pools, judge_mass, randomised_p

NIGHTS = (15, 18, 22, 26, 30, 36, 41)
TABLES = Path(__file__).parents[2] / "jobs" / "methods" / "shortage_tables.py"


def judge_worlds(seeds: Iterable[int], nights: Iterable[int] = NIGHTS) -> dict[str, NDArray[np.float64]]:
    """One entry a judged month of the quiet worlds: p-values, night, density class, size, predictive spread."""
    config, parts = MassConfig(), []
    for seed in seeds:
        panel, rng = panel_of_world(seed, QUIET), np.random.default_rng(seed)
        for t in nights:
            pools = fit_pools(panel.mass[:, :t], panel.months[:t], config)
            verdict = judge_mass(
                panel.mass[:, : t + 1],
                panel.months[: t + 1],
                panel.item,
                np.array([t]),
                pools,
                config,
                intervals=False,
            )
            kind = density_class((panel.mass[:, :t] > 0).mean(1))
            parts.append(
                np.column_stack(
                    [
                        randomised_p(verdict, rng),
                        verdict.p_drop,
                        verdict.p_surge,
                        np.full(len(kind), t),
                        kind,
                        verdict.phi,
                    ]
                )
            )
    table = np.concatenate(parts)
    table = table[np.isfinite(table[:, 0])]
    return dict(zip(("randomised", "drop", "surge", "night", "kind", "spread"), table.T, strict=True))


def rates(judged: dict[str, NDArray[np.float64]]) -> list[tuple[str, int, float, float, float]]:
    """Rows of (group, months, randomised, conservative drop, conservative surge), rates at a nominal 1 %."""
    spread = np.digitize(judged["spread"], np.quantile(judged["spread"], [0.25, 0.5, 0.75]))
    groups = [(f"density {name}", judged["kind"] == c) for c, name in enumerate(("dense", "medium", "sparse"))]
    groups += [(f"spread quarter {k + 1}", spread == k) for k in range(4)]
    groups += [(f"history {int(t)}", judged["night"] == t) for t in np.unique(judged["night"])]
    return [
        (name, int(g.sum()), *(float((judged[p][g] <= 0.01).mean()) for p in ("randomised", "drop", "surge")))
        for name, g in [("all", np.ones(len(spread), dtype=bool)), *groups]
    ]


def write_tables(seeds: Iterable[int]) -> None:
    """Write the reference tables as a module of constants."""
    tables = build_tables(seeds, MassConfig())

    def block(values: NDArray[np.float64]) -> str:
        rows = [", ".join(f"{v:.4g}" for v in row) for row in np.atleast_2d(values)]
        return "np.array([\n" + "".join(_wrap(row) for row in rows) + "])"

    TABLES.write_text(
        '"""Statistics of SC-RUN and SC-SHIFT exceeded in quiet worlds, by density class (dense, medium, sparse).\n\n'
        'Written by `python -m tests.calibration.mass tables`; do not edit.\n"""\n\n'
        "import numpy as np\n\n"
        f"TAIL = np.geomspace({TAIL[0]}, {TAIL[-1]}, {len(TAIL)})\n"
        f"LIMIT = ({', '.join(f'{v:.4g}' for v in tables.limit)})\n"
        f"RUN = {block(tables.run)}\nSHIFT = {block(tables.shift)}\n",
        encoding="utf-8",
    )


def _wrap(row: str, width: int = 10) -> str:
    cells = row.split(", ")
    lines = [", ".join(cells[i : i + width]) for i in range(0, len(cells), width)]
    return "    [\n" + "".join(f"        {line},\n" for line in lines) + "    ],\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "tables"])
    parser.add_argument("--seeds", type=int, default=24)
    chosen = parser.parse_args(arguments)
    if chosen.command == "tables":
        write_tables(range(301, 301 + chosen.seeds))
        return 0
    for name, months, *values in rates(judge_worlds(range(401, 401 + chosen.seeds))):
        shown = "  ".join(f"{100 * v:5.2f} %" for v in values)
        sys.stdout.write(f"{name:18s} {months:8d} months   randomised, drop, surge: {shown}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
