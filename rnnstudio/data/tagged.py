"""Knows a file with a tag for each word when it sees one, and reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.rows import Rows
from rnnstudio.data.table import Split
from rnnstudio.data.tag_columns import find_tag_columns, is_tagged, tagged_rows
from rnnstudio.data.treebank import is_treebank, treebank_rows

_TREEBANK = ".conllu"
# Files of these kinds hold nothing else; some others may.
TAGGED = frozenset({_TREEBANK, ".conll", ".bio", ".iob"})
_MAYBE_TAGGED = frozenset({".txt", ".tsv", ".tab", ".dat", ""})

WHAT_A_TAGGED_FILE_NEEDS = (
    "Each line has a word and, in its last column, the tag of the word; a blank line ends a "
    "sentence."
)


def has_tags(name: str, lines: Sequence[str]) -> bool:
    """Whether a file has a tag for each word, by its name or unmistakably by its lines."""
    suffix = PurePath(name).suffix.lower()
    if suffix in TAGGED:
        return True
    return suffix in _MAYBE_TAGGED and (is_treebank(lines) or is_tagged(lines))


def read_tags(
    lines: Sequence[str],
    source: str,
    split: Split | None = None,
    cancelled: IsCancelled | None = None,
) -> Rows | None:
    """Make a row of each sentence of a file; None where its lines have no columns.

    `source` is the file's name, `split` the file's own.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    if PurePath(source).suffix.lower() == _TREEBANK or is_treebank(lines):
        return treebank_rows(lines, source, split, cancelled)
    columns = find_tag_columns(lines)
    return None if columns is None else tagged_rows(columns, lines, source, split, cancelled)
