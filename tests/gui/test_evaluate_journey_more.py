"""Journeys over the Evaluate page: entities, time, another network, what leaves it, haste."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.mcnemar import mcnemar
from rnnstudio.engine.network import Cell
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.session.answers.judging import Against, Measure, Panels
from rnnstudio.session.state import RunStatus
from tests.gui.examiner import Examiner, MakeExaminer, examiners
from tests.gui.person import CTRL, WAIT, Key
from tests.session.rival_files import spec_of, write_rival

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def make_examiner(qtbot: QtBot) -> Iterator[MakeExaminer]:
    """Open a window at the Evaluate page."""
    yield from examiners(qtbot)


@pytest.fixture
def tagged(shared_data: Path, tmp_path: Path) -> Path:
    """Sentences of people on the net with entities in them."""
    source = shared_data / "ner" / "wnut17train.conll"
    if not source.is_file():
        pytest.skip("the entities are not there")
    blocks = source.read_text(encoding="utf-8").replace("\r", "").split("\n\n")
    some = [block for block in blocks if "\tB-" in block][:100]
    path = tmp_path / "people.conll"
    path.write_text("\n\n".join(some) + "\n", encoding="utf-8")
    return path


def test_words_and_entities(make_examiner: MakeExaminer, tagged: Path) -> None:
    examiner = make_examiner(
        tagged, epochs=5, cell=Cell.GRU, units=20, embedding=20, bidirectional=True
    )
    bar, panel = examiner.sheet.confusion.bar, examiner.sheet.confusion
    examiner.choose_split("train")
    examiner.wait()
    words = examiner.look_closely()
    assert "O" in examiner.matrix.class_names
    examiner.choose(bar.tags, "Show O")
    assert "O" not in examiner.matrix.class_names
    examiner.look_closely()
    examiner.choose(bar.tags, "B- and I- as one")
    merged = examiner.look_closely()
    assert len(merged.names) < len(words.names)
    assert not any(name.startswith(("B-", "I-")) for name in merged.names)
    examiner.click(panel.show_all)
    assert "O" in examiner.matrix.class_names
    examiner.look_closely()
    examiner.choose(bar.tags, "B- and I- as one")
    examiner.look_closely()

    # A word of a cell is opened where it is read.
    said = words.table.copy()
    np.fill_diagonal(said, 0)
    assert said.sum() > 20
    row, column = (int(place) for place in np.unravel_index(int(said.argmax()), said.shape))
    examiner.click(examiner.matrix, examiner.cell(row, column))
    one = examiner.taken(examiner.look_closely())[0]
    examiner.wait_for_reasons()
    examiner.look_at_reasons((0, 1))
    examiner.open_link(0)
    assert examiner.state.page == "unroll"
    assert (examiner.state.selection.row, examiner.state.selection.step) == (one.row, one.step)
    examiner.look()
    examiner.go_to("evaluate")
    examiner.wait()

    # A wrong tag of a word is corrected, and taken back.
    tags = examiner.state.table.rows[one.row].tags
    right = words.names[one.said]
    assert tags is not None
    word = (examiner.state.table.rows[one.row].words or ())[one.step - 2]
    examiner.choose_in_menu(examiner.line(0), f"Relabel “{word[:30]}” as > {right}")
    examiner.wait()
    changed = examiner.state.table.rows[one.row].tags
    assert changed is not None
    assert [n for n, (a, b) in enumerate(zip(tags, changed, strict=True)) if a != b] == [
        one.step - 2
    ]
    examiner.look_closely()
    examiner.key(Key.Key_Z, CTRL)
    examiner.wait()
    assert examiner.state.table.rows[one.row].tags == tags

    # Whole entities, by both rules.
    examiner.click(bar.unit.button("entities"))
    assert not examiner.cells
    truth, found = examiner.look_at_entities()
    assert len(truth & found) > 10
    assert len(found - truth) > 3
    examiner.choose(bar.tags, "Strict rules")
    assert examiner.judging.strict
    examiner.look_at_entities()
    examiner.click(bar.swap)
    examiner.look_at_entities()
    examiner.click(bar.swap)
    names = examiner.matrix.class_names
    for name in ("invented", "missed"):
        examiner.click(examiner.matrix, examiner.heading(name, of_rows=name == "invented"))
        own, listing = examiner.look_at_entities(), examiner.listed()
        wanted = own[1] - own[0] if name == "invented" else own[0]
        assert 0 < len(listing) <= len(wanted)
        starts = {(one[0], one[1] + 2) for one in wanted}  # type: ignore[index]
        assert set(listing) <= starts
    examiner.open_menu(examiner.matrix, examiner.heading(names[0]))
    examiner.choose_open("Hide")
    assert names[0] not in examiner.matrix.class_names
    examiner.look_at_entities()
    examiner.click(panel.show_all)
    examiner.click(examiner.matrix, examiner.heading(names[0]))
    examiner.click(examiner.matrix, examiner.heading(names[1]), CTRL)
    examiner.open_menu(examiner.matrix, examiner.heading(names[1]))
    examiner.choose_open("Count 2 classes as one")
    examiner.look_at_entities()
    for split in ("validation", "test"):
        examiner.choose_split(split)
        examiner.wait()
        examiner.look_at_entities()
    examiner.click(bar.unit.button("words"))
    examiner.click(panel.ungroup)
    examiner.look_closely()


def test_over_epochs_and_words(make_examiner: MakeExaminer) -> None:
    examiner = make_examiner(epochs=0, cell=Cell.GRU)
    bar = examiner.sheet.time_bar
    assert bar.epochs.message.words.startswith("Train the network")
    for _ in range(4):
        examiner.key(Key.Key_F6, SHIFT)
        examiner.wait()
    assert examiner.state.model is not None
    assert examiner.state.model.epoch == 4
    examiner.look_closely()
    epochs, words = bar.epochs.slider, bar.reading.slider

    def stop(slider: object, number: int) -> QPoint:
        return QPoint(round(slider.x_of(number)), slider.height() // 2)  # type: ignore[attr-defined]

    seen = []
    for epoch in (0, 3, 1):
        examiner.click(epochs, stop(epochs, epoch))
        examiner.wait()
        assert examiner.judging.epoch == epoch
        seen.append([one.sure for one in examiner.look_closely().answers])
    assert seen[0] != seen[1] != seen[2]
    # A drag goes over every epoch; each panel shows that of the slider.
    examiner.drag(epochs, *(stop(epochs, number) for number in (1, 2, 3)))
    examiner.wait()
    assert examiner.judging.epoch == 3
    for panel in Panels:
        examiner.show_figures(panel)
        examiner.look_closely()
    examiner.show_figures(Panels.CLASSES)
    for number in (0, 1, 4):
        examiner.click(words, stop(words, number))
        examiner.wait()
        assert examiner.judging.words == number
        examiner.look_closely()
    examiner.click(examiner.matrix, examiner.cell(0, 1))
    examiner.look_closely()
    examiner.key(Key.Key_F5)  # learning goes on while the past is looked at
    examiner.qtbot.waitUntil(lambda: examiner.is_at(RunStatus.RUNNING), timeout=WAIT)
    examiner.key(Key.Key_F5)
    examiner.wait()
    assert examiner.judging.epoch == 3
    examiner.look_closely()

    # Played: no epoch is left out, and it ends with the present.
    examiner.click(bar.reading.end)
    examiner.wait()
    shown: list[int | None] = []

    def remember() -> None:
        epoch = examiner.judging.epoch
        if not shown or shown[-1] != epoch:
            shown.append(epoch)

    examiner.click(bar.epochs.end)
    examiner.wiring.session.changed.connect(remember)
    examiner.click(bar.epochs.play)
    examiner.qtbot.waitUntil(lambda: not bar.epochs.is_playing, timeout=WAIT)
    examiner.wait()
    kept = [moment.epoch for moment in examiner.state.moments]
    assert [epoch for epoch in shown if epoch is not None] == kept
    assert examiner.judging.epoch is None
    examiner.look_closely()
    examiner.click(bar.reading.play)
    examiner.qtbot.waitUntil(lambda: (examiner.judging.words or 0) > 2, timeout=WAIT)
    examiner.click(bar.reading.play)
    assert not bar.reading.is_playing
    examiner.wait()
    examiner.look_closely()


def test_against_another_run_and_a_file(
    make_examiner: MakeExaminer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner = make_examiner(epochs=3, cell=Cell.GRU, units=6)
    panel = examiner.sheet.runs
    examiner.show_figures(Panels.RUNS)
    assert "one network so far" in panel.message.text()
    examiner.look_closely()
    path = write_rival(tmp_path / "elsewhere.rnnstudio", examiner.state.table, spec_of(units=4))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    examiner.click(panel.open_button)
    _wait_for_rival(examiner)
    assert "elsewhere" in panel.choice.text()
    _compare(examiner)

    # Another run of this project.
    examiner.click(panel.clear)
    assert examiner.state.rival is None
    examiner.look_closely()
    examiner.go_to("train")
    examiner.click(examiner.wiring.train.progress.reset_button)
    examiner.wait()
    examiner.key(Key.Key_F6, SHIFT)
    examiner.wait()
    examiner.go_to("evaluate")
    examiner.wait()
    assert examiner.state.run.number == 2
    examiner.choose(panel.choice, "Run 1 ")
    _wait_for_rival(examiner)
    _compare(examiner)
    for split in ("train", "validation"):
        examiner.choose_split(split)
        _wait_for_rival(examiner)
        examiner.look_closely()
    examiner.choose(panel.choice, "No other network")
    assert examiner.state.rival is None
    examiner.look_closely()


def _wait_for_rival(examiner: Examiner) -> None:
    def ready() -> bool:
        rival, state = examiner.state.rival, examiner.state
        if rival is None or rival.evaluation is None:
            return False
        return rival.split is state.selection.split and rival.dataset is state.dataset

    examiner.qtbot.waitUntil(ready, timeout=WAIT)
    examiner.wait()


def _compare(examiner: Examiner) -> None:
    """Look at two networks in every way there is."""
    panel = examiner.sheet.runs
    wanted = examiner.look_closely()
    counts = [sum(one.outcome == outcome for one in wanted.answers) for outcome in Outcome]
    only_this, only_other = counts[Outcome.FIRST_ONLY], counts[Outcome.SECOND_ONLY]
    test = panel.test.text().replace("\u00a0", " ")
    for number in (only_this, only_other):
        assert f"alone is right on {number}" in test or f"alone on {number}" in test
    p = mcnemar(only_this, only_other).p
    assert only_this == only_other or ("p < 0.001" if p < 0.001 else f"p = {p:.3f}") in test
    for against in (Against.OTHER, Against.DIFFERENCE, Against.BETWEEN, Against.THIS):
        examiner.click(panel.against.button(against))
        assert examiner.judging.against is against
        assert not examiner.cells
        examiner.look_closely()
        for row, column in ((0, 1), (1, 1)):
            examiner.click(examiner.matrix, examiner.cell(row, column))
            examiner.look_closely()
        for shown in (Panels.CLASSES, Panels.RUNS):
            examiner.show_figures(shown)
            if against is not Against.DIFFERENCE:
                examiner.look_closely()
        examiner.click(examiner.sheet.confusion.clear)
    # Also where they say nothing unless they are sure: of a truth, held back or not, so many more.
    measure = examiner.sheet.confusion.measure
    examiner.click(panel.against.button(Against.DIFFERENCE))
    examiner.click(measure.button(Measure.OF_TRUTH))
    examiner.look_closely()
    examiner.show_figures(Panels.THRESHOLD)
    examiner.tab_to(examiner.sheet.thresholds.abstain)
    for _ in range(8):
        examiner.key(Key.Key_PageUp)
    examiner.look_closely()
    examiner.click(measure.button(Measure.MASS))
    examiner.look_closely()
    examiner.click(examiner.sheet.thresholds.reset_button)
    examiner.click(measure.button(Measure.COUNTS))
    examiner.show_figures(Panels.RUNS)
    examiner.click(panel.against.button(Against.THIS))
    for outcome in Outcome:
        place = panel.outcomes.rectangle(outcome).center()
        examiner.click(panel.outcomes, place)
        assert examiner.judging.outcome is outcome
        examiner.look_closely()
        assert examiner.sheet.examples.model.rowCount() == counts[outcome]
        examiner.click(panel.outcomes, place)
        assert examiner.judging.outcome is None
    if only_other:
        examiner.click(panel.outcomes, panel.outcomes.rectangle(Outcome.SECOND_ONLY).center())
        row = examiner.listed()[0][0]
        examiner.open_link(0)
        assert (examiner.state.page, examiner.state.selection.row) == ("unroll", row)
        examiner.look()
        examiner.go_to("evaluate")
        examiner.wait()
        examiner.click(panel.outcomes, panel.outcomes.rectangle(Outcome.SECOND_ONLY).center())


def test_what_leaves_the_page(
    make_examiner: MakeExaminer,
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examiner = make_examiner(shared_data / "pos" / "en_eslspok-ud-test.conllu", epochs=3)
    wanted = examiner.look_closely()
    target = tmp_path / "kept"
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda _, title, start, filters: (f"{target}.{Path(start).suffix[1:]}", filters),
    )
    matrix = examiner.sheet.confusion
    _choose(examiner, matrix, "Copy as table")
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert rows[0] == ["truth \\ predicted", *wanted.names]
    assert [[int(cell) for cell in row[1:]] for row in rows[1:]] == wanted.table.tolist()
    panels: list[Panel] = [matrix, examiner.sheet.examples]
    panels += [examiner.sheet.figures[key] for key in Panels]
    for panel in panels:
        shown = next((key for key, one in examiner.sheet.figures.items() if one is panel), None)
        if shown is not None and shown is not examiner.judging.panel:
            examiner.show_figures(shown)
        _choose(examiner, panel, "Copy as picture")
        image = QGuiApplication.clipboard().image()
        assert image.width() == 2 * panel.width()
        assert image.height() > 2 * panel.height(), "there is a caption below"
        for ending in ("png", "svg", "pdf", "csv"):
            table = panel.table_rows()
            if ending == "csv" and table is None:
                continue
            path = Path(f"{target}.{ending}")
            path.unlink(missing_ok=True)
            _choose(examiner, panel, f"Save as {ending.upper()}")
            content = path.read_bytes()
            if ending == "png":
                assert QImage(str(path)).width() == 2 * panel.width()
            elif ending == "svg":
                assert QSvgRenderer(QByteArray(content)).isValid()
            elif ending == "pdf":
                assert content.startswith(b"%PDF")
            else:
                with path.open(encoding="utf-8-sig", newline="") as file:
                    assert list(csv.reader(file)) == table

    # The report: one page that needs nothing else, with the same figures.
    examiner.click(matrix.report)
    examiner.wait()
    page = Path(f"{target}.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http-equiv" not in page.lower() or "refresh" not in page.lower()
    examiner.show_figures(Panels.CLASSES)
    for name, label in examiner.sheet.per_class.figures.items():
        assert label.text() in page, name
    assert all(f">{name}<" in page for name in wanted.names)
    examiner.look_closely()


def _choose(examiner: Examiner, panel: Panel, words: str) -> None:
    """Choose from a panel's menu, and put the message away that says what was done."""
    examiner.click(panel.menu_button)
    examiner.choose_open(words)
    for toast in examiner.window.notifier.toasts:
        examiner.click(examiner.part(toast, "toast_close"))


