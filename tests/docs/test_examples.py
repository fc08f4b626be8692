"""Every example in a docstring of `jobs` runs; each room that computes something has one."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMPT = re.compile(r"^\s+>>> ", re.MULTILINE)
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "jobs").rglob("*.py")
    if PROMPT.search(path.read_text(encoding="utf-8"))
)
ROOMS = (
    "jobs.alerting",
    "jobs.contracts",
    "jobs.domains.low_price",
    "jobs.domains.supply_chain",
    "jobs.lake",
    "jobs.reading",
    "jobs.sample",
    "jobs.stats",
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted
    assert result.failed == 0


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_an_example(room: str) -> None:
    assert any(name.startswith(room) for name in WITH_EXAMPLES)
