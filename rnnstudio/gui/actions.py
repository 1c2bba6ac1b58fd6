"""One table of what the window can be told to do; menus, shortcuts and buttons derive from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.chrome import ActionsState

MENUS = ("&File", "&Edit", "&View", "&Train", "&Help")


@dataclass(frozen=True)
class Action:
    """One line of the table.

    `words` stand in the menu, with & before the letter of the keyboard; `menu` is one of `MENUS`;
    `rule` is a field of `EnabledActions`, "" for always; `page` is the only page on which it acts,
    "" for all; `line_above` draws a line over it in the menu.
    """

    key: str
    words: str
    menu: str
    shortcuts: tuple[str, ...] = ()
    tooltip: str = ""
    icon: str = ""
    rule: str = ""
    page: str = ""
    checkable: bool = False
    line_above: bool = False

    @property
    def plain_words(self) -> str:
        """The words without the mark of the keyboard letter and without dots."""
        return self.words.replace("&", "").removesuffix("…")


FILE, EDIT, VIEW, TRAIN, HELP = MENUS

ACTIONS: tuple[Action, ...] = (
    Action("new", "&New project", FILE, ("Ctrl+N",), "Start again with a fresh network", "new"),
    Action(
        "open",
        "&Open…",
        FILE,
        ("Ctrl+O",),
        "Open a project, or sentences in a CSV, TSV or CoNLL file",
        "open",
    ),
    Action("save", "&Save", FILE, ("Ctrl+S",), "Save the project", "save", line_above=True),
    Action("save_as", "Save &as…", FILE, ("Ctrl+Shift+S",), "Save the project under another name"),
    Action(
        "save_picture",
        "Save &picture of the page…",
        FILE,
        ("Ctrl+Shift+E",),
        "Save this page as a picture",
        "picture",
        line_above=True,
    ),
    Action("quit", "&Quit", FILE, ("Ctrl+Q",), "Leave RNN Studio", line_above=True),
    Action("undo", "&Undo", EDIT, ("Ctrl+Z",), "Take back the last change", "undo", rule="undo"),
    Action(
        "redo",
        "&Redo",
        EDIT,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "Make the change again that was taken back",
        "redo",
        rule="redo",
    ),
    Action(
        "sentence",
        "&Sentence box",
        EDIT,
        ("Ctrl+L",),
        "Type a sentence for the network to read",
        line_above=True,
    ),
    Action(
        "restore",
        "Restore the &network",
        EDIT,
        ("Ctrl+Shift+R",),
        "Take back everything that was set by hand: the network reads as it was trained to",
        rule="changed",
        page="unroll",
    ),
    Action("page_data", "&Data", VIEW, ("Ctrl+1",), "The sentences and their words", "data"),
    Action(
        "page_train", "&Train", VIEW, ("Ctrl+2",), "Settings and curves of the training", "train"
    ),
    Action("page_unroll", "&Unroll", VIEW, ("Ctrl+3",), "The network reads a sentence", "unroll"),
    Action(
        "page_evaluate", "&Evaluate", VIEW, ("Ctrl+4",), "Where the network is right", "evaluate"
    ),
    Action(
        "play",
        "&Play or pause the reading",
        VIEW,
        ("Space",),
        "Let the network read the sentence word by word",
        rule="readable",
        page="unroll",
        line_above=True,
    ),
    Action(
        "step_back", "Step &back", VIEW, ("Left",), "One word back", rule="readable", page="unroll"
    ),
    Action(
        "step_on", "Step &on", VIEW, ("Right",), "One word further", rule="readable", page="unroll"
    ),
    Action(
        "first_step",
        "&First step",
        VIEW,
        ("Home",),
        "Back to <sos>",
        rule="readable",
        page="unroll",
    ),
    Action(
        "last_step", "&Last step", VIEW, ("End",), "On to <eos>", rule="readable", page="unroll"
    ),
    Action(
        "dark",
        "Dar&k theme",
        VIEW,
        ("Ctrl+T",),
        "Change between the light and the dark theme",
        checkable=True,
        line_above=True,
    ),
    Action(
        "reduce_motion",
        "Reduce &motion",
        VIEW,
        (),
        "Show pictures without pulses and zooms",
        checkable=True,
    ),
    Action("full_screen", "Full s&creen", VIEW, ("F11",), "Fill the screen", checkable=True),
    Action(
        "train",
        "&Train or pause",
        TRAIN,
        ("F5",),
        "Train the network, or pause",
        "play",
        rule="trainable",
    ),
    Action(
        "one_batch",
        "One &batch",
        TRAIN,
        ("F6",),
        "Train on one batch: one update of the weights",
        "step",
        rule="steppable",
    ),
    Action(
        "one_epoch",
        "One &epoch",
        TRAIN,
        ("Shift+F6",),
        "Train until all training sentences were read once",
        rule="steppable",
    ),
    Action("cancel", "&Cancel", TRAIN, ("Esc",), "Stop what is running", rule="cancellable"),
    Action(
        "reset",
        "&Reset",
        TRAIN,
        (),
        "Start again with fresh weights; the run so far is kept",
        "reset",
        rule="resettable",
        line_above=True,
    ),
    Action("shortcuts", "&Shortcuts", HELP, ("Ctrl+/",), "List all shortcuts", "keyboard"),
    Action("about", "&About RNN Studio", HELP, (), "Version and licence", "info"),
)

# Keys that also edit text, move a slider or press a button: a control that has the keyboard
# keeps them.
PLAIN_KEYS = frozenset(
    QKeySequence.fromString(shortcut)[0].key()  # type: ignore[index]  # missing in the stubs
    for action in ACTIONS
    for shortcut in action.shortcuts
    if action.page
)


def shown(shortcut: str) -> str:
    """Return a shortcut as this system writes it, e.g. "Ctrl+Shift+Z" or "⇧⌘Z"."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


