"""Reads `schemas/`, the single source of truth, without importing any engine.

`table`, `landing`, `register.detector`, `codes.code_list` and `messages.say` are all a module needs; the
compilers beside this file (`spark`, `arrow`, `expectations`, `assets`, `datapackage`, `odcs`) turn them into what
each engine wants.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from jobs.contracts.model import Column, Landing, Table

_PACKED = Path(__file__).parents[1] / "packed" / "schemas"  # in a wheel; in a checkout they stand beside jobs/
SCHEMAS = Path(
    os.environ.get("CUSTOMS_SCHEMAS", _PACKED if _PACKED.is_dir() else Path(__file__).parents[2] / "schemas")
)
BRONZE_LINEAGE = [
    *("delivery_id", "source_row", "source_file", "file_sha256", "arrived_on", "is_arrival_stated", "ingested_at"),
]
BRONZE_OWN = ["extra_columns", "reject_reason", "raw_record"]


class ContractError(Exception):
    """A contract is broken, by a file in `schemas/` or by what was delivered; the night stops with exit code 3."""


class UniqueKeyLoader(yaml.CSafeLoader):
    """Reads YAML, and refuses a mapping in which a key stands twice: YAML itself would keep the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) > len(set(keys)):
            twice = sorted({str(key) for key in keys if keys.count(key) > 1})
            raise yaml.constructor.ConstructorError(problem=f"key stands twice: {', '.join(twice)}")
        return dict(super().construct_mapping(node, deep))


def read_yaml(path: Path) -> Any:
    """Content of one contract file.

    Raises:
        ContractError: the file is no YAML, or a key of it stands twice.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), UniqueKeyLoader)
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not readable as YAML: {error}") from error


@cache
def fields() -> dict[str, Column]:
    """Every column definition by its entry; a suffix (`status.declaration`) is a meaning of its own, not part of the
    name.
    """
    return {
        entry: Column.model_validate({"name": entry.split(".")[0], **body})
        for entry, body in read_yaml(SCHEMAS / "fields.yml").items()
    }


def use_field(entry: str, *, is_lineage: bool = False) -> Column:
    """The column a table's entry names; a trailing `?` lets it be empty."""
    name = entry.removesuffix("?")
    if name not in fields():
        raise ContractError(f"schemas/fields.yml does not define {name!r}")
    nullable = entry.endswith("?") or is_lineage
    return fields()[name].model_copy(update={"is_nullable": nullable, "is_lineage": is_lineage})


def bronze_table(name: str, source: str) -> Table:
    """The bronze table of a landing contract: the lineage, its columns as text, and what could not be read.

    The lineage comes first: Delta keeps statistics of the first 32 columns, and deliveries are looked up by it.
    """
    delivered = landing(source)
    text = [
        Column.model_validate(
            {"name": c, "type": "string", "ko": c, "en": c, "def": f"{c} as delivered", "is_nullable": True}
        )
        for c in delivered.columns
    ]
    own = [use_field(entry + "?") for entry in BRONZE_OWN]
    lineage = [use_field(entry, is_lineage=True) for entry in BRONZE_LINEAGE]
    return Table(
        name=name,
        title=delivered.title,
        row=delivered.row,
        key=["delivery_id", "source_row"],
        columns=[*lineage, *own, *text],
        disclosure="internal",
        written_by="ingest",
    )


@cache
def table(name: str) -> Table:
    """The contract of one table, such as `silver.trade_month`.

    Raises:
        ContractError: there is no such file, or it is not a valid contract.
    """
    path = SCHEMAS / (name.replace(".", "/") + ".yml")
    if not path.exists():
        raise ContractError(f"no contract for {name}: {path} is missing")
    body = read_yaml(path)
    if body.get("table") != name:
        raise ContractError(f"{path}: `table:` is {body.get('table')!r}, not {name!r}")
    if "landing" in body:
        return bronze_table(name, body["landing"])
    body["name"] = body.pop("table")
    columns = [use_field(entry) for entry in body.pop("fields").split()]
    columns += [use_field(entry, is_lineage=True) for entry in body.pop("lineage", [])]
    try:
        return Table.model_validate({**body, "columns": columns})
    except ValidationError as error:
        raise ContractError(f"{path}: {error}") from error


@cache
def tables(layer: str | None = None) -> tuple[Table, ...]:
    """All table contracts, or those of one layer, in the order of the layers and of their names."""
    layers = [layer] if layer else ["bronze", "silver", "gold", "ops"]
    return tuple(table(f"{each}.{path.stem}") for each in layers for path in sorted((SCHEMAS / each).glob("*.yml")))


@cache
def landing(source: str) -> Landing:
    """The contract of one kind of delivered file."""
    path = SCHEMAS / "landing" / f"{source}.yml"
    if not path.exists():
        raise ContractError(f"no landing contract {source!r}: {path} is missing")
    try:
        return Landing.model_validate(read_yaml(path))
    except ValidationError as error:
        raise ContractError(f"{path}: {error}") from error


@cache
def landings() -> tuple[Landing, ...]:
    """All landing contracts by source name."""
    return tuple(landing(path.stem) for path in sorted((SCHEMAS / "landing").glob("*.yml")))
