from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.cancellation import Cancelled
from rnnstudio.data.problems import DataError, Severity
from rnnstudio.data.readers import read
from rnnstudio.data.separated import LONGEST_LINE
from rnnstudio.data.table import Split, Table
from rnnstudio.data.tagged import has_tags, read_tags
from rnnstudio.engine.network import Task

Write = Callable[..., Table]


@pytest.fixture
def read_content(tmp_path: Path) -> Write:
    """Write a file and read it."""

    def write(content: str | bytes, name: str = "words.conll") -> Table:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path)

    return write


def tagged(table: Table) -> list[str]:
    return [
        " ".join(f"{word}/{tag}" for word, tag in zip(row.words or (), row.tags or (), strict=True))
        for row in table.rows
    ]


def warnings(table: Table) -> list[tuple[int | None, str]]:
    return [
        (problem.line, problem.message)
        for problem in table.problems
        if problem.severity is not Severity.NOTE
    ]


def unit(*words: str) -> str:
    """The lines of a sentence in CoNLL-U; a word is "the/DET"."""
    lines = []
    for number, word in enumerate(words, start=1):
        form, tag = word.split("/")
        lines.append("\t".join((str(number), form, "_", tag, *["_"] * 6)))
    return "\n".join(lines) + "\n"


FIRST, SECOND = unit("The/DET", "film/NOUN", "flops/VERB"), unit("It/PRON", "flops/VERB")
EXPECTED = ["The/DET film/NOUN flops/VERB", "It/PRON flops/VERB"]


@pytest.mark.parametrize(
    "content",
    [
        f"{FIRST}\n{SECOND}\n",
        f"\n\n{FIRST}\n\n \n{SECOND}",
        f"\ufeff{FIRST}\n{SECOND}".rstrip(),
        f"{FIRST}\n{SECOND}\n".replace("\n", "\r\n"),
        f"{FIRST}\n{SECOND}\n".replace("\n", "  \n"),
        f"{FIRST}\t\t\n{SECOND}\n",
        f"# newdoc\n\n# sent_id = 1\n{FIRST}\n#\n# a = b = c\n{SECOND}\n",
        FIRST.replace("2\t", "1-2\tThefilm\t_\t_\t_\t_\t_\t_\t_\t_\n2\t", 1) + "\n" + SECOND,
        FIRST + "3.1\tso\t_\tADV\t_\t_\t_\t_\t0:x\t_\n\n" + SECOND,
        # What is not read need not be right.
        FIRST.replace("NOUN\t_\t_\t_", "NOUN\t_\tbad\tbad") + "\n" + SECOND,
    ],
)
@pytest.mark.parametrize("name", ["words.conllu", "words.conll", "WORDS.TXT"])
def test_treebanks(read_content: Write, content: str, name: str) -> None:
    table = read_content(content, name)
    assert table.task is Task.LABEL
    assert tagged(table) == EXPECTED
    assert table.problems == ()
    assert table.labels == ("DET", "NOUN", "PRON", "VERB")
    assert {row.label for row in table.rows} == {""}
    assert not table.has_given_splits


def test_a_treebank_gives_the_text_and_the_line_of_the_first_word(read_content: Write) -> None:
    table = read_content(f"# text = The film  flops!\n# x\n{FIRST}\n{SECOND}", "a.conllu")
    assert [(row.text, row.line) for row in table.rows] == [
        ("The film  flops!", 3),
        ("It flops", 7),
    ]


