"""A night's public tables as Parquet and CSV with a Frictionless `datapackage.json` made from the contracts.

The same night and the same lake give the same bytes: rows are sorted by their key, no clock is read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.i18n import LANGUAGES, text
from jobs import contracts, reading
from jobs.contracts import ContractError, register
from jobs.contracts.csv_text import write_csv
from jobs.contracts.model import Landing, Table
from jobs.publish import datapackage
from jobs.settings import settings

FILLED_NOW_AND_THEN = frozenset({"gold.backtest"})


def publish_export(night: date) -> Path:
    """Write the export of a night; the answer is its folder, complete or not there at all.

    Raises:
        ContractError: the night was never run, so there is nothing to hand out.
    """
    if night not in reading.nights():
        raise ContractError(f"no night {night} in the lake: run it before exporting it")
    target = settings().published / night.isoformat() / "export"
    building = target.with_name("export.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    tables = [(table, public_rows(table, night)) for table in public_tables()]
    resources = [each for table, rows in tables for each in write_table(building, table, rows)]
    described = describe_package(night, resources)
    (building / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (building / "README.md").write_text(write_readme(night, tables), "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    return target


def public_tables() -> list[Table]:
    """Gold tables whose contract lets everyone see them."""
    return [table for table in contracts.tables("gold") if table.disclosure == "public"]


def public_rows(table: Table, night: date) -> pa.Table:
    """A table's content of the night, sorted by key; of one filled now and then, the newest content up to the night."""
    stored = [each for each in reading.night_partitions(table.name) if each <= night]
    chosen = max(stored) if stored and table.name in FILLED_NOW_AND_THEN else night
    return (
        reading.read(table.name, chosen)
        .select(table.content_names)
        .sort_by([(name, "ascending") for name in table.key])
    )


def write_table(folder: Path, table: Table, rows: pa.Table) -> list[dict[str, Any]]:
    """Both files of a table, described."""
    name = table.name.split(".", 1)[1]
    (folder / f"{name}.csv").write_text(write_csv(rows), "utf-8", newline="")
    pq.write_table(rows.cast(annotate(table, rows.schema)), folder / f"{name}.parquet", compression="zstd")
    return [
        datapackage.resource(table, measure(folder / f"{name}.{form}", rows.num_rows)) for form in ("csv", "parquet")
    ]


def annotate(table: Table, schema: pa.Schema) -> pa.Schema:
    """The schema with labels, definition and unit beside every column, as Parquet can carry them."""
    columns = {column.name: column for column in table.columns}
    notes = {
        name: {"en": c.en, "ko": c.ko, "definition": c.definition} | ({"unit": c.unit} if c.unit else {})
        for name, c in columns.items()
    }
    return pa.schema([each.with_metadata(notes[each.name]) for each in schema])


def measure(path: Path, row_count: int) -> datapackage.File:
    """Size and hash of a written file."""
    content = path.read_bytes()
    return datapackage.File(
        path=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest(), row_count=row_count
    )


def sources(night: date) -> list[Landing]:
    """Landing contracts of what the night had; all of them where the night says nothing of its sources."""
    known = {row["source"] for row in reading.freshness(night).to_pylist() if row["status"] != "missing"}
    return [each for each in contracts.landings() if not known or each.source in known]


def describe_package(night: date, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The package's own description."""
    words = {
        key: {lang: text(f"export.{key}", lang, night=night) for lang in LANGUAGES} for key in ("title", "description")
    }
    return datapackage.package(
        f"customs-early-warning-{night}",
        words["title"],
        words["description"],
        night,
        resources,
        sources(night),
        versions(night)[0],
    )


def versions(night: date) -> tuple[str, str]:
    """Versions of the rules and of the code that made the night."""
    runs = reading.last_runs(night).to_pylist()
    return (runs[-1]["rules_version"], runs[-1]["code_version"]) if runs else (register.rules_versions(), "")


def write_readme(night: date, tables: list[tuple[Table, pa.Table]]) -> str:
    """The package in words, Korean first."""
    shelves = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, autoescape=False
    )
    rules, code = versions(night)
    entries = [
        {
            "table": table,
            "name": table.name.split(".", 1)[1],
            "rows": rows.num_rows,
            "columns": [column for column in table.columns if not column.is_lineage],
        }
        for table, rows in tables
    ]
    return shelves.get_template("README.md").render(
        t=text,
        night=night,
        tables=entries,
        sources=sources(night),
        rules=rules,
        code=code,
        title=lambda described, lang: getattr(described.title, lang),
        describe=datapackage.describe,
    )
