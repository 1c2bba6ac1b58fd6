"""The built-in film data: what the file promises, and that word order matters in it."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "data"
SPLITS = ("train", "validation", "test")
LABELS = ("negative", "positive")
BAG_OF_WORDS_BOUND = 0.80
RNN_REQUIRED = 0.90
L2_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Row(NamedTuple):
    sentence: str
    label: str
    split: str
    frame: str


def load_rows() -> list[Row]:
    """The rows of the file, read with nothing of the program."""
    lines = (FOLDER / "polarity.tsv").read_text(encoding="utf-8").splitlines()
    return [Row(*line.split("\t")) for line in lines[1:]]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return load_rows()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the file."""
    spec = importlib.util.spec_from_file_location("make_polarity", FOLDER / "make_polarity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes_bytecode
    return module


def words(sentence: str) -> list[str]:
    """Lower-cased words and punctuation marks."""
    return re.findall(r"[a-z]+(?:'[a-z]+)?|[^\sa-z]", sentence.lower())


def of_split(rows: Sequence[Row], split: str) -> list[Row]:
    return [row for row in rows if row.split == split]


def pattern(sentence: str, categories: Mapping[str, str]) -> str:
    """The sentence with each word of the lexicon replaced by its category.

    Forms that carry no pattern of their own are made one: contractions, was and were, a and an,
    an adverb or none. Knows nothing of the frames.
    """
    text = " ".join(words(sentence)).replace("n't", " not")
    text = re.sub(r"\bwere\b", "was", re.sub(r"\ban\b", "a", text))
    phrases = "|".join(sorted(map(re.escape, categories), key=len, reverse=True))
    text = re.sub(rf"\b(?:{phrases})\b", lambda match: categories[match.group()], text)
    return re.sub(r"\bADVERB ", "", text)


# --------------------------------------------------------------------------- the bag of words


def counts(rows: Sequence[Row], vocabulary: Mapping[str, int]) -> NDArray[np.float64]:
    """How often each word of the vocabulary stands in each sentence; the last column is 1."""
    table = np.zeros((len(rows), len(vocabulary) + 1))
    table[:, -1] = 1.0
    for index, row in enumerate(rows):
        for word in words(row.sentence):
            if word in vocabulary:
                table[index, vocabulary[word]] += 1.0
    return table


def truth(rows: Sequence[Row]) -> NDArray[np.float64]:
    return np.array([float(row.label == "positive") for row in rows])


def logistic_regression(
    inputs: NDArray[np.float64], targets: NDArray[np.float64], l2: float
) -> NDArray[np.float64]:
    """The weights of least loss, by Newton's method; the last weight, the bias, is not shrunk."""
    weights = np.zeros(inputs.shape[1])
    shrink = np.full(inputs.shape[1], l2)
    shrink[-1] = 1e-6
    for _ in range(50):
        probabilities = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -30.0, 30.0)))
        gradient = inputs.T @ (probabilities - targets) + shrink * weights
        curvature = (inputs.T * (probabilities * (1.0 - probabilities))) @ inputs
        step = np.linalg.solve(curvature + np.diag(shrink), gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def bag_of_words_accuracy() -> float:
    """The best test accuracy of a logistic regression on word counts.

    The strength of the regularisation is chosen on the test split itself: an upper bound, more
    than fair to the bag of words.
    """
    rows = load_rows()
    train, test = of_split(rows, "train"), of_split(rows, "test")
    seen = sorted({word for row in train for word in words(row.sentence)})
    vocabulary = {word: index for index, word in enumerate(seen)}
    inputs, targets = counts(train, vocabulary), truth(train)
    test_inputs, test_targets = counts(test, vocabulary), truth(test)
    accuracies = []
    for l2 in L2_STRENGTHS:
        positive = test_inputs @ logistic_regression(inputs, targets, l2) > 0.0
        accuracies.append(float(np.mean(positive == (test_targets > 0.5))))
    return max(accuracies)


# -------------------------------------------------------------------------------------- tests


def test_the_lecture_set_is_the_lecture() -> None:
    assert (FOLDER / "lecture.tsv").read_bytes().decode() == (
        "sentence\tlabel\n"
        "The first half was very boring .\tnegative\n"
        "Great performance by all the lead actors .\tpositive\n"
        "The background music was awesome .\tpositive\n"
        "The movie was a waste of time .\tnegative\n"
    )


def test_the_script_writes_the_committed_file(script: ModuleType) -> None:
    assert script.text(script.make()).encode() == (FOLDER / "polarity.tsv").read_bytes()


def test_the_file_is_plain() -> None:
    content = (FOLDER / "polarity.tsv").read_bytes()
    lines = content.decode("ascii").split("\n")
    assert lines[0] == "sentence\tlabel\tsplit\tframe"
    assert lines[-1] == ""
    for line in lines[1:-1]:
        sentence, label, split, frame = line.split("\t")
        assert re.fullmatch(r"[A-Z][A-Za-z ,;']*[.!]", sentence), sentence
        assert "  " not in sentence
        assert label in LABELS
        assert split in SPLITS
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*-\d\d", frame)


def test_sizes_and_balance(rows: list[Row]) -> None:
    assert 900 <= len(rows) <= 1200
    size = {split: len(of_split(rows, split)) for split in SPLITS}
    assert size["test"] >= 100
    assert size["validation"] >= 90
    assert 0.78 <= size["train"] / len(rows) <= 0.84
    for split in SPLITS:
        positive = sum(row.label == "positive" for row in of_split(rows, split))
        assert positive == pytest.approx(size[split] / 2, abs=0.02 * size[split])


def test_no_sentence_stands_twice(rows: list[Row]) -> None:
    assert len({" ".join(words(row.sentence)) for row in rows}) == len(rows)


def test_a_or_an(rows: list[Row]) -> None:
    for row in rows:
        assert not re.search(r"\b[Aa] [aeiou]|\b[Aa]n [^aeiou]", row.sentence), row.sentence


def test_a_frame_is_in_one_split(rows: list[Row]) -> None:
    splits = defaultdict(set)
    for row in rows:
        splits[row.frame].add(row.split)
    assert len(splits) >= 150
    assert all(len(found) == 1 for found in splits.values())


def test_a_pattern_is_in_one_split(rows: list[Row], script: ModuleType) -> None:
    categories = script.categories()
    patterns = {
        split: {pattern(row.sentence, categories) for row in of_split(rows, split)}
        for split in SPLITS
    }
    assert len(patterns["train"]) >= 150
    assert len(patterns["test"]) >= 20
    assert not patterns["train"] & patterns["validation"]
    assert not patterns["train"] & patterns["test"]
    assert not patterns["validation"] & patterns["test"]


def test_patterns_forget_the_words_of_the_lexicon(script: ModuleType) -> None:
    categories = script.categories()
    assert pattern("The lead actors weren't very good.", categories) == (
        pattern("The story was not boring.", categories)
    )
    assert pattern("It was an awful film.", categories) == "it was a ADJECTIVE NOUN ."


def test_vocabulary(rows: list[Row]) -> None:
    seen = Counter(word for row in of_split(rows, "train") for word in words(row.sentence))
    assert 250 <= len(seen) <= 450
    for split in ("validation", "test"):
        running = [word for row in of_split(rows, split) for word in words(row.sentence)]
        assert sum(word not in seen for word in running) <= 0.01 * len(running)
    lecture = (FOLDER / "lecture.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {word for line in lecture for word in words(line.split("\t")[0])} <= set(seen)


def test_the_same_words_in_another_order_flip_the_label(rows: list[Row]) -> None:
    labels: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        labels[tuple(sorted(words(row.sentence)))].add(row.label)
    assert sum(len(found) == 2 for found in labels.values()) >= 75


def test_a_bag_of_words_is_not_enough() -> None:
    accuracy = bag_of_words_accuracy()
    assert 0.55 <= accuracy <= BAG_OF_WORDS_BOUND
    assert accuracy + 0.10 <= RNN_REQUIRED
