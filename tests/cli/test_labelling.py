"""Networks that label each word, from a folder of treebank files to predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstudio.cli.main import main
from rnnstudio.engine.network import Cell, Task
from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import SMALL, Command

_SENTENCES = (
    (("the", "DET"), ("bank", "NOUN"), ("opens", "VERB"), (".", "PUNCT")),
    (("they", "PRON"), ("bank", "VERB"), ("here", "ADV"), (".", "PUNCT")),
    (("a", "DET"), ("film", "NOUN"), ("ends", "VERB"), ("here", "ADV"), (".", "PUNCT")),
)


def write_treebank(path: Path, rows: int) -> Path:
    """A CoNLL-U file of so many sentences."""
    blocks = []
    for number in range(rows):
        words = _SENTENCES[number % 3]
        lines = [f"# sent_id = {number}", f"# text = {' '.join(word for word, _ in words)}"]
        lines += [
            f"{place}\t{word}\t{word}\t{tag}\t_\t_\t0\troot\t_\t_"
            for place, (word, tag) in enumerate(words, start=1)
        ]
        blocks.append("\n".join(lines) + "\n\n")
    path.write_text("".join(blocks), encoding="utf-8")
    return path


def write_names(path: Path, rows: int) -> Path:
    """A file of words with BIO tags, a word in each line, of so many sentences."""
    people = (("Ann",), ("Bob", "Lee"))
    blocks = []
    for number in range(rows):
        person = people[number % 2]
        lines = [f"{word}\t{'I' if place else 'B'}-PER" for place, word in enumerate(person)]
        lines += ["sings\tO", "well\tO" if number % 3 else "badly\tO"]
        blocks.append("\n".join(lines) + "\n\n")
    path.write_text("".join(blocks), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def treebank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of treebank files, one for each split; no test changes it."""
    folder = tmp_path_factory.mktemp("treebank") / "bank"
    folder.mkdir()
    for name, rows in (("train", 30), ("dev", 6), ("test", 9)):
        write_treebank(folder / f"en-{name}.conllu", rows)
    return folder


@pytest.fixture(scope="session")
def labeller(treebank: Path) -> Path:
    """A project trained on it; no test changes it."""
    project = treebank.parent / "bank.rnnstudio"
    words = ["train", str(treebank), "-o", str(project), "--json", "--bidirectional", *SMALL]
    assert main([*words, "--epochs", "20", "--batch", "4"]) == 0
    return project


def test_folder_of_treebank_files_needs_no_task(
    rnnstudio: Command, treebank: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.rnnstudio"
    value = rnnstudio("train", treebank, "-o", output, "--json", *SMALL).json
    assert value["data"]["task"] == "label"
    assert value["data"]["rows"] == {"train": 30, "validation": 6, "test": 9}
    assert value["data"]["labels"] == ["ADV", "DET", "NOUN", "PRON", "PUNCT", "VERB"]
    for split in ("train", "validation", "test"):
        assert 0 <= value[split]["accuracy"] <= 1
    with ProjectFile.open(output) as file:
        assert file.load().model().network.task is Task.LABEL
    answer = rnnstudio("train", treebank, "-o", output, "--task", "label", *SMALL)
    assert "45 sentences, 6 tags, L = 12 different words" in answer.out
    assert "loss per word" in answer.out
    (line,) = [line for line in answer.out.splitlines() if line.startswith("train ")]
    assert line.split()[1:3] == ["30", "130"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--task", "classify"], "a tag for each word: that is the task label, not classify"),
        (["--read", "mean"], "reads every state, not the mean"),
        (["--level", "character"], "cannot read by character"),
    ],
)
def test_option_that_does_not_fit_the_data(
    rnnstudio: Command, treebank: Path, tmp_path: Path, words: list[str], line: str
) -> None:
    answer = rnnstudio("train", treebank, "-o", tmp_path / "out.rnnstudio", *words)
    assert (answer.status, answer.out) == (2, "")
    assert line in answer.line
    assert list(tmp_path.iterdir()) == []


def test_evaluation_by_word(rnnstudio: Command, labeller: Path) -> None:
    value = rnnstudio("evaluate", labeller, "--json").json
    assert list(value) == ["accuracy", "loss", "labels", "confusion", "per_class"]
    assert sum(map(sum, value["confusion"])) == 39
    right = sum(value["confusion"][label][label] for label in range(6))
    assert value["accuracy"] == pytest.approx(right / 39)
    # "bank" is noun or verb by its neighbours.
    assert value["accuracy"] > 0.9
    lines = rnnstudio("evaluate", labeller, "--split", "all").out.splitlines()
    assert lines[0].startswith("bank, all rows: 45 sentences, 195 words, best weights (epoch ")
    assert any(line.split()[:2] == ["tag", "precision"] for line in lines)
    assert not any(line.startswith("entity") for line in lines)


