"""Signs that a process has no memory left, from errors of Python itself: told without importing anything more."""

from __future__ import annotations

import errno
import re

RESERVE_BYTES = 128 << 20  # what it takes to load all that explains an error; never touched, it costs addresses only
SIGNS = re.compile(r"can't start new thread|failed to map segment from shared object|[Cc]annot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory is what an error lacked: for an object, a thread, or a library to be loaded.

    >>> is_out_of_memory(RuntimeError("can't start new thread")), is_out_of_memory(RuntimeError("no such thread"))
    (True, False)
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, ImportError | RuntimeError) and SIGNS.search(str(error)) is not None