def test_words_with_spaces_marks_and_underscores_stay_whole(read_content: Write) -> None:
    table = read_content(unit("New York/PROPN", "_/PUNCT", "#1/NUM", "<sos>/X", "cafe\u0301/NOUN"))
    assert table.rows[0].words == ("New York", "_", "#1", "<sos>", "cafe\u0301")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2\tfilm\t_\t_\t_\t_\t_\t_\t_\t_", "“film” has no part of speech."),
        ("2\tfilm\t_\t\t_\t_\t_\t_\t_\t_", "“film” has no part of speech."),
        ("2\t\t_\tNOUN\t_\t_\t_\t_\t_\t_", "The word is empty."),
        ("2\tfilm\t_\tNO", "There are 4 columns where there should be 10."),
        ("2\tfilm", "There are 2 columns where there should be 10."),
        ("2 film _ NOUN _ _ _ _ _ _", "The line has no columns."),
        ("film\t2\t_\tNOUN\t_\t_\t_\t_\t_\t_", "“film” is not the number of a word."),
        ("3\tfilm\t_\tNOUN\t_\t_\t_\t_\t_\t_", "The word has the number 3 where 2 should be."),
        ("_\tfilm\t_\tNOUN\t_\t_\t_\t_\t_\t_", "The word has the number _ where 2 should be."),
        ("2\tfi\udcfflmééé\t_\tNOUN\t_\t_\t_\t_\t_\t_", "A character is not valid"),
        ("2\tf" + "x" * LONGEST_LINE, "The line is longer than the limit"),
    ],
)
def test_a_bad_line_of_a_treebank_costs_its_sentence(
    read_content: Write, line: str, reason: str
) -> None:
    content = f"{SECOND}\n" * 5 + FIRST.replace(FIRST.split("\n")[1], line) + "\n" + SECOND
    table = read_content(content.encode("utf-8", "surrogateescape"), "a.conllu")
    assert tagged(table) == EXPECTED[1:] * 6
    first = table.problems[0]
    assert (first.path, first.line) == ("a.conllu", 17)
    assert first.message.startswith(reason)
    assert first.message.endswith("The sentence is skipped.")
    assert first.hint
    assert all(problem.severity is Severity.WARNING for problem in table.problems)


def test_sentences_without_a_blank_line_between_are_reported(read_content: Write) -> None:
    table = read_content(f"{FIRST}{SECOND}\n{SECOND}", "a.conllu")
    assert tagged(table) == EXPECTED[1:]
    assert warnings(table)[0][0] == 4
    assert "blank line" in table.problems[0].hint


def test_a_text_without_words_is_reported(read_content: Write) -> None:
    table = read_content(f"# text = Lost words\n\n{FIRST}", "a.conllu")
    assert warnings(table) == [
        (1, "The sentence “Lost words” has no words. The sentence is skipped.")
    ]


COLUMNS = "Ann\tB-PER\nsaw\tO\n.\tO\n\nParis\tB-LOC\n"
ENTITIES = ["Ann/B-PER saw/O ./O", "Paris/B-LOC"]


@pytest.mark.parametrize(
    "content",
    [
        COLUMNS,
        COLUMNS.rstrip(),
        "\ufeff" + COLUMNS,
        COLUMNS.replace("\n", "\r\n"),
        COLUMNS.replace("\n", "\r"),
        COLUMNS.replace("\n", " \t \n"),
        COLUMNS.replace("\t", " "),
        COLUMNS.replace("\t", "   "),
        COLUMNS.replace("\t", " \t"),
        COLUMNS.replace("\n\n", "\n\t\n"),
        COLUMNS.replace("\n\n", "\n\n \n\t\t\n\n"),
        "-DOCSTART- -X- -X- O\n\n" + COLUMNS,
        "-DOCSTART-\tO\n" + COLUMNS,
        "# a comment\n#\n" + COLUMNS,
        "token\tner_tag\n" + COLUMNS,
        COLUMNS.replace("\t", "\tX\tx\t"),
        COLUMNS.replace("\t", " NNP I-NP "),
        "1\tAnn\tB-PER\n2\tsaw\tO\n3\t.\tO\n\n1\tParis\tB-LOC\n",
    ],
)
@pytest.mark.parametrize("name", ["words.conll", "words.bio", "words.IOB", "words.tsv", "words"])
def test_columns(read_content: Write, content: str, name: str) -> None:
    table = read_content(content, name)
    assert table.task is Task.LABEL
    assert tagged(table) == ENTITIES
    assert table.problems == ()


