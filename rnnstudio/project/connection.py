"""SQLite connections as every project file is opened, and their errors in words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.saving import words_of

# Seconds to wait for another program that is copying or checking the file.
_PATIENCE = 2.0


def address(path: Path, mode: str) -> str:
    """The URI of a database; `mode` is "ro", "rw" or "rwc" (https://www.sqlite.org/uri.html).

    Raises:
        OSError: a file to be read cannot be opened.
    """
    name = path.absolute().as_posix()
    # "file:///C:/…" on Windows, "file:////server/share/…" for a network place.
    rooted = name if name.startswith("/") else f"/{name}"
    return f"file://{quote(os.fsencode(rooted))}?mode={mode}{_log_option(path, mode)}"


def connect(database: str, patience: float = _PATIENCE) -> sqlite3.Connection:
    """A connection on which transactions begin only where the code says so."""
    connection = sqlite3.connect(database, timeout=patience, isolation_level=None, uri=True)
    # Nothing in a file's own schema may call what is not harmless.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _log_option(path: Path, mode: str) -> str:
    # A copy of a scratch: SQLite would make a log beside it even to read, unless it is told that
    # nobody writes. Bytes 18 and 19 of a database are 2 where it works with a log.
    if mode == "ro" and not path.with_name(f"{path.name}-wal").exists():
        with path.open("rb") as file:
            if file.read(20)[18:] == b"\2\2":
                return "&immutable=1"
    return ""


def in_use(path: Path | None, error: Exception) -> ProjectFileError | None:
    """The error to raise where SQLite refuses only because another program holds the file."""
    # The low byte is the kind of error, the rest its details.
    if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
        return None
    return ProjectFileError(f"{path} is in use by another program.", "Close it there first.")


@contextmanager
def telling(path: Path | None, *, reading: bool = False) -> Iterator[None]:
    """Turn what the disk or SQLite says inside into a ProjectFileError.

    Raises:
        ProjectFileError: the file could not be read or written.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        done = "read" if reading else "written"
        raise in_use(path, error) or ProjectFileError(
            f"{path or 'The project'} could not be {done}: {words_of(error)}.",
            "" if reading else "Make room or save elsewhere; what was there is unchanged.",
        ) from None
