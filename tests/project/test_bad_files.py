"""Each kind of file that is no good project is refused with its own words and left as it is."""

from __future__ import annotations

import os
import random
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.schema import is_project_file


def _read(path: Path) -> None:
    with ProjectFile.open(path) as file:
        file.load()


def _change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="does not exist"):
        _read(tmp_path / "none.rnnstudio")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="is a folder"):
        _read(tmp_path)


def test_no_permission(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ProjectFileError, match="cannot be read: there is no permission"):
        _read(project_path)
    assert not is_project_file(project_path)


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_no_permission_for_real(project_path: Path) -> None:
    project_path.chmod(0)
    with pytest.raises(ProjectFileError, match="no permission"):
        _read(project_path)


def _random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(50_000))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("SQLite is a data base\n" * 20)


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def _truncated_in_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def _other_database(path: Path) -> None:
    path.unlink()
    _change(path, "CREATE TABLE songs (title TEXT)")


def _newer(path: Path) -> None:
    _change(path, "PRAGMA user_version = 7")


def _no_version(path: Path) -> None:
    _change(path, "PRAGMA user_version = 0")


def _overwritten_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = random.Random(1).randbytes(len(data) - 4096)
    path.write_bytes(bytes(data))


def _sql(*statements: str) -> Callable[[Path], None]:
    return lambda path: _change(path, *statements)


def _weights(column: str, change: Callable[[dict[str, np.ndarray]], bytes]) -> Callable[..., None]:
    def damage(path: Path) -> None:
        connection = sqlite3.connect(path)
        (data,) = connection.execute(f"SELECT {column} FROM checkpoints").fetchone()
        new = change(safetensors.numpy.load(data))
        connection.execute(f"UPDATE checkpoints SET {column} = ?", (new,))
        connection.commit()
        connection.close()

    return damage


def _reshaped(arrays: dict[str, np.ndarray]) -> bytes:
    arrays["output.bias"] = np.zeros(3, np.float32)
    return safetensors.numpy.save(arrays)


def _transposed(arrays: dict[str, np.ndarray]) -> bytes:
    arrays["output.weight"] = np.ascontiguousarray(arrays["output.weight"].T)
    return safetensors.numpy.save(arrays)


def _renamed(arrays: dict[str, np.ndarray]) -> bytes:
    arrays["output.weights"] = arrays.pop("output.weight")
    return safetensors.numpy.save(arrays)


def _doubled(arrays: dict[str, np.ndarray]) -> bytes:
    return safetensors.numpy.save({k: a.astype(np.float64) for k, a in arrays.items()})


def _huge(arrays: dict[str, np.ndarray]) -> bytes:
    return safetensors.numpy.save({"output.bias": np.zeros(100_000, np.float32)})


def _claims_to_be_huge(arrays: dict[str, np.ndarray]) -> bytes:
    # A header that promises a terabyte, followed by nothing.
    header = (
        b'{"output.bias":{"dtype":"F32","shape":[274877906944],"data_offsets":[0,1099511627776]}}'
    )
    return struct.pack("<Q", len(header)) + header


def _endless_header(arrays: dict[str, np.ndarray]) -> bytes:
    return struct.pack("<Q", 2**63) + b"{}"


def _pickled(arrays: dict[str, np.ndarray]) -> bytes:
    return b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93."


