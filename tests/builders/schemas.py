"""A copy of `schemas/` that a test may change, read in place of the repository's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobs import contracts
from jobs.contracts import check, codes, messages, register

CACHED = [
    contracts.fields,
    contracts.table,
    contracts.tables,
    contracts.landing,
    contracts.landings,
    register.detectors,
    register.rules,
    register.rules_version,
    codes.code_lists,
    codes.code_labels,
    codes.countries,
    codes.standard_products,
    codes.code_set,
    messages.messages,
    messages.rooms,
]


@contextmanager
def copied_schemas(folder: Path) -> Iterator[Path]:
    """The copy, from which everything is read anew until the end."""
    copy = folder / "schemas"
    shutil.copytree(contracts.SCHEMAS, copy)
    with pytest.MonkeyPatch.context() as patch:
        for module in (contracts, check, codes, messages, register):
            patch.setattr(module, "SCHEMAS", copy)
        forget()
        yield copy
    forget()


def forget() -> None:
    """Contracts that were read are read again when they are next asked for."""
    for function in CACHED:
        function.cache_clear()
