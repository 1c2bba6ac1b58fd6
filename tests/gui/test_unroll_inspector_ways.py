"""The ways on from a number in the inspector: to its terms and back, to words, into surgery."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.engine.surgery import Change
from rnnstudio.gui.controls import ElidedLabel
from rnnstudio.gui.formula import load_formulas
from rnnstudio.gui.panels.inspector import InspectorPanel
from rnnstudio.gui.panels.inspector_head import Chip
from rnnstudio.gui.plots.term_bars import PITCH
from rnnstudio.gui.theme import DARK, LIGHT, Theme, apply_theme
from rnnstudio.session.letters import plain
from rnnstudio.session.looking import Notation, Place
from rnnstudio.session.reading import Reading, read
from rnnstudio.session.resolve.inspector import InspectorState
from tests.engine.networks import weights
from tests.gui.hosting import hosted
from tests.session.readings import (
    computed,
    inspected,
    model_named,
    places,
    reading_named,
    states_found,
    value_at,
)


class Follower:
    """Does what the window does with the panel's requests: goes to the place, shows it."""

    def __init__(self, qtbot: QtBot, reading: Reading, place: Place, height: int = 830) -> None:
        self.reading, self.place = reading, place
        self.notation = Notation.LECTURE
        self.panel = InspectorPanel()
        hosted(qtbot, self.panel, 310, height)
        self.panel.place_requested.connect(self.go)
        self.panel.notation_requested.connect(self.write)
        self.show()

    @property
    def state(self) -> InspectorState:
        return inspected(self.reading, self.place, self.notation)

    def show(self) -> None:
        self.panel.render(self.state)

    def go(self, place: Place) -> None:
        self.place = place
        self.show()

    def write(self, notation: str) -> None:
        self.notation = Notation(notation)
        self.show()

    def click_row(self, row: int) -> None:
        centre = self.panel.terms.row_rect(row).center().toPoint()
        QTest.mouseClick(self.panel.terms.viewport(), Qt.MouseButton.LeftButton, pos=centre)


@pytest.mark.parametrize("name", ["rnn one-hot", "gru", "lstm two layers both initial", "history"])
def test_every_number_that_can_be_looked_at_is_drawn_as_it_is(qtbot: QtBot, name: str) -> None:
    reading = reading_named(name)
    follower = Follower(qtbot, reading, Place("s", 0, 0, 3, 0))
    for place in places(reading):
        follower.go(place)
        explanation = follower.panel.explanation
        assert explanation is not None
        assert explanation.value == value_at(reading, place)
        shown = sum(round(bar.value * 1000) for bar in follower.panel.terms.shown())
        assert shown == round(explanation.total * 1000) or not explanation.terms, place
        course = follower.panel.history.history
        assert course is not None
        assert course.values[place.step - 1] == pytest.approx(explanation.value, abs=1e-7)
        assert follower.panel.surgery.isVisibleTo(follower.panel) is (
            place.quantity not in ("x", "m", "scores", "y")
        )


def test_terms_are_followed_down_to_the_word_and_back_again(qtbot: QtBot) -> None:
    follower = Follower(
        qtbot, reading_named("lstm two layers both initial"), Place("s", 1, 1, 4, 2)
    )
    panel, way = follower.panel, [follower.place]
    assert not panel.back_button.isVisible()
    while not (follower.place.quantity == "x" and follower.place.layer == 0):
        rows = panel.terms.rows()
        # Down to the layer below where there is a way, else to what makes the number itself.
        order = sorted(range(len(rows)), key=lambda row: _rank(rows[row].place))
        follower.click_row(order[0])
        way.append(follower.place)
        assert len(way) < 12
    assert "E[" in panel.numbers.lines[1].words
    assert panel.trail == tuple(way[:-1])
    for place in reversed(way[:-1]):
        assert panel.back_button.isVisible()
        QTest.mouseClick(panel.back_button, Qt.MouseButton.LeftButton)
        assert follower.place == place
    assert not panel.back_button.isVisible()


