"""A landing folder of sound declarations of one market, with dirty lines among them, one way of being wrong each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from jobs import contracts
from tests.builders.declarations import line, write_lines

NIGHT = date(2024, 5, 13)
SOUND, DAYS, USD_PER_KG = 90, 45, 2.0
BULK = {"packaging": "bulk", "package_count": 1}
BARE = {**BULK, "gross_mass_kg": ""}  # nothing in the line tells what its net mass should be


@dataclass(frozen=True)
class Dirty:
    """A line with something wrong.

    Attributes:
        reason: the code that says what.
        stated: what it states otherwise.
        ends: where it ends: `rejected` unread, `quarantined`, `flagged` in silver, or `capped` by the night.
    """

    reason: str
    ends: str
    stated: dict[str, object] = field(default_factory=dict)


DIRTY = {
    "zero_mass": Dirty("mass_zero", "flagged", {"net_mass_kg": 0}),
    "grams": Dirty("mass_unit_off", "flagged", {"net_mass_kg": 20_000_000}),
    "tonnes": Dirty("mass_unit_off", "flagged", {"net_mass_kg": 20}),
    "bulk_in_grams": Dirty(
        "implausible_unit_price", "capped", {"net_mass_kg": 20_000_000, "gross_mass_kg": 20_400_000, **BULK}
    ),
    "bulk_in_tonnes": Dirty("implausible_unit_price", "capped", {"net_mass_kg": 20, "gross_mass_kg": 20.4, **BULK}),
    "dollars_for_mass": Dirty("mass_value_swapped", "flagged", {"net_mass_kg": 41_000, "customs_value_usd": 20_000}),
    "won_for_mass": Dirty("mass_value_swapped", "flagged", {"net_mass_kg": 56_000_000, "customs_value_krw": 20_000}),
    "dollars_for_mass_in_bulk": Dirty(
        "usd_mismatch", "flagged", {"net_mass_kg": 41_000, "customs_value_usd": 20_000, **BARE}
    ),
    "won_for_mass_in_bulk": Dirty(
        "implausible_unit_price",
        "capped",
        {"net_mass_kg": 56_000_000, "customs_value_krw": 20_000, "customs_value_usd": "", **BARE},
    ),
    "unknown_product": Dirty("unknown_product", "flagged", {"standard_name_code": "garlick"}),
    "declared_tomorrow": Dirty(
        "future_period", "quarantined", {"declared_at": f"{NIGHT + timedelta(days=1)}T09:00:00+09:00"}
    ),
    "shipped_next_month": Dirty("future_date", "quarantined", {"shipped_on": f"{NIGHT + timedelta(days=31)}"}),
    "decimal_comma": Dirty("decimal_comma", "quarantined", {"net_mass_kg": '"20000,5"'}),
    "twice": Dirty("duplicate_row", "quarantined"),
    "euc_kr": Dirty("record_undecodable", "rejected", {"grade": "상품"}),
    "euc_kr_read_as_latin": Dirty("garbled_text", "quarantined", {"grade": "»óÇ°"}),
}
CHEAP = {"fifth": 0.2, "deepest": 0.15}  # sound lines at these parts of the usual price: true low prices


def declared(name: str, day: date, usd_per_kg: float, **stated: object) -> dict[str, str]:
    """A line filed on a day, accepted on it, shipped eight days earlier."""
    on = {
        "declaration_id": name,
        "declared_at": f"{day}T09:30:00+09:00",
        "accepted_at": f"{day}T17:00:00+09:00",
        "shipped_on": day - timedelta(days=8),
    }
    return line(usd_per_kg, **{**on, **stated})


def sound_lines(seed: int = 5) -> list[dict[str, str]]:
    """Lines at about the usual price over the days to the night, of thirty importers, bagged and in bulk by turns."""
    rng = np.random.default_rng(seed)
    prices = USD_PER_KG * np.exp(rng.normal(0, 0.08, SOUND))
    return [
        declared(
            f"sound-{n:03d}",
            NIGHT - timedelta(days=DAYS - 1 - n * DAYS // SOUND),
            float(price),
            importer_id=f"F{n % 30:02d}",
            exporter_id=f"X{n % 12:02d}",
            **(BULK if n % 2 else {}),
        )
        for n, price in enumerate(prices)
    ]


def write_dirty(folder: Path) -> Path:
    """The one delivery of the night: sound lines, cheap ones, and the dirty ones among them; its file."""
    rows = sound_lines()
    rows += [declared(name, NIGHT, USD_PER_KG * part, importer_id=f"C-{name}") for name, part in CHEAP.items()]
    lines = {
        name: declared(name, NIGHT, USD_PER_KG, **{"importer_id": f"D-{name}", **dirty.stated})
        for name, dirty in DIRTY.items()
    }
    foreign = [row for name, row in lines.items() if DIRTY[name].reason == "record_undecodable"]
    rows += [row for row in lines.values() if row not in foreign] + [lines["twice"]]
    path = write_lines(folder, "import_declaration", rows, f"known_{NIGHT}")
    columns = contracts.landing("import_declaration").columns
    texts = [",".join(row.get(name, "") for name in columns) for row in foreign]
    path.write_bytes(path.read_bytes() + "".join(f"{text}\n" for text in texts).encode("euc-kr"))
    return path
