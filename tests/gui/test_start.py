"""Starting and ending: with and without a screen, for a picture, in the middle of training."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnstudio.cli.main import main
from rnnstudio.gui import file_actions, start
from rnnstudio.gui.notify import Answer
from rnnstudio.gui.window import MainWindow
from rnnstudio.project.preferences import load_preferences
from rnnstudio.project.scratch import scratch_folder
from rnnstudio.session.state import PAGES

ENTRY = [sys.executable, "-m", "rnnstudio.cli.main"]
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
SIZES = {"data": (1600, 1000), "train": (1280, 720), "unroll": (1001, 777), "evaluate": (900, 600)}


@pytest.fixture(autouse=True)
def offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    """`take_shot` sets the variable itself; here it is put back."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def run(*words: str, cwd: Path, screen: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    environment = {
        name: value for name, value in os.environ.items() if screen or name not in SCREEN
    }
    path = str(Path(start.__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH")]))
    environment["PYTHONWARNINGS"] = "error,ignore:path is deprecated:DeprecationWarning"
    return subprocess.run(
        [*ENTRY, *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def pixels(path: Path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)
    assert not image.isNull()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width()].copy()  # the image and its memory end here


# ---- pictures


def test_every_page_in_both_themes_has_the_size_that_was_asked_for(
    qapp: QApplication, tmp_path: Path
) -> None:
    pictures = {}
    for page, size in SIZES.items():
        for theme in ("light", "dark"):
            path = tmp_path / f"{page}-{theme}.png"
            start.take_shot(None, page, path, size, theme, None)
            pictures[page, theme] = pixels(path)
            assert pictures[page, theme].shape == size[::-1]
    for page in PAGES:
        light, dark = pictures[page, "light"], pictures[page, "dark"]
        assert light.mean() > 200
        assert dark.mean() < 80
        assert len(np.unique(light)) > 50
        assert len(np.unique(dark)) > 50
    assert load_preferences().theme == "light", "a picture changes no preference"
    assert not list(scratch_folder().glob("*")), "a picture leaves no scratch behind"


def test_a_picture_shows_the_sentence_it_is_given(qapp: QApplication, tmp_path: Path) -> None:
    one, other, again = (tmp_path / f"{name}.png" for name in ("one", "other", "again"))
    for path, sentence in ((one, "not good"), (other, "not bad at all"), (again, "not good")):
        start.take_shot(None, "unroll", path, (1280, 720), "light", sentence)
    assert np.array_equal(pixels(one), pixels(again)), "the same every time"
    assert not np.array_equal(pixels(one), pixels(other))


def test_the_command_takes_a_picture_without_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    words = ("shot", "--page", "evaluate", "-o", str(path), "--size", "1280x720")
    done = run(*words, "--theme", "dark", cwd=tmp_path, screen=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert pixels(path).shape == (720, 1280)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "does not exist"), (b"", "empty"), (b"words " * 200, "is no RNN Studio project")],
)
def test_no_picture_of_a_bad_file(
    qapp: QApplication,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    words: str,
) -> None:
    bad, out = tmp_path / "bad.rnnstudio", tmp_path / "page.png"
    if content is not None:
        bad.write_bytes(content)
    assert main(["shot", str(bad), "--page", "data", "-o", str(out)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert words in captured.err
    assert not out.exists()
    assert threads() == []


# ---- no screen


def test_the_window_without_a_screen_is_one_line(tmp_path: Path) -> None:
    done = run(cwd=tmp_path, screen=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "no screen" in done.stderr
    assert "rnnstudio demo" in done.stderr
    assert "rnnstudio train" in done.stderr


def test_the_demo_without_a_screen_leaves_pictures(tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path, screen=False)
    assert done.returncode == 0
    assert "accuracy" in done.stdout
    folder = tmp_path / "rnnstudio-demo"
    assert str(folder) in done.stdout
    names = {f"{page}{dark}.png" for page in PAGES for dark in ("", "-dark")}
    assert {path.name for path in folder.iterdir()} == names
    for name in names:
        assert pixels(folder / name).shape == start.PICTURE_SIZE[::-1]


def test_a_screen_that_does_not_answer_is_no_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems always have one")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":4711")
    done = run(cwd=tmp_path)
    assert done.returncode == 2
    assert "no screen" in done.stderr


# ---- the window's life


def threads() -> list[str]:
    """The program's threads that still run, beside this one."""
    return [
        thread.name
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]


def window() -> MainWindow:
    (found,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    return found


def test_closing_the_window_while_training_ends_everything(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    asked: list[str] = []

    def discard(parent: object, name: str) -> Answer:
        asked.append(name)
        return Answer.DISCARD

    def train() -> None:
        window().actions_table["train"].trigger()
        QTimer.singleShot(300, close)

    def close() -> None:
        seen.append(window().top_bar.train.text())
        seen.extend(threads())
        window().close()

    monkeypatch.setattr(file_actions, "ask_discard", discard)
    QTimer.singleShot(0, train)
    assert start.open_window(None) == 0
    assert seen[0] == "Pause"
    assert "project-writer" in seen
    assert len(asked) == 1
    assert threads() == []
    assert not list(scratch_folder().glob("*"))
    assert load_preferences().geometry


def test_a_process_that_is_closed_while_training_ends(tmp_path: Path) -> None:
    script = tmp_path / "close.py"
    script.write_text(_CLOSE_WHILE_TRAINING, encoding="utf-8")
    environment = dict(os.environ, PYTHONPATH=str(Path(start.__file__).resolve().parents[2]))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    complaints = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert complaints == []
    assert done.returncode == 0
    assert done.stdout == "Pause\n"


_CLOSE_WHILE_TRAINING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from rnnstudio.cli.main import main
from rnnstudio.gui import file_actions
from rnnstudio.gui.notify import Answer
from rnnstudio.gui.window import MainWindow

file_actions.ask_discard = lambda parent, name: Answer.DISCARD

def begin():
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    if not windows or not windows[0].isVisible():
        return
    timer.stop()
    windows[0].actions_table["train"].trigger()
    QTimer.singleShot(500, lambda: end(windows[0]))

def end(window):
    print(window.top_bar.train.text())
    window.close()

from rnnstudio.gui.app import make_application
application = make_application()
timer = QTimer()
timer.timeout.connect(begin)
timer.start(20)
sys.exit(main([]))
"""
