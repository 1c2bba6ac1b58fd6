"""The options of `rnnstudio train`, in groups, and the settings that they stand for."""

from __future__ import annotations

import argparse
import dataclasses
from argparse import Namespace
from collections.abc import Callable
from enum import StrEnum

from rnnstudio.cli.options import (
    Parser,
    add_json,
    bias_or_switch,
    file_path,
    limit_or_none,
    share_or_file,
    whole_or,
)
from rnnstudio.data.table import Table
from rnnstudio.data.vectors import WordVectors
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, Reading, Task
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.engine.training_spec import Criterion, LossMean
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.spec import DEFAULT_SPEC, LEVELS, ProjectSpec

_GENERATE = "generate"
_DEFAULT = "(default: %(default)s)"
_NONE = "(default: none)"
_GIVES = {
    Task.CLASSIFY: "one class for each sentence",
    Task.LABEL: "a tag for each word",
}

Add = Callable[..., argparse.Action]


def parser() -> Parser:
    """The arguments of `rnnstudio train`."""
    parser = Parser(
        "rnnstudio train",
        "Train a network and write it, with the data, as a project.",
        epilog="Ctrl+C stops after the batch in work. If an epoch is done, the project is written "
        "with what\nthere is, evaluate and predict use its best epoch, and the window can go on "
        "with the training.\nA second Ctrl+C gives up, and nothing is written.",
    )
    # The list of all options would be longer than their explanations.
    parser.usage = "rnnstudio train DATA -o FILE [options]"
    add = parser.add_argument
    add("data", metavar="DATA", help="a file, a folder or builtin:NAME")
    add(
        "-o",
        "--output",
        metavar="FILE",
        type=file_path,
        required=True,
        help="the project to write; a former one is replaced, no other file is",
    )
    add(
        "--task",
        choices=[*(str(task) for task in Task), _GENERATE],
        help="what the network is to do; the data say it, so this only checks that they agree",
    )
    add_json(parser)
    _add_data(parser.add_argument_group("data").add_argument)
    _add_text(parser.add_argument_group("text").add_argument)
    _add_network(parser.add_argument_group("network").add_argument)
    _add_training(parser.add_argument_group("training").add_argument)
    _add_loss(parser.add_argument_group("loss").add_argument)
    _add_gradient(parser.add_argument_group("gradient").add_argument)
    _add_stopping(parser.add_argument_group("stopping").add_argument)
    return parser


def spec_of(arguments: Namespace) -> ProjectSpec:
    """The settings that the options stand for.

    Raises:
        RnnStudioError: one is out of range, or some contradict each other.
    """
    if arguments.task == _GENERATE:
        raise RnnStudioError(
            "This version cannot train networks that generate yet.",
            "It classifies sentences and labels words.",
        )
    default = DEFAULT_SPEC
    spec = ProjectSpec(
        data=dataclasses.replace(
            default.data,
            source=arguments.data,
            validation=arguments.validation,
            test=arguments.test,
            seed=arguments.seed,
        ),
        text=dataclasses.replace(
            default.text,
            level=arguments.level,
            lowercase=not arguments.keep_case,
            split_punctuation=not arguments.keep_punctuation,
            minimum_count=arguments.min_count,
            unknown=arguments.unknown_word,
            maximum_words=arguments.max_words,
            longest=arguments.longest,
        ),
        model=dataclasses.replace(
            default.model,
            cell=Cell(arguments.cell),
            layers=arguments.layers,
            bidirectional=arguments.bidirectional,
            units=arguments.hidden,
            embedding=arguments.embedding,
            vectors=arguments.vectors,
            train_embedding=not arguments.fixed_vectors,
            activation=Activation(arguments.activation),
            dropout=arguments.dropout,
            read=None if arguments.read is None else Reading(arguments.read),
            train_initial_state=arguments.train_initial_state,
            forget_bias=arguments.forget_bias,
        ),
        training=dataclasses.replace(
            default.training,
            optimizer=OptimizerName(arguments.optimizer),
            learning_rate=arguments.lr,
            momentum=arguments.momentum,
            weight_decay=arguments.weight_decay,
            schedule=ScheduleName(arguments.schedule),
            decay_epochs=arguments.decay_epochs,
            decay_factor=arguments.decay_factor,
            warmup=arguments.warmup,
            batch_size=arguments.batch,
            epochs=arguments.epochs,
            clip_norm=arguments.clip,
            clip_value=arguments.clip_value,
            patience=arguments.patience,
            criterion=Criterion(arguments.stop_on),
            loss_mean=LossMean(arguments.loss_mean),
            label_smoothing=arguments.label_smoothing,
            balanced=arguments.balanced,
            truncation=arguments.truncate,
            seed=arguments.seed,
        ),
    )
    for problem in spec.validate():
        raise RnnStudioError(problem.message, problem.hint)
    return spec


