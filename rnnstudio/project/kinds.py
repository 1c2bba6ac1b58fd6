"""The kinds of files that the program writes, and how each is told by its first bytes."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

SQLITE_MARK = b"SQLite format 3\0"
# SQLite's "application_id", at byte 68 (https://www.sqlite.org/fileformat2.html, section 1.3).
PROJECT_MARK = b"RNNS"

# A safetensors header may be long, but its beginning and the first name in a ZIP archive are not.
_BEGINNING = 512


class Kind(Enum):
    """A kind of file: its name in messages, and the pattern of its first bytes."""

    PROJECT = ("RNN Studio project", re.escape(SQLITE_MARK) + rb".{52}" + PROJECT_MARK)
    # A ZIP archive, as text documents are too, whose first file is an array.
    NPZ = ("NPZ file", rb"PK\x03\x04.{26}[^\x00-\x1f/\\]{1,200}?\.npy")
    # The length of the header in eight bytes, of which no header needs the upper four; then JSON.
    SAFETENSORS = ("safetensors file", rb".{4}\x00{4}\{")
    PNG = ("PNG picture", rb"\x89PNG\r\n\x1a\n")
    REPORT = ("report of RNN Studio", rb"<!DOCTYPE html>\s+<!-- RNN Studio report -->")

    def __init__(self, title: str, beginning: bytes) -> None:
        self.title = title
        self._beginning = re.compile(beginning, re.DOTALL)

    def begins(self, content: bytes) -> bool:
        """Whether a file of this kind can begin with these bytes."""
        return self._beginning.match(content) is not None

    def may_replace(self, path: Path) -> bool:
        """Whether a file is of this kind, or empty: nothing else is lost if it is replaced.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            content = file.read(_BEGINNING)
        return not content or self.begins(content)
