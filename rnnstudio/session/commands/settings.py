"""Settings of text, model and training; undo and redo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.commands.data import rebuild, save_data
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.network import fresh_model, is_fresh
from rnnstudio.session.commands.sentences import save_sentences
from rnnstudio.session.commands.training import halt
from rnnstudio.session.session import NOT_SAVED, Session, Tone


def change_setting(session: Session, key: str, value: Any) -> None:
    """Change one setting, e.g. `change_setting(session, "training.learning_rate", 0.003)`.

    A network without training takes it at once; a running or trained one takes η and the number
    of epochs, and the rest waits for the next run.
    """
    spec = with_setting(session.state.spec, key, value)
    if spec == session.state.spec:
        return
    problems = spec.validate(session.state.table.task)
    if problems:
        session.tell(Tone.ERROR, problems[0].message, problems[0].hint)
        session.changed.emit()  # the control shows the value that still holds
        return
    _take(session, spec, key)


def with_setting(spec: ProjectSpec, key: str, value: Any) -> ProjectSpec:
    """Return the settings with one changed; `key` is its place, e.g. "model.units"."""
    part, name = key.split(".")
    changed = dataclasses.replace(getattr(spec, part), **{name: value})
    return _in_line(dataclasses.replace(spec, **{part: changed}))


def _in_line(spec: ProjectSpec) -> ProjectSpec:
    """Return the settings without those that the chosen cell or input cannot have."""
    model, training = spec.model, spec.training
    if not model.cell.recurrent:
        model = dataclasses.replace(model, layers=1, bidirectional=False, train_initial_state=False)
        training = dataclasses.replace(training, truncation=None)
    if model.cell in (Cell.GRU, Cell.LSTM):
        model = dataclasses.replace(model, activation=Activation.TANH)
    if model.embedding is None:
        model = dataclasses.replace(model, vectors=None, train_embedding=True)
    return dataclasses.replace(spec, model=model, training=training)


def undo(session: Session) -> None:
    """Take the last change back, and say what it was."""
    stack = session.undo_stack
    if (label := stack.undo_label) is not None:
        names = stack.undo_fields
        _travel(session, names, stack.undo)
        _tell_travel(session, names, f"Undone: {label}.", "Ctrl+Shift+Z does it again.")


def redo(session: Session) -> None:
    """Make the change again that was taken back, and say what it was."""
    stack = session.undo_stack
    if (label := stack.redo_label) is not None:
        names = stack.redo_fields
        _travel(session, names, stack.redo)
        _tell_travel(session, names, f"Done again: {label}.", "Ctrl+Z takes it back.")


def _take(session: Session, spec: ProjectSpec, key: str) -> None:
    words = f"{key.split('.')[1].replace('_', ' ')}"
    session.apply(undo=f"Change {words}", merge=key, spec=spec)
    _settle(session, rebuild_data=key.startswith(("data.", "text.")))


def _travel(
    session: Session, names: frozenset[str], step: Callable[[object], Mapping[str, Any]]
) -> None:
    """Take one step through the changes; it concerns the fields `names` of the state."""
    if names & {"model", "dataset"}:
        halt(session)  # before the present is put aside: what comes back must not seem to run
    if names <= NOT_SAVED:
        fields = dict(step(session.state))
        if "selection" in fields:
            # The sentence was changed; what is looked at on the Evaluate page was not.
            now = session.state.selection
            fields["selection"] = dataclasses.replace(
                fields["selection"], cells=now.cells, split=now.split
            )
        session.apply(**fields)
        save_sentences(session)
        return
    session.apply(**step(session.state), unsaved=True)
    _settle(session, rebuild_data=False)
    if "table" in names:
        save_data(session)
    evaluate_soon(session)


def _tell_travel(session: Session, names: frozenset[str], happened: str, remedy: str) -> None:
    # The sentence and what is set by hand are before the eyes on their page.
    if not (names <= NOT_SAVED and session.state.page == "unroll"):
        session.tell_step(Tone.INFO, happened, remedy)


def _settle(session: Session, rebuild_data: bool) -> None:
    """Bring what follows from the settings into line with them."""
    state = session.state
    if session.training is not None:
        session.training.set_learning_rate(state.spec.training.learning_rate)
    if rebuild_data:
        rebuild(session)
    elif is_fresh(state) and state.dataset is not None:
        run = dataclasses.replace(state.run, epochs=state.spec.training.epochs)
        session.apply(model=fresh_model(state.spec, state.dataset), run=run)
        evaluate_soon(session)
    spec = state.spec
    session.writer.submit(lambda file: file.write_spec(spec))
