"""The house style as tests: what may import what, where words stand, what every contract and DAG says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from jobs import contracts
from jobs.contracts.check import check
from jobs.contracts.messages import messages
from jobs.ingest.silver.rules.statement import statement

ROOT = Path(__file__).parents[1]
HANGUL = re.compile("[\uac00-\ud7a3]")
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+\.(?:js|css|woff2?|ttf|mjs)\b|//(?:cdn|unpkg|fonts)\.")
# What each part may import of ours; import-linter (pyproject.toml) follows the same rules through other modules.
MAY_IMPORT = {
    "jobs/stats": ("jobs.stats", "jobs.arrays"),
    "dashboards": (
        *("dashboards", "jobs.contracts", "jobs.settings", "jobs.decisions", "jobs.reading", "jobs.alerting.words"),
    ),
    "dags": ("jobs.contracts.assets", "jobs.settings"),
}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Modules of ours a file imports, by their full names."""
    result: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module in ("jobs", "jobs.alerting", "dashboards")
            result |= {f"{node.module}.{alias.name}" for alias in node.names} if whole else {node.module}
    return {name for name in result if name.split(".")[0] in ("jobs", "dashboards")}


def texts(path: Path) -> list[str]:
    """String literals of a file that are not docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


def test_the_contracts_fit_together() -> None:
    assert [str(finding) for finding in check()] == []


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_it_may(part: str) -> None:
    allowed = MAY_IMPORT[part]
    wrong = {
        (named(path), name)
        for path in sources(part)
        for name in imports(path)
        if not any(name == each or name.startswith(each + ".") for each in allowed)
    }
    assert not wrong


def test_import_linter_finds_no_broken_rule() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run([ruff, "check", "--quiet", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_formatter_has_nothing_to_change_and_no_exception() -> None:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run([ruff, "format", "--check", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    mark = "# fmt" + ":"
    every = sources("jobs", "dashboards", "dags", "docker", "tests")
    assert [named(path) for path in every if mark in path.read_text(encoding="utf-8")] == []


def test_every_source_file_says_what_it_is_for() -> None:
    assert [
        named(path) for path in sources("jobs", "dashboards", "dags", "docker") if not ast.get_docstring(tree(path))
    ] == []


def test_no_module_hides_one_of_pythons_own() -> None:
    """spark-submit runs jobs/__main__.py with `jobs/` first on the path: jobs/profile.py would become `profile`."""
    own = {path.stem for path in (ROOT / "jobs").iterdir() if path.suffix == ".py" or path.is_dir()}
    others = sys.stdlib_module_names | set(metadata.packages_distributions()) - {"jobs", "dashboards"}
    assert own & others == set()


def test_nothing_prints() -> None:
    calls = [
        f"{named(path)}:{node.lineno}"
        for path in sources("jobs", "dashboards", "dags")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []


@pytest.mark.parametrize("folder", ["jobs", "dashboards", "dags"])
def test_no_korean_stands_in_the_code(folder: str) -> None:
    """Words stand in schemas/messages, schemas/codes and dashboards/locales; comments and docstrings are English."""
    korean = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in sources(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if HANGUL.search(line)
    ]
    assert korean == []


def test_both_locales_have_the_same_keys() -> None:
    from dashboards.i18n import phrases

    assert set(phrases("ko")) == set(phrases("en"))


def test_nothing_is_loaded_from_another_machine() -> None:
    places = [ROOT / "dashboards", ROOT / "jobs" / "publish"]
    result = {
        f"{named(path)}: {match}"
        for place in places
        for path in place.rglob("*")
        if path.suffix in {".py", ".css", ".html", ".js", ".j2", ".yml"}
        for match in ADDRESS.findall(path.read_text(encoding="utf-8"))
    }
    assert result == set()


@pytest.mark.parametrize("source", [each.source for each in contracts.landings()])
def test_every_flag_a_source_can_raise_is_a_rule_of_its_table(source: str) -> None:
    said = statement(source)
    assert said.flags
    assert set(said.flags) <= set(contracts.table(contracts.landing(source).feeds).rules)


def test_every_reason_to_reject_a_record_has_a_sentence() -> None:
    reasons = {
        text
        for path in sources("jobs/ingest/bronze")
        for text in texts(path)
        if re.fullmatch(r"(file|record)_[a-z_]+", text)
    } - {"file_sha256"}
    assert len(reasons) >= 6
    assert {f"flag.{reason}" for reason in reasons} <= set(messages("en"))


@pytest.mark.parametrize("path", sources("dags"), ids=named)
def test_a_dag_file_is_short_and_says_owner_purpose_and_what_to_do(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
    document = ast.get_docstring(tree(path)) or ""
    assert "**Owner**" in document
    assert "fails" in document
    arguments = {
        keyword.arg
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "DAG"
        for keyword in node.keywords
    }
    assert {"doc_md", "tags", "default_args", "catchup"} <= arguments


def required_packages() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=;]", line)[0] for line in lines if re.match(r"[a-z]", line)}


def test_every_package_that_is_imported_is_required_by_name() -> None:
    """A package that only another one brings goes away with it."""
    modules: dict[str, Path] = {}
    for path in sources("jobs", "dashboards", "dags", "tests", "docker"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0]: path for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules[node.module.split(".")[0]] = path
    installed = metadata.packages_distributions()
    required = {re.sub(r"[-_.]+", "-", name) for name in required_packages()}
    unnamed = {
        f"{named(path)}: {module}"
        for module, path in modules.items()
        if module not in sys.stdlib_module_names | {"jobs", "dashboards", "tests"}
        and not {re.sub(r"[-_.]+", "-", name).lower() for name in installed.get(module, [module])} & required
    }
    assert unnamed == set()


def test_the_lock_pins_everything_that_is_required() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "-c docker/constraints.txt" in lines
    required = required_packages()
    pinned = dict(
        line.split("==")
        for line in (ROOT / "docker" / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert required <= set(pinned), "run `make lock`"
    assert pinned["pyspark"] == pinned["pyspark-client"], "they share files: two versions overwrite each other"


PRIVATE_WORDS = {"judge", "judges", "judged", "judgement", "judging", "conclude", "concludes", "concluded", "lend"}
PRIVATE_WORDS |= {"found", "told", "held", "lends", "lent", "together", "apart"}


def words_of(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def names_given(path: Path) -> set[str]:
    """Names a file gives: functions, classes, arguments, fields, variables and modules; tests are sentences."""
    given = {path.stem}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
    return {name for name in given if not name.startswith("test_")}


def test_names_are_the_words_of_the_field() -> None:
    wrong = {
        f"{named(path)}: {name}"
        for path in sources("jobs", "dashboards", "dags", "tests")
        if "contracts/rows" not in named(path)  # generated: the names of the tables' columns
        for name in names_given(path)
        if words_of(name) & PRIVATE_WORDS
    }
    assert wrong == set()
