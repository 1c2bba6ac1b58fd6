"""The settings panel: it shows the settings and asks for changes, one key and value each."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.engine.training_spec import Criterion
from rnnstudio.gui.choice_box import ChoiceBox
from rnnstudio.gui.number_field import NumberField
from rnnstudio.gui.panels.training_settings import TrainingSettingsPanel
from rnnstudio.project.spec import LIMITS
from rnnstudio.session.commands.settings import with_setting
from rnnstudio.session.resolve.train import resolve_settings
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.train_states import fresh, trained


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingSettingsPanel:
    result = TrainingSettingsPanel()
    hosted(qtbot, result, 268, 620)
    return result


@pytest.fixture
def changes(panel: TrainingSettingsPanel) -> list[tuple[str, object]]:
    result: list[tuple[str, object]] = []
    panel.setting_changed.connect(lambda *change: result.append(change))
    return result


def field(panel: TrainingSettingsPanel, key: str) -> NumberField:
    found = panel.findChild(NumberField, key.replace(".", "_"))
    assert isinstance(found, NumberField)
    return found


def press(panel: TrainingSettingsPanel, name: str) -> None:
    found = panel.findChild(QPushButton, name) or panel.findChild(QToolButton, name)
    assert found is not None
    found.click()


def choose(panel: TrainingSettingsPanel, name: str, key: str) -> None:
    """Choose from a list as a user does: the key that is shown, and Qt's own signal."""
    box = panel.findChild(ChoiceBox, name)
    assert isinstance(box, ChoiceBox)
    place = box.findData(key)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def words(panel: TrainingSettingsPanel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisible() else ""


def with_settings(**settings: object) -> SessionState:
    state = fresh()
    spec = state.spec
    for key, value in settings.items():
        spec = with_setting(spec, key.replace("__", "."), value)
    return dataclasses.replace(state, spec=spec)


def test_it_shows_every_setting_and_says_nothing(
    panel: TrainingSettingsPanel, changes: list[tuple[str, object]]
) -> None:
    state = with_settings(
        model__units=48,
        model__embedding=None,
        model__activation=Activation.RELU,
        training__optimizer=OptimizerName.SGD,
        training__learning_rate=0.5,
        training__clip_norm=None,
        training__patience=7,
        training__seed=4_294_967_295,
    )
    panel.render(resolve_settings(state))
    panel.render(resolve_settings(fresh()))
    panel.render(resolve_settings(state))
    assert changes == []
    rows = dict(row for row in panel.table_rows() or [])
    assert rows["Cell"] == "RNN"
    assert rows["Hidden units"] == "48"
    assert rows["Input"] == "one-hot"
    assert rows["Activation σ"] == "ReLU"
    assert rows["Optimiser"] == "SGD"
    assert rows["Learning rate η"] == "0.5"
    assert rows["Clip gradient"] == "off"
    assert rows["Stop early after"] == "7"
    assert rows["Seed"] == "4294967295"
    assert not field(panel, "model.embedding").isEnabled()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("model.units", "40", 40),
        ("model.embedding", "8", 8),
        ("training.learning_rate", "0.05", 0.05),
        ("training.batch_size", "64", 64),
        ("training.epochs", "12", 12),
        ("model.layers", "3", 3),
        ("model.dropout", "0.25", 0.25),
        ("training.weight_decay", "0.001", 0.001),
        ("training.clip_norm", "off", None),
        ("training.patience", "3", 3),
        ("training.seed", "11", 11),
    ],
)
def test_a_number_is_asked_for_under_its_key(
    panel: TrainingSettingsPanel,
    changes: list[tuple[str, object]],
    key: str,
    text: str,
    value: object,
) -> None:
    panel.render(resolve_settings(fresh()))
    control = field(panel, key)
    control.selectAll()
    QTest.keyClicks(control, text)
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert changes == [(key, value)]
    with_setting(fresh().spec, key, value)  # the key is one of the settings'


def test_each_number_has_a_name_a_limit_and_a_word_of_advice(panel: TrainingSettingsPanel) -> None:
    fields = panel.findChildren(NumberField)
    assert len(fields) == 11
    for control in fields:
        assert control.accessibleName()
        assert "Good:" in control.toolTip()
        assert control.objectName().replace("_", ".", 1) in LIMITS


