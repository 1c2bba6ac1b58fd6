"""The README's networks learn the real data sets, in a few epochs of what they are given there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command

NAMES = "--level character --cell gru --hidden 64 --dropout 0.2 --lr 0.003"
TAGS = "--cell lstm --bidirectional --hidden 64 --embedding 64 --dropout 0.3"
REVIEWS = "--cell gru --hidden 64 --embedding 50 --dropout 0.4"


@pytest.mark.parametrize(
    ("folder", "options", "epochs", "classes", "wanted"),
    [
        # Of the test names 47 % are Russian.
        pytest.param("names", NAMES, 1, 18, 0.6, id="names"),
        # Of the words to test on 15 % are punctuation, the most frequent tag.
        pytest.param("pos", TAGS, 2, 16, 0.85, id="pos"),
        # Half of the reviews are good.
        pytest.param("sentiment", REVIEWS, 3, 2, 0.7, id="sentiment"),
    ],
)
def test_real_data_are_learned(
    rnnstudio: Command,
    shared_data: Path,
    tmp_path: Path,
    folder: str,
    options: str,
    epochs: int,
    classes: int,
    wanted: float,
) -> None:
    words = ("train", shared_data / folder, "-o", tmp_path / "p.rnnstudio", "--json")
    answer = rnnstudio(*words, *options.split(), "--epochs", epochs)
    assert answer.status == 0
    value: dict[str, Any] = answer.json
    assert len(value["data"]["labels"]) == classes
    assert value["test"]["accuracy"] >= wanted
