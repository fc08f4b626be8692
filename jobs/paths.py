"""Any folder under a path that every engine can spell.

Spark takes a path for a Hadoop path, delta-rs for a URI, DuckDB for a pattern, and no spelling of `#`, `%20`, `[` or a
space suits all of them; a JVM started with LC_ALL=C cannot name Hangul at all. So a path with more than plain
characters is reached through a link that has none, in a folder of the user's own, made anew whenever it is missing.

docker/environment.sh runs this file by itself, so it imports the standard library only:
`python jobs/paths.py FOLDER` writes the plain path of a folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

PLAIN = re.compile(r"[A-Za-z0-9/._-]*")
UNREADABLE = re.compile(r"[\x00-\x1f\x7f\[\]\\^|]|%[0-9A-Fa-f]{2}")
SUFFIXES = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){0,2}$")  # by which engines know a format or a compression


def is_plain(path: str) -> bool:
    """Whether every engine and every script reads a path as it stands.

    >>> is_plain("/srv/lake"), is_plain("/srv/my lake"), is_plain("/srv/lake%20"), is_plain("/srv/[lake]")
    (True, False, False, False)
    """
    return PLAIN.fullmatch(path) is not None


def plain_path(path: str | Path) -> str:
    """The path itself where it is plain or a URI, else one through a link to its last folder that is not.

    Args:
        path: a file, or a folder, which is made where it does not exist: engines make none through a link that leads
            nowhere.

    Raises:
        PermissionError: the folder of links belongs to someone else.
    """
    if is_plain(text := str(path)) or "://" in text:
        return text
    whole = Path(os.path.abspath(text))
    last = max(place for place, part in enumerate(whole.parts) if not is_plain(part))
    linked, rest = Path(*whole.parts[: last + 1]), whole.parts[last + 1 :]
    with suppress(OSError):  # one that may not be made is missed by who writes to it
        if not os.path.lexists(linked):
            linked.mkdir(parents=True)
    return str(link_to(linked).joinpath(*rest))


def plain_executable() -> str:
    """This Python under a plain path: the folder of the environment is linked, or Python would not know it for one."""
    program = Path(sys.executable)
    if program.is_relative_to(sys.prefix):
        return str(Path(plain_path(sys.prefix)) / program.relative_to(sys.prefix))
    return sys.executable


def link_to(target: Path) -> Path:
    """A link of plain name to a file or folder, always the same one."""
    digest = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    suffixes = SUFFIXES.search(target.name)
    link = links() / (digest + (suffixes[0] if suffixes else ""))
    if not link.is_symlink() or os.readlink(link) != str(target):
        made = link.with_name(f"{link.name}.{os.getpid()}-{threading.get_ident()}")
        made.symlink_to(target)
        made.replace(link)  # at once, for whoever makes the same at the same time
    return link


def table_uri(path: str) -> str:
    """The folder of a Delta table, a plain path, as delta-rs can spell it.

    delta-rs follows the links of a local path, and fails on some characters that it then meets. A store of its own
    for such folders leaves them alone; only there, a commit that a full disk breaks off leaves a part of itself.
    """
    if "://" in path or not UNREADABLE.search(os.path.realpath(path)):
        return path
    return f"opendal+fs://{path}"


def table_files(path: str) -> FileSystem | None:
    """From where Arrow reads and writes the files of such a table; None where delta-rs knows best.

    Through a store of delta-rs it would call Python from threads of its own, which may abort a process at its end.
    """
    if "://" in path:
        return None
    from pyarrow import fs

    return fs.SubTreeFileSystem(path, fs.LocalFileSystem())


def links() -> Path:
    """The folder of this user's links, which nobody else can write.

    Raises:
        PermissionError: somebody else has made it, or made something else of its name.
    """
    temporary = tempfile.gettempdir()
    folder = Path(temporary if is_plain(temporary) else "/tmp") / f"customs-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise PermissionError(f"{folder} is not a folder of this user alone: remove it")
    return folder


if __name__ == "__main__":
    sys.stdout.buffer.write(os.fsencode(plain_path(sys.argv[1])) + b"\n")
