"""The sentence box: typing, the history, sentences of the data, the prediction beside it."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.gui.panels.prediction_badge import PredictionBadge
from rnnstudio.gui.panels.sentence_box import SentenceBox
from rnnstudio.gui.theme import DARK, LIGHT, style_sheet
from rnnstudio.session.resolve.sentence_box import (
    Badge,
    SentenceState,
    Source,
    resolve_sentence_box,
)
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.unroll_states import SENTENCE, unroll_state

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
SOURCES = (
    Source(Split.TEST, "test set", 76),
    Source(Split.VALIDATION, "validation set", 1),
    Source(Split.TRAIN, "training set", 600),
)
TRIED = ("newest of all", "an older one", "the oldest one")


@pytest.fixture
def box(qtbot: QtBot) -> SentenceBox:
    result = SentenceBox()
    hosted(qtbot, result, 1400, 40)
    result.render(resolve_sentence_box(unroll_state()))
    return result


def show(box: SentenceBox, **changes: object) -> SentenceState:
    """Render the lecture's sentence with other parts."""
    state = resolve_sentence_box(unroll_state())
    state = dataclasses.replace(state, **changes)  # type: ignore[arg-type]
    box.render(state)
    return state


def action(menu: QMenu, data: object) -> QAction:
    return next(one for one in menu.actions() if one.data() == data)


def test_every_key_changes_the_sentence(qtbot: QtBot, box: SentenceBox) -> None:
    typed: list[str] = []
    box.sentence_changed.connect(typed.append)
    box.edit.clear()
    QTest.keyClicks(box.edit, "so so")
    assert typed == ["s", "so", "so ", "so s", "so so"]
    with qtbot.waitSignal(box.sentence_entered):
        QTest.keyClick(box.edit, Key.Key_Return)


def test_rendering_the_sentence_says_nothing_and_keeps_the_cursor(
    qtbot: QtBot, box: SentenceBox
) -> None:
    box.edit.setCursorPosition(5)
    with qtbot.assertNotEmitted(box.sentence_changed):
        box.render(resolve_sentence_box(unroll_state(step=6)))
        assert box.edit.cursorPosition() == 5
        box.render(resolve_sentence_box(unroll_state("Another one .")))
    assert box.edit.text() == "Another one ."


def test_what_was_typed_can_be_taken_back_while_the_page_follows(box: SentenceBox) -> None:
    def follow(text: str) -> None:
        show(box, sentence=text)

    box.sentence_changed.connect(follow)
    box.edit.end(False)
    QTest.keyClicks(box.edit, " So so")
    assert box.edit.text() == f"{SENTENCE} So so"
    for _ in range(8):
        QTest.keyClick(box.edit, Key.Key_Z, CTRL)
    assert box.edit.text() == SENTENCE


def test_a_sentence_from_elsewhere_can_be_taken_back(box: SentenceBox) -> None:
    show(box, sentence="The half first was very boring .")  # two words swapped in the strip
    said: list[str] = []
    box.sentence_changed.connect(said.append)
    QTest.keyClick(box.edit, Key.Key_Z, CTRL)
    assert box.edit.text() == SENTENCE
    assert said[-1] == SENTENCE


def test_a_very_long_sentence_is_shown_whole(box: SentenceBox) -> None:
    text = "The movie was a waste of time . " * 3000
    show(box, sentence=text)
    assert box.edit.text() == text
    show(box, sentence=SENTENCE)
    assert box.edit.text() == SENTENCE


def test_the_keyboard_walks_through_what_was_tried(box: SentenceBox) -> None:
    show(box, tried=TRIED)
    said: list[str] = []
    box.sentence_changed.connect(said.append)
    for key in (Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Down, Key.Key_Down):
        QTest.keyClick(box.edit, key, CTRL)
    assert said == [*TRIED, TRIED[1], TRIED[0]]
    QTest.keyClick(box.edit, Key.Key_Down, CTRL)
    assert box.edit.text() == SENTENCE  # what stood there before the walk
    QTest.keyClick(box.edit, Key.Key_Down, CTRL)
    assert box.edit.text() == SENTENCE


def test_a_walk_goes_on_though_the_history_changes(box: SentenceBox) -> None:
    show(box, tried=TRIED)
    QTest.keyClick(box.edit, Key.Key_Up, CTRL)
    QTest.keyClick(box.edit, Key.Key_Up, CTRL)
    # It has rested there, and is the newest now.
    show(box, sentence=TRIED[1], tried=(TRIED[1], TRIED[0], TRIED[2]))
    QTest.keyClick(box.edit, Key.Key_Up, CTRL)
    assert box.edit.text() == TRIED[2]