def check_task(arguments: Namespace, spec: ProjectSpec, table: Table) -> None:
    """See that the options agree with the task that the data have.

    Raises:
        RnnStudioError: they do not.
    """
    if arguments.task is not None and arguments.task != table.task:
        raise RnnStudioError(
            f"The data have {_GIVES[table.task]}: that is the task {table.task}, not "
            f"{arguments.task}.",
            f"Leave --task out, or use data with {_GIVES[Task(arguments.task)]}.",
        )
    for problem in spec.validate(table.task):
        raise RnnStudioError(problem.message, problem.hint)


def with_size_of(vectors: WordVectors, spec: ProjectSpec, arguments: Namespace) -> ProjectSpec:
    """The settings with an embedding as long as the word vectors.

    Raises:
        RnnStudioError: an option says another length, or it is out of range.
    """
    size = vectors.dimensions
    if "embedding" in arguments.given and arguments.embedding != size:
        raise RnnStudioError(
            f"The word vectors in {arguments.vectors} have {size:,} numbers each, not "
            f"{arguments.embedding:,}.",
            "Leave --embedding out: it follows the file.",
        )
    spec = dataclasses.replace(spec, model=dataclasses.replace(spec.model, embedding=size))
    for problem in spec.validate():
        raise RnnStudioError(problem.message, problem.hint)
    return spec


def _add_data(add: Add) -> None:
    for split in ("validation", "test"):
        add(
            f"--{split}",
            metavar="FILE|SHARE",
            type=share_or_file,
            default=getattr(DEFAULT_SPEC.data, split),
            help=f"a file with these rows, or a share such as 0.1 or 10%% {_DEFAULT}",
        )
    add(
        "--seed",
        metavar="N",
        type=int,
        default=DEFAULT_SPEC.training.seed,
        help=f"of the splits, the weights and the order of batches {_DEFAULT}",
    )


def _add_text(add: Add) -> None:
    text = DEFAULT_SPEC.text
    add(
        "--level",
        choices=LEVELS,
        default=text.level,
        help=f"what the network reads at each step {_DEFAULT}",
    )
    _flag(add, "--keep-case", "“The” and “the” are two words")
    _flag(add, "--keep-punctuation", "only spaces separate words; a full stop stays with its word")
    add(
        "--min-count",
        metavar="N",
        type=int,
        default=text.minimum_count,
        help=f"words that training has less often are unknown {_DEFAULT}",
    )
    add(
        "--max-words",
        metavar="N",
        type=whole_or("none"),
        default=text.maximum_words,
        help=f"only so many words, the most frequent ones, are known {_NONE}",
    )
    _flag(add, "--unknown-word", "unknown words are read as <unk>, which is trained, and not as 0")
    add(
        "--longest",
        metavar="N",
        type=whole_or("none"),
        default=text.longest,
        help=f"of a longer sentence of the data only the first N words are read {_NONE}",
    )


def _add_network(add: Add) -> None:
    model = DEFAULT_SPEC.model
    _choice(add, "--cell", Cell, model.cell, "from no memory to long memory")
    add(
        "--hidden",
        metavar="N",
        type=int,
        default=model.units,
        help=f"units in the state of a layer, in each direction {_DEFAULT}",
    )
    add("--layers", metavar="N", type=int, default=model.layers, help=f"1 to 4 {_DEFAULT}")
    _flag(add, "--bidirectional", "a second network reads from the end to the beginning")
    add(
        "--embedding",
        metavar="N|one-hot",
        type=whole_or("one-hot"),
        default=model.embedding,
        help="length of the learned word vectors, or one-hot input "
        "(default: %(default)s, or as --vectors has it)",
    )
    add(
        "--vectors",
        metavar="FILE",
        default=model.vectors,
        help="word vectors to begin with: a text file of GloVe or word2vec",
    )
    _flag(add, "--fixed-vectors", "the embedding that --vectors gives is not trained")
    _choice(add, "--activation", Activation, model.activation, "σ; gru and lstm have their own")
    add(
        "--dropout",
        metavar="X",
        type=float,
        default=model.dropout,
        help=f"share of numbers left out in training on the way from layer to layer {_DEFAULT}",
    )
    add(
        "--read",
        choices=[str(reading) for reading in Reading],
        help="what a classifier reads of the states (default: last; mean where there is no memory)",
    )
    _flag(add, "--train-initial-state", "s_0 is trained; otherwise it is 0")
    add(
        "--forget-bias",
        metavar="X|on|off",
        type=bias_or_switch,
        default=model.forget_bias,
        help="what the forget gate of an lstm begins with: a number, on for 1, or off for what "
        "other biases begin with (default: on)",
    )


