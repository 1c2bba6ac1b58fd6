"""The vocabulary: which id each word has, as in the lecture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import IntArray, read_only

UNKNOWN_ID = 0
SOS_ID, EOS_ID, PAD_ID = 1, 2, 3
UNKNOWN = "<unknown>"
SOS, EOS, PAD = "<sos>", "<eos>", "<pad>"
UNK = "<unk>"
SPECIALS = (SOS, EOS, PAD)
FIRST_WORD_ID = len(SPECIALS) + 1


@dataclass(frozen=True)
class Vocabulary:
    """The different words in id order: `words[0]` has id 4, after <sos>, <eos> and <pad>.

    A word that is not among them has id 0, which the network reads as x_t = 0; with `unknown`
    it has the id of <unk>, the last, which the network can learn.
    """

    words: tuple[str, ...]
    unknown: bool = False

    @classmethod
    def from_token_lists(
        cls,
        token_lists: Iterable[Sequence[str]],
        minimum_count: int = 1,
        maximum_words: int | None = None,
        unknown: bool = False,
    ) -> Vocabulary:
        """Collect the words that occur at least `minimum_count` times, by first appearance.

        Of more than `maximum_words` the most frequent are kept; of words as frequent as each
        other those that appear first. A typed "<sos>", "<eos>" or "<pad>" is never a word: it
        would be confused with the id that marks the start, the end or the filling; nor is
        "<unk>" where that has an id.
        """
        # A Counter keeps the order in which keys were first seen.
        counts: Counter[str] = Counter()
        for tokens in token_lists:
            counts.update(tokens)
        for special in (*SPECIALS, UNK) if unknown else SPECIALS:
            counts.pop(special, None)
        words = [word for word, count in counts.items() if count >= minimum_count]
        if maximum_words is not None and len(words) > maximum_words:
            kept = set(sorted(words, key=counts.__getitem__, reverse=True)[:maximum_words])
            words = [word for word in words if word in kept]
        return cls(tuple(words), unknown)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words, start=FIRST_WORD_ID)}

    @property
    def size(self) -> int:
        """L, the number of different words with <sos>, <eos>, <pad> and, if there is one, <unk>."""
        return len(self.words) + len(SPECIALS) + self.unknown

    @property
    def unknown_id(self) -> int:
        """The id of every word that is not in the vocabulary: 0, or that of <unk>, L."""
        return self.size if self.unknown else UNKNOWN_ID

    def id_of(self, token: str) -> int:
        """Return the id of a word or of "<sos>", "<eos>", "<pad>"; `unknown_id` for others."""
        if token in SPECIALS:
            return SPECIALS.index(token) + 1
        return self._ids.get(token, self.unknown_id)

    def word_of(self, id_: int) -> str:
        """Return the word of an id, "<unknown>" for 0.

        Raises:
            IndexError: `id_` is not in 0 … L.
        """
        if not 0 <= id_ <= self.size:
            raise IndexError(f"id {id_} is not in 0 … {self.size}")
        if id_ == UNKNOWN_ID:
            return UNKNOWN
        if id_ < FIRST_WORD_ID:
            return SPECIALS[id_ - 1]
        return UNK if id_ == self.unknown_id else self.words[id_ - FIRST_WORD_ID]

    def encode(self, tokens: Sequence[str]) -> IntArray:
        """Return the ids of <sos>, the tokens and <eos>: (T,) int32, read-only.

        T is the number of tokens plus two.
        """
        ids, unknown = self._ids, self.unknown_id
        values = [SOS_ID, *[ids.get(token, unknown) for token in tokens], EOS_ID]
        return read_only(np.array(values, dtype=np.int32))
