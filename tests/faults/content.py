"""What a lake says, apart from where it came from: equal lakes answer alike to whoever reads them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from jobs import contracts
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake

# Ops tables mark no lineage: these columns of them say what happened, the others when and in which run.
OPS = {
    "ops.load": [
        "source",
        "file_sha256",
        "records_in",
        "records_out",
        "records_unchanged",
        "records_quarantined",
        "records_rejected",
    ],
    "ops.quarantine": ["source", "record_id", "reason_codes"],
    "ops.rejected": ["source", "record_id", "reason_code"],
}
Content = dict[str, list[str]]


def content(lake: Path) -> Content:
    """Every row of bronze, silver, gold and of the ledgers as JSON without lineage, sorted, by table."""
    stored = Lake(None, str(lake), "")
    said = {}
    for layer in ("bronze", "silver", "gold"):
        for contract in contracts.tables(layer):
            said[contract.name] = sorted(
                canonical_json(row, contract) for row in stored.rows(contract.name).to_pylist()
            )
    for name, columns in OPS.items():
        said[name] = sorted(json.dumps(row, sort_keys=True) for row in stored.rows(name, columns).to_pylist())
    return said


def differences(reference: Content, other: Content) -> list[str]:
    """Tables that differ, each with how many rows are missing and how many are too many."""
    result = []
    for name, rows in reference.items():
        if rows != other[name]:
            missing, extra = Counter(rows) - Counter(other[name]), Counter(other[name]) - Counter(rows)
            result.append(f"{name} -{missing.total()} +{extra.total()}")
    return result


def unbalanced(lake: Path) -> list[dict[str, Any]]:
    """Files whose records do not add up: in = out + unchanged + quarantined + rejected."""
    loads = Lake(None, str(lake), "").rows("ops.load", OPS["ops.load"]).to_pylist()
    ended = ("out", "unchanged", "quarantined", "rejected")
    return [row for row in loads if row["records_in"] != sum(row[f"records_{state}"] for state in ended)]
