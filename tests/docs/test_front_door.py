"""What a stranger reads first is true: README's Python runs, its tables are the register's, versions agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from jobs.commands import exit_codes
from jobs.domains import DOMAINS
from tests.docs.detector_table import README, with_tables

ROOT = Path(__file__).parents[2]
TEXT = README.read_text(encoding="utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
DOMAIN_READMES = [ROOT / "jobs" / "domains" / domain.name / "README.md" for domain in DOMAINS]


def test_the_python_of_readme_runs_and_prints_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code
    exec(compile(code[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out.strip()
    assert f"It prints `{printed}`" in TEXT


def test_the_tables_of_detectors_are_those_of_the_register() -> None:
    assert with_tables(TEXT) == TEXT, "run `make readme`"
    assert re.findall(r"<!-- detectors:(\w+) -->", TEXT) == [domain.name for domain in DOMAINS]


def test_every_exit_code_is_explained() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert {int(code) for code in re.findall(r"^\| (\d) \| ", TEXT, re.MULTILINE)} == codes


def test_the_glossary_has_some_forty_terms_in_both_languages() -> None:
    glossary = TEXT.split("## Glossary")[1].split("\n## ")[0]
    rows = [line.split("|") for line in glossary.splitlines() if line.startswith("| ")][1:]
    terms = [row[1].strip() for row in rows]
    assert len(terms) >= 40
    assert terms == sorted(terms, key=str.casefold)
    assert all(re.search("[\uac00-\ud7a3]", row[2]) for row in rows)


def test_the_version_is_one_and_the_same() -> None:
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest
    assert (newest[1], newest[2]) == (VERSION, str(citation["date-released"]))
    assert citation["version"] == VERSION
    compose = (ROOT / "docker" / "compose.yml").read_text(encoding="utf-8")
    assert f"customs-early-warning:{VERSION}" in compose


@pytest.mark.parametrize("path", [*DOCUMENTS, *DOMAIN_READMES], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOMAIN_READMES, ids=lambda path: path.parent.name)
def test_a_domain_tells_question_method_score_and_limits(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    for wanted in ("The question", "The method", "What was tried", "The score", "Limits"):
        assert any(heading.startswith(wanted) for heading in headings), wanted
