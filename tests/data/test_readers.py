from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data import textfile
from rnnstudio.data.cancellation import Cancelled
from rnnstudio.data.problems import DataError, Severity
from rnnstudio.data.readers import read
from rnnstudio.data.rows import labelled_rows
from rnnstudio.data.separated import LONGEST_LINE, read_sheet
from rnnstudio.data.table import Split, Table

Write = Callable[..., Table]


@pytest.fixture
def read_content(tmp_path: Path) -> Write:
    """Write a file and read it."""

    def write(content: str | bytes, name: str = "film.txt") -> Table:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path)

    return write


def pairs(table: Table) -> list[tuple[str, str]]:
    return [(row.text, row.label) for row in table.rows]


def warnings(table: Table) -> list[tuple[int | None, str]]:
    return [
        (problem.line, problem.message)
        for problem in table.problems
        if problem.severity is not Severity.NOTE
    ]


GOOD_BAD = [("a good film", "pos"), ("a bad film", "neg"), ("good", "pos"), ("bad", "neg")]


@pytest.mark.parametrize(
    "content",
    [
        "a good film\tpos\na bad film\tneg\ngood\tpos\nbad\tneg\n",
        "a good film,pos\na bad film,neg\ngood,pos\nbad,neg",
        "a good film;pos\r\na bad film;neg\r\ngood;pos\r\nbad;neg\r\n",
        "a good film|pos\ra bad film|neg\rgood|pos\rbad|neg\r",
        "pos,a good film\nneg,a bad film\npos,good\nneg,bad\n",
        "\n\n  \na good film  \tpos\n\na bad film\t neg \n  good\tpos\nbad\tneg\n\n\n",
        "sentence\tlabel\na good film\tpos\na bad film\tneg\ngood\tpos\nbad\tneg\n",
        "Label,Review\npos,a good film\nneg,a bad film\npos,good\nneg,bad\n",
        '"text","class"\n"a good film","pos"\n"a bad film","neg"\n"good","pos"\n"bad","neg"\n',
        '"a good film", "pos"\n"a bad film" ,"neg"\n"good","pos"\n"bad","neg"\n',
        "id,text,lang,sentiment\n1,a good film,en,pos\n2,a bad film,en,neg\n"
        "3,good,en,pos\n4,bad,en,neg\n",
        "1\ta good film\tpos\n2\ta bad film\tneg\n3\tgood\tpos\n4\tbad\tneg\n",
        "opinion,feeling\na good film,pos\na bad film,neg\ngood,pos\nbad,neg\n",
        "opinion,polarity\na good film,pos\na bad film,neg\ngood,pos\nbad,neg\n",
        "a good film,pos,,\na bad film,neg,,\ngood,pos,,\nbad,neg,,\n",
        "a good film,pos\na bad film,neg,\ngood,pos\nbad,neg,,\n" + "a good film,pos\n",
        "a good film,en,pos\na bad film,en,neg\ngood,en,pos\nbad,en,neg\n",
        "sep=;\r\nsentence;label\r\na good film;pos\r\na bad film;neg\r\ngood;pos\r\nbad;neg\r\n",
        "text\tset\tkind\na good film\ttrain\tpos\na bad film\ttest\tneg\n"
        "good\ttrain\tpos\nbad\ttest\tneg\n",
        "\ufeffsentence,label\na good film,pos\na bad film,neg\ngood,pos\nbad,neg\n",
    ],
)
def test_separators_headings_and_columns_are_guessed(read_content: Write, content: str) -> None:
    table = read_content(content)
    assert pairs(table)[:4] == GOOD_BAD
    assert warnings(table) == []


def test_rows_know_their_source(read_content: Write, tmp_path: Path) -> None:
    table = read_content("sentence\tlabel\n\ngood\t1\nbad\t0\n")
    assert [(row.source, row.line) for row in table.rows] == [("film.txt", 3), ("film.txt", 4)]
    assert (table.name, table.origin) == ("film.txt", str(tmp_path / "film.txt"))
    assert table.labels == ("0", "1")
    assert not table.has_given_splits


def test_lines_before_the_heading_and_a_heading_that_is_broken(read_content: Write) -> None:
    content = "My films, né\nsentence,label,né".encode() + b"\xff\ngood,1,x\nbad,0,y\n"
    table = read_content(content)
    assert pairs(table) == [("good", "1"), ("bad", "0")]
    assert [line for line, _ in warnings(table)] == [1]


def test_numeric_labels_under_an_unknown_heading(read_content: Write) -> None:
    assert pairs(read_content("blurb,mark\nfine film,1\ndull film,0\n")) == [
        ("fine film", "1"),
        ("dull film", "0"),
    ]


