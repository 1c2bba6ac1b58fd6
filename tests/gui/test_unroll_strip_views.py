"""The strip's other views: numbers on the cells, and the wiring of each step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.gate_diagram_small import small_diagram
from rnnstudio.gui.plots.strip_numbers import compact, fits_number, leading, number_grid
from rnnstudio.session.looking import Place, View
from tests.gui.strip_states import strip_of, strip_panel, strip_state
from tests.session.any_network import network

GATES = {Cell.GRU: "zrn", Cell.LSTM: "figo"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.934, ".93"),
        (-0.78, "−.78"),
        (0.0, "0"),
        (-0.001, "0"),
        (0.999, "1.0"),
        (-1.0, "−1.0"),
        (12.3, "12"),
        (-345.6, "−346"),
        (12345.0, "1e4"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert compact(value) == text


@pytest.mark.parametrize("count", [1, 2, 7, 16, 64, 512])
@pytest.mark.parametrize("box", [(50, 60), (84, 150), (150, 300)])
def test_every_cell_of_a_grid_of_numbers_has_room(
    qtbot: QtBot, count: int, box: tuple[int, int]
) -> None:
    grid = number_grid(count, *box)
    assert grid.count <= count
    assert grid.width <= box[0] + 0.5
    assert grid.height <= box[1] + 0.5
    assert fits_number(grid.cell(0))


def test_those_that_lead_are_the_largest(qtbot: QtBot) -> None:
    values = np.array([0.1, -0.9, 0.5, np.nan, 0.0, -0.5])
    assert list(leading(values, 6)) == [0, 1, 2, 3, 4, 5]
    assert list(leading(values, 3)) == [1, 2, 5]
    assert list(leading(values, 5))[-1] == 4  # what is no number comes last, after zero


@pytest.mark.parametrize(("units", "listed"), [(6, ""), (64, "of 64"), (512, "of 512")])
def test_the_largest_units_are_listed_where_not_all_have_room(
    qtbot: QtBot, units: int, listed: str
) -> None:
    strip = strip_of(qtbot, strip_state(network(Cell.GRU, units), view=View.NUMBERS))
    assert strip.model is not None
    assert strip.listed_words().endswith(listed)
    for step in (1, 5, 9):
        shown = list(strip.shown_units(step))
        values = np.abs(strip.model.cells(step))
        if listed:
            assert shown == list(np.argsort(-values, kind="stable")[: len(shown)])
        else:
            assert shown == list(range(units))
        for unit in shown:
            place = strip.unit_rect(step, unit).center()
            assert strip.unit_at(step, place) == unit
    assert strip.unit_rect(1, units - 1).isEmpty() == (units - 1 not in strip.shown_units(1))


def test_a_click_on_a_listed_unit_asks_for_it(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(network(Cell.GRU, 64), view=View.NUMBERS))
    unit = strip.shown_units(5)[2]
    place = strip.unit_rect(5, unit).center().toPoint()
    with qtbot.waitSignal(strip.unit_requested) as asked:
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [unit, 5]


def test_columns_are_wide_enough_for_what_they_show(qtbot: QtBot) -> None:
    long = " ".join(["the movie was boring ."] * 20)
    panel = strip_panel(qtbot, strip_state(sentence=long))
    widths: list[int] = []
    panel.strip.narrowest_changed.connect(widths.append)
    usual = panel.strip.columns.width
    panel.render(strip_state(sentence=long, view=View.DIAGRAM))
    assert panel.strip.columns.width >= 150
    panel.render(strip_state(sentence=long))
    assert panel.strip.columns.width == usual
    assert widths[-1] == 0
    assert widths[0] > usual


@pytest.mark.parametrize("cell", list(Cell), ids=str)
@pytest.mark.parametrize("unit", [None, 2])
def test_each_gate_of_the_wiring_has_its_number(qtbot: QtBot, cell: Cell, unit: int | None) -> None:
    strip = strip_of(qtbot, strip_state(network(cell), unit=unit, view=View.DIAGRAM))
    model, diagram = strip.model, strip.diagram_now
    assert model is not None
    assert diagram is not None
    tags = [tag.part for tag in diagram.tags]
    assert set(GATES.get(cell, "as")) <= set(tags)
    layer = model.reading.trace.layer()
    for step in (1, 4, 9):
        for part in tags:
            value = model.part_number(step, part, unit)
            assert value is not None
            if part in layer.quantities:
                row = layer[part][step - 1]
                wanted = np.abs(row).mean() if unit is None else row[unit]
                assert value == pytest.approx(float(wanted), rel=1e-5)


@pytest.mark.parametrize("cell", [Cell.RNN, Cell.GRU, Cell.LSTM], ids=str)
@pytest.mark.parametrize("height", [112, 160, 230])
def test_no_gate_covers_another(qtbot: QtBot, cell: Cell, height: int) -> None:
    spec = network(cell).network
    width = {Cell.RNN: 86.0, Cell.GRU: 126.0, Cell.LSTM: 137.0}[cell]
    diagram = small_diagram(cell, spec.activation, width, float(height))
    boxes = [node.rect for node in diagram.nodes] + [
        tag.rect.adjusted(1, 1, -1, -1) for tag in diagram.tags if tag.stacked
    ]
    for number, box in enumerate(boxes):
        assert box.left() >= 0
        assert box.right() <= width
        for other in boxes[number + 1 :]:
            assert not box.intersects(other)
    way_out = width - 5
    for node in diagram.nodes:
        assert not node.rect.left() < way_out < node.rect.right() + 1, node.sign
    for tag in diagram.tags:
        for node in diagram.nodes:
            assert not tag.stacked or not tag.rect.adjusted(0, -1, 0, 0).intersects(node.rect)


def test_a_click_on_a_gate_asks_for_its_number(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(network(Cell.LSTM), unit=2, view=View.DIAGRAM))
    layout, diagram = strip.layout_now, strip.diagram_now
    assert layout is not None
    assert diagram is not None
    corner = layout.frame_rect(strip.column_left(3)).topLeft()
    for name in "figo":
        node = next(node for node in diagram.nodes if node.part == name)
        place = corner + QPointF(node.x, node.y)
        target = strip.target_at(place)
        assert target is not None
        assert f"unit 3 of {name}₃" in target.words
        with qtbot.waitSignal(strip.place_requested) as asked:
            QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert asked.args == [Place(name, 0, 0, 3, 2)]


def test_a_click_on_a_bar_asks_for_the_class(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    layout = strip.layout_now
    assert layout is not None
    place = QPointF(
        strip.column_left(6) + layout.bars_left + layout.bars_width - 4, layout.bar(1).middle
    )
    with qtbot.waitSignal(strip.place_requested) as asked:
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert asked.args == [Place("y", None, 0, 6, 1)]


def test_where_a_class_is_looked_at_a_click_on_a_unit_goes_to_the_state(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(quantity="y", unit=1))
    place = strip.unit_rect(6, 3).center().toPoint()
    with (
        qtbot.waitSignal(strip.place_requested) as asked,
        qtbot.assertNotEmitted(strip.unit_requested),
    ):
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [Place("s", 0, 0, 6, 3)]
