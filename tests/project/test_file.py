"""What goes into a project file comes out of it, and a copy of the file is complete."""

from __future__ import annotations

import dataclasses
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training import BatchRecord, EpochRecord, TrainingState, fit
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.project.project import Probe, Project
from rnnstudio.project.schema import looks_like_project
from tests.project.conftest import Sample


def test_everything_comes_back(sample: Sample, project_path: Path) -> None:
    with ProjectFile.open(project_path) as file:
        project = file.load()
    assert project.spec == sample.spec
    assert project.table == sample.table
    assert project.splits == sample.dataset.splits
    assert project.sentence == "a good film"
    assert project.probes == (Probe("good", "positive"), Probe("नमस्ते 🎬"))
    (run,) = project.runs
    assert (run.number, run.spec) == (1, sample.spec)
    assert (run.vocabulary, run.labels) == (sample.dataset.vocabulary, sample.dataset.labels)
    assert [*run.batch_records, *run.epoch_records] == sorted(
        sample.records, key=lambda record: (isinstance(record, EpochRecord), record.step)
    )
    assert run.last is not None
    _assert_same(run.last, sample.checkpoint)


def test_excluded_rows_stay_excluded(sample: Sample, tmp_path: Path) -> None:
    rows = tuple(
        dataclasses.replace(row, excluded=number in (3, 8))
        for number, row in enumerate(sample.table.rows)
    )
    table = dataclasses.replace(sample.table, rows=rows)
    path = tmp_path / "films.rnnstudio"
    with ProjectFile.in_memory() as file:
        file.write_project(sample.spec, table, sample.dataset.splits)
        file.save_to(path)
    project = _load(path)
    assert project.table == table
    assert [number for number, row in enumerate(project.table.rows) if row.excluded] == [3, 8]
    everything = range(len(rows))
    dataset = build_dataset(project.table.with_splits(project.splits))
    assert dataset.rows_of(None).tolist() == [row for row in everything if row not in (3, 8)]


def test_saved_file_is_one_file_that_can_be_copied(project_path: Path, tmp_path: Path) -> None:
    assert [path.name for path in tmp_path.iterdir()] == ["films.rnnstudio"]
    copy = tmp_path / "copy.rnnstudio"
    shutil.copyfile(project_path, copy)
    assert _load(copy).spec == _load(project_path).spec


def test_reading_changes_nothing(project_path: Path) -> None:
    before = project_path.read_bytes()
    with ProjectFile.open(project_path) as file:
        file.load()
        with pytest.raises(ProjectFileError, match="read-only"):
            file.write_sentences("new", [])
    assert project_path.read_bytes() == before
    assert [path.name for path in project_path.parent.iterdir()] == ["films.rnnstudio"]


