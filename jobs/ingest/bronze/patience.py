"""What the machine is asked of files, each within a time limit: a network file system that hangs answers never.

The question is asked by a thread of its own, which is left behind where no answer comes: a call that hangs in the
kernel can not be called back.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class TookTooLong(TimeoutError):
    """The machine did not answer within the limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds


def within(seconds: float, ask: Callable[[], Answer], *, limit: float | None = None) -> Answer:
    """What a call answers, if it does so within some seconds.

    Args:
        seconds: how long to wait.
        ask: the call, which may hang.
        limit: what a refusal names as the limit, where some of it was used up before.

    Raises:
        TookTooLong: it does not. What it raises itself is raised as it is.
    """
    answers: SimpleQueue[tuple[Answer | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:
            answers.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        answer, error = answers.get(timeout=max(seconds, 0))
    except Empty:
        raise TookTooLong(limit or seconds) from None
    if error:
        raise error
    return answer  # type: ignore[return-value]


class PatientFile(io.RawIOBase):
    """A file opened for reading, whose reads have a time limit between them; what is done with them does not count."""

    def __init__(self, number: int, limit: float) -> None:
        self._number, self._limit, self._used = number, limit, 0.0

    def fileno(self) -> int:
        return self._number

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self._number, offset, whence)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer. The bytes come in one of their own, for a thread left behind may still write to it."""
        view = memoryview(buffer)
        began = time.monotonic()
        number, size = self._number, len(view)
        content = within(self._limit - self._used, lambda: os.read(number, size), limit=self._limit)
        self._used += time.monotonic() - began
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            os.close(self._number)
        super().close()
