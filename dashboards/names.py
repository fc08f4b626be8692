"""What to call a subject, an item, a source or a code in the reader's language."""

from __future__ import annotations

from dashboards import i18n
from jobs import contracts
from jobs.contracts import ContractError, codes, messages, register

LONGEST_NAME = 60


def item(hs_code: str, lang: str) -> str:
    """The name of an item; in Korean that of its chapter, so the code stands beside it."""
    name = codes.item_name(hs_code, lang)
    return f"{name} (HS {hs_code})" if lang == "ko" and not name.startswith("HS ") else name


def short_item(hs_code: str, lang: str) -> str:
    """The item's name cut to one line."""
    name = item(hs_code, lang)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip(" ,;") + "…"


def country(code: str | None, lang: str) -> str:
    """The name of a country."""
    return codes.label("country", code, lang) if code else ""


def source(name: str, lang: str) -> str:
    """The title of a delivered source, from its landing contract."""
    try:
        return str(getattr(contracts.landing(name).title, lang))
    except ContractError:
        return name


def table(name: str, lang: str) -> str:
    """The title of a table, from its contract."""
    try:
        return str(getattr(contracts.table(name).title, lang))
    except ContractError:
        return name


def column(name: str, lang: str) -> str:
    """The label of a column, from the field dictionary."""
    field = contracts.fields().get(name)
    return getattr(field, lang) if field else name


def detector(detector_id: str, lang: str) -> str:
    """The title of a detector, from the rule file; its id where the file does not know it."""
    rule = register.detectors().get(detector_id)
    return getattr(rule.title, lang) if rule else detector_id


def reason(code: str, lang: str, params: dict[str, str] | None = None) -> str:
    """The sentence of a reason or evidence code; the detector's title, or the code itself, where it has none."""
    for known in (f"reason.{code}", f"flag.{code}"):
        if known in messages.messages(lang):
            return messages.say(known, lang, params)
    return detector(code, lang)


def condition(kind: str, code: str, lang: str) -> str:
    """A condition that would `raise` or `clear` a level in words, alternatives (`a|b`) joined."""
    known = messages.messages(lang)
    return messages.say("raise.or", lang).join(known.get(f"{kind}.{each}", each) for each in code.split("|"))


def rule(name: str, lang: str) -> str:
    """What to call a rule the back-test compares; `_gated` marks one behind the level rule's own conditions."""
    plain = name.removesuffix("_gated")
    words = i18n.phrases(lang).get(f"rule.{plain}", plain)
    return words if plain == name else i18n.text("rule.gated", lang, rule=words)


def measure(name: str, lang: str) -> str:
    """What to call a measure of the back-test."""
    return i18n.phrases(lang).get(f"measure.{name}", name)
