"""What a panel shows leaves the window whole: pictures, drawings, tables."""

from __future__ import annotations

import csv
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.errors import RnnStudioError
from rnnstudio.gui import export
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, button
from rnnstudio.gui.export import PanelExporter, save
from rnnstudio.gui.panels.panel import FOR_THE_MOUSE, Panel
from rnnstudio.session.session import Notice, Tone
from tests.gui.hosting import hosted

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ROWS = [["sentence", "label"], ["great, “really”\ngreat", "positive"], ["हिन्दी 🎬", "negative"]]


class TablePanel(Panel):
    """A panel with a table."""

    def table_rows(self) -> list[list[str]]:
        return ROWS


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    result = TablePanel("Per class")
    result.body.addWidget(QLabel("some words"))
    result.resize(320, 200)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def plain(qtbot: QtBot) -> Panel:
    result = Panel("Plain")
    result.resize(320, 200)
    qtbot.addWidget(result)
    return result


def test_a_picture_has_two_dots_a_pixel(panel: Panel) -> None:
    image = export.picture(panel)
    assert (image.width(), image.height()) == (640, 400)
    colors = {image.pixel(x, y) for x in range(0, 640, 3) for y in range(0, 400, 3)}
    assert len(colors) > 2  # not blank


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "csv"])
def test_every_kind_of_file_can_be_read_again(panel: Panel, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"panel.{kind}"
    save(panel, path)
    content = path.read_bytes()
    if kind == "png":
        assert QImage(str(path)).width() == 640
    elif kind == "svg":
        assert QSvgRenderer(QByteArray(content)).isValid()
        texts = "".join("".join(node.itertext()) for node in ET.fromstring(content).iter())
        assert "some words" in texts  # letters, not dots
    elif kind == "pdf":
        assert content.startswith(b"%PDF")
        assert re.search(rb"/MediaBox \[0 0 240[.0]* 150[.0]*\]", content)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.reader(file)) == ROWS


def test_a_picture_leaves_the_signs_out_and_moves_nothing(qtbot: QtBot) -> None:
    page = QWidget()
    panel = TablePanel("Per class")
    QVBoxLayout(page).addWidget(panel)
    qtbot.addWidget(page)
    page.resize(340, 220)
    page.show()
    signs = panel.menu_button.geometry().united(panel.enlarge_button.geometry())
    image = export.picture(panel)
    middle = signs.center().y() * 2
    assert len({image.pixel(x, middle) for x in range(signs.left() * 2, signs.right() * 2)}) == 1
    assert panel.enlarge_button.isVisible()
    assert panel.menu_button.geometry().united(panel.enlarge_button.geometry()) == signs


class ControlPanel(Panel):
    """A panel with words, and with much that is for the mouse."""

    def __init__(self) -> None:
        super().__init__("Matrix")
        self.press = button("Press", tooltip="Do something")
        self.link = button("3 errors", "link")
        self.search, self.typed = QLineEdit(), QLineEdit("typed")
        self.search.setPlaceholderText("search these sentences")
        self.switch = SegmentedControl((("a", "counts", ""), ("b", "shares", "")))
        self.ways = SegmentedControl((("a", "test", ""), ("b", "train", "")))
        self.ways.setObjectName("split_switch")
        self.help = ElidedLabel("muted")
        self.help.set_words("Click a cell")
        self.body.addWidget(name := QLabel("choose here"))
        name.setProperty(FOR_THE_MOUSE, True)
        for part in (self.press, self.link, self.search, self.typed, self.help):
            self.body.addWidget(part)
        self.header.addWidget(self.switch)
        self.header.addWidget(self.ways)


def drawn_words(widget: QWidget, caption: str = "") -> str:
    drawing = ET.fromstring(export.svg_bytes(widget, caption))
    return " ".join("".join(node.itertext()) for node in drawing.iter() if node.tag[-4:] == "text")


def test_what_is_for_the_mouse_stays_out_and_comes_back(qtbot: QtBot) -> None:
    panel = ControlPanel()
    hosted(qtbot, panel, 420, 300)
    panel.search.setFocus()
    before = panel.grab().toImage()
    places = [part.geometry() for part in panel.findChildren(QWidget)]
    words = drawn_words(panel)
    for kept in ("Matrix", "3 errors", "typed", "counts"):
        assert kept in words
    controls = ("Press", "search these", "shares", "test", "train", "Click a cell", "choose here")
    for left_out in controls:
        assert left_out not in words
    assert [part.geometry() for part in panel.findChildren(QWidget)] == places
    assert panel.window().focusWidget() is panel.search
    assert panel.grab().toImage() == before
    room = panel.press.sizePolicy()
    assert not room.retainSizeWhenHidden()


