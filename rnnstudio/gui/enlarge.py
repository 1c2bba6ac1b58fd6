"""⤢: lets one panel fill the window and puts it back where it was."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from rnnstudio.gui.panels.panel import Panel

_NO_LIMIT = QSize(16_777_215, 16_777_215)  # Qt's QWIDGETSIZE_MAX


class Enlarger(QObject):
    """Moves a panel from its page into a page of its own that covers all others.

    The panel keeps its state: it is the same widget. A placeholder keeps its room meanwhile.
    """

    changed = Signal(bool)  # whether a panel fills the window now

    def __init__(self, stack: QStackedWidget) -> None:
        """Use `stack`, whose current widget is what the panel is to cover."""
        super().__init__(stack)
        self._stack = stack
        self._host = QWidget()
        self._layout = QVBoxLayout(self._host)
        self._layout.setContentsMargins(14, 14, 14, 14)
        stack.addWidget(self._host)
        self._panel: Panel | None = None
        self._placeholder: QWidget | None = None
        self._covered: QWidget | None = None
        self._focused: QWidget | None = None
        self._greatest = _NO_LIMIT  # of the panel in its page

    @property
    def panel(self) -> Panel | None:
        """The panel that fills the window, or None."""
        return self._panel

    def toggle(self, panel: Panel) -> None:
        """Let `panel` fill the window, or put it back if it does."""
        if self._panel is panel:
            self.restore()
        else:
            self.restore()
            self._enlarge(panel)

    def restore(self) -> None:
        """Put the panel back into its page; nothing happens where there is none."""
        panel, placeholder, covered = self._panel, self._placeholder, self._covered
        if panel is None or placeholder is None or covered is None:
            return
        self._panel = self._placeholder = self._covered = None
        self._layout.removeWidget(panel)
        panel.setMaximumSize(self._greatest)
        _exchange(placeholder, panel)
        placeholder.deleteLater()
        self._stack.setCurrentWidget(covered)
        panel.show()
        panel.show_enlarged(False)
        focused, self._focused = self._focused, None
        if focused is not None and isValid(focused) and focused.isVisible():
            focused.setFocus()
        self.changed.emit(False)

    def _enlarge(self, panel: Panel) -> None:
        focused = QApplication.focusWidget()
        self._focused = focused
        self._covered = self._stack.currentWidget()
        placeholder = QWidget()
        placeholder.setSizePolicy(panel.sizePolicy())
        placeholder.setMinimumSize(panel.minimumSize())
        placeholder.setMaximumSize(panel.maximumSize())
        if placeholder.minimumSize().isEmpty():
            placeholder.setMinimumSize(panel.minimumSizeHint())
        _exchange(panel, placeholder)
        self._placeholder = placeholder
        self._panel = panel
        self._greatest = panel.maximumSize()
        panel.setMaximumSize(_NO_LIMIT)
        self._layout.addWidget(panel)
        self._stack.setCurrentWidget(self._host)
        panel.show()
        panel.show_enlarged(True)
        inside = focused is not None and panel.isAncestorOf(focused)
        (focused if focused is not None and inside else panel.enlarge_button).setFocus()
        self.changed.emit(True)


def _exchange(old: QWidget, new: QWidget) -> None:
    """Put `new` where `old` stands in its splitter or layout; `old` becomes hidden."""
    parent = old.parentWidget()
    if isinstance(parent, QSplitter):
        parent.replaceWidget(parent.indexOf(old), new)
    elif parent is not None and (layout := parent.layout()) is not None:
        new.setParent(parent)
        layout.replaceWidget(old, new)
    old.hide()
    old.setParent(None)
