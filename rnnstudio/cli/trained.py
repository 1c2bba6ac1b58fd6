"""What a training gave, and how `rnnstudio train` tells it: as JSON and for people."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.cli.output import print_table
from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.percent import percent
from rnnstudio.project.project import Run
from rnnstudio.project.spec import OWN_FUNCTIONS


@dataclass(frozen=True)
class Trained:
    """What a training gave, before it is written; `evaluations` is empty where it was stopped."""

    dataset: Dataset
    run: Run
    seconds: float
    evaluations: dict[Split, Evaluation | None]

    @property
    def epochs(self) -> int:
        """How many epochs were made."""
        return len(self.run.epoch_records)

    @property
    def stopped(self) -> bool:
        """Whether the user stopped it."""
        return not self.evaluations

    @property
    def tokens_per_second(self) -> float:
        """Words read in training, padding not counted, by the time it took."""
        return sum(record.tokens for record in self.run.batch_records) / self.seconds


def summary(trained: Trained) -> dict[str, object]:
    """What `rnnstudio train --json` prints."""
    dataset, run = trained.dataset, trained.run
    return {
        **{
            split.value: {
                "loss": None if evaluation is None else evaluation.loss,
                "accuracy": None if evaluation is None else evaluation.accuracy,
            }
            for split, evaluation in trained.evaluations.items()
        },
        "epochs": trained.epochs,
        "best_epoch": run.model("best").epoch,
        "parameters": run.network.parameter_count,
        "seconds": trained.seconds,
        "tokens_per_second": trained.tokens_per_second,
        "data": {
            "source": run.spec.data.source,
            "name": dataset.table.name,
            "task": dataset.task.value,
            "rows": {split.value: len(dataset.rows_of(split)) for split in Split},
            "labels": list(dataset.labels),
            "vocabulary": dataset.vocabulary.size,
            "problems": len(dataset.table.problems),
        },
        "settings": run.spec.to_json(),
    }


def print_summary(trained: Trained) -> None:
    """Print the same for people."""
    dataset, network = trained.dataset, trained.run.network
    labelling = network.task is Task.LABEL
    print(
        f"{dataset.table.name}: {len(dataset.table.rows):,} sentences, "
        f"{len(dataset.labels)} {'tags' if labelling else 'classes'}, "
        f"L = {dataset.vocabulary.size:,} different {dataset.text.level}s"
    )
    print(f"{described(network)}: {network.parameter_count:,} parameters")
    epochs = "1 epoch" if trained.epochs == 1 else f"{trained.epochs} epochs"
    print(
        f"{epochs} in {trained.seconds:,.1f} s, {trained.tokens_per_second:,.0f} tokens a second; "
        f"best weights: epoch {trained.run.model('best').epoch}"
    )
    print()
    rows: list[tuple[str, ...]] = [("", "sentences", "loss", "accuracy")]
    if labelling:
        rows = [("", "sentences", "words", "loss per word", "accuracy")]
    for split, result in trained.evaluations.items():
        words = [] if not labelling else ["–" if result is None else f"{len(result.rows):,}"]
        figures = ("–", "–") if result is None else (f"{result.loss:.4f}", percent(result.accuracy))
        rows.append((split.value, f"{len(dataset.rows_of(split)):,}", *words, *figures))
    print_table(rows)
    print()


def described(network: NetworkSpec) -> str:
    """A network in words, such as "lstm, 2 layers, two directions of 64 units, one-hot input"."""
    parts = [
        network.cell.value,
        f"{network.layers} layers" if network.layers > 1 else "1 layer",
        f"{'two directions of ' if network.bidirectional else ''}{network.units:,} units",
        "one-hot input" if network.embedding is None else f"embedding of {network.embedding:,}",
    ]
    if network.cell not in OWN_FUNCTIONS:
        parts.append(network.activation.value)
    if network.dropout:
        parts.append(f"dropout {network.dropout:g}")
    if network.longest is not None:
        parts.append(f"weights for {network.longest:,} positions")
    if network.task is Task.CLASSIFY and network.read is not Reading.LAST:
        parts.append(f"reading the {network.read} of all states")
    return ", ".join(parts)
