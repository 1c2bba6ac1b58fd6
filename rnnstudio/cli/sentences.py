"""Sentences from the command line and standard input, decoded as data files are."""

from __future__ import annotations

import os
import sys

from rnnstudio.cli.output import print_note
from rnnstudio.data.encoding import broken_column, decode
from rnnstudio.data.problems import DataError
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.saving import words_of

_SAVE_AS_UTF8 = "Write it in UTF-8."


def given_sentence(text: str) -> str:
    """A sentence among the arguments; bytes that are not UTF-8 arrive in it as lone surrogates.

    Raises:
        RnnStudioError: they cannot be decoded otherwise either.
    """
    if broken_column(text) is None:
        return text
    try:
        content = os.fsencode(text)
    except UnicodeEncodeError:
        raise _broken("The sentence") from None
    return _decoded(content, "The sentence")


def sentences_of_standard_input() -> list[str]:
    """The lines of standard input that are not empty; how many are is told on the error stream.

    Raises:
        RnnStudioError: it cannot be read, is not text, or has no sentence.
    """
    text = _standard_input()
    lines = [line.strip("\ufeff\r") for line in text.removesuffix("\n").split("\n")]
    sentences = [line for line in lines if line.strip()]
    if not sentences:
        raise RnnStudioError("Standard input has no sentence.", "Write one on each line.")
    if empty := len(lines) - len(sentences):
        print_note(f"{empty} empty {'line' if empty == 1 else 'lines'} left out.")
    return sentences


def _standard_input() -> str:
    if sys.stdin is None:  # closed by whoever started the program
        return ""
    try:
        bytes_of = getattr(sys.stdin, "buffer", None)
        if bytes_of is None:
            return sys.stdin.read()
        content = bytes_of.read()
    except OSError as error:
        raise RnnStudioError(f"Standard input cannot be read: {words_of(error)}.") from None
    return _decoded(content, "Standard input")


def _decoded(content: bytes, name: str) -> str:
    try:
        decoded = decode(content, name)
    except DataError:
        raise RnnStudioError(f"{name} is not text.", _SAVE_AS_UTF8) from None
    for number, line in enumerate(decoded.text.split("\n"), start=1):
        if broken_column(line) is not None:
            raise _broken(f"{name}, line {number}," if "\n" in decoded.text else name)
    if decoded.problems:
        print_note(f"{name[0].lower()}{name[1:]} is not UTF-8; it is read as {decoded.encoding}.")
    return decoded.text


def _broken(where: str) -> RnnStudioError:
    return RnnStudioError(f"{where} has a character that cannot be decoded.", _SAVE_AS_UTF8)