def _optimiser_of_another_size(arrays: dict[str, np.ndarray]) -> bytes:
    return safetensors.numpy.save({name: array[:-1].copy() for name, array in arrays.items()})


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_empty, "is empty"),
        (_random_bytes, "is no RNN Studio project"),
        (_text, "is no RNN Studio project"),
        (_truncated, "is cut off"),
        (_truncated_in_header, "is cut off"),
        (_other_database, "is a database of another program"),
        (_newer, "was written by a newer RNN Studio (file format 7; this program knows up to 3)"),
        (_no_version, "has no format version"),
        (_overwritten_inside, "is damaged: its contents are not whole"),
        (_sql("DROP TABLE rows"), "its tables are not those of a project"),
        (_sql("CREATE TABLE extra (x)"), "its tables are not those of a project"),
        (
            _sql("CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END"),
            "its tables are not those of a project",
        ),
        (_sql("DELETE FROM meta WHERE key = 'spec'"), "it has no spec"),
        (_sql("UPDATE meta SET value = '{' WHERE key = 'spec'"), "spec cannot be understood"),
        (_sql("UPDATE meta SET value = 'NaN' WHERE key = 'spec'"), "spec cannot be understood"),
        (_sql("UPDATE meta SET value = '{}' WHERE key = 'spec'"), "settings lacks the entry"),
        (
            _sql('UPDATE meta SET value = replace(value, \'"units":5\', \'"units":"5"\')'),
            "settings.model.units should be a whole number",
        ),
        (
            _sql("UPDATE meta SET value = replace(value, '\"units\":5', '\"units\":5000000')"),
            "The number of units is 5,000,000",
        ),
        (
            _sql("UPDATE runs SET spec = replace(spec, '\"units\":5', '\"units\":2048')"),
            "do not fit the network",
        ),
        (_sql("UPDATE meta SET value = '[]' WHERE key = 'table'"), "the description of its table"),
        (_sql("UPDATE meta SET value = '3' WHERE key = 'sentence'"), "the sentence should be"),
        (_sql("UPDATE meta SET value = '[1]' WHERE key = 'probes'"), "probe sentence"),
        (_sql("UPDATE rows SET split = 'dev'"), "'dev' is not a valid Split"),
        (_sql("UPDATE rows SET text = CAST(x'ff' AS TEXT)"), "is damaged"),
        (_sql("UPDATE runs SET vocabulary = '[1, 2]'"), "words of run 1 should be a text"),
        (_sql('UPDATE runs SET vocabulary = \'["a", "a"]\''), "words of run 1 are not all"),
        (_sql("UPDATE runs SET labels = '[\"yes\"]'"), "labels of run 1 make no sense"),
        (_sql("UPDATE checkpoints SET state = '[]'"), "the state of run 1 makes no sense"),
        (_sql("UPDATE checkpoints SET state = '{}'"), "checkpoint cannot be read"),
        (_sql("UPDATE checkpoints SET weights = zeroblob(9000000)"), "larger than its network"),
        (_sql("UPDATE checkpoints SET optimiser = zeroblob(9000000)"), "larger than its network"),
        (_sql("UPDATE checkpoints SET weights = x''"), "weights cannot be read"),
        (_weights("weights", _reshaped), "output.bias is float32 (3,), not float32 (2,)"),
        (_weights("best_weights", _transposed), "output.weight is float32 (5, 2)"),
        (_weights("weights", _renamed), "do not fit the network: “output.weight”"),
        (_weights("weights", _doubled), "is float64"),
        (_weights("weights", _huge), "larger than its network"),
        (_weights("weights", _claims_to_be_huge), "weights cannot be read"),
        (_weights("best_weights", _endless_header), "weights cannot be read"),
        (_weights("weights", _pickled), "weights cannot be read"),
        (_weights("optimiser", _optimiser_of_another_size), "does not fit the network"),
    ],
)
def test_damage_is_named_and_left_alone(
    project_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    damage(project_path)
    before = project_path.read_bytes()
    with pytest.raises(ProjectFileError) as caught:
        _read(project_path)
    assert words in str(caught.value)
    assert str(project_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert project_path.read_bytes() == before
    assert [path.name for path in project_path.parent.iterdir()] == [project_path.name]


@pytest.mark.parametrize("seed", range(60))
def test_any_flipped_bytes_give_an_error_or_a_project(project_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(project_path.read_bytes())
    for _ in range(rng.choice((1, 3, 30))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    project_path.write_bytes(bytes(data[: rng.choice((None, rng.randrange(len(data))))]))
    before = project_path.read_bytes()
    try:
        _read(project_path)
    except ProjectFileError as error:
        assert str(error)  # noqa: PT017 - either end is right
    assert project_path.read_bytes() == before


def test_project_file_is_known_by_its_mark(project_path: Path, tmp_path: Path) -> None:
    assert is_project_file(project_path)
    _newer(project_path)
    assert is_project_file(project_path)
    text = tmp_path / "text.rnnstudio"
    text.write_text("text")
    assert not is_project_file(text)
    assert not is_project_file(tmp_path)
