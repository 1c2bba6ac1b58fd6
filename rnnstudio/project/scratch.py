"""The scratch files on which open projects work, and finding them again after a crash.

SQLite keeps a transaction whole and, once committed, safe from the death of this process. With
`locking_mode = EXCLUSIVE` it holds the system's lock on the file as long as the process lives, on
Windows as elsewhere: a scratch that can be locked belongs to no one any more.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rnnstudio.project.connection import address, connect, telling
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.folders import data_folder
from rnnstudio.project.json_values import decoded, encoded, parsed, written
from rnnstudio.project.migration import migrated_copy
from rnnstudio.project.saving import remove
from rnnstudio.project.schema import FORMAT_VERSION, SUFFIX, check_connection, create_tables


@dataclass(frozen=True)
class Work:
    """How a scratch stands to its named file, the path of which is `saved_as`."""

    saved_as: str | None
    unsaved: bool


@dataclass(frozen=True)
class ScratchInfo:
    """A scratch with unsaved changes whose process died; `saved_as` is its named file, if any."""

    path: Path
    name: str
    modified: datetime
    saved_as: Path | None


def scratch_folder() -> Path:
    """Where the scratch files lie."""
    return data_folder() / "open"


def create(
    source: sqlite3.Connection | None = None, work: Work | None = None
) -> tuple[Path, sqlite3.Connection]:
    """Make a scratch, empty or with all that `source` has, and hold it.

    Raises:
        ProjectFileError: the data folder cannot be written.
    """
    path = scratch_folder() / f"{secrets.token_hex(8)}{SUFFIX}"
    with telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(address(path, "rwc"))
        try:
            # Before anything is written, so that no other window ever finds it without a lock.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            if source is None:
                create_tables(connection)
            else:
                source.backup(connection)
            _hold(connection)
            put_work(connection, work or Work(saved_as=None, unsaved=False))
        except BaseException:
            connection.close()
            remove(path)
            raise
    return path, connection


def reopen(path: Path) -> tuple[Path, sqlite3.Connection, Work]:
    """Hold a scratch that another process left behind, in this version's form.

    One of a former version is replaced by a migrated copy, whose path is returned.

    Raises:
        ProjectFileError: it is missing, damaged, or open in another window.
    """
    connection, work, version = _take(path, patience=2.0)
    if version == FORMAT_VERSION:
        return path, connection, work
    with closing(connection), closing(migrated_copy(connection, path)) as copy:
        new, held = create(copy, work)
    remove(path)
    return new, held, work


def unfinished_scratches() -> list[ScratchInfo]:
    """The scratches with unsaved changes whose process died, newest first.

    Those without unsaved changes have nothing to lose and are removed; what cannot be read
    stays where it is.
    """
    found = []
    for path in sorted(scratch_folder().glob(f"*{SUFFIX}")):
        with suppress(ProjectFileError, OSError, sqlite3.Error):
            before = path.stat()
            if before.st_size == 0:
                continue  # another window is making it at this moment
            log = path.with_name(f"{path.name}-wal")
            modified = max([before.st_mtime] + ([log.stat().st_mtime] if log.exists() else []))
            connection, work, _ = _take(path, patience=0.0)
            try:
                name = _name_of(connection, work)
            finally:
                connection.close()
            if not work.unsaved:
                remove(path)
                continue
            # To look into it is no change of it.
            os.utime(path, (modified, modified))
            saved_as = Path(work.saved_as) if work.saved_as else None
            found.append(ScratchInfo(path, name, datetime.fromtimestamp(modified), saved_as))
    return sorted(found, key=lambda info: info.modified, reverse=True)


def discard_scratch(path: Path) -> None:
    """Remove a scratch that nobody holds."""
    remove(path)


def put_work(connection: sqlite3.Connection, work: Work) -> None:
    """Note how a scratch stands to its named file."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('work', ?)", (written(encoded(work)),))


def forget_work(connection: sqlite3.Connection) -> None:
    """Remove that note from a copy, which is a named file itself."""
    connection.execute("DELETE FROM meta WHERE key = 'work'")


def _take(path: Path, patience: float) -> tuple[sqlite3.Connection, Work, int]:
    """Hold a scratch of any version; wait `patience` seconds for the end of who has it."""
    if not path.is_file():
        raise ProjectFileError(f"{path} does not exist.")
    with telling(path, reading=True):
        connection = connect(address(path, "rw"), patience)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            _hold(connection)
            version = check_connection(connection, path)
            return connection, _work_in(connection), version
        except BaseException:
            connection.close()
            raise


def _hold(connection: sqlite3.Connection) -> None:
    # A log that is only appended to: commits need not wait for the disk.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def _work_in(connection: sqlite3.Connection) -> Work:
    row = connection.execute("SELECT value FROM meta WHERE key = 'work'").fetchone()
    if row is None:
        return Work(saved_as=None, unsaved=True)
    return decoded(Work, parsed(row[0], "work"), "work")


def _name_of(connection: sqlite3.Connection, work: Work) -> str:
    if work.saved_as:
        return Path(work.saved_as).stem
    row = connection.execute("SELECT value FROM meta WHERE key = 'table'").fetchone()
    about = parsed(row[0], "table") if row else None
    return str(about.get("name")) if isinstance(about, dict) else "Untitled"
