"""Which options of `rnnstudio train` go with which: one that would change nothing is refused."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.network import Cell, Task
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.spec import ProjectSpec


@dataclass(frozen=True)
class _Partner:
    """What an option goes with, in words, and whether it is there."""

    option: str
    words: str
    there: Callable[[ProjectSpec, Dataset], bool]


def _decays(spec: ProjectSpec, dataset: Dataset) -> bool:
    return spec.training.schedule in (ScheduleName.STEP, ScheduleName.PLATEAU)


_PARTNERS = (
    _Partner(
        "--momentum",
        "--optimizer momentum or nesterov",
        lambda spec, _: spec.training.optimizer in (OptimizerName.MOMENTUM, OptimizerName.NESTEROV),
    ),
    _Partner("--decay-epochs", "--schedule step or plateau", _decays),
    _Partner("--decay-factor", "--schedule step or plateau", _decays),
    _Partner("--forget-bias", "--cell lstm", lambda spec, _: spec.model.cell is Cell.LSTM),
    _Partner("--fixed-vectors", "--vectors", lambda spec, _: spec.model.vectors is not None),
    _Partner("--keep-punctuation", "--level word", lambda spec, _: spec.text.level == "word"),
    _Partner(
        "--loss-mean",
        "data that have a tag for each word",
        lambda _, dataset: dataset.task is Task.LABEL,
    ),
    _Partner(
        "--patience",
        "a validation split, and these data have none",
        lambda spec, dataset: (
            spec.training.patience is None or len(dataset.rows_of(Split.VALIDATION)) > 0
        ),
    ),
)


def check_partners(arguments: Namespace, spec: ProjectSpec, dataset: Dataset) -> None:
    """See that each option that was given means something beside the others and the data.

    Raises:
        RnnStudioError: one does not.
    """
    for partner in _PARTNERS:
        name = partner.option.removeprefix("--").replace("-", "_")
        # Flags do not note that they were given: they are true only then.
        given = name in arguments.given or getattr(arguments, name) is True
        if given and not partner.there(spec, dataset):
            raise RnnStudioError(
                f"{partner.option} would change nothing: it goes with {partner.words}.",
                f"Leave {partner.option} out.",
            )
