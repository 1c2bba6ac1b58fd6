"""What a report says of an evaluation, as plain values: figures, matrix, classes, errors, settings.

`report_html` writes it as a page; whoever looks at the answers in another way than `report_of`
fills the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Row, Split
from rnnstudio.data.tokens import TextSpec
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.calibration import calibration
from rnnstudio.engine.certainty import confidences
from rnnstudio.engine.entities import EntityFigures
from rnnstudio.engine.metrics import Average, ClassFigures, Summary, summary
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.project.percent import percent
from rnnstudio.project.spec import OWN_FUNCTIONS, ProjectSpec

# So many kinds of errors, each with so many sentences, stay on one page with the rest.
MOST_ERRORS = 6
SENTENCES_OF_ERROR = 3
NOTHING = "–"  # a share of nothing


@dataclass(frozen=True)
class Figure:
    """A number with its name and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, eq=False)
class Matrix:
    """Counts (R, C) with the names of rows and columns, and what stands at their ends.

    The first `classes` rows and columns are the same classes in the same order, so that right
    answers are on the diagonal. `row_ends` and `column_ends` are words, "" for no ends at all.
    Where `signed` the counts are differences.
    """

    row_title: str
    column_title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    classes: int
    counts: npt.NDArray[np.int64]
    row_end: str = ""
    row_ends: tuple[str, ...] = ()
    column_end: str = ""
    column_ends: tuple[str, ...] = ()
    signed: bool = False


@dataclass(frozen=True)
class ClassLine:
    """The figures of a class or of an average; None where they are a share of nothing."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class Sentence:
    """A sentence that was answered wrongly: its words, of which `marked` are meant, and how sure.

    `place` says where it stands in the data.
    """

    before: str
    marked: str
    after: str
    confidence: float | None
    place: str


@dataclass(frozen=True)
class ErrorKind:
    """A cell of the matrix in words, with some of its sentences, the surest first."""

    words: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Comparison:
    """Another network on the same: figures, how often which of both is right, and a test's words.

    `outcomes` are what can come about, each with its number and its share.
    """

    title: str
    figures: tuple[Figure, ...]
    outcomes: tuple[tuple[str, int, float], ...]
    counted: str
    words: str


@dataclass(frozen=True, eq=False)
class Report:
    """Everything in a report; `notes` are what the reader must know about the figures."""

    title: str
    subtitle: str
    made: datetime
    figures: tuple[Figure, ...]
    matrix: Matrix
    kind: str
    counted: str
    classes: tuple[ClassLine, ...]
    averages: tuple[ClassLine, ...]
    errors: tuple[ErrorKind, ...]
    settings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    errors_title: str = "Most frequent errors"
    comparison: Comparison | None = None


def report_of(
    evaluation: Evaluation, model: Model, spec: ProjectSpec, dataset: Dataset, made: datetime
) -> Report:
    """The report of an evaluation as it is: all classes, in the order of their labels.

    Args:
        evaluation: what `model` answered.
        model: the network.
        spec: the settings with which it was trained.
        dataset: the rows that were evaluated, as `model` reads them.
        made: when the report is made.
    """
    counts = evaluation.confusion
    found = summary(counts)
    said, support = counts.sum(axis=0), counts.sum(axis=1)
    labels = evaluation.labels
    by_tag = evaluation.task is Task.LABEL
    noun = "word" if by_tag else "sentence"
    notes = []
    if left_out := len(evaluation.too_long):
        notes.append(
            f"{counted(left_out, 'sentence')} left out: too long for the network's positions."
        )
    if excluded := excluded_rows(dataset, evaluation.split):
        notes.append(f"{counted(excluded, 'excluded sentence')} left out.")
    averages = [*_averages(found)]
    if evaluation.entities is not None:
        averages.append(_average("entities, each alike", evaluation.entities.micro))
    return Report(
        title=dataset.table.name,
        subtitle=", ".join(
            (
                part_in_words(evaluation.split),
                evaluated_in_words(evaluation),
                f"weights after epoch {model.epoch}" if model.step else "untrained weights",
            )
        ),
        made=made,
        figures=_figures(evaluation, found, noun),
        matrix=Matrix(
            row_title="truth",
            column_title="predicted",
            rows=labels,
            columns=labels,
            classes=len(labels),
            counts=counts,
            row_end="recall",
            row_ends=shares(np.diag(counts), support),
            column_end="precision",
            column_ends=shares(np.diag(counts), said),
        ),
        kind="tag" if by_tag else "class",
        counted=f"{noun}s",
        classes=tuple(
            class_line(labels[one.label], one, int(said[one.label])) for one in found.classes
        ),
        averages=tuple(averages),
        errors=_errors(evaluation, dataset.table.rows, noun),
        settings=settings_in_words(model, spec),
        notes=tuple(notes),
    )


def excluded_rows(dataset: Dataset, split: Split | None) -> int:
    """How many rows of a split, or of all, are excluded."""
    return sum(
        row.excluded and (split is None or own is split)
        for row, own in zip(dataset.table.rows, dataset.splits, strict=True)
    )


def class_line(name: str, figures: ClassFigures | EntityFigures, said: int) -> ClassLine:
    """The line of a class that was said `said` times; a share of nothing is None."""
    return ClassLine(
        name,
        figures.precision if said else None,
        figures.recall if figures.support else None,
        figures.f1 if said + figures.support else None,
        figures.support,
    )


def shares(right: IntArray, all_: IntArray) -> tuple[str, ...]:
    """Shares of counts (n,) in words: "85.0 %", or "–" where there is nothing to share."""
    return tuple(
        percent(part / whole) if whole else NOTHING
        for part, whole in zip(right.tolist(), all_.tolist(), strict=True)
    )


def three(value: float) -> str:
    """A figure with three digits; "–" where it is no number."""
    return NOTHING if value != value else f"{value:.3f}".replace("-", "−")


def counted(number: int, noun: str) -> str:
    """A number with its noun, e.g. "1 word", "1,200 words"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def part_in_words(split: Split | None) -> str:
    """Which rows were evaluated, e.g. "test split"."""
    return "all rows" if split is None else f"{split.value} split"


