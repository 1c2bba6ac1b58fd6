"""The tables of a `.rnnstudio` file, and the checks that a file is one and is whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rnnstudio.project.connection import in_use
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.kinds import PROJECT_MARK, SQLITE_MARK, Kind
from rnnstudio.project.saving import words_of

SUFFIX = ".rnnstudio"
APPLICATION_ID = int.from_bytes(PROJECT_MARK, "big")
FORMAT_VERSION = 3

# STRICT: SQLite itself refuses, and `quick_check` finds, values of another type.
_TABLES = {
    "meta": "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # `words` and `tags` are JSON lists where the data give words with their tags; `excluded` is 1
    # where a row is neither learned from nor evaluated.
    "rows": """CREATE TABLE rows (
        position INTEGER PRIMARY KEY, text TEXT NOT NULL, label TEXT NOT NULL,
        split TEXT NOT NULL, given_split TEXT, source TEXT NOT NULL, line INTEGER,
        words TEXT, tags TEXT, excluded INTEGER NOT NULL
    ) STRICT""",
    "problems": """CREATE TABLE problems (
        position INTEGER PRIMARY KEY, path TEXT, line INTEGER, "column" INTEGER,
        message TEXT NOT NULL, hint TEXT NOT NULL, severity TEXT NOT NULL
    ) STRICT""",
    # `unknown` says whether the vocabulary has <unk>; `longest` is the number of positions of a
    # network with weights for each of them.
    "runs": """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, spec TEXT NOT NULL, task TEXT NOT NULL,
        vocabulary TEXT NOT NULL, unknown INTEGER NOT NULL, labels TEXT NOT NULL, longest INTEGER
    ) STRICT""",
    # SQLite keeps NaN as NULL, so a measured value may be NULL.
    "batch_curve": """CREATE TABLE batch_curve (
        run INTEGER NOT NULL, step INTEGER NOT NULL, epoch INTEGER NOT NULL,
        batch INTEGER NOT NULL, batches INTEGER NOT NULL,
        loss REAL, accuracy REAL, gradient_norm REAL, tokens INTEGER NOT NULL,
        PRIMARY KEY (run, step)
    ) STRICT, WITHOUT ROWID""",
    "epoch_curve": """CREATE TABLE epoch_curve (
        run INTEGER NOT NULL, step INTEGER NOT NULL, epoch INTEGER NOT NULL,
        train_loss REAL, train_accuracy REAL, validation_loss REAL, validation_accuracy REAL,
        is_best INTEGER NOT NULL, stopped_early INTEGER NOT NULL,
        PRIMARY KEY (run, step)
    ) STRICT, WITHOUT ROWID""",
    # Weights and the optimiser's memory are safetensors, `state` is JSON.
    "checkpoints": """CREATE TABLE checkpoints (
        run INTEGER PRIMARY KEY, weights BLOB NOT NULL, best_weights BLOB NOT NULL,
        optimiser BLOB NOT NULL, state TEXT NOT NULL
    ) STRICT""",
    # The weights at the ends of epochs, 0 for those before the first batch.
    "moments": """CREATE TABLE moments (
        run INTEGER NOT NULL, epoch INTEGER NOT NULL, step INTEGER NOT NULL, weights BLOB NOT NULL,
        PRIMARY KEY (run, epoch)
    ) STRICT""",
}
_TABLES_2 = {
    **{name: table for name, table in _TABLES.items() if name != "moments"},
    "rows": """CREATE TABLE rows (
        position INTEGER PRIMARY KEY, text TEXT NOT NULL, label TEXT NOT NULL,
        split TEXT NOT NULL, given_split TEXT, source TEXT NOT NULL, line INTEGER,
        words TEXT, tags TEXT
    ) STRICT""",
}
# The tables of each version that can be read; `migration` leads from one to the next.
TABLES = {
    1: {
        **_TABLES_2,
        "rows": """CREATE TABLE rows (
        position INTEGER PRIMARY KEY, text TEXT NOT NULL, label TEXT NOT NULL,
        split TEXT NOT NULL, given_split TEXT, source TEXT NOT NULL, line INTEGER
    ) STRICT""",
        "runs": """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, spec TEXT NOT NULL,
        vocabulary TEXT NOT NULL, labels TEXT NOT NULL
    ) STRICT""",
    },
    2: _TABLES_2,
    FORMAT_VERSION: _TABLES,
}

_HEADER = 100


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty database a project file of this version, in one transaction."""
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    for table in TABLES[FORMAT_VERSION].values():
        connection.execute(table)
    connection.execute("COMMIT")


