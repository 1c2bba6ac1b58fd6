"""Options of `train` that would change nothing beside the others or with the data are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnstudio.engine.training_spec import LossMean
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.spec import ProjectSpec
from tests.cli.conftest import SMALL, Command
from tests.cli.test_labelling import write_treebank


def _spec(path: Path) -> ProjectSpec:
    with ProjectFile.open(path) as file:
        return file.load().spec


@pytest.mark.parametrize(
    ("words", "partner"),
    [
        (["--momentum", "0.8"], "--optimizer momentum or nesterov"),
        # The default too is an answer that nobody listens to.
        (["--momentum", "0.9", "--optimizer", "sgd"], "--optimizer momentum or nesterov"),
        (["--decay-epochs", "3"], "--schedule step or plateau"),
        (["--decay-factor=0.1", "--schedule", "cosine"], "--schedule step or plateau"),
        (["--forget-bias", "off"], "--cell lstm"),
        (["--forget-bias", "5", "--cell", "gru"], "--cell lstm"),
        (["--loss-mean", "word"], "data that have a tag for each word"),
        (["--fixed-vectors"], "--vectors"),
        (["--keep-punctuation", "--level", "character"], "--level word"),
        (["--patience", "3", "--validation", "0"], "a validation split"),
    ],
)
def test_option_without_its_partner(
    rnnstudio: Command, films: Path, words: list[str], partner: str
) -> None:
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, *words, *SMALL)
    assert (answer.status, answer.out) == (2, "")
    option = words[0].split("=")[0]
    assert answer.line.startswith(f"{option} would change nothing: it goes with {partner}")
    assert answer.line.endswith(f" Leave {option} out.")
    assert not output.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--momentum", "0.8", "--optimizer", "momentum"],
        ["--decay-epochs", "3", "--decay-factor", "0.1", "--schedule", "plateau"],
        ["--keep-punctuation"],
        ["--patience", "3"],
        ["--patience", "none", "--validation", "0"],
    ],
)
def test_option_with_its_partner(rnnstudio: Command, films: Path, words: list[str]) -> None:
    output = films.with_name("out.rnnstudio")
    assert rnnstudio("train", films, "-o", output, *words, *SMALL).status == 0


def test_loss_averaged_over_words(rnnstudio: Command, tmp_path: Path) -> None:
    data, output = write_treebank(tmp_path / "bank.conllu", 12), tmp_path / "out.rnnstudio"
    assert rnnstudio("train", data, "-o", output, "--loss-mean", "word", *SMALL).status == 0
    assert _spec(output).training.loss_mean is LossMean.WORD


@pytest.mark.parametrize(
    ("text", "bias"), [("on", 1.0), ("off", None), ("5", 5.0), ("-2.5", -2.5), ("0", 0.0)]
)
def test_forget_bias_is_a_number_or_a_switch(
    rnnstudio: Command, films: Path, text: str, bias: float | None
) -> None:
    output = films.with_name("out.rnnstudio")
    words = ("--cell", "lstm", "--forget-bias", text, "--lr", "1e-9", *SMALL)
    assert rnnstudio("train", films, "-o", output, *words).status == 0
    assert _spec(output).model.forget_bias == bias
    with ProjectFile.open(output) as file:
        forget = file.load().model().parameters["rnn.bias_ih_l0"][6:12]
    # The weights have hardly moved from where they began.
    assert (abs(forget - (bias or 0.0)) < 1e-3).all() == (bias is not None)