def test_choices_are_asked_for(
    panel: TrainingSettingsPanel, changes: list[tuple[str, object]]
) -> None:
    panel.render(resolve_settings(with_settings(model__embedding=24)))
    for name in ("one_hot", "logistic", "two"):
        press(panel, name)
    choose(panel, "cell", "lstm")
    choose(panel, "optimizer", "sgd")
    choose(panel, "schedule", "cosine")
    panel.render(resolve_settings(with_settings(model__embedding=None)))
    press(panel, "embedding")
    assert changes == [
        ("model.embedding", None),
        ("model.activation", Activation.LOGISTIC),
        ("model.bidirectional", True),
        ("model.cell", Cell.LSTM),
        ("training.optimizer", OptimizerName.SGD),
        ("training.schedule", ScheduleName.COSINE),
        ("model.embedding", 24),
    ]


def test_the_dice_give_another_seed(
    panel: TrainingSettingsPanel, changes: list[tuple[str, object]]
) -> None:
    panel.render(resolve_settings(fresh()))
    press(panel, "dice")
    key, value = changes[0]
    assert key == "training.seed"
    assert isinstance(value, int)
    assert value != fresh().spec.training.seed


def test_a_refused_entry_is_said_until_the_next_change(
    panel: TrainingSettingsPanel, changes: list[tuple[str, object]]
) -> None:
    panel.render(resolve_settings(fresh()))
    control = field(panel, "training.epochs")
    control.selectAll()
    QTest.keyClicks(control, "-5")
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert "“-5” was not taken" in words(panel, "rejected")
    assert changes == []
    control.stepBy(1)
    assert words(panel, "rejected") == ""


def test_a_refused_entry_moves_nothing_and_goes_when_another_field_is_entered(
    panel: TrainingSettingsPanel, qtbot: QtBot
) -> None:
    panel.render(resolve_settings(fresh()))
    panel.window().activateWindow()
    qtbot.waitUntil(panel.window().isActiveWindow)
    places = [control.pos() for control in panel.findChildren(NumberField)]
    seed, epochs = field(panel, "training.seed"), field(panel, "training.epochs")
    for control, leave in ((seed, Qt.Key.Key_Return), (epochs, Qt.Key.Key_Tab)):
        control.setFocus()
        control.selectAll()
        QTest.keyClicks(control, "-5")
        QTest.keyClick(control, leave)
        shown = panel.findChild(QLabel, "rejected")
        assert shown is not None
        assert shown.isVisible()
        assert panel.rect().contains(shown.geometry())
        assert shown.height() >= shown.heightForWidth(shown.width())
        assert [control.pos() for control in panel.findChildren(NumberField)] == places
        qtbot.wait(1)
        field(panel, "model.units").setFocus()
        assert not shown.isVisible()


def test_the_waiting_line_shows_only_when_something_waits(panel: TrainingSettingsPanel) -> None:
    state = trained()
    panel.render(resolve_settings(state))
    assert words(panel, "waiting") == ""
    spec = with_setting(state.spec, "model.units", 31)
    panel.render(resolve_settings(dataclasses.replace(state, spec=spec)))
    assert "31 units" in words(panel, "waiting")


def test_good_ranges_show_where_there_is_room(qtbot: QtBot, panel: TrainingSettingsPanel) -> None:
    def shown() -> bool:
        return any(w.text() == "good: 8 … 64" and w.isVisible() for w in panel.findChildren(QLabel))

    assert not shown()
    panel.resize(268, 900)
    qtbot.waitUntil(shown)


@pytest.mark.parametrize("cell", list(Cell))
def test_every_cell_is_named_and_keeps_its_own_settings(
    panel: TrainingSettingsPanel, cell: Cell
) -> None:
    state = with_settings(
        model__layers=2, model__bidirectional=True, model__activation=Activation.RELU
    )
    spec = with_setting(state.spec, "model.cell", cell)
    assert spec.validate() == ()
    panel.render(resolve_settings(dataclasses.replace(state, spec=spec)))
    rows = dict(panel.table_rows() or [])
    assert rows["Cell"].lower() == cell.value
    assert field(panel, "model.layers").isEnabled() == cell.recurrent
    assert rows["Layers"] == ("2" if cell.recurrent else "1")


def test_settings_without_a_control_are_said_in_words(panel: TrainingSettingsPanel) -> None:
    panel.render(resolve_settings(fresh()))
    assert words(panel, "besides") == ""
    state = with_settings(
        training__criterion=Criterion.ACCURACY,
        training__optimizer=OptimizerName.NESTEROV,
        training__label_smoothing=0.1,
    )
    panel.render(resolve_settings(state))
    said = words(panel, "besides")
    assert said == "Besides: momentum 0.9, best by accuracy, label smoothing 0.1."
