"""Contracts as complete Open Data Contract Standard files (v3.2.0, https://bitol-io.github.io/open-data-contract-standard).

Ours share one dictionary of fields, which the standard does not know; here each table gets everything spelt out, in
English with the Korean beside it (`synonyms`, `customProperties`).
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from jobs import contracts
from jobs.contracts.codes import code_labels, code_lists
from jobs.contracts.messages import say
from jobs.contracts.model import Column, Landing, Table
from jobs.contracts.types import Array, Map, Scalar, Struct, Type, parse_type

API_VERSION = "v3.2.0"
PRODUCT = "customs-early-warning"
LOGICAL = {"int": "integer", "bigint": "integer", "double": "number", "decimal": "number"}
SEVERITY = {"keep": "info", "quarantine": "warning", "stop": "error"}
ISO_3166 = {"url": "https://www.iso.org/iso-3166-country-codes.html", "type": "taxonomy"}


def without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    """The entries that say something: the standard leaves out what is absent."""
    return {key: value for key, value in body.items() if value not in (None, [], {})}


def note(name: str, value: object) -> dict[str, Any]:
    """A property of ours beside those of the standard."""
    return {"property": name, "value": value}


def type_of(kind: Type) -> dict[str, Any]:
    """The logical type of a contract type, nested types spelt out."""
    match kind:
        case Scalar("timestamp"):
            return {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True, "defaultTimezone": "Etc/UTC"}}
        case Scalar(name):
            return {"logicalType": LOGICAL.get(name, name)}
        case Array(item):
            return {"logicalType": "array", "items": type_of(item)}
        case Map(value):
            return {"logicalType": "map", "map": {"key": type_of(Scalar("string")), "value": type_of(value)}}
        case Struct(members):
            return {
                "logicalType": "object",
                "properties": [{"name": name, **type_of(member)} for name, member in members],
            }


def allowed_values(column: Column) -> dict[str, Any]:
    """The closed list of a column, with its labels; countries by reference, since the list is not ours."""
    if column.codes == "country":
        extra = [note("furtherCodes", sorted(code_lists()["country_extra"]))]
        return {"authoritativeDefinitions": [ISO_3166], "customProperties": extra}
    if not column.codes:
        return {}
    is_number = column.type == "int"
    return {
        "enum": [
            {
                "value": int(code) if is_number else str(code),
                "label": labels["en"],
                "customProperties": [note("labelKo", labels["ko"])],
            }
            for code, labels in code_labels(column.codes).items()
        ]
    }


def property_of(column: Column, table: Table) -> dict[str, Any]:
    """One column of a table."""
    values = allowed_values(column)
    own = [note("unit", column.unit)] if column.unit else []
    own += [note("isLineage", True)] if column.is_lineage else []
    place = table.key.index(column.name) + 1 if column.name in table.key else None
    part = table.partition.index(column.name) + 1 if column.name in table.partition else None
    return without_nothing(
        {
            "name": column.name,
            "businessName": column.en,
            "physicalType": column.type.replace("?", "").upper(),
            **type_of(parse_type(column.type)),
            "description": column.definition,
            "synonyms": [{"synonym": column.ko, "locale": "ko-KR"}],
            "required": not column.is_nullable or None,
            "primaryKey": place is not None or None,
            "primaryKeyPosition": place,
            "partitioned": part is not None or None,
            "partitionKeyPosition": part,
            "classification": table.disclosure,
            **values,
            "customProperties": [*values.get("customProperties", []), *own],
        }
    )


def quality_of(table: Table) -> list[dict[str, Any]]:
    """What is asked of the table: its key, its row rules, and the checks of the whole table."""
    unique = {
        "id": "key",
        "name": "key",
        "type": "library",
        "metric": "duplicateValues",
        "mustBe": 0,
        "unit": "rows",
        "arguments": {"properties": [*table.key, "known_at"] if table.is_bitemporal else table.key},
        "dimension": "uniqueness",
        "severity": "error",
    }
    rules = [
        {
            "id": code,
            "name": code,
            "type": "text",
            "description": say(f"flag.{code}", "en"),
            "dimension": "conformity",
            "severity": SEVERITY[severity],
            "customProperties": [note("descriptionKo", say(f"flag.{code}", "ko")), note("onFailure", severity)],
        }
        for code, severity in table.rules.items()
    ]
    asked = table.checks.model_dump(exclude_defaults=True)
    checks = [
        {"id": name, "name": name, "type": "text", "customProperties": [note("parameter", value)]}
        for name, value in asked.items()
    ]
    return [unique, *rules, *checks]


def delivery_of(delivered: Landing) -> dict[str, Any]:
    """What a landing contract adds to its bronze table: when figures are due, from whom, under which terms."""
    rule = delivered.publication
    day = f", on day {rule.day}" if rule.day else ""
    return {
        "slaProperties": [
            {
                "property": "latency",
                "value": rule.lag,
                "unit": rule.unit,
                "driver": "operational",
                "description": f"Figures of a {rule.unit} appear {rule.lag} {rule.unit}(s) after it begins{day}.",
            },
            {
                "property": "freshness",
                "value": delivered.freshness_days,
                "unit": "d",
                "driver": "operational",
                "description": "Days after a period's end from which the source is called late.",
            },
        ],
        "authoritativeDefinitions": [{"url": delivered.terms.url, "type": "canonicalUrl"}],
        "customProperties": [
            note("publisher", delivered.publisher),
            note("termsOfUse", delivered.terms.name),
            note("folder", delivered.folder),
            note("filePattern", delivered.pattern),
            note("encoding", delivered.encoding),
            note("endsEveryLine", delivered.ends_every_line),
            note("feeds", delivered.feeds),
        ],
    }


def odcs(table: Table) -> dict[str, Any]:
    """The whole contract of one table, ready to be written as YAML."""
    schema, name = table.name.split(".")
    body = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"{PRODUCT}.{table.name}",
        "name": table.title.en,
        "version": metadata.version(PRODUCT),
        "status": "active",
        "domain": "customs",
        "dataProduct": PRODUCT,
        "tags": [schema],
        "description": without_nothing(
            {
                "purpose": table.row.en,
                "limitations": table.notes.en if table.notes else None,
                "customProperties": [note("titleKo", table.title.ko), note("purposeKo", table.row.ko)]
                + ([note("limitationsKo", table.notes.ko)] if table.notes else []),
            }
        ),
        "servers": [{"server": "lake", "type": "local", "path": f"./{schema}/{name}", "format": "delta"}],
        "schema": [
            {
                "name": name,
                "physicalName": table.name,
                "physicalType": "table",
                "logicalType": "object",
                "businessName": table.title.en,
                "description": table.row.en,
                "dataGranularityDescription": table.row.en,
                "properties": [property_of(column, table) for column in table.columns],
                "quality": quality_of(table),
                "customProperties": [note("isBitemporal", table.is_bitemporal)],
            }
        ],
    }
    return {**body, **(delivery_of(contracts.landing(name)) if schema == "bronze" else {})}


def export(folder: Path) -> list[Path]:
    """Write one file a table, `<layer>/<name>.odcs.yaml`, and return where they are."""
    written = []
    for table in contracts.tables():
        path = folder / f"{table.name.replace('.', '/')}.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(odcs(table), sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
        written.append(path)
    return written
