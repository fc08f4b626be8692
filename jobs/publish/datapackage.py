"""Contracts as a Frictionless Data Package (specs.frictionlessdata.io, version 1): what a researcher's tools read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jobs.contracts.codes import code_set
from jobs.contracts.model import Column, Landing, Table
from jobs.contracts.types import Array, Map, Scalar, Struct, Type, parse_type

SCALARS = {
    "string": "string",
    "int": "integer",
    "bigint": "integer",
    "double": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a package: its name, size in bytes, SHA-256, and how many rows it holds."""

    path: str
    size: int
    sha256: str
    row_count: int


def field_type(kind: Type) -> str:
    """The Table Schema type of a contract type.

    >>> from jobs.contracts.types import parse_type
    >>> field_type(parse_type("decimal(20,2)")), field_type(parse_type("array<string>"))
    ('number', 'array')
    """
    match kind:
        case Scalar(name):
            return SCALARS[name]
        case Array():
            return "array"
        case Map() | Struct():
            return "object"


def field(column: Column) -> dict[str, Any]:
    """A column as a Table Schema field: type, both labels, definition, unit and what it may hold."""
    result: dict[str, Any] = {
        "name": column.name,
        "type": field_type(parse_type(column.type)),
        "title": column.en,
        "titleKo": column.ko,
        "description": column.definition,
    }
    if column.unit:
        result["unit"] = column.unit
    limits: dict[str, Any] = {} if column.is_nullable else {"required": True}
    if column.codes and column.codes != "country":
        codes = sorted(code_set(column.codes))
        limits["enum"] = [int(code) for code in codes] if result["type"] == "integer" else codes
    return result | ({"constraints": limits} if limits else {})


def table_schema(table: Table) -> dict[str, Any]:
    """The Table Schema of a contract's content, lineage left out."""
    columns = [column for column in table.columns if not column.is_lineage]
    return {"fields": [field(column) for column in columns], "primaryKey": table.key, "missingValues": [""]}


def resource(table: Table, file: File) -> dict[str, Any]:
    """One file of a table; the schema stands with the CSV, which is what tools check."""
    name, form = file.path.rsplit(".", 1)
    result: dict[str, Any] = {
        "name": name if form == "csv" else f"{name}-{form}",
        "type": "table" if form == "csv" else "file",
        "path": file.path,
        "format": form,
        "mediatype": MEDIA_TYPES[form],
        "title": table.title.en,
        "titleKo": table.title.ko,
        "description": describe(table, "en"),
        "descriptionKo": describe(table, "ko"),
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rowCount": file.row_count,
    }
    if form == "csv":
        result |= {"profile": "tabular-data-resource", "encoding": "utf-8", "dialect": {"csv": {"delimiter": ","}}}
        result["schema"] = table_schema(table)
    return result


def describe(table: Table, lang: str) -> str:
    """What a row is, and what one should know before using the table."""
    return " ".join(getattr(words, lang) for words in (table.row, table.notes) if words)


def package(
    name: str,
    titles: dict[str, str],
    descriptions: dict[str, str],
    night: date,
    resources: Sequence[dict[str, Any]],
    sources: Sequence[Landing],
    version: str,
) -> dict[str, Any]:
    """The package of a night.

    Args:
        name: lower-case name of the package.
        titles: by language.
        descriptions: by language.
        night: the date on which everything in it was known; also its date of creation.
        resources: from `resource`.
        sources: landing contracts the tables rest on.
        version: version of the rules.
    """
    terms = {landing.terms.url: landing.terms for landing in sources}
    return {
        "profile": "data-package",
        "name": name,
        "title": titles["en"],
        "titleKo": titles["ko"],
        "description": descriptions["en"],
        "descriptionKo": descriptions["ko"],
        "version": version,
        "created": f"{night.isoformat()}T23:59:59+09:00",
        "sources": [{"title": f"{each.publisher}: {each.title.en}", "path": each.terms.url} for each in sources],
        "licenses": [{"title": each.name, "path": url} for url, each in sorted(terms.items())],
        "resources": list(resources),
    }
