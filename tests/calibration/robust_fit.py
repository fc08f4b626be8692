"""Draw FastLTS beside real price outliers: `python -m tests.calibration.robust_fit --out FOLDER`.

The fishery and tradeH transactions of the European Commission's Joint Research Centre (FSDA, EUPL), read from
CUSTOMS_REAL_DATA: value on quantity, 75 % of the points trusted, outliers beyond 97.5 % of the reweighted fit.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from dashboards.figures import svg
from tests.reference import robust_fit_figure as robust_fit
from tests.reference.lts import lts_fit

SETS = ("fishery", "tradeH")


def real_data() -> Path:
    return Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "jrc_trade"


def fit_transactions(points: np.ndarray) -> pa.Table:
    """Table of the figure from quantity and value, (N, 2)."""
    quantity, value = points.T
    fit = lts_fit(quantity[:, None], value, alpha=0.75)
    return pa.table(
        {
            "quantity": quantity,
            "value": value,
            "fitted": fit.coefficients[0] + fit.coefficients[1] * quantity,
            "is_outlier": ~fit.is_inlier,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        rows = fit_transactions(np.loadtxt(real_data() / f"{name}.txt"))
        drawn = svg.draw(robust_fit.figure(rows, lang="en"), alt=f"FastLTS on {name}", width=760)
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")
        sys.stdout.write(f"{name}: {sum(rows['is_outlier'].to_pylist())} outliers of {len(rows)}\n")


if __name__ == "__main__":
    main()
