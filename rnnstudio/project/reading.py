"""Reads a project out of its tables; whatever makes no sense is refused with words."""

from __future__ import annotations

import dataclasses
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.arrays import read_only
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training import BatchRecord, EpochRecord
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.json_values import decoded, parsed
from rnnstudio.project.limits import MOST_POSITIONS, require_size
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import PROBE_LIMIT, Probe, Project, Run, RunOverview
from rnnstudio.project.schema import damaged, reading_failed
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.project.weights import largest_size, unpacked, unpacked_weights


def read_project(connection: sqlite3.Connection, path: Path | None) -> Project:
    """The project that a checked connection leads to; of its moments those of the run in view.

    Raises:
        ProjectFileError: a value makes no sense, or the weights do not fit their network.
    """
    with _refusing(path):
        table, splits = _table(connection)
        project = Project(
            spec=_spec(_meta(connection, "spec"), "settings"),
            table=table,
            splits=splits,
            runs=tuple([_run(connection, *row) for row in connection.execute(_RUNS).fetchall()]),
            probes=_probes(_meta(connection, "probes", [])),
            sentence=_text(_meta(connection, "sentence", ""), "the sentence"),
            shown_run=_number(_meta(connection, "shown_run", -1), "the run that is shown"),
        )
        in_view = project.run_in_view
        runs = [_with_moments(connection, run) if run is in_view else run for run in project.runs]
        return dataclasses.replace(project, runs=tuple(runs))


def read_run(connection: sqlite3.Connection, path: Path | None, number: int) -> Run:
    """One run with its curves, its weights and its moments.

    Raises:
        ProjectFileError: there is no such run, a value makes no sense, or weights do not fit.
    """
    with _refusing(path):
        rows = connection.execute(_RUNS).fetchall()
        found = next((row for row in rows if row[0] == number), None)
        run = None if found is None else _with_moments(connection, _run(connection, *found))
    if run is None:
        raise ProjectFileError(f"The project has no run {number}.", "Choose another one.")
    return run


def read_run_lines(connection: sqlite3.Connection, path: Path | None) -> tuple[RunOverview, ...]:
    """What a list of the runs says of them, without their curves and weights.

    Raises:
        ProjectFileError: a value makes no sense.
    """
    with _refusing(path):
        return tuple([_overview(connection, *row) for row in connection.execute(_RUNS).fetchall()])


@contextmanager
def _refusing(path: Path | None) -> Iterator[None]:
    """Turn what cannot be read or makes no sense into a ProjectFileError."""
    try:
        yield
    except sqlite3.Error as error:
        raise reading_failed(path, error) from None
    except (RnnStudioError, ValueError, TypeError, OverflowError) as error:
        raise damaged(path, str(error).rstrip(".")) from None


_RUNS = "SELECT number, spec, task, vocabulary, unknown, labels, longest FROM runs ORDER BY number"


def _meta(connection: sqlite3.Connection, key: str, default: object = None) -> object:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is not None:
        return parsed(row[0], key)
    if default is None:
        raise ProjectFileError(f"it has no {key}")
    return default


def _spec(value: object, where: str) -> ProjectSpec:
    spec = ProjectSpec.from_json(value)
    problems = spec.validate()
    if problems:
        raise ProjectFileError(f"{where}: {problems[0].message}")
    return spec


def _number(value: object, where: str) -> int | None:
    """A count from 0, or None for −1: not said."""
    if type(value) is not int or value < -1:
        raise ProjectFileError(f"{where} should be a number")
    return None if value == -1 else value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ProjectFileError(f"{where} should be a text")
    return value


def _probes(value: object) -> tuple[Probe, ...]:
    if not isinstance(value, list) or len(value) > PROBE_LIMIT:
        raise ProjectFileError("the probe sentences should be a short list")
    return tuple(decoded(Probe, item, "probe sentence") for item in value)


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ProjectFileError(f"{where} should be a list of texts")
    return tuple(_text(item, f"each of the {where}") for item in value)


