"""Projects as files: new, open, save, and what is shown at the first start."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rnnstudio.data.dataset import AS_GIVEN, Dataset, build_dataset
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import dataset_of, load_table
from rnnstudio.project.moments import moments_of
from rnnstudio.project.project import Probe, Project, Run
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.resources import resource
from rnnstudio.session.commands.data import save_data
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.network import fresh_network, is_fresh
from rnnstudio.session.commands.sentences import save_sentences
from rnnstudio.session.commands.training import extended, halt, with_epochs
from rnnstudio.session.commands.view import change_preferences, rest
from rnnstudio.session.resolve.sentence_box import FILM_DATA
from rnnstudio.session.session import Session, Tone, empty_curves, empty_probe_history
from rnnstudio.session.state import Activity, RunState, RunStatus, Selection, SessionState

WELCOME = "welcome.rnnstudio"
_FIRST_SENTENCE = "The first half was boring, but the end was brilliant."
_FIRST_PROBES = (
    Probe("The first half was very boring.", "negative"),
    Probe("Great performance by all the lead actors.", "positive"),
    Probe("The movie was not good.", "negative"),
    Probe("The movie was not bad at all.", "positive"),
    Probe("The acting was great, but the story was dull.", "negative"),
    Probe("The acting was dull, but the story was great.", "positive"),
)


def show_welcome(session: Session) -> None:
    """Show the small trained network that comes with the program, with a sentence it has read."""
    show_untitled(session, resource(WELCOME))


def show_untitled(session: Session, path: Path) -> None:
    """Show what is in a project file, before the window is there, as work without a name.

    Raises:
        ProjectFileError: it cannot be read.
    """
    with ProjectFile.open(path) as file:
        project = file.load()
    if project.table.origin in FILM_DATA:
        project = dataclasses.replace(
            project,
            sentence=project.sentence or _FIRST_SENTENCE,
            probes=project.probes or _FIRST_PROBES,
        )
    _show(session, project, None)
    _work_on(session, _untitled_copy(path, session.state))


def show_project(session: Session, path: Path) -> None:
    """Open a project file at once, before the window is there.

    Raises:
        ProjectFileError: it cannot be read.
    """
    path = path.absolute()
    with ProjectFile.open(path) as file:
        _show(session, file.load(), path)
    _work_on(session, partial(ProjectFile.open_copy, path))
    _remember(session, path)


def new_project(session: Session) -> None:
    """Begin anew: default settings, the built-in polarity sentences, fresh weights."""
    halt(session)
    spec = DEFAULT_SPEC
    dataset = dataset_of(spec, load_table(spec.data))
    session.undo_stack.clear()
    session.run_count = 0
    session.apply(
        spec=spec,
        table=dataset.table,
        dataset=dataset,
        probes=_FIRST_PROBES,
        selection=Selection(sentence=_FIRST_SENTENCE),
        path=None,
        unsaved=False,
        judging=session.state.judging.on_other_data(),
        rival=None,
        runs=(),
        **fresh_network(spec, dataset),
    )
    rest(session)
    session.writer.replace(_new_scratch(session.state))
    evaluate_soon(session)


def open_project(session: Session, path: Path) -> None:
    """Put a project file in place of the present project, which the caller has asked about."""
    _replace(session, path, path.absolute(), partial(ProjectFile.open_copy, path))


def recover(session: Session, scratch: Path, saved_as: Path | None) -> None:
    """Go on with a project whose window was lost."""
    _replace(session, scratch, saved_as, partial(ProjectFile.open_scratch, scratch), unsaved=True)


def save(session: Session, path: Path, then: Callable[[], object] | None = None) -> None:
    """Save under a name; `then` follows when it has worked."""
    path = path.absolute()

    def done(_: Any) -> None:
        # Something may have changed while the disk was busy.
        changed = session.state.unsaved and _contents(session.state) != _contents(saving)
        session.apply(path=path, unsaved=changed, activity=None)
        _remember(session, path)
        session.tell(Tone.SUCCESS, f"Saved as {path.name}.")
        if then is not None:
            then()

    def failed(error: Exception) -> None:
        session.apply(activity=None)
        session.fail(error)

    session.apply(activity=Activity(f"Saving {path.name}", cancellable=False))
    saving = session.state
    if saving.checkpoint is not None and session.training is None:
        number, checkpoint = saving.run.number, saving.checkpoint
        session.writer.submit(lambda file: file.write_checkpoint(number, checkpoint))
    save_data(session)
    save_sentences(session)
    shown = 0 if is_fresh(saving) else saving.run.number
    session.writer.submit(lambda file: file.write_shown_run(shown))
    session.writer.submit(lambda file: file.save_to(path), done, failed)


def changed_outside(session: Session) -> bool:
    """Return whether another program has written the project's file since it was opened."""
    path = session.state.path
    return path is not None and _stamp(path) != session.stamp


