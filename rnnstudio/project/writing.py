"""Writes the parts of a project into its tables, inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from rnnstudio.data.table import Split, Table
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.network import Task
from rnnstudio.engine.training import BatchRecord, EpochRecord, Record
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.json_values import encoded, written
from rnnstudio.project.left_moments import thin_left_moments
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.project.weights import packed


def put_spec(connection: sqlite3.Connection, spec: ProjectSpec) -> None:
    """Replace the settings.

    Raises:
        ProjectFileError: a setting is out of range.
    """
    _put_meta(connection, "spec", _checked(spec).to_json())


def put_table(connection: sqlite3.Connection, table: Table, splits: Sequence[Split]) -> None:
    """Replace the rows, the splits they are in, and the problems.

    Raises:
        ValueError: there is not one split for each row.
    """
    about = {"name": table.name, "origin": table.origin, "task": table.task.value}
    _put_meta(connection, "table", about)
    connection.execute("DELETE FROM rows")
    connection.executemany(
        "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                position,
                _storable(row.text),
                _storable(row.label),
                split.value,
                None if row.split is None else row.split.value,
                _storable(row.source),
                row.line,
                None if row.words is None else written(list(row.words)),
                None if row.tags is None else written(list(row.tags)),
                int(row.excluded),
            )
            for position, (row, split) in enumerate(zip(table.rows, splits, strict=True))
        ],
    )
    connection.execute("DELETE FROM problems")
    connection.executemany(
        "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                position,
                None if problem.path is None else _storable(problem.path),
                problem.line,
                problem.column,
                _storable(problem.message),
                _storable(problem.hint),
                problem.severity.value,
            )
            for position, problem in enumerate(table.problems)
        ],
    )


def put_sentences(connection: sqlite3.Connection, sentence: str, probes: Sequence[Probe]) -> None:
    """Replace the current sentence and the probe sentences.

    Raises:
        ProjectFileError: there are too many probe sentences.
    """
    if len(probes) > PROBE_LIMIT:
        raise ProjectFileError(f"At most {PROBE_LIMIT} probe sentences can be kept.")
    _put_meta(connection, "sentence", sentence)
    _put_meta(connection, "probes", [encoded(probe) for probe in probes])


def put_shown_run(connection: sqlite3.Connection, number: int) -> None:
    """Note which run is looked at, 0 for fresh weights."""
    _put_meta(connection, "shown_run", number)


def put_run(
    connection: sqlite3.Connection,
    spec: ProjectSpec,
    vocabulary: Vocabulary,
    labels: Sequence[str],
    task: Task,
    longest: int | None,
) -> int:
    """Add a run and return its number.

    Raises:
        ProjectFileError: a setting is out of range.
    """
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()
    settings = written(_checked(spec).to_json())
    connection.execute(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            settings,
            task.value,
            written(vocabulary.words),
            int(vocabulary.unknown),
            written(list(labels)),
            longest,
        ),
    )
    return int(number)


def put_run_spec(connection: sqlite3.Connection, run: int, spec: ProjectSpec) -> None:
    """Replace the settings of a run.

    Raises:
        ProjectFileError: a setting is out of range.
    """
    settings = written(_checked(spec).to_json())
    connection.execute("UPDATE runs SET spec = ? WHERE number = ?", (settings, run))


def put_records(connection: sqlite3.Connection, run: int, records: Sequence[Record]) -> None:
    """Add records to a run's curves, in which nothing later than the first of them stays."""
    first = records[0]
    # An epoch's record has the step of its last batch, which stays.
    after = first.step if isinstance(first, BatchRecord) else first.step + 1
    connection.execute("DELETE FROM batch_curve WHERE run = ? AND step >= ?", (run, after))
    connection.execute("DELETE FROM epoch_curve WHERE run = ? AND step >= ?", (run, first.step))
    connection.executemany(
        "INSERT INTO batch_curve VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                run,
                record.step,
                record.epoch,
                record.batch,
                record.batches,
                float(record.loss),
                float(record.accuracy),
                float(record.gradient_norm),
                record.tokens,
            )
            for record in records
            if isinstance(record, BatchRecord)
        ],
    )
    connection.executemany(
        "INSERT INTO epoch_curve VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                run,
                record.step,
                record.epoch,
                float(record.train_loss),
                float(record.train_accuracy),
                record.validation_loss,
                record.validation_accuracy,
                int(record.is_best),
                int(record.stopped_early),
            )
            for record in records
            if isinstance(record, EpochRecord)
        ],
    )


def put_checkpoint(connection: sqlite3.Connection, run: int, checkpoint: Checkpoint) -> None:
    """Replace the last and best weights of a run and all that is needed to go on."""
    connection.execute(
        "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)",
        (
            run,
            packed(checkpoint.parameters),
            packed(checkpoint.best_parameters),
            packed(checkpoint.moments),
            written(checkpoint.meta()),
        ),
    )


def put_moments(
    connection: sqlite3.Connection, run: int, moments: Sequence[Moment], kept: Collection[int]
) -> None:
    """Add moments of a run; those whose epochs are not among `kept` are removed.

    Runs that were left lose some where theirs are too large together.
    """
    there = connection.execute("SELECT epoch FROM moments WHERE run = ?", (run,)).fetchall()
    connection.executemany(
        "DELETE FROM moments WHERE run = ? AND epoch = ?",
        [(run, epoch) for (epoch,) in there if epoch not in kept],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?)",
        [
            (run, moment.epoch, moment.step, packed(moment.parameters))
            for moment in moments
            if moment.epoch in kept
        ],
    )
    if moments:
        thin_left_moments(connection, run)


def _put_meta(connection: sqlite3.Connection, key: str, value: object) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, written(value)))


def _checked(spec: ProjectSpec) -> ProjectSpec:
    for problem in spec.validate():
        raise ProjectFileError(problem.message, problem.hint)
    return spec


def _storable(text: str) -> str:
    """Text that UTF-8 can hold: lone surrogates, of undecodable file names, become "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")
