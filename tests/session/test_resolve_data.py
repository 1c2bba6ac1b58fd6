"""The Data page's states: ids of the lecture, neighbours, vectors, counts, warnings."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.table import Table
from rnnstudio.session.resolve.data import (
    MOST_BINS,
    PADDED_SENTENCES,
    length_bins,
    resolve_data_sets,
    resolve_data_summary,
    resolve_one_hot,
    resolve_sentences,
    resolve_words_to_ids,
)
from tests.session.page_states import state_of, table_of


@pytest.fixture(scope="module")
def lecture() -> Table:
    return load_builtin("lecture")


def test_the_ids_are_the_lectures(lecture: Table) -> None:
    state = resolve_words_to_ids(state_of(lecture))
    assert [sentence.ids for sentence in state.sentences] == [
        (1, 4, 5, 6, 7, 8, 9, 10, 2),
        (1, 11, 12, 13, 14, 4, 15, 16, 10, 2),
        (1, 4, 17, 18, 7, 19, 10, 2),
        (1, 4, 20, 7, 21, 22, 23, 24, 10, 2),
    ]
    assert [sentence.target for sentence in state.sentences] == [0, 1, 1, 0]
    assert state.sentences[0].words[:4] == ("<sos>", "the", "first", "half")
    assert state.longest == 10


def test_every_sentence_of_the_lecture_is_shown_whichever_is_chosen(lecture: Table) -> None:
    for row in range(4):
        state = resolve_words_to_ids(state_of(lecture, row=row))
        assert [sentence.row for sentence in state.sentences] == [0, 1, 2, 3]
        assert state.chosen == row


def test_the_selected_sentence_and_the_next_ones_are_shown() -> None:
    table = table_of(*((f"word {i}", "ab"[i % 2]) for i in range(20)))
    state = resolve_words_to_ids(state_of(table, row=7))
    assert [sentence.row for sentence in state.sentences] == [7, 8, 9, 10]
    assert state.chosen == 0
    last = resolve_words_to_ids(state_of(table, row=19))
    assert [sentence.row for sentence in last.sentences] == [16, 17, 18, 19]
    assert last.chosen == 3


def test_a_typed_sentence_stands_first_and_its_unknown_words_are_named(lecture: Table) -> None:
    state = resolve_words_to_ids(state_of(lecture, row=None, sentence="The movie was dreadful"))
    first = state.sentences[state.chosen]
    assert first.row is None
    assert first.target is None
    assert first.ids == (1, 4, 20, 7, 0, 2)
    assert first.unknown == ("dreadful",)
    assert len(state.sentences) == PADDED_SENTENCES


def test_an_unchanged_document_gives_the_same_object(lecture: Table) -> None:
    document = state_of(lecture)
    again = dataclasses.replace(document, playing=True)
    assert resolve_words_to_ids(document) is resolve_words_to_ids(again)
    assert resolve_data_summary(document) is resolve_data_summary(again)
    assert resolve_sentences(document) == resolve_sentences(again)
    assert resolve_one_hot(document) == resolve_one_hot(again)


def test_one_hot_knows_l_and_the_padding(lecture: Table) -> None:
    state = resolve_one_hot(state_of(lecture))
    assert state.size == 24
    assert state.padded_to == 10
    assert state.embedding is None


def test_embedding_rows_are_the_networks_and_an_unknown_word_is_zero(lecture: Table) -> None:
    document = state_of(lecture, row=None, sentence="the zebra", embedding=5)
    state = resolve_one_hot(document)
    assert document.model is not None
    assert state.embedding is not None
    table = document.model.parameters["embedding.weight"]
    expected = np.stack([table[0], table[3], np.zeros(5, np.float32), table[1]])
    np.testing.assert_array_equal(state.embedding.vectors, expected)
    assert state.embedding.limit == pytest.approx(np.abs(expected).max())
    assert not state.embedding.vectors.flags.writeable


def test_summary_counts_words_classes_and_splits(lecture: Table) -> None:
    state = resolve_data_summary(state_of(lecture))
    assert [(one.first, one.count) for one in state.bins] == [(6, 1), (7, 1), (8, 2)]
    assert state.longest == 8
    assert state.classes == (("negative", 2), ("positive", 2))
    assert [count for _, count in state.splits] == [4, 0, 0]
    assert state.words == 24


@pytest.mark.parametrize("longest", [1, 5, 24, 25, 1000])
def test_bins_count_every_sentence_once(longest: int) -> None:
    lengths = np.random.default_rng(longest).integers(0, longest + 1, 500)
    bins = length_bins(lengths)
    assert sum(one.count for one in bins) == 500
    assert len(bins) <= MOST_BINS
    for one, following in pairwise(bins):
        assert one.last is not None
        assert following.first == one.last + 1
        inside = np.count_nonzero((lengths >= one.first) & (lengths <= one.last))
        assert one.count == inside


def test_one_very_long_sentence_does_not_flatten_the_rest() -> None:
    bins = length_bins(np.array([*range(3, 13)] * 30 + [5000]))
    assert bins[-1].last is None
    assert bins[-1].count >= 1
    assert sum(one.count == 30 for one in bins) >= 9


def test_no_sentences_make_no_bins() -> None:
    assert length_bins(np.zeros(0, np.int64)) == ()


def test_one_class_is_warned_of() -> None:
    state = resolve_data_summary(state_of(table_of(("a", "x"), ("b", "x"))))
    assert len(state.warnings) == 1
    assert "one class" in state.warnings[0]


def test_the_open_set_is_marked_and_an_own_file_has_a_card(lecture: Table) -> None:
    built_in = resolve_data_sets(state_of(lecture))
    assert [card.name for card in built_in.cards if card.selected] == ["lecture"]
    own = resolve_data_sets(state_of(table_of(("a", "x"), ("b", "y"))))
    chosen = [card for card in own.cards if card.selected]
    assert [(card.name, card.title) for card in chosen] == [(None, "own")]
    assert "2 classes" in chosen[0].summary


def test_without_rows_every_state_says_so() -> None:
    document = state_of(table_of(), row=None)
    assert "No sentences" in resolve_words_to_ids(document).message
    assert "No sentences" in resolve_one_hot(document).message
    assert resolve_data_summary(document).bins == ()
    unready = dataclasses.replace(document, dataset=None)
    assert "No sentences" in resolve_words_to_ids(unready).message
    assert resolve_sentences(unready).splits is None


def test_excluded_rows_are_counted_apart() -> None:
    table = table_of(("a b c", "x"), ("d e", "y"), ("f g h i", "z"), ("a e", "x"), ("b d", "y"))
    rows = tuple(
        dataclasses.replace(row, excluded=number in (2, 4)) for number, row in enumerate(table.rows)
    )
    state = state_of(dataclasses.replace(table, rows=rows))
    summary = resolve_data_summary(state)
    assert (summary.excluded, summary.longest) == (2, 3)
    assert summary.classes == (("x", 2), ("y", 1))
    assert sum(count for _, count in summary.splits) == 3
    assert sum(one.count for one in summary.bins) == 3
    sentences = resolve_sentences(state)
    assert (sentences.excluded, len(sentences.table.rows)) == (2, 5)
    assert sentences.labels == ("x", "y")
    # A label that nobody learns has no number, and the sentence is still shown.
    shown = resolve_words_to_ids(state_of(dataclasses.replace(table, rows=rows), row=2))
    chosen = shown.sentences[shown.chosen]
    assert (chosen.label, chosen.target) == ("z", None)


def test_all_rows_excluded() -> None:
    table = table_of(("a b", "x"), ("c d", "y"))
    rows = tuple(dataclasses.replace(row, excluded=True) for row in table.rows)
    summary = resolve_data_summary(state_of(dataclasses.replace(table, rows=rows)))
    assert (summary.bins, summary.classes, summary.excluded) == ((), (), 2)
    assert "no sentence to train on" in summary.warnings[0]
