"""Errors that a user or an operator can mend: the exit code of each, and its sentence in place of a traceback.

Imported only when something failed: it knows the errors of every engine, and commands start without them.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor

import duckdb
from deltalake.exceptions import DeltaError
from pyarrow import ArrowException
from pyspark.errors import PySparkException, PySparkRuntimeError
from sqlalchemy.exc import DBAPIError

from jobs.commands.exit_codes import CONTRACT, GATE, LOCKED, MACHINE, USAGE
from jobs.contracts import ContractError
from jobs.contracts.messages import both
from jobs.doctor.memory import is_out_of_memory
from jobs.error_words import first_line, line_at, text_of
from jobs.ingest.gate import GateStopped
from jobs.lake.lock import LakeLocked
from jobs.lake.logs import LakeDamaged
from jobs.lake.outdated import LakeOutdated
from jobs.setting_checks import SettingRefused

BUGS = (KeyError, IndexError)  # a LookupError is a sentence about what was asked for; these two are Python's own
# Error, its exit code, the heading of its text; without a heading the text is a whole sentence.
FAILURES: tuple[tuple[type[BaseException], int, str], ...] = (
    (ContractError, CONTRACT, "error.contract"),
    (GateStopped, GATE, "error.gate"),
    (LakeLocked, LOCKED, ""),
    (LakeOutdated, MACHINE, ""),
    (LakeDamaged, MACHINE, ""),
    (SettingRefused, USAGE, ""),
    (LookupError, USAGE, ""),
    (OSError, MACHINE, "error.machine"),
    (PySparkRuntimeError, MACHINE, "error.machine"),
    (DBAPIError, MACHINE, "error.database"),
    (DeltaError, MACHINE, "error.lake"),
)

# What the machine lacks, by the kind or number of an error, wherever it stands among the causes.
KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (duckdb.OutOfMemoryException, "error.no_memory"),
    (BrokenExecutor, "error.lost_worker"),
    (ConnectionRefusedError, "error.lost_worker"),
)
NUMBERS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "error.disk_full"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "error.no_permission"),
    errno.ENOMEM: "error.no_memory",
    errno.EMFILE: "error.no_memory",
}
# The same in the words of engines, which hand on what the system told them as text: Java, Rust, Arrow, DuckDB.
WORDS = {
    "error.disk_full": (
        r"No space left on device",
        r"Disk quota exceeded",
        r"os error (?:28|122)\b",
        r"File too large",
    ),
    "error.no_memory": (
        *(r"OutOfMemoryError", r"Java heap space", r"GC overhead limit", r"Cannot allocate memory", r"os error 12\b"),
        *(r"Out of Memory Error", r"unable to create native thread", r"Too many open files"),
        *(r"[Ff]ailed to launch worker thread", r"Resource temporarily unavailable"),
    ),
    "error.no_permission": (
        *(r"Permission denied", r"Operation not permitted", r"Read-only file system", r"os error (?:1|13|30)\b"),
        *(r"AccessDeniedException", r"AccessControlException"),
    ),
    "error.lost_worker": (
        *(r"Python worker (?:exited unexpectedly|failed to connect)", r"pyspark\.daemon's stdout"),
        *(r"Answer from Java side is empty", r"ExecutorLostFailure"),
        *(r"Error while (?:sending|receiving)", r"SparkContext (?:was|has been) shut ?down", r"stopped SparkContext"),
    ),
    "error.lake": (
        *(r"FAILED_READ_FILE", r"PATH_NOT_FOUND", r"magic bytes", r"is not a Parquet file", r"deserialize thrift"),
        *(
            r"\.parquet\S* not found",
            r"Failed to open local file '[^']*\.parquet",
            r"Could not open Parquet|Parquet file size",
            r"range was invalid",
            r"CRC (?:checksum|verification)",
            r"could not verify \w* ?CRC",
        ),
        *(r"(?i:corrupt\w* (?:file|data|page|snappy))", r"DELTA_\w*(?:LOG|MISSING|NOT_FOUND)\w*"),
    ),
}
ENGINES = (OSError, DeltaError, PySparkException, duckdb.Error, ArrowException)


def explain(error: BaseException) -> tuple[int, str] | None:
    """Exit code and sentence of an error; None where it is a bug, whose traceback is worth more."""
    if isinstance(error, BUGS):
        return None
    of_ours = next((each for each in FAILURES if isinstance(error, each[0])), None)
    is_vague = of_ours is None or (of_ours[1] == MACHINE and of_ours[2] != "")
    if is_vague and (fault := machine_fault(error)):
        return MACHINE, f"{heading(fault[0])}: {fault[1]}"
    if of_ours is None:
        return None
    _, code, title = of_ours
    named = f"{type(error).__name__}: {first_line(text_of(error))}" if code == MACHINE else text_of(error)
    return code, f"{heading(title)}: {named}" if title else text_of(error)


def machine_fault(error: BaseException) -> tuple[str, str] | None:
    """What the machine lacks and the words that say so, from the error or one that led to it."""
    for each in causes(error):
        words = f"{type(each).__name__}: {first_line(text_of(each))}"
        if is_out_of_memory(each):
            return "error.no_memory", words
        for kind, code in KINDS:
            if isinstance(each, kind):
                return code, words
        if isinstance(each, OSError) and each.errno in NUMBERS:
            return NUMBERS[each.errno], words
        if type(each).__name__ == "Py4JNetworkError":
            return "error.lost_worker", words
        if isinstance(each, ENGINES) or is_foreign(each):
            text = text_of(each)
            for code, patterns in WORDS.items():
                if match := re.search("|".join(patterns), text):
                    return code, f"{type(each).__name__}: {line_at(text, match.start())}"
    return None


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that led to it, as a traceback would list them."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def is_foreign(error: BaseException) -> bool:
    """Whether Java raised it, through the bridge that Spark brings along, or Rust gave up, whose panics no module
    exports.
    """
    return type(error).__module__.startswith("py4j.") or type(error).__name__ == "PanicException"


def heading(code: str) -> str:
    """A heading in both languages; its code where the messages themselves are broken."""
    try:
        return both(code)
    except ContractError:
        return code