class ActionSet(QObject):
    """The table as Qt's actions, which keep menus, buttons and shortcuts in step."""

    triggered = Signal(str)  # the action's key
    recent_requested = Signal(str)  # the path of a recent file

    def __init__(self, window: QWidget) -> None:
        """Make the actions; their shortcuts work wherever `window` is active."""
        super().__init__(window)
        self._theme = LIGHT
        self._state: ActionsState | None = None
        self._actions: dict[str, QAction] = {}
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        group.triggered.connect(self._on_triggered)
        for row in ACTIONS:
            action = QAction(row.words, self)
            action.setObjectName(row.key)
            action.setShortcuts([QKeySequence(shortcut) for shortcut in row.shortcuts])
            action.setCheckable(row.checkable)
            action.setMenuRole(_MENU_ROLES.get(row.key, QAction.MenuRole.NoRole))
            action.setToolTip(_tooltip(row))
            action.setEnabled(not row.rule)
            group.addAction(action)
            window.addAction(action)
            self._actions[row.key] = action
        self._recent = QMenu("Open &recent", window)
        self._recent.menuAction().setEnabled(False)
        self._recent.triggered.connect(self._on_recent)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def menus(self, parent: QWidget) -> list[QMenu]:
        """Return the menus of the table, in its order."""
        result = []
        for title in MENUS:
            menu = QMenu(title, parent)
            for row in ACTIONS:
                if row.menu != title:
                    continue
                if row.line_above:
                    menu.addSeparator()
                menu.addAction(self._actions[row.key])
                if row.key == "open":
                    menu.addMenu(self._recent)
            result.append(menu)
        return result

    def render(self, state: ActionsState) -> None:
        """Show which actions can run and the words that change."""
        if state == self._state:
            return
        self._state = state
        for row in ACTIONS:
            allowed = not row.rule or getattr(state.enabled, row.rule)
            self._actions[row.key].setEnabled(allowed and row.page in ("", state.page))
        self._actions["undo"].setText(f"&Undo {state.undo}".strip())
        self._actions["redo"].setText(f"&Redo {state.redo}".strip())
        self._actions["train"].setText("&Pause" if state.running else "&Train")
        self._actions["play"].setText(
            "&Pause the reading" if state.playing else "&Play the reading"
        )
        self._actions["dark"].setChecked(state.dark)
        self._actions["reduce_motion"].setChecked(state.still)
        self._render_icons()
        self._render_recent(state.recent)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._render_icons()

    def _render_icons(self) -> None:
        for row in ACTIONS:
            if row.icon:
                self._actions[row.key].setIcon(icon(row.icon, self._theme))
        if self._state is not None and self._state.running:
            self._actions["train"].setIcon(icon("pause", self._theme))

    def _render_recent(self, paths: tuple[str, ...]) -> None:
        if [action.data() for action in self._recent.actions()] == list(paths):
            return
        self._recent.clear()
        for path in paths:
            name = Path(path).name.replace("&", "&&")
            folder = str(Path(path).parent).replace("&", "&&")
            self._recent.addAction(f"{name}  ({folder})").setData(path)
        self._recent.menuAction().setEnabled(bool(paths))

    def _on_triggered(self, action: QAction) -> None:
        self.triggered.emit(action.objectName())

    def _on_recent(self, action: QAction) -> None:
        self.recent_requested.emit(action.data())


# macOS moves these into the program's own menu.
_MENU_ROLES = {"quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole}


def _tooltip(row: Action) -> str:
    keys = f" ({shown(row.shortcuts[0])})" if row.shortcuts else ""
    return f"{row.tooltip}{keys}"
