"""Formulas are drawn, in the theme's colour, and never stop the window."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from rnnstudio.gui import formula
from rnnstudio.gui.export import picture
from rnnstudio.gui.formula import FormulaView, broken, formula_svg, load_formulas, plain_text
from rnnstudio.gui.theme import DARK, LIGHT
from tests.gui.hosting import hosted

# ziamath finds its font by a function that Python 3.11 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")

STATE = r"s_t = \tanh(U x_t + W s_{t-1} + b)"
LONG = r"n_t = \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn}))"


def _dots(image: QImage, color: str) -> int:
    return sum(
        image.pixelColor(x, y).name() == color
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.fixture
def view(qtbot: QtBot) -> FormulaView:
    load_formulas()
    result = FormulaView(STATE, 18)
    result.resize(result.sizeHint())
    qtbot.addWidget(result)
    return result


def test_a_formula_is_drawn_in_the_colour_of_the_theme(view: FormulaView) -> None:
    assert view.is_drawn
    assert _dots(picture(view), LIGHT.text) > 20
    view.set_theme(DARK)
    assert _dots(picture(view), DARK.text) > 20
    assert _dots(picture(view), LIGHT.text) == 0


def test_a_tall_formula_asks_for_room(view: FormulaView) -> None:
    before = view.sizeHint()
    view.set_formula(r"\frac{\partial L}{\partial w_{11}}")
    assert view.sizeHint().height() > before.height()
    assert view.sizeHint().width() < before.width()


def test_what_is_not_latex_is_shown_as_text(view: FormulaView) -> None:
    view.set_formula(r"\frac{\nonsense")
    assert not view.is_drawn
    assert _dots(picture(view), LIGHT.text) > 5


def test_a_narrow_place_shrinks_the_formula(view: FormulaView) -> None:
    view.resize(60, view.sizeHint().height())
    image = picture(view)
    # Nothing is cut off at the right edge: the last column holds no letter.
    right = {image.pixel(image.width() - 1, y) for y in range(image.height())}
    assert len(right) == 1


def test_an_empty_formula_is_empty(qtbot: QtBot) -> None:
    view = FormulaView()
    qtbot.addWidget(view)
    view.resize(view.sizeHint())
    picture(view)
    assert not view.is_drawn


def test_the_same_formula_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_formulas()
    first = formula_svg(STATE, LIGHT.text, 18)
    monkeypatch.setitem(sys.modules, "ziamath", None)
    assert formula_svg(STATE, LIGHT.text, 18) is first


def test_text_stands_until_formulas_are_loaded(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = formula._Typesetter()
    monkeypatch.setattr(formula, "_typesetter", lambda: late)
    view = FormulaView(STATE)
    qtbot.addWidget(view)
    if not view.is_drawn:
        picture(view)
    qtbot.waitUntil(lambda: view.is_drawn)


def test_importing_formulas_loads_no_typesetter() -> None:
    code = "import sys, rnnstudio.gui.formula; sys.exit('ziamath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (STATE, "sₜ = tanh(U xₜ + W sₜ₋₁ + b)"),
        (r"\frac{\partial L}{\partial w_{11}}", "∂ L/∂ w₁₁"),
        (r"w \leftarrow w - \eta \, \partial L", "w ← w - η ∂ L"),
        ("W_C", "W_C"),
        ("", ""),
    ],
)
def test_formulas_have_words(latex: str, words: str) -> None:
    assert plain_text(latex) == words


def test_a_sum_goes_on_in_a_second_line_where_it_is_too_long(qtbot: QtBot) -> None:
    load_formulas()
    view = FormulaView(LONG, 18)
    hosted(qtbot, view, 600, 80)
    assert view.line_count == 1
    view.resize(240, 80)
    assert view.line_count == 2
    assert view.sizeHint().height() > FormulaView(STATE, 18).sizeHint().height() + 10
    view.resize(600, 80)
    assert view.line_count == 1


def test_a_formula_is_broken_at_a_plus_of_its_own() -> None:
    assert broken(LONG) == (
        r"n_t = \tanh(W_{in} x_t + b_{in}",
        r"\quad + r_t \odot (W_{hn} h_{t-1} + b_{hn}))",
    )
    assert broken(r"x_t = E[id_t]") == (r"x_t = E[id_t]",)
    assert broken(r"\frac{a + b}{c}") == (r"\frac{a + b}{c}",)