def test_hashtags_are_words_and_comments_are_not(read_content: Write) -> None:
    table = read_content("# O no comment\n#film\tO\n#\tO\nsaw\tO\n# saw it\n\nAnn\tB-PER\n")
    assert tagged(table) == ["#film/O #/O saw/O", "Ann/B-PER"]
    assert table.problems == ()
    by_spaces = read_content("# id 1\n#film O\n# O\nsaw O\n\nAnn B-PER\n")
    assert tagged(by_spaces) == ["#film/O #/O saw/O", "Ann/B-PER"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("saw", "There is 1 column where there should be 2."),
        ("saw\t", "There is 1 column where there should be 2."),
        ("saw\tit\tO", "There are 3 columns where there should be 2."),
        ("saw it", "There is 1 column where there should be 2."),
        ("\tO", "The word is empty."),
        (" \tO", "The word is empty."),
        ("sa\udcffwéé\tO", "A character is not valid"),
        ("x" * LONGEST_LINE + "\tO", "The line is longer than the limit"),
    ],
)
def test_a_bad_line_of_columns_costs_its_sentence(
    read_content: Write, line: str, reason: str
) -> None:
    content = COLUMNS.replace("saw\tO", line)
    table = read_content(content.encode("utf-8", "surrogateescape"), "a.bio")
    assert tagged(table) == ENTITIES[1:]
    (problem,) = table.problems
    assert (problem.path, problem.line) == ("a.bio", 2)
    assert problem.message.startswith(reason)
    assert problem.message.endswith("The sentence is skipped.")
    assert problem.hint


def test_a_space_in_place_of_a_tab_is_seen_through(read_content: Write) -> None:
    table = read_content(COLUMNS.replace("saw\tO", "saw O"))
    assert tagged(table) == ENTITIES
    assert table.problems == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.conll", "", "empty"),
        ("a.conllu", "\n\n", "empty"),
        ("a.conll", "one\nword\n", "one column only"),
        ("a.conllu", "# text = x\n\n# y\n", "No sentence"),
        ("a.conllu", "1\tfilm\n", "No sentence"),
        ("a.conllu", COLUMNS, "No sentence"),
        ("a.iob", "# only\n# comments\n", "one column only"),
        ("a.iob", "-DOCSTART- O\n", "one column only"),
    ],
)
def test_nothing_usable(read_content: Write, name: str, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_content(content, name)
    assert name in caught.value.happened
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_sentence_of_a_hundred_thousand_words_is_read_and_reported(read_content: Write) -> None:
    table = read_content("word\tO\n" * 100_000 + "\n" + COLUMNS)
    assert [len(row.words or ()) for row in table.rows] == [100_000, 3, 1]
    assert warnings(table) == [(1, "The sentence that begins here has 100,000 words.")]
    treebank = "".join(f"{n}\tword\t_\tX\t_\t_\t_\t_\t_\t_\n" for n in range(1, 20_001))
    assert len(read_content(treebank, "a.conllu").rows[0].words or ()) == 20_000


NOT_TAGGED = {
    "labels.tsv": "good\tpos\nbad\tneg\n\nfine\tpos\ndull\tneg\n",
    "names.txt": "Ann\tfemale\nBob\tmale\n\n" * 20,
    "one_class.tsv": "Rossi\tItalian\nVerdi\tItalian\nBianchi\tItalian\n\n" * 6,
    "sentences.txt": "The film\nwas good\n\nIt was\na film\n" * 20,
    "words.txt": "so\nbad\n\nso\ngood\n" * 20,
    "numbers.txt": "1\tgood film\tpos\n2\tbad film\tneg\n\n" * 3,
    "text.tsv": "a good film\tB-x\nbad\tO\n",
    "comma.csv": "Ann,B-PER\nsaw,O\n",
}


@pytest.mark.parametrize("name", NOT_TAGGED)
def test_what_may_be_something_else_is_not_taken_for_tags(name: str) -> None:
    assert not has_tags(name, NOT_TAGGED[name].split("\n"))


def test_parts_of_speech_in_a_text_file_are_recognised(read_content: Write) -> None:
    sentence = "the\tDET\nold\tADJ\nfilm\tNOUN\nflops\tVERB\n.\tPUNCT\n\n"
    table = read_content(sentence * 8, "words.txt")
    assert tagged(table) == ["the/DET old/ADJ film/NOUN flops/VERB ./PUNCT"] * 8


def test_a_folder_of_tagged_files_has_the_splits_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "en-train.conllu").write_text(FIRST)
    (tmp_path / "en-dev.conllu").write_text(SECOND)
    (tmp_path / "test.conllu").write_text(SECOND)
    (tmp_path / "x.conllu").write_text("")
    (tmp_path / "readme.txt").write_text("about")
    table = read(tmp_path)
    assert table.task is Task.LABEL
    assert [(row.source, row.split) for row in table.rows] == [
        ("en-dev.conllu", Split.VALIDATION),
        ("en-train.conllu", Split.TRAIN),
        ("test.conllu", Split.TEST),
    ]
    assert [problem.message for problem in table.problems] == ["x.conllu is empty."]


