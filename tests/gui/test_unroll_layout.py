"""Columns, grids and the places of a step's parts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from rnnstudio.gui.plots.cells import GridPictures, fitted_grid
from rnnstudio.gui.plots.lettering import abbreviations, indexed, number, signed
from rnnstudio.gui.plots.strip_layout import (
    Band,
    StripNeeds,
    share_out,
    strip_layout,
)
from rnnstudio.gui.plots.timeline import GUTTER, Columns
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import LIGHT, signed_argb


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 16, 31, 64, 100, 256, 512])
@pytest.mark.parametrize("box", [(32, 60), (70, 110), (150, 400)])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_grid_has_a_place_for_every_unit_inside_its_box(
    count: int, box: tuple[int, int], ratio: float
) -> None:
    grid = fitted_grid(count, *box, ratio)
    assert grid.columns * grid.rows >= count
    if grid.cell_width > 1 and grid.cell_height > 1:
        assert grid.width <= box[0]
        assert grid.height <= box[1]
    assert (grid.cell_width * ratio).is_integer()
    assert (grid.cell_height * ratio).is_integer()
    for unit in {0, count // 2, count - 1}:
        centre = grid.cell(unit).center()
        assert grid.cell_at(centre.x(), centre.y()) == unit
    assert grid.cell_at(-1, 3) is None
    assert grid.cell_at(3, grid.height + 5) is None


def test_full_rows_are_preferred() -> None:
    grid = fitted_grid(16, 74, 150)
    assert grid.columns * grid.rows == 16


def test_the_empty_place_of_a_last_row_is_no_unit() -> None:
    grid = fitted_grid(7, 60, 60)
    places = grid.columns * grid.rows
    assert places > 7
    last = grid.cell(places - 1).center()
    assert grid.cell_at(last.x(), last.y()) is None


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_cells_have_the_colours_of_their_values(qtbot: QtBot, ratio: float) -> None:
    values = np.linspace(-1, 1, 12, dtype=np.float32)
    grid = fitted_grid(12, 60, 90, ratio)
    image = GridPictures(LIGHT, grid, values[None], Scale(-1.0, 1.0, True), ratio).image
    for unit, color in enumerate(signed_argb(LIGHT, values, 1.0)):
        centre = grid.cell(unit).center() * ratio
        assert image.pixel(int(centre.x()), int(centre.y())) == color
    assert image.pixelColor(0, 0).alpha() < 255  # corners are round


def test_not_a_number_is_drawn_as_zero(qtbot: QtBot) -> None:
    values = np.array([np.nan, np.inf, -np.inf, 0.0], np.float32)
    grid = fitted_grid(4, 30, 30)
    image = GridPictures(LIGHT, grid, values[None], Scale(-1.0, 1.0, True)).image
    centres = [grid.cell(unit).center().toPoint() for unit in range(4)]
    assert image.pixel(centres[0]) == image.pixel(centres[3])


def test_bands_share_the_room_up_to_their_most() -> None:
    bands = [Band(10, 20, 1), Band(5, 5), Band(10, 1000, 1)]
    assert share_out(25, bands) == [10, 5, 10]
    assert share_out(100, bands) == [20, 5, 75]
    assert share_out(7, bands) == [10, 5, 10]  # no band is ever lower than its least


@pytest.mark.parametrize("height", [240, 330, 440, 900])
@pytest.mark.parametrize("width", [66, 80, 118, 220])
@pytest.mark.parametrize(
    ("classes", "units", "embedding"), [(2, 16, None), (60, 512, 64), (1, 1, 3)]
)
def test_the_parts_of_a_step_stand_above_each_other(
    qtbot: QtBot, height: int, width: int, classes: int, units: int, embedding: int | None
) -> None:
    layout = strip_layout(width, height, StripNeeds(classes, units, embedding), 1.0)
    spans = [
        layout.bars,
        layout.y_letter,
        layout.v_arrow,
        layout.frame,
        layout.s_letter,
        layout.u_arrow,
        layout.x,
        layout.id_line,
        layout.word,
    ]
    for above, below in itertools.pairwise(spans):
        assert above.bottom <= below.top + 0.01
        assert above.height >= 12
    assert spans[0].top >= 0
    assert spans[-1].bottom <= height
    assert 0 <= layout.frame_left < layout.frame_left + layout.frame_width <= width
    first, last = layout.unit_rect(100, 0), layout.unit_rect(100, units - 1)
    for rect in (first, last):
        assert layout.frame.top <= rect.top() <= rect.bottom() <= layout.frame.bottom
        assert 100 + layout.frame_left <= rect.left()
        assert rect.right() <= 100 + layout.frame_left + layout.frame_width
    assert layout.unit_at(100, QPointF(last.center())) == units - 1


def test_columns_fill_the_room_or_scroll() -> None:
    short, fitting, long = (Columns.fitted(count, 1150) for count in (3, 14, 40))
    assert short.total < 1150
    assert 1100 < fitting.total <= 1150
    assert long.total > 1150
    assert short.width > fitting.width


def test_only_the_columns_in_view_are_visible() -> None:
    columns = Columns(5000, 80)
    assert columns.visible(0, 800) == range(1, 11)
    assert columns.visible(GUTTER + 80, 160) == range(2, 4)
    assert columns.visible(columns.total - 400, 400).stop == 5001
    assert columns.step_at(GUTTER) == 1
    assert columns.step_at(GUTTER - 1) is None
    assert columns.step_at(columns.total + 5) is None


def test_numbers_are_written_with_a_real_minus() -> None:
    assert signed(-0.7826) == "−0.783"
    assert signed(0.05) == "+0.050"
    assert signed(-0.0001) == "+0.000"
    assert number(-0.0001) == "0.000"
    assert number(0.25, 1) == "0.2"
    assert indexed("s", 12) == "s₁₂"


def test_labels_are_cut_where_they_still_differ() -> None:
    assert abbreviations(("negative", "positive")) == ("neg", "pos")
    assert abbreviations(("0", "1")) == ("0", "1")
    assert abbreviations(("Spain", "Spanish")) == ("Spai", "Span")
    assert abbreviations(("class A1", "class B2")) == ("…A1", "…B2")
    assert abbreviations(("only",)) == ("onl",)
    assert abbreviations(()) == ()
