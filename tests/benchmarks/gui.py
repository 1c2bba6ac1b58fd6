"""Prints how fast the Unroll page follows: typing, scrubbing, scrolling, long texts, training.

    python tests/benchmarks/gui.py [typing] [scrubbing] [scrolling] [opening] [following]
                                   [--cell CELL]

Each line is measured on the real window of 1600 × 1000 from what a person does to the picture that
is painted: the time in which the event loop has nothing left to do counts, the wait for the next
key does not. `following` counts the pictures that are painted while a network of 64 units trains,
and the tokens a second beside those with the page closed, interleaved. Run it under a screen, or
offscreen with QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RNNSTUDIO_HOME", tempfile.mkdtemp())

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Cell
from rnnstudio.gui.app import make_application
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.files import show_welcome
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import pause, reset, train
from rnnstudio.session.commands.view import (
    go_to_step,
    select_unit,
    set_sentence,
    set_step,
    show_page,
)

SIZE = (1600, 1000)
PAIRS = 11
TEXT = (
    "the film was not very good but its end made up for all of the slow and rather dull start "
    "which nobody would ever call a great one at all"
)
WORDS = TEXT.split()


class Painted(QObject):
    """Counts the pictures of the strip."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.pictures += event.type() == QEvent.Type.Paint
        return False


@contextmanager
def window(units: int, cell: Cell) -> Iterator[Wiring]:
    """The window on the built-in sentences with a fresh network of so many units."""
    session = make_session(Preferences(welcomed=True), keeps_scratch=False)
    show_welcome(session)
    reset(session)
    change_setting(session, "model.cell", cell)
    change_setting(session, "model.units", units)
    wiring = Wiring(session)
    wiring.window.resize(*SIZE)
    wiring.render()
    wiring.window.show()
    settle(wiring)
    yield wiring
    pause(session)
    wiring.take_down()
    session.shut_down()


def settle(wiring: Wiring) -> None:
    """Wait until nothing runs beside the window and everything is painted."""
    while wiring.session.background.busy:
        QApplication.processEvents()
    for _ in range(5):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents()


def timed(wiring: Wiring, act: Callable[[], object]) -> float:
    """Return the milliseconds from an act until the window has painted what follows from it."""
    begin = time.perf_counter()
    act()
    wiring.render()
    QApplication.processEvents()
    return (time.perf_counter() - begin) * 1e3


def show(name: str, milliseconds: list[float], wanted: str) -> None:
    """Print the median and the 95th percentile."""
    late = sorted(milliseconds)[int(0.95 * (len(milliseconds) - 1))]
    middle = statistics.median(milliseconds)
    print(
        f"{name:44} median {middle:7.1f} ms  p95 {late:7.1f} ms"
        f"  {1e3 / middle:6.0f} a second   (wanted: {wanted})",
        flush=True,
    )


def typing(cell: Cell) -> None:
    """Type a sentence of 30 words, key by key."""
    with window(64, cell) as wiring:
        edit = wiring.unroll.sentence_box.edit
        edit.setFocus()
        edit.clear()
        found = []
        for letter in TEXT:
            found.append(timed(wiring, partial(QTest.keyClicks, edit, letter)))
        assert wiring.session.state.selection.sentence == TEXT
        show(f"typing, 64 units, up to {len(WORDS)} words", found, "p95 under 50 ms")


def scrubbing(cell: Cell) -> None:
    """Move the play head to and fro over a sentence of 30 words, a unit selected."""
    with window(64, cell) as wiring:
        session = wiring.session
        set_sentence(session, TEXT)
        select_unit(session, 3)
        settle(wiring)
        steps = [*range(1, 33), *range(32, 0, -1)] * 3
        found = [timed(wiring, partial(set_step, session, step)) for step in steps]
        show("scrubbing, 64 units, 30 words", found, "50 a second")


def scrolling(cell: Cell) -> None:
    """Scroll strip and heat map over 2,000 words of 256 units."""
    with window(256, cell) as wiring:
        set_sentence(wiring.session, " ".join(np.resize(np.array(WORDS), 2_000)))
        go_to_step(wiring.session, 1)
        wiring.render()
        settle(wiring)
        bar = wiring.unroll.network.strip.horizontalScrollBar()
        places = [round(bar.maximum() * share) for share in np.linspace(0, 0.1, 120)]
        found = [timed(wiring, partial(bar.setValue, place)) for place in places]
        show("scrolling, 256 units, 2,000 words", found, "30 a second")


def opening(cell: Cell) -> None:
    """Put in a text of 5,000 words."""
    with window(64, cell) as wiring:
        rng = np.random.default_rng(0)
        found = []
        for _ in range(5):
            text = " ".join(rng.choice(WORDS, 5_000))
            found.append(timed(wiring, partial(set_sentence, wiring.session, text)))
            settle(wiring)
            set_sentence(wiring.session, "the film")
            settle(wiring)
        show("opening 5,000 words, 64 units", found, "under 1,000 ms")


def following(cell: Cell) -> None:
    """Train with the page open and with another page open, turn about."""
    with window(64, cell) as wiring:
        session = wiring.session
        painted = Painted()
        wiring.unroll.network.strip.viewport().installEventFilter(painted)
        change_setting(session, "training.epochs", 100_000)
        train(session)
        _wait(2.0)
        speeds: dict[str, list[float]] = {"unroll": [], "data": []}
        pictures = []
        for turn in range(PAIRS):
            # The one that was second begins the next pair.
            for page in ("unroll", "data")[:: 1 if turn % 2 else -1]:
                show_page(session, page)
                _wait(0.5)
                before, began = painted.pictures, time.perf_counter()
                at = _tokens(wiring)
                _wait(2.0)
                taken = time.perf_counter() - began
                speeds[page].append((_tokens(wiring) - at) / taken)
                if page == "unroll":
                    pictures.append((painted.pictures - before) / taken)
        pairs = zip(speeds["unroll"], speeds["data"], strict=True)
        lost = statistics.median(1 - opened / closed for opened, closed in pairs) * 100
        print(
            f"{'following training, 64 units':44} "
            f"{statistics.median(pictures):.1f} pictures a second (wanted: 10); "
            f"{lost:.1f} % of the tokens a second lost, median of {PAIRS} pairs"
            f" (wanted: under 10 %)",
            flush=True,
        )


def _wait(seconds: float) -> None:
    """Let the event loop run, as it does under a person."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _tokens(wiring: Wiring) -> float:
    """Return how many tokens were trained so far, from the batches that are done."""
    run, dataset = wiring.session.state.run, wiring.session.state.dataset
    assert dataset is not None
    epochs = max(run.epoch - 1, 0) + run.batch / max(run.batches, 1)
    return epochs * sum(len(dataset.sequences[row]) for row in dataset.rows_of(Split.TRAIN))


PARTS = {part.__name__: part for part in (typing, scrubbing, scrolling, opening, following)}


def main() -> None:
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART")
    parser.add_argument("--cell", type=Cell, default=Cell.LSTM)
    arguments = parser.parse_args()
    make_application()
    for part in arguments.parts:
        PARTS[part](arguments.cell)


if __name__ == "__main__":
    main()
