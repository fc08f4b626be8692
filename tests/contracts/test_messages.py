"""Sentences: what is said in both languages, and that every error the code can raise has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import jobs
from jobs.contracts import ContractError
from jobs.contracts.messages import LANGUAGES, both, messages, rooms, say

SOURCE = Path(jobs.__file__).parent
SAID = re.compile(r'\b(?:both|say|heading)\(\s*"([a-z_]+\.[\w-]+)"')
FETCH = re.compile(r'\b(?:Fetch|DailyLimit|Unavailable|Refused|Answer)Error\(\s*"([a-z_]+)"')


def codes_said() -> set[str]:
    """Codes that the code names as they stand: of sentences, and of errors while fetching."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    fetched = {f"fetch.{code}" for text in texts for code in FETCH.findall(text)}
    return fetched | {code for text in texts for code in SAID.findall(text)}


def test_every_sentence_the_code_asks_for_exists() -> None:
    said = codes_said()
    assert len(said) > 50
    assert said - messages("en").keys() == set()


def test_every_sentence_of_a_fetch_is_used() -> None:
    assert {code for code in messages("en") if code.startswith("fetch.")} - codes_said() == set()


def test_a_notice_is_english_then_korean() -> None:
    assert both("error.contract") == " / ".join(say("error.contract", lang) for lang in ("en", "ko"))


def test_a_sentence_names_the_parameter_it_lacks() -> None:
    with pytest.raises(ContractError, match=r"'error\.locked' needs parameter 'holder'"):
        both("error.locked")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_all_domains_say_stands_in_one_room(lang: str) -> None:
    assert "common" in rooms(lang)
    shared = {code.split(".")[0] for code in rooms(lang)["common"]}
    assert {"flag", "landing", "doctor", "contracts", "leak", "fetch", "gate", "error"} <= shared