def test_a_first_row_whose_label_is_rare_is_no_heading(read_content: Write) -> None:
    table = read_content("Superb\tjoy\nso bad\twoe\nso sad\tgrief\nall bad\twoe\n")
    assert len(table.rows) == 4


def test_short_texts_with_long_labels(read_content: Write) -> None:
    names = "".join(f"Na{n}\tVery-long-language-{n % 2}\n" for n in range(20))
    table = read_content(names)
    assert table.labels == ("Very-long-language-0", "Very-long-language-1")


def test_a_column_of_splits(read_content: Write) -> None:
    table = read_content(
        "sentence\tlabel\tset\ngood\t1\ttrain\nbad\t0\tDev\nfine\t1\ttest\ndull\t0\t\nso\t1\tlater\n"
    )
    assert [row.split for row in table.rows] == [
        Split.TRAIN, Split.VALIDATION, Split.TEST, None, None,
    ]  # fmt: skip
    assert warnings(table) == [(6, "“later” is not a split; the row is split by the seed.")]
    assert table.has_given_splits


def test_a_column_of_splits_without_heading(read_content: Write) -> None:
    table = read_content("a good film\t1\ttrain\na bad film\t0\ttest\nfine\t1\ttrain\n")
    assert [(row.label, row.split) for row in table.rows] == [
        ("1", Split.TRAIN),
        ("0", Split.TEST),
        ("1", Split.TRAIN),
    ]


def test_a_column_of_splits_is_taken_for_labels_where_there_are_no_others(
    read_content: Write,
) -> None:
    assert pairs(read_content("text,split\na good film,train\na bad film,test\n")) == [
        ("a good film", "train"),
        ("a bad film", "test"),
    ]


def test_unused_columns_are_noted(read_content: Write) -> None:
    (note,) = read_content("id,text,label,by\n1,good,1,me\n2,bad,0,you\n").problems
    assert note.severity is Severity.NOTE
    assert note.message == "Columns not used: id, by."


def test_quoted_cells(read_content: Write) -> None:
    table = read_content(
        'sentence,label\n"Well, ""good""\nand long\n\nfilm",1\n"one ""word""",0\n,1\nbad,0\n'
    )
    assert pairs(table) == [
        ('Well, "good"\nand long\n\nfilm', "1"),
        ('one "word"', "0"),
        ("bad", "0"),
    ]
    assert [row.line for row in table.rows] == [2, 6, 8]
    assert warnings(table) == [(7, "The sentence is empty. The row is skipped.")]


def test_quotes_are_characters_where_that_gives_more_rows(read_content: Write) -> None:
    table = read_content('"Good" film\t1\nIs strong."\t1\n"\t0\nBad "film\t0\n"Open, I say\t0\n')
    assert pairs(table) == [
        ('"Good" film', "1"),
        ('Is strong."', "1"),
        ('"', "0"),
        ('Bad "film', "0"),
        ('"Open, I say', "0"),
    ]
    assert warnings(table) == []


def test_a_quote_that_is_not_doubled_stays_a_character(read_content: Write) -> None:
    table = read_content('"He said "so" to me","1"\n"Well, no","0"\n"Yes","1"\n')
    assert pairs(table) == [('He said "so" to me', "1"), ("Well, no", "0"), ("Yes", "1")]
    ((line, message),) = warnings(table)
    assert line == 1
    assert "not doubled" in message


def test_quotes_around_every_cell_are_no_characters(read_content: Write) -> None:
    table = read_content('"He said "so" to me","1"\n"No","0"\n"Yes","1"\n')
    assert pairs(table) == [('He said "so" to me', "1"), ("No", "0"), ("Yes", "1")]


def test_a_stray_quote_does_not_join_lines(read_content: Write) -> None:
    table = read_content('"Well, good",1\n"He "said so,1\nfine",0\n"No, bad",0\n')
    assert pairs(table) == [("Well, good", "1"), ('fine"', "0"), ("No, bad", "0")]
    assert [line for line, _ in warnings(table)] == [2]


@pytest.mark.parametrize(
    "after",
    [
        "fine,1\n" * 30,
        '"Well, fine",1\n' * 30,
        'fine,1\n"Well, ""fine""",1\n' * 15,
    ],
)
def test_an_open_quote_swallows_no_other_row(read_content: Write, after: str) -> None:
    table = read_content('"Well, good",1\n"Open, bad,0\n' + after)
    assert [row.line for row in table.rows] == [1, *range(3, 33)]
    ((line, message),) = warnings(table)
    assert line == 2
    assert "none closes it" in message


def test_an_open_quote_in_the_last_row(read_content: Write) -> None:
    table = read_content('"Well, good",1\n"Well, bad",0\n"Open, fine,1')
    assert len(table.rows) == 2
    assert warnings(table)[0][0] == 3


