"""The moments of runs that were left: thinned evenly where they are too large together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.parameters import Parameters
from rnnstudio.project import left_moments
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.moment import Moment
from rnnstudio.project.spec import DEFAULT_SPEC

VOCABULARY = Vocabulary(("good", "bad"))
LABELS = ("negative", "positive")


@pytest.fixture
def file() -> Iterator[ProjectFile]:
    with ProjectFile.in_memory() as result:
        yield result


def add_run(file: ProjectFile, epochs: int) -> int:
    number = file.start_run(DEFAULT_SPEC, VOCABULARY, LABELS)
    network = DEFAULT_SPEC.model.network(VOCABULARY.size, len(LABELS))
    weights = Parameters.zeros(network.parameter_shapes(), np.float32).frozen()
    moments = [Moment(epoch, epoch, weights) for epoch in range(epochs)]
    file.write_moments(number, moments, range(epochs))
    return number


def kept(file: ProjectFile, run: int) -> list[int]:
    return [moment.epoch for moment in file.load_run(run).moments]


def size_of_one() -> int:
    with ProjectFile.in_memory() as file:
        add_run(file, 1)
        (size,) = file._connection.execute("SELECT length(weights) FROM moments").fetchone()
    return int(size)


def test_small_ones_all_stay(file: ProjectFile) -> None:
    first, second = add_run(file, 9), add_run(file, 4)
    assert kept(file, first) == list(range(9))
    assert kept(file, second) == list(range(4))


def test_the_run_with_most_is_thinned_evenly(
    file: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_moments, "MOST_BYTES", 8 * size_of_one())
    first = add_run(file, 9)
    assert kept(file, first) == list(range(9))  # it has a budget of its own while it is trained
    second = add_run(file, 3)
    assert kept(file, first) == [0, 2, 4, 6, 8]
    third = add_run(file, 20)
    assert kept(file, first) == [0, 2, 4, 6, 8]
    assert kept(file, second) == [0, 1, 2]
    assert kept(file, third) == list(range(20))
    add_run(file, 1)
    left = [kept(file, run) for run in (first, second, third)]
    assert sum(map(len, left)) <= 8
    assert all(epochs[0] == 0 for epochs in left)


def test_what_is_too_large_goes(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_moments, "MOST_BYTES", 10)
    first, second = add_run(file, 9), add_run(file, 4)
    assert kept(file, first) == []
    assert kept(file, second) == [0, 1, 2, 3]