def is_project_file(path: Path) -> bool:
    """Whether a file has the mark of a `.rnnstudio` file, whatever its state."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except OSError:
        return False
    return Kind.PROJECT.begins(header)


def looks_like_project(path: Path) -> bool:
    """Whether a file is to be opened as a project: by its name, or as it is a database."""
    if path.name.lower().endswith(SUFFIX):
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_MARK)) == SQLITE_MARK
    except (OSError, ValueError):
        return False


def check_header(path: Path) -> None:
    """Check what can be told from a file's first bytes and length, before SQLite sees it.

    Raises:
        ProjectFileError: the file is missing, a folder, unreadable, empty, cut off, no project
            file, or from a newer version.
    """
    try:
        if path.is_dir():
            raise ProjectFileError(f"{path} is a folder.", f"Choose a *{SUFFIX} file.")
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        raise ProjectFileError(f"{path} does not exist.", "Check the name.") from None
    except (OSError, ValueError) as error:
        raise ProjectFileError(f"{path} cannot be read: {words_of(error)}.") from None
    if not header:
        raise ProjectFileError(f"{path} is empty.", "Use a copy of it if there is one.")
    if len(header) < _HEADER:
        if SQLITE_MARK.startswith(header[: len(SQLITE_MARK)]):
            raise _cut_off(path)
        raise _not_ours(path)
    if header.startswith(SQLITE_MARK) and not Kind.PROJECT.begins(header):
        raise ProjectFileError(
            f"{path} is a database of another program.", f"Choose a *{SUFFIX} file."
        )
    if not Kind.PROJECT.begins(header):
        raise _not_ours(path)
    check_version(path, int.from_bytes(header[60:64], "big", signed=True))
    if size < _expected_size(header):
        raise _cut_off(path)


def check_version(path: Path, version: int) -> None:
    """Refuse a file of a version that this program does not know.

    Raises:
        ProjectFileError: it is newer, or was never finished.
    """
    if version > FORMAT_VERSION:
        raise ProjectFileError(
            f"{path} was written by a newer RNN Studio (file format {version}; this program knows "
            f"up to {FORMAT_VERSION}).",
            "Open it with the newer program.",
        )
    if version < 1:
        raise damaged(path, "it has no format version")


def check_connection(connection: sqlite3.Connection, path: Path) -> int:
    """Check through SQLite that a file is a whole project file, and return its format version.

    Raises:
        ProjectFileError: it is not.
    """
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION_ID:
            raise _not_ours(path)
        check_version(path, version)
        # The schema of a version is fixed: no triggers, views or columns that we did not write.
        if _schema_of(connection) != _own_schema(version):
            raise damaged(path, "its tables are not those of a project")
        findings = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except (sqlite3.Error, UnicodeError) as error:
        raise reading_failed(path, error) from None
    if findings != ["ok"]:
        raise damaged(path, "its contents are not whole")
    return int(version)


def damaged(path: Path | None, why: str) -> ProjectFileError:
    """The error for a project file whose contents make no sense."""
    return ProjectFileError(
        f"{path or 'The project'} is damaged: {why}.", "Use a copy of it if there is one."
    )


def reading_failed(path: Path | None, error: Exception) -> ProjectFileError:
    """The error for what SQLite says, or what its texts are, while reading."""
    return in_use(path, error) or damaged(path, words_of(error))


def _not_ours(path: Path) -> ProjectFileError:
    return ProjectFileError(f"{path} is no RNN Studio project.", f"Choose a *{SUFFIX} file.")


def _cut_off(path: Path) -> ProjectFileError:
    return ProjectFileError(f"{path} is cut off: its end is missing.", "Copy or download it again.")


def _expected_size(header: bytes) -> int:
    """Bytes that the file should have (https://www.sqlite.org/fileformat2.html, section 1.3)."""
    page_size = int.from_bytes(header[16:18], "big")
    change_counter, pages = (int.from_bytes(header[at : at + 4], "big") for at in (24, 28))
    valid_for = int.from_bytes(header[92:96], "big")
    if change_counter != valid_for:
        return 0
    return pages * (65536 if page_size == 1 else page_size)


def _schema_of(connection: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return set(connection.execute("SELECT type, name, sql FROM sqlite_schema"))


def _own_schema(version: int) -> set[tuple[str, str, str | None]]:
    connection = sqlite3.connect(":memory:")
    try:
        for table in TABLES[version].values():
            connection.execute(table)
        return _schema_of(connection)
    finally:
        connection.close()
