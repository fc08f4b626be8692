"""Canonical names of what signals and alerts are about: `hs=800110|origin=ID`, `declaration=123|line=1`."""

from __future__ import annotations

from urllib.parse import unquote

ESCAPED = str.maketrans({"%": "%25", "|": "%7C", "=": "%3D"})


def subject_id(**parts: object) -> str:
    """The name of a subject from its parts in the order given; separators within a value are escaped as in a URL."""
    return "|".join(f"{name}={str(value).translate(ESCAPED)}" for name, value in parts.items())


def subject_parts(name: str) -> dict[str, str]:
    """The parts of a subject's name as they were before their separators were escaped.

    >>> subject_parts(subject_id(declaration="A|line=2", line=1))
    {'declaration': 'A|line=2', 'line': '1'}
    """
    split = (part.partition("=") for part in name.split("|"))
    return {key: unquote(value) for key, _, value in split}


def line_id(declaration_id: object, line_no: object) -> str:
    """The name of a line of a declaration."""
    return subject_id(declaration=declaration_id, line=line_no)


def item_id(hs_code: object, origin: object = None) -> str:
    """The name of an item, or of what comes of it from one country."""
    return subject_id(hs=hs_code) if origin is None else subject_id(hs=hs_code, origin=origin)
