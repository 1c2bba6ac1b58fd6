"""States of the strip for its tests: every cell, layers, directions, changes made by hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.engine.attribution import leave_one_out
from rnnstudio.engine.deciding import decided_at
from rnnstudio.engine.surgery import Change
from rnnstudio.gui.panels.unrolled_network import UnrolledNetworkPanel
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.project.model import Model
from rnnstudio.session.findings import AttributionFound
from rnnstudio.session.looking import Looking, Method
from rnnstudio.session.reading import read
from rnnstudio.session.resolve.unroll import UnrolledState
from tests.gui.hosting import hosted
from tests.session.any_network import network
from tests.session.unroll_states import SENTENCE


def strip_state(
    model: Model | None = None,
    step: int = 4,
    unit: int | None = None,
    sentence: str = SENTENCE,
    changes: tuple[Change, ...] = (),
    attributed: bool = False,
    moving: bool = False,
    motion: bool = False,
    **looking: Any,
) -> UnrolledState:
    """A reading of the sentence, looked at in some way."""
    model = model or network()
    reading = read(model, sentence, None, changes)
    found = None
    if attributed:
        result = leave_one_out(
            model.network, model.parameters, reading.ids, reading.trace.prediction
        )
        found = AttributionFound(model, reading.words, Method.LEAVE_ONE_OUT, result)
    decided = decided_at(reading.trace)
    return UnrolledState(
        reading, step, unit, "", Looking(**looking), found, decided, moving, motion
    )


def strip_panel(
    qtbot: QtBot, state: UnrolledState, width: int = 1100, height: int = 460
) -> UnrolledNetworkPanel:
    """The panel with a state."""
    panel = UnrolledNetworkPanel()
    hosted(qtbot, panel, width, height)
    panel.render(state)
    return panel


def strip_of(qtbot: QtBot, state: UnrolledState, **size: int) -> NetworkStrip:
    """The strip of such a panel."""
    return strip_panel(qtbot, state, **size).strip


def move_pressed(
    widget: QWidget,
    place: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Move the mouse with its left button held; QTest has neither button nor keys for that."""
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        modifiers,
    )
    QApplication.sendEvent(widget, event)