def _add_training(add: Add) -> None:
    training = DEFAULT_SPEC.training
    _choice(add, "--optimizer", OptimizerName, training.optimizer, "how a gradient changes weights")
    add(
        "--lr",
        metavar="X",
        type=float,
        default=training.learning_rate,
        help=f"learning rate η {_DEFAULT}",
    )
    add(
        "--momentum",
        metavar="X",
        type=float,
        default=training.momentum,
        help=f"for momentum and nesterov {_DEFAULT}",
    )
    add(
        "--weight-decay",
        metavar="X",
        type=float,
        default=training.weight_decay,
        help=f"how strongly weights are pulled to 0 {_DEFAULT}",
    )
    _choice(add, "--schedule", ScheduleName, training.schedule, "how η goes on")
    add(
        "--decay-epochs",
        metavar="N",
        type=int,
        default=training.decay_epochs,
        help="step: epochs from one decay of η to the next; plateau: epochs without a better "
        f"validation loss before one {_DEFAULT}",
    )
    add(
        "--decay-factor",
        metavar="X",
        type=float,
        default=training.decay_factor,
        help=f"what a decay multiplies η by {_DEFAULT}",
    )
    add(
        "--warmup",
        metavar="N",
        type=int,
        default=training.warmup,
        help=f"batches in which η climbs to its value {_DEFAULT}",
    )
    add(
        "--batch",
        metavar="N",
        type=int,
        default=training.batch_size,
        help=f"sentences in a batch {_DEFAULT}",
    )
    add(
        "--epochs",
        metavar="N",
        type=int,
        default=training.epochs,
        help=f"times through the training data {_DEFAULT}",
    )


def _add_loss(add: Add) -> None:
    training = DEFAULT_SPEC.training
    _choice(
        add,
        "--loss-mean",
        LossMean,
        training.loss_mean,
        "for labelling: sum over the words, averaged over sentences, or averaged over words",
    )
    add(
        "--label-smoothing",
        metavar="X",
        type=float,
        default=training.label_smoothing,
        help=f"share of the target spread evenly over all classes {_DEFAULT}",
    )
    _flag(add, "--balanced", "rare classes weigh more, so that all weigh the same together")


def _add_gradient(add: Add) -> None:
    training = DEFAULT_SPEC.training
    add(
        "--clip",
        metavar="X",
        type=limit_or_none,
        default=training.clip_norm,
        help=f"greatest norm of the gradient; 0 or none for no clipping {_DEFAULT}",
    )
    add(
        "--clip-value",
        metavar="X",
        type=limit_or_none,
        default=training.clip_value,
        help=f"greatest size of each number of the gradient {_NONE}",
    )
    add(
        "--truncate",
        metavar="N",
        type=whole_or("none"),
        default=training.truncation,
        help=f"steps after which back-propagation through time is cut off {_NONE}",
    )


def _add_stopping(add: Add) -> None:
    training = DEFAULT_SPEC.training
    add(
        "--patience",
        metavar="N",
        type=whole_or("none"),
        default=training.patience,
        help=f"stop after so many epochs without a better one in validation {_NONE}",
    )
    _choice(
        add,
        "--stop-on",
        Criterion,
        training.criterion,
        "the validation figure that makes an epoch better",
    )


def _flag(add: Add, name: str, what: str) -> None:
    add(name, action="store_true", help=what)


def _choice(add: Add, name: str, kind: type[StrEnum], default: StrEnum, what: str) -> None:
    add(
        name,
        choices=[str(value) for value in kind],
        default=str(default),
        help=f"{what} {_DEFAULT}",
    )