def test_files_of_another_kind_in_a_folder_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.bio").write_text(COLUMNS)
    (tmp_path / "b.bio").write_text("one\ncolumn\n")
    (tmp_path / "c.tsv").write_text("good\t1\nbad\t0\n")
    table = read(tmp_path)
    assert tagged(table) == ENTITIES
    assert [(problem.path, problem.message) for problem in table.problems] == [
        ("b.bio", "The file has no tags for its words, unlike others."),
        ("c.tsv", "The file has no tags for its words, unlike others."),
    ]
    for name in ("d.tsv", "e.tsv", "f.tsv"):
        (tmp_path / name).write_text("good\t1\nbad\t0\n")
    labelled = read(tmp_path)
    assert labelled.task is Task.CLASSIFY
    assert len(labelled.rows) == 8
    assert {problem.path for problem in labelled.problems} == {"a.bio", "b.bio"}


def test_a_folder_in_which_no_sentence_is_usable(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text("1\tfilm\n")
    with pytest.raises(DataError, match=r"No row in the folder .* can be used. a.conllu, line 1"):
        read(tmp_path)


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(COLUMNS * 100)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 50

    with pytest.raises(Cancelled):
        read(path, cancelled)
    assert asked == 51


_LINES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["", "\t", "# x", "a\tO", "b B-X", "1\ta\t_\tX", "3-4\ta\t_\t_", "\tO"]),
        st.builds("\t".join, st.lists(st.text(max_size=4), min_size=2, max_size=10)),
    ),
    max_size=12,
)


@given(_LINES, st.sampled_from(["a.conllu", "a.conll", "a.txt"]))
def test_any_lines_give_whole_rows_or_reasons(lines: list[str], name: str) -> None:
    lines = [line for text in lines for line in text.replace("\r", "\n").split("\n")]
    has_tags(name, lines)
    result = read_tags(lines, name)
    if result is None:
        return
    for row in result.rows:
        assert row.words
        assert row.tags
        assert all(row.words)
        assert all(row.tags)
        assert row.line is not None
    for problem in result.problems:
        assert problem.line is not None
        assert 1 <= problem.line <= len(lines)


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1),
                st.sampled_from(["O", "B-PER", "I-PER"]),
            ),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["\t", " "]),
)
def test_columns_that_are_written_are_read_again(
    sentences: list[list[tuple[str, str]]], separator: str
) -> None:
    lines = [
        line
        for sentence in sentences
        for line in [*(separator.join(pair) for pair in sentence), ""]
    ]
    result = read_tags(lines, "a.conll")
    # A file that begins with a hashtag only has no line that tells how many columns there are.
    if result is None:
        assert all(word.startswith("#") for sentence in sentences for word, _ in sentence)
        return
    known = {tag for s in sentences for word, tag in s if not word.startswith("#")}
    expected = [
        tuple(pair for pair in s if not pair[0].startswith("#") or pair[1] in known)
        for s in sentences
    ]
    read_again = [tuple(zip(row.words or (), row.tags or (), strict=True)) for row in result.rows]
    assert read_again == [pairs for pairs in expected if pairs]
