"""Contracts as Python types: a TypedDict of every table's row, so that a misspelt column is an error before any run.

`python -m jobs contracts rows` writes them into `jobs/contracts/rows/`. A row that is read has every column; one that
is made may leave some out (`jobs.lake.canonical.table_of` fills them with None) and is a `Partial...Row`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from jobs import contracts
from jobs.contracts.model import Column, Table
from jobs.contracts.types import Array, Map, Scalar, Struct, Type, parse_type

FOLDER = Path(__file__).parent / "rows"
WIDTH = 120
ORIGIN = "Written by `python -m jobs contracts rows`; the contracts are the place to edit."
SCALARS = {
    "string": "str",
    "int": "int",
    "bigint": "int",
    "double": "float",
    "boolean": "bool",
    "date": "date",
    "timestamp": "datetime",
    "decimal": "Decimal",
}
TITLES = {
    "items": "What the lists of a row hold: one class a field of `schemas/fields.yml` that has members.",
    "silver": "Rows of silver as they are read.",
    "gold": "Rows of gold as they are read, and the parts of them that are made.",
    "ops": "Rows of ops as they are read, and the parts of them that are made.",
}
MADE = ("gold", "ops")  # layers whose rows Python makes one by one; silver comes out of SQL


def camel(name: str) -> str:
    """A name of a contract as a class's: `trade_month` becomes `TradeMonth`."""
    return "".join(part.capitalize() for part in name.split("_"))


def item_name(field: str) -> str:
    """Class of what a field's list holds: `reasons` holds `ReasonItem`."""
    return f"{camel(field.removesuffix('s'))}Item"


def python_type(kind: Type, field: str) -> str:
    """The Python type of a contract type; the members of a struct are a class named after the field."""
    match kind:
        case Scalar(name):
            return SCALARS[name]
        case Array(item):
            return f"list[{python_type(item, field)}]"
        case Map(value):
            return f"dict[str, {python_type(value, field)}]"
        case Struct():
            return item_name(field)


def docstring(text: str) -> Iterator[str]:
    """The lines of a class's docstring, within the width of the house."""
    lines = textwrap.wrap(text, WIDTH - 4 - len('"""'))
    if len(lines) == 1 and len(text) + 4 + 2 * len('"""') <= WIDTH:
        yield f'    """{text}"""'
        return
    yield f'    """{lines[0]}'
    yield from (f"    {line}" for line in lines[1:])
    yield '    """'


def class_lines(name: str, text: str, members: list[tuple[str, str]], *, total: bool = True) -> Iterator[str]:
    """One TypedDict with its docstring and members."""
    yield f"class {name}(TypedDict{'' if total else ', total=False'}):"
    yield from docstring(text)
    yield ""
    yield from (f"    {member}: {kind}" for member, kind in members)


def column_type(column: Column) -> str:
    """The Python type of a column, with None where it may be empty."""
    return python_type(parse_type(column.type), column.name) + (" | None" if column.is_nullable else "")


def row_classes(table: Table) -> Iterator[list[str]]:
    """The class of a table's row, and of a part of one where Python makes them."""
    name = f"{camel(table.name.split('.')[1])}Row"
    members = [(column.name, column_type(column)) for column in table.columns]
    yield list(class_lines(name, table.row.en, members))
    if table.layer in MADE:
        yield list(class_lines(f"Partial{name}", f"Some columns of {table.name}.", members, total=False))


def struct_of(column: Column) -> Struct | None:
    """The struct that a column is a list of."""
    kind = parse_type(column.type)
    return kind.item if isinstance(kind, Array) and isinstance(kind.item, Struct) else None


def item_classes() -> Iterator[list[str]]:
    """The classes of what lists hold, by field."""
    for column in contracts.fields().values():
        if struct := struct_of(column):
            members = [
                (name, python_type(kind, name) + (" | None" if name in struct.nullable else ""))
                for name, kind in struct.members
            ]
            yield list(class_lines(item_name(column.name), f"{column.definition}.", members))


def imports(body: str, layer: str) -> Iterator[str]:
    """The imports a module needs for the names it uses."""
    times = [name for name in ("date", "datetime") if f": {name}\n" in body or f": {name} |" in body]
    if times:
        yield f"from datetime import {', '.join(times)}"
    if ": Decimal" in body:
        yield "from decimal import Decimal"
    yield "from typing import TypedDict"
    items = sorted({name for c in contracts.fields().values() if struct_of(c) and (name := item_name(c.name)) in body})
    if items and layer != "items":
        yield ""
        yield f"from jobs.contracts.rows.items import {', '.join(items)}"


def module_text(layer: str) -> str:
    """The whole text of one module of `jobs/contracts/rows/`."""
    classes = (
        item_classes() if layer == "items" else (c for table in contracts.tables(layer) for c in row_classes(table))
    )
    body = "\n\n\n".join("\n".join(lines) for lines in classes) + "\n"
    head = [f'"""{TITLES[layer]}', "", ORIGIN, '"""', "", "from __future__ import annotations", ""]
    return "\n".join([*head, *imports(body, layer)]) + "\n\n\n" + body


def row_modules() -> dict[Path, str]:
    """The text of every module of `jobs/contracts/rows/`, by its path."""
    return {FOLDER / f"{layer}.py": module_text(layer) for layer in TITLES}


def write_rows() -> list[Path]:
    """Write the modules anew and return where they are."""
    modules = row_modules()
    for path, text in modules.items():
        path.write_text(text, encoding="utf-8")
    return list(modules)
