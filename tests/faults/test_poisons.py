"""Every source poisoned, each in another way: `tests.faults.poisons` has all ways in all sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.poisons import POISONS
from tests.faults.poison_nights import poisoning
from tests.faults.poisons import poisoned_nights

pytestmark = pytest.mark.slow
ROUNDS = (5, 24, 43)  # in the first and last the correction replaces the poison; the last follows nothing


def test_the_rounds_have_every_way() -> None:
    assert {poison for each in ROUNDS for poison in poisoning(each).of_source.values()} == {*POISONS}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the lakes that rounds compare with."""
    return tmp_path_factory.mktemp("shared")


@pytest.mark.parametrize("round_", ROUNDS)
def test_after_poison_nights_pass_and_the_correction_leaves_no_trace(round_: int, shared: Path, tmp_path: Path) -> None:
    poisoned_nights(round_, shared, tmp_path)
