"""The field for a number: what it takes, what it refuses, and when it speaks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.gui.number_field import NumberField
from rnnstudio.project.spec import LIMITS
from tests.gui.hosting import hosted

RATES = (0.001, 0.01, 0.1)


class Bench:
    """Two fields in a window, one to leave the other for, and what they said."""

    def __init__(self, qtbot: QtBot, key: str, **options: object) -> None:
        box = QWidget()
        layout = QVBoxLayout(box)
        self.field = NumberField(LIMITS[key], **options)  # type: ignore[arg-type]
        self.other = NumberField(LIMITS["training.seed"])
        layout.addWidget(self.field)
        layout.addWidget(self.other)
        self.committed: list[tuple[str, object]] = []
        self.rejected: list[str] = []
        self.field.committed.connect(lambda *said: self.committed.append(said))
        self.field.rejected.connect(self.rejected.append)
        hosted(qtbot, box, 300, 100)
        with qtbot.waitActive(box.window()):
            box.window().activateWindow()
        self.field.setFocus()

    def type(self, text: str, enter: bool = True) -> None:
        self.field.selectAll()
        QTest.keyClicks(self.field, text)
        if enter:
            QTest.keyClick(self.field, Qt.Key.Key_Return)


def test_showing_a_number_says_nothing(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "model.units")
    bench.field.set_number(24)
    assert bench.field.text() == "24"
    assert bench.committed == []


def test_a_number_is_committed_by_enter_and_not_while_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "model.units")
    bench.field.set_number(24)
    bench.type("128", enter=False)
    assert bench.committed == []
    QTest.keyClick(bench.field, Qt.Key.Key_Return)
    assert bench.committed == [("model.units", 128)]
    assert type(bench.committed[0][1]) is int


def test_leaving_the_field_commits(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "training.learning_rate")
    bench.field.set_number(0.01)
    bench.type("0,003", enter=False)
    bench.other.setFocus()
    assert bench.committed == [("training.learning_rate", 0.003)]


def test_what_is_typed_survives_a_rendering(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "model.units")
    bench.field.set_number(24)
    bench.type("3", enter=False)
    bench.field.set_number(24)
    assert bench.field.text() == "3"


@pytest.mark.parametrize("entry", ["0", "-3", "99999", "2.5", "many", "", "1e400"])
def test_an_invalid_entry_is_refused_aloud(qtbot: QtBot, entry: str) -> None:
    bench = Bench(qtbot, "model.units")
    bench.field.set_number(24)
    bench.field.selectAll()
    QTest.keyClick(bench.field, Qt.Key.Key_Delete)
    bench.type(entry)
    assert bench.committed == []
    assert len(bench.rejected) == 1
    assert "a whole number from 1 to 2048" in bench.rejected[0]
    assert bench.field.text() == "24"


@pytest.mark.parametrize("entry", ["nan", "inf", "0", "-0.1", "11"])
def test_a_learning_rate_is_a_number_above_0(qtbot: QtBot, entry: str) -> None:
    bench = Bench(qtbot, "training.learning_rate")
    bench.field.set_number(0.01)
    bench.type(entry)
    assert bench.committed == []
    assert "above 0, at most 10" in bench.rejected[0]


def test_steps_follow_the_series_from_any_number(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "training.learning_rate", series=RATES)
    bench.field.set_number(0.02)
    bench.field.stepBy(1)
    bench.field.stepBy(-2)
    assert [value for _, value in bench.committed] == [0.1, 0.01, 0.001]


def test_steps_end_at_the_limits(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "model.units", series=(1, 2, 4))
    bench.field.set_number(1)
    bench.field.stepBy(-1)
    assert bench.field.number == 1
    bench.field.set_number(2048)
    bench.field.stepBy(1)
    assert bench.field.number == 2048


def test_off_is_a_word_a_step_and_nothing_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "training.clip_norm", series=(0.5, 5.0), off="off")
    bench.field.set_number(0.5)
    bench.field.stepBy(-1)
    assert bench.field.text() == "off"
    bench.field.stepBy(1)
    bench.type("off")
    bench.type("2")
    assert [value for _, value in bench.committed] == [None, 0.5, None, 2.0]
    bench.field.set_number(None)
    assert bench.field.number is None
    assert bench.field.text() == "off"


def test_small_numbers_are_written_out(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "training.learning_rate")
    for value, text in ((0.00001, "0.00001"), (5.0, "5.0"), (0.1, "0.1")):
        bench.field.set_number(value)
        assert bench.field.text() == text