def test_impatience(make_examiner: MakeExaminer, shared_data: Path) -> None:
    examiner = make_examiner(
        shared_data / "sentiment" / "yelp_labelled.txt", epochs=1, cell=Cell.GRU
    )
    session, sheet = examiner.wiring.session, examiner.sheet
    turns: list[int] = []
    examiner.key(Key.Key_F5)
    chance = np.random.default_rng(1)
    for number in range(60):
        what = int(chance.integers(0, 9))
        panel = sheet.figures[examiner.judging.panel]
        if what == 0:
            split = ("train", "validation", "test")[number % 3]
            if examiner.state.selection.split != split:
                examiner.choose_split(split)
        elif what == 1:
            examiner.show_figures(tuple(Panels)[number % 5])
        elif what == 2:
            examiner.go_to(("data", "train", "unroll")[number % 3])
            examiner.go_to("evaluate")
        elif what == 3 and sheet.confusion.wrong.isEnabled():
            examiner.click(sheet.confusion.wrong)
        elif what == 4 and sheet.confusion.bar.swap.isEnabled():
            examiner.click(sheet.confusion.bar.swap)
        elif what == 5 and examiner.matrix.layout_of_cells is not None:
            examiner.press(examiner.cell(number % 2, 1))
            examiner.press(examiner.heading("0"))
        elif what == 6:
            examiner.click(panel.enlarge_button)
            examiner.key(Key.Key_Escape)
        elif what == 7 and sheet.time_bar.epochs.slider.isVisible():
            slider = sheet.time_bar.epochs.slider
            stops = slider.maximum()
            x = round(slider.x_of(number % (stops + 1)))
            examiner.press(QPoint(x, slider.height() // 2), slider)
        elif what == 8 and sheet.time_bar.reading.slider.isVisible():
            slider = sheet.time_bar.reading.slider
            x = round(slider.x_of(number % (slider.maximum() + 1)))
            examiner.press(QPoint(x, slider.height() // 2), slider)
        turns.append(what)
        assert examiner.window.page is sheet
    assert len(set(turns)) == 9
    examiner.qtbot.waitUntil(lambda: len(examiner.state.moments) > 3, timeout=WAIT)
    if session.training is not None:
        examiner.key(Key.Key_F5)
    examiner.wait()
    examiner.look_closely()
    if sheet.time_bar.reading.end.isVisible():
        examiner.click(sheet.time_bar.reading.end)
        examiner.click(sheet.time_bar.epochs.end)
    examiner.wait()
    for shown in Panels:
        examiner.show_figures(shown)
        examiner.look_closely()
