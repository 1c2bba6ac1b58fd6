"""A network together with everything that it needs to read a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.tokens import TextSpec, Token, tokenize
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.model import probabilities
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import Trace, trace
from rnnstudio.errors import RnnStudioError


@dataclass(frozen=True, eq=False)
class Encoded:
    """A sentence as the network reads it.

    `tokens` are the words as typed, without `<sos>` and `<eos>`; `words` and `ids` (T,) int32
    have them at their ends. An unknown word has id 0.
    """

    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    ids: IntArray


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says to one sentence: `probabilities` (C,) in the order of the labels."""

    tokens: tuple[Token, ...]
    ids: IntArray
    prediction: str
    probabilities: FloatArray


@dataclass(frozen=True, eq=False)
class Model:
    """A trained or fresh network with its vocabulary, labels and text settings.

    `epoch` and `step` say how far its training was; `generation` counts the snapshots of one run,
    so that a late one can be told from a newer one.
    """

    network: NetworkSpec
    parameters: Parameters
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    text: TextSpec
    epoch: int = 0
    step: int = 0
    generation: int = 0

    def encode(self, sentence: str) -> Encoded:
        """The tokens, words and ids of a sentence.

        Raises:
            RnnStudioError: the sentence has no word at all.
        """
        tokens = tokenize(sentence, self.text)
        if not tokens:
            raise RnnStudioError("The sentence is empty.", "Type at least one word.")
        texts = tuple(token.text for token in tokens)
        ids = self.vocabulary.encode(texts)
        words = (
            self.vocabulary.word_of(int(ids[0])),
            *texts,
            self.vocabulary.word_of(int(ids[-1])),
        )
        return Encoded(tokens, words, ids)

    def trace(self, sentence: str) -> tuple[Encoded, Trace]:
        """One forward pass of a sentence with every quantity on the way.

        Raises:
            RnnStudioError: the sentence has no word at all.
        """
        encoded = self.encode(sentence)
        return encoded, trace(self.network, self.parameters, encoded.ids)

    def predict(
        self, sentences: Sequence[str], cancelled: Callable[[], bool] | None = None
    ) -> list[Prediction]:
        """What the network says to each sentence, in the order given.

        Raises:
            RnnStudioError: a sentence has no word at all.
            Cancelled: `cancelled()`, asked now and then, said so.
        """
        encoded = [self.encode(sentence) for sentence in sentences]
        rows = self.probabilities([one.ids for one in encoded], cancelled)
        return [
            Prediction(one.tokens, one.ids, self.labels[int(row.argmax())], row)
            for one, row in zip(encoded, rows, strict=True)
        ]

    def probabilities(
        self, sequences: Sequence[IntArray], cancelled: Callable[[], bool] | None = None
    ) -> FloatArray:
        """The probability of each class for each sequence of ids: (n, C), read-only.

        Raises:
            Cancelled: `cancelled()`, asked now and then, said so.
        """
        if not sequences:
            return np.zeros((0, len(self.labels)), np.float32)
        rows = probabilities(self.network, self.parameters, sequences, cancelled=cancelled)
        rows.flags.writeable = False
        return rows
