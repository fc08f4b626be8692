"""Every example in a docstring runs; each room has one."""

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
    for folder in ("jobs", "dashboards")
    for path in (ROOT / folder).rglob("*.py")
    if PROMPT.search(path.read_text(encoding="utf-8"))
)
ROOMS = (
    "dashboards",
    *(f"jobs.{path.name}" for path in sorted((ROOT / "jobs").iterdir()) if (path / "__init__.py").is_file()),
    *(
        f"jobs.domains.{path.name}"
        for path in sorted((ROOT / "jobs" / "domains").iterdir())
        if (path / "__init__.py").is_file()
    ),
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted
    assert result.failed == 0


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_an_example(room: str) -> None:
    assert any(name.startswith(room) for name in WITH_EXAMPLES)
