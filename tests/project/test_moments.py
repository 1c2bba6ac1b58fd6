"""The weights of a run's epochs are kept in the file, and what they cannot be is refused."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.engine.training import EpochRecord, TrainingState, fit
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import Run
from tests.project.conftest import Sample


@pytest.fixture(scope="module")
def moments(sample: Sample) -> tuple[Moment, ...]:
    """The weights before the first batch and after each of the two epochs."""
    state = TrainingState.initial(sample.job)
    found = [Moment(0, 0, state.parameters.frozen())]
    for record in fit(sample.job, state):
        if isinstance(record, EpochRecord):
            found.append(Moment(record.epoch, record.step, state.parameters.frozen()))
    return tuple(found)


@pytest.fixture
def path(sample: Sample, moments: tuple[Moment, ...], tmp_path: Path) -> Path:
    """The small project with its moments, and a second run that was never trained."""
    path = tmp_path / "films.rnnstudio"
    with ProjectFile.in_memory() as file:
        run = sample.write_to(file)
        file.write_moments(run, moments, {0, 1, 2})
        file.start_run(sample.spec, sample.dataset.vocabulary, sample.dataset.labels)
        file.save_to(path)
    return path


def _run(path: Path, number: int = 1) -> Run:
    with ProjectFile.open(path) as file:
        return file.load_run(number)


def _change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def _assert_same(found: tuple[Moment, ...], wanted: tuple[Moment, ...]) -> None:
    assert [(one.epoch, one.step) for one in found] == [(one.epoch, one.step) for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one.parameters.shapes == other.parameters.shapes
        np.testing.assert_array_equal(one.parameters.flat, other.parameters.flat)


def test_moments_come_back_read_only(path: Path, moments: tuple[Moment, ...]) -> None:
    found = _run(path).moments
    _assert_same(found, moments)
    for moment in found:
        assert not moment.parameters.flat.flags.writeable
        assert not any(view.flags.writeable for view in moment.parameters.values())
    assert _run(path, 2).moments == ()


def test_what_is_no_longer_kept_goes_and_the_rest_stays(
    path: Path, moments: tuple[Moment, ...], tmp_path: Path
) -> None:
    new = Moment(4, 40, moments[1].parameters)
    with ProjectFile.open_copy(path) as file:
        assert not file.unsaved
        file.write_moments(1, [new], {0, 2, 4})
        assert file.unsaved
        _assert_same(file.load_run(1).moments, (moments[0], moments[2], new))
        # One of the same epoch takes the place of the former.
        again = Moment(2, 21, moments[0].parameters)
        file.write_moments(1, [again], [0, 2, 4])
        _assert_same(file.load_run(1).moments, (moments[0], again, new))
        file.write_moments(1, [], ())
        assert file.load_run(1).moments == ()
        file.save_to(tmp_path / "new.rnnstudio")
        file.discard()
    _assert_same(_run(path).moments, moments)


def test_the_run_in_view_is_opened_with_its_moments(
    path: Path, sample: Sample, moments: tuple[Moment, ...]
) -> None:
    with ProjectFile.open_copy(path) as file:
        second = file.start_run(sample.spec, sample.dataset.vocabulary, sample.dataset.labels)
        file.write_checkpoint(second, sample.checkpoint)
        file.write_moments(second, moments[1:], {1, 2})
        for shown in (1, second):
            file.write_shown_run(shown)
            project = file.load()
            assert project.run_in_view is not None
            assert project.run_in_view.number == shown
            for run in project.runs:
                assert bool(run.moments) == (run.number == shown)
        file.discard()


def test_a_run_is_loaded_alone(path: Path) -> None:
    run = _run(path)
    with ProjectFile.open(path) as file:
        whole = file.load().runs[0]
    for field in dataclasses.fields(Run):
        if field.name not in ("last", "moments"):
            assert getattr(run, field.name) == getattr(whole, field.name)
    np.testing.assert_array_equal(
        run.model("best").parameters.flat, whole.model("best").parameters.flat
    )
    with pytest.raises(ProjectFileError, match=r"no run 7\. Choose another"):
        _run(path, 7)


def test_list_of_runs(path: Path, sample: Sample) -> None:
    with ProjectFile.open(path) as file:
        first, second = file.run_lines()
    assert (first.number, first.spec, first.epochs, first.has_weights) == (1, sample.spec, 2, True)
    assert (first.words, first.classes) == (len(sample.dataset.vocabulary.words), 2)
    epochs = [record for record in sample.records if isinstance(record, EpochRecord)]
    best = [record.validation_accuracy for record in epochs if record.is_best]
    assert first.accuracy == best[-1]
    assert (second.number, second.epochs, second.accuracy) == (2, 0, None)
    assert not second.has_weights


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE moments SET weights = zeroblob(9000000)", "larger than its network"),
        ("UPDATE moments SET weights = x''", "weights cannot be read"),
        ("UPDATE moments SET weights = substr(weights, 1, 400)", "weights cannot be read"),
        ("UPDATE moments SET weights = x'80045d'", "weights cannot be read"),
        ("UPDATE moments SET epoch = -1 WHERE epoch = 0", "of an epoch before its first"),
        ("UPDATE moments SET step = -5", "of an epoch before its first"),
        (
            "UPDATE moments SET weights = (SELECT optimiser FROM checkpoints)",
            "do not fit the network",
        ),
        ("DROP TABLE moments", "its tables are not those of a project"),
        ("PRAGMA user_version = 2", "its tables are not those of a project"),
    ],
)
def test_damaged_moments_are_refused(path: Path, statement: str, words: str) -> None:
    _change(path, statement)
    before = path.read_bytes()
    for read in (_run, _load):
        with pytest.raises(ProjectFileError) as caught:
            read(path)
        assert words in str(caught.value)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_moments_too_large_are_not_fetched(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_no_bytes(*args: object) -> None:
        pytest.fail("the bytes were fetched")

    _change(path, "UPDATE moments SET weights = zeroblob(9000000) WHERE epoch = 2")
    monkeypatch.setattr("rnnstudio.project.reading.Moment", read_no_bytes)
    with pytest.raises(ProjectFileError, match="larger than its network"):
        _run(path)


@pytest.mark.parametrize("seed", range(20))
def test_any_flipped_bytes_give_an_error_or_moments(path: Path, seed: int) -> None:
    rng = random.Random(seed)
    connection = sqlite3.connect(path)
    (weights,) = connection.execute("SELECT weights FROM moments WHERE epoch = 1").fetchone()
    connection.close()
    data = bytearray(weights)
    for _ in range(rng.choice((1, 3, 30))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    _change(path, "UPDATE moments SET weights = ? WHERE epoch = 1", bytes(data))
    try:
        assert len(_run(path).moments) == 3
    except ProjectFileError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either end is right


def test_moments_of_another_run_are_its_own(path: Path, moments: tuple[Moment, ...]) -> None:
    with ProjectFile.open_copy(path) as file:
        file.write_moments(2, moments[:1], {0})
        _assert_same(file.load_run(1).moments, moments)
        _assert_same(file.load_run(2).moments, moments[:1])
        file.discard()


def _load(path: Path) -> None:
    with ProjectFile.open(path) as file:
        file.load()
