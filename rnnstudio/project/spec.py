"""The settings of a project as frozen values: data, text, model, training."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.tokens import TextSpec
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training_spec import TrainingSpec
from rnnstudio.project.json_values import decoded, encoded
from rnnstudio.project.limits import LIMITS, Limit

__all__ = [
    "DEFAULT_SPEC",
    "LEVELS",
    "LIMITS",
    "DataSpec",
    "Limit",
    "ModelSpec",
    "ProjectSpec",
]

# What a network can read at each step.
LEVELS = ("word", "character", "grapheme")
# Cells whose σ and tanh are part of what they are.
OWN_FUNCTIONS = (Cell.GRU, Cell.LSTM)


@dataclass(frozen=True)
class DataSpec:
    """Which data, and how they are divided.

    `validation` and `test` are a share of the rows without a split of their own (0 … 0.9), or the
    path of a file whose rows are that split.
    """

    source: str = "builtin:polarity"
    name: str = "Movie polarity"
    validation: float | str = 0.1
    test: float | str = 0.1
    seed: int = 0


@dataclass(frozen=True)
class ModelSpec:
    """The shape of the network.

    `embedding` None is one-hot input. `vectors` is the path of a text file of word vectors with
    which a fresh embedding begins, as long as these are; `train_embedding` False keeps it as it is.
    `read` is what a classifier reads; None is the last state of a recurrent network and the mean
    where there is no memory. `forget_bias` is what an LSTM's forget gate begins with; None draws
    it as all others are drawn.
    """

    cell: Cell = Cell.RNN
    layers: int = 1
    bidirectional: bool = False
    units: int = 32
    embedding: int | None = 32
    vectors: str | None = None
    train_embedding: bool = True
    activation: Activation = Activation.TANH
    dropout: float = 0.0
    read: Reading | None = None
    train_initial_state: bool = False
    forget_bias: float | None = 1.0

    def network(
        self,
        vocabulary_size: int,
        classes: int,
        task: Task = Task.CLASSIFY,
        longest: int | None = None,
    ) -> NetworkSpec:
        """The engine's network for L = `vocabulary_size` words and C = `classes`.

        `longest` is the length of the longest sentence in training, with `<sos>` and `<eos>`; only
        cells with weights for each position ask for it.

        Raises:
            ValueError: the settings contradict each other, or `longest` is missing.
        """
        read = self.read or (Reading.LAST if self.cell.recurrent else Reading.MEAN)
        return NetworkSpec(
            vocabulary_size=vocabulary_size,
            classes=classes,
            units=self.units,
            embedding=self.embedding,
            activation=self.activation,
            cell=self.cell,
            task=task,
            layers=self.layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            read=Reading.LAST if task is Task.LABEL else read,
            longest=longest if self.cell.has_length else None,
            train_embedding=self.train_embedding,
            train_initial_state=self.train_initial_state,
            forget_bias=self.forget_bias if self.cell is Cell.LSTM else None,
        )


@dataclass(frozen=True)
class ProjectSpec:
    """All settings of a project."""

    data: DataSpec = field(default_factory=DataSpec)
    text: TextSpec = field(default_factory=TextSpec)
    model: ModelSpec = field(default_factory=ModelSpec)
    training: TrainingSpec = field(
        default_factory=lambda: TrainingSpec(
            optimizer=OptimizerName.ADAM,
            learning_rate=0.01,
            batch_size=32,
            epochs=40,
            clip_norm=5.0,
            patience=None,
            # Reads the lecture's sentences rightly and leaves some errors to look at.
            seed=5,
        )
    )

    def validate(self, task: Task | None = None) -> tuple[Problem, ...]:
        """What is wrong with the settings, in plain words; empty when nothing is.

        With the `task` of the data given, also what has no meaning for it.
        """
        return tuple(
            Problem(
                path=None,
                line=None,
                column=None,
                message=message,
                hint=hint,
                severity=Severity.ERROR,
            )
            for message, hint in (*_out_of_range(self), *_contradictions(self, task))
        )

    def to_json(self) -> dict[str, object]:
        """The settings as plain JSON values."""
        return encoded(self)

    @staticmethod
    def from_json(value: object) -> ProjectSpec:
        """The settings from plain JSON values.

        Raises:
            ProjectFileError: a key is unknown or missing, or a value is of another type.
        """
        return decoded(ProjectSpec, _with_number_as_bias(value), "settings")


DEFAULT_SPEC = ProjectSpec()


def _with_number_as_bias(value: object) -> object:
    """Settings in which the forget bias, once on (1) or off, is a number or null."""
    model = value.get("model") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(model, dict):
        return value
    bias = model.get("forget_bias")
    if not isinstance(bias, bool):
        return value
    return {**value, "model": {**model, "forget_bias": 1.0 if bias else None}}


def _out_of_range(spec: ProjectSpec) -> Iterator[tuple[str, str]]:
    for limit in LIMITS.values():
        part, name = limit.key.split(".")
        value = getattr(getattr(spec, part), name)
        if value is not None and not isinstance(value, str):
            yield from limit.faults(value)
    shares = [s for s in (spec.data.validation, spec.data.test) if not isinstance(s, str)]
    if all(math.isfinite(share) for share in shares) and sum(shares) > 0.95:
        yield (
            "The validation and test shares leave hardly anything to train on.",
            "Choose shares that are at most 0.95 together.",
        )
    if spec.text.level not in LEVELS:
        yield f"There is no level “{spec.text.level}”.", f"Choose {' or '.join(LEVELS)}."
    if not spec.data.source:
        yield "No data are chosen.", "Choose a file, a folder or a built-in set."


def _contradictions(spec: ProjectSpec, task: Task | None) -> Iterator[tuple[str, str]]:
    model = spec.model
    if not model.cell.recurrent:
        for wanted, what, instead in (
            (model.layers > 1, f"{model.layers} layers", "one layer"),
            (model.bidirectional, "two directions", "one direction"),
            (model.train_initial_state, "a trained initial state s_0", "no trained s_0"),
            (spec.training.truncation is not None, "truncation in time", "no truncation"),
        ):
            if wanted:
                yield (
                    f"A network without memory (“{model.cell}”) cannot have {what}.",
                    f"Choose {instead}, or a recurrent cell: rnn, gru or lstm.",
                )
    if model.cell in OWN_FUNCTIONS and model.activation is not Activation.TANH:
        yield (
            f"The cell {model.cell} has functions of its own, not {model.activation}.",
            "Choose tanh, or another cell.",
        )
    if model.embedding is None and model.vectors is not None:
        yield (
            "Word vectors are an embedding, and one-hot input has none.",
            "Choose an embedding, or no file of word vectors.",
        )
    elif model.vectors is not None and not model.vectors.strip():
        yield "The file of word vectors has no name.", "Choose a file, or none."
    elif model.embedding is None and not model.train_embedding:
        yield (
            "One-hot input has no embedding that could be kept as it is.",
            "Choose an embedding, or let it train.",
        )
    if task is Task.LABEL and spec.text.level != "word":
        yield (
            f"The data give a tag for each word, so the network cannot read by {spec.text.level}.",
            "Choose the level word.",
        )
    if task is Task.LABEL and model.read is not None:
        yield (
            f"A network that labels each word reads every state, not the {model.read}.",
            "Leave the choice of what it reads out.",
        )
