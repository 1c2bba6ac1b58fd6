"""A file of a former version is read, copied and saved in this version's form; it stays itself.

`version_1.rnnstudio` was written by the program that had version 1: 20 sentences, a run of two
epochs and another that had just begun. `version_2.rnnstudio` likewise: 20 sentences with a tag for
each word, a GRU in two directions.
"""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Cell, Task
from rnnstudio.engine.optimizers import BETA_1, BETA_2
from rnnstudio.engine.training import EpochRecord, TrainingState, fit
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import Probe, Project
from rnnstudio.project.schema import FORMAT_VERSION
from rnnstudio.project.scratch import scratch_folder, unfinished_scratches
from rnnstudio.resources import resource

_FORMER = Path(__file__).with_name("version_1.rnnstudio")
_VERSION_2 = Path(__file__).with_name("version_2.rnnstudio")


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A copy of the file of version 1."""
    path = tmp_path / "films.rnnstudio"
    shutil.copyfile(_FORMER, path)
    return path


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A copy of the file of version 2."""
    path = tmp_path / "names.rnnstudio"
    shutil.copyfile(_VERSION_2, path)
    return path


def _version(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[60:64], "big")


def _change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def _assert_whole(project: Project) -> None:
    assert len(project.table.rows) == len(project.splits) == 20
    assert project.table.task is Task.CLASSIFY
    assert project.table.rows[3].text == "“ça” — नमस्ते 🎬"
    assert project.table.rows[3].words is None
    assert not any(row.excluded for row in project.table.rows)
    assert len(project.table.problems) == 1
    assert (project.sentence, project.shown_run) == ("a good film", 1)
    assert project.probes == (Probe("good", "positive"), Probe("नमस्ते 🎬"))
    first, second = project.runs
    assert first.moments == second.moments == ()
    assert (len(first.batch_records), len(first.epoch_records)) == (6, 2)
    assert second.last is None
    assert second.spec.training.learning_rate == 1e-3
    for spec in (project.spec, first.spec):
        assert (spec.model.cell, spec.model.units, spec.model.layers) == (Cell.RNN, 5, 1)
        assert (spec.training.patience, spec.training.momentum) == (9, 0.9)
        assert spec.text.longest is None
    assert (first.task, first.longest, first.vocabulary.unknown) == (Task.CLASSIFY, None, False)
    # The numbers that the program of version 1 gave.
    (prediction,) = project.model("last").predict(["film was good"])
    np.testing.assert_allclose(
        prediction.probabilities, [0.44608527421951294, 0.5539147257804871], atol=1e-6
    )


def _assert_whole_2(project: Project) -> None:
    table = project.table
    assert len(table.rows) == 20
    assert (table.task, table.labels) == (Task.LABEL, ("B-PER", "I-PER", "O"))
    row = table.rows[7]
    assert row.words == ("bob", "lee", "नमस्ते", "bob", "lee", ".")
    assert row.tags == ("B-PER", "I-PER", "O", "B-PER", "I-PER", "O")
    assert (row.line, row.excluded) == (8, False)
    assert not any(row.excluded for row in table.rows)
    assert [row.split for row in table.rows].count(Split.TEST) == 1
    assert [project.splits.count(split) for split in Split] == [15, 4, 1]
    assert len(table.problems) == 1
    assert (project.sentence, project.shown_run) == ("ann met bob lee", 1)
    assert project.probes == (Probe("ann saw carla"), Probe("नमस्ते 🎬"))
    first, other = project.runs
    assert (len(first.batch_records), len(first.epoch_records)) == (6, 2)
    assert first.moments == other.moments == ()
    assert other.last is None
    assert other.spec.training.learning_rate == 1e-3
    assert (first.spec.model.cell, first.spec.model.bidirectional) == (Cell.GRU, True)
    # The numbers that the program of version 2 gave.
    (prediction,) = project.model("last").predict(["ann saw bob"])
    assert prediction.prediction == ("B-PER", "I-PER", "I-PER")
    np.testing.assert_allclose(
        prediction.probabilities[0],
        [0.3536130487918854, 0.32659202814102173, 0.3197949528694153],
        atol=1e-6,
    )


def test_file_of_version_2_is_read_and_stays_as_it_is(second: Path, tmp_path: Path) -> None:
    before = second.read_bytes()
    assert _version(second) == 2
    with ProjectFile.open(second) as file:
        _assert_whole_2(file.load())
        assert [line.number for line in file.run_lines()] == [1, 2]
        assert file.load_run(1).moments == ()
        with pytest.raises(ProjectFileError, match="read-only"):
            file.write_sentences("new", [])
    assert second.read_bytes() == before
    new = tmp_path / "new.rnnstudio"
    with ProjectFile.open_copy(second) as file:
        project = file.load()
        _assert_whole_2(project)
        moment = Moment(0, 0, project.model("last").parameters)
        file.write_moments(1, [moment], {0})
        file.save_to(new)
        file.discard()
    assert second.read_bytes() == before
    assert _version(new) == FORMAT_VERSION
    with ProjectFile.open(new) as file:
        assert [moment.epoch for moment in file.load_run(1).moments] == [0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE rows", "its tables are not those of a project"),
        ("ALTER TABLE rows ADD COLUMN excluded INTEGER", "its tables are not those of a project"),
        ("PRAGMA user_version = 1", "its tables are not those of a project"),
        ("PRAGMA user_version = 3", "its tables are not those of a project"),
        ("UPDATE rows SET words = '['", "words cannot be understood"),
        ("UPDATE checkpoints SET weights = zeroblob(9000000)", "larger than its network"),
    ],
)
def test_damaged_file_of_version_2_is_refused(second: Path, statement: str, words: str) -> None:
    _change(second, statement)
    before = second.read_bytes()
    with pytest.raises(ProjectFileError) as caught, ProjectFile.open(second) as file:
        file.load()
    assert words in str(caught.value)
    assert second.read_bytes() == before


