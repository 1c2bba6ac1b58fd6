from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data import vectors
from rnnstudio.data.cancellation import Cancelled
from rnnstudio.data.problems import DataError
from rnnstudio.data.vectors import WordVectors, read_vectors
from rnnstudio.data.vocabulary import Vocabulary

ReadVectors = Callable[..., WordVectors]
WORDS = Vocabulary(("the", "film", "Paris", "été"))
GLOVE = "the 1 2\nof 9 9\nfilm 3 -4e-1\nparis 5 6\nété 7 8\n"


@pytest.fixture
def read_content(tmp_path: Path) -> ReadVectors:
    """Write a file of vectors and read those of a vocabulary."""

    def write(content: str | bytes, vocabulary: Vocabulary = WORDS) -> WordVectors:
        path = tmp_path / "vectors.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_vectors(path, vocabulary)

    return write


def messages(result: WordVectors) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in result.problems]


@pytest.mark.parametrize(
    "content",
    [
        GLOVE,
        "5 2\n" + GLOVE,
        "\ufeff" + GLOVE,
        "\ufeff5 2\n" + GLOVE.rstrip(),
        GLOVE.replace("\n", "\r\n"),
        GLOVE.replace("\n", " \n"),
        GLOVE.replace(" ", "\t"),
        GLOVE.replace(" ", "  "),
        "\n\n" + GLOVE.replace("\n", "\n\n"),
        GLOVE + "the 0 0\nfilm 0 0\n",
        ". . . 1 1\n" + GLOVE + "the film 0 0\nat name@domain.com 2 2\n",
    ],
)
def test_vectors_stand_in_the_rows_of_their_words(read_content: ReadVectors, content: str) -> None:
    result = read_content(content)
    expected = [[0, 0], [0, 0], [0, 0], [1, 2], [3, -0.4], [5, 6], [7, 8]]
    np.testing.assert_array_equal(result.matrix, np.array(expected, np.float32))
    assert result.found.tolist() == [False] * 3 + [True] * 4
    assert result.problems == ()
    assert result.dimensions == 2
    assert result.matrix.dtype == np.float32
    assert not result.matrix.flags.writeable
    assert not result.found.flags.writeable


def test_words_that_the_file_does_not_have_are_zero(read_content: ReadVectors) -> None:
    result = read_content("film 3 4\nThe 1 2\n")
    assert result.found.tolist() == [False, False, False, False, True, False, False]
    assert not result.matrix[3].any()


@pytest.mark.parametrize("lines", ["Paris 1 1\nparis 2 2\n", "paris 2 2\nParis 1 1\n"])
def test_the_same_spelling_goes_before_the_lower_cased(
    read_content: ReadVectors, lines: str
) -> None:
    assert read_content(lines).matrix[5].tolist() == [1, 1]
    lowered = read_content(lines, Vocabulary(("paris", "PARIS", "Paris")))
    assert lowered.matrix[3:].tolist() == [[2, 2], [2, 2], [1, 1]]


def test_words_with_spaces(read_content: ReadVectors) -> None:
    vocabulary = Vocabulary((". . .", "New York", "new"))
    result = read_content("a 0 1\nb 1 1\n. . . 1 2\nnew york 3 4\nnew 5 6\n", vocabulary)
    assert result.matrix[3:].tolist() == [[1, 2], [3, 4], [5, 6]]