def evaluated_in_words(evaluation: Evaluation) -> str:
    """How much was evaluated, e.g. "120 words in 14 sentences"."""
    sentences = counted(evaluation.sentences, "sentence")
    if evaluation.task is Task.CLASSIFY:
        return sentences
    return f"{counted(len(evaluation.rows), 'word')} in {sentences}"


def calibration_figure(error: float) -> Figure:
    """The expected calibration error with what it means."""
    return Figure(
        "ECE",
        three(error),
        "expected calibration error: how far confidence and accuracy lie apart",
    )


def sentence_of(
    row: Row, first: int | None, last: int | None, confidence: float | None
) -> Sentence:
    """A row with its words `first` to `last` (from 0) marked, or none."""
    place = row.source if row.line is None else f"{row.source}, line {row.line:,}"
    if row.words is None or first is None or last is None:
        return Sentence(row.text, "", "", confidence, place)
    before, marked, after = (
        " ".join(words) for words in (row.words[:first], row.words[first:last], row.words[last:])
    )
    return Sentence(before, marked, after, confidence, place)


def settings_in_words(
    model: Model, spec: ProjectSpec, trained_for: tuple[int, int] | None = None
) -> tuple[tuple[str, str], ...]:
    """Network, text, data and training of a model: a name and its words each.

    Args:
        model: the network; its weights may be those of an epoch before the last.
        spec: the settings with which it was trained.
        trained_for: the epochs and the updates of the whole run, if they are known.
    """
    training, network = spec.training, model.network
    name = training.optimizer.value
    trained = [
        f"{_OPTIMIZERS.get(training.optimizer, name)}, η = {training.learning_rate:g}",
        f"batches of {training.batch_size:,}",
        f"seed {training.seed}",
    ]
    if model.step:
        epochs, updates = trained_for or (model.epoch, model.step)
        trained.insert(0, f"{counted(epochs, 'epoch')}, {counted(updates, 'update')}")
    return (
        ("network", _network(network)),
        ("parameters", f"{network.parameter_count:,}"),
        ("input", _input(model)),
        ("reads", _text(model.text)),
        ("data", spec.data.source),
        ("training", ", ".join(trained)),
    )


