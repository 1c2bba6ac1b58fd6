"""Putting a whole file into place in one step, and the words for a disk that refuses."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.kinds import Kind

_WORDS_OF_SYSTEM = {
    errno.ENOSPC: "the disk is full",
    errno.EFBIG: "the file would be too large for the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "there is no permission",
    errno.EPERM: "there is no permission",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "a part of the path is no folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
    errno.EBUSY: "it is in use by another program",
}
_WORDS_OF_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_PERM: "there is no permission",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_BUSY: "it is in use by another program",
    sqlite3.SQLITE_CORRUPT: "its contents are not whole",
    sqlite3.SQLITE_NOTADB: "it is no database",
}


def words_of(error: Exception) -> str:
    """What went wrong with a disk or database, in words that continue a sentence."""
    if isinstance(error, OSError) and error.errno is not None:
        return _WORDS_OF_SYSTEM.get(error.errno, os.strerror(error.errno))
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind of error, the rest its details.
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in _WORDS_OF_SQLITE:
            return _WORDS_OF_SQLITE[code & 0xFF]
    return str(error) or type(error).__name__


def check_can_save(path: Path, kind: Kind | None = None) -> None:
    """Find out, without changing anything, whether a file can be put at `path`.

    With a `kind` only a file of that kind, or an empty one, may stand there already: for whoever
    has not been asked whether a file is to be replaced.

    Raises:
        ProjectFileError: it is a folder, a device or read-only, its folder is missing or not
            writable, or a file of another kind is there.
    """
    target = _target(path)
    try:
        if kind is not None and target.exists() and not kind.may_replace(target):
            raise ProjectFileError(
                f"{path} exists and is no {kind.title}; it is left as it is.",
                "Choose another name.",
            )
        temporary = _new_beside(target)
        temporary.unlink()
    except OSError as error:
        raise _not_saved(path, error) from None


def put_in_place(path: Path, write: Callable[[Path], None]) -> None:
    """Make a file in one step: written beside `path`, forced to the disk, then renamed.

    `write` fills the temporary file that it is given. Where anything fails, what was at `path`
    stays as it was and no temporary file is left.

    Raises:
        ProjectFileError: the file cannot be written.
    """
    target = _target(path)
    temporary: Path | None = None
    try:
        temporary = _new_beside(target)
        write(temporary)
        _force_to_disk(temporary)
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except (OSError, sqlite3.Error) as error:
        raise _not_saved(path, error) from None
    finally:
        if temporary is not None:
            remove(temporary)
    _force_folder_to_disk(target.parent)


def remove(path: Path) -> None:
    """Remove a database and the journals that SQLite may have left beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _target(path: Path) -> Path:
    try:
        # Through a link, so that saving replaces the file and not the link to it.
        target = path.resolve()
        if target.is_dir():
            raise ProjectFileError(f"{path} is a folder.", "Choose the name of a file.")
        # By the path as it is: a link to a pipe leads to no name. Renaming would replace the node.
        if path.exists() and not path.is_file():
            raise ProjectFileError(
                f"{path} is no ordinary file but a device or a pipe.",
                "Choose the name of a file.",
            )
        if not target.parent.is_dir():
            raise ProjectFileError(
                f"The folder {target.parent} does not exist.", "Choose another folder."
            )
        if target.exists() and not os.access(target, os.W_OK):
            raise ProjectFileError(f"{path} is read-only.", "Choose another name.")
    except (OSError, RuntimeError, ValueError) as error:
        raise _not_saved(path, error) from None
    return target


def _new_beside(target: Path) -> Path:
    temporary = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(6)}.tmp")
    # Made here rather than by SQLite: the system's reason for a refusal is the clearer one.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return temporary


def _force_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _force_folder_to_disk(folder: Path) -> None:
    # The rename itself; Windows has no such call, and some file systems refuse it.
    if hasattr(os, "O_DIRECTORY"):
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _not_saved(path: Path, error: Exception) -> ProjectFileError:
    return ProjectFileError(
        f"{path} could not be written: {words_of(error)}.",
        "Choose another place; what was there is unchanged.",
    )
