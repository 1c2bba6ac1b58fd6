"""Prints how late the window's heartbeat is while it trains, and how long a start takes.

    python tests/benchmarks/window.py [heartbeat] [pause] [start]

The heartbeat is a 60 Hz timer in the window's thread, beside the same window at rest; `start` is
from the shell to a painted window, median of five, beside the time that Python with PySide6 needs
for an empty window. Run it under a screen, or offscreen with QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RNNSTUDIO_HOME", tempfile.mkdtemp())

PERIOD = 1 / 60
_EMPTY_WINDOW = """
import time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(time.time())
            QTimer.singleShot(0, application.quit)
        return False

watch = Watch()
window.installEventFilter(watch)
window.show()
application.exec()
"""
_WINDOW = """
import sys, time
from PySide6.QtCore import QCoreApplication, QObject, QEvent, QTimer
import rnnstudio.gui.window as window_module

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(time.time())
            QTimer.singleShot(0, QCoreApplication.quit)
        return False

watch = Watch()
original = window_module.MainWindow.show
def show(self):
    self.pages["unroll"].network.strip.viewport().installEventFilter(watch)
    original(self)
window_module.MainWindow.show = show
from rnnstudio.cli.main import main
sys.exit(main([]))
"""


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def lateness(seconds: float) -> list[float]:
    """Run the event loop and return by how many milliseconds each beat came late."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    late: list[float] = []
    loop = QEventLoop()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    last = time.perf_counter()

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, now - last - PERIOD) * 1000)
        last = now

    timer.timeout.connect(beat)
    timer.start(round(PERIOD * 1000))
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    timer.stop()
    return late


def heartbeat() -> None:
    """Print the lateness at rest and while a 64-unit network trains, page by page."""
    from rnnstudio.gui.app import make_application
    from rnnstudio.gui.wiring import Wiring
    from rnnstudio.project.preferences import Preferences
    from rnnstudio.session.commands.files import show_welcome
    from rnnstudio.session.commands.settings import change_setting
    from rnnstudio.session.commands.start import make_session
    from rnnstudio.session.commands.training import pause, reset, train
    from rnnstudio.session.commands.view import show_page

    make_application()
    session = make_session(Preferences())
    show_welcome(session)
    wiring = Wiring(session)
    wiring.window.resize(1600, 1000)
    wiring.render()
    wiring.window.show()
    lateness(1.0)
    rest = lateness(3.0)
    middle = statistics.median(rest)
    print(f"{'at rest':24} median {middle:5.1f} ms  p95 {percentile(rest, 0.95):5.1f} ms")
    reset(session)
    change_setting(session, "model.units", 64)
    change_setting(session, "training.epochs", 100_000)
    train(session)
    for page in ("unroll", "train", "evaluate", "data"):
        show_page(session, page)
        lateness(1.0)
        late = lateness(5.0)
        ratio = percentile(late, 0.95) / max(percentile(rest, 0.95), 0.1)
        print(
            f"training 64, {page:10} median {statistics.median(late):5.1f} ms"
            f"  p95 {percentile(late, 0.95):5.1f} ms  max {max(late):5.1f} ms  {ratio:4.1f} × rest"
            f"  {session.state.run.tokens_per_second:,.0f} tokens/s"
        )
    pause(session)
    lateness(0.3)
    session.shut_down()


def pause_time() -> None:
    """Print how long after a request to pause the last batch ends, in batches and milliseconds."""
    from rnnstudio.gui.app import make_application
    from rnnstudio.project.preferences import Preferences
    from rnnstudio.session.commands.files import new_project
    from rnnstudio.session.commands.settings import change_setting
    from rnnstudio.session.commands.start import make_session
    from rnnstudio.session.commands.training import train

    make_application()
    session = make_session(Preferences())
    new_project(session)
    change_setting(session, "model.units", 64)
    change_setting(session, "training.epochs", 100_000)
    times = []
    for _ in range(20):
        train(session)
        lateness(0.1)
        assert session.training is not None
        begin = time.perf_counter()
        session.training.finish()
        times.append((time.perf_counter() - begin) * 1000)
    print(f"pause: median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms")
    session.shut_down()


def start() -> None:
    """Print the time from the shell to the first painted window."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    figures = {}
    for name, script in (("empty Qt window", _EMPTY_WINDOW), ("RNN Studio", _WINDOW)):
        times = []
        for _ in range(6):
            begin = time.time()
            shown = subprocess.run(
                [sys.executable, "-c", script],
                check=True,
                env=environment,
                capture_output=True,
                text=True,
            )
            times.append(float(shown.stdout.split()[0]) - begin)
        figures[name] = statistics.median(times[1:])  # the first warms the disk
    ratio = figures["RNN Studio"] / figures["empty Qt window"]
    for name, seconds in figures.items():
        print(f"start: {name:16} {seconds:.2f} s")
    print(f"start: {ratio:.1f} × an empty window")


if __name__ == "__main__":
    jobs = {"heartbeat": heartbeat, "pause": pause_time, "start": start}
    for job in sys.argv[1:] or list(jobs):
        jobs[job]()