def _network(network: NetworkSpec) -> str:
    parts = [network.cell.value.upper() if network.cell.recurrent else network.cell.value]
    if network.layers > 1:
        parts.append(f"{network.layers} layers")
    ways = "two directions of " if network.bidirectional else ""
    parts.append(f"{ways}{counted(network.units, 'unit')}")
    if network.cell not in OWN_FUNCTIONS:
        parts.append(_FUNCTIONS.get(network.activation, network.activation.value))
    if network.dropout:
        parts.append(f"dropout {network.dropout:g}")
    if network.task is Task.CLASSIFY and network.read is not Reading.LAST:
        parts.append(f"reads out the {network.read.value} of all states")
    return ", ".join(parts)


_OPTIMIZERS = {
    OptimizerName.SGD: "SGD",
    OptimizerName.ADAM: "Adam",
    OptimizerName.ADAMW: "AdamW",
    OptimizerName.RMSPROP: "RMSprop",
}
_FUNCTIONS = {Activation.RELU: "ReLU", Activation.LOGISTIC: "σ"}


def _input(model: Model) -> str:
    size = model.network.embedding
    kind = "one-hot vectors" if size is None else f"embedding of {counted(size, 'number')}"
    return f"{kind}, {counted(len(model.vocabulary.words), model.text.level)} known"


def _text(text: TextSpec) -> str:
    case = "lower-cased" if text.lowercase else "upper and lower case"
    longest = "" if text.longest is None else f", cut after {counted(text.longest, text.level)}"
    return f"{text.level}s, {case}{longest}"


def _figures(evaluation: Evaluation, found: Summary, noun: str) -> tuple[Figure, ...]:
    sure = calibration(evaluation.probabilities, evaluation.truth)
    entities = []
    if evaluation.entities is not None:
        micro = evaluation.entities.micro
        entities.append(Figure("entity F1", three(micro.f1), "F1 of whole entities, each alike"))
    return (
        Figure("accuracy", percent(evaluation.accuracy), f"right {noun}s over all {noun}s"),
        Figure("macro F1", three(found.macro.f1), "mean of the F1 of all classes"),
        Figure("weighted F1", three(found.weighted.f1), "the same, by how many each class has"),
        *entities,
        Figure("κ", three(found.kappa), "agreement beyond chance: 1 is perfect, 0 is chance"),
        Figure(
            "loss a word" if evaluation.task is Task.LABEL else "loss",
            three(evaluation.loss),
            "mean of −log ŷ of the true class, in nats",
        ),
        calibration_figure(sure.expected_error),
        Figure(f"{noun}s", f"{found.count:,}", f"how many {noun}s were evaluated"),
    )


def _averages(found: Summary) -> Sequence[ClassLine]:
    return (
        _average("macro average", found.macro),
        _average("weighted average", found.weighted),
    )


def _average(name: str, average: Average) -> ClassLine:
    return ClassLine(name, average.precision, average.recall, average.f1, average.support)


def _errors(evaluation: Evaluation, rows: Sequence[Row], noun: str) -> tuple[ErrorKind, ...]:
    counts = evaluation.confusion.copy()
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MOST_ERRORS].tolist()
    sure = np.nan_to_num(confidences(evaluation.probabilities), nan=-1.0)
    kinds = []
    for truth, said in (divmod(place, counts.shape[1]) for place in order):
        count = int(counts[truth, said])
        if not count:
            break
        there = np.flatnonzero((evaluation.truth == truth) & (evaluation.predicted == said))
        surest = there[np.argsort(-sure[there], kind="stable")][:SENTENCES_OF_ERROR].tolist()
        sentences = []
        for place in surest:
            # Step 1 reads <sos>: the first word is read at step 2.
            word = int(evaluation.steps[place]) - 2
            by_tag = evaluation.task is Task.LABEL
            confidence = float(sure[place])
            sentences.append(
                sentence_of(
                    rows[int(evaluation.rows[place])],
                    word if by_tag else None,
                    word + 1 if by_tag else None,
                    None if confidence < 0 else confidence,
                )
            )
        total = int(evaluation.confusion[truth].sum())
        are, were = ("is", "was") if total == 1 else ("are", "was" if count == 1 else "were")
        words = (
            f"{count:,} of {counted(total, noun)} that {are} {evaluation.labels[truth]} "
            f"{were} called {evaluation.labels[said]}"
        )
        kinds.append(ErrorKind(words, tuple(sentences)))
    return tuple(kinds)
