"""The main window: the frame around the pages. It knows nothing of the session."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.actions import PLAIN_KEYS, ActionSet
from rnnstudio.gui.controls import label
from rnnstudio.gui.enlarge import Enlarger
from rnnstudio.gui.export import PanelExporter
from rnnstudio.gui.notify import Notifier, show_about
from rnnstudio.gui.rail import Rail
from rnnstudio.gui.shortcuts import ShortcutsDialog
from rnnstudio.gui.statusbar import StatusBar
from rnnstudio.gui.theme import THEMES, Theme, apply_theme
from rnnstudio.gui.topbar import TopBar
from rnnstudio.session.resolve.chrome import ChromeState

MINIMUM_SIZE = QSize(1200, 680)  # below it columns would be cut
_FIRST_SIZE = QSize(1440, 900)
# A control of these kinds uses Space, arrows, Home and End itself.
_KEY_USERS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)


class MainWindow(QMainWindow):
    """Top bar, rail, pages, status bar; drops, toasts, enlarged panels.

    A page is any widget; one with `panels` (of `Panel`) gets ⤢, the panel menu and hints, one with
    `set_theme` the colours. What belongs to the frame alone (full screen, shortcuts, about,
    pictures) happens here; every other action is told with `action_triggered`.
    """

    action_triggered = Signal(str)  # the key of the actions table
    page_requested = Signal(str)
    recent_requested = Signal(str)  # path
    files_dropped = Signal(list)  # list[Path]

    def __init__(self, names: Sequence[str], may_close: Callable[[], bool]) -> None:
        """Make the window; its pages come with `add_page`.

        Args:
            names: the pages on the rail.
            may_close: asked before the window closes; it may ask the user.
        """
        super().__init__()
        self._may_close = may_close
        self._state: ChromeState | None = None
        self.setMinimumSize(MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.actions_table = ActionSet(self)
        menus = self.actions_table.menus(self)
        if sys.platform == "darwin":
            for menu in menus:
                self.menuBar().addMenu(menu)
        self.top_bar = TopBar(self.actions_table, [] if sys.platform == "darwin" else menus)
        self.rail = Rail(tuple(names), self.actions_table)
        self.status_bar = StatusBar(self.actions_table)
        self.pages: dict[str, QWidget] = {}
        self._theme: Theme | None = None
        self._page_stack = QStackedWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self.enlarger = Enlarger(self._stack)
        self.notifier = Notifier(self._middle)
        self.exporter = PanelExporter(self)
        self.drop_place = _DropPlace(self._middle)
        self._connect()
        self.resize(_first_size())
        self._middle.setFocus()  # not the first button: nobody chose it

    def _lay_out(self) -> None:
        body = QWidget()
        beside = QHBoxLayout(body)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.rail)
        beside.addWidget(self._page_stack, 1)
        self._stack.addWidget(body)
        # Toasts and the drop place lie over the stack, which raises its own pages.
        self._middle = QWidget()
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self._stack)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addWidget(self._middle, 1)
        layout.addWidget(self.status_bar)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self.installEventFilter(self)
        self.actions_table.triggered.connect(self._on_action)
        self.actions_table.recent_requested.connect(self.recent_requested)
        self.rail.page_requested.connect(self.page_requested)
        self.exporter.notified.connect(self.notifier.show)

    def add_page(self, name: str, page: QWidget) -> None:
        """Add a page; it is shown when `render` says so."""
        self.pages[name] = page
        self._page_stack.addWidget(page)
        for panel in getattr(page, "panels", ()):
            panel.enlarge_requested.connect(self.enlarger.toggle)
            panel.menu_requested.connect(self.exporter.open_menu)
            panel.hinted.connect(self.status_bar.set_hint)
        # A spin box and a combo box hand their line the events themselves, past its filters.
        for kind in (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox):
            for field in page.findChildren(kind):
                field.installEventFilter(self)
        if self._theme is not None and hasattr(page, "set_theme"):
            page.set_theme(self._theme)

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._page_stack.currentWidget()

    def render(self, state: ChromeState) -> None:  # type: ignore[override]
        """Show the frame as `state` says."""
        before, self._state = self._state, state
        if state == before:
            return
        if before is None or state.theme != before.theme:
            self.set_theme(THEMES[state.theme])
        if before is None or (state.title, state.unsaved) != (before.title, before.unsaved):
            self.setWindowTitle(state.title)
            self.setWindowModified(state.unsaved)
        page = self.pages.get(state.rail.page)
        if page is not None and page is not self.page:
            self.enlarger.restore()
            self._page_stack.setCurrentWidget(page)
            self.status_bar.set_hint("")
        if before is None or state.rail != before.rail:
            self.rail.render(state.rail)
        self.top_bar.render(state.top_bar)
        self.status_bar.render(state.status_bar)
        self.actions_table.render(state.actions)

    def set_theme(self, theme: Theme) -> None:
        """Recolour everything at once."""
        self._theme = theme
        apply_theme(theme)
        for part in (self.actions_table, self.rail, self.top_bar, self.notifier, self.exporter):
            part.set_theme(theme)
        for page in self.pages.values():
            if hasattr(page, "set_theme"):
                page.set_theme(theme)

    # ---- actions of the frame itself

    def _on_action(self, key: str) -> None:
        if key.startswith("page_"):
            self.page_requested.emit(key.removeprefix("page_"))
        elif key == "full_screen":
            self.toggle_full_screen()
        elif key == "shortcuts":
            ShortcutsDialog(self).exec()
        elif key == "about":
            show_about(self)
        elif key == "save_picture":
            self.exporter.save_page(self.enlarger.panel or self.page, self._picture_name())
        elif key == "quit":
            self.close()
        else:
            self.action_triggered.emit(key)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:  # the system can do it too
            self.actions_table["full_screen"].setChecked(self.isFullScreen())

    def _picture_name(self) -> str:
        name = next(name for name, page in self.pages.items() if page is self.page)
        return f"{name}.png"

    # ---- keys, and files over text boxes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Decide about keys and drops before the widget that is under them.

        A filter, not `event()`: an exception in a handler below an `event()` of Python's ends in a
        crash (PySide6 6.10).
        """
        if watched is self:
            # Accepted, the key is not taken for a shortcut but goes to the focused control.
            if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
                wanted = self._wanted_by_focus(event) or self._leaves_enlarged(event)
                event.setAccepted(wanted)
                return wanted
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _undoes(event) and not _has_own_undo(watched):
                event.ignore()  # the field would take the key, and do nothing
                return True
        elif isinstance(event, QDropEvent) and dropped_files(event.mimeData()):
            event.ignore()  # a text box would take the file for words: its path
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._leaves_enlarged(event):
            self.enlarger.restore()
        else:
            super().keyPressEvent(event)

    def _leaves_enlarged(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self.enlarger.panel is not None

    def _wanted_by_focus(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or event.key() not in PLAIN_KEYS:
            return False
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.group() is None:
            return event.key() == Qt.Key.Key_Space
        return isinstance(focused, _KEY_USERS)

    # ---- files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()
            self.drop_place.appear()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_place.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_place.hide()
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    # ---- place and end

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close():
            event.accept()
        else:
            event.ignore()

    def place(self) -> str:
        """Return the window's place and size as words for the preferences."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore_place(self, words: str) -> None:
        """Go to a place that `place` gave, if it can still be seen; else stay."""
        before = self.geometry()
        stored = QByteArray.fromBase64(QByteArray(words.encode("ascii", "ignore")))
        whole = stored.size() == self.saveGeometry().size()  # Qt reads half of one as zeros
        if whole and not (self.restoreGeometry(stored) and _visible(self.frameGeometry())):
            self.setGeometry(before)


class _DropPlace(QFrame):
    """Covers the pages while files are held over the window."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("role", "drop")
        words = label("Drop sentences (CSV, TSV, CoNLL, a folder) or a project here")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(words)
        self.hide()

    def appear(self) -> None:
        """Cover what it lies over."""
        self.setGeometry(self._over.rect().adjusted(14, 14, -14, -14))
        self.raise_()
        self.show()


def _undoes(event: QKeyEvent) -> bool:
    """Whether a key means undo or redo on any system."""
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    if event.key() == Qt.Key.Key_Z:
        return event.modifiers() in (control, control | shift)
    return event.key() == Qt.Key.Key_Y and event.modifiers() == control


def _has_own_undo(field: QObject) -> bool:
    """Whether something was typed into a field that its own undo can take back, or its redo."""
    if isinstance(field, QPlainTextEdit):
        document = field.document()
        return document.isUndoAvailable() or document.isRedoAvailable()
    line = field.lineEdit() if isinstance(field, QAbstractSpinBox | QComboBox) else field
    if not isinstance(line, QLineEdit) or line.isReadOnly():
        return False
    return line.isUndoAvailable() or line.isRedoAvailable()


def dropped_files(data: QMimeData) -> list[Path]:
    """Return the files and folders of this computer among what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _first_size() -> QSize:
    screen = QGuiApplication.primaryScreen().availableSize()
    return _FIRST_SIZE.boundedTo(screen * 0.94).expandedTo(MINIMUM_SIZE)


def _visible(frame: QRect) -> bool:
    """Whether enough of a window is on some screen to take hold of it."""
    handle = QRect(frame.left(), frame.top(), frame.width(), 80)
    shares = [handle.intersected(s.availableGeometry()) for s in QGuiApplication.screens()]
    return any(share.width() >= 200 and share.height() >= 20 for share in shares)
