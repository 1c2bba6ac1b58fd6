"""`predict` reads any sentence, from its arguments or from standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


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


def test_sentence_that_looks_like_an_option(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("predict", "--json", trained, "--", "--bad")
    assert answer.json["sentences"][0]["tokens"][-1] == "bad"
