"""Every page with documents that nobody thinks of: they are shown, whole and without complaint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import SplitSpec, build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, Reading, Task
from rnnstudio.gui.plots.timeline import TimeView
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.model import Model
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.project import Probe
from rnnstudio.project.spec import DEFAULT_SPEC, ProjectSpec
from rnnstudio.session.commands import view
from rnnstudio.session.commands.files import show_welcome
from rnnstudio.session.commands.network import fresh_network
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.session import empty_curves, empty_probe_history
from rnnstudio.session.state import PAGES, Curves, ProbeHistory, RunState, RunStatus, Selection

SIZE = (1280, 720)
LONG_WORD = "a" * 10_000
Fields = dict[str, Any]


@pytest.fixture(scope="module")
def wiring(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """One window for all documents, one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNNSTUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        session = make_session(Preferences(), keeps_scratch=False)
        show_welcome(session)
        result = Wiring(session)
        result.window.resize(*SIZE)
        result.render()
        result.window.show()
        yield result
        session.shut_down()
        result.take_down()


def document(
    rows: Sequence[tuple[str, str]],
    sentence: str | None = None,
    spec: ProjectSpec = DEFAULT_SPEC,
    splits: SplitSpec = SplitSpec(),  # noqa: B008 - frozen
    change: Callable[[Model], Model] = lambda model: model,
    **changes: Any,
) -> Fields:
    """The fields of a document with these rows, fresh weights, and their evaluation."""
    made = tuple(Row(text, label, None, "made.tsv", n) for n, (text, label) in enumerate(rows, 1))
    return of_table(
        Table("made", made, (), "/data/made.tsv"), sentence, spec, splits, change, **changes
    )


def of_table(
    table: Table,
    sentence: str | None = None,
    spec: ProjectSpec = DEFAULT_SPEC,
    splits: SplitSpec = SplitSpec(),  # noqa: B008 - frozen
    change: Callable[[Model], Model] = lambda model: model,
    **changes: Any,
) -> Fields:
    """The fields of a document with this table, fresh weights, and their evaluation."""
    rows = table.rows
    dataset = build_dataset(table, spec.text, splits)
    fields = fresh_network(spec, dataset)
    if fields["model"] is not None:
        model = fields["model"] = change(fields["model"])
        if len(dataset.rows_of(Split.TEST)):
            fields["evaluation"] = evaluate(model, dataset, Split.TEST)
    sentence = (rows[0].text if rows else "") if sentence is None else sentence
    selection = Selection(sentence=sentence, row=0 if rows else None)
    fields |= {"spec": spec, "table": table, "dataset": dataset, "selection": selection}
    return fields | {"probes": (), "playing": False, "activity": None} | changes


def pairs(count: int, classes: int = 2) -> list[tuple[str, str]]:
    return [(f"word{n % 7} and word{n % 5} number {n}", str(n % classes)) for n in range(count)]


def spoiled(model: Model) -> Model:
    """The model with weights that are not numbers."""
    parameters = model.parameters.copy()
    parameters.flat[:] = np.nan
    return dataclasses.replace(model, parameters=parameters.frozen(), epoch=2, step=40)


def overflowing(model: Model) -> Model:
    """The model with weights so large that its states are infinite and its answers no numbers."""
    parameters = model.parameters.copy()
    parameters.flat[:] = 1e20
    return dataclasses.replace(model, parameters=parameters.frozen(), epoch=2, step=40)


def curves_of(*losses: float) -> Curves:
    values = np.array(losses)
    places = np.arange(1.0, len(losses) + 1)
    return Curves(
        places, values, values, values, places, values, values, values, values, len(losses) or None
    )


def with_settings(**changes: Any) -> ProjectSpec:
    model = dataclasses.replace(DEFAULT_SPEC.model, **changes)
    return dataclasses.replace(DEFAULT_SPEC, model=model)


def tagged(*sentences: str, tags: str = "A B", **changes: Any) -> Fields:
    """A document whose words have tags, one after the other."""
    names = tags.split()
    rows = []
    for number, sentence in enumerate(sentences, 1):
        words = tuple(sentence.split())
        own = tuple(names[place % len(names)] for place in range(len(words)))
        rows.append(Row(sentence, "", None, "made.conll", number, words, own))
    table = Table("made", tuple(rows), (), "/data/made.conll", Task.LABEL)
    return of_table(table, **changes)


