"""The panel of the confusion matrix: what its controls ask for, and what it says in words."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Task
from rnnstudio.gui.menu_button import MenuButton
from rnnstudio.gui.panels.confusion import ConfusionPanel
from rnnstudio.gui.panels.live_confusion import LiveConfusionPanel
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judgement import judge
from rnnstudio.session.answers.judging import Against, Group, Judging, MatrixOrder, Measure
from rnnstudio.session.resolve.confusion import resolve_confusion, resolve_live_confusion
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.judgements import rival_with
from tests.session.page_states import evaluation_of, state_of, table_of

TABLE = table_of(*((f"sentence {i}", "abc"[i % 3]) for i in range(30)))
SMALL, LARGE = (620, 500), (800, 800)


def state(
    evaluation: Evaluation | None = None,
    judging: Judging = Judging(),  # noqa: B008  # frozen
    cells: frozenset[tuple[int, int]] = frozenset(),
) -> SessionState:
    found = evaluation or evaluation_of("abc", [0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 0, 2])
    result = state_of(TABLE, evaluation=found, cells=cells)
    return dataclasses.replace(result, judging=judging)


def tagged(tags: tuple[str, ...] = ("B-per", "I-per", "B-loc", "O")) -> Evaluation:
    truth = [0, 1, 3, 2, 3, 3, 0, 3]
    called = [0, 3, 3, 2, 3, 2, 0, 1]
    found = evaluation_of(tags, truth, called)
    return dataclasses.replace(found, task=Task.LABEL, rows=found.rows // 4)


@pytest.fixture
def panel(qtbot: QtBot) -> ConfusionPanel:
    result = ConfusionPanel()
    hosted(qtbot, result, *LARGE)
    result.render(resolve_confusion(state()))
    return result


def changes_of(panel: ConfusionPanel) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    panel.judging_changed.connect(found.append)
    return found


def choose(button: MenuButton, key: object) -> None:
    button.choice(key).trigger()


def test_controls_ask_and_show_only_what_is_rendered(panel: ConfusionPanel) -> None:
    changes = changes_of(panel)
    panel.measure.button(Measure.OF_TRUTH.value).click()
    panel.bar.shown.button("errors").click()
    panel.bar.swap.click()
    choose(panel.bar.order, MatrixOrder.SIMILARITY)
    assert changes == [
        {"measure": Measure.OF_TRUTH},
        {"errors_only": True},
        {"swapped": True},
        {"order": MatrixOrder.SIMILARITY},
    ]
    judging = Judging(measure=Measure.MASS, errors_only=True, swapped=True, order=MatrixOrder.SIZE)
    panel.render(resolve_confusion(state(judging=judging)))
    assert len(changes) == 4, "rendering is silent"
    assert panel.measure.key == Measure.MASS.value
    assert panel.bar.shown.key == "errors"
    assert panel.bar.swap.isChecked()
    assert panel.bar.order.text() == "Sort: size"
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][0] == "predicted \\ truth"


def test_by_hand_is_offered_only_where_there_is_such_an_order(panel: ConfusionPanel) -> None:
    assert not panel.bar.order.choice(MatrixOrder.HAND).isEnabled()
    judging = Judging(order=MatrixOrder.HAND, by_hand=("c", "b", "a"))
    panel.render(resolve_confusion(state(judging=judging)))
    assert panel.bar.order.choice(MatrixOrder.HAND).isEnabled()
    assert panel.matrix.class_names == ("c", "b", "a")


def test_what_concerns_tags_stands_only_where_there_are_tags(panel: ConfusionPanel) -> None:
    assert not panel.bar.unit.isVisible()
    assert not panel.bar.tags.isVisible()
    changes = changes_of(panel)
    panel.render(resolve_confusion(state(tagged())))
    assert panel.bar.unit.isVisible()
    choose(panel.bar.tags, "merged")
    choose(panel.bar.tags, "outside")
    panel.bar.unit.button("entities").click()
    assert changes == [{"merged": True}, {"outside": False}, {"by_entity": True}]
    panel.render(resolve_confusion(state(tagged(), Judging(by_entity=True))))
    assert panel.bar.tags.keys == ["strict"]
    table = panel.matrix.table
    assert table is not None
    assert table.columns.names[-2:] == ("wrong border", "missed")
    assert table.rows.names[-1] == "invented"
    panel.grab()
    panel.render(resolve_confusion(state(tagged(("NOUN", "VERB", "ADJ", "ADV")))))
    assert not panel.bar.tags.isVisible()


def test_hidden_and_grouped_classes_are_said(panel: ConfusionPanel) -> None:
    assert not panel.left_out.isVisible()
    changes = changes_of(panel)
    panel.render(resolve_confusion(state(judging=Judging(hidden=frozenset({"a", "b"})))))
    assert panel.hidden_words.text() == "2 classes hidden, but counted ·"
    assert panel.hidden_words.toolTip() == "a, b"
    panel.show_all.click()
    assert changes == [{"hidden": frozenset(), "outside": True}]
    groups = (Group("a + b", frozenset("ab")),)
    panel.render(resolve_confusion(state(judging=Judging(groups=groups))))
    assert not panel.hidden_words.isVisible()
    panel.ungroup.click()
    assert changes[-1] == {"groups": ()}


def test_thresholds_are_said_and_reset(panel: ConfusionPanel) -> None:
    assert not panel.deciding_words.isVisible()
    changes = changes_of(panel)
    panel.render(resolve_confusion(state(judging=Judging(abstain=0.7))))
    assert panel.left_out.isVisible()
    assert panel.deciding_words.words == "no answer below 0.70 ·"
    assert not panel.hidden_words.isVisible()
    panel.reset_deciding.click()
    assert changes == [{"threshold": 0.5, "abstain": 0.0}]
    panel.render(resolve_confusion(state()))
    assert not panel.left_out.isVisible()


def test_the_title_leaves_room_for_what_is_counted(panel: ConfusionPanel) -> None:
    panel.render(resolve_confusion(state(tagged(), Judging(by_entity=True))))
    assert panel.subtitle.words == "3 test entities, 1 invented"
    panel.resize(*SMALL)
    QApplication.processEvents()
    assert panel.subtitle.text() == panel.subtitle.words, "it is not cut"
    panel.resize(*LARGE)
    QApplication.processEvents()
    assert panel.title.text() == "Confusion matrix"
    assert panel.subtitle.text() == panel.subtitle.words


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_zoomed_a_selection_leaves_everything_in_its_place(
    qtbot: QtBot, panel: ConfusionPanel, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    for count in (18, 60):
        panel.render(resolve_confusion(state(many(count))))
        panel.matrix.set_zoom(2.0)
        qtbot.wait(1)
        before, room = panel.matrix.layout_of_cells, panel.matrix.geometry()
        panel.render(resolve_confusion(state(many(count), cells=frozenset({(1, 7)}))))
        qtbot.wait(1)
        assert panel.matrix.layout_of_cells == before
        assert panel.matrix.geometry() == room
        panel.matrix.zoom_as_at_first()


def test_the_hint_says_what_there_is_room_for(panel: ConfusionPanel) -> None:
    for width in (600, 800, 1400):
        panel.resize(width, 500)
        QApplication.processEvents()
        assert "…" not in panel.help.text()
        assert "right-click" in panel.help.text()
        full = "to group or hide them" in panel.help.text()
        assert full or "to group or hide them" in panel.help.toolTip()


def test_a_second_network_is_named_first(panel: ConfusionPanel) -> None:
    own = evaluation_of("abc", [0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 0, 2])
    other = evaluation_of("abc", [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2])
    for against, title, subtitle, heading in (
        (Against.DIFFERENCE, "Difference", "Run 2 less this one · ", "Largest differences"),
        (Against.BETWEEN, "Confusion matrix", "6 test", "Most frequent disagreements"),
        (Against.OTHER, "Confusion matrix", "answers of Run 2 · ", "Most frequent errors"),
    ):
        judging = Judging(against=against)
        shown = dataclasses.replace(
            resolve_confusion(state(own)),
            judging=judging,
            judgement=judge(own, judging, rival_with(other)),
        )
        panel.render(shown)
        assert panel.title.text() == title
        assert panel.subtitle.words.startswith(subtitle)
        assert panel.words.heading.text() == heading
        assert panel.top_errors.text() == f"Top {heading.split()[-1]}"
        assert ("is better there" in panel.help.words) == (against is Against.DIFFERENCE)


def test_correct_and_wrong_select_in_the_order_of_the_data(
    qtbot: QtBot, panel: ConfusionPanel
) -> None:
    panel.render(resolve_confusion(state(judging=Judging(order=MatrixOrder.SIZE, swapped=True))))
    with qtbot.waitSignal(panel.cells_selected) as caught:
        panel.correct.click()
    assert caught.args == [frozenset({(0, 0), (1, 1), (2, 2)})]
    with qtbot.waitSignal(panel.cells_selected) as caught:
        panel.wrong.click()
    assert caught.args is not None
    assert len(caught.args[0]) == 6
    assert not panel.clear.isEnabled()


def test_the_cell_under_the_mouse_is_said_in_the_panel(qtbot: QtBot, panel: ConfusionPanel) -> None:
    before = panel.help.words
    QTest.mouseMove(panel.matrix.viewport(), panel.matrix.cell_rect(0, 1).center())
    said = "2 of 3 sentences that are “a” were called “b”"
    qtbot.waitUntil(lambda: panel.help.words == said)
    QTest.mouseMove(panel.matrix.viewport(), QPoint(1, 1))
    qtbot.waitUntil(lambda: panel.help.words == before)


def test_frequent_errors_are_a_list_or_a_menu(qtbot: QtBot, panel: ConfusionPanel) -> None:
    assert panel.words.isVisible()
    assert panel.errors[0].text() == "2 of 3 sentences that are “a” were called “b”"
    panel.resize(*SMALL)
    qtbot.waitUntil(lambda: not panel.words.isVisible())
    assert panel.top_errors.isVisible()
    with qtbot.waitSignal(panel.cells_selected) as caught:
        panel.top_errors.menu().actions()[0].trigger()
    assert caught.args == [frozenset({(0, 1)})]


def many(count: int = 60) -> Evaluation:
    truth = list(range(count)) * 2
    called = [(label * 7) % count if place % 3 else label for place, label in enumerate(truth)]
    return evaluation_of([f"class {place}" for place in range(count)], truth, called)


def test_an_error_out_of_sight_is_scrolled_to(qtbot: QtBot, panel: ConfusionPanel) -> None:
    panel.render(resolve_confusion(state(many())))
    cell = (58, 46)
    assert panel.matrix.verticalScrollBar().value() == 0
    panel.matrix.show_cell(cell)
    assert panel.matrix.viewport().rect().contains(panel.matrix.cell_rect(*cell))


def test_the_zoom_stands_where_it_is_needed(panel: ConfusionPanel) -> None:
    assert not panel.bar.zoom.isVisible()
    panel.render(resolve_confusion(state(many())))
    assert panel.bar.zoom.isVisible()
    panel.bar.zoom_in.click()
    assert panel.bar.zoom_reset.text() == "125 %"
    panel.bar.zoom_reset.click()
    while panel.bar.zoom_out.isEnabled():
        panel.bar.zoom_out.click()
    layout = panel.matrix.layout_of_cells
    assert layout is not None
    assert layout.hidden_height == layout.hidden_width == 0


def cases() -> dict[str, tuple[Evaluation, Judging]]:
    words = tagged()
    return {
        "two": (evaluation_of(("no", "yes"), [0, 1, 1], [0, 1, 0]), Judging()),
        "one": (evaluation_of(("x",), [0, 0], [0, 0]), Judging()),
        "many": (many(), Judging(measure=Measure.MASS)),
        "abstaining": (evaluation_of("abc", [0, 1, 2], [0, 2, 2]), Judging(abstain=0.95)),
        "words": (words, Judging(outside=False, hidden=frozenset({"B-loc"}))),
        "entities": (words, Judging(by_entity=True, strict=True, measure=Measure.OF_PREDICTED)),
        "long": (evaluation_of([c * 40 for c in "abc"], [0, 1, 2], [1, 1, 0]), Judging()),
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("name", cases())
def test_no_control_is_cut_off(
    qtbot: QtBot, panel: ConfusionPanel, name: str, size: tuple[int, int], theme: Theme
) -> None:
    evaluation, judging = cases()[name]
    panel.set_theme(theme)
    panel.resize(*size)
    panel.render(resolve_confusion(state(evaluation, judging, frozenset({(0, 0), (77, 5)}))))
    qtbot.wait(1)
    panel.grab()
    assert panel.minimumSizeHint().width() <= 600
    assert panel.minimumSizeHint().height() <= (420 if size == SMALL else 510)
    for control in panel.findChildren(QAbstractButton):
        if control.isVisible() and control.objectName() not in {
            b.objectName() for b in panel.errors
        }:
            corner = control.mapTo(panel, control.rect().bottomRight())
            assert panel.rect().contains(corner), control.text()
            words = control.fontMetrics().horizontalAdvance(control.text())
            assert control.width() >= words, control.text()
            assert control.toolTip(), control.text()


def test_there_is_nothing_to_choose_where_there_is_nothing(panel: ConfusionPanel) -> None:
    panel.render(resolve_confusion(state_of(table_of(("a", "x"), ("b", "y")))))
    assert panel.table_rows() is None
    assert not panel.bar.isEnabled()
    assert not panel.report.isEnabled()
    assert not panel.words.isVisible()
    panel.grab()


def test_the_live_matrix_is_the_plain_one(qtbot: QtBot) -> None:
    live = LiveConfusionPanel()
    hosted(qtbot, live, 330, 300)
    judging = Judging(swapped=True, hidden=frozenset({"a"}), measure=Measure.MASS)
    live.render(resolve_live_confusion(state(judging=judging)))
    table = live.matrix.table
    assert table is not None
    assert (table.rows.title, table.measure) == ("truth", Measure.COUNTS)
    assert table.rows.names == ("a", "b", "c")
    assert live.matrix.class_menu((0, -1)) is None
    with qtbot.waitSignal(live.cells_requested) as caught:
        live.matrix.cells_selected.emit(frozenset({(0, 1)}))
    assert caught.args == [frozenset({(0, 1)})]
    live.set_theme(DARK)
    live.grab()
