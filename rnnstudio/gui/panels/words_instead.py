"""Words in the middle of a panel that has nothing to show: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from rnnstudio.gui.controls import label


def words_instead(words: str = "") -> QLabel:
    """Return a centred, wrapped label for a panel's message."""
    result = label(words, "muted")
    result.setAlignment(Qt.AlignmentFlag.AlignCenter)
    result.setWordWrap(True)
    return result
