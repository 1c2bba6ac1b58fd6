"""Brings a project file of a former version into this version's form, always on a copy of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rnnstudio.project.connection import connect
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.json_values import parsed, written
from rnnstudio.project.schema import FORMAT_VERSION, TABLES, damaged, reading_failed

# What version 1 did without having a setting for it.
_SETTINGS_2: dict[str, dict[str, object]] = {
    "text": {"unknown": False, "maximum_words": None, "longest": None},
    "model": {
        "layers": 1,
        "bidirectional": False,
        "vectors": None,
        "train_embedding": True,
        "dropout": 0.0,
        "read": None,
        "train_initial_state": False,
        "forget_bias": 1.0,
    },
    "training": {
        "momentum": 0.9,
        "weight_decay": 0.0,
        "schedule": "constant",
        "decay_epochs": 10,
        "decay_factor": 0.5,
        "warmup": 0,
        "clip_value": None,
        "criterion": "loss",
        "loss_mean": "sentence",
        "label_smoothing": 0.0,
        "balanced": False,
        "truncation": None,
    },
}


def migrated_copy(source: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Copy a checked project of a former version and bring the copy into this version's form.

    The copy is a temporary database that is gone when it is closed.

    Raises:
        ProjectFileError: something in it makes no sense.
    """
    # An empty name: SQLite keeps it in memory while it is small and on disk where it is not.
    copy = connect("")
    try:
        source.backup(copy)
        copy.execute("BEGIN")
        (version,) = copy.execute("PRAGMA user_version").fetchone()
        for step in _STEPS[version - 1 :]:
            step(copy)
        copy.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        copy.execute("COMMIT")
    except (sqlite3.Error, UnicodeError) as error:
        copy.close()
        raise reading_failed(path, error) from None
    except ProjectFileError as error:
        copy.close()
        raise damaged(path, str(error).rstrip(".")) from None
    except BaseException:
        copy.close()
        raise
    return copy


def _from_1_to_2(connection: sqlite3.Connection) -> None:
    """Words with tags in the rows; a task and a number of positions in the runs; more settings.

    What the optimiser remembers is read by the engine in its former form too.
    """
    _remake(connection, 2, "rows", "*, NULL, NULL")
    _remake(connection, 2, "runs", "number, spec, 'classify', vocabulary, 0, labels, NULL")
    _change_settings(connection, "meta", "key", "value", "WHERE key = 'spec'")
    _change_settings(connection, "runs", "number", "spec", "")


def _from_2_to_3(connection: sqlite3.Connection) -> None:
    """No row is excluded, and no moments were kept."""
    _remake(connection, 3, "rows", "*, 0")
    connection.execute(TABLES[3]["moments"])


# The first leads from version 1 to 2, and so on.
_STEPS = (_from_1_to_2, _from_2_to_3)


def _remake(connection: sqlite3.Connection, version: int, table: str, columns: str) -> None:
    """Make a table anew in the form of a version, of `columns` of the former one."""
    connection.execute(f"ALTER TABLE {table} RENAME TO former")
    connection.execute(TABLES[version][table])
    connection.execute(f"INSERT INTO {table} SELECT {columns} FROM former")
    connection.execute("DROP TABLE former")


def _change_settings(
    connection: sqlite3.Connection, table: str, key: str, column: str, where: str
) -> None:
    found = connection.execute(f"SELECT {key}, {column} FROM {table} {where}").fetchall()
    for row, text in found:
        settings = _with_settings_2(parsed(text, "spec"))
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (written(settings), row)
        )


def _with_settings_2(value: object) -> object:
    # Whatever has another form is left for the reader, who refuses it with words.
    if not isinstance(value, dict):
        return value
    return {
        part: {**_SETTINGS_2.get(part, {}), **entries} if isinstance(entries, dict) else entries
        for part, entries in value.items()
    }
