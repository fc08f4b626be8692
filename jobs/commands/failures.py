"""Errors that a user or an operator can mend: the exit code of each, and its sentence in place of a traceback.

Imported only when something failed: it knows the errors of every engine, and commands start without them.
"""

from __future__ import annotations

from deltalake.exceptions import DeltaError
from pyspark.errors import PySparkRuntimeError

from jobs.commands.exit_codes import CONTRACT, GATE, LOCKED, MACHINE, USAGE
from jobs.contracts import ContractError
from jobs.contracts.messages import both
from jobs.ingest.gate import GateStopped
from jobs.lake.lock import LakeLocked
from jobs.lake.outdated import LakeOutdated
from jobs.setting_checks import SettingRefused

BUGS = (KeyError, IndexError)  # a LookupError is a sentence about what was asked for; these two are Python's own
# Error, its exit code, the heading of its text; without a heading the text is a whole sentence.
FAILURES: tuple[tuple[type[Exception], int, str], ...] = (
    (ContractError, CONTRACT, "error.contract"),
    (GateStopped, GATE, "error.gate"),
    (LakeLocked, LOCKED, ""),
    (LakeOutdated, MACHINE, ""),
    (SettingRefused, USAGE, ""),
    (LookupError, USAGE, ""),
    (OSError, MACHINE, "error.machine"),
    (MemoryError, MACHINE, "error.machine"),
    (PySparkRuntimeError, MACHINE, "error.machine"),
    (DeltaError, MACHINE, "error.lake"),
)


def explain(error: Exception) -> tuple[int, str] | None:
    """Exit code and sentence of an error; None where it is a bug, whose traceback is worth more."""
    if isinstance(error, BUGS):
        return None
    for kind, code, title in FAILURES:
        if isinstance(error, kind):
            named = f"{type(error).__name__}: {error}" if code == MACHINE else str(error)
            return code, f"{heading(title)}: {named}" if title else str(error)
    return None


def heading(code: str) -> str:
    """A heading in both languages; its code where the messages themselves are broken."""
    try:
        return both(code)
    except ContractError:
        return code
