from __future__ import annotations

import codecs
import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.encoding import broken_column, decode
from rnnstudio.data.problems import DataError, Severity


@pytest.mark.parametrize(
    "content",
    [
        "naïve – 好 🎬\t1\n".encode(),
        codecs.BOM_UTF8 + "naïve – 好 🎬\t1\n".encode(),
        codecs.BOM_UTF16_LE + "naïve – 好 🎬\t1\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "naïve – 好 🎬\t1\n".encode("utf-16-be"),
        "naïve – 好 🎬\t1\n".encode("utf-32"),
    ],
)
def test_unicode_with_and_without_mark(content: bytes) -> None:
    decoded = decode(content, "a.txt")
    assert decoded.text == "naïve – 好 🎬\t1\n"
    assert decoded.problems == ()


@pytest.mark.parametrize(
    ("text", "codec", "shown"),
    [
        ("café très bien\t1\n", "latin-1", "Latin-1"),
        ("café très bien\t1\nnul\t0\n", "latin-1", "Latin-1"),
        ("é\t1\n", "latin-1", "Latin-1"),
        ("Schöne Größe, ähnlich\tpos\n", "latin-1", "Latin-1"),
        ("mañana será otro día\t1\n", "latin-1", "Latin-1"),
        ("“chef-d’œuvre” – 5 €\t1\n", "cp1252", "Windows-1252"),
        ("Отличный фильм, мне понравилось\t1\nУжасная игра\t0\n", "cp1251", "Cyrillic"),
        ("这部电影很好看\t1\n这部电影太差了\t0\n", "gb18030", "Chinese"),
        ("정말 좋은 영화\t1\n나쁜 영화\t0\n", "cp949", "Korean"),
    ],
)
def test_other_encodings_are_recognised_and_noted(text: str, codec: str, shown: str) -> None:
    decoded = decode(b"plain\t0\nplain\t0\n" + text.encode(codec), "a.txt")
    assert decoded.text == "plain\t0\nplain\t0\n" + text
    (note,) = decoded.problems
    assert shown in note.message
    assert (note.path, note.line, note.severity) == ("a.txt", 3, Severity.NOTE)


@pytest.mark.parametrize(
    ("content", "column"),
    [
        # Other characters, or the mark, say that it is UTF-8.
        (codecs.BOM_UTF8 + b"bad \xff film\t0\n", 5),
        ("é é é bad ".encode() + b"\xe2\x82 film\t0\n", 11),
        (b"caf\xc3\xa9 cut \xc3", 10),
        # Bytes that no Western text holds.
        (b"bad \x81\x8d film\t0\n", 5),
        (codecs.BOM_UTF16_LE + "ab\t1".encode("utf-16-le") + b"\x00", 5),
        (codecs.BOM_UTF16_LE + b"a\x00\x00\xd8b\x00", 2),
    ],
)
def test_broken_bytes_leave_the_rest_readable(content: bytes, column: int) -> None:
    decoded = decode(content, "a.txt")
    assert broken_column(decoded.text) == column
    assert decoded.problems == ()


def test_a_stray_byte_in_a_western_text_costs_only_its_place() -> None:
    decoded = decode("déjà vu, été, né\n".encode("cp1252") + b"a \x81\n", "a.txt")
    assert decoded.text.startswith("déjà vu, été, né\n")
    assert broken_column(decoded.text.split("\n")[1]) == 3


def test_text_that_is_whole_has_no_broken_column() -> None:
    assert broken_column("naïve 🎬 \ufffd") is None
    assert broken_column(decode("\ufeff\ufffd!".encode("utf-16-le"), "a").text) is None


@pytest.mark.parametrize(
    "content",
    [
        b"good\t1\n\x00\x00\n",
        bytes(range(256)) * 4,
        gzip.compress(b"good\t1\n" * 500, mtime=0),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        random.Random(0).randbytes(5_000),
        "good\t1\n".encode("utf-16-le"),
        b"\x01\x02\x03\x04 a\t1\n",
    ],
)
def test_what_is_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"^film\.dat is not a text file") as caught:
        decode(content, "film.dat")
    assert caught.value.remedy


def test_only_line_feeds_and_carriage_returns_end_lines() -> None:
    text = "a film\x85the next\x0bpage\x0cof it\u2028and\x1cmore of it"
    assert decode(f"{text}\r\n{text}\r{text}\n".encode(), "a").text == f"{text}\n" * 3


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    try:
        decoded = decode(content, "a")
    except DataError:
        return
    assert "\r" not in decoded.text
