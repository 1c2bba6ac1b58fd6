from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.padding import one_hot, padded
from rnnstudio.data.vocabulary import EOS_ID, PAD_ID, SOS_ID, UNKNOWN_ID, Vocabulary


def test_ids_follow_first_appearance() -> None:
    vocabulary = Vocabulary.from_token_lists([["b", "a"], ["a", "c"]])
    assert vocabulary.words == ("b", "a", "c")
    assert vocabulary.size == 6
    assert [vocabulary.id_of(word) for word in ("<sos>", "<eos>", "<pad>", "b", "a", "c", "?")] == [
        1, 2, 3, 4, 5, 6, 0,
    ]  # fmt: skip
    assert [vocabulary.word_of(id_) for id_ in range(7)] == [
        "<unknown>", "<sos>", "<eos>", "<pad>", "b", "a", "c",
    ]  # fmt: skip
    for id_ in (-1, 7):
        with pytest.raises(IndexError):
            vocabulary.word_of(id_)


def test_smallest_count_keeps_the_order() -> None:
    assert Vocabulary.from_token_lists([["c", "b", "a", "b"], ["c"]], 2).words == ("c", "b")


def test_typed_special_names_are_unknown_words() -> None:
    vocabulary = Vocabulary.from_token_lists([["<sos>", "a", "<pad>"]])
    assert vocabulary.words == ("a",)
    assert vocabulary.encode(["<sos>", "a"]).tolist() == [SOS_ID, UNKNOWN_ID, 4, EOS_ID]


def test_encoded_sentences_are_read_only() -> None:
    ids = Vocabulary(("a",)).encode([])
    assert ids.tolist() == [SOS_ID, EOS_ID]
    assert ids.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        ids[0] = 5


@given(st.lists(st.lists(st.text(min_size=1, max_size=3))))
def test_every_word_comes_back_from_its_id(token_lists: list[list[str]]) -> None:
    vocabulary = Vocabulary.from_token_lists(token_lists)
    for tokens in token_lists:
        ids = vocabulary.encode(tokens)[1:-1]
        assert [vocabulary.word_of(int(id_)) for id_ in ids] == tokens
        assert [vocabulary.id_of(token) for token in tokens] == ids.tolist()


def test_padding_fills_behind_the_end() -> None:
    matrix = padded([np.array([1, 4, 2], np.int32), np.array([1, 2], np.int32)])
    assert matrix.tolist() == [[1, 4, 2], [1, 2, PAD_ID]]
    assert padded([]).shape == (0, 0)


def test_one_hot_has_no_one_for_an_unknown_word() -> None:
    vectors = one_hot([1, 0, 5], 5)
    assert vectors.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]]
    assert vectors.dtype == np.float32
    assert one_hot([], 5).shape == (0, 5)
    for wrong in ([6], [-1]):
        with pytest.raises(ValueError, match="0 … 5"):
            one_hot(wrong, 5)


WORDS = ["b", "a", "c", "a", "d", "c", "a"]


def test_unk_has_the_last_id_and_stands_for_rare_and_unseen_words() -> None:
    vocabulary = Vocabulary.from_token_lists([WORDS], minimum_count=2, unknown=True)
    assert vocabulary == Vocabulary(("a", "c"), unknown=True)
    assert vocabulary.size == vocabulary.unknown_id == 6
    assert [vocabulary.id_of(word) for word in ("a", "c", "b", "never", "<unk>")] == [4, 5, 6, 6, 6]
    assert [vocabulary.word_of(id_) for id_ in (0, 5, 6)] == ["<unknown>", "c", "<unk>"]
    assert vocabulary.encode(["a", "b", "<sos>"]).tolist() == [1, 4, 6, 6, 2]
    with pytest.raises(IndexError):
        vocabulary.word_of(7)


def test_without_unk_such_words_have_none() -> None:
    vocabulary = Vocabulary.from_token_lists([WORDS], minimum_count=2)
    assert vocabulary.unknown_id == vocabulary.id_of("b") == 0
    assert vocabulary.size == 5


def test_a_typed_unk_is_a_word_only_where_it_has_no_id() -> None:
    assert Vocabulary.from_token_lists([["<unk>", "a"]]).words == ("<unk>", "a")
    assert Vocabulary.from_token_lists([["<unk>", "a"]], unknown=True).words == ("a",)


def test_the_most_frequent_words_are_kept_in_the_order_of_their_appearance() -> None:
    def kept(maximum: int | None) -> tuple[str, ...]:
        return Vocabulary.from_token_lists([WORDS], maximum_words=maximum).words

    assert kept(None) == kept(4) == kept(9) == ("b", "a", "c", "d")
    assert kept(3) == ("b", "a", "c")
    assert kept(2) == ("a", "c")
    assert kept(1) == ("a",)
    assert Vocabulary.from_token_lists([["<sos>"] * 9 + ["a"]], maximum_words=1).words == ("a",)