def test_evaluation_on_other_data(
    rnnstudio: Command, labeller: Path, trained: Path, films: Path, tmp_path: Path
) -> None:
    other = write_treebank(tmp_path / "other.conllu", 4)
    value = rnnstudio("evaluate", labeller, "--data", other, "--json").json
    assert sum(map(sum, value["confusion"])) == 17
    answer = rnnstudio("evaluate", labeller, "--data", films)
    assert answer.status == 2
    assert "one class for each sentence, and the network says a tag for each word" in answer.line
    answer = rnnstudio("evaluate", trained, "--data", other)
    assert answer.status == 2
    assert "a tag for each word, and the network says one class" in answer.line


def test_entities_where_the_tags_mark_them(rnnstudio: Command, tmp_path: Path) -> None:
    data, output = write_names(tmp_path / "names.conll", 40), tmp_path / "names.rnnstudio"
    assert rnnstudio("train", data, "-o", output, *SMALL).status == 0
    value = rnnstudio("evaluate", output, "--split", "all", "--json").json
    assert value["labels"] == ["B-PER", "I-PER", "O"]
    assert value["entities"]["support"] == 40
    assert value["entities"]["per_type"]["PER"]["support"] == 40
    lines = rnnstudio("evaluate", output, "--split", "all").out.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("entity")]
    assert [line.split()[0] for line in lines[place + 1 :]] == ["PER", "all"]


def test_prediction_for_programs(rnnstudio: Command, labeller: Path) -> None:
    value = rnnstudio("predict", labeller, "They bank here.", "zzz", "--json").json
    first, second = value["sentences"]
    assert list(first) == ["tokens", "ids", "prediction", "probabilities"]
    assert first["tokens"] == ["they", "bank", "here", "."]
    assert len(first["ids"]) == 6
    assert first["prediction"] == ["PRON", "VERB", "ADV", "PUNCT"]
    assert len(first["probabilities"]) == 4
    for word in first["probabilities"]:
        assert len(word) == len(value["labels"])
        assert sum(word) == pytest.approx(1, abs=1e-5)
    assert second["ids"] == [1, 0, 2]
    assert len(second["prediction"]) == 1


def test_prediction_for_people(rnnstudio: Command, labeller: Path) -> None:
    lines = rnnstudio("predict", labeller, "they bank here", "the zzz").out.splitlines()
    assert lines[0] == "they bank here"
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["they", "PRON"],
        ["bank", "VERB"],
        ["here", "ADV"],
    ]
    assert lines[1].startswith("  they  PRON  ")
    assert lines[1].endswith(" %")
    assert lines[5] == "  not in the vocabulary: zzz"


def test_trace_has_both_directions(rnnstudio: Command, labeller: Path, tmp_path: Path) -> None:
    output = tmp_path / "trace.npz"
    value = rnnstudio("trace", labeller, "they bank here", "-o", output, "--json").json
    assert value["words"] == ["<sos>", "they", "bank", "here", "<eos>"]
    with np.load(output) as arrays:
        assert {"s_l0", "s_l0_reverse", "y"} <= set(arrays)
        assert arrays["s_l0_reverse"].shape == (5, 6)
        assert arrays["y"].shape == (5, 6)
        assert arrays["words"].tolist() == value["words"]
        assert arrays["labels"].tolist() == ["ADV", "DET", "NOUN", "PRON", "PUNCT", "VERB"]


@pytest.mark.parametrize("cell", [Cell.INDEPENDENT, Cell.HISTORY])
def test_sentence_that_is_too_long(rnnstudio: Command, tmp_path: Path, cell: Cell) -> None:
    folder, output = tmp_path / "bank", tmp_path / "out.rnnstudio"
    folder.mkdir()
    long = write_treebank(tmp_path / "long.conllu", 3)
    write_treebank(folder / "train.conllu", 2)
    long.rename(folder / "test.conllu")
    answer = rnnstudio("train", folder, "-o", output, "--cell", cell, "--json", *SMALL)
    assert answer.status == 0
    told = [line for line in answer.err.splitlines() if "are left out" in line]
    assert told == [
        "rnnstudio: 1 of 3 sentences of the test split are left out: they are longer than the 4 "
        "words for whose positions the network has weights."
    ]
    answer = rnnstudio("evaluate", output, "--json")
    assert answer.json["too_long"] == 1
    assert "1 of 3 sentences" in answer.err
    answer = rnnstudio("predict", output, "a film ends right here .")
    assert (answer.status, answer.out) == (2, "")
    assert answer.line.startswith(
        "The sentence of 6 words is too long: the network has weights for each position, here for "
        "4 words."
    )
    traced = rnnstudio("trace", output, "a film ends right here .", "-o", tmp_path / "t.npz")
    assert traced.line == answer.line
    answer = rnnstudio("predict", output, "a film", "a film ends right here .")
    assert "1 of the 2 sentences is too long, first number 2, “a film ends" in answer.line
