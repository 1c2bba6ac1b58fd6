"""Where the keys lead in a confusion matrix."""

from __future__ import annotations

from PySide6.QtCore import Qt

from rnnstudio.gui.plots.matrix_layout import MatrixLayout
from rnnstudio.gui.plots.matrix_table import Place

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
LARGER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
ZOOMS = (*LARGER, Qt.Key.Key_Minus, Qt.Key.Key_Underscore, Qt.Key.Key_0)


def key_place(key: Qt.Key, control: bool, focus: Place, layout: MatrixLayout) -> Place | None:
    """Return where a key leads from `focus`, None where it is not one that leads somewhere."""
    row, column = focus
    last_row, last_column = layout.rows - 1, layout.columns - 1
    page = max((layout.bottom - layout.top) // max(layout.cell_height, 1) - 1, 1)
    if key in _STEPS:
        down, right = _STEPS[key]
        row, column = row + down, column + right
    elif key == Qt.Key.Key_Home:
        row, column = (0 if control else row), 0
    elif key == Qt.Key.Key_End:
        row, column = (last_row if control else row), last_column
    elif key == Qt.Key.Key_PageUp:
        row = max(row - page, 0)
    elif key == Qt.Key.Key_PageDown:
        row += page
    else:
        return None
    return min(max(row, -1), last_row), min(max(column, -1), last_column)
