"""The bar below the matrix: back to an epoch, or to the first words; each can be played."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rnnstudio.gui.controls import ElidedLabel, button, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.plots.stop_slider import StopSlider
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.time_bar import SliderState, TimeBarState

_PLAY_MILLISECONDS = 250  # at each stop: four a second can be read
_LEAST_PLAY = 3_000  # in all: few stops are shown for longer
_MILLISECONDS = 500  # between two pictures while the network learns
_WIDEST = "after epoch 200 of 200 (best)"  # longer words are cut
_END_WIDTH = 46
_ROW = 28  # with a slider or with words instead: the matrix above is not to move
_NOTHING = SliderState(message=" ")


class _Line(QObject):
    """One slider with its play button, its words and its end; a row of the bar."""

    chosen = Signal(object)  # the value of a stop: int, or None for the end
    started = Signal(object)  # this line plays
    hinted = Signal(str)

    def __init__(self, name: str, over: str, end: tuple[str, str], parent: QWidget) -> None:
        """Make the controls.

        Args:
            name: what stands before the objects' names.
            over: what the slider goes over, as on its tooltips.
            end: what stands on the button of the last stop, and its tooltip.
        """
        super().__init__(parent)
        self._state = _NOTHING
        self._theme = LIGHT
        self._over = over
        self.play = tool_button("", "")
        self.play.setObjectName(f"{name}_play")
        self.play.setIconSize(QSize(14, 14))
        self.words = ElidedLabel("value")
        self.words.setObjectName(f"{name}_words")
        self.slider = StopSlider()
        self.slider.setObjectName(f"{name}_slider")
        self.slider.setAccessibleName(f"Over the {over}")
        self.message = ElidedLabel("muted")
        self.message.setObjectName(f"{name}_message")
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.message.setIndent(6)
        self.end = button(end[0], "quiet", end[1])
        self.end.setObjectName(f"{name}_end")
        self.end.setCheckable(True)
        self.end.setMinimumWidth(_END_WIDTH)
        self._timer = QTimer(self)
        self._timer.setInterval(_PLAY_MILLISECONDS)
        self._timer.timeout.connect(self._on_tick)
        self.play.clicked.connect(self._on_play_clicked)
        self.end.clicked.connect(self._on_end_clicked)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.hinted.connect(self.hinted)
        self._show_play()

    @property
    def is_playing(self) -> bool:
        """Whether it goes from stop to stop by itself."""
        return self._timer.isActive()

    @property
    def pace(self) -> int:
        """How many milliseconds each stop is seen while it plays."""
        return self._timer.interval()

    def row(self) -> QWidget:
        """Return the controls side by side."""
        result = QWidget()
        result.setFixedHeight(_ROW)
        layout = QHBoxLayout(result)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for control in (self.play, self.words):
            layout.addWidget(control)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.end)
        layout.addWidget(self.message, 1)
        return result

    def render(self, state: SliderState) -> None:
        """Show the stops and the one that is chosen."""
        if state == self._state:
            return
        waited = self._state.waits and not state.waits
        self._state = state
        if waited and self._timer.isActive():
            self._timer.start()  # it is seen from now on
        there = not state.message
        for control in (self.play, self.words, self.slider, self.end):
            control.setVisible(there)
        self.message.setVisible(not there)
        self.message.set_words(state.message)
        if not there:
            self.pause()
            return
        # As wide whatever it says: the slider is not to move while it is dragged.
        self.words.setFixedWidth(self.words.fontMetrics().horizontalAdvance(_WIDEST) + 4)
        self.words.set_words(state.words)
        self.slider.set_stops(state.places, state.hints, state.marked, state.stop)
        self.slider.setToolTip(state.about)
        self.end.setChecked(state.value is None)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.slider.set_theme(theme)
        self._show_play()

    def pause(self) -> None:
        """Stay at the present stop."""
        if self._timer.isActive():
            self._timer.stop()
            self._show_play()

    def _on_play_clicked(self) -> None:
        if self._timer.isActive():
            self.pause()
            return
        self.started.emit(self)
        if self._state.value is None:
            self._choose(0)
        self._timer.setInterval(
            max(_PLAY_MILLISECONDS, _LEAST_PLAY // max(len(self._state.values), 1))
        )
        self._timer.start()
        self._show_play()

    def _on_tick(self) -> None:
        if self._state.waits:
            return  # each stop is seen, however long its answers take
        # It ends at the present weights, even if those are not the last ones.
        end, last, following = self._state.end, len(self._state.values) - 1, self._state.stop + 1
        self._choose(following if following <= last else end)
        if following > last or following == last == end:
            self.pause()

    def _on_slid(self, stop: int) -> None:
        self.pause()
        self._choose(stop)

    def _on_end_clicked(self) -> None:
        self.pause()
        self.end.setChecked(self._state.value is None)
        self._choose(self._state.end)

    def _choose(self, stop: int) -> None:
        value = self._state.values[min(stop, len(self._state.values) - 1)]
        if value != self._state.value:
            self.chosen.emit(value)

    def _show_play(self) -> None:
        playing = self._timer.isActive()
        self.play.setIcon(icon("pause" if playing else "play", self._theme, "text"))
        words = "Pause" if playing else f"Run through the {self._over}"
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)


class TimeBar(QFrame):
    """Two sliders: after which epoch, and after how many words, the network answers."""

    judging_changed = Signal(object)  # a dict of Judging fields: "epoch" or "words"
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("time_bar")
        self.setProperty("role", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme: Theme = LIGHT
        self.epochs = _Line("epochs", "epochs", ("now", "The present weights"), self)
        self.reading = _Line(
            "reading", "words of each sentence", ("all", "Read every sentence to its end"), self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(2)
        for line in (self.epochs, self.reading):
            layout.addWidget(line.row())
            line.started.connect(self._on_started)
            line.hinted.connect(self.hinted)
        self._throttle: Throttle[TimeBarState] = Throttle(self._show, _MILLISECONDS, self)
        self._shown: TimeBarState | None = None
        self.epochs.chosen.connect(self._on_epoch_chosen)
        self.reading.chosen.connect(self._on_words_chosen)

    def render(self, state: TimeBarState) -> None:  # type: ignore[override]
        """Show where both sliders stand; epochs that are added only as fast as can be read."""
        shown = self._shown
        added = shown is not None and state.live and _chosen(shown) == _chosen(state)
        (self._throttle.soon if added else self._throttle.now)(state)

    def _show(self, state: TimeBarState) -> None:
        self._shown = state
        self.epochs.render(state.epochs)
        self.reading.render(state.reading)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.epochs.set_theme(theme)
        self.reading.set_theme(theme)

    def hideEvent(self, event: QHideEvent) -> None:
        self.epochs.pause()
        self.reading.pause()
        super().hideEvent(event)

    def _on_started(self, playing: _Line) -> None:
        for line in (self.epochs, self.reading):
            if line is not playing:
                line.pause()

    def _on_epoch_chosen(self, epoch: int | None) -> None:
        self.judging_changed.emit({"epoch": epoch})

    def _on_words_chosen(self, words: int | None) -> None:
        self.judging_changed.emit({"words": words})


def _chosen(state: TimeBarState) -> tuple[object, ...]:
    """What a person has chosen, or waits for."""
    return tuple((line.value, line.waits, line.message) for line in (state.epochs, state.reading))
