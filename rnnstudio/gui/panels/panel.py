"""The frame every panel stands in: title, header controls, ⤢ and menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rnnstudio.gui.controls import ElidedLabel, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import LIGHT, Theme

# The property of a label that is left out of pictures, as the control is to which it belongs.
FOR_THE_MOUSE = "for_the_mouse"


class Panel(QFrame):
    """A rounded box with a title; what a page is made of.

    A subclass fills `self.body` (a vertical layout) and `self.header` (a horizontal layout to the
    right of the title), declares `render(state)` and its request signals, and reads `self.theme`.
    """

    enlarge_requested = Signal(object)  # the panel
    menu_requested = Signal(object, object)  # the panel, the global position
    hinted = Signal(str)  # what is under the mouse, in words, for the status bar

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setProperty("role", "panel")
        self.title = label(title, "title")
        # With a parent from the first: shown without one it would be a window of its own.
        self.subtitle = ElidedLabel("subtitle", self)
        # It takes what the controls leave: they are never cut for its sake.
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.subtitle.setMinimumWidth(0)
        self.set_subtitle(subtitle)
        self.enlarged = False
        self.menu_button = tool_button("", f"Copy or save “{title}”")
        self.menu_button.setObjectName("panel_menu")
        self.menu_button.clicked.connect(self._on_menu_clicked)
        self.enlarge_button = tool_button("", "")
        self.enlarge_button.setObjectName("enlarge")
        self.enlarge_button.clicked.connect(self._on_enlarge_clicked)
        for sign in (self.menu_button, self.enlarge_button):
            sign.setIconSize(QSize(16, 16))
            room = sign.sizePolicy()
            room.setRetainSizeWhenHidden(True)  # a picture leaves them out and moves nothing
            sign.setSizePolicy(room)

        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.subtitle, 1)
        top.addStretch(0)  # where a panel hides its subtitle
        top.addLayout(self.header)
        signs = QHBoxLayout()
        signs.setSpacing(0)
        signs.addWidget(self.menu_button)
        signs.addWidget(self.enlarge_button)
        top.addLayout(signs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 12)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(self.body, 1)
        self._render_signs()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`; subclasses with painted parts hand them on."""
        self.theme = theme
        self._render_signs()
        self.update()

    def show_enlarged(self, enlarged: bool) -> None:
        """Show whether the panel fills the window."""
        self.enlarged = enlarged
        self._render_signs()

    def _render_signs(self) -> None:
        words = "Back to the page (Esc)" if self.enlarged else "Fill the window with this panel"
        self.enlarge_button.setToolTip(words)
        self.enlarge_button.setAccessibleName(words)
        self.enlarge_button.setIcon(icon("shrink" if self.enlarged else "enlarge", self.theme))
        self.menu_button.setIcon(icon("more", self.theme))

    def table_rows(self) -> list[list[str]] | None:
        """Return what the panel shows as rows of text (first row headings), or None.

        The panel's menu offers "Copy as table" and "Save as CSV" where this is not None.
        """
        return None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(self, event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")

    def _on_menu_clicked(self) -> None:
        corner = QPoint(0, self.menu_button.height())
        self.menu_requested.emit(self, self.menu_button.mapToGlobal(corner))

    def _on_enlarge_clicked(self) -> None:
        self.enlarge_requested.emit(self)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Change the words in the header."""
        self.title.setText(title)
        self.set_subtitle(subtitle)
        self.title.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def set_subtitle(self, words: str) -> None:
        """Change the words beside the title; they are cut where the header has no room."""
        self.subtitle.set_words(words)
        self.subtitle.setHidden(not words)
