"""The table of probe sentences."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from rnnstudio.gui.models.probes import Column
from rnnstudio.gui.panels.probes import ProbesPanel
from rnnstudio.gui.tables import CellRole
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.session.resolve.probes import resolve_probes
from tests.gui.hosting import hosted
from tests.session.train_states import fresh, trained, with_probes

BORING = Probe("The first half was very boring .")
UNKNOWN = Probe("Not bad at all .")


@pytest.fixture
def panel(qtbot: QtBot) -> ProbesPanel:
    result = ProbesPanel()
    hosted(qtbot, result, 900, 300)
    return result


@pytest.fixture
def filled(panel: ProbesPanel) -> ProbesPanel:
    panel.render(resolve_probes(with_probes(trained(), BORING, UNKNOWN)))
    return panel


def index(panel: ProbesPanel, row: int, column: Column) -> QModelIndex:
    return panel.model.index(row, column)


def click(panel: ProbesPanel, row: int, column: Column) -> None:
    place: QPoint = panel.table.visualRect(index(panel, row, column)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def editor(panel: ProbesPanel) -> QLineEdit:
    found = panel.table.viewport().findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def test_an_empty_table_says_what_to_do(panel: ProbesPanel) -> None:
    panel.render(resolve_probes(fresh()))
    assert not panel.table.isVisible()
    assert panel.table_rows() is None
    assert panel.line.isEnabled()


def test_a_sentence_is_added_by_enter_and_by_the_button(panel: ProbesPanel) -> None:
    panel.render(resolve_probes(fresh()))
    added: list[str] = []
    panel.probe_added.connect(added.append)
    QTest.keyClicks(panel.line, "  Not bad at all .  ")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    panel.line.setText("Once more .")
    panel.add_button.click()
    panel.line.setText("   ")
    panel.add_button.click()
    assert added == ["Not bad at all .", "Once more ."]


def test_eight_are_the_most(panel: ProbesPanel) -> None:
    probes = [Probe(f"word {n}") for n in range(PROBE_LIMIT)]
    panel.render(resolve_probes(with_probes(fresh(), *probes[:-1])))
    panel.line.setFocus()
    panel.render(resolve_probes(with_probes(fresh(), *probes)))
    assert panel.line.isEnabled(), "a disabled field hands its focus on"
    assert panel.line.placeholderText() == "Eight sentences are followed: remove one first"
    assert not panel.add_button.isEnabled()
    added: list[str] = []
    panel.probe_added.connect(added.append)
    QTest.keyClicks(panel.line, "one more\r")
    assert (panel.line.text(), added) == ("", [])
    panel.render(resolve_probes(with_probes(fresh(), *probes[:-1])))
    assert not panel.line.isReadOnly()


def test_the_last_columns_act_on_a_click(filled: ProbesPanel) -> None:
    opened: list[int] = []
    removed: list[int] = []
    filled.probe_opened.connect(opened.append)
    filled.probe_removed.connect(removed.append)
    click(filled, 1, Column.OPEN)
    click(filled, 0, Column.REMOVE)
    click(filled, 0, Column.SAYS)
    assert opened == [1]
    assert removed == [0]


def test_the_keyboard_reaches_everything(filled: ProbesPanel) -> None:
    opened: list[int] = []
    removed: list[int] = []
    filled.probe_opened.connect(opened.append)
    filled.probe_removed.connect(removed.append)
    filled.table.setCurrentIndex(index(filled, 1, Column.OPEN))
    QTest.keyClick(filled.table, Qt.Key.Key_Return)
    QTest.keyClick(filled.table, Qt.Key.Key_Delete)
    assert (opened, removed) == ([1], [])
    filled.table.setCurrentIndex(index(filled, 0, Column.SENTENCE))
    QTest.keyClick(filled.table, Qt.Key.Key_Return)
    assert editor(filled).text() == BORING.sentence


def test_a_sentence_is_edited_in_place(qtbot: QtBot, filled: ProbesPanel) -> None:
    edited: list[tuple[int, str]] = []
    filled.probe_edited.connect(lambda *change: edited.append(change))
    filled.table.setCurrentIndex(index(filled, 1, Column.SENTENCE))
    QTest.keyClick(filled.table, Qt.Key.Key_F2)
    line = editor(filled)
    line.setText("Quite good .")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: edited == [(1, "Quite good .")])
    # The model waits for the document.
    assert index(filled, 1, Column.SENTENCE).data() == UNKNOWN.sentence


def test_an_edit_survives_new_weights_and_an_unchanged_one_asks_for_nothing(
    qtbot: QtBot, filled: ProbesPanel
) -> None:
    edited: list[tuple[int, str]] = []
    filled.probe_edited.connect(lambda *change: edited.append(change))
    filled.table.edit(index(filled, 0, Column.SENTENCE))
    line = editor(filled)
    line.setText("half typed")
    filled.render(resolve_probes(with_probes(trained(batches=3), BORING, UNKNOWN)))
    assert editor(filled) is line
    assert line.text() == "half typed"
    line.setText(BORING.sentence)
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: filled.table.state() == filled.table.State.NoState)
    assert edited == []


def test_the_truth_is_set_from_a_menu(filled: ProbesPanel) -> None:
    chosen: list[tuple[int, object]] = []
    filled.probe_truth_changed.connect(lambda *change: chosen.append(change))
    menu = filled.truth_menu(1)
    labels = trained().table.labels
    assert [action.text() for action in menu.actions()][:2] == list(labels)
    assert menu.actions()[2].isChecked()
    menu.actions()[0].trigger()
    menu.actions()[2].trigger()
    assert chosen == [(1, labels[0]), (1, None)]


def test_rendering_asks_for_nothing(panel: ProbesPanel) -> None:
    signals = (
        panel.probe_added,
        panel.probe_edited,
        panel.probe_removed,
        panel.probe_opened,
        panel.probe_truth_changed,
    )
    said: list[object] = []
    for signal in signals:
        signal.connect(lambda *_: said.append(_))
    for state in (fresh(), trained(), trained(batches=1)):
        panel.render(resolve_probes(with_probes(state, BORING, UNKNOWN)))
    panel.render(resolve_probes(fresh()))
    assert said == []


def test_hints_say_what_is_under_the_mouse(filled: ProbesPanel) -> None:
    def hint(row: int, column: Column) -> str:
        return str(index(filled, row, column).data(CellRole.HINT))

    row = filled.model.row(index(filled, 0, Column.SAYS))
    assert f"{row.confidence:.4f}" in hint(0, Column.BAR)
    assert "from the data" in hint(0, Column.TRUTH)
    assert "not known" in hint(1, Column.TRUTH)
    assert "so far" in hint(0, Column.HISTORY)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: str(theme.name))
def test_nasty_sentences_are_painted(panel: ProbesPanel, theme: object) -> None:
    probes = (
        Probe("x" * 10_000),
        Probe("good " * 2_000),
        Probe("   "),
        Probe("🙂👩‍👩‍👧 नमस्ते مرحبا"),
        Probe("line\nbreak", "no such class"),
    )
    panel.set_theme(DARK if theme is DARK else LIGHT)
    for classes in (2, 12):
        panel.render(resolve_probes(with_probes(trained(classes=classes), *probes)))
        assert not panel.grab().isNull()
    assert len(panel.table_rows() or []) == 6
