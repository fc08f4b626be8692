"""Every sentence an alert, a flag, an error or a brief can say: rows hold codes and parameters, the words stand here.

A language is a folder of `schemas/messages`; each of its files is a room: `common`, or a domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import chain

from jobs.contracts import SCHEMAS, ContractError, read_yaml

LANGUAGES = ("ko", "en")


@cache
def rooms(lang: str) -> dict[str, dict[str, str]]:
    """Sentences of one language: room -> code -> sentence.

    Raises:
        ContractError: a file cannot be read, or a code stands twice.
    """
    read = {path.stem: dict(read_yaml(path)) for path in sorted((SCHEMAS / "messages" / lang).glob("*.yml"))}
    codes = list(chain.from_iterable(read.values()))
    if len(codes) > len(set(codes)):
        twice = ", ".join(sorted({code for code in codes if codes.count(code) > 1}))
        raise ContractError(f"schemas/messages/{lang}: in more than one file: {twice}")
    return read


@cache
def messages(lang: str) -> dict[str, str]:
    """Sentences of one language by code."""
    return dict(chain.from_iterable(room.items() for room in rooms(lang).values()))


def say(code: str, lang: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of `code` in `lang`, its parameters filled in.

    Raises:
        ContractError: there is no such sentence, or a parameter it needs is missing.
    """
    if code not in messages(lang):
        raise ContractError(f"schemas/messages/{lang} has no sentence {code!r}")
    try:
        return messages(lang)[code].format_map(dict(params or {}))
    except KeyError as error:
        raise ContractError(f"schemas/messages/{lang}: sentence {code!r} needs parameter {error}") from error


def in_both(sentence: Callable[[str], str]) -> str:
    """What `sentence` makes of each language, as "English / Korean"."""
    return " / ".join(map(sentence, reversed(LANGUAGES)))


def both(code: str, **params: object) -> str:
    """The sentence of `code` as "English / Korean": for errors and notices, whose reader is not known.

    Raises:
        ContractError: see `say`.
    """
    return in_both(lambda lang: say(code, lang, params))