def _rank(place: Place | None) -> tuple[int, int]:
    order = ("x", "i", "f", "o", "g", "c", "tanh_c", "s")
    if place is None:
        return (9, 9)
    return (place.layer or 0, order.index(place.quantity))


@pytest.mark.parametrize("key", ["Backspace", "Alt+Left"])
def test_keys_follow_a_term_and_go_back(qtbot: QtBot, key: str) -> None:
    follower = Follower(qtbot, reading_named("rnn"), Place("s", 0, 0, 4, 2))
    terms = follower.panel.terms
    follower.panel.window().activateWindow()  # shortcuts are for the window in front
    terms.setFocus()
    qtbot.waitUntil(terms.hasFocus)
    wanted = next(i for i, bar in enumerate(terms.rows()) if bar.symbol == "W · s")
    for _ in range(wanted):
        QTest.keyClick(terms, Qt.Key.Key_Down)
    target = terms.rows()[wanted].place
    if wanted:
        assert terms.accessibleDescription() == plain(terms.rows()[wanted].words)
    QTest.keyClick(terms, Qt.Key.Key_Return)
    assert follower.place == target == Place("s", 0, 0, 3, target.unit if target else None)
    if key == "Backspace":
        QTest.keyClick(terms, Qt.Key.Key_Backspace)
    else:
        QTest.keyClick(terms, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert follower.place == Place("s", 0, 0, 4, 2)


def test_another_sentence_ends_the_trail(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("rnn"), Place("s", 0, 0, 4, 2))
    follower.panel.terms.place_followed.emit(Place("s", 0, 0, 3, 1))
    assert follower.panel.trail
    other = dataclasses.replace(
        follower.reading,
        encoded=dataclasses.replace(follower.reading.encoded, words=("<sos>",) * 6),
    )
    follower.reading = other
    follower.show()
    assert follower.panel.trail == ()
    assert not follower.panel.back_button.isVisible()


def test_from_the_prediction_a_term_leads_to_a_state_and_back(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("gru"), Place("f", 0, 0, 4, None))
    follower.click_row(0)
    assert follower.place.quantity == "s"
    assert follower.place.step == 4
    follower.panel.go_back()
    assert follower.place == Place("f", 0, 0, 4, None)
    assert follower.panel.chip.text() == "ŷ₄ · prediction"


def test_the_rest_opens_to_the_whole_list(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("lstm four layers both"), Place("f", 3, 0, 4, 1), 560)
    panel = follower.panel
    explanation = panel.explanation
    assert explanation is not None
    rest = panel.terms.rows()[-1]
    hidden = len(explanation.terms) - (len(panel.terms.rows()) - 1)
    assert rest.symbol == f"and {hidden} more"
    follower.click_row(len(panel.terms.rows()) - 1)
    assert panel.terms.expanded
    values = [row.value for row in panel.terms.shown() if not row.is_rest]
    assert values == [term.value for term in explanation.terms]
    assert sum(round(row.value * 1000) for row in panel.terms.shown()) == round(
        explanation.total * 1000
    )
    QTest.mouseClick(panel.all_button, Qt.MouseButton.LeftButton)
    assert not panel.terms.expanded


def test_the_whole_list_scrolls(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("history"), Place("s", 0, 0, 6, 1), 560)
    terms = follower.panel.terms
    terms.expand(True)
    assert (
        terms.verticalScrollBar().maximum() == len(terms.rows()) * PITCH - terms.viewport().height()
    )
    terms.setFocus()
    for _ in range(len(terms.rows())):
        QTest.keyClick(terms, Qt.Key.Key_Down)
    assert terms.row_rect(len(terms.rows()) - 1).bottom() <= terms.viewport().height()


def test_formula_and_terms_are_written_as_pytorch_does(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("rnn"), Place("s", 0, 0, 4, 2))
    panel = follower.panel
    assert panel.formula.latex == r"s_t = \tanh(U x_t + W s_{t-1} + b)"
    QTest.mouseClick(panel.notation.button("pytorch"), Qt.MouseButton.LeftButton)
    assert panel.formula.latex.startswith(r"h_t = \tanh(W_{ih} x_t + b_{ih}")
    assert {bar.symbol for bar in panel.terms.shown()} >= {"W_{hh} · h", "W_{ih} · x"}
    assert panel.chip.text() == "h₄ · unit 3"
    assert panel.notation.key == "pytorch"


def test_another_number_of_the_unit_is_asked_for(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("lstm"), Place("s", 0, 0, 4, 2))
    button = follower.panel.findChild(QPushButton, "quantity_3")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert follower.place == Place("f", 0, 0, 4, 2)
    row = follower.panel.quantities
    row.fill_menu()
    sums = next(action for action in row.menu.actions() if action.data() == "a_f")
    assert "the sum that enters the forget gate" in sums.text()
    sums.trigger()
    assert follower.place.quantity == "a_f"
    assert row.more.isChecked()


def test_classes_without_a_button_are_in_a_list(qtbot: QtBot) -> None:
    model = model_named("rnn")
    labels = tuple(f"a long name of class {index}" for index in range(12))
    spec = dataclasses.replace(model.network, classes=12)
    many = dataclasses.replace(
        model, network=spec, labels=labels, parameters=weights(spec, np.float32).frozen()
    )
    follower = Follower(qtbot, read(many, "The movie was"), Place("s", 0, 0, 3, None))
    row = follower.panel.classes
    row.fill_menu()
    assert len(row.menu.actions()) == 8
    row.menu.actions()[5].trigger()
    chosen = int(row.menu.actions()[5].data())
    assert follower.panel.explanation is not None
    assert follower.panel.explanation.unit == chosen


def test_chips_are_the_words_of_the_data_set(qtbot: QtBot) -> None:
    state = inspected(reading_named("lstm"), Place("s", 0, 0, 4, 2))
    panel = InspectorPanel()
    hosted(qtbot, panel, 310, 830)
    panel.render(state)
    assert panel.driving_note.text() == "reading the data set …"
    assert panel.driving_note.isVisible()
    panel.render(dataclasses.replace(state, states=states_found("lstm")))
    assert not panel.driving_note.isVisible()
    chips = panel.driving.chips
    assert len(chips) == 8
    hints: list[str] = []
    asked: list[str] = []
    panel.hinted.connect(hints.append)
    panel.word_requested.connect(asked.append)
    centre = panel.driving.chip_rect(1).center().toPoint()
    QTest.mouseMove(panel.driving, centre)
    QTest.mouseClick(panel.driving, Qt.MouseButton.LeftButton, pos=centre)
    assert asked == [chips[1].word]
    assert "occurrence" in panel.driving.accessibleDescription()
    panel.driving.setFocus()
    QTest.keyClick(panel.driving, Qt.Key.Key_Right)
    QTest.keyClick(panel.driving, Qt.Key.Key_Return)
    assert asked[-1] == chips[1].word
    assert any("mean " in hint for hint in hints)


def test_a_number_is_set_here_or_from_here_on(qtbot: QtBot) -> None:
    place = Place("f", 0, 0, 4, 2)
    follower = Follower(qtbot, reading_named("lstm"), place)
    panel = follower.panel
    asked: list[tuple[Place, float, bool]] = []
    panel.clamp_requested.connect(lambda *request: asked.append(request))
    QTest.mouseClick(panel.surgery.off_button, Qt.MouseButton.LeftButton)
    assert asked.pop() == (place, 0.0, False)
    QTest.mouseClick(panel.surgery.reach.button("onwards"), Qt.MouseButton.LeftButton)
    panel.surgery.field.setFocus()
    panel.surgery.field.selectAll()
    QTest.keyClicks(panel.surgery.field, "0.25")
    QTest.keyClick(panel.surgery.field, Qt.Key.Key_Return)
    assert asked.pop() == (place, 0.25, True)
    panel.surgery.slider.setValue(panel.surgery.slider.maximum())
    assert asked.pop() == (place, 1.0, True)
    follower.show()
    assert panel.surgery.field.value() == pytest.approx(value_at(follower.reading, place), abs=1e-3)


def test_what_was_set_says_what_it_would_be(qtbot: QtBot) -> None:
    place = Place("c", 0, 0, 4, 2)
    before = value_at(reading_named("lstm"), place)
    reading = reading_named("lstm", (Change("c", 0, 0, 3, 2, (0.5,), onwards=True),))
    follower = Follower(qtbot, reading, place)
    panel = follower.panel
    assert panel.explanation is not None
    would_be = panel.explanation.would_be
    assert would_be is not None
    assert panel.surgery.note.words == f"set by hand; would be {would_be:.3f}".replace("-", "−")
    assert panel.surgery.field.value() == 0.5
    assert panel.surgery.reach.key == "onwards"
    assert panel.numbers.lines[0].text == "0.500"
    assert panel.numbers.lines[-1].text == f"{before:.3f}".replace("-", "−")
    course = panel.history.history
    assert course is not None
    assert course.original is not None
    assert course.original[3] == np.float32(before)


def test_the_number_is_copied(qtbot: QtBot) -> None:
    follower = Follower(qtbot, reading_named("gru"), Place("n", 0, 0, 4, 2))
    actions = follower.panel.copy_menu.actions()
    assert [action.text() for action in actions] == [
        "Copy as LaTeX",
        "Copy as NumPy",
        "Copy as text",
    ]
    copied = []
    for action in actions:
        action.trigger()
        copied.append(QGuiApplication.clipboard().text())
    assert copied[0].startswith(r"\begin{align*}")
    assert computed(copied[1]) == pytest.approx(
        value_at(follower.reading, follower.place), abs=3e-6
    )
    assert copied[2].startswith("n₄[3] = ")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(280, 560), (310, 830), (900, 640)])