def _by_grapheme_and_character(level: str) -> Fields:
    spec = with_settings(cell=Cell.GRU)
    spec = dataclasses.replace(spec, text=dataclasses.replace(spec.text, level=level))
    words = [("हिन्दी", "hi"), ("क्षत्रिय", "hi"), ("मराठी आहे", "mr"), ("ज्ञानेश्वरी", "mr")]
    return document(words * 20, spec=spec, probes=(Probe("क्षत्रिय"), Probe("abc")))


def _sixty_classes() -> Fields:
    return document(
        [(f"word{n % 60} here {n}", f"class {n % 60:02d}") for n in range(900)],
        probes=(Probe("word3 here"),),
    )


MANY_WORDS = ("the cat sat on the mat .", "a dog !", "it sat down again", "the dog ran") * 12


def _without_data() -> Fields:
    fields = document([])
    return fields | {"dataset": None, "model": None}


def _many_classes() -> Fields:
    labels = [f"{'label of forty letters '[:20]}{n:02d} {'x' * 17}" for n in range(30)]
    assert {len(label) for label in labels} == {40}
    rows = [(f"sentence {n} of word{n % 30}", labels[n % 30]) for n in range(300)]
    probes = tuple(Probe(f"word{n} is here", labels[n]) for n in range(8))
    history = ProbeHistory(np.arange(1.0, 4.0), np.full((8, 3, 30), 1 / 30, np.float32))
    return document(rows, probes=probes, probe_history=history)


def _not_numbers() -> Fields:
    nan = float("nan")
    probes = (Probe("word1 is here"), Probe("word2", "1"))
    return document(
        pairs(80),
        change=spoiled,
        run=RunState(1, RunStatus.FAILED, DEFAULT_SPEC, 2, 40, 1, 3, message="not finite"),
        curves=curves_of(0.7, nan, float("inf"), nan),
        probes=probes,
        probe_history=ProbeHistory(np.arange(2.0), np.full((2, 2, 2), nan, np.float32)),
    )


def _running() -> Fields:
    return document(
        pairs(80),
        run=RunState(1, RunStatus.RUNNING, DEFAULT_SPEC, 1, 10**6, 1, 10**9, 1e12, 1e12),
        curves=curves_of(1e300),
    )


def _overflowing() -> Fields:
    spec = with_settings(activation=Activation.RELU)
    return document(pairs(80), spec=spec, change=overflowing, probes=(Probe("word1 is here"),))


