"""Every sentence an alert, a flag or a brief can say: rows hold codes and parameters, the words stand here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jobs.contracts import SCHEMAS, ContractError, read_yaml

LANGUAGES = ("ko", "en")


@cache
def messages(lang: str) -> dict[str, str]:
    """Sentences of one language by code."""
    return dict(read_yaml(SCHEMAS / "messages" / f"{lang}.yml"))


def say(code: str, lang: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of `code` in `lang`, its parameters filled in.

    Raises:
        ContractError: there is no such sentence, or a parameter it needs is missing.
    """
    if code not in messages(lang):
        raise ContractError(f"schemas/messages/{lang}.yml has no sentence {code!r}")
    try:
        return messages(lang)[code].format_map(dict(params or {}))
    except KeyError as error:
        raise ContractError(f"schemas/messages/{lang}.yml: sentence {code!r} needs parameter {error}") from error
