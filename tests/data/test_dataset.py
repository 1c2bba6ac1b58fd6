from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rnnstudio.data.cancellation import Cancelled
from rnnstudio.data.dataset import SplitSpec, build_dataset, require_trainable
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.data.tokens import TextSpec
from rnnstudio.data.vocabulary import Vocabulary

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def table_of(rows: Sequence[tuple[str, str, Split | None]]) -> Table:
    made = [Row(text, label, split, "a.tsv", 2 * n) for n, (text, label, split) in enumerate(rows)]
    return Table("films", tuple(made), (), "a.tsv")


FILMS = table_of(
    [
        ("New here", "0", TEST),
        ("Good film", "1", TRAIN),
        ("bad Film", "0", TRAIN),
        ("Good or new", "1", VALIDATION),
    ]
)


def test_rows_are_numbered_in_their_order() -> None:
    dataset = build_dataset(FILMS)
    assert dataset.vocabulary.words == ("good", "film", "bad")
    assert dataset.labels == ("0", "1")
    assert dataset.targets.tolist() == [0, 1, 0, 1]
    assert dataset.tokens[0] == ("new", "here")
    assert [ids.tolist() for ids in dataset.sequences] == [
        [1, 0, 0, 2], [1, 4, 5, 2], [1, 6, 5, 2], [1, 4, 0, 0, 2],
    ]  # fmt: skip
    assert dataset.rows_of(TRAIN).tolist() == [1, 2]
    assert dataset.rows_of(TEST).tolist() == [0]
    for array in (dataset.targets, dataset.sequences[0], dataset.rows_of(TRAIN)):
        assert not array.flags.writeable


def test_share_of_unknown_words() -> None:
    dataset = build_dataset(FILMS)
    assert dataset.unknown_share(TRAIN) == 0
    assert dataset.unknown_share(TEST) == 1
    assert dataset.unknown_share() == pytest.approx(4 / 9)
    assert build_dataset(table_of([])).unknown_share() == 0


def test_settings_of_the_text_count() -> None:
    dataset = build_dataset(FILMS, TextSpec(lowercase=False, minimum_count=2))
    assert dataset.vocabulary.words == ()
    assert dataset.tokens[2] == ("bad", "Film")


def test_a_trained_networks_vocabulary_and_labels_are_kept() -> None:
    vocabulary = Vocabulary(("here",))
    dataset = build_dataset(FILMS, vocabulary=vocabulary, labels=("0", "1", "2"))
    assert dataset.vocabulary is vocabulary
    assert dataset.labels == ("0", "1", "2")
    assert dataset.sequences[0].tolist() == [1, 0, 4, 2]


def test_an_unknown_label_is_named_with_its_place() -> None:
    with pytest.raises(DataError, match=r"a\.tsv, line 2: the label “1”") as caught:
        build_dataset(FILMS, labels=("0", "neutral"))
    assert caught.value.remedy == "Its labels are: 0, neutral."


def test_the_seed_decides_the_splits() -> None:
    table = table_of([(f"film {n}", str(n % 2), None) for n in range(40)])
    first, same, other = (build_dataset(table, split_spec=SplitSpec(seed=n)) for n in (1, 1, 2))
    assert first.splits == same.splits != other.splits
    assert first.vocabulary == same.vocabulary
    assert len(first.rows_of(TEST)) == 4
    half = build_dataset(table, split_spec=SplitSpec(validation=0.5, test=0))
    assert len(half.rows_of(VALIDATION)) == 20


def test_building_can_be_cancelled_between_rows() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    with pytest.raises(Cancelled):
        build_dataset(FILMS, cancelled=cancelled)
    assert asked == 3


def test_sentences_without_a_word_still_have_start_and_end() -> None:
    dataset = build_dataset(table_of([("\u200b", "0", TRAIN), ("a", "1", TRAIN)]))
    assert dataset.sequences[0].tolist() == [1, 2]


def test_a_sentence_of_five_thousand_words() -> None:
    dataset = build_dataset(table_of([("word " * 5_000, "0", TRAIN), ("a", "1", TRAIN)]))
    assert np.array_equal(dataset.sequences[0], [1, *[4] * 5_000, 2])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no sentence to train on"),
        ([("a", "1", TEST), ("b", "0", TEST)], "no sentence to train on"),
        ([("a", "1", TRAIN), ("b", "1", TRAIN)], "only one class"),
        ([("a", "1", TRAIN), ("b", "0", TEST)], r"only one class .*“1”"),
    ],
)
def test_what_cannot_be_trained(rows: list[tuple[str, str, Split]], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        require_trainable(build_dataset(table_of(rows)))
    assert caught.value.remedy


def test_words_that_are_all_too_rare_cannot_be_trained() -> None:
    table = table_of([("a b", "1", TRAIN), ("a", "0", TRAIN)])
    require_trainable(build_dataset(table, TextSpec(minimum_count=2)))
    for text in (TextSpec(minimum_count=3), TextSpec(minimum_count=3, unknown=True)):
        with pytest.raises(DataError, match="no word to train on that occurs 3 times"):
            require_trainable(build_dataset(table, text))
    with pytest.raises(DataError, match="no grapheme to train on that occurs 9 times"):
        require_trainable(build_dataset(table, TextSpec("grapheme", minimum_count=9)))


def test_two_sentences_can_be_trained() -> None:
    require_trainable(build_dataset(table_of([("a", "1", None), ("b", "0", None)])))


def test_the_settings_of_the_vocabulary_and_the_longest_length() -> None:
    text = TextSpec(unknown=True, maximum_words=2, longest=2)
    table = table_of([("a b c", "0", TRAIN), ("b a", "1", TRAIN), ("c d b", "1", TEST)])
    dataset = build_dataset(table, text)
    assert dataset.vocabulary == Vocabulary(("a", "b"), unknown=True)
    assert [ids.tolist() for ids in dataset.sequences] == [[1, 4, 5, 2], [1, 5, 4, 2], [1, 6, 6, 2]]
    assert dataset.cut_rows == (0, 2)
    assert dataset.unknown_share(TEST) == 1


def test_characters_are_the_words_of_names() -> None:
    table = table_of([("Ann Lee", "0", TRAIN), ("Žan", "1", TRAIN)])
    dataset = build_dataset(table, TextSpec(level="character"))
    assert dataset.vocabulary.words == ("a", "n", " ", "l", "e", "ž")
    assert dataset.sequences[0].tolist() == [1, 4, 5, 5, 6, 7, 8, 8, 2]
