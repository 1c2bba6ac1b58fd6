"""A network together with everything that it needs to read a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.tokens import TextSpec, Token, tokenize
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.model import label_probabilities, probabilities
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import Trace, trace
from rnnstudio.errors import RnnStudioError

# How much of a sentence a message shows.
_START = 40


class SentencesTooLongError(RnnStudioError):
    """A sentence, or some or all of several, are longer than the network has weights for."""

    def __init__(self, happened: str, network: NetworkSpec) -> None:
        assert network.longest is not None
        super().__init__(
            f"{happened}: the network has weights for each position, here for "
            f"{network.longest - 2:,} words.",
            "Shorten what is longer, or choose a network with the same function at every step.",
        )


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
    """What the network says to one sentence.

    For classification `prediction` is a label and `probabilities` (C,) are in the order of the
    labels; for labelling they are a tag for each word and (words, C), `<sos>` and `<eos>` left out.
    """

    tokens: tuple[Token, ...]
    ids: IntArray
    prediction: str | tuple[str, ...]
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

    @property
    def task(self) -> Task:
        """Whether it says one class for a sentence, or a tag for each word."""
        return self.network.task

    def encode(self, sentence: str) -> Encoded:
        """The tokens, words and ids of a sentence.

        Raises:
            RnnStudioError: the sentence has no word at all.
        """
        tokens = tokenize(sentence, self.text)
        # A blank is a token where characters are read.
        if not any(token.text.strip() for token in tokens):
            raise RnnStudioError("The sentence is empty.", "Type at least one word.")
        texts = tuple(token.text for token in tokens)
        ids = self.vocabulary.encode(texts)
        words = (
            self.vocabulary.word_of(int(ids[0])),
            *texts,
            self.vocabulary.word_of(int(ids[-1])),
        )
        return Encoded(tokens, words, ids)

    def fits(self, sequence: IntArray) -> bool:
        """Whether the network has weights for all positions of a sequence of ids."""
        return self.network.longest is None or len(sequence) <= self.network.longest

    def trace(self, sentence: str) -> tuple[Encoded, Trace]:
        """One forward pass of a sentence with every quantity on the way.

        Raises:
            RnnStudioError: the sentence has no word at all.
            SentencesTooLongError: it is longer than the network has weights for.
        """
        encoded = self.encode(sentence)
        self._require_fitting([sentence], [encoded.ids])
        return encoded, trace(self.network, self.parameters, encoded.ids)

    def predict(
        self, sentences: Sequence[str], cancelled: Callable[[], bool] | None = None
    ) -> list[Prediction]:
        """What the network says to each sentence, in the order given.

        Raises:
            RnnStudioError: a sentence has no word at all.
            SentencesTooLongError: some are longer than the network has weights for; it says which.
            Cancelled: `cancelled()`, asked now and then, said so.
        """
        encoded = [self.encode(sentence) for sentence in sentences]
        sequences = [one.ids for one in encoded]
        self._require_fitting(sentences, sequences)
        if self.task is Task.LABEL:
            return [
                Prediction(
                    one.tokens, one.ids, tuple(self.labels[best] for best in y.argmax(axis=1)), y
                )
                for one, y in zip(
                    encoded, self.label_probabilities(sequences, cancelled), strict=True
                )
            ]
        rows = self.probabilities(sequences, cancelled)
        return [
            Prediction(one.tokens, one.ids, self.labels[int(row.argmax())], row)
            for one, row in zip(encoded, rows, strict=True)
        ]

    def probabilities(
        self, sequences: Sequence[IntArray], cancelled: Callable[[], bool] | None = None
    ) -> FloatArray:
        """The probability of each class for each sequence of ids: (n, C), read-only.

        Raises:
            TooLongError: one is longer than the network has weights for.
            Cancelled: `cancelled()`, asked now and then, said so.
        """
        if not sequences:
            return np.zeros((0, len(self.labels)), np.float32)
        return read_only(
            probabilities(self.network, self.parameters, sequences, cancelled=cancelled)
        )

    def label_probabilities(
        self, sequences: Sequence[IntArray], cancelled: Callable[[], bool] | None = None
    ) -> list[FloatArray]:
        """The probability of each tag for each word of each sequence: (words, C), read-only.

        `<sos>` and `<eos>`, the ends of a sequence, are no words.

        Raises:
            TooLongError: one is longer than the network has weights for.
            Cancelled: `cancelled()`, asked now and then, said so.
        """
        if not sequences:
            return []
        of_steps = label_probabilities(
            self.network, self.parameters, sequences, cancelled=cancelled
        )
        return [read_only(rows[1:-1]) for rows in of_steps]

    def _require_fitting(self, sentences: Sequence[str], sequences: Sequence[IntArray]) -> None:
        long = [number for number, ids in enumerate(sequences) if not self.fits(ids)]
        if not long:
            return
        if len(sentences) == 1:
            words = len(sequences[0]) - 2
            raise SentencesTooLongError(
                f"The sentence of {words:,} words is too long", self.network
            )
        first = sentences[long[0]]
        start = first if len(first) <= _START else first[: _START - 1] + "…"
        raise SentencesTooLongError(
            f"{len(long)} of the {len(sentences)} sentences "
            f"{'is' if len(long) == 1 else 'are'} too long, first number {long[0] + 1}, “{start}”",
            self.network,
        )