def test_typing_ends_a_walk(box: SentenceBox) -> None:
    show(box, tried=TRIED)
    QTest.keyClick(box.edit, Key.Key_Up, CTRL)
    box.edit.end(False)
    QTest.keyClicks(box.edit, "!")
    QTest.keyClick(box.edit, Key.Key_Up, CTRL)
    assert box.edit.text() == TRIED[0]
    QTest.keyClick(box.edit, Key.Key_Down, CTRL)
    assert box.edit.text() == f"{TRIED[0]}!"


def test_an_example_is_chosen_and_played(qtbot: QtBot, box: SentenceBox) -> None:
    with qtbot.waitSignals([box.sentence_chosen, box.sentence_entered], order="strict"):
        action(box.examples_menu, SENTENCE).trigger()


def test_a_sentence_of_the_history_is_chosen(qtbot: QtBot, box: SentenceBox) -> None:
    assert not box.history_button.isEnabled()
    show(box, tried=("plain & simple", "x" * 200, *TRIED))
    assert box.history_button.isEnabled()
    texts = [one.text() for one in box.history_menu.actions()]
    assert texts[0] == "plain && simple"
    assert len(texts[1]) == 90
    with qtbot.waitSignal(box.sentence_chosen) as chosen:
        action(box.history_menu, "plain & simple").trigger()
    assert chosen.args == ["plain & simple"]


def test_the_button_asks_for_what_was_asked_for_last(qtbot: QtBot, box: SentenceBox) -> None:
    show(box, sources=SOURCES)
    assert box.random_button.text() == "From test set"
    asked: list[tuple[str, bool]] = []
    box.random_requested.connect(lambda split, wrong: asked.append((split, wrong)))
    QTest.mouseClick(box.random_button, Qt.MouseButton.LeftButton)
    action(box.source_menu, (Split.TRAIN, True)).trigger()
    assert box.random_button.text() == "Most wrong"
    assert "training set" in box.random_button.toolTip()
    QTest.mouseClick(box.random_button, Qt.MouseButton.LeftButton)
    assert asked == [("test", False), ("train", True), ("train", True)]
    # Other data: what they do not have cannot be asked for.
    show(box, sources=SOURCES[:1])
    box.random_button.click()
    assert asked[-1] == ("test", False)


def test_the_menu_has_the_parts_that_have_sentences(box: SentenceBox) -> None:
    show(box, sources=SOURCES)
    offered = [one.data() for one in box.source_menu.actions() if one.data() is not None]
    parts = [source.split for source in SOURCES]
    assert offered == [*((part, False) for part in parts), *((part, True) for part in parts)]
    texts = " ".join(one.text() for one in box.source_menu.actions())
    assert "1 sentence)" in texts
    assert "600 sentences)" in texts
    show(box, sources=())
    assert not box.random_button.isVisible()
    assert not box.source_button.isVisible()


def test_shuffling_is_asked_for(qtbot: QtBot, box: SentenceBox) -> None:
    with qtbot.waitSignal(box.shuffle_requested):
        QTest.mouseClick(box.shuffle_button, Qt.MouseButton.LeftButton)
    box.render(resolve_sentence_box(unroll_state("")))
    assert not box.shuffle_button.isEnabled()


@pytest.mark.parametrize("width", [1516, 1180])
def test_the_sentence_has_most_of_the_room(qtbot: QtBot, width: int) -> None:
    box = SentenceBox()
    hosted(qtbot, box, width, 40)
    show(
        box,
        sources=SOURCES,
        tried=TRIED,
        badge=Badge("negative", 0, 0.9993, "truth: negative ✓", truth="negative"),
    )
    assert box.edit.width() > 0.45 * width
    buttons = box.findChildren(QPushButton)
    assert len(buttons) == 5
    for button in buttons:
        assert button.isVisible()
        assert button.accessibleName()
        assert button.toolTip()
        assert button.width() >= button.sizeHint().width()
    assert (box.examples_button.text() == "Examples") == (width > 1300)


def test_a_sign_has_the_theme_s_colour(box: SentenceBox) -> None:
    show(box, sources=SOURCES)
    pictures = []
    for theme in (LIGHT, DARK):
        box.set_theme(theme)
        pictures.append(box.shuffle_button.icon().pixmap(16, 16).toImage())
    assert pictures[0] != pictures[1]