TWO = [("good film", "1"), ("bad film", "0")]
DOCUMENTS: dict[str, Callable[[], Fields]] = {
    "no data": _without_data,
    "no rows": lambda: document([]),
    "the lecture's four": lambda: document(
        [(row.text, row.label) for row in load_builtin("lecture").rows],
        splits=SplitSpec(0.0, 0.0),
    ),
    "one class": lambda: document([("good film", "1"), ("nice film", "1")]),
    "one row": lambda: document([("good film", "1")]),
    "one word": lambda: document([("good", "1"), ("bad", "0")], sentence="good"),
    "one unit": lambda: document(pairs(60), spec=with_settings(units=1, embedding=1)),
    "one-hot, 512 units": lambda: document(
        pairs(60), spec=with_settings(units=512, embedding=None)
    ),
    "a word of 10,000 characters": lambda: document([(LONG_WORD, "1"), *TWO]),
    "labels of 10,000 characters": lambda: document(
        [(f"{n} film", f"{LONG_WORD}{n % 2}") for n in range(40)]
    ),
    "emoji": lambda: document([("🎬 🍿 👩‍👩‍👧‍👦 🇮🇳", "👍"), ("🥱 😴", "👎")] * 20),
    "Hindi": lambda: document([("यह फ़िल्म बहुत अच्छी थी ।", "अच्छी"), ("बेकार फ़िल्म", "बुरी")] * 20),
    "Arabic": lambda: document([("كان هذا الفيلم رائعا جدا", "جيد"), ("فيلم ممل", "سيئ")] * 20),
    "unknown words only": lambda: document(TWO * 20, sentence="xyzzy plugh frobnicate"),
    "an empty sentence": lambda: document(TWO * 20, sentence=""),
    "spaces": lambda: document(TWO * 20, sentence=" \t \u00a0 "),
    "control characters": lambda: document(TWO * 20, sentence="a\x00b\nc\u202ed \ufffe"),
    "markup": lambda: document(
        [("<b>good</b> & <img src=x>", "<i>1</i>"), ("&amp; %s {0}", "&0")] * 20
    ),
    "not a number": _not_numbers,
    "infinite states": _overflowing,
    "30 classes with long labels": _many_classes,
    "endless training": _running,
    "one tag only": lambda: tagged("the cat", "a dog sat", tags="A"),
    "tags of a sentence of one word": lambda: tagged(
        *["Yes", "No", "the cat"] * 20, sentence="Yes"
    ),
    "tags, LSTM, two layers, two directions": lambda: tagged(
        *MANY_WORDS,
        tags="DET NOUN VERB",
        spec=with_settings(cell=Cell.LSTM, layers=2, bidirectional=True),
        probes=(Probe("the cat sat on the mat ."), Probe("it is"), Probe("")),
    ),
    "tags that are no numbers": lambda: tagged(*MANY_WORDS, change=spoiled, probes=(Probe("cat"),)),
    "classes, LSTM, two layers, two directions": lambda: document(
        pairs(80), spec=with_settings(cell=Cell.LSTM, layers=2, bidirectional=True, dropout=0.5)
    ),
    "independent, a sentence too long": lambda: document(
        pairs(80),
        sentence="word1 " * 400,
        spec=with_settings(cell=Cell.INDEPENDENT),
        probes=(Probe("word1 " * 400), Probe("word1 is here")),
    ),
    "history, an unknown word": lambda: document(
        pairs(80), sentence="word1 xyzzy", spec=with_settings(cell=Cell.HISTORY, embedding=None)
    ),
    "tags, independent, a sentence too long": lambda: tagged(
        *MANY_WORDS, sentence="the " * 90, spec=with_settings(cell=Cell.INDEPENDENT)
    ),
    "shared, the mean": lambda: document(pairs(80), spec=with_settings(cell=Cell.SHARED)),
    "GRU, the greatest": lambda: document(
        pairs(80), spec=with_settings(cell=Cell.GRU, read=Reading.MAX, train_initial_state=True)
    ),
    "an <unk>": lambda: document(
        TWO * 20,
        sentence="xyzzy film",
        spec=dataclasses.replace(
            DEFAULT_SPEC, text=dataclasses.replace(DEFAULT_SPEC.text, unknown=True)
        ),
    ),
    "60 classes": _sixty_classes,
    "Devanagari by character": lambda: _by_grapheme_and_character("character"),
    "Devanagari by grapheme": lambda: _by_grapheme_and_character("grapheme"),
    "too large a network": lambda: document(
        pairs(80),
        spec=with_settings(units=2048, layers=4, cell=Cell.LSTM, embedding=2048),
    ),
}


