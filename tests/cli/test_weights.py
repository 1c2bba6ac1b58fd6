"""`export` writes a project's weights, `import` reads weights as a new run beside the old one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from rnnstudio.project.file import ProjectFile
from rnnstudio.project.project import Project
from tests.cli.conftest import SMALL, Command


def _load(path: Path) -> Project:
    with ProjectFile.open(path) as file:
        return file.load()


@pytest.fixture
def project(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained project."""
    path = tmp_path / "films.rnnstudio"
    shutil.copyfile(trained, path)
    return path


@pytest.mark.parametrize("which", ["best", "last"])
def test_export_writes_the_weights(
    rnnstudio: Command, trained: Path, tmp_path: Path, which: str
) -> None:
    output = tmp_path / "w.safetensors"
    value = rnnstudio("export", trained, "--weights", output, "--which", which, "--json").json
    model = _load(trained).model(which)
    arrays = safetensors.numpy.load_file(output)
    assert set(arrays) == set(model.parameters) == set(value["shapes"])
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, model.parameters[name])
        assert value["shapes"][name] == list(array.shape)
    assert (value["file"], value["epoch"]) == (str(output), model.epoch)


def test_export_for_people(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    output = tmp_path / "w.safetensors"
    answer = rnnstudio("export", trained, "--weights", output)
    assert "rnn.weight_ih_l0   6 × 4" in answer.out
    assert f"Written to {output}" in answer.out


def test_import_is_a_new_run_beside_the_former(
    rnnstudio: Command, project: Path, tmp_path: Path
) -> None:
    weights = tmp_path / "w.safetensors"
    before = _load(project)
    assert rnnstudio("export", project, "--weights", weights).status == 0
    arrays = safetensors.numpy.load_file(weights)
    arrays["output.bias"] = np.array([50.0, -50.0], np.float32)
    safetensors.numpy.save_file(arrays, weights)
    value = rnnstudio("import", project, "--weights", weights, "--json").json
    assert (value["file"], value["run"]) == (str(project), 2)
    after = _load(project)
    assert after.runs[0].batch_records == before.runs[0].batch_records
    assert after.table == before.table
    first, second = after.runs
    assert first.last is not None
    assert second.last is not None
    assert before.runs[0].last is not None
    np.testing.assert_array_equal(first.last.parameters.flat, before.runs[0].last.parameters.flat)
    for which in ("best", "last"):
        np.testing.assert_array_equal(
            after.model(which).parameters["output.bias"], arrays["output.bias"]
        )
    assert after.run_in_view == second
    said = rnnstudio("predict", project, "the film was good", "--json").json
    assert said["sentences"][0]["prediction"] == "0"
    # Another import begins a third.
    assert rnnstudio("import", project, "--weights", weights, "--json").json["run"] == 3


def test_import_into_a_project_without_a_run(
    rnnstudio: Command, project: Path, tmp_path: Path
) -> None:
    weights, fresh = tmp_path / "w.safetensors", tmp_path / "fresh.rnnstudio"
    assert rnnstudio("export", project, "--weights", weights).status == 0
    former = _load(project)
    with ProjectFile.create(fresh) as file:
        file.write_project(former.spec, former.table, former.splits)
    answer = rnnstudio("import", fresh, "--weights", weights)
    assert answer.status == 0
    assert f"Written to {fresh} as run 1" in answer.out
    figures = [rnnstudio("evaluate", path, "--json").json for path in (project, fresh)]
    assert figures[0] == figures[1]


def _other_network(rnnstudio: Command, films: Path, weights: Path) -> None:
    other = weights.with_name("other.rnnstudio")
    words = ("train", films, "-o", other, *SMALL, "--hidden", "9", "--json")
    assert rnnstudio(*words).status == 0
    assert rnnstudio("export", other, "--weights", weights).status == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        (b"", "is empty"),
        (b"PK\x03\x04 and more of it", "could run code"),
        ("another network", "rnn.weight_ih_l0"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(
    rnnstudio: Command,
    project: Path,
    films: Path,
    tmp_path: Path,
    content: bytes | str | None,
    words: str,
) -> None:
    weights = tmp_path / "w.safetensors"
    if isinstance(content, bytes):
        weights.write_bytes(content)
    elif content is not None:
        _other_network(rnnstudio, films, weights)
    before = project.read_bytes()
    answer = rnnstudio("import", project, "--weights", weights)
    assert (answer.status, answer.out) == (2, "")
    assert words in answer.line
    assert project.read_bytes() == before


def test_nothing_is_written_over(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    answer = rnnstudio("export", trained, "--weights", tmp_path / "none" / "w.safetensors")
    assert answer.status == 2
    assert "does not exist" in answer.line
    answer = rnnstudio("import", tmp_path / "none.rnnstudio", "--weights", "w.safetensors")
    assert answer.status == 2
    assert "none.rnnstudio does not exist" in answer.line


def test_import_into_a_file_of_a_former_version(rnnstudio: Command, tmp_path: Path) -> None:
    project, weights = tmp_path / "former.rnnstudio", tmp_path / "w.safetensors"
    shutil.copyfile(Path(__file__).parents[1] / "project" / "version_1.rnnstudio", project)
    before = project.read_bytes()
    assert rnnstudio("export", project, "--weights", weights).status == 0
    assert project.read_bytes() == before
    assert rnnstudio("import", project, "--weights", weights, "--json").json["run"] == 3
    assert len(_load(project).runs) == 3