def test_a_window_is_pictured_whole(qtbot: QtBot) -> None:
    panel = ControlPanel()
    qtbot.addWidget(panel)
    assert "Press" in drawn_words(panel)


def test_a_caption_stands_below_and_moves_nothing(panel: Panel, tmp_path: Path) -> None:
    plain = export.picture(panel)
    image = export.picture(panel, caption="polarity · GRU 16 · test split · after epoch 11")
    assert image.width() == plain.width()
    assert image.height() > plain.height()
    assert image.copy(plain.rect()) == plain
    below = image.copy(0, plain.height(), image.width(), image.height() - plain.height())
    assert len({below.pixel(x, below.height() // 2) for x in range(below.width())}) > 2
    assert "GRU 16 · test" in drawn_words(panel, "polarity · GRU 16 · test split")
    save(panel, tmp_path / "panel.pdf", "polarity")
    assert re.search(rb"/MediaBox \[0 0 240[.0]* 171[.0]*\]", (tmp_path / "panel.pdf").read_bytes())


def test_the_exporter_asks_for_the_caption(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer_file(monkeypatch, str(tmp_path / "mine"))
    exporter = PanelExporter(panel)
    exporter.caption = lambda: "polarity · GRU 16"
    _choose(exporter, panel, "svg")
    assert "polarity · GRU 16" in (tmp_path / "mine.svg").read_text(encoding="utf-8")
    _choose(exporter, panel, "copy_picture")
    assert QGuiApplication.clipboard().image().height() > 400


def test_an_unknown_ending_is_told(panel: Panel, plain: Panel, tmp_path: Path) -> None:
    with pytest.raises(RnnStudioError, match=r"\.png, \.svg, \.pdf, \.csv"):
        save(panel, tmp_path / "panel.xyz")
    with pytest.raises(RnnStudioError, match="cannot be written"):
        save(plain, tmp_path / "panel.csv")


def test_a_folder_that_has_gone_is_told(panel: Panel, tmp_path: Path) -> None:
    with pytest.raises(RnnStudioError, match="could not be written"):
        save(panel, tmp_path / "nowhere" / "panel.png")


def _lines(menu: QMenu) -> list[str]:
    return [action.objectName() for action in menu.actions() if not action.isSeparator()]


def test_the_menu_offers_tables_only_where_there_are_some(panel: Panel, plain: Panel) -> None:
    exporter = PanelExporter(panel)
    assert _lines(exporter.menu(panel)) == [
        "copy_picture",
        "copy_table",
        "png",
        "svg",
        "pdf",
        "csv",
    ]
    assert _lines(exporter.menu(plain)) == ["copy_picture", "png", "svg", "pdf"]


def _choose(exporter: PanelExporter, panel: Panel, key: str) -> list[Notice]:
    notices: list[Notice] = []
    exporter.notified.connect(notices.append)
    menu = exporter.menu(panel)
    next(action for action in menu.actions() if action.objectName() == key).trigger()
    return notices


def test_copying(panel: Panel) -> None:
    exporter = PanelExporter(panel)
    (notice,) = _choose(exporter, panel, "copy_table")
    assert notice.tone is Tone.SUCCESS
    assert QGuiApplication.clipboard().text().splitlines() == [
        "sentence\tlabel",
        "great, “really” great\tpositive",
        "हिन्दी 🎬\tnegative",
    ]
    _choose(exporter, panel, "copy_picture")
    assert QGuiApplication.clipboard().image().width() == 640


def _answer_file(monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    offered: list[str] = []

    def choose(parent: QWidget, title: str, start: str, filters: str) -> tuple[str, str]:
        offered.append(start)
        return path, filters.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return offered


def test_saving_adds_the_ending_and_says_where(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = _answer_file(monkeypatch, str(tmp_path / "mine"))
    exporter = PanelExporter(panel)
    (notice,) = _choose(exporter, panel, "svg")
    assert (tmp_path / "mine.svg").is_file()
    assert notice.tone is Tone.SUCCESS
    assert "mine.svg" in notice.happened
    _choose(exporter, panel, "csv")
    assert offered[-1] == str(tmp_path / "per class.csv")  # the folder is remembered


def test_a_closed_dialogue_saves_nothing(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer_file(monkeypatch, "")
    assert _choose(PanelExporter(panel), panel, "png") == []


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be closed to oneself there")
def test_an_error_is_told_in_words(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer_file(monkeypatch, str(tmp_path / "nowhere" / "mine.png"))
    (notice,) = _choose(PanelExporter(panel), panel, "png")
    assert notice.tone is Tone.ERROR
    assert "mine.png" in notice.happened
    assert notice.remedy
