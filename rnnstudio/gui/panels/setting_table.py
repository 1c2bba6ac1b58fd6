"""The controls of the settings as a table: what each is called, does, and is good at."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.engine.network import Cell
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName

CELL_WORDS = {
    Cell.INDEPENDENT: "each word alone, with weights of its own position",
    Cell.SHARED: "the same function at every step, still without memory",
    Cell.HISTORY: "all words so far, a new function at each step",
    Cell.RNN: "s_t = σ(U x_t + W s_t−1 + b), Elman's network",
    Cell.GRU: "gates keep or replace what is in the state",
    Cell.LSTM: "a cell state beside the state, the longest memory",
}
OPTIMIZER_WORDS = {
    OptimizerName.SGD: "Plain steps: w ← w − η ∂L/∂w",
    OptimizerName.MOMENTUM: "SGD that keeps part of the step before",
    OptimizerName.NESTEROV: "Momentum that looks ahead",
    OptimizerName.RMSPROP: "Steps divided by the size of recent gradients",
    OptimizerName.ADAM: "Steps scaled for each weight by its gradients",
    OptimizerName.ADAMW: "Adam with the weight decay beside it",
}
SCHEDULE_WORDS = {
    ScheduleName.CONSTANT: "η stays as it is",
    ScheduleName.STEP: "η is multiplied by a factor every few epochs",
    ScheduleName.COSINE: "η falls to 0 along half a cosine over the run",
    ScheduleName.PLATEAU: "η is multiplied by a factor where the validation loss stops falling",
}


@dataclass(frozen=True)
class Setting:
    """One numeric setting: its words, and the values that its steps lead to."""

    key: str
    title: str
    good: str
    does: str
    series: tuple[float, ...] = ()
    off: str = ""


_SIZES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048)
_COUNTS = (1, 2, 3, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000)

LAYERS = Setting(
    "model.layers",
    "Layers",
    "1 … 2",
    "How many networks stand one on the other: each reads the states of the one below.",
)
DROPOUT = Setting(
    "model.dropout",
    "Dropout",
    "0 … 0.5",
    "The share of numbers that training leaves out on the way from layer to layer, so that no unit"
    " relies on a few others.",
    (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
)
UNITS = Setting(
    "model.units",
    "Hidden units",
    "8 … 64",
    "H, how many numbers the state s_t has. More remember more and learn more slowly.",
    _SIZES,
)
EMBEDDING = Setting(
    "model.embedding",
    "Embedding size",
    "8 … 64",
    "E, how many learned numbers stand for a word.",
    _SIZES,
)
TRAINING = (
    Setting(
        "training.learning_rate",
        "Learning rate η",
        "0.001 … 0.03",
        "How far each update moves the weights: w ← w − η ∂L/∂w for SGD. Good with Adam: 0.001 to"
        " 0.03; with SGD: 0.05 to 1. Can be changed while the network trains.",
        tuple(float(f"{f}e{e}") for e in range(-5, 1) for f in (1, 2, 3, 5)),
    ),
    Setting(
        "training.batch_size",
        "Batch size",
        "8 … 64",
        "How many sentences are averaged for one update. Small batches are noisy, large ones"
        " update seldom.",
        (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
    ),
    Setting(
        "training.epochs",
        "Epochs",
        "10 … 60",
        "How many times the training sentences are read. Can be changed while the network trains.",
        _COUNTS,
    ),
    Setting(
        "training.clip_norm",
        "Clip gradient",
        "norm 1 … 10",
        "A gradient whose norm is greater than this is shortened to it, so that one exploding"
        " step cannot throw the weights away.",
        (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
        off="off",
    ),
    Setting(
        "training.weight_decay",
        "Weight decay",
        "0 … 0.01",
        "How strongly each update pulls the weights towards 0.",
        (0.0, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1),
    ),
    Setting(
        "training.patience",
        "Stop early after",
        "5 … 10",
        "Training ends after so many epochs without a better validation loss, or accuracy where the"
        " best epoch is chosen by that.",
        (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50),
        off="off",
    ),
)
SEED = Setting(
    "training.seed",
    "Seed",
    "any",
    "The start of the random numbers: first weights and the order of the batches. The same seed"
    " gives the same run.",
)
