"""The register: every detector with its thresholds, and the rules that several of them share.

`schemas/detectors/<domain>/<ID>.yml` is one detector, `schemas/rules/<domain>/<name>.yml` a rule that the detectors of
a domain share (levels, combination, a reference price), `schemas/rules/common/<name>.yml` one that all domains share.
A configuration object is built from a file's `parameters` by `configure`, and holds no number of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from jobs.contracts import SCHEMAS, ContractError, read_yaml
from jobs.contracts.model import Detector, SharedRule

COMMON = "common"
PLAIN: dict[Any, tuple[type, ...]] = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}
Config = TypeVar("Config")


@cache
def detectors(domain: str | None = None) -> dict[str, Detector]:
    """Detectors by id, of one domain or of all, in the order of domains and ids."""
    folder = SCHEMAS / "detectors"
    paths = sorted(folder.glob(f"{domain or '*'}/*.yml"))
    return {path.stem: _read(path, Detector, {"id": path.stem, "domain": path.parent.name}) for path in paths}


def detector(detector_id: str) -> Detector:
    """One detector.

    >>> detector("SC-SHORT").title.en
    'Shortage of quantity'

    Raises:
        ContractError: none is registered under the id.
    """
    if detector_id not in detectors():
        raise ContractError(f"no detector {detector_id!r}: schemas/detectors/<domain>/{detector_id}.yml is missing")
    return detectors()[detector_id]


@cache
def rules(domain: str) -> dict[str, SharedRule]:
    """Rules that the detectors of a domain share, by name; `common` are those of all domains."""
    paths = sorted((SCHEMAS / "rules" / domain).glob("*.yml"))
    return {path.stem: _read(path, SharedRule, {"name": path.stem, "domain": domain}) for path in paths}


def rule(domain: str, name: str) -> SharedRule:
    """One rule.

    Raises:
        ContractError: the domain has none of the name.
    """
    if name not in rules(domain):
        raise ContractError(f"no rule: schemas/rules/{domain}/{name}.yml is missing")
    return rules(domain)[name]


def _read(path: Path, shape: type[Any], named: Mapping[str, str]) -> Any:
    try:
        return shape.model_validate({**read_yaml(path), **named})
    except (ValidationError, TypeError) as error:
        raise ContractError(f"{path}: {error}") from error


def configure(shape: type[Config], parameters: Mapping[str, Any], place: str = "") -> Config:
    """A configuration object from the parameters of a register file, nested ones from nested mappings.

    Args:
        shape: a dataclass; a field that is a dataclass takes a mapping, a tuple takes a list.
        parameters: a value for every field, and no other.
        place: what an error names.

    Raises:
        ContractError: a field has no value, or a value no field.
    """
    hints = get_type_hints(shape)
    names = {field.name for field in fields(shape)}  # type: ignore[arg-type]
    if missing := sorted(names - parameters.keys()):
        raise ContractError(f"{place or shape.__name__}: no value for {', '.join(missing)}")
    if extra := sorted(parameters.keys() - names):
        raise ContractError(f"{place or shape.__name__}: {', '.join(extra)} is no parameter")
    return shape(**{name: _value(hints[name], parameters[name], f"{place}.{name}") for name in sorted(names)})


def _value(hint: Any, value: Any, place: str) -> Any:
    """The value in the type that the field asks for; YAML has no tuples, and 1 where 1.0 is meant."""
    if isinstance(hint, type) and is_dataclass(hint):
        return configure(hint, value, place)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ContractError(f"{place} is no list")
        inner = get_args(hint)
        inner = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        if len(inner) != len(value):
            raise ContractError(f"{place} has {len(value)} entries, not {len(inner)}")
        return tuple(_value(each, part, place) for each, part in zip(inner, value, strict=True))
    if hint in PLAIN:
        if type(value) not in PLAIN[hint]:
            raise ContractError(f"{place} is no {hint.__name__}")
        return hint(value)
    return tuple(value) if isinstance(value, list) else value


@cache
def rules_version(domain: str) -> str:
    """First 12 hex digits of the SHA-256 of all values that a domain rests on: its own and the common ones.

    Titles, owners, reasons and limits do not count: rewording changes no result.
    """
    values = {each.id: each.parameters for each in detectors(domain).values()}
    for part in (domain, COMMON):
        values |= {f"{part}/{each.name}": each.parameters for each in rules(part).values()}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rules_versions() -> str:
    """The version of every domain's rules, such as `low_price=0f3a... supply_chain=9be1...`."""
    domains = sorted(path.name for path in (SCHEMAS / "detectors").iterdir() if path.is_dir())
    return " ".join(f"{domain}={rules_version(domain)}" for domain in domains)
