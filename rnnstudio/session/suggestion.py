"""Suggests a second sentence to compare with: the present one with a word changed."""

from __future__ import annotations

from collections import Counter

from rnnstudio.data.dataset import Dataset
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import Reading

# Rows of the data in which words are looked for.
_MOST_ROWS = 2_000


@remembered(4)
def another_sentence(reading: Reading, dataset: Dataset | None) -> str:
    """Return the present sentence with a word changed to one that the data have in its place.

    Of the words for which there is another one between the same two words, it is the longest;
    where there is none, a word is left out.
    """
    sentence = " ".join(token.text for token in reading.encoded.tokens)
    words = list(reading.words[1:-1])
    between = _between(dataset) if dataset is not None else {}
    best: tuple[int, int, str] | None = None
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        others = [one for one, _ in between.get((before, after), ()) if one != word]
        if others and (best is None or len(word) > best[0]):
            best = (len(word), place, others[0])
    if best is not None:
        words[best[1]] = best[2]
    elif len(words) > 1:
        del words[max(range(len(words)), key=lambda place: len(words[place]))]
    else:
        return sentence
    separator = "" if reading.model.text.level != "word" else " "
    return separator.join(words)


@remembered(1)
def _between(dataset: Dataset) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return what stands between two words in the data, the most frequent first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for words in dataset.tokens[:_MOST_ROWS]:
        for before, word, after in zip(("", *words), words, (*words[1:], ""), strict=False):
            counts.setdefault((before, after), Counter())[word] += 1
    return {
        key: sorted(found.items(), key=lambda item: (-item[1], item[0]))
        for key, found in counts.items()
        if len(found) > 1
    }