def test_rows_that_cannot_be_used_are_reported_by_line(read_content: Write) -> None:
    table = read_content("good\t1\nno label\nbad\t0\n\t1\n   \t0\nfine\t\n\t\nso\t1\tor\t2\n")
    assert pairs(table) == [("good", "1"), ("bad", "0")]
    assert [problem.line for problem in table.problems] == [2, 4, 5, 6, 7, 8]
    assert all(problem.path == "film.txt" for problem in table.problems)
    assert "1 column where there should be 2" in table.problems[0].message
    assert "The label is empty." in table.problems[3].message
    assert "4 columns where there should be 2" in table.problems[5].message


def test_unquoted_separators_are_given_back_to_the_sentence(read_content: Write) -> None:
    table = read_content("sentence,label\ngood,1\nbad,0\nlong, slow, bad,0\nso, so,maybe\n")
    assert pairs(table) == [("good", "1"), ("bad", "0"), ("long, slow, bad", "0")]
    assert [problem.line for problem in table.problems] == [4, 5]


def test_sentences_with_commas_need_no_quotes_where_the_labels_are_clear(
    read_content: Write,
) -> None:
    films = [("well, {}, so", "1"), ("film {}", "1"), ("no, {}", "0"), ("{} a bad one", "0")]
    rows = [(text.format(n), label) for n in range(10) for text, label in films]
    table = read_content("".join(f"{text},{label}\n" for text, label in rows))
    assert pairs(table) == rows
    assert len(warnings(table)) == 20


def test_of_two_numbers_of_columns_as_frequent_the_smaller_counts(read_content: Write) -> None:
    films = [("well, {}", "1"), ("so, no {}", "0"), ("film {}", "1"), ("bad {}", "0")]
    rows = [(text.format(n), label) for n in range(10) for text, label in films]
    assert pairs(read_content("".join(f"{text},{label}\n" for text, label in rows))) == rows


def test_broken_bytes_cost_their_row_only(read_content: Write) -> None:
    content = "très bien\t1\nêtre\t0\nété\t1\n".encode() + b"bad \xff film\t0\nfine\t1\n"
    table = read_content(content)
    assert [row.text for row in table.rows] == ["très bien", "être", "été", "fine"]
    (problem,) = table.problems
    assert (problem.line, problem.column, problem.severity) == (4, 5, Severity.WARNING)


def test_broken_bytes_in_a_cell_of_several_lines(read_content: Write) -> None:
    content = '"été,\nlà'.encode() + b'\xff\nbas",1\n"fine, so",0\nbad,0\n'
    table = read_content(content)
    assert pairs(table) == [("fine, so", "0"), ("bad", "0")]
    assert (table.problems[0].line, table.problems[0].column) == (2, 3)


def test_latin_1_is_read_with_a_note(read_content: Write) -> None:
    table = read_content("café très bien\t1\nnul\t0\n".encode("latin-1"))
    assert pairs(table) == [("café très bien", "1"), ("nul", "0")]
    (note,) = table.problems
    assert (note.path, note.line, note.severity) == ("film.txt", 1, Severity.NOTE)


def test_separators_inside_sentences_are_no_line_ends(read_content: Write) -> None:
    table = read_content("one\x85two\x0cthree\u2028four\t1\nbad\t0\n")
    assert pairs(table)[0] == ("one\x85two\x0cthree\u2028four", "1")


@pytest.mark.parametrize("quoted", [False, True])
def test_a_line_of_five_megabytes_is_skipped(read_content: Write, quoted: bool) -> None:
    long = '"' + "word " * 1_000_000 + '"' if quoted else "word " * 1_000_000
    table = read_content(f"good\t1\n{long}\t0\nbad\t0\n")
    assert pairs(table) == [("good", "1"), ("bad", "0")]
    ((line, message),) = warnings(table)
    assert line == 2
    assert "200,000" in message


def test_a_cell_over_the_limit_in_several_lines_is_skipped(read_content: Write) -> None:
    words = "word " * 10_000
    table = read_content(
        f'"good, so",1\n"{words}\n{words}\n{words}\n{words}\n{words}",0\n' + "bad,0\n" * 9
    )
    assert pairs(table) == [("good, so", "1"), *[("bad", "0")] * 9]
    assert [line for line, _ in warnings(table)] == [2]


def test_few_good_rows_among_many_without_a_label(read_content: Write) -> None:
    table = read_content("good\t1\nno label\nnone\n\nhere, either\nbad\t0\nnor here\n")
    assert pairs(table) == [("good", "1"), ("bad", "0")]
    assert [line for line, _ in warnings(table)] == [2, 3, 5, 7]