def test_unk_and_specials(read_content: ReadVectors) -> None:
    content = "<sos> 1 1\n<unk> 2 2\nfilm 3 3\n"
    with_unk = read_content(content, Vocabulary(("film",), unknown=True))
    assert with_unk.matrix.tolist() == [[0, 0], [0, 0], [0, 0], [3, 3], [2, 2]]
    assert read_content(content, Vocabulary(("film",))).matrix.shape == (4, 2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("film 1", "The line has 1 number where there should be 2."),
        ("film", "The line has 0 numbers where there should be 2."),
        ("film 1 2 3", "The line has 3 numbers where there should be 2."),
        ("film 1 x", "Some of the numbers are none."),
        ("film nan 1", "Some of the numbers are none."),
        ("film inf 1", "Some of the numbers are none."),
        ("film 1e39 1", "Some of the numbers are none."),
        ("film 1,5 1", "Some of the numbers are none."),
    ],
)
def test_bad_lines_are_reported(read_content: ReadVectors, line: str, message: str) -> None:
    result = read_content(f"a 0 0\nb 0 0\nc 0 0\n{line}\nthe 1 2\n")
    assert messages(result) == [(4, message + " The line is skipped.")]
    assert result.problems[0].path == "vectors.txt"
    assert result.found.tolist() == [False] * 3 + [True] + [False] * 3


def test_many_bad_lines_are_counted(read_content: ReadVectors) -> None:
    result = read_content("the 1 2\n" * 200 + "bad\n" * 250)
    assert len(result.problems) == 101
    assert messages(result)[-1] == (None, "150 more lines are skipped.")


def test_a_line_without_end_is_skipped_unread(
    read_content: ReadVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_LONGEST_LINE", 50)
    result = read_content("film 1 2\n" + "the " + "1 " * 300 + "\nthe 1 2\n")
    assert messages(result) == [
        (2, "The line is longer than the limit of 50 bytes. The line is skipped.")
    ]
    assert result.matrix[3].tolist() == [1, 2]


def test_vectors_of_another_language_are_reported(read_content: ReadVectors) -> None:
    result = read_content("der 1 2\ndie 3 4\n")
    assert messages(result) == [(None, "The file has a vector for none of the words.")]
    assert read_content("der 1 2\n", Vocabulary(())).problems == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"just\nwords\n", "holds no word vectors"),
        (b"A film about nothing.\nIt was good\n" * 50, "holds no word vectors"),
        (b"\x1f\x8b\x08rest", "is compressed"),
        (b"PK\x03\x04rest", "is compressed"),
        (b"3 2\nthe \x00\x01\x02\x03\n", "not a text file"),
        (b"4 300\nthe 1 2\nfilm 3 4\n", "announces vectors of 300 numbers, but its lines have 2"),
        (b"a" + b" 1" * 20_000 + b"\n", "the limit is 10,000"),
        (b"x" * 3_000_000, "holds no word vectors"),
    ],
)
def test_files_without_vectors_are_refused(
    read_content: ReadVectors, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_content(content)
    assert caught.value.remedy


def test_places_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_vectors(tmp_path / "no.txt", WORDS)
    with pytest.raises(DataError, match="is not a file"):
        read_vectors(tmp_path, WORDS)
    with pytest.raises(DataError, match="is not the name of a file"):
        read_vectors(Path("a\0b"), WORDS)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(DataError, match="is not a file"):
            read_vectors(tmp_path / "pipe", WORDS)


def test_numbers_as_words_are_no_heading(read_content: ReadVectors) -> None:
    result = read_content("7 1\n8 2\n", Vocabulary(("7", "8")))
    assert result.dimensions == 1
    assert result.found.tolist()[4] is True


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("word 1 2\n" * 5_000)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1_000

    with pytest.raises(Cancelled):
        read_vectors(path, WORDS, cancelled)
    assert asked == 1_001


@given(
    st.dictionaries(
        st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1),
        st.lists(
            st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=3, max_size=3
        ),
        min_size=1,
    ),
    st.booleans(),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, list[float]], heading: bool
) -> None:
    path = tmp_path_factory.mktemp("vectors") / "v.txt"
    lines = [f"{word} {' '.join(map(repr, values))}\n" for word, values in rows.items()]
    if heading:
        lines.insert(0, f"{len(rows)} 3\n")
    path.write_bytes("".join(lines).encode())
    result = read_vectors(path, Vocabulary(tuple(rows)))
    assert result.problems == ()
    np.testing.assert_array_equal(result.matrix[3:], np.array(list(rows.values()), np.float32))
