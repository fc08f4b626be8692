"""The type names of `schemas/fields.yml`, parsed once for every engine that compiles them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

SCALARS = ("string", "int", "bigint", "double", "boolean", "date", "timestamp")
DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Scalar:
    """A plain type; `precision` and `scale` are set for decimals."""

    name: str
    precision: int | None = None
    scale: int | None = None


@dataclass(frozen=True)
class Array:
    """A list of one type."""

    item: Type


@dataclass(frozen=True)
class Map:
    """Pairs of a text and one type."""

    value: Type


@dataclass(frozen=True)
class Struct:
    """Named members in order; `nullable` names those that may be empty, written `name?:type`."""

    members: tuple[tuple[str, Type], ...]
    nullable: frozenset[str] = frozenset()


Type = Scalar | Array | Map | Struct


def split_top(text: str) -> list[str]:
    """Parts of `text` between the commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


@cache
def parse_type(text: str) -> Type:
    """The type that `text` names.

    Raises:
        ValueError: the text names no type of the contracts.
    """
    if text in SCALARS:
        return Scalar(text)
    if match := DECIMAL.fullmatch(text):
        return Scalar("decimal", int(match[1]), int(match[2]))
    if text.startswith("array<"):
        return Array(parse_type(text[6:-1]))
    if text.startswith("map<string,"):
        return Map(parse_type(text[11:-1]))
    if text.startswith("struct<"):
        members = [member.split(":", 1) for member in split_top(text[7:-1])]
        nullable = frozenset(name.removesuffix("?") for name, _ in members if name.endswith("?"))
        return Struct(tuple((name.removesuffix("?"), parse_type(kind)) for name, kind in members), nullable)
    raise ValueError(f"unknown type in schemas/fields.yml: {text!r}")