def test_created_file_can_be_closed_and_opened(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "odd name ? # 100%.rnnstudio"
    with ProjectFile.create(path) as file:
        sample.write_to(file)
        with pytest.raises(ProjectFileError, match="exists already"):
            ProjectFile.create(path)
    assert _load(path).table == sample.table


def test_save_without_changes_gives_the_same_numbers(project_path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.rnnstudio"
    with ProjectFile.open_copy(project_path) as file:
        file.save_to(again)
        file.discard()
    assert _load(again).table == _load(project_path).table
    assert again.read_bytes() != b""


def test_training_goes_on_from_a_file_as_if_it_had_not_stopped(
    sample: Sample, project_path: Path
) -> None:
    spec = dataclasses.replace(
        sample.spec, training=dataclasses.replace(sample.spec.training, epochs=4)
    )
    job = job_of(spec, sample.dataset)
    whole = TrainingState.initial(job)
    list(fit(job, whole))
    checkpoint = _load(project_path).runs[0].last
    assert checkpoint is not None
    resumed = TrainingState.resumed(job, checkpoint)
    list(fit(job, resumed))
    _assert_same(resumed.checkpoint(), whole.checkpoint())


def test_plain_sgd_has_no_memory_to_keep(sample: Sample, tmp_path: Path) -> None:
    training = dataclasses.replace(sample.spec.training, optimizer=OptimizerName.SGD)
    spec = dataclasses.replace(sample.spec, training=training)
    state = TrainingState.initial(job_of(spec, sample.dataset))
    path = tmp_path / "sgd.rnnstudio"
    with ProjectFile.create(path) as file:
        file.write_project(spec, sample.table, sample.dataset.splits)
        run = file.start_run(spec, sample.dataset.vocabulary, sample.dataset.labels)
        file.write_checkpoint(run, state.checkpoint())
    last = _load(path).runs[0].last
    assert last is not None
    assert last.optimizer is OptimizerName.SGD


def test_best_and_last_weights(sample: Sample, project_path: Path) -> None:
    # The patience counter has begun anew: it says nothing about the best epoch.
    progress = dataclasses.replace(sample.checkpoint.progress, best_epoch=1, epochs_since_best=0)
    checkpoint = dataclasses.replace(sample.checkpoint, progress=progress)
    with ProjectFile.open_copy(project_path) as file:
        file.write_checkpoint(1, checkpoint)
        project = file.load()
        file.discard()
    best, last = project.model("best"), project.model("last")
    epochs = {record.epoch: record.step for record in project.runs[0].epoch_records}
    assert (best.epoch, best.step) == (1, epochs[1])
    assert (last.epoch, last.step) == (2, epochs[2])
    np.testing.assert_array_equal(best.parameters.flat, checkpoint.best_parameters.flat)
    np.testing.assert_array_equal(last.parameters.flat, checkpoint.parameters.flat)


def test_model_of_an_untrained_project_is_an_error(sample: Sample) -> None:
    with ProjectFile.in_memory() as file:
        file.write_project(sample.spec, sample.table, sample.dataset.splits)
        with pytest.raises(RnnStudioError, match="no trained network"):
            file.load().model()


def test_newest_run_with_weights_is_the_model(sample: Sample) -> None:
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        assert file.start_run(sample.spec, sample.dataset.vocabulary, sample.dataset.labels) == 2
        project = file.load()
    assert [run.number for run in project.runs] == [1, 2]
    assert project.trained_run().number == 1


def test_data_set_of_a_project_is_the_one_trained_on(sample: Sample, project_path: Path) -> None:
    project = _load(project_path)
    model = project.model()
    dataset = project.dataset_for(model)
    assert dataset.splits == sample.dataset.splits
    for split in Split:
        again, before = evaluate(model, dataset, split), evaluate(model, sample.dataset, split)
        assert again.to_json() == before.to_json()


def test_all_rows_in_training_stay_there(sample: Sample) -> None:
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        file.write_project(sample.spec, sample.table, [Split.TRAIN] * len(sample.table.rows))
        project = file.load()
    assert set(project.dataset_for(project.model()).splits) == {Split.TRAIN}


def test_label_unknown_to_the_model_is_an_error(sample: Sample) -> None:
    rows = (*sample.table.rows[1:], dataclasses.replace(sample.table.rows[0], label="maybe"))
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        table = dataclasses.replace(sample.table, rows=rows)
        file.write_project(sample.spec, table, sample.dataset.splits)
        project = file.load()
    with pytest.raises(DataError, match="maybe"):
        project.dataset_for(project.model())


def test_records_after_a_resumed_step_are_replaced(sample: Sample) -> None:
    with ProjectFile.in_memory() as file:
        run = sample.write_to(file)
        per_epoch = len(sample.records) // 2 - 1
        second = [record for record in sample.records if record.step > per_epoch]
        file.append_records(run, second[:1])
        (shorter,) = file.load().runs
        assert [record.step for record in shorter.batch_records] == [*range(1, per_epoch + 2)]
        assert [record.epoch for record in shorter.epoch_records] == [1]
        for record in second[1:]:
            file.append_records(run, [record])
        (whole,) = file.load().runs
    assert len(whole.batch_records) + len(whole.epoch_records) == len(sample.records)


def test_figures_that_are_not_finite_are_kept(sample: Sample) -> None:
    odd = BatchRecord(1, 1, 1, 9, math.nan, 0.5, math.inf, 3)
    with ProjectFile.in_memory() as file:
        run = sample.write_to(file)
        file.append_records(run, [odd])
        (record,) = file.load().runs[0].batch_records
    assert math.isnan(record.loss)
    assert record.gradient_norm == math.inf


def test_much_is_written_in_one_transaction(sample: Sample) -> None:
    rows = sample.table.rows * 75
    table = dataclasses.replace(sample.table, rows=rows)
    records = [BatchRecord(step, 1, step, 10_000, 0.5, 0.5, 1.0, 9) for step in range(1, 10_001)]
    with ProjectFile.in_memory() as file:
        run = sample.write_to(file)
        file.write_project(sample.spec, table, sample.dataset.splits * 75)
        file.append_records(run, records)
        project = file.load()
    assert project.table.rows == rows
    assert project.runs[0].batch_records == tuple(records)


def test_file_names_that_are_no_utf8_are_kept_readable(sample: Sample) -> None:
    row = dataclasses.replace(sample.table.rows[0], source="caf\udce9.tsv")
    table = dataclasses.replace(sample.table, rows=(row, *sample.table.rows[1:]))
    data = dataclasses.replace(sample.spec.data, source="caf\udce9.tsv")
    spec = dataclasses.replace(sample.spec, data=data)
    with ProjectFile.in_memory() as file:
        file.write_project(spec, table, sample.dataset.splits)
        project = file.load()
    assert project.spec == spec
    assert project.table.rows[0].source == "caf?.tsv"


def test_settings_of_one_run_are_replaced(sample: Sample) -> None:
    longer = dataclasses.replace(
        sample.spec, training=dataclasses.replace(sample.spec.training, epochs=9)
    )
    with ProjectFile.in_memory() as file:
        first = sample.write_to(file)
        file.start_run(sample.spec, sample.dataset.vocabulary, sample.dataset.labels)
        file.write_run_spec(first, longer)
        project = file.load()
    assert [run.spec for run in project.runs] == [longer, sample.spec]
    assert project.spec == sample.spec


def test_project_is_known_by_its_name_or_its_first_bytes(
    project_path: Path, tmp_path: Path
) -> None:
    nameless = tmp_path / "lesson 1.2"
    shutil.copyfile(project_path, nameless)
    table = tmp_path / "films.csv"
    table.write_text("text,label\n", encoding="utf-8")
    assert looks_like_project(nameless)
    assert looks_like_project(tmp_path / "not there.RNNSTUDIO")
    assert not looks_like_project(table)
    assert not looks_like_project(tmp_path)
    assert not looks_like_project(tmp_path / "not there")


def test_wrong_settings_are_not_written(sample: Sample) -> None:
    model = dataclasses.replace(sample.spec.model, units=0)
    wrong = dataclasses.replace(sample.spec, model=model)
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        for write in (
            lambda: file.write_spec(wrong),
            lambda: file.write_project(wrong, sample.table, sample.dataset.splits),
            lambda: file.start_run(wrong, sample.dataset.vocabulary, sample.dataset.labels),
        ):
            with pytest.raises(ProjectFileError, match="number of units is 0"):
                write()
        with pytest.raises(ProjectFileError, match="At most 8"):
            file.write_sentences("", [Probe("probe")] * 9)
        assert file.load().spec == sample.spec


def test_a_write_that_fails_half_way_changes_nothing(sample: Sample) -> None:
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        other = dataclasses.replace(sample.spec, data=dataclasses.replace(sample.spec.data, seed=7))
        with pytest.raises(ValueError, match="zip"):
            file.write_project(other, sample.table, sample.dataset.splits[:-1])
        project = file.load()
    assert project.spec == sample.spec
    assert project.table == sample.table


def _load(path: Path) -> Project:
    with ProjectFile.open(path) as file:
        return file.load()


def _assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.meta() == other.meta()
    arrays = other.arrays()
    assert set(one.arrays()) == set(arrays)
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, arrays[name])
