"""Calibration of the monthly mass model on simulated hurdle series, and the tables of SC-SHORT and SC-SHIFT.

    python -m tests.calibration.mass check [--seeds 40]    rates by density class, spread and history length
    python -m tests.calibration.mass tables [--seeds 24]   writes jobs/domains/supply_chain/methods/shortage_tables.py

Check: the randomised p should realise 0.7 to 1.3 % at a nominal 1 %, the alarms' p (drop, surge, and SC-SHORT, which
decides) at most 1.3 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.backtest.quiet_tables import (
    QUIET,
    TAIL,
    Tables,
    assess_world,
    build_tables,
    panel_of_world,
)
from jobs.domains.supply_chain.methods.mass import MassVerdict
from jobs.domains.supply_chain.methods.shortage import assess_shortage
from jobs.stats.levels.hurdle import density_class
from tests.builders.configs import QUANTITY

TABLES = Path(__file__).parents[2] / "jobs/domains/supply_chain/methods/shortage_tables.py"
FIRST = 12
COLUMNS = ("randomised", "drop", "surge", "short", "shift", "month", "kind", "spread")
SHOWN = COLUMNS[:5]


def randomised_p(verdict: MassVerdict, rng: np.random.Generator) -> FloatArray:
    """Lower-tail p, uniform where the model is true: the atom at an empty month is spread by a uniform draw."""
    draw = rng.random(verdict.observed.shape)
    return np.where(verdict.observed > 0, verdict.p_drop, draw * verdict.p_drop)


def assess_worlds(seeds: Iterable[int]) -> dict[str, NDArray[np.float64]]:
    """One entry a assessed month of the quiet worlds: p-values, month, density class, predictive spread."""
    parts = []
    for seed in seeds:
        panel = panel_of_world(seed, QUIET)
        verdict = assess_world(panel, QUANTITY, FIRST)
        result = assess_shortage(verdict, QUANTITY)
        month = np.broadcast_to(np.arange(FIRST, len(panel.months)), verdict.p_drop.shape)
        kind = np.stack(
            [
                density_class((panel.mass[:, :t] > 0).mean(1), QUANTITY.mass.density)
                for t in range(FIRST, len(panel.months))
            ],
            axis=1,
        )
        columns = (
            randomised_p(verdict, np.random.default_rng(seed)),
            verdict.p_drop,
            verdict.p_surge,
            result.p_short,
            result.p_shift,
            month,
            kind,
            verdict.phi,
        )
        parts.append(np.stack([np.asarray(column, dtype=float).ravel() for column in columns]))
    table = np.concatenate(parts, axis=1)
    return dict(zip(COLUMNS, table[:, np.isfinite(table[0])], strict=True))


def rates(assessed: dict[str, NDArray[np.float64]]) -> list[tuple[str, int, list[float]]]:
    """Rows of (group, months, rates at a nominal 1 % of each of SHOWN)."""
    spread = np.digitize(assessed["spread"], np.quantile(assessed["spread"], [0.25, 0.5, 0.75]))
    groups = [("all", np.ones(len(spread), dtype=bool))]
    groups += [(f"density {name}", assessed["kind"] == c) for c, name in enumerate(("dense", "medium", "sparse"))]
    groups += [(f"spread quarter {k + 1}", spread == k) for k in range(4)]
    groups += [
        (f"history {t} to {t + 5}", (assessed["month"] >= t) & (assessed["month"] < t + 6)) for t in range(12, 42, 6)
    ]
    return [(name, int(g.sum()), [float((assessed[p][g] <= 0.01).mean()) for p in SHOWN]) for name, g in groups]


def write_tables(seeds: Iterable[int]) -> None:
    """Write the reference tables as a module of constants."""
    TABLES.write_text(tables_module(build_tables(seeds, QUANTITY)), encoding="utf-8")


def tables_module(tables: Tables) -> str:
    """The module that holds the tables: figures as text, so that a formatter leaves them as they are."""

    def block(values: NDArray[np.float64]) -> str:
        rows = [" ".join(f"{v:.4g}" for v in row) for row in values.reshape(-1, 12)]
        return "\n".join(rows)

    return (
        '"""Statistics of SC-SHORT and SC-SHIFT exceeded in quiet worlds, by density class (dense, medium, sparse).\n\n'
        "SHORT has shape (windows, classes, TAIL), SHIFT (classes, TAIL).\n"
        'Written by `python -m tests.calibration.mass tables`; do not edit.\n"""\n\n'
        "import numpy as np\n\n"
        f"TAIL = np.geomspace({TAIL[0]}, {TAIL[-1]}, {len(TAIL)})\n"
        f"LIMIT = ({', '.join(f'{v:.4g}' for v in tables.limit)})\n"
        f'SHORT = np.fromstring(\n    """\n{block(tables.short)}\n""",\n    sep=" ",\n)'
        f".reshape{tables.short.shape}\n"
        f'SHIFT = np.fromstring(\n    """\n{block(tables.shift)}\n""",\n    sep=" ",\n)'
        f".reshape{tables.shift.shape}\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "tables"])
    parser.add_argument("--seeds", type=int, default=24)
    chosen = parser.parse_args(arguments)
    if chosen.command == "tables":
        write_tables(range(301, 301 + chosen.seeds))
        return 0
    for name, months, values in rates(assess_worlds(range(401, 401 + chosen.seeds))):
        shown = "  ".join(f"{what} {100 * v:5.2f} %" for what, v in zip(SHOWN, values, strict=True))
        sys.stdout.write(f"{name:18s} {months:8d} months   {shown}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