def show(wiring: Wiring, **fields: Any) -> None:
    wiring.session.apply(**fields)
    wiring.render()
    for _ in range(3):
        QApplication.processEvents()


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def colours(image: QImage) -> int:
    """How many different colours a picture has."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return len(np.unique(pixels))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_is_shown_whole(wiring: Wiring, name: str) -> None:
    fields = DOCUMENTS[name]()
    for page in PAGES:
        show(wiring, page=page, **fields)
        shown = wiring.window.page
        assert shown is wiring.window.pages[page]
        # Words that do not fit are cut; they never make the window larger.
        assert wiring.window.size().toTuple() == SIZE
        assert wiring.window.rect().contains(
            shown.rect().translated(shown.mapTo(wiring.window, QPoint(0, 0)))
        )
        assert colours(picture(shown)) > 20  # words at least
        for panel in shown.panels:  # type: ignore[attr-defined]
            if panel.isVisible():
                panel.table_rows()


@pytest.mark.parametrize("name", ["no data", "no rows", "one class", "one row"])
def test_without_a_network_pages_say_what_to_do(wiring: Wiring, name: str) -> None:
    fields = DOCUMENTS[name]()
    assert fields["model"] is None
    show(wiring, page="unroll", **fields)
    message = wiring.unroll.network.message
    assert message.isVisible()
    assert "Data page" in message.text()
    show(wiring, page="evaluate", **fields)
    assert wiring.evaluate.per_class.message.isVisible()
    assert wiring.evaluate.per_class.message.text()
    assert wiring.evaluate.examples.message.text()
    show(wiring, page="train", **fields)
    assert not wiring.train.progress.train_button.isEnabled()
    assert not wiring.window.top_bar.train.isEnabled()


def test_the_lectures_data_have_no_test_split_and_say_so(wiring: Wiring) -> None:
    show(wiring, page="evaluate", **DOCUMENTS["the lecture's four"]())
    assert "test split is empty" in wiring.evaluate.per_class.message.text()
    show(wiring, page="unroll", **DOCUMENTS["the lecture's four"]())
    assert "training set" in wiring.unroll.sentence_box.random_button.toolTip()


@pytest.mark.parametrize("name", ["an empty sentence", "spaces"])
def test_an_empty_sentence_asks_for_words(wiring: Wiring, name: str) -> None:
    show(wiring, page="unroll", **DOCUMENTS[name]())
    assert wiring.unroll.network.message.isVisible()
    assert "Type a sentence" in wiring.unroll.network.message.text()
    assert not wiring.unroll.transport.play_button.isEnabled()
    assert not wiring.window.actions_table["play"].isEnabled()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("emoji", 4),
        ("Hindi", 6),
        ("Arabic", 5),
        ("unknown words only", 3),
        ("a word of 10,000 characters", 1),
    ],
)
def test_every_language_is_read_word_by_word(wiring: Wiring, name: str, words: int) -> None:
    show(wiring, page="unroll", **DOCUMENTS[name]())
    rows = wiring.unroll.network.strip.table_rows()
    assert rows is not None
    tokens = [row[1] for row in rows[2:-1]]
    assert len(tokens) == words
    ids = {int(row[2]) for row in rows[2:-1]}
    assert ids == {0} if name == "unknown words only" else 0 not in ids


def test_every_unit_of_every_cell_is_taken_apart(wiring: Wiring) -> None:
    """Each number of a unit adds up to what is written, at every step."""
    for cell in Cell:
        for embedding in (None, 6):
            spec = with_settings(cell=cell, units=3, embedding=embedding, layers=1)
            show(wiring, page="unroll", **document(pairs(60), spec=spec))
            inspector = wiring.unroll.inspector
            for step in (1, 2, 4):
                view.select_unit(wiring.session, 1, step)
                wiring.render()
                reading = wiring.unroll.network.strip.reading
                assert reading is not None
                for name in reading.unit_quantities():
                    inspector.show_quantity(name)
                    wiring.render()
                    explanation = inspector.explanation
                    assert explanation is not None
                    assert explanation.quantity == name
                    shown = sum(round(bar.value, 3) for bar in inspector.terms.shown())
                    assert shown == pytest.approx(explanation.total, abs=1e-3), (cell, name)
    view.select_unit(wiring.session, None)


@pytest.mark.parametrize(
    "name", ["independent, a sentence too long", "tags, independent, a sentence too long"]
)
def test_a_sentence_that_is_too_long_is_explained(wiring: Wiring, name: str) -> None:
    show(wiring, page="unroll", **DOCUMENTS[name]())
    assert "each position has its own" in wiring.unroll.network.message.text()
    assert "too long" in wiring.unroll.sentence_box.badge.accessibleName()
    assert not wiring.unroll.transport.play_button.isEnabled()


def test_a_labeller_is_not_asked_at_the_ends(wiring: Wiring) -> None:
    show(wiring, page="unroll", **DOCUMENTS["tags, LSTM, two layers, two directions"]())
    strip = wiring.unroll.network.strip
    assert [len(strip.shown_classes(step)) > 0 for step in (1, 2, 8, 9)] == [
        False,
        True,
        True,
        False,
    ]
    for step, said in ((1, "of 7 words right"), (3, "truth: NOUN")):
        view.go_to_step(wiring.session, step)
        wiring.render()
        assert said in wiring.unroll.sentence_box.badge.accessibleName()
    assert wiring.unroll.inspector.message.isVisible() is False
    view.first_step(wiring.session)
    wiring.render()
    assert "no word" in wiring.unroll.inspector.message.text()


def test_no_recurrence_is_drawn_where_there_is_none(wiring: Wiring) -> None:
    show(wiring, page="unroll", **DOCUMENTS["shared, the mean"]())
    strip = wiring.unroll.network.strip
    layout = strip.layout_now
    assert layout is not None
    between = QPointF(strip.column_left(2) + 2, layout.frame.middle)
    target = strip.target_at(between)
    assert target is not None
    assert "W" not in target.words
    assert strip.target_at(QPointF(8 - strip.offset, layout.frame.middle)) is None
    assert "W s" not in wiring.unroll.inspector.formula.latex


def test_a_network_that_is_too_large_says_so(wiring: Wiring) -> None:
    fields = DOCUMENTS["too large a network"]()
    assert fields["model"] is None
    for page, label in (
        ("unroll", wiring.unroll.network.message),
        ("evaluate", wiring.evaluate.per_class.message),
    ):
        show(wiring, page=page, **fields)
        assert "weights" in label.text()


def test_weights_that_are_no_numbers_are_shown_as_such(wiring: Wiring) -> None:
    show(wiring, page="unroll", **_not_numbers())
    rows = wiring.unroll.network.strip.table_rows()
    assert rows is not None
    assert rows[1][-1] == "nan"
    strip = wiring.unroll.network.strip
    QTest.mouseClick(
        strip.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        strip.unit_rect(2, 3).center().toPoint(),
    )
    wiring.render()
    assert wiring.session.state.selection.unit == 3
    picture(wiring.window)
    QTest.mouseMove(strip.viewport(), strip.unit_rect(2, 4).center().toPoint())
    view.select_unit(wiring.session, None)


@pytest.fixture
def long_sentence(wiring: Wiring) -> Wiring:
    """The network of the first start with 5,000 words to read."""
    fields = fresh_welcome(wiring)
    show(wiring, page="unroll", **fields)
    view.set_sentence(wiring.session, "The movie was not good . " * 833 + "so so")
    show(wiring)
    return wiring


def fresh_welcome(wiring: Wiring) -> Fields:
    show_welcome(wiring.session)
    return {"curves": empty_curves(), "probe_history": empty_probe_history()}


def test_five_thousand_words_open_and_scroll(long_sentence: Wiring) -> None:
    page = long_sentence.unroll
    strip, heat = page.network.strip, page.hidden_state.map
    assert strip.columns.count == 5002
    assert strip.step == page.transport.slider.value() == 5002
    assert strip.visible_steps.stop == 5003
    assert 5 < len(strip.visible_steps) < 40
    end = picture(strip)
    QTest.keyClick(strip, Qt.Key.Key_Home)
    show(long_sentence)
    assert strip.step == 1
    assert strip.offset == heat.offset == 0
    assert picture(strip) != end
    wheel = QWheelEvent(
        QPointF(50, 50),
        QPointF(50, 50),
        QPoint(0, 0),
        QPoint(0, -1200),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(strip.viewport(), wheel)
    assert strip.offset == heat.offset > 1000
    page.transport.slider.setValue(2500)
    show(long_sentence)
    assert 2500 in strip.visible_steps
    model = long_sentence.session.state.model
    assert model is not None
    trace = model.trace(long_sentence.session.state.selection.sentence)[1]
    rows = strip.table_rows()
    assert rows is not None
    assert float(rows[2500][-1]) == pytest.approx(trace.y[2499, -1], rel=1e-5)


def _placed_while_painting(view: TimeView, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The steps whose place is asked for while they are painted."""
    placed: set[int] = set()

    def column_left(step: int) -> int:
        placed.add(step)
        return view.columns.left(step) - view.offset

    monkeypatch.setattr(view, "column_left", column_left)
    picture(view.viewport())
    return placed


def test_of_five_thousand_words_only_those_in_view_are_painted(
    long_sentence: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = long_sentence.unroll
    for picture_over_time in (page.network.strip, page.hidden_state.map):
        placed = _placed_while_painting(picture_over_time, monkeypatch)
        seen = picture_over_time.visible_steps
        assert placed
        # The arrow to the first step in view comes from the one before; s_0 stands beside step 1.
        assert placed <= {1, *range(seen.start - 1, seen.stop)}


def test_the_other_pages_take_the_long_sentence_too(long_sentence: Wiring, qtbot: QtBot) -> None:
    for page in PAGES:
        show(long_sentence, page=page)
        picture(long_sentence.window)
        assert long_sentence.window.size().toTuple() == SIZE
