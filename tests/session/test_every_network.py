"""Every kind of network: made from data, trained, saved, opened again, with all its pages."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Cell, Task
from rnnstudio.session.commands.data import add_row, edit_row, open_data
from rnnstudio.session.commands.files import open_project, save
from rnnstudio.session.commands.probes import add_probe
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.training import halt, one_epoch, train
from rnnstudio.session.commands.view import choose_row, set_step
from rnnstudio.session.resolve.chrome import resolve_chrome
from rnnstudio.session.resolve.data import resolve_data_summary, resolve_words_to_ids
from rnnstudio.session.resolve.examples import resolve_examples
from rnnstudio.session.resolve.probes import resolve_probes
from rnnstudio.session.resolve.train import resolve_settings
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from rnnstudio.session.session import Session
from rnnstudio.session.training_thread import SNAPSHOT_SECONDS, SNAPSHOT_SHARE, _Pace
from tests.session.conftest import Listener

TAGS = {"the": "DET", "a": "DET", "dog": "NOUN", "cat": "NOUN", "sat": "VERB", ".": "PUNCT"}
SENTENCES = ("The dog sat .", "a cat sat", "The cat .", "a dog .", "sat")


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A file of words with tags."""
    path = tmp_path / "tags.conll"
    blocks = [
        "\n".join(f"{word}\t{TAGS[word.lower()]}" for word in sentence.split())
        for sentence in SENTENCES * 12
    ]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A folder with a file of names for each language."""
    folder = tmp_path / "names"
    folder.mkdir()
    for language, letters in (("Hindi", "अआइईउ"), ("Polish", "ąćęłń")):
        lines = [f"{a}{b}{a}{n % 10}" for n in range(2) for a in letters for b in letters]
        (folder / f"{language}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def data(tagged: Path, names: Path) -> dict[Task, Path]:
    """Data for each task."""
    return {Task.LABEL: tagged, Task.CLASSIFY: names}


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: session.training is None and session.state.activity is None, timeout=60_000
    )


def evaluated(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state.evaluation is not None, timeout=60_000)


def resolve_everything(session: Session) -> None:
    state = session.state
    for resolve in (
        resolve_chrome,
        resolve_data_summary,
        resolve_words_to_ids,
        resolve_examples,
        resolve_probes,
        resolve_settings,
        resolve_unroll,
    ):
        resolve(state)


@pytest.mark.parametrize("cell", list(Cell))
@pytest.mark.parametrize("task", list(Task))
def test_it_trains_is_saved_and_opens_as_it_was(
    session: Session, data: dict[Task, Path], tmp_path: Path, qtbot: QtBot, cell: Cell, task: Task
) -> None:
    open_data(session, data[task])
    settle(session, qtbot)
    change_setting(session, "model.cell", cell)
    if cell.recurrent:
        change_setting(session, "model.layers", 2)
        change_setting(session, "model.bidirectional", True)
    add_probe(session, "The dog sat ." if task is Task.LABEL else "अआअ0")
    one_epoch(session)
    settle(session, qtbot)
    evaluated(session, qtbot)
    resolve_everything(session)
    model = session.state.model
    assert model is not None
    assert (model.task, model.network.cell) == (task, cell)
    assert model.text.level == ("word" if task is Task.LABEL else "character")
    probe = resolve_probes(session.state).rows[-1]
    assert probe.says
    assert probe.history
    said = model.predict(["The dog sat ." if task is Task.LABEL else "अआअ0"])[0]
    path = tmp_path / "saved.rnnstudio"
    save(session, path)
    settle(session, qtbot)
    open_project(session, path)
    settle(session, qtbot)
    again = session.state.model
    assert again is not None
    assert again is not model
    same = again.predict(["The dog sat ." if task is Task.LABEL else "अआअ0"])[0]
    assert np.array_equal(said.probabilities, same.probabilities)
    evaluated(session, qtbot)
    resolve_everything(session)


def test_a_tagged_row_is_read_in_its_own_words(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "own.conllu"
    lines = ["# text = don't stop", "1\tdo\t_\tAUX", "2\tn't\t_\tPART", "3\tstop\t_\tVERB"]
    block = "\n".join(line + ("" if line[0] == "#" else "\t_" * 6) for line in lines)
    path.write_text(f"{block}\n\n" * 20, encoding="utf-8")
    open_data(session, path)
    settle(session, qtbot)
    choose_row(session, 0)
    set_step(session, 3)
    state = resolve_unroll(session.state)
    reading = state.unrolled.reading
    assert reading is not None
    assert reading.words[1:-1] == ("do", "n't", "stop")
    assert [reading.true_tag(step) for step in (1, 2, 3, 4, 5)] == [
        None,
        "AUX",
        "PART",
        "VERB",
        None,
    ]
    assert state.sentence_box.marked == (2, 5)
    assert "truth: PART" in state.sentence_box.badge.note


def test_words_and_tags_of_a_row_are_edited_together(
    session: Session, tagged: Path, qtbot: QtBot, listener: Listener
) -> None:
    open_data(session, tagged)
    settle(session, qtbot)
    edit_row(session, 0, "label", "DET NOUN NOUN PUNCT")
    row = session.state.table.rows[0]
    assert row.tags == ("DET", "NOUN", "NOUN", "PUNCT")
    edit_row(session, 0, "label", "DET")
    assert "4 words and 1 tag" in listener.words
    assert session.state.table.rows[0] == row
    edit_row(session, 0, "text", "The cat sat .")
    assert session.state.table.rows[0].words == ("The", "cat", "sat", ".")
    assert session.state.table.rows[0].tags == row.tags
    count = len(session.state.table.rows)
    add_row(session, "a cat", "DET")
    assert len(session.state.table.rows) == count
    add_row(session, "a cat", "DET NOUN")
    assert session.state.table.rows[-1].tags == ("DET", "NOUN")


def test_sentences_too_long_to_evaluate_are_counted_or_explained(
    session: Session, qtbot: QtBot
) -> None:
    change_setting(session, "model.cell", Cell.INDEPENDENT)
    one_epoch(session)
    settle(session, qtbot)
    evaluated(session, qtbot)
    dataset = session.state.dataset
    assert dataset is not None
    for row in dataset.rows_of(Split.TEST).tolist():
        edit_row(session, row, "text", "good " * 300)
    qtbot.waitUntil(lambda: bool(session.state.evaluation_problem), timeout=60_000)
    assert "too long" in resolve_examples(session.state).message


def test_a_large_network_ends_with_its_threads(
    session: Session, tagged: Path, qtbot: QtBot
) -> None:
    open_data(session, tagged)
    settle(session, qtbot)
    before = set(threading.enumerate())
    for key, value in (("units", 512), ("embedding", 256), ("cell", Cell.LSTM)):
        change_setting(session, f"model.{key}", value)
    train(session)
    qtbot.waitUntil(lambda: session.state.run.batch > 0, timeout=60_000)
    halt(session)
    assert session.training is None
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert [thread.name for thread in left if thread.name.startswith("gradients")] == []


def test_snapshots_take_a_small_share_of_the_time() -> None:
    pace = _Pace(SNAPSHOT_SECONDS, SNAPSHOT_SHARE, last=100.0)
    assert not pace.is_due(100.0 + SNAPSHOT_SECONDS / 2)
    assert pace.is_due(100.0 + 1.01 * SNAPSHOT_SECONDS)
    pace.done(101.0, 101.02)  # 20 ms a copy
    assert not pace.is_due(101.0 + 0.39)
    assert pace.is_due(101.0 + 0.41)