def test_a_line_at_the_limit_is_read(read_content: Write) -> None:
    table = read_content("x" * (LONGEST_LINE - 2) + "\t1\nbad\t0\n")
    assert [len(row.text) for row in table.rows] == [LONGEST_LINE - 2, 3]


def test_almost_as_many_labels_as_rows(read_content: Write) -> None:
    table = read_content("".join(f"sentence {n}\tsatz {n}\n" for n in range(60)))
    assert "60 different labels" in table.problems[0].message


NOT_DATA = {
    "empty.txt": b"",
    "mark.txt": b"\xef\xbb\xbf",
    "blank.txt": b" \n\n\t\n",
    "prose.txt": b"A film.\nIt was good, or so I think.\nWell, no, not at all, never.\n" * 5,
    "one.csv": b"sentence\ngood\nbad\n",
    "heading.csv": b"sentence,label\n",
    "labels.csv": b"sentence,label\ngood,\nbad,\n",
    "binary.dat": b"\x00\x01\x02" * 100,
    "long.txt": b"word " * 1_000_000,
    "words.conllu": b"The\nmovie\n",
    "words.conll": b"The\nmovie\n",
    "tags.bio": b"The\tO\n movie\n",
    "separators.csv": b",,,\n,,,\n",
    "cell.csv": b'"good\n' + b"x" * 300_000 + b'\nfilm",1\n',
}


@pytest.mark.parametrize("name", NOT_DATA)
def test_files_without_data_are_refused_by_name(read_content: Write, name: str) -> None:
    with pytest.raises(DataError) as caught:
        read_content(NOT_DATA[name], name)
    assert name in caught.value.happened
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_why_a_single_long_line_is_refused(read_content: Write) -> None:
    with pytest.raises(DataError, match=r"line 1 has 5,000,000 characters; the limit is 200,000"):
        read_content(NOT_DATA["long.txt"])


def test_why_no_row_can_be_used(read_content: Write) -> None:
    with pytest.raises(DataError, match=r"labels\.csv, line 2: The label is empty") as caught:
        read_content(NOT_DATA["labels.csv"], "labels.csv")
    assert len(caught.value.problems) == 2


def test_missing_and_odd_paths(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("good\t1\n")
    for name, words in (
        ("none.txt", "does not exist"),
        ("file/none.txt", "does not exist"),
        ("x" * 300, "cannot be read"),
        ("nul\0", "is not the name"),
    ):
        with pytest.raises(DataError, match=words) as caught:
            read(tmp_path / name)
        assert caught.value.remedy


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe is not a file"):
        read(tmp_path / "pipe")


def test_a_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "LARGEST_FILE", 5)
    (tmp_path / "large.txt").write_text("good\t1\n")
    with pytest.raises(DataError, match=r"large\.txt is larger than"):
        read(tmp_path / "large.txt")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("good\t1\n")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"secret\.txt may not be read"):
        read(path)


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "film.txt"
    path.write_text("good\t1\nbad\t0\n")
    with pytest.raises(Cancelled):
        read(path, cancelled=lambda: True)
    assert len(read(path, cancelled=lambda: False).rows) == 2


# Characters that may stand in a sentence; line breaks inside cells are read as "\n".
SENTENCES = st.text(
    st.one_of(
        st.sampled_from("\n\t,;|\"' .aä好🎬"),
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"),
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: text == text.strip())
LABELS = st.sampled_from(["pos", "neg", "so, so", 'the "rest"', "多"])


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@given(rows=st.lists(st.tuples(SENTENCES, LABELS), min_size=1, max_size=12))
def test_what_csv_writes_reads_back(
    rows: list[tuple[str, str]], delimiter: str, quoting: int
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerows([("sentence", "label"), *rows])
    lines = written.getvalue().split("\n")
    sheet = read_sheet(lines)
    assert sheet is not None
    result = labelled_rows(sheet, lines, "a.csv")
    assert [(row.text, row.label) for row in result.rows] == rows
    assert result.problems == ()
    for row in result.rows:
        assert row.line is not None
        assert re.split(r'["\n]', row.text)[0] in lines[row.line - 1]


@given(st.lists(st.text(st.sampled_from('a",;\t|\n 1'), max_size=8), max_size=12))
def test_any_lines_are_read_or_refused(cells: list[str]) -> None:
    lines = "\n".join(cells).split("\n")
    sheet = read_sheet(lines)
    if sheet is None:
        return
    result = labelled_rows(sheet, lines, "a.csv")
    accounted = {row.line for row in result.rows} | {each.line for each in result.problems}
    assert accounted <= {None, *range(1, len(lines) + 1)}
    assert all(row.text and row.label for row in result.rows)
