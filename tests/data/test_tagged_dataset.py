"""What splits, vocabulary, ids and checks make of rows with a tag for each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import SplitSpec, build_dataset, given_words, require_trainable
from rnnstudio.data.problems import DataError
from rnnstudio.data.splits import assign_splits
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.data.tokens import TextSpec
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.network import Task

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def row(sentence: str, split: Split | None = TRAIN, line: int = 1) -> Row:
    """A row of a sentence written as "The/DET film/NOUN"."""
    pairs = [word.split("/") for word in sentence.split()]
    words, tags = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    return Row(" ".join(words), "", split, "a.conllu", line, words, tags)


def table_of(sentences: Sequence[tuple[str, Split | None]]) -> Table:
    rows = [row(text, split, 10 * n) for n, (text, split) in enumerate(sentences, start=1)]
    return Table("films", tuple(rows), (), "a.conllu", Task.LABEL)


FILMS = table_of(
    [
        ("The/DET film/NOUN 's/AUX fine/ADJ", TRAIN),
        ("We/PRON film/VERB it/PRON", TRAIN),
        ("A/DET well-made,/ADJ film/NOUN", TEST),
    ]
)


def test_tags_stand_beside_the_words_they_belong_to() -> None:
    dataset = build_dataset(FILMS)
    assert dataset.task is Task.LABEL
    assert dataset.labels == FILMS.labels == ("ADJ", "AUX", "DET", "NOUN", "PRON", "VERB")
    # The words are those of the data: the tokeniser would cut "'s" and "well-made,".
    assert dataset.tokens[0] == ("the", "film", "'s", "fine")
    assert dataset.tokens[2] == ("a", "well-made,", "film")
    assert [ids.tolist() for ids in dataset.sequences] == [
        [1, 4, 5, 6, 7, 2], [1, 8, 5, 9, 2], [1, 0, 0, 5, 2],
    ]  # fmt: skip
    assert [tags.tolist() for tags in dataset.tags] == [
        [-1, 2, 3, 1, 0, -1], [-1, 4, 5, 4, -1], [-1, 2, 0, 3, -1],
    ]  # fmt: skip
    assert dataset.targets.tolist() == [-1, -1, -1]
    for array in dataset.tags:
        assert array.dtype == "int32"
        assert not array.flags.writeable
    assert dataset.unknown_share(TEST) == pytest.approx(2 / 3)
    require_trainable(dataset)


def test_words_keep_their_case_if_asked() -> None:
    assert build_dataset(FILMS, TextSpec(lowercase=False)).tokens[0][0] == "The"
    assert given_words(("The", "ΟΔΟΣ"), TextSpec()) == ("the", "οδος")


def test_the_class_of_a_sentence_leaves_no_tags() -> None:
    rows = (Row("good", "1", TRAIN, "a.tsv", 1), Row("bad", "0", TRAIN, "a.tsv", 2))
    dataset = build_dataset(Table("a", rows, (), "a.tsv"))
    assert dataset.task is Task.CLASSIFY
    assert dataset.tags == ()


def test_long_sentences_are_cut_with_their_tags() -> None:
    dataset = build_dataset(FILMS, TextSpec(longest=3))
    assert [len(words) for words in dataset.tokens] == [3, 3, 3]
    assert [len(ids) for ids in dataset.sequences] == [5, 5, 5]
    assert dataset.tags[0].tolist() == [-1, 2, 3, 1, -1]
    assert dataset.cut_rows == (0,)
    assert "fine" not in dataset.vocabulary.words
    assert dataset.table is FILMS
    assert build_dataset(FILMS, TextSpec(longest=4)).cut_rows == ()


def test_tags_a_network_does_not_know_are_refused_by_file_and_line() -> None:
    known = ("DET", "NOUN", "AUX", "ADJ", "VERB")
    with pytest.raises(DataError, match=r"a\.conllu, line 20: the tag “PRON” is not known"):
        build_dataset(FILMS, labels=known)
    dataset = build_dataset(FILMS, labels=(*known, "PRON", "X"))
    assert dataset.tags[1].tolist() == [-1, 5, 4, 5, -1]


def test_a_row_needs_as_many_tags_as_words() -> None:
    for words, tags in ((("a", "b"), ("X",)), (("a",), None), (None, ("X",))):
        with pytest.raises(ValueError, match="each word needs one tag"):
            Row("a b", "", None, "a.conllu", 1, words, tags)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([("a/X b/Y", TEST)], "no sentence to train on"),
        ([("a/X b/X", TRAIN), ("a/Y", TEST)], "only one tag to train on .“X”."),
        ([("", TRAIN)], "no word to train on"),
    ],
)
def test_what_cannot_be_trained(sentences: list[tuple[str, Split | None]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        require_trainable(build_dataset(table_of(sentences), split_spec=SplitSpec(0, 0)))


def test_splits_are_drawn_from_all_sentences_by_the_seed() -> None:
    table = table_of([(f"w{n}/X v/Y", None) for n in range(50)])
    splits = assign_splits(table, seed=3)
    assert Counter(splits) == {TRAIN: 40, VALIDATION: 5, TEST: 5}
    assert splits == assign_splits(table, seed=3) != assign_splits(table, seed=4)
    given = table_of([("a/X", TRAIN)] * 20 + [("b/X", TEST)] * 5)
    assert Counter(assign_splits(given, seed=0, validation=0.1)) == {
        TRAIN: 18, VALIDATION: 2, TEST: 5,
    }  # fmt: skip


SOUND: list[tuple[str, Split | None]] = [
    ("the/DET film/NOUN", TRAIN),
    ("a/DET plot/NOUN", TRAIN),
    ("so/DET what/NOUN", TEST),
]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], None),
        ([("oh/INTJ", TRAIN)], "Tags with one word only: INTJ."),
        ([("oh/INTJ", TEST), ("ah/INTJ", TEST)], "Tags without a training word: INTJ."),
        ([("The/DET FILM/NOUN", TEST)], "a.conllu, line 40: Also in the training split: 1 sent"),
        (
            [("The/NOUN film/NOUN", TRAIN)],
            "a.conllu, line 40: 1 sentence had other tags before, first “The film”.",
        ),
        (
            [("no/NOUN tag/", TRAIN), ("nor/ here/", TRAIN)],
            "a.conllu, line 40: 2 sentences have words without a tag, first “no tag”.",
        ),
    ],
)
def test_checks_look_at_words(more: list[tuple[str, Split | None]], message: str | None) -> None:
    table = table_of([*SOUND, *more])
    found = [str(p) for p in check_table(table, [one.split or TRAIN for one in table.rows])]
    assert [problem[: len(message or "")] for problem in found] == ([message] if message else [])


def test_a_single_tag_is_reported() -> None:
    table = table_of([("a/X b/X", TRAIN)])
    (problem,) = check_table(table, [TRAIN])
    assert str(problem) == "All words have the tag “X”. A labeller needs at least two tags."


def test_a_trained_vocabulary_is_kept() -> None:
    vocabulary = Vocabulary(("film",), unknown=True)
    dataset = build_dataset(FILMS, vocabulary=vocabulary)
    assert dataset.sequences[2].tolist() == [1, 5, 5, 4, 2]
    assert dataset.unknown_share(TEST) == pytest.approx(2 / 3)
