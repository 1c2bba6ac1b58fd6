"""The controls of the play head, and how far the weights on the screen are trained."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QIcon, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QSlider, QWidget

from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.unroll import TransportState

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_ICON = 14


class Transport(QFrame):
    """First, back, play or pause, on; speed; a slider over the words."""

    step_requested = Signal(int)
    play_requested = Signal()
    pause_requested = Signal()
    speed_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setProperty("role", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme: Theme = LIGHT
        self._state = TransportState(0, 0, False, 1.0, "", False)

        self.first_button = _square_button("first_step", "First step (Home)")
        self.back_button = _square_button("step_back", "One step back (←)")
        self.play_button = _square_button("play", "Play the sentence (Space)")
        self.play_button.setProperty("role", "primary")
        self.on_button = _square_button("step_on", "One step on (→)")
        self.speed_button = button("1×", tooltip="Speed of playing")
        self.speed_button.setObjectName("speed")
        self.speed_button.setProperty("hasMenu", "true")
        self.speed_button.setAccessibleName("Speed of playing")
        self.speed_button.setMenu(self._speed_menu())
        self.place = label("", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("play_head")
        self.slider.setAccessibleName("Play head")
        self.slider.setMinimumWidth(120)
        self.weights = ElidedLabel("muted")
        self.live = label("live", "chip")
        self.live.setProperty("tone", "accent")
        self.live.setToolTip("The network is training; the page follows it")

        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 9)
        layout.setSpacing(6)
        for control in (self.first_button, self.back_button, self.play_button, self.on_button):
            layout.addWidget(control)
        layout.addWidget(self.speed_button)
        layout.addSpacing(8)
        layout.addWidget(self.place)
        layout.addSpacing(4)
        layout.addWidget(self.slider, 1)
        layout.addSpacing(8)
        layout.addWidget(self.weights)
        layout.addWidget(self.live)

        self.first_button.clicked.connect(self._on_first_clicked)
        self.back_button.clicked.connect(self._on_back_clicked)
        self.play_button.clicked.connect(self._on_play_clicked)
        self.on_button.clicked.connect(self._on_on_clicked)
        self.slider.valueChanged.connect(self.step_requested)
        self.set_theme(self.theme)

    def render(self, state: TransportState) -> None:  # type: ignore[override]
        """Show where the play head stands and whether it moves."""
        turned = state.playing != self._state.playing
        self._state = state
        some = state.steps > 0
        self.first_button.setEnabled(state.step > 1)
        self.back_button.setEnabled(state.step > 1)
        self.on_button.setEnabled(state.step < state.steps)
        self.play_button.setEnabled(some)
        self.slider.setEnabled(some)
        self.slider.blockSignals(True)
        self.slider.setRange(1, max(state.steps, 1))
        self.slider.setPageStep(max(1, state.steps // 10))
        self.slider.setValue(state.step)
        self.slider.blockSignals(False)
        # As wide as the last step's words, so that the slider does not move while playing.
        widest = f"step {state.steps:,} / {state.steps:,}"
        self.place.setMinimumWidth(self.place.fontMetrics().horizontalAdvance(widest) + 2)
        place = f"step {state.step:,} / {state.steps:,}"
        self.place.setText(place if some else "nothing to unroll")
        self.speed_button.setText(_speed_words(state.speed))
        for action in self._speeds.actions():
            action.setChecked(action.data() == state.speed)
        self.weights.set_words(state.weights)
        self.live.setVisible(state.live)
        if turned:
            self._show_play_icon()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        ahead = icon("play", theme, "text")
        self.on_button.setIcon(ahead)
        self.back_button.setIcon(_mirrored(ahead))
        self.first_button.setIcon(_mirrored(icon("step", theme, "text")))
        self._show_play_icon()

    def _show_play_icon(self) -> None:
        playing = self._state.playing
        self.play_button.setIcon(icon("pause" if playing else "play", self.theme, "on_accent"))
        words = "Pause (Space)" if playing else "Play the sentence (Space)"
        self.play_button.setToolTip(words)
        self.play_button.setAccessibleName(words)

    def _speed_menu(self) -> QMenu:
        menu = QMenu(self)
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = menu.addAction(_speed_words(speed))
            action.setCheckable(True)
            action.setData(speed)
            self._speeds.addAction(action)
        self._speeds.triggered.connect(self._on_speed_chosen)
        return menu

    def _on_speed_chosen(self, action: object) -> None:
        chosen = self._speeds.checkedAction()
        if chosen is not None:
            self.speed_requested.emit(float(chosen.data()))

    def _on_first_clicked(self) -> None:
        self.step_requested.emit(1)

    def _on_back_clicked(self) -> None:
        self.step_requested.emit(self._state.step - 1)

    def _on_on_clicked(self) -> None:
        self.step_requested.emit(self._state.step + 1)

    def _on_play_clicked(self) -> None:
        if self._state.playing:
            self.pause_requested.emit()
        else:
            self.play_requested.emit()


def _square_button(name: str, words: str) -> QPushButton:
    result = button("", tooltip=words)
    result.setObjectName(name)
    result.setAccessibleName(words)
    result.setProperty("square", "true")
    result.setIconSize(QSize(_ICON, _ICON))
    return result


def _mirrored(original: QIcon) -> QIcon:
    """Return an icon that points to the other side."""
    result = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        # Four times the size it is shown in: crisp at every device pixel ratio.
        pixmap = original.pixmap(QSize(_ICON * 4, _ICON * 4), mode)
        result.addPixmap(pixmap.transformed(QTransform().scale(-1, 1)), mode)
    return result


def _speed_words(speed: float) -> str:
    return f"{speed:g}×"
