"""Nobody outside a domain names it: machinery loops over `jobs.domains.DOMAINS` and sees only what a Domain holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jobs import contracts, domains
from tests.test_style import ROOT, imports, named, sources, texts

FOLDERS = ("jobs", "dashboards", "dags")
NAMES = tuple(each.name for each in domains.DOMAINS)
ROOMS = ("jobs/domains", "jobs/sample", "dashboards/kinds")  # each has a folder a domain, which may name that domain
ENGINES = ("airflow", "duckdb", "deltalake", "great_expectations", "numpy", "pandas", "pyarrow", "pyspark", "rich")


def home(path: str) -> str | None:
    """The domain in whose room a file lies; None where it lies in none."""
    for room in ROOMS:
        if path.startswith(f"{room}/"):
            return path.removeprefix(f"{room}/").split("/")[0].removesuffix(".py")
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_domain_is_named_in_its_own_rooms_alone(name: str) -> None:
    wrong = {named(path) for path in sources(*FOLDERS) if name in texts(path) and home(named(path)) != name}
    assert wrong == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_domain_is_imported_in_its_own_folder_alone(name: str) -> None:
    inside = f"jobs.domains.{name}"
    wrong = {
        f"{named(path)}: {module}"
        for path in sources(*FOLDERS)
        for module in imports(path)
        if f"{module}.".startswith(f"{inside}.") and not named(path).startswith(f"jobs/domains/{name}/")
    }
    assert wrong == {f"jobs/domains/__init__.py: {inside}.domain"}


def test_every_folder_of_a_domain_is_in_the_list_and_has_its_detectors() -> None:
    folders = {path.parent.name for path in (ROOT / "jobs" / "domains").glob("*/domain.py")}
    assert folders == set(NAMES)
    assert folders == {path.name for path in (contracts.SCHEMAS / "detectors").iterdir()}


def test_the_list_of_domains_starts_no_engine() -> None:
    asked = f"import jobs.domains, sys; sys.exit(' '.join(each for each in {ENGINES} if each in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_table_of_one_domain_is_that_of_a_domain_that_is_there() -> None:
    owned = {table.name: table.domain for table in contracts.tables() if table.domain}
    assert owned
    assert set(owned.values()) <= set(NAMES)
    read = {name: each.name for each in domains.DOMAINS for name in each.alert_facts}
    assert {name: owned.get(name) for name in read} == read
