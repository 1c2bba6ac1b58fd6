"""New, open, save and close with their questions and file dialogues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnstudio.gui.notify import Answer, Recovery, ask, ask_discard, ask_recovery
from rnnstudio.project.schema import SUFFIX, looks_like_project
from rnnstudio.project.scratch import discard_scratch, unfinished_scratches
from rnnstudio.session.commands.data import open_data
from rnnstudio.session.commands.files import (
    changed_outside,
    new_project,
    open_project,
    recover,
    save,
)
from rnnstudio.session.commands.reporting import save_report
from rnnstudio.session.commands.rivals import compare_with_file
from rnnstudio.session.resolve.chrome import project_name
from rnnstudio.session.session import Session, Tone

_SENTENCES = "*.csv *.tsv *.txt"
_TAGGED = "*.conllu *.conll *.bio *.iob"
_OPEN_FILTER = (
    f"Projects and sentences (*{SUFFIX} {_SENTENCES} {_TAGGED});;Projects (*{SUFFIX});;"
    f"Sentences with a label ({_SENTENCES});;Words with tags ({_TAGGED});;All files (*)"
)


class FileActions(QObject):
    """What the File menu, a drop and the window's close button do."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def new(self) -> None:
        """Begin anew, after the question about what is not saved."""
        self._when_settled(self._new)

    def open(self) -> None:
        """Choose a project or a file of sentences and open it."""
        folder = str(self._folder())
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", folder, _OPEN_FILTER)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a project in place of this one, or sentences in place of the present data."""
        if looks_like_project(path):
            self._when_settled(lambda: open_project(self._session, path))
        else:
            open_data(self._session, path)

    def open_recent(self, name: str) -> None:
        """Open one of the recent files."""
        self.open_path(Path(name))

    def open_dropped(self, paths: list[Path]) -> None:
        """Open what was dropped on the window; it can be one file or one folder."""
        if len(paths) > 1:
            self._session.tell(
                Tone.WARNING,
                f"{len(paths)} things were dropped at once.",
                "Drop one file, or a folder with all of them.",
            )
        elif paths:
            self.open_path(paths[0])

    def save(self) -> None:
        """Save under the project's name; ask for one where it has none."""
        self._save()

    def save_as(self) -> None:
        """Ask for a name and save under it."""
        self._save_as()

    def compare_with_file(self) -> None:
        """Choose a project whose network is compared with the present one."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Compare with", str(self._folder()), f"Projects (*{SUFFIX})"
        )
        if name:
            compare_with_file(self._session, Path(name))

    def save_report(self) -> None:
        """Save what the Evaluate page shows as one page for a browser."""
        suggested = self._folder() / f"{project_name(self._session.state)}.html"
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the report", str(suggested), "Pages for a browser (*.html)"
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".html")
        save_report(self._session, path)

    def may_close(self) -> bool:
        """Return whether the window may close now; saving closes it later."""
        if not self._session.state.unsaved:
            return True
        answer = ask_discard(self._window, project_name(self._session.state))
        if answer is Answer.SAVE:
            self._save(self._window.close)
        if answer is Answer.DISCARD:
            self._session.apply(unsaved=False)
        return answer is Answer.DISCARD

    def offer_recovery(self) -> None:
        """After a crash, ask once what is to become of what was open; it stays until told."""
        for lost in unfinished_scratches()[:1]:
            when = f"{lost.modified:%d %B, %H:%M}"
            answer = ask_recovery(
                self._window,
                f"Go on with “{lost.name}”?",
                f"RNN Studio ended without saving it. It was last changed on {when}.",
            )
            if answer is Recovery.GO_ON:
                recover(self._session, lost.path, lost.saved_as)
            elif answer is Recovery.THROW_AWAY:
                discard_scratch(lost.path)

    def _new(self) -> None:
        new_project(self._session)

    def _when_settled(self, then: Callable[[], None]) -> None:
        if not self._session.state.unsaved:
            then()
            return
        answer = ask_discard(self._window, project_name(self._session.state))
        if answer is Answer.SAVE:
            self._save(then)
        elif answer is Answer.DISCARD:
            then()

    def _save(self, then: Callable[[], object] | None = None) -> None:
        path = self._session.state.path
        if path is None:
            self._save_as(then)
        elif not changed_outside(self._session) or ask(
            self._window,
            f"{path.name} has changed since it was opened.",
            "Another program or window has written it. Saving replaces what is there.",
            "&Replace it",
            "&Cancel",
        ):
            save(self._session, path, then)

    def _save_as(self, then: Callable[[], object] | None = None) -> None:
        suggested = self._folder() / f"{project_name(self._session.state)}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save as", str(suggested), f"Projects (*{SUFFIX})"
        )
        if not name:
            return
        path = Path(name)
        if not path.name.lower().endswith(SUFFIX):
            path = path.with_name(path.name + SUFFIX)
            # The dialogue has asked about the name as it was typed.
            if path.exists() and not ask(
                self._window,
                f"{path.name} exists already.",
                "Saving replaces what is there.",
                "&Replace it",
                "&Cancel",
            ):
                return
        save(self._session, path, then)

    def _folder(self) -> Path:
        path = self._session.state.path
        if path is not None:
            return path.parent
        recent = self._session.state.preferences.recent_files
        return Path(recent[0]).parent if recent else Path.home()
