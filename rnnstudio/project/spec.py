"""The settings of a project as frozen values: data, text, model, training."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.tokens import TextSpec
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, NetworkSpec
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training_spec import TrainingSpec
from rnnstudio.project.json_values import decoded, encoded


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
    """The shape of the network; `embedding` None is one-hot input."""

    cell: Cell = Cell.RNN
    units: int = 32
    embedding: int | None = 32
    activation: Activation = Activation.TANH

    def network(self, vocabulary_size: int, classes: int) -> NetworkSpec:
        """The engine's network for L = `vocabulary_size` words and C = `classes`."""
        return NetworkSpec(
            vocabulary_size=vocabulary_size,
            classes=classes,
            units=self.units,
            embedding=self.embedding,
            activation=self.activation,
            cell=self.cell,
        )


@dataclass(frozen=True)
class Limit:
    """The range of one number among the settings; `key` is its place, e.g. "model.units"."""

    key: str
    title: str
    low: float
    high: float
    whole: bool
    low_allowed: bool = True


# One table for `validate`, the command line's help and the spin boxes.
LIMITS: dict[str, Limit] = {
    limit.key: limit
    for limit in (
        Limit("data.validation", "The validation share", 0.0, 0.9, whole=False),
        Limit("data.test", "The test share", 0.0, 0.9, whole=False),
        Limit("data.seed", "The seed of the splits", 0, 2**32 - 1, whole=True),
        Limit("text.minimum_count", "The smallest word count", 1, 1_000_000, whole=True),
        Limit("model.units", "The number of units", 1, 2048, whole=True),
        Limit("model.embedding", "The embedding size", 1, 2048, whole=True),
        Limit("training.learning_rate", "The learning rate", 0.0, 10.0, False, low_allowed=False),
        Limit("training.batch_size", "The batch size", 1, 10_000, whole=True),
        Limit("training.epochs", "The number of epochs", 1, 100_000, whole=True),
        Limit("training.clip_norm", "The clipping norm", 0.0, 1e6, False, low_allowed=False),
        Limit("training.patience", "The patience", 1, 100_000, whole=True),
        Limit("training.seed", "The seed", 0, 2**32 - 1, whole=True),
    )
}

# What this version can read; later versions add to it.
LEVELS = ("word",)


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

    def validate(self) -> tuple[Problem, ...]:
        """What is wrong with the settings, in plain words; empty when nothing is."""
        return tuple(
            Problem(
                path=None,
                line=None,
                column=None,
                message=message,
                hint=hint,
                severity=Severity.ERROR,
            )
            for message, hint in self._faults()
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
        return decoded(ProjectSpec, value, "settings")

    def _faults(self) -> Iterator[tuple[str, str]]:
        for limit in LIMITS.values():
            part, name = limit.key.split(".")
            value = getattr(getattr(self, part), name)
            if value is not None and not isinstance(value, str):
                yield from _faults_of(limit, value)
        shares = [s for s in (self.data.validation, self.data.test) if not isinstance(s, str)]
        if all(math.isfinite(share) for share in shares) and sum(shares) > 0.95:
            yield (
                "The validation and test shares leave hardly anything to train on.",
                "Choose shares that are at most 0.95 together.",
            )
        if self.text.level not in LEVELS:
            yield f"There is no level “{self.text.level}”.", f"Choose {' or '.join(LEVELS)}."
        if not self.data.source:
            yield "No data are chosen.", "Choose a file, a folder or a built-in set."


DEFAULT_SPEC = ProjectSpec()


def _faults_of(limit: Limit, value: float) -> Iterator[tuple[str, str]]:
    whole = isinstance(value, int) or not limit.whole
    inside = limit.low <= value <= limit.high and (limit.low_allowed or value > limit.low)
    if not (whole and inside):
        number = "a whole number" if limit.whole else "a number"
        low = f"from {_spelled(limit.low)}" if limit.low_allowed else f"above {_spelled(limit.low)}"
        yield (
            f"{limit.title} is {_spelled(value)}.",
            f"Choose {number} {low} to {_spelled(limit.high)}.",
        )


def _spelled(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"