def test_former_file_is_read_and_stays_as_it_is(former: Path) -> None:
    before = former.read_bytes()
    assert _version(former) == 1
    with ProjectFile.open(former) as file:
        _assert_whole(file.load())
        with pytest.raises(ProjectFileError, match="read-only"):
            file.write_sentences("new", [])
    assert former.read_bytes() == before
    assert [path.name for path in former.parent.iterdir()] == [former.name]


def test_copy_is_worked_on_and_saved_in_the_new_form(former: Path, tmp_path: Path) -> None:
    before = former.read_bytes()
    new = tmp_path / "new.rnnstudio"
    with ProjectFile.open_copy(former) as file:
        file.write_shown_run(1)
        _assert_whole(file.load())
        assert former.read_bytes() == before
        file.save_to(new)
        file.save_to(former)
        file.discard()
    for path in (new, former):
        assert _version(path) == FORMAT_VERSION
        with ProjectFile.open(path) as file:
            _assert_whole(file.load())


def test_training_goes_on_from_a_former_file(former: Path) -> None:
    with ProjectFile.open(former) as file:
        project = file.load()
    run = project.runs[0]
    assert run.last is not None
    # Version 1 kept Adam's fading means, m (1 − β₁) and v (1 − β₂), where now the sums are kept.
    connection = sqlite3.connect(former)
    (data,) = connection.execute("SELECT optimiser FROM checkpoints").fetchone()
    connection.close()
    kept = safetensors.numpy.load(data)
    assert sorted(kept) == ["m", "v"]
    np.testing.assert_allclose(run.last.moments["m_sum"] * (1 - BETA_1), kept["m"], rtol=1e-5)
    np.testing.assert_allclose(run.last.moments["v_sum"] * (1 - BETA_2), kept["v"], rtol=1e-5)
    dataset = project.dataset_for(run.model("last"))
    training = dataclasses.replace(run.spec.training, epochs=4)
    job = job_of(dataclasses.replace(run.spec, training=training), dataset)
    state = TrainingState.resumed(job, run.last)
    epochs = [record for record in fit(job, state) if isinstance(record, EpochRecord)]
    assert [record.epoch for record in epochs] == [3, 4]
    assert epochs[-1].train_loss < run.epoch_records[-1].train_loss


def test_scratch_of_a_former_version_is_replaced_by_a_migrated_one(former: Path) -> None:
    scratch_folder().mkdir(parents=True)
    scratch = scratch_folder() / "0123456789abcdef.rnnstudio"
    shutil.copyfile(former, scratch)
    work = '{"saved_as":null,"unsaved":true}'
    _change(scratch, f"INSERT INTO meta VALUES ('work', '{work}')")
    (info,) = unfinished_scratches()
    assert info.name == "films"
    # To look whether there are any changes none.
    assert _version(scratch) == 1
    with ProjectFile.open_scratch(scratch) as file:
        assert file.unsaved
        assert file.path is not None
        assert file.path != scratch
        _assert_whole(file.load())
        assert unfinished_scratches() == []
        file.write_sentences("changed", [])
        file.discard()
    assert list(scratch_folder().iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE problems", "its tables are not those of a project"),
        ("ALTER TABLE rows ADD COLUMN words TEXT", "its tables are not those of a project"),
        ("UPDATE meta SET value = '{' WHERE key = 'spec'", "spec cannot be understood"),
        ("UPDATE meta SET value = '[]' WHERE key = 'spec'", "settings should be an object"),
        ("UPDATE meta SET value = '{}' WHERE key = 'spec'", "settings lacks the entry"),
        ("UPDATE runs SET spec = '{\"model\":3}'", "settings lacks the entry"),
        ("UPDATE checkpoints SET optimiser = x'80'", "weights cannot be read"),
        ("UPDATE checkpoints SET weights = zeroblob(9000000)", "larger than its network"),
        ("PRAGMA user_version = 2", "its tables are not those of a project"),
    ],
)
def test_damaged_former_file_is_refused_and_left_alone(
    former: Path, statement: str, words: str
) -> None:
    _change(former, statement)
    before = former.read_bytes()
    with pytest.raises(ProjectFileError) as caught, ProjectFile.open(former) as file:
        file.load()
    assert words in str(caught.value)
    assert str(former) in str(caught.value)
    assert former.read_bytes() == before


def test_the_welcome_project_can_be_read() -> None:
    with ProjectFile.open(resource("welcome.rnnstudio")) as file:
        assert file.load().model().predict(["a wonderful film"])[0].prediction
