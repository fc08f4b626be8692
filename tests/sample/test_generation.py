"""What a call leaves on disk: the same bytes for a seed, no truth in landing, no second world over a first."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jobs.sample import SampleSummary, generate
from jobs.sample.files import LandingConflictError
from tests.builders.malformed import count_physical_records
from tests.sample.conftest import SEED, read_rows


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_gives_same_bytes(small: SampleSummary, tmp_path: Path) -> None:
    again = generate(tmp_path / "landing", tmp_path / "truth", SEED, "small")
    assert digest(again.out) == digest(small.out)
    assert digest(again.truth) == digest(small.truth)


def test_another_seed_gives_another_world(tiny: SampleSummary, tmp_path: Path) -> None:
    other = generate(tmp_path / "landing", tmp_path / "truth", SEED + 1, "tiny")
    assert not set(digest(other.out).values()) & set(digest(tiny.out).values())


def test_summary_counts_what_is_on_disk(small: SampleSummary) -> None:
    files = list(small.out.rglob("*.csv"))
    assert small.files == len(files)
    assert small.records == sum(count_physical_records(path) for path in files)
    assert sum(small.cases.values()) == len(read_rows(small.truth / "cases.csv"))


def test_tiny_world_stays_small(tiny: SampleSummary) -> None:
    assert tiny.files < 12
    assert tiny.items == 3
    assert tiny.cases == {"supply_break": 1, "chokepoint_closure": 1}


def test_later_month_adds_files_and_changes_none(tiny: SampleSummary, tmp_path: Path) -> None:
    longer = generate(tmp_path / "landing", tmp_path / "truth", SEED, "tiny", until="2026-02")
    before, after = digest(tiny.out), digest(longer.out)
    assert before.items() < after.items()
    assert longer.last_known == "2026-03-15"
    assert len(after) - len(before) == 2 * 5


def test_truth_inside_the_landing_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(tmp_path / "landing" / "truth")
    for truth in (tmp_path / "landing", tmp_path / "landing" / "truth", tmp_path / "elsewhere"):
        with pytest.raises(ValueError, match="inside the landing folder"):
            generate(tmp_path / "landing", truth, SEED, "tiny")
    assert not (tmp_path / "landing").exists()


def test_another_world_is_not_written_over_the_first(tmp_path: Path) -> None:
    first = generate(tmp_path / "landing", tmp_path / "truth", SEED, "tiny")
    before = digest(tmp_path)
    with pytest.raises(LandingConflictError, match="exists with other content"):
        generate(first.out, first.truth, SEED + 1, "tiny")
    assert digest(tmp_path) == before


@pytest.mark.parametrize("until", ["2025-10", "2031-01", "2025-13", "soon"])
def test_month_out_of_range_is_named(tmp_path: Path, until: str) -> None:
    with pytest.raises(ValueError, match=until):
        generate(tmp_path / "landing", tmp_path / "truth", SEED, "tiny", until=until)


def test_generator_knows_nothing_of_the_detectors() -> None:
    import jobs.sample

    sources = list(Path(jobs.sample.__path__[0]).rglob("*.py"))
    imports = [line for path in sources for line in path.read_text().splitlines() if "import" in line.split()]
    own = [line for line in imports if "jobs." in line]
    assert own
    assert all(any(name in line for name in ("jobs.sample", "jobs.contracts", "jobs.arrays")) for line in own)
