"""Colours that mean opposite things are told apart by people with colour-blindness.

They are simulated with the matrices for severity 1.0 of G. M. Machado, M. M. Oliveira, L. A. F.
Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
Transactions on Visualization and Computer Graphics 15 (2009), table 1, on linear RGB. Distances are
CIE76 in CIELAB (D65); 2.3 is a just noticeable difference.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import DARK, LIGHT, Theme

Floats = NDArray[np.float64]

VISION: dict[str, Floats] = {
    "as most": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# Linear sRGB to XYZ with the white point D65 (IEC 61966-2-1).
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])

themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
visions = pytest.mark.parametrize("vision", list(VISION))


def lab(color: QColor, vision: str) -> Floats:
    """A colour as it is seen, in CIELAB."""
    parts = np.array([color.redF(), color.greenF(), color.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0.0, 1.0)
    xyz = _XYZ @ seen / _WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: QColor, other: QColor, vision: str) -> float:
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def test_the_simulation_knows_what_is_confused() -> None:
    red, green = QColor("#c0392b"), QColor("#6b8e23")
    assert distance(red, green, "deuteranopia") < 0.4 * distance(red, green, "as most")
    grey = QColor("#808080")
    for vision in VISION:
        assert distance(grey, grey, vision) == 0
        assert np.abs(lab(grey, vision)[1:]).max() < 1.0  # grey is grey to everybody


@themes
@visions
@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_the_signs_are_told_apart(theme: Theme, vision: str, share: float) -> None:
    scale = Scale(-1.0, 1.0, True)
    below, above = scale.color(theme, -share), scale.color(theme, share)
    assert distance(below, above, vision) >= 70 * share
    for side in (below, above):
        assert distance(side, theme.color("neutral"), vision) >= 40 * share


@themes
@visions
def test_half_open_is_told_from_open_and_shut(theme: Theme, vision: str) -> None:
    scale = Scale(0.0, 1.0, False)
    shut, half, opened = (scale.color(theme, value) for value in (0.0, 0.5, 1.0))
    for one, other in combinations((shut, half, opened), 2):
        assert distance(one, other, vision) >= 25
    lightness = [lab(scale.color(theme, value), vision)[0] for value in np.linspace(0, 1, 21)]
    steps = np.diff(lightness)
    assert (steps < 0).all() or (steps > 0).all()


@themes
@visions
def test_a_gate_is_not_taken_for_a_state(theme: Theme, vision: str) -> None:
    gate, state = Scale(0.0, 1.0, False), Scale(-1.0, 1.0, True)
    for sign in (-1.0, 1.0):
        assert distance(gate.color(theme, 1.0), state.color(theme, sign), vision) >= 20


@themes
@visions
def test_two_classes_are_told_apart(theme: Theme, vision: str) -> None:
    assert distance(theme.class_color(0), theme.class_color(1), vision) >= 35


@themes
@visions
def test_few_classes_are_told_apart(theme: Theme, vision: str) -> None:
    """Their names stand beside them: colour helps to find them again."""
    for one, other in combinations(range(4), 2):
        assert distance(theme.class_color(one), theme.class_color(other), vision) >= 13


@themes
@visions
def test_training_is_told_from_validation(theme: Theme, vision: str) -> None:
    assert distance(theme.color("train"), theme.color("validation"), vision) >= 70