def test_the_mark_stands_on_the_word(box: SentenceBox) -> None:
    box.setStyleSheet(style_sheet(LIGHT))

    def picture(step: int) -> QImage:
        box.render(resolve_sentence_box(unroll_state(step=step)))
        return box.edit.grab().toImage()

    plain = picture(1)  # <sos> is not in the sentence

    def left_of_mark(step: int) -> int:
        marked, y = picture(step), plain.height() // 2
        return next(x for x in range(plain.width()) if marked.pixel(x, y) != plain.pixel(x, y))

    first, last = left_of_mark(2), left_of_mark(7)
    metrics = box.edit.fontMetrics()
    assert last - first == pytest.approx(
        metrics.horizontalAdvance("The first half was very "), abs=6
    )


def with_row(state: SessionState, row: int) -> SessionState:
    return dataclasses.replace(state, selection=dataclasses.replace(state.selection, row=row))


def test_the_badge_says_prediction_and_truth(box: SentenceBox) -> None:
    box.render(resolve_sentence_box(with_row(unroll_state(step=9), 0)))
    assert "truth: negative" in box.badge.accessibleName()
    box.render(resolve_sentence_box(unroll_state("")))
    assert box.badge.accessibleName() == "Type a sentence"


def texts_of(badge: PredictionBadge) -> list[str]:
    return [text for text, _, _ in badge.parts()]


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.918, "0.92"),
        (0.994, "0.99"),
        (0.9951, "0.995"),
        (0.999, "0.999"),
        (0.99951, ">0.999"),
        (1.0, ">0.999"),
        (0.004, "0.004"),
        (0.0, "<0.001"),
        (float("nan"), "–"),
    ],
)
def test_no_probability_is_rounded_to_certainty(
    qtbot: QtBot, probability: float, shown: str
) -> None:
    badge = PredictionBadge()
    qtbot.addWidget(badge)
    badge.show_badge(Badge("negative", 0, probability))
    assert texts_of(badge) == ["negative", shown]
    assert "1.0" not in badge.accessibleName()


def test_names_are_cut_only_where_there_is_no_room(qtbot: QtBot) -> None:
    badge = PredictionBadge()
    qtbot.addWidget(badge)
    name, other = "Portuguese of Brazil, formal", "Portuguese of Portugal, informal"
    badge.show_badge(Badge(name, 0, 0.5, f"truth: {other} ✗", truth=other))
    assert texts_of(badge) == [name, "0.50", f"truth: {other} ✗"]
    for room in (400, 300, 250):
        badge.set_room(room)
        assert badge.sizeHint().width() <= room
        label, number, note = texts_of(badge)
        assert number == "0.50"
        assert "…" in label or "…" in note
    assert badge.toolTip() == f"prediction: {name} 0.500, truth: {other} ✗"
    badge.show_badge(Badge("no", 0, 0.5, f"truth: {other} ✗", truth=other))
    assert texts_of(badge)[0] == "no"  # a short name is not cut for the sake of a long one


def test_the_marked_word_of_a_long_sentence_comes_into_view(qtbot: QtBot) -> None:
    box = SentenceBox()
    hosted(qtbot, box, 1180, 40)
    text = " ".join(f"word{number}" for number in range(300))
    begin = text.index("word250")
    for span in ((begin, begin + 7), (0, 5), (len(text) - 7, len(text))):
        show(box, sentence=text, marked=span)
        box.edit.clearFocus()
        box.edit.mark(None)
        box.edit.mark(span)
        box.edit.grab()
        shown = {
            box.edit.cursorPositionAt(box.edit.rect().center() + QPoint(x, 0))
            for x in range(-box.edit.width() // 2 + 14, box.edit.width() // 2 - 14)
        }
        assert {span[0] + 1, span[1] - 1} <= shown


def test_who_types_keeps_the_cursor(qtbot: QtBot, box: SentenceBox) -> None:
    text = "word " * 300
    show(box, sentence=text)
    box.window().activateWindow()
    box.edit.setFocus()
    qtbot.waitUntil(box.edit.hasFocus)
    box.edit.setCursorPosition(700)
    show(box, sentence=text, marked=(0, 4))
    assert box.edit.cursorPosition() == 700


def test_menus_say_what_their_parts_are(box: SentenceBox) -> None:
    headings = box.examples_menu.findChildren(QLabel)
    assert [heading.text() for heading in headings] == [
        "The lecture's four sentences",
        "Negation and contrast",
    ]
