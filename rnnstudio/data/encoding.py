"""Turns the bytes of a file into text, and says where it had to guess or could not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rnnstudio.data.problems import DataError, Problem, Severity

# What charset-normalizer may choose from where most letters are not ASCII. Where they are, it is
# not asked: in short Western texts it finds rare code pages.
_OTHER_SCRIPTS = ("cp1251", "koi8_r", "gb18030", "big5", "cp949", "shift_jis", "cp1253")
_WESTERN = "cp1252"
_NAMES = {
    _WESTERN: "Windows-1252 (Western European)",
    "latin_1": "Latin-1 (Western European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Windows-949 (Korean)",
    "shift_jis": "Shift JIS (Japanese)",
}
_MARKS = (
    # UTF-32's little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b\x1a"))
# Random bytes have 10 % of these, compressed data too; texts have none or a stray one.
_CONTROL_SHARE = 0.05
_SAMPLE_BYTES = 65_536
# So little of another script cannot be recognised; of a Western one it may be all that is there.
_FEW_CHARACTERS = 8
_HIGH_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*[\r\n]*")
_BROKEN = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Decoded:
    """Text with every line break as "\\n", the encoding's name, and a note if it was guessed.

    A byte that the encoding does not allow is a lone surrogate in `text` (`broken_column`).
    """

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def broken_column(text: str) -> int | None:
    """Return the column, from 1, of the first character that could not be decoded."""
    match = _BROKEN.search(text)
    return None if match is None else match.start() + 1


def decode(content: bytes, name: str) -> Decoded:
    """Decode a file by its mark, as UTF-8, or by what charset-normalizer finds likely.

    `name` is the file's name in messages.

    Raises:
        DataError: the content is not text.
    """
    for mark, codec, shown in _MARKS:
        if content.startswith(mark):
            return Decoded(_lines(_lenient(content, codec)), shown)
    _require_text(content, name)
    try:
        return Decoded(_lines(content.decode("utf-8")), "UTF-8")
    except UnicodeDecodeError as error:
        first_broken = error.start
    guessed = None if _is_mostly_utf8(content) else _guess(content)
    if guessed is None:
        return Decoded(_lines(_lenient(content, "utf-8")), "UTF-8")
    text = _lines(_lenient(content, guessed))
    if guessed == _WESTERN and not re.search(rb"[\x80-\x9f]", content):
        guessed = "latin_1"  # where the two agree, the better known name
    note = Problem(
        path=name,
        line=_lines(content[:first_broken].decode("utf-8")).count("\n") + 1,
        column=None,
        message=f"The file is not UTF-8 here; it is read as {_NAMES[guessed]}.",
        hint="If letters look wrong, save it as UTF-8 and open it again.",
        severity=Severity.NOTE,
    )
    return Decoded(text, _NAMES[guessed], (note,))


def _lines(text: str) -> str:
    # Not splitlines(): it also breaks at characters that stand inside sentences (NEL, LS, FF).
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lenient(content: bytes, codec: str) -> str:
    """Decode, with a lone surrogate in place of what the encoding does not allow."""
    if codec.startswith("utf-8"):
        return content.decode(codec, "surrogateescape")
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        # Not every codec can escape every byte, but all can replace it.
        return content.decode(codec, "replace").replace("\ufffd", "\udcff")


def _require_text(content: bytes, name: str) -> None:
    sample = content[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if b"\0" in content or controls > _CONTROL_SHARE * len(sample):
        raise DataError(
            f"{name} is not a text file.",
            "Choose a text file with sentences and labels (CSV or TSV); save a spreadsheet as CSV.",
        )


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether sequences valid in UTF-8, which Latin-1 texts hardly have, outnumber the rest."""
    text = content.decode("utf-8", "surrogateescape")
    broken = len(_BROKEN.findall(text))
    valid = len(text) - len(text.encode("ascii", "ignore")) - broken
    return valid >= broken


def _guess(content: bytes) -> str | None:
    sample = b""
    for match in _HIGH_LINE.finditer(content):
        sample += match[0][: _SAMPLE_BYTES - len(sample)]
        if len(sample) >= _SAMPLE_BYTES:
            break
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if high < max(letters, _FEW_CHARACTERS):
        undefined = len(sample.decode(_WESTERN, "replace")) - len(sample.decode(_WESTERN, "ignore"))
        return _WESTERN if 2 * undefined < high else None

    from charset_normalizer import from_bytes  # 30 ms that other files do not need

    best = from_bytes(sample, cp_isolation=list(_OTHER_SCRIPTS)).best()
    return best.encoding if best is not None and best.encoding in _OTHER_SCRIPTS else None
