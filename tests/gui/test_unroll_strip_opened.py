"""A step opened into its gates: how it is opened, what it shows, what it asks for."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.explain import TermKind, explain
from rnnstudio.engine.network import GATES, Cell
from rnnstudio.gui.plots.gate_diagram_large import large_diagram
from rnnstudio.gui.plots.gate_diagram_letters import part_letter
from rnnstudio.gui.plots.gate_diagram_painting import fitted_caption, part_scale
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.plots.strip_words import part_words
from rnnstudio.gui.theme import LIGHT, font
from rnnstudio.session.looking import Notation, Place
from tests.gui.strip_states import move_pressed, strip_of, strip_panel, strip_state
from tests.session.any_network import network

PARTS = {
    Cell.RNN: {"s_before", "Ws", "Ux", "b", "a", "s"},
    Cell.SHARED: {"Ux", "b", "a", "s"},
    Cell.HISTORY: {"Ux_before", "Ux", "b", "a", "s"},
    Cell.GRU: {"s_before", "r", "z", "q", "n", "s"},
    Cell.LSTM: {"s_before", "c_before", "i", "f", "g", "o", "c", "tanh_c", "s"},
}


def opened(qtbot: QtBot, cell: Cell = Cell.LSTM, step: int = 4, **more: Any) -> NetworkStrip:
    return strip_of(qtbot, strip_state(network(cell), step=step, opened=True, **more))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_step_at_the_play_head(qtbot: QtBot, key: Qt.Key) -> None:
    strip = strip_of(qtbot, strip_state())
    with qtbot.waitSignal(strip.looking_changed) as asked:
        QTest.keyClick(strip, key)
    assert asked.args == [{"opened": True}]


def test_a_double_click_on_a_frame_opens_it(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    steps: list[int] = []
    strip.step_requested.connect(steps.append)
    place = strip.unit_rect(6, 1).center().toPoint()
    with qtbot.waitSignal(strip.looking_changed) as asked:
        QTest.mouseDClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [{"opened": True}]
    assert steps[-1] == 6


def test_esc_and_the_close_sign_go_back(qtbot: QtBot) -> None:
    strip = opened(qtbot)
    with qtbot.waitSignal(strip.looking_changed) as asked:
        QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert asked.args == [{"opened": False}]
    with qtbot.waitSignal(strip.looking_changed) as asked:
        strip.opened_step.close_button.click()
    assert asked.args == [{"opened": False}]


def test_the_panel_stands_between_its_neighbours(qtbot: QtBot) -> None:
    strip = opened(qtbot)
    box = strip.opened_step.geometry()
    assert strip.opened_step.isVisible()
    assert box.width() > 4 * strip.columns.width
    assert strip.column_left(3) + strip.columns.width <= box.left()
    assert strip.column_left(5) > box.right()
    assert {3, 4, 5} <= set(strip.visible_steps)
    assert strip.step_at(box.left() - 3) == 3
    assert strip.step_at(box.center().x()) == 4
    assert strip.step_at(box.right() + 4) == 5


@pytest.mark.parametrize("step", [1, 9])
def test_at_the_ends_it_stays_in_the_strip(qtbot: QtBot, step: int) -> None:
    strip = opened(qtbot, step=step)
    assert strip.viewport().rect().contains(strip.opened_step.geometry())


def test_closing_puts_the_columns_back(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state(opened=True))
    panel.render(strip_state())
    assert not panel.strip.opened_step.isVisible()
    assert panel.strip.column_left(5) - panel.strip.column_left(4) == panel.strip.columns.width


def test_with_motion_it_grows(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state())
    panel.render(strip_state(opened=True, motion=True))
    opening = panel.strip.opening
    assert opening.is_open
    assert opening.share < 1.0
    qtbot.waitUntil(lambda: opening.share == 1.0)
    assert panel.strip.opened_step.isVisible()
    panel.render(strip_state())
    assert opening.share == 0.0


@pytest.mark.parametrize("cell", list(PARTS), ids=str)
@pytest.mark.parametrize("size", [(960, 380), (520, 210)])
def test_every_part_has_a_grid_and_none_covers_another(
    qtbot: QtBot, cell: Cell, size: tuple[int, int]
) -> None:
    spec = network(cell).network
    diagram = large_diagram(cell, spec.activation, *size, 16)
    assert {block.part for block in diagram.blocks} == PARTS[cell]
    for number, block in enumerate(diagram.blocks):
        assert block.left >= 0
        assert block.rect.right() <= size[0]
        assert block.rect.bottom() <= size[1] + 1
        for other in diagram.blocks[number + 1 :]:
            assert not block.rect.intersects(other.rect), (block.part, other.part)
        for node in diagram.nodes:
            assert not block.frame.contains(QPointF(node.x, node.y)), (block.part, node.sign)
    for number, node in enumerate(diagram.nodes):
        for other_node in diagram.nodes[number + 1 :]:
            assert not node.rect.intersects(other_node.rect), (node.sign, other_node.sign)


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        (Cell.LSTM, (592, 137)),
        (Cell.LSTM, (648, 177)),
        (Cell.LSTM, (912, 420)),
        (Cell.GRU, (648, 170)),
        (Cell.GRU, (912, 420)),
    ],
)
def test_no_function_stands_on_the_bus(cell: Cell, size: tuple[int, int]) -> None:
    diagram = large_diagram(cell, network(cell).network.activation, *size, 16)
    u, w = (next(note for note in diagram.notes if note.words == one) for one in ("U x", "W"))
    bus = w.y + 9
    assert u.y - 8 > bus
    assert u.y + 8 <= size[1]
    gates = [diagram.block(name) for name in GATES[cell]]
    below = [node for node in diagram.nodes if node.y > max(gate.rect.bottom() for gate in gates)]
    assert below
    for node in below:
        assert node.rect.bottom() < bus


@pytest.mark.parametrize("size", [(592, 137), (648, 177), (800, 300), (912, 420)])
def test_the_memory_of_an_lstm_goes_straight(size: tuple[int, int]) -> None:
    spec = network(Cell.LSTM).network
    diagram = large_diagram(Cell.LSTM, spec.activation, *size, 16)
    for wire in diagram.wires:
        assert not wire.main or len({y for _, y in wire.points}) == 1


@pytest.mark.parametrize("notation", list(Notation))
def test_of_history_the_word_and_those_before_have_a_box_each(
    qtbot: QtBot, notation: Notation
) -> None:
    strip = opened(qtbot, Cell.HISTORY, unit=2)
    assert strip.model is not None
    model = dataclasses.replace(strip.model, notation=notation)
    weight = "U" if notation is Notation.LECTURE else "W"
    assert part_letter(model, 4, "Ux") == f"{weight}₄,₄ x₄"
    assert part_letter(model, 4, "Ux_before") == f"{weight} x₁…x₃"
    assert part_letter(model, 2, "Ux_before") == f"{weight}₂,₁ x₁"
    assert "none" in part_letter(model, 1, "Ux_before")
    assert "the words before (x₁ … x₃)" in part_words(model, 4, "Ux_before", 2)
    terms = explain(model.reading.trace, "a", 4, 2).terms
    value = sum(
        one.value
        for one in terms
        if one.kind is TermKind.INPUT and one.source is not None and one.source.step == 4
    )
    assert model.part_number(4, "Ux", 2) == pytest.approx(value, abs=1e-5)


def test_a_number_has_a_gap_to_its_letter() -> None:
    room = 86.0
    for letter in ("tanh c₁₄", "c₁₄", "U₁₄,₁₄ x₁₄"):
        written = fitted_caption(letter, -0.649, False, room)
        wide = QFontMetricsF(font(written.letters, QFont.Weight.DemiBold)).horizontalAdvance(letter)
        wide += QFontMetricsF(written.number_font).horizontalAdvance(written.number)
        assert wide + 4 <= room, letter


@pytest.mark.parametrize("cell", list(PARTS), ids=str)
def test_its_cells_have_the_colours_of_the_parts(qtbot: QtBot, cell: Cell) -> None:
    strip = opened(qtbot, cell)
    model = strip.model
    assert model is not None
    parts = model.parts(4)
    image = strip.opened_step.grab().toImage()
    for part in PARTS[cell]:
        colors = part_scale(model, part).argb(LIGHT, parts[part])
        for unit in range(6):
            place = strip.opened_step.cell_rect(part, unit).center().toPoint()
            assert image.pixel(place) == colors[unit], (part, unit)
    layer = model.reading.trace.layer()
    for name in PARTS[cell] & layer.quantities.keys():
        np.testing.assert_array_equal(parts[name], layer[name][3])


@pytest.mark.parametrize("cell", [Cell.RNN, Cell.GRU, Cell.LSTM], ids=str)
def test_a_click_on_a_cell_asks_for_its_number(qtbot: QtBot, cell: Cell) -> None:
    strip = opened(qtbot, cell)
    for part in PARTS[cell]:
        wanted = {
            "s_before": Place("s", 0, 0, 3, 2),
            "c_before": Place("c", 0, 0, 3, 2),
        }.get(part, Place("a" if part in ("Ux", "Ws", "b") else part, 0, 0, 4, 2))
        place = strip.opened_step.cell_rect(part, 2).center().toPoint()
        with qtbot.waitSignal(strip.place_requested) as asked:
            QTest.mouseClick(strip.opened_step, Qt.MouseButton.LeftButton, pos=place)
        assert asked.args == [wanted]


def test_hovering_says_number_and_meaning(qtbot: QtBot) -> None:
    strip = opened(qtbot)
    model = strip.model
    assert model is not None
    said: list[str] = []
    strip.hinted.connect(said.append)
    QTest.mouseMove(strip.opened_step, strip.opened_step.cell_rect("f", 2).center().toPoint())
    value = f"{model.reading.trace.layer()['f'][3, 2]:.3f}"
    assert said[-1] == f"unit 3 of f₄ = {value} after “half”: forget gate"
    QTest.mouseMove(
        strip.opened_step, strip.opened_step.cell_rect("s_before", 2).center().toPoint()
    )
    assert said[-1].startswith("unit 3 of s₃ = ")


def test_dragging_a_gate_with_alt_sets_it(qtbot: QtBot) -> None:
    strip = opened(qtbot)
    asked: list[tuple[object, ...]] = []
    strip.clamp_requested.connect(lambda *arguments: asked.append(arguments))
    start = strip.opened_step.cell_rect("f", 2).center().toPoint()
    alt = Qt.KeyboardModifier.AltModifier
    QTest.mousePress(strip.opened_step, Qt.MouseButton.LeftButton, alt, start)
    move_pressed(strip.opened_step, start - QPoint(0, 500), alt)
    move_pressed(
        strip.opened_step, start - QPoint(0, -500), alt | Qt.KeyboardModifier.ShiftModifier
    )
    QTest.mouseRelease(strip.opened_step, Qt.MouseButton.LeftButton, alt, start)
    place = Place("f", 0, 0, 4, 2)
    assert asked == [(place, 1.0, False), (place, 0.0, True)]  # a gate goes from 0 to 1


def test_keys_step_through_while_it_is_open(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state(opened=True))
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.keyClick(panel.strip, Qt.Key.Key_Right)
    assert asked.args == [5]
    panel.render(strip_state(step=5, opened=True))
    assert panel.strip.opened_step.title_words().startswith("Step 5")


def test_the_reversed_direction_is_handed_the_step_after(qtbot: QtBot) -> None:
    model = network(Cell.GRU, bidirectional=True)
    strip = strip_of(qtbot, strip_state(model, opened=True, direction=1))
    place = strip.opened_step.cell_rect("s_before", 1).center().toPoint()
    with qtbot.waitSignal(strip.place_requested) as asked:
        QTest.mouseClick(strip.opened_step, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [Place("s", 0, 1, 5, 1)]


@pytest.mark.parametrize("units", [1, 3, 512])
@pytest.mark.parametrize("embedding", [None, 1, 300])
def test_few_and_many_units_are_painted(qtbot: QtBot, units: int, embedding: int | None) -> None:
    for cell in (Cell.RNN, Cell.LSTM):
        model = network(cell, units, embedding=embedding)
        strip = strip_of(qtbot, strip_state(model, opened=True), width=700, height=330)
        assert not strip.grab().isNull()