def _table(connection: sqlite3.Connection) -> tuple[Table, tuple[Split, ...]]:
    about = _meta(connection, "table")
    if not isinstance(about, dict) or set(about) != {"name", "origin", "task"}:
        raise ProjectFileError("the description of its table makes no sense")
    rows = connection.execute(
        "SELECT text, label, given_split, source, line, words, tags, excluded, split"
        " FROM rows ORDER BY position"
    ).fetchall()
    problems = connection.execute(
        'SELECT path, line, "column", message, hint, severity FROM problems ORDER BY position'
    ).fetchall()
    task = Task(_text(about["task"], "the table's task"))
    table = Table(
        name=_text(about["name"], "the table's name"),
        rows=tuple(
            Row(
                text,
                label,
                None if given is None else Split(given),
                source,
                line,
                _words(words, "words"),
                _words(tags, "tags"),
                bool(excluded),
            )
            for text, label, given, source, line, words, tags, excluded, _ in rows
        ),
        problems=tuple(
            Problem(path, line, column, message, hint, Severity(severity))
            for path, line, column, message, hint, severity in problems
        ),
        origin=_text(about["origin"], "the table's origin"),
        task=task,
    )
    if task is Task.LABEL and any(row.words is None for row in table.rows):
        raise ProjectFileError("a row has no tags, while the table is to have them")
    return table, tuple(Split(row[-1]) for row in rows)


def _words(text: str | None, what: str) -> tuple[str, ...] | None:
    return None if text is None else _texts(parsed(text, what), f"{what} of a row")


def _run(connection: sqlite3.Connection, number: int, *settings: Any) -> Run:
    run = _bare_run(number, *settings)
    return dataclasses.replace(
        run,
        batch_records=_batch_records(connection, number),
        epoch_records=_epoch_records(connection, number),
        last=_checkpoint(connection, number, run.network),
    )


def _overview(connection: sqlite3.Connection, number: int, *settings: Any) -> RunOverview:
    run = _bare_run(number, *settings)
    epochs = _epoch_records(connection, number)
    best = [record.validation_accuracy for record in epochs if record.is_best]
    trained = connection.execute("SELECT 1 FROM checkpoints WHERE run = ?", (number,)).fetchone()
    return RunOverview(
        number=number,
        spec=run.spec,
        task=run.task,
        words=len(run.vocabulary.words),
        classes=len(run.labels),
        epochs=epochs[-1].epoch if epochs else 0,
        accuracy=best[-1] if best else None,
        has_weights=trained is not None,
    )


def _bare_run(
    number: int,
    spec: str,
    task: str,
    vocabulary: str,
    unknown: int,
    labels: str,
    longest: int | None,
) -> Run:
    """A run without its curves and weights."""
    where = f"run {number}"
    run = Run(
        number=number,
        spec=_spec(parsed(spec, where), where),
        task=Task(task),
        longest=longest,
        vocabulary=Vocabulary(
            _texts(parsed(vocabulary, where), f"words of {where}"), bool(unknown)
        ),
        labels=_texts(parsed(labels, where), f"labels of {where}"),
    )
    if len(set(run.labels)) != len(run.labels) or len(run.labels) < 2:
        raise ProjectFileError(f"the labels of {where} make no sense")
    if len(set(run.vocabulary.words)) != len(run.vocabulary.words):
        raise ProjectFileError(f"the words of {where} are not all different")
    if longest is not None and not 1 <= longest <= MOST_POSITIONS:
        raise ProjectFileError(f"{where} has a network for {longest} positions")
    if run.spec.model.cell.has_length != (longest is not None):
        raise ProjectFileError(f"the network of {where} makes no sense")
    require_size(run.network)
    return run


