"""Ctrl+C in training: the first keeps what there is, the second gives up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstudio.cli import train as train_command
from rnnstudio.cli.interruption import Interruption
from rnnstudio.engine.training import EpochRecord, Record, TrainingJob, TrainingState, fit
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import dataset_of, job_of
from rnnstudio.project.project import Run
from tests.cli.conftest import SMALL, Command, write_films

# Of 32 sentences to train on: four batches an epoch.
OPTIONS = (*SMALL, "--epochs", "3", "--batch", "8")

Press = Callable[[int, int], None]


def _ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    """Presses Ctrl+C so many times after a batch of the whole run."""

    def at(step: int, times: int) -> None:
        def pressed(job: TrainingJob, state: TrainingState, *more: Any) -> Iterator[Record]:
            for record in fit(job, state, *more):
                if record.step == step and not isinstance(record, EpochRecord):
                    for _ in range(times):
                        _ctrl_c()
                yield record

        monkeypatch.setattr(train_command, "fit", pressed)

    return at


def _run(path: Path) -> Run:
    with ProjectFile.open(path) as file:
        (run,) = file.load().runs
    return run


def test_what_there_is_is_written_and_training_can_go_on(
    rnnstudio: Command, films: Path, press: Press
) -> None:
    whole, part = films.with_name("whole.rnnstudio"), films.with_name("part.rnnstudio")
    assert rnnstudio("train", films, "-o", whole, *OPTIONS).status == 0
    press(6, 1)
    answer = rnnstudio("train", films, "-o", part, "--json", *OPTIONS)
    assert (answer.status, answer.out) == (130, "")
    told = answer.err.splitlines()[-1]
    assert told == f"rnnstudio: Stopped after epoch 1; written to {part}"

    stopped, finished = _run(part), _run(whole)
    assert stopped.spec == finished.spec
    assert stopped.batch_records == finished.batch_records[:6]
    assert stopped.epoch_records == finished.epoch_records[:1]
    assert stopped.last is not None
    assert finished.last is not None
    assert (stopped.last.progress.epoch, stopped.last.progress.batch) == (1, 2)
    assert rnnstudio("evaluate", part).status == 0
    with ProjectFile.open(part) as file:
        project = file.load()
    job = job_of(project.spec, dataset_of(project.spec, project.table))
    state = TrainingState.resumed(job, stopped.last)
    assert not state.finished
    assert [record.step for record in fit(job, state)] == [7, 8, 8, 9, 10, 11, 12, 12]
    np.testing.assert_array_equal(state.parameters.flat, finished.last.parameters.flat)


@pytest.mark.parametrize(
    ("step", "times"),
    [
        pytest.param(2, 1, id="before an epoch is done"),
        # The epoch ends with its validation, which is not made any more.
        pytest.param(4, 1, id="after the last batch of the first epoch"),
        pytest.param(6, 2, id="pressed twice"),
    ],
)
def test_nothing_is_written(
    rnnstudio: Command, films: Path, trained: Path, press: Press, step: int, times: int
) -> None:
    output = films.with_name("out.rnnstudio")
    output.write_bytes(trained.read_bytes())
    press(step, times)
    answer = rnnstudio("train", films, "-o", output, *OPTIONS)
    assert (answer.status, answer.out) == (130, "")
    assert answer.err.splitlines()[-1] == "rnnstudio: Stopped. No file was changed."
    assert output.read_bytes() == trained.read_bytes()
    assert sorted(path.name for path in films.parent.iterdir()) == ["films.tsv", output.name]


def test_the_training_is_kept_where_the_evaluation_is_stopped(
    rnnstudio: Command, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*arguments: Any) -> Any:
        _ctrl_c()
        return evaluate(*arguments)

    monkeypatch.setattr(train_command, "evaluate", pressed)
    output = films.with_name("out.rnnstudio")
    answer = rnnstudio("train", films, "-o", output, *OPTIONS)
    assert (answer.status, answer.out) == (130, "")
    assert f"Stopped after epoch 3; written to {output}" in answer.err
    assert len(_run(output).epoch_records) == 3


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is sent otherwise elsewhere")
def test_ctrl_c_while_it_trains(films: Path) -> None:
    output = films.with_name("out.rnnstudio")
    words = ["train", str(films), "-o", str(output), "--epochs", "100000"]
    with subprocess.Popen(
        [sys.executable, "-m", "rnnstudio.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        try:
            # The bar stands once the training has begun, and tells of epochs that are done.
            seen = b""
            while b"epoch" not in seen:
                seen += os.read(process.stderr.fileno(), 1000)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out) == (130, b"")
    said = re.fullmatch(r"rnnstudio: Stopped after epoch (\d+); written to (.*)", _last_line(err))
    assert said is not None
    assert said[2] == str(output)
    assert b"Traceback" not in err
    assert sorted(path.name for path in films.parent.iterdir()) == ["films.tsv", output.name]
    assert len(_run(output).epoch_records) == int(said[1])


def _last_line(content: bytes) -> str:
    return content.decode().splitlines()[-1]


def test_it_is_in_the_help(rnnstudio: Command) -> None:
    assert "Ctrl+C stops after the batch" in rnnstudio("train", "--help").out


def test_before_the_training_it_ends_at_once(
    rnnstudio: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*arguments: object) -> None:
        _ctrl_c()

    monkeypatch.setattr(train_command, "load_table", pressed)
    films = write_films(tmp_path / "films.tsv")
    answer = rnnstudio("train", films, "-o", tmp_path / "out.rnnstudio")
    assert (answer.status, answer.line) == (130, "Stopped. No file was changed.")


class TestInterruption:
    def test_the_first_is_a_wish_and_the_second_ends_at_once(self) -> None:
        former = signal.getsignal(signal.SIGINT)
        with Interruption() as interruption:
            assert not interruption.wanted()
            _ctrl_c()
            assert interruption.wanted()
            with pytest.raises(KeyboardInterrupt):
                _ctrl_c()
        assert signal.getsignal(signal.SIGINT) is former

    def test_where_it_is_ignored_it_stays_so(self) -> None:
        former = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with Interruption() as interruption:
                _ctrl_c()
            assert not interruption.wanted()
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGINT, former)

    def test_in_another_thread_it_does_nothing(self) -> None:
        entered: list[bool] = []

        def work() -> None:
            with Interruption() as interruption:
                entered.append(interruption.wanted())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert entered == [False]