def _contents(state: SessionState) -> tuple[object, ...]:
    """Return the parts of a project whose change leaves it unsaved."""
    return state.spec, state.table, state.probes, state.checkpoint, state.run


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


def _work_on(session: Session, opener: Callable[[], ProjectFile]) -> None:
    """Let what happens from now on go into another scratch file, if the session keeps any."""
    if session.keeps_scratch:
        session.writer.replace(opener)


def _untitled_copy(path: Path, state: SessionState) -> Callable[[], ProjectFile]:
    def opener() -> ProjectFile:
        file = ProjectFile.open_copy(path)
        return _untouched(file, state)

    return opener


def _new_scratch(state: SessionState) -> Callable[[], ProjectFile]:
    dataset = state.dataset
    assert dataset is not None  # the built-in sentences are always there

    def opener() -> ProjectFile:
        file = ProjectFile.create_scratch()
        file.write_project(state.spec, state.table, dataset.splits)
        return _untouched(file, state)

    return opener


def _untouched(file: ProjectFile, state: SessionState) -> ProjectFile:
    """Put in the sentences that the program has chosen: they are no change worth a question."""
    file.write_sentences(state.selection.sentence, state.probes)
    file.mark_saved(None)
    return file


def _replace(
    session: Session,
    source: Path,
    path: Path | None,
    opener: Callable[[], ProjectFile],
    unsaved: bool = False,
) -> None:
    halt(session)

    def done(project: Project) -> None:
        _show(session, project, path)
        session.apply(activity=None, unsaved=unsaved)
        if path is not None:
            _remember(session, path)

    def failed(error: Exception) -> None:
        session.apply(activity=None)
        if not source.exists():
            forget_recent(session, source)
        session.fail(error)

    session.apply(activity=Activity(f"Opening {source.name}", cancellable=False))
    session.writer.replace(opener, done, failed)


def _remember(session: Session, path: Path) -> None:
    session.stamp = _stamp(path)
    change_preferences(
        session, recent_files=session.state.preferences.with_recent(path).recent_files
    )


def forget_recent(session: Session, path: Path) -> None:
    """Take a file that has gone out of the list of recent ones."""
    change_preferences(
        session, recent_files=session.state.preferences.without_recent(path).recent_files
    )


def _show(session: Session, project: Project, path: Path | None) -> None:
    """Put what is in a project file into the state."""
    dataset = _dataset(project)
    run = project.run_in_view
    sentence = project.sentence or (dataset.table.rows[0].text if dataset.table.rows else "")
    rows = dataset.table.rows
    texts = {rows[index].text: index for index in reversed(range(len(rows)))}
    session.undo_stack.clear()
    session.run_count = len(project.runs)
    session.apply(
        spec=project.spec,
        table=dataset.table,
        dataset=dataset,
        probes=project.probes,
        selection=Selection(sentence=sentence, row=texts.get(sentence)),
        path=path,
        unsaved=False,
        playing=False,
        judging=session.state.judging.on_other_data(),
        rival=None,
        runs=(),
        **(
            fresh_network(project.spec, dataset)
            if run is None
            else _network(run, project.spec.training.epochs)
        ),
    )
    rest(session)
    evaluate_soon(session)


def _dataset(project: Project) -> Dataset:
    """Return the rows in the splits that the file has."""
    dataset = dataset_of(project.spec, project.table)
    if dataset.splits != project.splits:
        table = project.table.with_splits(project.splits)
        dataset = build_dataset(table, project.spec.text, AS_GIVEN)
    return dataset


def _network(run: Run, epochs_set: int) -> dict[str, Any]:
    """Return the fields that show a run as it stood at its checkpoint.

    `epochs_set` is the number of epochs among the project's settings.
    """
    assert run.last is not None  # the caller has looked
    progress, training = run.last.progress, run.spec.training
    # A killed process may have written more of its curves than of its weights.
    batches = tuple(record for record in run.batch_records if record.step <= progress.step)
    epochs = tuple(record for record in run.epoch_records if record.epoch <= progress.epoch)
    newest = batches[-1] if batches else None
    patience = training.patience
    stopped_early = patience is not None and progress.epochs_since_best >= patience
    finished = progress.epoch >= training.epochs or stopped_early
    model = run.model("best" if finished else "last")
    return {
        "model": model,
        "curves": extended(empty_curves(), (*batches, *epochs)),
        "checkpoint": run.last,
        "evaluation": None,
        "evaluation_epoch": model.epoch,
        "probe_history": empty_probe_history(),
        "moments": moments_of(run),
        "review": None,
        "run": RunState(
            number=run.number,
            status=RunStatus.FINISHED if finished else RunStatus.PAUSED,
            spec=with_epochs(run.spec, epochs_set),
            epoch=newest.epoch if newest else 0,
            epochs=max(training.epochs, newest.epoch if newest else 0),
            batch=newest.batch if newest else 0,
            batches=newest.batches if newest else 0,
            message="stopped early" if stopped_early else "",
        ),
    }