def _batch_records(connection: sqlite3.Connection, run: int) -> tuple[BatchRecord, ...]:
    return tuple(
        BatchRecord(
            step=step,
            epoch=epoch,
            batch=batch,
            batches=batches,
            loss=_measured(loss),
            accuracy=_measured(accuracy),
            gradient_norm=_measured(norm),
            tokens=tokens,
        )
        for step, epoch, batch, batches, loss, accuracy, norm, tokens in connection.execute(
            "SELECT step, epoch, batch, batches, loss, accuracy, gradient_norm, tokens"
            " FROM batch_curve WHERE run = ? ORDER BY step",
            (run,),
        )
    )


def _epoch_records(connection: sqlite3.Connection, run: int) -> tuple[EpochRecord, ...]:
    return tuple(
        EpochRecord(
            step=step,
            epoch=epoch,
            train_loss=_measured(train_loss),
            train_accuracy=_measured(train_accuracy),
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            is_best=bool(is_best),
            stopped_early=bool(stopped_early),
        )
        for (
            step,
            epoch,
            train_loss,
            train_accuracy,
            validation_loss,
            validation_accuracy,
            is_best,
            stopped_early,
        ) in connection.execute(
            "SELECT step, epoch, train_loss, train_accuracy, validation_loss,"
            " validation_accuracy, is_best, stopped_early"
            " FROM epoch_curve WHERE run = ? ORDER BY step",
            (run,),
        )
    )


def _measured(value: float | None) -> float:
    return math.nan if value is None else value


def _checkpoint(
    connection: sqlite3.Connection, run: int, network: NetworkSpec
) -> Checkpoint | None:
    sizes = connection.execute(
        "SELECT length(weights), length(best_weights), length(optimiser)"
        " FROM checkpoints WHERE run = ?",
        (run,),
    ).fetchone()
    if sizes is None:
        return None
    shapes = network.parameter_shapes()
    # Before the bytes are fetched. No optimiser remembers more than three numbers for each weight
    # and five for each word.
    if max(sizes[0], sizes[1], sizes[2] // 8) > largest_size(shapes):
        raise ProjectFileError(f"the weights of run {run} are larger than its network")
    weights, best_weights, optimiser, state = connection.execute(
        "SELECT weights, best_weights, optimiser, state FROM checkpoints WHERE run = ?", (run,)
    ).fetchone()
    meta = parsed(state, f"the state of run {run}")
    if not isinstance(meta, dict):
        raise ProjectFileError(f"the state of run {run} makes no sense")
    arrays = {
        **{f"last.{name}": array for name, array in unpacked_weights(weights, shapes).items()},
        **{f"best.{name}": array for name, array in unpacked_weights(best_weights, shapes).items()},
        **{f"moment.{name}": array for name, array in unpacked(optimiser).items()},
    }
    return Checkpoint.from_parts(arrays, meta, network)


def _with_moments(connection: sqlite3.Connection, run: Run) -> Run:
    """A run with the weights that were kept of its epochs."""
    shapes = run.network.parameter_shapes()
    found = connection.execute(
        "SELECT epoch, step, length(weights) FROM moments WHERE run = ? ORDER BY epoch",
        (run.number,),
    ).fetchall()
    # Before the bytes are fetched.
    if max((size for _, _, size in found), default=0) > largest_size(shapes):
        raise ProjectFileError(
            f"the weights kept of an epoch of run {run.number} are larger than its network"
        )
    if any(epoch < 0 or step < 0 for epoch, step, _ in found):
        raise ProjectFileError(f"the weights of run {run.number} are of an epoch before its first")
    moments = []
    for epoch, step, _ in found:
        (weights,) = connection.execute(
            "SELECT weights FROM moments WHERE run = ? AND epoch = ?", (run.number, epoch)
        ).fetchone()
        arrays = unpacked_weights(weights, shapes)
        flat = Parameters.from_arrays(arrays, np.float32, shapes).flat
        moments.append(Moment(epoch, step, Parameters(read_only(flat), shapes)))
    return dataclasses.replace(run, moments=tuple(moments))
