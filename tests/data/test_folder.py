from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rnnstudio.data import folder as folder_module
from rnnstudio.data.cancellation import Cancelled
from rnnstudio.data.folder import natural_key
from rnnstudio.data.problems import DataError, Severity
from rnnstudio.data.readers import read
from rnnstudio.data.table import Split, Table

ReadFolder = Callable[[Mapping[str, str]], Table]
LABELLED = "good\t1\nbad\t0\n"


@pytest.fixture
def read_files(tmp_path: Path) -> ReadFolder:
    """Write files into a folder and read it."""

    def write(files: Mapping[str, str]) -> Table:
        for name, content in files.items():
            path = tmp_path / "films" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return read(tmp_path / "films")

    return write


def messages(table: Table) -> list[tuple[str | None, str]]:
    return [
        (each.path, each.message) for each in table.problems if each.severity is not Severity.NOTE
    ]


def test_files_with_labels_are_read_together_in_natural_order(read_files: ReadFolder) -> None:
    table = read_files({"part10.txt": "c\t1\nd\t0\n", "part2.txt": "a\t1\nb\t0\n"})
    assert [(row.text, row.source, row.line) for row in table.rows] == [
        ("a", "part2.txt", 1),
        ("b", "part2.txt", 2),
        ("c", "part10.txt", 1),
        ("d", "part10.txt", 2),
    ]
    assert table.name == "films"
    assert table.problems == ()
    assert not table.has_given_splits


def test_what_is_not_data_is_left_out(read_files: ReadFolder) -> None:
    table = read_files(
        {
            "a.txt": LABELLED,
            ".hidden.txt": "x\t5\n",
            ".git/config.txt": "x\t5\n",
            "__MACOSX/a.txt": "x\t5\n",
            "README": "about\n",
            "readme.txt": "about\tthis\n",
            "LICENSE.txt": "free\n",
            "notes.md": "x\t5\n",
            "code.py": "pass\n",
            "picture.png": "",
        }
    )
    assert table.labels == ("0", "1")
    (note,) = table.problems
    assert note.severity is Severity.NOTE
    assert note.message == "Not read: code.py, picture.png."


@pytest.mark.parametrize(
    "name", ["train.txt", "film_train.csv", "film.TRAIN.tsv", "training-1.tab", "train/film.txt"]
)
def test_file_names_give_splits(read_files: ReadFolder, name: str) -> None:
    table = read_files(
        {name: LABELLED, "x-dev.tsv": LABELLED, "valid.txt": LABELLED, "test/x.txt": LABELLED}
    )
    by_source = {row.source: row.split for row in table.rows}
    assert by_source == {
        name: Split.TRAIN,
        "x-dev.tsv": Split.VALIDATION,
        "valid.txt": Split.VALIDATION,
        "test/x.txt": Split.TEST,
    }


def test_words_that_only_contain_a_split_name_give_none(read_files: ReadFolder) -> None:
    table = read_files({"latest.txt": LABELLED, "trains.txt": LABELLED, "devil.txt": LABELLED})
    assert not table.has_given_splits


def test_a_column_of_splits_wins_over_the_file_name(read_files: ReadFolder) -> None:
    table = read_files({"train.txt": "sentence\tlabel\tsplit\na\t1\ttest\nb\t0\t\n"})
    assert [row.split for row in table.rows] == [Split.TEST, Split.TRAIN]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pos.txt": "good\nfine, so\n", "neg.txt": "bad\n\n"}, "good pos|fine, so pos|bad neg"),
        ({"pos/1.txt": "good", "neg/2.txt": "bad", "neg/10.txt": "dull"},
         "bad neg|dull neg|good pos"),
        ({"train/pos.txt": "good", "test/neg.txt": "bad"}, "bad neg test|good pos train"),
        ({"train/pos/1.txt": "good", "test/neg/1.txt": "bad"}, "bad neg test|good pos train"),
        ({"pos_train.txt": "good", "neg-test.txt": "bad"}, "bad neg test|good pos train"),
        ({"very bad.txt": "dull", "very_good": "fine"}, "dull very bad|fine very_good"),
    ],
)  # fmt: skip
def test_names_are_classes_of_plain_text(
    read_files: ReadFolder, files: dict[str, str], expected: str
) -> None:
    table = read_files(files)
    shown = [" ".join(filter(None, (row.text, row.label, row.split))) for row in table.rows]
    assert sorted(shown) == sorted(expected.split("|"))
    assert table.problems == ()


