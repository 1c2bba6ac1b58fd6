"""Prints how fast the Evaluate page follows with 200,000 answers, and what it costs in training.

    python tests/benchmarks/evaluate.py [two] [names] [hundred] [words] [entities] [following]
                                        [--answers N] [--data PATH]

`two`, `names` and `hundred` have 2, 18 and 100 classes, a sentence an answer; `words` and
`entities` have 17 tags, a word an answer. The answers are made up, the window of 1600 × 1000 is
the real one: each line is measured from what a person does to the painted picture. Answers of
other epochs are at hand, so that the page alone is measured.

`following` trains 64 units with the page open and with the Data page open, turn about, on the
built-in sentences or on the data at PATH: the tokens a second that are lost, and the milliseconds
of the window's thread for each picture. Run it under a screen, or offscreen with
QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RNNSTUDIO_HOME", tempfile.mkdtemp())

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnstudio.data.dataset import AS_GIVEN, build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine import metrics
from rnnstudio.engine.network import Task
from rnnstudio.gui.app import make_application
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.moment import Moment
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.answers.judgement import Cells
from rnnstudio.session.answers.judging import ExampleOrder, Judging, Panels
from rnnstudio.session.answers.reviews import Answered, Asked, Reviews
from rnnstudio.session.commands.data import open_data
from rnnstudio.session.commands.evaluation import select_cells
from rnnstudio.session.commands.files import show_welcome
from rnnstudio.session.commands.judging import judge
from rnnstudio.session.commands.network import fresh_model
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import pause, reset, train
from rnnstudio.session.commands.view import show_page
from rnnstudio.session.session import Session
from rnnstudio.session.state import RunStatus

SIZE = (1600, 1000)
REPEATS = 24
PAIRS = 11
EPOCHS = 12  # more than the page remembers
LENGTH = 10  # words of a sentence
WORDS = [f"word{number}" for number in range(2_000)]
TYPES = ("PER", "LOC", "ORG", "MISC", "DATE", "TIME", "MONEY", "WORK")
TAGS = ("O", *(f"{part}-{name}" for name in TYPES for part in "BI"))


def sentences(labels: tuple[str, ...], count: int) -> tuple[Table, NDArray[np.int64]]:
    """So many sentences of random words, each with a label, and the numbers of the labels."""
    rng = np.random.default_rng(0)
    words = rng.choice(WORDS, (count, LENGTH))
    truth = rng.integers(0, len(labels), count)
    rows = [
        Row(" ".join(some), labels[place], Split.TEST, "made up", None)
        for some, place in zip(words.tolist(), truth.tolist(), strict=True)
    ]
    # Some to learn from: the vocabulary is theirs.
    some = [Row(" ".join(WORDS), label, Split.TRAIN, "made up", None) for label in labels]
    return Table("made up", (*rows, *some), (), ""), truth


def tagged_sentences(count: int) -> tuple[Table, NDArray[np.int64]]:
    """Sentences of so many random words in all, each with a tag, and the numbers of the tags."""
    rng = np.random.default_rng(0)
    words = rng.choice(WORDS, (count // LENGTH, LENGTH)).tolist()
    truth = np.where(rng.random(count) < 0.4, 0, rng.integers(1, len(TAGS), count))
    tags = np.array(TAGS)[truth].reshape(-1, LENGTH).tolist()
    rows = [
        Row(" ".join(some), "", Split.TEST, "made up", None, tuple(some), tuple(marks))
        for some, marks in zip(words, tags, strict=True)
    ]
    for start in range(0, len(WORDS), len(TAGS)):
        some = (WORDS[start : start + len(TAGS)] + WORDS)[: len(TAGS)]
        rows.append(Row(" ".join(some), "", Split.TRAIN, "made up", None, tuple(some), TAGS))
    return Table("made up", tuple(rows), (), "", Task.LABEL), truth


def answers(labels: tuple[str, ...], truth: NDArray[np.int64], seed: int, task: Task) -> Evaluation:
    """Random answers, more often right than not."""
    rng = np.random.default_rng(seed)
    count, size = len(truth), len(labels)
    numbers = rng.random((count, size), np.float32) ** 3
    numbers[np.arange(count), truth] += rng.random(count, np.float32)
    numbers /= numbers.sum(axis=1, keepdims=True)
    said = numbers.argmax(axis=1).astype(np.int64)
    counts = metrics.confusion(truth, said, size)
    rows, steps = np.arange(count), np.full(count, LENGTH + 2)
    if task is Task.LABEL:
        rows, steps = rows // LENGTH, rows % LENGTH + 2
    for array in (numbers, said, counts, rows, steps, truth):
        array.setflags(write=False)
    return Evaluation(
        split=Split.TEST,
        labels=labels,
        rows=rows,
        truth=truth,
        predicted=said,
        probabilities=numbers,
        loss=metrics.cross_entropy(numbers, truth),
        accuracy=metrics.accuracy(truth, said),
        confusion=counts,
        per_class=metrics.per_class(counts),
        macro_f1=metrics.macro_f1(counts),
        steps=steps,
        task=task,
    )


@contextmanager
def window(labels: tuple[str, ...], count: int, task: Task) -> Iterator[Wiring]:
    """The window on made up answers of some epochs, which are at hand."""
    session = make_session(Preferences(welcomed=True), keeps_scratch=False)
    show_welcome(session)
    table, truth = sentences(labels, count) if task is Task.CLASSIFY else tagged_sentences(count)
    dataset = build_dataset(table, split_spec=AS_GIVEN)
    model = fresh_model(session.state.spec, dataset)
    assert model is not None
    numbers = _numbers(truth, labels, dataset.labels)
    some = [answers(dataset.labels, numbers, seed, task) for seed in range(2)]
    kept = [dataclasses.replace(some[epoch % 2]) for epoch in range(EPOCHS)]
    moments = tuple(Moment(epoch, epoch, copy.copy(model.parameters)) for epoch in range(EPOCHS))
    _settle(session)  # else the welcome's own answers come after these
    session.reviews = Reviews(most_bytes=10**12)
    state = session.state
    session.evaluated = (model, dataset, Split.TEST)
    session.apply(
        table=table,
        dataset=dataset,
        model=model,
        moments=moments,
        run=dataclasses.replace(state.run, status=RunStatus.PAUSED, epoch=EPOCHS, spec=state.spec),
        selection=dataclasses.replace(state.selection, split=Split.TEST),
        evaluation=kept[-1],
        evaluation_epoch=EPOCHS,
        page="unroll",
    )
    for epoch, evaluation in enumerate(kept):
        asked = Asked(moments[epoch].parameters, dataset, Split.TEST, None)
        session.reviews.keep(asked, Answered(evaluation))
    wiring = Wiring(session)
    wiring.window.resize(*SIZE)
    wiring.render()
    wiring.window.show()
    _wait(0.3)
    assert session.state.evaluation is kept[-1]
    try:
        yield wiring
    finally:
        wiring.take_down()
        session.shut_down()


def _numbers(
    truth: NDArray[np.int64], labels: tuple[str, ...], sorted_labels: tuple[str, ...]
) -> NDArray[np.int64]:
    """Number the labels as the data do."""
    place = {label: number for number, label in enumerate(sorted_labels)}
    return np.array([place[label] for label in labels], np.int64)[truth]


def timed(wiring: Wiring, act: Callable[[], object]) -> float:
    """Return the milliseconds from an act until the window has painted what follows from it."""
    _wait(0.12)  # what was seen before is explained
    _settle(wiring.session)
    begin = time.perf_counter()
    act()
    wiring.render()
    QApplication.processEvents()
    return (time.perf_counter() - begin) * 1e3


def show(name: str, milliseconds: list[float]) -> None:
    """Print the median and the 95th percentile."""
    late = sorted(milliseconds)[int(0.95 * (len(milliseconds) - 1))]
    middle = statistics.median(milliseconds)
    print(f"{name:54} median {middle:7.1f} ms  p95 {late:7.1f} ms", flush=True)


def measure(name: str, labels: tuple[str, ...], task: Task, count: int, **judging: object) -> None:
    """Do what a person does on the page, again and again."""
    with window(labels, count, task) as wiring:
        session = wiring.session
        judge(session, **judging)
        first = session.state.evaluation
        assert first is not None

        def opened() -> None:
            show_page(session, "evaluate")

        found = []
        for turn in range(6):
            show_page(session, "unroll")
            # Other answers: nothing is known about them yet.
            session.apply(evaluation=dataclasses.replace(first))
            wiring.render()
            taken = timed(wiring, opened)
            if turn:  # the first makes the page
                found.append(taken)
        show(f"{name}: opening the page, new answers", found)
        found = []
        for _ in range(6):
            show_page(session, "unroll")
            wiring.render()
            found.append(timed(wiring, opened))
        show(f"{name}: opening the page again", found)
        found = [timed(wiring, act) for act in _selections(wiring)]
        show(f"{name}: selecting a cell, its answers listed", found)
        matrix = wiring.evaluate.confusion.matrix
        everything = matrix.table
        assert everything is not None
        found = []
        for turn in range(6):
            cells: Cells = frozenset() if turn % 2 else everything.cells_of((-1, -1))
            found.append(timed(wiring, partial(select_cells, session, cells)))
        show(f"{name}: selecting everything, or clearing", found)
        select_cells(session, everything.cells_of((-1, -1)))
        wiring.render()
        orders = [*ExampleOrder] * 3
        order = [timed(wiring, partial(judge, session, example_order=one)) for one in orders]
        show(f"{name}: another order of all answers", order)
        searched = ("word1", "word12", "word12 ", "word7", "word77", "word99 word", "") * 2
        found = [timed(wiring, partial(judge, session, search=words)) for words in searched]
        show(f"{name}: searching all answers", found)
        select_cells(session, frozenset())
        judge(session, search="", example_order=ExampleOrder.MOST_SURE)
        found = [
            timed(wiring, partial(judge, session, epoch=turn % EPOCHS)) for turn in range(REPEATS)
        ]
        show(f"{name}: a step of the slider over epochs", found)
        judge(session, epoch=None, panel=Panels.THRESHOLD)
        wiring.render()
        setting = "threshold" if len(labels) == 2 else "abstain"
        values = np.linspace(0.3, 0.6, REPEATS).tolist()
        found = [timed(wiring, partial(judge, session, **{setting: value})) for value in values]
        show(f"{name}: a step of the slider of the threshold", found)
        plain = Judging()
        judge(session, threshold=plain.threshold, abstain=plain.abstain)
        for panel in Panels:
            found = []
            for _ in range(5):
                other = Panels.RUNS if panel is not Panels.RUNS else Panels.CLASSES
                judge(session, panel=other)
                session.apply(evaluation=dataclasses.replace(first))
                wiring.render()
                found.append(timed(wiring, partial(judge, session, panel=panel)))
            show(f"{name}: to the panel “{panel}”, new answers", found)


def _selections(wiring: Wiring) -> list[Callable[[], object]]:
    """Clicks on cells beside the diagonal and on it."""
    matrix = wiring.evaluate.confusion.matrix
    table = matrix.table
    assert table is not None
    size = len(table.judgement.labels)
    rng = np.random.default_rng(1)

    def click(row: int, column: int) -> None:
        matrix.show_cell((row, column))
        point = matrix.cell_rect(row, column).center()
        QTest.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=point)

    places = rng.integers(0, size, (REPEATS, 2))
    places[::4, 1] = places[::4, 0]
    return [partial(click, int(row), int(column)) for row, column in places]


def following(session: Session, wiring: Wiring, name: str) -> None:
    """Train with the page open and with the Data page open, turn about."""
    change_setting(session, "model.units", 64)
    change_setting(session, "training.epochs", 100_000)
    train(session)
    _wait(2.0)
    pages = ("evaluate", "data")
    speeds: dict[str, list[float]] = {page: [] for page in pages}
    costs: dict[str, list[float]] = {page: [] for page in pages}
    rates: dict[str, list[float]] = {page: [] for page in pages}
    spent: list[float] = []
    renders = wiring.render

    def rendered() -> None:
        begin = time.thread_time()
        renders()
        spent.append((time.thread_time() - begin) * 1e3)

    wiring._render_timer.timeout.disconnect()
    wiring._render_timer.timeout.connect(rendered)
    for turn in range(PAIRS):
        # The one that was second begins the next pair.
        for page in pages[:: 1 if turn % 2 else -1]:
            show_page(session, page)
            _wait(0.7)
            spent.clear()
            at, began = _tokens(session), time.perf_counter()
            _wait(2.5)
            taken = time.perf_counter() - began
            speeds[page].append((_tokens(session) - at) / taken)
            rates[page].append(len(spent) / taken)
            costs[page].extend(spent)
    pairs = zip(speeds["evaluate"], speeds["data"], strict=True)
    lost = statistics.median(1 - opened / closed for opened, closed in pairs) * 100
    print(
        f"{'following ' + name + ', 64 units':54} {lost:.1f} % of the tokens a second lost, "
        f"median of {PAIRS} pairs ({statistics.median(speeds['data']):,.0f} on the Data page)"
    )
    for page in pages:
        show(f"    {page}: a picture, {statistics.median(rates[page]):.1f} a second", costs[page])
        print(f"{'':54} mean   {statistics.fmean(costs[page]):7.1f} ms")


def follow(path: Path | None) -> None:
    """Follow the built-in sentences, or other data."""
    session = make_session(Preferences(welcomed=True), keeps_scratch=False)
    show_welcome(session)
    if path is not None:
        open_data(session, path)
        _settle(session)
    reset(session)
    wiring = Wiring(session)
    wiring.window.resize(*SIZE)
    wiring.render()
    wiring.window.show()
    _wait(0.5)
    following(session, wiring, "the built-in sentences" if path is None else path.name)
    pause(session)
    wiring.take_down()
    session.shut_down()


def _settle(session: Session) -> None:
    """Wait until nothing runs beside the window."""
    while session.background.busy:
        QApplication.processEvents()


def _wait(seconds: float) -> None:
    """Let the event loop run, as it does under a person."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _tokens(session: Session) -> float:
    """Return how many tokens were trained so far, from the batches that are done."""
    run, dataset = session.state.run, session.state.dataset
    assert dataset is not None
    epochs = max(run.epoch - 1, 0) + run.batch / max(run.batches, 1)
    return epochs * sum(len(dataset.sequences[row]) for row in dataset.rows_of(Split.TRAIN))


def _classes(count: int) -> tuple[str, ...]:
    return tuple(f"class {number:03}" for number in range(count))


PARTS: dict[str, Callable[[int], None]] = {
    "two": partial(measure, "2 classes", _classes(2), Task.CLASSIFY),
    "names": partial(measure, "18 classes", _classes(18), Task.CLASSIFY),
    "hundred": partial(measure, "100 classes", _classes(100), Task.CLASSIFY),
    "words": partial(measure, "17 tags", TAGS, Task.LABEL),
    "entities": partial(measure, "by entity", TAGS, Task.LABEL, by_entity=True),
}


def main() -> None:
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [*PARTS, "following"]
    parser.add_argument("parts", nargs="*", default=names, metavar="PART")
    parser.add_argument("--answers", type=int, default=200_000)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    make_application()
    for part in arguments.parts:
        if part == "following":
            follow(arguments.data)
        else:
            PARTS[part](arguments.answers)


if __name__ == "__main__":
    main()
