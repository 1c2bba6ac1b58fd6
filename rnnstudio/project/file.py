"""The `.rnnstudio` file: what happens goes into it in short transactions, Save copies it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rnnstudio.data.table import Split, Table
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.network import Task
from rnnstudio.engine.training import Record
from rnnstudio.project import scratch, writing
from rnnstudio.project.connection import address, connect, telling
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.migration import migrated_copy
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import Probe, Project, Run, RunOverview
from rnnstudio.project.reading import read_project, read_run, read_run_lines
from rnnstudio.project.saving import put_in_place, remove
from rnnstudio.project.schema import (
    FORMAT_VERSION,
    check_connection,
    check_header,
    create_tables,
)
from rnnstudio.project.spec import ProjectSpec


class ProjectFile:
    """One project file, open; used by the thread that opened it. A context manager: it closes.

    Made by `create`, `create_scratch`, `in_memory`, `open`, `open_copy` or `open_scratch`. Every
    method that writes is one transaction and raises ProjectFileError, with the file as it was
    before, where the disk refuses.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path | None, work: scratch.Work | None = None
    ) -> None:
        """Take over a checked connection; `work` is given for a scratch alone."""
        self.path = path
        self._connection = connection
        self._work = work

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new empty project file and keep it open for writing.

        Raises:
            ProjectFileError: there is a file already, or it cannot be made.
        """
        if path.exists():
            raise ProjectFileError(f"{path} exists already.", "Choose another name.")
        with telling(path):
            connection = connect(address(path, "rwc"))
            try:
                create_tables(connection)
            except BaseException:
                connection.close()
                remove(path)
                raise
        return cls(connection, path)

    @classmethod
    def in_memory(cls) -> Self:
        """Make a new empty project that is gone when it is closed; `save_to` keeps it."""
        connection = connect(":memory:")
        create_tables(connection)
        return cls(connection, None)

    @classmethod
    def create_scratch(cls) -> Self:
        """Make a new empty project in the data folder, to be found again after a crash.

        Raises:
            ProjectFileError: the data folder cannot be written.
        """
        path, connection = scratch.create()
        return cls(connection, path, scratch.Work(saved_as=None, unsaved=False))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a project file for reading; nothing is ever written to it.

        A file of a former version is read through a migrated copy of it.

        Raises:
            ProjectFileError: it is missing, unreadable, damaged, no project, or a newer one.
        """
        check_header(path)
        with telling(path, reading=True):
            connection = connect(address(path, "ro"))
        try:
            if check_connection(connection, path) < FORMAT_VERSION:
                former, connection = connection, migrated_copy(connection, path)
                former.close()
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

    @classmethod
    def open_copy(cls, path: Path) -> Self:
        """Copy a project file into a new scratch and open that; `path` itself is only read.

        Raises:
            ProjectFileError: as `open`; or the data folder cannot be written.
        """
        with cls.open(path) as source:
            work = scratch.Work(saved_as=str(path.absolute()), unsaved=False)
            copy, connection = scratch.create(source._connection, work)
        return cls(connection, copy, work)

    @classmethod
    def open_scratch(cls, path: Path) -> Self:
        """Open a scratch that another process left behind, to go on with it.

        One of a former version is replaced by a migrated copy.

        Raises:
            ProjectFileError: it is open in another window, or damaged.
        """
        path, connection, work = scratch.reopen(path)
        return cls(connection, path, work)

    @property
    def saved_as(self) -> Path | None:
        """The named file that this scratch was opened from or last saved to."""
        return Path(self._work.saved_as) if self._work and self._work.saved_as else None

    @property
    def unsaved(self) -> bool:
        """Whether anything was written to this scratch since it was opened or saved."""
        return self._work is not None and self._work.unsaved

    def load(self) -> Project:
        """Everything in the file.

        Raises:
            ProjectFileError: something in it makes no sense.
        """
        return read_project(self._connection, self.path)

    def run_lines(self) -> tuple[RunOverview, ...]:
        """The runs, in their order, as a list of them shows them: no weights, no curves.

        Raises:
            ProjectFileError: something in them makes no sense.
        """
        return read_run_lines(self._connection, self.path)

    def load_run(self, number: int) -> Run:
        """One run with its curves, its weights and its moments.

        Raises:
            ProjectFileError: there is no such run, or something in it makes no sense.
        """
        return read_run(self._connection, self.path, number)

    def write_project(self, spec: ProjectSpec, table: Table, splits: Sequence[Split]) -> None:
        """Replace settings and data; runs and sentences stay.

        Raises:
            ProjectFileError: a setting is out of range.
            ValueError: there is not one split for each row.
        """
        with self._transaction() as connection:
            writing.put_spec(connection, spec)
            writing.put_table(connection, table, splits)

    def write_spec(self, spec: ProjectSpec) -> None:
        """Replace the settings alone.

        Raises:
            ProjectFileError: a setting is out of range.
        """
        with self._transaction() as connection:
            writing.put_spec(connection, spec)

    def write_sentences(self, sentence: str, probes: Sequence[Probe]) -> None:
        """Replace the current sentence and the probe sentences.

        Raises:
            ProjectFileError: there are more than eight probe sentences.
        """
        with self._transaction() as connection:
            writing.put_sentences(connection, sentence, probes)

    def write_shown_run(self, number: int) -> None:
        """Note which run is looked at, 0 for fresh weights, so that it is the one that opens."""
        with self._transaction() as connection:
            writing.put_shown_run(connection, number)

    def start_run(
        self,
        spec: ProjectSpec,
        vocabulary: Vocabulary,
        labels: Sequence[str],
        task: Task = Task.CLASSIFY,
        longest: int | None = None,
    ) -> int:
        """Begin a new run and return its number, from 1; `task` and `longest` are its network's.

        Raises:
            ProjectFileError: a setting is out of range.
        """
        with self._transaction() as connection:
            return writing.put_run(connection, spec, vocabulary, labels, task, longest)

    def write_run_spec(self, run: int, spec: ProjectSpec) -> None:
        """Replace the settings of a run, e.g. where it goes on for more epochs.

        Raises:
            ProjectFileError: a setting is out of range.
        """
        with self._transaction() as connection:
            writing.put_run_spec(connection, run, spec)

    def append_records(self, run: int, records: Sequence[Record]) -> None:
        """Add records of a run, in their order; what stands later in its curves is dropped.

        So a run that goes on from a checkpoint overwrites what came after that checkpoint.
        """
        if records:
            with self._transaction() as connection:
                writing.put_records(connection, run, records)

    def write_checkpoint(self, run: int, checkpoint: Checkpoint) -> None:
        """Replace the weights of a run, last and best, and all that is needed to go on."""
        with self._transaction() as connection:
            writing.put_checkpoint(connection, run, checkpoint)

    def write_moments(
        self, run: int, moments: Sequence[Moment], kept_epochs: Collection[int]
    ) -> None:
        """Add moments of a run, in place of those of the same epochs.

        All moments of the run whose epochs are not among `kept_epochs` are removed.
        """
        with self._transaction() as connection:
            writing.put_moments(connection, run, moments, kept_epochs)

    def mark_saved(self, path: Path | None) -> None:
        """Say that nothing in this scratch is worth a question before it is discarded."""
        saved_as = None if path is None else str(path.absolute())
        with self._transaction(scratch.Work(saved_as=saved_as, unsaved=False)):
            pass

    def save_to(self, path: Path) -> None:
        """Put a copy of the whole project at `path` in one step.

        Raises:
            ProjectFileError: it cannot be written; what was at `path` is as it was.
        """
        put_in_place(path, self._copy_to)
        # The copy is in place: where the note of it fails, a crash asks one question too many.
        with suppress(ProjectFileError):
            self.mark_saved(path)

    def close(self) -> None:
        """Close the file, which is then complete in itself. A scratch stays; see `discard`."""
        self._connection.close()

    def discard(self) -> None:
        """Close the file and, if it is a scratch, remove it."""
        self._connection.close()
        if self._work is not None and self.path is not None:
            remove(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self, work: scratch.Work | None = None) -> Iterator[sqlite3.Connection]:
        if work is None and self._work is not None:
            work = scratch.Work(saved_as=self._work.saved_as, unsaved=True)
        with telling(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                if self._work is not None and work is not None and work != self._work:
                    scratch.put_work(self._connection, work)
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has ended the transaction itself where the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        if self._work is not None and work is not None:
            self._work = work

    def _copy_to(self, path: Path) -> None:
        copy = connect(address(path, "rw"))
        try:
            self._connection.backup(copy)
            # A file at rest is one file, which opens in a read-only folder too.
            copy.execute("PRAGMA journal_mode = DELETE")
            scratch.forget_work(copy)
        finally:
            copy.close()
