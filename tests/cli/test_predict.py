"""`predict` reads any sentence, from its arguments or from standard input."""

from __future__ import annotations

import errno
import io
import sys
from pathlib import Path

import pytest

from rnnstudio.cli.main import main
from tests.cli.conftest import SMALL, Command


def test_json_has_what_is_promised(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("predict", trained, "The film was GOOD!", "qqq", "--json")
    assert (answer.status, answer.err) == (0, "")
    value = answer.json
    assert value["labels"] == ["0", "1"]
    first, second = value["sentences"]
    assert list(first) == ["tokens", "ids", "prediction", "probabilities"]
    assert first["tokens"] == ["the", "film", "was", "good", "!"]
    assert first["ids"][0] == 1
    assert first["ids"][-2:] == [0, 2]
    assert len(first["ids"]) == len(first["tokens"]) + 2
    assert sum(first["probabilities"]) == pytest.approx(1, abs=1e-5)
    best = max(range(2), key=first["probabilities"].__getitem__)
    assert first["prediction"] == value["labels"][best]
    assert second["ids"] == [1, 0, 2]


def test_words_for_people(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("predict", trained, "the film was odd")
    assert answer.out.splitlines()[0].startswith("the film was odd  →  ")
    assert "not in the vocabulary: odd" in answer.out
    assert answer.out.count(" %") == 2


@pytest.mark.parametrize("sentence", ["", "  "])
def test_empty_sentence(rnnstudio: Command, trained: Path, sentence: str) -> None:
    answer = rnnstudio("predict", trained, "good", sentence)
    assert (answer.status, answer.out) == (2, "")
    assert answer.line == "The sentence is empty. Type at least one word."


@pytest.mark.parametrize(
    "sentence", ["word " * 5000, "qqq zzz", "🎬🎉", "यह फ़िल्म अच्छी थी", "كان الفيلم جيدًا", "\udcff"]
)
def test_any_other_sentence(rnnstudio: Command, trained: Path, sentence: str) -> None:
    for words in (["--json"], []):
        assert rnnstudio("predict", trained, sentence, *words).status == 0


def test_sentences_from_standard_input(
    rnnstudio: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\ufeffgood film\r\n\nbad film"))
    answer = rnnstudio("predict", trained, "first", "-", "--json")
    tokens = [sentence["tokens"] for sentence in answer.json["sentences"]]
    assert tokens == [["first"], ["good", "film"], ["bad", "film"]]
    assert answer.line == "1 empty line left out."


def test_no_sentence_on_standard_input(
    rnnstudio: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n"))
    answer = rnnstudio("predict", trained, "-")
    assert answer.status == 2
    assert "Standard input has no sentence" in answer.line


def _standard_input(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


def test_standard_input_is_decoded_as_files_are(
    rnnstudio: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in ("café good\n".encode("utf-16"), "café good\r\n".encode("utf-8-sig")):
        _standard_input(content, monkeypatch)
        answer = rnnstudio("predict", trained, "-", "--json")
        assert answer.json["sentences"][0]["tokens"] == ["café", "good"]
        assert answer.err == ""
    _standard_input("a film\ncafé good\n".encode("latin-1"), monkeypatch)
    answer = rnnstudio("predict", trained, "-", "--json")
    assert answer.json["sentences"][1]["tokens"] == ["café", "good"]
    assert answer.line == ("standard input is not UTF-8; it is read as Latin-1 (Western European).")


def test_argument_that_is_not_utf8_is_decoded(rnnstudio: Command, trained: Path) -> None:
    # As Python hands over bytes of an argument that are not UTF-8.
    answer = rnnstudio("predict", trained, "caf\udce9 good", "--json")
    assert answer.json["sentences"][0]["tokens"] == ["café", "good"]
    assert "the sentence is not UTF-8; it is read as Latin-1" in answer.line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("नमस्ते\n".encode() + b"naive \xff\n", "Standard input, line 2, has a character"),
        ("नमस्ते ".encode() + b"\xff", "Standard input has a character that cannot be decoded."),
        (b"\0\1\2\3", "Standard input is not text."),
    ],
)
def test_standard_input_that_is_no_text(
    rnnstudio: Command,
    trained: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    words: str,
) -> None:
    _standard_input(content, monkeypatch)
    answer = rnnstudio("predict", trained, "-")
    assert (answer.status, answer.out) == (2, "")
    assert answer.line.startswith(words)


@pytest.mark.parametrize("sentence", ["नमस्ते \udcff", "\ud800", "good \udcff\ud800"])
@pytest.mark.parametrize("command", ["predict", "trace"])
def test_argument_that_is_no_text(
    rnnstudio: Command, trained: Path, tmp_path: Path, command: str, sentence: str
) -> None:
    more = ("-o", tmp_path / "t.npz") if command == "trace" else ()
    answer = rnnstudio(command, trained, sentence, *more)
    assert (answer.status, answer.out) == (2, "")
    assert answer.line.startswith("The sentence has a character that cannot be decoded.")


def test_standard_input_that_is_closed_or_fails(
    rnnstudio: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stdin", None)
    assert "Standard input has no sentence." in rnnstudio("predict", trained, "-").line
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
    answer = rnnstudio("predict", trained, "-")
    assert answer.status == 2
    assert answer.line == "Standard input cannot be read: the disk reports an error."


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that reads by character and knows no blank."""
    folder = tmp_path_factory.mktemp("letters")
    data, project = folder / "names.tsv", folder / "names.rnnstudio"
    data.write_text("abc\t0\nbcd\t1\n" * 20, encoding="utf-8")
    words = ["train", str(data), "-o", str(project), "--level", "character", "--json", *SMALL]
    assert main(words) == 0
    return project


def test_each_unknown_character_is_listed_once(rnnstudio: Command, letters: Path) -> None:
    answer = rnnstudio("predict", letters, "a z b  z c q")
    assert answer.out.splitlines()[1] == "  not in the vocabulary: “ ”, z, q"


def test_blanks_alone_are_no_sentence(rnnstudio: Command, letters: Path) -> None:
    answer = rnnstudio("predict", letters, "  \t ")
    assert (answer.status, answer.out) == (2, "")
    assert answer.line == "The sentence is empty. Type at least one word."


def test_sentence_that_looks_like_an_option(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("predict", "--json", trained, "--", "--bad")
    assert answer.json["sentences"][0]["tokens"][-1] == "bad"
