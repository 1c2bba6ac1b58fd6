"""`train` makes a project out of data with the settings it was given, and says what it reached."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstudio.cli.train import parser
from rnnstudio.data.table import Split
from rnnstudio.data.tokens import TextSpec
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, Reading
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.engine.training import NotFiniteError
from rnnstudio.engine.training_spec import Criterion, LossMean, TrainingSpec
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.project import Project
from rnnstudio.project.spec import DEFAULT_SPEC, ModelSpec
from tests.cli.conftest import SMALL, Command, write_films


def _load(path: Path) -> Project:
    with ProjectFile.open(path) as file:
        return file.load()


def test_json_has_what_is_promised(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, "--json", *SMALL)
    assert answer.status == 0
    value = answer.json
    for split in ("train", "validation", "test"):
        assert set(value[split]) == {"loss", "accuracy"}
        assert value[split]["loss"] > 0
        assert 0 <= value[split]["accuracy"] <= 1
    assert value["epochs"] == 2
    assert value["seconds"] > 0
    tokens = sum(record.tokens for record in _load(output).runs[0].batch_records)
    assert value["tokens_per_second"] * value["seconds"] == pytest.approx(tokens)
    assert value["data"]["rows"] == {"train": 32, "validation": 4, "test": 4}
    project = _load(output)
    assert value["parameters"] == project.model().network.parameter_count
    assert value["settings"] == project.spec.to_json()
    assert "Training" in answer.err


def test_figures_for_people(rnnstudio: Command, films: Path) -> None:
    answer = rnnstudio("train", films, "-o", films.with_name("out.rnnstudio"), *SMALL)
    assert answer.status == 0
    for words in ("40 sentences", "2 classes", "train", "validation", "test", "out.rnnstudio"):
        assert words in answer.out
    assert re.search(r"^2 epochs in \d+\.\d s, [\d,]+ tokens a second; best", answer.out, re.M)


def test_evaluate_agrees_with_train(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    said = rnnstudio("train", films, "-o", output, "--json", *SMALL).json
    for split in ("train", "validation", "test"):
        figures = rnnstudio("evaluate", output, "--split", split, "--json").json
        assert (figures["loss"], figures["accuracy"]) == tuple(said[split].values())


def test_same_seed_same_numbers(rnnstudio: Command, films: Path) -> None:
    projects, said = [], []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        output = films.with_name(f"{name}.rnnstudio")
        value = rnnstudio("train", films, "-o", output, "--seed", seed, "--json", *SMALL).json
        said.append({key: value[key] for key in ("train", "validation", "test")})
        projects.append(_load(output))
    first, second, third = (project.runs[0] for project in projects)
    assert said[0] == said[1]
    assert first.batch_records == second.batch_records
    assert first.last is not None
    assert second.last is not None
    np.testing.assert_array_equal(first.last.parameters.flat, second.last.parameters.flat)
    assert projects[0].splits == projects[1].splits != projects[2].splits
    assert first.batch_records != third.batch_records


def test_every_option_arrives(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    options = {
        "--hidden": 7,
        "--embedding": 5,
        "--activation": "relu",
        "--optimizer": "nesterov",
        "--lr": 0.5,
        "--momentum": 0.8,
        "--weight-decay": 0.01,
        "--schedule": "step",
        "--decay-epochs": 4,
        "--decay-factor": 0.25,
        "--warmup": 2,
        "--batch": 9,
        "--epochs": 1,
        "--clip": 1.5,
        "--clip-value": 0.75,
        "--patience": 3,
        "--stop-on": "accuracy",
        "--label-smoothing": 0.1,
        "--truncate": 4,
        "--seed": 11,
        "--validation": 0.25,
        "--test": "20%",
        "--task": "classify",
        "--cell": "rnn",
        "--layers": 2,
        "--dropout": 0.2,
        "--read": "max",
        "--level": "character",
        "--min-count": 2,
        "--max-words": 20,
        "--longest": 12,
    }
    flags = (
        "--bidirectional",
        "--train-initial-state",
        "--balanced",
        "--keep-case",
        "--unknown-word",
    )
    words = [str(word) for option in options.items() for word in option]
    assert rnnstudio("train", films, "-o", output, *words, *flags).status == 0
    spec = _load(output).spec
    assert dataclasses.asdict(spec.model) == {
        "cell": Cell.RNN,
        "layers": 2,
        "bidirectional": True,
        "units": 7,
        "embedding": 5,
        "vectors": None,
        "train_embedding": True,
        "activation": Activation.RELU,
        "dropout": 0.2,
        "read": Reading.MAX,
        "train_initial_state": True,
        "forget_bias": 1.0,
    }
    assert dataclasses.asdict(spec.training) == {
        "optimizer": OptimizerName.NESTEROV,
        "learning_rate": 0.5,
        "momentum": 0.8,
        "weight_decay": 0.01,
        "schedule": ScheduleName.STEP,
        "decay_epochs": 4,
        "decay_factor": 0.25,
        "warmup": 2,
        "batch_size": 9,
        "epochs": 1,
        "clip_norm": 1.5,
        "clip_value": 0.75,
        "patience": 3,
        "criterion": Criterion.ACCURACY,
        "loss_mean": LossMean.SENTENCE,
        "label_smoothing": 0.1,
        "balanced": True,
        "truncation": 4,
        "seed": 11,
    }
    assert dataclasses.asdict(spec.text) == {
        "level": "character",
        "lowercase": False,
        "split_punctuation": True,
        "minimum_count": 2,
        "unknown": True,
        "maximum_words": 20,
        "longest": 12,
    }
    assert (spec.data.seed, spec.data.validation, spec.data.test) == (11, 0.25, 0.2)
    assert spec.data.name == "films.tsv"


def test_every_setting_has_an_option() -> None:
    """A setting added to the settings must not be forgotten on the command line."""
    given = vars(parser().parse_args(["films.tsv", "-o", "x"]))
    settings = [
        field.name
        for kind in (TextSpec, ModelSpec, TrainingSpec)
        for field in dataclasses.fields(kind)
    ]
    other = {"output", "json", "data", "task", "validation", "test", "given"}
    assert len(set(given) - other) == len(set(settings))


@pytest.mark.parametrize("cell", list(Cell))
def test_every_cell_is_trained_and_named(rnnstudio: Command, films: Path, cell: Cell) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, "--cell", cell, *SMALL)
    assert answer.status == 0
    (line,) = [line for line in answer.out.splitlines() if line.endswith(" parameters")]
    assert line.startswith(f"{cell}, 1 layer, 6 units, embedding of 4")
    network = _load(output).model().network
    assert (network.cell, network.longest) == (cell, 8 if cell.has_length else None)


def test_characters_are_called_so(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, "--level", "character", *SMALL)
    assert "different characters" in answer.out
    said = rnnstudio("predict", output, "a film", "--json").json
    assert said["sentences"][0]["tokens"] == list("a film")


def test_summary_names_layers_directions_and_input(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    words = ("--cell", "lstm", "--layers", 2, "--bidirectional", "--hidden", 5, "--epochs", 1)
    answer = rnnstudio("train", films, "-o", output, *words, "--embedding", "one-hot")
    assert "lstm, 2 layers, two directions of 5 units, one-hot input: " in answer.out


@pytest.mark.parametrize("word", ["0", "none", "0.0"])
def test_clipping_can_be_off(rnnstudio: Command, films: Path, word: str) -> None:
    output = films.with_name("out.rnnstudio")
    assert rnnstudio("train", films, "-o", output, "--clip", word, *SMALL).status == 0
    assert _load(output).spec.training.clip_norm is None


def test_defaults_are_the_program_s(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    assert rnnstudio("train", films, "-o", output).status == 0
    spec = _load(output).spec
    assert (spec.model, spec.training, spec.text) == (
        DEFAULT_SPEC.model,
        DEFAULT_SPEC.training,
        DEFAULT_SPEC.text,
    )


def test_files_for_validation_and_test(rnnstudio: Command, films: Path) -> None:
    other = write_films(films.with_name("other.tsv"), rows=6)
    output = films.with_name("out.rnnstudio")
    words = ("--validation", other, "--test", "0")
    value = rnnstudio("train", films, "-o", output, *words, "--json", *SMALL).json
    assert value["data"]["rows"] == {"train": 40, "validation": 6, "test": 0}
    assert value["test"] == {"loss": None, "accuracy": None}
    project = _load(output)
    own = {
        row.source
        for row, split in zip(project.table.rows, project.splits, strict=True)
        if split is Split.VALIDATION
    }
    assert own == {"other.tsv"}


def test_lecture_trains_on_all_its_sentences(rnnstudio: Command, tmp_path: Path) -> None:
    output = tmp_path / "lecture.rnnstudio"
    value = rnnstudio("train", "builtin:lecture", "-o", output, "--json", *SMALL).json
    assert value["data"]["rows"] == {"train": 4, "validation": 0, "test": 0}
    assert value["data"]["vocabulary"] == 24
    assert value["validation"] == value["test"] == {"loss": None, "accuracy": None}
    answer = rnnstudio("train", "builtin:lecture", "-o", output, *SMALL)
    assert "–" in answer.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--task", "label"], "one class for each sentence: that is the task classify, not label"),
        (["--task", "generate"], "This version cannot train networks that generate yet."),
        (["--task", "dance"], "invalid choice: 'dance' (choose from"),
        (["--cell", "tree"], "invalid choice: 'tree'"),
        (["--layers", "5"], "The number of layers is 5. Choose a whole number from 1 to 4."),
        (["--cell", "shared", "--layers", "2"], "without memory (“shared”) cannot have 2 layers"),
        (["--cell", "history", "--bidirectional"], "cannot have two directions"),
        (["--cell", "gru", "--activation", "relu"], "gru has functions of its own"),
        (["--level", "syllable"], "invalid choice: 'syllable'"),
        (["--dropout", "1"], "The dropout is 1."),
        (["--momentum", "1"], "The momentum is 1. Choose a number from 0 to below 1."),
        (["--label-smoothing", "1"], "The label smoothing is 1."),
        (["--truncate", "0"], "The truncation is 0."),
        (["--warmup", "-1"], "The number of warm-up batches is -1."),
        (["--decay-factor", "0"], "The decay factor is 0."),
        (["--schedule", "cyclic"], "invalid choice: 'cyclic'"),
        (["--read", "first"], "invalid choice: 'first'"),
        (["--forget-bias", "some"], "“some” is neither a number nor on or off"),
        (["--forget-bias", "1e9"], "The forget-gate bias is 1e+09. Choose a number from -100"),
        (["--min-count", "1000"], "has no word to train on that occurs 1,000 times."),
        (["--longest", "0"], "The longest length is 0."),
        (["--max-words", "few"], "neither a whole number nor “none”"),
        (["--fixed-vectors", "--embedding", "one-hot"], "no embedding that could be kept"),
        (["--vectors", "none.txt"], "none.txt"),
        (["--vectors", "none.txt", "--embedding", "one-hot"], "one-hot input has none"),
        (["--hidden", "0"], "The number of units is 0. Choose a whole number from 1"),
        (["--hidden", "many"], "invalid int value: 'many'"),
        (["--embedding", "big"], "neither a whole number nor “one-hot”"),
        (["--embedding", "-1"], "The embedding size is -1."),
        (["--lr", "0"], "The learning rate is 0. Choose a number above 0"),
        (["--lr", "nan"], "The learning rate is nan."),
        (["--epochs", "0"], "The number of epochs is 0."),
        (["--batch", "99999999"], "The batch size is 99,999,999."),
        (["--clip", "-1"], "The clipping norm is -1."),
        (["--clip", "some"], "neither a number nor “none”"),
        (["--seed", "-1"], "The seed of the splits is -1."),
        (["--optimizer", "magic"], "invalid choice: 'magic'"),
        (["--activation", "sine"], "invalid choice: 'sine'"),
        (["--validation", "1.5"], "“1.5” is no share"),
        (["--validation", "nan"], "“nan” is no share"),
        (["--test", "120%"], "“120%” is no share"),
        (["--test", "0.6", "--validation", "0.6"], "hardly anything to train on"),
        (["--validation", "none.tsv"], "none.tsv"),
        (["--epo", "3"], "unrecognized arguments: --epo 3"),
    ],
)
def test_bad_option_is_one_line(
    rnnstudio: Command, films: Path, words: list[str], line: str
) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, *words)
    assert (answer.status, answer.out) == (2, "")
    assert line in answer.line
    assert not output.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "empty"),
        (b"a film\t1\nanother\t1\n", "only one class"),
        (bytes(range(256)) * 40, ""),
    ],
)
def test_bad_data_are_one_line(
    rnnstudio: Command, tmp_path: Path, content: bytes | None, words: str
) -> None:
    data, output = tmp_path / "data.tsv", tmp_path / "out.rnnstudio"
    if content is not None:
        data.write_bytes(content)
    answer = rnnstudio("train", data, "-o", output)
    assert (answer.status, answer.out) == (2, "")
    assert words in answer.line
    assert not output.exists()


def test_problems_in_the_data_are_told(rnnstudio: Command, films: Path) -> None:
    with films.open("a", encoding="utf-8") as file:
        file.write("no label here\n" * 9)
    answer = rnnstudio("train", films, "-o", films.with_name("out.rnnstudio"), *SMALL)
    assert answer.status == 0
    said = answer.err.splitlines()
    assert said[0] == "rnnstudio: 9 problems in the data:"
    assert said[1].startswith("  films.tsv, line 41")
    assert said[6] == "  … and 4 more"


def test_share_that_is_not_used_is_told(rnnstudio: Command, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write_films(folder / "train.tsv")
    write_films(folder / "test.tsv", rows=6)
    output = tmp_path / "out.rnnstudio"
    answer = rnnstudio("train", folder, "-o", output, "--test", "0.4", "--json", *SMALL)
    assert "test split of their own; 0.4 is not used" in answer.err
    assert answer.json["data"]["rows"]["test"] == 6


def test_gradient_that_is_not_finite_is_one_line(
    rnnstudio: Command, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*arguments: Any) -> Any:
        raise NotFiniteError("rnn.weight_hh_l0", 12)

    monkeypatch.setattr("rnnstudio.cli.train.fit", explode)
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, *SMALL)
    assert answer.status == 2
    assert "rnn.weight_hh_l0 is not finite at step 12" in answer.err.splitlines()[-1]
    assert not output.exists()


def test_the_review_sentences_need_no_options(
    rnnstudio: Command, shared_data: Path, tmp_path: Path
) -> None:
    output = tmp_path / "s.rnnstudio"
    words = ("train", shared_data / "sentiment", "-o", output, "--json", "--epochs", "2")
    value = rnnstudio(*words).json
    assert value["data"]["rows"] == {"train": 2400, "validation": 300, "test": 300}
    assert value["data"]["labels"] == ["0", "1"]
    assert value["train"]["accuracy"] > 0.55
    assert not math.isnan(value["test"]["loss"])


def test_word_vectors_give_the_embedding_its_size(rnnstudio: Command, films: Path) -> None:
    vectors, output = films.with_name("vectors.txt"), films.with_name("out.rnnstudio")
    vectors.write_text("good 1 2 3\nbad -1 -2 -3\nbroken 1\n", encoding="utf-8")
    words = ("train", films, "-o", output, "--vectors", vectors, "--epochs", 1)
    answer = rnnstudio(*words, "--fixed-vectors")
    assert answer.status == 0
    assert "rnnstudio: 1 problem in the word vectors:" in answer.err
    assert "has 2 of the 38 words" in answer.err
    model = _load(output).model()
    assert model.network.embedding == 3
    row = model.vocabulary.id_of("good") - 1
    assert model.parameters["embedding.weight"][row].tolist() == [1, 2, 3]
    answer = rnnstudio(*words, "--embedding", 8)
    assert answer.status == 2
    assert "have 3 numbers each, not 8. Leave --embedding out" in answer.err.splitlines()[-1]


def test_cut_sentences_and_a_long_warm_up_are_told(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, "--longest", 3, "--warmup", 99, *SMALL)
    assert "40 of 40 sentences are longer than 3 and are cut there." in answer.err
    assert "the warm-up is as long as the whole training" in answer.err


def test_network_that_is_too_large(rnnstudio: Command, films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    words = ("--cell", "lstm", "--layers", 4, "--bidirectional", "--hidden", 2048)
    answer = rnnstudio("train", films, "-o", output, *words)
    assert answer.status == 2
    assert "at most 50,000,000 are possible" in answer.line
    assert not output.exists()