@pytest.mark.parametrize(
    "place",
    [
        Place("s", 0, 0, 4, None),
        Place("f", 1, 1, 4, 4),
        Place("c", 1, 1, 4, 4),
        Place("y", None, 0, 4, 1),
        Place("x", 1, 0, 4, 7),
        Place("a_o", 0, 1, 4, 3),
    ],
)
def test_nothing_is_cut_or_covered(
    qtbot: QtBot, theme: Theme, size: tuple[int, int], place: Place
) -> None:
    load_formulas()
    apply_theme(theme)
    panel = InspectorPanel()
    panel.set_theme(theme)
    hosted(qtbot, panel, *size)
    reading = reading_named("lstm two layers both initial", (Change("f", 1, 1, 4, 4, (0.5,)),))
    for notation in Notation:
        panel.render(inspected(reading, place, notation))
        qtbot.wait(1)
        content = panel.content
        assert content.width() <= panel.width()
        parts = [
            one
            for one in content.findChildren(QWidget)
            if one.isVisible() and isinstance(one, QLabel | QPushButton) and one.text()
        ]
        for one in parts:
            names_class = isinstance(one, Chip) and "“" in one.text()
            if not isinstance(one, ElidedLabel) and not names_class:
                assert one.width() >= one.sizeHint().width() - 1, one.text()
        areas = [
            (one, _area(one, content))
            for one in content.findChildren(
                QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
            )
            if one.isVisible()
        ]
        for number, (widget, area) in enumerate(areas):
            assert content.rect().contains(area), widget
            for other, covered in areas[number + 1 :]:
                assert not area.intersects(covered), (widget, other)


def _area(widget: QWidget, content: QWidget) -> QRect:
    return QRect(widget.mapTo(content, QPoint()), widget.size())
