"""A fresh embedding begins with the word vectors of a file, for the words that it has."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.problems import DataError
from rnnstudio.engine.training import TrainingState, fit
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.loading import dataset_of, initial_state, job_of, vectors_of
from rnnstudio.project.spec import ProjectSpec
from tests.project.conftest import Sample


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A file of three vectors, of which one is no word of the sample."""
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 2 3\nbad -1 -2 -3\nelephant 9 9 9\n", encoding="utf-8")
    return path


def _settings(sample: Sample, path: Path, **model: object) -> tuple[ProjectSpec, Dataset]:
    settings = {"vectors": str(path), "embedding": 3, **model}
    changed = dataclasses.replace(sample.spec.model, **settings)  # type: ignore[arg-type]
    spec = dataclasses.replace(sample.spec, model=changed)
    return spec, dataset_of(spec, sample.table)


def test_embedding_begins_with_the_vectors(sample: Sample, vectors: Path) -> None:
    spec, dataset = _settings(sample, vectors)
    job = job_of(spec, dataset)
    plain = TrainingState.initial(job).parameters
    filled = initial_state(spec, dataset, job).parameters
    for name in plain:
        if name != "embedding.weight":
            np.testing.assert_array_equal(filled[name], plain[name])
    rows = {word: dataset.vocabulary.id_of(word) - 1 for word in ("good", "bad", "film")}
    embedding = filled["embedding.weight"]
    assert embedding[rows["good"]].tolist() == [1, 2, 3]
    assert embedding[rows["bad"]].tolist() == [-1, -2, -3]
    np.testing.assert_array_equal(embedding[rows["film"]], plain["embedding.weight"][rows["film"]])
    read = vectors_of(spec, dataset)
    assert read is not None
    again = initial_state(spec, dataset, job, read).parameters
    np.testing.assert_array_equal(again.flat, filled.flat)


@pytest.mark.parametrize("trained", [True, False])
def test_vectors_can_stay_fixed(sample: Sample, vectors: Path, trained: bool) -> None:
    spec, dataset = _settings(sample, vectors, train_embedding=trained)
    job = job_of(spec, dataset)
    state = initial_state(spec, dataset, job)
    before = state.parameters["embedding.weight"].copy()
    list(fit(job, state))
    assert np.array_equal(state.parameters["embedding.weight"], before) != trained


def test_other_length_and_missing_file_are_told(sample: Sample, vectors: Path) -> None:
    spec, dataset = _settings(sample, vectors, embedding=5)
    with pytest.raises(RnnStudioError, match="have 3 numbers each, and the embedding has 5"):
        initial_state(spec, dataset, job_of(spec, dataset))
    spec, dataset = _settings(sample, vectors.with_name("none.txt"))
    with pytest.raises(DataError, match=r"none\.txt"):
        initial_state(spec, dataset, job_of(spec, dataset))


def test_no_vectors_are_no_file(sample: Sample) -> None:
    assert vectors_of(sample.spec, sample.dataset) is None
