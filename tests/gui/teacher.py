"""A teacher at the Unroll page: what they do with mouse and keys, and what must be seen then."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QButtonGroup,
    QMenu,
    QPushButton,
    QScrollArea,
    QWidget,
)

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.attribution import (
    Attribution,
    gradient_times_input,
    integrated_gradients,
    leave_one_out,
)
from rnnstudio.engine.explain import Explanation, explain
from rnnstudio.engine.surgery import Change, fits, operate
from rnnstudio.engine.trace import Trace, trace
from rnnstudio.engine.unit_order import by_change, by_class_weight, by_similarity
from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.pages.unroll import UnrollPage
from rnnstudio.gui.plots.heat_map_painting import TOP
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.plots.timeline import GUTTER
from rnnstudio.session.letters import plain
from rnnstudio.session.looking import Below, Beside, Method, Order
from rnnstudio.session.sentence import encoded, given_row
from tests.gui.person import PLAIN, Person

_LEFT = Qt.MouseButton.LeftButton
_METHODS: dict[Method, Callable[..., Attribution]] = {
    Method.LEAVE_ONE_OUT: leave_one_out,
    Method.GRADIENT_TIMES_INPUT: gradient_times_input,
    Method.INTEGRATED_GRADIENTS: integrated_gradients,
}
# Under which names the engine has the numbers that belong to the network, not to a layer.
_OF_NETWORK = {"m": "m", "scores": "z", "y": "y"}


class Teacher(Person):
    """Someone at the Unroll page, with the numbers that the engine computes for what they do."""

    @property
    def page(self) -> UnrollPage:
        return self.wiring.unroll

    @property
    def strip(self) -> NetworkStrip:
        return self.page.network.strip

    # hands

    def drag(
        self, widget: QWidget, *places: QPoint, modifiers: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Press the mouse at the first place, take it over the others, let go at the last."""
        if isinstance(widget, QAbstractScrollArea):
            widget = widget.viewport()
        handle = self.window.windowHandle()
        way = [widget.mapTo(self.window, place) for place in places]
        assert self.window.childAt(way[0]) is widget
        QTest.mousePress(handle, _LEFT, modifiers, way[0])
        self.settle()
        for place in way[1:]:
            QTest.mouseMove(handle, place)
            self.settle()
        QTest.mouseRelease(handle, _LEFT, modifiers, way[-1])
        self.settle()

    def double_click(self, widget: QAbstractScrollArea, point: QPoint) -> None:
        """Click twice."""
        place = widget.viewport().mapTo(self.window, point)
        assert self.window.childAt(place) is widget.viewport()
        QTest.mouseDClick(self.window.windowHandle(), _LEFT, PLAIN, place)
        self.settle()

    def open_menu(self, widget: QAbstractScrollArea, point: QPoint) -> None:
        """Ask for the menu of a place, as the right button does."""
        viewport = widget.viewport()
        by_mouse = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(by_mouse, point, viewport.mapToGlobal(point))
        QApplication.sendEvent(viewport, event)
        self.settle()

    def choose(self, opener: QWidget, words: str) -> None:
        """Open a control's menu and click on the line that begins with some words."""
        failed: list[BaseException] = []

        def choose() -> None:
            try:
                self.choose_open(words)
            except BaseException as error:
                failed.append(error)
            while (popup := QApplication.activePopupWidget()) is not None:
                popup.close()

        # The menu of a tool button comes back only when it is closed.
        QTimer.singleShot(0, choose)
        self.click(opener)
        if failed:
            raise failed[0]

    def choose_open(self, words: str) -> None:
        """Click on a line of the menu that is open; one in a menu of its own is "menu > line"."""
        menu = QApplication.activePopupWidget()
        parts = words.split(" > ")
        for part in parts:
            assert isinstance(menu, QMenu), part
            action = _line(menu, part)
            assert action.isEnabled(), part
            if part is not parts[-1]:
                menu.setActiveAction(action)
                QTest.keyClick(menu, Qt.Key.Key_Right)  # the mouse would have to wait for it
            else:
                QTest.mouseClick(menu, _LEFT, PLAIN, menu.actionGeometry(action).center())
            self.settle()
            menu = QApplication.activePopupWidget()
        assert QApplication.activePopupWidget() is None
        self.window.activateWindow()  # which the menu was while it was open
        self.settle()

    def reach(self, widget: QWidget) -> None:
        """Scroll to a control that the panel has no room for."""
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(widget)
            parent = parent.parentWidget()
        self.settle()

    def show_below(self, below: Below) -> None:
        """Choose what stands below the strip."""
        switch = self.page.below_stack.currentWidget().findChild(QPushButton, str(below))
        assert isinstance(switch, QPushButton)
        self.click(switch)
        assert self.state.looking.below is below

    def choose_by_keys(self, row: SegmentedControl, key: str) -> None:
        """Go to a row of buttons with Tab, along it with the arrows."""
        buttons = row.findChildren(QPushButton)
        for _ in range(120):
            if QApplication.focusWidget() in buttons:
                break
            self.key(Qt.Key.Key_Tab)
        wanted = row.button(key)
        names = [one.objectName() for one in buttons]
        for _ in names:
            focused = QApplication.focusWidget()
            assert focused is not None
            place = names.index(focused.objectName())  # in a row that may have taken its place
            if place == names.index(wanted.objectName()):
                break
            right = place < names.index(wanted.objectName())
            self.key(Qt.Key.Key_Right if right else Qt.Key.Key_Left)
        self.key(Qt.Key.Key_Space)
        assert row.key == key

    def not_reached(self) -> set[str]:
        """Go round with Tab; return the controls of the page at which one never comes by."""
        wanted = {
            control
            for control in self.page.findChildren(QWidget)
            if control.isVisible()
            and control.isEnabled()
            and control.focusPolicy() & Qt.FocusPolicy.TabFocus
            and control.focusProxy() is None
        }
        assert len(wanted) > 20
        reached: list[QWidget] = []
        for _ in range(120):
            self.key(Qt.Key.Key_Tab)
            focused = QApplication.focusWidget()
            assert focused is not None
            if reached and focused is reached[0]:
                break
            reached.append(focused)
        missed = wanted - set(reached)
        # Of a row of buttons Tab comes to one, and the arrows go on from there.
        rows = {_group(one) for one in reached} - {None}
        missed = {one for one in missed if _group(one) not in rows}
        return {f"{type(one).__name__} {one.objectName()}" for one in missed}

    def current_term(self) -> int:
        """Return the row of the inspector's terms that the keyboard is on."""
        terms, said = self.page.inspector.terms, self.page.inspector.terms.accessibleDescription()
        words = [plain(row.words) for row in terms.rows()]
        return words.index(said) if said in words else 0

    def lonely_point(self) -> tuple[int, QPoint]:
        """Return a state of the data set in the plane, at a place where no step is near."""
        plane = self.page.paths.plane
        assert plane.state is not None
        assert plane.state.cloud is not None
        for place in plane.axes.places(plane.state.cloud.points):
            pixel = QPointF(*place).toPoint()
            point = plane.point_at(QPointF(pixel))
            if point is not None and plane.step_at(QPointF(pixel)) is None:
                return point, pixel
        raise AssertionError("every state lies below a step")

    def part(self, of: QWidget, name: str) -> QWidget:
        """Return a control by its name."""
        found = of.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def has_beside(self, beside: Beside) -> bool:
        """Return whether this stands beside the strip."""
        return self.state.looking.beside is beside

    def by_hand(self) -> tuple[Change, ...]:
        """Return what was set by hand."""
        return self.state.changes

    # what the engine says

    def reading_of(self, sentence: str) -> Trace:
        """Return another sentence read by the present network."""
        assert self.state.model is not None
        return self.state.model.trace(sentence)[1]

    def contributions(self, method: Method, step: int | None = None) -> FloatArray:
        """Return how much each word moved the answer, at a step where each word has one."""
        model, answers = self.state.model, self.original.y
        assert model is not None
        answer = int(answers[-1 if step is None else step - 1].argmax())
        by = _METHODS[method]
        return by(model.network, model.parameters, self.ids, answer, step).contributions

    def read_instead(self, step: int, word: str) -> Trace:
        """Return the present sentence read with another word at a step."""
        model, ids = self.state.model, self.ids.copy()
        assert model is not None
        ids[step - 1] = model.vocabulary.id_of(word)
        return trace(model.network, model.parameters, ids)

    def label(self, read: Trace) -> str:
        """Return what a reading answers."""
        assert self.state.model is not None
        return self.state.model.labels[int(read.y[-1].argmax())]

    def chance_of_truth(self) -> float:
        """Return the probability of the class that the data give the present sentence."""
        state = self.state
        assert state.model is not None
        assert state.selection.row is not None
        label = state.table.rows[state.selection.row].label
        return float(self.original.y[-1, state.model.labels.index(label)])

    def chances_of_truth(self, split: str) -> list[float]:
        """Return the same for every sentence of a split."""
        state = self.state
        model, dataset = state.model, state.dataset
        assert model is not None
        assert dataset is not None
        return [
            float(model.trace(row.text)[1].y[-1, model.labels.index(row.label)])
            for row, own in zip(state.table.rows, dataset.splits, strict=True)
            if own == split
        ]

    @property
    def ids(self) -> IntArray:
        """The present sentence as the present network is given it."""
        state = self.state
        assert state.model is not None
        return encoded(state.model, state.selection.sentence, given_row(state)).ids

    @property
    def original(self) -> Trace:
        """The present sentence read by the present network, nothing set by hand."""
        model = self.state.model
        assert model is not None
        return trace(model.network, model.parameters, self.ids)

    @property
    def truth(self) -> Trace:
        """The same with what was set by hand."""
        model, original = self.state.model, self.original
        assert model is not None
        fitting = [change for change in self.state.changes if fits(change, original)]
        return operate(model.network, model.parameters, self.ids, fitting)

    @property
    def at(self) -> tuple[str, int, int]:
        """The quantity, layer and direction that are looked at."""
        looking, model = self.state.looking, self.state.model
        assert model is not None
        layer = model.network.layers - 1 if looking.layer is None else looking.layer
        return looking.quantity, layer, looking.direction

    def values(self, read: Trace) -> FloatArray:
        """Return what is looked at over time (T, n)."""
        name, layer, direction = self.at
        if name in _OF_NETWORK:
            found: FloatArray = getattr(read, _OF_NETWORK[name])
            return found
        traced = read.layer(layer, direction)
        return traced.x if name == "x" else traced[name]

    def explained(self) -> Explanation:
        """Return what the inspector has to take apart."""
        read, selection = self.truth, self.state.selection
        name, layer, direction = self.at
        if selection.unit is None:
            leading = int(read.y[selection.step - 1].argmax())
            return explain(read, "y", selection.step, leading)
        at = None if name in _OF_NETWORK else layer
        name = _OF_NETWORK.get(name, name)
        return explain(read, name, selection.step, selection.unit, at, direction)

    # what must be seen

    def look(self) -> Trace:
        """Everything on the page shows the engine's numbers of the document; return them."""
        self.settle()
        read, state = self.truth, self.state
        self._look_at_strip(read)
        self._look_at_transport(read)
        assert self.page.sentence_box.edit.text() == state.selection.sentence
        assert self.page.changes_bar.isVisible() is bool(state.changes)
        below, beside = self.page.below_stack, self.page.beside_stack
        assert (
            below.currentWidget()
            is {
                Below.HEAT_MAP: self.page.hidden_state,
                Below.PATHS: self.page.paths,
                Below.TWO_SENTENCES: self.page.two_sentences,
            }[state.looking.below]
        )
        assert (
            beside.currentWidget()
            is {
                Beside.INSPECTOR: self.page.inspector,
                Beside.REPLACEMENTS: self.page.replacements,
                Beside.PHRASE: self.page.phrase,
            }[state.looking.beside]
        )
        if state.looking.below is Below.HEAT_MAP:
            self._look_at_heat_map(read)
        if state.looking.beside is Beside.INSPECTOR:
            self._look_at_inspector(read)
        return read

    def _look_at_strip(self, read: Trace) -> None:
        strip, state = self.strip, self.state
        model = strip.model
        assert model is not None
        name, layer, direction = self.at
        shown = read.layer(layer, direction)
        quantity = name if name in shown.quantities else "s"
        assert (model.quantity, model.layer_index, model.direction) == (quantity, layer, direction)
        assert strip.columns.count == len(read)
        assert (strip.step, model.view) == (state.selection.step, state.looking.view)
        if name == quantity:
            assert strip.unit == state.selection.unit
        rows = strip.table_rows()
        assert rows is not None
        assert [int(row[2]) for row in rows[1:]] == read.ids.tolist()
        for step in range(1, len(read) + 1):
            assert np.array_equal(model.cells(step), shown[quantity][step - 1])
            assert np.array_equal(model.shares(step), read.y[step - 1])
            shown_units = list(strip.shown_units(step))
            sizes = np.abs(shown[quantity][step - 1])
            left = np.delete(sizes, shown_units)
            if shown_units and len(left):
                assert sizes[shown_units].min() >= left.max()
        assert strip.opened_step.isVisible() is state.looking.opened
        parts = model.parts(state.selection.step)
        for part in parts.keys() & shown.quantities.keys():
            assert np.array_equal(parts[part], shown[part][state.selection.step - 1])
        if state.changes:
            before = model.original_shares(len(read))
            assert before is not None
            assert np.array_equal(before, self.original.y[-1])
        else:
            assert model.original_shares(1) is None

    def _look_at_transport(self, read: Trace) -> None:
        transport, step = self.page.transport, self.state.selection.step
        assert (transport.slider.value(), transport.slider.maximum()) == (step, len(read))
        assert transport.place.text() == f"step {step} / {len(read)}"

    def _look_at_heat_map(self, read: Trace) -> None:
        heat, state, values = self.page.hidden_state.map, self.state, self.values(read)
        assert heat.data is not None
        numbers = heat.data.numbers
        assert np.array_equal(numbers.values, values[:, numbers.units])
        assert heat.unit_order() == numbers.units[self._order(read, values)].tolist()
        assert heat.step == state.selection.step
        assert heat.phrase == state.looking.phrase
        for step in heat.visible_steps:
            for row in heat.visible_rows()[:2]:
                unit = heat.unit_order()[row]
                middle = heat.cell_rect(step, unit).center()
                if middle.x() >= GUTTER and TOP <= middle.y() < heat.rows_bottom:
                    hit = heat.target_at(middle)
                    assert hit is not None
                    assert (hit.step, hit.unit) == (step, unit)

    def _order(self, read: Trace, values: FloatArray) -> list[int]:
        name, layer, direction = self.at
        looking = self.state.looking
        order = looking.order
        read_directly = name == "m" or (layer == len(read.layers) - 1 and name not in ("x", "y"))
        if order is Order.CHANGE:
            before = read.layer(layer, direction).initial.get(f"{name}_0")
            return list(map(int, by_change(values, before)))
        if order is Order.SIMILARITY:
            return list(map(int, by_similarity(values)))
        if order is Order.CLASS_WEIGHT and read_directly and name != "scores":
            chosen = looking.ranked_class
            if chosen is None:
                labels = read.spec.task == "label"
                of = self.state.selection.step if labels else len(read)
                chosen = int(read.y[of - 1].argmax())
            return list(map(int, by_class_weight(read, chosen, layer, direction, name)))
        return list(range(values.shape[1]))

    def _look_at_inspector(self, read: Trace) -> None:
        inspector, wanted = self.page.inspector, self.explained()
        found = inspector.explanation
        assert found == wanted
        course = inspector.history.history
        assert course is not None
        assert course.values[wanted.step - 1] == np.float32(wanted.value)
        if not wanted.terms:
            return
        shown = sum(round(bar.value * 1000) for bar in inspector.terms.shown())
        assert shown == round(wanted.total * 1000)
        rows = inspector.table_rows()
        assert rows is not None
        sums = math.fsum(float(row[2]) for row in rows[1:])
        assert math.isclose(sums, wanted.total, abs_tol=6e-4)

    def assert_painted(self) -> None:
        """The cells of the heat map, and those of the strip, have the colours of their numbers."""
        heat, read = self.page.hidden_state.map, self.truth
        assert heat.data is not None
        values, scale = self.values(read), heat.data.scale
        image = heat.viewport().grab().toImage()
        steps = [step for step in heat.visible_steps if step != heat.step][1:-1]
        for step in steps[:: max(len(steps) // 4, 1)]:
            for row in heat.visible_rows()[1:-1:3]:
                unit = heat.unit_order()[row]
                cell = heat.cell_rect(step, unit)
                wanted = scale.color(heat.theme, float(values[step - 1, unit]))
                assert_same_color(image.pixelColor(cell.center().toPoint()), wanted)

    def word_place(self, step: int) -> QPoint:
        """Where the word of a step is written in the strip."""
        return self.strip.word_rect(step).center().toPoint()

    def empty_place(self, step: int) -> QPoint:
        """Where nothing but time is in the strip: on the arrow of U."""
        layout = self.strip.layout_now
        assert layout is not None
        middle = self.strip.column_left(step) + self.strip.columns.width / 2
        return QPointF(middle, layout.u_arrow.middle).toPoint()


def _group(widget: QWidget) -> QButtonGroup | None:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group if group is not None and group.exclusive() else None


def assert_same_color(seen: Any, wanted: Any) -> None:
    """Two colours are the same to what an eye could tell."""
    for one, other in zip(seen.getRgb(), wanted.getRgb(), strict=True):
        assert abs(one - other) <= 3, (seen.name(), wanted.name())


def middle_of(rect: QRectF) -> QPoint:
    """The centre of a rectangle."""
    return rect.center().toPoint()


def _line(menu: QMenu, words: str) -> QAction:
    found = [one for one in menu.actions() if one.text().replace("&", "").startswith(words)]
    assert found, (words, [one.text() for one in menu.actions()])
    return found[0]
