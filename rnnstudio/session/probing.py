"""What a network answers to the probe sentences; one that it cannot read spoils no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.tokens import tokenize
from rnnstudio.engine.network import Task
from rnnstudio.project.model import Model
from rnnstudio.session.memo import remembered


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says, and the probabilities (C,) that are followed.

    For labelling `says` are the tags of the words, and what is followed is one number (1,): the
    probability of the tag that is the least sure.
    """

    words: tuple[str, ...]
    says: str
    probabilities: NDArray[np.float32]


def probe_size(model: Model) -> int:
    """Return how many numbers of each probe are followed."""
    return 1 if model.task is Task.LABEL else len(model.labels)


@remembered(2)
def answers(model: Model, sentences: tuple[str, ...]) -> tuple[Answer | str, ...]:
    """Return the answer to each sentence, or why there is none."""
    problems = [_problem(model, sentence) for sentence in sentences]
    readable = [text for text, why in zip(sentences, problems, strict=True) if not why]
    found = iter(model.predict(readable))
    result: list[Answer | str] = []
    for why in problems:
        if why:
            result.append(why)
            continue
        said = next(found)
        words = tuple(token.text for token in said.tokens)
        if isinstance(said.prediction, str):
            result.append(Answer(words, said.prediction, said.probabilities))
        else:
            sure = said.probabilities.max(axis=1).min(keepdims=True)
            result.append(Answer(words, " ".join(said.prediction), sure))
    return tuple(result)


def history_row(model: Model, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Return what is followed of each sentence: (probes, C or 1), NaN where it cannot be read."""
    size = probe_size(model)
    return np.array(
        [
            np.full(size, np.nan, np.float32) if isinstance(one, str) else one.probabilities
            for one in answers(model, tuple(sentences))
        ],
        np.float32,
    ).reshape(len(sentences), size)


def _problem(model: Model, sentence: str) -> str:
    tokens = len(tokenize(sentence, model.text))
    if not tokens:
        return "no word to read"
    longest = model.network.longest
    if longest is not None and tokens + 2 > longest:
        return f"too long: at most {longest - 2:,} words"
    return ""
