"""What the panels of the Evaluate page show, worked out from the document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.table import Split, Table
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.state import RunStatus, SessionState

Cells = frozenset[tuple[int, int]]
NOT_TRAINED = "Not trained yet: these are the answers of random weights"


@dataclass(frozen=True)
class ConfusionState:
    """The matrix with the cells selected in it; `message` stands where there is none.

    `note` says what the reader must know about the figures, `in_words` the most frequent errors:
    the cell and its sentence.
    """

    evaluation: Evaluation | None
    split: Split
    cells: Cells
    note: str
    message: str
    in_words: tuple[tuple[tuple[int, int], str], ...]


@dataclass(frozen=True)
class PerClassState:
    """Precision, recall and F1 of each class of a split."""

    evaluation: Evaluation | None
    split: Split
    epoch: int
    note: str
    message: str


@dataclass(frozen=True, eq=False)
class Chosen:
    """Some predictions of an evaluation: places (n,) into its arrays, in the order of the table."""

    evaluation: Evaluation
    places: NDArray[np.int64]


@dataclass(frozen=True)
class ExamplesState:
    """The sentences of the selected cells; `message` says why there are none.

    `live` says that the network learns just now, so that the next list follows soon.
    """

    table: Table
    chosen: Chosen | None
    title: str
    count: str
    message: str
    live: bool


def resolve_confusion(state: SessionState) -> ConfusionState:
    """The confusion matrix of the split that is looked at."""
    evaluation = state.evaluation
    in_words = top_errors(evaluation) if evaluation is not None else ()
    return ConfusionState(
        evaluation,
        state.selection.split,
        state.selection.cells,
        _note(state),
        _message(state),
        in_words,
    )


def resolve_per_class(state: SessionState) -> PerClassState:
    """The figures of each class of the split that is looked at."""
    return PerClassState(
        state.evaluation,
        state.selection.split,
        state.evaluation_epoch,
        _note(state),
        _message(state),
    )


def resolve_examples(state: SessionState) -> ExamplesState:
    """The sentences of the selected cells, or all errors."""
    evaluation = state.evaluation
    live = state.run.status is RunStatus.RUNNING
    if evaluation is None:
        return ExamplesState(state.table, None, "Sentences", "", _message(state), live)
    noun = noun_of(evaluation)
    cells = state.selection.cells
    chosen = examples_of(evaluation, cells)
    count = len(chosen.places)
    message = ""
    if not count and not cells:
        message = f"No errors: every {evaluation_name(evaluation)} {noun} is right."
    elif not count:
        message = "Nothing in this cell." if len(cells) == 1 else "Nothing in these cells."
    title = title_of(cells, evaluation.labels, noun)
    return ExamplesState(state.table, chosen, title, counted(count, noun), message, live)


@remembered(2)
def examples_of(evaluation: Evaluation, cells: Cells) -> Chosen:
    """The predictions in (truth, predicted) `cells`; all errors where none is chosen."""
    size = len(evaluation.labels)
    wanted = np.zeros((size, size), dtype=np.bool_)
    for truth, predicted in cells:
        # A selection may be older than the labels of the data that are open now.
        if truth < size and predicted < size:
            wanted[truth, predicted] = True
    if not cells:
        wanted = ~np.eye(size, dtype=np.bool_)
    places = np.flatnonzero(wanted[evaluation.truth, evaluation.predicted]).astype(np.int64)
    places.flags.writeable = False
    return Chosen(evaluation, places)


@remembered(2)
def top_errors(evaluation: Evaluation, number: int = 3) -> tuple[tuple[tuple[int, int], str], ...]:
    """The `number` most frequent errors: (truth, predicted) and the sentence that says it."""
    counts = evaluation.confusion * (1 - np.eye(len(evaluation.labels), dtype=np.int64))
    size = len(evaluation.labels)
    order = np.argsort(-counts, axis=None, kind="stable")[:number].tolist()
    cells = [divmod(place, size) for place in order if counts.flat[place] > 0]
    return tuple((cell, cell_in_words(evaluation, *cell)) for cell in cells)


def cell_in_words(evaluation: Evaluation, truth: int, predicted: int) -> str:
    """Say what a cell counts: "12 of 40 sentences that are negative were called positive"."""
    noun = noun_of(evaluation)
    count = int(evaluation.confusion[truth, predicted])
    total = int(evaluation.confusion[truth].sum())
    actual, called = evaluation.labels[truth], evaluation.labels[predicted]
    if not total:
        return f"No {noun} is {actual}, so none was called {called}"
    if not count:
        return f"No {noun} that is {actual} was called {called}"
    are, were = ("is", "was") if total == 1 else ("are", "was" if count == 1 else "were")
    right = ": right" if truth == predicted else ""
    return (
        f"{count:,} of {total:,} {noun if total == 1 else noun + 's'} that {are} {actual} "
        f"{were} called {called}{right}"
    )


def row_in_words(evaluation: Evaluation, truth: int) -> str:
    """Say what one row counts."""
    support = evaluation.per_class[truth].support
    label, right = evaluation.labels[truth], int(evaluation.confusion[truth, truth])
    noun = noun_of(evaluation)
    if not support:
        return f"No {noun} is {label}"
    are = "is" if support == 1 else "are"
    share = percent(right / support)
    return f"{counted(support, noun)} {are} {label}, {right:,} of them right: recall {share}"


def column_in_words(evaluation: Evaluation, predicted: int) -> str:
    """Say what one column counts."""
    label = evaluation.labels[predicted]
    count = int(evaluation.confusion[:, predicted].sum())
    noun = noun_of(evaluation)
    if not count:
        return f"No {noun} was called {label}"
    right = int(evaluation.confusion[predicted, predicted])
    were = "was" if count == 1 else "were"
    return (
        f"{counted(count, noun)} {were} called {label}, {right:,} of them rightly: "
        f"precision {percent(right / count)}"
    )


def title_of(cells: Cells, labels: tuple[str, ...], noun: str = "sentence") -> str:
    """Name a selection: "Truth negative, called positive", "All errors", "3 cells"."""
    size = len(labels)
    everything = {(truth, predicted) for truth in range(size) for predicted in range(size)}
    right = {(place, place) for place in range(size)}
    known = cells & everything
    if not cells or (known and known == everything - right):
        return "All errors"
    if len(known) == 1:
        ((truth, predicted),) = known
        return f"Truth {labels[truth]}, called {labels[predicted]}"
    if known == everything:
        return f"All {noun}s"
    if known == right:
        return "All right answers"
    truths, called = {truth for truth, _ in known}, {predicted for _, predicted in known}
    if len(known) == size and len(truths) == 1:
        return f"Truth {labels[min(truths)]}, called anything"
    if len(known) == size and len(called) == 1:
        return f"Called {labels[min(called)]}, whatever the truth"
    return f"{len(known)} cells of the matrix"


def percent(share: float) -> str:
    """Write a share with its sign, e.g. "12.3 %"; "–" where there is nothing to share."""
    return "–" if share != share else f"{share * 100:.1f} %"


def evaluation_name(evaluation: Evaluation) -> str:
    """What stands before "sentence" for the sentences of an evaluation."""
    return evaluation.split.value if evaluation.split is not None else "given"


def noun_of(evaluation: Evaluation) -> str:
    """What each prediction of an evaluation is of: a "sentence", or a "word"."""
    return "word" if evaluation.task is Task.LABEL else "sentence"


def _note(state: SessionState) -> str:
    untrained = state.model is not None and state.model.step == 0
    if untrained and state.run.status is RunStatus.FRESH:
        return NOT_TRAINED
    left_out = 0 if state.evaluation is None else len(state.evaluation.too_long)
    if left_out:
        return f"{counted(left_out, 'sentence')} left out: too long for this network"
    return ""


def _message(state: SessionState) -> str:
    if state.evaluation is not None:
        return ""
    if state.dataset is None or state.model is None:
        data = "Nothing to evaluate: these sentences cannot be trained on yet."
        return why_no_network(state) or data
    if state.selection.split not in state.dataset.splits:
        return f"The {state.selection.split.value} split is empty. Choose another split."
    if state.dataset.task is state.model.task:
        new = sorted(set(state.dataset.labels) - set(state.model.labels))
        if new:
            kind = "tag" if state.model.task is Task.LABEL else "label"
            return f"The network does not know the {kind} “{new[0]}”. Reset and train it again."
    return state.evaluation_problem or "Evaluating…"
