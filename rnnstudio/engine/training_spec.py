"""The settings of training."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName


class Criterion(StrEnum):
    """The validation figure by which the best epoch is chosen and training is stopped early."""

    LOSS = "loss"
    ACCURACY = "accuracy"


class LossMean(StrEnum):
    """What the losses of a batch are averaged over.

    `SENTENCE` is the lecture's: the sum over the words of a sentence, averaged over sentences.
    `WORD` is the mean over all words. For n → 1 they are the same.
    """

    SENTENCE = "sentence"
    WORD = "word"


@dataclass(frozen=True)
class TrainingSpec:
    """The settings of training.

    `momentum` is for the optimisers that have it. The rate of a batch is `learning_rate` times
    what `schedule` says: every `decay_epochs` epochs (step), or where the validation loss has not
    improved for so many (plateau), it is multiplied by `decay_factor`; the first `warmup` batches
    climb to it in a line, whatever the schedule.

    `clip_norm` is the greatest norm of the whole gradient, `clip_value` the greatest size of each
    of its numbers; None for no clipping. `patience` is how many epochs may pass without a better
    `criterion` before training stops, None for no early stop. `truncation` is after how many
    steps back-propagation through time is cut off, None for never. `label_smoothing` is the share
    of the target that is spread evenly over all classes. `balanced` weighs each class by n / (C ·
    its count in the training split). `seed` is at least 0.
    """

    optimizer: OptimizerName = OptimizerName.ADAM
    learning_rate: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: ScheduleName = ScheduleName.CONSTANT
    decay_epochs: int = 10
    decay_factor: float = 0.5
    warmup: int = 0
    batch_size: int = 16
    epochs: int = 30
    clip_norm: float | None = 5.0
    clip_value: float | None = None
    patience: int | None = None
    criterion: Criterion = Criterion.LOSS
    loss_mean: LossMean = LossMean.SENTENCE
    label_smoothing: float = 0.0
    balanced: bool = False
    truncation: int | None = None
    seed: int = 0