def test_files_that_do_not_fit_are_reported(read_files: ReadFolder) -> None:
    table = read_files(
        {
            "a.txt": LABELLED,
            "b.txt": LABELLED,
            "order.txt": "1\tfine film\n0\tdull film\n",
            "other.txt": "joy\tyes\nwoe\tno\nfun\tyes\n",
            "plain.txt": "one sentence\nanother\n",
            "empty.txt": "",
            "odd.txt": "\x01\x02\x03\x04\x05",
        }
    )
    assert len(table.rows) == 9
    assert dict(messages(table)) == {
        "order.txt": "The columns stand in another order than in a.txt.",
        "other.txt": "No other file has its labels (no, yes).",
        "plain.txt": "The file has no label column, unlike others.",
        "empty.txt": "empty.txt is empty.",
        "odd.txt": "odd.txt is not a text file.",
    }


def test_files_of_one_class_each_need_not_share_labels(read_files: ReadFolder) -> None:
    assert read_files({"a.txt": "good\t1\nfine\t1\n", "b.txt": "bad\t0\nso\t0\n"}).problems == ()


def test_plain_files_named_after_a_split_only_have_no_class(read_files: ReadFolder) -> None:
    table = read_files({"pos.txt": "good\n", "neg.txt": "bad\n", "test.txt": "so\n"})
    assert len(table.rows) == 2
    assert messages(table) == [
        ("test.txt", "The file has no label column, and its name names no class.")
    ]


def test_bad_lines_of_plain_text_are_reported(tmp_path: Path) -> None:
    (tmp_path / "pos.txt").write_bytes("é\né\n".encode() + b"bad \xff\n" + b"x" * 300_000 + b"\nso")
    (tmp_path / "neg.txt").write_bytes(b"bad\n")
    table = read(tmp_path)
    assert [row.text for row in table.rows] == ["bad", "é", "é", "so"]
    assert [(each.path, each.line, each.column) for each in table.problems] == [
        ("pos.txt", 3, 5),
        ("pos.txt", 4, None),
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"readme.txt": "x\n"},
        {"sound.wav": "x"},
        {"empty.txt": "", "blank.csv": "\n"},
        {"train.txt": "one\ntwo\n"},
        {"a.csv": "sentence,label\n,1\n"},
    ],
)
def test_folders_without_data_are_refused(read_files: ReadFolder, files: dict[str, str]) -> None:
    with pytest.raises(DataError, match="films") as caught:
        read_files(files)
    assert caught.value.remedy


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no data files"):
        read(tmp_path)


def test_a_folder_of_too_many_files_is_refused(
    read_files: ReadFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "_MOST_FILES", 2)
    with pytest.raises(DataError, match="more than 2 files"):
        read_files({"a.txt": LABELLED, "b.txt": LABELLED, "c.txt": LABELLED})


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    (tmp_path / "open" / "a.txt").write_text(LABELLED)
    refused = tmp_path / "closed"

    def refuse(path: str | Path) -> object:
        if Path(path) == refused:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert messages(read(tmp_path)) == [("closed", "The folder may not be read.")]
    with pytest.raises(DataError, match="closed may not be read"):
        read(refused)


def test_reading_a_folder_can_be_cancelled(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(LABELLED)
    answers = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        read(tmp_path, cancelled=lambda: next(answers))


def test_natural_order() -> None:
    names = ["b1", "a10", "A2", "a", "10", "9", "a2b"]
    assert sorted(names, key=natural_key) == ["9", "10", "a", "A2", "a2b", "a10", "b1"]
