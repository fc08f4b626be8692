"""Whether the files of `schemas/` fit together: every name that is used is defined, every definition is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from string import Formatter

from jobs import contracts
from jobs.contracts import SCHEMAS, ContractError, register
from jobs.contracts.codes import code_lists, code_set, standard_products
from jobs.contracts.messages import LANGUAGES, messages, rooms
from jobs.contracts.model import Table
from jobs.contracts.types import parse_type

PRODUCTS = "schemas/codes/standard_product.yml"
LAYERS = ("bronze", "silver", "gold", "ops")


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, and the file to mend."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def readable() -> Iterator[Finding]:
    """Every contract file can be read by itself; the other checks rest on this one."""
    reads: list[tuple[str, Callable[[], object]]] = [("schemas/fields.yml", contracts.fields)]
    for layer in LAYERS:
        for path in sorted((SCHEMAS / layer).glob("*.yml")):
            reads.append((f"schemas/{layer}/{path.name}", partial(contracts.table, f"{layer}.{path.stem}")))
    for path in sorted((SCHEMAS / "landing").glob("*.yml")):
        reads.append((f"schemas/landing/{path.name}", partial(contracts.landing, path.stem)))
    reads += [
        ("schemas/codes/lists.yml", code_lists),
        (PRODUCTS, standard_products),
        ("schemas/detectors", register.detectors),
        *((f"schemas/rules/{path.name}", partial(register.rules, path.name)) for path in (SCHEMAS / "rules").iterdir()),
    ]
    reads += [(f"schemas/messages/{lang}", partial(messages, lang)) for lang in LANGUAGES]
    for place, read in reads:
        try:
            read()
        except (ContractError, ValueError, OSError, KeyError, TypeError, AttributeError) as error:
            yield Finding(place, f"cannot be read: {error}")


def field_definitions() -> Iterator[Finding]:
    """Every defined field stands in a table, has a type the engines know, and code lists that exist."""
    used = {(column.name, column.definition) for table in contracts.tables() for column in table.columns}
    for name, column in contracts.fields().items():
        if (column.name, column.definition) not in used:
            yield Finding("schemas/fields.yml", f"no table has the field {name!r}")
        try:
            parse_type(column.type)
        except ValueError as error:
            yield Finding("schemas/fields.yml", f"{name}: {error}")
        if column.codes and not is_code_list(column.codes):
            yield Finding("schemas/fields.yml", f"{name}: schemas/codes/lists.yml has no list {column.codes!r}")


def is_code_list(name: str) -> bool:
    """Whether a list of codes exists."""
    try:
        return bool(code_set(name))
    except ContractError:
        return False


def code_labels() -> Iterator[Finding]:
    """Every code has a label in both languages, and every list is used."""
    used = {column.codes for column in contracts.fields().values()} | {"country_extra"}
    for name, codes in code_lists().items():
        if name not in used:
            yield Finding("schemas/codes/lists.yml", f"no field uses the list {name!r}")
        for code, labels in codes.items():
            if missing := [lang for lang in LANGUAGES if not labels.get(lang)]:
                yield Finding("schemas/codes/lists.yml", f"{name}.{code} has no label in {', '.join(missing)}")


def product_commodities() -> Iterator[Finding]:
    """Every standard product names its commodity, which is how the code of a product of it begins."""
    members: dict[str, list[str]] = {}
    for product, known in standard_products().items():
        members.setdefault(known.get("commodity", ""), []).append(product)
    for commodity, products in members.items():
        if not commodity:
            yield Finding(PRODUCTS, f"no commodity is named for {', '.join(products)}")
        elif not any(f"{product}_".startswith(f"{commodity}_") for product in products):
            yield Finding(PRODUCTS, f"no product of the commodity {commodity!r} begins with it: {', '.join(products)}")


def table_columns(table: Table, place: str) -> Iterator[Finding]:
    """Key, partition and checked columns of a table stand in it, and each column once."""
    names = table.column_names
    for what, wanted in (("key", table.key), ("partition", table.partition), ("checks.codes", table.checks.codes)):
        for name in wanted:
            if name not in names:
                yield Finding(place, f"{what} names {name!r}, which is no column of the table")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(place, f"the column {name!r} stands twice")
    for column in table.columns:
        if column.name in table.key and column.is_nullable and not column.is_lineage:
            yield Finding(place, f"the key column {column.name!r} may be empty")
        if column.name in table.checks.codes and not column.codes:
            yield Finding(place, f"checks.codes names {column.name!r}, which has no code list")


def table_contracts() -> Iterator[Finding]:
    """Each table fits within itself; those with a history of what was known have `known_at` outside their key."""
    for table in contracts.tables():
        place = f"schemas/{table.name.replace('.', '/')}.yml"
        yield from table_columns(table, place)
        if table.is_bitemporal and ("known_at" not in table.column_names or "known_at" in table.key):
            yield Finding(place, "a bitemporal table has known_at as a column, and not in its key")
        if table.domain and not (SCHEMAS / "detectors" / table.domain).is_dir():
            yield Finding(place, f"the domain {table.domain!r} has no detectors")
        for code in table.rules:
            for lang in LANGUAGES:
                if f"flag.{code}" not in messages(lang):
                    yield Finding(
                        f"schemas/messages/{lang}/common.yml", f"no sentence flag.{code}, a rule of {table.name}"
                    )


def landing_contracts() -> Iterator[Finding]:
    """Each delivered file has a bronze table and feeds a silver one, and no bronze table lacks its file."""
    silver = {table.name for table in contracts.tables("silver")}
    bronze = {path.stem for path in (SCHEMAS / "bronze").glob("*.yml")}
    sources = {landing.source for landing in contracts.landings()}
    for landing in contracts.landings():
        place = f"schemas/landing/{landing.source}.yml"
        if landing.feeds not in silver:
            yield Finding(place, f"feeds {landing.feeds!r}, which is no silver table")
        if landing.source not in bronze:
            yield Finding(place, f"schemas/bronze/{landing.source}.yml is missing")
        for name in landing.key:
            if name not in landing.columns:
                yield Finding(place, f"key names {name!r}, which is no column of the file")
        if not (SCHEMAS / "landing" / f"{landing.source}.yml").exists():
            yield Finding(place, f"`source:` is {landing.source!r}, but the file is named otherwise")
    for source in sorted(bronze - sources):
        yield Finding(f"schemas/bronze/{source}.yml", "no landing contract delivers it")


def detector_rules() -> Iterator[Finding]:
    """The families and grains of the registered detectors stand in the code lists."""
    for name, rule in register.detectors().items():
        for what, code in (("family", rule.family), ("grain", rule.grain)):
            if code not in code_set(what):
                yield Finding(
                    f"schemas/detectors/{rule.domain}/{name}.yml", f"{what} {code!r} is not in schemas/codes/lists.yml"
                )


def placeholders(sentence: str) -> set[str]:
    """Names of the parameters a sentence takes."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def sentences() -> Iterator[Finding]:
    """Both languages say the same things in the same files with the same parameters."""
    stated = {
        lang: {(room, code): text for room, listed in rooms(lang).items() for code, text in listed.items()}
        for lang in LANGUAGES
    }
    for room, code in sorted(set(chain.from_iterable(stated.values()))):
        for lang in LANGUAGES:
            if (room, code) not in stated[lang]:
                yield Finding(f"schemas/messages/{lang}/{room}.yml", f"no sentence {code!r}, as the other language has")
        takes = {tuple(sorted(placeholders(own[room, code]))) for own in stated.values() if (room, code) in own}
        if len(takes) > 1:
            yield Finding(f"schemas/messages/*/{room}.yml", f"{code!r} takes other parameters in ko than in en")


def check() -> list[Finding]:
    """Everything that does not fit; where files cannot even be read, those alone."""
    if unreadable := list(readable()):
        return unreadable
    parts = (
        field_definitions,
        code_labels,
        product_commodities,
        table_contracts,
        landing_contracts,
        detector_rules,
        sentences,
    )
    return list(chain.from_iterable(part() for part in parts))
